//! What `LibreOffice` makes of the DOCX: an independent reader, and the editor that many officers have.
//!
//! These tests run where `LibreOffice` Writer is installed; `cargo xtask test` installs it or says that it
//! is not there.

use std::path::Path;
use std::process::Command;

use wardmote_reports::bring_back::BroughtBack;
use wardmote_reports::word;

use crate::editing::{come_back, publication};
use crate::sample;

/// Converts a document, in a profile of its own so that tests do not meet; `None` without `LibreOffice`.
fn converted(docx: &[u8], filter: &str, extension: &str) -> Option<Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    let source = folder.path().join("source.docx");
    std::fs::write(&source, docx).unwrap();
    let profile = folder.path().join("profile");
    let ran = Command::new("soffice")
        .arg(format!("-env:UserInstallation=file://{}", profile.display()))
        .args(["--headless", "--convert-to", filter, "--outdir"])
        .arg(folder.path().join("out"))
        .arg(&source)
        .output();
    let Ok(output) = ran else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "LibreOffice is not there");
        eprintln!("skipped: needs LibreOffice (on Debian: apt install libreoffice-writer-nogui)");
        return None;
    };
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(std::fs::read(folder.path().join("out/source").with_extension(extension)).unwrap())
}

fn count(text: &str, of: &str) -> usize {
    text.matches(of).count()
}

#[test]
fn headings_tables_lists_and_marks_are_kept() {
    let docx = word::full_docx(&sample::publication()).unwrap();
    let Some(html) = converted(&docx, "html:HTML (StarWriter)", "html") else { return };
    let html = String::from_utf8(html).unwrap().replace(['\n', '\t'], " ");
    // Three sections, the charts' figures, where the numbers come from, licences.
    assert_eq!(count(&html, "<h1 "), 6, "{html}");
    // Two headings of the prose, two figures.
    assert_eq!(count(&html, "<h2 "), 4);
    assert_eq!(count(&html, "<table "), 1 + 4, "one of the evidence, and one for each chart");
    assert_eq!(count(&html, "<thead>"), 5, "each with a marked header row");
    assert_eq!(count(&html, "<ol>"), 1);
    assert_eq!(
        count(&html, "<title>Community safety needs assessment 2024/25: full assessment</title>"),
        1
    );
    assert!(html.contains("href=\"https://www.legislation.gov.uk/ukpga/1998/37\""), "links");
    assert!(html.contains("SYNTHETIC: everything in this document"), "the mark");
    assert!(html.contains("DRAFT: cannot be signed off"), "the draft's mark");
    assert!(html.contains("lang=\"en-GB\""), "the language");
}

#[test]
fn alternative_texts_are_kept() {
    let docx = word::full_docx(&sample::publication()).unwrap();
    // The HTML of LibreOffice has only titles of pictures; its own format has their descriptions.
    let Some(odt) = converted(&docx, "fodt", "fodt") else { return };
    let odt = String::from_utf8(odt).unwrap();
    for described in [
        "Recorded crime stays between 1,275 and 1,725 a month; February to May 2023 are not known.",
        "Exampleton has 94.3 recorded crimes per 1,000 residents; the average of its peers is 94.1.",
        "Anti-social behaviour peaks in July at 1.24 times the average month.",
        "Six neighbourhoods have 60 crimes or more per 1,000 residents; two are not known.",
    ] {
        assert_eq!(count(&odt, &format!("<svg:desc>{described}</svg:desc>")), 1, "{described}");
    }
    assert_eq!(count(&odt, "<text:page-number "), 1, "one footer, for every page");
}

#[test]
fn what_libreoffice_saves_comes_back_unchanged() {
    let sources = [
        (
            "levels",
            "Crime {{crime-change}}, to {{crime-count}}.\n\n![](chart:series)\n\n## By kind\n\n\
             1. **Shops** and *streets*.\n2. Parks:\n   - at night\n   - by day\n\n     and at noon\n\n\
             Between.\n\n5. Five.\n6. Six.\n\n![](table:kinds)\n\n> One.\n\n> Two.\n>\n> Still two.\n\n\
             | Who | Crimes |\n|:--|--:|\n| we | {{crime.percent}} |\n\n```\ncode\n  more\n```\n\n***\n\n\
             See [the Act](https://www.legislation.gov.uk/ukpga/1998/37).\n",
        ),
        ("limits", "Nothing else.\n\n![](chart:series)\n\n![](table:kinds)\n"),
    ];
    let docx = word::full_docx(&publication(&sources)).unwrap();
    let Some(saved) = converted(&docx, "docx:MS Word 2007 XML", "docx") else { return };
    assert_eq!(come_back(&saved, &sources), BroughtBack::default());
}

#[test]
fn every_page_prints_with_its_number() {
    let docx = word::summary_docx(&sample::publication()).unwrap();
    let Some(pdf) = converted(&docx, "pdf", "pdf") else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("summary.pdf");
    std::fs::write(&path, pdf).unwrap();
    let Some(text) = pdf_text(&path) else { return };
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    for (index, page) in pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", index + 1, pages.len())), "{page}");
        assert!(page.contains("SYNTHETIC: invented data"), "{page}");
    }
}

/// The text of a PDF by poppler, page by page; `None` without poppler.
pub(crate) fn pdf_text(path: &Path) -> Option<String> {
    let Ok(output) = Command::new("pdftotext").arg("-layout").arg(path).arg("-").output() else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "poppler is not there");
        eprintln!("skipped: needs poppler (on Debian: apt install poppler-utils)");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}
