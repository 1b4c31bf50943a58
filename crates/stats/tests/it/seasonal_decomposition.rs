use proptest::prelude::*;
use serde_json::Value;
use wardmote_stats::seasonal_decomposition::{
    Decomposer, DecompositionError, DecompositionWarning, Degree, Settings, Smoother, decompose,
};

use crate::luton::ANTI_SOCIAL_BEHAVIOUR;
use crate::peers::{all_agree, cases, numbers, whole};

fn smoother(case: &Value, name: &str) -> Smoother {
    let degree = match whole(&case[format!("{name}_deg")]) {
        0 => Degree::Constant,
        _ => Degree::Linear,
    };
    Smoother { window: whole(&case[name]), degree, jump: whole(&case[format!("{name}_jump")]) }
}

fn settings(case: &Value) -> Settings {
    Settings {
        period: whole(&case["period"]),
        seasonal: smoother(case, "seasonal"),
        trend: smoother(case, "trend"),
        low_pass: smoother(case, "low_pass"),
        inner_loops: whole(&case["inner_iter"]),
        outer_loops: whole(&case["outer_iter"]),
    }
}

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/time.py: statsmodels 0.15.0 STL with every option, on the log scale.
    let recorded = cases(include_str!("peers/stl.json"));
    assert_eq!(recorded.len(), 40);
    for (index, case) in recorded.iter().enumerate() {
        let logs: Vec<f64> = numbers(&case["counts"]).iter().map(|n| (n + 0.5).ln()).collect();
        let found = decompose(&logs, &settings(case)).unwrap();
        all_agree(&found.trend, &case["found_trend"], 8, &format!("case {index}, trend"));
        all_agree(&found.seasonal, &case["found_seasonal"], 8, &format!("case {index}, season"));
        let weights = &found.robustness_weights;
        all_agree(weights, &case["found_weights"], 8, &format!("case {index}, weight"));
    }
}

#[test]
fn a_workspace_remembers_nothing() {
    let values: Vec<f64> = ANTI_SOCIAL_BEHAVIOUR.iter().map(|n| (*n as f64).ln()).collect();
    let settings = Settings::of_period(12).robust();
    let mut decomposer = Decomposer::new(36, &settings).unwrap();
    let first = decomposer.decompose(&values).unwrap().trend.to_vec();
    let spiked: Vec<f64> = values.iter().enumerate().map(|(t, y)| y + f64::from(t == 9)).collect();
    assert_ne!(decomposer.decompose(&spiked).unwrap().trend, first);
    assert_eq!(decomposer.decompose(&values).unwrap().trend, first);
    assert_eq!(decompose(&values, &settings).unwrap().trend, first);
}

#[test]
fn what_cannot_be_decomposed_is_refused() {
    let check = |values: &[f64], settings: Settings, message: &str| {
        assert_eq!(decompose(values, &settings).unwrap_err().to_string(), message);
    };
    let months = Settings::of_period(12);
    check(
        &[1.0; 35],
        months,
        "35 values are too few to decompose: 36 are needed, three whole periods",
    );
    check(&[1.0; 36], Settings::of_period(1), "a period of 1 has no season");
    let narrow = Settings { trend: Smoother::linear(11), ..months };
    check(&[1.0; 36], narrow, "the trend window of 11 must be odd and at least 13");
    let even = Settings { low_pass: Smoother::linear(14), ..months };
    check(&[1.0; 36], even, "the low-pass window of 14 must be odd and at least 13");
    let standing = Smoother { jump: 0, ..months.seasonal };
    check(
        &[1.0; 36],
        Settings { seasonal: standing, ..months },
        "a seasonal jump of 0 goes nowhere",
    );
    check(&[1.0; 36], Settings { inner_loops: 0, ..months }, "no inner loop");
    let mut broken = [1.0; 36];
    broken[7] = f64::NAN;
    check(&broken, months, "value NaN at position 7 is no number to decompose");
    let mut decomposer = Decomposer::new(36, &months).unwrap();
    let mismatch = DecompositionError::LengthMismatch { values: 37, expected: 36 };
    assert_eq!(decomposer.decompose(&[1.0; 37]), Err(mismatch));
}

#[test]
fn luton_anti_social_behaviour() {
    let values: Vec<f64> = ANTI_SOCIAL_BEHAVIOUR.iter().map(|n| *n as f64).collect();
    let found = decompose(&values, &Settings::of_period(12)).unwrap();
    assert!(found.warnings.is_empty());
    // A line through three Julys fits them, and robustness has nothing left to weigh by.
    let robust = decompose(&values, &Settings::of_period(12).robust()).unwrap();
    assert_eq!(robust.warnings, [DecompositionWarning::RobustnessRestsOnRounding { periods: 3 }]);
    let ends = format!(
        "trend {:.1} to {:.1}, July {:+.1}, December {:+.1}, strengths {:.3} and {:.3}",
        found.trend[0],
        found.trend[35],
        found.seasonal[2],
        found.seasonal[7],
        found.seasonal_strength,
        found.trend_strength,
    );
    insta::assert_snapshot!(ends, @"trend 409.6 to 286.0, July +146.1, December -71.2, strengths 0.966 and 0.903");
}

proptest! {
    #[test]
    fn the_parts_make_the_whole_and_shift_with_it(
        values in prop::collection::vec(-50.0f64..50.0, 36..75),
        level in -1e3f64..1e3,
        robust in any::<bool>(),
    ) {
        let months = Settings::of_period(12);
        let settings = if robust { months.robust() } else { months };
        let found = decompose(&values, &settings).unwrap();
        let raised: Vec<f64> = values.iter().map(|value| value + level).collect();
        let higher = decompose(&raised, &settings).unwrap();
        for (index, value) in values.iter().enumerate() {
            let sum = found.trend[index] + found.seasonal[index] + found.remainder[index];
            prop_assert!((sum - value).abs() < 1e-9);
            // Robust weights fall to 0 at a threshold. Where a whole year has none, the published method
            // jumps as one of its months crosses it, for which a rounding is enough.
            let jumps = robust && found.robustness_weights.iter().any(|weight| *weight < 0.01);
            let moved = (higher.seasonal[index] - found.seasonal[index]).abs();
            prop_assert!(jumps || moved < 1e-6, "{}", moved);
            prop_assert!((0.0..=1.0).contains(&found.robustness_weights[index]));
        }
        prop_assert!((0.0..=1.0).contains(&found.seasonal_strength));
        prop_assert!((0.0..=1.0).contains(&found.trend_strength));
    }
}
