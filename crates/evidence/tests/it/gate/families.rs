//! Assessments of twenty claims: how often any of them says what is not so.

use wardmote_twin::series::TwoYears;

use super::{LEVEL, ask, districts, exact, says_change};

const SEED: u64 = 20_240_501;
const FAMILIES: u64 = 300;
const TESTS: u64 = 20;

/// Families with a false word of change, and false words among all words of change or sameness.
fn families(margin: Option<f64>) -> (usize, usize, usize) {
    let unchanged: Vec<TwoYears> = districts().map(|(.., unchanged)| unchanged).collect();
    let (mut with_false_word, mut false_words, mut words) = (0, 0, 0);
    for family in 0..FAMILIES {
        let series: Vec<_> = (0..TESTS)
            .zip(unchanged.iter().cycle())
            .map(|(test, unchanged)| unchanged.draw(SEED, family * TESTS + test))
            .collect();
        let answered = ask(&series, margin);
        let said = answered.iter().filter(|answer| says_change(answer.verdict)).count();
        with_false_word += usize::from(said > 0);
        false_words += said;
        words += answered.iter().filter(|answer| !answer.verdict.allows().is_empty()).count();
    }
    (with_false_word, false_words, words)
}

#[test]
fn of_families_in_which_nothing_changed_few_say_that_anything_did() {
    let (found, ..) = families(None);
    let n = FAMILIES as usize;
    let lower = exact::lower_limit(found, n, 0.05);
    println!("{found} of {n} families of {TESTS} with a false word, lower limit {lower:.4}");
    assert!(lower <= LEVEL, "{found} of {n}, lower limit {lower}");
}

/// Sameness is corrected by itself, so that true words of sameness make no room for false ones of
/// change.
#[test]
fn margins_do_not_loosen_the_words_of_change() {
    let (with_false_word, false_words, words) = families(Some(0.1));
    let (without_margin, ..) = families(None);
    let n = FAMILIES as usize;
    let lower = exact::lower_limit(with_false_word, n, 0.05);
    println!(
        "with a margin of 10%: {false_words} of {words} words false, in {with_false_word} of {n} \
         families, lower limit {lower:.4}"
    );
    assert!(words > 1_000 && lower <= LEVEL, "{with_false_word} of {n}, lower limit {lower}");
    assert!(with_false_word <= without_margin, "a margin can only take words of change away");
}
