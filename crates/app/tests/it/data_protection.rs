//! Retention, holds, answers to people and the documents of data protection, on the command line.
//! Records are made through the package itself, because no command makes any.

use std::path::{Path, PathBuf};

use jiff::civil::date;
use wardmote_records::policy::{Agreements, Policies};
use wardmote_records::protection::Protection;
use wardmote_records::words::{Marking, Regime};
use wardmote_records::{Asking, Keyring, Listed, Location, NewRecord, Records, Store};

use crate::running::{shipped, wardmote};

const STAFF: &str = r#"
[[organisations]]
id = "invented-landlord"
name = "the invented landlord"
[[people]]
id = "case-officer"
name = "Invented Case Officer"
organisation = "invented-landlord"
roles = [{ role = "case-officer", from = "2024-01-01" }]
[[people]]
id = "protector"
name = "Invented Protection Officer"
organisation = "invented-landlord"
roles = [{ role = "data-protection-officer", from = "2024-01-01" }]
"#;

const BODY: &str = r#"{"report":"Noise at night","neighbour":{"name":"Invented <Neighbour>"}}"#;

/// The twin's folder with a store in which there is one case, closed long ago.
fn scene(here: &Path) -> (PathBuf, Listed) {
    let twin = shipped("stockport-twin", here);
    std::fs::write(twin.join("staff.toml"), STAFF).unwrap();
    wardmote(&twin, &["records", "key", "new", "first"]).ended(0);
    wardmote(&twin, &["records", "staff", "staff.toml"]).ended(0);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let made = runtime.block_on(async {
        let records = records(&twin).await;
        let asking = Asking {
            actor: "case-officer",
            purpose: "own-functions",
            now: "2018-01-15T09:00:00Z".parse().unwrap(),
            today: date(2025, 3, 18),
        };
        let new = NewRecord {
            kind: "landlord-asb".to_owned(),
            marking: Marking::OfficialSensitive,
            owner: "invented-landlord".to_owned(),
            subject_area: "E01005743".to_owned(),
            controller: "invented-landlord".to_owned(),
            regime: Regime::UkGdpr,
            personal: true,
            body: BODY.as_bytes().to_vec(),
        };
        let made = records.collect(asking, &new).await.unwrap();
        records.store().close().await;
        made
    });
    (twin, made)
}

async fn records(folder: &Path) -> Records {
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let ids = ["invented-own-records", "invented-subject-rights"];
    let texts = ids.map(|id| (id.to_owned(), read(&format!("agreements/{id}.toml"))));
    let agreements =
        Agreements::read(&read("agreements/gateways.toml"), &texts.into_iter().collect()).unwrap();
    let store =
        Store::open(&Location::Sqlite(folder.join("records").join("records.db"))).await.unwrap();
    let keys = Keyring::parse(&read("keys/records.keys")).unwrap();
    let protection = Protection::read(
        &read("protection/datasets.toml"),
        &read("protection/retention.toml"),
        &read("protection/regimes.toml"),
    );
    let policies = Policies::new(agreements).unwrap();
    Records::new(store, keys, policies).protected_by(protection.unwrap())
}

const OFFICER: [&str; 4] = ["--actor", "case-officer", "--purpose", "own-functions"];
const PROTECTOR: [&str; 4] = ["--actor", "protector", "--purpose", "subject-rights"];

#[test]
fn a_case_is_held_and_then_erased_and_its_key_with_it() {
    let here = tempfile::tempdir().unwrap();
    let (twin, made) = scene(here.path());
    let id = &made.id.to_string();
    let run = |words: &[&str], by: &[&str]| wardmote(&twin, &[words, by].concat());
    wardmote(&twin, &["backup", "before.backup"]).ended(0);
    let waiting = wardmote(&twin, &["records", "retention", "--dry-run"]).ended(0);
    assert!(waiting.err.contains("1 waiting for the event"), "{}", waiting.err);
    run(&["records", "event", id, "closed", "2018-02-01"], &OFFICER).ended(0);
    let hold = ["records", "hold", "place", id, "--ground", "legal-claim", "--why", "in court"];
    // Who keeps the case may not hold it; the protection officer may.
    run(&hold, &OFFICER).ended(2);
    let hold = run(&hold, &PROTECTOR).ended(0).out;
    let listed = run(&["records", "hold", "list", id], &PROTECTOR).ended(0);
    assert!(listed.out.contains("legal-claim, by protector"), "{}", listed.out);
    let kept = wardmote(&twin, &["records", "retention", "--format", "csv"]).ended(0);
    assert!(kept.out.contains("held by protector"), "{}", kept.out);
    run(&["records", "hold", "lift", id, hold.trim()], &PROTECTOR).ended(0);
    let erased = wardmote(&twin, &["records", "retention", "--format", "csv"]).ended(0);
    let row = format!(
        "{id},landlord-asb,invented-landlord,landlord-asb-closed,2018-02-01,2024-02-01,erased"
    );
    assert!(erased.out.contains(&row), "{}", erased.out);
    let log = wardmote(&twin, &["audit", "search", "--subject", id, "--format", "csv"]).ended(0);
    assert!(log.out.contains("retention/landlord-asb-closed"), "{}", log.out);
    // The backup of before opens without it.
    let restore = ["--records", "again/records.db", "restore", "before.backup"];
    let restored = wardmote(&twin, &restore).ended(0);
    assert!(restored.out.contains("1 records were erased since"), "{}", restored.out);
    let search = ["--records", "again/records.db", "audit", "search", "--operation", "erasure"];
    let log = wardmote(&twin, &search).ended(0);
    assert!(log.out.contains("retention/landlord-asb-closed"), "{}", log.out);
}

#[test]
fn an_answer_withholds_what_is_others_until_somebody_says_why() {
    let here = tempfile::tempdir().unwrap();
    let (twin, made) = scene(here.path());
    let id = &made.id.to_string();
    let run = |words: &[&str], by: &[&str]| wardmote(&twin, &[words, by].concat());
    let tenant = ["records", "subject", "declare", id, "--reference", "Tenancy 4711"];
    run(&tenant, &OFFICER).ended(0);
    let neighbour = [
        "records",
        "subject",
        "declare",
        id,
        "--reference",
        "Tenancy 12",
        "--capacity",
        "third-party",
        "--field",
        "/neighbour",
    ];
    run(&neighbour, &OFFICER).ended(0);
    let found = run(&["records", "subject", "find", "--reference", "tenancy 4711"], &PROTECTOR);
    assert!(found.ended(0).out.contains(id));
    let export =
        ["records", "subject", "export", "--reference", "tenancy 4711", "--out", "request"];
    run(&export, &PROTECTOR).ended(0);
    let read = |name: &str| std::fs::read_to_string(twin.join("request").join(name)).unwrap();
    let review = read("review.html");
    assert!(
        review.contains("<mark>Invented &lt;Neighbour&gt;</mark> (other person 1)"),
        "{review}"
    );
    assert!(review.contains("UK GDPR, article 15"), "{review}");
    let release = ["records", "subject", "release", "request"];
    // The officer may not answer people.
    run(&release, &OFFICER).ended(2);
    run(&release, &PROTECTOR).ended(0);
    let answer = read("answer.html");
    assert!(answer.contains("Noise at night") && !answer.contains("Neighbour"), "{answer}");
    assert!(answer.contains("[withheld: data of another person]"), "{answer}");
    let json = read("answer.json");
    assert!(json.contains("Noise at night") && !json.contains("Neighbour"), "{json}");
    #[cfg(unix)]
    for name in ["review.html", "review.json", "redactions.toml", "answer.html", "answer.json"] {
        let path = twin.join("request").join(name);
        let permissions = path.metadata().unwrap().permissions();
        let bits = std::os::unix::fs::PermissionsExt::mode(&permissions) & 0o777;
        assert_eq!(bits, 0o600, "{name} is for its owner alone");
    }
    // To give it takes a reason.
    let decided = read("redactions.toml").replace("give = false", "give = true");
    std::fs::write(twin.join("request/redactions.toml"), &decided).unwrap();
    let refused = run(&release, &PROTECTOR).ended(2);
    assert!(refused.err.contains("say why it is given"), "{}", refused.err);
    let with_why = decided.replace("give = true\nwhy = \"\"", "give = true\nwhy = \"they agreed\"");
    std::fs::write(twin.join("request/redactions.toml"), with_why).unwrap();
    run(&release, &PROTECTOR).ended(0);
    assert!(read("answer.html").contains("Invented &lt;Neighbour&gt;"));
    let log = ["audit", "search", "--recipient", "data-subject", "--format", "csv"];
    assert_eq!(wardmote(&twin, &log).ended(0).out.lines().count(), 3);
    // The case is about others too, so it is not erased for one of them.
    let erase = ["records", "subject", "erase", "--reference", "tenancy 4711"];
    let kept = run(&erase, &PROTECTOR).ended(1);
    assert!(kept.out.contains("KEPT: it is also about others"), "{}", kept.out);
    let retract = ["records", "subject", "retract", id, "--reference", "tenancy 12"];
    run(&retract, &OFFICER).ended(0);
    assert!(run(&erase, &PROTECTOR).ended(0).out.contains("erased"));
    // What was looked through is not there any more.
    let refused = run(&release, &PROTECTOR).ended(2);
    assert!(refused.err.contains("export it again"), "{}", refused.err);
}

#[test]
fn a_record_is_erased_by_command_and_the_log_says_so() {
    let here = tempfile::tempdir().unwrap();
    let (twin, made) = scene(here.path());
    let id = &made.id.to_string();
    let run = |words: &[&str], by: &[&str]| wardmote(&twin, &[words, by].concat());
    wardmote(&twin, &["backup", "before.backup"]).ended(0);
    // Who may not, and what is no record, hear the same.
    let other_purpose = ["--actor", "case-officer", "--purpose", "subject-rights"];
    let refused = run(&["records", "erase", id], &other_purpose).ended(2);
    let nothing = "0".repeat(32);
    let missing = run(&["records", "erase", &nothing], &PROTECTOR).ended(2);
    assert_eq!(refused.err.replace(id, &nothing), missing.err);
    assert!(missing.err.contains("nothing was erased"), "{}", missing.err);
    let odd = run(&["records", "erase", "case 12"], &PROTECTOR).ended(2);
    assert!(odd.err.contains("give its id of 32 hexadecimal digits"), "{}", odd.err);
    let odd = run(&["records", "erase", "cases/12"], &PROTECTOR).ended(2);
    assert!(odd.err.contains("`wardmote register list` names them"), "{}", odd.err);
    let none = run(&["records", "erase", "actions/none"], &PROTECTOR).ended(2);
    assert!(none.err.contains("there is no record actions/none"), "{}", none.err);
    let erased = run(&["records", "erase", id], &PROTECTOR).ended(0);
    assert!(erased.out.contains(&format!("{id}  erased")), "{}", erased.out);
    run(&["records", "erase", id], &PROTECTOR).ended(2);
    let search = ["audit", "search", "--operation", "erasure", "--format", "csv"];
    let log = wardmote(&twin, &search).ended(0).out;
    let of_it: Vec<&str> = log.lines().filter(|line| line.contains(id)).collect();
    assert!(of_it.iter().any(|line| line.contains("protector") && line.contains("done")), "{log}");
    assert!(of_it.iter().any(|line| line.contains("refused")), "{log}");
    // No backup of before opens it.
    let restore = ["--records", "again/records.db", "restore", "before.backup"];
    let restored = wardmote(&twin, &restore).ended(0);
    assert!(restored.out.contains("1 records were erased since"), "{}", restored.out);
}

#[test]
fn the_documents_say_what_the_folder_knows_and_leave_the_rest_open() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    let on = ["--on", "2026-11-30"];
    let print = |name: &str| wardmote(twin, &[&["policy", name][..], &on].concat()).ended(0).out;
    let register = print("record-of-processing");
    for line in [
        "# Record of processing: ",
        "**SYNTHETIC.** These organisations and agreements are invented.",
        "| Regime | Data Protection Act 2018, Part 3 |",
        "6 years from the day noted as \"closed\"",
        "the invented police (case-officer), under invented-problem-solving",
        "- bike-enabled-crime of the invented police, in invented-agreement-2024",
        "| landlord-asb | SYNTHETIC: a social landlord, invented by wardmote twin | invented-agreement-2024 |",
    ] {
        assert!(register.contains(line), "no {line:?} in:\n{register}");
    }
    let draft = print("dpia");
    for line in [
        "# Draft data protection impact assessment: ",
        "- Law enforcement (Part 3): Reports of hate crime.",
        "invented-agreement-2024 was to be reviewed by 2025-12-31, and the date has passed",
        "| access (part-3) | Data Protection Act 2018, section 45 |",
        "**To be written:** who accepts what risk remains, with the date.",
    ] {
        assert!(draft.contains(line), "no {line:?} in:\n{draft}");
    }
    let html = [&["policy", "dpia", "--format", "html"][..], &on].concat();
    let html = wardmote(twin, &html).ended(0).out;
    assert!(html.contains("<table>") && html.contains("<strong>To be written:</strong>"), "{html}");
    // A rule that is not there is named.
    std::fs::write(twin.join("protection/retention.toml"), "").unwrap();
    assert!(print("record-of-processing").contains("protection/retention.toml has no rule"));
    assert!(print("dpia").contains("is kept without end, because no rule says for how long"));
}

#[test]
fn the_nightly_work_is_done_whatever_fails_in_it() {
    let here = tempfile::tempdir().unwrap();
    let (twin, _) = scene(here.path());
    let without_key = wardmote(&twin, &["records", "nightly"]).ended(1);
    assert!(without_key.err.contains("checkpoint FAILED"), "{}", without_key.err);
    let count = |folder: &str, ending: &str| {
        let entries = std::fs::read_dir(twin.join(folder)).unwrap();
        let names = entries.map(|one| one.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.ends_with(ending)).count()
    };
    assert_eq!(count("backups", ".backup"), 1);
    let key = ["bundle", "key", "new", "--no-password", "--out", "keys/checkpoints.key"];
    wardmote(&twin, &key).ended(0);
    // On a day without any other work there is a new checkpoint too.
    for checkpoints in [1, 2] {
        let other = format!("backups-{checkpoints}");
        wardmote(&twin, &["records", "nightly", "--backups", &other]).ended(0);
        assert_eq!(count("checkpoints", ".checkpoint"), checkpoints);
        assert_eq!(count(&other, ".backup"), 1);
    }
    let verify =
        ["audit", "verify", "--checkpoints", "checkpoints", "--key", "keys/checkpoints.pub"];
    let verified = wardmote(&twin, &verify).ended(0);
    assert!(verified.out.contains("2 checkpoints vouch"), "{}", verified.out);
}
