//! The document itself: front page, sections, and where the numbers come from.

use std::collections::{BTreeMap, BTreeSet};

use super::xml::Xml;
use super::{Edition, RELATIONSHIPS, WORD, WordError};
use crate::prose::{figure_order, parse_sections};
use crate::publication::{Publication, Section};
use crate::raster::Picture;
use crate::word::flatten::short_tag;
use crate::word::passage::{Piece, plain};
use crate::word::record::Record;
use crate::word::settle_pieces::settle_pieces;

/// The document's XML and what its other parts must hold for it.
pub(super) struct Body {
    pub(super) document: Vec<u8>,
    pub(super) links: Vec<String>,
    pub(super) pictures: Vec<Vec<u8>>,
    /// Level and first number of each numbered list.
    pub(super) lists: Vec<(u8, u64)>,
    pub(super) record: Record,
}

impl Body {
    pub(super) fn write(
        publication: &Publication,
        sections: &[Section],
        (edition_name, edition): Edition,
    ) -> Result<Self, WordError> {
        let parsed = parse_sections(publication, sections)?;
        let order = figure_order(publication);
        let record = Record { edition: edition_name.to_owned(), ..Record::default() };
        let mut writer = Writer {
            publication,
            figure_numbers: order.iter().enumerate().map(|(index, id)| (*id, index + 1)).collect(),
            section_numbers: parsed
                .iter()
                .enumerate()
                .map(|(i, section)| (section.id, i + 1))
                .collect(),
            bindings: BTreeMap::new(),
            xml: Xml::new(),
            links: Vec::new(),
            pictures: Vec::new(),
            lists: Vec::new(),
            open_lists: Vec::new(),
            charts_shown: Vec::new(),
            placed: BTreeSet::new(),
            record,
            next_id: 1,
        };
        writer.open();
        writer.front(edition, &parsed);
        for section in &parsed {
            writer.section(section)?;
        }
        writer.back(&order);
        writer.close();
        let Writer { xml, links, pictures, lists, record, .. } = writer;
        let pictures = pictures.into_iter().map(|picture| picture.png).collect();
        Ok(Self { document: xml.finish(), links, pictures, lists, record })
    }
}

pub(super) struct Writer<'a> {
    pub(super) publication: &'a Publication,
    pub(super) figure_numbers: BTreeMap<&'a str, usize>,
    pub(super) section_numbers: BTreeMap<&'a str, usize>,
    /// The figure behind each control's tag.
    pub(super) bindings: BTreeMap<String, String>,
    pub(super) xml: Xml,
    pub(super) links: Vec<String>,
    pub(super) pictures: Vec<Picture>,
    pub(super) lists: Vec<(u8, u64)>,
    /// The list of each level that is open.
    pub(super) open_lists: Vec<usize>,
    pub(super) charts_shown: Vec<&'a str>,
    pub(super) placed: BTreeSet<String>,
    pub(super) record: Record,
    pub(super) next_id: u32,
}

/// A run of words with the names of its properties.
pub(super) fn run(xml: &mut Xml, properties: &[(&str, &str)], words: &str) {
    xml.open("w:r", &[]);
    if !properties.is_empty() {
        xml.open("w:rPr", &[]);
        for (name, value) in properties {
            if value.is_empty() { xml.empty(name, &[]) } else { xml.value(name, value) }
        }
        xml.close("w:rPr");
    }
    for (index, line) in words.split('\n').enumerate() {
        if index > 0 {
            xml.empty("w:br", &[]);
        }
        xml.words("w:t", &[("xml:space", "preserve")], line);
    }
    xml.close("w:r");
}

/// A paragraph of a style.
pub(super) fn paragraph(xml: &mut Xml, style: &str, content: impl FnOnce(&mut Xml)) {
    paragraph_with(xml, style, |_| {}, content);
}

/// A paragraph of a style with further properties.
pub(super) fn paragraph_with(
    xml: &mut Xml,
    style: &str,
    properties: impl FnOnce(&mut Xml),
    content: impl FnOnce(&mut Xml),
) {
    xml.open("w:p", &[]);
    xml.open("w:pPr", &[]);
    xml.value("w:pStyle", style);
    properties(xml);
    xml.close("w:pPr");
    content(xml);
    xml.close("w:p");
}

impl Writer<'_> {
    fn open(&mut self) {
        self.xml.open(
            "w:document",
            &[
                ("xmlns:w", WORD),
                ("xmlns:r", RELATIONSHIPS),
                (
                    "xmlns:wp",
                    "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing",
                ),
            ],
        );
        self.xml.open("w:body", &[]);
    }

    /// A4 with the margins of the PDF.
    fn close(&mut self) {
        let xml = &mut self.xml;
        xml.open("w:sectPr", &[]);
        xml.empty("w:headerReference", &[("w:type", "default"), ("r:id", "header")]);
        xml.empty("w:footerReference", &[("w:type", "default"), ("r:id", "footer")]);
        xml.empty("w:pgSz", &[("w:w", "11906"), ("w:h", "16838")]);
        xml.empty(
            "w:pgMar",
            &[
                ("w:top", "1474"),
                ("w:right", "1247"),
                ("w:bottom", "1247"),
                ("w:left", "1247"),
                ("w:header", "680"),
                ("w:footer", "624"),
                ("w:gutter", "0"),
            ],
        );
        xml.close("w:sectPr");
        xml.close("w:body");
        xml.close("w:document");
    }

    pub(super) fn id(&mut self) -> String {
        self.next_id += 1;
        self.next_id.to_string()
    }

    pub(super) fn words(&mut self, style: &str, words: &str) {
        paragraph(&mut self.xml, style, |xml| run(xml, &[], words));
    }

    /// A paragraph whose words stand in a control, with a bookmark to lead to it.
    pub(super) fn controlled(
        &mut self,
        style: &str,
        tag: &str,
        words: &str,
        bookmark: Option<&str>,
    ) {
        self.xml.open("w:p", &[]);
        self.xml.open("w:pPr", &[]);
        self.xml.value("w:pStyle", style);
        self.xml.close("w:pPr");
        let id = self.id();
        if let Some(name) = bookmark {
            self.xml.empty("w:bookmarkStart", &[("w:id", &id), ("w:name", name)]);
        }
        self.control(tag, words, &[]);
        if bookmark.is_some() {
            self.xml.empty("w:bookmarkEnd", &[("w:id", &id)]);
        }
        self.xml.close("w:p");
    }

    /// A content control. Word lets its words be taken out or moved, and not typed over.
    pub(super) fn control(&mut self, tag: &str, words: &str, properties: &[(&str, &str)]) {
        let tag = short_tag(tag);
        let id = self.id();
        let title = tag.split_once(':').map_or(tag.as_str(), |(_, name)| name).to_owned();
        let xml = &mut self.xml;
        xml.open("w:sdt", &[]);
        xml.open("w:sdtPr", &[]);
        xml.value("w:alias", &title);
        xml.value("w:tag", &tag);
        xml.value("w:id", &id);
        xml.value("w:lock", "contentLocked");
        xml.close("w:sdtPr");
        xml.open("w:sdtContent", &[]);
        run(xml, properties, words);
        xml.close("w:sdtContent");
        xml.close("w:sdt");
        let settled = settle_pieces(vec![Piece::text(words)]);
        self.record.controls.insert(tag, plain(&settled));
    }

    pub(super) fn link_to(&mut self, bookmark: &str, style: &str, words: &str) {
        self.xml.open("w:hyperlink", &[("w:anchor", bookmark), ("w:history", "1")]);
        run(&mut self.xml, &[("w:rStyle", style)], words);
        self.xml.close("w:hyperlink");
    }

    pub(super) fn section_bookmark(&self, id: &str) -> String {
        format!("wm_section{}", self.section_numbers.get(id).copied().unwrap_or_default())
    }
}
