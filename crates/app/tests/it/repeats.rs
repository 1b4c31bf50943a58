//! Repeats: a reference becomes a keyed pseudonym at the edge, and only what repeats is counted. All
//! of it is invented.

use std::fmt::Write as _;
use std::path::Path;

use crate::running::wardmote;

fn write(folder: &Path, name: &str, text: &str) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

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
from = "2023-01"
to = "2024-03"
every = "month"
bodies = ["Landlord"]
"#;

const MEASURE: &str = r#"
id = "repeats"
title = "Repeat cases"
definition = "Cases of a household that had another in the twelve months before (invented)."
version = 2
unit = "repeat cases"
direction = "lower-is-better"
numerator = { source = "landlord", repeats_within_months = 12 }
share_of = { source = "landlord" }
"#;

const CASES: &str = r#"
id = "cases"
title = "Cases"
definition = "Cases of all households (invented)."
version = 1
unit = "cases"
direction = "lower-is-better"
numerator = { source = "landlord" }
"#;

#[test]
fn repeats_are_counted_and_references_are_not_kept() {
    let here = tempfile::tempdir().unwrap();
    let town = here.path();
    write(
        town,
        "partnership.toml",
        "name = \"T\"\nareas = [\"E06000032\"]\narea_vintage = \"lsoa-2021\"\n\
         district_level = \"district-2024\"\npolice_force = \"f\"\ndata = \"data\"\n",
    );
    write(town, "data/lookup.csv", "lsoa,lad,name\nE01015700,E06000032,Luton\n");
    write(
        town,
        "sources/lookup.toml",
        "reader = \"area-lookup\"\npublisher = \"p\"\nlicence = \"l\"\ndisclosure = \"open\"\n\
         files = [\"lookup.csv\"]\nfrom = { level = \"lsoa-2021\", code = \"lsoa\" }\n\
         to = [{ level = \"district-2024\", code = \"lad\", name = \"name\", fit = \"exact\" }]\n",
    );
    write(town, "sources/landlord.toml", LANDLORD);
    write(town, "measures/repeats.toml", MEASURE);
    write(town, "measures/cases.toml", CASES);
    let mut year = String::from("Reported,Type,Household ref\n");
    for month in 1..=12 {
        // One household each month anew, and one that comes back every fourth month.
        writeln!(year, "2023-{month:02}-05,Noise,HH-{month:03}").unwrap();
        if month % 4 == 0 {
            writeln!(year, "2023-{month:02}-20,Noise,HH-SECRET").unwrap();
        }
    }
    write(town, "data/cases-2023.csv", &year);
    let spring = "Reported,Type,Household ref\n2024-01-09,Noise,HH-001\n2024-02-20,Noise,HH-SECRET\n\
        2024-03-07,Noise,HH-099\n";
    write(town, "data/cases-2024.csv", spring);

    let without = wardmote(town, &["ingest"]);
    assert_ne!(without.code, Some(0), "a load without its key is refused: {}", without.out);
    wardmote(town, &["source", "key", "landlord"]).ended(0);
    wardmote(town, &["ingest"]).ended(0);
    let out = wardmote(town, &["measure", "repeats", "--by", "month", "--format", "csv"]).ended(0);
    let rows: Vec<String> = out.out.lines().map(str::to_owned).collect();
    let of = |month: &str| {
        let row = rows.iter().find(|row| row.contains(month)).unwrap();
        row.split(',').nth(3).unwrap().to_owned()
    };
    // HH-001 was there a year and four days before; HH-SECRET in December.
    assert_eq!((of("2024-01"), of("2024-02"), of("2024-03")), ("0".into(), "1".into(), "0".into()));
    // Of 2023 nobody can say what came in the year before.
    assert_eq!(of("2023-08"), "", "{}", out.out);
    let share = ["measure", "repeats", "--as", "share", "--period", "2024-02", "--by", "month"];
    assert!(wardmote(town, &share).ended(0).out.contains("100.0"));
    let asked =
        ["analyse", "repeat", "--measure", "cases", "--at-risk", "5000", "--format", "json"];
    let found: serde_json::Value =
        serde_json::from_str(&wardmote(town, &asked).ended(0).out).unwrap();
    // Of 18 cases HH-SECRET has four and HH-001 two.
    assert_eq!(
        (&found["n"], &found["results"]["repeat_events"]),
        (&18.into(), &4.into()),
        "{found}"
    );
    assert_eq!(found["results"]["places_hit_repeatedly"], 2);
    assert!(!found.to_string().contains("HH-"), "{found}");
    let mut files = vec![town.join("lake")];
    while let Some(path) = files.pop() {
        if path.is_dir() {
            files.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else {
            let bytes = std::fs::read(&path).unwrap();
            let holds = bytes.windows(9).any(|nine| nine == b"HH-SECRET");
            assert!(!holds, "{} holds a reference", path.display());
        }
    }
}
