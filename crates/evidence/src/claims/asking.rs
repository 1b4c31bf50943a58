//! Brings together what a claim's question needs: counts, populations and the raw test.

use std::borrow::Cow;

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};
use wardmote_stats::season::SeasonalProfile;
use wardmote_stats::share_periods::Part;

use crate::declarations::{Ask, Claim, Compare, Form, Share, StatisticOf, SurveyQuestion};
use crate::measure::{Measure, Selection};
use crate::observed::{Observed, ObservedError, Place, Published};
use crate::take::{NotKnown, Taken, take, why_missing};
use crate::testing::{self, NotTested, RawTest};

/// A total, or why it is not known.
pub(super) type Total = Result<u64, NotKnown>;

/// Counts by month, of one source.
struct Months<'a> {
    observed: &'a Observed,
    source: &'a str,
    counts: Vec<(Month, Option<u64>)>,
}

impl<'a> Months<'a> {
    fn of(
        observed: &'a Observed,
        selection: &'a Selection,
        place: &Place,
        period: &Period,
    ) -> Result<Self, ObservedError> {
        let counts = observed.monthly(selection, place, period)?;
        Ok(Self { observed, source: &selection.source, counts })
    }

    fn unknown(&self) -> Option<String> {
        let missing: Vec<Month> =
            self.counts.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
        let why = || why_missing(self.observed, self.source, &missing, self.counts.len());
        (!missing.is_empty()).then(why)
    }

    fn total(&self) -> Total {
        let sum = || self.counts.iter().filter_map(|(_, n)| *n).sum();
        self.unknown().map_or_else(|| Ok(sum()), |why| Err(NotKnown(why)))
    }

    fn all_known(&self) -> Result<Vec<u64>, NotTested> {
        let counts = || self.counts.iter().filter_map(|(_, n)| *n).collect();
        self.unknown().map_or_else(|| Ok(counts()), |why| Err(NotTested(why)))
    }

    /// The counts in the order of an earlier period's months of the year, so that April stands
    /// beside April though one year starts in January.
    fn aligned_with(&self, earlier: &Self) -> Result<Vec<u64>, NotTested> {
        let mut counts = self.all_known()?;
        if let (Some((first, _)), Some((start, _))) = (self.counts.first(), earlier.counts.first())
        {
            align(&mut counts, *first, *start);
        }
        Ok(counts)
    }
}

/// What a claim asked, with what the evidence holds for it.
#[derive(Debug)]
pub(super) enum Evidence<'a> {
    Value {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        form: Form,
        taken: Result<Taken, NotKnown>,
    },
    Change {
        measure: &'a Measure,
        place: &'a Place,
        later: (&'a Period, Total),
        earlier: (&'a Period, Total),
        test: Result<RawTest, NotTested>,
    },
    ShareChange {
        measure: &'a Measure,
        place: &'a Place,
        later: (&'a Period, Result<Taken, NotKnown>),
        earlier: (&'a Period, Result<Taken, NotKnown>),
        test: Result<RawTest, NotTested>,
    },
    Trend {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        test: Result<RawTest, NotTested>,
    },
    Season {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        test: Result<Box<(RawTest, SeasonalProfile)>, NotTested>,
    },
    Together {
        measure: &'a Measure,
        with: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        test: Result<RawTest, NotTested>,
    },
    Against {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        others: Vec<&'a Place>,
        here: (Total, u64),
        there: (Total, u64),
        test: Result<RawTest, NotTested>,
    },
    Highest {
        measure: &'a Measure,
        period: &'a Period,
        places: Vec<(&'a Place, u64, u64)>,
        test: Result<(RawTest, usize, usize), NotTested>,
    },
    Published {
        asked: &'a StatisticOf,
        area: AreaCode,
        found: Result<Published, NotKnown>,
    },
    Share {
        share: Cow<'a, Share>,
        /// Where its numbers come from, if they are of a survey in the lake.
        of: Option<SurveyOf<'a>>,
        place: &'a Place,
        test: Result<RawTest, NotTested>,
    },
}

/// A question of a survey in the lake, as it was asked.
#[derive(Debug)]
pub(crate) struct SurveyOf<'a> {
    pub(crate) asked: &'a SurveyQuestion,
    pub(crate) wave: String,
    pub(crate) text: String,
}

impl Evidence<'_> {
    /// The claim's test for the family; a plain value has none.
    pub(super) fn test(&self) -> Option<Result<RawTest, NotTested>> {
        Some(match self {
            Self::Value { .. } | Self::Published { .. } => return None,
            Self::Change { test, .. }
            | Self::ShareChange { test, .. }
            | Self::Trend { test, .. }
            | Self::Together { test, .. }
            | Self::Against { test, .. }
            | Self::Share { test, .. } => test.clone(),
            Self::Season { test, .. } => {
                test.as_ref().map(|found| found.0.clone()).map_err(Clone::clone)
            }
            Self::Highest { test, .. } => test.clone().map(|(raw, ..)| raw),
        })
    }
}

pub(super) fn ask<'a>(
    observed: &'a Observed,
    claim: &'a Claim,
) -> Result<Evidence<'a>, ObservedError> {
    if let Ask::Statistic(asked) = &claim.ask {
        let area = match &claim.area {
            Some(code) => code.clone(),
            None => observed.home()?.code.clone(),
        };
        let found = observed.published(asked, &area)?;
        return Ok(Evidence::Published { asked, area, found });
    }
    let place = match &claim.area {
        Some(code) => observed.place(code)?,
        None => observed.home()?,
    };
    match &claim.ask {
        Ask::Share(share) => {
            let test = testing::survey_share(share);
            return Ok(Evidence::Share { share: Cow::Borrowed(share), of: None, place, test });
        }
        Ask::Survey(asked) => return survey(observed, asked, place),
        _ => {}
    }
    let measure = observed.measure(claim.measure.as_deref().unwrap_or_default())?;
    Ok(match &claim.ask {
        Ask::Value(value) => {
            let (period, form) = (&value.period, value.form);
            let taken = take(observed, measure, place, period, form)?;
            Evidence::Value { measure, place, period, form, taken }
        }
        Ask::Compare(compare) if compare.form == Form::Share => {
            share_change(observed, measure, place, compare)?
        }
        Ask::Compare(compare) => {
            let later = Months::of(observed, &measure.numerator, place, &compare.period)?;
            let earlier = Months::of(observed, &measure.numerator, place, &compare.with)?;
            let unsettled = observed.unsettled(measure, &compare.period)?;
            let test = settled(&unsettled)
                .and_then(|()| earlier.all_known())
                .and_then(|counts| Ok((counts, later.aligned_with(&earlier)?)))
                .and_then(|(earlier, later)| {
                    testing::change(&earlier, &later, measure.equivalence_margin)
                });
            Evidence::Change {
                measure,
                place,
                later: (&compare.period, later.total()),
                earlier: (&compare.with, earlier.total()),
                test,
            }
        }
        Ask::Trend(over) => {
            let months = observed.monthly(&measure.numerator, place, &over.period)?;
            let (times, counts, of_year) = known_months(&months);
            let test = testing::drift(&times, &counts, &of_year, measure.equivalence_margin);
            Evidence::Trend { measure, place, period: &over.period, test }
        }
        Ask::Season(over) => {
            let months = observed.monthly(&measure.numerator, place, &over.period)?;
            let (times, counts, of_year) = known_months(&months);
            let test = testing::seasonality(&times, &counts, &of_year).map(Box::new);
            Evidence::Season { measure, place, period: &over.period, test }
        }
        Ask::Together(asked) => {
            let (period, with) = (&asked.period, observed.measure(&asked.with)?);
            let first = Months::of(observed, &measure.numerator, place, period)?;
            let second = Months::of(observed, &with.numerator, place, period)?;
            let test = first
                .all_known()
                .and_then(|first| Ok((first, second.all_known()?)))
                .and_then(|(first, second)| testing::tie(&first, &second));
            Evidence::Together { measure, with, place, period, test }
        }
        Ask::Against(against) => {
            against_others(observed, measure, place, &against.period, &against.areas)?
        }
        Ask::Highest(highest) => {
            let mut places = Vec::new();
            let mut table = Vec::new();
            let mut missing = None;
            for candidate in observed.places_within(highest.level, &observed.partnership.areas)? {
                let months = Months::of(observed, &measure.numerator, candidate, &highest.period)?;
                let residents = observed.residents(measure, candidate)?;
                match months.all_known() {
                    Ok(counts) => {
                        places.push((candidate, counts.iter().sum(), residents));
                        table.push((counts, residents as f64));
                    }
                    Err(why) => missing = Some(why),
                }
            }
            let test = missing.map_or_else(|| testing::ranking(&table), Err);
            Evidence::Highest { measure, period: &highest.period, places, test }
        }
        Ask::Share(_) | Ask::Survey(_) | Ask::Statistic(_) => {
            unreachable!("what has no measure was answered above")
        }
    })
}

fn share_change<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    compare: &'a Compare,
) -> Result<Evidence<'a>, ObservedError> {
    let whole = measure.whole()?;
    let parts = |period| -> Result<_, ObservedError> {
        let with = Months::of(observed, &measure.numerator, place, period)?;
        Ok((with, Months::of(observed, whole, place, period)?))
    };
    let known = |(with, of): &(Months<'_>, Months<'_>)| -> Result<Vec<Part>, NotTested> {
        let (with, of) = (with.all_known()?, of.all_known()?);
        Ok(with.into_iter().zip(of).map(|(with, of)| Part { with, of }).collect())
    };
    let (earlier, later) = (parts(&compare.with)?, parts(&compare.period)?);
    let unsettled = observed.unsettled(measure, &compare.period)?;
    let test = settled(&unsettled).and_then(|()| {
        testing::share_change(&known(&earlier)?, &known(&later)?, measure.equivalence_margin)
    });
    let taken = |period| take(observed, measure, place, period, Form::Share);
    Ok(Evidence::ShareChange {
        measure,
        place,
        later: (&compare.period, taken(&compare.period)?),
        earlier: (&compare.with, taken(&compare.with)?),
        test,
    })
}

fn survey<'a>(
    observed: &Observed,
    asked: &'a SurveyQuestion,
    place: &'a Place,
) -> Result<Evidence<'a>, ObservedError> {
    let shares = observed.survey_shares(asked, &place.code)?;
    let (here, rest) = (&shares.area, &shares.rest);
    let test = testing::weighted_share(here, rest, asked.equivalence_margin);
    let weight = here.weight + rest.weight;
    let share = Share {
        area: here.share(),
        whole: (here.weight_with + rest.weight_with) / weight,
        respondents: Some(here.respondents as f64),
        respondents_in_whole: Some((here.respondents + rest.respondents) as f64),
        design_effect: test
            .as_ref()
            .ok()
            .and_then(|raw| raw.parameters.get("design_effect").copied()),
        source: asked.source.clone(),
        equivalence_margin: asked.equivalence_margin,
        whole_name: asked.whole_name.clone(),
    };
    let of = Some(SurveyOf { asked, wave: shares.wave, text: shares.text });
    Ok(Evidence::Share { share: Cow::Owned(share), of, place, test })
}

fn against_others<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    period: &'a Period,
    areas: &[AreaCode],
) -> Result<Evidence<'a>, ObservedError> {
    let codes = if areas.is_empty() { &observed.partnership.peers } else { areas };
    if codes.is_empty() {
        return Err(ObservedError::NoOthers);
    }
    let others = codes.iter().map(|code| observed.place(code)).collect::<Result<Vec<_>, _>>()?;
    let here_months = Months::of(observed, &measure.numerator, place, period)?;
    let here_residents = observed.residents(measure, place)?;
    let mut there_months = Months {
        observed,
        source: &measure.numerator.source,
        counts: period.months().map(|month| (month, Some(0))).collect(),
    };
    let mut there_residents = 0;
    for other in &others {
        there_residents += observed.residents(measure, other)?;
        let of_it = observed.monthly(&measure.numerator, other, period)?;
        for (sum, (_, n)) in there_months.counts.iter_mut().zip(of_it) {
            sum.1 = sum.1.zip(n).map(|(a, b)| a + b);
        }
    }
    let test = here_months.all_known().and_then(|here| {
        let there = there_months.all_known()?;
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

/// A change is not tested while outcomes of its later period still come.
fn settled(unsettled: &[Month]) -> Result<(), NotTested> {
    match unsettled.first() {
        None => Ok(()),
        Some(first) => Err(NotTested(format!(
            "outcomes may still come for {} and later months",
            first.in_words()
        ))),
    }
}

fn align(counts: &mut [u64], first: Month, start: Month) {
    let turn = (start.index() - first.index()).rem_euclid(12).unsigned_abs() as usize;
    // Only whole years can start in different months; a declared comparison sees to that.
    for year in counts.chunks_exact_mut(12) {
        year.rotate_left(turn);
    }
}

fn known_months(months: &[(Month, Option<u64>)]) -> (Vec<f64>, Vec<u64>, Vec<u8>) {
    let start = months.first().map_or(0, |(month, _)| month.index());
    let known = months.iter().filter_map(|(month, n)| n.map(|n| (*month, n)));
    let mut columns = (Vec::new(), Vec::new(), Vec::new());
    for (month, n) in known {
        columns.0.push(f64::from(month.index() - start));
        columns.1.push(n);
        columns.2.push(month.month_of_year());
    }
    columns
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: &str, n: i32) -> (Month, Vec<u64>) {
        let first: Month = first.parse().unwrap();
        // Each count is its month of the year, so that pairs can be seen.
        (first, (0..n).map(|k| u64::from(first.plus(k).month_of_year())).collect())
    }

    #[test]
    fn months_of_the_year_are_paired() {
        for ((start, earlier), (first, mut later)) in [
            (run("2022-04", 12), run("2023-04", 12)),
            (run("2022-04", 12), run("2024-01", 12)),
            (run("2021-01", 24), run("2023-04", 24)),
            (run("2023-04", 8), run("2024-04", 8)),
        ] {
            align(&mut later, first, start);
            assert_eq!(later, earlier);
        }
    }
}
