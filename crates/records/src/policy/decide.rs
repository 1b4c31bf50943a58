//! Decisions: which permit permits, or which condition failed.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock};

use cedar_policy::{
    Authorizer, Context, Decision as Cedar, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicySet, RestrictedExpression,
};
use jiff::civil::Date;

use super::agreement::{Agreement, Agreements, Permit};
use super::compile::{self, CompileError, day};
use crate::words::{Marking, Operation};

/// Why no decision could be made; nothing is done then.
#[derive(Debug, thiserror::Error)]
#[error("the policies could not be asked: {why}")]
pub struct DecisionError {
    why: String,
}

impl DecisionError {
    pub(super) fn new(why: &dyn fmt::Display) -> Self {
        Self { why: why.to_string() }
    }
}

/// Who asks, in the roles held on the day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person's id.
    pub person: String,
    /// The organisation that they work for.
    pub organisation: String,
    /// Their roles on the day.
    pub roles: BTreeSet<String>,
}

/// What a decision needs to know of a record.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Resource {
    /// The organisation that owns it.
    pub owner: String,
    /// The category of data: the record's kind.
    pub category: String,
    /// Its marking.
    pub marking: Marking,
    /// Whether it holds personal data.
    pub personal: bool,
}

/// What is asked.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// By whom.
    pub actor: &'a Actor,
    /// To do what.
    pub operation: Operation,
    /// For what purpose.
    pub purpose: &'a str,
    /// On which day.
    pub on: Date,
}

/// A condition of a permit, in the order in which they are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Condition {
    /// The recipients are the actor's organisation.
    Organisation,
    /// The records are the owner's.
    Owner,
    /// The category of data is covered.
    Category,
    /// The operation is.
    Operation,
    /// The actor holds one of the roles on the day.
    Role,
    /// The marking is covered.
    Marking,
    /// The gateway carries personal data, or there are none.
    Depersonalised,
    /// The purpose is the agreement's.
    Purpose,
    /// The agreement has started.
    Started,
    /// It has not ended.
    NotEnded,
    /// The gateway is law on the day.
    Gateway,
    /// The record's regime allows the purpose. No permit can say that; `protection/regimes.toml`
    /// does.
    Regime,
}

impl Condition {
    const ALL: [Self; 11] = [
        Self::Organisation,
        Self::Owner,
        Self::Category,
        Self::Operation,
        Self::Role,
        Self::Marking,
        Self::Depersonalised,
        Self::Purpose,
        Self::Started,
        Self::NotEnded,
        Self::Gateway,
    ];

    pub(crate) fn holds(
        self,
        agreement: &Agreement,
        permit: &Permit,
        request: &Request<'_>,
        resource: &Resource,
    ) -> bool {
        let (terms, gateway) = (&agreement.terms, &agreement.gateway);
        match self {
            Self::Organisation => permit.to.contains(&request.actor.organisation),
            Self::Owner => permit.from.contains(&resource.owner),
            Self::Category => permit.categories.contains(&resource.category),
            Self::Operation => permit.operations.contains(&request.operation),
            Self::Role => permit.roles.iter().any(|role| request.actor.roles.contains(role)),
            Self::Marking => permit.markings.contains(&resource.marking),
            Self::Depersonalised => gateway.personal || !resource.personal,
            Self::Purpose => terms.purpose == request.purpose,
            Self::Started => request.on >= terms.start,
            Self::NotEnded => request.on <= terms.end,
            Self::Gateway => {
                gateway.from.is_none_or(|from| request.on >= from)
                    && gateway.to.is_none_or(|to| request.on <= to)
            }
            // Looked at after the permits, and of the record itself.
            Self::Regime => true,
        }
    }

    /// Whether it can be told without the record.
    pub(crate) fn is_of_the_request(self) -> bool {
        !matches!(self, Self::Owner | Self::Category | Self::Marking | Self::Depersonalised)
    }

    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter()
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Organisation => "the actor's organisation is no recipient",
            Self::Owner => "the record's owner does not share under it",
            Self::Category => "the category of data is not covered",
            Self::Operation => "the operation is not covered",
            Self::Role => "the actor holds none of its roles on the day",
            Self::Marking => "the record's marking is not covered",
            Self::Depersonalised => "the gateway carries no personal data",
            Self::Purpose => "the purpose is another",
            Self::Started => "it has not started",
            Self::NotEnded => "it has ended",
            Self::Gateway => "its legal gateway is not law on the day",
            Self::Regime => "the record's regime does not allow this purpose or recipient",
        })
    }
}

/// Why a request was refused: told only to those entitled to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The permit that came nearest; none where there are no permits.
    pub nearest: Option<String>,
    /// Its first condition that failed.
    pub failed: Option<Condition>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.nearest, self.failed) {
            (Some(nearest), Some(failed)) => write!(f, "nearest permit {nearest}: {failed}"),
            _ => f.write_str("no agreement permits anything"),
        }
    }
}

/// The answer to a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// Permitted by this permit of an agreement.
    Permitted {
        /// Such as `agreement-2024/1`.
        by: String,
    },
    /// Refused.
    Refused(Refusal),
}

/// The agreements, ready to decide.
#[derive(Debug, Clone)]
pub struct Policies {
    agreements: Agreements,
    compiled: PolicySet,
    /// How many decisions were made.
    decisions: Arc<AtomicU64>,
}

impl Policies {
    /// Makes the policies of the agreements.
    pub fn new(agreements: Agreements) -> Result<Self, CompileError> {
        let compiled = compile::policies(&agreements)?;
        Ok(Self { agreements, compiled, decisions: Arc::default() })
    }

    /// How many decisions were made, by this and by its clones.
    pub fn decisions(&self) -> u64 {
        self.decisions.load(Ordering::Relaxed)
    }

    /// The agreements that they were made from.
    pub fn agreements(&self) -> &Agreements {
        &self.agreements
    }

    /// Decides; what no policy permits is refused.
    pub fn decide(
        &self,
        request: &Request<'_>,
        resource: &Resource,
    ) -> Result<Decision, DecisionError> {
        self.decisions.fetch_add(1, Ordering::Relaxed);
        let (asked, entities) = ask(request, resource)?;
        let response = Authorizer::new().is_authorized(&asked, &self.compiled, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(DecisionError::new(error));
        }
        let by = response.diagnostics().reason().map(ToString::to_string).min();
        match (response.decision(), by) {
            (Cedar::Allow, Some(by)) => Ok(Decision::Permitted { by }),
            _ => Ok(Decision::Refused(self.refusal(request, resource))),
        }
    }

    /// Whether somebody of these roles is told why a request was refused.
    pub fn is_told_reasons(&self, actor: &Actor) -> bool {
        self.agreements.explain_refusals_to.iter().any(|role| actor.roles.contains(role))
    }

    fn refusal(&self, request: &Request<'_>, resource: &Resource) -> Refusal {
        let mut nearest = Refusal { nearest: None, failed: None };
        for (id, agreement, permit) in self.agreements.permits() {
            let failed = Condition::all()
                .find(|condition| !condition.holds(agreement, permit, request, resource));
            if failed > nearest.failed {
                nearest = Refusal { nearest: Some(id), failed };
            }
        }
        nearest
    }
}

fn ask(
    request: &Request<'_>,
    resource: &Resource,
) -> Result<(cedar_policy::Request, Entities), DecisionError> {
    let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
    let roles = request.actor.roles.iter().map(|role| text(role));
    let principal = uid(Kind::Person, &request.actor.person)?;
    let actor = HashMap::from([
        ("organisation".to_owned(), text(&request.actor.organisation)),
        ("roles".to_owned(), RestrictedExpression::new_set(roles)),
    ]);
    let record = uid(Kind::Record, "asked")?;
    let attributes = HashMap::from([
        ("owner".to_owned(), text(&resource.owner)),
        ("category".to_owned(), text(&resource.category)),
        ("marking".to_owned(), text(resource.marking.word())),
        ("personal".to_owned(), RestrictedExpression::new_bool(resource.personal)),
    ]);
    let entity = |uid: &EntityUid, attributes| {
        Entity::new(uid.clone(), attributes, HashSet::new()).map_err(|why| DecisionError::new(&why))
    };
    let entities = [entity(&principal, actor)?, entity(&record, attributes)?];
    let entities =
        Entities::from_entities(entities, None).map_err(|why| DecisionError::new(&why))?;
    let context = Context::from_pairs([
        ("purpose".to_owned(), text(request.purpose)),
        ("on".to_owned(), RestrictedExpression::new_long(day(request.on))),
    ])
    .map_err(|why| DecisionError::new(&why))?;
    let action = uid(Kind::Action, request.operation.word())?;
    let asked = cedar_policy::Request::new(principal, action, record, context, None)
        .map_err(|why| DecisionError::new(&why))?;
    Ok((asked, entities))
}

/// What the policies speak of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Person,
    Record,
    Action,
    System,
}

pub(super) fn uid(kind: Kind, id: &str) -> Result<EntityUid, DecisionError> {
    // To read a name takes Cedar as long as to decide, so each is read once.
    static NAMES: LazyLock<[Result<EntityTypeName, String>; 4]> = LazyLock::new(|| {
        ["Person", "Record", "Action", "System"]
            .map(|name| name.parse().map_err(|why: cedar_policy::ParseErrors| why.to_string()))
    });
    let name = NAMES[kind as usize].clone().map_err(|why| DecisionError::new(&why))?;
    Ok(EntityUid::from_type_name_and_id(name, EntityId::new(id)))
}
