//! Brings together what a claim's question needs: counts, populations and the raw test.

use std::borrow::Cow;

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};
use wardmote_stats::season::SeasonalProfile;

use crate::declarations::{Ask, Claim, Form, Share, SurveyQuestion};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, Taken, months_missing, take};
use crate::testing::{self, NotTested, RawTest};

/// A total, or the months that are not known.
pub(super) type Total = Result<u64, Vec<Month>>;

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
            Self::Value { .. } => return None,
            Self::Change { test, .. }
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
        Ask::Compare(compare) => {
            let later = observed.monthly(&measure.numerator, place, &compare.period)?;
            let earlier = observed.monthly(&measure.numerator, place, &compare.with)?;
            let unsettled = observed.unsettled(measure, &compare.period)?;
            let test = settled(&unsettled)
                .and_then(|()| all_known(&earlier))
                .and_then(|counts| Ok((counts, aligned(&later, &earlier)?)))
                .and_then(|(earlier, later)| {
                    testing::change(&earlier, &later, measure.equivalence_margin)
                });
            Evidence::Change {
                measure,
                place,
                later: (&compare.period, total(&later)),
                earlier: (&compare.with, total(&earlier)),
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
            let first = observed.monthly(&measure.numerator, place, period)?;
            let second = observed.monthly(&with.numerator, place, period)?;
            let test = all_known(&first)
                .and_then(|first| Ok((first, all_known(&second)?)))
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
                let months = observed.monthly(&measure.numerator, candidate, &highest.period)?;
                let residents = observed.residents(measure, candidate)?;
                match all_known(&months) {
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
        Ask::Share(_) | Ask::Survey(_) => unreachable!("shares were answered above"),
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
    let here_months = observed.monthly(&measure.numerator, place, period)?;
    let here_residents = observed.residents(measure, place)?;
    let mut there_months: Vec<(Month, Option<u64>)> =
        period.months().map(|month| (month, Some(0))).collect();
    let mut there_residents = 0;
    for other in &others {
        there_residents += observed.residents(measure, other)?;
        for (sum, (_, n)) in
            there_months.iter_mut().zip(observed.monthly(&measure.numerator, other, period)?)
        {
            sum.1 = sum.1.zip(n).map(|(a, b)| a + b);
        }
    }
    let test = all_known(&here_months).and_then(|here| {
        let there = all_known(&there_months)?;
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
        here: (total(&here_months), here_residents),
        there: (total(&there_months), there_residents),
        test,
    })
}

fn total(months: &[(Month, Option<u64>)]) -> Total {
    let unknown: Vec<Month> =
        months.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
    if unknown.is_empty() { Ok(months.iter().filter_map(|(_, n)| *n).sum()) } else { Err(unknown) }
}

fn all_known(months: &[(Month, Option<u64>)]) -> Result<Vec<u64>, NotTested> {
    months.iter().map(|(_, n)| *n).collect::<Option<Vec<u64>>>().ok_or_else(|| unknown(months))
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

fn unknown(months: &[(Month, Option<u64>)]) -> NotTested {
    let missing: Vec<Month> =
        months.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
    NotTested(months_missing(&missing, months.len()))
}

/// The counts of the later period in the order of the earlier one's months of the year, so that
/// April stands beside April though one year starts in January.
fn aligned(
    later: &[(Month, Option<u64>)],
    earlier: &[(Month, Option<u64>)],
) -> Result<Vec<u64>, NotTested> {
    let mut counts = all_known(later)?;
    if let (Some((first, _)), Some((start, _))) = (later.first(), earlier.first()) {
        let turn = (start.index() - first.index()).rem_euclid(12).unsigned_abs() as usize;
        // Only whole years can start in different months; a declared comparison sees to that.
        for year in counts.chunks_exact_mut(12) {
            year.rotate_left(turn);
        }
    }
    Ok(counts)
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

    fn run(first: &str, n: i32) -> Vec<(Month, Option<u64>)> {
        let first: Month = first.parse().unwrap();
        // Each count is its month of the year, so that pairs can be seen.
        (0..n).map(|k| (first.plus(k), Some(u64::from(first.plus(k).month_of_year())))).collect()
    }

    #[test]
    fn months_of_the_year_are_paired() {
        let of = |months: &[(Month, Option<u64>)]| all_known(months).unwrap();
        for (earlier, later) in [
            (run("2022-04", 12), run("2023-04", 12)),
            (run("2022-04", 12), run("2024-01", 12)),
            (run("2021-01", 24), run("2023-04", 24)),
            (run("2023-04", 8), run("2024-04", 8)),
        ] {
            assert_eq!(aligned(&later, &earlier).unwrap(), of(&earlier));
        }
    }
}
