//! The rules by name, with what `--explain` says of them.

use serde::Serialize;

use super::{
    acronyms, counted_lists, directions, figures_elsewhere, groups, law, parts, percentages,
    plan_periods, promises, repeated_items, roles, terms, windows,
};

/// What a rule finds, with an example that it catches and one that it passes.
#[derive(Debug, Clone, Copy)]
pub struct Explanation {
    /// In a sentence or two.
    pub finds: &'static str,
    /// Markdown that it catches; the date of the paper is 18 March 2025.
    pub caught: &'static str,
    /// Markdown that comes near and passes.
    pub passes: &'static str,
}

/// The rules of consistency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum ConsistencyRule {
    /// Two date ranges for one plan.
    PlanPeriod,
    /// Two windows for one analysis.
    AnalysisWindow,
    /// A promise about a date that is past.
    PastPromise,
    /// A list that is not as long as is said.
    ListCount,
    /// Parts that are more than their whole.
    PartsOverWhole,
    /// A percentage that its counts do not give.
    Percentage,
    /// A person with two posts, or a post with two people.
    TwoRoles,
    /// A group that reports to two parents.
    TwoParents,
    /// An acronym spelled out in two ways.
    TwoExpansions,
    /// A part that rises in a falling whole, or the reverse, without its figure.
    OppositeDirections,
    /// One item under two headings of a classification.
    RepeatedItem,
    /// A term listed under what it is no part of.
    MisplacedTerm,
    /// Law that has changed its name or been repealed.
    ChangedLaw,
    /// A figure that another place gives otherwise.
    FigureElsewhere,
    /// An exception that excepts nothing.
    BadException,
}

impl ConsistencyRule {
    /// Every rule.
    pub const ALL: [Self; 15] = [
        Self::PlanPeriod,
        Self::AnalysisWindow,
        Self::PastPromise,
        Self::ListCount,
        Self::PartsOverWhole,
        Self::Percentage,
        Self::TwoRoles,
        Self::TwoParents,
        Self::TwoExpansions,
        Self::OppositeDirections,
        Self::RepeatedItem,
        Self::MisplacedTerm,
        Self::ChangedLaw,
        Self::FigureElsewhere,
        Self::BadException,
    ];

    /// The rule's name on the command line and in exceptions.
    pub fn name(self) -> &'static str {
        match self {
            Self::PlanPeriod => "plan-period",
            Self::AnalysisWindow => "analysis-window",
            Self::PastPromise => "past-promise",
            Self::ListCount => "list-count",
            Self::PartsOverWhole => "parts-over-whole",
            Self::Percentage => "percentage",
            Self::TwoRoles => "two-roles",
            Self::TwoParents => "two-parents",
            Self::TwoExpansions => "two-expansions",
            Self::OppositeDirections => "opposite-directions",
            Self::RepeatedItem => "repeated-item",
            Self::MisplacedTerm => "misplaced-term",
            Self::ChangedLaw => "changed-law",
            Self::FigureElsewhere => "figure-elsewhere",
            Self::BadException => "bad-exception",
        }
    }

    /// What it finds, with examples.
    pub fn explanation(self) -> Explanation {
        match self {
            Self::PlanPeriod => plan_periods::EXPLANATION,
            Self::AnalysisWindow => windows::EXPLANATION,
            Self::PastPromise => promises::EXPLANATION,
            Self::ListCount => counted_lists::EXPLANATION,
            Self::PartsOverWhole => parts::EXPLANATION,
            Self::Percentage => percentages::EXPLANATION,
            Self::TwoRoles => roles::EXPLANATION,
            Self::TwoParents => groups::EXPLANATION,
            Self::TwoExpansions => acronyms::EXPLANATION,
            Self::OppositeDirections => directions::EXPLANATION,
            Self::RepeatedItem => repeated_items::EXPLANATION,
            Self::MisplacedTerm => terms::EXPLANATION,
            Self::ChangedLaw => law::EXPLANATION,
            Self::FigureElsewhere => figures_elsewhere::EXPLANATION,
            Self::BadException => Explanation {
                finds: "An exception that gives no reason, or names no rule. It silences nothing.",
                caught: "Six aims. <!-- lint: allow list-count -->",
                passes: "Six aims. <!-- lint: allow list-count because the sixth is secret -->",
            },
        }
    }
}
