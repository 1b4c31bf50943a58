//! What an attacker learns, to the number.

use wardmote_disclosure::{Interval, Pattern, Publication, Rules, attack};

use crate::drawn::Draw;

/// The interval that Fischetti and Salazar-González (1999, *Mathematical Programming* 84) give for
/// their table of investment by activity and region: the attacker of the withheld cells II/A, II/C,
/// III/A and III/C finds that II/C, 22, lies between 5 and 30. By hand: II/A + II/C = 30,
/// II/A + III/A = 25 and no count is negative.
#[test]
fn the_table_of_the_literature() {
    let rows = [("I", [20, 50, 10]), ("II", [8, 19, 22]), ("III", [17, 32, 12])];
    let mut builder = Publication::builder();
    for (row, counts) in rows {
        for (column, count) in ["A", "B", "C"].into_iter().zip(counts) {
            builder = builder.controlled(format!("{row}/{column}"), count);
        }
        builder = builder
            .controlled(row, counts.iter().sum())
            .sum(row, ["A", "B", "C"].map(|column| format!("{row}/{column}")));
    }
    for (at, column) in ["A", "B", "C"].into_iter().enumerate() {
        builder = builder
            .controlled(column, rows.iter().map(|row| row.1[at]).sum())
            .sum(column, rows.map(|(row, _)| format!("{row}/{column}")));
    }
    let publication = builder.build().unwrap();
    let withheld = ["II/A", "II/C", "III/A", "III/C"].map(str::to_owned).into();
    let pattern = Pattern { withheld, ..Pattern::default() };
    let learned = attack(&publication, &pattern, &Rules::default(), "II/C");
    assert_eq!(learned, Some(Interval { lower: 5, upper: Some(30), exact: true }));
}

/// Every table of four cells up to 30 is tried; the counts are so small that none beyond can be.
#[test]
fn intervals_are_those_of_all_tables() {
    let keys = ["a", "b", "c", "d"];
    let mut draw = Draw::new(7);
    let mut n_bounded = 0;
    for _ in 0..60 {
        let counts = [(); 4].map(|()| draw.below(7));
        let [a, b, c, d] = counts;
        let sums: [(&str, u64, &[usize]); 6] = [
            ("ab", a + b, &[0, 1]),
            ("cd", c + d, &[2, 3]),
            ("ac", a + c, &[0, 2]),
            ("bd", b + d, &[1, 3]),
            ("abc", a + b + c, &[0, 1, 2]),
            ("abcd", a + b + c + d, &[0, 1, 2, 3]),
        ];
        let mut builder = Publication::builder();
        let mut withheld = Vec::new();
        for (key, count) in keys.into_iter().zip(counts) {
            builder = builder.controlled(key, count);
            if draw.below(4) > 0 {
                withheld.push(key);
            }
        }
        for (key, count, parts) in sums {
            builder = builder.controlled(key, count).sum(key, parts.iter().map(|&at| keys[at]));
            if draw.below(2) > 0 {
                withheld.push(key);
            }
        }
        let publication = builder.build().unwrap();
        let pattern = Pattern {
            withheld: withheld.iter().map(ToString::to_string).collect(),
            ..Pattern::default()
        };
        let is_shown = |key| !withheld.contains(&key);
        let mut found = [(u64::MAX, 0); 4];
        for code in 0..31_u64.pow(4) {
            let table = [0, 1, 2, 3].map(|at| code / 31_u64.pow(at) % 31);
            let holds = (0..4).all(|at| !is_shown(keys[at]) || table[at] == counts[at])
                && sums.iter().all(|(key, total, parts)| {
                    !is_shown(key) || parts.iter().map(|&at| table[at]).sum::<u64>() == *total
                });
            if holds {
                for (seen, value) in found.iter_mut().zip(table) {
                    *seen = (seen.0.min(value), seen.1.max(value));
                }
            }
        }
        for (key, (lower, upper)) in keys.into_iter().zip(found) {
            let learned = attack(&publication, &pattern, &Rules::default(), key).unwrap();
            assert!(learned.exact, "{key} of {counts:?} without {withheld:?}");
            assert_eq!(learned.lower, lower, "{key} of {counts:?} without {withheld:?}");
            // What reaches the end of the search has no end.
            let bounded = (upper < 30).then_some(upper);
            assert_eq!(learned.upper, bounded, "{key} of {counts:?} without {withheld:?}");
            n_bounded += usize::from(bounded.is_some());
        }
    }
    assert!(n_bounded > 60, "{n_bounded} bounded intervals");
}

/// The odd sum of three pairs: fractions allow halves, whole counts do not.
#[test]
fn whole_counts_are_known_to_be_whole() {
    // a + b = 1, b + c = 1, a + c = t withheld: t is 0 or 2 in whole counts, where b is 1 or 0.
    let publication = Publication::builder()
        .controlled("a", 1)
        .controlled("b", 0)
        .controlled("c", 1)
        .controlled("ab", 1)
        .controlled("bc", 1)
        .controlled("ac", 2)
        .controlled("abc", 2)
        .sum("ab", ["a", "b"])
        .sum("bc", ["b", "c"])
        .sum("ac", ["a", "c"])
        .sum("abc", ["a", "b", "c"])
        .build()
        .unwrap();
    let withheld = ["a", "b", "c", "ac", "abc"].map(str::to_owned).into();
    let pattern = Pattern { withheld, ..Pattern::default() };
    let learn = |key| attack(&publication, &pattern, &Rules::default(), key).unwrap();
    assert_eq!(learn("ac"), Interval { lower: 0, upper: Some(2), exact: true });
    assert_eq!(learn("abc"), Interval { lower: 1, upper: Some(2), exact: true });
    assert_eq!(attack(&publication, &pattern, &Rules::default(), "nothing"), None);
}
