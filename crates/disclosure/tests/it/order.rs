//! The same input in another order gives the same answer.

use wardmote_disclosure::{Publication, Rules, protect};

use crate::drawn::{self, Dimension, Draw};

#[test]
fn order_does_not_matter() {
    for (seed, exact_up_to) in [(1, 250), (2, 250), (3, 0), (4, 0)] {
        let rules = Rules { exact_up_to, ..Rules::default() };
        let mut draw = Draw::new(seed);
        let dimensions = [
            Dimension::hierarchy("area", 6, 3),
            Dimension::flat("month", 3),
            Dimension::flat("kind", 2),
        ];
        let leaves =
            drawn::product(&dimensions.iter().map(|d| d.leaves.clone()).collect::<Vec<_>>());
        let leaves = leaves.into_iter().map(|leaf| (leaf, draw.count())).collect();
        let (mut cells, mut sums) = drawn::cells_and_sums("t", &dimensions, &leaves);
        let mut answers = Vec::new();
        for _ in 0..3 {
            let mut builder = Publication::builder();
            for (key, value) in &cells {
                builder = builder.controlled(key, *value);
            }
            for (total, parts) in &sums {
                builder = builder.sum(total, parts);
            }
            answers.push(protect(&builder.build().unwrap(), &rules).unwrap());
            shuffle(&mut cells, &mut draw);
            shuffle(&mut sums, &mut draw);
            for (_, parts) in &mut sums {
                shuffle(parts, &mut draw);
            }
        }
        assert!(answers[0].report.withheld_for_others > 0);
        assert_eq!(answers[0], answers[1]);
        assert_eq!(answers[0], answers[2]);
    }
}

/// Fisher and Yates.
fn shuffle<T>(items: &mut [T], draw: &mut Draw) {
    for at in (1..items.len()).rev() {
        items.swap(at, draw.below(at as u64 + 1) as usize);
    }
}
