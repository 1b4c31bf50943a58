//! The pack of a meeting: its files, and what they say.

use wardmote_reports::{Chart, Publication, Slide, pack_files};

use crate::libreoffice::pdf_text;
use crate::{assets, sample};

fn pack() -> Publication {
    let structure: Chart = sample::structure();
    let mut pack = sample::publication();
    "Board, 18 March 2025".clone_into(&mut pack.title);
    pack.charts.insert("structure".to_owned(), structure);
    pack.sections.push(sample::section("groups", "Groups", None, "![](chart:structure)\n"));
    pack.slides.findings.push(Slide {
        title: "One group has lapsed.".to_owned(),
        chart: Some("structure".to_owned()),
        ..Slide::default()
    });
    pack
}

#[test]
fn a_pack_is_a_page_a_document_and_slides_each_with_its_trace() {
    let Some(assets) = assets::load() else { return };
    let files = pack_files(&pack(), &assets).unwrap();
    let find = |path: &str| files.iter().find(|file| file.path == path).unwrap();
    let page = std::str::from_utf8(&find("index.html").bytes).unwrap();
    assert!(page.contains("for the meeting of 3 February 2025"), "{page}");
    assert!(page.contains("href=\"figures.html#figure-f00d1\""));
    // Nothing leads to pages that only an assessment has.
    let figures = std::str::from_utf8(&find("figures.html").bytes).unwrap();
    for html in [page, figures] {
        assert!(!html.contains("full.html") && !html.contains("full.docx"), "{html}");
        for link in html.split("href=\"").skip(1) {
            let target = link.split('"').next().unwrap().split('#').next().unwrap();
            let is_there = target.is_empty()
                || target.contains(':')
                || files.iter().any(|file| file.path == target);
            assert!(is_there, "{target} leads nowhere");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    for name in ["pack.pdf", "slides.pdf"] {
        let path = folder.path().join(name);
        std::fs::write(&path, &find(name).bytes).unwrap();
        let Some(text) = pdf_text(&path) else { return };
        assert!(text.contains("For the meeting of 3 February 2025"), "{name}");
        assert!(text.contains("Water safety"), "{name}");
    }
}
