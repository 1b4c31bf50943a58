use wardmote_twin::series::{Season, SeriesError, TwoYears};

/// Mean and variance of each month lie within five standard errors of what was asked for.
#[test]
fn months_vary_about_the_truth_as_they_should() {
    let n = 4_000;
    for (first_year, dispersion, season, percent_change) in [
        (300.0, 3.0, Season::AntiSocialBehaviour, 0.0),
        (3_000.0, 1.0, Season::Crime, -8.0),
        (25_000.0, 1.8, Season::Crime, 20.0),
    ] {
        let truth = TwoYears::new(first_year, dispersion, season).unwrap();
        let truth = truth.with_percent_change(percent_change).unwrap();
        let drawn: Vec<_> = (0..n).map(|number| truth.draw(11, number)).collect();
        for (year, total) in
            [first_year, first_year * (1.0 + percent_change / 100.0)].into_iter().enumerate()
        {
            for (month, share) in season.profile().iter().enumerate() {
                let counts = drawn.iter().map(|series| series[year][month] as f64);
                let mean = counts.clone().sum::<f64>() / n as f64;
                let variance = counts.map(|count| (count - mean).powi(2)).sum::<f64>() / n as f64;
                let expected = total * share / 12.0;
                let errors = 5.0 / (n as f64).sqrt();
                assert!((mean - expected).abs() < errors * (dispersion * expected).sqrt());
                // A kurtosis of 3.6, which 15 events a month of dispersion 3 have at most, makes the
                // error of a variance 1.6 times the variance over the root of n.
                let ratio = variance / (dispersion * expected);
                assert!((ratio - 1.0).abs() < 1.7 * errors, "{first_year} {month} {ratio}");
            }
        }
    }
}

#[test]
fn nothing_is_forced_to_a_total() {
    let unchanged = TwoYears::new(3_000.0, 1.8, Season::Crime).unwrap();
    let total = |number| unchanged.draw(1, number)[0].iter().sum::<u64>();
    assert!((1..50).any(|number| total(number) != total(0)));
}

#[test]
fn the_numbers_are_the_same_on_every_machine() {
    let small = TwoYears::new(100.0, 3.0, Season::AntiSocialBehaviour).unwrap();
    assert_eq!(
        small.draw(1, 2),
        [[8, 5, 29, 6, 11, 2, 2, 17, 1, 7, 5, 13], [24, 2, 7, 9, 11, 16, 8, 8, 7, 13, 8, 3]]
    );
    let large = TwoYears::new(25_000.0, 1.8, Season::Crime).unwrap();
    assert_eq!(
        large.draw(1, 2),
        [
            [2018, 2137, 2200, 2218, 2123, 2223, 2121, 1921, 1974, 1892, 1841, 2014],
            [1938, 2283, 2242, 2239, 2185, 2192, 2104, 1950, 1961, 1947, 1845, 2064]
        ]
    );
}

#[test]
fn what_cannot_be_drawn_is_refused() {
    let refused = |first_year, dispersion| {
        TwoYears::new(first_year, dispersion, Season::Crime).unwrap_err().to_string()
    };
    assert_eq!(refused(100.0, 0.5), "dispersion 0.5 is not a number from 1 to 1000");
    assert_eq!(
        refused(f64::NAN, 1.0),
        "NaN events a year is not a number above 0 and below a thousand million"
    );
    let truth = TwoYears::new(100.0, 1.0, Season::Crime).unwrap();
    assert_eq!(
        truth.with_percent_change(-100.0),
        Err(SeriesError::Change { percent_change: -100.0 })
    );
}
