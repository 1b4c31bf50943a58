//! An invented list of streets on real small areas. No street of a real list is read, and every name says
//! that it is invented: a real street may bear the same words.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::TwinError;
use crate::districts::District;
use crate::draws::Draws;
use crate::stockport::DISTRICT;

/// The stream of its draws.
const STREETS: u64 = 3 << 32;
const PER_AREA: usize = 2;
const TREES: [&str; 32] = [
    "Acacia", "Alder", "Almond", "Ash", "Aspen", "Bay", "Beech", "Birch", "Bramble", "Cedar",
    "Chestnut", "Clover", "Cypress", "Elder", "Elm", "Fern", "Gorse", "Hawthorn", "Hazel",
    "Heather", "Holly", "Juniper", "Larch", "Laurel", "Maple", "Oak", "Rowan", "Sorrel", "Thistle",
    "Willow", "Yarrow", "Yew",
];
const KINDS: [&str; 14] = [
    "Avenue", "Bank", "Close", "Crescent", "Drive", "Gardens", "Grove", "Lane", "Mews", "Rise",
    "Road", "Street", "Terrace", "Walk",
];

/// Writes `streets.csv`, and says how many rows it has. Each name is one street; some lie in two areas.
pub fn generate(boundaries_geojson: &Path, seed: u64, out: &Path) -> Result<usize, TwinError> {
    let district = District::read(boundaries_geojson, DISTRICT)?;
    let mut draws = Draws::new(seed, STREETS);
    let mut names: Vec<(&str, &str)> =
        TREES.iter().flat_map(|tree| KINDS.iter().map(move |kind| (*tree, *kind))).collect();
    let mut text = String::from("street,lsoa11_code,lsoa11_name,notice\n");
    let mut n_rows = 0;
    for (index, area) in district.areas.iter().enumerate() {
        for nth in 0..PER_AREA.min(names.len()) {
            let (tree, kind) = names.swap_remove(draws.below(names.len()));
            let next = district.areas.get(index + 1).filter(|_| nth == 0 && index % 5 == 0);
            for area in std::iter::once(area).chain(next) {
                n_rows += 1;
                let _infallible = writeln!(
                    text,
                    "{tree} {kind} (invented),{},{},SYNTHETIC: no street of a real list",
                    area.code, area.name
                );
            }
        }
    }
    fs::create_dir_all(out).map_err(TwinError::write(out))?;
    let path = out.join("streets.csv");
    fs::write(&path, &text).map_err(TwinError::write(&path))?;
    Ok(n_rows)
}
