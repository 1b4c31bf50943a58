//! What is protected, and how well: the rules as data.

use serde::{Deserialize, Serialize};

/// What a publication protects, and by what means.
///
/// # Example
///
/// ```
/// use wardmote_disclosure::Rules;
/// let rules = Rules::default();
/// // Nobody may learn that a cell of 2 is not 1, nor that it is not an ordinary 5.
/// assert_eq!((rules.needed_range(2, 0).lower, rules.needed_range(2, 0).upper), (1, 5));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Counts from 1 to this are protected.
    pub small_up_to: u64,
    /// What becomes of cells of zero.
    pub zeros: Zeros,
    /// How far below and above its true value, at least, an attacker must believe a cell possible.
    pub margin: u64,
    /// How cells are protected.
    pub method: Method,
    /// A connected part of the publication is solved to the optimum where it has at most this many
    /// cells that could be withheld, and by a heuristic where it has more.
    pub exact_up_to: usize,
    /// After how many nodes of its search the optimiser gives up on a part; not after how much time,
    /// so that the same input gives the same answer on a slow machine.
    pub node_limit: u64,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            small_up_to: 4,
            zeros: Zeros::MayBeWithheld,
            margin: 1,
            method: Method::Withhold,
            exact_up_to: 250,
            node_limit: 1_000,
        }
    }
}

/// What becomes of cells of zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Zeros {
    /// A zero is always shown; so an attacker knows that what is withheld is at least 1.
    AlwaysShown,
    /// A zero is no secret, but may be withheld so that others cannot be worked out.
    MayBeWithheld,
    /// A zero is protected as a small count is: that nothing happened may be a secret too.
    Protected,
}

/// How cells are protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Method {
    /// Cells are withheld, and all others are exact.
    Withhold,
    /// Every controlled cell is rounded to a multiple of the base.
    Round {
        /// Such as 5.
        base: u64,
    },
}

/// The values that an attacker must at least believe possible, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NeededRange {
    /// An attacker's lower bound must be at most this.
    pub lower: u64,
    /// An attacker's upper bound must be at least this.
    pub upper: u64,
}

impl Rules {
    /// Whether a count of this value is protected.
    pub fn protects(&self, value: u64) -> bool {
        value <= self.small_up_to && (value > 0 || self.zeros == Zeros::Protected)
    }

    /// The values that an attacker must believe possible for a withheld cell of this value, of which
    /// the attacker knows that it is at least `floor`: all small counts, the first that is not
    /// small, and [`Rules::margin`] about the value.
    pub fn needed_range(&self, value: u64, floor: u64) -> NeededRange {
        let smallest = u64::from(value > 0).max(floor);
        let lower = value.saturating_sub(self.margin).max(floor).min(smallest);
        let upper = value.saturating_add(self.margin).max(self.small_up_to.saturating_add(1));
        NeededRange { lower, upper }
    }
}
