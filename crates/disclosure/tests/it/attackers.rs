//! Attackers written apart from the package: on tables instead of moves, on all sums at once.

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem};
use wardmote_disclosure::{Pattern, Publication, Rules, Visibility};

/// A publication as a test sees it.
pub(crate) struct Tables {
    pub(crate) cells: Vec<(String, u64, Visibility)>,
    /// Total and parts, by position.
    pub(crate) sums: Vec<(usize, Vec<usize>)>,
}

impl Tables {
    /// The sums are given again, because the package does not show its own.
    pub(crate) fn new(publication: &Publication, sums: &[(String, Vec<String>)]) -> Self {
        let cells = publication.cells().iter();
        let cells: Vec<_> =
            cells.map(|cell| (cell.key.clone(), cell.value, cell.visibility)).collect();
        let at = |key: &String| publication.position(key).unwrap();
        let sums = sums.iter().map(|(total, parts)| (at(total), parts.iter().map(at).collect()));
        Self { sums: sums.collect(), cells }
    }

    /// Whether a table of whole counts agrees with all that is shown and has the cell at this value
    /// or beyond it.
    fn can_be(&self, pattern: &Pattern, cell: usize, end: u64) -> bool {
        let mut problem = Problem::new(OptimizationDirection::Minimize);
        let is_above = end > self.cells[cell].1;
        let variables: Vec<_> = self
            .cells
            .iter()
            .enumerate()
            .map(|(at, (key, value, visibility))| {
                let value = i32::try_from(*value).unwrap();
                let is_shown = *visibility != Visibility::Hidden && !pattern.withheld.contains(key);
                let (lower, upper) = if is_shown { (value, value) } else { (0, 100_000) };
                let end = i32::try_from(end).unwrap();
                let bounds = match (at == cell, is_above) {
                    (true, true) => (lower.max(end), upper),
                    (true, false) => (lower, upper.min(end)),
                    (false, _) => (lower, upper),
                };
                (bounds.0 <= bounds.1).then(|| problem.add_integer_var(0.0, bounds))
            })
            .collect();
        let Some(variables) = variables.into_iter().collect::<Option<Vec<_>>>() else {
            return false;
        };
        for (total, parts) in &self.sums {
            let parts = parts.iter().map(|&part| (variables[part], 1.0));
            let terms: Vec<_> = parts.chain([(variables[*total], -1.0)]).collect();
            problem.add_constraint(terms, ComparisonOp::Eq, 0.0);
        }
        match problem.solve() {
            Ok(_) => true,
            Err(Error::Infeasible) => false,
            Err(other) => panic!("the attacker's optimiser failed: {other}"),
        }
    }

    /// The protected cells of which more is learned than the rules allow.
    pub(crate) fn recovered(&self, pattern: &Pattern, rules: &Rules) -> Vec<&str> {
        let protected = self.cells.iter().enumerate().filter(|(_, (_, value, visibility))| {
            *visibility != Visibility::Known && (1..=rules.small_up_to).contains(value)
        });
        let recovered = protected.filter(|&(at, &(_, value, _))| {
            let needed = rules.needed_range(value, 0);
            !self.can_be(pattern, at, needed.lower) || !self.can_be(pattern, at, needed.upper)
        });
        recovered.map(|(_, (key, ..))| key.as_str()).collect()
    }
}
