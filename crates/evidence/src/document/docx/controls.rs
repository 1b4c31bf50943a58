//! What an exported assessment holds of its own: words that were printed from the evidence stand in
//! content controls, tagged with their binding, and are read as that binding.

use quick_xml::events::BytesStart;

use super::attribute;

/// The style of the tables that are printed.
const PRINTED_TABLE: &str = "WardmoteData";

/// The content controls, links and tables that are open, the innermost last.
#[derive(Default)]
pub(super) struct Controls {
    open: Vec<Kind>,
    /// After the last section come the charts' tables and the notes on figures.
    is_after_sections: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    /// Somebody's words.
    Words,
    /// Printed: a sentence or number of the evidence, a chart with its table, a reference to a figure.
    Printed,
}

impl Controls {
    /// Takes a tag; gives the binding that begins with it, as `{{crime-change}}`.
    pub(super) fn start(&mut self, name: &str, tag: &BytesStart<'_>) -> Option<String> {
        match name {
            "sdt" | "tbl" => self.open.push(Kind::Words),
            "hyperlink" => {
                let anchor = attribute(tag, "anchor").unwrap_or_default();
                let refers = anchor.starts_with("wm_");
                self.open.push(if refers { Kind::Printed } else { Kind::Words });
            }
            "tblStyle" => {
                let is_printed = attribute(tag, "val").is_some_and(|style| style == PRINTED_TABLE);
                if let Some(innermost) = self.open.last_mut().filter(|_| is_printed) {
                    *innermost = Kind::Printed;
                }
            }
            "tag" => {
                let value = attribute(tag, "val")?;
                let (kind, binding) = value.split_once(':')?;
                let was_printed = self.is_printed();
                let innermost = self.open.last_mut()?;
                match kind {
                    "wm" => {
                        *innermost = Kind::Printed;
                        return (!was_printed).then(|| format!("{{{{{binding}}}}}"));
                    }
                    "wm-part" if binding != "title" => self.is_after_sections = true,
                    "wm-section" => self.is_after_sections = false,
                    "wm-figure" | "wm-table" => *innermost = Kind::Printed,
                    _ => {}
                }
            }
            _ => {}
        }
        None
    }

    pub(super) fn end(&mut self, name: &str) {
        if matches!(name, "sdt" | "hyperlink" | "tbl") {
            self.open.pop();
        }
    }

    /// Whether what stands here was printed, and is no words of whoever edits.
    pub(super) fn is_printed(&self) -> bool {
        self.is_after_sections || self.open.contains(&Kind::Printed)
    }
}
