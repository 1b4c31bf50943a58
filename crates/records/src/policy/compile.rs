//! Permits as policies of Cedar.

use cedar_policy::{Policy, PolicyId, PolicySet};
use jiff::civil::Date;

use super::agreement::{Agreement, Agreements, Permit};

/// Why an agreement's permit gives no policy.
#[derive(Debug, thiserror::Error)]
#[error("permit {permit} gives no policy: {why}")]
pub struct CompileError {
    /// Which.
    pub permit: String,
    /// What Cedar says.
    pub why: String,
}

pub(crate) fn policies(agreements: &Agreements) -> Result<PolicySet, CompileError> {
    let mut policies = PolicySet::new();
    for (id, agreement, permit) in agreements.permits() {
        let failed = |why: String| CompileError { permit: id.clone(), why };
        let policy = Policy::parse(Some(PolicyId::new(&id)), policy(agreement, permit))
            .map_err(|why| failed(why.to_string()))?;
        policies.add(policy).map_err(|why| failed(why.to_string()))?;
    }
    Ok(policies)
}

/// The policy's text. What stands in quotation marks was checked to be an id, so that it cannot end
/// them.
pub(crate) fn policy(agreement: &Agreement, permit: &Permit) -> String {
    let operations = permit.operations.iter().map(|one| format!("Action::\"{one}\""));
    let operations: Vec<String> = operations.collect();
    let terms = &agreement.terms;
    let gateway = &agreement.gateway;
    let mut conditions = vec![
        format!("[{}].contains(principal.organisation)", quoted(&permit.to)),
        format!("[{}].contains(resource.owner)", quoted(&permit.from)),
        format!("[{}].contains(resource.category)", quoted(&permit.categories)),
        format!("principal.roles.containsAny([{}])", quoted(&permit.roles)),
        format!("[{}].contains(resource.marking)", quoted(&permit.markings)),
        format!("context.purpose == \"{}\"", terms.purpose),
        format!("context.on >= {}", day(terms.start)),
        format!("context.on <= {}", day(terms.end)),
    ];
    if !gateway.personal {
        conditions.push("!resource.personal".to_owned());
    }
    conditions.extend(gateway.from.map(|from| format!("context.on >= {}", day(from))));
    conditions.extend(gateway.to.map(|to| format!("context.on <= {}", day(to))));
    format!(
        "permit (principal, action in [{}], resource) when {{\n  {}\n}};\n",
        operations.join(", "),
        conditions.join(" &&\n  ")
    )
}

fn quoted(words: &[impl ToString]) -> String {
    words.iter().map(|word| format!("\"{}\"", word.to_string())).collect::<Vec<_>>().join(", ")
}

/// A day as a number in which later days are greater, such as 20240131.
pub(crate) fn day(date: Date) -> i64 {
    i64::from(date.year()) * 10_000 + i64::from(date.month()) * 100 + i64::from(date.day())
}
