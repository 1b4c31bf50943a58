//! Cases kept beside the agreements: who asks what, and what the answer must be.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;

use super::decide::{Actor, Condition, Decision, DecisionError, Policies, Request, Resource};
use crate::protection::Protection;
use crate::words::{Marking, Operation};

/// Why cases cannot be read or asked.
#[derive(Debug, thiserror::Error)]
pub enum CasesError {
    /// The file is not written as it should be.
    #[error("cases.toml: {why}")]
    Unreadable {
        /// What is wrong, with its line.
        why: String,
    },
    /// A case names what is not declared.
    #[error("cases.toml: case {case} names {what} {name:?}, which is not declared")]
    Undeclared {
        /// Which case, from 1.
        case: usize,
        /// What it is.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// A case says nothing, or two things, of the answer.
    #[error("cases.toml: case {case} must say either permitted_by or refused_for")]
    Answer {
        /// Which case, from 1.
        case: usize,
    },
    /// It could not be decided.
    #[error(transparent)]
    Decision(#[from] DecisionError),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenActor {
    organisation: String,
    roles: BTreeSet<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenResource {
    owner: String,
    category: String,
    marking: Marking,
    personal: bool,
}

/// One case.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Case {
    /// Who asks.
    pub actor: String,
    /// To do what.
    pub operation: Operation,
    /// With what.
    pub resource: String,
    /// For what purpose.
    pub purpose: String,
    /// On which day.
    pub on: Date,
    /// The permit that must permit it.
    pub permitted_by: Option<String>,
    /// The condition that must be named as failed.
    pub refused_for: Option<Condition>,
}

/// The table of cases.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cases {
    actors: BTreeMap<String, WrittenActor>,
    resources: BTreeMap<String, WrittenResource>,
    /// The cases, in order.
    pub cases: Vec<Case>,
}

/// A case that came out otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseFailure {
    /// Which case, from 1.
    pub case: usize,
    /// What the table says.
    pub expected: String,
    /// What the policies say.
    pub found: String,
}

impl Cases {
    /// Reads `cases.toml`.
    pub fn read(text: &str) -> Result<Self, CasesError> {
        let unreadable = |why: toml::de::Error| CasesError::Unreadable {
            why: why.to_string().trim_end().to_owned(),
        };
        let cases: Self = toml::from_str(text).map_err(unreadable)?;
        for (index, case) in cases.cases.iter().enumerate() {
            let undeclared = |what, name: &String| {
                Err(CasesError::Undeclared { case: index + 1, what, name: name.clone() })
            };
            if !cases.actors.contains_key(&case.actor) {
                return undeclared("actor", &case.actor);
            }
            if !cases.resources.contains_key(&case.resource) {
                return undeclared("resource", &case.resource);
            }
            if case.permitted_by.is_some() == case.refused_for.is_some() {
                return Err(CasesError::Answer { case: index + 1 });
            }
        }
        Ok(cases)
    }

    /// An actor that the table declares.
    pub fn actor(&self, name: &str) -> Option<Actor> {
        let written = self.actors.get(name)?.clone();
        let WrittenActor { organisation, roles } = written;
        Some(Actor { person: name.to_owned(), organisation, roles })
    }

    /// A record that the table declares.
    pub fn resource(&self, name: &str) -> Option<Resource> {
        let WrittenResource { owner, category, marking, personal } =
            self.resources.get(name)?.clone();
        Some(Resource { owner, category, marking, personal })
    }

    /// Asks all cases, and answers those that came out otherwise than written. What an agreement
    /// permits is refused for its regime where the dataset is declared so.
    pub fn ask(
        &self,
        policies: &Policies,
        protection: &Protection,
    ) -> Result<Vec<CaseFailure>, CasesError> {
        let mut failures = Vec::new();
        for (index, case) in self.cases.iter().enumerate() {
            let (Some(actor), Some(resource)) =
                (self.actor(&case.actor), self.resource(&case.resource))
            else {
                continue;
            };
            let request = Request {
                actor: &actor,
                operation: case.operation,
                purpose: &case.purpose,
                on: case.on,
            };
            let found = protection.decide(policies, &request, &resource, None)?;
            let is_as_written = match &found {
                Decision::Permitted { by } => case.permitted_by.as_ref() == Some(by),
                Decision::Refused(refusal) => {
                    case.refused_for.is_some() && refusal.failed == case.refused_for
                }
            };
            if !is_as_written {
                failures.push(CaseFailure {
                    case: index + 1,
                    expected: expected(case),
                    found: in_words(&found),
                });
            }
        }
        Ok(failures)
    }
}

fn expected(case: &Case) -> String {
    let refused = || case.refused_for.map(|condition| format!("refused: {condition}"));
    let permitted = case.permitted_by.as_ref().map(|by| format!("permitted by {by}"));
    permitted.or_else(refused).unwrap_or_default()
}

fn in_words(decision: &Decision) -> String {
    match decision {
        Decision::Permitted { by } => format!("permitted by {by}"),
        Decision::Refused(refusal) => format!("refused: {refusal}"),
    }
}
