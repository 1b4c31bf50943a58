//! Decides what is withheld or rounded, and does not answer unless the attacker failed.

use crate::attack::Counters;
use crate::audit::{Audit, audit, audit_with, protected};
use crate::cuts::{Role, targets};
use crate::pattern::{Pattern, floor};
use crate::publication::{Publication, Visibility};
use crate::rounding::round;
use crate::rules::{Method, Rules, Zeros};
use crate::withhold::choose;

/// Why a publication could not be protected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtectError {
    /// Cells can be worked out even if everything is withheld that still can be. Withdraw one of the
    /// known cells named, or make the source of the cell an open one.
    #[error("{}", .cells.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    AlreadyRecoverable {
        /// Each such cell.
        cells: Vec<Recoverable>,
    },
    /// Every other cell is rounded too, and yet these can be worked out. Withhold instead.
    #[error("rounding does not hide {}", .keys.join(", "))]
    RoundingDiscloses {
        /// Their keys.
        keys: Vec<String>,
    },
    /// The optimiser gave up before these were shown to be safe. Raise the limit of nodes, or
    /// publish in smaller parts.
    #[error("it could not be shown that these are safe: {}", .keys.join(", "))]
    NotProven {
        /// Their keys.
        keys: Vec<String>,
    },
    /// A base of rounding must hide something.
    #[error("rounding to {base} hides nothing: the base is at least 3")]
    Base {
        /// What was given.
        base: u64,
    },
}

/// A cell that what is known gives away.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "cell {key} can be worked out from what is already known{}{}",
    if .known.is_empty() { "" } else { ": withdraw one of " }, .known.join(", ")
)]
pub struct Recoverable {
    /// The cell's key.
    pub key: String,
    /// Keys of the known cells that give it away.
    pub known: Vec<String>,
}

/// A publication that the attacker could not break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Protected {
    /// What is withheld or rounded.
    pub pattern: Pattern,
    /// What that cost.
    pub report: Report,
    /// What an attacker still learns of each protected cell.
    pub audit: Audit,
}

/// What protection cost.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Report {
    /// Distinct cells of the publication.
    pub cells: usize,
    /// Distinct sums that link them.
    pub sums: usize,
    /// Cells that are protected, hidden ones included.
    pub protected: usize,
    /// Cells withheld because they are small.
    pub withheld_as_small: usize,
    /// Cells withheld so that others cannot be worked out.
    pub withheld_for_others: usize,
    /// Sum of the values of the former; a total and its parts count each.
    pub value_withheld_as_small: u64,
    /// Sum of the values of the latter.
    pub value_withheld_for_others: u64,
    /// Sum of the costs of the latter.
    pub cost_for_others: u64,
    /// Cells shown rounded.
    pub rounded: usize,
    /// How the cells were chosen.
    pub quality: Quality,
    /// Work done to choose and to attack.
    pub counters: Counters,
}

/// How good the choice is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quality {
    /// No cheaper choice of withheld cells is safe.
    Optimal,
    /// At least one part was too large to be sure: there may be a cheaper choice.
    Heuristic,
    /// Rounded, and all sums of rounded cells still add up.
    Additive,
    /// Rounded by convention where no rounding adds up.
    NotAdditive,
}

/// Decides which cells are withheld, or how all are rounded, so that no protected cell can be worked
/// out; an answer has passed [`audit`].
///
/// The same cells and sums give the same answer in whatever order they were given.
///
/// # Example
///
/// ```
/// use wardmote_disclosure::{Publication, Rules, protect};
/// let publication = Publication::builder()
///     .controlled("north", 3)
///     .controlled("south", 40)
///     .controlled("east", 17)
///     .controlled("town", 60)
///     .sum("town", ["north", "south", "east"])
///     .build()?;
/// let protected = protect(&publication, &Rules::default())?;
/// let withheld: Vec<_> = protected.pattern.withheld.iter().collect();
/// assert_eq!(withheld, ["east", "north"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn protect(publication: &Publication, rules: &Rules) -> Result<Protected, ProtectError> {
    match rules.method {
        Method::Withhold => withhold(publication, rules),
        Method::Round { base } if base < 3 => Err(ProtectError::Base { base }),
        Method::Round { base } => round_all(publication, rules, base),
    }
}

fn withhold(publication: &Publication, rules: &Rules) -> Result<Protected, ProtectError> {
    let cells = publication.cells();
    let cell_roles = cells.iter().map(|cell| match cell.visibility {
        Visibility::Known => Role::Fixed,
        Visibility::Hidden => Role::Unknown,
        Visibility::Controlled if rules.protects(cell.value) => Role::Unknown,
        Visibility::Controlled if cell.value == 0 && rules.zeros == Zeros::AlwaysShown => {
            Role::Fixed
        }
        Visibility::Controlled => Role::Free,
    });
    let cell_roles: Vec<_> = cell_roles.collect();
    let floors: Vec<_> = cells.iter().map(|cell| floor(cell.visibility, rules)).collect();
    let wanted = protected(publication, rules).flat_map(|at| {
        let value = cells[at].value;
        let needed = rules.needed_range(value, floors[at]);
        targets(at, value, needed.lower, needed.upper)
    });
    let wanted: Vec<_> = wanted.collect();
    let choice = choose(publication, rules, &cell_roles, &floors, &wanted);
    if !choice.hopeless.is_empty() {
        return Err(already_recoverable(publication, &choice.hopeless));
    }
    let small = (0..cells.len()).filter(|&at| {
        cells[at].visibility == Visibility::Controlled && rules.protects(cells[at].value)
    });
    let withheld: Vec<_> = small.chain(choice.withheld).collect();
    let keys = withheld.iter().map(|&at| cells[at].key.clone()).collect();
    let pattern = Pattern { withheld: keys, ..Pattern::default() };
    let audit = audit_with(publication, &pattern, rules, choice.moves);
    if !audit.is_safe() {
        return Err(ProtectError::NotProven { keys: keys_of(&audit) });
    }
    let (small, others): (Vec<_>, Vec<_>) =
        withheld.into_iter().map(|at| &cells[at]).partition(|cell| rules.protects(cell.value));
    let quality = if choice.optimal { Quality::Optimal } else { Quality::Heuristic };
    let report = Report {
        withheld_as_small: small.len(),
        withheld_for_others: others.len(),
        value_withheld_as_small: small.iter().map(|cell| cell.value).sum(),
        value_withheld_for_others: others.iter().map(|cell| cell.value).sum(),
        cost_for_others: others.iter().map(|cell| u64::from(cell.cost)).sum(),
        ..report(publication, &audit, quality, choice.counters)
    };
    Ok(Protected { pattern, report, audit })
}

fn round_all(
    publication: &Publication,
    rules: &Rules,
    base: u64,
) -> Result<Protected, ProtectError> {
    let rounding = round(publication, rules, base);
    let quality = if rounding.additive { Quality::Additive } else { Quality::NotAdditive };
    let pattern = Pattern { rounded: rounding.rounded, ..Pattern::default() };
    let audit = audit(publication, &pattern, rules);
    if !audit.is_safe() {
        return Err(ProtectError::RoundingDiscloses { keys: keys_of(&audit) });
    }
    let counters = Counters { programmes: rounding.programmes, ..Counters::default() };
    let report =
        Report { rounded: pattern.rounded.len(), ..report(publication, &audit, quality, counters) };
    Ok(Protected { pattern, report, audit })
}

fn report(
    publication: &Publication,
    audit: &Audit,
    quality: Quality,
    counters: Counters,
) -> Report {
    Report {
        cells: publication.cells().len(),
        sums: publication.n_sums(),
        protected: audit.findings.len(),
        withheld_as_small: 0,
        withheld_for_others: 0,
        value_withheld_as_small: 0,
        value_withheld_for_others: 0,
        cost_for_others: 0,
        rounded: 0,
        quality,
        counters: Counters {
            programmes: counters.programmes + audit.counters.programmes,
            ..counters
        },
    }
}

fn keys_of(audit: &Audit) -> Vec<String> {
    audit.broken().map(|finding| finding.key.clone()).collect()
}

fn already_recoverable(
    publication: &Publication,
    hopeless: &[(crate::moves::Target, Vec<usize>)],
) -> ProtectError {
    let key = |cell: usize| publication.cells()[cell].key.clone();
    let mut hopeless: Vec<_> = hopeless.iter().collect();
    hopeless.sort_unstable();
    // One proof for each cell is enough to act on.
    hopeless.dedup_by_key(|(target, _)| target.cell);
    let cells = hopeless.into_iter().map(|(target, known)| Recoverable {
        key: key(target.cell),
        known: known.iter().map(|&cell| key(cell)).collect(),
    });
    ProtectError::AlreadyRecoverable { cells: cells.collect() }
}
