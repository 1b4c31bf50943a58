//! Casualties of road collisions, a row each, in the columns of Greater Manchester's STATS19 file.

use wardmote_domain::period::MONTH_NAMES;

use super::calendar::{Day, months};
use super::counts::deal;
use super::files::FeedFile;
use super::truth::PlantedCollisions;
use super::{Feed, Ground};
use crate::draws::{Draws, Weighted};

const HEADER: &str = "AREFNO,date,year,month,day,hour,mode,output_time,collision_severity,casualty_severity,\
                      number_vehicles,number_casualties,sex,ageband,light_conditions,speed_limit,area_name,lon,lat";

/// Calendar years with their casualties.
const YEARS: [(i16, u32); 3] = [(2022, 296), (2023, 290), (2024, 284)];
/// Gravest first, with shares of casualties.
const SEVERITIES: [(&str, f64); 3] = [("Fatal", 0.015), ("Serious", 0.20), ("Slight", 0.785)];
/// Of collisions, by their casualties.
const SIZES: [f64; 3] = [0.80, 0.15, 0.05];
const MODES: [(&str, f64); 5] = [
    ("Car", 0.55),
    ("Pedestrian", 0.18),
    ("Pedal Cycle", 0.15),
    ("Powered 2 Wheeler", 0.08),
    ("Goods Vehicle", 0.04),
];
const AGE_BANDS: [(&str, f64); 8] = [
    ("6-10", 0.04),
    ("11-15", 0.07),
    ("16-20", 0.11),
    ("21-25", 0.12),
    ("26-35", 0.25),
    ("36-45", 0.18),
    ("46-55", 0.13),
    ("56-65", 0.10),
];
const DAY_NAMES: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedCollisions {
    let mut draws = ground.draws(Feed::Collisions);
    let shares = SEVERITIES.map(|(_, share)| share);
    let hours = Weighted::new((0..24).map(|hour: u8| match hour {
        8 | 15..=18 => 3.0,
        7 | 9..=14 | 19 | 20 => 2.0,
        _ => 0.5,
    }));
    let mut planted = PlantedCollisions::default();
    for (year, casualties) in YEARS {
        let severities = deal(casualties as usize, &shares, &mut draws);
        for (severity, (name, _)) in SEVERITIES.into_iter().enumerate() {
            let n = severities.iter().filter(|&&dealt| dealt == severity).count() as u32;
            *planted.casualties_by_severity.entry(name.to_owned()).or_insert(0) += n;
        }
        planted.casualties_by_year.insert(year.to_string(), casualties);

        let days: Vec<Day> = months((year, 1), (year, 12)).months().flat_map(Day::all_of).collect();
        let mut collisions = Vec::new();
        let mut rest = severities.as_slice();
        while !rest.is_empty() {
            let size = (1 + Weighted::new(SIZES).draw(&mut draws)).min(rest.len());
            let (of_collision, others) = rest.split_at(size);
            let (day, hour) = (*draws.pick(&days), hours.draw(&mut draws) as u8);
            collisions.push((day, hour, draws.below(60), of_collision));
            rest = others;
        }
        collisions.sort();
        let rows = collisions
            .iter()
            .enumerate()
            .flat_map(|(number, collision)| rows_of(ground, number, *collision, &mut draws));
        let rows = rows.collect();
        files.push(FeedFile::whole(Feed::Collisions, &format!("casualties-{year}"), HEADER, rows));
    }
    planted
}

/// The rows of one collision, of which the gravest casualty says how grave it was.
fn rows_of(
    ground: &Ground,
    number: usize,
    (day, hour, minute, severities): (Day, u8, usize, &[usize]),
    draws: &mut Draws,
) -> Vec<String> {
    let (area, point) = ground.places().place(false, draws);
    let mut degrees = ground.places().areas[area].points[point].split(',');
    let (lon, lat) = (degrees.next().unwrap_or_default(), degrees.next().unwrap_or_default());
    let year = day.month.year();
    let month = &MONTH_NAMES[usize::from(day.month.month_of_year() - 1)][..3];
    let day_name = DAY_NAMES[day.weekday()];
    let gravest = severities.iter().min().map_or("", |&gravest| SEVERITIES[gravest].0);
    let n_vehicles = 1 + Weighted::new([0.25, 0.60, 0.15]).draw(draws);
    let light = if (7..19).contains(&hour) { "Daylight" } else { "Dark" };
    let speed_limit = *draws.pick(&[20, 30, 30, 30, 30, 30, 40, 50]);
    severities
        .iter()
        .map(|&severity| {
            let mode = MODES[Weighted::new(MODES.map(|m| m.1)).draw(draws)].0;
            let age = AGE_BANDS[Weighted::new(AGE_BANDS.map(|a| a.1)).draw(draws)].0;
            let sex = if draws.chance(0.62) { "Male" } else { "Female" };
            format!(
                "SYNTHETIC{year}{number:04},{},{year},{month},{day_name},{hour},{mode},\
                 {hour:02}:{minute:02}:00,{gravest},{},{n_vehicles},{},{sex},{age},{light},\
                 {speed_limit},Stockport,{lon},{lat}",
                day.iso(),
                SEVERITIES[severity].0,
                severities.len(),
            )
        })
        .collect()
}
