use std::collections::BTreeMap;

use approx::{assert_abs_diff_eq, assert_relative_eq};
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::displacement::{
    BeforeAfter, DisplacementError, DisplacementWarning, Reading, Role, Time, Verdict,
    displacement_difference, displacement_quotient,
};

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    months: BTreeMap<String, [Vec<u64>; 2]>,
    difference: f64,
    standard_error: f64,
    df: usize,
    standard_error_plain: f64,
    p: f64,
    proportional: [f64; 3],
    quotients: Vec<Quotient>,
}

#[derive(Deserialize)]
struct Quotient {
    counts: [u64; 6],
    target: [f64; 3],
    buffer: [f64; 3],
}

fn counts(before: u64, after: u64) -> BeforeAfter {
    BeforeAfter::counts(before, after)
}

#[test]
fn the_difference_of_the_paper() {
    // Wheeler and Ratcliffe (2018), by hand: 70 - 100 less 98 - 100 is -28, the root of 368 is 19.183.
    let found = displacement_difference(counts(100, 70), counts(100, 98), None, 0.05).unwrap();
    assert_abs_diff_eq!(found.difference, -28.0);
    assert_abs_diff_eq!(found.standard_error.value, 19.183, epsilon = 0.0005);
    assert_abs_diff_eq!(found.z, -1.460, epsilon = 0.0005);
    assert_eq!(found.verdict, Verdict::CannotTell);
    assert_eq!(found.n_events, 368);
}

#[test]
fn the_quotient_of_the_paper() {
    // Bowers and Johnson (2003), by hand: (84/400 - 80/400) / (70/400 - 100/400) is -0.133.
    let found = displacement_quotient(counts(100, 70), counts(80, 84), counts(400, 400)).unwrap();
    assert_abs_diff_eq!(found.quotient.unwrap(), -0.133, epsilon = 0.0005);
    assert_eq!(found.reading, Some(Reading::PartialDisplacement));
    assert!(!found.can_tell, "four more in the buffer are no more than chance");
}

#[test]
fn a_target_that_did_no_better_has_nothing_to_move() {
    let found = displacement_quotient(counts(100, 100), counts(90, 95), counts(300, 270)).unwrap();
    assert!(found.target.change > 0.0);
    assert_eq!((found.quotient, found.reading, found.can_tell), (None, None, false));
}

#[test]
fn agrees_with_scipy_and_statsmodels() {
    // benches/peers/comparison.py, displacement: φ of each area by statsmodels' Poisson GLM.
    let peers: Peers = peers::read("displacement");
    let area = |role, name: &str| {
        let [before, after] = &peers.months[name];
        BeforeAfter::months(role, before, after).unwrap()
    };
    let buffers = [area(Role::Buffer, "buffer"), area(Role::BufferControl, "buffer_control")];
    let (target, control) = (area(Role::Target, "target"), area(Role::Control, "control"));
    let found = displacement_difference(target, control, Some(buffers), 0.05).unwrap();
    assert_relative_eq!(found.difference, peers.difference);
    assert_relative_eq!(found.standard_error.value, peers.standard_error, max_relative = 1e-8);
    assert_relative_eq!(
        found.standard_error_plain,
        peers.standard_error_plain,
        max_relative = 1e-12
    );
    assert_eq!(found.standard_error.degrees_of_freedom, Some(peers.df));
    assert_relative_eq!(found.p_value, peers.p, max_relative = 1e-7);
    let other = found.proportional.unwrap();
    assert_relative_eq!(other.difference, peers.proportional[0], max_relative = 1e-10);
    assert_relative_eq!(other.standard_error.value, peers.proportional[1], max_relative = 1e-8);
    assert_relative_eq!(other.p_value, peers.proportional[2], max_relative = 1e-7);
    for Quotient { counts: [a0, a1, b0, b1, c0, c1], target, buffer } in peers.quotients {
        let found = displacement_quotient(counts(a0, a1), counts(b0, b1), counts(c0, c1)).unwrap();
        for (found, [change, lower, upper]) in [(found.target, target), (found.buffer, buffer)] {
            assert_relative_eq!(found.change, change, max_relative = 1e-10, epsilon = 1e-12);
            assert_relative_eq!(found.interval.lower, lower, max_relative = 1e-8);
            assert_relative_eq!(found.interval.upper, upper, max_relative = 1e-8);
        }
    }
}

#[test]
fn readings_follow_the_quotient() {
    let read = |buffer| {
        displacement_quotient(counts(100, 80), counts(100, buffer), counts(100, 100))
            .unwrap()
            .reading
    };
    assert_eq!(
        [70, 90, 100, 110, 120, 140].map(|buffer| read(buffer).unwrap()),
        [
            Reading::DiffusionBeyondTheEffect,
            Reading::Diffusion,
            Reading::NoChange,
            Reading::PartialDisplacement,
            Reading::FullDisplacement,
            Reading::NetHarm
        ]
    );
    let sure = displacement_quotient(counts(400, 200), counts(400, 600), counts(900, 900)).unwrap();
    assert!(sure.can_tell);
}

#[test]
fn what_cannot_be_compared_is_refused_and_what_is_doubtful_said() {
    let quotient =
        |target, buffer, control| displacement_quotient(target, buffer, control).unwrap_err();
    let error = quotient(counts(10, 5), counts(10, 9), counts(10, 0));
    assert_eq!(error, DisplacementError::NoEvents { area: Role::Control, period: Time::After });
    assert_eq!(error.to_string(), "the control had no events after: no quotient can be taken");
    let none = displacement_difference(counts(0, 0), counts(0, 0), None, 0.05);
    assert_eq!(none, Err(DisplacementError::Nothing));
    let months = BeforeAfter::months(Role::Buffer, &[1, 2, 3], &[1, 2]);
    assert_eq!(months, Err(DisplacementError::Months { area: Role::Buffer, before: 3, after: 2 }));
    let found = displacement_difference(counts(10, 4), counts(5, 5), None, 0.05).unwrap();
    assert_eq!(
        found.warnings,
        [
            DisplacementWarning::UnlikeCounts { area: Role::Target, ratio: 2.0 },
            DisplacementWarning::FewEvents { events: 24 },
            DisplacementWarning::NoDispersion { area: Role::Target },
            DisplacementWarning::NoDispersion { area: Role::Control },
        ]
    );
}

/// Twelve months before and after in four areas, all changed by the same factor.
fn drawn(truth: &mut Truth, mean: f64, dispersion: f64, factor: f64) -> [[Vec<u64>; 2]; 4] {
    std::array::from_fn(|_| {
        [1.0, factor].map(|by| {
            let season = |m: u32| 1.0 + 0.25 * (f64::from(m) / 12.0 * std::f64::consts::TAU).cos();
            (0..12).map(|m| truth.count(mean * season(m) * by, dispersion)).collect()
        })
    })
}

const ROLES: [Role; 4] = [Role::Target, Role::Control, Role::Buffer, Role::BufferControl];

fn found_change(series: &[[Vec<u64>; 2]; 4], with_months: bool, with_buffer: bool) -> bool {
    let areas: Vec<BeforeAfter> = series
        .iter()
        .zip(ROLES)
        .map(|([before, after], role)| {
            if with_months {
                BeforeAfter::months(role, before, after).unwrap()
            } else {
                counts(before.iter().sum(), after.iter().sum())
            }
        })
        .collect();
    let buffer = with_buffer.then(|| [areas[2], areas[3]]);
    let found = displacement_difference(areas[0], areas[1], buffer, 0.05).unwrap();
    found.verdict != Verdict::CannotTell
}

#[test]
fn false_alarms_of_the_difference() {
    for (mean, dispersion) in [(10.0, 1.0), (10.0, 3.0), (2.0, 1.5)] {
        for with_buffer in [false, true] {
            let mut truth = Truth::new(2_018);
            let [mut plain, mut with_months] = [Tally::default(), Tally::default()];
            for _ in 0..3_000 {
                let series = drawn(&mut truth, mean, dispersion, 0.9);
                plain.note(found_change(&series, false, with_buffer));
                with_months.note(found_change(&series, true, with_buffer));
            }
            let name = format!("WDD, {mean} a month, φ of {dispersion}, buffer {with_buffer}");
            with_months.at_most(&format!("{name}, months given"), 0.05);
            if dispersion > 1.0 {
                plain.above(&format!("{name}, counts alone"), 0.05);
            } else {
                plain.at_most(&format!("{name}, counts alone"), 0.05);
            }
        }
    }
}

#[test]
fn an_unlike_control_deceives_the_published_difference_and_not_the_verdict() {
    // Both fell by a tenth, and the control has four times the events.
    let mut truth = Truth::new(4);
    let [mut published, mut verdicts] = [Tally::default(), Tally::default()];
    for _ in 0..2_000 {
        let [b, a, cb, ca] = [200.0, 180.0, 800.0, 720.0].map(|mean| truth.count(mean, 1.0));
        let found = displacement_difference(counts(b, a), counts(cb, ca), None, 0.05).unwrap();
        published.note(found.p_value <= 0.05);
        verdicts.note(found.verdict != Verdict::CannotTell);
        let warned =
            |w: &DisplacementWarning| matches!(w, DisplacementWarning::UnlikeCounts { .. });
        assert!(found.warnings.iter().any(warned));
    }
    published.above("WDD, control of four times the events, both fell by 10%, as published", 0.2);
    verdicts.at_most("WDD, control of four times the events, both fell by 10%, verdict", 0.05);
}

#[test]
fn a_fall_by_a_third_is_found_this_often() {
    for (mean, dispersion, nominal) in [(10.0, 1.0, 0.2), (30.0, 3.0, 0.3)] {
        let mut truth = Truth::new(3);
        let mut found = Tally::default();
        for _ in 0..1_000 {
            let mut series = drawn(&mut truth, mean, dispersion, 1.0);
            series[0][1] = drawn(&mut truth, mean * 2.0 / 3.0, dispersion, 1.0)[0][0].clone();
            found.note(found_change(&series, true, false));
        }
        found.above(
            &format!("WDD, power, {mean} a month, φ of {dispersion}, fall of a third"),
            nominal,
        );
    }
}

#[test]
fn the_quotient_seldom_tells_what_is_not_there() {
    let mut truth = Truth::new(2_003);
    let mut told = Tally::default();
    for _ in 0..3_000 {
        let [a0, a1, b0, b1] = [100.0; 4].map(|mean| truth.count(mean, 1.0));
        let control = [400.0; 2].map(|mean| truth.count(mean, 1.0));
        let found =
            displacement_quotient(counts(a0, a1), counts(b0, b1), counts(control[0], control[1]));
        told.note(found.unwrap().can_tell);
    }
    told.at_most("WDQ, nothing changed, reading given", 0.05);
}

#[test]
fn generated_months() {
    let peers: Peers = peers::read("displacement");
    let area = |role, name: &str| {
        let [before, after] = &peers.months[name];
        BeforeAfter::months(role, before, after).unwrap()
    };
    let (target, control) = (area(Role::Target, "target"), area(Role::Control, "control"));
    let buffer = area(Role::Buffer, "buffer");
    let found = displacement_difference(target, control, None, 0.05).unwrap();
    let moved = displacement_quotient(target, buffer, control).unwrap();
    let line = format!(
        "{:.0} ({:.1} to {:.1}), p {:.4}, {:?}; quotient {:.3}, {:?}, told {}",
        found.difference,
        found.interval.lower,
        found.interval.upper,
        found.p_value,
        found.verdict,
        moved.quotient.unwrap(),
        moved.reading.unwrap(),
        moved.can_tell
    );
    insta::assert_snapshot!(line, @"-59 (-152.7 to 34.7), p 0.2026, CannotTell; quotient -1.831, NetHarm, told false");
}

proptest! {
    #[test]
    fn exchanging_the_periods_turns_the_sign(c in prop::collection::vec(1u64..500, 4)) {
        let there = displacement_difference(counts(c[0], c[1]), counts(c[2], c[3]), None, 0.05).unwrap();
        let back = displacement_difference(counts(c[1], c[0]), counts(c[3], c[2]), None, 0.05).unwrap();
        prop_assert!((there.difference + back.difference).abs() < 1e-9);
        prop_assert!((there.p_value - back.p_value).abs() < 1e-12);
        prop_assert_eq!(there.interval.contains(0.0), there.p_value > 0.05);
    }
}
