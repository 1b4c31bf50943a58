//! Reading small files made here, and looking into the batches that come out.

use std::path::PathBuf;
use std::sync::Mutex;

use arrow::array::{AsArray, RecordBatch, StringArray};
use arrow::datatypes::Int32Type;
use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::{PlacePrecision, TimePrecision};
use wardmote_lake::read::{
    FileReport, Form, InputFile, ReadOutcome, ReadRequest, SmallAreaCodes, find_inputs, read_months,
};

use crate::support::{Silent, month};

pub(crate) const HEADER: &str = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,\
     LSOA code,LSOA name,Crime type,Last outcome category,Context";

pub(crate) const FILE_NAME: &str = "2024-01-bedfordshire-street.csv";

/// A good row of January 2024, in Luton.
pub(crate) const GOOD: &str = "a1,2024-01,Bedfordshire Police,Bedfordshire Police,-0.414400,\
     51.878700,On or near High Street,E01015800,Luton 001A,Burglary,Under investigation,";

/// A file of the header and these rows.
pub(crate) fn file_of(rows: &[&str]) -> String {
    let mut text = HEADER.to_owned();
    for row in rows {
        text.push('\n');
        text.push_str(row);
    }
    text.push('\n');
    text
}

/// The good row with some text of it replaced.
pub(crate) fn good_but(old: &str, new: &str) -> String {
    assert!(GOOD.contains(old), "{old:?} is not in the good row");
    GOOD.replacen(old, new, 1)
}

/// What a run gave.
pub(crate) struct Got {
    pub(crate) outcome: ReadOutcome,
    pub(crate) batches: Vec<(Month, RecordBatch)>,
}

impl Got {
    /// The report of the only file.
    pub(crate) fn report(&self) -> &FileReport {
        let failures: Vec<String> = self.outcome.failures.iter().map(ToString::to_string).collect();
        assert_eq!((self.outcome.reports.len(), failures), (1, Vec::new()));
        &self.outcome.reports[0]
    }

    /// The failure of the only file, as the analyst reads it.
    pub(crate) fn failure(&self) -> String {
        assert_eq!((self.outcome.reports.len(), self.outcome.failures.len()), (0, 1));
        self.outcome.failures[0].to_string()
    }

    pub(crate) fn n_rows(&self) -> u64 {
        self.batches.iter().map(|(_, batch)| batch.num_rows() as u64).sum()
    }

    /// The cells of a text column, batch after batch.
    pub(crate) fn texts(&self, column: &str) -> Vec<Option<String>> {
        self.batches.iter().flat_map(|(_, batch)| texts(batch, column)).collect()
    }
}

pub(crate) fn texts(batch: &RecordBatch, column: &str) -> Vec<Option<String>> {
    let array = batch.column_by_name(column).unwrap();
    if let Some(words) = array.as_dictionary_opt::<Int32Type>() {
        let words = words.downcast_dict::<StringArray>().unwrap();
        return words.into_iter().map(|word| word.map(str::to_owned)).collect();
    }
    array.as_string::<i32>().iter().map(|word| word.map(str::to_owned)).collect()
}

pub(crate) fn request(small_areas: &SmallAreaCodes) -> ReadRequest<'_> {
    ReadRequest {
        form: Form::Street,
        mapping: None,
        source_id: "police-street",
        time_precision: TimePrecision::Month,
        place_precision: PlacePrecision::Snapped,
        latest: month("2024-10"),
        keep_text: true,
        declared_vintage: Some(AreaLevel::LSOA_2021),
        small_areas,
        locate: None,
        postcodes: None,
        pseudonyms: None,
        read_with: None,
        threads: 2,
    }
}

pub(crate) fn read_with(inputs: Vec<InputFile>, request: &ReadRequest<'_>) -> Got {
    let batches = Mutex::new(Vec::new());
    let sink = |month, batch| {
        batches.lock().unwrap().push((month, batch));
        Ok(())
    };
    let outcome = read_months(inputs, request, &|_| false, &sink, &Silent);
    let mut batches = batches.into_inner().unwrap();
    batches.sort_by_key(|(month, _)| *month);
    Got { outcome, batches }
}

pub(crate) fn read(inputs: Vec<InputFile>) -> Got {
    read_with(inputs, &request(&SmallAreaCodes::default()))
}

/// Reads bytes as the file of January 2024.
pub(crate) fn read_bytes(bytes: &[u8]) -> Got {
    read(vec![InputFile::in_memory(FILE_NAME, bytes.to_vec())])
}

/// Reads what the paths hold; nothing in them may fail to open.
pub(crate) fn read_paths(paths: &[PathBuf]) -> Got {
    let found = find_inputs(Form::Street, paths).unwrap();
    assert!(found.failures.is_empty(), "{:?}", found.failures);
    read(found.files)
}
