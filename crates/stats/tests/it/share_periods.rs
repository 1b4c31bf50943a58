use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::share_periods::{Part, SharePeriodsError, compare_shares};

use crate::draw::Draw;

fn parts(months: &[(u64, u64)]) -> Vec<Part> {
    months.iter().map(|&(with, of)| Part { with, of }).collect()
}

const EVEN: [(u64, u64); 12] = [
    (9, 30),
    (8, 31),
    (12, 33),
    (10, 28),
    (7, 29),
    (11, 36),
    (9, 32),
    (13, 35),
    (8, 27),
    (10, 34),
    (9, 31),
    (12, 30),
];
const RAGGED: [(u64, u64); 12] = [
    (2, 30),
    (18, 31),
    (4, 33),
    (20, 28),
    (7, 29),
    (1, 36),
    (19, 32),
    (3, 35),
    (8, 27),
    (20, 34),
    (9, 31),
    (2, 30),
];
const LATER: [(u64, u64); 12] = [
    (7, 29),
    (6, 28),
    (9, 33),
    (5, 27),
    (8, 31),
    (10, 30),
    (6, 26),
    (8, 34),
    (9, 28),
    (4, 25),
    (7, 30),
    (11, 32),
];

#[test]
fn agrees_with_statsmodels() {
    // proportions_ztest gives z and p; GLM(Binomial) with a term for the later period gives Pearson's
    // chi-square over its 22 degrees of freedom and the residuals.
    let even = compare_shares(&parts(&EVEN), &parts(&LATER)).unwrap();
    assert_relative_eq!(even.z_plain, -1.759_160_102_626_757, max_relative = 1e-12);
    assert_relative_eq!(even.dispersion.pearson_phi, 0.413_974_666_8, max_relative = 1e-8);
    assert_eq!(even.dispersion.degrees_of_freedom, 22);
    let ragged = compare_shares(&parts(&RAGGED), &parts(&LATER)).unwrap();
    assert_relative_eq!(ragged.z_plain, -1.371_908_612_417_268, max_relative = 1e-12);
    assert_relative_eq!(ragged.dispersion.pearson_phi, 4.900_550_422_970_8, max_relative = 1e-9);
    assert_relative_eq!(ragged.dispersion.lag1, -0.490_558_315_862_77, max_relative = 1e-9);
    assert_relative_eq!(ragged.z, ragged.z_plain / 4.900_550_423_f64.sqrt(), max_relative = 1e-9);
}

#[test]
fn months_that_vary_less_than_chance_do_not_narrow_the_test() {
    let even = compare_shares(&parts(&EVEN), &parts(&LATER)).unwrap();
    assert!(even.dispersion.pearson_phi < 1.0);
    assert!(even.z.abs() <= even.z_plain.abs());
}

#[test]
fn what_cannot_be_compared_is_refused() {
    let check = |earlier: &[(u64, u64)], later: &[(u64, u64)]| {
        compare_shares(&parts(earlier), &parts(later)).unwrap_err()
    };
    assert_eq!(check(&[(3, 2)], &[(1, 2)]), SharePeriodsError::MoreThanAll { with: 3, of: 2 });
    let nobody = SharePeriodsError::NoCases { earlier: 0, later: 2 };
    assert_eq!(check(&[(0, 0)], &[(1, 2)]), nobody);
    assert_eq!(check(&[(1, 3)], &[(1, 2)]), SharePeriodsError::TooFewMonths { months: 2 });
    assert_eq!(check(&[(0, 3), (0, 4)], &[(0, 2), (0, 2)]), SharePeriodsError::NoVariation);
}

fn part(draw: &mut Draw, of: u64, share: f64) -> Part {
    let with = (0..of).filter(|_| draw.uniform() < share).count() as u64;
    Part { with, of }
}

#[test]
fn nothing_changed_is_seldom_called_a_change() {
    // 4,000 pairs of years of 30 cases a month, of which 28% have the property; every second pair
    // with months that differ more than chance. At 5% the count below would exceed 245 in one of
    // a hundred runs, were the true rate 5% (binomial, n 4,000).
    let mut draw = Draw::new(20_241_124);
    let mut found = 0;
    for pair in 0..4_000 {
        let mut year = || -> Vec<Part> {
            let spread = if pair % 2 == 0 { 0.0 } else { 0.2 };
            let months = (0..12).map(|_| {
                let share = 0.28 + spread * (draw.uniform() - 0.5);
                part(&mut draw, 30, share)
            });
            months.collect()
        };
        let (earlier, later) = (year(), year());
        found += usize::from(compare_shares(&earlier, &later).unwrap().p_value <= 0.05);
    }
    assert!((60..=233).contains(&found), "{found} of 4,000");
}

fn year() -> impl Strategy<Value = Vec<Part>> {
    let part = (1u64..60).prop_flat_map(|of| (0..=of).prop_map(move |with| Part { with, of }));
    prop::collection::vec(part, 3..13)
}

proptest! {
    #[test]
    fn turning_time_round_turns_the_sign(earlier in year(), later in year()) {
        if let (Ok(there), Ok(back)) = (compare_shares(&earlier, &later), compare_shares(&later, &earlier)) {
            prop_assert!((there.z_plain + back.z_plain).abs() < 1e-9);
            prop_assert!((there.difference + back.difference).abs() < 1e-12);
            prop_assert!(there.interval.contains(there.difference));
        }
    }
}
