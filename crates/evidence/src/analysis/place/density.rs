//! `kde` and `dual-kde`: where is it dense, and where is one kind denser than another?

use wardmote_stats::spatial::kernel_density::{
    Bandwidth, Counted, Density, Dual, Edge, Grid, dual_density, kernel_density,
    kernel_density_binned,
};

use super::Points;
use crate::analysis::own_file::Outline;
use crate::analysis::{Analysis, AnalysisError, Fields, fields, gathered};

/// How a density is drawn.
#[derive(Debug, Clone, PartialEq)]
pub struct DensityAsked {
    /// The side of a cell in metres.
    pub cell_size_metres: f64,
    /// The reach of the kernel; by a rule if not given.
    pub bandwidth_metres: Option<f64>,
    /// The study area; density over its edge is given back.
    pub study_area: Option<Outline>,
    /// Whether points count from the cells about them: fast, and not exact.
    pub binned: bool,
}

/// Quartic kernel density on a grid.
pub fn kde(points: &Points, asked: &DensityAsked) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "kde";
    let (grid, bandwidth) = grid(METHOD, &points.places, &points.places, asked)?;
    let density = density(METHOD, &points.places, grid, bandwidth, asked)?;
    let row = |(cell, value): (usize, &f64)| {
        let (x, y) = density.grid.centre(cell);
        fields! { "x": x, "y": y, "per_square_km": *value }
    };
    let rows: Vec<Fields> = density
        .per_square_km
        .iter()
        .enumerate()
        .filter(|(_, value)| **value > 0.0)
        .map(row)
        .collect();
    let peak = density.per_square_km.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    let in_words = peak.map(|(cell, value)| {
        let (x, y) = density.grid.centre(cell);
        format!("Densest about {x:.0}, {y:.0}: {value:.1} events per square kilometre.")
    });
    Ok(Analysis {
        method: METHOD,
        parameters: points.from.clone().and(density_fields(&density)),
        n: density.n_points as u64,
        results: rows.into(),
        warnings: gathered(&points.warnings, None, &density.warnings),
        in_words: in_words.into_iter().collect(),
    })
}

/// What is compared of two densities.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum DualAsked {
    /// The first over the second, where the second has so many per square kilometre.
    Ratio(f64),
    /// The first less the second.
    Difference,
}

/// Two kernel densities on one grid with one bandwidth.
pub fn dual_kde(
    first: &Points,
    second: &Points,
    asked: &DensityAsked,
    dual: DualAsked,
) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "dual-kde";
    let all: Vec<(f64, f64)> = first.places.iter().chain(&second.places).copied().collect();
    let (grid, bandwidth) = grid(METHOD, &first.places, &all, asked)?;
    let of = |points: &Points| density(METHOD, &points.places, grid, bandwidth, asked);
    let (one, other) = (of(first)?, of(second)?);
    let how = match dual {
        DualAsked::Ratio(smallest_per_square_km) => Dual::Ratio { smallest_per_square_km },
        DualAsked::Difference => Dual::Difference,
    };
    let found = dual_density(&one, &other, how).map_err(AnalysisError::of(METHOD))?;
    let row = |(cell, value): (usize, &Option<f64>)| {
        let (x, y) = grid.centre(cell);
        let (one, other) = (one.per_square_km[cell], other.per_square_km[cell]);
        let anything = one > 0.0 || other > 0.0;
        anything.then(|| {
            fields! { "x": x, "y": y, "value": *value, "first_per_square_km": one, "second_per_square_km": other }
        })
    };
    let rows: Vec<Fields> = found.values.iter().enumerate().filter_map(row).collect();
    let parameters = first.from.clone().and(density_fields(&one)).and(fields! {
        "against": second.from.clone(),
        "points_first": found.n_points.0,
        "points_second": found.n_points.1,
        "dual": match dual { DualAsked::Ratio(_) => "ratio", DualAsked::Difference => "difference" },
        "smallest_per_square_km": match dual { DualAsked::Ratio(smallest) => Some(smallest), DualAsked::Difference => None },
    });
    let undefined = found.values.iter().filter(|value| value.is_none()).count();
    let in_words = format!(
        "{} cells compared; in {undefined} of {} the second is too thin for a ratio.",
        rows.len(),
        found.values.len()
    );
    let n = (found.n_points.0 + found.n_points.1) as u64;
    let mut warnings = gathered(&first.warnings, None, &one.warnings);
    for warning in gathered(&second.warnings, None, &other.warnings) {
        if !warnings.contains(&warning) {
            warnings.push(warning);
        }
    }
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: rows.into(),
        warnings,
        in_words: vec![in_words],
    })
}

/// A grid that reaches a bandwidth over all points, and that bandwidth.
fn grid(
    method: &'static str,
    points: &[(f64, f64)],
    all: &[(f64, f64)],
    asked: &DensityAsked,
) -> Result<(Grid, Bandwidth), AnalysisError> {
    let bare =
        Grid::covering(all, asked.cell_size_metres, 0.0).map_err(AnalysisError::of(method))?;
    let metres = match asked.bandwidth_metres {
        Some(metres) => metres,
        None => {
            kernel_density(points, bare, Bandwidth::NormalReference, Edge::Lost)
                .map_err(AnalysisError::of(method))?
                .bandwidth_metres
        }
    };
    let grid =
        Grid::covering(all, asked.cell_size_metres, metres).map_err(AnalysisError::of(method))?;
    let one_set = std::ptr::eq(points, all);
    let by_rule = asked.bandwidth_metres.is_none() && one_set;
    Ok((grid, if by_rule { Bandwidth::NormalReference } else { Bandwidth::Metres(metres) }))
}

fn density(
    method: &'static str,
    points: &[(f64, f64)],
    grid: Grid,
    bandwidth: Bandwidth,
    asked: &DensityAsked,
) -> Result<Density, AnalysisError> {
    let inside = asked.study_area.as_ref().map(|rings| grid.cells_within(rings));
    let edge = inside.as_deref().map_or(Edge::Lost, Edge::GivenBack);
    let density = if asked.binned { kernel_density_binned } else { kernel_density };
    density(points, grid, bandwidth, edge).map_err(AnalysisError::of(method))
}

fn density_fields(density: &Density) -> Fields {
    fields! {
        "kernel": "quartic",
        "bandwidth_metres": density.bandwidth_metres,
        "bandwidth_from": match density.bandwidth {
            Bandwidth::Metres(_) => "given",
            Bandwidth::NormalReference => "normal reference rule",
        },
        "cell_size_metres": density.grid.cell_size_metres,
        "counted": match density.counted {
            Counted::WhereItIs => "each point from where it is",
            Counted::Binned => "points shared among the four cells about them",
        },
        "columns": density.grid.columns,
        "rows": density.grid.rows,
        "west": density.grid.west,
        "south": density.grid.south,
        "edge": if density.edge_corrected { "given back within the study area" } else { "lost" },
        "units": "events per square kilometre",
    }
}
