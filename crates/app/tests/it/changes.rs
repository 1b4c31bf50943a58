//! What a change of the files moves: exactly the published figures that depend on them, and `trace`
//! says why. On the SYNTHETIC twin, whose folder `samples` has assessed.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use wardmote_domain::period::{Month, Period};

use crate::running::wardmote;

/// The keys of the published figures of some measures whose periods hold one of the months.
fn depending_on(published: &Value, measures: &str, months: &[&str]) -> BTreeSet<String> {
    let months: Vec<Month> = months.iter().map(|month| month.parse().unwrap()).collect();
    let figures = published["figures"].as_object().unwrap().values();
    let keys = figures.map(|figure| figure["key"].as_str().unwrap().to_owned());
    let depends = |key: &String| {
        let parts: Vec<&str> = key.split(" | ").collect();
        let holds = |text: &str| {
            let period: Period = text.parse().unwrap();
            months.iter().any(|month| period.contains(*month))
        };
        parts[0].starts_with(measures) && parts[2].split(" with ").any(holds)
    };
    keys.filter(depends).collect()
}

/// What `wardmote moves` finds: the keys of figures, and the claims of sentences with their reasons.
fn moved(twin: &Path) -> (BTreeSet<String>, Vec<(String, Value)>) {
    let out = wardmote(twin, &["moves", "--json"]);
    assert!(matches!(out.code, Some(0 | 1)), "{}", out.err);
    let found: Value = serde_json::from_str(&out.out).unwrap();
    let of = |part: &str| found[part].as_array().unwrap().clone();
    let name = |one: &Value| one["what"].as_str().unwrap().to_owned();
    let sentences = of("sentences").iter().map(|one| (name(one), one["why"].clone())).collect();
    (of("figures").iter().map(name).collect(), sentences)
}

/// Every sentence that moved belongs to a figure that moved, or only to the family of tests.
fn sentences_follow(published: &Value, figures: &BTreeSet<String>, sentences: &[(String, Value)]) {
    for (claim, why) in sentences {
        let id = published["answers"][claim]["figure"].as_str().unwrap();
        let key = published["figures"][id]["key"].as_str().unwrap();
        let own = figures.contains(key);
        assert!(own || *why == "family", "{claim} moved without its figure: {why}");
    }
}

pub(crate) fn move_exactly_what_depends(twin: &Path) {
    let published = std::fs::read_to_string(twin.join("published/evidence.json")).unwrap();
    let published: Value = serde_json::from_str(&published).unwrap();
    assert!(moved(twin).0.is_empty(), "nothing has changed yet");

    // A month of one partner is withdrawn.
    let file = "landlord-asb-2023-10.csv";
    let expected = depending_on(&published, "landlord-asb v1", &["2023-10"]);
    assert!(expected.len() >= 4, "{expected:?}");
    wardmote(twin, &["withdraw", file, "--why", "a test"]).ended(0);
    let (figures, sentences) = moved(twin);
    assert_eq!(figures, expected);
    sentences_follow(&published, &figures, &sentences);
    assert!(sentences.iter().any(|(claim, _)| claim == "landlord-change"));
    let traced = wardmote(twin, &["trace", "landlord-change"]).ended(0).out;
    assert!(traced.contains("October 2023 is not known"), "{traced}");
    assert!(traced.contains("landlord-asb-2023-10.csv is gone, with its"), "{traced}");

    // It stays out with the declared files, and comes back when it is named.
    let again = wardmote(twin, &["ingest"]).ended(0).out;
    assert!(again.contains("was withdrawn (a test)"), "{again}");
    let path = format!("data/feeds/landlord-asb/{file}");
    let back = wardmote(twin, &["ingest", "--source", "landlord-asb", &path]).ended(0).out;
    assert!(back.contains("No published figure moves."), "{back}");

    // The landlord sends the month again, with rows taken out and others added.
    let boundaries = "data/reference/boundaries/lsoa_2011_ew.geojson";
    let revise =
        ["twin", "feeds", "--boundaries", boundaries, "--out", "revised", "--revised", "2023-10"];
    wardmote(twin, &revise).ended(0);
    let path = format!("revised/revisions/{file}");
    let loaded = wardmote(twin, &["ingest", "--source", "landlord-asb", &path]).ended(0).out;
    assert!(loaded.contains("replaces"), "{loaded}");
    assert!(loaded.contains("published figures and"), "{loaded}");
    let (figures, sentences) = moved(twin);
    assert_eq!(figures, expected);
    sentences_follow(&published, &figures, &sentences);
    let traced = wardmote(twin, &["trace", "landlord-change"]).ended(0).out;
    assert!(traced.contains("landlord-asb-2023-10.csv was revised: "), "{traced}");
    // The publication keeps its own vintage.
    let snapshot = published["snapshot"].as_str().unwrap();
    let of_2023 = ["measure", "landlord-asb", "--period", "2023/24", "--format", "csv"];
    let then = [&of_2023[..], &["--agreement", "invented-agreement-2024"]].concat();
    let now = wardmote(twin, &then).ended(0).out;
    let then = wardmote(twin, &[&then[..], &["--as-of", snapshot]].concat()).ended(0).out;
    assert!(then.contains(",2023/24,1900,") && !now.contains(",2023/24,1900,"), "{then}{now}");
    wardmote(twin, &["moves", "--as-of", snapshot]).ended(0);
    let original = format!("data/feeds/landlord-asb/{file}");
    wardmote(twin, &["ingest", "--source", "landlord-asb", &original]).ended(0);
    assert!(moved(twin).0.is_empty(), "the first version is back");

    // One partner's feed is dropped whole.
    let expected = depending_on(&published, "marac-", &["2021-06", "2022-06", "2023-06"]);
    for year in ["2021-22", "2022-23", "2023-24"] {
        let file = format!("marac-{year}.csv");
        wardmote(twin, &["withdraw", &file, "--why", "the agreement ended"]).ended(0);
    }
    let (figures, sentences) = moved(twin);
    assert_eq!(figures, expected);
    assert!(figures.iter().all(|key| key.starts_with("marac-")), "{figures:?}");
    sentences_follow(&published, &figures, &sentences);
}
