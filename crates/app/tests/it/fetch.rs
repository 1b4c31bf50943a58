//! What can be said of a fetch without a request.

use crate::running::wardmote;

#[test]
fn a_fetch_is_listed_planned_and_explained() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path();
    let words =
        ["init", "town", "--name", "T", "--district", "E06000032", "--force", "bedfordshire"];
    wardmote(folder, &words).ended(0);
    let town = folder.join("town");

    let listed = wardmote(&town, &["fetch"]).ended(0);
    assert!(listed.out.contains("police-uk") && listed.out.contains("OGL-3.0"), "{}", listed.out);

    let words = ["fetch", "police-uk", "--months", "2024-01..2024-03", "--dry-run"];
    let planned = wardmote(&town, &words).ended(0);
    assert!(planned.out.contains("https://data.police.uk/data/archive/2024-03.zip"));
    assert!(planned.out.contains("2024-01/2024-01-bedfordshire-street.csv to 2024-03/"));
    assert!(!town.join("data").join("police").exists(), "a plan writes nothing");

    for (words, said) in [
        (&["fetch", "police-uk"][..], "--months"),
        (&["fetch", "ons-boundaries"][..], "--name"),
        (&["fetch", "home-office-recorded-crime"][..], "fetch.toml"),
        (&["fetch", "weather"][..], "there is no \"weather\" to fetch"),
    ] {
        let refused = wardmote(&town, words).ended(2);
        assert!(refused.err.contains(said), "{}", refused.err);
    }
}
