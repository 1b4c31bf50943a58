//! Offences done from bicycles and e-bikes: rising gently until the day of action of 15 June 2024,
//! and then down where that was.

use std::collections::BTreeMap;

use wardmote_domain::period::{Month, Period};

use super::calendar::{Day, months};
use super::counts::{deal, vary};
use super::day_of_action::{self, Role};
use super::files::FeedFile;
use super::truth::PlantedBikes;
use super::{Feed, Ground, covered};
use crate::TwinError;
use crate::draws::{Draws, Weighted};

const HEADER: &str = "Date and time,Offence,LSOA code,Publisher";
const PUBLISHER: &str = "SYNTHETIC Greater Manchester Police (twin)";
const OFFENCES: [(&str, f64); 5] = [
    ("Theft from the person", 0.34),
    ("Dangerous riding", 0.26),
    ("Robbery", 0.18),
    ("Drug supply", 0.14),
    ("Criminal damage", 0.08),
];

const DAY_OF_ACTION: u8 = 15;
const EFFECT: f64 = -0.40;
const RISE_A_MONTH: f64 = 0.01;
const DISPERSION: f64 = 1.0;
/// Offences of each role in the six whole months before the day of action.
const BEFORE: [(Role, u32); 4] =
    [(Role::Target, 120), (Role::Buffer, 90), (Role::Control, 120), (Role::Elsewhere, 130)];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> Result<PlantedBikes, TwinError> {
    let mut draws = ground.draws(Feed::BikeEnabledCrime);
    let roles = day_of_action::roles(ground)?;
    let areas = day_of_action::files(ground, &roles, files);

    let mut placed: Vec<(Day, usize)> = Vec::new();
    let mut by_stretch: [BTreeMap<String, u32>; 4] = Default::default();
    for (role, n_before) in BEFORE {
        let of_role = roles.iter().zip(ground.places().home_weights());
        let areas = Weighted::new(of_role.map(|(of, w)| if *of == role { *w } else { 0.0 }));
        let level_after = if role == Role::Target { 1.0 + EFFECT } else { 1.0 };
        let mut days = Vec::new();
        for (stretch, counts) in stretches().into_iter().zip(&mut by_stretch) {
            let total = stretch.spread(n_before, level_after, &mut days, &mut draws);
            counts.insert(role.word().to_owned(), total);
        }
        month_of_action_days(n_before, level_after, &mut days, &mut draws);
        placed.extend(days.into_iter().map(|day| (day, areas.draw(&mut draws))));
    }
    let [offences_2022_23, offences_april_november_2023, offences_before, offences_after] =
        by_stretch;

    let kinds = deal(placed.len(), &OFFENCES.map(|(_, share)| share), &mut draws);
    let mut by_month: BTreeMap<Month, Vec<(Day, String)>> =
        covered().months().map(|month| (month, Vec::new())).collect();
    for ((day, area), kind) in placed.iter().zip(kinds) {
        let code = &ground.places().areas[*area].code;
        let time = format!("{:02}:{:02}", 10 + draws.below(14), draws.below(60));
        let row = format!("{} {time},{},{code},{PUBLISHER}", day.british(), OFFENCES[kind].0);
        by_month.entry(day.month).or_default().push((*day, row));
    }
    for (month, mut rows) in by_month {
        rows.sort();
        let rows = rows.into_iter().map(|(_, row)| row).collect();
        files.push(FeedFile::monthly(Feed::BikeEnabledCrime, month, "bike-enabled", HEADER, rows));
    }
    Ok(PlantedBikes {
        day_of_action: Day { month: month_of_action(), day: DAY_OF_ACTION }.iso(),
        areas,
        months_before: before(),
        months_after: after(),
        offences_2022_23,
        offences_april_november_2023,
        offences_before,
        offences_after,
        percent_change_in_target: 100.0 * EFFECT,
        percent_rise_a_month_before: 100.0 * RISE_A_MONTH,
    })
}

fn before() -> Period {
    months((2023, 12), (2024, 5))
}

fn after() -> Period {
    months((2024, 7), (2024, 12))
}

fn month_of_action() -> Month {
    before().last().plus(1)
}

/// Months in a row whose total is planted.
struct Stretch {
    months: Period,
    is_after: bool,
}

/// All months but that of the day of action.
fn stretches() -> [Stretch; 4] {
    let stretch = |months: Period, is_after| Stretch { months, is_after };
    [
        stretch(months((2022, 4), (2023, 3)), false),
        stretch(months((2023, 4), (2023, 11)), false),
        stretch(before(), false),
        stretch(after(), true),
    ]
}

impl Stretch {
    /// What each month is to one of those before the day of action, on average.
    fn levels(&self, level_after: f64) -> Vec<f64> {
        let middle = f64::from(before().first().index()) + 2.5;
        let rise = |month: Month| libm::exp(RISE_A_MONTH * (f64::from(month.index()) - middle));
        let level = |month| if self.is_after { level_after } else { rise(month) };
        self.months.months().map(level).collect()
    }

    /// Adds the days of one role's offences, and says how many those are.
    fn spread(
        &self,
        n_before: u32,
        level_after: f64,
        days: &mut Vec<Day>,
        draws: &mut Draws,
    ) -> u32 {
        let levels = self.levels(level_after);
        let total = (f64::from(n_before) / 6.0 * levels.iter().sum::<f64>()).round() as u32;
        for (month, n) in self.months.months().zip(vary(total, &levels, DISPERSION, draws)) {
            let among: Vec<Day> = Day::all_of(month).collect();
            days.extend((0..n).map(|_| *draws.pick(&among)));
        }
        total
    }
}

/// Adds the days of one role's offences in the month of the day of action, which parts it.
fn month_of_action_days(n_before: u32, level_after: f64, days: &mut Vec<Day>, draws: &mut Draws) {
    let month: Vec<Day> = Day::all_of(month_of_action()).collect();
    let (first, second) = month.split_at(usize::from(DAY_OF_ACTION - 1));
    for (part, level) in [(first, 1.0), (second, level_after)] {
        let share = part.len() as f64 / month.len() as f64;
        let n = draws.round(f64::from(n_before) / 6.0 * level * share);
        days.extend((0..n).map(|_| *draws.pick(part)));
    }
}
