//! Figures: every number that is printed, with what it takes to compute it again.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wardmote_domain::figure::FigureId;
use wardmote_domain::provenance::Disclosure;

/// One number, as it stands in `evidence.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Figure {
    /// Follows from `key` and `snapshot`.
    pub id: FigureId,
    /// What the figure is, in one line that is the same in every vintage of the data.
    pub key: String,
    /// A name for readers.
    pub label: String,
    /// The measure and its version, such as `recorded-crime v1`; surveys have none.
    pub measure: Option<String>,
    /// What the measure counts.
    pub definition: String,
    /// Where.
    pub area: String,
    /// When.
    pub period: String,
    /// How it was computed.
    pub method: String,
    /// Values that the method chose or was given, such as the dispersion.
    pub parameters: BTreeMap<String, f64>,
    /// The population or base that it is taken over.
    pub population: Option<String>,
    /// The number itself; `None` where it is not known.
    pub value: Option<f64>,
    /// As it is printed.
    pub text: String,
    /// 95% limits.
    pub interval: Option<(f64, f64)>,
    /// Events or respondents behind it.
    pub n: u64,
    /// Whether its rows are public.
    pub disclosure: Disclosure,
    /// The vintage of the evidence.
    pub snapshot: String,
    /// The loads whose rows were counted.
    pub loads: Vec<String>,
    /// The query in words.
    pub query: String,
    /// What to mind when reading it.
    pub caution: Option<String>,
}

/// The id of the figure with a key in a snapshot.
pub fn figure_id(key: &str, snapshot: &str) -> FigureId {
    let hash = Sha256::digest(format!("{key}\n{snapshot}").as_bytes());
    let hex = hash.iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
    // INVARIANT: twelve lower-case hexadecimal digits are a figure id.
    FigureId::from_sha256_hex(&hex).unwrap_or_else(|error| unreachable!("{error}"))
}

/// Counts below this make a rate too unsteady to read much into.
pub const FEW_EVENTS: u64 = 10;

/// The caution that a small count carries, for open data too.
pub fn small_number_caution(n: u64) -> Option<String> {
    (n < FEW_EVENTS).then(|| format!("based on {n} events: too few to read much into"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_follow_from_meaning_and_vintage() {
        let id = figure_id("recorded-crime v1 | E06000032 | 2023/24 | count", "s-1");
        assert_eq!(id, figure_id("recorded-crime v1 | E06000032 | 2023/24 | count", "s-1"));
        assert_ne!(id, figure_id("recorded-crime v1 | E06000032 | 2023/24 | count", "s-2"));
        assert_ne!(id, figure_id("recorded-crime v2 | E06000032 | 2023/24 | count", "s-1"));
    }
}
