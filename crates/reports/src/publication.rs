//! One assessment as data: what the analyst wrote, and every figure, chart and table it uses.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::charts::Chart;
use crate::table::Table;

/// One assessment, from which the full version and the summary are both made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Publication {
    /// Name of the partnership.
    pub partnership: String,
    /// Title of the assessment.
    pub title: String,
    /// The declared date of publication, the only date that reaches the documents.
    pub published: Date,
    /// Whether the data are invented; if so every page and chart says so.
    pub synthetic: bool,
    /// Acknowledgements that the licences of the sources ask for.
    pub licence_notes: Vec<String>,
    /// Which snapshot of the evidence the figures come from.
    pub vintage: String,
    /// The summary: the same figures, told more shortly.
    pub summary: Vec<Section>,
    /// The full assessment.
    pub sections: Vec<Section>,
    /// Charts by the id that the prose uses.
    pub charts: BTreeMap<String, Chart>,
    /// Tables by the id that the prose uses.
    pub tables: BTreeMap<String, Table>,
    /// Where each figure comes from, by figure id.
    pub figures: BTreeMap<String, FigureNote>,
    /// Whether the assessment may be signed off.
    pub sign_off: SignOff,
    /// The findings as slides.
    #[serde(default)]
    pub slides: Slides,
}

/// What the slides say, between the first and the last.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Slides {
    /// One finding a slide.
    pub findings: Vec<Slide>,
    /// What is not known, line by line, as prose.
    pub not_known: Vec<String>,
}

/// A finding on a slide.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Slide {
    /// Its title: a sentence, as prose.
    pub title: String,
    /// Id of the chart that shows it.
    pub chart: Option<String>,
    /// A table that shows it, short enough for a slide; its caption is the slide's title.
    pub table: Option<Table>,
    /// Further words, as prose.
    pub text: Option<String>,
}

/// A section of an assessment.
///
/// The prose is `CommonMark` in which links carry meaning by their scheme:
/// `[fell by 8%](figure:ID)` binds words to a figure, and `![](chart:ID)` or `![](table:ID)`
/// alone in a paragraph places a chart or a table. Raw HTML is shown as the text it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Id, unique in the publication.
    pub id: String,
    /// Heading.
    pub heading: String,
    /// The statutory duty that the section answers, in words.
    pub statutory: Option<String>,
    /// The prose.
    pub markdown: String,
}

/// Whether an assessment may be signed off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum SignOff {
    /// Every statutory section is there.
    Ready,
    /// Statutory sections are missing; the pages say so.
    Blocked {
        /// What is missing, in words.
        missing: Vec<String>,
    },
}

/// Where a figure comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureNote {
    /// Id, made from content by the evidence.
    pub id: String,
    /// What the figure is, in a few words.
    pub label: String,
    /// The value as the prose may print it.
    pub value_text: String,
    /// Definition of the measure.
    pub definition: String,
    /// Version of that definition; empty where it has none.
    pub measure_version: String,
    /// The time it covers.
    pub period: String,
    /// The place it covers.
    pub area: String,
    /// How it was computed.
    pub method: String,
    /// The interval around it.
    pub interval_text: Option<String>,
    /// How many events or answers it rests on.
    pub n_text: Option<String>,
    /// The files it was computed from.
    pub sources: Vec<SourceNote>,
    /// The query, in words.
    pub query_in_words: String,
    /// What the reader must not conclude from it.
    pub caution: Option<String>,
}

/// A file that a figure was computed from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceNote {
    /// Who published the file.
    pub publisher: String,
    /// Name of the file.
    pub file: String,
    /// SHA-256 of the file, in hexadecimal.
    pub sha256: String,
    /// Licence of the file.
    pub licence: String,
    /// How many of its rows were used; `None` where the count is withheld.
    pub rows: Option<u64>,
}
