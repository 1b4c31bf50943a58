//! A number that a publication prints: of which rows, where and when.

use serde::{Deserialize, Serialize};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::Month;

use crate::measure::Selection;
use crate::observed::Place;

/// One number of a controlled source.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cell {
    /// The rows.
    pub rows: Selection,
    /// The level of the places.
    pub level: AreaLevel,
    /// The places, taken together.
    pub places: Vec<AreaCode>,
    /// The months, in order; they need not follow one another.
    #[serde(with = "runs")]
    pub months: Vec<Month>,
}

/// Months as runs: `2022-04..2023-03`.
mod runs {
    use serde::{Deserialize as _, Deserializer, Serializer, de::Error as _};
    use wardmote_domain::period::{Month, Period};

    pub(super) fn of(months: &[Month]) -> Vec<String> {
        let runs = months.chunk_by(|a, b| a.plus(1) == *b);
        runs.filter_map(|run| Some(format!("{}..{}", run.first()?, run.last()?))).collect()
    }

    pub(super) fn serialize<S: Serializer>(months: &[Month], to: S) -> Result<S::Ok, S::Error> {
        to.collect_seq(of(months))
    }

    pub(super) fn deserialize<'d, D: Deserializer<'d>>(from: D) -> Result<Vec<Month>, D::Error> {
        let runs = Vec::<String>::deserialize(from)?;
        let months = |run: &String| -> Result<Vec<Month>, D::Error> {
            let (first, last) = run.split_once("..").ok_or_else(|| {
                D::Error::custom(format!("{run:?} is no run of months such as 2022-04..2023-03"))
            })?;
            let month = |text: &str| text.parse::<Month>().map_err(D::Error::custom);
            let run = Period::run(month(first)?, month(last)?).map_err(D::Error::custom)?;
            Ok(run.months().collect())
        };
        Ok(runs.iter().map(months).collect::<Result<Vec<_>, _>>()?.concat())
    }
}

impl Cell {
    pub(crate) fn of(rows: &Selection, places: &[&Place], months: Vec<Month>) -> Self {
        let level = places.first().map_or(AreaLevel::NEIGHBOURHOOD, |place| place.level);
        let places = places.iter().map(|place| place.code.clone()).collect();
        Self { rows: rows.clone(), level, places, months }
    }

    /// Names the cell; the same rows, places and months are the same cell on every page and in every
    /// publication.
    pub(crate) fn key(&self) -> String {
        let places: Vec<&str> = self.places.iter().map(AreaCode::as_str).collect();
        let runs = self.months.chunk_by(|a, b| a.plus(1) == *b);
        let runs: Vec<String> =
            runs.filter_map(|run| Some(format!("{}..{}", run.first()?, run.last()?))).collect();
        format!("{} | {} | {}", self.rows.in_words(), places.join("+"), runs.join(","))
    }
}
