use proptest::prelude::*;
use serde_json::Value;
use wardmote_stats::glm::{Design, DesignError, Family, Fit, FitError, GlmError, Model};

use crate::luton::CRIME;
use crate::peers::{agree, all_agree, cases, number, numbers};

fn optional(value: &Value) -> Option<Vec<f64>> {
    (!value.is_null()).then(|| numbers(value))
}

fn errors(fit: &Fit) -> Vec<f64> {
    (0..fit.coefficients.len()).map(|index| fit.standard_error(index)).collect()
}

#[test]
fn agrees_with_statsmodels() {
    // benches/peers/time.py: statsmodels 0.15.0 GLM and NegativeBinomial; where there are weights, scipy
    // 1.17.1 maximises the likelihood over the dispersion.
    for (index, case) in cases(include_str!("peers/glm.json")).iter().enumerate() {
        let rows: Vec<Vec<f64>> = case["design"].as_array().unwrap().iter().map(numbers).collect();
        let design = Design::from_rows(&rows).unwrap();
        let counts = numbers(&case["counts"]);
        let (offset, weights) = (optional(&case["offset"]), optional(&case["weights"]));
        let model = Model {
            design: &design,
            counts: &counts,
            offset: offset.as_deref(),
            weights: weights.as_deref(),
        };
        let named = |what: &str| format!("case {index}, {what}");
        let poisson = model.poisson().unwrap();
        all_agree(&poisson.coefficients, &case["poisson_coefficients"], 8, &named("coefficient"));
        all_agree(&errors(&poisson), &case["poisson_bse"], 7, &named("standard error"));
        all_agree(&poisson.covariance.concat(), &case["covariance"], 7, &named("covariance"));
        agree(poisson.deviance, number(&case["deviance"]), 8, &named("deviance"));
        let log_likelihood = number(&case["poisson_log_likelihood"]);
        agree(poisson.log_likelihood, log_likelihood, 8, &named("log likelihood"));
        let quasi = model.quasi_poisson().unwrap();
        agree(quasi.pearson_chi_square, number(&case["pearson"]), 8, &named("chi-square"));
        assert!(
            (quasi.dispersion * quasi.degrees_of_freedom as f64 - quasi.pearson_chi_square).abs()
                < 1e-8
        );

        let found = model.negative_binomial().unwrap();
        let Family::NegativeBinomial { alpha } = found.family else { panic!("{:?}", found.family) };
        agree(alpha, number(&case["nb_alpha"]), 6, &named("alpha"));
        all_agree(&found.coefficients, &case["nb_coefficients"], 6, &named("coefficient"));
        all_agree(&errors(&found), &case["nb_bse"], 6, &named("standard error"));
        let log_likelihood = number(&case["nb_log_likelihood"]);
        agree(found.log_likelihood, log_likelihood, 8, &named("log likelihood"));
    }
}

#[test]
fn what_cannot_be_fitted_is_refused() {
    let design = Design::from_rows(&[[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]).unwrap();
    let check = |counts: &[f64], weights: Option<&[f64]>, message: &str| {
        let model = Model { design: &design, counts, offset: None, weights };
        assert_eq!(model.negative_binomial().unwrap_err().to_string(), message);
    };
    check(&[1.0, 2.0], None, "2 counts for 3 rows of terms");
    check(&[1.0, -2.0, 1.0], None, "-2 at position 1 of the counts cannot be used");
    check(
        &[1.0, 2.5, 1.0],
        None,
        "count 2.5 at position 1 is not whole, as a negative-binomial count is",
    );
    check(
        &[1.0, 2.0, 1.0],
        Some(&[1.0, 1.0, 0.0]),
        "0 at position 2 of the weights cannot be used",
    );
    check(&[0.0; 3], None, "no events in the counts");
    let ragged = Design::from_rows(&[vec![1.0], vec![1.0, 2.0]]);
    assert_eq!(ragged, Err(DesignError::Ragged { row_index: 1, found: 2, expected: 1 }));
    let broken = Design::from_rows(&[[1.0], [f64::INFINITY]]).unwrap_err();
    assert_eq!(broken.to_string(), "term 0 of row 1 is inf, which is no number to fit with");
    let twice = Design::from_rows(&[[1.0, 1.0]; 4]).unwrap();
    let model =
        Model { design: &twice, counts: &[1.0, 2.0, 3.0, 4.0], offset: None, weights: None };
    assert_eq!(model.poisson(), Err(GlmError::Fit(FitError::Singular { terms: 2 })));
}

#[test]
fn luton_crime() {
    let rows: Vec<[f64; 2]> = (0..36).map(|t| [1.0, f64::from(t) / 12.0]).collect();
    let design = Design::from_rows(&rows).unwrap();
    let counts: Vec<f64> = CRIME.iter().map(|n| *n as f64).collect();
    let model = Model { design: &design, counts: &counts, offset: None, weights: None };
    let line = |name: &str, fit: &Fit| {
        format!(
            "{name}: {:.5} ± {:.5} a year, deviance {:.2}, {:.4?}",
            fit.coefficients[1],
            fit.standard_error(1),
            fit.deviance,
            fit.family,
        )
    };
    let lines = [
        line("chance alone", &model.poisson().unwrap()),
        line("quasi", &model.quasi_poisson().unwrap()),
        line("negative binomial", &model.negative_binomial().unwrap()),
    ];
    insta::assert_snapshot!(lines.join("\n"), @r"
    chance alone: 0.02075 ± 0.00497 a year, deviance 416.00, Poisson
    quasi: 0.02075 ± 0.01727 a year, deviance 416.00, QuasiPoisson
    negative binomial: 0.02101 ± 0.01709 a year, deviance 36.12, NegativeBinomial { alpha: 0.0072 }
    ");
}

proptest! {
    #[test]
    fn a_weight_counts_as_so_many_rows(
        counts in prop::collection::vec((0u64..40, 1u32..4), 8..30),
        exposure in 0.5f64..20.0,
    ) {
        prop_assume!(counts.iter().any(|(count, _)| *count > 0));
        let term = |index: usize| [1.0, if index.is_multiple_of(2) { -1.0 } else { 1.0 }];
        let once: Vec<[f64; 2]> = (0..counts.len()).map(term).collect();
        let y: Vec<f64> = counts.iter().map(|(count, _)| *count as f64).collect();
        let weights: Vec<f64> = counts.iter().map(|(_, weight)| f64::from(*weight)).collect();
        let offset = vec![exposure.ln(); y.len()];
        let repeat = |index: usize| std::iter::repeat_n(index, counts[index].1 as usize);
        let many: Vec<usize> = (0..counts.len()).flat_map(repeat).collect();
        let repeated: Vec<[f64; 2]> = many.iter().map(|index| term(*index)).collect();
        let repeated_y: Vec<f64> = many.iter().map(|index| y[*index]).collect();
        let (once, repeated) =
            (Design::from_rows(&once).unwrap(), Design::from_rows(&repeated).unwrap());
        let weighted =
            Model { design: &once, counts: &y, offset: Some(&offset), weights: Some(&weights) };
        let plain = Model { design: &repeated, counts: &repeated_y, offset: None, weights: None };
        // Half of the rows may be without events, and then there is no contrast to fit.
        let (Ok(a), Ok(b)) = (weighted.negative_binomial(), plain.negative_binomial()) else {
            return Ok(());
        };
        prop_assert!((a.coefficients[0] + exposure.ln() - b.coefficients[0]).abs() < 1e-6);
        prop_assert!((a.coefficients[1] - b.coefficients[1]).abs() < 1e-6);
        prop_assert!((a.standard_error(1) - b.standard_error(1)).abs() < 1e-6);
        prop_assert!((a.log_likelihood - b.log_likelihood).abs() < 1e-6);
    }
}
