//! What holds of any file, good or bad.

use arrow::array::{AsArray, RecordBatch};
use arrow::datatypes::Int32Type;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use proptest::collection::vec;
use proptest::prelude::*;
use wardmote_domain::category::CrimeType;
use wardmote_lake::read::{Form, InputFile, find_inputs, write_parquet};

use crate::reading::{FILE_NAME, GOOD, Got, HEADER, file_of, read, read_bytes, texts};

/// Rows reconcile, and each line stands in one place only; returns the lines.
fn check_reconciled(got: &Got) -> Vec<u32> {
    assert_eq!(got.outcome.reports.len() + got.outcome.failures.len(), 1);
    let mut lines: Vec<u32> = Vec::new();
    for report in &got.outcome.reports {
        assert_eq!(report.rows_read, report.rows_kept + report.rows_refused);
        assert_eq!(report.rows_kept, got.n_rows());
        for run in &report.refusals {
            assert_eq!(run.count, u64::from(run.last_line - run.first_line) + 1);
            lines.extend(run.first_line..=run.last_line);
        }
        for (_, batch) in &got.batches {
            let kept = batch.column_by_name("line").unwrap().as_primitive::<Int32Type>();
            lines.extend(kept.values().iter().map(|line| line.cast_unsigned()));
        }
        lines.sort_unstable();
        assert!(lines.windows(2).all(|pair| pair[0] < pair[1]), "a line twice: {lines:?}");
        assert_eq!(lines.len() as u64, report.rows_read);
    }
    lines
}

/// The lines of a file that hold anything, but for the header, counted without a CSV reader.
fn lines_with_text(text: &str) -> Vec<u32> {
    let lines = (1..).zip(text.split('\n')).skip(1);
    let with_text = lines.filter(|(_, line)| !line.trim_matches('\r').is_empty());
    with_text.map(|(number, _)| number).collect()
}

/// A row that may be broken anywhere: pieces of good rows, separators, quotes and line ends.
fn scrap() -> impl Strategy<Value = String> {
    let pieces = vec![
        GOOD,
        ",",
        "\"",
        "\n",
        "\r\n",
        "2024-01",
        "Burglary",
        "Drugs",
        "-0.4",
        "51.8",
        "\u{e9}",
        "E01000001",
        "\n\n",
        ",,,,,,,,,,,",
        "\"\"",
        " ",
        "x",
    ];
    vec(proptest::sample::select(pieces), 0..30).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(bytes in vec(any::<u8>(), 0..2_000)) {
        check_reconciled(&read_bytes(&bytes));
        let below_header = [HEADER.as_bytes(), b"\n", &bytes].concat();
        check_reconciled(&read_bytes(&below_header));
    }

    #[test]
    fn broken_rows_are_refused_line_by_line_and_none_is_lost(scraps in scrap()) {
        let text = format!("{HEADER}\n{scraps}");
        let got = read_bytes(text.as_bytes());
        prop_assert_eq!(check_reconciled(&got), lines_with_text(&text));
    }

    #[test]
    fn compressed_rubbish_never_panics(bytes in vec(any::<u8>(), 0..500)) {
        let folder = tempfile::tempdir().unwrap();
        for name in ["2024-01-a-street.csv.gz", "a.zip"] {
            let path = folder.path().join(name);
            std::fs::write(&path, &bytes).unwrap();
            if let Ok(found) = find_inputs(Form::Street, &[path]) {
                read(found.files);
            }
        }
    }

    #[test]
    fn valid_rows_come_through_unchanged(rows in vec(valid_row(), 1..60)) {
        let lines: Vec<String> = rows.iter().map(Row::to_csv).collect();
        let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
        let file = file_of(&lines);
        let got = read(vec![InputFile::in_memory(FILE_NAME, file.into_bytes())]);
        check_reconciled(&got);
        prop_assert_eq!(got.report().rows_refused, 0);
        let batch = &got.batches[0].1;
        let line_numbers = batch.column_by_name("line").unwrap().as_primitive::<Int32Type>();
        let columns = ["source_id", "category", "lsoa_2021", "outcome", "reporting_body"]
            .map(|column| got.texts(column));
        for (index, line) in line_numbers.values().iter().enumerate() {
            let row = &rows[*line as usize - 2];
            let found = columns.each_ref().map(|column| column[index].clone().unwrap_or_default());
            let expected = [&row.id, row.category.slug(), &row.area, &row.outcome, &row.body];
            prop_assert_eq!(found, expected.map(str::to_owned));
            let place = batch.column_by_name("easting").unwrap();
            prop_assert_eq!(place.is_null(index), row.place.is_none());
        }
        let back = written_and_read_back(batch);
        for column in ["source_id", "category", "lsoa_2021", "lsoa_2011", "outcome", "load_id"] {
            prop_assert_eq!(texts(&back, column), texts(batch, column));
        }
    }
}

fn written_and_read_back(batch: &RecordBatch) -> RecordBatch {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("part.parquet");
    write_parquet(batch, &path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new(std::fs::File::open(&path).unwrap());
    reader.unwrap().build().unwrap().next().unwrap().unwrap()
}

#[derive(Debug)]
struct Row {
    id: String,
    body: String,
    place: Option<(f64, f64)>,
    area: String,
    category: CrimeType,
    outcome: String,
}

impl Row {
    fn to_csv(&self) -> String {
        let quoted = |text: &str| {
            let needs = text.contains([',', '"']);
            if needs { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
        };
        let place = self.place.map_or(",".to_owned(), |(lon, lat)| format!("{lon:.6},{lat:.6}"));
        let (id, body, outcome) = (quoted(&self.id), quoted(&self.body), quoted(&self.outcome));
        format!(
            "{id},2024-01,{body},{body},{place},\"A, B\",{},name,{},{outcome},",
            self.area,
            self.category.name()
        )
    }
}

fn valid_row() -> impl Strategy<Value = Row> {
    let category = proptest::sample::select(CrimeType::all().collect::<Vec<_>>());
    let place = proptest::option::of((-6.0..1.7, 50.0..58.0));
    let fields =
        ("[0-9a-f]{0,64}", "[A-Z][a-z ,\"\u{e9}]{0,20}", place, "(E01[0-9]{6})?", category);
    (fields, "[A-Z][a-z ;,]{0,30}").prop_map(|((id, body, place, area, category), outcome)| Row {
        id,
        body,
        place,
        area,
        category,
        outcome,
    })
}
