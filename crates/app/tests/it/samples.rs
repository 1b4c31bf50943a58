//! The partnerships that work without the folder of real data: Leeds, from openly packaged files, and
//! the Stockport twin, whose rows are SYNTHETIC and whose truth is known.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::running::{shipped, wardmote};

/// A copy of a shipped partnership that reads the sample data where `cargo xtask sample-data` laid
/// them; `None`, after saying so, where it has not run.
fn sample(name: &str, into: &Path) -> Option<PathBuf> {
    let data =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../partnerships").join(name).join("data");
    if !data.is_dir() || std::env::var_os("WARDMOTE_ASSETS").is_none() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "{} is not there", data.display());
        eprintln!(
            "skipped: needs the sample data and the page templates; run `cargo xtask sample-data` and \
             `cargo xtask assets`, and set WARDMOTE_ASSETS to the templates' folder"
        );
        return None;
    }
    let folder = shipped(name, into);
    std::fs::create_dir(folder.join("data")).unwrap();
    for entry in std::fs::read_dir(data).unwrap() {
        let path = entry.unwrap().path();
        // The twin's street files are generated afresh.
        if path.file_name().unwrap() != "police" {
            std::os::unix::fs::symlink(
                path.canonicalize().unwrap(),
                folder.join("data").join(path.file_name().unwrap()),
            )
            .unwrap();
        }
    }
    Some(folder)
}

/// Rows of street files by month: all, and those whose small area's name begins with a district's.
fn plain_count(folder: &Path, district: &str) -> BTreeMap<String, (u64, u64)> {
    let mut counts: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for month in std::fs::read_dir(folder).unwrap() {
        for file in std::fs::read_dir(month.unwrap().path()).unwrap() {
            let file = file.unwrap().path();
            for row in csv::Reader::from_path(file).unwrap().records() {
                let row = row.unwrap();
                let count = counts.entry(row[1].to_owned()).or_default();
                count.0 += 1;
                count.1 += u64::from(row[8].starts_with(district));
            }
        }
    }
    counts
}

#[test]
fn leeds_agrees_with_a_plain_count_and_claims_nothing_of_single_months() {
    let here = tempfile::tempdir().unwrap();
    let Some(leeds) = sample("leeds", here.path()) else { return };
    let plain = plain_count(&leeds.join("data/west-yorkshire"), "Leeds ");
    let all = BTreeMap::from([
        ("2016-07".to_owned(), (27_176, 9_243)),
        ("2017-07".to_owned(), (28_537, 9_671)),
        ("2018-07".to_owned(), (31_635, 10_726)),
    ]);
    assert_eq!(plain, all);

    let loaded = wardmote(&leeds, &["ingest"]).ended(0);
    assert!(loaded.out.contains("rows read"), "{}", loaded.out);
    let mut by_month: BTreeMap<String, u64> = BTreeMap::new();
    for measure in ["recorded-crime", "anti-social-behaviour"] {
        let out = wardmote(&leeds, &["measure", measure, "--by", "month", "--format", "csv"])
            .ended(0)
            .out;
        for row in csv::Reader::from_reader(out.as_bytes()).records() {
            let row = row.unwrap();
            if let Ok(n) = row[3].parse::<u64>() {
                *by_month.entry(row[2].to_owned()).or_default() += n;
            }
        }
    }
    let expected: BTreeMap<String, u64> =
        all.into_iter().map(|(month, (_, leeds))| (month, leeds)).collect();
    assert_eq!(by_month, expected, "and a month without a file is not known, never zero");

    let assessed = wardmote(&leeds, &["assess", "--published", "2025-03-18"]).ended(1);
    assert!(assessed.out.contains("cannot be signed off"), "{}", assessed.out);
    let traced = wardmote(&leeds, &["trace", "crime-change"]).ended(0).out;
    assert!(traced.contains("cannot be tested"), "{traced}");
    wardmote(&leeds, &["verify"]).ended(0);
}

#[test]
fn the_twin_finds_what_was_planted_and_nothing_else() {
    let here = tempfile::tempdir().unwrap();
    let Some(twin) = sample("stockport-twin", here.path()) else { return };
    let folder = here.path().to_str().unwrap();
    // Signed off as it stands: every statutory content is there.
    wardmote(here.path(), &["demo", "--folder", folder, "--published", "2025-03-18"]).ended(0);
    let evidence = std::fs::read_to_string(twin.join("published/evidence.json")).unwrap();
    let evidence: serde_json::Value = serde_json::from_str(&evidence).unwrap();
    assert_eq!(evidence["synthetic"], true);
    for (claim, begins) in [
        ("crime-change", "fell by 8.0% between 2022/23 and 2023/24, from 25,000 to 23,000 crimes"),
        ("crime-year-to-date", "fell by 6.0% between April to November 2023"),
        ("crime-trend", "shows a falling trend"),
        ("asb-change", "shows no clear change between 2022/23 and 2023/24: 6,800 and 6,664"),
        ("asb-season", "follows the seasons: over April 2022 to November 2024, it peaks in July"),
    ] {
        let statement = evidence["answers"][claim]["statement"].as_str().unwrap();
        assert!(statement.starts_with(begins), "{claim}: {statement}");
    }
    for page in ["index.html", "full.html", "figures.html"] {
        let text = std::fs::read_to_string(twin.join("published").join(page)).unwrap();
        assert!(text.contains("SYNTHETIC"), "{page} does not say what it is");
    }
    let signed_off = wardmote(&twin, &["assess", "--published", "2025-03-18"]).ended(0);
    assert!(!signed_off.out.contains("draft"), "{}", signed_off.out);
    wardmote(&twin, &["verify"]).ended(0);
}
