//! Areas over periods: one count for each area and period, none missing.

use std::collections::BTreeMap;

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};
use wardmote_lake::Lake;

use super::own_file::{Coordinates, Outline, OwnFile, Shapes, When, surface};
use super::place::AreasAsked;
use super::series::{known_run, months_asked, of_lake};
use super::{AnalysisError, Fields, MonthsAsked, fields};
use crate::measure::Selection;
use crate::observed::{Observed, ObservedError};

/// Counts of areas over periods.
#[derive(Debug, Clone, PartialEq)]
pub struct Panel {
    pub(crate) ids: Vec<String>,
    /// What each period is called; one where the file has no dates.
    pub(crate) labels: Vec<String>,
    /// By area, then by period.
    pub(crate) counts: Vec<Vec<u64>>,
    pub(crate) populations: Option<Vec<f64>>,
    /// The surface of each area, in square metres.
    pub(crate) surfaces: Option<Vec<f64>>,
    /// A point for each area, in metres.
    pub(crate) points: Option<Vec<(f64, f64)>>,
    pub(crate) from: Fields,
    pub(crate) warnings: Vec<String>,
}

/// Which columns of a file hold a panel.
#[derive(Debug, Clone, Default)]
pub struct PanelColumns {
    /// What each area is called.
    pub id: String,
    /// The counts; without it rows are events.
    pub value: Option<String>,
    /// The months.
    pub date: Option<String>,
    /// Residents or another denominator, the same in each row of an area.
    pub population: Option<String>,
    /// The surface in square metres, the same in each row of an area.
    pub surface: Option<String>,
    /// Columns of coordinates.
    pub coordinates: Option<(String, String)>,
    /// Whether they are degrees.
    pub lonlat: bool,
}

impl Panel {
    /// A panel of a file: one row for each area and month, for each area, or for each event.
    pub fn of_file(
        method: &'static str,
        file: &OwnFile,
        columns: &PanelColumns,
    ) -> Result<Self, AnalysisError> {
        let ids_of_rows = file.words(&columns.id)?;
        let values = match &columns.value {
            Some(value) => file.counts(value)?,
            None => vec![1; ids_of_rows.len()],
        };
        let months: Option<Vec<Month>> = match &columns.date {
            None => None,
            Some(date) => file.dates(date)?.into_iter().map(When::month).collect(),
        };
        let mut ids: Vec<String> = Vec::new();
        let mut position = BTreeMap::new();
        for id in &ids_of_rows {
            position.entry(id.as_str()).or_insert_with(|| {
                ids.push(id.clone());
                ids.len() - 1
            });
        }
        let first = months.as_ref().and_then(|months| months.iter().min().copied());
        let last = months.as_ref().and_then(|months| months.iter().max().copied());
        let labels: Vec<String> = match first.zip(last) {
            Some((first, last)) => Period::run(first, last)
                .map_err(|error| AnalysisError::option("--date", error.to_string()))?
                .months()
                .map(|month| month.to_string())
                .collect(),
            None => vec!["all".to_owned()],
        };
        let mut cells: Vec<Vec<Option<u64>>> = vec![vec![None; labels.len()]; ids.len()];
        for (row, (id, value)) in ids_of_rows.iter().zip(&values).enumerate() {
            let period = months.as_ref().zip(first).map_or(0, |(months, first)| {
                (months[row].index() - first.index()).unsigned_abs() as usize
            });
            let cell = &mut cells[position[id.as_str()]][period];
            if cell.is_some() && columns.value.is_some() {
                let why = format!(
                    "{}, {}: {id:?} has two rows for {}",
                    file.name(),
                    file.at(row),
                    labels[period]
                );
                return Err(AnalysisError::unfit(
                    method,
                    why,
                    "give one row for each area and month",
                ));
            }
            *cell = Some(cell.unwrap_or(0) + value);
        }
        let counted = columns.value.is_none();
        let mut counts = Vec::with_capacity(ids.len());
        for (id, row) in ids.iter().zip(&cells) {
            if let Some(gap) = row.iter().position(Option::is_none).filter(|_| !counted) {
                let why = format!("{} has no row for {id:?} in {}", file.name(), labels[gap]);
                return Err(AnalysisError::unfit(
                    method,
                    why,
                    "a month that is not there is not known, and not zero: add it, or cut the others",
                ));
            }
            counts.push(row.iter().map(|n| n.unwrap_or(0)).collect());
        }
        let of_areas = |of_rows: Vec<f64>| -> Vec<f64> {
            let mut of_areas = vec![f64::NAN; ids.len()];
            for (id, value) in ids_of_rows.iter().zip(of_rows) {
                of_areas[position[id.as_str()]] = value;
            }
            of_areas
        };
        let populations =
            columns.population.as_deref().map(|name| file.numbers(name)).transpose()?.map(of_areas);
        let surfaces =
            columns.surface.as_deref().map(|name| file.numbers(name)).transpose()?.map(of_areas);
        let pair = columns.coordinates.as_ref().map(|(x, y)| (x.as_str(), y.as_str()));
        let units = if columns.lonlat { Coordinates::LonLat } else { Coordinates::Metres };
        let points = if pair.is_some() || file.has_shapes() {
            let of_rows = file.shapes(pair, units)?.points();
            let (x, y): (Vec<f64>, Vec<f64>) = of_rows.into_iter().unzip();
            Some(of_areas(x).into_iter().zip(of_areas(y)).collect())
        } else {
            None
        };
        let from = fields! {
            "input": file.name(),
            "id": columns.id.as_str(),
            "value": columns.value.clone(),
            "date": columns.date.clone(),
            "population": columns.population.clone(),
            "counted": if counted { "events by area and month" } else { "as given" },
        };
        Ok(Self { ids, labels, counts, populations, surfaces, points, from, warnings: Vec::new() })
    }

    /// A measure of the lake by area and month; with peers, the partnership's districts and its peers'.
    pub fn of_measure(
        method: &'static str,
        lake: &Lake,
        observed: &Observed,
        asked: AreasAsked<'_>,
        peers: bool,
    ) -> Result<Self, AnalysisError> {
        let measure = observed.measure(asked.measure)?;
        let source = &measure.numerator.source;
        let home = match asked.area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let mut districts = vec![home.code.clone()];
        if peers {
            districts.clone_from(&observed.partnership.areas);
            districts.extend(observed.partnership.peers.iter().cloned());
        }
        let period = months_asked(method, observed, source, asked.months)?;
        let counted = observed.monthly(&measure.numerator, home, &period)?;
        let (run, mut warnings) = known_run(method, source, &counted, asked.months)?;
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else {
            return Err(AnalysisError::unfit(method, "no month is known", "load the source"));
        };
        let period = Period::run(*first, *last)
            .map_err(|error| AnalysisError::option("--from", error.to_string()))?;
        let places = observed.places_within(asked.level, &districts)?;
        let codes: Vec<AreaCode> = places.iter().map(|place| place.code.clone()).collect();
        let (mut ids, mut counts, mut populations) = (Vec::new(), Vec::new(), Vec::new());
        for place in places {
            let counted = observed.monthly(&measure.numerator, place, &period)?;
            let known: Option<Vec<u64>> = counted.iter().map(|(_, n)| *n).collect();
            let Some(known) = known else {
                warnings
                    .push(format!("{} is left out: some of its months are not known", place.code));
                continue;
            };
            ids.push(place.code.to_string());
            counts.push(known);
            if measure.denominator.is_some() {
                populations.push(observed.residents(measure, place)? as f64);
            }
        }
        let outlines = lake.boundaries(asked.level, &codes).map_err(ObservedError::from)?;
        let rings = |id: &String| {
            let outline = outlines.iter().find(|outline| outline.code.as_str() == id)?;
            Some(outline.polygons.iter().flatten().cloned().collect())
        };
        let outlines: Option<Vec<Outline>> = ids.iter().map(rings).collect();
        let surfaces = outlines.as_ref().map(|all| all.iter().map(surface).collect());
        let points = outlines.map(|all| Shapes::Outlines(all).points());
        let from = of_lake(observed, &measure.id, home).and(fields! {
            "level": asked.level.to_string(),
            "unit": measure.unit.as_str(),
            "denominator": measure.denominator.clone(),
        });
        let populations = (populations.len() == ids.len()).then_some(populations);
        let labels = period.months().map(|month| month.to_string()).collect();
        Ok(Self { ids, labels, counts, populations, surfaces, points, from, warnings })
    }

    /// The kinds of a measure that has weights, month by month in a place: a kind's weight stands as its
    /// population.
    pub fn of_kinds(
        method: &'static str,
        observed: &Observed,
        measure: &str,
        area: Option<&AreaCode>,
        asked: MonthsAsked,
    ) -> Result<Self, AnalysisError> {
        let measure = observed.measure(measure)?;
        let Some(weights) = &measure.weights else {
            let why = format!("measure {:?} declares no weights", measure.id);
            return Err(AnalysisError::unfit(
                method,
                why,
                "add them to its declaration (weights = { unit, source, by_category })",
            ));
        };
        let place = match area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let period = months_asked(method, observed, &measure.numerator.source, asked)?;
        let counted = observed.monthly(&measure.numerator, place, &period)?;
        let (run, warnings) = known_run(method, &measure.numerator.source, &counted, asked)?;
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else {
            return Err(AnalysisError::unfit(method, "no month is known", "load the source"));
        };
        let period = Period::run(*first, *last)
            .map_err(|error| AnalysisError::option("--from", error.to_string()))?;
        let (mut ids, mut counts, mut populations) = (Vec::new(), Vec::new(), Vec::new());
        for (category, weight) in &weights.by_category {
            let kind = Selection {
                categories: vec![category.clone()],
                exclude: Vec::new(),
                ..measure.numerator.clone()
            };
            let counted = observed.monthly(&kind, place, &period)?;
            ids.push(category.to_string());
            // INVARIANT: the source is known in all these months, and so is each kind of it.
            counts.push(counted.iter().map(|(_, n)| n.unwrap_or(0)).collect());
            populations.push(*weight);
        }
        let from = of_lake(observed, &measure.id, place).and(fields! {
            "unit": weights.unit.as_str(),
            "weights_source": weights.source.as_str(),
        });
        let labels = period.months().map(|month| month.to_string()).collect();
        let populations = Some(populations);
        Ok(Self { ids, labels, counts, populations, surfaces: None, points: None, from, warnings })
    }

    pub(crate) fn position(&self, option: &'static str, id: &str) -> Result<usize, AnalysisError> {
        self.ids.iter().position(|given| given == id).ok_or_else(|| {
            let some: Vec<&str> = self.ids.iter().take(8).map(String::as_str).collect();
            AnalysisError::option(option, format!("no area {id:?}; there are {}", some.join(", ")))
        })
    }

    /// The position of a month, neither the first nor beyond the last.
    pub(crate) fn split(&self, option: &'static str, month: &str) -> Result<usize, AnalysisError> {
        self.labels.iter().position(|given| given == month).filter(|at| *at > 0).ok_or_else(|| {
            let (first, last) = (self.labels.first(), self.labels.last());
            let bounds = [first, last].map(|label| label.cloned().unwrap_or_default());
            AnalysisError::option(
                option,
                format!("{month} must be a later month of {} to {}", bounds[0], bounds[1]),
            )
        })
    }

    pub(crate) fn totals(&self) -> Vec<u64> {
        self.counts.iter().map(|row| row.iter().sum()).collect()
    }

    pub(crate) fn populations(&self, method: &'static str) -> Result<&[f64], AnalysisError> {
        self.populations.as_deref().ok_or_else(|| {
            AnalysisError::unfit(
                method,
                "rates need a population",
                "name its column with --population, or use a measure with a denominator",
            )
        })
    }

    pub(crate) fn surfaces(&self, method: &'static str) -> Result<&[f64], AnalysisError> {
        self.surfaces.as_deref().ok_or_else(|| {
            AnalysisError::unfit(
                method,
                "the areas have no surface",
                "name its column with --surface (square metres), give points with --x, --y and --cell, or load outlines",
            )
        })
    }

    pub(crate) fn points(&self, method: &'static str) -> Result<&[(f64, f64)], AnalysisError> {
        self.points.as_deref().ok_or_else(|| {
            AnalysisError::unfit(
                method,
                "the areas have no places",
                "name the columns of eastings and northings with --x and --y, or load outlines",
            )
        })
    }

    pub(crate) fn parameters(&self) -> Fields {
        self.from
            .clone()
            .with("from", self.labels.first().cloned())
            .with("to", self.labels.last().cloned())
            .with("areas", self.ids.len())
    }
}
