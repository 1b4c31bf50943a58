//! PDFs are tagged, dated by the publication and declare the standards they keep.

use std::collections::BTreeMap;

use wardmote_reports::{SignOff, full_pdf, summary_pdf};

use crate::sample;

/// Whether the file holds these bytes as they are; structure is not compressed in PDF/A by Typst.
fn contains(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|window| window == text.as_bytes())
}

#[test]
fn standards_language_and_date_are_declared() {
    let publication = sample::publication();
    for pdf in [full_pdf(&publication).unwrap(), summary_pdf(&publication).unwrap()] {
        assert!(pdf.starts_with(b"%PDF-1.7"));
        for declared in [
            "<pdfuaid:part>1</pdfuaid:part>",
            "<pdfaid:part>2</pdfaid:part>",
            "<pdfaid:conformance>A</pdfaid:conformance>",
            "<rdf:li>en-GB</rdf:li>",
            "<xmp:CreateDate>2025-02-03T00:00:00Z</xmp:CreateDate>",
            "/StructTreeRoot",
            "/Marked true",
        ] {
            assert!(contains(&pdf, declared), "{declared}");
        }
    }
}

#[test]
fn same_publication_gives_same_bytes() {
    let publication = sample::publication();
    assert_eq!(full_pdf(&publication).unwrap(), full_pdf(&publication).unwrap());
}

#[test]
fn an_empty_publication_is_a_document_too() {
    let mut publication = sample::publication();
    publication.sections.clear();
    publication.charts = BTreeMap::new();
    publication.tables = BTreeMap::new();
    publication.figures = BTreeMap::new();
    publication.licence_notes.clear();
    publication.synthetic = false;
    publication.sign_off = SignOff::Ready;
    full_pdf(&publication).unwrap();
}
