//! Inequalities that every safe choice of withheld cells meets.
//!
//! Where a cell cannot lie as far off as the rules ask, a weighted sum of sums proves it, and every
//! cell in that sum of sums which is shown helps to prove it. So enough of them must be withheld:
//! cell `j` loosens the proof by at most its weight times the room that it has when withheld.
//!
//! # Source
//!
//! Fischetti and Salazar-González (2001), *Management Science* 47(7), section 4: the capacity
//! constraints of their exact method for linked tables.

use crate::attack::{Attacker, Counters};
use crate::moves::{Side, Target};
use crate::optimiser::{Answer, Programme};
use crate::publication::Publication;

/// What the choice may do with a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Known, and cannot be withheld.
    Fixed,
    /// Withheld or hidden whatever is chosen.
    Unknown,
    /// To be chosen.
    Free,
}

/// The weights of the withheld among these cells must add up to what is needed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cut {
    pub(crate) terms: Vec<(usize, i64)>,
    pub(crate) need: i64,
}

impl Cut {
    pub(crate) fn is_met(&self, withheld: impl Fn(usize) -> bool) -> bool {
        self.lacks(withheld) <= 0
    }

    pub(crate) fn lacks(&self, withheld: impl Fn(usize) -> bool) -> i64 {
        let met = self.terms.iter().filter(|&&(cell, _)| withheld(cell));
        self.need - met.map(|&(_, weight)| weight).sum::<i64>()
    }
}

/// What a proof that a target is out of reach asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Demand {
    /// The target is within reach as far as this proof goes.
    Nothing,
    /// Something must be withheld.
    Cut(Cut),
    /// No choice helps: these known cells give the target away.
    Hopeless { known: Vec<usize> },
}

/// Weights are kept as whole numbers of this part, so that cuts compare exactly.
const PARTS: f64 = 60.0;

/// The cells with the room that each would have if it were withheld.
pub(crate) struct Field<'a> {
    pub(crate) publication: &'a Publication,
    pub(crate) roles: &'a [Role],
    /// The least value that a withheld cell may have.
    pub(crate) floors: &'a [u64],
}

impl Field<'_> {
    fn room_down(&self, cell: usize) -> u64 {
        self.publication.cells()[cell].value.saturating_sub(self.floors[cell])
    }

    /// What each single sum demands.
    pub(crate) fn demands_of_sums(&self, target: Target) -> Vec<Demand> {
        let sums = self.publication.sums_of(target.cell).iter().map(|&sum| {
            let terms: Vec<_> = self.publication.sums()[sum].terms().collect();
            let own = terms.iter().find(|&&(cell, _)| cell == target.cell).map_or(1, |term| term.1);
            let others = terms.iter().filter(|&&(cell, _)| cell != target.cell);
            // side * change = the sum of these factors times the others' changes.
            let factors =
                others.map(|&(cell, sign)| (cell, -(sign * own * target.side.sign()) as f64));
            self.demand(target, factors)
        });
        sums.collect()
    }

    /// What follows from `side * change of the target = sum of factor * change` over other cells.
    fn demand(&self, target: Target, factors: impl Iterator<Item = (usize, f64)>) -> Demand {
        let all = (target.distance as f64 * PARTS) as i64;
        let (mut need, mut terms, mut known) = (all, Vec::new(), Vec::new());
        for (cell, factor) in factors {
            let room = if factor > 0.0 { f64::INFINITY } else { self.room_down(cell) as f64 };
            // Rounded up, which keeps the cut true.
            let weight = (factor.abs() * room * PARTS - 1e-3).ceil().clamp(0.0, all as f64) as i64;
            match self.roles[cell] {
                Role::Fixed => known.push(cell),
                Role::Unknown => need -= weight,
                Role::Free if weight > 0 => terms.push((cell, weight)),
                Role::Free => {}
            }
        }
        if need <= 0 {
            return Demand::Nothing;
        }
        for (_, weight) in &mut terms {
            *weight = need.min(*weight);
        }
        terms.sort_unstable();
        if terms.iter().map(|&(_, weight)| weight).sum::<i64>() < need {
            known.sort_unstable();
            return Demand::Hopeless { known };
        }
        Demand::Cut(Cut { terms, need })
    }

    /// What the best proof that the target is out of reach demands, given the present choice.
    pub(crate) fn demand_of_proof(
        &self,
        attacker: &Attacker,
        target: Target,
        counters: &mut Counters,
    ) -> Demand {
        let withheld = |cell: usize| !attacker.priors[cell].is_exact();
        for size in [60, usize::MAX] {
            let (cells, is_all) = attacker.neighbourhood(target.cell, size);
            let proof = self.proof(&cells, &withheld, target, attacker.node_limit, counters);
            let demand =
                proof.map_or(Demand::Nothing, |factors| self.demand(target, factors.into_iter()));
            match demand {
                Demand::Cut(cut) if !cut.is_met(withheld) => return Demand::Cut(cut),
                Demand::Hopeless { known } => return Demand::Hopeless { known },
                _ => {}
            }
            if is_all {
                return self.demand_of_border(&cells, &withheld);
            }
        }
        Demand::Nothing
    }

    /// Factors that prove the target out of reach: those under which the withheld cells have the
    /// least room, and then those in which few shown cells stand.
    fn proof(
        &self,
        cells: &[usize],
        withheld: &impl Fn(usize) -> bool,
        target: Target,
        node_limit: u64,
        counters: &mut Counters,
    ) -> Option<Vec<(usize, f64)>> {
        /// What a shown cell's room counts for beside that of a withheld one.
        const SHOWN: f64 = 1e-3;
        let mut sums: Vec<_> =
            cells.iter().flat_map(|&cell| self.publication.sums_of(cell)).copied().collect();
        sums.sort_unstable();
        sums.dedup();
        let mut entries = Vec::new();
        for (row, &sum) in sums.iter().enumerate() {
            entries.extend(
                self.publication.sums()[sum].terms().map(|(cell, sign)| (cell, row, sign as f64)),
            );
        }
        entries.sort_unstable_by_key(|&(cell, row, _)| (cell, row));
        let mut programme = Programme::new();
        for _ in &sums {
            programme.real(0.0, f64::NEG_INFINITY, f64::INFINITY);
        }
        let columns: Vec<_> = entries.chunk_by(|one, other| one.0 == other.0).collect();
        for column in &columns {
            let cell = column[0].0;
            let mut terms: Vec<_> = column.iter().map(|&(_, row, sign)| (row, sign)).collect();
            if cell == target.cell {
                programme.equal(&terms, -(target.side.sign() as f64));
                continue;
            }
            if self.roles[cell] == Role::Fixed {
                continue;
            }
            let (distance, room) = (target.distance as f64, self.room_down(cell) as f64);
            if withheld(cell) {
                terms.push((programme.real(room, 0.0, f64::INFINITY), 1.0));
            } else {
                let up = programme.real(SHOWN * distance, 0.0, f64::INFINITY);
                let down = programme.real(SHOWN * room.min(distance), 0.0, f64::INFINITY);
                terms.extend([(up, -1.0), (down, 1.0)]);
            }
            programme.equal(&terms, 0.0);
        }
        counters.programmes += 1;
        let Answer::Found { values, .. } = programme.solve(node_limit) else { return None };
        let factors = columns.iter().map(|column| {
            (column[0].0, column.iter().map(|&(_, row, sign)| sign * values[row]).sum::<f64>())
        });
        Some(factors.filter(|&(cell, factor)| cell != target.cell && factor.abs() > 1e-6).collect())
    }

    /// Where only whole numbers stand in the way, at least one cell at the border of all that is
    /// linked with the target must be withheld: what lies further off changes nothing.
    fn demand_of_border(&self, cells: &[usize], withheld: &impl Fn(usize) -> bool) -> Demand {
        let sums = cells.iter().flat_map(|&cell| self.publication.sums_of(cell));
        let around = sums.flat_map(|&sum| self.publication.sums()[sum].terms());
        let mut border: Vec<_> =
            around.map(|(cell, _)| cell).filter(|&cell| !withheld(cell)).collect();
        border.sort_unstable();
        border.dedup();
        let (free, known): (Vec<_>, Vec<_>) =
            border.into_iter().partition(|&cell| self.roles[cell] == Role::Free);
        if free.is_empty() {
            return Demand::Hopeless { known };
        }
        let terms = free.into_iter().map(|cell| (cell, 1)).collect();
        Demand::Cut(Cut { terms, need: 1 })
    }
}

/// What protection asks of a cell, one target for each side on which the range reaches further.
pub(crate) fn targets(cell: usize, value: u64, lower: u64, upper: u64) -> Vec<Target> {
    let below = Target { cell, side: Side::Below, distance: value.saturating_sub(lower) };
    let above = Target { cell, side: Side::Above, distance: upper.saturating_sub(value) };
    [below, above].into_iter().filter(|target| target.distance > 0).collect()
}
