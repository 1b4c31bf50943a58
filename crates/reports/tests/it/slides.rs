//! The slides: what poppler finds in them, page by page.

use std::path::PathBuf;
use std::process::Command;

use wardmote_reports::{Slide, slides_pdf};

use crate::libreoffice::pdf_text;
use crate::sample;

fn written(publication: &wardmote_reports::Publication) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("slides.pdf");
    std::fs::write(&path, slides_pdf(publication).unwrap()).unwrap();
    (folder, path)
}

/// What a program of poppler says; `None` where it is not installed.
fn poppler(program: &str, arguments: &[&str]) -> Option<String> {
    let Ok(output) = Command::new(program).args(arguments).output() else {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "poppler is not there");
        eprintln!("skipped: needs poppler (on Debian: apt install poppler-utils)");
        return None;
    };
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn slides_are_wide_tagged_and_titled() {
    let (_folder, path) = written(&sample::publication());
    let Some(about) = poppler("pdfinfo", &[path.to_str().unwrap()]) else { return };
    let line = |name: &str| {
        let found = about.lines().find_map(|line| line.strip_prefix(name));
        found.map(str::trim).unwrap_or_default().to_owned()
    };
    assert_eq!(line("Page size:"), "960 x 540 pts");
    assert_eq!(line("Tagged:"), "yes");
    assert_eq!(line("Title:"), "Community safety needs assessment 2024/25: slides");
    assert_eq!(line("Pages:"), "8");
    let bytes = std::fs::read(&path).unwrap();
    for declared in ["<pdfuaid:part>1</pdfuaid:part>", "<rdf:li>en-GB</rdf:li>", "/Type/Outlines"] {
        let is_there = bytes.windows(declared.len()).any(|window| window == declared.as_bytes());
        assert!(is_there, "{declared}");
    }
}

#[test]
fn each_slide_says_what_it_should() {
    let (_folder, path) = written(&sample::publication());
    let Some(text) = pdf_text(&path) else { return };
    let pages: Vec<&str> = text.trim_end_matches('\u{c}').split('\u{c}').collect();
    let expected: [&[&str]; 8] = [
        &[
            "Exampleton Community Safety Partnership",
            "Published 3 February 2025",
            "DRAFT: cannot be signed off",
        ],
        &[
            "Recorded crime fell by 8%, from 18,664 to 17,171.",
            "Source: data.police.uk",
            "Caution: Recording practice",
        ],
        &["Anti-social behaviour peaks in July.", "Ask the wardens in May.", "peak"],
        &["Exampleton is near its peers.", "Nether Example"],
        &["Two neighbourhoods are not known.", "not known", "2 km"],
        &["Recorded crime fell by 8%.", "What is counted:"],
        &["What we do not know", "What nobody reported.", "Who was hurt."],
        &["Where to find the evidence", "evidence.json"],
    ];
    assert_eq!(pages.len(), expected.len());
    for (index, (page, words)) in pages.iter().zip(expected).enumerate() {
        assert!(page.contains("SYNTHETIC"), "slide {} has no mark", index + 1);
        let number = page.split_whitespace().last();
        assert_eq!(number, Some((index + 1).to_string().as_str()));
        for words in words {
            assert!(page.contains(words), "slide {} lacks {words:?}:\n{page}", index + 1);
        }
    }
}

#[test]
fn no_words_are_smaller_than_they_may_be() {
    let (_folder, path) = written(&sample::publication());
    let arguments = ["-xml", "-stdout", "-zoom", "1", "-i", path.to_str().unwrap()];
    let Some(xml) = poppler("pdftohtml", &arguments) else { return };
    let sizes: std::collections::BTreeMap<&str, u32> = xml
        .split("<fontspec ")
        .skip(1)
        .map(|font| (attribute(font, "id"), attribute(font, "size").parse().unwrap()))
        .collect();
    let mut n_words = 0;
    for line in xml.lines().filter(|line| line.starts_with("<text ")) {
        let size = sizes[attribute(line, "font")];
        let is_small_print = size == 14
            && (line.contains("Source:")
                || line.contains("Contains public")
                || line.contains("Caution"));
        // Poppler rounds down what is 18 points to the hundredth.
        assert!(size >= 18 || is_small_print, "{size} points: {line}");
        n_words += 1;
    }
    assert!(n_words > 100, "only {n_words} pieces of text were looked at");
}

fn attribute<'a>(element: &'a str, name: &str) -> &'a str {
    let start = element.find(&format!("{name}=\"")).unwrap() + name.len() + 2;
    element[start..].split('"').next().unwrap()
}

#[test]
fn same_publication_gives_same_slides() {
    let publication = sample::publication();
    assert_eq!(slides_pdf(&publication).unwrap(), slides_pdf(&publication).unwrap());
}

#[test]
fn a_slide_that_holds_too_much_is_refused_by_its_title() {
    let mut publication = sample::publication();
    let text = "Words and more words of which no slide needs so many. ".repeat(40);
    let slide = Slide {
        title: "All at once.".into(),
        chart: Some("series".into()),
        text: Some(text),
        ..Slide::default()
    };
    publication.slides.findings = vec![slide];
    let message = slides_pdf(&publication).unwrap_err().to_string();
    assert!(message.contains("\"All at once.\" holds more than fits at 18 points"), "{message}");
}

#[test]
fn a_slide_names_what_is_there() {
    let mut publication = sample::publication();
    publication.slides.findings[1].chart = Some("nope".to_owned());
    let message = slides_pdf(&publication).unwrap_err().to_string();
    assert_eq!(message, "section \"slide 2\" places the chart \"nope\", which does not exist");
}
