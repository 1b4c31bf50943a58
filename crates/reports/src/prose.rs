//! The analyst's prose, parsed once for pages and documents alike.
//!
//! `CommonMark` becomes a small tree of blocks that both the HTML templates and the Typst template
//! walk. Raw HTML is text. What the prose names, a chart, a table or a figure, must exist.

mod blocks;
mod parser;

pub use blocks::Side;
pub(crate) use blocks::{Block, Inline, plain_text, visit_figures};
pub(crate) use parser::{parse, parse_in_parts};

use std::collections::BTreeSet;

use crate::publication::{Publication, Section};

/// Why prose could not be bound to the publication.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProseError {
    /// A section without a heading would leave a gap in the outline that screen readers follow.
    #[error("section \"{section}\" has no heading; give it one")]
    NoHeading {
        /// Id of the section.
        section: String,
    },
    /// The prose places a chart that the publication lacks.
    #[error("section \"{section}\" places the chart \"{id}\", which does not exist")]
    UnknownChart {
        /// Id of the section.
        section: String,
        /// Id in the prose.
        id: String,
    },
    /// The prose places a table that the publication lacks.
    #[error("section \"{section}\" places the table \"{id}\", which does not exist")]
    UnknownTable {
        /// Id of the section.
        section: String,
        /// Id in the prose.
        id: String,
    },
    /// The prose binds words to a figure that the publication lacks.
    #[error("section \"{section}\" quotes the figure \"{id}\", which does not exist")]
    UnknownFigure {
        /// Id of the section.
        section: String,
        /// Id in the prose.
        id: String,
    },
}

/// A section with its prose parsed.
#[derive(Debug, serde::Serialize)]
pub(crate) struct ParsedSection<'a> {
    pub(crate) id: &'a str,
    pub(crate) heading: &'a str,
    pub(crate) statutory: Option<&'a str>,
    pub(crate) blocks: Vec<Block>,
}

/// Parses sections and checks what they name. A chart placed again is marked as repeated, because
/// a page may hold its ids only once.
pub(crate) fn parse_sections<'a>(
    publication: &Publication,
    sections: &'a [Section],
) -> Result<Vec<ParsedSection<'a>>, ProseError> {
    let mut placed = BTreeSet::new();
    sections
        .iter()
        .map(|section| {
            let mut blocks = parse(&section.markdown);
            check(publication, section, &blocks)?;
            mark_repeats(&mut blocks, &mut placed);
            Ok(ParsedSection {
                id: &section.id,
                heading: &section.heading,
                statutory: section.statutory.as_deref(),
                blocks,
            })
        })
        .collect()
}

/// The figures in the order in which the full assessment, then the summary, first quote them;
/// figures never quoted come last.
pub(crate) fn figure_order(publication: &Publication) -> Vec<&str> {
    let mut order: Vec<&str> = Vec::new();
    let mut seen = BTreeSet::new();
    for section in publication.sections.iter().chain(&publication.summary) {
        let blocks = parse(&section.markdown);
        visit_figures(&blocks, &mut |id, _| {
            if let Some((id, _)) = publication.figures.get_key_value(id)
                && seen.insert(id.as_str())
            {
                order.push(id);
            }
        });
    }
    order.extend(publication.figures.keys().map(String::as_str).filter(|id| !seen.contains(id)));
    order
}

fn check(publication: &Publication, section: &Section, blocks: &[Block]) -> Result<(), ProseError> {
    if !section.heading.contains(char::is_alphanumeric) {
        return Err(ProseError::NoHeading { section: section.id.clone() });
    }
    let named = |id: &str| (section.id.clone(), id.to_owned());
    let mut problem = None;
    blocks::visit(blocks, &mut |block| match block {
        Block::Chart { id, .. } if !publication.charts.contains_key(id) => {
            let (section, id) = named(id);
            problem.get_or_insert(ProseError::UnknownChart { section, id });
        }
        Block::Table { id, .. } if !publication.tables.contains_key(id) => {
            let (section, id) = named(id);
            problem.get_or_insert(ProseError::UnknownTable { section, id });
        }
        _ => {}
    });
    visit_figures(blocks, &mut |id, _| {
        if !publication.figures.contains_key(id) {
            let (section, id) = named(id);
            problem.get_or_insert(ProseError::UnknownFigure { section, id });
        }
    });
    problem.map_or(Ok(()), Err)
}

fn mark_repeats(blocks: &mut [Block], placed: &mut BTreeSet<String>) {
    for block in blocks {
        match block {
            Block::Chart { id, repeated } => *repeated = !placed.insert(format!("chart {id}")),
            Block::Table { id, repeated } => *repeated = !placed.insert(format!("table {id}")),
            Block::Quote { blocks } => mark_repeats(blocks, placed),
            Block::List { items, .. } => {
                for item in items {
                    mark_repeats(item, placed);
                }
            }
            Block::Heading { .. }
            | Block::Paragraph { .. }
            | Block::Code { .. }
            | Block::Rule
            | Block::WrittenTable { .. } => {}
        }
    }
}
