//! Brings together what a claim's question needs: counts, populations and the raw test.

use std::borrow::Cow;

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};
use wardmote_stats::displacement::DisplacementQuotient;
use wardmote_stats::season::SeasonalProfile;
use wardmote_stats::share_periods::Part;

use super::months::{Months, Total};
use crate::declarations::{
    Action, Ask, Claim, Compare, Form, Highest, Share, Spike, StatisticOf, SurveyQuestion,
};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place, Published};
use crate::take::{NotKnown, Taken, take};
use crate::testing::{self, NotTested, RawTest, SpikeFound};

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
    Spike {
        measure: &'a Measure,
        place: &'a Place,
        asked: &'a Spike,
        test: Result<Box<(RawTest, SpikeFound)>, NotTested>,
    },
    Action {
        measure: &'a Measure,
        asked: &'a Action,
        areas: [ActionArea<'a>; 3],
        test: Result<Box<(RawTest, DisplacementQuotient)>, NotTested>,
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

/// Target, surroundings or control of an action, with its events before and after.
#[derive(Debug)]
pub(super) struct ActionArea<'a> {
    pub(super) place: &'a Place,
    pub(super) before: Total,
    pub(super) after: Total,
}

/// A question of a survey in the lake, as it was asked.
#[derive(Debug)]
pub(crate) struct SurveyOf<'a> {
    pub(crate) asked: &'a SurveyQuestion,
    pub(crate) wave: String,
    pub(crate) text: String,
}

impl Evidence<'_> {
    /// Whether all that it counts is of open sources.
    pub(super) fn is_open(&self, observed: &Observed) -> bool {
        let of =
            |measure: &Measure| !measure.sources().iter().any(|one| observed.is_controlled(one));
        match self {
            Self::Value { measure, .. }
            | Self::Change { measure, .. }
            | Self::ShareChange { measure, .. }
            | Self::Trend { measure, .. }
            | Self::Season { measure, .. }
            | Self::Spike { measure, .. }
            | Self::Action { measure, .. }
            | Self::Against { measure, .. }
            | Self::Highest { measure, .. } => of(measure),
            Self::Together { measure, with, .. } => of(measure) && of(with),
            Self::Published { asked, .. } => !observed.is_controlled(&asked.source),
            Self::Share { of: Some(survey), .. } => !observed.is_controlled(&survey.asked.source),
            Self::Share { of: None, .. } => true,
        }
    }

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
            Self::Spike { test, .. } => {
                test.as_ref().map(|found| found.0.clone()).map_err(Clone::clone)
            }
            Self::Action { test, .. } => {
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
                .and_then(|()| earlier.for_a_test())
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
            let months = Months::of(observed, &measure.numerator, place, &over.period)?;
            let test = months.for_a_run().and_then(|(times, counts, of_year)| {
                testing::drift(&times, &counts, &of_year, measure.equivalence_margin)
            });
            Evidence::Trend { measure, place, period: &over.period, test }
        }
        Ask::Season(over) => {
            let months = Months::of(observed, &measure.numerator, place, &over.period)?;
            let test = months.show_months_of_the_year().and_then(|()| months.for_a_run()).and_then(
                |(times, counts, of_year)| testing::seasonality(&times, &counts, &of_year),
            );
            Evidence::Season { measure, place, period: &over.period, test: test.map(Box::new) }
        }
        Ask::Spike(asked) => spike(observed, measure, place, asked)?,
        Ask::Action(asked) => action(observed, measure, asked)?,
        Ask::Together(asked) => {
            let (period, with) = (&asked.period, observed.measure(&asked.with)?);
            let first = Months::of(observed, &measure.numerator, place, period)?;
            let second = Months::of(observed, &with.numerator, place, period)?;
            let test = first
                .for_a_test()
                .and_then(|first| Ok((first, second.for_a_test()?)))
                .and_then(|(first, second)| testing::tie(&first, &second));
            Evidence::Together { measure, with, place, period, test }
        }
        Ask::Against(against) => {
            against_others(observed, measure, place, &against.period, &against.areas)?
        }
        Ask::Highest(highest) => highest_of(observed, measure, highest)?,
        Ask::Share(_) | Ask::Survey(_) | Ask::Statistic(_) => {
            unreachable!("what has no measure was answered above")
        }
    })
}

fn spike<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    place: &'a Place,
    asked: &'a Spike,
) -> Result<Evidence<'a>, ObservedError> {
    let (first, last) = (asked.period.first(), asked.until.unwrap_or(asked.period.last()));
    // The declaration sees to the order of its months.
    let Ok(whole) = Period::run(asked.since, last) else {
        let test = Err(NotTested("its months are not in order".into()));
        return Ok(Evidence::Spike { measure, place, asked, test });
    };
    let months = Months::of(observed, &measure.numerator, place, &whole)?;
    let watched = first.index() - asked.since.index();
    let watched = watched.unsigned_abs() as usize;
    let watched = watched..watched + asked.period.n_months();
    let test = months.for_a_test().and_then(|counts| testing::spike(&counts, watched));
    let test = test.and_then(|(raw, found)| {
        let month = asked.since.plus(i32::try_from(found.index).unwrap_or(i32::MAX));
        months.show(&|one| one == month).map_err(|why| NotTested(why.0))?;
        Ok(Box::new((raw, found)))
    });
    Ok(Evidence::Spike { measure, place, asked, test })
}

fn action<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    asked: &'a Action,
) -> Result<Evidence<'a>, ObservedError> {
    let months = |code| -> Result<_, ObservedError> {
        let place = observed.place(code)?;
        let of = |period| Months::of(observed, &measure.numerator, place, period);
        Ok((place, of(&asked.before)?, of(&asked.after)?))
    };
    let all = [months(&asked.target)?, months(&asked.around)?, months(&asked.control)?];
    let counts = |(_, before, after): &(&Place, Months<'_>, Months<'_>)| {
        Ok::<_, NotTested>([before.for_a_test()?, after.for_a_test()?])
    };
    let test =
        observed.dates_suffice(&measure.numerator.source).map_err(NotTested).and_then(|()| {
            let [target, around, control] = &all;
            let (target, around, control) = (counts(target)?, counts(around)?, counts(control)?);
            testing::action(slices(&target), slices(&around), slices(&control)).map(Box::new)
        });
    let areas = all.map(|(place, before, after)| ActionArea {
        place,
        before: before.total(),
        after: after.total(),
    });
    Ok(Evidence::Action { measure, asked, areas, test })
}

fn slices([before, after]: &[Vec<u64>; 2]) -> [&[u64]; 2] {
    [before, after]
}

fn highest_of<'a>(
    observed: &'a Observed,
    measure: &'a Measure,
    highest: &'a Highest,
) -> Result<Evidence<'a>, ObservedError> {
    let mut places = Vec::new();
    let mut table = Vec::new();
    let mut all = Vec::new();
    let mut missing = None;
    for candidate in observed.places_within(highest.level, &observed.partnership.areas)? {
        let months = Months::of(observed, &measure.numerator, candidate, &highest.period)?;
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
    Ok(Evidence::Highest { measure, period: &highest.period, places, test })
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
        let (with, of) = (with.for_a_test()?, of.for_a_test()?);
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
    let fewest = observed.fewest_respondents(&asked.source);
    let respondents = here.respondents.min(rest.respondents);
    if respondents < fewest {
        let source_id = asked.source.clone();
        return Err(ObservedError::TooFewRespondents { source_id, fewest });
    }
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
