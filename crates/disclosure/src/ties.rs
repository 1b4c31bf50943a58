//! Cells that can only change together, taken as one: where few cells are withheld, most sums hold
//! two of them, and what the one gains the other loses. The programme that is left is much smaller.

/// Groups of tied cells, and the sums that are left between groups.
pub(crate) struct Ties {
    /// For each cell its group, and whether it changes with the group or against it; `None` for a
    /// cell that cannot change.
    pub(crate) place: Vec<Option<(usize, i64)>>,
    pub(crate) n_groups: usize,
    /// Sums as terms of group and factor.
    pub(crate) sums: Vec<Vec<(usize, i64)>>,
}

impl Ties {
    /// Ties `n_cells` cells by what the sums over them leave possible.
    pub(crate) fn new(n_cells: usize, sums: Vec<Vec<(usize, i64)>>) -> Self {
        let mut sums_of = vec![Vec::new(); n_cells];
        for (at, sum) in sums.iter().enumerate() {
            for &(cell, _) in sum {
                sums_of[cell].push(at);
            }
        }
        let members = (0..n_cells).map(|cell| vec![(cell, 1)]).collect();
        let mut knot = Knot { members, sums_of, sums };
        knot.tie_all();
        knot.finish(n_cells)
    }
}

struct Knot {
    /// For each group, named by one of its cells, its cells and their directions.
    members: Vec<Vec<(usize, i64)>>,
    /// For each group the sums in which it stands, and perhaps some in which it stood.
    sums_of: Vec<Vec<usize>>,
    /// Terms of group and factor, in no order; each group once.
    sums: Vec<Vec<(usize, i64)>>,
}

impl Knot {
    fn tie_all(&mut self) {
        let mut open: Vec<usize> = (0..self.sums.len()).collect();
        while let Some(at) = open.pop() {
            match self.sums[at][..] {
                [(still, _)] => {
                    for sum in std::mem::take(&mut self.sums_of[still]) {
                        take_term(&mut self.sums[sum], still);
                        open.push(sum);
                    }
                    self.members[still].clear();
                }
                [(one, by), (other, other_by)] if by.abs() == other_by.abs() => {
                    let (kept, gone) = if self.sums_of[one].len() < self.sums_of[other].len() {
                        (other, one)
                    } else {
                        (one, other)
                    };
                    self.merge(kept, gone, -(by.signum() * other_by.signum()), &mut open);
                }
                _ => {}
            }
        }
    }

    /// Takes `gone` as `sign` times `kept`.
    fn merge(&mut self, kept: usize, gone: usize, sign: i64, open: &mut Vec<usize>) {
        for at in std::mem::take(&mut self.sums_of[gone]) {
            let sum = &mut self.sums[at];
            let Some(by) = take_term(sum, gone) else { continue };
            let before = take_term(sum, kept);
            if before.is_none() {
                self.sums_of[kept].push(at);
            }
            let total = before.unwrap_or(0) + sign * by;
            if total != 0 {
                sum.push((kept, total));
            }
            open.push(at);
        }
        let moved = std::mem::take(&mut self.members[gone]);
        self.members[kept].extend(moved.into_iter().map(|(cell, by)| (cell, sign * by)));
    }

    fn finish(self, n_cells: usize) -> Ties {
        let mut place = vec![None; n_cells];
        let mut number = vec![0; n_cells];
        let mut n_groups = 0;
        for (group, members) in self.members.iter().enumerate().filter(|(_, all)| !all.is_empty()) {
            number[group] = n_groups;
            for &(cell, sign) in members {
                place[cell] = Some((n_groups, sign));
            }
            n_groups += 1;
        }
        let sums = self.sums.into_iter().filter(|sum| !sum.is_empty());
        let sums = sums.map(|sum| {
            let mut terms: Vec<_> =
                sum.into_iter().map(|(group, by)| (number[group], by)).collect();
            terms.sort_unstable();
            terms
        });
        let mut sums: Vec<_> = sums.collect();
        sums.sort_unstable();
        sums.dedup();
        Ties { place, n_groups, sums }
    }
}

fn take_term(sum: &mut Vec<(usize, i64)>, group: usize) -> Option<i64> {
    let at = sum.iter().position(|term| term.0 == group)?;
    Some(sum.swap_remove(at).1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rectangle_is_one_group() {
        // Two rows and two columns: cells 0 and 1, 2 and 3; 0 and 2, 1 and 3.
        let sums = [(0, 1), (2, 3), (0, 2), (1, 3)].map(|(one, other)| vec![(one, 1), (other, 1)]);
        let ties = Ties::new(4, sums.to_vec());
        assert_eq!((ties.n_groups, ties.sums.len()), (1, 0));
        let signs: Vec<_> = ties.place.iter().map(|place| place.unwrap().1).collect();
        assert!(signs[0] == signs[3] && signs[1] == signs[2] && signs[0] == -signs[1]);
    }

    #[test]
    fn a_cell_alone_in_its_sum_cannot_change_nor_what_hangs_on_it() {
        let sums = vec![vec![(0, 1)], vec![(0, 1), (1, -1)], vec![(1, 1), (2, 1), (3, 1)]];
        let ties = Ties::new(4, sums);
        assert_eq!((ties.place[0], ties.place[1]), (None, None));
        assert_eq!(ties.n_groups, 1);
    }
}
