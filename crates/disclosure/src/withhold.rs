//! Chooses which cells are withheld so that no protected cell can be worked out.
//!
//! Choose, attack, learn: a choice that meets all cuts found so far is made; every protected cell is
//! attacked; each that falls gives a cut that the choice did not meet. Small parts are chosen at
//! least cost, so that the last choice is the optimum of the whole; large ones greedily, and what
//! turned out not to be needed is shown again.

use crate::attack::{Attacker, Counters, Move, Prior, Reach, Target};
use crate::cuts::{Cut, Demand, Field, Role};
use crate::optimiser::{Answer, Programme};
use crate::publication::Publication;
use crate::rules::Rules;

/// Which cells are withheld, by position, and how they were chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) withheld: Vec<bool>,
    pub(crate) optimal: bool,
    pub(crate) counters: Counters,
    /// Tables that may look the same as the true one.
    pub(crate) moves: Vec<Move>,
    /// Targets that no choice can protect, with the known cells that give them away.
    pub(crate) hopeless: Vec<(Target, Vec<usize>)>,
}

/// Chooses for all parts of the publication that sums do not link, each by itself.
pub(crate) fn choose(
    publication: &Publication,
    rules: &Rules,
    roles: &[Role],
    floors: &[u64],
    targets: &[Target],
) -> Choice {
    let priors = priors_of(publication, roles, floors);
    let mut chooser = Chooser {
        field: Field { publication, roles, floors },
        rules,
        priors,
        moves: Vec::new(),
        moves_of: vec![Vec::new(); publication.cells().len()],
        counters: Counters::default(),
        hopeless: Vec::new(),
    };
    let mut optimal = true;
    for part in parts(publication, roles, targets) {
        optimal &= chooser.choose_part(&part);
    }
    let withheld = (0..roles.len()).map(|cell| !chooser.priors[cell].is_exact()).collect();
    let Chooser { moves, counters, hopeless, .. } = chooser;
    Choice { withheld, optimal, counters, moves, hopeless }
}

/// What is known while nothing is withheld that need not be.
fn priors_of(publication: &Publication, roles: &[Role], floors: &[u64]) -> Vec<Prior> {
    let cells = publication.cells().iter().zip(roles).zip(floors);
    cells
        .map(|((cell, role), &lower)| match role {
            Role::Unknown => Prior { lower, upper: None },
            Role::Fixed | Role::Free => Prior::exactly(cell.value),
        })
        .collect()
}

/// Cells that sums link, known ones apart, with their targets.
struct Part {
    free: Vec<usize>,
    targets: Vec<Target>,
}

fn parts(publication: &Publication, roles: &[Role], targets: &[Target]) -> Vec<Part> {
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

struct Chooser<'a> {
    field: Field<'a>,
    rules: &'a Rules,
    /// What is known under the present choice.
    priors: Vec<Prior>,
    /// Tables found so far that look the same under some choice.
    moves: Vec<Move>,
    moves_of: Vec<Vec<usize>>,
    counters: Counters,
    hopeless: Vec<(Target, Vec<usize>)>,
}

impl Chooser<'_> {
    /// Chooses for one part; says whether the choice is proven to be the cheapest.
    fn choose_part(&mut self, part: &Part) -> bool {
        let mut targets = part.targets.clone();
        let mut cuts = Vec::new();
        targets.retain(|&target| {
            self.field
                .demands_of_sums(target)
                .into_iter()
                .all(|demand| self.learn(target, demand, &mut cuts))
        });
        cuts.sort_unstable();
        cuts.dedup();
        let mut exact = part.free.len() <= self.rules.exact_up_to;
        loop {
            self.counters.rounds += 1;
            if !(exact && self.choose_cheapest(part, &cuts)) {
                exact = false;
                self.choose_greedily(part, &cuts);
                for &target in &targets {
                    if self.cover(target).is_none() {
                        self.open_a_way(target);
                    }
                }
            }
            let before = (cuts.len(), targets.len());
            targets.retain(|&target| match self.cover(target) {
                Some(_) => true,
                None => {
                    let demand = self.demand_of_proof(target);
                    self.learn(target, demand, &mut cuts)
                }
            });
            if before == (cuts.len(), targets.len()) {
                break;
            }
            cuts.sort_unstable();
            cuts.dedup();
        }
        if !exact {
            self.show_again(part, &targets, &cuts);
        }
        self.counters.cuts += cuts.len() as u64;
        exact
    }

    /// Takes up what a proof demands; says whether the target can be protected.
    fn learn(&mut self, target: Target, demand: Demand, cuts: &mut Vec<Cut>) -> bool {
        match demand {
            Demand::Nothing => {}
            Demand::Cut(cut) => cuts.push(cut),
            Demand::Hopeless { known } => {
                self.hopeless.push((target, known));
                return false;
            }
        }
        true
    }

    fn attacker(&self) -> Attacker<'_> {
        Attacker {
            publication: self.field.publication,
            priors: &self.priors,
            node_limit: self.rules.node_limit,
        }
    }

    fn demand_of_proof(&mut self, target: Target) -> Demand {
        let mut counters = self.counters;
        let demand = self.field.demand_of_proof(&self.attacker(), target, &mut counters);
        self.counters = counters;
        demand
    }

    /// A move that reaches the target under the present choice: a known one, or a new one.
    fn cover(&mut self, target: Target) -> Option<usize> {
        let known = self.moves_of[target.cell].iter().rev().copied().find(|&at| {
            let found = &self.moves[at];
            found.reaches(target) && found.keeps_to(self.field.publication, &self.priors)
        });
        if known.is_some() {
            return known;
        }
        let mut counters = self.counters;
        let reach = self.attacker().reach(target, &|_| 1.0, &mut counters);
        self.counters = counters;
        let Reach::By(found) = reach else { return None };
        Some(self.keep(found))
    }

    fn keep(&mut self, found: Move) -> usize {
        let at = self.moves.len();
        for one in [found.clone(), found.reversed()] {
            for &(cell, _) in one.changes() {
                self.moves_of[cell].push(self.moves.len());
            }
            self.moves.push(one);
        }
        at
    }

    /// Withholds what else the cheapest move to the target needs, as if all could be withheld.
    ///
    /// # Source
    ///
    /// The heuristic of Kelly, Golden and Assad (1992), *Networks* 22, over any sums instead of a
    /// network.
    fn open_a_way(&mut self, target: Target) {
        /// What a change of a cell counts for that is withheld already.
        const WITHHELD: f64 = 0.02;
        let field = &self.field;
        let all_withheld = field.roles.iter().zip(&self.priors).zip(field.floors);
        let priors: Vec<_> = all_withheld
            .map(|((role, &prior), &lower)| match role {
                Role::Fixed | Role::Unknown => prior,
                Role::Free => Prior { lower, upper: None },
            })
            .collect();
        let attacker = Attacker { priors: &priors, ..self.attacker() };
        let cost = |cell: usize| if self.is_withheld(cell) { WITHHELD } else { self.cost(cell) };
        let mut counters = self.counters;
        let reach = attacker.reach(target, &cost, &mut counters);
        self.counters = counters;
        if let Reach::By(found) = reach {
            for &(cell, _) in found.changes() {
                self.set(cell, true);
            }
            self.keep(found);
        }
    }

    fn is_withheld(&self, cell: usize) -> bool {
        !self.priors[cell].is_exact()
    }

    fn set(&mut self, cell: usize, withheld: bool) {
        self.priors[cell] = if withheld {
            Prior { lower: self.field.floors[cell], upper: None }
        } else {
            Prior::exactly(self.field.publication.cells()[cell].value)
        };
    }

    fn cost(&self, cell: usize) -> f64 {
        f64::from(self.field.publication.cells()[cell].cost)
    }

    /// The cheapest choice that meets the cuts; says whether it is proven to be that.
    fn choose_cheapest(&mut self, part: &Part, cuts: &[Cut]) -> bool {
        if cuts.is_empty() {
            return true;
        }
        let mut used: Vec<_> =
            cuts.iter().flat_map(|cut| cut.terms.iter().map(|&(cell, _)| cell)).collect();
        used.sort_unstable();
        used.dedup();
        let mut programme = Programme::new();
        for &cell in &used {
            programme.whole(self.cost(cell), 0.0, 1.0);
        }
        for cut in cuts {
            let terms = cut.terms.iter().filter_map(|&(cell, weight)| {
                let at = used.binary_search(&cell).ok()?;
                Some((at, weight as f64 / cut.need as f64))
            });
            programme.at_least(&terms.collect::<Vec<_>>(), 1.0);
        }
        self.counters.programmes += 1;
        let Answer::Found { values, proven: true, .. } = programme.solve(self.rules.node_limit)
        else {
            return false;
        };
        for &cell in &part.free {
            self.set(cell, false);
        }
        for (&cell, value) in used.iter().zip(values) {
            self.set(cell, value > 0.5);
        }
        true
    }

    /// Withholds more, best value first, until all cuts are met; then shows again what no cut needs.
    fn choose_greedily(&mut self, part: &Part, cuts: &[Cut]) {
        let mut lacks: Vec<i64> =
            cuts.iter().map(|cut| cut.lacks(|cell| self.is_withheld(cell))).collect();
        let mut cuts_of = vec![Vec::new(); self.priors.len()];
        for (at, cut) in cuts.iter().enumerate() {
            for &(cell, weight) in &cut.terms {
                cuts_of[cell].push((at, weight));
            }
        }
        let mut added = Vec::new();
        loop {
            let gain = |cell: usize| -> f64 {
                let gains = cuts_of[cell].iter().map(|&(at, weight)| {
                    weight.min(lacks[at]).max(0) as f64 / cuts[at].need as f64
                });
                gains.sum()
            };
            let candidates = part.free.iter().filter(|&&cell| !self.is_withheld(cell));
            let worth = candidates.map(|&cell| (gain(cell) / self.cost(cell).max(0.5), cell));
            // Of equal worth the first by key is taken.
            let best = worth
                .filter(|&(worth, _)| worth > 0.0)
                .reduce(|best, next| if next.0 > best.0 + 1e-12 { next } else { best });
            let Some((_, cell)) = best else { break };
            self.set(cell, true);
            added.push(cell);
            for &(at, weight) in &cuts_of[cell] {
                lacks[at] -= weight;
            }
        }
        for &cell in added.iter().rev() {
            if cuts_of[cell].iter().all(|&(at, weight)| lacks[at] + weight <= 0) {
                self.set(cell, false);
                for &(at, weight) in &cuts_of[cell] {
                    lacks[at] += weight;
                }
            }
        }
    }

    /// Shows again, dearest first, each cell without which all targets are still reached.
    fn show_again(&mut self, part: &Part, targets: &[Target], cuts: &[Cut]) {
        let mut covers: Vec<_> = targets.iter().map(|&target| self.cover(target)).collect();
        let mut order: Vec<_> =
            part.free.iter().copied().filter(|&cell| self.is_withheld(cell)).collect();
        order.sort_by_key(|&cell| {
            (std::cmp::Reverse(self.field.publication.cells()[cell].cost), cell)
        });
        for cell in order {
            self.set(cell, false);
            if !cuts.iter().all(|cut| cut.is_met(|cell| self.is_withheld(cell))) {
                self.set(cell, true);
                continue;
            }
            for (&target, cover) in targets.iter().zip(&mut covers) {
                let holds = cover.is_some_and(|at| {
                    self.moves[at].keeps_to(self.field.publication, &self.priors)
                });
                if holds {
                    continue;
                }
                if let Some(other) = self.cover(target) {
                    *cover = Some(other);
                } else {
                    self.set(cell, true);
                    break;
                }
            }
        }
    }
}
