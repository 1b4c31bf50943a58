//! Who is told more never learns less.

use std::collections::BTreeSet;

use proptest::prelude::*;
use wardmote_disclosure::{Pattern, Publication, PublicationBuilder, Rules, Verdict, audit};

use crate::drawn::{self, Dimension};

/// A table of 3 by 3 with its margins, and which of its 16 cells are withheld.
fn tables() -> impl Strategy<Value = (Vec<u64>, Vec<bool>)> {
    let count = prop_oneof![0..5_u64, 0..30_u64];
    (prop::collection::vec(count, 9), prop::collection::vec(prop::bool::weighted(0.7), 16))
}

fn build(
    cells: &[(String, u64)],
    sums: &[(String, Vec<String>)],
    known: impl Fn(&String) -> bool,
) -> PublicationBuilder {
    let mut builder = Publication::builder();
    for (key, value) in cells.iter().filter(|(key, _)| known(key)) {
        builder = builder.controlled(key, *value);
    }
    for (total, parts) in
        sums.iter().filter(|(total, parts)| parts.iter().chain([total]).all(&known))
    {
        builder = builder.sum(total, parts);
    }
    builder
}

fn broken(publication: &Publication, pattern: &Pattern) -> BTreeSet<String> {
    let audit = audit(publication, pattern, &Rules::default());
    let broken = audit.findings.into_iter().filter(|finding| finding.verdict != Verdict::Safe);
    broken.map(|finding| finding.key).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn more_cells_and_sums_never_make_safe_what_was_broken((counts, withheld) in tables()) {
        let dimensions = [Dimension::flat("a", 3), Dimension::flat("b", 3)];
        let places = drawn::product(&dimensions.each_ref().map(|d| d.leaves.clone()));
        let leaves = places.into_iter().zip(counts).collect();
        let (cells, sums) = drawn::cells_and_sums("t", &dimensions, &leaves);
        let keys = cells.iter().zip(withheld).filter(|(_, withheld)| *withheld);
        let pattern = Pattern {
            withheld: keys.map(|((key, _), _)| key.clone()).collect(),
            ..Pattern::default()
        };
        // The rows alone; with the columns; and with another table and a cell known from elsewhere.
        let rows = build(&cells, &sums, |key| !key.contains("/a-all") || key.starts_with("t/a-all/b-all"));
        let rows = broken(&rows.build().unwrap(), &pattern);
        let both = build(&cells, &sums, |_| true);
        let more = both.clone()
            .known("elsewhere", cells[0].1 + 6)
            .controlled("six", 6)
            .sum("elsewhere", [cells[0].0.as_str(), "six"]);
        let both = broken(&both.build().unwrap(), &pattern);
        let more = broken(&more.build().unwrap(), &pattern);
        prop_assert!(rows.is_subset(&both), "{rows:?} {both:?}");
        prop_assert!(both.is_subset(&more), "{both:?} {more:?}");
    }

    #[test]
    fn withholding_more_never_breaks_what_was_safe((counts, withheld) in tables(), also in 0..16_usize) {
        let dimensions = [Dimension::flat("a", 3), Dimension::flat("b", 3)];
        let places = drawn::product(&dimensions.each_ref().map(|d| d.leaves.clone()));
        let leaves = places.into_iter().zip(counts).collect();
        let (cells, sums) = drawn::cells_and_sums("t", &dimensions, &leaves);
        let publication = build(&cells, &sums, |_| true).build().unwrap();
        let keys = cells.iter().zip(withheld).filter(|(_, withheld)| *withheld);
        let mut pattern = Pattern {
            withheld: keys.map(|((key, _), _)| key.clone()).collect(),
            ..Pattern::default()
        };
        let before = broken(&publication, &pattern);
        pattern.withheld.insert(cells[also].0.clone());
        let after = broken(&publication, &pattern);
        prop_assert!(after.is_subset(&before), "{after:?} {before:?}");
    }
}
