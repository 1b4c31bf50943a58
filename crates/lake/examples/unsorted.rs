//! Street files to Parquet with neither sort nor checks, for `benches/ingest_peers.py` alone.
//!
//! What a loader costs that only turns text into typed columns. It keeps the lake's CSV reader, columns
//! and writer, and leaves out what the lake is for: hashes, refusals, areas, projection, order, the
//! commit. Its files are no lake.
//!
//! ```sh
//! cargo run --profile demo --package wardmote-lake --example unsorted -- FILES OUT
//! ```

use std::error::Error;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::{env, fs, thread};

use arrow::array::{
    Array, ArrayRef, AsArray, Date32Builder, Float64Builder, Int32Array, RecordBatch, StringArray,
    StringBuilder, StringDictionaryBuilder, new_null_array,
};
use arrow::datatypes::{Field, Int32Type, Schema, SchemaRef};
use jiff::civil::{Date, date};
use simd_csv::{ZeroCopyByteRecord, ZeroCopyReaderBuilder};
use wardmote_lake::read::{incidents_schema, write_parquet};

type Failure = Box<dyn Error + Send + Sync>;

const ID: usize = 0;
const MONTH: usize = 1;
const REPORTED_BY: usize = 2;
const FALLS_WITHIN: usize = 3;
const LONGITUDE: usize = 4;
const LATITUDE: usize = 5;
const LSOA_CODE: usize = 7;
const CRIME_TYPE: usize = 9;
const OUTCOME: usize = 10;

fn main() -> Result<(), Failure> {
    let folders: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, output] = &folders[..] else {
        return Err("usage: unsorted FILES OUT".into());
    };
    let mut files = Vec::new();
    street_files(input, &mut files)?;
    fs::create_dir_all(output)?;
    let next = AtomicUsize::new(0);
    let failures = Mutex::new(Vec::new());
    let work = || {
        while let Some(file) = files.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = convert(file, output) {
                failures.lock().expect("no thread panics").push(error);
            }
        }
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
    });
    failures.into_inner()?.into_iter().next().map_or(Ok(()), Err)
}

fn street_files(folder: &Path, files: &mut Vec<PathBuf>) -> Result<(), Failure> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            street_files(&path, files)?;
        } else if path.to_string_lossy().ends_with("-street.csv") {
            files.push(path);
        }
    }
    Ok(())
}

fn convert(file: &Path, output: &Path) -> Result<(), Failure> {
    let text = fs::read(file)?;
    let mut reader = ZeroCopyReaderBuilder::with_capacity(64 * 1024).from_reader(&text[..]);
    let mut columns = Columns::default();
    while let Some(record) = reader.read_byte_record()? {
        columns.add(&record)?;
    }
    let name = file.file_stem().unwrap_or_default().to_string_lossy();
    write_parquet(&columns.finish(&name)?, &output.join(format!("{name}.parquet")))?;
    Ok(())
}

type Words = StringDictionaryBuilder<Int32Type>;

#[derive(Default)]
struct Columns {
    ids: StringBuilder,
    months: Date32Builder,
    last_month: (String, i32),
    place_precisions: Words,
    crime_types: Words,
    longitudes: Float64Builder,
    latitudes: Float64Builder,
    areas: Words,
    found_by: Words,
    outcomes: Words,
    bodies: Words,
    forces: Words,
}

impl Columns {
    fn add<'a>(&mut self, row: &'a ZeroCopyByteRecord<'a>) -> Result<(), Failure> {
        let cell = |column| -> Result<Option<&'a str>, Failure> {
            let text = std::str::from_utf8(row.get(column).ok_or("a row is too short")?)?;
            Ok(Some(text.trim_matches('"')).filter(|text| !text.is_empty()))
        };
        self.ids.append_option(cell(ID)?);
        let month = cell(MONTH)?.ok_or("a row has no month")?;
        if self.last_month.0 != month {
            let first: Date = format!("{month}-01").parse()?;
            self.last_month = (month.to_owned(), first.since(date(1970, 1, 1))?.get_days());
        }
        self.months.append_value(self.last_month.1);
        let longitude = cell(LONGITUDE)?.map(str::parse).transpose()?;
        self.longitudes.append_option(longitude);
        self.latitudes.append_option(cell(LATITUDE)?.map(str::parse).transpose()?);
        self.place_precisions.append(longitude.map_or("unknown", |_| "snapped"))?;
        self.crime_types.append(cell(CRIME_TYPE)?.ok_or("a row has no crime type")?)?;
        let area = cell(LSOA_CODE)?;
        self.areas.append_option(area);
        self.found_by.append_option(area.map(|_| "source"));
        self.outcomes.append_option(cell(OUTCOME)?);
        self.bodies.append_option(cell(REPORTED_BY)?);
        self.forces.append_option(cell(FALLS_WITHIN)?);
        Ok(())
    }

    fn finish(mut self, load: &str) -> Result<RecordBatch, Failure> {
        let ids = self.ids.finish();
        let n_rows = ids.len();
        let crime_types = self.crime_types.finish();
        let categories: StringArray = (crime_types.values().as_string::<i32>().iter().flatten())
            .map(|words| Some(words.to_lowercase().replace(' ', "-")))
            .collect();
        let schema = schema();
        let none = |column: &str| -> Result<ArrayRef, Failure> {
            Ok(new_null_array(schema.field_with_name(column)?.data_type(), n_rows))
        };
        let columns: Vec<ArrayRef> = vec![
            constant("police-street", n_rows),
            Arc::new(ids),
            Arc::new(self.months.finish()),
            none("occurred_at")?,
            constant("month", n_rows),
            Arc::new(self.place_precisions.finish()),
            Arc::new(crime_types.with_values(Arc::new(categories))),
            Arc::new(crime_types),
            Arc::new(self.longitudes.finish()),
            Arc::new(self.latitudes.finish()),
            Arc::new(self.areas.finish()),
            none("lsoa_2011")?,
            Arc::new(self.found_by.finish()),
            Arc::new(self.outcomes.finish()),
            Arc::new(self.bodies.finish()),
            Arc::new(self.forces.finish()),
            none("flags")?,
            constant(load, n_rows),
            Arc::new(Int32Array::from_iter_values(2..2 + i32::try_from(n_rows)?)),
        ];
        Ok(RecordBatch::try_new(schema, columns)?)
    }
}

fn constant(word: &str, n_rows: usize) -> ArrayRef {
    let mut words = Words::new();
    words.append_n(word, n_rows).expect("one word is no overflow");
    Arc::new(words.finish())
}

/// The lake's columns, but the coordinates as they stand in the file.
fn schema() -> SchemaRef {
    let lake = incidents_schema();
    let fields = lake.fields().iter().map(|field| match field.name().as_str() {
        "easting" => field.as_ref().clone().with_name("longitude"),
        "northing" => field.as_ref().clone().with_name("latitude"),
        _ => field.as_ref().clone(),
    });
    Arc::new(Schema::new(fields.collect::<Vec<Field>>()))
}
