//! A CSV file of geography, by its headings.

use std::path::Path;

use super::{GeographyError, Sink};
use crate::people::shown_headings;
use crate::sheet::line_at;
use crate::source::Column;

/// A CSV file with its headings.
pub(super) struct Sheet<'a> {
    path: &'a Path,
    bytes: &'a [u8],
    headings: Vec<String>,
    records: csv::Reader<&'a [u8]>,
}

impl<'a> Sheet<'a> {
    pub(super) fn open(path: &'a Path, bytes: &'a [u8]) -> Result<Self, GeographyError> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let first_line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let delimiter =
            if first_line.contains(&b';') && !first_line.contains(&b',') { b';' } else { b',' };
        let mut records =
            csv::ReaderBuilder::new().flexible(true).delimiter(delimiter).from_reader(bytes);
        let read =
            |why: csv::Error| GeographyError::Read { path: path.to_owned(), why: why.into() };
        let headings = records.headers().map_err(read)?;
        let headings = headings.iter().map(|heading| heading.trim().to_owned()).collect();
        Ok(Self { path, bytes, headings, records })
    }

    /// The place of a column, and what to call it.
    pub(super) fn column(&self, column: &Column) -> Result<(usize, String), GeographyError> {
        let found = match column {
            Column::Heading(name) => self.headings.iter().position(|heading| heading == name),
            Column::Number(number) => {
                number.checked_sub(1).filter(|index| *index < self.headings.len())
            }
        };
        let name = match column {
            Column::Heading(name) => name.clone(),
            Column::Number(number) => format!("column {number}"),
        };
        let Some(index) = found else {
            let has = shown_headings(&self.headings);
            return Err(GeographyError::NoColumn { path: self.path.to_owned(), column: name, has });
        };
        Ok((index, name))
    }

    /// Calls `each` with every record and its line; a record that is no text is refused.
    pub(super) fn each(
        mut self,
        sink: &mut Sink<'_>,
        mut each: impl FnMut(&mut Sink<'_>, u64, &csv::StringRecord) -> bool,
    ) {
        let mut record = csv::StringRecord::new();
        loop {
            let found = self.records.read_record(&mut record);
            let position = match &found {
                Ok(false) => break,
                Ok(true) => record.position(),
                Err(why) => why.position(),
            };
            let line = position.map_or(0, |position| line_at(self.bytes, position));
            sink.rows.rows_read += 1;
            match found {
                Ok(_) => sink.rows.rows_kept += u64::from(each(sink, line, &record)),
                Err(_) => sink.refuse(line, "row", "not UTF-8 text".into(), ""),
            }
        }
    }
}
