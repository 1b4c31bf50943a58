//! Methods over space.

mod areas;
mod autocorrelation;
mod concentration;
mod density;
mod hotspots;
mod near_repeat;
mod points;

pub use self::areas::{AreaColumns, Areas, AreasAsked, WeightsRule};
pub use self::autocorrelation::{gi_star, local_moran, moran};
pub use self::concentration::{PlaceKeys, concentration, repeat};
pub use self::density::{DensityAsked, DualAsked, dual_kde, kde};
pub use self::hotspots::{HotspotsAsked, hotspots, scan, spatial_change};
pub use self::near_repeat::{BandsAsked, DatedEvents, near_repeat};

pub use self::points::{Points, cells_by_month, study_area};

use wardmote_stats::spatial::{Correction, PermutationSettings, Sidedness};

use super::{Fields, fields};

/// Permutations, seed and level unless others are asked for.
pub const DEFAULT_PERMUTATIONS: PermutationSettings =
    PermutationSettings { permutations: 999, seed: 1, level: 0.05 };

fn permuted(settings: PermutationSettings, sidedness: Sidedness, correction: Correction) -> Fields {
    fields! {
        "permutations": settings.permutations,
        "seed": settings.seed,
        "alpha": settings.level,
        "sides": match sidedness { Sidedness::TwoSided => "two-sided", Sidedness::Greater => "greater" },
        "correction": match correction {
            Correction::None => "none",
            Correction::BenjaminiHochberg => "benjamini-hochberg",
            Correction::MaximumStatistic => "maximum-statistic",
        },
        "p": "(r + 1) / (permutations + 1)",
    }
}
