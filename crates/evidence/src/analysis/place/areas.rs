//! Areas with a value each, and which of them are neighbours.

use std::str::FromStr;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_lake::Lake;
use wardmote_stats::spatial::weights::{
    DEFAULT_TOLERANCE_METRES, Rule, SpatialWeights, Standardisation, distance_band,
    nearest_neighbours, queen_contiguity, rook_contiguity,
};

use crate::analysis::own_file::{Coordinates, Outline, OwnFile, Shapes};
use crate::analysis::series::{known_run, months_asked, of_lake};
use crate::analysis::{AnalysisError, Fields, MonthsAsked, fields};
use crate::observed::Observed;

/// Which areas are neighbours.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WeightsRule {
    /// Areas that share an edge or a corner.
    Queen,
    /// Areas that share an edge.
    Rook,
    /// The nearest.
    Nearest(usize),
    /// All within so many metres.
    Within(f64),
}

/// The text names no rule.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("write queen, rook, knn:K such as knn:6, or distance:METRES such as distance:1000")]
pub struct UnknownRule;

impl FromStr for WeightsRule {
    type Err = UnknownRule;

    fn from_str(text: &str) -> Result<Self, UnknownRule> {
        match text.split_once(':') {
            None if text == "queen" => Ok(Self::Queen),
            None if text == "rook" => Ok(Self::Rook),
            Some(("knn", k)) => k.parse().map(Self::Nearest).map_err(|_| UnknownRule),
            Some(("distance", metres)) => metres.parse().map(Self::Within).map_err(|_| UnknownRule),
            _ => Err(UnknownRule),
        }
    }
}

/// Areas with a value each.
#[derive(Debug, Clone, PartialEq)]
pub struct Areas {
    pub(crate) ids: Vec<String>,
    pub(crate) values: Vec<f64>,
    pub(super) shapes: Shapes,
    pub(crate) from: Fields,
    pub(crate) warnings: Vec<String>,
}

/// Which columns of a file hold areas.
#[derive(Debug, Clone)]
pub struct AreaColumns {
    /// The values.
    pub value: String,
    /// What each area is called; its position if not given.
    pub id: Option<String>,
    /// Columns of coordinates, where the file has no shapes.
    pub coordinates: Option<(String, String)>,
    /// What the coordinates are.
    pub units: Coordinates,
}

/// Which areas of the lake are asked for.
#[derive(Debug, Clone, Copy)]
pub struct AreasAsked<'a> {
    /// The measure.
    pub measure: &'a str,
    /// The district; the partnership's own if not given.
    pub area: Option<&'a AreaCode>,
    /// The level of the areas in it.
    pub level: AreaLevel,
    /// The months that are counted together.
    pub months: MonthsAsked,
    /// Whether the values are rates.
    pub rates: bool,
}

impl Areas {
    /// The areas of a file.
    pub fn of_file(file: &OwnFile, columns: &AreaColumns) -> Result<Self, AnalysisError> {
        let pair = columns.coordinates.as_ref().map(|(x, y)| (x.as_str(), y.as_str()));
        let from = fields! {
            "input": file.name(),
            "value": columns.value.as_str(),
            "id": columns.id.clone(),
            "x": pair.map(|pair| pair.0),
            "y": pair.map(|pair| pair.1),
            "coordinates": match columns.units {
                Coordinates::Metres => "metres, as given",
                Coordinates::LonLat => "EPSG:4326, projected to EPSG:27700",
            },
        };
        Ok(Self {
            ids: file.ids(columns.id.as_deref())?,
            values: file.numbers(&columns.value)?,
            shapes: file.shapes(pair, columns.units)?,
            from,
            warnings: Vec::new(),
        })
    }

    /// A measure of the lake by area, over months that are all known.
    pub fn of_measure(
        method: &'static str,
        lake: &Lake,
        observed: &Observed,
        asked: AreasAsked<'_>,
    ) -> Result<Self, AnalysisError> {
        let measure = observed.measure(asked.measure)?;
        let source = &measure.numerator.source;
        let home = match asked.area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let period = months_asked(method, observed, source, asked.months)?;
        let counted = observed.monthly(&measure.numerator, home, &period)?;
        let (run, mut warnings) = known_run(method, source, &counted, asked.months)?;
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else {
            return Err(AnalysisError::unfit(method, "no month is known", "load the source"));
        };
        let period = wardmote_domain::period::Period::run(*first, *last)
            .map_err(|error| AnalysisError::option("--from", error.to_string()))?;
        let places = observed.places_within(asked.level, std::slice::from_ref(&home.code))?;
        let codes: Vec<AreaCode> = places.iter().map(|place| place.code.clone()).collect();
        let outlines =
            lake.boundaries(asked.level, &codes).map_err(crate::observed::ObservedError::from)?;
        let (mut ids, mut values, mut shapes) = (Vec::new(), Vec::new(), Vec::new());
        for place in places {
            let Some(outline) = outlines.iter().find(|outline| outline.code == place.code) else {
                return Err(AnalysisError::unfit(
                    method,
                    format!("the lake has no outline of {}", place.code),
                    format!("load outlines of {} (reader \"boundaries\")", asked.level),
                ));
            };
            let counted = observed.monthly(&measure.numerator, place, &period)?;
            let n: u64 = counted.iter().filter_map(|(_, n)| *n).sum();
            let value = if asked.rates {
                n as f64 * measure.per / observed.residents(measure, place)? as f64
            } else {
                n as f64
            };
            ids.push(place.code.to_string());
            values.push(value);
            shapes.push(outline.polygons.iter().flatten().cloned().collect::<Outline>());
        }
        if !asked.rates {
            warnings.push("counts, not rates: areas with more people can look hotter for that alone; --rates divides by residents".into());
        }
        let from = of_lake(observed, &measure.id, home).and(fields! {
            "level": asked.level.to_string(),
            "from": first.to_string(),
            "to": last.to_string(),
            "values": if asked.rates { format!("{} per {} residents", measure.unit, measure.per) } else { measure.unit.clone() },
            "coordinates": "EPSG:27700",
        });
        Ok(Self { ids, values, shapes: Shapes::Outlines(shapes), from, warnings })
    }

    /// Who neighbours whom, and how it was decided.
    pub(super) fn weights(
        &self,
        method: &'static str,
        rule: Option<WeightsRule>,
    ) -> Result<(SpatialWeights, Vec<String>), AnalysisError> {
        let of = AnalysisError::of(method);
        let tolerance = DEFAULT_TOLERANCE_METRES;
        match (rule, &self.shapes) {
            (Some(WeightsRule::Queen) | None, Shapes::Outlines(outlines)) => {
                let (outlines, warnings) = contiguous(outlines);
                Ok((queen_contiguity(&outlines, tolerance).map_err(of)?, warnings))
            }
            (Some(WeightsRule::Rook), Shapes::Outlines(outlines)) => {
                let (outlines, warnings) = contiguous(outlines);
                Ok((rook_contiguity(&outlines, tolerance).map_err(of)?, warnings))
            }
            (Some(WeightsRule::Nearest(k)), shapes) => {
                Ok((nearest_neighbours(&shapes.points(), k).map_err(of)?, Vec::new()))
            }
            (Some(WeightsRule::Within(metres)), shapes) => {
                Ok((distance_band(&shapes.points(), metres).map_err(of)?, Vec::new()))
            }
            (Some(WeightsRule::Queen | WeightsRule::Rook) | None, Shapes::Points(_)) => {
                Err(AnalysisError::option(
                    "--weights",
                    "points share no edges; write knn:K such as knn:6 or distance:METRES, or give polygons as .geojson",
                ))
            }
        }
    }
}

/// Outlines for contiguity, which asks about shared edges and needs no distance: degrees are drawn out
/// so far that the tolerance is the same small thing, and the analysis says so.
fn contiguous(outlines: &[Outline]) -> (Vec<Outline>, Vec<String>) {
    const METRES_A_DEGREE: f64 = 111_320.0;
    let degrees =
        outlines.iter().flatten().flatten().all(|(x, y)| x.abs() <= 180.0 && y.abs() <= 90.0);
    if !degrees {
        return (outlines.to_vec(), Vec::new());
    }
    let drawn_out = |ring: &Vec<(f64, f64)>| {
        ring.iter().map(|(x, y)| (x * METRES_A_DEGREE, y * METRES_A_DEGREE)).collect()
    };
    let outlines = outlines.iter().map(|rings| rings.iter().map(drawn_out).collect()).collect();
    let warning = "the coordinates look like degrees: enough to see which areas touch, but nothing that \
                   needs a distance can be asked of them; give --lonlat to project them";
    (outlines, vec![warning.to_owned()])
}

pub(super) fn weights_fields(rule: Rule, standardisation: Option<Standardisation>) -> Fields {
    let fields = match rule {
        Rule::Queen { tolerance_metres } => {
            fields! { "weights": "queen", "tolerance_metres": tolerance_metres }
        }
        Rule::Rook { tolerance_metres } => {
            fields! { "weights": "rook", "tolerance_metres": tolerance_metres }
        }
        Rule::Nearest { k } => fields! { "weights": format!("knn:{k}") },
        Rule::Within { metres } => fields! { "weights": format!("distance:{metres}") },
        Rule::Given => fields! { "weights": "given" },
    };
    match standardisation {
        Some(Standardisation::Row) => fields.with("standardisation", "row"),
        Some(Standardisation::Binary) => fields.with("standardisation", "binary"),
        None => fields,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_read() {
        assert_eq!("knn:6".parse(), Ok(WeightsRule::Nearest(6)));
        assert_eq!("distance:1500".parse(), Ok(WeightsRule::Within(1500.0)));
        for wrong in ["bishop", "knn", "knn:", "knn:six", "distance:far", "queen:2"] {
            assert_eq!(wrong.parse::<WeightsRule>(), Err(UnknownRule), "{wrong}");
        }
    }
}
