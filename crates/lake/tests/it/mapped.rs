//! Partners' own tables, read by a declared mapping. Every table here is invented.

use std::io::Write as _;
use std::path::Path;

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Categories;
use wardmote_lake::{CountQuery, IngestReport, Lake};

use crate::support::{load, month, real_data, sources};

const LANDLORD: &str = r#"
    reader = "mapped"
    publisher = "An invented landlord"
    time_precision = "day"
    place_precision = "area"
    vintage = "lsoa-2021"
    files = ["landlord/*"]
    heading_row = 2
    [columns]
    date = { heading = "Reported", formats = ["%d/%m/%Y"] }
    category = "Type"
    lsoa = "LSOA"
    outcome = "Result"
    [categories]
    "Noise nuisance" = "noise"
    "Noise" = "noise"
    "Youths" = "youths"
    [outcomes]
    "Closed - no action" = "No action"
"#;

/// A table with everything that a hurried export has: a title above, blank rows, two forms of dates,
/// an undeclared column, a word that no mapping knows, and a free text that must not be kept.
const TABLE: &str = "Monthly return (invented)\n\
    Reported,Type,LSOA,Result,Notes\n\
    01/05/2024,Noise nuisance,E01015700,Closed - no action,lives at number 5\n\
    2024-05-31,noise,E01015700,,\n\
    ,,,,\n\
    02/06/2024,Youths,,,\n\
    31/31/2024,Youths,E01015700,,\n\
    03/06/2024,Dispute,E01015700,,\n\
    03/06/2024,Youths,Stockport,,\n\
    04/06/2024,Youths,E01015700,told to a relative,\n";

async fn loaded(folder: &Path, name: &str, bytes: &[u8], declared: &str) -> IngestReport {
    let data = folder.join("data");
    std::fs::create_dir_all(data.join("landlord")).unwrap();
    std::fs::write(data.join("landlord").join(name), bytes).unwrap();
    load(&folder.join("lake"), &data, &sources(&[("landlord", declared)])).await.unwrap()
}

#[tokio::test]
async fn a_partners_table_is_counted_by_its_mapping() {
    let folder = tempfile::tempdir().unwrap();
    let report = loaded(folder.path(), "may.csv", TABLE.as_bytes(), LANDLORD).await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let load = &report.loaded[0];
    assert_eq!((load.rows_read, load.rows_kept, load.rows_refused), (7, 3, 4));
    assert_eq!(load.without_place, 1);
    assert!(report.notes.iter().any(|(_, note)| note == "the column \"Notes\" is not stored"));

    let lake = Lake::open(&folder.path().join("lake")).await.unwrap();
    let query = CountQuery {
        source: "landlord".into(),
        categories: Categories { only: vec!["noise".parse().unwrap()], except: Vec::new() },
        level: AreaLevel::LSOA_2021,
        areas: None,
        first: month("2024-05"),
        last: month("2024-06"),
    };
    let counts = lake.counts(&query).unwrap();
    assert_eq!(counts.len(), 1, "both words for noise, in one month and area: {counts:?}");
    assert_eq!(counts[0].n, 2);
    let refusals = lake.refusals().unwrap();
    let found: Vec<_> = refusals
        .iter()
        .map(|refusal| (refusal.first_line, refusal.field.as_str(), refusal.reason.as_str()))
        .collect();
    assert_eq!(
        found,
        [
            (7, "Reported", "a date in none of the declared formats"),
            (8, "Type", "not one of the words that the source's declaration lists"),
            (9, "LSOA", "not an area code such as E01005758"),
            (10, "Result", "not one of the words that the source's declaration lists"),
        ]
    );
}

#[tokio::test]
async fn people_stay_out() {
    for (header, cell) in [
        ("Victim name", "A. Nobody"),
        ("Date of birth", "01/01/1990"),
        ("Contact", "nobody@example.org"),
        // The example number of the NHS's own documentation.
        ("Reference", "943 476 5919"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let table = format!(
            "x\nReported,Type,LSOA,Result,{header}\n01/05/2024,Noise,E01015700,,\n02/05/2024,Noise,E01015700,,{cell}\n"
        );
        let report = loaded(folder.path(), "may.csv", table.as_bytes(), LANDLORD).await;
        assert!(report.loaded.is_empty(), "{header}");
        let (file, why) = &report.failures[0];
        assert!(file.ends_with("may.csv") && why.contains(header), "{why}");
        assert!(!why.contains(cell), "the cell itself is never shown: {why}");
    }
}

#[tokio::test]
async fn a_controlled_source_keeps_no_text_of_what_it_refuses() {
    let controlled =
        format!("disclosure = \"controlled\"\nagreement = \"isa-invented\"\n{LANDLORD}");
    let folder = tempfile::tempdir().unwrap();
    loaded(folder.path(), "may.csv", TABLE.as_bytes(), &controlled).await;
    let lake = Lake::open(&folder.path().join("lake")).await.unwrap();
    assert_eq!(lake.refusals().unwrap().len(), 4);
    assert!(lake.refusals().unwrap().iter().all(|refusal| refusal.text.is_none()));
    // Nor does any file of the lake hold the undeclared column or the refused outcome.
    for smuggled in ["number 5", "a relative"] {
        assert!(!holds(&folder.path().join("lake"), smuggled.as_bytes()), "{smuggled}");
    }
}

fn holds(folder: &Path, wanted: &[u8]) -> bool {
    std::fs::read_dir(folder).unwrap().any(|entry| {
        let path = entry.unwrap().path();
        if path.is_dir() {
            return holds(&path, wanted);
        }
        let bytes = std::fs::read(path).unwrap();
        bytes.windows(wanted.len()).any(|window| window == wanted)
    })
}

/// The smallest workbook that a spreadsheet program would open, with one date as Excel keeps it.
fn workbook() -> Vec<u8> {
    let parts = [
        (
            "[Content_Types].xml",
            r#"<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/></Types>"#,
        ),
        (
            "_rels/.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>"#,
        ),
        (
            "xl/workbook.xml",
            r#"<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="Cases" sheetId="1" r:id="r1"/></sheets></workbook>"#,
        ),
        (
            "xl/_rels/workbook.xml.rels",
            r#"<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/styles" Target="styles.xml"/></Relationships>"#,
        ),
        (
            "xl/styles.xml",
            r#"<?xml version="1.0"?><styleSheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs></styleSheet>"#,
        ),
        (
            "xl/worksheets/sheet1.xml",
            r#"<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="2"><c r="A2" t="inlineStr"><is><t>Reported</t></is></c><c r="B2" t="inlineStr"><is><t>Type</t></is></c><c r="C2" t="inlineStr"><is><t>LSOA</t></is></c><c r="D2" t="inlineStr"><is><t>Result</t></is></c></row><row r="3"><c r="A3" s="1"><v>45413</v></c><c r="B3" t="inlineStr"><is><t>Noise</t></is></c><c r="C3" t="inlineStr"><is><t>E01015700</t></is></c></row></sheetData></worksheet>"#,
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[tokio::test]
async fn a_workbooks_dates_are_dates() {
    let folder = tempfile::tempdir().unwrap();
    let declared = LANDLORD.replace("heading_row = 2", "heading_row = 2\nsheet = \"Cases\"");
    let report = loaded(folder.path(), "may.xlsx", &workbook(), &declared).await;
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let load = &report.loaded[0];
    assert_eq!((load.rows_read, load.rows_kept), (1, 1));
    assert_eq!(load.first_month, Some(month("2024-05")), "45413 is 1 May 2024");

    let absent = LANDLORD.replace("heading_row = 2", "heading_row = 2\nsheet = \"Closed\"");
    let folder = tempfile::tempdir().unwrap();
    let report = loaded(folder.path(), "may.xlsx", &workbook(), &absent).await;
    assert!(report.failures[0].1.contains("the workbook has Cases"), "{:?}", report.failures);
}

/// Burglaries of Greater Manchester Police, as a student's table gives them.
const BURGLARY: &str = r#"
    reader = "mapped"
    publisher = "data.police.uk"
    body = "Greater Manchester Police"
    time_precision = "month"
    place_precision = "snapped"
    vintage = "lsoa-2011"
    files = ["police/greater-manchester/stockport_burglary_points_2016-02_2019-01.csv"]
    [columns]
    date = { heading = "Month" }
    category = "Crime type"
    lsoa = "lsoa11_code"
    longitude = "Longitude"
    latitude = "Latitude"
    [categories]
    "Burglary" = "burglary"
"#;

/// Casualties of road collisions, one row each.
const COLLISIONS: &str = r#"
    reader = "mapped"
    publisher = "Transport for Greater Manchester"
    time_precision = "day"
    place_precision = "exact"
    files = ["collisions/gm_stats19_casualties_2019_jun2024.csv"]
    [columns]
    date = { heading = "date" }
    category = "casualty_severity"
    longitude = "lon"
    latitude = "lat"
    [categories]
    "Slight" = "slight"
    "Serious" = "serious"
    "Fatal" = "fatal"
"#;

#[tokio::test]
async fn real_tables_of_others_reconcile() {
    let Some(data) = real_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let declared = sources(&[("burglary", BURGLARY), ("collisions", COLLISIONS)]);
    let report = load(folder.path(), &data, &declared).await.unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let lake = Lake::open(folder.path()).await.unwrap();
    let count = |source: &str, level: AreaLevel, kind: &str, from: &str, to: &str| -> u64 {
        let only = vec![kind.parse().unwrap()];
        let query = CountQuery {
            source: source.into(),
            categories: Categories { only, except: Vec::new() },
            level,
            areas: None,
            first: month(from),
            last: month(to),
        };
        lake.counts(&query).unwrap().iter().map(|row| row.n).sum()
    };
    let burglaries = count("burglary", AreaLevel::LSOA_2011, "burglary", "2017-01", "2017-12");
    assert_eq!(burglaries, 3_537, "as the force's own table of 2017 gives it");
    let casualties = ["slight", "serious", "fatal"]
        .map(|kind| count("collisions", AreaLevel::LSOA_2021, kind, "2019-01", "2024-06"));
    assert_eq!(casualties, [16_270, 3_823, 342]);
}
