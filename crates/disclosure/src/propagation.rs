//! The attack that anyone can make with a pencil: each sum bounds each of its cells by the others,
//! over and over.

use crate::moves::Prior;
use crate::publication::Publication;

/// Bounds that follow from single sums, used again and again until nothing moves or for this many
/// passes: each pass is sound by itself, and some systems creep for ever.
const PASSES: usize = 200;

/// Tightens what is known about each cell.
pub(crate) fn propagate(publication: &Publication, priors: &[Prior]) -> Vec<Prior> {
    let mut known = priors.to_vec();
    for _ in 0..PASSES {
        let mut moved = false;
        for sum in publication.sums() {
            let total = known[sum.total];
            let parts = sum.parts.iter().map(|&part| known[part]);
            let least: u64 = parts.clone().map(|part| part.lower).sum();
            let open = parts.clone().filter(|part| part.upper.is_none()).count();
            let most: u64 = parts.filter_map(|part| part.upper).sum();
            let of_total = Prior { lower: least, upper: (open == 0).then_some(most) };
            moved |= tighten(&mut known[sum.total], of_total);
            for &part in &sum.parts {
                let own = known[part];
                let others_open = open - usize::from(own.upper.is_none());
                let others_most = most.saturating_sub(own.upper.unwrap_or(0));
                // With an unbounded other the rest of the total may lie there.
                let lower =
                    if others_open > 0 { 0 } else { total.lower.saturating_sub(others_most) };
                let upper = total.upper.map(|upper| upper.saturating_sub(least - own.lower));
                // The sums above are of the bounds before this pass over the parts, which only
                // makes them wider; a later pass uses the new ones.
                moved |= tighten(&mut known[part], Prior { lower, upper });
            }
        }
        if !moved {
            break;
        }
    }
    known
}

fn tighten(known: &mut Prior, by: Prior) -> bool {
    let before = *known;
    known.lower = known.lower.max(by.lower);
    known.upper = match (known.upper, by.upper) {
        (Some(one), Some(other)) => Some(one.min(other)),
        (one, other) => one.or(other),
    };
    *known != before
}
