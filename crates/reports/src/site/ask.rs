//! Pages on which the reader asks: compare and explore. The address is the question.

use serde::Serialize;

use super::measure::Origin;
use super::page::AreaLink;
use crate::charts::Chart;
use crate::table::Table;

/// An option of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AskOption {
    /// What the address holds.
    pub value: String,
    /// What the reader sees.
    pub text: String,
    /// Whether it is chosen.
    pub selected: bool,
}

/// What is wrong with a question, and how to put it right.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// The field that it is about.
    pub field: String,
    /// What to do.
    pub text: String,
    /// Areas that may be meant.
    pub candidates: Vec<AreaLink>,
}

/// Areas or periods against one another.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ComparePage {
    /// The measures.
    pub measures: Vec<AskOption>,
    /// What stands in the six fields for areas.
    pub areas: Vec<String>,
    /// The periods.
    pub periods: Vec<AskOption>,
    /// The earlier periods; the first option is none.
    pub with: Vec<AskOption>,
    /// What is wrong with the question.
    pub wrong: Vec<Wrong>,
    /// The answer, if something was asked.
    pub result: Option<Compared>,
}

/// What was compared.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Compared {
    /// What may be said of each pair.
    pub sentences: Vec<String>,
    /// How sure it is.
    pub certainty: String,
    /// The values with their intervals, if they are known.
    pub chart: Option<Chart>,
    /// The same as a table.
    pub table: Table,
    /// How it was worked out.
    pub origin: Origin,
    /// The measure's title.
    pub title: String,
}

/// A measure as the analyst asks for it.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct ExplorePage {
    /// The measures.
    pub measures: Vec<AskOption>,
    /// What stands in the six fields for areas.
    pub areas: Vec<String>,
    /// The first month.
    pub from: String,
    /// The last month.
    pub to: String,
    /// What rows stand for.
    pub by: Vec<AskOption>,
    /// As what values are taken.
    pub forms: Vec<AskOption>,
    /// What is asked about the months.
    pub methods: Vec<AskOption>,
    /// What is wrong with the question.
    pub wrong: Vec<Wrong>,
    /// The answer.
    pub result: Option<Explored>,
}

/// The answer to a question.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explored {
    /// The measure's title.
    pub title: String,
    /// What the method found, in numbers.
    pub sentences: Vec<String>,
    /// The drawing, where there is something to draw.
    pub chart: Option<Chart>,
    /// The first rows.
    pub table: Table,
    /// Files of the whole answer, each with its name and its address below the site's base.
    pub downloads: Vec<(String, String)>,
    /// How to cite it.
    pub cite: Vec<String>,
    /// What to paste into `assessment/claims.toml`.
    pub claims: String,
    /// What to paste into the assessment's prose.
    pub prose: String,
    /// How it was worked out.
    pub origin: Origin,
}
