//! The attacker, let loose on what is about to be published.

use crate::attack::{Attacker, Counters, Reach};
use crate::cuts::targets;
use crate::moves::{Move, Prior, Side, Target};
use crate::pattern::{Pattern, floor};
use crate::propagation::propagate;
use crate::publication::{Cell, Publication, Visibility};
use crate::rules::{Method, Rules};

/// Whether an attacker learns more of a cell than the rules allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Tables of whole counts were found that agree with all that is known, and in which the cell
    /// lies as far off as the rules ask.
    Safe,
    /// An attacker can narrow the cell down further than the rules allow.
    Broken,
    /// The optimiser gave up. To be treated as broken.
    Undecided,
}

/// What an attacker learns of one protected cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The cell's key.
    pub key: String,
    /// Its true value.
    pub value: u64,
    /// Whether that is too much.
    pub verdict: Verdict,
    /// The values that the attacker must believe possible: for a safe cell those of tables that were
    /// found, and there may be more; for a broken cell all of them.
    pub interval: Interval,
}

/// Values that an attacker must believe possible, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interval {
    /// The least.
    pub lower: u64,
    /// The greatest, or `None` if there is no end.
    pub upper: Option<u64>,
    /// Whether both ends are attained by tables of whole counts and nothing lies beyond them. Where
    /// not, the ends of a safe cell are attained, and those of others are what fractions allow.
    pub exact: bool,
}

/// What an attacker learns of every protected cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Audit {
    /// One for each protected cell, by key.
    pub findings: Vec<Finding>,
    /// Work done.
    pub counters: Counters,
}

impl Audit {
    /// Whether every protected cell is safe.
    pub fn is_safe(&self) -> bool {
        self.broken().next().is_none()
    }

    /// The cells that are not safe.
    pub fn broken(&self) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(|finding| finding.verdict != Verdict::Safe)
    }
}

/// Attacks every protected cell with all that the publication shows under this pattern.
///
/// Keys of the pattern that the publication does not know are passed over.
///
/// # Example
///
/// ```
/// use wardmote_disclosure::{Pattern, Publication, Rules, Verdict, audit};
/// let publication = Publication::builder()
///     .controlled("north", 3)
///     .controlled("south", 40)
///     .controlled("town", 43)
///     .sum("town", ["north", "south"])
///     .build()?;
/// let only_the_small = Pattern { withheld: ["north".to_owned()].into(), ..Pattern::default() };
/// let audit = audit(&publication, &only_the_small, &Rules::default());
/// assert_eq!(audit.findings[0].verdict, Verdict::Broken);
/// assert_eq!((audit.findings[0].interval.lower, audit.findings[0].interval.upper), (3, Some(3)));
/// # Ok::<(), wardmote_disclosure::PublicationError>(())
/// ```
pub fn audit(publication: &Publication, pattern: &Pattern, rules: &Rules) -> Audit {
    audit_with(publication, pattern, rules, Vec::new())
}

/// As [`audit`], beginning with tables that may look the same, each of which is checked.
pub(crate) fn audit_with(
    publication: &Publication,
    pattern: &Pattern,
    rules: &Rules,
    tables: Vec<Move>,
) -> Audit {
    let priors = pattern.priors(publication, rules);
    let by_pencil = propagate(publication, &priors);
    let attacker = Attacker { publication, priors: &priors, node_limit: rules.node_limit };
    let mut inspection = Inspection {
        attacker,
        moves: vec![Vec::new(); priors.len()],
        counters: Counters::default(),
    };
    for table in tables {
        if table.is_table(publication, &priors) {
            inspection.keep(table);
        }
    }
    let protected: Vec<_> = protected(publication, rules).collect();
    let verdicts: Vec<_> = protected
        .iter()
        .map(|&cell| {
            let ways = ways_to_safety(publication, pattern, rules, cell);
            let is_known = |target: &Target| out_of_reach(publication, by_pencil[cell], *target);
            if ways.iter().all(|way| way.iter().any(is_known)) {
                return Verdict::Broken;
            }
            let verdicts = ways.iter().map(|way| inspection.judge(way));
            verdicts
                .min_by_key(|verdict| match verdict {
                    Verdict::Safe => 0,
                    Verdict::Undecided => 1,
                    Verdict::Broken => 2,
                })
                .unwrap_or(Verdict::Broken)
        })
        .collect();
    let findings = protected.into_iter().zip(verdicts).map(|(cell, verdict)| {
        let Cell { key, value, .. } = publication.cells()[cell].clone();
        let interval = match verdict {
            Verdict::Safe => inspection.seen(cell),
            _ => inspection.ends(cell),
        };
        Finding { key, value, verdict, interval }
    });
    let findings = findings.collect();
    Audit { findings, counters: inspection.counters }
}

/// All that an attacker must believe possible of one cell, whether it is protected or not; `None`
/// if the publication has no cell of this key.
pub fn attack(
    publication: &Publication,
    pattern: &Pattern,
    rules: &Rules,
    key: &str,
) -> Option<Interval> {
    let cell = publication.position(key)?;
    let priors = pattern.priors(publication, rules);
    let attacker = Attacker { publication, priors: &priors, node_limit: rules.node_limit };
    let counters = Counters::default();
    Some(Inspection { attacker, moves: vec![Vec::new(); priors.len()], counters }.ends(cell))
}

/// The cells that the rules protect, by position.
pub(crate) fn protected<'a>(
    publication: &'a Publication,
    rules: &'a Rules,
) -> impl Iterator<Item = usize> + 'a {
    let cells = publication.cells().iter().enumerate();
    let protected = cells
        .filter(|(_, cell)| cell.visibility != Visibility::Known && rules.protects(cell.value));
    protected.map(|(at, _)| at)
}

/// Sets of targets, of which one set reached makes the cell safe. A withheld cell must be able to
/// lie anywhere in the needed range. A rounded cell must have as many possible values as half its
/// base, rounded up: more, and rounding alone would never do.
fn ways_to_safety(
    publication: &Publication,
    pattern: &Pattern,
    rules: &Rules,
    cell: usize,
) -> Vec<Vec<Target>> {
    let Cell { key, value, visibility, .. } = &publication.cells()[cell];
    if let (Method::Round { base }, true) = (rules.method, pattern.rounded.contains_key(key)) {
        let others = base.div_ceil(2).saturating_sub(1);
        let way = |below: u64| {
            let sides = [(Side::Below, below), (Side::Above, others - below)];
            let targets = sides.map(|(side, distance)| Target { cell, side, distance });
            targets.into_iter().filter(|target| target.distance > 0).collect()
        };
        return (0..=others).map(way).collect();
    }
    let needed = rules.needed_range(*value, floor(*visibility, rules));
    vec![targets(cell, *value, needed.lower, needed.upper)]
}

fn out_of_reach(publication: &Publication, bounds: Prior, target: Target) -> bool {
    let value = publication.cells()[target.cell].value;
    match target.side {
        Side::Below => value.saturating_sub(bounds.lower) < target.distance,
        Side::Above => {
            bounds.upper.is_some_and(|upper| upper < value.saturating_add(target.distance))
        }
    }
}

struct Inspection<'a> {
    attacker: Attacker<'a>,
    /// For each cell the tables found in which it differs.
    moves: Vec<Vec<std::rc::Rc<Move>>>,
    counters: Counters,
}

impl Inspection<'_> {
    fn judge(&mut self, way: &[Target]) -> Verdict {
        for &target in way {
            if self.moves[target.cell].iter().any(|found| found.reaches(target)) {
                continue;
            }
            match self.attacker.reach(target, &|_| 1.0, &mut self.counters) {
                Reach::By(found) => self.keep(found),
                Reach::Not => return Verdict::Broken,
                Reach::Unknown => return Verdict::Undecided,
            }
        }
        Verdict::Safe
    }

    fn keep(&mut self, found: Move) {
        let reversed = found.reversed();
        let is_table = reversed.is_table(self.attacker.publication, self.attacker.priors);
        for one in [Some(found), is_table.then_some(reversed)].into_iter().flatten() {
            let one = std::rc::Rc::new(one);
            for &(cell, _) in one.changes() {
                self.moves[cell].push(one.clone());
            }
        }
    }

    /// The values of the cell in the tables found so far.
    fn seen(&self, cell: usize) -> Interval {
        let value = self.attacker.publication.cells()[cell].value;
        let changes = self.moves[cell].iter().flat_map(|found| found.changes());
        let changes = changes.filter(|change| change.0 == cell).map(|change| change.1);
        let (least, most) =
            changes.fold((0, 0), |(least, most), change| (change.min(least), change.max(most)));
        Interval {
            lower: value.saturating_add_signed(least),
            upper: Some(value.saturating_add_signed(most)),
            exact: false,
        }
    }

    fn ends(&mut self, cell: usize) -> Interval {
        let value = self.attacker.publication.cells()[cell].value;
        let below = self.attacker.extreme(cell, Side::Below, &mut self.counters);
        let above = self.attacker.extreme(cell, Side::Above, &mut self.counters);
        Interval {
            lower: below.distance.map_or(0, |distance| value.saturating_sub(distance)),
            upper: above.distance.map(|distance| value.saturating_add(distance)),
            exact: below.exact && above.exact,
        }
    }
}
