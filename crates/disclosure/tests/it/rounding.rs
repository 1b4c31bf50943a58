//! Rounding to base 5.

use wardmote_disclosure::{
    Interval, Method, ProtectError, Publication, Quality, Rounded, Rules, attack, protect,
};

use crate::drawn::{self, Dimension, Draw};

const BASE: u64 = 5;

fn rules() -> Rules {
    Rules { method: Method::Round { base: BASE }, ..Rules::default() }
}

#[test]
fn sums_of_rounded_cells_still_add_up() {
    for seed in 0..30 {
        let mut draw = Draw::new(seed);
        let dimensions = [Dimension::hierarchy("area", 6, 3), Dimension::flat("month", 4)];
        let places = drawn::product(&dimensions.each_ref().map(|d| d.leaves.clone()));
        let leaves = places.into_iter().map(|place| (place, draw.count())).collect();
        let (cells, sums) = drawn::cells_and_sums("t", &dimensions, &leaves);
        let builder = cells
            .iter()
            .fold(Publication::builder(), |builder, (key, value)| builder.controlled(key, *value));
        let builder =
            sums.iter().fold(builder, |builder, (total, parts)| builder.sum(total, parts));
        let publication = builder.build().unwrap();
        let protected = protect(&publication, &rules()).unwrap();
        assert_eq!(protected.report.quality, Quality::Additive);
        let shown = |key: &String| protected.pattern.rounded[key].value;
        for (total, parts) in &sums {
            assert_eq!(shown(total), parts.iter().map(shown).sum::<u64>(), "{total}");
        }
        for (key, value) in &cells {
            let shown = shown(key);
            assert!(shown % BASE == 0 && shown.abs_diff(*value) < BASE, "{value} as {shown}");
            if value % BASE == 0 {
                assert_eq!(shown, *value);
            }
        }
    }
}

/// The true table is always among those that the attacker must believe possible.
#[test]
fn the_attacker_of_rounded_cells_is_never_wrong() {
    let publication = Publication::builder()
        .controlled("north", 1)
        .controlled("south", 13)
        .controlled("town", 14)
        .sum("town", ["north", "south"])
        .build()
        .unwrap();
    let protected = protect(&publication, &rules()).unwrap();
    for cell in publication.cells() {
        let learned = attack(&publication, &protected.pattern, &rules(), &cell.key).unwrap();
        assert!(learned.lower <= cell.value && cell.value <= learned.upper.unwrap());
        assert!(learned.upper.unwrap() - learned.lower >= 2);
    }
}

/// What is known is not rounded, and its sum is no sum of rounded cells, but the attacker uses it.
#[test]
fn a_known_total_is_used_by_the_attacker() {
    let publication = Publication::builder()
        .controlled("north", 11)
        .controlled("south", 12)
        .known("town", 23)
        .sum("town", ["north", "south"])
        .build()
        .unwrap();
    let protected = protect(&publication, &rules()).unwrap();
    assert!(!protected.pattern.rounded.contains_key("town"));
    // Both go to 10, so 6 to 14 by themselves; with the total, 9 to 14.
    let north = protected.pattern.rounded["north"];
    assert_eq!((north.value, north.lower, north.upper), (10, 6, 14));
    let learned = attack(&publication, &protected.pattern, &rules(), "north");
    assert_eq!(learned, Some(Interval { lower: 9, upper: Some(14), exact: true }));
}

/// Zero is shown as zero, so the known total gives the other part away.
#[test]
fn what_rounding_cannot_hide_is_an_error() {
    let publication = Publication::builder()
        .controlled("north", 0)
        .controlled("south", 1)
        .known("town", 1)
        .sum("town", ["north", "south"])
        .build()
        .unwrap();
    let error = protect(&publication, &rules()).unwrap_err();
    assert_eq!(error, ProtectError::RoundingDiscloses { keys: vec!["south".into()] });
    let base = Rules { method: Method::Round { base: 2 }, ..Rules::default() };
    assert_eq!(protect(&publication, &base), Err(ProtectError::Base { base: 2 }));
}

/// Three fives whose pairs are tens: rounded to ten, an even number of them would have to go up in
/// each of three pairs that each need one.
#[test]
fn rounded_by_convention_where_no_rounding_adds_up() {
    let mut builder = Publication::builder();
    for key in ["a", "b", "c"] {
        builder = builder.controlled(key, 5);
    }
    for (key, parts) in [("ab", ["a", "b"]), ("bc", ["b", "c"]), ("ac", ["a", "c"])] {
        builder = builder.controlled(key, 10).sum(key, parts);
    }
    let to_ten = Rules { method: Method::Round { base: 10 }, ..Rules::default() };
    let protected = protect(&builder.build().unwrap(), &to_ten).unwrap();
    assert_eq!(protected.report.quality, Quality::NotAdditive);
    // Half goes up: 10 stands for 5 to 14.
    let ten = Rounded { value: 10, lower: 5, upper: 14 };
    assert!(protected.pattern.rounded.values().all(|&rounded| rounded == ten));
    assert_eq!(protected.pattern.rounded.len(), 6);
}
