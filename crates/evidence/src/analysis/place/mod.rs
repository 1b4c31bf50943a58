//! Methods over space.

mod areas;
mod autocorrelation;
mod concentration;
mod near_repeat;

pub use self::areas::{AreaColumns, Areas, AreasAsked, WeightsRule};
pub use self::autocorrelation::{gi_star, local_moran, moran};
pub use self::concentration::{concentration, repeat};
pub use self::near_repeat::{BandsAsked, DatedEvents, near_repeat};

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
