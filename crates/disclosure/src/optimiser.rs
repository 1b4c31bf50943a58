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

    #[track_caller]
    pub(crate) fn solve(&self, node_limit: u64) -> Answer {
        let mut options = SolveOptions::default();
        options.node_limit = Some(node_limit);
        let t = std::time::Instant::now();
        let r = self.problem.solve_with(options);
        eprintln!(
            "LP {} {} {:?} {} {}",
            self.problem.has_integer_vars(),
            self.variables.len(),
            t.elapsed().as_micros(),
            r.is_ok(),
            std::panic::Location::caller().line()
        );
        match r {
            Ok(outcome) => match outcome.solution() {
                Some(solution) => Answer::Found {
                    values: self.variables.iter().map(|&one| solution.var_value(one)).collect(),
                    objective: solution.objective(),
                    proven: outcome.is_optimal(),
                },
                None => Answer::Unknown,
            },
            Err(Error::Infeasible) => Answer::Infeasible,
            Err(Error::Unbounded) => Answer::Unbounded,
            Err(_) => Answer::Unknown,
        }
    }
}
