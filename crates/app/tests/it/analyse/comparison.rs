//! Areas compared, and places held against one another.

use std::fmt::Write as _;

use wardmote_stats::dispersion::dispersion_over_areas;
use wardmote_stats::displacement::{
    BeforeAfter, Role, displacement_difference, displacement_quotient,
};
use wardmote_stats::funnel::{Overdispersion, Target, funnel_of_rates};
use wardmote_stats::rates::{Exposure, rate_ratio};
use wardmote_stats::spatial::PermutationSettings;
use wardmote_stats::spatial::concentration::concentration;
use wardmote_stats::spatial::repeats::repeats;
use wardmote_stats::synthetic_control::synthetic_control;

use super::{Files, column, numbers};

pub(crate) const SETTINGS: PermutationSettings =
    PermutationSettings { permutations: 999, seed: 1, level: 0.05 };

/// Twelve areas over 24 months; the first falls in the second year.
pub(crate) fn table() -> Vec<Vec<u64>> {
    let count = |area: u64, month: u64| {
        let usual = 20 + 3 * area + (month * 7 + area * 5) % 6;
        if area == 0 && month >= 12 { usual - 12 } else { usual }
    };
    (0..12).map(|area| (0..24).map(|month| count(area, month)).collect()).collect()
}

pub(crate) fn residents(area: usize) -> f64 {
    1500.0 + 40.0 * area as f64
}

pub(crate) fn areas() -> Files {
    let mut text = "area,month,n,residents,x,y\n".to_owned();
    for (area, row) in table().iter().enumerate() {
        for (month, n) in row.iter().enumerate() {
            let (year, of_year) = (2022 + month / 12, month % 12 + 1);
            let (x, y) = (509_000 + 700 * (area % 4), 221_000 + 700 * (area / 4));
            let _ = writeln!(text, "a{area},{year}-{of_year:02},{n},{},{x},{y}", residents(area));
        }
    }
    Files::new().with("areas.csv", &text)
}

pub(crate) const PANEL: &str = "--input areas.csv --id area --date month --value n";

fn exposures() -> Vec<Exposure> {
    let exposure = |(area, row): (usize, &Vec<u64>)| Exposure {
        events: row.iter().sum(),
        population: residents(area),
    };
    table().iter().enumerate().map(exposure).collect()
}

#[test]
fn one_against_the_others() {
    let found = areas().json(&format!("compare {PANEL} --population residents --this a3"));
    let all = exposures();
    let others = all.iter().enumerate().filter(|(i, _)| *i != 3);
    let rest =
        others.fold((0, 0.0), |sum, (_, area)| (sum.0 + area.events, sum.1 + area.population));
    let rest = Exposure { events: rest.0, population: rest.1 };
    let expected = rate_ratio(all[3], rest, dispersion_over_areas(&table()).unwrap()).unwrap();
    assert_eq!(found["results"]["ratio"], expected.ratio);
    assert_eq!(found["results"]["p"], expected.p_value);
    areas().refused(&format!("compare {PANEL} --this a3"), &["rates need a population"]);
    let unknown = format!("compare {PANEL} --population residents --this b");
    areas().refused(&unknown, &["no area \"b\"; there are a0, a1"]);
}

#[test]
fn funnels() {
    let found = areas().json(&format!("funnel {PANEL} --population residents"));
    let expected = funnel_of_rates(&exposures(), Target::Pooled, Overdispersion::Add).unwrap();
    for (row, area) in found["results"].as_array().unwrap().iter().zip(&expected.areas) {
        assert_eq!(row["z"], area.z);
        assert_eq!(row["p_adjusted"], area.adjusted_p_value);
    }
    assert_eq!(found["parameters"]["overdispersion_used"], "add");
}

#[test]
fn concentrated_in_few_places() {
    let found = areas().json(&format!("concentration {PANEL} --share 0.5"));
    let totals: Vec<u64> = table().iter().map(|row| row.iter().sum()).collect();
    let expected = concentration(&totals, &[0.5], SETTINGS).unwrap();
    assert_eq!(found["results"]["gini"], expected.gini);
    assert_eq!(found["results"]["generalised_gini"], expected.generalised_gini);
    assert_eq!(found["results"]["shares"][0]["places"], expected.shares[0].n_places);
    assert_eq!(found["results"]["p"], expected.p_value);
}

#[test]
fn places_hit_again() {
    let keys: Vec<usize> = (0..60).map(|i| if i < 24 { i / 4 } else { i }).collect();
    let mut text = "place\n".to_owned();
    for key in &keys {
        let _ = writeln!(text, "k{key}");
    }
    let files = Files::new().with("events.csv", &text);
    let found = files.json("repeat --input events.csv --id place --at-risk 2000");
    let expected = repeats(&keys, 2000, SETTINGS).unwrap();
    assert_eq!(found["results"]["repeat_events"], 18);
    assert_eq!(found["results"]["expected_repeat_events"], expected.expected_repeat_events);
    assert_eq!(found["results"]["p"], expected.p_value);
    let few = "repeat --input events.csv --id place --at-risk 10";
    files.refused(few, &["10 places at risk are fewer than the 42"]);
}

#[test]
fn displaced_or_not() {
    let words =
        format!("displacement {PANEL} --target a0 --buffer a1 --control a2 --change 2023-01");
    let found = areas().json(&words);
    let of = |role, area: usize| {
        let table = table();
        let (before, after) = table[area].split_at(12);
        BeforeAfter::months(role, before, after).unwrap()
    };
    let (target, buffer, control) =
        (of(Role::Target, 0), of(Role::Buffer, 1), of(Role::Control, 2));
    let expected = displacement_difference(target, control, Some([buffer, control]), 0.05).unwrap();
    assert_eq!(found["results"]["difference"], expected.difference);
    assert_eq!(found["results"]["p"], expected.p_value);
    assert_eq!(found["results"]["verdict"], "fell");
    let quotient = displacement_quotient(target, buffer, control).unwrap();
    assert_eq!(found["results"]["quotient"].as_f64(), quotient.quotient);
    assert_eq!(found["parameters"]["months_each_side"], 12);
}

#[test]
fn the_published_difference() {
    // Wheeler and Ratcliffe (2018): 100 to 70 against 100 to 98 is -28, standard error 19.183, z -1.460.
    let text = "zone,month,n\nt,2023-01,100\nt,2023-02,70\nc,2023-01,100\nc,2023-02,98\n";
    let files = Files::new().with("zones.csv", text);
    let words = "displacement --input zones.csv --id zone --date month --value n --target t --control c --change 2023-02";
    let found = files.json(words);
    assert_eq!(found["results"]["difference"], -28.0);
    assert!((found["results"]["standard_error"].as_f64().unwrap() - 19.183).abs() < 5e-4);
    assert!((found["results"]["z"].as_f64().unwrap() + 1.460).abs() < 5e-4);
    assert_eq!(found["results"]["verdict"], "cannot-tell");
}

#[test]
fn against_a_mixture() {
    let found = areas().json(&format!("synthetic-control {PANEL} --this a0 --change 2023-01"));
    let rows: Vec<Vec<f64>> =
        table().iter().map(|row| row.iter().map(|n| *n as f64).collect()).collect();
    let expected = synthetic_control(&rows[0], &rows[1..], 12, 0.05).unwrap();
    assert_eq!(found["results"]["mean_effect"], expected.mean_effect);
    assert_eq!(found["results"]["p"], expected.p_value);
    assert_eq!(numbers(&found["results"]["synthetic"]), expected.synthetic);
    let donors = column(&found["results"]["mixture"], "donor");
    assert!(!donors.is_empty() && !donors.contains(&"a0".into()));
}

#[test]
fn a_cell_that_is_not_there_is_not_zero() {
    let text = "zone,month,n\na,2023-01,3\na,2023-02,4\nb,2023-01,5\n";
    let files = Files::new().with("zones.csv", text);
    let words = "concentration --input zones.csv --id zone --date month --value n";
    files.refused(words, &["no row for \"b\" in 2023-02", "not zero"]);
}
