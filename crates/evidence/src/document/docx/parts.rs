//! What styles make of paragraphs, and what comments say.

use std::collections::BTreeMap;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::{DocxError, attribute};

/// What a style makes of a paragraph.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Style {
    pub(super) heading: Option<u8>,
    pub(super) listed: bool,
    pub(super) quoted: bool,
}

/// Paragraph styles by their id, which differs between languages; their English name does not.
pub(super) fn styles(xml: &str) -> Result<BTreeMap<String, Style>, DocxError> {
    let mut styles: BTreeMap<String, Style> = BTreeMap::new();
    let mut current = String::new();
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(styles),
            Event::Start(tag) | Event::Empty(tag) => {
                let value = attribute(&tag, "val").unwrap_or_default();
                let style = styles.entry(current.clone()).or_default();
                match tag.local_name().as_ref() {
                    "style" => current = attribute(&tag, "styleId").unwrap_or_default(),
                    "name" => {
                        let name = value.to_lowercase();
                        style.quoted = name.contains("quote");
                        if name == "title" {
                            style.heading = Some(1);
                        } else if let Some(level) = name.strip_prefix("heading ") {
                            style.heading = level.parse().ok();
                        }
                    }
                    "outlineLvl" => {
                        style.heading = value.parse().ok().filter(|l| *l < 9).map(|l: u8| l + 1);
                    }
                    "numPr" => style.listed = true,
                    _ => {}
                }
            }
            _ => {}
        }
    }
}

/// Comments by their id.
pub(super) fn comments(xml: &str) -> Result<BTreeMap<String, String>, DocxError> {
    let mut comments: BTreeMap<String, String> = BTreeMap::new();
    let mut current = String::new();
    let mut reader = Reader::from_str(xml);
    loop {
        match reader.read_event()? {
            Event::Eof => return Ok(comments),
            Event::Start(tag) if tag.local_name().as_ref() == "comment" => {
                current = attribute(&tag, "id").unwrap_or_default();
            }
            Event::Text(text) => {
                comments.entry(current.clone()).or_default().push_str(&text.xml10_content());
            }
            _ => {}
        }
    }
}
