//! Stop and search, in the form of data.police.uk.

use super::calendar::Day;
use super::counts::{deal, vary};
use super::files::FeedFile;
use super::truth::PlantedSearches;
use super::{Feed, Ground, covered};
use crate::draws::{Draws, Weighted};

const HEADER: &str = "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,\
                      Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,\
                      Outcome linked to object of search,Removal of more than just outer clothing";

const A_MONTH: u32 = 55;
const DISPERSION: f64 = 1.5;
const FOUND_SHARE: f64 = 0.22;
const WITHOUT_PLACE_SHARE: f64 = 0.03;

/// Outcomes with their shares: where what was looked for was found, and where it was not.
const FOUND: [(&str, f64); 4] = [
    ("Community resolution", 0.50),
    ("Arrest", 0.32),
    ("Summons / charged by post", 0.15),
    ("Caution (simple or conditional)", 0.03),
];
const NOT_FOUND: [(&str, &str, f64); 2] =
    [("A no further action disposal", "", 0.95), ("Arrest", "False", 0.05)];

const OBJECTS: [(&str, &str, f64); 4] = [
    ("Misuse of Drugs Act 1971 (section 23)", "Controlled drugs", 0.68),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Offensive weapons", 0.15),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Article for use in theft", 0.12),
    ("Police and Criminal Evidence Act 1984 (section 1)", "Stolen goods", 0.05),
];
const KINDS: [(&str, f64); 3] =
    [("Person search", 0.78), ("Person and Vehicle search", 0.18), ("Vehicle search", 0.04)];
const GENDERS: [(&str, f64); 3] = [("Male", 0.88), ("Female", 0.10), ("", 0.02)];
const AGES: [(&str, f64); 5] =
    [("10-17", 0.16), ("18-24", 0.28), ("25-34", 0.22), ("over 34", 0.26), ("", 0.08)];
const ETHNICITIES: [(&str, &str, f64); 4] = [
    ("White - English/Welsh/Scottish/Northern Irish/British", "White", 0.70),
    ("Asian/Asian British - Pakistani", "Asian", 0.10),
    ("Black/African/Caribbean/Black British - African", "Black", 0.08),
    ("Other ethnic group - Not stated", "White", 0.12),
];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedSearches {
    let mut draws = ground.draws(Feed::PoliceStopAndSearch);
    let months = covered();
    let total = A_MONTH * months.n_months() as u32;
    let counts = vary(total, &vec![1.0; months.n_months()], DISPERSION, &mut draws);
    let mut found = deal(total as usize, &[1.0 - FOUND_SHARE, FOUND_SHARE], &mut draws).into_iter();
    let mut blank =
        deal(total as usize, &[1.0 - WITHOUT_PLACE_SHARE, WITHOUT_PLACE_SHARE], &mut draws)
            .into_iter();
    let mut before_midnight = 0;
    for (month, count) in months.months().zip(counts) {
        let mut rows = Vec::new();
        for index in 0..count {
            let is_found = found.next() == Some(1);
            let without_place = blank.next() == Some(1);
            // The first of each summer's July is half past midnight on the first: in the file of
            // July, dated in June, since the dates are those of Greenwich.
            let at = match (index, month.month_of_year()) {
                (0, 7) => (Day { month, day: 1 }, 0, 30),
                _ => moment(&Day::all_of(month).collect::<Vec<_>>(), &mut draws),
            };
            let date = in_utc(at);
            before_midnight += u32::from(at.0.is_summer_time(at.1) && at.1 == 0);
            rows.push(row(ground, &date, is_found, without_place, &mut draws));
        }
        rows.sort_by(|a, b| date_of(a).cmp(date_of(b)));
        files.push(FeedFile::of_police_uk(
            Feed::PoliceStopAndSearch,
            month,
            "stop-and-search",
            HEADER,
            rows,
        ));
    }
    PlantedSearches {
        searches: total,
        find_share: FOUND_SHARE,
        found: (f64::from(total) * FOUND_SHARE).round() as u32,
        without_place: (f64::from(total) * WITHOUT_PLACE_SHARE).round() as u32,
        first_hour_of_a_summer_day: before_midnight,
    }
}

fn date_of(row: &str) -> &str {
    row.split(',').nth(1).unwrap_or_default()
}

/// A day, hour and minute by the local clock; evenings are busiest.
fn moment(days: &[Day], draws: &mut Draws) -> (Day, u8, u8) {
    let hours = Weighted::new((0..24).map(|hour: u8| match hour {
        14..=22 => 3.0,
        0 | 1 | 10..=13 | 23 => 1.5,
        _ => 0.4,
    }));
    (*draws.pick(days), hours.draw(draws) as u8, draws.below(60) as u8)
}

/// The moment as the files write it.
fn in_utc((day, hour, minute): (Day, u8, u8)) -> String {
    let (day, hour) = match (day.is_summer_time(hour), hour) {
        (false, hour) => (day, hour),
        (true, 0) => (day.before(), 23),
        (true, hour) => (day, hour - 1),
    };
    format!("{}T{hour:02}:{minute:02}:00+00:00", day.iso())
}

fn row(
    ground: &Ground,
    date: &str,
    is_found: bool,
    without_place: bool,
    draws: &mut Draws,
) -> String {
    let (area, point) = ground.places().place(false, draws);
    let mut degrees = ground.places().areas[area].points[point].split(',');
    let (longitude, latitude) =
        (degrees.next().unwrap_or_default(), degrees.next().unwrap_or_default());
    let place = if without_place { ",".to_owned() } else { format!("{latitude},{longitude}") };
    let (outcome, linked) = if is_found {
        (of(&FOUND, |found| found.1, draws).0, "True")
    } else {
        let (outcome, linked, _) = of(&NOT_FOUND, |outcome| outcome.2, draws);
        (*outcome, *linked)
    };
    let (legislation, object, _) = of(&OBJECTS, |object| object.2, draws);
    let (kind, _) = of(&KINDS, |kind| kind.1, draws);
    let (gender, age) = (of(&GENDERS, |g| g.1, draws).0, of(&AGES, |age| age.1, draws).0);
    let (self_defined, officer_defined, _) = of(&ETHNICITIES, |ethnicity| ethnicity.2, draws);
    let operation = if draws.chance(0.1) { "True" } else { "False" };
    let clothing = if draws.chance(0.04) { "True" } else { "False" };
    format!(
        "{kind},{date},{operation},,{place},{gender},{age},{self_defined},{officer_defined},\
         {legislation},{object},{outcome},{linked},{clothing}"
    )
}

fn of<'a, T>(from: &'a [T], share: impl Fn(&T) -> f64, draws: &mut Draws) -> &'a T {
    &from[Weighted::new(from.iter().map(share)).draw(draws)]
}
