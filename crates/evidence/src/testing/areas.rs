//! Areas against one another: two rates, the highest of many, one among its kind, and its rank.

use std::collections::BTreeMap;

use wardmote_domain::claim::Question;
use wardmote_stats::dispersion::{Dispersion, dispersion_over_areas};
use wardmote_stats::funnel::{
    FEWEST_AREAS_FOR_OVERDISPERSION, Funnel, FunnelError, Overdispersion, Target, funnel_of_rates,
    funnel_of_shares,
};
use wardmote_stats::interval::{Confidence, Interval};
use wardmote_stats::rank_intervals::rank_intervals;
use wardmote_stats::rates::{Exposure, rate_ratio};
use wardmote_stats::share_periods::Part;
use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::concentration::{Concentration, concentration};
use wardmote_stats::{equivalence, ranks};

use super::{ALPHA, NotTested, RawTest, Unit};

/// An area's events by month, and its residents.
pub(crate) type OfAreas = (Vec<u64>, f64);

/// The parameter that holds the lowest rank which the leading area could have.
pub(crate) const LOWEST_RANK: &str = "lowest_rank";

/// The rate here against the rate elsewhere. `here` and `there` hold the same months, from which the
/// dispersion is estimated.
pub fn difference(
    here: (&[u64], f64),
    there: (&[u64], f64),
    margin: Option<f64>,
) -> Result<RawTest, NotTested> {
    let dispersion = dispersion_over_areas(&[here.0.to_vec(), there.0.to_vec()])?;
    let exposure =
        |(months, population): (&[u64], f64)| Exposure { events: months.iter().sum(), population };
    let (a, b) = (exposure(here), exposure(there));
    let found = rate_ratio(a, b, dispersion)?;
    let equivalence_p = margin
        .map(|margin| {
            equivalence::equivalent_ratio(found.ratio.ln(), found.standard_error, margin, ALPHA)
                .map(|e| e.p_value)
        })
        .transpose()?;
    Ok(RawTest {
        question: Question::Difference,
        method:
            "rate ratio, overdispersion-adjusted (log-linear model with month and area effects)"
                .into(),
        estimate: found.ratio,
        unit: Unit::Plain,
        interval: found.interval,
        upward: found.ratio > 1.0,
        z: Some(found.z),
        p: found.p_value,
        equivalence_p,
        fewest_events: a.events.min(b.events),
        parameters: BTreeMap::from([
            ("pearson_phi".to_owned(), dispersion.pearson_phi),
            ("dispersion_used".to_owned(), dispersion.used),
        ]),
    })
}

/// Which area has the highest rate? Returns the positions of the first and the second.
pub fn ranking(areas: &[OfAreas]) -> Result<(RawTest, usize, usize), NotTested> {
    let (exposures, dispersion) = (exposures(areas), dispersion_among(areas)?);
    let found = ranks::highest(&exposures, dispersion)?;
    let (first, second) = (exposures[found.area_index], exposures[found.runner_up_index]);
    let ratio = rate_ratio(first, second, dispersion)?;
    let ranks = rank_intervals(&exposures, dispersion, Confidence::P95)?;
    let leader = &ranks.areas[found.area_index];
    let raw = RawTest {
        question: Question::Highest,
        method: "highest rate against every other, overdispersion-adjusted, largest p of all pairs"
            .into(),
        estimate: ratio.ratio,
        unit: Unit::Plain,
        interval: ratio.interval,
        upward: true,
        z: None,
        p: found.p_value,
        equivalence_p: None,
        fewest_events: first.events.min(second.events),
        parameters: BTreeMap::from([
            ("areas".to_owned(), areas.len() as f64),
            (LOWEST_RANK.to_owned(), leader.upper as f64),
            ("dispersion_used".to_owned(), dispersion.used),
        ]),
    };
    Ok((raw, found.area_index, found.runner_up_index))
}

/// The ranks that an area could have by its rate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ranked {
    /// Its place, counted from the highest rate.
    pub rank: usize,
    /// The best and the last rank of a 95% interval that holds for all areas at once.
    pub interval: (usize, usize),
    /// How many areas are ranked.
    pub of: usize,
}

/// The rank of one of the areas, with the ranks that it could have.
pub(crate) fn rank(areas: &[OfAreas], here: usize) -> Result<Ranked, NotTested> {
    let found = all_ranks(areas)?;
    found.get(here).copied().ok_or_else(|| NotTested("the area is none of them".into()))
}

/// The ranks of all areas, in the order given.
pub(crate) fn all_ranks(areas: &[OfAreas]) -> Result<Vec<Ranked>, NotTested> {
    let found = rank_intervals(&exposures(areas), dispersion_among(areas)?, Confidence::P95)?;
    let ranked = found.areas.iter().map(|area| Ranked {
        rank: area.rank,
        interval: (area.lower, area.upper),
        of: areas.len(),
    });
    Ok(ranked.collect())
}

/// What is usual among areas, for one of the size of the area asked about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Usual {
    /// The value of the area, and of all areas together.
    pub(crate) value: f64,
    pub(crate) all: f64,
    /// Where nineteen of twenty such areas lie: the limits of two standard deviations.
    pub(crate) limits: Interval,
}

/// Events in populations, or parts of wholes.
pub(crate) enum Cells<'a> {
    Rates(&'a [Exposure]),
    Shares(&'a [Part]),
}

/// The funnel of areas, with the spread that areas usually have; under ten areas it has the limits of
/// chance alone, which no claim may rest on.
pub(crate) fn funnel_of(cells: &Cells<'_>) -> Result<Funnel, FunnelError> {
    match cells {
        Cells::Rates(rates) => funnel_of_rates(rates, Target::Pooled, Overdispersion::Add),
        Cells::Shares(shares) => funnel_of_shares(shares, Target::Pooled, Overdispersion::Add),
    }
}

/// Does an area lie outside what is usual among areas of its kind?
pub(crate) fn funnel(cells: &Cells<'_>, here: usize) -> Result<(RawTest, Usual), NotTested> {
    let (n_areas, fewest_events) = match cells {
        Cells::Rates(rates) => (rates.len(), rates.get(here).map_or(0, |area| area.events)),
        Cells::Shares(shares) => {
            (shares.len(), shares.get(here).map_or(0, |part| part.with.min(part.of - part.with)))
        }
    };
    if n_areas < FEWEST_AREAS_FOR_OVERDISPERSION {
        return Err(NotTested(format!(
            "{n_areas} areas say too little about how much areas usually vary; \
             {FEWEST_AREAS_FOR_OVERDISPERSION} are needed"
        )));
    }
    let found = funnel_of(cells)?;
    let none = || NotTested("the area is none of them".into());
    let area = found.areas.get(here).ok_or_else(none)?;
    let interval = found.interval_of(here, Confidence::P95).ok_or_else(none)?;
    let raw = RawTest {
        question: Question::Difference,
        method: "funnel of all areas, with a variance between areas added (Student's t on the scale of roots)"
            .into(),
        estimate: area.value / found.target,
        unit: Unit::Plain,
        interval: Interval {
            lower: interval.lower / found.target,
            upper: interval.upper / found.target,
        },
        upward: area.value > found.target,
        z: Some(area.z),
        p: area.p_value,
        equivalence_p: None,
        fewest_events,
        parameters: BTreeMap::from([
            ("areas".to_owned(), n_areas as f64),
            ("z_by_chance_alone".to_owned(), area.z_plain),
            ("tau_squared".to_owned(), found.tau_squared.unwrap_or_default()),
        ]),
    };
    Ok((raw, Usual { value: area.value, all: found.target, limits: area.limits_2sd }))
}

/// Random arrangements are the same on every run.
pub(crate) const ARRANGEMENTS: PermutationSettings =
    PermutationSettings { permutations: 999, seed: 1, level: ALPHA };

/// In how few areas a share of the events is, beside what chance would give.
pub(crate) fn concentrated(counts: &[u64], share: f64) -> Result<Concentration, NotTested> {
    Ok(concentration(counts, &[share], ARRANGEMENTS)?)
}

fn exposures(areas: &[OfAreas]) -> Vec<Exposure> {
    let of = |(months, population): &OfAreas| Exposure {
        events: months.iter().sum(),
        population: *population,
    };
    areas.iter().map(of).collect()
}

/// How much more than chance the areas' months vary; areas without events say nothing of it.
fn dispersion_among(areas: &[OfAreas]) -> Result<Dispersion, NotTested> {
    let months = areas.iter().map(|(months, _)| months.clone());
    let table: Vec<Vec<u64>> = months.filter(|months| months.iter().any(|n| *n > 0)).collect();
    Ok(dispersion_over_areas(&table)?)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn areas(events: &[u64]) -> Vec<Exposure> {
        events.iter().map(|&events| Exposure { events, population: 5_000.0 }).collect()
    }

    #[test]
    fn nine_areas_are_too_few_for_what_is_usual() {
        let why = funnel(&Cells::Rates(&areas(&[100; 9])), 0).unwrap_err();
        assert!(why.0.contains("9 areas say too little") && why.0.contains("10 are needed"));
    }

    #[test]
    fn an_area_that_stands_out_is_above_what_is_usual() {
        let mut events: Vec<u64> = (0..20).map(|k| 480 + 11 * (k % 5)).collect();
        events[7] = 900;
        let (raw, usual) = funnel(&Cells::Rates(&areas(&events)), 7).unwrap();
        assert!(raw.p < 0.001 && raw.upward && raw.interval.lower > 1.0, "{raw:?}");
        assert!(usual.value > usual.limits.upper && usual.limits.contains(usual.all));
        let (raw, usual) = funnel(&Cells::Rates(&areas(&events)), 8).unwrap();
        assert!(raw.p > 0.05 && usual.limits.contains(usual.value), "{raw:?}");
        let shares: Vec<Part> = events.iter().map(|&with| Part { with, of: 2_000 }).collect();
        let (raw, usual) = funnel(&Cells::Shares(&shares), 7).unwrap();
        assert!(raw.p < 0.001 && (usual.value - 0.45).abs() < 1e-12, "{raw:?}");
    }

    #[test]
    fn the_leader_has_a_lowest_rank_where_it_is_not_told_apart() {
        let months = |a_month: u64| (vec![a_month, a_month + 9, a_month + 2, a_month + 5], 5_000.0);
        let close = [months(100), months(101), months(60), months(20)];
        let (raw, first, _) = ranking(&close).unwrap();
        let ranked = rank(&close, first).unwrap();
        assert_eq!((first, raw.parameters[LOWEST_RANK]), (1, 2.0));
        assert_eq!((ranked.rank, ranked.interval, ranked.of), (1, (1, 2), 4));
        assert_eq!(rank(&close, 3).unwrap().interval, (4, 4));
    }

    proptest! {
        #[test]
        fn a_rank_lies_in_its_interval(
            totals in proptest::collection::vec(0_u64..400, 2..12),
            here: prop::sample::Index,
        ) {
            let table: Vec<OfAreas> =
                totals.iter().map(|n| (vec![*n, n / 2, n + 3, n / 3 + 1], 4_000.0)).collect();
            let here = here.index(table.len());
            if let Ok(found) = rank(&table, here) {
                prop_assert!((found.interval.0..=found.interval.1).contains(&found.rank));
                prop_assert!(found.interval.1 <= found.of);
            }
        }
    }
}
