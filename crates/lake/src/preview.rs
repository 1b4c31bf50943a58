//! The first rows of a file as a source's declaration understands them; nothing is stored.

use std::path::Path;
use std::sync::{Mutex, PoisonError};

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Int32Type};
use arrow::record_batch::RecordBatch;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;

use crate::mapping::Mapping;
use crate::people::masked;
use crate::read::{InputFile, Progress, ReadRequest, SinkError, SmallAreaCodes, read_months};
use crate::sheet::Sheet;
use crate::source::{Reader, SourceDeclaration};

/// What a file looks like through a declaration.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Preview {
    /// The first kept rows, in order of line.
    pub rows: Vec<PreviewRow>,
    /// Rows in the file.
    pub rows_read: u64,
    /// Of them, rows that would be kept.
    pub rows_kept: u64,
    /// Rows that would be refused, each with its line, its field and why.
    pub refusals: Vec<String>,
    /// What was tolerated, and columns that would not be stored.
    pub notes: Vec<String>,
    /// Why the file could not be read at all.
    pub failure: Option<String>,
}

/// One row as it would be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewRow {
    /// Its line in the file.
    pub line: u64,
    /// Its month.
    pub month: Month,
    /// The short name of its kind.
    pub category: String,
    /// The code of its small area, where it has one.
    pub small_area: Option<String>,
    /// Of its postcode, which would become a small area, the district: "SK1 ***".
    pub postcode: Option<String>,
    /// Its outcome.
    pub outcome: Option<String>,
}

struct Silent;

impl Progress for Silent {
    fn total_files(&self, _: usize) {}
    fn file_done(&self, _: &str, _: u64) {}
}

impl Preview {
    /// Reads a file as a source would, and keeps the first rows.
    pub fn of(path: &Path, source: &SourceDeclaration, latest: Month, most_rows: usize) -> Self {
        let Reader::Events { form, mapping, time_precision, place_precision, vintage } =
            &source.reader
        else {
            let failure = format!("source {:?} brings no events", source.id);
            return Self { failure: Some(failure), ..Self::default() };
        };
        let no_lookup = SmallAreaCodes::default();
        let request = ReadRequest {
            form: *form,
            mapping: mapping.as_deref(),
            source_id: &source.id,
            time_precision: *time_precision,
            place_precision: *place_precision,
            latest,
            keep_text: source.disclosure == Disclosure::Open,
            declared_vintage: *vintage,
            small_areas: &no_lookup,
            locate: None,
            postcodes: None,
            pseudonyms: None,
            read_with: None,
            threads: 1,
        };
        let rows = Mutex::new(Vec::new());
        let sink = |month: Month, batch: RecordBatch| -> Result<(), SinkError> {
            rows.lock().unwrap_or_else(PoisonError::into_inner).extend(first_rows(month, &batch));
            Ok(())
        };
        let inputs = vec![InputFile::on_disk(path)];
        let outcome = read_months(inputs, &request, &|_| false, &sink, &Silent);
        let mut rows = rows.into_inner().unwrap_or_else(PoisonError::into_inner);
        rows.sort_by_key(|row: &PreviewRow| row.line);
        rows.truncate(most_rows);
        if let Some(mapping) = mapping {
            show_postcodes(path, mapping, &mut rows);
        }
        let mut preview = Self { rows, ..Self::default() };
        preview.failure = outcome.failures.first().map(|failure| failure.error.to_string());
        for report in outcome.reports {
            preview.rows_read += report.rows_read;
            preview.rows_kept += report.rows_kept;
            preview.refusals.extend(report.refusals.iter().map(ToString::to_string));
            preview.notes.extend(report.notes);
        }
        preview
    }
}

/// Adds the rows' postcodes, masked. The batches hold none, so the file is asked again.
fn show_postcodes(path: &Path, mapping: &Mapping, rows: &mut [PreviewRow]) {
    let Some(heading) = &mapping.columns.postcode else { return };
    let mut bytes = Vec::new();
    let read = InputFile::on_disk(path).read_into(&mut bytes);
    let sheet =
        read.and_then(|()| Sheet::read(&bytes, mapping.sheet.as_deref(), mapping.heading_row));
    let Ok(sheet) = sheet else { return };
    let Ok(index) = sheet.column(heading) else { return };
    for row in rows {
        let line = sheet.rows.iter().find(|line| u64::from(line.line) == row.line);
        row.postcode = line.and_then(|line| masked(line.cells.get(index)?));
    }
}

fn first_rows(month: Month, batch: &RecordBatch) -> Vec<PreviewRow> {
    let texts = |name: &str| -> Vec<Option<String>> {
        let column = batch.column_by_name(name).map(|column| {
            arrow::compute::cast(column, &DataType::Utf8).unwrap_or_else(|_| column.clone())
        });
        let Some(column) = column else { return vec![None; batch.num_rows()] };
        let Some(column) = column.as_string_opt::<i32>() else {
            return vec![None; column.len()];
        };
        column.iter().map(|text| text.map(str::to_owned)).collect()
    };
    let lines: Vec<u64> = batch
        .column_by_name("line")
        .and_then(|column| column.as_primitive_opt::<Int32Type>())
        .map(|column| column.values().iter().map(|line| u64::from(line.unsigned_abs())).collect())
        .unwrap_or_default();
    let (categories, outcomes) = (texts("category"), texts("outcome"));
    let areas = texts("lsoa_2021").into_iter().zip(texts("lsoa_2011"));
    let areas: Vec<Option<String>> = areas.map(|(new, old)| new.or(old)).collect();
    lines
        .into_iter()
        .enumerate()
        .map(|(row, line)| PreviewRow {
            line,
            month,
            category: categories[row].clone().unwrap_or_default(),
            small_area: areas[row].clone(),
            postcode: None,
            outcome: outcomes[row].clone(),
        })
        .collect()
}
