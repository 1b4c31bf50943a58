//! Events as points, and the cells of a grid that they fall into.

use std::path::Path;

use wardmote_domain::period::{Month, Period};
use wardmote_stats::spatial::kernel_density::Grid;

use crate::analysis::own_file::{Coordinates, Outline, OwnFile, Shapes, When};
use crate::analysis::{AnalysisError, Events, Fields, Panel, fields};

/// Events with a place each.
#[derive(Debug, Clone, PartialEq)]
pub struct Points {
    pub(super) places: Vec<(f64, f64)>,
    pub(super) from: Fields,
    pub(super) warnings: Vec<String>,
}

impl Points {
    /// The points of a file, one row each.
    pub fn of_file(
        method: &'static str,
        file: &OwnFile,
        coordinates: Option<(&str, &str)>,
        units: Coordinates,
    ) -> Result<Self, AnalysisError> {
        let Shapes::Points(places) = file.shapes(coordinates, units)? else {
            return Err(AnalysisError::unfit(
                method,
                format!("{} holds areas", file.name()),
                "give points, or use gi-star for areas",
            ));
        };
        let from = fields! {
            "input": file.name(),
            "x": coordinates.map(|pair| pair.0),
            "y": coordinates.map(|pair| pair.1),
            "coordinates": match units {
                Coordinates::Metres => "metres, as given",
                Coordinates::LonLat => "EPSG:4326, projected to EPSG:27700",
            },
        };
        Ok(Self { places, from, warnings: Vec::new() })
    }

    /// Events of the lake that know their place.
    pub fn of_lake(events: Events) -> Self {
        let places = events.each.iter().filter_map(|event| event.place);
        Self {
            places: places.map(|place| (place.easting(), place.northing())).collect(),
            from: events.from,
            warnings: events.warnings,
        }
    }
}

/// The rings of a study area.
pub fn study_area(path: &Path, units: Coordinates) -> Result<Outline, AnalysisError> {
    match OwnFile::read(path)?.shapes(None, units)? {
        Shapes::Outlines(outlines) => Ok(outlines.into_iter().flatten().collect()),
        Shapes::Points(_) => {
            Err(AnalysisError::option("--study-area", "points enclose nothing; give polygons"))
        }
    }
}

/// Events counted by the cells of a grid and by month.
pub fn cells_by_month(
    method: &'static str,
    file: &OwnFile,
    points: &Points,
    date: &str,
    cell_size_metres: f64,
) -> Result<Panel, AnalysisError> {
    let grid =
        Grid::covering(&points.places, cell_size_metres, 0.0).map_err(AnalysisError::of(method))?;
    let months: Option<Vec<Month>> = file.dates(date)?.into_iter().map(When::month).collect();
    let months = months.unwrap_or_default();
    let (Some(&first), Some(&last)) = (months.iter().min(), months.iter().max()) else {
        return Err(AnalysisError::option("--date", "a date lies outside 1900 to 2200"));
    };
    let period = Period::run(first, last)
        .map_err(|error| AnalysisError::option("--date", error.to_string()))?;
    let mut counts = vec![vec![0; period.n_months()]; grid.n_cells()];
    for (place, month) in points.places.iter().zip(&months) {
        if let Some(cell) = grid.cell_of(*place) {
            counts[cell][(month.index() - first.index()).unsigned_abs() as usize] += 1;
        }
    }
    let centres: Vec<(f64, f64)> = (0..grid.n_cells()).map(|cell| grid.centre(cell)).collect();
    let from = points.from.clone().and(fields! {
        "date": date,
        "cell_size_metres": cell_size_metres,
        "counted": "events by cell and month; cells without events too",
    });
    Ok(Panel {
        ids: centres.iter().map(|(x, y)| format!("{x:.0}:{y:.0}")).collect(),
        labels: period.months().map(|month| month.to_string()).collect(),
        counts,
        populations: None,
        surfaces: Some(vec![cell_size_metres * cell_size_metres; grid.n_cells()]),
        points: Some(centres),
        from,
        warnings: Vec::new(),
    })
}
