//! A publication falls into parts that no sum links but through known cells; each is protected by
//! itself.

use crate::cuts::Role;
use crate::moves::Target;
use crate::publication::Publication;

/// Cells that sums link, known ones apart, with their targets.
pub(crate) struct Part {
    /// Cells to choose from, in order.
    pub(crate) free: Vec<usize>,
    pub(crate) targets: Vec<Target>,
}

/// The parts in which something is to be protected.
pub(crate) fn parts(publication: &Publication, roles: &[Role], targets: &[Target]) -> Vec<Part> {
    let mut part_of = vec![usize::MAX; roles.len()];
    let mut parts = Vec::new();
    for target in targets {
        if part_of[target.cell] != usize::MAX {
            continue;
        }
        let number = parts.len();
        let mut free = Vec::new();
        let mut open = vec![target.cell];
        part_of[target.cell] = number;
        while let Some(cell) = open.pop() {
            if roles[cell] == Role::Free {
                free.push(cell);
            }
            for &sum in publication.sums_of(cell) {
                for (other, _) in publication.sums()[sum].terms() {
                    if roles[other] != Role::Fixed && part_of[other] == usize::MAX {
                        part_of[other] = number;
                        open.push(other);
                    }
                }
            }
        }
        free.sort_unstable();
        parts.push(Part { free, targets: Vec::new() });
    }
    for &target in targets {
        parts[part_of[target.cell]].targets.push(target);
    }
    parts
}
