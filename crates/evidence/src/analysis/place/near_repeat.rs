//! `near-repeat`: is a place at risk for a while after its neighbour was hit?

use jiff::civil::Date;
use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::near_repeat::{
    self, Bands, DatedPlaces, PlacePrecision, TimePrecision,
};

use super::permuted;
use crate::analysis::own_file::{Coordinates, OwnFile, Shapes, When};
use crate::analysis::{Analysis, AnalysisError, Events, Fields, fields, gathered, p_in_words};

const METHOD: &str = "near-repeat";

/// Events with a place and a day.
#[derive(Debug, Clone, PartialEq)]
pub struct DatedEvents {
    places: Vec<(f64, f64)>,
    days: Vec<Date>,
    from: Fields,
    warnings: Vec<String>,
}

/// The upper limits of the bands.
#[derive(Debug, Clone, PartialEq)]
pub struct BandsAsked {
    /// In metres.
    pub metres: Vec<f64>,
    /// In days.
    pub days: Vec<u32>,
}

impl Default for BandsAsked {
    fn default() -> Self {
        Self { metres: vec![100.0, 200.0, 400.0, 800.0], days: vec![7, 14, 28] }
    }
}

impl DatedEvents {
    /// The events of a file, one row each.
    pub fn of_file(
        file: &OwnFile,
        date: &str,
        coordinates: Option<(&str, &str)>,
        units: Coordinates,
    ) -> Result<Self, AnalysisError> {
        let whens = file.dates(date)?;
        let days: Option<Vec<Date>> = whens.iter().map(|when| When::day(*when)).collect();
        let days =
            days.ok_or_else(|| AnalysisError::of(METHOD)(near_repeat::NearRepeatError::MonthOnly))?;
        let Shapes::Points(places) = file.shapes(coordinates, units)? else {
            return Err(AnalysisError::of(METHOD)(near_repeat::NearRepeatError::AreaOnly));
        };
        let from = fields! {
            "input": file.name(),
            "date": date,
            "x": coordinates.map(|pair| pair.0),
            "y": coordinates.map(|pair| pair.1),
            "coordinates": match units {
                Coordinates::Metres => "metres, as given",
                Coordinates::LonLat => "EPSG:4326, projected to EPSG:27700",
            },
        };
        Ok(Self { places, days, from, warnings: Vec::new() })
    }

    /// Events of the lake that know their place and day.
    pub fn of_lake(events: Events) -> Self {
        let known = events.each.iter().filter_map(|event| event.place.zip(event.at));
        let (places, days) =
            known.map(|(place, at)| ((place.easting(), place.northing()), at.date())).unzip();
        Self { places, days, from: events.from, warnings: events.warnings }
    }
}

/// Knox's test with permuted times.
pub fn near_repeat(
    events: &DatedEvents,
    bands: &BandsAsked,
    settings: PermutationSettings,
) -> Result<Analysis, AnalysisError> {
    let first = events.days.iter().min().copied().unwrap_or_default();
    let days: Vec<i32> = events.days.iter().map(|day| (*day - first).get_days()).collect();
    let data = DatedPlaces {
        places: &events.places,
        days: &days,
        time_precision: TimePrecision::Day,
        place_precision: PlacePrecision::Exact,
    };
    let asked = Bands { metres: &bands.metres, days: &bands.days };
    let found =
        near_repeat::near_repeat(data, asked, settings).map_err(AnalysisError::of(METHOD))?;
    let row = |cell: &near_repeat::KnoxCell| {
        fields! {
            "metres_above": cell.metres_above,
            "metres_up_to": cell.metres_up_to,
            "days_from": cell.days_from,
            "days_to": cell.days_to,
            "observed": cell.observed,
            "expected": cell.expected,
            "ratio": cell.ratio,
            "p": cell.p_value,
            "p_adjusted": cell.adjusted_p,
        }
    };
    let parameters =
        events.from.clone().and(permuted(found.settings, found.sidedness, found.correction)).and(
            fields! {
                "bands_metres": bands.metres.clone(),
                "bands_days": bands.days.clone(),
                "expected": "mean of the permutations",
                "time_precision": "day",
                "place_precision": "exact, as the data state them",
                "close_pairs": found.n_close_pairs,
                "first_day": first.to_string(),
                "last_day": events.days.iter().max().map(ToString::to_string),
            },
        );
    let out: Vec<&near_repeat::KnoxCell> =
        found.cells.iter().filter(|cell| cell.adjusted_p <= settings.level).collect();
    let mut in_words = vec![format!(
        "{} of {} bands have more pairs of events than chance gives, after correction.",
        out.len(),
        found.cells.len()
    )];
    in_words.extend(out.iter().map(|cell| {
        format!(
            "Within {:.0} m and {} to {} days: {} pairs where {:.1} are expected, {:.2} times as many, {}.",
            cell.metres_up_to,
            cell.days_from,
            cell.days_to,
            cell.observed,
            cell.expected,
            cell.ratio.unwrap_or(f64::NAN),
            p_in_words(cell.adjusted_p)
        )
    }));
    Ok(Analysis {
        method: METHOD,
        parameters,
        n: found.n_events as u64,
        results: found.cells.iter().map(row).collect::<Vec<_>>().into(),
        warnings: gathered(&events.warnings, None, &found.warnings),
        in_words,
    })
}
