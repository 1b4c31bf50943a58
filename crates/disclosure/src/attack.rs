//! What an attacker can work out about one cell from all that is known.
//!
//! The attacker knows every value that is shown, every sum, that counts are whole and not negative,
//! and the rules. A cell is safe when there are tables of whole counts, equal to the true ones in
//! everything that is known, in which the cell lies as far off as the rules ask. Such a table is
//! given as its difference from the true one, a [`Move`], and is checked in whole numbers: that a
//! cell is safe never rests on the optimiser's arithmetic.

use crate::optimiser::{Answer, Programme};
use crate::publication::Publication;

/// What is known about a cell before any sum is used, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prior {
    pub(crate) lower: u64,
    pub(crate) upper: Option<u64>,
}

impl Prior {
    pub(crate) fn exactly(value: u64) -> Self {
        Self { lower: value, upper: Some(value) }
    }

    pub(crate) fn is_exact(self) -> bool {
        self.upper == Some(self.lower)
    }

    fn allows(self, value: i64) -> bool {
        let Ok(value) = u64::try_from(value) else { return false };
        self.lower <= value && self.upper.is_none_or(|upper| value <= upper)
    }
}

/// The side on which a cell must be able to lie off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Side {
    Below,
    Above,
}

impl Side {
    pub(crate) fn sign(self) -> i64 {
        match self {
            Self::Below => -1,
            Self::Above => 1,
        }
    }
}

/// What protection asks of one cell on one side: to be able to lie this far off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Target {
    pub(crate) cell: usize,
    pub(crate) side: Side,
    pub(crate) distance: u64,
}

/// Another table that looks the same: the cells that differ from the true ones, and by how much.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Move(Vec<(usize, i64)>);

impl Move {
    pub(crate) fn changes(&self) -> &[(usize, i64)] {
        &self.0
    }

    /// Keeps to every sum; in whole numbers.
    fn keeps_sums(&self, publication: &Publication) -> bool {
        let change = |cell| match self.0.binary_search_by_key(&cell, |&(cell, _)| cell) {
            Ok(at) => self.0[at].1,
            Err(_) => 0,
        };
        let sums = self.0.iter().flat_map(|&(cell, _)| publication.sums_of(cell));
        sums.map(|&sum| &publication.sums()[sum])
            .all(|sum| sum.terms().map(|(cell, sign)| sign * change(cell)).sum::<i64>() == 0)
    }

    /// Whether every changed value is one that is possible by itself.
    pub(crate) fn keeps_to(&self, publication: &Publication, priors: &[Prior]) -> bool {
        self.0.iter().all(|&(cell, change)| {
            priors[cell].allows(publication.cells()[cell].value as i64 + change)
        })
    }

    pub(crate) fn reaches(&self, target: Target) -> bool {
        self.0.iter().any(|&(cell, change)| {
            cell == target.cell && change * target.side.sign() >= target.distance as i64
        })
    }

    pub(crate) fn reversed(&self) -> Self {
        Self(self.0.iter().map(|&(cell, change)| (cell, -change)).collect())
    }
}

/// Whether a target can be reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    By(Move),
    /// By no table of whole counts.
    Not,
    /// The optimiser gave up; to be treated as not reached.
    Unknown,
}

/// How much work was done; the same on every machine.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counters {
    /// Times that the optimiser was asked.
    pub programmes: u64,
    /// Inequalities that the choice of withheld cells had to meet.
    pub cuts: u64,
    /// Times that a choice was made and attacked.
    pub rounds: u64,
}

/// An attacker with what is known.
pub(crate) struct Attacker<'a> {
    pub(crate) publication: &'a Publication,
    pub(crate) priors: &'a [Prior],
    pub(crate) node_limit: u64,
}

/// Sizes of the neighbourhoods in which a move is looked for before the whole is searched: most
/// cells can exchange counts with a few near ones, and a small programme is a fast one.
const NEIGHBOURHOODS: [usize; 3] = [24, 120, usize::MAX];

impl Attacker<'_> {
    /// The unknown cells that are linked with this one by sums, nearest first, at most this many;
    /// and whether that is all of them.
    pub(crate) fn neighbourhood(&self, cell: usize, at_most: usize) -> (Vec<usize>, bool) {
        let mut seen = vec![false; self.priors.len()];
        let mut seen_sum = vec![false; self.publication.sums().len()];
        let mut cells = vec![cell];
        seen[cell] = true;
        let mut next = 0;
        while let Some(&from) = cells.get(next) {
            next += 1;
            for &sum in self.publication.sums_of(from) {
                if std::mem::replace(&mut seen_sum[sum], true) {
                    continue;
                }
                for (other, _) in self.publication.sums()[sum].terms() {
                    if !self.priors[other].is_exact() && !std::mem::replace(&mut seen[other], true)
                    {
                        if cells.len() == at_most {
                            return (cells, false);
                        }
                        cells.push(other);
                    }
                }
            }
        }
        (cells, true)
    }

    /// Looks for a table in which the target is reached and as little as possible else differs.
    pub(crate) fn reach(&self, target: Target, counters: &mut Counters) -> Reach {
        let mut last = Reach::Unknown;
        for size in NEIGHBOURHOODS {
            let (cells, is_all) = self.neighbourhood(target.cell, size);
            last = self.reach_within(&cells, target, counters);
            if is_all || matches!(last, Reach::By(_)) {
                break;
            }
        }
        last
    }

    fn reach_within(&self, cells: &[usize], target: Target, counters: &mut Counters) -> Reach {
        let fractions = self.least_move(cells, target, false, counters);
        let values = match fractions {
            Answer::Found { values, .. } => values,
            Answer::Infeasible => return Reach::Not,
            Answer::Unbounded | Answer::Unknown => return Reach::Unknown,
        };
        if let Some(found) = self.whole_move(cells, &values, target) {
            return Reach::By(found);
        }
        match self.least_move(cells, target, true, counters) {
            Answer::Found { values, .. } => {
                self.whole_move(cells, &values, target).map_or(Reach::Unknown, Reach::By)
            }
            Answer::Infeasible => Reach::Not,
            Answer::Unbounded | Answer::Unknown => Reach::Unknown,
        }
    }

    /// The least sum of changes, up and down, that reaches the target.
    fn least_move(
        &self,
        cells: &[usize],
        target: Target,
        whole: bool,
        counters: &mut Counters,
    ) -> Answer {
        let mut programme = Programme::new();
        for &cell in cells {
            let (down, up) = self.room(cell);
            let [least_down, least_up] = match target.side {
                _ if cell != target.cell => [0.0, 0.0],
                Side::Below => [target.distance as f64, 0.0],
                Side::Above => [0.0, target.distance as f64],
            };
            if least_down > down || least_up > up {
                return Answer::Infeasible;
            }
            for (least, most) in [(least_up, up), (least_down, down)] {
                // The target's other direction would only cancel what is asked.
                let most = if cell == target.cell && least == 0.0 { 0.0 } else { most };
                if whole {
                    programme.whole(1.0, least, most);
                } else {
                    programme.real(1.0, least, most);
                }
            }
        }
        for row in self.rows(cells) {
            let terms = row
                .iter()
                .flat_map(|&(at, sign)| [(2 * at, sign as f64), (2 * at + 1, -sign as f64)]);
            programme.equal(&terms.collect::<Vec<_>>(), 0.0);
        }
        counters.programmes += 1;
        programme.solve(self.node_limit)
    }

    /// How far down and up a cell can go by itself.
    pub(crate) fn room(&self, cell: usize) -> (f64, f64) {
        let value = self.publication.cells()[cell].value;
        let prior = self.priors[cell];
        let up = prior.upper.map_or(f64::INFINITY, |upper| upper.saturating_sub(value) as f64);
        (value.saturating_sub(prior.lower) as f64, up)
    }

    /// The sums in which any of these cells stands, as positions among `cells` with their signs.
    fn rows(&self, cells: &[usize]) -> Vec<Vec<(usize, i64)>> {
        let mut entries: Vec<(usize, usize, i64)> = Vec::new();
        for (at, &cell) in cells.iter().enumerate() {
            for &sum in self.publication.sums_of(cell) {
                let sign = if self.publication.sums()[sum].total == cell { -1 } else { 1 };
                entries.push((sum, at, sign));
            }
        }
        entries.sort_unstable();
        let rows = entries.chunk_by(|one, other| one.0 == other.0);
        rows.map(|row| row.iter().map(|&(_, at, sign)| (at, sign)).collect()).collect()
    }

    /// The optimiser's answer as a move, if it is one in whole numbers.
    fn whole_move(&self, cells: &[usize], values: &[f64], target: Target) -> Option<Move> {
        let changes = cells.iter().zip(values.chunks(2));
        let mut changes: Vec<_> = changes
            .map(|(&cell, pair)| (cell, (pair[0] - pair[1]).round() as i64))
            .filter(|&(_, change)| change != 0)
            .collect();
        changes.sort_unstable();
        let found = Move(changes);
        let holds = found.keeps_sums(self.publication)
            && found.keeps_to(self.publication, self.priors)
            && found.reaches(target);
        holds.then_some(found)
    }

    /// The furthest that a cell can lie on one side: the exact end of what an attacker must believe
    /// possible, or a bound from fractions where the optimiser gave up on whole numbers.
    pub(crate) fn extreme(&self, cell: usize, side: Side, counters: &mut Counters) -> Extreme {
        let (cells, _) = self.neighbourhood(cell, usize::MAX);
        let by_fractions = self.furthest(&cells, side, false, counters);
        let (values, objective) = match by_fractions {
            Answer::Found { values, objective, .. } => (values, objective),
            // With no end in fractions there is none in whole numbers: the multiples of a direction
            // of rational numbers hold whole ones.
            Answer::Unbounded => return Extreme { distance: None, exact: true },
            // The true table itself is always possible.
            Answer::Infeasible | Answer::Unknown => {
                return Extreme { distance: Some(0), exact: false };
            }
        };
        let outer = (-objective + 1e-6).floor().max(0.0) as u64;
        let attained = |values: &[f64], distance: u64| {
            distance == 0
                || self.whole_move(&cells, values, Target { cell, side, distance }).is_some()
        };
        if attained(&values, outer) {
            return Extreme { distance: Some(outer), exact: true };
        }
        match self.furthest(&cells, side, true, counters) {
            Answer::Found { values, objective, proven } => {
                let distance = (-objective).round().max(0.0) as u64;
                Extreme { distance: Some(distance), exact: proven && attained(&values, distance) }
            }
            _ => Extreme { distance: Some(outer), exact: false },
        }
    }

    fn furthest(
        &self,
        cells: &[usize],
        side: Side,
        whole: bool,
        counters: &mut Counters,
    ) -> Answer {
        let mut programme = Programme::new();
        for (at, &cell) in cells.iter().enumerate() {
            let (down, up) = self.room(cell);
            for (most, sign) in [(up, 1), (down, -1)] {
                // The cell asked about is the first of its neighbourhood.
                let cost = if at == 0 { -(sign * side.sign()) as f64 } else { 0.0 };
                if whole {
                    programme.whole(cost, 0.0, most);
                } else {
                    programme.real(cost, 0.0, most);
                }
            }
        }
        for row in self.rows(cells) {
            let terms = row
                .iter()
                .flat_map(|&(at, sign)| [(2 * at, sign as f64), (2 * at + 1, -sign as f64)]);
            programme.equal(&terms.collect::<Vec<_>>(), 0.0);
        }
        counters.programmes += 1;
        programme.solve(self.node_limit)
    }
}

/// How far a cell can lie off on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Extreme {
    /// `None` where there is no end.
    pub(crate) distance: Option<u64>,
    /// Whether a table of whole counts attains it and none goes further.
    pub(crate) exact: bool,
}
