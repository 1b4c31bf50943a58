//! The optimiser behind a narrow door: linear programmes, whole-number ones, and three answers.

use microlp::{ComparisonOp, Error, OptimizationDirection, Problem, SolveOptions, Variable};

/// What the optimiser found.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Answer {
    /// The best values, one for each variable, and whether they are proven to be the best.
    Found { values: Vec<f64>, objective: f64, proven: bool },
    /// No values meet the constraints.
    Infeasible,
    /// The objective has no bound.
    Unbounded,
    /// It gave up.
    Unknown,
}

/// A programme to be minimised.
pub(crate) struct Programme {
    problem: Problem,
    variables: Vec<Variable>,
}

impl Programme {
    pub(crate) fn new() -> Self {
        Self { problem: Problem::new(OptimizationDirection::Minimize), variables: Vec::new() }
    }

    pub(crate) fn real(&mut self, cost: f64, lower: f64, upper: f64) -> usize {
        self.variables.push(self.problem.add_var(cost, (lower, upper)));
        self.variables.len() - 1
    }

    /// A whole number; bounds beyond those of `i32` are drawn in to them.
    pub(crate) fn whole(&mut self, cost: f64, lower: f64, upper: f64) -> usize {
        // `as` saturates, which is what an infinite bound asks for.
        let bounds = (lower as i32, upper as i32);
        self.variables.push(self.problem.add_integer_var(cost, bounds));
        self.variables.len() - 1
    }

    pub(crate) fn equal(&mut self, terms: &[(usize, f64)], to: f64) {
        self.constrain(terms, ComparisonOp::Eq, to);
    }

    pub(crate) fn at_least(&mut self, terms: &[(usize, f64)], bound: f64) {
        self.constrain(terms, ComparisonOp::Ge, bound);
    }

    fn constrain(&mut self, terms: &[(usize, f64)], operator: ComparisonOp, bound: f64) {
        let terms = terms.iter().map(|&(variable, factor)| (self.variables[variable], factor));
        self.problem.add_constraint(terms.collect::<Vec<_>>(), operator, bound);
    }

    pub(crate) fn solve(&self, node_limit: u64) -> Answer {
        self.solve_from(None, node_limit).0
    }

    /// Begins with values that meet all constraints; says how many nodes were searched.
    pub(crate) fn solve_from(&self, begin: Option<&[f64]>, node_limit: u64) -> (Answer, u64) {
        let mut options = SolveOptions::default();
        options.node_limit = Some(node_limit);
        options.warm_start =
            begin.map(|values| self.variables.iter().copied().zip(values.to_vec()).collect());
        let outcome = match self.problem.solve_with(options) {
            Ok(outcome) => outcome,
            Err(Error::Infeasible) => return (Answer::Infeasible, 0),
            Err(Error::Unbounded) => return (Answer::Unbounded, 0),
            Err(_) => return (Answer::Unknown, node_limit),
        };
        let answer = outcome.solution().map_or(Answer::Unknown, |solution| Answer::Found {
            values: self.variables.iter().map(|&one| solution.var_value(one)).collect(),
            objective: solution.objective(),
            proven: outcome.is_optimal(),
        });
        (answer, outcome.stats().nodes_solved)
    }
}
