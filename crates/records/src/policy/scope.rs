//! The records that an actor may list, as a condition in SQL.

use std::collections::{BTreeMap, BTreeSet};

use super::agreement::{Agreement, Permit};
use super::decide::{Condition, Policies, Request, Resource};
use crate::store::Value;
use crate::words::{Marking, Regime};

/// What the permits that apply to a request let through.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Scope {
    arms: BTreeSet<Arm>,
    /// Whether records under Part 3 are among it.
    part_3: bool,
}

/// One combination of all that a scope looks at: one range of the index `records_by_scope`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arm {
    owner: String,
    category: String,
    marking: Marking,
    personal: bool,
}

impl Scope {
    /// The scope of a request, whatever the record; `part_3` says whether records under that regime
    /// may be used for its purpose.
    pub(crate) fn of(policies: &Policies, request: &Request<'_>, part_3: bool) -> Self {
        let permits = policies.agreements().permits();
        let applying = permits.filter(|(_, agreement, permit)| applies(agreement, permit, request));
        let arms = applying.flat_map(|(_, agreement, permit)| arms(agreement, permit));
        Self { arms: arms.collect(), part_3 }
    }

    /// Its ranges.
    pub(crate) fn arms(&self) -> impl ExactSizeIterator<Item = &Arm> {
        self.arms.iter()
    }

    /// A condition for all its ranges together, or those of one kind of records, bound from `$first` on.
    /// That the records are of the one kind is left to the caller to say: PostgreSQL takes what is said
    /// twice for twice as rare. It is for a table that has these columns of records too, and an order of its own, which no index by
    /// kind is to take the place of: hence the name by which the kind is looked at.
    pub(crate) fn together(
        &self,
        kind: Option<&str>,
        kind_column: &str,
        first: usize,
    ) -> (String, Vec<Value>) {
        let mut kinds: BTreeMap<(&str, Marking, bool), Vec<&str>> = BTreeMap::new();
        for arm in self.arms.iter().filter(|arm| kind.is_none_or(|kind| kind == arm.category)) {
            let key = (arm.owner.as_str(), arm.marking, arm.personal);
            kinds.entry(key).or_default().push(&arm.category);
        }
        if kinds.is_empty() {
            return ("1 = 0".to_owned(), Vec::new());
        }
        let mut values: Vec<Value> = Vec::new();
        let mut bind = |value: Value| {
            values.push(value);
            format!("${}", first + values.len() - 1)
        };
        let mut parts = Vec::new();
        for ((owner, marking, personal), kinds) in kinds {
            let owner = bind(owner.into());
            let marking = bind(marking.word().into());
            let personal = bind(i64::from(personal).into());
            let mut part = format!(
                "owner_organisation = {owner} AND marking = {marking} AND personal = {personal}"
            );
            if kind.is_none() {
                let kinds: Vec<String> = kinds.into_iter().map(|kind| bind(kind.into())).collect();
                part = format!("{part} AND {kind_column} IN ({})", kinds.join(", "));
            }
            parts.push(format!("({part})"));
        }
        let mut condition = format!("({})", parts.join(" OR "));
        if !self.part_3 {
            let part_3 = bind(Regime::Part3.word().into());
            condition = format!("{condition} AND regime <> {part_3}");
        }
        (condition, values)
    }

    /// A condition on the table of records for one range, and its values, which are bound from
    /// `$first` on.
    pub(crate) fn condition(&self, arm: &Arm, first: usize) -> (String, Vec<Value>) {
        let mut values = vec![
            arm.owner.as_str().into(),
            arm.category.as_str().into(),
            arm.marking.word().into(),
            i64::from(arm.personal).into(),
        ];
        let place = |index: usize| format!("${}", first + index);
        let mut condition = format!(
            "owner_organisation = {} AND kind = {} AND marking = {} AND personal = {}",
            place(0),
            place(1),
            place(2),
            place(3)
        );
        // Data that are not personal are under no regime.
        if !self.part_3 && arm.personal {
            values.push(Regime::Part3.word().into());
            condition = format!("{condition} AND regime <> {}", place(4));
        }
        (condition, values)
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

fn arms(agreement: &Agreement, permit: &Permit) -> Vec<Arm> {
    let sorts: &[bool] = if agreement.gateway.personal { &[false, true] } else { &[false] };
    let mut arms = Vec::new();
    for owner in &permit.from {
        for category in &permit.categories {
            for &marking in &permit.markings {
                for &personal in sorts {
                    let (owner, category) = (owner.clone(), category.clone());
                    arms.push(Arm { owner, category, marking, personal });
                }
            }
        }
    }
    arms
}
