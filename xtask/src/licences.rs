//! Every dependency's licence against the list in `deny.toml`, without needing cargo-deny.

use std::collections::BTreeSet;
use std::iter::Peekable;
use std::vec::IntoIter;

use serde_json::Value;

use crate::workspace::metadata;

#[test]
fn every_dependency_has_a_licence_that_we_allow() {
    let deny: toml::Table = include_str!("../../deny.toml").parse().unwrap();
    let allowed = Allowed::read(&deny);
    let metadata = metadata(&[]).unwrap();
    let mut refused = BTreeSet::new();
    for package in metadata["packages"].as_array().unwrap() {
        let name = package["name"].as_str().unwrap();
        let licence = package["license"].as_str().unwrap_or("none stated");
        if !allowed.permits(name, licence) {
            refused.insert(format!("{name}: {licence}"));
        }
    }
    assert!(refused.is_empty(), "licences not in deny.toml: {refused:#?}");
}

#[test]
fn every_dependency_comes_from_the_public_registry() {
    let metadata = metadata(&[]).unwrap();
    let packages = metadata["packages"].as_array().unwrap();
    let elsewhere = |package: &&Value| match package["source"].as_str() {
        None => false,
        Some(source) => source != "registry+https://github.com/rust-lang/crates.io-index",
    };
    assert_eq!(packages.iter().find(elsewhere).map(|package| &package["name"]), None);
}

/// The licences that `deny.toml` allows to all, and those that it allows to one package.
struct Allowed {
    all: Vec<String>,
    exceptions: Vec<(String, Vec<String>)>,
}

impl Allowed {
    fn read(deny: &toml::Table) -> Self {
        let words = |value: &toml::Value| -> Vec<String> {
            let list = value.as_array().unwrap();
            list.iter().map(|word| word.as_str().unwrap().to_owned()).collect()
        };
        let licences = &deny["licenses"];
        let exceptions = licences.get("exceptions").and_then(toml::Value::as_array);
        let exceptions = exceptions.into_iter().flatten().map(|exception| {
            (exception["crate"].as_str().unwrap().to_owned(), words(&exception["allow"]))
        });
        Self { all: words(&licences["allow"]), exceptions: exceptions.collect() }
    }

    fn permits(&self, package: &str, expression: &str) -> bool {
        let in_list = |list: &[String], licence: &str| list.iter().any(|one| one == licence);
        evaluate(expression, |licence| {
            let excepted =
                |(name, list): &(String, Vec<String>)| name == package && in_list(list, licence);
            in_list(&self.all, licence) || self.exceptions.iter().any(excepted)
        })
    }
}

/// Whether an SPDX expression holds when the licences that are `permitted` do.
///
/// The old spelling `MIT/Apache-2.0` is read as `OR`, as crates.io does.
fn evaluate(expression: &str, permitted: impl Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<String> = spaced.split_whitespace().map(String::from).collect();
    let mut words = words.into_iter().peekable();
    let holds = any_of(&mut words, &permitted);
    holds && words.next().is_none()
}

type Words = Peekable<IntoIter<String>>;

fn any_of(words: &mut Words, permitted: &impl Fn(&str) -> bool) -> bool {
    let mut holds = all_of(words, permitted);
    while words.next_if(|word| word == "OR").is_some() {
        holds |= all_of(words, permitted);
    }
    holds
}

fn all_of(words: &mut Words, permitted: &impl Fn(&str) -> bool) -> bool {
    let mut holds = one(words, permitted);
    while words.next_if(|word| word == "AND").is_some() {
        holds &= one(words, permitted);
    }
    holds
}

fn one(words: &mut Words, permitted: &impl Fn(&str) -> bool) -> bool {
    let Some(mut licence) = words.next() else { return false };
    if licence == "(" {
        let holds = any_of(words, permitted);
        return words.next().is_some_and(|word| word == ")") && holds;
    }
    if words.next_if(|word| word == "WITH").is_some() {
        licence = format!("{licence} WITH {}", words.next().unwrap_or_default());
    }
    permitted(&licence)
}

#[test]
fn expressions_are_understood() {
    let holds = |expression| evaluate(expression, |licence| ["MIT", "ISC"].contains(&licence));
    assert!(holds("MIT") && holds("GPL-3.0 OR MIT") && holds("MIT/Apache-2.0"));
    assert!(holds("MIT AND (GPL-3.0 OR ISC)"));
    assert!(!holds("MIT AND GPL-3.0") && !holds("GPL-3.0") && !holds("none stated"));
    assert!(!holds("MIT WITH some-exception") && !holds("(MIT") && !holds(""));
}

#[test]
fn an_exception_is_for_one_package() {
    let deny = "[licenses]\nallow = ['MIT']\n\
                exceptions = [{ crate = 'one', allow = ['MPL-2.0'] }]";
    let allowed = Allowed::read(&deny.parse().unwrap());
    assert!(allowed.permits("one", "MPL-2.0") && allowed.permits("two", "MIT"));
    assert!(!allowed.permits("two", "MPL-2.0"));
}
