//! The whole line on Luton's real files: loaded, measured, assessed, traced and verified.
//!
//! Publisher data.police.uk and the Office for National Statistics, Open Government Licence v3.0.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wardmote_testkit::police_uk::data_folder;

use crate::running::{shipped, wardmote};
use crate::site;

/// The folders that Luton's sources read, linked so that single files can be replaced.
fn linked_data(real: &Path, into: &Path) -> PathBuf {
    let data = into.join("data");
    for folder in ["boundaries", "census2021", "lookups", "population", "police/bedfordshire"] {
        link(&real.join(folder), &data.join(folder));
    }
    data
}

fn link(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            link(&path, &target);
        } else {
            std::os::unix::fs::symlink(&path, target).unwrap();
        }
    }
}

fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.clone(), std::fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn from_files_to_a_verified_assessment() {
    let Some(real) = data_folder() else { return };
    let here = tempfile::tempdir().unwrap();
    let luton = shipped("luton", here.path());
    let data = linked_data(&real, here.path());
    let data_argument = data.to_str().unwrap();

    let loaded = wardmote(&luton, &["ingest", "--data", data_argument]).ended(0);
    assert!(loaded.out.contains("kept + 0 refused;"), "{}", loaded.out);
    let again = wardmote(&luton, &["ingest", "--data", data_argument]).ended(0);
    assert!(again.out.starts_with("0 files loaded, 90 already there"), "{}", again.out);
    wardmote(&luton, &["coverage"]).ended(0);

    // The counts of the issue, which a plain count of the files gives too (see the lake's tests).
    let counts =
        |measure: &str| wardmote(&luton, &["measure", measure, "--format", "csv"]).ended(0).out;
    for (measure, before, after) in [
        ("recorded-crime", "18664", "18168"),
        ("anti-social-behaviour", "3699", "3562"),
        ("shoplifting", "995", "1245"),
        // By point in polygon over the outlines, as a script of twenty lines of Python counts them.
        ("stop-and-search", "1601", "1565"),
    ] {
        let out = counts(measure);
        assert!(
            out.contains(&format!("2022/23,{before},"))
                && out.contains(&format!("2023/24,{after},")),
            "{out}"
        );
    }

    agree_in_both_censuses(&luton, &real);

    if std::env::var_os("WARDMOTE_ASSETS").is_none() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "WARDMOTE_ASSETS is not set");
        eprintln!(
            "skipped: pages need the templates; run `cargo xtask assets` and set WARDMOTE_ASSETS to their folder"
        );
        return;
    }
    // Statutory contents are missing, so the assessment is written and says that it is a draft.
    let assess = |out: &str| {
        wardmote(&luton, &["assess", "--published", "2025-03-18", "--out", out]).ended(1)
    };
    assert!(assess("published").out.contains("cannot be signed off"));
    assess("second");
    contradicted_by_what_was_published(&luton);
    let bare = |folder: &str| {
        let root = luton.join(folder);
        files(&root)
            .into_iter()
            .map(|(path, bytes)| (path.strip_prefix(&root).unwrap().to_owned(), bytes))
            .collect::<Vec<_>>()
    };
    assert!(bare("published") == bare("second"), "two runs with one date differ");
    // One ward is a town centre, and the only one further out than wards usually are.
    let page = std::fs::read_to_string(luton.join("published/full.html")).unwrap();
    assert!(
        page.contains("20 wards, 2023/24: 80.7 in all together; above the outer limits: Central.")
    );
    assert!(page.contains("7 are hot spots (Luton 023D, Luton 021F, Luton 022C, Luton 022D, Luton 023A, Luton 023C, Luton 021G) and 0 are cold"));
    assert!(page.contains(
        "had half of its crimes in 2023/24 in 26 of the 125 small areas (LSOAs), 20.8% of them"
    ));
    assert_eq!(fewest_with_half(&luton), 26);

    let traced = wardmote(&luton, &["trace", "crime-change"]).ended(0);
    for part in [
        "shows no clear change between 2022/23 and 2023/24",
        "sha256",
        "bedfordshire-street.csv, line ",
    ] {
        assert!(traced.out.contains(part), "{part} is not in: {}", traced.out);
    }
    site::luton_is_shown(&luton, here.path());
    verified(&luton, &data);
}

/// The same crimes by small areas of 2011 and of 2021: one total, and each split area the sum of its
/// parts.
/// The fewest small areas with half of the crimes, by a plain count.
fn fewest_with_half(luton: &Path) -> usize {
    let arguments = [
        "measure",
        "recorded-crime",
        "--level",
        "lsoa-2021",
        "--period",
        "2023/24",
        "--format",
        "csv",
    ];
    let csv = wardmote(luton, &arguments).ended(0).out;
    let mut rows = csv::Reader::from_reader(csv.as_bytes());
    let column = rows.headers().unwrap().iter().position(|name| name == "n").unwrap();
    let mut counts: Vec<u64> =
        rows.records().map(|row| row.unwrap()[column].parse().unwrap()).collect();
    counts.sort_unstable_by_key(|n| std::cmp::Reverse(*n));
    let half = counts.iter().sum::<u64>().div_ceil(2);
    let mut held = 0;
    let short = |n: &&u64| {
        held += **n;
        held < half
    };
    counts.iter().take_while(short).count() + 1
}

/// A paper of the partnership is held against the figures that it has published.
fn contradicted_by_what_was_published(luton: &Path) {
    // The first is right; the second is the year before's.
    let paper = "There were 18,664 recorded crimes in 2022/23.\n\nThere were 18,664 recorded crimes in 2023/24.\n";
    std::fs::write(luton.join("paper.md"), paper).unwrap();
    let lint = ["lint", "paper.md", "--gate", "consistency", "--format", "csv"];
    let found = wardmote(luton, &lint).ended(1).out;
    assert_eq!(found.lines().count(), 2, "{found}");
    assert!(
        found.contains("paper.md,3,figure-elsewhere") && found.contains("Luton, 2023/24"),
        "{found}"
    );
    std::fs::remove_file(luton.join("paper.md")).unwrap();
}

fn agree_in_both_censuses(luton: &Path, data: &Path) {
    let counts = |level: &str| -> BTreeMap<(String, String), u64> {
        let arguments = ["measure", "recorded-crime", "--level", level, "--format", "csv"];
        let out = wardmote(luton, &arguments).ended(0).out;
        let mut rows = csv::Reader::from_reader(out.as_bytes());
        let row = |row: csv::StringRecord| {
            ((row[0].to_owned(), row[2].to_owned()), row[3].parse::<u64>().unwrap())
        };
        rows.records().map(|found| row(found.unwrap())).collect()
    };
    let (old, new) = (counts("lsoa-2011"), counts("lsoa-2021"));
    assert_eq!((old.len(), new.len()), (121 * 2, 125 * 2));
    let mut changes =
        csv::Reader::from_path(data.join("lookups/lsoa11_lsoa21_ltla22_ew.csv")).unwrap();
    let mut parts: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for change in changes.records().map(Result::unwrap).filter(|row| &row[5] == "Luton") {
        parts.entry(change[1].to_owned()).or_default().push(change[4].to_owned());
    }
    assert_eq!(parts.values().filter(|parts| parts.len() > 1).count(), 3);
    for (year, total) in [("2022/23", 18_664), ("2023/24", 18_168)] {
        for counted in [&old, &new] {
            let of_year = counted.iter().filter(|((_, period), _)| period == year);
            assert_eq!(of_year.map(|(_, n)| n).sum::<u64>(), total);
        }
        for (area, parts) in &parts {
            let of_parts: u64 =
                parts.iter().map(|part| new[&(part.clone(), year.to_owned())]).sum();
            assert_eq!(old[&(area.clone(), year.to_owned())], of_parts, "{area} in {year}");
        }
    }
}

fn verified(luton: &Path, data: &Path) {
    let sources = data.to_str().unwrap();
    let verify = |evidence: &str, code: i32| {
        wardmote(luton, &["verify", evidence, "--sources", sources]).ended(code).out
    };
    let untouched = verify("published/evidence.json", 0);
    assert!(
        untouched.contains("the same to the last digit") && !untouched.contains("differs"),
        "{untouched}"
    );

    let evidence = std::fs::read_to_string(luton.join("published/evidence.json")).unwrap();
    assert!(evidence.contains("\"value\": 18168.0"));
    std::fs::write(
        luton.join("edited.json"),
        evidence.replace("\"value\": 18168.0", "\"value\": 18169.0"),
    )
    .unwrap();
    let edited = verify("edited.json", 1);
    assert!(edited.contains("2023/24 | count: value published 18169, computed 18168"), "{edited}");

    let name = "police/bedfordshire/2023-06/2023-06-bedfordshire-street.csv";
    let path = data.join(name);
    let mut bytes = std::fs::read(&path).unwrap();
    // The last digit of a longitude: no figure moves, and still the file is not the one published.
    let at = bytes.windows(3).position(|three| three == b",-0").unwrap() + 8;
    bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
    std::fs::remove_file(&path).unwrap();
    std::fs::write(&path, bytes).unwrap();
    let changed = verify("published/evidence.json", 1);
    assert!(changed.contains(&format!("file changed      {name}")), "{changed}");
}
