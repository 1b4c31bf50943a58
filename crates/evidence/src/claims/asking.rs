//! Brings together what a claim's question needs: counts, populations and the raw test.

use std::borrow::Cow;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::{Month, Period};
use wardmote_stats::displacement::DisplacementQuotient;
use wardmote_stats::season::SeasonalProfile;
use wardmote_stats::share_periods::Part;
use wardmote_stats::spatial::concentration::Concentration;

use super::among::{self, Group};
use super::months::{Months, Total};
use crate::declarations::{
    Action, Ask, Claim, Compare, ConcentratedIn, Form, Share, Spike, StatisticOf, SurveyQuestion,
};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place, Published};
use crate::take::{NotKnown, Taken, take};
use crate::testing::{self, NotTested, Ranked, RawTest, SpikeFound, Usual};

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
    Funnel {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        form: Form,
        group: Group<'a>,
        test: Result<(RawTest, Usual), NotTested>,
    },
    Rank {
        measure: &'a Measure,
        place: &'a Place,
        period: &'a Period,
        group: Group<'a>,
        events: Total,
        residents: u64,
        found: Result<Ranked, NotTested>,
    },
    Concentration {
        measure: &'a Measure,
        asked: &'a ConcentratedIn,
        found: Result<Concentration, NotTested>,
    },
    Highest {
        measure: &'a Measure,
        level: AreaLevel,
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
            | Self::Funnel { measure, .. }
            | Self::Rank { measure, .. }
            | Self::Concentration { measure, .. }
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
            Self::Value { .. }
            | Self::Published { .. }
            | Self::Rank { .. }
            | Self::Concentration { .. } => return None,
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
            Self::Funnel { test, .. } => test.clone().map(|(raw, _)| raw),
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
            among::against_others(observed, measure, place, &against.period, &against.areas)?
        }
        Ask::Funnel(asked) => among::funnel(observed, measure, place, asked)?,
        Ask::Rank(asked) => among::rank(observed, measure, place, asked)?,
        Ask::Concentration(asked) => among::concentration(observed, measure, asked)?,
        Ask::Highest(highest) => among::highest(observed, measure, highest)?,
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
