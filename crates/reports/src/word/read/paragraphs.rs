//! The walk through a document's body.

use std::collections::BTreeSet;

use roxmltree::Node;

use super::forms::{Known, form};
use super::numbering::Numbering;
use super::package::{Relationships, attribute, child, is_word, value};
use super::styles::{self, Styles};
use super::{Tally, Unreadable};
use crate::word::passage::{Form, Passage, Piece, Style, Words, plain};
use crate::word::settle::{Loose, Numbered};

/// Reads a body into loose passages, each marked with its index.
pub(super) struct Reader<'a> {
    pub(super) styles: &'a Styles,
    numbering: &'a Numbering,
    relationships: &'a Relationships,
    pub(super) found: Vec<(usize, Loose)>,
    /// Name of the style of each.
    pub(super) styles_found: Vec<String>,
    pub(super) unreadable: Vec<Unreadable>,
    pub(super) tally: Tally,
    /// What paragraphs held whose end was deleted: it begins the next.
    carried: Content,
    /// Lists with a start of their own that have begun, with the level.
    lists_used: BTreeSet<(i64, u8)>,
}

/// What a paragraph holds.
#[derive(Default)]
pub(super) struct Content {
    pub(super) pieces: Vec<Piece>,
    /// Names of its pictures.
    pub(super) pictures: Vec<String>,
}

/// Our links to where a figure comes from are no part of the words.
const FIGURE_BOOKMARK: &str = "wm_figure";

impl<'a> Reader<'a> {
    pub(super) fn new(
        styles: &'a Styles,
        numbering: &'a Numbering,
        relationships: &'a Relationships,
    ) -> Self {
        Self {
            styles,
            numbering,
            relationships,
            found: Vec::new(),
            styles_found: Vec::new(),
            unreadable: Vec::new(),
            tally: Tally::default(),
            carried: Content::default(),
            lists_used: BTreeSet::new(),
        }
    }

    pub(super) fn body(&mut self, node: Node<'_, '_>) {
        for node in node.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "p" => self.paragraph(node),
                "tbl" => self.table(node),
                "altChunk" => self.cannot_read("another document"),
                "sectPr" | "sdtPr" | "sdtEndPr" | "tblPr" => {}
                "del" | "moveFrom" => self.tally.deletions += 1,
                "ins" | "moveTo" => {
                    self.tally.insertions += 1;
                    self.body(node);
                }
                // Controls, custom XML and the like surround what they hold.
                _ => self.body(node),
            }
        }
    }

    pub(super) fn cannot_read(&mut self, what: &'static str) {
        self.unreadable.push(Unreadable { what, after: self.found.len() });
    }

    pub(super) fn push(&mut self, style: String, loose: Loose) {
        self.found.push((self.styles_found.len(), loose));
        self.styles_found.push(style);
    }

    fn paragraph(&mut self, node: Node<'_, '_>) {
        let properties = child(node, "pPr");
        let style_id = properties.and_then(|properties| value(properties, "pStyle"));
        let style = self.styles.name(style_id);
        let mut content = std::mem::take(&mut self.carried);
        self.inlines(node, &Style::default(), &mut content);
        let end = properties.and_then(|properties| child(properties, "rPr"));
        if end.is_some_and(|end| child(end, "ins").is_some()) {
            self.tally.insertions += 1;
        }
        if end.is_some_and(|end| child(end, "del").is_some()) {
            self.tally.deletions += 1;
            self.carried = content;
            return;
        }
        let pictures = std::mem::take(&mut content.pictures);
        let loose = self.loose(style_id, properties, content.pieces);
        self.push(style.clone(), loose);
        for what in pictures {
            self.push(style.clone(), Loose::Other(Passage::Placed { what }));
        }
    }

    /// What a paragraph is, by its style and numbering.
    fn loose(
        &mut self,
        style_id: Option<&str>,
        properties: Option<Node<'_, '_>>,
        pieces: Vec<Piece>,
    ) -> Loose {
        let names = self.styles.names(style_id);
        let form = names.iter().find_map(|name| form(name));
        let own = properties.and_then(styles::numbering);
        let list = own.or_else(|| self.styles.numbering(style_id));
        let is_heading = matches!(form, Some(Known::Form(Form::Heading { .. })));
        // A heading may be numbered; it is a heading still.
        if let Some((list, level)) = list.filter(|_| !is_heading)
            && let Some(found) = self.numbering.level(list, level)
        {
            let begins_anew = found.begins_anew && self.lists_used.insert((list, level));
            let numbered = found.is_numbered.then_some(Numbered {
                list: found.kind,
                start: found.start,
                begins_anew,
            });
            return Loose::Item { level, numbered, pieces };
        }
        Loose::Other(match form {
            Some(Known::Code) => Passage::Code { text: plain(&pieces) },
            Some(Known::Rule) if plain(&pieces).trim().is_empty() => Passage::Rule,
            Some(Known::Form(form)) => Passage::Paragraph { form, pieces },
            Some(Known::Rule) | None => Passage::Paragraph { form: Form::Body, pieces },
        })
    }

    pub(super) fn inlines(&mut self, node: Node<'_, '_>, style: &Style, content: &mut Content) {
        for node in node.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "r" if is_word(&node, "r") => self.run(node, style, content),
                "hyperlink" => self.link(node, style, content),
                "sdt" => self.control(node, style, content),
                "ins" | "moveTo" => {
                    self.tally.insertions += 1;
                    self.inlines(node, style, content);
                }
                "del" | "moveFrom" => self.tally.deletions += 1,
                "pPr" | "rPr" | "sdtPr" | "sdtEndPr" => {}
                "oMath" | "oMathPara" => self.cannot_read("a formula"),
                _ => self.inlines(node, style, content),
            }
        }
    }

    fn link(&mut self, node: Node<'_, '_>, style: &Style, content: &mut Content) {
        const RELATIONSHIPS: [&str; 2] = [
            "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        ];
        let anchor = attribute(node, "anchor");
        if anchor.is_some_and(|anchor| anchor.starts_with(FIGURE_BOOKMARK)) {
            return;
        }
        let id = RELATIONSHIPS.iter().find_map(|namespace| node.attribute((*namespace, "id")));
        let target = id.and_then(|id| self.relationships.target(id));
        let link = match (target, anchor) {
            (Some(target), Some(anchor)) => Some(format!("{target}#{anchor}")),
            (Some(target), None) => Some(target.to_owned()),
            (None, Some(anchor)) => Some(format!("#{anchor}")),
            (None, None) => None,
        };
        self.inlines(node, &Style { link, ..style.clone() }, content);
    }

    fn control(&mut self, node: Node<'_, '_>, style: &Style, content: &mut Content) {
        let Some(held) = child(node, "sdtContent") else { return };
        // LibreOffice before 7.5 keeps controls and drops their tags: the empty tag says so.
        let tag =
            child(node, "sdtPr").and_then(|properties| value(properties, "tag")).unwrap_or("");
        if !(tag.is_empty() || tag.starts_with("wm")) {
            return self.inlines(held, style, content);
        }
        let mut within = Content::default();
        self.inlines(held, style, &mut within);
        content.pictures.append(&mut within.pictures);
        // Emptied by the deletion of its words, it is gone.
        if within.pieces.is_empty() {
            return;
        }
        let text = plain(&within.pieces);
        let set = within.pieces.first().map(|piece| piece.style.clone()).unwrap_or_default();
        let style = Style { code: false, ..set };
        content.pieces.push(Piece { words: Words::Bound { tag: tag.to_owned(), text }, style });
    }

    fn run(&mut self, node: Node<'_, '_>, style: &Style, content: &mut Content) {
        let style = self.run_style(node, style);
        for node in node.children().filter(Node::is_element) {
            let words = match node.tag_name().name() {
                "t" => Words::Text(node.text().unwrap_or_default().to_owned()),
                "tab" | "ptab" => Words::Text(" ".to_owned()),
                "noBreakHyphen" => Words::Text("\u{2011}".to_owned()),
                "br" if attribute(node, "type").is_some_and(|kind| kind != "textWrapping") => {
                    continue;
                }
                "br" | "cr" => Words::Break,
                "sym" => {
                    self.cannot_read("a symbol of a special typeface");
                    continue;
                }
                "footnoteReference" | "endnoteReference" => {
                    self.cannot_read("a footnote or endnote");
                    continue;
                }
                "drawing" | "pict" | "object" => {
                    self.drawing(node, content);
                    continue;
                }
                "AlternateContent" => {
                    let choice = node.children().find(|node| node.tag_name().name() == "Choice");
                    if let Some(choice) = choice {
                        for node in choice.children().filter(Node::is_element) {
                            self.drawing(node, content);
                        }
                    }
                    continue;
                }
                // Fields' instructions, deleted words, marks of comments and page breaks.
                _ => continue,
            };
            content.pieces.push(Piece { words, style: style.clone() });
        }
    }

    fn run_style(&mut self, node: Node<'_, '_>, around: &Style) -> Style {
        let Some(properties) = child(node, "rPr") else { return around.clone() };
        let is_on = |name: &str| {
            child(properties, name).map(|node| {
                !attribute(node, "val")
                    .is_some_and(|is| matches!(is, "0" | "false" | "off" | "none"))
            })
        };
        let names = self.styles.names(value(properties, "rStyle"));
        let is_named = |wanted: &str| names.iter().any(|name| name == wanted);
        if is_on("strike") == Some(true) || is_on("dstrike") == Some(true) {
            self.tally.struck_through += 1;
        }
        Style {
            strong: is_on("b").unwrap_or_else(|| is_named("strong")),
            emphasis: is_on("i").unwrap_or_else(|| is_named("emphasis")),
            code: around.code || is_named("wardmote code words"),
            link: around.link.clone(),
        }
    }

    /// A chart of ours keeps its name; any other picture, and what text boxes hold, has no passage.
    fn drawing(&mut self, node: Node<'_, '_>, content: &mut Content) {
        if node.descendants().any(|node| is_word(&node, "txbxContent")) {
            return self.cannot_read("a text box");
        }
        let about = node.descendants().find(|node| node.tag_name().name() == "docPr");
        match about
            .and_then(|about| about.attribute("name"))
            .filter(|name| name.starts_with("chart:"))
        {
            Some(name) => content.pictures.push(name.to_owned()),
            None => self.cannot_read("a picture or drawing"),
        }
    }
}
