//! Somebody with all that was published, a list of what each number counts, and a solver of linear
//! programmes. Written apart from `wardmote-disclosure`: nothing of it is used here.

use std::collections::BTreeMap;

use microlp::{ComparisonOp, OptimizationDirection, Problem};

/// Rows that the attacker cannot tell apart further: a source, or a part of one, in a place and month.
pub(crate) type Row = (String, String, String);

/// What the attacker knows: numbers, each the sum of some rows.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attacker {
    rows: BTreeMap<Row, usize>,
    known: Vec<(Vec<usize>, f64)>,
}

impl Attacker {
    fn positions(&mut self, rows: impl IntoIterator<Item = Row>) -> Vec<usize> {
        let mut positions = Vec::new();
        for row in rows {
            let next = self.rows.len();
            positions.push(*self.rows.entry(row).or_insert(next));
        }
        positions
    }

    /// Learns that these rows are `n` together.
    pub(crate) fn learns(&mut self, rows: impl IntoIterator<Item = Row>, n: u64) {
        let positions = self.positions(rows);
        self.known.push((positions, n as f64));
    }

    /// The fewest and the most that some rows can be, less some others, by all that is known.
    pub(crate) fn bounds(
        &mut self,
        rows: impl IntoIterator<Item = Row>,
        less: impl IntoIterator<Item = Row>,
    ) -> (f64, f64) {
        let mut weight: BTreeMap<usize, f64> = BTreeMap::new();
        for at in self.positions(rows) {
            *weight.entry(at).or_default() += 1.0;
        }
        for at in self.positions(less) {
            *weight.entry(at).or_default() -= 1.0;
        }
        let fewest = self.extreme(&weight, OptimizationDirection::Minimize);
        (fewest, self.extreme(&weight, OptimizationDirection::Maximize))
    }

    fn extreme(&self, weight: &BTreeMap<usize, f64>, direction: OptimizationDirection) -> f64 {
        let mut problem = Problem::new(direction);
        let variables: Vec<_> = (0..self.rows.len())
            .map(|at| {
                let weight = weight.get(&at).copied().unwrap_or_default();
                // No count is larger than this here, so that every programme has an end.
                problem.add_var(weight, (0.0, 100_000.0))
            })
            .collect();
        for (rows, n) in &self.known {
            let terms: Vec<_> = rows.iter().map(|at| (variables[*at], 1.0)).collect();
            problem.add_constraint(&terms, ComparisonOp::Eq, *n);
        }
        problem.solve().unwrap().into_solution().unwrap().objective()
    }
}
