use approx::assert_relative_eq;
use proptest::prelude::*;
use serde::Deserialize;
use wardmote_stats::proportion::{WeightedShare, compare_weighted};
use wardmote_stats::survey::{Planned, SurveyError, respondents_needed};

use crate::peers;
use crate::simulate::{Tally, Truth};

#[derive(Deserialize)]
struct Peers {
    cases: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    area: f64,
    rest: f64,
    ratio: f64,
    deff: f64,
    level: f64,
    power: f64,
    n: f64,
}

fn planned(area: f64, rest: f64, rest_per_area: f64, design_effect: f64) -> Planned {
    Planned { area, rest, rest_per_area, design_effect }
}

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/comparison.py, survey: samplesize_proportions_2indep_onetail, at half the level.
    for case in peers::read::<Peers>("survey").cases {
        let planned = planned(case.area, case.rest, case.ratio, case.deff);
        let found = respondents_needed(planned, case.level, case.power).unwrap();
        assert_relative_eq!(found.area_exact, case.n, max_relative = 1e-7);
        assert_eq!(found.area, case.n.ceil() as u64);
    }
}

#[test]
fn what_cannot_be_planned_is_refused() {
    let need = |planned, level, power| respondents_needed(planned, level, power).unwrap_err();
    assert_eq!(need(planned(1.0, 0.5, 1.0, 1.0), 0.05, 0.8), SurveyError::Share { share: 1.0 });
    assert_eq!(
        need(planned(0.5, 0.5, 1.0, 1.0), 0.05, 0.8),
        SurveyError::NoDifference { share: 0.5 }
    );
    assert_eq!(need(planned(0.4, 0.5, 0.0, 1.0), 0.05, 0.8), SurveyError::Ratio { ratio: 0.0 });
    let design_effect = SurveyError::DesignEffect { design_effect: 0.9 };
    assert_eq!(need(planned(0.4, 0.5, 1.0, 0.9), 0.05, 0.8), design_effect);
    assert_eq!(
        need(planned(0.4, 0.5, 1.0, 1.0), 0.05, 0.04).to_string(),
        "a chance of 0.04 at level 0.05 cannot be planned for"
    );
}

#[test]
fn that_many_respondents_find_it_as_often_as_asked() {
    // Weights of 1 and 3 alike: Kish's design effect is 1.25.
    let mut truth = Truth::new(1_965);
    let needed = respondents_needed(planned(0.60, 0.50, 2.0, 1.25), 0.05, 0.8).unwrap();
    let [mut found, mut false_found] = [Tally::default(), Tally::default()];
    for _ in 0..3_000 {
        let mut answered = |n: u64, share| {
            let mut sum = WeightedShare::default();
            for index in 0..n {
                let weight = if index % 2 == 0 { 1.0 } else { 3.0 };
                sum.respondents += 1;
                sum.weight += weight;
                sum.weight_squares += weight * weight;
                sum.weight_with += if truth.unit() < share { weight } else { 0.0 };
            }
            sum
        };
        let (area, same, rest) =
            (answered(needed.area, 0.6), answered(needed.area, 0.5), answered(needed.rest, 0.5));
        found.note(compare_weighted(&area, &rest).unwrap().p_value <= 0.05);
        false_found.note(compare_weighted(&same, &rest).unwrap().p_value <= 0.05);
    }
    false_found.at_most("survey, no difference", 0.05);
    found.above("survey, 60% for 50%, planned for 80%", 0.77);
    assert!(found.share() < 0.83, "{}", found.share());
}

#[test]
fn generated_plans() {
    let lines: Vec<String> = [(0.5, 0.55), (0.2, 0.3), (0.9, 0.8)]
        .map(|(area, rest)| {
            let found = respondents_needed(planned(area, rest, 9.0, 1.4), 0.05, 0.8).unwrap();
            format!("{area} against {rest}: {} and {}", found.area, found.rest)
        })
        .to_vec();
    insta::assert_snapshot!(lines.join("\n"), @r"
    0.5 against 0.55: 1214 and 10923
    0.2 against 0.3: 236 and 2123
    0.9 against 0.8: 166 and 1489
    ");
}

proptest! {
    #[test]
    fn more_is_needed_for_less(
        area in 0.05f64..0.95,
        rest in 0.05f64..0.95,
        ratio in 0.2f64..20.0,
        power in 0.3f64..0.9,
    ) {
        prop_assume!((area - rest).abs() > 0.02);
        let need = |rest, ratio, deff, power| {
            respondents_needed(planned(area, rest, ratio, deff), 0.05, power).unwrap().area_exact
        };
        let base = need(rest, ratio, 1.0, power);
        prop_assert!(need(rest, ratio, 1.5, power) > base);
        prop_assert!(need(rest, ratio, 1.0, power + 0.05) > base);
        let mirrored = respondents_needed(planned(1.0 - area, 1.0 - rest, ratio, 1.0), 0.05, power);
        prop_assert!((mirrored.unwrap().area_exact / base - 1.0).abs() < 1e-9);
    }
}
