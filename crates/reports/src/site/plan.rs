//! The public pages of the partnership's plan: what is being done, why, and what the tests of its
//! measures allow to be said of it.

use serde::Serialize;

use super::Sentence;
use crate::table::Table;

/// A link to an item of the plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ItemLink {
    /// What it is called by.
    pub reference: String,
    /// Its title.
    pub title: String,
    /// Its address below the site's.
    pub address: String,
}

/// A plan, from its themes to how each priority goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanPage {
    /// Its title.
    pub title: String,
    /// Its first and last day, and whether it is a draft.
    pub period: String,
    /// What it is, in its own words.
    pub summary: String,
    /// Its themes.
    pub themes: Vec<PlanTheme>,
    /// The steps of making it, and those of its actions that are published.
    pub milestones: Table,
    /// What changed since the earlier plan.
    pub differences: Option<Table>,
    /// The plans that there are.
    pub plans: Vec<ItemLink>,
    /// When the evidence that measures it was published.
    pub measured_on: Option<String>,
}

/// A theme of a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanTheme {
    /// Its title.
    pub title: String,
    /// Its priorities.
    pub priorities: Vec<PlanLine>,
}

/// A priority in a plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlanLine {
    /// The priority.
    pub link: ItemLink,
    /// What the tests of its measures allow.
    pub measured: String,
    /// What its owner judges.
    pub judged: String,
    /// How many of its actions are done.
    pub done: String,
}

/// A priority with its evidence, its actions and their latest measures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PriorityPage {
    /// The priority.
    pub link: ItemLink,
    /// The plan that it belongs to.
    pub plan: ItemLink,
    /// Its theme.
    pub theme: String,
    /// Who answers for it.
    pub owner: String,
    /// Why it was put first.
    pub why: String,
    /// What the tests of its measures allow.
    pub measured: String,
    /// What its owner judges.
    pub judged: String,
    /// Why the owner judges so, and when.
    pub judged_why: String,
    /// Why the two do not say the same.
    pub differ: Option<String>,
    /// The findings that it cites, each with the address of its figure.
    pub findings: Vec<Sentence>,
    /// Findings that it cites and that the published evidence does not hold.
    pub gone: Vec<String>,
    /// Its actions.
    pub actions: Vec<PlannedAction>,
    /// What people said that it answers.
    pub told: Vec<ItemLink>,
    /// Objectives of other plans that it serves.
    pub serves: Vec<ItemLink>,
    /// What it has to work with.
    pub resources: Option<Table>,
}

/// An action of a priority.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PlannedAction {
    /// The anchor of it on the page.
    pub anchor: String,
    /// What it is called by.
    pub reference: String,
    /// What is done.
    pub title: String,
    /// Who answers for it, how it stands, until when; each with its label.
    pub facts: Vec<(String, String)>,
    /// What was done, in the owner's words.
    pub progress: String,
    /// Its measures.
    pub measures: Vec<LatestMeasure>,
}

/// The latest of a measure.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LatestMeasure {
    /// What is measured.
    pub title: String,
    /// What the test allows, in a word.
    pub words: String,
    /// What the published evidence says, with the address of each figure.
    pub said: Vec<Sentence>,
    /// The 95% limits of its figure, if it has them.
    pub interval: Option<String>,
    /// Why there is no figure.
    pub missing: String,
}

/// The duties, and how each stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutiesPage {
    /// Those of the partnership, and those beside them.
    pub groups: Vec<DutyGroup>,
}

/// Duties of a kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyGroup {
    /// The kind.
    pub title: String,
    /// The duties.
    pub duties: Vec<DutyShown>,
}

/// A duty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DutyShown {
    /// What must be done.
    pub title: String,
    /// State, law, owner, cycle, what is due next, what shows it; each with its label.
    pub facts: Vec<(String, String)>,
    /// Items of the plan and findings that show it.
    pub shown_by: Vec<ItemLink>,
}

/// What people told the partnership, and what it did.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldPage {
    /// Events, the latest first.
    pub events: Vec<ToldEvent>,
}

/// An event at which people were heard.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ToldEvent {
    /// What it was.
    pub link: ItemLink,
    /// The anchor of it on the page.
    pub anchor: String,
    /// When.
    pub date: String,
    /// Who was heard.
    pub who: String,
    /// What was said.
    pub said: String,
    /// Quotations that their speakers agreed to.
    pub quotations: Vec<String>,
    /// What changed.
    pub changed: String,
    /// Whether and until when an answer is due.
    pub answer: String,
    /// Priorities and actions that answer it.
    pub answered_by: Vec<ItemLink>,
}

/// What serves the objectives of other plans.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AlignmentPage {
    /// A table for each of the other plans.
    pub plans: Vec<Table>,
}
