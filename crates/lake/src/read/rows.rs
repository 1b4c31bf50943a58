//! Rows and the lines they stand on.
//!
//! `simd-csv` finds records quickly but does not count lines, and a quotation mark that is never
//! closed makes one record of all that follows. No police.uk field holds a line break, so a record
//! that spans lines is such a mark: its first line is refused and the others are read one by one.

use simd_csv::{ZeroCopyByteRecord, ZeroCopyReader, ZeroCopyReaderBuilder};

use super::error::ReadError;

/// One line of a file.
pub(super) enum Line<'a> {
    /// A record that ends where its line ends.
    Record(&'a ZeroCopyByteRecord<'a>),
    /// A quotation mark opens and does not close.
    UnclosedQuote(&'a [u8]),
}

/// The records of one file.
pub(super) struct Records<'t> {
    text: &'t [u8],
    reader: ZeroCopyReader<&'t [u8]>,
    place: Place,
    header: Vec<String>,
}

impl<'t> Records<'t> {
    /// Reads the header.
    pub(super) fn open(text: &'t str) -> Result<Self, ReadError> {
        // The CSV reader would pass over a second mark without counting it.
        let text = text.trim_start_matches('\u{feff}').as_bytes();
        // Rows have some two hundred bytes; the buffer stays in the processor's cache.
        let mut reader = without_header(64 * 1024, text);
        let mut place = Place { offset: 0, line: 1, blank: 0 };
        let Some(header) = reader.read_byte_record().map_err(in_memory)? else {
            return Err(ReadError::Empty);
        };
        place.start(text, header.as_slice().len());
        place.skip_inside(header.as_slice());
        let names = header
            .unescaped_iter()
            .map(|name| String::from_utf8_lossy(&name).into_owned())
            .collect();
        Ok(Self { text, reader, place, header: names })
    }

    /// The names in the header.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// Shows every line after the header with its number, counted from 1 with the header, and returns
    /// how many blank lines were passed over.
    pub(super) fn visit(mut self, mut show: impl FnMut(u32, Line<'_>)) -> Result<u64, ReadError> {
        while let Some(record) = self.reader.read_byte_record().map_err(in_memory)? {
            let slice = record.as_slice();
            self.place.start(self.text, slice.len());
            if slice.contains(&b'\n') {
                visit_one_by_one(slice, self.place.line, &mut show);
                self.place.skip_inside(slice);
            } else {
                show(self.place.line, Line::Record(&record));
            }
        }
        Ok(self.place.blank)
    }
}

fn without_header(buffer_bytes: usize, text: &[u8]) -> ZeroCopyReader<&[u8]> {
    ZeroCopyReaderBuilder::with_capacity(buffer_bytes)
        .flexible(true)
        .has_headers(false)
        .from_reader(text)
}

fn in_memory(error: simd_csv::Error) -> ReadError {
    ReadError::Unreadable { source: error.into() }
}

/// Where the reader stands.
struct Place {
    offset: usize,
    line: u32,
    blank: u64,
}

impl Place {
    /// Passes over the line ends before a record of `length` bytes, and then over the record.
    fn start(&mut self, text: &[u8], length: usize) {
        let mut ends = 0_u32;
        while let Some(byte @ (b'\r' | b'\n')) = text.get(self.offset) {
            ends += u32::from(*byte == b'\n');
            self.offset += 1;
        }
        self.line += ends;
        self.blank += u64::from(ends.saturating_sub(1));
        self.offset += length;
    }

    fn skip_inside(&mut self, record: &[u8]) {
        self.line += record.split(|byte| *byte == b'\n').count() as u32 - 1;
    }
}

fn visit_one_by_one(record: &[u8], first_line: u32, show: &mut impl FnMut(u32, Line<'_>)) {
    for (line, bytes) in (first_line..).zip(record.split(|byte| *byte == b'\n')) {
        let bytes = bytes.strip_suffix(b"\r").unwrap_or(bytes);
        if bytes.is_empty() {
            continue;
        }
        let n_quotes = bytes.split(|byte| *byte == b'"').count() - 1;
        if n_quotes % 2 == 1 {
            show(line, Line::UnclosedQuote(bytes));
            continue;
        }
        let mut reader = without_header(bytes.len() + 1, bytes);
        if let Ok(Some(alone)) = reader.read_byte_record() {
            show(line, Line::Record(&alone));
        }
    }
}
