//! Tests of the readers of geography: named cases, and properties that hold for any input.

use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use wardmote_domain::area::{AreaCode, AreaLevel};

use super::{GeographyError, GeographyFile, GeographyRows, read};
use crate::mapping::{StatisticsColumns, StatisticsMapping};
use crate::source::{Column, Counts, Fit, LookupColumn, ParentColumn, Reader};

mod numbers;
mod shares;

fn read_text(
    text: impl AsRef<[u8]>,
    reader: &Reader,
    keep: Option<&BTreeSet<AreaCode>>,
) -> Result<GeographyRows, GeographyError> {
    read(&GeographyFile { keep, ..file(text.as_ref()) }, reader)
}

fn file(bytes: &[u8]) -> GeographyFile<'_> {
    GeographyFile {
        path: Path::new("data/file"),
        file_name: "file",
        bytes,
        source: "source",
        load_id: "load",
        keep_text: true,
        keep: None,
        sharing: None,
        categories: None,
    }
}

fn code(text: &str) -> AreaCode {
    AreaCode::new(text).unwrap()
}

fn heading(text: &str) -> Column {
    Column::Heading(text.to_owned())
}

#[test]
fn a_split_area_has_no_single_successor() {
    let change =
        Reader::LsoaChange { lsoa_2011: heading("old"), lsoa_2021: heading("new"), shares: None };
    let rows = read_text(
        "old,new\nE01000001,E01000001\nE01000002,E01030002\nE01000002,E01030003\n",
        &change,
        None,
    )
    .unwrap();
    let to_2021: Vec<&str> = rows
        .links
        .iter()
        .filter(|link| link.to_level == AreaLevel::LSOA_2021)
        .map(|link| link.from_code.as_str())
        .collect();
    assert_eq!(to_2021, ["E01000001"]);
    assert_eq!(rows.links.iter().filter(|link| link.to_level == AreaLevel::LSOA_2011).count(), 3);
}

#[test]
fn lookups_with_semicolons_and_a_mark_are_read() {
    let lookup = Reader::AreaLookup {
        from: LookupColumn {
            level: "district-2019".parse().unwrap(),
            code: heading("lad"),
            name: None,
        },
        to: vec![ParentColumn {
            level: "csp-2019".parse().unwrap(),
            code: Column::Number(2),
            name: None,
            fit: Fit::Exact,
        }],
    };
    let rows = read_text(
        "\u{feff}lad;csp\r\nE08000007;E22000105\r\nStockport;E22000105\r\n",
        &lookup,
        None,
    )
    .unwrap();
    assert_eq!((rows.rows_read, rows.rows_kept), (2, 1));
    assert_eq!(rows.refusals[0].first_line, 3);
    assert_eq!(rows.links[0].to_code, code("E22000105"));
}

#[test]
fn residents_may_have_thousands_commas_and_no_heading_of_their_own() {
    let population = Reader::Population {
        name: "census".into(),
        level: AreaLevel::LSOA_2011,
        reference_date: jiff::civil::date(2011, 3, 27),
        code: heading("code"),
        value: Counts::One(Column::Number(2)),
    };
    let rows = read_text(
        "code,Persons,Persons\nE01000001,\"1,563\",1\nE01000002,n/a,1\n",
        &population,
        None,
    )
    .unwrap();
    assert_eq!(rows.populations[0].residents, 1563);
    assert_eq!((rows.rows_read, rows.rows_kept, rows.refusals.len()), (2, 1, 1));
}

#[test]
fn outlines_outside_the_partnership_are_passed_over() {
    let feature = |code: &str| {
        format!(
            r#"{{"type":"Feature","geometry":{{"type":"Polygon","coordinates":[[[-0.4,51.9],[-0.3,51.9],[-0.3,52.0],[-0.4,51.9]]]}},"properties":{{"c":"{code}","n":"A"}}}}"#
        )
    };
    let text = format!(
        r#"{{"type":"FeatureCollection","features":[{},{},{}]}}"#,
        feature("E01000001"),
        feature("E01000002"),
        feature("x")
    );
    let reader =
        Reader::Boundaries { level: AreaLevel::LSOA_2021, code: "c".into(), name: "n".into() };
    let keep = BTreeSet::from([code("E01000002")]);
    let rows = read_text(&text, &reader, Some(&keep)).unwrap();
    assert_eq!((rows.rows_read, rows.rows_kept, rows.passed_over), (2, 1, 1));
    assert_eq!(rows.areas[0].code, code("E01000002"));
    assert_eq!(rows.refusals[0].first_line, 3);
}

#[test]
fn a_missing_column_is_named_with_those_that_are_there() {
    let change =
        Reader::LsoaChange { lsoa_2011: heading("old"), lsoa_2021: heading("neu"), shares: None };
    let error = read_text("old,new\n", &change, None).unwrap_err().to_string();
    assert_eq!(error, "data/file: no column \"neu\"; the file has old, new");
}

/// Every reader of geography, by the headings of [`lines`].
fn readers() -> [Reader; 6] {
    let level = AreaLevel::LSOA_2021;
    [
        Reader::Boundaries { level, code: "a".into(), name: "b".into() },
        Reader::AreaLookup {
            from: LookupColumn { level, code: heading("a"), name: Some(heading("b")) },
            to: vec![ParentColumn {
                level: "district-2024".parse().unwrap(),
                code: heading("b"),
                name: None,
                fit: Fit::Exact,
            }],
        },
        Reader::LsoaChange { lsoa_2011: heading("a"), lsoa_2021: heading("b"), shares: None },
        Reader::Population {
            name: "census".into(),
            level,
            reference_date: jiff::civil::date(2021, 3, 21),
            code: heading("a"),
            value: Counts::One(heading("b")),
        },
        Reader::CategoryLookup { words: heading("a"), category: heading("b") },
        statistics(StatisticsColumns { area: "a".into(), ..StatisticsColumns::default() }),
    ]
}

fn statistics(columns: StatisticsColumns) -> Reader {
    Reader::Statistics(Box::new(StatisticsMapping {
        source: "source".into(),
        sheet: None,
        heading_row: 1,
        level: AreaLevel::LSOA_2021,
        period: "2021-03-21".into(),
        unit: "people".into(),
        columns,
    }))
}

/// What every reader owes for every input: an error, or each row kept or refused with its line.
fn accounts_for_every_row(bytes: &[u8]) -> Result<(), TestCaseError> {
    for reader in readers() {
        if let Ok(rows) = read_text(bytes, &reader, None) {
            let refused = rows.refusals.len() as u64;
            prop_assert_eq!(rows.rows_read, rows.rows_kept + refused);
            prop_assert!(rows.refusals.iter().all(|refusal| refusal.first_line > 0));
        }
    }
    Ok(())
}

/// CSV under the headings `a` and `b`, its cells codes, numbers and rubbish.
fn lines() -> impl Strategy<Value = Vec<(String, String)>> {
    let cell = || {
        prop_oneof![
            "E0[12][0-9]{6}",
            "[0-9]{1,7}",
            "[ -~&&[^\"]]{0,12}",
            Just(String::new()),
            Just("\u{a0}\u{feff}é".to_owned()),
        ]
    };
    prop::collection::vec((cell(), cell()), 0..12)
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        accounts_for_every_row(&bytes)?;
    }

    #[test]
    fn any_cells_are_read_or_refused(
        lines in lines(),
        end in prop_oneof![Just("\n"), Just("\r\n")],
        broken in any::<bool>(),
    ) {
        let mut bytes = format!("a,b{end}").into_bytes();
        for (a, b) in &lines {
            bytes.extend(format!("\"{a}\",\"{b}\"{end}").into_bytes());
        }
        if broken {
            bytes.extend([0xff, b',', b'1', b'\n']);
        }
        accounts_for_every_row(&bytes)?;
        let Ok(rows) = read_text(&bytes, &readers()[3], None) else { return Ok(()) };
        prop_assert_eq!(rows.rows_read, lines.len() as u64 + u64::from(broken));
        let kept: u64 = rows.populations.iter().map(|row| row.residents).sum();
        let mut seen = BTreeSet::new();
        let plain = lines.iter().filter_map(|(a, b)| {
            let (area, residents) = (AreaCode::new(a.trim()).ok()?, b.trim().replace(',', ""));
            let residents = residents.parse::<u64>().ok()?;
            seen.insert(area).then_some(residents)
        });
        prop_assert_eq!(kept, plain.sum::<u64>());
    }

    #[test]
    fn any_shape_is_an_outline_or_refused(
        kind in prop_oneof![
            Just("Polygon"), Just("MultiPolygon"), Just("Point"), Just("LineString"), Just("Blob"),
        ],
        ring in prop::collection::vec((-9.0_f64..3.0, 48.0_f64..62.0), 0..6),
        depth in 0_usize..4,
        cut in 0_usize..40,
    ) {
        let ring: Vec<String> = ring.iter().map(|(x, y)| format!("[{x},{y}]")).collect();
        let nested = format!("{}{}{}", "[".repeat(depth), ring.join(","), "]".repeat(depth));
        let text = format!(
            r#"{{"type":"FeatureCollection","features":[{{"type":"Feature","properties":{{"a":"E01000001","b":"A"}},"geometry":{{"type":"{kind}","coordinates":{nested}}}}}]}}"#
        );
        accounts_for_every_row(text.as_bytes())?;
        accounts_for_every_row(&text.as_bytes()[..text.len().saturating_sub(cut)])?;
    }
}
