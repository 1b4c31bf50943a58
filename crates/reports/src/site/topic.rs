//! The pages of topics.

use serde::Serialize;

use super::measure::MeasureHere;
use super::page::Candour;
use super::plan::{ItemLink, LatestMeasure};

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
    /// What the partnership's plan does about it.
    pub doing: Doing,
    /// Its measures.
    pub measures: Vec<MeasureHere>,
    /// What is not known, in sentences.
    pub not_known: Vec<String>,
}

/// What the plan does about a topic.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Doing {
    /// The plan; `None` where none is published.
    pub plan: Option<ItemLink>,
    /// Its priorities that rest on figures of the topic's measures, or have actions measured by them.
    pub priorities: Vec<DoingPriority>,
}

/// A priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoingPriority {
    /// Where its page is.
    pub link: ItemLink,
    /// What its measures allow together, in words.
    pub measured: String,
    /// Its actions.
    pub actions: Vec<DoingAction>,
}

/// An action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoingAction {
    /// Where it stands.
    pub link: ItemLink,
    /// How it stands.
    pub state: String,
    /// When it is due; empty where nothing is said.
    pub due: String,
    /// The latest of its measures that read the topic's.
    pub measures: Vec<LatestMeasure>,
}
