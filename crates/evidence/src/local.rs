//! What may be said of one area without an assessment: counts of open sources, and the words that
//! tests allow after correction for every other area of its level.
//!
//! A page for each of hundreds of areas is hundreds of tests, and a reader finds the page that
//! alarms. So each p value is multiplied by all tests that the pages of the level make (Bonferroni),
//! whichever of them anybody reads.

mod expected;
mod files;
mod others;
mod peers;
mod season;

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Category;
use wardmote_domain::claim::{Rule, TestOutcome, Verdict};
use wardmote_domain::period::{Month, Period};

pub use self::expected::{Expected, ExpectedMonth};
pub use self::files::{FilesBehind, files_behind};
pub use self::others::{Outcomes, Valued, others, outcomes};
pub use self::season::Profile;

use crate::figure::small_number_caution;
use crate::measure::Measure;
use crate::numbers::{percent_signed, thousands, two_decimals};
use crate::observed::{Observed, ObservedError, Place};
use crate::testing::{self, NotTested, RawTest};

/// A measure in an area.
#[derive(Debug, Clone, PartialEq)]
pub struct Local {
    /// Id of the measure.
    pub measure: String,
    /// Its count in each month from the first to the last that is known; `None` where a month between
    /// them did not come.
    pub months: Months,
    /// Whether the latest year differs from the one before.
    pub change: Told,
    /// Whether it drifts over all known months.
    pub trend: Told,
    /// Whether it follows the seasons.
    pub season: Told,
    /// Its average year, where there is enough to tell one.
    pub profile: Option<Profile>,
    /// Whether a month was above what its own past lets expect.
    pub spike: Told,
    /// What the past lets expect of each month, where there is enough of it.
    pub expected: Option<Expected>,
    /// The months that are above it after correction.
    pub spikes: Vec<ExpectedMonth>,
    /// Whether its rate differs from the rest of the partnership's first district.
    pub against_the_rest: Option<Told>,
    /// Whether the district's rate differs from that of its peers together.
    pub against_peers: Option<Told>,
    /// What to mind of a small number.
    pub caution: Option<String>,
    /// How many months between the first and the last did not come.
    pub n_missing: usize,
}

impl Local {
    /// What was tested, in the order in which it is told.
    pub fn told(&self) -> Vec<&Told> {
        let always = [&self.change, &self.trend, &self.season, &self.spike];
        always.into_iter().chain(&self.against_the_rest).chain(&self.against_peers).collect()
    }
}

/// A sentence that a test allows.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// What may be said.
    pub verdict: Verdict,
    /// The sentence.
    pub sentence: String,
    /// How it was tested.
    pub method: Option<String>,
}

/// The tests that the pages of a level make together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Family {
    /// How many.
    pub n_tests: usize,
    /// Which words an outcome allows.
    pub rule: Rule,
}

/// Tests that each measure of an area brings: change, trend, season, spikes, and the rest of the
/// district.
const TESTS_OF_A_MEASURE: usize = 5;
/// What a district's measure brings besides: its peers, and on the page of its topic which area has
/// the highest rate.
const TESTS_OF_A_DISTRICT: usize = 2;
const YEAR: i32 = 12;

impl Family {
    /// The family of all areas of a level, with every measure that they show. That of the districts'
    /// level holds the pages of topics too, which say the same of the same counts.
    pub fn of_level(
        observed: &Observed,
        level: AreaLevel,
        rule: Rule,
    ) -> Result<Self, ObservedError> {
        let n_areas = observed.places_within(level, &observed.partnership.areas)?.len();
        let district = level == observed.partnership.district_level;
        let also = if district { TESTS_OF_A_DISTRICT } else { 0 };
        let n_tests = n_areas * shown(observed).len() * (TESTS_OF_A_MEASURE + also);
        Ok(Self { n_tests, rule })
    }

    pub(crate) fn verdict(&self, test: &RawTest) -> Verdict {
        let corrected = |p: f64| (p * self.n_tests as f64).min(1.0);
        let outcome = TestOutcome {
            question: test.question,
            upward: test.upward,
            corrected_p: Some(corrected(test.p)),
            corrected_equivalence_p: test.equivalence_p.map(corrected),
            fewest_events: test.fewest_events,
        };
        outcome.verdict(self.rule)
    }

    pub(crate) fn tell(
        &self,
        subject: &str,
        test: Result<RawTest, NotTested>,
        size: impl FnOnce(&RawTest) -> String,
    ) -> Told {
        match test {
            Ok(test) => {
                let verdict = self.verdict(&test);
                let sentence = format!("{subject} {}: {}.", verdict.words(), size(&test));
                Told { verdict, sentence, method: Some(test.method) }
            }
            Err(NotTested(why)) => {
                let verdict = Verdict::NotTestable;
                let sentence = format!("{subject} {}: {why}.", verdict.words());
                Told { verdict, sentence, method: None }
            }
        }
    }
}

/// The measures that areas show: plain counts of events of an open source. One that is a share is
/// shown by its count only where residents are declared to take that by.
pub fn shown(observed: &Observed) -> Vec<&Measure> {
    let is_plain = |measure: &&Measure| {
        let rows = &measure.numerator;
        let events =
            observed.sources.get(&rows.source).is_some_and(|source| source.reader.brings_events());
        events
            && !observed.is_controlled(&rows.source)
            && (measure.share_of.is_none() || measure.denominator.is_some())
            && measure.weights.is_none()
            && rows.outcomes.is_empty()
            && rows.flags.is_empty()
            && rows.repeats_within_months.is_none()
    };
    observed.measures.values().filter(is_plain).collect()
}

/// A count for each month, or `None` where the month did not come.
pub type Months = Vec<(Month, Option<u64>)>;

/// The count of a measure in a place for each month from the first to the last that is known; `None`
/// where its source has brought nothing.
pub fn months(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
) -> Result<Option<(Period, Months)>, ObservedError> {
    let Some((first, last)) = observed.known_run(&measure.numerator.source)? else {
        return Ok(None);
    };
    let Ok(run) = Period::run(first, last) else { return Ok(None) };
    let months = observed.monthly(&measure.numerator, place, &run)?;
    Ok(Some((run, months)))
}

/// What may be said of a measure in a place; `None` where its source has brought nothing.
pub fn look(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    family: Family,
) -> Result<Option<Local>, ObservedError> {
    let Some((run, months)) = months(observed, measure, place)? else { return Ok(None) };
    let change = change(measure, &months, family);
    let trend = trend(measure, &months, &run, family);
    let (season, profile) = season::told(measure, &months, &run, family);
    let (spike, expected) = expected::told(measure, &months, family);
    let spikes = expected.iter().flat_map(|expected| expected.above(spike.verdict, family));
    let spikes = spikes.copied().collect();
    let against_the_rest = against_the_rest(observed, measure, place, &months, family)?;
    let against_peers = peers::told(observed, measure, place, &months, family)?;
    let latest: u64 = months.iter().rev().take(12).filter_map(|(_, n)| *n).sum();
    Ok(Some(Local {
        measure: measure.id.clone(),
        change,
        trend,
        season,
        profile,
        spike,
        expected,
        spikes,
        against_the_rest,
        against_peers,
        caution: small_number_caution(latest),
        n_missing: months.iter().filter(|(_, n)| n.is_none()).count(),
        months,
    }))
}

/// The latest months of a year, and the same of the year before, if all of them are known.
pub(crate) fn years(months: &[(Month, Option<u64>)]) -> Result<[Vec<(Month, u64)>; 2], NotTested> {
    let last = months.last().map(|(month, _)| *month);
    let last = last.ok_or_else(|| NotTested("no month is known".into()))?;
    let year = |back: i32| -> Result<Vec<(Month, u64)>, NotTested> {
        let wanted = (1 - YEAR..=0).map(|step| last.plus(back + step));
        wanted
            .map(|month| {
                let found = months.iter().find(|(one, _)| *one == month);
                let n = found.and_then(|(_, n)| *n);
                n.map(|n| (month, n)).ok_or_else(|| {
                    NotTested(format!(
                        "{} is not known, and two whole years are needed",
                        month.in_words()
                    ))
                })
            })
            .collect()
    };
    Ok([year(-YEAR)?, year(0)?])
}

pub(crate) fn sum(months: &[(Month, u64)]) -> u64 {
    months.iter().map(|(_, n)| n).sum()
}

pub(crate) fn counts(months: &[(Month, u64)]) -> Vec<u64> {
    months.iter().map(|(_, n)| *n).collect()
}

pub(crate) fn span(months: &[(Month, u64)]) -> String {
    let (first, last) = (months.first(), months.last());
    first.zip(last).map_or_else(String::new, |((first, _), (last, _))| {
        format!("{} to {}", first.in_words(), last.in_words())
    })
}

fn change(measure: &Measure, months: &[(Month, Option<u64>)], family: Family) -> Told {
    let compared = years(months).and_then(|[earlier, later]| {
        let test = testing::change(&counts(&earlier), &counts(&later), measure.equivalence_margin)?;
        Ok((test, earlier, later))
    });
    let (test, words) = match compared {
        Ok((test, earlier, later)) => {
            let words = format!(
                "{} {} in {}, and {} in {}",
                thousands(sum(&earlier)),
                measure.unit,
                span(&earlier),
                thousands(sum(&later)),
                span(&later)
            );
            (Ok(test), words)
        }
        Err(why) => (Err(why), String::new()),
    };
    family.tell(&measure.title, test, |test| format!("{words}{}", limits(test, "")))
}

fn trend(measure: &Measure, months: &[(Month, Option<u64>)], run: &Period, family: Family) -> Told {
    let Known { months: known, times, of_year } = Known::of(months);
    let test = testing::drift(&times, &counts(&known), &of_year, measure.equivalence_margin);
    let subject = format!("Over {}, {}", run.in_words(), lowered(&measure.title));
    family.tell(&subject, test, |test| {
        format!("{} known months, season apart{}", known.len(), limits(test, " a year"))
    })
}

/// The months that are known, with what a model of season and trend takes.
pub(crate) struct Known {
    pub(crate) months: Vec<(Month, u64)>,
    pub(crate) times: Vec<f64>,
    pub(crate) of_year: Vec<u8>,
}

impl Known {
    pub(crate) fn of(months: &[(Month, Option<u64>)]) -> Self {
        let known = || months.iter().filter_map(|(month, n)| n.map(|n| (*month, n)));
        Self {
            months: known().collect(),
            times: known().map(|(month, _)| f64::from(month.index())).collect(),
            of_year: known().map(|(month, _)| month.month_of_year()).collect(),
        }
    }
}

pub(crate) fn lowered(title: &str) -> String {
    let mut rest = title.chars();
    rest.next().map_or_else(String::new, |first| first.to_lowercase().chain(rest).collect())
}

pub(crate) fn limits(test: &RawTest, per: &str) -> String {
    format!(
        " ({}{per}; 95% interval {} to {})",
        percent_signed(test.estimate),
        percent_signed(test.interval.lower),
        percent_signed(test.interval.upper)
    )
}

fn against_the_rest(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    months: &[(Month, Option<u64>)],
    family: Family,
) -> Result<Option<Told>, ObservedError> {
    let home = observed.home()?;
    let whole = place.parts.is_empty() && !place.small_areas.is_empty();
    let within = place.small_areas.iter().all(|area| home.small_areas.binary_search(area).is_ok());
    let is_rest = place.small_areas.len() < home.small_areas.len();
    if measure.denominator.is_none() || !(whole && within && is_rest) {
        return Ok(None);
    }
    let (Ok(here), Ok(all)) =
        (observed.residents(measure, place), observed.residents(measure, home))
    else {
        return Ok(None);
    };
    let subject = format!("Against the rest of {}, {}", home.name, lowered(&measure.title));
    let year = match years(months) {
        Ok([_, later]) => later,
        Err(why) => return Ok(Some(family.tell(&subject, Err(why), |_| String::new()))),
    };
    let (Some((first, _)), Some((last, _))) = (year.first(), year.last()) else { return Ok(None) };
    let Ok(period) = Period::run(*first, *last) else { return Ok(None) };
    let of_home = observed.monthly(&measure.numerator, home, &period)?;
    let rest: Option<Vec<u64>> = of_home
        .iter()
        .zip(&year)
        .map(|((_, all), (_, here))| all.map(|all| all.saturating_sub(*here)))
        .collect();
    let Some(rest) = rest else { return Ok(None) };
    let test = testing::difference(
        (&counts(&year), here as f64),
        (&rest, all.saturating_sub(here) as f64),
        measure.equivalence_margin,
    );
    Ok(Some(family.tell(&subject, test, |test| ratio(test, &year))))
}

fn ratio(test: &RawTest, year: &[(Month, u64)]) -> String {
    ratio_in(test, &span(year))
}

pub(crate) fn ratio_in(test: &RawTest, period: &str) -> String {
    format!(
        "{} times its rate by residents in {period} (95% interval {} to {})",
        two_decimals(test.estimate),
        two_decimals(test.interval.lower),
        two_decimals(test.interval.upper)
    )
}

/// Counts by category, most first.
pub type ByCategory = Vec<(Category, u64)>;

/// The counts of a source by category in the latest year of a place, most first.
pub fn categories(
    observed: &Observed,
    source: &str,
    place: &Place,
) -> Result<Option<(Period, ByCategory)>, ObservedError> {
    let Some((first, last)) = observed.known_run(source)? else { return Ok(None) };
    let Ok(period) = Period::run(first.max(last.plus(1 - YEAR)), last) else { return Ok(None) };
    let measure = shown(observed).into_iter().find(|measure| measure.numerator.source == source);
    let Some(measure) = measure else { return Ok(None) };
    let mut found = Vec::new();
    for category in observed.categories(source)? {
        let mut rows = measure.numerator.clone();
        rows.categories = vec![category.clone()];
        rows.exclude = Vec::new();
        let months = observed.monthly(&rows, place, &period)?;
        found.push((category, months.iter().filter_map(|(_, n)| *n).sum::<u64>()));
    }
    found.sort_by(|(a, n), (b, m)| m.cmp(n).then_with(|| a.cmp(b)));
    Ok(Some((period, found)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn counted(counts: &[Option<u64>]) -> Months {
        let first = Month::new(2022, 4).unwrap();
        (0..).zip(counts).map(|(step, n)| (first.plus(step), *n)).collect()
    }

    #[test]
    fn a_year_with_a_gap_is_not_compared() {
        let mut counts = vec![Some(5); 24];
        assert!(years(&counted(&counts)).is_ok());
        counts[3] = None;
        let NotTested(why) = years(&counted(&counts)).unwrap_err();
        assert_eq!(why, "July 2022 is not known, and two whole years are needed");
        assert!(years(&counted(&counts[..20])).is_err());
        assert!(years(&[]).is_err());
    }

    proptest! {
        #[test]
        fn more_areas_never_allow_more(p in 0.0f64..=1.0, few in 1usize..50, more in 0usize..5_000) {
            let test = |p: f64| RawTest {
                question: wardmote_domain::claim::Question::Change,
                method: "two counts".into(),
                estimate: -8.0,
                unit: testing::Unit::PerCent,
                interval: wardmote_stats::interval::Interval { lower: -12.0, upper: -4.0 },
                upward: false,
                z: None,
                p,
                equivalence_p: None,
                fewest_events: 500,
                parameters: std::collections::BTreeMap::new(),
            };
            let family = |n_tests: usize| Family { n_tests, rule: Rule::default() };
            let verdict = |n: usize| family(n).verdict(&test(p));
            if verdict(few) == Verdict::NoClearChange {
                prop_assert_eq!(verdict(few + more), Verdict::NoClearChange);
            }
        }
    }
}
