//! What the two regimes of data protection allow, as the folder says it.
//!
//! Part 3 of the Data Protection Act 2018 is for competent authorities and the purposes of law
//! enforcement. What was collected under it is used for another purpose, or given to somebody who is
//! no competent authority, only where law authorises that (section 36(4)); the folder names that law.

use jiff::civil::Date;
use serde::Deserialize;

use super::{Protection, ProtectionError, check_id, parse};
use crate::policy::{Condition, Decision, DecisionError, Policies, Refusal, Request, Resource};
use crate::words::{Operation, Regime};

const FILE: &str = "regimes.toml";

/// Why a regime does not allow something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RegimeError {
    /// Part 3 is for competent authorities.
    #[error(
        "{controller} is no competent authority in protection/regimes.toml, so it holds nothing under Part 3"
    )]
    NotCompetent {
        /// The controller.
        controller: String,
    },
    /// The folder says another regime.
    #[error("protection/datasets.toml puts {category} of {controller} under {declared}")]
    OtherRegime {
        /// The category of data.
        category: String,
        /// The controller.
        controller: String,
        /// The regime that is declared.
        declared: Regime,
    },
    /// Records under two regimes were to be brought together.
    #[error(
        "the records are under different regimes, and protection/regimes.toml names no law that lets them be brought together for this purpose"
    )]
    Crossing,
}

/// Who may hold data under Part 3.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CompetentAuthority {
    /// The organisation's id.
    pub id: String,
    /// The law that makes it one.
    pub law: String,
    /// When somebody last held this against the law.
    pub checked: Date,
}

/// A purpose that is one of law enforcement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Purpose {
    /// As agreements name it.
    pub id: String,
    /// Why it is one.
    pub law: String,
    /// When somebody last held this against the law.
    pub checked: Date,
}

/// A law that lets data under Part 3 be used for a purpose that is not law enforcement.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Crossing {
    /// For which purpose.
    pub purpose: String,
    /// To do what.
    pub operations: Vec<Operation>,
    /// By which law.
    pub law: String,
    /// The first day on which it is law, if that matters here.
    pub from: Option<Date>,
    /// The last.
    pub to: Option<Date>,
    /// When somebody last held this against the law.
    pub checked: Date,
}

/// A right of the people whom data are about.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Right {
    /// Such as `access` or `erasure`.
    pub id: String,
    /// Under which regime.
    pub regime: Regime,
    /// The law that gives it.
    pub law: String,
    /// Within how long it is answered, in words.
    pub answer_within: String,
    /// When it may be refused or restricted, in words, with the law.
    pub restrictions: String,
    /// When somebody last held this against the law.
    pub checked: Date,
}

/// All that the folder says of the regimes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Regimes {
    /// Who may hold data under Part 3.
    pub competent_authorities: Vec<CompetentAuthority>,
    /// Purposes of law enforcement.
    pub law_enforcement_purposes: Vec<Purpose>,
    /// Laws that let data under Part 3 be used for other purposes.
    pub crossings: Vec<Crossing>,
    /// Rights of the people concerned.
    pub rights: Vec<Right>,
}

impl Regimes {
    pub(super) fn read(text: &str) -> Result<Self, ProtectionError> {
        let regimes: Self = parse(FILE, text)?;
        let authorities = regimes.competent_authorities.iter().map(|one| &one.id);
        let purposes = regimes.law_enforcement_purposes.iter().map(|one| &one.id);
        let crossings = regimes.crossings.iter().map(|one| &one.purpose);
        let rights = regimes.rights.iter().map(|one| &one.id);
        for id in authorities.chain(purposes).chain(crossings).chain(rights) {
            check_id(FILE, id)?;
        }
        Ok(regimes)
    }

    fn is_competent(&self, organisation: &str) -> bool {
        self.competent_authorities.iter().any(|one| one.id == organisation)
    }

    fn is_law_enforcement(&self, purpose: &str) -> bool {
        self.law_enforcement_purposes.iter().any(|one| one.id == purpose)
    }

    /// The law that lets data under Part 3 be used for a purpose that is not law enforcement.
    pub fn crossing(&self, purpose: &str, operation: Operation, on: Date) -> Option<&Crossing> {
        let carries = |one: &&Crossing| {
            one.purpose == purpose
                && one.operations.contains(&operation)
                && one.from.is_none_or(|from| on >= from)
                && one.to.is_none_or(|to| on <= to)
        };
        self.crossings.iter().find(carries)
    }

    /// The right of that id under a regime.
    pub fn right(&self, id: &str, regime: Regime) -> Option<&Right> {
        self.rights.iter().find(|right| right.id == id && right.regime == regime)
    }
}

impl Protection {
    /// Whether a controller may hold a category of data under a regime.
    pub fn may_hold(
        &self,
        category: &str,
        controller: &str,
        regime: Regime,
    ) -> Result<(), RegimeError> {
        if let Some(dataset) = self.dataset(category, controller)
            && dataset.regime != regime
        {
            return Err(RegimeError::OtherRegime {
                category: category.to_owned(),
                controller: controller.to_owned(),
                declared: dataset.regime,
            });
        }
        if regime == Regime::Part3 && !self.regimes.is_competent(controller) {
            return Err(RegimeError::NotCompetent { controller: controller.to_owned() });
        }
        Ok(())
    }

    /// Whether the regime of a record lets it be used so. Only personal data have one that matters:
    /// those under Part 3 are used for what is no law enforcement where the folder names the law.
    pub fn allows(
        &self,
        (regime, is_personal): (Regime, bool),
        operation: Operation,
        purpose: &str,
        on: Date,
    ) -> bool {
        regime != Regime::Part3 || !is_personal || self.carries_part_3(purpose, operation, on)
    }

    /// What the agreements decide, refused where the regime does not let it be. Where the regime is
    /// not known it is that of the dataset, for which the owner is taken for the controller.
    pub fn decide(
        &self,
        policies: &Policies,
        request: &Request<'_>,
        resource: &Resource,
        regime: Option<Regime>,
    ) -> Result<Decision, DecisionError> {
        let decision = policies.decide(request, resource)?;
        let Decision::Permitted { by } = decision else { return Ok(decision) };
        let of_dataset = || self.dataset(&resource.category, &resource.owner).map(|one| one.regime);
        let Some(regime) = regime.or_else(of_dataset) else {
            return Ok(Decision::Permitted { by });
        };
        let data = (regime, resource.personal);
        if self.allows(data, request.operation, request.purpose, request.on) {
            return Ok(Decision::Permitted { by });
        }
        let failed = Some(Condition::Regime);
        Ok(Decision::Refused(Refusal { nearest: Some(by), failed }))
    }

    /// Whether personal data under Part 3 may be used for a purpose.
    pub fn carries_part_3(&self, purpose: &str, operation: Operation, on: Date) -> bool {
        self.regimes.is_law_enforcement(purpose)
            || self.regimes.crossing(purpose, operation, on).is_some()
    }

    /// Whether an organisation may be given a record under Part 3: a competent authority for law
    /// enforcement, anybody else where the folder names the law.
    pub fn may_receive_part_3(&self, recipient: &str, purpose: &str, on: Date) -> bool {
        self.regimes.is_competent(recipient) && self.regimes.is_law_enforcement(purpose)
            || self.regimes.crossing(purpose, Operation::Disclosure, on).is_some()
    }

    /// Whether records under these regimes, or without personal data, may be brought together for a
    /// purpose.
    pub fn may_combine(
        &self,
        one: Option<Regime>,
        other: Option<Regime>,
        purpose: &str,
        on: Date,
    ) -> Result<(), RegimeError> {
        let crosses = one.is_some() && other.is_some() && one != other;
        if crosses && self.regimes.crossing(purpose, Operation::Combination, on).is_none() {
            return Err(RegimeError::Crossing);
        }
        Ok(())
    }
}
