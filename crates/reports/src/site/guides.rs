//! Texts that every partnership's site holds: the methods, the glossary, the statements.

use serde::Serialize;

use crate::prose::{Block, parse};

/// A text in Markdown whose first line is its title.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Guide {
    /// The last part of its address.
    pub name: &'static str,
    #[serde(skip)]
    markdown: &'static str,
    title: &'static str,
    method: bool,
}

macro_rules! method {
    ($name:literal) => {
        Guide::new($name, include_str!(concat!("../../../../docs/methods/", $name, ".md")), true)
    };
}
macro_rules! statement {
    ($name:literal) => {
        Guide::new($name, include_str!(concat!("../../../../docs/site/", $name, ".md")), false)
    };
}

static METHODS: [Guide; 26] = [
    method!("changepoints"),
    method!("concentration"),
    method!("displacement"),
    method!("disproportionality"),
    method!("events"),
    method!("forecast"),
    method!("funnel"),
    method!("gi_star"),
    method!("glm"),
    method!("harm"),
    method!("hotspots"),
    method!("hours_of_week"),
    method!("interrupted"),
    method!("kernel_density"),
    method!("moran"),
    method!("near_repeat"),
    method!("prioritise"),
    method!("rank-intervals"),
    method!("repeats"),
    method!("scan"),
    method!("seasonal_decomposition"),
    method!("spatial_change"),
    method!("spikes"),
    method!("survey"),
    method!("synthetic-control"),
    method!("weights"),
];
static STATEMENTS: [Guide; 4] = [
    statement!("glossary"),
    statement!("accessibility"),
    statement!("privacy"),
    statement!("about"),
];

/// The methods, in order of name.
pub fn methods() -> &'static [Guide] {
    &METHODS
}

impl Guide {
    const fn new(name: &'static str, markdown: &'static str, method: bool) -> Self {
        let bytes = markdown.as_bytes();
        let mut end = 0;
        while end < bytes.len() && bytes[end] != b'\n' {
            end += 1;
        }
        // A text begins with "# " and its title; a test holds every one to it.
        let (_, rest) = markdown.split_at(2);
        let (title, _) = rest.split_at(end - 2);
        Self { name, markdown, title, method }
    }

    /// A method by its name.
    pub fn method(name: &str) -> Option<Self> {
        METHODS.iter().copied().find(|guide| guide.name == name)
    }

    /// The glossary or a statement by its name.
    pub fn statement(name: &str) -> Option<Self> {
        STATEMENTS.iter().copied().find(|guide| guide.name == name)
    }

    /// Its title.
    pub fn title(&self) -> &'static str {
        self.title
    }

    /// The text after the title. An assessment's prose stands under a heading of its section; this
    /// stands under the title itself, so its headings are a level higher.
    pub(super) fn blocks(&self) -> Vec<Block> {
        let mut blocks = parse(self.text());
        for block in &mut blocks {
            if let Block::Heading { level, .. } = block {
                *level -= 1;
            }
        }
        blocks
    }

    fn text(&self) -> &'static str {
        self.markdown.split_once('\n').map_or("", |(_, text)| text)
    }

    pub(super) fn is_method(&self) -> bool {
        self.method
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_method_is_on_the_site_and_begins_with_its_title() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods");
        let mut written: Vec<String> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        // The list of methods by what they answer is for the command line's users.
        written.retain(|name| name != "README");
        written.sort();
        assert_eq!(METHODS.iter().map(|guide| guide.name).collect::<Vec<_>>(), written);
        for guide in METHODS.iter().chain(&STATEMENTS) {
            assert!(guide.markdown.starts_with("# "), "{}", guide.name);
            assert!(
                guide
                    .blocks()
                    .iter()
                    .all(|block| !matches!(block, Block::Heading { level: ..2, .. }))
            );
            assert!(!guide.title().trim().is_empty() && !guide.text().trim().is_empty());
        }
    }
}
