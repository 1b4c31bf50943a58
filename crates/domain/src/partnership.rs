//! A partnership, as its folder declares it.

use serde::{Deserialize, Serialize};

use crate::area::{AreaCode, AreaLevel};

/// `partnership.toml`: who the partnership is and which areas it answers for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Partnership {
    /// Full name.
    pub name: String,
    /// The districts it covers.
    pub areas: Vec<AreaCode>,
    /// The small areas that its series are counted in; never mixed within one series.
    pub area_vintage: AreaLevel,
    /// Which level's codes `areas` and `peers` are.
    pub district_level: AreaLevel,
    /// Districts to compare with.
    #[serde(default)]
    pub peers: Vec<AreaCode>,
    /// The police force, as data.police.uk writes it in file names.
    pub police_force: String,
    /// Whether its data are synthetic; if so every page says so.
    #[serde(default)]
    pub synthetic: bool,
    /// Where the source files lie: a path from the partnership's folder, or `$NAME` for the folder
    /// named by an environment variable.
    #[serde(default = "default_data_folder")]
    pub data: String,
    /// Neighbourhoods made of small areas.
    #[serde(default)]
    pub neighbourhoods: Vec<Neighbourhood>,
}

/// A neighbourhood that the partnership has made from small areas.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Neighbourhood {
    /// `local:` and a name.
    pub code: AreaCode,
    /// Name for readers.
    pub name: String,
    /// Codes of the small areas it is made of, of the partnership's `area_vintage`.
    pub small_areas: Vec<AreaCode>,
}

fn default_data_folder() -> String {
    "data".to_owned()
}
