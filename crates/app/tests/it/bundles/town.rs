//! An invented town that publishes: nuisance from an open file a year, and a landlord's cases, which are
//! read with a key of pseudonyms and so can be checked by the town alone.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use super::{Stranger, copied, says, text};
use crate::running::wardmote;

const NUISANCE: &str = r#"
reader = "mapped"
publisher = "An invented council"
licence = "OGL-3.0"
disclosure = "open"
files = ["nuisance/nuisance-*.csv"]
time_precision = "day"
place_precision = "area"
body = "Council"
area = "E06000032"

[columns]
date = { heading = "Reported" }
category = "Type"

[categories]
"Noise" = "noise"
"Litter" = "litter"

[expected]
from = "2022-04"
to = "2024-03"
every = "month"
bodies = ["Council"]
"#;

const LANDLORD: &str = r#"
reader = "mapped"
publisher = "An invented landlord"
licence = "none"
disclosure = "open"
files = ["cases-*.csv"]
time_precision = "day"
place_precision = "area"
body = "Landlord"
area = "E06000032"

[columns]
date = { heading = "Reported" }
category = "Type"
repeat_of = "Household ref"

[categories]
"Noise" = "noise"

[pseudonyms]
key_file = "keys/landlord.key"

[expected]
from = "2022-04"
to = "2024-03"
every = "month"
bodies = ["Landlord"]
"#;

const ASSESSMENT: &str = r#"
title = "Needs assessment"
licence_notes = ["Invented."]
summary = [{ file = "levels", heading = "Levels" }]

[[sections]]
file = "levels"
heading = "Levels"

[family]
description = "Every claim of this assessment, shown or not."
rule = { level = 0.05, fewest_events = 10 }
"#;

const CLAIMS: &str = r#"
[nuisance-change]
measure = "nuisance"
compare = { period = "2023/24", with = "2022/23" }

[landlord-change]
measure = "landlord"
compare = { period = "2023/24", with = "2022/23" }

[noise-now]
measure = "noise"
value = { period = "2023/24" }
"#;

const CHARTS: &str = r#"
[nuisance]
title = "Nuisance by month"
measure = "nuisance"
kind = "series"
period = "2022-04..2024-03"

[landlord]
title = "The landlord's cases by month"
measure = "landlord"
kind = "series"
period = "2022-04..2024-03"
"#;

const PROSE: &str = "Nuisance {{nuisance-change}}. The council asks residents to report it.\n\n\
    The landlord's cases: {{landlord-change.later}} in the later year. The year held {{noise-now}} reports of noise.\n\n\
    ![](chart:nuisance)\n\n![](chart:landlord)\n\n![](table:loads)\n";

fn measure(id: &str, source: &str, more: &str) -> String {
    format!(
        "id = \"{id}\"\ntitle = \"{id} (invented)\"\ndefinition = \"All of it (invented).\"\nversion = 1\n\
         unit = \"reports\"\ndirection = \"lower-is-better\"\nnumerator = {{ source = \"{source}\"{more} }}\n"
    )
}

/// The published town, its bundle and its key.
pub(crate) struct Town {
    here: tempfile::TempDir,
    /// The publisher's public key.
    pub(crate) key: String,
}

impl Town {
    /// The town with its signed bundle; `None`, after saying so, where pages cannot be made.
    pub(crate) fn published() -> Option<Self> {
        if std::env::var_os("WARDMOTE_ASSETS").is_none() {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "WARDMOTE_ASSETS is not set");
            eprintln!(
                "skipped: pages need the templates; run `cargo xtask assets` and set WARDMOTE_ASSETS"
            );
            return None;
        }
        let here = tempfile::tempdir().unwrap();
        declare(here.path());
        let town = here.path();
        wardmote(town, &["source", "key", "landlord"]).ended(0);
        wardmote(town, &["ingest"]).ended(0);
        // No statutory contents are declared, so it is a draft.
        wardmote(town, &["assess", "--published", "2025-03-18"]).ended(1);
        let made = wardmote(town, &["bundle", "key", "new", "--no-password"]).ended(0);
        wardmote(town, &["bundle", "--sign", "keys/publisher.key"]).ended(0);
        Some(Self { here, key: made.out.trim().to_owned() })
    }

    pub(crate) fn folder(&self) -> &Path {
        self.here.path()
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder().join("data")
    }

    pub(crate) fn bundle(&self) -> PathBuf {
        self.folder().join("2025-03-18.wardmote.zip")
    }
}

pub(crate) fn declare(town: &Path) {
    let write = |name: &str, text: &str| {
        let path = town.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write(
        "partnership.toml",
        "name = \"Anytown (invented)\"\nareas = [\"E06000032\"]\narea_vintage = \"lsoa-2021\"\n\
         district_level = \"district-2024\"\npolice_force = \"f\"\ndata = \"data\"\nsynthetic = true\n",
    );
    write("data/lookup.csv", "lsoa,lad,name\nE01015700,E06000032,Anytown\n");
    write(
        "sources/lookup.toml",
        "reader = \"area-lookup\"\npublisher = \"An invented office\"\nlicence = \"l\"\ndisclosure = \"open\"\n\
         files = [\"lookup.csv\"]\nfrom = { level = \"lsoa-2021\", code = \"lsoa\" }\n\
         to = [{ level = \"district-2024\", code = \"lad\", name = \"name\", fit = \"exact\" }]\n",
    );
    write("sources/nuisance.toml", NUISANCE);
    write("sources/landlord.toml", LANDLORD);
    write("measures/nuisance.toml", &measure("nuisance", "nuisance", ""));
    write("measures/noise.toml", &measure("noise", "nuisance", ", categories = [\"noise\"]"));
    write("measures/landlord.toml", &measure("landlord", "landlord", ""));
    write("assessment/assessment.toml", ASSESSMENT);
    write("assessment/claims.toml", CLAIMS);
    write("assessment/charts.toml", CHARTS);
    write("assessment/levels.md", PROSE);
    for (year, per_month) in [("2022-23", 90), ("2023-24", 60)] {
        let (mut nuisance, mut cases) =
            ("Reported,Type\n".to_owned(), "Reported,Type,Household ref\n".to_owned());
        for index in 0..12_usize {
            let (month, of_year) = ((index + 3) % 12 + 1, if index < 9 { &year[..4] } else { "" });
            let year =
                if of_year.is_empty() { format!("20{}", &year[5..]) } else { of_year.to_owned() };
            for n in 0..per_month + index % 5 {
                let kind = if n % 3 == 0 { "Litter" } else { "Noise" };
                writeln!(nuisance, "{year}-{month:02}-{:02},{kind}", n % 28 + 1).unwrap();
            }
            for n in 0..20 + index % 3 {
                writeln!(cases, "{year}-{month:02}-{:02},Noise,HH-SECRET-{n}", n + 1).unwrap();
            }
        }
        write(&format!("data/nuisance/nuisance-{year}.csv"), &nuisance);
        write(&format!("data/cases-{year}.csv"), &cases);
    }
}

#[test]
fn a_stranger_checks_what_can_be_checked() {
    let Some(town) = Town::published() else { return };
    let stranger = Stranger::with(&std::fs::read(town.bundle()).unwrap());
    let official = town.folder().join("official");
    std::fs::create_dir(&official).unwrap();
    // Another layout than the publisher's, and files that have nothing to do with it.
    for (from, to) in [
        ("lookup.csv", "lookup of areas.csv"),
        ("nuisance/nuisance-2022-23.csv", "a.csv"),
        ("nuisance/nuisance-2023-24.csv", "b.csv"),
    ] {
        std::fs::copy(town.data().join(from), official.join(to)).unwrap();
    }
    std::fs::write(official.join("nuisance-2024-25.csv"), "Reported,Type\n").unwrap();

    let arguments = ["--sources", text(&official), "--key", &town.key];
    let found = stranger.verifies(&arguments).ended(0);
    says(
        &found,
        &[
            "the key that you named",
            "the source landlord is read with a key of pseudonyms",
            "not compared      the chart landlord",
            "3 official files: 3 same, 0 changed, 0 not here",
            "4 same, 0 different, 3 not checkable",
        ],
    );
    assert!(!found.out.contains("differs"), "{}", found.out);

    let arguments = ["--sources", text(&official), "--format", "json"];
    let json: serde_json::Value =
        serde_json::from_str(&stranger.verifies(&arguments).ended(0).out).unwrap();
    assert_eq!(json["summary"]["same"], 4);
    assert_eq!(json["summary"]["not_checkable"], 3);
    assert_eq!(json["signature"]["state"], "by-unnamed-key");
    assert_eq!(json["signature"]["key"], town.key.as_str());
}

#[test]
fn without_the_files_it_says_what_is_needed_and_where_it_is() {
    let Some(town) = Town::published() else { return };
    let stranger = Stranger::with(&std::fs::read(town.bundle()).unwrap());
    let found = stranger.verifies(&[]).ended(0);
    says(
        &found,
        &[
            "which you did not name",
            "nuisance/nuisance-2022-23.csv (published by An invented council)",
            "--sources DIR names their folder",
            "0 same, 0 different, 7 not checkable",
        ],
    );

    // One year's file is not there: what rests on the other can be checked.
    let part = copied(&town.data(), town.folder().join("part"));
    std::fs::remove_file(part.join("nuisance/nuisance-2022-23.csv")).unwrap();
    let found = stranger.verifies(&["--sources", text(&part)]).ended(0);
    says(
        &found,
        &[
            "not here: nuisance/nuisance-2022-23.csv",
            "same              noise v1 | E06000032 | 2023/24 | count",
        ],
    );
    // Without areas nothing can be placed.
    std::fs::remove_file(part.join("lookup.csv")).unwrap();
    let found = stranger.verifies(&["--sources", text(&part)]).ended(0);
    says(&found, &["0 same, 0 different, 7 not checkable", "lookup.csv"]);
}

#[test]
fn a_bundle_is_the_same_bytes_and_only_of_what_was_published() {
    let Some(town) = Town::published() else { return };
    let write = |out: &str| wardmote(town.folder(), &["bundle", "--out", out]);
    write("one.zip").ended(0);
    write("two.zip").ended(0);
    let bytes = |name: &str| std::fs::read(town.folder().join(name)).unwrap();
    assert!(bytes("one.zip") == bytes("two.zip"), "two runs differ");

    let page = town.folder().join("published/index.html");
    let published = std::fs::read_to_string(&page).unwrap();
    std::fs::write(&page, published.replace("asks residents", "begs residents")).unwrap();
    let refused = write("three.zip").ended(2);
    assert!(refused.err.contains("index.html is not what the declarations"), "{}", refused.err);
    std::fs::write(&page, &published).unwrap();
    std::fs::write(town.folder().join("published/notes.txt"), "mine").unwrap();
    let left = write("three.zip").ended(0);
    assert!(left.err.contains("left out: notes.txt"), "{}", left.err);
    assert!(bytes("one.zip") == bytes("three.zip"));
}

#[test]
fn addresses_are_those_that_files_were_fetched_from() {
    let Some(town) = Town::published() else { return };
    let fetched = |sha256: &str| {
        serde_json::json!({
            "source": "x", "publisher": "p", "licence": "l", "attribution": "a",
            "url": "https://example.org/nuisance.csv", "fetched_at": "2025-01-02T03:04:05Z",
            "bytes": 1, "sha256": sha256,
        })
    };
    let file = std::fs::read(town.data().join("nuisance/nuisance-2022-23.csv")).unwrap();
    let ledger = serde_json::json!({ "files": {
        "nuisance-2022-23.csv": fetched(&wardmote_bundle::sha256(&file)),
        // Another version than the one that was loaded.
        "nuisance-2023-24.csv": fetched(&wardmote_bundle::sha256(b"other")),
    } });
    std::fs::write(town.data().join("nuisance/fetched.json"), ledger.to_string()).unwrap();
    // And a key with a password signs, with it and not without.
    std::fs::write(town.folder().join("password"), "correct\n").unwrap();
    std::fs::write(town.folder().join("wrong"), "wrong\n").unwrap();
    let new = ["bundle", "key", "new", "--out", "locked.key", "--password-file", "password"];
    wardmote(town.folder(), &new).ended(0);
    let sign = ["bundle", "--sign", "locked.key", "--password-file"];
    let refused = wardmote(town.folder(), &[&sign[..], &["wrong"]].concat()).ended(2);
    assert!(refused.err.contains("Wrong password"), "{}", refused.err);
    wardmote(town.folder(), &[&sign[..], &["password"]].concat()).ended(0);

    let stranger = Stranger::with(&std::fs::read(town.bundle()).unwrap());
    let public = town.folder().join("locked.pub");
    let found = stranger.verifies(&["--key", text(&public)]).ended(0);
    says(
        &found,
        &[
            "the key that you named",
            "nuisance/nuisance-2022-23.csv (https://example.org/nuisance.csv)",
            "nuisance/nuisance-2023-24.csv (published by An invented council)",
        ],
    );
}
