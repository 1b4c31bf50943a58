//! Chooses which cells are withheld so that no protected cell can be worked out.
//!
//! Choose, attack, learn: a choice that meets all cuts found so far is made; every protected cell is
//! attacked; each that falls gives a cut that the choice did not meet. Small parts are chosen at
//! least cost, so that the last choice is the optimum of the whole; large ones greedily, and what
//! turned out not to be needed is shown again.

use crate::attack::{Attacker, Counters, Reach, scatter};
use crate::cuts::{Cut, Demand, Field, Role};
use crate::moves::{Move, Prior, Target};
use crate::optimiser::{Answer, Programme};
use crate::parts::{Part, parts};
use crate::publication::Publication;
use crate::rules::Rules;

/// Which cells are withheld so that others cannot be worked out, and how they were chosen.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) withheld: Vec<usize>,
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
    cell_roles: &[Role],
    floors: &[u64],
    targets: &[Target],
) -> Choice {
    let all = parts(publication, cell_roles, targets);
    let chooser = || Chooser {
        field: Field { publication, roles: cell_roles, floors },
        rules,
        priors: priors_of(publication, cell_roles, floors),
        moves: Vec::new(),
        moves_of: vec![Vec::new(); publication.cells().len()],
        counters: Counters::default(),
        hopeless: Vec::new(),
        start: 0,
    };
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(all.len().max(1));
    // Each part is chosen for from the same beginning, so that the answer is the same however many
    // threads share the work.
    let choose_every = |first: usize| {
        let parts = all.iter().enumerate().skip(first).step_by(threads);
        parts.map(|(at, part)| (at, chooser().choose_part(part))).collect::<Vec<_>>()
    };
    let mut choices: Vec<_> = std::thread::scope(|scope| {
        let running: Vec<_> =
            (0..threads).map(|first| scope.spawn(move || choose_every(first))).collect();
        let finished = running
            .into_iter()
            .map(|one| one.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        finished.flatten().collect()
    });
    choices.sort_by_key(|(at, _)| *at);
    let begin = Choice {
        withheld: Vec::new(),
        optimal: true,
        counters: Counters::default(),
        moves: Vec::new(),
        hopeless: Vec::new(),
    };
    choices.into_iter().fold(begin, |mut all, (_, one)| {
        all.withheld.extend(one.withheld);
        all.optimal &= one.optimal;
        all.counters += one.counters;
        all.moves.extend(one.moves);
        all.hopeless.extend(one.hopeless);
        all
    })
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
    /// Which start of several this is: costs are scattered a little, so that each goes its own way.
    start: u64,
}

/// Parts with at most this many cells to choose from are chosen for from several starts.
const SEVERAL_UP_TO: usize = 600;

/// How many starts.
const STARTS: u64 = 12;

impl Chooser<'_> {
    fn choose_part(mut self, part: &Part) -> Choice {
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
        let starts = if part.free.len() <= SEVERAL_UP_TO { STARTS } else { 1 };
        for start in 0..starts {
            let before = (start > 0).then(|| self.withheld_of(part));
            if before.is_some() {
                self.withhold_only(part, &[]);
            }
            self.start = start;
            self.choose_well(part, &mut targets, &mut cuts);
            self.keep_cheaper(part, before);
        }
        self.start = 0;
        let optimal = part.free.len() <= self.rules.exact_up_to
            && self.choose_best(part, &mut targets, &mut cuts);
        self.counters.cuts += cuts.len() as u64;
        let withheld = self.withheld_of(part);
        let Self { counters, moves, hopeless, .. } = self;
        Choice { withheld, optimal, counters, moves, hopeless }
    }

    /// A choice that is safe and from which nothing can be taken, but perhaps not the cheapest.
    fn choose_well(&mut self, part: &Part, targets: &mut Vec<Target>, cuts: &mut Vec<Cut>) {
        loop {
            self.counters.rounds += 1;
            self.choose_greedily(part, cuts);
            for &target in &*targets {
                if self.cover(target).is_none() {
                    self.open_a_way(target);
                }
            }
            if !self.attack_all(targets, cuts) {
                break;
            }
        }
        self.show_again(part, targets, cuts);
    }

    /// The cheapest choice, and whether it is proven to be that; if the optimiser gave up, the
    /// cheaper of the choice before and of a good one that begins where it stopped.
    fn choose_best(&mut self, part: &Part, targets: &mut Vec<Target>, cuts: &mut Vec<Cut>) -> bool {
        let before = self.withheld_of(part);
        let mut nodes_left = self.rules.node_limit;
        loop {
            self.counters.rounds += 1;
            if !self.choose_cheapest(part, cuts, &before, &mut nodes_left) {
                break;
            }
            if !self.attack_all(targets, cuts) {
                return true;
            }
        }
        self.choose_well(part, targets, cuts);
        self.keep_cheaper(part, Some(before));
        false
    }

    fn withheld_of(&self, part: &Part) -> Vec<usize> {
        part.free.iter().copied().filter(|&cell| self.is_withheld(cell)).collect()
    }

    /// Goes back to the choice before, unless the present one is cheaper.
    fn keep_cheaper(&mut self, part: &Part, before: Option<Vec<usize>>) {
        let cost = |cells: &[usize]| cells.iter().map(|&cell| self.cost(cell)).sum::<f64>();
        if let Some(before) = before
            && cost(&before) <= cost(&self.withheld_of(part))
        {
            self.withhold_only(part, &before);
        }
    }

    fn withhold_only(&mut self, part: &Part, cells: &[usize]) {
        for &cell in &part.free {
            self.set(cell, false);
        }
        for &cell in cells {
            self.set(cell, true);
        }
    }

    /// Attacks every target and learns from those that fall; says whether anything was learned.
    fn attack_all(&mut self, targets: &mut Vec<Target>, cuts: &mut Vec<Cut>) -> bool {
        let before = (cuts.len(), targets.len());
        targets.retain(|&target| {
            if self.cover(target).is_some() {
                return true;
            }
            let demand = self.demand_of_proof(target);
            self.learn(target, demand, cuts)
        });
        let learned = before != (cuts.len(), targets.len());
        cuts.sort_unstable();
        cuts.dedup();
        learned
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
        let reversed = found.reversed();
        for one in [found, reversed] {
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
        let cost =
            |cell: usize| if self.is_withheld(cell) { WITHHELD } else { self.scattered(cell) };
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

    fn scattered(&self, cell: usize) -> f64 {
        self.cost(cell) * (1.0 + scatter(self.start, cell))
    }

    /// The cheapest choice that meets the cuts, of which one is given that does; says whether it is
    /// proven to be the cheapest, and makes it in any case.
    fn choose_cheapest(
        &mut self,
        part: &Part,
        cuts: &[Cut],
        given: &[usize],
        nodes_left: &mut u64,
    ) -> bool {
        let mut used: Vec<_> =
            cuts.iter().flat_map(|cut| cut.terms.iter().map(|&(cell, _)| cell)).collect();
        used.sort_unstable();
        used.dedup();
        if used.is_empty() {
            self.withhold_only(part, &[]);
            return true;
        }
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
        let begin = used.iter().map(|cell| f64::from(u8::from(given.binary_search(cell).is_ok())));
        let begin: Vec<_> = begin.collect();
        self.counters.programmes += 1;
        let (answer, nodes) = programme.solve_from(Some(&begin), *nodes_left);
        *nodes_left = nodes_left.saturating_sub(nodes);
        let Answer::Found { values, proven, .. } = answer else { return false };
        let chosen = used.iter().zip(values).filter(|&(_, value)| value > 0.5);
        let chosen: Vec<_> = chosen.map(|(&cell, _)| cell).collect();
        self.withhold_only(part, &chosen);
        proven
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
            let worth = candidates.map(|&cell| (gain(cell) / self.scattered(cell).max(0.5), cell));
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
        order.sort_by(|&one, &other| self.scattered(other).total_cmp(&self.scattered(one)));
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
