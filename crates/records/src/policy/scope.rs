//! The records that an actor may list, as a condition in SQL.

use super::agreement::{Agreement, Permit};
use super::decide::{Condition, Policies, Request, Resource};
use crate::store::Value;
use crate::words::Marking;

/// What each permit that applies to a request lets through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope(Vec<Arm>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Arm {
    owners: Vec<String>,
    categories: Vec<String>,
    markings: Vec<Marking>,
    personal: bool,
}

impl Scope {
    /// The scope of a request, whatever the record.
    pub(crate) fn of(policies: &Policies, request: &Request<'_>) -> Self {
        let permits = policies.agreements().permits();
        let applying = permits.filter(|(_, agreement, permit)| applies(agreement, permit, request));
        Self(applying.map(|(_, agreement, permit)| Arm::of(agreement, permit)).collect())
    }

    /// A condition on the table of records, and its values, which are bound from `$first` on.
    pub(crate) fn condition(&self, first: usize) -> (String, Vec<Value>) {
        let mut values: Vec<Value> = Vec::new();
        let arms: Vec<String> =
            self.0.iter().map(|arm| arm.condition(first, &mut values)).collect();
        if arms.is_empty() {
            return ("1 = 0".to_owned(), values);
        }
        (format!("({})", arms.join(" OR ")), values)
    }
}

/// Whether all holds that does not depend on the record.
fn applies(agreement: &Agreement, permit: &Permit, request: &Request<'_>) -> bool {
    // These conditions never look at it.
    let any = Resource {
        owner: String::new(),
        category: String::new(),
        marking: Marking::Official,
        personal: false,
    };
    Condition::all()
        .filter(|condition| condition.is_of_the_request())
        .all(|condition| condition.holds(agreement, permit, request, &any))
}

impl Arm {
    fn of(agreement: &Agreement, permit: &Permit) -> Self {
        Self {
            owners: permit.from.clone(),
            categories: permit.categories.clone(),
            markings: permit.markings.clone(),
            personal: agreement.gateway.personal,
        }
    }

    fn condition(&self, first: usize, values: &mut Vec<Value>) -> String {
        let mut within = |column: &str, words: Vec<&str>| {
            let places: Vec<String> = words
                .into_iter()
                .map(|word| {
                    values.push(word.into());
                    format!("${}", first + values.len() - 1)
                })
                .collect();
            format!("{column} IN ({})", places.join(", "))
        };
        let mut parts = vec![
            within("owner_organisation", self.owners.iter().map(String::as_str).collect()),
            within("kind", self.categories.iter().map(String::as_str).collect()),
            within("marking", self.markings.iter().map(|marking| marking.word()).collect()),
        ];
        if !self.personal {
            parts.push("personal = 0".to_owned());
        }
        format!("({})", parts.join(" AND "))
    }
}
