use approx::assert_relative_eq;
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::funnel::{
    Funnel, FunnelError, FunnelLimits, FunnelWarning, Overdispersion, Position, Target,
    funnel_of_rates, funnel_of_shares,
};
use wardmote_stats::interval::Confidence;
use wardmote_stats::rates::Exposure;
use wardmote_stats::share_periods::Part;

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    kind: String,
    count: Vec<u64>,
    size: Vec<u64>,
    target: f64,
    z: Vec<f64>,
    limits: Vec<[f64; 4]>,
    p: Vec<f64>,
    adjusted: Vec<f64>,
    phi_winsorised: f64,
    phi: f64,
    tau_squared: f64,
    df: usize,
    z_multiply: Vec<f64>,
    z_add: Vec<f64>,
    p_add: Vec<f64>,
    upper_2sd_add: Vec<f64>,
    normal_3sd: Vec<f64>,
}

impl Case {
    fn funnel(&self, asked: Overdispersion) -> Funnel {
        if self.kind == "rates" {
            funnel_of_rates(&areas(&self.count, &self.size), Target::Pooled, asked).unwrap()
        } else {
            let parts = self.count.iter().zip(&self.size).map(|(&with, &of)| Part { with, of });
            funnel_of_shares(&parts.collect::<Vec<_>>(), Target::Pooled, asked).unwrap()
        }
    }
}

fn areas(events: &[u64], population: &[u64]) -> Vec<Exposure> {
    let each = events.iter().zip(population);
    each.map(|(&events, &n)| Exposure { events, population: n as f64 }).collect()
}

#[test]
fn agrees_with_scipy_and_statsmodels() {
    // benches/peers/comparison.py, funnel: scipy's poisson and binom tails, mstats.winsorize, t, and
    // statsmodels' multipletests. Quantiles of Student's t are good to seven digits in statrs.
    let close = |found: f64, expected: f64| {
        assert_relative_eq!(found, expected, max_relative = 1e-7, epsilon = 1e-10);
    };
    for case in peers::read::<Peers>("funnel").cases {
        let plain = case.funnel(Overdispersion::Ignore);
        close(plain.target, case.target);
        for (index, area) in plain.areas.iter().enumerate() {
            close(area.z_plain, case.z[index]);
            close(area.p_value, case.p[index]);
            close(area.adjusted_p_value, case.adjusted[index]);
            let found = [area.limits_2sd, area.limits_3sd].map(|limit| [limit.lower, limit.upper]);
            found.as_flattened().iter().zip(case.limits[index]).for_each(|(f, e)| close(*f, e));
        }
        let multiplied = case.funnel(Overdispersion::Multiply);
        close(multiplied.phi_winsorised.unwrap(), case.phi_winsorised);
        close(multiplied.phi.unwrap(), case.phi);
        multiplied.areas.iter().zip(&case.z_multiply).for_each(|(area, z)| close(area.z, *z));
        let added = case.funnel(Overdispersion::Add);
        close(added.tau_squared.unwrap(), case.tau_squared);
        assert_eq!(added.limits, FunnelLimits::StudentOfRoots { degrees_of_freedom: case.df });
        for (index, area) in added.areas.iter().enumerate() {
            close(area.z, case.z_add[index]);
            close(area.p_value, case.p_add[index]);
            close(area.limits_2sd.upper, case.upper_2sd_add[index]);
            close(area.normal_limits_3sd.upper, case.normal_3sd[index]);
        }
    }
}

#[test]
fn the_exact_class_is_the_exact_tail() {
    // A target of one expected event: P(N >= 3) is 8.0%, P(N >= 4) 1.9%, P(N >= 6) 0.06%, P(N >= 5)
    // 0.37% (Poisson tables). Two standard deviations leave 2.28%, three 0.135%.
    let class = |events| {
        let pair = areas(&[events, 1], &[1_000, 1_000]);
        funnel_of_rates(&pair, Target::Given(0.001), Overdispersion::Ignore).unwrap().areas[0]
            .position
    };
    assert_eq!(
        [0, 3, 4, 5, 6].map(class),
        [Position::Inside, Position::Inside, Position::Above2, Position::Above2, Position::Above3]
    );
}

#[test]
fn exact_tails_hold_for_large_counts() {
    // scipy 1.17.1: 2 * poisson(50000).sf(50499), .cdf(49500); the same of poisson(2e6) and of
    // binom(100000, 0.3).
    let close =
        |found: f64, expected: f64| assert_relative_eq!(found, expected, max_relative = 1e-8);
    let p = |events: u64, expected: f64| {
        let pair = [Exposure { events, population: 1e7 }; 2];
        let target = Target::Given(expected / 1e7);
        funnel_of_rates(&pair, target, Overdispersion::Ignore).unwrap().areas[0].p_value
    };
    close(p(50_500, 50_000.0), 0.025_689_602_429_599);
    close(p(49_500, 50_000.0), 0.025_298_093_555_815);
    close(p(2_004_000, 2e6), 0.004_694_971_817_531);
    close(p(1_995_000, 2e6), 0.000_405_409_965_311);
    let p = |with| {
        let pair = [Part { with, of: 100_000 }; 2];
        funnel_of_shares(&pair, Target::Given(0.3), Overdispersion::Ignore).unwrap().areas[0]
            .p_value
    };
    close(p(30_400), 0.005_890_755_405_000);
    close(p(29_700), 0.038_615_461_273_211);
}

#[test]
fn too_few_areas_keep_the_limits_of_chance_and_say_so() {
    let nine = areas(&[30, 60, 20, 41, 39, 90, 12, 35, 44], &[1_000; 9]);
    let found = funnel_of_rates(&nine, Target::Pooled, Overdispersion::Multiply).unwrap();
    assert_eq!((found.asked, found.used), (Overdispersion::Multiply, Overdispersion::Ignore));
    assert_eq!(found.limits, FunnelLimits::ExactPoisson);
    assert_eq!(found.phi, None);
    assert_eq!(found.warnings, [FunnelWarning::TooFewForOverdispersion { n_areas: 9 }]);
}

#[test]
fn what_has_no_funnel_is_refused() {
    let check = |events: &[u64], sizes: &[u64], target, error| {
        let found = funnel_of_rates(&areas(events, sizes), target, Overdispersion::Add);
        assert_eq!(found, Err(error));
    };
    check(&[1], &[9], Target::Pooled, FunnelError::TooFew { n_areas: 1 });
    check(&[1, 2], &[9, 0], Target::Pooled, FunnelError::NoDenominator { area_index: 1 });
    check(&[0, 0], &[9, 9], Target::Pooled, FunnelError::Target { target: 0.0 });
    check(&[1, 2], &[9, 9], Target::Given(-0.5), FunnelError::Target { target: -0.5 });
    let shares = |parts: &[(u64, u64)]| {
        let parts: Vec<Part> = parts.iter().map(|&(with, of)| Part { with, of }).collect();
        funnel_of_shares(&parts, Target::Pooled, Overdispersion::Ignore).unwrap_err()
    };
    assert_eq!(
        shares(&[(1, 2), (3, 2)]),
        FunnelError::MoreThanAll { area_index: 1, with: 3, of: 2 }
    );
    assert_eq!(shares(&[(2, 2), (3, 3)]), FunnelError::Target { target: 1.0 });
}

#[test]
fn the_curves_pass_through_the_limits_of_the_areas() {
    let events = [48, 104, 109, 83, 168, 58, 99, 121, 71, 88, 90, 119];
    let residents =
        [2_000, 3_000, 4_000, 2_500, 5_000, 2_200, 2_800, 4_500, 2_000, 3_500, 2_600, 1_900];
    for asked in [Overdispersion::Ignore, Overdispersion::Multiply, Overdispersion::Add] {
        let funnel = funnel_of_rates(&areas(&events, &residents), Target::Pooled, asked).unwrap();
        for (area, n) in funnel.areas.iter().zip(residents) {
            assert_eq!(funnel.limits_at(n as f64), [area.limits_2sd, area.limits_3sd]);
        }
        let wide = funnel.limits_at(100.0)[0];
        assert!(wide.upper > funnel.limits_at(1_000_000.0)[0].upper);
        assert_eq!(funnel.interval_of(12, Confidence::P95), None);
        let exact = asked == Overdispersion::Ignore;
        assert_eq!(funnel.interval_of(11, Confidence::P95).is_none(), exact);
    }
    // By hand from tau squared as the funnel gives it, with scipy 1.17.1's t.ppf(0.975, 9) = 2.26215716.
    let funnel =
        funnel_of_rates(&areas(&events, &residents), Target::Pooled, Overdispersion::Add).unwrap();
    let found = funnel.interval_of(11, Confidence::P95).unwrap();
    let half = 2.262_157_16 * (0.25 / 1_900.0 + funnel.tau_squared.unwrap()).sqrt();
    let root = (119.0_f64 / 1_900.0).sqrt();
    assert_relative_eq!(found.lower, (root - half).powi(2), max_relative = 1e-7);
    assert_relative_eq!(found.upper, (root + half).powi(2), max_relative = 1e-7);
}

proptest! {
    #[test]
    fn an_interval_leaves_out_the_target_where_the_test_finds_a_difference(
        events in proptest::collection::vec(20_u64..200, 10..30),
        multiply: bool,
    ) {
        let sizes: Vec<u64> = (0..events.len() as u64).map(|k| 1_000 + 137 * k).collect();
        let asked = if multiply { Overdispersion::Multiply } else { Overdispersion::Add };
        let funnel = funnel_of_rates(&areas(&events, &sizes), Target::Pooled, asked).unwrap();
        for (index, area) in funnel.areas.iter().enumerate() {
            let interval = funnel.interval_of(index, Confidence::P95).unwrap();
            prop_assert!(interval.contains(area.value));
            prop_assert_eq!(interval.contains(funnel.target), area.p_value > 0.05);
        }
    }
}

/// Alarms among areas of which none differs from the target but by chance and the usual spread.
struct Alarms {
    beyond_2: Tally,
    beyond_3: Tally,
    any_adjusted: Tally,
}

fn alarms(
    n_areas: usize,
    n_draws: usize,
    asked: Overdispersion,
    draw: impl Fn(&mut Truth, f64) -> u64,
) -> Alarms {
    let mut truth = Truth::new(2_005 + n_areas as u64);
    let mut found = Alarms {
        beyond_2: Tally::default(),
        beyond_3: Tally::default(),
        any_adjusted: Tally::default(),
    };
    for _ in 0..n_draws {
        let sizes: Vec<u64> = (0..n_areas).map(|_| 500 + (3_000.0 * truth.unit()) as u64).collect();
        let events: Vec<u64> = sizes.iter().map(|n| draw(&mut truth, *n as f64)).collect();
        let funnel = funnel_of_rates(&areas(&events, &sizes), Target::Pooled, asked).unwrap();
        // One area a draw, so that the tallied outcomes are independent of one another.
        let position = funnel.areas[0].position;
        found.beyond_2.note(position != Position::Inside);
        found.beyond_3.note(matches!(position, Position::Below3 | Position::Above3));
        found.any_adjusted.note(funnel.areas.iter().any(|area| area.adjusted_p_value <= 0.05));
    }
    found
}

const BEYOND_2: f64 = 0.0455;
const BEYOND_3: f64 = 0.0027;

#[test]
fn chance_alone_raises_no_more_alarms_than_it_should() {
    for (name, n_areas, asked) in [
        ("8 areas, exact", 8, Overdispersion::Ignore),
        ("30 areas, exact", 30, Overdispersion::Ignore),
        ("10 areas, φ", 10, Overdispersion::Multiply),
        ("30 areas, φ", 30, Overdispersion::Multiply),
        ("10 areas, τ²", 10, Overdispersion::Add),
        ("30 areas, τ²", 30, Overdispersion::Add),
    ] {
        let found = alarms(n_areas, 4_000, asked, |truth, n| truth.count(0.02 * n, 1.0));
        found.beyond_2.at_most(&format!("funnel, {name}, beyond 2 SD"), BEYOND_2);
        found.beyond_3.at_most(&format!("funnel, {name}, beyond 3 SD"), BEYOND_3);
        found.any_adjusted.at_most(&format!("funnel, {name}, any area of all"), 0.05);
    }
}

#[test]
fn the_usual_spread_raises_no_more_alarms_than_it_should() {
    let multiplied = |truth: &mut Truth, n: f64| truth.count(0.02 * n, 4.0);
    // Rates spread by a quarter of their mean, as gamma variables.
    let added = |truth: &mut Truth, n: f64| {
        let rate = 0.02 / 16.0 * truth.gamma(16.0);
        truth.count(rate * n, 1.0)
    };
    for n_areas in [10, 30, 80] {
        let found = alarms(n_areas, 4_000, Overdispersion::Multiply, multiplied);
        found.beyond_2.at_most(&format!("funnel, {n_areas} areas, φ of 4, beyond 2 SD"), BEYOND_2);
        found.beyond_3.at_most(&format!("funnel, {n_areas} areas, φ of 4, beyond 3 SD"), BEYOND_3);
        found.any_adjusted.at_most(&format!("funnel, {n_areas} areas, φ of 4, any"), 0.05);
        let found = alarms(n_areas, 4_000, Overdispersion::Add, added);
        found.beyond_2.at_most(&format!("funnel, {n_areas} areas, spread, beyond 2 SD"), BEYOND_2);
        found.beyond_3.at_most(&format!("funnel, {n_areas} areas, spread, beyond 3 SD"), BEYOND_3);
        found.any_adjusted.at_most(&format!("funnel, {n_areas} areas, spread, any"), 0.05);
    }
    // Limits of chance alone, where areas vary more: what the page warns of.
    let found = alarms(30, 2_000, Overdispersion::Ignore, multiplied);
    found.beyond_2.above("funnel, 30 areas, φ of 4 ignored, beyond 2 SD", 0.20);
}

#[test]
fn shares_raise_no_more_alarms_than_they_should() {
    for (name, spread, asked) in [
        ("exact", 0.0, Overdispersion::Ignore),
        ("chance alone, multiply", 0.0, Overdispersion::Multiply),
        ("spread, add", 0.06, Overdispersion::Add),
    ] {
        let mut truth = Truth::new(2_006);
        let [mut beyond_2, mut beyond_3, mut any] =
            [Tally::default(), Tally::default(), Tally::default()];
        for _ in 0..3_000 {
            let parts: Vec<Part> = (0..30)
                .map(|_| {
                    let of = 40 + (200.0 * truth.unit()) as u64;
                    let share = (0.3 + spread * truth.normal()).clamp(0.0, 1.0);
                    Part { with: truth.binomial(of, share), of }
                })
                .collect();
            let funnel = funnel_of_shares(&parts, Target::Pooled, asked).unwrap();
            let position = funnel.areas[0].position;
            beyond_2.note(position != Position::Inside);
            beyond_3.note(matches!(position, Position::Below3 | Position::Above3));
            any.note(funnel.areas.iter().any(|area| area.adjusted_p_value <= 0.05));
        }
        beyond_2.at_most(&format!("funnel of shares, {name}, beyond 2 SD"), BEYOND_2);
        beyond_3.at_most(&format!("funnel of shares, {name}, beyond 3 SD"), BEYOND_3);
        any.at_most(&format!("funnel of shares, {name}, any"), 0.05);
    }
}

#[test]
fn an_area_with_half_as_much_again_is_found() {
    let mut truth = Truth::new(7);
    let [mut plain, mut spread] = [Tally::default(), Tally::default()];
    for _ in 0..1_000 {
        for (tally, dispersion, asked) in [
            (&mut plain, 1.0, Overdispersion::Ignore),
            (&mut spread, 2.0, Overdispersion::Multiply),
        ] {
            let events: Vec<u64> = (0..30)
                .map(|area| truth.count(if area == 0 { 150.0 } else { 100.0 }, dispersion))
                .collect();
            let funnel =
                funnel_of_rates(&areas(&events, &[5_000; 30]), Target::Pooled, asked).unwrap();
            tally.note(funnel.areas[0].adjusted_p_value <= 0.05);
        }
    }
    plain.above("funnel, power, 150 for 100, chance alone", 0.85);
    spread.above("funnel, power, 150 for 100, φ of 2", 0.25);
}

#[test]
fn generated_areas() {
    let case = &peers::read::<Peers>("funnel").cases[0];
    let funnel = case.funnel(Overdispersion::Multiply);
    let outside = funnel.areas.iter().enumerate().filter(|(_, a)| a.position != Position::Inside);
    let lines: Vec<String> = outside
        .map(|(index, area)| {
            let limits = area.limits_2sd;
            format!(
                "area {index}: {:.4} ({:.4} to {:.4}), z {:.2}, p {:.4}, corrected {:.4}, {:?}",
                area.value,
                limits.lower,
                limits.upper,
                area.z,
                area.p_value,
                area.adjusted_p_value,
                area.position
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @"area 10: 0.0080 (0.0109 to 0.0329), z -2.96, p 0.0081, corrected 0.1945, Below2");
}

proptest! {
    #[test]
    fn shares_and_limits_stay_within_0_and_1(
        parts in prop::collection::vec((0u64..60, 1u64..60), 12),
    ) {
        let parts: Vec<Part> =
            parts.into_iter().map(|(with, of)| Part { with: with.min(of), of }).collect();
        let events: u64 = parts.iter().map(|part| part.with).sum();
        prop_assume!(events > 0 && parts.iter().any(|part| part.with < part.of));
        for asked in [Overdispersion::Ignore, Overdispersion::Multiply, Overdispersion::Add] {
            let funnel = funnel_of_shares(&parts, Target::Pooled, asked).unwrap();
            for area in &funnel.areas {
                prop_assert!(area.limits_3sd.lower >= 0.0 && area.limits_3sd.upper <= 1.0);
                prop_assert!(area.limits_2sd.contains(funnel.target));
                let outside = area.position != Position::Inside;
                prop_assert_eq!(outside, area.p_value < 0.045_500_263_9, "{:?}", area);
            }
        }
    }

    #[test]
    fn limits_hold_the_target_and_widen(
        events in prop::collection::vec(0u64..400, 12),
        sizes in prop::collection::vec(400u64..9_000, 12),
    ) {
        prop_assume!(events.iter().sum::<u64>() > 0);
        for asked in [Overdispersion::Ignore, Overdispersion::Multiply, Overdispersion::Add] {
            let funnel = funnel_of_rates(&areas(&events, &sizes), Target::Pooled, asked).unwrap();
            for area in &funnel.areas {
                prop_assert!(area.limits_2sd.contains(funnel.target));
                prop_assert!(area.limits_3sd.lower <= area.limits_2sd.lower);
                prop_assert!(area.limits_3sd.upper >= area.limits_2sd.upper);
                prop_assert!(area.adjusted_p_value >= area.p_value);
                // The class and the p value say the same.
                let outside = area.position != Position::Inside;
                prop_assert_eq!(outside, area.p_value < 0.045_500_263_9, "{:?}", area);
            }
        }
    }
}
