//! The pages of topics.

use serde::Serialize;

use super::measure::MeasureHere;
use super::page::Candour;

/// A topic in the list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TopicLine {
    /// The last part of its address.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What may be said of its direction, or why nothing is.
    pub sentence: String,
}

/// One topic.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopicPage {
    /// The last part of its address.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The area that it is about.
    pub area: String,
    /// The answer to a newcomer's question.
    pub candour: Candour,
    /// Its measures.
    pub measures: Vec<MeasureHere>,
    /// What is not known, in sentences.
    pub not_known: Vec<String>,
}
