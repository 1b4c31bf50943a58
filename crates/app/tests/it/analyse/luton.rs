//! Methods on Luton's real files.
//!
//! Publisher data.police.uk and the Office for National Statistics, Open Government Licence v3.0.

use std::path::Path;

use serde_json::Value;
use wardmote_stats::trend::quasi_poisson_trend;
use wardmote_testkit::police_uk::data_folder;

use super::{column, numbers};
use crate::running::{Ran, shipped, wardmote};

/// A measure with weights, whose kinds add up to what they count.
fn weighed(luton: &Path, json: &dyn Fn(&str) -> Value) {
    let measure = r#"
id = "two-kinds"
title = "Two kinds"
definition = "Burglary and robbery, weighed for a test."
version = 1
unit = "crimes"
numerator = { source = "police-street", categories = ["burglary", "robbery"] }
direction = "lower-is-better"
weights = { unit = "days", source = "invented", by_category = { burglary = 20.0, robbery = 100.0 } }
"#;
    std::fs::write(luton.join("measures/two-kinds.toml"), measure).unwrap();
    let harm = json("harm --measure two-kinds --change 2023-05");
    let sum = |name: &str| -> f64 {
        column(&harm["results"]["kinds"], name).iter().map(|value| value.as_f64().unwrap()).sum()
    };
    assert_eq!(harm["results"]["events_after"], sum("events_after"));
    assert_eq!(harm["results"]["harm_after"], sum("harm_after"));
    assert_eq!(harm["parameters"]["months_each_side"], 12);
}

/// Searches by what the officer saw, held against the census's residents.
fn searched_by_group(luton: &Path, json: &dyn Fn(&str) -> Value) {
    let of = |this: &str, reference: &str| {
        json(&format!(
            "disproportionality --measure stop-and-search --this {this} --reference {reference}"
        ))
    };
    let (black, asian) = (of("Black", "White"), of("Asian", "Other"));
    // Census 2021, table of the file: 11,774 + 8,216 + 2,745.
    assert_eq!(black["results"]["residents"], 22_735.0);
    assert_eq!(black["results"]["searches"], 862);
    let searches = |found: &Value| {
        let sides = ["searches", "reference_searches"];
        sides.map(|side| found["results"][side].as_u64().unwrap()).iter().sum::<u64>()
    };
    // Every search of the area is of one of the four groups, or of none that was recorded.
    let all = numbers(&json("season --measure stop-and-search")["results"]["observed"]);
    let all = all.into_iter().map(|n| n as u64).sum::<u64>();
    let not_recorded = black["parameters"]["not_recorded"].as_u64().unwrap();
    assert_eq!(searches(&black) + searches(&asian) + not_recorded, all);
    let ratio = (862.0 / 22_735.0) / (2_002.0 / 101_798.0);
    assert!((black["results"]["ratio"].as_f64().unwrap() - ratio).abs() < 1e-12);
    let said = black["warnings"].to_string();
    for limit in ["name no place", "not the residents", "four groups and the census five"] {
        assert!(said.contains(limit), "{limit:?} is not in {said}");
    }

    let measure = luton.join("measures/stop-and-search.toml");
    let text = std::fs::read_to_string(&measure).unwrap();
    let fewer = text.replace("marks = [\"Other\"]", "marks = [\"Others\"]");
    std::fs::write(&measure, fewer).unwrap();
    let said = of("Black", "White")["warnings"].to_string();
    assert!(
        said.contains("Officer-defined ethnicity \\\"Other\\\" is of no declared group"),
        "{said}"
    );
    std::fs::write(&measure, text).unwrap();
}

#[test]
fn methods_on_the_lake() {
    let Some(real) = data_folder() else { return };
    let here = tempfile::tempdir().unwrap();
    let luton = shipped("luton", here.path());
    wardmote(&luton, &["ingest", "--data", real.to_str().unwrap()]).ended(0);
    let run = |words: &str| {
        let words: Vec<&str> = std::iter::once("analyse").chain(words.split(' ')).collect();
        wardmote(&luton, &words)
    };
    let json = |words: &str| -> Value {
        serde_json::from_str(&run(&format!("{words} --format json")).ended(0).out).unwrap()
    };

    let season = json("season --measure recorded-crime");
    let crimes: Vec<u64> =
        numbers(&season["results"]["observed"]).into_iter().map(|n| n as u64).collect();
    // The counts of 2022/23 and 2023/24, which a plain count of the files gives too.
    assert_eq!(crimes[11..23].iter().sum::<u64>(), 18_664);
    assert_eq!(crimes[23..35].iter().sum::<u64>(), 18_168);
    let parts = ["trend", "seasonal", "remainder"].map(|part| numbers(&season["results"][part]));
    for (i, n) in crimes.iter().enumerate() {
        let sum: f64 = parts.iter().map(|part| part[i]).sum();
        assert!((sum - *n as f64).abs() < 1e-6, "{i}");
    }

    let trend = json("trend --measure recorded-crime");
    let months: Vec<u8> = (0..36).map(|i| (i + 4) % 12 + 1).collect();
    let expected = quasi_poisson_trend(&crimes, &months).unwrap();
    assert_eq!(trend["results"]["percent_per_year"], expected.percent_per_year);
    assert_eq!(trend["parameters"]["from"], "2021-05");

    let spikes = json("spikes --measure burglary --watch-from 2023-05");
    assert_eq!(column(&spikes["results"], "period").len(), 12);
    assert!(spikes["warnings"].to_string().contains("fewer than three years"));

    let hot = json("gi-star --measure burglary --level lsoa-2021 --rates");
    assert_eq!(hot["n"], 125);
    assert_eq!(hot["parameters"]["weights"], "queen");
    let hot_areas =
        column(&hot["results"], "class").iter().filter(|class| **class == "hot").count();
    assert!(hot_areas > 0, "{hot}");

    let concentration = json("concentration --measure burglary --share 0.5");
    let counted = json("trend --measure burglary");
    assert_eq!(concentration["results"]["places"], 125);
    assert_eq!(counted["n"], 36);
    let shares = &concentration["results"]["shares"][0];
    assert!(shares["share_of_places"].as_f64() < shares["by_chance"].as_f64());

    for words in [
        "moran --measure burglary --rates",
        "hotspots --measure burglary --split 2023-05",
        "scan --measure burglary --permutations 99",
        "spatial-change --measure burglary --split 2023-05",
        "funnel --measure burglary --level ward-2024",
        "forecast --measure burglary --horizon 3",
        "changepoints --measure shoplifting --season",
    ] {
        let found = json(words);
        assert!(found["n"].as_u64().unwrap() > 0, "{words}");
    }

    let refused = |words: &str, parts: &[&str]| {
        let ran = run(words).ended(2);
        for part in parts {
            assert!(ran.err.contains(part), "{part:?} is not in: {}", ran.err);
        }
    };
    assert!(
        run("compare --measure burglary --level ward-2024 --this E05014739")
            .ended(0)
            .out
            .starts_with("Higher: ")
    );
    weighed(&luton, &json);
    searched_by_group(&luton, &json);

    let (no_day, moved) = ("know the month and not the day", "moved to a fixed set of points");
    let feed = "crime feed with date, time and address";
    refused("near-repeat --measure burglary", &[no_day, moved, feed]);
    refused("kde --measure burglary", &[moved, feed]);
    refused("hours --measure burglary", &["do not know the time of day", "with date and time"]);
    refused("repeat --measure burglary --at-risk 90000", &["no key of the place or person"]);
    let hours = json("hours --measure stop-and-search");
    let searches = numbers(&json("season --measure stop-and-search")["results"]["observed"]);
    assert_eq!(hours["n"], searches.iter().sum::<f64>() as u64);
    assert_eq!(hours["results"]["in_one_hour"], hours["n"]);
    refused("trend --measure burglary --from 2020-01 --to 2021-12", &["has not delivered 2020-01"]);
    refused("trend --measure burglry", &["burglry"]);
    refused("trend --measure burglary --area E09000001", &["E09000001"]);
    refused("harm --measure burglary --change 2023-05", &["declares no weights"]);
    let groups = "disproportionality --measure stop-and-search --reference White --this";
    refused(&format!("{groups} Blue"), &["--this", "\"Blue\"", "Asian, Black, Other, White"]);
    refused(
        &format!("{groups} Black --area E05014739"),
        &["residents-by-ethnic-group", "has no number"],
    );
    refused(
        "disproportionality --measure burglary --this A --reference B",
        &["declares no groups"],
    );
    refused(
        "survey --survey police-street --question q --yes a",
        &["brings neither events nor totals"],
    );
    let some = json("trend --measure burglary --from 2020-01");
    assert!(some["warnings"][0].as_str().unwrap().contains("the longest run"), "{some}");
    controlled(&luton, &run);
}

/// The same source, as if it were shared under an agreement.
fn controlled(luton: &Path, run: &dyn Fn(&str) -> Ran) {
    let path = luton.join("sources/police-street.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let shared = "disclosure = \"controlled\"\nagreement = \"invented-agreement\"";
    std::fs::write(&path, text.replace("disclosure = \"open\"", shared)).unwrap();
    for words in ["trend --measure burglary", "gi-star --measure burglary --agreement another"] {
        let refused = run(words).ended(2);
        assert!(refused.err.contains("--agreement invented-agreement"), "{}", refused.err);
        assert!(refused.out.is_empty(), "{}", refused.out);
    }
    let agreed = run("trend --measure burglary --agreement invented-agreement").ended(0);
    assert!(agreed.err.contains("not to be published"), "{}", agreed.err);
    assert!(agreed.out.contains("% a year"), "{}", agreed.out);
}
