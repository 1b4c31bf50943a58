//! What a series' own past lets expect of each month, and which months are above it.

use wardmote_domain::claim::Verdict;
use wardmote_domain::period::Month;
use wardmote_stats::spikes::{Farrington, farrington};

use super::{Family, Told};
use crate::measure::Measure;
use crate::numbers::thousands;
use crate::testing::{self, NotTested};

/// What is to be expected of the months that have a year before them, without a gap since.
#[derive(Debug, Clone, PartialEq)]
pub struct Expected {
    /// The months, in order.
    pub months: Vec<ExpectedMonth>,
    /// What to know before it is relied on.
    pub warnings: Vec<String>,
}

/// One month against its past.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExpectedMonth {
    /// The month.
    pub month: Month,
    /// Its count.
    pub observed: u64,
    /// What was to be expected.
    pub expected: f64,
    /// One month in a hundred lies below.
    pub lower: f64,
    /// One month in a hundred lies above.
    pub upper: f64,
    /// The chance of as many or more, before correction.
    pub p: f64,
}

impl Expected {
    /// The months above their band after correction for every month watched and every test of the
    /// family; none unless the `verdict` of the most unusual one allows to say so.
    pub(super) fn above(
        &self,
        verdict: Verdict,
        family: Family,
    ) -> impl Iterator<Item = &ExpectedMonth> {
        let tests = (self.months.len() * family.n_tests) as f64;
        let is_above = move |month: &&ExpectedMonth| {
            verdict == Verdict::AboveExpected && month.p * tests <= family.rule.level
        };
        self.months.iter().filter(is_above)
    }
}

/// A whole year lies before the first month that is watched.
const FIRST_WATCHED: usize = 13;

/// Whether any month was above what its past lets expect, and what that was for each.
pub(super) fn told(
    measure: &Measure,
    months: &[(Month, Option<u64>)],
    family: Family,
) -> (Told, Option<Expected>) {
    let (run, counts) = latest_run(months);
    if counts.len() <= FIRST_WATCHED {
        let why = NotTested(format!(
            "the latest run without a gap has {} of the {} months that are needed, because a whole year must lie before the month that is held against it",
            counts.len(),
            FIRST_WATCHED + 1
        ));
        let subject = format!("Whether a month of {} stood out", super::lowered(&measure.title));
        return (family.tell(&subject, Err(why), |_| String::new()), None);
    }
    let expected = expect(&run, &counts);
    let watched = FIRST_WATCHED..counts.len();
    let (test, words) = match testing::spike(&counts, watched) {
        Ok((test, found)) => {
            let words = format!(
                "{}, with {} {} where about {} were to be expected and up to {} could be by chance, is the most unusual of {} months",
                run[found.index].in_words(),
                thousands(found.observed),
                measure.unit,
                thousands(found.expected.round() as u64),
                thousands(found.threshold.floor() as u64),
                counts.len() - FIRST_WATCHED
            );
            (Ok(test), words)
        }
        Err(why) => (Err(why), String::new()),
    };
    (family.tell(&measure.title, test, |_| words), expected.ok())
}

/// The months since the last gap, with their counts.
fn latest_run(months: &[(Month, Option<u64>)]) -> (Vec<Month>, Vec<u64>) {
    let mut run: Vec<(Month, u64)> =
        months.iter().rev().map_while(|(month, n)| n.map(|n| (*month, n))).collect();
    run.reverse();
    run.into_iter().unzip()
}

fn expect(run: &[Month], counts: &[u64]) -> Result<Expected, NotTested> {
    let watch = farrington(counts, FIRST_WATCHED, &Farrington::flexible(12))?;
    let months = watch.periods.iter().filter_map(|watched| {
        Some(ExpectedMonth {
            month: *run.get(watched.index)?,
            observed: watched.observed,
            expected: watched.expected?,
            lower: watched.lower?,
            upper: watched.threshold?,
            p: watched.p_value?,
        })
    });
    let months: Vec<ExpectedMonth> = months.collect();
    let years = watch.periods.iter().map(|watched| watched.baseline.years);
    let warnings = years.min().and_then(caution).into_iter().collect();
    if months.is_empty() {
        return Err(NotTested("no month has a past from which to expect anything".into()));
    }
    Ok(Expected { months, warnings })
}

/// What to mind where some months have few years before them.
fn caution(fewest_years: usize) -> Option<String> {
    let years =
        if fewest_years == 1 { "one year".to_owned() } else { format!("{fewest_years} years") };
    match fewest_years {
        ..3 => Some(format!(
            "The expected band rests on {years} of past at the start. With fewer than three it allows for no trend: read it with reserve."
        )),
        3..5 => Some(format!("The expected band rests on {years} of past at the start.")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use wardmote_domain::claim::Rule;

    use super::*;

    fn measure() -> Measure {
        let text = "id = \"m\"\ntitle = \"Thefts\"\ndefinition = \"d\"\nversion = 1\nunit = \"thefts\"\n\
                    direction = \"lower-is-better\"\nnumerator = { source = \"s\" }";
        toml::from_str(text).unwrap()
    }

    fn series(n: i32, at: impl Fn(i32) -> Option<u64>) -> Vec<(Month, Option<u64>)> {
        let first = Month::new(2021, 4).unwrap();
        (0..n).map(|step| (first.plus(step), at(step))).collect()
    }

    #[test]
    fn a_month_far_above_its_past_is_told_and_no_other() {
        let months = series(37, |t| Some(if t == 30 { 400 } else { 100 + (t % 5) as u64 }));
        let family = Family { n_tests: 100, rule: Rule::default() };
        let (told, expected) = told(&measure(), &months, family);
        let expected = expected.unwrap();
        assert_eq!(told.verdict, Verdict::AboveExpected);
        assert!(told.sentence.contains("October 2023, with 400 thefts"), "{}", told.sentence);
        let above: Vec<Month> =
            expected.above(told.verdict, family).map(|month| month.month).collect();
        assert_eq!(above, [Month::new(2023, 10).unwrap()]);
        assert!(
            expected
                .months
                .iter()
                .all(|month| month.lower <= month.expected && month.expected <= month.upper)
        );
    }

    #[test]
    fn only_months_since_the_last_gap_are_watched() {
        let months = series(37, |t| (t != 30).then_some(100));
        let family = Family { n_tests: 100, rule: Rule::default() };
        let (told, expected) = told(&measure(), &months, family);
        assert_eq!((told.verdict, expected), (Verdict::NotTestable, None));
        assert!(told.sentence.contains("has 6 of the 14 months"), "{}", told.sentence);
    }
}
