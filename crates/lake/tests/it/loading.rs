//! What a run makes of its sources: places found in outlines, files that cannot be read, text that
//! may not be kept.

use std::path::Path;

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Categories;
use wardmote_lake::{CountQuery, IngestError, IngestRequest, Lake};

use crate::support::{STREET, Silent, code, load, month, partnership, sources, write_street_file};

const INSIDE: &str = "E01015700";

const GEOGRAPHY: [(&str, &str); 2] = [
    (
        "lookup",
        r#"
        reader = "area-lookup"
        publisher = "ONS"
        files = ["lookup.csv"]
        from = { level = "lsoa-2021", code = "lsoa" }
        to = [{ level = "district-2024", code = "district", fit = "exact" }]
        "#,
    ),
    (
        "outlines",
        r#"
        reader = "boundaries"
        publisher = "ONS"
        files = ["outlines.geojson"]
        level = "lsoa-2021"
        code = "code"
        name = "name"
        "#,
    ),
];

/// Two invented small areas side by side, the first in the partnership.
fn write_geography(data: &Path) {
    std::fs::create_dir_all(data).unwrap();
    let lookup = format!("lsoa,district\n{INSIDE},E06000032\nE01099999,E06000099\n");
    std::fs::write(data.join("lookup.csv"), lookup).unwrap();
    let feature = |code: &str, west: f64| {
        let east = west + 0.05;
        format!(
            r#"{{"type":"Feature","properties":{{"code":"{code}","name":"A"}},"geometry":{{"type":"Polygon",
            "coordinates":[[[{west},51.85],[{east},51.85],[{east},51.9],[{west},51.9],[{west},51.85]]]}}}}"#
        )
    };
    let features = [feature(INSIDE, -0.45), feature("E01099999", -0.4)].join(",");
    let text = format!(r#"{{"type":"FeatureCollection","features":[{features}]}}"#);
    std::fs::write(data.join("outlines.geojson"), text).unwrap();
}

async fn count(lake: &Path, level: &str, area: &str) -> u64 {
    let query = CountQuery {
        source: "street".into(),
        categories: Categories::default(),
        level: level.parse().unwrap(),
        areas: Some(vec![code(area)]),
        first: month("2024-01"),
        last: month("2024-12"),
    };
    let lake = Lake::open(lake).await.unwrap();
    let counted: u64 = lake.counts(&query).unwrap().iter().map(|row| row.n).sum();
    let references = lake.row_references(&query, 1_000).unwrap();
    assert_eq!(references.len() as u64, counted, "a count and its rows differ");
    counted
}

#[tokio::test]
async fn a_place_without_a_code_is_found_in_the_outlines() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_geography(&data);
    // All rows lie at -0.42, 51.88, but the file's own code wins where there is one.
    let rows = [("", "Burglary", 2), ("E01099999", "Burglary", 5), (INSIDE, "Drugs", 1)];
    write_street_file(&data, "2024-01", &rows);
    let declared = sources(&[GEOGRAPHY[0], GEOGRAPHY[1], ("street", STREET)]);
    let report = load(&lake, &data, &declared).await.unwrap();
    assert_eq!(count(&lake, "lsoa-2021", INSIDE).await, 3);
    assert_eq!(count(&lake, "district-2024", "E06000032").await, 3);
    assert_eq!(count(&lake, "district-2024", "E06000099").await, 5);
    let passed_over = report.notes.iter().find(|(file, _)| file == "outlines.geojson").unwrap();
    assert!(passed_over.1.starts_with("1 outlines outside the partnership"), "{passed_over:?}");
    let lake = Lake::open(&lake).await.unwrap();
    assert_eq!(lake.boundaries(AreaLevel::LSOA_2021, &[code(INSIDE)]).unwrap().len(), 1);
}

#[tokio::test]
async fn a_file_that_cannot_be_read_is_named_and_the_others_are_loaded() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_street_file(&data, "2024-01", &[(INSIDE, "Burglary", 3)]);
    std::fs::write(data.join("2024-02-bedfordshire-street.csv"), "Month;Crime type\n").unwrap();
    let report = load(&lake, &data, &sources(&[("street", STREET)])).await.unwrap();
    assert_eq!((report.loaded.len(), report.failures.len()), (1, 1));
    let (file, reason) = &report.failures[0];
    assert!(
        file.ends_with("2024-02-bedfordshire-street.csv") && reason.contains("line 1"),
        "{reason}"
    );
    assert_eq!(count(&lake, "lsoa-2021", INSIDE).await, 3);
}

#[tokio::test]
async fn a_controlled_source_keeps_no_text_of_refused_rows() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_street_file(&data, "2024-01", &[(INSIDE, "Jane Example", 2), (INSIDE, "Drugs", 1)]);
    let mut declared = sources(&[("street", STREET)]);
    load(&folder.path().join("open"), &data, &declared).await.unwrap();
    declared[0].disclosure = wardmote_domain::provenance::Disclosure::Controlled;
    load(&lake, &data, &declared).await.unwrap();
    for (lake, text) in [(folder.path().join("open"), Some("Jane Example")), (lake, None)] {
        let refusals = Lake::open(&lake).await.unwrap().refusals().unwrap();
        assert_eq!(refusals.iter().map(|refusal| refusal.count).sum::<u64>(), 2);
        assert_eq!(refusals[0].first_line, 2);
        assert_eq!(refusals[0].text.as_deref(), text);
        assert!(!refusals[0].reason.contains("Jane"));
    }
}

#[tokio::test]
async fn files_given_by_hand_need_no_geography_beside_them() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    let file = write_street_file(&data, "2024-01", &[(INSIDE, "Burglary", 3)]);
    let declared = sources(&[GEOGRAPHY[0], ("street", STREET)]);
    let error = load(&lake, &data, &declared).await.unwrap_err();
    assert!(matches!(error, IngestError::NothingThere { .. }), "{error}");
    let request = IngestRequest {
        partnership: &partnership(),
        sources: &declared,
        data_folder: &data,
        only: &[file],
        latest: month("2024-10"),
        threads: 1,
    };
    let report = wardmote_lake::ingest(&lake, &request, &Silent).await.unwrap();
    assert_eq!(report.loaded.len(), 1);
    assert!(
        report.notes[0].1.contains("not loaded: source \"lookup\": nothing at"),
        "{:?}",
        report.notes
    );
    assert_eq!(count(&lake, "lsoa-2021", INSIDE).await, 3);
}

/// Two sources bring files of one month, so that its groups lie in two files.
#[tokio::test]
async fn files_of_the_same_month_are_counted_together() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    let of_folder = |folder: &str| STREET.replace("**", &format!("{folder}/*"));
    let rows = [(INSIDE, "Burglary", 3), ("", "Drugs", 2)];
    for (source, month) in [("first", "2024-01"), ("second", "2024-01"), ("second", "2024-02")] {
        write_street_file(&data.join(source), month, &rows);
    }
    let (first, second) = (of_folder("first"), of_folder("second"));
    let report =
        load(&lake, &data, &sources(&[("first", &first), ("second", &second)])).await.unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let lake = Lake::open(&lake).await.unwrap();
    assert_eq!(lake.group_all().unwrap(), (4, 15), "two months of two groups");
    let query = CountQuery {
        source: "second".into(),
        categories: Categories::default(),
        level: AreaLevel::LSOA_2021,
        areas: None,
        first: month("2024-01"),
        last: month("2024-01"),
    };
    let counts: Vec<_> =
        lake.counts(&query).unwrap().iter().map(|row| (row.area.clone(), row.n)).collect();
    assert_eq!(counts, [(None, 2), (Some(code(INSIDE)), 3)]);
    let inside = CountQuery { areas: Some(vec![code(INSIDE)]), last: month("2024-02"), ..query };
    assert_eq!(lake.row_references(&inside, 100).unwrap().len(), 6);
    assert_eq!(lake.row_references(&inside, 4).unwrap().len(), 4);
    let drugs = CountQuery {
        categories: Categories { only: vec!["drugs".parse().unwrap()], except: Vec::new() },
        ..inside
    };
    assert_eq!(lake.counts(&drugs).unwrap(), []);
}
