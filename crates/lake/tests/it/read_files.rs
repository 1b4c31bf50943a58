//! Street files as they come: real ones, and the containers that they come in.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use arrow::array::{Array, AsArray, RecordBatch};
use arrow::compute::SortOptions;
use arrow::datatypes::{DataType, Float64Type, Int32Type};
use arrow::row::{RowConverter, SortField};
use flate2::write::GzEncoder;
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::file::metadata::PageIndexPolicy;
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_lake::read::{
    FileReport, Form, InputFile, Locate, ReadRequest, Reason, SinkError, SmallArea, SmallAreaCodes,
    find_inputs, incidents_schema, read_months, write_parquet,
};
use zip::write::{SimpleFileOptions, ZipWriter};

use crate::reading::{
    FILE_NAME, GOOD, Got, file_of, good_but, read, read_bytes, read_paths, read_with, request,
    texts,
};
use crate::support::{Silent, code, month, real_data};

fn sum(got: &Got, count: fn(&FileReport) -> u64) -> u64 {
    got.outcome.reports.iter().map(count).sum()
}

/// Rows read, kept and without a place; they must reconcile file by file.
fn counts(got: &Got) -> (u64, u64, u64) {
    for report in &got.outcome.reports {
        assert_eq!(report.rows_read, report.rows_kept + report.rows_refused, "{report:?}");
        let in_refusals: u64 = report.refusals.iter().map(|refusal| refusal.count).sum();
        assert_eq!(report.rows_refused, in_refusals, "{}", report.display_name);
    }
    assert!(got.outcome.failures.is_empty(), "{:?}", got.outcome.failures);
    assert_eq!(got.n_rows(), sum(got, |report| report.rows_kept));
    (sum(got, |r| r.rows_read), sum(got, |r| r.rows_kept), sum(got, |r| r.without_place))
}

#[test]
fn bedfordshire_rows_all_come_through() {
    let Some(data) = real_data() else { return };
    let got = read_paths(&[data.join("police/bedfordshire")]);
    assert_eq!(got.outcome.reports.len(), 36);
    assert_eq!(counts(&got), (182_113, 182_113, 6_381));
    let found = find_inputs(Form::Street, &[data.join("police/bedfordshire")]).unwrap();
    assert_eq!(found.skipped.len(), 12 + 36, "outcomes and stop-and-search files are named");
}

#[test]
fn other_forces_agree_with_a_plain_count_of_their_files() {
    let Some(data) = real_data() else { return };
    let west_yorkshire = "police/west-yorkshire/2017-07/2017-07-west-yorkshire-street.csv.gz";
    assert_eq!(counts(&read_paths(&[data.join(west_yorkshire)])), (28_537, 28_537, 1_541));
    assert_eq!(counts(&read_paths(&[data.join("police/city-of-london")])), (24_750, 24_750, 1_807));
}

#[test]
fn the_truncated_file_keeps_what_is_there_and_says_what_is_not() {
    let Some(data) = real_data() else { return };
    let got = read_paths(&[data.join("police/greater-manchester/2016-12")]);
    assert_eq!(counts(&got).1, 10_065);
    let report = got.report();
    assert_eq!(report.rows_refused, 21_985);
    let [run] = &report.refusals[..] else { panic!("one run of refusals: {:?}", report.refusals) };
    assert_eq!((run.first_line, run.last_line, run.reason), (10_067, 32_051, Reason::EmptyRow));
    assert!(report.looks_cut_short);
}

#[test]
fn a_row_becomes_the_columns_of_incidents() {
    let blank = "b2,2024-01,Bedfordshire Police,Bedfordshire Police,,,No Location,,,Drugs,,";
    let got = read_bytes(file_of(&[GOOD, blank]).as_bytes());
    let [(of, batch)] = &got.batches[..] else { panic!("one batch") };
    assert_eq!((*of, batch.schema()), (month("2024-01"), incidents_schema()));
    let first = |column: &str| got.texts(column)[0].clone().unwrap_or_default();
    let expected = [
        ("source", "police-street"),
        ("source_id", "a1"),
        ("time_precision", "month"),
        ("place_precision", "snapped"),
        ("category", "burglary"),
        ("source_category", "Burglary"),
        ("lsoa_2021", "E01015800"),
        ("area_found_by", "file"),
        ("outcome", "Under investigation"),
        ("reporting_body", "Bedfordshire Police"),
        ("falls_within", "Bedfordshire Police"),
        ("load_id", &got.report().load_id),
    ];
    for (column, text) in expected {
        assert_eq!(first(column), text, "{column}");
    }
    let numbers = |column| batch.column_by_name(column).unwrap();
    // By OSTN15, within the 5 m that the projection promises.
    assert!((numbers("easting").as_primitive::<Float64Type>().value(0) - 509_241.3).abs() < 5.0);
    assert!((numbers("northing").as_primitive::<Float64Type>().value(0) - 221_201.8).abs() < 5.0);
    assert_eq!(numbers("line").as_primitive::<Int32Type>().values(), &[2, 3]);
    for column in ["easting", "northing", "lsoa_2021", "lsoa_2011", "area_found_by", "outcome"] {
        assert!(numbers(column).is_null(1), "{column} is not known");
    }
    assert_eq!(numbers("occurred_at").null_count(), 2);
    assert_eq!(got.report().without_place, 1);
}

#[test]
fn batches_are_sorted_for_the_queries_we_make() {
    let row = |area: &str, kind: &str, body: &str| {
        GOOD.replace("E01015800", area)
            .replace("Burglary", kind)
            .replace("Bedfordshire Police,Bedfordshire", &format!("{body} Police,Bedfordshire"))
    };
    let rows = [
        row("E01000003", "Drugs", "Kent"),
        row("", "Burglary", "Kent"),
        row("E01000002", "Robbery", "Essex"),
        row("E01000003", "Burglary", "Kent"),
        row("E01000003", "Burglary", "Essex"),
        row("E01000002", "Burglary", "Kent"),
        row("E01000003", "Burglary", "Essex"),
    ];
    let rows: Vec<&str> = rows.iter().map(String::as_str).collect();
    let got = read_bytes(file_of(&rows).as_bytes());
    let batch = &got.batches[0].1;
    let lines = batch.column_by_name("line").unwrap().as_primitive::<Int32Type>().values();
    assert_eq!(lines, &[7, 4, 6, 8, 5, 2, 3]);
    let keys = ["month", "lsoa_2021", "lsoa_2011", "category", "reporting_body", "line"];
    let keys: Vec<_> = keys.iter().map(|key| batch.column_by_name(key).unwrap().clone()).collect();
    let nulls_last = SortOptions { descending: false, nulls_first: false };
    let field = |key: &arrow::array::ArrayRef| {
        SortField::new_with_options(key.data_type().clone(), nulls_last)
    };
    let converter = RowConverter::new(keys.iter().map(field).collect()).unwrap();
    let sorted = converter.convert_columns(&keys).unwrap();
    assert!(sorted.iter().is_sorted(), "in the order that Arrow itself would give");
}

#[test]
fn identical_rows_are_distinct_incidents() {
    let asb = ",2024-01,Bedfordshire Police,Bedfordshire Police,-0.4144,51.8787,On or near High \
               Street,E01015800,Luton 001A,Anti-social behaviour,,";
    let got = read_bytes(file_of(&[asb, asb, asb]).as_bytes());
    assert_eq!(got.report().rows_kept, 3);
    assert_eq!(got.texts("source_id"), [None, None, None]);
}

#[test]
fn an_area_code_means_what_the_lookup_says() {
    let unchanged =
        SmallArea { lsoa_2021: Some(code("E01015800")), lsoa_2011: Some(code("E01015800")) };
    let half = SmallArea { lsoa_2021: Some(code("E01033947")), lsoa_2011: Some(code("E01005758")) };
    let split = SmallArea { lsoa_2021: None, lsoa_2011: Some(code("E01005758")) };
    let small_areas: SmallAreaCodes =
        [(code("E01015800"), unchanged), (code("E01033947"), half), (code("E01005758"), split)]
            .into_iter()
            .collect();
    let rows =
        ["E01015800", "E01033947", "E01005758", "E01099999"].map(|c| good_but("E01015800", c));
    let file = file_of(&rows.each_ref().map(String::as_str));
    let input = InputFile::in_memory(FILE_NAME, file.into_bytes());
    let got = read_with(vec![input], &request(&small_areas));
    let cell = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let expected_2021 = ["E01015800", "E01033947", "", ""].map(cell);
    let expected_2011 = ["E01015800", "E01005758", "E01005758", ""].map(cell);
    assert_eq!(got.texts("lsoa_2021"), expected_2021);
    assert_eq!(got.texts("lsoa_2011"), expected_2011);
    assert_eq!(got.texts("area_found_by"), ["file", "file", "file", ""].map(cell));
    let report = got.report();
    assert_eq!((report.rows_kept, report.unrecognised_areas), (4, 1));
    assert_eq!(report.unrecognised_codes.iter().collect::<Vec<_>>(), ["E01099999"]);
}

struct InLuton;

impl Locate for InLuton {
    fn locate(&self, place: BritishNationalGrid) -> Option<SmallArea> {
        let found = SmallArea { lsoa_2021: Some(code("E01015800")), lsoa_2011: None };
        (place.easting() > 500_000.0).then_some(found)
    }
}

#[test]
fn a_place_without_a_code_is_located_and_the_files_code_wins() {
    let rows = [
        good_but("E01015800", ""),
        good_but("E01015800", "E01000001"),
        good_but("E01015800", "").replace("-0.414400", "-1.414400"),
    ];
    let file = file_of(&rows.each_ref().map(String::as_str));
    let none = SmallAreaCodes::default();
    let request = ReadRequest { locate: Some(&InLuton), ..request(&none) };
    let got = read_with(vec![InputFile::in_memory(FILE_NAME, file.into_bytes())], &request);
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(got.texts("lsoa_2021"), [some("E01000001"), some("E01015800"), None]);
    assert_eq!(got.texts("area_found_by"), [some("file"), some("point-in-polygon"), None]);
}

#[test]
fn every_container_gives_the_same_load() {
    let folder = tempfile::tempdir().unwrap();
    let text = file_of(&[GOOD, GOOD]);
    let plain = folder.path().join("plain/2024-01").join(FILE_NAME);
    fs::create_dir_all(plain.parent().unwrap()).unwrap();
    fs::write(&plain, &text).unwrap();
    let gzip = folder.path().join(format!("{FILE_NAME}.gz"));
    let mut writer = GzEncoder::new(File::create(&gzip).unwrap(), flate2::Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    writer.finish().unwrap();
    let archive = folder.path().join("latest.ZIP");
    let entry = format!("2024-01/{FILE_NAME}");
    write_zip(&archive, &[(&entry, text.as_bytes()), ("2024-01/2024-01-x-outcomes.csv", b"x")]);

    let paths = [folder.path().join("plain"), gzip, archive.clone()];
    let reads = paths.map(|path| read_paths(&[path]));
    let reports: Vec<&FileReport> = reads.iter().map(Got::report).collect();
    assert!(reports.iter().all(|report| report.load_id == reports[0].load_id));
    assert!(reports.iter().all(|report| report.sha256 == reports[0].sha256));
    assert_eq!(reports[2].display_name, format!("{}!{entry}", archive.display()));
    assert_eq!(reports[2].archive.as_deref(), Some("latest.ZIP"));
    assert_eq!(reports[2].file_name, FILE_NAME);

    let all = read_paths(&[folder.path().to_owned()]);
    assert_eq!((all.outcome.reports.len(), all.outcome.already.len()), (1, 2), "the same content");
    assert_eq!(all.n_rows(), 2);
    let skipped = find_inputs(Form::Street, &[archive]).unwrap().skipped;
    assert_eq!(skipped.len(), 1);
    assert!(skipped[0].reason.contains("outcomes"), "{skipped:?}");
}

pub(crate) fn write_zip(path: &Path, entries: &[(&str, &[u8])]) {
    let mut archive = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in entries {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap();
}

#[test]
fn a_file_already_loaded_changes_nothing() {
    let input = || InputFile::in_memory(FILE_NAME, file_of(&[GOOD]).into_bytes());
    let load_id = read(vec![input()]).report().load_id.clone();
    let none = SmallAreaCodes::default();
    let never = |_, _| panic!("nothing is new");
    let known = |id: &str| id == load_id;
    let outcome = read_months(vec![input()], &request(&none), &known, &never, &Silent);
    assert_eq!((outcome.reports.len(), outcome.already.len()), (0, 1));
}

#[test]
fn files_of_a_month_come_as_one_batch_and_unnamed_ones_by_their_rows() {
    let other = good_but("2024-01", "2024-02");
    let inputs = vec![
        InputFile::in_memory("2024-01-kent-street.csv", file_of(&[GOOD]).into_bytes()),
        InputFile::in_memory("2024-01-essex-street.csv", file_of(&[GOOD, GOOD]).into_bytes()),
        InputFile::in_memory("extract.csv", file_of(&[&other, GOOD, GOOD, GOOD]).into_bytes()),
    ];
    let got = read(inputs);
    let mut sizes: Vec<_> =
        got.batches.iter().map(|(month, batch)| (month.to_string(), batch.num_rows())).collect();
    sizes.sort();
    let expected = [("2024-01", 3), ("2024-01", 3), ("2024-02", 1)];
    assert_eq!(sizes, expected.map(|(month, n)| (month.to_owned(), n)));
    let months = got.outcome.reports[2].months.unwrap();
    assert_eq!(months, (month("2024-01"), month("2024-02")));
}

#[test]
fn a_batch_becomes_a_parquet_file_that_says_what_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let elsewhere = good_but("E01015800", "E01000001").replace("Burglary", "Robbery");
    let got = read_bytes(file_of(&[GOOD, &elsewhere, &good_but("E01015800", "")]).as_bytes());
    let path = folder.path().join("part.parquet");
    let written = write_parquet(&got.batches[0].1, &path).unwrap();
    assert_eq!((written.rows, written.size), (3, fs::metadata(&path).unwrap().len()));
    let range = |index: usize| {
        let range = &written.ranges[index];
        (range.column, range.min.as_deref(), range.max.as_deref(), range.nulls)
    };
    assert_eq!(range(0), ("month", Some("2024-01-01"), Some("2024-01-01"), 0));
    assert_eq!(range(1), ("lsoa_2021", Some("E01000001"), Some("E01015800"), 1));
    assert_eq!(range(2), ("category", Some("burglary"), Some("robbery"), 0));
    let error = write_parquet(&got.batches[0].1, &folder.path().join("no/part.parquet"));
    assert!(error.unwrap_err().to_string().contains("no/part.parquet"), "the error names the path");
}

/// Enough rows for several pages of words, in runs and between them, with blanks.
#[test]
fn a_parquet_file_reads_back_as_it_was_written() {
    let kinds = ["Burglary", "Drugs", "Robbery", "Shoplifting"];
    let row = |n: usize| {
        let area = format!("E01{:06}", n * n % 977);
        let row = good_but("E01015800", if n.is_multiple_of(11) { "" } else { &area });
        let row = row.replace("Burglary", kinds[n * n % 7 % 4]).replace("a1", &format!("a{n}"));
        if n.is_multiple_of(3) { row.replace("Under investigation", "") } else { row }
    };
    let rows: Vec<String> = (0..45_000).map(row).collect();
    let got = read_bytes(file_of(&rows.iter().map(String::as_str).collect::<Vec<_>>()).as_bytes());
    let batch = &got.batches[0].1;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.parquet");
    write_parquet(batch, &path).unwrap();

    let open = |options| {
        ParquetRecordBatchReaderBuilder::try_new_with_options(File::open(&path).unwrap(), options)
            .unwrap()
            .with_batch_size(batch.num_rows())
    };
    let back = open(ArrowReaderOptions::new()).build().unwrap().next().unwrap().unwrap();
    assert_eq!(back.schema(), incidents_schema());
    for field in incidents_schema().fields() {
        let column = |batch: &RecordBatch| match field.data_type() {
            DataType::Dictionary(..) | DataType::Utf8 => Err(texts(batch, field.name())),
            _ => Ok(batch.column_by_name(field.name()).unwrap().to_data()),
        };
        assert_eq!(column(&back), column(batch), "{}", field.name());
    }

    // Through the page index, as a query that selects by area does.
    let with_index = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let selection = RowSelection::from(vec![RowSelector::skip(30_000), RowSelector::select(10)]);
    let mut some = open(with_index).with_row_selection(selection).build().unwrap();
    let some = some.next().unwrap().unwrap();
    for column in ["lsoa_2021", "category", "outcome", "source_id"] {
        assert_eq!(texts(&some, column), texts(&batch.slice(30_000, 10), column), "{column}");
    }
}

#[test]
fn a_failing_sink_stops_the_run_and_no_file_counts_as_stored() {
    let later = good_but("2024-01", "2024-02");
    let inputs = vec![
        InputFile::in_memory(FILE_NAME, file_of(&[GOOD]).into_bytes()),
        InputFile::in_memory("2024-02-kent-street.csv", file_of(&[&later]).into_bytes()),
    ];
    let none = SmallAreaCodes::default();
    let request = ReadRequest { threads: 1, ..request(&none) };
    let full = |_, _| Err(SinkError("no space left on device".into()));
    let outcome = read_months(inputs, &request, &|_| false, &full, &Silent);
    assert!(outcome.reports.is_empty());
    let failures: Vec<String> = outcome.failures.iter().map(ToString::to_string).collect();
    assert!(failures[0].ends_with("could not be stored: no space left on device"), "{failures:?}");
    assert!(failures[1].contains("an earlier month could not be stored"), "{failures:?}");
    assert!(outcome.stopped_by.is_some());
}
