//! A social landlord's cases of anti-social behaviour.

use super::calendar::Day;
use super::counts::{deal, vary};
use super::files::FeedFile;
use super::truth::PlantedLandlord;
use super::{Feed, Ground, covered};
use crate::stockport::{ASB_PROFILE, four_decimals};

const HEADER: &str = "Date reported,Type of nuisance,LSOA code,Publisher";
pub(super) const PUBLISHER: &str = "SYNTHETIC Stockport landlord (twin)";

const A_YEAR: u32 = 1_900;
const DISPERSION: f64 = 1.3;
const WITHOUT_HOMES_SHARE: f64 = 0.3;
const WITHOUT_PLACE_SHARE: f64 = 0.02;

/// Kinds of nuisance with their shares.
const KINDS: [(&str, f64); 7] = [
    ("Noise", 0.34),
    ("Verbal abuse or harassment", 0.20),
    ("Rubbish and fly-tipping", 0.14),
    ("Drugs and alcohol", 0.12),
    ("Pets and animals", 0.09),
    ("Vandalism", 0.06),
    ("Vehicle nuisance", 0.05),
];

/// Whole years of one total, then April to December 2024 with that of the same months before, so
/// that the series is level; its months follow the season of the police's reports.
pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedLandlord {
    let mut draws = ground.draws(Feed::LandlordAsb);
    let first = vary(A_YEAR, &ASB_PROFILE, DISPERSION, &mut draws);
    let second = vary(A_YEAR, &ASB_PROFILE, DISPERSION, &mut draws);
    let part_year: u32 = second[..9].iter().sum();
    let part = vary(part_year, &ASB_PROFILE[..9], DISPERSION, &mut draws);
    let counts = [first, second, part].concat();

    let areas = ground.areas_of_partner(0.8, WITHOUT_HOMES_SHARE, &mut draws);
    let total: u32 = counts.iter().sum();
    let mut kinds = deal(total as usize, &KINDS.map(|(_, share)| share), &mut draws).into_iter();
    for (month, count) in covered().months().zip(counts) {
        let days: Vec<Day> = Day::all_of(month).collect();
        let mut rows: Vec<(Day, String)> = kinds
            .by_ref()
            .take(count as usize)
            .map(|kind| {
                let day = *draws.pick(&days);
                let area = &ground.places().areas[areas.draw(&mut draws)].code;
                let area = if draws.chance(WITHOUT_PLACE_SHARE) { "" } else { area };
                (day, format!("{},{},{area},{PUBLISHER}", day.british(), KINDS[kind].0))
            })
            .collect();
        rows.sort();
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        files.push(FeedFile::monthly(Feed::LandlordAsb, month, "landlord-asb", HEADER, rows));
    }
    PlantedLandlord {
        cases_2022_23: A_YEAR,
        cases_2023_24: A_YEAR,
        cases_april_december_2023: part_year,
        cases_april_december_2024: part_year,
        month_profile: ASB_PROFILE.map(four_decimals),
        dispersion: DISPERSION,
        share_by_kind: KINDS.iter().map(|(kind, share)| ((*kind).to_owned(), *share)).collect(),
    }
}
