//! Rounding to a base: so that sums still add up where that can be, and by convention where not.

use std::collections::BTreeMap;

use crate::optimiser::{Answer, Programme};
use crate::pattern::Rounded;
use crate::publication::{Publication, Sum, Visibility};
use crate::rules::Rules;

/// Rounded cells by key, and whether all sums among them still add up.
pub(crate) struct Rounding {
    pub(crate) rounded: BTreeMap<String, Rounded>,
    pub(crate) additive: bool,
    pub(crate) programmes: u64,
}

/// Rounds every controlled cell.
///
/// # Source
///
/// Zero-restricted controlled rounding as in Cox (1987), *Journal of the American Statistical
/// Association* 82: each cell goes to the multiple of the base just below or above it, so that
/// every sum of rounded cells is the rounded total, with the least change in all.
pub(crate) fn round(publication: &Publication, rules: &Rules, base: u64) -> Rounding {
    let mut rounding = Rounding { rounded: BTreeMap::new(), additive: true, programmes: 0 };
    for (cells, sums) in linked(publication) {
        rounding.programmes += 1;
        let additive = round_together(publication, &cells, &sums, base, rules.node_limit);
        rounding.additive &= additive.is_some();
        let values = additive.map(|values| {
            let slack = base - 1;
            values.into_iter().map(move |value| (value, slack, slack)).collect::<Vec<_>>()
        });
        let values = values.unwrap_or_else(|| {
            let nearest = |&cell: &usize| {
                let value = publication.cells()[cell].value;
                ((value + base / 2) / base * base, base / 2, base.div_ceil(2) - 1)
            };
            cells.iter().map(nearest).collect()
        });
        for (&cell, (value, below, above)) in cells.iter().zip(values) {
            let (lower, upper) = (value.saturating_sub(below), value + above);
            let key = publication.cells()[cell].key.clone();
            rounding.rounded.insert(key, Rounded { value, lower, upper });
        }
    }
    rounding
}

/// Controlled cells in parts that sums link, each with the sums that hold none but such cells.
fn linked(publication: &Publication) -> Vec<(Vec<usize>, Vec<&Sum>)> {
    let is_controlled =
        |cell: usize| publication.cells()[cell].visibility == Visibility::Controlled;
    let whole = |sum: &Sum| sum.terms().all(|(cell, _)| is_controlled(cell));
    let mut seen = vec![false; publication.cells().len()];
    let mut parts = Vec::new();
    for first in (0..seen.len()).filter(|&cell| is_controlled(cell)) {
        if std::mem::replace(&mut seen[first], true) {
            continue;
        }
        let (mut cells, mut sums, mut next) = (vec![first], Vec::new(), 0);
        while let Some(&cell) = cells.get(next) {
            next += 1;
            for &at in publication.sums_of(cell) {
                let sum = &publication.sums()[at];
                if !whole(sum) {
                    continue;
                }
                sums.push(at);
                for (other, _) in sum.terms() {
                    if !std::mem::replace(&mut seen[other], true) {
                        cells.push(other);
                    }
                }
            }
        }
        sums.sort_unstable();
        sums.dedup();
        parts.push((cells, sums.into_iter().map(|at| &publication.sums()[at]).collect()));
    }
    parts
}

fn round_together(
    publication: &Publication,
    cells: &[usize],
    sums: &[&Sum],
    base: u64,
    node_limit: u64,
) -> Option<Vec<u64>> {
    let value = |cell: usize| publication.cells()[cell].value;
    let mut programme = Programme::new();
    let mut place = BTreeMap::new();
    for &cell in cells {
        let rest = value(cell) % base;
        // Up costs `base - rest`, down `rest`; a multiple stays.
        let cost = base as f64 - 2.0 * rest as f64;
        place.insert(cell, programme.whole(cost, 0.0, if rest == 0 { 0.0 } else { 1.0 }));
    }
    for sum in sums {
        let steps = |cell: usize| (value(cell) / base).cast_signed();
        let down: i64 = sum.terms().map(|(cell, sign)| sign * steps(cell)).sum();
        let terms: Vec<_> = sum.terms().map(|(cell, sign)| (place[&cell], sign as f64)).collect();
        programme.equal(&terms, -down as f64);
    }
    let Answer::Found { values, .. } = programme.solve(node_limit) else { return None };
    let rounded = cells.iter().map(|&cell| {
        let up = u64::from(values[place[&cell]] > 0.5);
        (cell, (value(cell) / base + up) * base)
    });
    let rounded: BTreeMap<_, _> = rounded.collect();
    // That the sums hold is checked in whole numbers.
    let adds_up =
        |sum: &&Sum| sum.parts.iter().map(|part| rounded[part]).sum::<u64>() == rounded[&sum.total];
    sums.iter().all(adds_up).then(|| cells.iter().map(|cell| rounded[cell]).collect())
}
