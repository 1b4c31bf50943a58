//! The crime analyst's methods, each with its data, its parameters and its warnings.
//!
//! An analysis takes a series, areas, events or a table, from the lake or from the user's own file,
//! hands plain slices to `wardmote-stats`, and answers with one [`Analysis`]. Data that cannot carry a
//! method is refused, with what would allow it. Nothing here is a statistic of its own.

pub mod comparison;
mod error;
mod events;
mod fields;
pub mod own_file;
mod panel;
pub mod place;
pub mod priorities;
mod series;
pub mod time;
pub mod works;

use serde::Serialize;

pub use self::error::AnalysisError;
pub use self::events::{Events, EventsAsked, Needs};
pub(crate) use self::fields::fields;
pub use self::fields::{Field, Fields};
pub use self::panel::{Panel, PanelColumns};
pub use self::series::{MonthsAsked, Series, SeriesColumns};

/// What a method found, with all it takes to do it again.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Analysis {
    /// The method, as the command names it.
    pub method: &'static str,
    /// Every parameter that was used, those chosen for the user too.
    pub parameters: Fields,
    /// How many periods, areas, events or rows it rests on.
    pub n: u64,
    /// One group of values, or one row for each area, period or band.
    pub results: Field,
    /// What to read the results with.
    pub warnings: Vec<String>,
    /// The findings in words.
    #[serde(skip)]
    pub in_words: Vec<String>,
}

/// Warnings as sentences.
fn said<W: ToString>(warnings: &[W]) -> impl Iterator<Item = String> {
    warnings.iter().map(ToString::to_string)
}

/// The warnings of the data, of what was done to it, and of the method.
fn gathered<W: ToString>(
    data: &[String],
    notes: impl IntoIterator<Item = String>,
    found: &[W],
) -> Vec<String> {
    data.iter().cloned().chain(notes).chain(said(found)).collect()
}

/// A p value as it is read: not more exact than it is.
fn p_in_words(p: f64) -> String {
    if p < 0.001 { "p below 0.001".into() } else { format!("p {p:.3}") }
}
