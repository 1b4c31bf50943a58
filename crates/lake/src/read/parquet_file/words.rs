//! A column of recurring words as a Parquet column chunk.
//!
//! The Arrow writer looks every word of a dictionary column up in a table by its text, which took a
//! sixth of the time from CSV to Parquet. Here the numbers that the words already have are written as
//! they are; every word used stands in the dictionary in order, so that ranges come for nothing.

use std::io::Write;
use std::sync::Arc;

use arrow::array::{Array, DictionaryArray, Int32Array, StringArray};
use arrow::datatypes::Int32Type;
use parquet::basic::{Compression, Encoding, Type};
use parquet::column::page::{CompressedPage, Page, PageWriter};
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::ByteArray;
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::{ColumnChunkMetaData, ColumnIndexBuilder, OffsetIndexBuilder};
use parquet::file::statistics::Statistics;
use parquet::file::writer::{SerializedPageWriter, SerializedRowGroupWriter, TrackedWrite};
use parquet::schema::types::ColumnDescPtr;

use super::runs;

/// Queries that select by a sorted column read only the pages that hold what they ask for.
const ROWS_PER_PAGE: usize = 20_000;

/// Appends one column to a row group: a dictionary page, then pages of numbers.
///
/// Pages are left uncompressed: runs of sorted words are a few bytes, and packed bits do not compress.
pub(super) fn append<W: Write + Send>(
    column: &DictionaryArray<Int32Type>,
    descriptor: &ColumnDescPtr,
    group: &mut SerializedRowGroupWriter<'_, W>,
) -> Result<()> {
    let words = column.values().as_any().downcast_ref::<StringArray>();
    let words = words.ok_or_else(|| ParquetError::General("words that are not text".into()))?;
    let numbered = Numbered::new(column.keys(), words);
    let mut sink = TrackedWrite::new(Vec::new());
    let mut pages = SerializedPageWriter::new(&mut sink);
    let mut column_index = ColumnIndexBuilder::new(Type::BYTE_ARRAY);
    let mut offset_index = OffsetIndexBuilder::new();

    let written = pages.write_page(numbered.dictionary_page())?;
    let data_page_offset = written.bytes_written;
    for rows in numbered.numbers.chunks(ROWS_PER_PAGE) {
        let (page, range) = numbered.data_page(rows, descriptor.max_def_level() > 0);
        let written = pages.write_page(page)?;
        let n_nulls = rows.iter().filter(|number| **number == BLANK).count();
        let [min, max] = match range {
            Some(bounds) => {
                bounds.map(|number| numbered.words[number as usize].as_bytes().to_vec())
            }
            None => [const { Vec::new() }; 2],
        };
        column_index.append(range.is_none(), min, max, signed(n_nulls));
        offset_index.append_row_count(signed(rows.len()));
        let size = (written.compressed_size as u32).cast_signed();
        offset_index.append_offset_and_size(written.offset.cast_signed(), size);
    }
    pages.close()?;

    let bytes = sink.into_inner()?;
    let bound = |word: Option<&&str>| word.map(|word| ByteArray::from(*word));
    let (min, max) = (bound(numbered.words.first()), bound(numbered.words.last()));
    let n_nulls = Some(column.null_count() as u64);
    let metadata = ColumnChunkMetaData::builder(Arc::clone(descriptor))
        .set_compression(Compression::UNCOMPRESSED)
        .set_encodings(vec![Encoding::PLAIN, Encoding::RLE, Encoding::RLE_DICTIONARY])
        .set_num_values(signed(column.len()))
        .set_total_compressed_size(signed(bytes.len()))
        .set_total_uncompressed_size(signed(bytes.len()))
        .set_dictionary_page_offset(Some(0))
        .set_data_page_offset(data_page_offset.cast_signed())
        .set_statistics(Statistics::byte_array(min, max, None, n_nulls, false))
        .build()?;
    let close = ColumnCloseResult {
        bytes_written: bytes.len() as u64,
        rows_written: column.len() as u64,
        metadata,
        bloom_filter: None,
        column_index: Some(column_index.build()?),
        offset_index: Some(offset_index.build()),
    };
    // A row group copies from the type of buffer that a page has.
    let chunk = Page::DictionaryPage {
        buf: bytes.into(),
        num_values: 0,
        encoding: Encoding::PLAIN,
        is_sorted: true,
    };
    group.append_column(chunk.buffer(), close)
}

/// Parquet's counts and offsets are signed.
fn signed(count: usize) -> i64 {
    (count as u64).cast_signed()
}

/// Stands for a blank cell among the numbers.
const BLANK: u32 = u32::MAX;

/// The words that a column uses, in order, and the number of each row's word.
struct Numbered<'a> {
    words: Vec<&'a str>,
    numbers: Vec<u32>,
}

impl<'a> Numbered<'a> {
    fn new(keys: &Int32Array, words: &'a StringArray) -> Self {
        let mut number_of = vec![BLANK; words.len()];
        let present = |index: usize| keys.is_valid(index);
        let keys = || keys.values().iter().map(|key| *key as usize).enumerate();
        for (_, key) in keys().filter(|(index, _)| present(*index)) {
            number_of[key] = 0;
        }
        let mut used: Vec<usize> = (0..words.len()).filter(|key| number_of[*key] == 0).collect();
        used.sort_by_key(|key| words.value(*key));
        for (number, key) in (0..).zip(&used) {
            number_of[*key] = number;
        }
        let number = |(index, key)| if present(index) { number_of[key] } else { BLANK };
        Self {
            numbers: keys().map(number).collect(),
            words: used.into_iter().map(|key| words.value(key)).collect(),
        }
    }

    fn dictionary_page(&self) -> CompressedPage {
        let mut buffer = Vec::new();
        for word in &self.words {
            buffer.extend_from_slice(&(word.len() as u32).to_le_bytes());
            buffer.extend_from_slice(word.as_bytes());
        }
        let size = buffer.len();
        let num_values = self.words.len() as u32;
        let encoding = Encoding::PLAIN;
        let page =
            Page::DictionaryPage { buf: buffer.into(), num_values, encoding, is_sorted: true };
        CompressedPage::new(page, size)
    }

    /// A page of numbers with the smallest and largest of them. In an optional column the presence of
    /// each row's word comes first.
    fn data_page(&self, rows: &[u32], optional: bool) -> (CompressedPage, Option<[u32; 2]>) {
        let mut buffer = Vec::new();
        if optional {
            let present: Vec<u32> = rows.iter().map(|row| u32::from(*row != BLANK)).collect();
            buffer.extend_from_slice(&[0; 4]);
            runs::encode(&present, 1, &mut buffer);
            let length = (buffer.len() - 4) as u32;
            buffer[..4].copy_from_slice(&length.to_le_bytes());
        }
        let numbers: Vec<u32> = rows.iter().copied().filter(|row| *row != BLANK).collect();
        let bits = runs::bits_for(self.words.len());
        buffer.push(bits as u8);
        runs::encode(&numbers, bits, &mut buffer);
        let size = buffer.len();
        let page = Page::DataPage {
            buf: buffer.into(),
            num_values: rows.len() as u32,
            encoding: Encoding::RLE_DICTIONARY,
            def_level_encoding: Encoding::RLE,
            rep_level_encoding: Encoding::RLE,
            statistics: None,
        };
        let range = numbers.iter().min().zip(numbers.iter().max()).map(|(min, max)| [*min, *max]);
        (CompressedPage::new(page, size), range)
    }
}
