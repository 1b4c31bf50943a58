//! Duties: what roles may do with the system itself, where no record is asked for and so no agreement
//! can answer. Decided by Cedar like everything else, and refused by default.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cedar_policy::{
    Authorizer, Context, Decision as Cedar, Entities, Entity, PolicySet, RestrictedExpression,
};

use super::decide::{DecisionError, Kind, uid};
use super::{Actor, AgreementError};
use crate::words::{Duty, is_id};

/// Which roles have which duty, ready to decide.
#[derive(Debug, Clone)]
pub struct Duties {
    compiled: PolicySet,
    roles: BTreeSet<String>,
}

/// What holds where the partnership's folder says nothing else.
const USUAL: &str = include_str!("duties.toml");

impl Duties {
    /// Those that hold where nothing else is said.
    pub fn usual() -> Result<Self, AgreementError> {
        Self::read(USUAL, "the usual duties")
    }

    /// Reads lines such as `administer-people = ["administrator"]`. A duty that is not named is
    /// nobody's.
    pub fn read(text: &str, file: &str) -> Result<Self, AgreementError> {
        let unreadable = |why: String| AgreementError::Unreadable { file: file.to_owned(), why };
        let duties: BTreeMap<Duty, BTreeSet<String>> =
            toml::from_str(text).map_err(|why| unreadable(why.to_string()))?;
        let mut policies = String::new();
        for (duty, roles) in &duties {
            if let Some(id) = roles.iter().find(|role| !is_id(role)) {
                return Err(AgreementError::NoId { file: file.to_owned(), id: id.clone() });
            }
            // What stands in quotation marks was checked to be an id, so that it cannot end them.
            let roles: Vec<String> = roles.iter().map(|role| format!("\"{role}\"")).collect();
            let roles = roles.join(", ");
            let _ = writeln!(
                policies,
                "permit (principal, action == Action::\"{duty}\", resource) \
                 when {{ principal.roles.containsAny([{roles}]) }};"
            );
        }
        let compiled = policies.parse();
        let compiled =
            compiled.map_err(|why: cedar_policy::ParseErrors| unreadable(why.to_string()))?;
        Ok(Self { compiled, roles: duties.into_values().flatten().collect() })
    }

    /// The roles that have any.
    pub fn roles(&self) -> impl Iterator<Item = &str> {
        self.roles.iter().map(String::as_str)
    }

    /// Whether somebody, in the roles of the day, may.
    pub fn permit(&self, actor: &Actor, duty: Duty) -> Result<bool, DecisionError> {
        let text = |text: &str| RestrictedExpression::new_string(text.to_owned());
        let roles = actor.roles.iter().map(|role| text(role));
        let attributes = [("roles".to_owned(), RestrictedExpression::new_set(roles))];
        let principal = uid(Kind::Person, &actor.person)?;
        let entity = Entity::new(principal.clone(), attributes.into(), [].into());
        let entity = entity.map_err(|why| DecisionError::new(&why))?;
        let entities = Entities::from_entities([entity], None);
        let entities = entities.map_err(|why| DecisionError::new(&why))?;
        let (action, resource) = (uid(Kind::Action, duty.word())?, uid(Kind::System, "wardmote")?);
        let request =
            cedar_policy::Request::new(principal, action, resource, Context::empty(), None);
        let request = request.map_err(|why| DecisionError::new(&why))?;
        let response = Authorizer::new().is_authorized(&request, &self.compiled, &entities);
        if let Some(error) = response.diagnostics().errors().next() {
            return Err(DecisionError::new(error));
        }
        Ok(response.decision() == Cedar::Allow)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(roles: &[&str]) -> Actor {
        Actor {
            person: "invented-one".to_owned(),
            organisation: "council".to_owned(),
            roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        }
    }

    #[test]
    fn a_duty_is_for_its_roles_and_for_nobody_else() {
        let usual = Duties::usual().unwrap();
        let may = |roles: &[&str], duty| usual.permit(&actor(roles), duty).unwrap();
        assert!(may(&["administrator"], Duty::AdministerPeople));
        assert!(!may(&["administrator"], Duty::ReadAudit));
        assert!(may(&["analyst", "data-protection-officer"], Duty::ReadAudit));
        assert!(!may(&["data-protection-officer"], Duty::AdministerPeople));
        assert!(Duty::ALL.iter().all(|duty| !may(&[], *duty)));
        let own = Duties::read("read-audit = [\"auditor\"]", "duties.toml").unwrap();
        assert!(own.permit(&actor(&["auditor"]), Duty::ReadAudit).unwrap());
        assert!(!own.permit(&actor(&["administrator"]), Duty::AdministerPeople).unwrap());
    }

    #[test]
    fn what_is_no_duty_or_no_role_is_refused() {
        assert!(Duties::read("read-minds = [\"analyst\"]", "duties.toml").is_err());
        let quoted = Duties::read("read-audit = ['a\"]) || true']", "duties.toml").unwrap_err();
        assert!(quoted.to_string().contains("is no id"), "{quoted}");
    }
}
