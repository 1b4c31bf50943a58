//! The DOCX itself: its parts, its properties, and what any reader finds in it.

use std::io::{Cursor, Read as _};

use wardmote_reports::SignOff;
use wardmote_reports::word::{self, Form, Passage};

use crate::sample;

fn part(docx: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut text = String::new();
    archive.by_name(name).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn same_publication_gives_same_bytes() {
    let publication = sample::publication();
    let docx = word::full_docx(&publication).unwrap();
    assert_eq!(docx, word::full_docx(&publication).unwrap());
    let mut archive = zip::ZipArchive::new(Cursor::new(&docx)).unwrap();
    for index in 0..archive.len() {
        let file = archive.by_index(index).unwrap();
        // The earliest time that a ZIP can say, which is no clock's.
        assert_eq!(file.last_modified().unwrap().to_string(), "1980-01-01 00:00:00");
    }
}

#[test]
fn title_language_and_date_are_in_the_properties() {
    let docx = word::summary_docx(&sample::publication()).unwrap();
    let core = part(&docx, "docProps/core.xml");
    for declared in [
        "<dc:title>Community safety needs assessment 2024/25: summary</dc:title>",
        "<dc:language>en-GB</dc:language>",
        "<dcterms:created xsi:type=\"dcterms:W3CDTF\">2025-02-03T00:00:00Z</dcterms:created>",
    ] {
        assert!(core.contains(declared), "{declared} is not in {core}");
    }
    assert!(part(&docx, "word/styles.xml").contains("w:lang w:val=\"en-GB\""));
}

#[test]
fn pictures_tables_and_controls_say_what_they_are() {
    let document = part(&word::full_docx(&sample::publication()).unwrap(), "word/document.xml");
    for declared in [
        "name=\"chart:map\" descr=\"Six neighbourhoods have 60 crimes or more per 1,000 residents; two are not known.\"",
        "<w:tblHeader/>",
        "<w:tag w:val=\"wm-figure:f00d1\"/>",
        "<w:tag w:val=\"wm-section:levels\"/>",
        "w:name=\"wm_section1_1\"/>",
        "DRAFT: cannot be signed off: missing matters the partnership should prioritise.",
    ] {
        assert!(document.contains(declared), "{declared}");
    }
    let mut plain = sample::publication();
    (plain.synthetic, plain.sign_off) = (false, SignOff::Ready);
    let docx = word::full_docx(&plain).unwrap();
    let text = part(&docx, "word/document.xml") + &part(&docx, "word/header1.xml");
    assert!(!text.contains("SYNTHETIC") && !text.contains("DRAFT"));
}

#[test]
fn a_document_is_read_as_passages() {
    let docx = word::full_docx(&sample::publication()).unwrap();
    let document = word::read(&docx).unwrap();
    let headings: Vec<(u8, String)> = document
        .passages
        .iter()
        .filter_map(|read| match &read.passage {
            Passage::Paragraph { form: Form::Heading { level }, .. } => {
                Some((*level, read.passage.plain_text()))
            }
            _ => None,
        })
        .collect();
    let expected = [
        (1, "Levels and patterns of crime"),
        (2, "By kind"),
        (2, "Against similar places"),
        (1, "What changed, and why"),
        (1, "Where"),
        (1, "The figures in the charts"),
        (1, "Where the numbers come from"),
        (2, "[1] Recorded crime, change"),
        (2, "[2] ASB, summer peak"),
        (1, "Licences"),
    ];
    let expected: Vec<(u8, String)> =
        expected.iter().map(|(level, words)| (*level, (*words).to_owned())).collect();
    assert_eq!(headings, expected);
    assert_eq!(document.unreadable, []);
    assert_eq!(document.record.unwrap().edition, "full");
}

#[test]
fn what_is_no_document_is_refused() {
    let check = |bytes: &[u8], says: &str| {
        let message = word::read(bytes).unwrap_err().to_string();
        assert!(message.contains(says), "{message}");
    };
    check(b"Crime fell.", "not a DOCX");
    let docx = word::summary_docx(&sample::publication()).unwrap();
    check(&docx[..docx.len() / 2], "not a DOCX");
    let broken =
        crate::editing::edited(&docx, "word/document.xml", |xml| xml.replacen("</w:p>", "", 1));
    check(&broken, "word/document.xml cannot be read");
    let deep = crate::editing::edited(&docx, "word/document.xml", |xml| {
        let (open, close) = ("<w:sdt>".repeat(300), "</w:sdt>".repeat(300));
        xml.replacen("<w:body>", &format!("<w:body>{open}{close}"), 1)
    });
    check(&deep, "nest deeper");
    let bomb = crate::editing::edited(&docx, "word/document.xml", |xml| {
        format!("{xml}{}", " ".repeat(65 << 20))
    });
    check(&bomb, "unpacks to more than");
}
