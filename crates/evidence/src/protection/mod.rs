//! Disclosure control of a publication: what it may show of sources under a sharing agreement.
//!
//! Every number of a controlled source that a publication is about to print is a cell. A first pass
//! over claims and charts notes the cells, whatever the page; `wardmote-disclosure` decides over all of
//! them together, and over what earlier publications said, which are withheld; a second pass prints the
//! rest. A cell that was not noted is never shown, so nothing can be forgotten. Left out: surveys, whose
//! few answers are kept back by their number of respondents.

mod atoms;
mod cell;
mod guard;
mod ledger;
mod rules;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
pub use wardmote_disclosure::Quality;
use wardmote_disclosure::{ProtectError, PublicationError, Report, protect};
use wardmote_domain::claim::Rule;

pub use self::atoms::AtomsError;
pub use self::cell::Cell;
pub(crate) use self::guard::{Guard, WITHHELD};
pub use self::ledger::{Ledger, LedgerCell, LedgerError, Said};
pub use self::rules::DisclosureRules;
use crate::charts::{self, ChartData};
use crate::claims::{Answers, ClaimFailure, answer_all};
use crate::folder::PartnershipFolder;
use crate::observed::{Observed, ObservedError};

/// Why a publication cannot be answered or protected.
#[derive(Debug, thiserror::Error)]
pub enum ProtectionError {
    /// A claim could not be evaluated.
    #[error(transparent)]
    Claim(#[from] ClaimFailure),
    /// A chart could not be drawn.
    #[error(transparent)]
    Observed(#[from] ObservedError),
    /// The cells do not add up.
    #[error(transparent)]
    Atoms(#[from] AtomsError),
    /// The cells are no publication.
    #[error("disclosure control: {0}")]
    Cells(#[from] PublicationError),
    /// The cells cannot be protected.
    #[error("disclosure control: {0}")]
    Protect(#[from] ProtectError),
}

/// What a publication says, protected.
#[derive(Debug)]
pub struct Protected {
    /// The claims, answered.
    pub answers: Answers,
    /// The charts' data, by name.
    pub charts: BTreeMap<String, ChartData>,
    /// What protection did; `None` where no controlled source is asked about.
    pub protection: Option<Protection>,
}

/// What protection did.
#[derive(Debug, Clone, PartialEq)]
pub struct Protection {
    /// Its cost.
    pub report: Report,
    /// Every cell, shown or withheld, for the ledger.
    pub said: Vec<LedgerCell>,
}

/// Answers every claim and draws every chart, with the cells of controlled sources protected together
/// and against what was said before the date of publication.
pub fn publish(
    observed: &Observed,
    folder: &PartnershipFolder,
    rule: Rule,
    published: Date,
) -> Result<Protected, ProtectionError> {
    let pass = || -> Result<_, ProtectionError> {
        let answers = answer_all(observed, &folder.claims, rule)?;
        let mut drawn = BTreeMap::new();
        for (id, chart) in &folder.charts {
            drawn.insert(id.clone(), charts::draw(observed, chart)?);
        }
        Ok((answers, drawn))
    };
    observed.guard(Guard::Noting(BTreeMap::new()));
    let (answers, charts) = pass()?;
    let noted = observed.noted();
    if noted.is_empty() {
        return Ok(Protected { answers, charts, protection: None });
    }
    let rules = &folder.disclosure;
    let earlier = folder.ledger.before(published);
    let publication = atoms::publication(observed, &noted, &earlier, rules)?;
    let protected = protect(&publication, &rules.cells)?;
    let withheld: BTreeSet<String> =
        protected.pattern.withheld.iter().filter(|key| noted.contains_key(*key)).cloned().collect();
    let rounded = &protected.pattern.rounded;
    let printed = |key: &String, value: u64| rounded.get(key).map_or(value, |to| to.value);
    let said = noted.iter().map(|(key, (cell, value))| LedgerCell {
        cell: cell.clone(),
        value: (!withheld.contains(key)).then(|| printed(key, *value)),
    });
    let protection = Protection { report: protected.report, said: said.collect() };
    let shown = noted.iter().filter(|(key, _)| !withheld.contains(*key));
    let shown = shown.map(|(key, (_, value))| (key.clone(), printed(key, *value))).collect();
    observed.guard(Guard::Protected { shown, rounded: !rounded.is_empty() });
    let (answers, charts) = pass()?;
    Ok(Protected { answers, charts, protection: Some(protection) })
}
