//! The commands over operational records: agreements, audit log, keys, backup.

use std::path::Path;

use crate::running::{shipped, wardmote};

const STAFF: &str = r#"
[[organisations]]
id = "invented-council"
name = "the invented council"

[[people]]
id = "analyst-one"
name = "Invented Analyst"
organisation = "invented-council"
roles = [{ role = "analyst", from = "2024-01-01", to = "2025-06-30" }]
"#;

#[test]
fn the_twins_agreements_answer_every_case_as_written() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    let tested = wardmote(twin, &["policy", "test"]).ended(0);
    assert!(tested.out.contains("396 cases, 0 came out otherwise; 0 sources"), "{}", tested.out);
    // An agreement that ends earlier changes answers, and each is named.
    let path = twin.join("agreements/invented-agreement-2024.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("end = \"2026-12-31\"", "end = \"2025-01-31\"")).unwrap();
    let tested = wardmote(twin, &["policy", "test"]).ended(1);
    let named = "expected permitted by invented-agreement-2024/1; found refused: nearest permit \
                 invented-agreement-2024/1: it has ended";
    assert!(tested.out.contains(named), "{}", tested.out);
    // So does a law that ends: what was collected for law enforcement is then used so no more.
    let regimes = twin.join("protection/regimes.toml");
    let law = std::fs::read_to_string(&regimes).unwrap();
    let ended = "purpose = \"problem-solving\"\nto = \"2025-01-31\"";
    std::fs::write(&regimes, law.replace("purpose = \"problem-solving\"", ended)).unwrap();
    let tested = wardmote(twin, &["policy", "test"]).ended(1);
    let named = "expected permitted by invented-problem-solving/1; found refused: nearest permit \
                 invented-problem-solving/1: the record's regime does not allow";
    assert!(tested.out.contains(named), "{}", tested.out);
    std::fs::write(&regimes, law).unwrap();
    // A source that names an agreement must find it.
    std::fs::remove_file(&path).unwrap();
    let tested = wardmote(twin, &["policy", "test"]).ended(1);
    assert!(tested.out.contains("source landlord-asb names agreement"), "{}", tested.out);
}

#[test]
fn a_decision_is_explained_and_an_agreement_is_read() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    let explain = |actor: &str, on: &str| {
        let words =
            ["policy", "explain", "--action", "consultation", "--resource", "landlord-case"];
        let rest = ["--purpose", "strategic-assessment", "--actor", actor, "--on", on];
        wardmote(twin, &[&words[..], &rest].concat())
    };
    let permitted = explain("council-analyst", "2025-03-18").ended(0);
    assert_eq!(permitted.out, "permitted by invented-agreement-2024/1\n");
    let refused = explain("council-analyst", "2027-01-01").ended(1);
    assert!(refused.out.contains("invented-agreement-2024/1: it has ended"), "{}", refused.out);
    // A person of the store, whose role ends.
    std::fs::write(twin.join("staff.toml"), STAFF).unwrap();
    wardmote(twin, &["records", "staff", "staff.toml"]).ended(0);
    explain("analyst-one", "2025-06-30").ended(0);
    let refused = explain("analyst-one", "2025-07-01").ended(1);
    assert!(refused.out.contains("holds none of its roles"), "{}", refused.out);
    let shown = wardmote(twin, &["policy", "show", "invented-section-17a"]).ended(0);
    assert!(shown.out.contains("a duty: the data must be shared"), "{}", shown.out);
    assert!(shown.out.contains("This agreement is invented."), "{}", shown.out);
    assert!(shown.out.contains("It carries no personal data"), "{}", shown.out);
}

fn with_staff(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    std::fs::write(folder.join("staff.toml"), STAFF).unwrap();
    wardmote(folder, &["records", "staff", "staff.toml"]).ended(0);
}

#[test]
fn checkpoints_show_that_the_log_was_cut_off() {
    let here = tempfile::tempdir().unwrap();
    let folder = &here.path().join("a");
    with_staff(folder);
    wardmote(folder, &["records", "staff", "staff.toml"]).ended(0);
    let search = ["audit", "search", "--subject", "person/analyst-one", "--format", "csv"];
    let found = wardmote(folder, &search).ended(0);
    assert_eq!(found.out.lines().count(), 4, "{}", found.out);
    let role = "person/analyst-one/role/analyst/from/2024-01-01/to/2025-06-30";
    assert_eq!(
        found.out.matches(role).count(),
        1,
        "once, because it did not change: {}",
        found.out
    );
    wardmote(folder, &["bundle", "key", "new", "--no-password"]).ended(0);
    wardmote(folder, &["audit", "checkpoint", "--out", "../kept"]).ended(0);
    let verify =
        ["audit", "verify", "--checkpoints", "../kept", "--key", "../a/keys/publisher.pub"];
    let verified = wardmote(folder, &verify).ended(0);
    assert!(verified.out.contains("6 entries, 0 faults; 1 checkpoints"), "{}", verified.out);
    wardmote(folder, &[&verify[..], &["--within-days", "1"]].concat()).ended(0);
    // What is taken out of the store is an entry too, and a file is not overwritten.
    let export = ["audit", "export", "log.csv", "--actor", "operator"];
    let exported = wardmote(folder, &export).ended(0);
    assert!(exported.out.starts_with("7 entries in log.csv"), "{}", exported.out);
    let text = std::fs::read_to_string(folder.join("log.csv")).unwrap();
    assert!(
        text.lines().nth(6).unwrap().contains(",consultation,done,operator,,log/search,"),
        "{text}"
    );
    assert!(text.lines().nth(7).unwrap().contains("log/export"), "{text}");
    wardmote(folder, &export).ended(2);
    // A store with the first three entries only.
    let cut = &here.path().join("b");
    with_staff(cut);
    let verified = wardmote(cut, &verify).ended(1);
    assert!(verified.out.contains("ends with entry 3, and went on to entry 6"), "{}", verified.out);
    // A checkpoint that was made to agree is not what was signed.
    let kept = here.path().join("kept/000000000006.checkpoint");
    let text = std::fs::read_to_string(&kept).unwrap();
    std::fs::write(&kept, text.replace("sequence 6", "sequence 3")).unwrap();
    let refused = wardmote(cut, &verify).ended(2);
    assert!(refused.err.contains("not what the key signed"), "{}", refused.err);
}

#[test]
fn keys_are_added_and_backups_restored_but_nothing_overwritten() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    with_staff(twin);
    let noted = wardmote(twin, &["records", "agreements"]).ended(0);
    assert!(noted.out.starts_with("6 agreements are new"), "{}", noted.out);
    let noted = wardmote(twin, &["records", "agreements"]).ended(0);
    assert!(noted.out.starts_with("0 agreements are new"), "{}", noted.out);
    wardmote(twin, &["records", "key", "new", "first"]).ended(0);
    wardmote(twin, &["records", "key", "new", "second"]).ended(0);
    wardmote(twin, &["records", "key", "new", "second"]).ended(2);
    wardmote(twin, &["records", "rotate"]).ended(0);
    let keys = std::fs::read_to_string(twin.join("keys/records.keys")).unwrap();
    assert_eq!(keys.lines().count(), 2);
    wardmote(twin, &["backup", "one.backup"]).ended(0);
    let search = ["audit", "search", "--subject", "store"];
    let found = wardmote(twin, &search).ended(0);
    assert_eq!(found.out.matches("store/backup").count(), 1, "{}", found.out);
    wardmote(twin, &["backup", "one.backup"]).ended(2);
    wardmote(twin, &["restore", "one.backup"]).ended(2);
    wardmote(twin, &["--records", "new/records.db", "restore", "one.backup"]).ended(0);
    wardmote(twin, &["--records", "new/records.db", "backup", "two.backup"]).ended(0);
    let read = |name: &str| std::fs::read(twin.join(name)).unwrap();
    assert!(read("one.backup") == read("two.backup"), "and not the entry that says so");
    let whole = String::from_utf8(read("one.backup")).unwrap();
    std::fs::write(twin.join("cut.backup"), &whole[..whole.len() / 2]).unwrap();
    wardmote(twin, &["--records", "cut/records.db", "restore", "cut.backup"]).ended(2);
    assert!(!twin.join("cut/records.db").exists());
    // Without a store there is nothing to back up, and none is made.
    wardmote(twin, &["--records", "none/records.db", "backup", "none.backup"]).ended(2);
    assert!(!twin.join("none").exists() && !twin.join("none.backup").exists());
}

/// Nobody can be ended who is not there, nor the last who could let others in.
#[test]
fn nobody_is_locked_out_by_ending_the_last_administrator() {
    let here = tempfile::tempdir().unwrap();
    let words = "admin create admin-one --organisation council --organisation-name Council --email";
    let words: Vec<&str> =
        words.split(' ').chain(["a@example.org", "--name", "Invented"]).collect();
    let made = wardmote(here.path(), &words).ended(0);
    assert!(made.out.starts_with("http://127.0.0.1:8080/work/invitation/"), "{}", made.out);
    assert!(made.err.contains("names no address") && made.err.contains("--listen"), "{}", made.err);
    // The same again, by a slip: nothing of who is there is changed, and no link is made.
    let changes = || {
        let log = wardmote(here.path(), &["audit", "search", "--format", "csv"]).ended(0).out;
        log.lines().filter(|line| !line.contains("log/search")).count()
    };
    let before = changes();
    let other: Vec<&str> = words
        .iter()
        .map(|word| if *word == "a@example.org" { "b@example.org" } else { word })
        .collect();
    let again = wardmote(here.path(), &other).ended(2);
    for part in ["\"admin-one\" is there already: Invented, Council", "admin invite", "--existing"]
    {
        assert!(again.err.contains(part), "{part}: {}", again.err);
    }
    let invite = ["admin", "invite", "admin-one", "--email", "b@example.org"];
    let again = wardmote(here.path(), &invite).ended(2);
    assert!(again.err.contains("with the address a@example.org"), "{}", again.err);
    assert_eq!(changes(), before);
    let existing = ["admin", "create", "admin-one", "--email", "b@example.org", "--existing"];
    assert!(wardmote(here.path(), &existing).ended(0).out.contains("/work/invitation/"));
    let log = wardmote(here.path(), &["audit", "search"]).ended(0).out;
    assert!(log.contains("account/admin-one/address"), "{log}");
    let nobody = ["admin", "create", "nobody", "--email", "c@example.org", "--existing"];
    assert!(wardmote(here.path(), &nobody).ended(2).err.contains("there is no nobody yet"));
    let refused = wardmote(here.path(), &["admin", "end", "nobody"]).ended(2);
    assert!(refused.err.contains("there is no person \"nobody\""), "{}", refused.err);
    let refused = wardmote(here.path(), &["admin", "end", "admin-one"]).ended(2);
    assert!(refused.err.contains("give another person that role first"), "{}", refused.err);
    let log = wardmote(here.path(), &["audit", "search"]).ended(0).out;
    assert!(!log.contains("/left"), "{log}");
    let settings = "address = \"https://csp.example.org\"\n";
    std::fs::write(here.path().join("sign-in.toml"), settings).unwrap();
    let invited = wardmote(here.path(), &["admin", "invite", "admin-one"]).ended(0);
    assert!(invited.out.starts_with("https://csp.example.org/work/"), "{}", invited.out);
    assert!(!invited.err.contains("names no address"), "{}", invited.err);
}

#[cfg(unix)]
#[test]
fn the_store_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let here = tempfile::tempdir().unwrap();
    let modes = |mode: Option<u32>| {
        let records = here.path().join("records");
        let mut found = vec![(records.clone(), 0o700)];
        for entry in std::fs::read_dir(&records).unwrap() {
            let path = entry.unwrap().path();
            if path.file_name().unwrap() != ".gitignore" {
                found.push((path, 0o600));
            }
        }
        assert!(found.len() > 1);
        for (path, expected) in found {
            if let Some(mode) = mode {
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            } else {
                let mode = path.metadata().unwrap().permissions().mode() & 0o777;
                assert_eq!(mode, expected, "{} has {mode:o}", path.display());
            }
        }
    };
    with_staff(here.path());
    modes(None);
    // One from before, which others could read.
    modes(Some(0o755));
    wardmote(here.path(), &["audit", "search"]).ended(0);
    modes(None);
}

#[test]
fn a_new_folder_rotates_keys_and_says_what_agreements_need() {
    let here = tempfile::tempdir().unwrap();
    let words =
        ["init", "town", "--name", "T", "--district", "E06000032", "--force", "bedfordshire"];
    wardmote(here.path(), &words).ended(0);
    let town = &here.path().join("town");
    let ignored = std::fs::read_to_string(town.join(".gitignore")).unwrap();
    for line in ["/keys/", "/records/", "/backups/", "/checkpoints/", "/exports/", "/staff.toml"] {
        assert!(ignored.lines().any(|one| one == line), "{line}: {ignored}");
    }
    let misspelt = STAFF.replace("role = \"analyst\"", "role = \"anaylst\"");
    std::fs::write(town.join("staff.toml"), misspelt).unwrap();
    let loaded = wardmote(town, &["records", "staff", "staff.toml"]).ended(0);
    assert!(loaded.err.contains("names the role \"anaylst\""), "{}", loaded.err);
    assert!(loaded.err.contains("administrator, analyst"), "{}", loaded.err);
    wardmote(town, &["records", "key", "new", "first"]).ended(0);
    wardmote(town, &["records", "rotate"]).ended(0);
    for words in [
        &["policy", "show"][..],
        &["policy", "record-of-processing"],
        &["policy", "dpia"],
        &["records", "agreements"],
    ] {
        let refused = wardmote(town, words).ended(2);
        let says = "this needs the partnership's sharing agreements";
        assert!(refused.err.contains(says), "{words:?}: {}", refused.err);
    }
    let refused = wardmote(town, &["policy", "test"]).ended(2);
    assert!(refused.err.contains("docs/records.md"), "{}", refused.err);
}

#[test]
fn a_text_that_decides_without_being_noted_is_said() {
    let here = tempfile::tempdir().unwrap();
    let twin = &shipped("stockport-twin", here.path());
    with_staff(twin);
    wardmote(twin, &["records", "key", "new", "first"]).ended(0);
    wardmote(twin, &["records", "agreements"]).ended(0);
    let nothing = "0".repeat(32);
    let event =
        ["records", "event", &nothing, "closed", "2025-01-01", "--purpose", "own-functions"];
    let event = [&event[..], &["--actor", "analyst-one"]].concat();
    let quiet = wardmote(twin, &event).ended(2);
    assert!(!quiet.err.contains("no note of it"), "{}", quiet.err);
    let path = twin.join("agreements/invented-agreement-2024.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, text.replace("\"2026-12-31\"", "\"2036-12-31\"")).unwrap();
    let said = wardmote(twin, &event);
    let expected = "agreements/invented-agreement-2024.toml: this text decides, but";
    assert_eq!(said.err.matches("no note of it").count(), 1, "{}", said.err);
    assert!(said.err.contains(expected), "{}", said.err);
    wardmote(twin, &["records", "agreements"]).ended(0);
    assert!(!wardmote(twin, &event).err.contains("no note of it"));
}
