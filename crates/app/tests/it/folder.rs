//! A new folder, and the refusals of one that is not there or not right.

use crate::running::wardmote;

#[test]
fn a_new_folder_explains_its_next_step_and_is_never_overwritten() {
    let here = tempfile::tempdir().unwrap();
    let words = [
        "init",
        "anytown",
        "--name",
        "Any \"Town\"",
        "--district",
        "E06000032",
        "--force",
        "bedfordshire",
    ];
    let made = wardmote(here.path(), &words).ended(0);
    assert!(made.out.contains("ingest"), "{}", made.out);
    let again = wardmote(here.path(), &words).ended(2);
    assert!(again.err.contains("is there already"), "{}", again.err);

    let anytown = here.path().join("anytown");
    let listed = wardmote(&anytown, &["measure", "--format", "csv"]).ended(0);
    assert!(listed.out.contains("recorded-crime,Recorded crime (version 1)"), "{}", listed.out);
    let empty = wardmote(&anytown, &["coverage"]).ended(2);
    assert!(empty.err.contains("wardmote ingest"), "{}", empty.err);
    let nothing = wardmote(&anytown, &["ingest"]).ended(2);
    assert!(nothing.err.contains("police"), "{}", nothing.err);
}

#[test]
fn a_wrong_line_is_named_with_its_file() {
    let here = tempfile::tempdir().unwrap();
    let none = wardmote(here.path(), &["coverage"]).ended(2);
    assert!(none.err.contains("wardmote init"), "{}", none.err);
    std::fs::write(here.path().join("partnership.toml"), "name = \"A\"\nareas = [\"Luton\"]\n")
        .unwrap();
    let wrong = wardmote(here.path(), &["coverage"]).ended(2);
    for part in ["partnership.toml", "line 2", "E08000007"] {
        assert!(wrong.err.contains(part), "{part} is not in: {}", wrong.err);
    }
}

#[test]
fn every_command_explains_itself() {
    let here = tempfile::tempdir().unwrap();
    for command in [
        "init", "ingest", "coverage", "refusals", "measure", "count", "assess", "trace", "verify",
        "lint", "prose", "twin", "demo", "bundle", "serve",
    ] {
        let help = wardmote(here.path(), &[command, "--help"]).ended(0);
        assert!(help.out.contains("Example"), "{command} --help has no example:\n{}", help.out);
    }
}
