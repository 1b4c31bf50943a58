//! Areas against one another, or two periods of an area: values with intervals, and differences whose
//! words are corrected for every pair that anybody could have asked about.
//!
//! Who compares picks the pair. So each p value is multiplied by the number of all pairs of the areas
//! and measures on offer (Bonferroni): no choice of pairs brings up more false words than the rule
//! allows.

use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::{Month, Period};

use crate::claims::aligned;
use crate::declarations::Form;
use crate::local::{self, Family, Told, limits, lowered, ratio_in};
use crate::measure::Measure;
use crate::numbers::thousands;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, Taken, take};
use crate::testing::{self, NotTested};

/// One of the things compared.
#[derive(Debug, Clone, PartialEq)]
pub struct Side<'a> {
    /// Where.
    pub place: &'a Place,
    /// When.
    pub period: Period,
    /// How many.
    pub count: Result<Taken, NotKnown>,
    /// By residents, where they are known.
    pub rate: Option<Taken>,
}

/// What was compared, and what may be said.
#[derive(Debug, Clone, PartialEq)]
pub struct Comparison<'a> {
    /// In the order asked.
    pub sides: Vec<Side<'a>>,
    /// A sentence for each pair.
    pub told: Vec<Told>,
    /// The pairs that could have been asked about.
    pub family: Family,
}

/// The whole years that a measure's source knows, latest first: the latest twelve months and those
/// before, financial and calendar years; where no year is whole, its months.
pub fn periods_offered(
    observed: &Observed,
    measure: &Measure,
) -> Result<Vec<Period>, ObservedError> {
    let Some((_, months)) = local::months(observed, measure, observed.home()?)? else {
        return Ok(Vec::new());
    };
    let known = |month: Month| months.iter().any(|(one, n)| *one == month && n.is_some());
    let whole = |period: &Period| period.months().all(known);
    let mut offered: Vec<Period> = Vec::new();
    if let Some((last, _)) = months.last() {
        let years = [0, -12].map(|back| Period::run(last.plus(back - 11), last.plus(back)));
        offered.extend(years.into_iter().flatten().filter(whole));
    }
    let years = months.first().zip(months.last()).map(|((a, _), (z, _))| a.year() - 1..=z.year());
    for year in years.into_iter().flatten().rev() {
        let calendar = year.to_string().parse().ok();
        offered.extend(Period::financial_year(year).filter(whole));
        offered.extend(calendar.filter(whole));
    }
    if offered.is_empty() {
        let run = |month: Month| Period::run(month, month).ok();
        offered =
            months.iter().rev().filter(|(_, n)| n.is_some()).filter_map(|(m, _)| run(*m)).collect();
    }
    Ok(offered)
}

/// Areas against one another in a period.
pub fn areas<'a>(
    observed: &'a Observed,
    measure: &Measure,
    places: &[&'a Place],
    period: &Period,
    family: Family,
) -> Result<Comparison<'a>, ObservedError> {
    let mut sides = Vec::new();
    for &place in places {
        sides.push(side(observed, measure, place, period)?);
    }
    let mut told = Vec::new();
    for (index, first) in places.iter().enumerate() {
        for second in &places[index + 1..] {
            let subject = format!("{} in {}, against {},", measure.title, first.name, second.name);
            let test = difference(observed, measure, [first, second], period)?;
            told.push(family.tell(&subject, test, |test| ratio_in(test, &period.in_words())));
        }
    }
    Ok(Comparison { sides, told, family })
}

/// Two periods of each of some areas.
pub fn periods<'a>(
    observed: &'a Observed,
    measure: &Measure,
    places: &[&'a Place],
    (later, earlier): (&Period, &Period),
    family: Family,
) -> Result<Comparison<'a>, ObservedError> {
    let (mut sides, mut told) = (Vec::new(), Vec::new());
    for &place in places {
        let two =
            [side(observed, measure, place, earlier)?, side(observed, measure, place, later)?];
        let test = change(observed, measure, place, (later, earlier))?;
        let subject = format!("{} in {}", measure.title, place.name);
        let n = |side: &Side<'_>| side.count.as_ref().map_or(0, |taken| taken.n);
        told.push(family.tell(&subject, test, |test| {
            format!(
                "{} {} in {}, and {} in {}{}",
                thousands(n(&two[0])),
                measure.unit,
                earlier.in_words(),
                thousands(n(&two[1])),
                later.in_words(),
                limits(test, "")
            )
        }));
        sides.extend(two);
    }
    Ok(Comparison { sides, told, family })
}

/// The family of a comparison of areas: every pair of the areas of these levels, in every measure.
pub fn family_of_areas(
    observed: &Observed,
    levels: &[AreaLevel],
    n_measures: usize,
    rule: wardmote_domain::claim::Rule,
) -> Result<Family, ObservedError> {
    let n = n_areas(observed, levels)?;
    Ok(Family { n_tests: n * n.saturating_sub(1) / 2 * n_measures, rule })
}

/// The family of a comparison of periods: every two of those on offer, in every area and measure.
pub fn family_of_periods(
    observed: &Observed,
    levels: &[AreaLevel],
    n_measures: usize,
    n_periods: usize,
    rule: wardmote_domain::claim::Rule,
) -> Result<Family, ObservedError> {
    let pairs = n_periods * n_periods.saturating_sub(1) / 2;
    Ok(Family { n_tests: n_areas(observed, levels)? * pairs * n_measures, rule })
}

fn n_areas(observed: &Observed, levels: &[AreaLevel]) -> Result<usize, ObservedError> {
    let partnership = &observed.partnership;
    let mut n = 0;
    for level in levels {
        let mut districts = partnership.areas.clone();
        if *level == partnership.district_level {
            districts.extend(partnership.peers.iter().cloned());
        }
        n += observed.places_within(*level, &districts)?.len();
    }
    Ok(n)
}

fn side<'a>(
    observed: &Observed,
    measure: &Measure,
    place: &'a Place,
    period: &Period,
) -> Result<Side<'a>, ObservedError> {
    let count = take(observed, measure, place, period, Form::Count)?;
    let rate = match observed.residents(measure, place) {
        Ok(_) => take(observed, measure, place, period, Form::Rate)?.ok(),
        Err(_) => None,
    };
    Ok(Side { place, period: period.clone(), count, rate })
}

fn difference(
    observed: &Observed,
    measure: &Measure,
    [first, second]: [&Place; 2],
    period: &Period,
) -> Result<Result<testing::RawTest, NotTested>, ObservedError> {
    let whole = |place: &Place| place.parts.is_empty() && !place.small_areas.is_empty();
    if !(whole(first) && whole(second)) {
        return Ok(Err(NotTested("one of them is not made of whole small areas".into())));
    }
    if first.small_areas.iter().any(|area| second.small_areas.binary_search(area).is_ok()) {
        let why =
            "one shares small areas with the other, so the same events would be on both sides";
        return Ok(Err(NotTested(why.into())));
    }
    if measure.denominator.is_none() {
        let why = format!("no residents are declared to take {} by", lowered(&measure.title));
        return Ok(Err(NotTested(why)));
    }
    let mut of = Vec::new();
    for place in [first, second] {
        let months = observed.monthly(&measure.numerator, place, period)?;
        let counts: Option<Vec<u64>> = months.iter().map(|(_, n)| *n).collect();
        let residents = observed.residents(measure, place);
        let (Some(counts), Ok(residents)) = (counts, residents) else {
            return Ok(Err(NotTested(
                "a month or the residents of one of them are not known".into(),
            )));
        };
        of.push((counts, residents as f64));
    }
    let margin = measure.equivalence_margin;
    Ok(testing::difference((&of[0].0, of[0].1), (&of[1].0, of[1].1), margin))
}

fn change(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    (later, earlier): (&Period, &Period),
) -> Result<Result<testing::RawTest, NotTested>, ObservedError> {
    if later.contains(earlier.last()) || earlier.contains(later.last()) {
        return Ok(Err(NotTested("the two periods share months".into())));
    }
    if let Err(why) = later.comparable_with(earlier) {
        return Ok(Err(why.into()));
    }
    let mut counted = Vec::new();
    for period in [earlier, later] {
        let months = observed.monthly(&measure.numerator, place, period)?;
        let counts: Option<Vec<u64>> = months.iter().map(|(_, n)| *n).collect();
        let Some(counts) = counts else {
            let why = format!("not every month of {} is known", period.in_words());
            return Ok(Err(NotTested(why)));
        };
        counted.push(counts);
    }
    let later_counts = aligned(counted[1].clone(), later, earlier);
    Ok(testing::change(&counted[0], &later_counts, measure.equivalence_margin))
}
