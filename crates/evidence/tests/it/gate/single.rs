//! One claim alone: how often a series in which nothing changed is said to have changed.

use super::{LEVEL, ask_alone, districts, exact, says_change};

const SEED: u64 = 20_240_401;
const COMPARISONS: usize = 4_000;

#[test]
fn nothing_changed_and_the_gate_seldom_says_it_did() {
    measure(None);
}

/// With a margin two tests are made of one claim, and both are corrected.
#[test]
fn nor_does_it_with_a_margin_declared() {
    measure(Some(0.05));
}

fn measure(margin: Option<f64>) {
    let margin_words = margin.map_or("no margin".to_owned(), |margin| format!("margin {margin}"));
    let check = |what: &str, found: usize, n: usize| {
        let lower = exact::lower_limit(found, n, 0.05);
        let share = found as f64 / n as f64;
        println!(
            "{margin_words}, {what}: {found} of {n} said to have changed, {share:.4}, lower limit {lower:.4}"
        );
        assert!(lower <= LEVEL, "{what}: {found} of {n}, lower limit {lower}");
    };
    let (mut found_in_all, mut n_in_all) = (0, 0);
    for (index, (total, dispersion, unchanged)) in districts().enumerate() {
        let said = (0..COMPARISONS)
            .filter(|&number| {
                let series = unchanged.draw(SEED + index as u64, number as u64);
                says_change(ask_alone(series, margin).verdict)
            })
            .count();
        check(&format!("{total} a year, dispersion {dispersion}"), said, COMPARISONS);
        found_in_all += said;
        n_in_all += COMPARISONS;
    }
    check("over all", found_in_all, n_in_all);
}
