//! Burglaries with their day and place, as a force shares them with analysts under an agreement: one
//! year in which burglaries follow one another near by, and one in which none does.

use wardmote_domain::period::Period;

use super::calendar::{Day, months};
use super::files::FeedFile;
use super::truth::PlantedBurglaries;
use super::{Feed, Ground};
use crate::TwinError;
use crate::draws::Draws;
use crate::places::{KM_PER_DEGREE, point_within};

const HEADER: &str = "Date,Offence,Longitude,Latitude,LSOA code,Publisher";
const PUBLISHER: &str = "SYNTHETIC Greater Manchester Police (twin)";

/// Burglaries of a year that happen wherever homes are.
const FIRST: usize = 280;
/// Those that follow one of them in the year of the process.
const FOLLOWING: usize = 120;
const WITHIN_DAYS: usize = 14;
const WITHIN_METRES: f64 = 150.0;

/// Where a burglary was: the area's position, degrees east and north.
type Placed = (usize, [f64; 2]);

pub(super) fn draw(
    ground: &Ground,
    files: &mut Vec<FeedFile>,
) -> Result<PlantedBurglaries, TwinError> {
    let mut draws = ground.draws(Feed::Burglaries);
    let (without, with) = (months((2022, 4), (2023, 3)), months((2023, 4), (2024, 3)));
    let quiet = anywhere(ground, &without, FIRST + FOLLOWING, &mut draws)?;
    write(ground, "without-process", quiet, files);

    let mut year = anywhere(ground, &with, FIRST, &mut draws)?;
    let days = days(&with);
    for _ in 0..FOLLOWING {
        year.push(follower(ground, &year[..FIRST], &days, &mut draws)?);
    }
    write(ground, "near-repeat", year, files);
    Ok(PlantedBurglaries {
        year_without_process: without,
        year_of_process: with,
        burglaries_a_year: (FIRST + FOLLOWING) as u32,
        that_follow: FOLLOWING as u32,
        within_days: WITHIN_DAYS as u32,
        within_metres: WITHIN_METRES,
    })
}

fn days(period: &Period) -> Vec<Day> {
    period.months().flat_map(Day::all_of).collect()
}

fn anywhere(
    ground: &Ground,
    period: &Period,
    n: usize,
    draws: &mut Draws,
) -> Result<Vec<(Day, Placed)>, TwinError> {
    let days = days(period);
    let homes = ground.areas_of_partner(0.0, 0.0, draws);
    let mut found = Vec::with_capacity(n);
    for _ in 0..n {
        let area = homes.draw(draws);
        let outline = &ground.district.areas[area];
        let point = point_within(outline, draws)
            .ok_or(TwinError::TooFewAreas { areas: ground.district.areas.len() })?;
        found.push((*draws.pick(&days), (area, point)));
    }
    Ok(found)
}

/// A burglary within the days and metres of one of the first, in the same area.
fn follower(
    ground: &Ground,
    first: &[(Day, Placed)],
    days: &[Day],
    draws: &mut Draws,
) -> Result<(Day, Placed), TwinError> {
    for _ in 0..10_000 {
        let (day, (area, point)) = draws.pick(first);
        let at = days.iter().position(|one| one == day).unwrap_or(0) + 1 + draws.below(WITHIN_DAYS);
        // The root spreads followers evenly over the circle.
        let (metres, turn) =
            (WITHIN_METRES * draws.unit().sqrt(), std::f64::consts::TAU * draws.unit());
        let towards = [libm::cos(turn), libm::sin(turn)];
        let near = [0, 1].map(|axis| {
            let degrees = metres / 1_000.0 * towards[axis] / KM_PER_DEGREE[axis];
            ((point[axis] + degrees) * 1e6).round() / 1e6
        });
        if let Some(day) = days.get(at)
            && ground.district.areas[*area].contains(near)
        {
            return Ok((*day, (*area, near)));
        }
    }
    Err(TwinError::TooFewAreas { areas: ground.district.areas.len() })
}

fn write(
    ground: &Ground,
    stem: &str,
    mut burglaries: Vec<(Day, Placed)>,
    files: &mut Vec<FeedFile>,
) {
    burglaries.sort_by(|(a, x), (b, y)| a.cmp(b).then(x.0.cmp(&y.0)));
    let row = |(day, (area, [longitude, latitude])): &(Day, Placed)| {
        let code = &ground.district.areas[*area].code;
        format!("{},Burglary,{longitude:.6},{latitude:.6},{code},{PUBLISHER}", day.british())
    };
    let rows = burglaries.iter().map(row).collect();
    files.push(FeedFile::whole(Feed::Burglaries, stem, HEADER, rows));
}
