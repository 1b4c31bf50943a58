//! What the registers promise, on `SQLite` and on PostgreSQL.

mod imports;
mod lists;
mod personal;

use std::collections::BTreeMap;

use jiff::civil::date;
use wardmote_records::audit::Search;
use wardmote_records::policy::{Agreements, Policies};
use wardmote_records::registers::{
    FieldRole, Filing, Item, ItemQuery, LinkTarget, RegisterError, Registers, Values,
};
use wardmote_records::words::{Capacity, Operation, Outcome, Regime, Standing};
use wardmote_records::{
    Asking, Keyring, Location, RecordId, Records, RecordsError, SubjectDeclaration,
};

use crate::postgres::on_both;
use crate::scene::{self, GATEWAYS, KEYS, asking, second};

const PURPOSE: &str = "own-functions";

/// The landlord's officer keeps the lists; the council's analyst reads all but risks; nobody else.
const BUSINESS: &str = r#"
title = "SYNTHETIC: the partnership's own business"
synthetic = true
source = "invented"
checked = "2026-11-24"
purpose = "own-functions"
purpose_in_words = "the partnership's own business"
gateway = "power"
start = "2024-01-01"
end = "2026-12-31"
review = "2025-12-31"
parties = [{ id = "landlord", name = "Invented Homes" }, { id = "council", name = "Invented Council" }]
[[permits]]
operations = ["collection", "alteration", "consultation", "erasure"]
from = ["landlord"]
to = ["landlord"]
roles = ["officer"]
categories = ["plans", "themes", "priorities", "actions", "measures", "risks", "voices", "duties", "notes", "documents"]
markings = ["OFFICIAL", "OFFICIAL-SENSITIVE"]
[[permits]]
operations = ["consultation"]
from = ["landlord"]
to = ["council"]
roles = ["analyst"]
categories = ["plans", "themes", "priorities", "actions", "measures", "duties", "documents"]
markings = ["OFFICIAL"]
"#;

/// A register of a partnership's own, whose items name people.
const NOTES: &str = r#"
[[registers]]
id = "notes"
title = "Notes"
one = "note"
about = "Invented."
personal = true
fields = [
    { id = "reference", label = "Reference", kind = "line", role = "reference", required = true },
    { id = "title", label = "Title", kind = "line", role = "title", required = true },
    { id = "published", label = "Publish", kind = "yes-no", role = "published" },
]
"#;

fn registers() -> Registers {
    Registers::with(&BTreeMap::from([("notes.toml".to_owned(), NOTES.to_owned())])).unwrap()
}

fn by(actor: &str, at: i64) -> Asking<'_> {
    Asking { purpose: PURPOSE, now: second(at), ..asking(actor) }
}

fn filing() -> Filing {
    Filing {
        owner: "landlord".to_owned(),
        controller: "landlord".to_owned(),
        subject_area: "E08000007".to_owned(),
        regime: Regime::UkGdpr,
    }
}

async fn opened(at: &Location) -> Records {
    let store = scene::records(at).await.store().clone();
    let texts = BTreeMap::from([("business".to_owned(), BUSINESS.to_owned())]);
    let policies = Policies::new(Agreements::read(GATEWAYS, &texts).unwrap()).unwrap();
    Records::new(store, Keyring::parse(KEYS).unwrap(), policies)
}

fn values(pairs: &[(&str, &str)]) -> Values {
    pairs.iter().copied().collect()
}

async fn add(records: &Records, register: &str, pairs: &[(&str, &str)]) -> Item {
    let officer = by("officer-one", 0);
    records.add_item(officer, &registers(), register, &filing(), &values(pairs)).await.unwrap()
}

/// A plan with a theme, a priority and an action.
async fn plan(records: &Records) -> [Item; 4] {
    let plan = [
        ("reference", "25"),
        ("title", "Plan"),
        ("from", "2025-04-01"),
        ("to", "2028-03-31"),
        ("state", "draft"),
    ];
    let plan = add(records, "plans", &plan).await;
    let id = plan.listed.id.to_string();
    let theme = [("reference", "T1"), ("title", "Safe"), ("plan", id.as_str())];
    let theme = add(records, "themes", &theme).await;
    let id = theme.listed.id.to_string();
    let priority = [
        ("reference", "P1"),
        ("title", "Town centre"),
        ("theme", id.as_str()),
        ("judgement", "on-track"),
    ];
    let priority = add(records, "priorities", &priority).await;
    let action = action("A1", "Retailers' meetings", &priority);
    let action = add(records, "actions", &pairs(&action)).await;
    [plan, theme, priority, action]
}

fn action(reference: &str, title: &str, priority: &Item) -> Vec<(&'static str, String)> {
    vec![
        ("reference", reference.to_owned()),
        ("title", title.to_owned()),
        ("priority", priority.listed.id.to_string()),
        ("state", "under-way".to_owned()),
        ("owner", "Invented lead".to_owned()),
        ("due", "9 June 2025".to_owned()),
    ]
}

fn pairs<'a>(owned: &'a [(&'static str, String)]) -> Vec<(&'a str, &'a str)> {
    owned.iter().map(|(field, value)| (*field, value.as_str())).collect()
}

fn query(register: &str) -> ItemQuery {
    ItemQuery { register: register.to_owned(), most: 50, ..ItemQuery::default() }
}

async fn references(records: &Records, query: &ItemQuery) -> Vec<String> {
    let page = records.items(by("officer-one", 0), &registers(), query).await.unwrap();
    page.rows.into_iter().map(|row| row.reference).collect()
}

fn duty(reference: &str) -> Values {
    values(&[
        ("reference", reference),
        ("title", "Publish a summary"),
        ("kind", "of-the-partnership"),
        ("law", "an invented Act"),
        ("owner", "Invented board"),
        ("cycle", "yearly"),
        ("state", "met"),
        ("due", "2025-03-31"),
    ])
}

#[tokio::test(flavor = "multi_thread")]
async fn an_item_is_made_changed_put_back_and_every_version_is_kept() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let [.., action] = plan(&records).await;
        assert_eq!(action.values.get("due"), "2025-06-09");
        let (id, mut next) = (action.listed.id.clone(), action.values.clone());
        next.set("state", "Done");
        let changed =
            records.change_item(by("officer-one", 5), &registers, &id, 1, &next).await.unwrap();
        assert_eq!((changed.listed.version, changed.values.get("state")), (2, "done"));
        // Of two who read the same version, the second gets both.
        let mut other = action.values.clone();
        other.set("title", "Something else");
        let lost = records.change_item(by("officer-one", 6), &registers, &id, 1, &other).await;
        let Err(RegisterError::Conflict { yours, theirs }) = lost else { panic!("{lost:?}") };
        assert_eq!(yours.get("title"), "Something else");
        assert_eq!(*theirs, changed);
        let back = records.put_back(by("officer-one", 7), &registers, &id, 2, 1).await.unwrap();
        assert_eq!((back.listed.version, &back.values), (3, &action.values));
        let versions = records.versions(by("analyst-one", 8), &registers, &id).await.unwrap();
        let told: Vec<_> =
            versions.iter().map(|one| (one.version, one.values.get("state"))).collect();
        assert_eq!(told, [(3, "under-way"), (2, "done"), (1, "under-way")]);
        assert_eq!((versions[1].at, versions[1].actor.as_str()), (second(5), "officer-one"));
        let search = Search { subject: Some(id.to_string()), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        let told: Vec<_> = log.iter().map(|entry| (entry.operation, entry.version)).collect();
        let (made, altered) = (Operation::Collection, Operation::Alteration);
        assert_eq!(told, [(made, Some(1)), (altered, Some(2)), (altered, Some(3))]);
        assert_eq!(records.store().verify_audit(&[]).await.unwrap().faults, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_earlier_version_is_shown_to_whom_it_was_open_then() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let paper = [
            ("reference", "DOC1"),
            ("title", "A secret paper"),
            ("marking", "OFFICIAL-SENSITIVE"),
            ("state", "draft"),
        ];
        let paper = add(&records, "documents", &paper).await;
        let id = &paper.listed.id;
        let mut open = paper.values.clone();
        open.set("title", "A paper");
        open.set("marking", "OFFICIAL");
        records.change_item(by("officer-one", 1), &registers, id, 1, &open).await.unwrap();
        let seen = async |actor| {
            let versions = records.versions(by(actor, 2), &registers, id).await.unwrap();
            versions.iter().map(|one| one.version).collect::<Vec<_>>()
        };
        assert_eq!(seen("analyst-one").await, [2]);
        assert_eq!(seen("officer-one").await, [2, 1]);
        // Nor is it put back, whatever is sent.
        let back = records.put_back(by("analyst-one", 3), &registers, id, 2, 1).await;
        let refused = RegisterError::Records(RecordsError::NotFound { reason: None });
        assert_eq!(back.map(|_| ()).unwrap_err().to_string(), refused.to_string());
        for version in [i64::MAX, -1] {
            let odd = records.put_back(by("officer-one", 3), &registers, id, version, 1).await;
            assert!(matches!(odd, Err(RegisterError::Conflict { .. })), "{odd:?}");
        }
        let search = Search { actor: Some("officer-one".to_owned()), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        let read = log.iter().filter(|entry| entry.operation == Operation::Consultation);
        let read: Vec<_> = read.map(|entry| entry.version).collect();
        assert!(!read.is_empty() && read.iter().all(|version| *version == Some(1)), "{read:?}");
    })
    .await;
}

/// Work is counted, not timed: a clock would tell of the machine.
#[tokio::test(flavor = "multi_thread")]
async fn an_item_that_may_not_be_seen_costs_what_a_missing_one_costs() {
    on_both(async |at| {
        let records = opened(&at).await;
        let [.., action] = plan(&records).await;
        let missing = RecordId::parse(&"f".repeat(32)).unwrap();
        let mut costs = Vec::new();
        for id in [&missing, &action.listed.id] {
            let before = records.work();
            records.item(by("protector-one", 0), id).await.unwrap_err();
            let after = records.work();
            costs.push((after.statements - before.statements, after.decisions - before.decisions));
        }
        assert_eq!(costs[0], costs[1]);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_may_not_sees_nothing_and_changes_nothing() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let [.., action] = plan(&records).await;
        let id = &action.listed.id;
        let risk = [
            ("reference", "R1"),
            ("title", "A secret risk"),
            ("marking", "OFFICIAL-SENSITIVE"),
            ("likelihood", "3"),
            ("impact", "4"),
            ("due", "2025-06-01"),
            ("state", "open"),
        ];
        let risk = add(&records, "risks", &risk).await;
        // The analyst reads and does not write; a stranger does neither.
        let analyst = by("analyst-one", 0);
        records.item(analyst, id).await.unwrap();
        let refused = [
            records.change_item(analyst, &registers, id, 1, &action.values).await.map(|_| ()),
            records
                .add_item(analyst, &registers, "duties", &filing(), &duty("D1"))
                .await
                .map(|_| ()),
            records.item(analyst, &risk.listed.id).await.map(|_| ()),
            records.versions(analyst, &registers, &risk.listed.id).await.map(|_| ()),
            records.link(analyst, &registers, id, "measured-by", &LinkTarget::item(id)).await,
            records.item(by("protector-one", 0), id).await.map(|_| ()),
            records.item(by("nobody", 0), id).await.map(|_| ()),
            records.item_called(by("nobody", 0), "actions", "A1").await.map(|_| ()),
        ];
        for (index, refused) in refused.into_iter().enumerate() {
            match refused {
                Err(RegisterError::Records(RecordsError::NotFound { .. })) => {}
                // Nothing of the risk is told by what a link would have to be.
                Err(RegisterError::NoLink { .. }) if index == 4 => {}
                other => panic!("{index}: {other:?}"),
            }
        }
        let seen = records.items(analyst, &registers, &query("risks")).await.unwrap();
        assert_eq!((seen.rows.len(), seen.total), (0, 0));
        assert!(
            records
                .due(analyst, date(2030, 1, 1), 9)
                .await
                .unwrap()
                .iter()
                .all(|due| due.register != "risks")
        );
        assert_eq!(records.item(by("officer-one", 0), id).await.unwrap().listed.version, 1);
        let log = records.store().search_audit(&Search::default()).await.unwrap();
        assert!(log.iter().filter(|entry| entry.outcome == Outcome::Refused).count() >= 6);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_stand_is_refused_by_field() {
    on_both(async |at| {
        let records = opened(&at).await;
        let [_, theme, _, action] = plan(&records).await;
        let refuse = async |register: &str, pairs: &[(&str, &str)], expected: &str| {
            let officer = by("officer-one", 0);
            let made =
                records.add_item(officer, &registers(), register, &filing(), &values(pairs)).await;
            let Err(RegisterError::Invalid(faults)) = made else { panic!("{made:?}") };
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            assert_eq!(said.join("; "), expected);
        };
        let theme = theme.listed.id.to_string();
        let base = [("title", "x"), ("theme", theme.as_str()), ("judgement", "on-track")];
        let with = |reference| [base[0], base[1], base[2], ("reference", reference)];
        refuse("priorities", &with("P1"), "Reference: another priority is called P1").await;
        refuse("priorities", &base, "Reference: enter something").await;
        let other = action.listed.id.to_string();
        let wrong = [base[0], ("theme", other.as_str()), base[2], ("reference", "P2")];
        refuse("priorities", &wrong, "Theme: there is no such item").await;
        let voice = [
            ("reference", "V1"),
            ("title", "Evenings"),
            ("quotation", "invented words"),
            ("consent", "yes"),
            ("redacted", "no"),
            ("published", "yes"),
        ];
        let expected =
            "Publish: not before \"Somebody has taken out what could identify people\" is yes";
        refuse("voices", &voice, expected).await;
        let note = [("reference", "N1"), ("title", "x"), ("published", "yes")];
        let expected = "Publish: only what is OFFICIAL and names nobody can be published";
        refuse("notes", &note, expected).await;
        let expected = "colour: there is no such field in actions; Reference: enter something; \
                        Title: enter something; Priority: choose one; State: choose one";
        refuse("actions", &[("colour", "red")], expected).await;
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn links_join_what_is_there_and_are_seen_from_both_ends() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let [_, _, priority, action] = plan(&records).await;
        let measure = [("reference", "M1"), ("title", "Recorded crime")];
        let measure = add(&records, "measures", &measure).await;
        let officer = by("officer-one", 3);
        let (of, to) = (&action.listed.id, LinkTarget::item(&measure.listed.id));
        records.link(officer, &registers, of, "measured-by", &to).await.unwrap();
        records.link(officer, &registers, of, "measured-by", &to).await.unwrap();
        let claim = LinkTarget::claim("crime-change");
        records.link(officer, &registers, &priority.listed.id, "cites", &claim).await.unwrap();
        let refused = [
            ("measured-by", LinkTarget::item(&priority.listed.id)),
            ("measured-by", LinkTarget::claim("crime-change")),
            ("measured-by", LinkTarget { id: "0".repeat(32), ..to.clone() }),
            ("nonsense", to.clone()),
        ];
        for (relation, target) in refused {
            let linked = records.link(officer, &registers, of, relation, &target).await;
            assert!(linked.is_err(), "{relation} {target:?}");
        }
        let ends = records.ends(by("analyst-one", 0), &measure.listed.id).await.unwrap();
        assert_eq!(ends.len(), 1);
        assert!(ends[0].is_back);
        assert_eq!(ends[0].item, Some(("actions".to_owned(), "A1".to_owned())));
        let ends = records.ends(officer, &priority.listed.id).await.unwrap();
        assert_eq!((ends.len(), &ends[0].link.to), (1, &claim));
        records.unlink(officer, of, "measured-by", &to).await.unwrap();
        assert_eq!(records.ends(officer, of).await.unwrap(), []);
        // What is erased leaves no link and no version behind.
        records.link(officer, &registers, of, "measured-by", &to).await.unwrap();
        records.erase(officer, &measure.listed.id).await.unwrap();
        assert_eq!(records.ends(officer, of).await.unwrap(), []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_public_sees_what_is_marked_and_of_it_only_public_fields() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let [plan, theme, ..] = plan(&records).await;
        assert_eq!(records.published(&registers).await.unwrap(), []);
        let before = records.published_state().await.unwrap();
        let officer = by("officer-one", 9);
        let mut public = plan.values.clone();
        public.set("published", "yes");
        records.change_item(officer, &registers, &plan.listed.id, 1, &public).await.unwrap();
        let voice = [
            ("reference", "V1"),
            ("title", "Evenings"),
            ("note", "INVENTED NAME said so"),
            ("quotation", "invented words"),
            ("consent", "yes"),
            ("redacted", "yes"),
            ("published", "yes"),
        ];
        add(&records, "voices", &voice).await;
        assert_ne!(records.published_state().await.unwrap(), before);
        let seen = records.published(&registers).await.unwrap();
        let ids: Vec<_> = seen.iter().map(|one| one.register.as_str()).collect();
        assert_eq!(ids, ["plans", "voices"]);
        assert_eq!(
            (seen[1].values.get("quotation"), seen[1].values.get("note")),
            ("invented words", "")
        );
        assert!(seen.iter().all(|one| one.id != theme.listed.id));
    })
    .await;
}

#[test]
fn every_standard_register_can_be_used() {
    let registers = Registers::standard().unwrap();
    assert!(registers.iter().count() >= 20);
    for register in registers.iter() {
        assert!(register.role(FieldRole::Title).is_some(), "{}", register.id);
        // What may be published says of its title and reference that they are public.
        if register.role(FieldRole::Published).is_some() {
            let title = register.role(FieldRole::Title).unwrap();
            assert!(title.public, "{} is published without a title", register.id);
        }
    }
}
