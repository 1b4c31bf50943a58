//! Cases that the multi-agency risk assessment conference discussed: that there was one, when, and
//! whether it was a repeat. Nothing of whom or where.

use super::calendar::{Day, months};
use super::counts::{deal, vary};
use super::files::FeedFile;
use super::truth::PlantedMarac;
use super::{Feed, Ground};

const HEADER: &str = "Meeting date,Case,Repeat within 12 months,Publisher";
const PUBLISHER: &str = "SYNTHETIC Stockport MARAC (twin)";

/// First calendar year of each financial year, its cases and its repeats: 9% fewer cases over two
/// years, and repeats from 30% through 27.5% to 25% of them.
const YEARS: [(i16, u32, u32); 3] = [(2021, 1_000, 300), (2022, 955, 263), (2023, 910, 228)];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedMarac {
    let mut draws = ground.draws(Feed::Marac);
    let mut planted = PlantedMarac::default();
    for (year, cases, n_repeats) in YEARS {
        let financial_year = format!("{year}-{:02}", (year + 1) % 100);
        // A meeting every other Wednesday.
        let wednesdays = months((year, 4), (year + 1, 3))
            .months()
            .flat_map(Day::all_of)
            .filter(|day| day.weekday() == 2);
        let meetings: Vec<Day> = wednesdays.step_by(2).collect();
        let a_meeting = vary(cases, &vec![1.0; meetings.len()], 1.0, &mut draws);
        let kinds = [cases - n_repeats, n_repeats].map(f64::from);
        let mut repeats = deal(cases as usize, &kinds, &mut draws).into_iter();
        let mut rows = Vec::new();
        for (meeting, count) in meetings.iter().zip(a_meeting) {
            for repeat in repeats.by_ref().take(count as usize) {
                let repeat = ["No", "Yes"][repeat];
                rows.push(format!("{},High risk,{repeat},{PUBLISHER}", meeting.british()));
            }
        }
        planted.cases.insert(financial_year.clone(), cases);
        planted.repeats.insert(financial_year.clone(), n_repeats);
        files.push(FeedFile::whole(Feed::Marac, &format!("marac-{financial_year}"), HEADER, rows));
    }
    planted
}
