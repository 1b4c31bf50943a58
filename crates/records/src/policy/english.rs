//! Agreements as sentences that partners can sign and the public can read.

use std::fmt::Write as _;

use jiff::civil::Date;

use super::agreement::{Agreement, GatewayKind, Permit};
use crate::words::Operation;

/// The agreement in plain English, from the same permits that decide.
pub fn in_english(agreement: &Agreement) -> String {
    let terms = &agreement.terms;
    let mut text = format!("{}\n\n", terms.title);
    let mut line = |sentence: String| {
        let _ = writeln!(text, "{sentence}");
    };
    line(format!("Reference: {}. Signed text: {}.", agreement.id, terms.source));
    if terms.synthetic {
        line("This agreement is invented. No organisation has signed it.".to_owned());
    }
    line(format!("It is between {}.", list(&names(agreement, all_parties(agreement)))));
    line(format!("Its purpose is {}.", terms.purpose_in_words));
    line(format!(
        "It holds from {} to {}, both days included, and is reviewed by {}.",
        day(terms.start),
        day(terms.end),
        day(terms.review)
    ));
    let gateway = &agreement.gateway;
    let kind = match gateway.kind {
        GatewayKind::Duty => "a duty: the data must be shared",
        GatewayKind::Power => "a power: the data may be shared where that is necessary",
        GatewayKind::Consent => "the consent of the person concerned",
        GatewayKind::Other => "another ground",
    };
    line(format!("Its legal ground is {} ({kind}).", gateway.law));
    if !gateway.personal {
        line("It carries no personal data: nothing that says or shows who somebody is.".to_owned());
    }
    line(String::new());
    for (index, permit) in terms.permits.iter().enumerate() {
        line(format!("{}. {}", index + 1, sentence(agreement, permit)));
    }
    line(String::new());
    line("Whatever is not said here is refused under this agreement.".to_owned());
    text
}

/// A day as people write it.
fn day(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

fn sentence(agreement: &Agreement, permit: &Permit) -> String {
    let operations: Vec<String> =
        permit.operations.iter().map(|operation| verb(*operation).to_owned()).collect();
    let markings: Vec<String> = permit.markings.iter().map(ToString::to_string).collect();
    format!(
        "Staff of {} who hold the role of {} may {} records of {} of the kinds {}, marked {}.",
        list(&names(agreement, permit.to.iter().map(String::as_str))),
        either(&permit.roles),
        list(&operations),
        list(&names(agreement, permit.from.iter().map(String::as_str))),
        list(&permit.categories),
        either(&markings),
    )
}

fn verb(operation: Operation) -> &'static str {
    match operation {
        Operation::Collection => "make",
        Operation::Alteration => "change",
        Operation::Consultation => "read",
        Operation::Disclosure => "pass on",
        Operation::Combination => "bring together",
        Operation::Erasure => "erase",
        Operation::Restriction => "hold",
        Operation::Administration => "administer",
    }
}

fn all_parties(agreement: &Agreement) -> impl Iterator<Item = &str> {
    agreement.terms.parties.iter().map(|party| party.id.as_str())
}

fn names<'a>(agreement: &Agreement, ids: impl Iterator<Item = &'a str>) -> Vec<String> {
    let name = |id: &str| {
        let party = agreement.terms.parties.iter().find(|party| party.id == id);
        party.map_or_else(|| id.to_owned(), |party| party.name.clone())
    };
    ids.map(name).collect()
}

fn list(words: &[String]) -> String {
    joined(words, "and")
}

fn either(words: &[String]) -> String {
    joined(words, "or")
}

fn joined(words: &[String], last: &str) -> String {
    match words {
        [] => String::new(),
        [one] => one.clone(),
        [rest @ .., end] => format!("{} {last} {end}", rest.join(", ")),
    }
}
