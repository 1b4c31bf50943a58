//! What an attacker can work out about one cell from all that is known.
//!
//! The attacker knows every value that is shown, every sum, that counts are whole and not negative,
//! and the rules. A cell is safe when there are tables of whole counts, equal to the true ones in
//! everything that is known, in which the cell lies as far off as the rules ask. Such a table is
//! given as its difference from the true one, a [`Move`], and is checked in whole numbers: that a
//! cell is safe never rests on the optimiser's arithmetic.

use crate::moves::{Move, Prior, Side, Target};
use crate::optimiser::{Answer, Programme};
use crate::publication::Publication;
use crate::ties::Ties;

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

impl std::ops::AddAssign for Counters {
    fn add_assign(&mut self, other: Self) {
        self.programmes += other.programmes;
        self.cuts += other.cuts;
        self.rounds += other.rounds;
    }
}

/// An attacker with what is known.
pub(crate) struct Attacker<'a> {
    pub(crate) publication: &'a Publication,
    pub(crate) priors: &'a [Prior],
    pub(crate) node_limit: u64,
}

/// Sizes of the neighbourhoods in which a move is looked for before the whole is searched: most
/// cells can exchange counts with a few near ones, and a small programme is a fast one.
const NEIGHBOURHOODS: [usize; 3] = [24, 400, usize::MAX];

/// Most cells over which whole numbers are searched.
const WHOLE_UP_TO: usize = 1_000;

/// How often fractions are tried, at other costs, before whole numbers are searched.
const ATTEMPTS: u64 = 3;

/// A number from 0 to 1 that looks drawn, and 0 at the first attempt.
pub(crate) fn scatter(attempt: u64, cell: usize) -> f64 {
    let mixed = (attempt * (cell as u64 + 1)).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

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

    /// Looks for a table in which the target is reached and as little as possible else differs, each
    /// difference weighed by the cost of its cell.
    pub(crate) fn reach(
        &self,
        target: Target,
        cost: &impl Fn(usize) -> f64,
        counters: &mut Counters,
    ) -> Reach {
        let mut last = Reach::Unknown;
        for size in NEIGHBOURHOODS {
            let (cells, is_all) = self.neighbourhood(target.cell, size);
            last = self.reach_within(&cells, target, cost, counters);
            if is_all || matches!(last, Reach::By(_)) {
                break;
            }
        }
        last
    }

    fn reach_within(
        &self,
        cells: &[usize],
        target: Target,
        cost: &impl Fn(usize) -> f64,
        counters: &mut Counters,
    ) -> Reach {
        let mut changed = Vec::new();
        for attempt in 0..ATTEMPTS {
            // Other costs lead to another corner, whose values may be whole.
            let cost = |cell: usize| cost(cell) * (1.0 + scatter(attempt, cell));
            let values = match self.least_move(cells, target, &cost, false, counters) {
                Answer::Found { values, .. } => values,
                Answer::Infeasible => return Reach::Not,
                Answer::Unbounded | Answer::Unknown => return Reach::Unknown,
            };
            // Fractions are mostly halves and thirds, and the cell may go further than was asked.
            for factor in 1..=4 {
                let scaled: Vec<_> = values.iter().map(|value| value * f64::from(factor)).collect();
                if let Some(found) = self.whole_move(cells, &scaled, target) {
                    return Reach::By(found);
                }
            }
            let differs = cells.iter().zip(&values).filter(|&(_, value)| value.abs() > 1e-6);
            changed = differs.map(|(&cell, _)| cell).collect();
        }
        let mut whole = |cells: &[usize]| match self.least_move(cells, target, cost, true, counters)
        {
            Answer::Found { values, .. } => {
                self.whole_move(cells, &values, target).map_or(Reach::Unknown, Reach::By)
            }
            Answer::Infeasible => Reach::Not,
            Answer::Unbounded | Answer::Unknown => Reach::Unknown,
        };
        match whole(&changed) {
            Reach::By(found) => Reach::By(found),
            // Beyond this whole numbers are too slow; the cell then counts as not reached.
            _ if cells.len() > WHOLE_UP_TO => Reach::Unknown,
            _ => whole(cells),
        }
    }

    /// The least sum of changes, up and down, that reaches the target.
    fn least_move(
        &self,
        cells: &[usize],
        target: Target,
        cost: &impl Fn(usize) -> f64,
        whole: bool,
        counters: &mut Counters,
    ) -> Answer {
        let mut system = self.system(cells);
        for (&cell, place) in cells.iter().zip(&system.ties.place) {
            if let Some((group, _)) = *place {
                system.groups[group].cost_up += cost(cell);
                system.groups[group].cost_down += cost(cell);
            }
        }
        // The cell asked about is the first of its neighbourhood.
        let Some((group, sign)) = system.ties.place[0] else { return Answer::Infeasible };
        let (group, distance) = (&mut system.groups[group], target.distance as f64);
        let (way, other) = if sign * target.side.sign() > 0 {
            (&mut group.up, &mut group.down)
        } else {
            (&mut group.down, &mut group.up)
        };
        if way.1 < distance {
            return Answer::Infeasible;
        }
        way.0 = distance;
        // The other direction would only cancel what is asked.
        *other = (0.0, 0.0);
        counters.programmes += 1;
        system.solve(whole, self.node_limit)
    }

    /// How far down and up a cell can go by itself.
    pub(crate) fn room(&self, cell: usize) -> (f64, f64) {
        let value = self.publication.cells()[cell].value;
        let prior = self.priors[cell];
        let up = prior.upper.map_or(f64::INFINITY, |upper| upper.saturating_sub(value) as f64);
        (value.saturating_sub(prior.lower) as f64, up)
    }

    fn system(&self, cells: &[usize]) -> System {
        let ties = Ties::new(cells.len(), self.rows(cells));
        let mut groups = vec![Group::default(); ties.n_groups];
        for (&cell, place) in cells.iter().zip(&ties.place) {
            let Some((group, sign)) = *place else { continue };
            let (down, up) = self.room(cell);
            let (down, up) = if sign > 0 { (down, up) } else { (up, down) };
            let group = &mut groups[group];
            group.up.1 = group.up.1.min(up);
            group.down.1 = group.down.1.min(down);
        }
        System { ties, groups }
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
        /// Far beyond any count, and where sums of changes are still exact.
        const FAR: f64 = 1e12;
        if values.iter().any(|change| change.abs() > FAR) {
            return None;
        }
        let changes = cells.iter().zip(values);
        let mut changes: Vec<_> = changes
            .map(|(&cell, change)| (cell, change.round() as i64))
            .filter(|&(_, change)| change != 0)
            .collect();
        changes.sort_unstable();
        let found = Move::new(changes);
        let holds = found.is_table(self.publication, self.priors) && found.reaches(target);
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
        let mut system = self.system(cells);
        // The cell asked about is the first of its neighbourhood.
        let Some((group, sign)) = system.ties.place[0] else {
            let values = vec![0.0; cells.len()];
            return Answer::Found { values, objective: 0.0, proven: true };
        };
        let by = (sign * side.sign()) as f64;
        system.groups[group].cost_up = -by;
        system.groups[group].cost_down = by;
        counters.programmes += 1;
        system.solve(whole, self.node_limit)
    }
}

/// Changes of groups of cells that keep to all sums.
struct System {
    ties: Ties,
    groups: Vec<Group>,
}

/// How far, at least and at most, a group changes either way, and what each step costs.
#[derive(Debug, Clone)]
struct Group {
    up: (f64, f64),
    down: (f64, f64),
    cost_up: f64,
    cost_down: f64,
}

impl Default for Group {
    fn default() -> Self {
        let any = (0.0, f64::INFINITY);
        Self { up: any, down: any, cost_up: 0.0, cost_down: 0.0 }
    }
}

impl System {
    /// The cheapest change of each cell.
    fn solve(&self, whole: bool, node_limit: u64) -> Answer {
        let mut programme = Programme::new();
        for Group { up, down, cost_up, cost_down } in &self.groups {
            for (cost, (least, most)) in [(cost_up, up), (cost_down, down)] {
                if whole {
                    programme.whole(*cost, *least, *most);
                } else {
                    programme.real(*cost, *least, *most);
                }
            }
        }
        for sum in &self.ties.sums {
            let terms = sum
                .iter()
                .flat_map(|&(group, by)| [(2 * group, by as f64), (2 * group + 1, -by as f64)]);
            programme.equal(&terms.collect::<Vec<_>>(), 0.0);
        }
        let (values, objective, proven) = match programme.solve(node_limit) {
            Answer::Found { values, objective, proven } => (values, objective, proven),
            other => return other,
        };
        let change = |place: &Option<(usize, i64)>| {
            place.map_or(0.0, |(group, sign)| {
                sign as f64 * (values[2 * group] - values[2 * group + 1])
            })
        };
        Answer::Found { values: self.ties.place.iter().map(change).collect(), objective, proven }
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
