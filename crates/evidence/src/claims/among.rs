//! An area among others: against them, within what is usual among them, its rank, the highest.

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::Period;
use wardmote_stats::rates::Exposure;
use wardmote_stats::share_periods::Part;

use super::asking::Evidence;
use super::months::Months;
use crate::declarations::{Among, ConcentratedIn, Form, Highest};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
use crate::testing::{self, Cells, NotTested, OfAreas};

/// The areas of a comparison, with words for them.
#[derive(Debug)]
pub(super) struct Group<'a> {
    pub(super) places: Vec<&'a Place>,
    /// "the 20 wards", "the 10 areas compared".
    pub(super) words: String,
    /// Position of the area that is asked about.
    here: usize,
}

impl<'a> Group<'a> {
    fn of(observed: &'a Observed, place: &'a Place, asked: &Among) -> Result<Self, ObservedError> {
        let (mut places, words) = match asked.level {
            Some(level) => {
                let places = observed.places_within(level, &observed.partnership.areas)?;
                (places, level.tier.in_words_plural())
            }
            None => (declared(observed, &asked.areas)?, "areas compared"),
        };
        let here = match places.iter().position(|one| one.code == place.code) {
            Some(here) => here,
            None if asked.level.is_none() => {
                places.insert(0, place);
                0
            }
            None => {
                let level = asked.level.unwrap_or(place.level);
                return Err(ObservedError::NotAmong { area: place.code.clone(), level });
            }
        };
        let words = format!("the {} {words}", places.len());
        Ok(Self { places, words, here })
    }

    /// The events and residents of each area; not known unless each may be shown.
    fn rates(
        &self,
        observed: &'a Observed,
        measure: &'a Measure,
        period: &Period,
    ) -> Result<Result<Vec<OfAreas>, NotTested>, ObservedError> {
        let mut all = Vec::with_capacity(self.places.len());
        for place in &self.places {
            let residents = observed.residents(measure, place)?;
            let months = Months::of(observed, &measure.numerator, place, period)?.for_a_test();
            all.push(months.map(|months| (months, residents as f64)));
        }
        Ok(all.into_iter().collect())
    }

    /// The part and the whole of each area.
    fn shares(
        &self,
        observed: &'a Observed,
        measure: &'a Measure,
        period: &Period,
    ) -> Result<Result<Vec<Part>, NotTested>, ObservedError> {
        let whole = measure.whole()?;
        let mut all = Vec::with_capacity(self.places.len());
        for place in &self.places {
            let with = Months::of(observed, &measure.numerator, place, period)?.for_a_test();
            let of = Months::of(observed, whole, place, period)?.for_a_test();
            let sum = |months: Vec<u64>| months.iter().sum();
            all.push(with.and_then(|with| Ok(Part { with: sum(with), of: sum(of?) })));
        }
        Ok(all.into_iter().collect())
    }
}

/// The areas given, or the declared peers.
fn declared<'a>(
    observed: &'a Observed,
    areas: &[AreaCode],
) -> Result<Vec<&'a Place>, ObservedError> {
    let codes = if areas.is_empty() { &observed.partnership.peers } else { areas };
    if codes.is_empty() {
        return Err(ObservedError::NoOthers);
    }
    codes.iter().map(|code| observed.place(code)).collect()
}

pub(super) fn funnel<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    asked: &'a Among,
) -> Result<Evidence<'a>, ObservedError> {
    let (group, period, form) = (Group::of(observed, place, asked)?, &asked.period, asked.form);
    let test = if form == Form::Share {
        let shares = group.shares(observed, measure, period)?;
        shares.and_then(|shares| testing::funnel(&Cells::Shares(&shares), group.here))
    } else {
        let exposure =
            |(months, population): OfAreas| Exposure { events: months.iter().sum(), population };
        group.rates(observed, measure, period)?.and_then(|rates| {
            let rates: Vec<Exposure> = rates.into_iter().map(exposure).collect();
            testing::funnel(&Cells::Rates(&rates), group.here)
        })
    };
    Ok(Evidence::Funnel { measure, place, period, form, group, test })
}

pub(super) fn rank<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    asked: &'a Among,
) -> Result<Evidence<'a>, ObservedError> {
    let (group, period) = (Group::of(observed, place, asked)?, &asked.period);
    let rates = group.rates(observed, measure, period)?;
    let found = rates.and_then(|rates| testing::rank(&rates, group.here));
    let events = Months::of(observed, &measure.numerator, place, period)?.total();
    let residents = observed.residents(measure, place)?;
    Ok(Evidence::Rank { measure, place, period, group, events, residents, found })
}

pub(super) fn concentration<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    asked: &'a ConcentratedIn,
) -> Result<Evidence<'a>, ObservedError> {
    let mut counts = Vec::new();
    for place in observed.places_within(asked.level, &observed.partnership.areas)? {
        let months = Months::of(observed, &measure.numerator, place, &asked.period)?;
        counts.push(months.total().map_err(|why| NotTested(why.0)));
    }
    let counts: Result<Vec<u64>, NotTested> = counts.into_iter().collect();
    let found = counts.and_then(|counts| testing::concentrated(&counts, asked.share));
    Ok(Evidence::Concentration { measure, asked, found })
}

pub(super) fn highest<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    asked: &'a Highest,
) -> Result<Evidence<'a>, ObservedError> {
    let mut places = Vec::new();
    let mut table = Vec::new();
    let mut all = Vec::new();
    let mut missing = None;
    for candidate in observed.places_within(asked.level, &observed.partnership.areas)? {
        let months = Months::of(observed, &measure.numerator, candidate, &asked.period)?;
        let residents = observed.residents(measure, candidate)?;
        missing = missing.or(months.unknown());
        let counts: Vec<u64> = months.counts.iter().filter_map(|(_, n)| *n).collect();
        places.push((candidate, counts.iter().sum(), residents));
        table.push((counts, residents as f64));
        all.push(months);
    }
    let test = missing.map_or_else(|| testing::ranking(&table), |why| Err(NotTested(why)));
    // Only the first two are named.
    let test = test.and_then(|(raw, first, second)| {
        all[first].for_a_test()?;
        all[second].for_a_test()?;
        Ok((raw, first, second))
    });
    Ok(Evidence::Highest { measure, level: asked.level, period: &asked.period, places, test })
}

pub(super) fn against_others<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    period: &'a Period,
    areas: &[AreaCode],
) -> Result<Evidence<'a>, ObservedError> {
    let others = declared(observed, areas)?;
    let here_months = Months::of(observed, &measure.numerator, place, period)?;
    let here_residents = observed.residents(measure, place)?;
    let there_months = Months::of_all(observed, &measure.numerator, others.clone(), period)?;
    let mut there_residents = 0;
    for other in &others {
        there_residents += observed.residents(measure, other)?;
    }
    let test = here_months.for_a_test().and_then(|here| {
        let there = there_months.for_a_test()?;
        testing::difference(
            (&here, here_residents as f64),
            (&there, there_residents as f64),
            measure.equivalence_margin,
        )
    });
    Ok(Evidence::Against {
        measure,
        place,
        period,
        others,
        here: (here_months.total(), here_residents),
        there: (there_months.total(), there_residents),
        test,
    })
}
