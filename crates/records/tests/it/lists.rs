//! What a list shows is what decisions permit, whatever the agreement, on both stores.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wardmote_records::policy::{Actor, Agreements, Decision, Policies, Request};
use wardmote_records::protection::Protection;
use wardmote_records::words::{Marking, Operation, Regime};
use wardmote_records::{Keyring, Listed, Location, NewRecord, Page, RecordId, Records};

use crate::postgres::Cluster;
use crate::scene::{self, GATEWAYS, KEYS, TODAY, asking, case};

const ORGANISATIONS: [&str; 3] = ["landlord", "council", "police"];
const KINDS: [&str; 3] = ["asb-case", "hate-crime", "marac"];

#[tokio::test(flavor = "multi_thread")]
async fn a_list_equals_the_filter_by_decision() {
    let folder = tempfile::tempdir().unwrap();
    check(Location::Sqlite(folder.path().join("records.db"))).await;
    if let Some(cluster) = Cluster::get() {
        check(cluster.database()).await;
    }
}

/// Records of every owner, kind, marking and sort, and then many agreements over them.
async fn check(at: Location) {
    let records = scene::records(&at).await;
    let filling = with(&records, all_permitted(), true);
    let mut made = Vec::new();
    for owner in ORGANISATIONS {
        for kind in KINDS {
            for marking in [Marking::Official, Marking::OfficialSensitive] {
                for personal in [false, true] {
                    for regime in [Regime::UkGdpr, Regime::Part3] {
                        let (owner, kind) = (owner.to_owned(), kind.to_owned());
                        let controller = "police".to_owned();
                        let new = NewRecord {
                            owner,
                            kind,
                            marking,
                            personal,
                            controller,
                            regime,
                            ..case("generated")
                        };
                        made.push(filling.collect(asking("officer-one"), &new).await.unwrap());
                    }
                }
            }
        }
    }
    let handle = tokio::runtime::Handle::current();
    let config = Config { cases: 24, failure_persistence: None, ..Config::default() };
    let permits = prop::collection::vec(permit(), 0..4);
    let person = prop::sample::select(vec!["officer-one", "analyst-one"]);
    let strategy = (permits, prop::bool::ANY, prop::bool::ANY, person);
    tokio::task::block_in_place(|| {
        let mut runner = TestRunner::new_with_rng(config, seeded());
        runner.run(&strategy, |(permits, duty, part_3, person)| {
            let gateway = if duty { "duty" } else { "power" };
            let policies = agreement(&permits, gateway);
            let mut expected = permitted(&policies, person, &made);
            let kept_back = |one: &&Listed| one.personal && one.regime == Regime::Part3;
            let kept_back: Vec<&Listed> = made.iter().filter(kept_back).collect();
            expected.retain(|id| part_3 || kept_back.iter().all(|one| one.id != *id));
            let records = with(&records, policies, part_3);
            let listed = handle.block_on(all_pages(&records, person));
            prop_assert_eq!(&listed, &expected);
            Ok(())
        })
    })
    .unwrap();
}

fn seeded() -> proptest::test_runner::TestRng {
    proptest::test_runner::TestRng::deterministic_rng(proptest::test_runner::RngAlgorithm::ChaCha)
}

/// Records by other policies, where those under Part 3 may be used for the scene's purpose or not.
fn with(records: &Records, policies: Policies, part_3: bool) -> Records {
    let crossing = "[[crossings]]\npurpose = \"reduce-anti-social-behaviour\"\nlaw = \"invented\"\n\
                    operations = [\"collection\", \"consultation\"]\nchecked = \"2026-11-30\"\n";
    let authority = "[[competent_authorities]]\nid = \"police\"\nlaw = \"invented\"\n\
                     checked = \"2026-11-30\"\n";
    let regimes = format!("{authority}{}", if part_3 { crossing } else { "" });
    let protection = Protection::read("", "", &regimes).unwrap();
    Records::new(records.store().clone(), Keyring::parse(KEYS).unwrap(), policies)
        .protected_by(protection)
}

fn permitted(policies: &Policies, person: &str, made: &[Listed]) -> BTreeSet<RecordId> {
    let (organisation, role) = match person {
        "officer-one" => ("landlord", "officer"),
        _ => ("council", "analyst"),
    };
    let actor = Actor {
        person: person.to_owned(),
        organisation: organisation.to_owned(),
        roles: BTreeSet::from([role.to_owned()]),
    };
    let operation = Operation::Consultation;
    let request = Request { actor: &actor, operation, purpose: scene::PURPOSE, on: TODAY };
    let may = |one: &&Listed| {
        matches!(policies.decide(&request, &one.resource()), Ok(Decision::Permitted { .. }))
    };
    made.iter().filter(may).map(|one| one.id.clone()).collect()
}

async fn all_pages(records: &Records, person: &str) -> BTreeSet<RecordId> {
    let mut found = BTreeSet::new();
    let mut page = Page { after: None, most: 7 };
    loop {
        let listed = records.list(asking(person), &page).await.unwrap();
        let Some(last) = listed.last() else { return found };
        page.after = Some((last.changed, last.id.clone()));
        for one in listed {
            assert!(found.insert(one.id), "a record stands on two pages");
        }
    }
}

fn permit() -> impl Strategy<Value = String> {
    let some = |words: &'static [&'static str]| prop::sample::subsequence(words, 1..=words.len());
    let parts = (
        some(&ORGANISATIONS),
        some(&ORGANISATIONS),
        some(&["officer", "analyst"]),
        some(&KINDS),
        some(&["OFFICIAL", "OFFICIAL-SENSITIVE"]),
        some(&["consultation", "alteration"]),
    );
    parts.prop_map(|(from, to, roles, categories, markings, operations)| {
        format!(
            "[[permits]]\noperations = {operations:?}\nfrom = {from:?}\nto = {to:?}\nroles = {roles:?}\n\
             categories = {categories:?}\nmarkings = {markings:?}\n"
        )
    })
}

fn agreement(permits: &[String], gateway: &str) -> Policies {
    let (head, _) = scene::AGREEMENT.split_once("[[permits]]").unwrap();
    let head = head.replace("gateway = \"power\"", &format!("gateway = \"{gateway}\""));
    let permits = if permits.is_empty() { "permits = []\n".to_owned() } else { permits.concat() };
    // An empty list is a value, and stands before the first table.
    let text = if permits.starts_with("permits") {
        format!("{permits}{head}")
    } else {
        format!("{head}{permits}")
    };
    let texts = BTreeMap::from([("drawn".to_owned(), text)]);
    Policies::new(Agreements::read(GATEWAYS, &texts).unwrap()).unwrap()
}

fn all_permitted() -> Policies {
    let all = format!(
        "[[permits]]\noperations = [\"collection\"]\nfrom = {ORGANISATIONS:?}\nto = {ORGANISATIONS:?}\n\
         roles = [\"officer\"]\ncategories = {KINDS:?}\nmarkings = [\"OFFICIAL\", \"OFFICIAL-SENSITIVE\"]\n"
    );
    agreement(&[all], "power")
}
