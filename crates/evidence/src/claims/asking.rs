//! Brings together what a claim's question needs: counts, populations and the raw test.

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};
use wardmote_stats::season::SeasonalProfile;

use crate::declarations::{Ask, Claim, Form, Share};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
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
        count: Total,
        base: Option<Total>,
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
        known: u64,
        test: Result<RawTest, NotTested>,
    },
    Season {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        known: u64,
        test: Result<(RawTest, SeasonalProfile), NotTested>,
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
        share: &'a Share,
        place: &'a Place,
        test: Result<RawTest, NotTested>,
    },
}

impl Evidence<'_> {
    /// The claim's test for the family; a plain value has none.
    pub(super) fn test(&self) -> Option<Result<RawTest, NotTested>> {
        Some(match self {
            Self::Value { .. } => return None,
            Self::Change { test, .. }
            | Self::Trend { test, .. }
            | Self::Against { test, .. }
            | Self::Share { test, .. } => test.clone(),
            Self::Season { test, .. } => test.clone().map(|(raw, _)| raw),
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
    if let Ask::Share(share) = &claim.ask {
        return Ok(Evidence::Share { share, place, test: testing::survey_share(share) });
    }
    let measure = observed.measure(claim.measure.as_deref().unwrap_or_default())?;
    Ok(match &claim.ask {
        Ask::Value(value) => {
            let base = match (value.form, &measure.share_of) {
                (Form::Share, Some(whole)) => Some(observed.total(whole, place, &value.period)?),
                (Form::Rate, _) => Some(Ok(observed.residents(measure, place)?)),
                _ => None,
            };
            let count = observed.total(&measure.numerator, place, &value.period)?;
            Evidence::Value { measure, place, period: &value.period, form: value.form, count, base }
        }
        Ask::Compare(compare) => {
            let later = observed.monthly(&measure.numerator, place, &compare.period)?;
            let earlier = observed.monthly(&measure.numerator, place, &compare.with)?;
            let test = by_month_of_year(&earlier)
                .and_then(|earlier| Ok((earlier, by_month_of_year(&later)?)))
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
            Evidence::Trend {
                measure,
                place,
                period: &over.period,
                known: counts.iter().sum(),
                test,
            }
        }
        Ask::Season(over) => {
            let months = observed.monthly(&measure.numerator, place, &over.period)?;
            let (_, counts, of_year) = known_months(&months);
            let test = if counts.len() == months.len() {
                testing::seasonality(&counts, &of_year)
            } else {
                Err(unknown(&months))
            };
            Evidence::Season {
                measure,
                place,
                period: &over.period,
                known: counts.iter().sum(),
                test,
            }
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
        Ask::Share(_) => unreachable!("a share was answered above"),
    })
}

fn against_others<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    period: &'a Period,
    areas: &[AreaCode],
) -> Result<Evidence<'a>, ObservedError> {
    let codes = if areas.is_empty() { &observed.partnership.peers } else { areas };
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

fn unknown(months: &[(Month, Option<u64>)]) -> NotTested {
    let missing: Vec<Month> =
        months.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
    NotTested(not_known(&missing, months.len()))
}

/// Which months are not known, in words.
pub(super) fn not_known(missing: &[Month], of: usize) -> String {
    match missing {
        [only] => format!("{} is not known, because its file has not come", only.in_words()),
        [first, .., last] => format!(
            "{} of {of} months are not known, because their files have not come ({} to {})",
            missing.len(),
            first.in_words(),
            last.in_words()
        ),
        [] => String::new(),
    }
}

/// The counts of a period in the order of the calendar, so that two periods pair January with January.
fn by_month_of_year(months: &[(Month, Option<u64>)]) -> Result<Vec<u64>, NotTested> {
    let counts = all_known(months)?;
    let mut keyed: Vec<(u8, i32, u64)> = months
        .iter()
        .zip(counts)
        .map(|((month, _), n)| (month.month_of_year(), month.index(), n))
        .collect();
    // Whole years that start in different months are brought into one order; others already are.
    if months.len().is_multiple_of(12) {
        keyed.sort_by_key(|(of_year, index, _)| ((*index - i32::from(*of_year)), *of_year));
    }
    Ok(keyed.into_iter().map(|(.., n)| n).collect())
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
