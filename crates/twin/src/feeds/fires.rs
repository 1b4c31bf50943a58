//! Deliberate fires, as the fire and rescue service totals them by quarter.

use super::counts::vary;
use super::files::FeedFile;
use super::truth::PlantedFires;
use super::{DISTRICT_CODE, Feed, Ground};

const HEADER: &str = "District code,Financial year,Quarter,Fire,Number,Publisher";
const PUBLISHER: &str = "SYNTHETIC Greater Manchester fire and rescue service (twin)";

/// Quarters from April; grass and rubbish burn in the dry weeks of spring.
const SECONDARY_PROFILE: [f64; 4] = [1.60, 1.05, 0.70, 0.65];
const PRIMARY_PROFILE: [f64; 4] = [1.0; 4];
const DISPERSION: f64 = 1.0;

/// Financial years with how many of their quarters are there, primary and secondary fires.
const YEARS: [(&str, usize, u32, u32); 3] =
    [("2022/23", 4, 72, 220), ("2023/24", 4, 72, 212), ("2024/25", 3, 54, 171)];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedFires {
    let mut draws = ground.draws(Feed::Fires);
    let mut planted = PlantedFires {
        secondary_profile: SECONDARY_PROFILE,
        dispersion: DISPERSION,
        ..PlantedFires::default()
    };
    let mut rows = Vec::new();
    for (year, n_quarters, primary, secondary) in YEARS {
        let primary_counts = vary(primary, &PRIMARY_PROFILE[..n_quarters], DISPERSION, &mut draws);
        let secondary_counts =
            vary(secondary, &SECONDARY_PROFILE[..n_quarters], DISPERSION, &mut draws);
        for (quarter, counts) in primary_counts.iter().zip(&secondary_counts).enumerate() {
            for (fire, n) in [("primary", counts.0), ("secondary", counts.1)] {
                rows.push(format!(
                    "{DISTRICT_CODE},{year},Q{},Deliberate {fire},{n},{PUBLISHER}",
                    quarter + 1
                ));
            }
        }
        planted.primary.insert(year.to_owned(), primary);
        planted.secondary.insert(year.to_owned(), secondary);
    }
    files.push(FeedFile::whole(Feed::Fires, "deliberate-fires", HEADER, rows));
    planted
}
