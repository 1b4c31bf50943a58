//! One surface against another: events against the people or places at risk, or one period against
//! the next.

use super::{Density, DensityError, Grid};

/// How two surfaces are compared.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Dual {
    /// The first over the second, where the second has at least this many per square kilometre.
    Ratio {
        /// Below this a ratio says nothing.
        smallest_per_square_km: f64,
    },
    /// The first less the second.
    Difference,
}

/// Two surfaces compared.
#[derive(Debug, Clone, PartialEq)]
pub struct DualDensity {
    /// The cells.
    pub grid: Grid,
    /// Per cell: the ratio, `None` where the second surface is too thin, or the difference per square
    /// kilometre.
    pub values: Vec<Option<f64>>,
    /// How they were compared.
    pub dual: Dual,
    /// The bandwidth of both.
    pub bandwidth_metres: f64,
    /// Points of the first and the second.
    pub n_points: (usize, usize),
}

/// Compares two surfaces of the same grid and bandwidth, cell by cell.
///
/// # Source
///
/// Levine (2004), *CrimeStat III*, chapter 8, the dual kernel density routine.
pub fn dual_density(
    first: &Density,
    second: &Density,
    dual: Dual,
) -> Result<DualDensity, DensityError> {
    let same = first.grid == second.grid
        && first.bandwidth_metres.to_bits() == second.bandwidth_metres.to_bits();
    if !same {
        return Err(DensityError::DifferentSurfaces);
    }
    if let Dual::Ratio { smallest_per_square_km } = dual
        && !(smallest_per_square_km > 0.0 && smallest_per_square_km.is_finite())
    {
        return Err(DensityError::Smallest { per_square_km: smallest_per_square_km });
    }
    let compare = |(&a, &b): (&f64, &f64)| match dual {
        Dual::Ratio { smallest_per_square_km } => (b >= smallest_per_square_km).then(|| a / b),
        Dual::Difference => Some(a - b),
    };
    Ok(DualDensity {
        grid: first.grid,
        values: first.per_square_km.iter().zip(&second.per_square_km).map(compare).collect(),
        dual,
        bandwidth_metres: first.bandwidth_metres,
        n_points: (first.n_points, second.n_points),
    })
}
