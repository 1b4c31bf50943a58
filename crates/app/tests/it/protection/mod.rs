//! Disclosure control from files to pages: two successive publications of the Stockport twin (whose
//! rows are SYNTHETIC), and an attacker who has both.

mod attacker;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::Value;

use self::attacker::{Attacker, Row};
use crate::running::wardmote;
use crate::samples::sample;

const AGREEMENT: &str = "invented-agreement-2024";
const SHARED: [&str; 5] =
    ["assault-attendances", "bike-enabled-crime", "hate-crime", "landlord-asb", "marac"];

/// One chart of the two publications: its name, measure, kind and period.
type Chart = (&'static str, &'static str, &'static str, &'static str);

/// Windows that overlap one another, and those of the publication after.
const FIRST: [Chart; 7] = [
    ("assaults-by-month", "assault-attendances", "series", "2023-04..2024-11"),
    ("assaults-by-area", "assault-attendances", "areas", "2023/24"),
    ("sharp-by-month", "assaults-with-sharp-weapon", "series", "2023/24"),
    ("sharp-by-area", "assaults-with-sharp-weapon", "areas", "2023/24"),
    ("bike-by-area", "bike-enabled-crime", "areas", "2023/24"),
    ("bike-by-area-and-april", "bike-enabled-crime", "areas", "2023-04..2024-04"),
    ("landlord-by-area", "landlord-asb", "areas", "2022/23"),
];
const SECOND: [Chart; 5] = [
    ("assaults-by-month", "assault-attendances", "series", "2023-04..2024-12"),
    ("assaults-by-area", "assault-attendances", "areas", "2023-05..2024-04"),
    ("bike-by-area", "bike-enabled-crime", "areas", "2023-05..2024-04"),
    ("landlord-by-area", "landlord-asb", "areas", "2022/23"),
    ("landlord-by-month", "landlord-asb", "series", "2022/23"),
];

/// What no chart shows, and subtraction would: one month in each area.
const BETWEEN: [Chart; 2] = [
    ("bikes in April 2024", "bike-enabled-crime", "areas", "2024-04..2024-04"),
    ("bikes in April 2023", "bike-enabled-crime", "areas", "2023-04..2023-04"),
];

/// Totals that the prose prints: claim, measure, period.
const TOTALS: [(&str, &str, &str); 4] = [
    ("assaults", "assault-attendances", "2023/24"),
    ("sharp", "assaults-with-sharp-weapon", "2023/24"),
    ("bikes", "bike-enabled-crime", "2023/24"),
    ("landlord", "landlord-asb", "2022/23"),
];

/// The twin with its partners' records alone, as far as November 2024.
fn partners_records(into: &Path) -> Option<PathBuf> {
    let twin = sample("stockport-twin", into)?;
    let boundaries = "data/reference/boundaries/lsoa_2011_ew.geojson";
    let feeds = ["twin", "feeds", "--boundaries", boundaries, "--out", "data/feeds"];
    wardmote(&twin, &[&feeds[..], &["--revised", "2022-10"]].concat()).ended(0);
    let ground = ["lsoa-msoa-district", "lsoa-outlines", "residents"];
    for entry in std::fs::read_dir(twin.join("sources")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap();
        if !ground.contains(&name) && !SHARED.contains(&name) {
            std::fs::remove_file(path).unwrap();
        }
    }
    for entry in std::fs::read_dir(twin.join("measures")).unwrap() {
        let path = entry.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        if !SHARED.iter().any(|source| text.contains(&format!("source = \"{source}\""))) {
            std::fs::remove_file(path).unwrap();
        }
    }
    // They name measures that are gone.
    std::fs::remove_file(twin.join("topics.toml")).unwrap();
    std::fs::create_dir(twin.join("later")).unwrap();
    for late in ["hospital", "bike-enabled-crime", "hate-crime", "landlord-asb"] {
        for entry in std::fs::read_dir(twin.join("data/feeds").join(late)).unwrap() {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            if name.contains("2024-12") {
                std::fs::rename(&path, twin.join("later").join(format!("{late}~{name}"))).unwrap();
            }
        }
    }
    Some(twin)
}

/// Writes an assessment of some charts and the totals.
fn declare(twin: &Path, charts: &[Chart]) {
    let folder = twin.join("assessment");
    std::fs::remove_dir_all(&folder).unwrap();
    std::fs::create_dir(&folder).unwrap();
    let write = |name: &str, text: String| std::fs::write(folder.join(name), text).unwrap();
    let mut text = String::new();
    for (id, measure, kind, period) in charts {
        let level = if *kind == "areas" { "level = \"msoa-2011\"\n" } else { "" };
        let _ = writeln!(
            text,
            "[{id}]\ntitle = \"SYNTHETIC: {id}\"\nmeasure = \"{measure}\"\nkind = \"{kind}\"\n\
             period = \"{period}\"\n{level}"
        );
    }
    write("charts.toml", text);
    let totals = TOTALS.map(|(claim, measure, period)| {
        format!("[{claim}]\nmeasure = \"{measure}\"\nvalue = {{ period = \"{period}\" }}\n")
    });
    write("claims.toml", totals.join("\n"));
    let prose = charts.iter().map(|(id, ..)| format!("![](chart:{id})\n"));
    let totals = TOTALS.iter().map(|(claim, ..)| format!("- {claim}: {{{{{claim}}}}}\n"));
    write("all.md", totals.chain(prose).collect::<Vec<_>>().join("\n"));
    let all = "[{ file = \"all\", heading = \"SYNTHETIC\" }]";
    write(
        "assessment.toml",
        format!(
            "title = \"SYNTHETIC\"\nsections = {all}\nsummary = {all}\n[family]\n\
             description = \"every claim\"\nrule = {{ level = 0.05, fewest_events = 10 }}\n"
        ),
    );
}

/// The number of each row of a published chart; `None` where it is withheld.
fn published_chart(twin: &Path, id: &str) -> Vec<(String, Option<u64>)> {
    let path = twin.join(format!("published/tables/chart-{id}.csv"));
    let rows = csv::Reader::from_path(path).unwrap().into_records().map(Result::unwrap);
    rows.map(|row| {
        let n = row[1].replace(',', "");
        let known = n.parse().ok();
        assert!(known.is_some() || n == "withheld", "{id}: {row:?}");
        (row[0].to_owned(), known)
    })
    .collect()
}

/// The true numbers, by area or by month, as one who works under the agreement sees them.
fn truth(twin: &Path, chart: &Chart) -> BTreeMap<String, u64> {
    let (_, measure, kind, period) = chart;
    let cut = if *kind == "areas" {
        ["--level", "msoa-2011", "--by", "whole"]
    } else {
        ["--level", "district-2011", "--by", "month"]
    };
    let rest = ["--period", period, "--agreement", AGREEMENT, "--format", "csv"];
    let words = [&["measure", measure][..], &cut, &rest].concat();
    let out = wardmote(twin, &words).ended(0).out;
    let rows = csv::Reader::from_reader(out.as_bytes()).into_records().map(Result::unwrap);
    let column = if *kind == "areas" { 1 } else { 2 };
    rows.map(|row| (row[column].to_owned(), row[3].parse().unwrap())).collect()
}

fn months(period: &str) -> Vec<String> {
    let period: wardmote_domain::period::Period = period.parse().unwrap();
    period.months().map(wardmote_domain::period::Month::in_words).collect()
}

/// The rows that a number counts. The landlord's may lie in no middle area, and were revised for one
/// month, which the attacker is taken to know.
fn rows(measure: &str, places: &[String], months: &[String], revised: bool) -> Vec<Row> {
    let parts: &[&str] = match measure {
        "assault-attendances" => &["sharp", "other"],
        "assaults-with-sharp-weapon" => &["sharp"],
        _ => &["all"],
    };
    let source =
        if measure.starts_with("assault") { "assaults".to_owned() } else { measure.to_owned() };
    let mut rows = Vec::new();
    for part in parts {
        for place in places {
            for month in months {
                let again = revised && measure == "landlord-asb" && month == "October 2022";
                let source = format!("{source} {part}{}", if again { " revised" } else { "" });
                rows.push((source, place.clone(), month.clone()));
            }
        }
    }
    rows
}

struct Publication {
    /// Chart, label, rows, true number, and whether it is shown.
    cells: Vec<(String, String, Vec<Row>, u64, bool)>,
    totals: Vec<(Vec<Row>, u64)>,
}

fn publication(twin: &Path, charts: &[Chart], revised: bool) -> Publication {
    let areas: Vec<String> = {
        let by_area = charts.iter().find(|(_, _, kind, _)| *kind == "areas").unwrap();
        truth(twin, by_area).into_keys().collect()
    };
    let district = |measure: &str| {
        let own = (measure == "landlord-asb").then(|| "no area".to_owned());
        areas.iter().cloned().chain(own).collect::<Vec<_>>()
    };
    let mut cells = Vec::new();
    for chart in charts {
        let (id, measure, kind, period) = chart;
        let truth: BTreeMap<String, u64> = truth(twin, chart)
            .into_iter()
            .map(|(label, n)| match label.parse::<wardmote_domain::period::Month>() {
                Ok(month) => (month.in_words(), n),
                Err(_) => (label, n),
            })
            .collect();
        let shown = published_chart(twin, id);
        assert_eq!(shown.len(), truth.len(), "{id}");
        for (label, number) in shown {
            let (places, months) = if *kind == "areas" {
                (vec![label.clone()], months(period))
            } else {
                (district(measure), vec![label.clone()])
            };
            let n = truth[&label];
            assert!(number.is_none_or(|number| number == n), "{id} {label}");
            let rows = rows(measure, &places, &months, revised);
            cells.push(((*id).to_owned(), label, rows, n, number.is_some()));
        }
    }
    let evidence = std::fs::read_to_string(twin.join("published/evidence.json")).unwrap();
    let evidence: Value = serde_json::from_str(&evidence).unwrap();
    let mut totals = Vec::new();
    for (claim, measure, period) in TOTALS {
        let text = evidence["answers"][claim]["fields"]["number"]["text"].as_str();
        if let Some(n) = text.and_then(|text| text.replace(',', "").parse().ok()) {
            totals.push((rows(measure, &district(measure), &months(period), revised), n));
        }
    }
    // Nothing else of the partners' records is given away: no file, no hash, no number of rows.
    let loads = evidence["loads"].as_object().unwrap();
    assert!(loads.values().all(|load| !SHARED.contains(&load["source"].as_str().unwrap())));
    let page = std::fs::read_to_string(twin.join("published/full.html")).unwrap();
    assert!(!page.contains("assault-attendances-2023") && !page.contains("bike-enabled-2023"));
    Publication { cells, totals }
}

/// Small numbers that stand in no chart, with the bounds of an attacker.
fn between(twin: &Path, attacker: &mut Attacker) -> Vec<(String, u64, (f64, f64))> {
    let mut found = Vec::new();
    for chart in &BETWEEN {
        let (id, measure, _, period) = chart;
        for (area, n) in truth(twin, chart).into_iter().filter(|(_, n)| (1..=4).contains(n)) {
            let rows = rows(measure, std::slice::from_ref(&area), &months(period), true);
            found.push((format!("{id} {area}"), n, attacker.bounds(rows, [])));
        }
    }
    found
}

impl Publication {
    fn told_to(&self, attacker: &mut Attacker, shows: impl Fn(u64, bool) -> bool) {
        for (_, _, rows, n, shown) in &self.cells {
            if shows(*n, *shown) {
                attacker.learns(rows.clone(), *n);
            }
        }
        for (rows, n) in &self.totals {
            attacker.learns(rows.clone(), *n);
        }
    }

    /// Withheld cells that hold a small number, by chart and label, with the bounds of an attacker.
    fn attacked(&self, attacker: &mut Attacker) -> Vec<(String, u64, (f64, f64))> {
        let small = self.cells.iter().filter(|(_, _, _, n, _)| (1..=4).contains(n));
        small
            .map(|(id, label, rows, n, shown)| {
                assert!(!shown, "{id} {label} shows {n}");
                (format!("{id} {label}"), *n, attacker.bounds(rows.clone(), []))
            })
            .collect()
    }
}

const EPSILON: f64 = 1e-6;

#[test]
fn two_publications_together_give_nothing_away() {
    let here = tempfile::tempdir().unwrap();
    let Some(twin) = partners_records(here.path()) else { return };
    declare(&twin, &FIRST);
    wardmote(&twin, &["ingest"]).ended(0);
    // A figure of a shared source is printed to nobody who does not name the agreement.
    let refused = wardmote(&twin, &["measure", "bike-enabled-crime"]).ended(2).err;
    assert!(refused.contains("--agreement invented-agreement-2024"), "{refused}");
    let first = wardmote(&twin, &["assess", "--published", "2025-01-31", "--draft"]).ended(1);
    assert!(first.err.contains("disclosure control: of "), "{}", first.err);
    let before = publication(&twin, &FIRST, false);
    let landlord_before = truth(&twin, &FIRST[6]);

    // A month comes late, and another is revised.
    for entry in std::fs::read_dir(twin.join("later")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_str().unwrap().replace('~', "/");
        std::fs::rename(&path, twin.join("data/feeds").join(name)).unwrap();
    }
    std::fs::copy(
        twin.join("data/feeds/revisions/landlord-asb-2022-10.csv"),
        twin.join("data/feeds/landlord-asb/landlord-asb-2022-10.csv"),
    )
    .unwrap();
    wardmote(&twin, &["ingest"]).ended(0);
    declare(&twin, &SECOND);
    wardmote(&twin, &["assess", "--published", "2025-03-18", "--draft"]).ended(1);
    let after = publication(&twin, &SECOND, true);

    // All that both publications show, and nothing more.
    let mut attacker = Attacker::default();
    before.told_to(&mut attacker, |_, shown| shown);
    after.told_to(&mut attacker, |_, shown| shown);
    let mut cells = before.attacked(&mut attacker);
    cells.extend(after.attacked(&mut attacker));
    cells.extend(between(&twin, &mut attacker));
    assert!(cells.len() > 40, "{}", cells.len());
    for (cell, n, (fewest, most)) in &cells {
        assert!(
            *fewest <= 1.0 + EPSILON && *most >= 5.0 - EPSILON,
            "{cell} is {n}: {fewest}..{most}"
        );
    }

    // Nor how many of an area's rows the revision moved.
    let landlord_after = truth(&twin, &SECOND[3]);
    let mut moved = 0;
    for (area, n) in &landlord_after {
        let by = n.abs_diff(landlord_before[area]);
        if !(1..=4).contains(&by) {
            continue;
        }
        moved += 1;
        let of =
            |revised| rows("landlord-asb", std::slice::from_ref(area), &months("2022/23"), revised);
        let (fewest, most) = attacker.bounds(of(true), of(false));
        assert!(most - fewest >= 4.0 - EPSILON, "{area} moved by {by}: {fewest}..{most}");
    }
    assert!(moved > 0, "the revision moves some area by a few");

    // The same attacker finds numbers where only the small ones are withheld.
    let mut attacker = Attacker::default();
    let naive = |n: u64, _| !(1..=4).contains(&n);
    before.told_to(&mut attacker, naive);
    after.told_to(&mut attacker, naive);
    let mut cells = before.attacked(&mut attacker);
    cells.extend(after.attacked(&mut attacker));
    cells.extend(between(&twin, &mut attacker));
    let found = cells.iter().filter(|(_, _, (fewest, most))| most - fewest < 1.0).count();
    assert!(found > 20, "{found}: the attack is worth its name");
}
