//! An officer's edits come back into the Markdown, and nothing else does.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _, Write as _};

use wardmote_reports::bring_back::{BroughtBack, Source, bring_back};
use wardmote_reports::{Publication, word};

use crate::sample;

/// What the bindings of these tests print.
const PRINTED: [(&str, &str); 3] =
    [("crime-change", "fell by 8.0% [sic]"), ("crime-count", "17,171"), ("crime.percent", "8.0%")];

/// Prints bindings as the evidence does.
pub(crate) fn print(markdown: &str) -> String {
    PRINTED.iter().fold(markdown.to_owned(), |text, (name, words)| {
        let words = words.replace('[', "\\[").replace(']', "\\]");
        text.replace(&format!("{{{{{name}}}}}"), &format!("[{words}](figure:f00d1 \"{name}\")"))
    })
}

/// A publication of which each section has this source.
pub(crate) fn publication(sources: &[(&str, &str)]) -> Publication {
    let mut publication = sample::publication();
    publication.sections = sources
        .iter()
        .map(|(file, markdown)| {
            sample::section(file, &format!("On {file}"), Some("Regulation 6"), &print(markdown))
        })
        .collect();
    publication
}

/// The DOCX with one of its parts edited.
pub(crate) fn edited(docx: &[u8], part: &str, edit: impl Fn(&str) -> String) -> Vec<u8> {
    let mut archive = zip::ZipArchive::new(Cursor::new(docx)).unwrap();
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let name = file.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).unwrap();
        if name == part {
            let text = String::from_utf8(bytes).unwrap();
            let after = edit(&text);
            assert_ne!(after, text, "the edit changes nothing");
            bytes = after.into_bytes();
        }
        writer.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub(crate) fn come_back(docx: &[u8], sources: &[(&str, &str)]) -> BroughtBack {
    let document = word::read(docx).unwrap();
    let sources: Vec<Source<'_>> =
        sources.iter().map(|(file, markdown)| Source { file, markdown }).collect();
    bring_back(&document, &sources, &print).unwrap()
}

const LEVELS: &str = "Crime {{crime-change}}, to {{crime-count}}. The police\nrecorded *fewer* of most kinds.\n\n\
    ![](chart:series)\n\n## By kind\n\n1. **Shops.** See [the Act][act].\n2. Streets: {{crime.percent}}.\n   - at night\n\n     and by day\n\n\
    [act]: https://www.legislation.gov.uk/ukpga/1998/37\n\n![](table:kinds)\n\n> One.\n\n> Two.\n>\n> Still two.\n\n\
    | Who | Crimes |\n|:--|--:|\n| we | {{crime-count}} |\n\n```\n# not a heading\n  code\n```\n\n***\n\nSee *[below](#section-limits)*.\n";
const LIMITS: &str = "Nothing else is known.\n\n![](chart:series)\n\n![](table:kinds)\n";
const SOURCES: [(&str, &str); 2] = [("levels", LEVELS), ("limits", LIMITS)];

/// Edits the body of the export and says what it brings back.
fn check(edit: impl Fn(&str) -> String) -> BroughtBack {
    let docx = word::full_docx(&publication(&SOURCES)).unwrap();
    come_back(&edited(&docx, "word/document.xml", edit), &SOURCES)
}

/// The files that come back changed, with what they then hold.
fn changed(edit: impl Fn(&str) -> String) -> BTreeMap<String, String> {
    let back = check(edit);
    assert_eq!(back.refusals, []);
    back.changes.into_iter().map(|change| (change.file, change.after)).collect()
}

/// The one refusal of an edit.
fn refused(edit: impl Fn(&str) -> String) -> String {
    let back = check(edit);
    assert_eq!(back.refusals.len(), 1, "{back:?}");
    back.refusals[0].to_string()
}

#[test]
fn what_nobody_edited_changes_nothing() {
    let docx = word::full_docx(&publication(&SOURCES)).unwrap();
    assert_eq!(come_back(&docx, &SOURCES), BroughtBack::default());
}

#[test]
fn one_edited_paragraph_changes_that_paragraph_alone() {
    let after = changed(|xml| xml.replace("fewer", "slightly fewer"));
    let expected =
        LEVELS.replace("The police\nrecorded *fewer*", "The police recorded *slightly fewer*");
    assert_eq!(after, BTreeMap::from([("levels".to_owned(), expected)]));

    let after = changed(|xml| xml.replace("Still two.", "Still two, and more."));
    let expected = LEVELS.replace("Still two.", "Still two, and more.");
    assert_eq!(after, BTreeMap::from([("levels".to_owned(), expected)]));

    let after = changed(|xml| {
        xml.replace("Nothing else is known.", "Nothing else is known. R&amp;D &lt;b&gt; *")
    });
    let expected = LIMITS.replace("Nothing else is known.", "Nothing else is known. R&D \\<b> \\*");
    assert_eq!(after, BTreeMap::from([("limits".to_owned(), expected)]));
}

#[test]
fn lists_tables_and_headings_come_back() {
    let after = changed(|xml| xml.replace("at night", "after dark"));
    // The target of the link is written where the link is; its definition stays.
    let expected = LEVELS
        .replace("at night", "after dark")
        .replace("[the Act][act]", "[the Act](https://www.legislation.gov.uk/ukpga/1998/37)");
    assert_eq!(after["levels"], expected);

    let after = changed(|xml| xml.replace(">we<", ">they | we<"));
    let expected = LEVELS.replace("|:--|--:|\n| we |", "| --- | ---: |\n| they \\| we |");
    assert_eq!(after["levels"], expected);

    let after = changed(|xml| xml.replace("By kind", "By kind of crime"));
    assert_eq!(after["levels"], LEVELS.replace("By kind", "By kind of crime"));

    let after = changed(|xml| xml.replace("  code", "  if code &lt; 3"));
    assert_eq!(after["levels"], LEVELS.replace("  code", "  if code < 3"));
}

#[test]
fn paragraphs_can_be_added_taken_out_and_bound() {
    let new = "<w:p><w:r><w:t>See {{crime-count}}.</w:t></w:r></w:p>";
    let after = changed(|xml| {
        xml.replacen(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading2\"",
            &format!("{new}<w:p><w:pPr><w:pStyle w:val=\"Heading2\""),
            1,
        )
    });
    assert_eq!(after["levels"], LEVELS.replace("## By kind", "See {{crime-count}}.\n\n## By kind"));

    let after = changed(|xml| without_paragraph(xml, "Nothing else is known."));
    assert_eq!(after["limits"], "![](chart:series)\n\n![](table:kinds)\n");
}

#[test]
fn tracked_changes_are_taken_as_accepted() {
    let docx = word::full_docx(&publication(&SOURCES)).unwrap();
    let docx = edited(&docx, "word/document.xml", |xml| {
        let by = "w:id=\"9\" w:author=\"A\" w:date=\"2025-02-04T09:00:00Z\"";
        let words = "<w:r><w:t xml:space=\"preserve\">Nothing else is known.</w:t></w:r>";
        let tracked = format!(
            "<w:del {by}><w:r><w:delText>Nothing</w:delText></w:r></w:del><w:ins {by}><w:r><w:t>Little</w:t></w:r></w:ins>\
             <w:r><w:t xml:space=\"preserve\"> else is known.</w:t></w:r>"
        );
        xml.replace(words, &tracked)
    });
    let tally = word::read(&docx).unwrap().tally;
    assert_eq!((tally.insertions, tally.deletions), (1, 1));
    let back = come_back(&docx, &SOURCES);
    assert_eq!(back.refusals, []);
    assert_eq!(back.changes[0].after, LIMITS.replace("Nothing", "Little"));
}

#[test]
fn what_the_evidence_prints_is_not_typed_over() {
    let message = refused(|xml| {
        xml.replacen(">17,171</w:t></w:r></w:sdtContent>", ">17,000</w:t></w:r></w:sdtContent>", 1)
    });
    assert_eq!(
        message,
        "levels: the figure crime-count was typed over, from \"17,171\" to \"17,000\"; it stays as the test allows"
    );
    let message = refused(|xml| xml.replacen(">On limits<", ">On the limits<", 2));
    assert!(message.contains("assessment/assessment.toml"), "{message}");
    let message = refused(|xml| xml.replacen(">7,105<", ">7,205<", 1));
    assert!(message.contains("cells of the table \"kinds\""), "{message}");
}

#[test]
fn what_prose_cannot_hold_is_refused() {
    let into = |xml: &str, run: &str| {
        xml.replace(
            "<w:r><w:t xml:space=\"preserve\">Nothing else",
            &format!("{run}<w:r><w:t xml:space=\"preserve\">Nothing else"),
        )
    };
    let message = refused(|xml| into(xml, "<w:r><w:footnoteReference w:id=\"2\"/></w:r>"));
    assert!(message.starts_with("limits: a footnote"), "{message}");
    let picture = "<w:r><w:drawing><wp:inline><wp:docPr id=\"99\" name=\"Picture 1\"/></wp:inline></w:drawing></w:r>";
    let message = refused(|xml| into(xml, picture));
    assert!(message.starts_with("limits: a picture"), "{message}");
    let heading =
        "<w:p><w:pPr><w:pStyle w:val=\"Heading1\"/></w:pPr><w:r><w:t>A new part</w:t></w:r></w:p>";
    let message = refused(|xml| {
        xml.replacen(
            "<w:p><w:pPr><w:pStyle w:val=\"Heading2\"",
            &format!("{heading}<w:p><w:pPr><w:pStyle w:val=\"Heading2\""),
            1,
        )
    });
    assert!(message.starts_with("\"A new part\""), "{message}");
}

#[test]
fn what_paper_does_not_show_comes_back_only_if_untouched() {
    let nested = "- one\n\n  > quoted\n- two\n\n```\n{{crime-count}}\n```\n\nMore.\n";
    let sources = [("levels", nested)];
    let docx = word::full_docx(&publication(&sources)).unwrap();
    let more = edited(&docx, "word/document.xml", |xml| xml.replace("More.", "Still more."));
    let back = come_back(&more, &sources);
    assert_eq!(back.refusals, []);
    assert_eq!(back.changes[0].after, nested.replace("More.", "Still more."));
    for (was, now) in [("quoted", "cited"), (">two<", ">three<"), ("](figure:", "](Figure:")] {
        let docx = edited(&docx, "word/document.xml", |xml| xml.replace(was, now));
        let back = come_back(&docx, &sources);
        assert_eq!(back.refusals.len(), 1, "{back:?}");
        assert!(back.refusals[0].to_string().contains("has a form that paper does not show"));
    }
}

#[test]
fn a_source_edited_meanwhile_is_not_overwritten() {
    let docx = word::full_docx(&publication(&SOURCES)).unwrap();
    let docx =
        edited(&docx, "word/document.xml", |xml| xml.replace("Nothing else", "Nothing more"));
    let meanwhile = [("levels", "All anew.\n"), ("limits", "Also anew.\n")];
    let back = come_back(&docx, &meanwhile);
    let messages: Vec<String> = back.refusals.iter().map(ToString::to_string).collect();
    assert_eq!(messages.len(), 1, "{messages:?}");
    assert!(
        messages[0].starts_with("limits: both the document and assessment/limits.md"),
        "{messages:?}"
    );
}

#[test]
fn a_foreign_document_is_not_ours() {
    let docx = word::full_docx(&publication(&SOURCES)).unwrap();
    let docx = edited(&docx, "customXml/item1.xml", |_| "<other/>".to_owned());
    let document = word::read(&docx).unwrap();
    assert!(bring_back(&document, &[], &print).is_err());
}

/// The document without the paragraph that holds some words.
fn without_paragraph(xml: &str, words: &str) -> String {
    let at = xml.find(words).unwrap();
    let start = xml[..at].rfind("<w:p>").unwrap();
    let end = at + xml[at..].find("</w:p>").unwrap() + "</w:p>".len();
    format!("{}{}", &xml[..start], &xml[end..])
}
