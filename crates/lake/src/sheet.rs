//! A partner's table, from CSV, XLSX or ODS, by its headings and rows.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader as _, open_workbook_auto_from_rs};

use crate::people::shown_headings;
use crate::read::{ReadError, decode};

/// A table with its headings.
#[derive(Debug)]
pub(crate) struct Sheet {
    pub(crate) headings: Vec<String>,
    pub(crate) rows: Vec<SheetRow>,
}

/// A row that is not blank.
#[derive(Debug)]
pub(crate) struct SheetRow {
    /// Its line in the file, or its row in the sheet, from 1.
    pub(crate) line: u32,
    /// Its cells without blanks around them. Dates of a workbook are in ISO form.
    pub(crate) cells: Vec<String>,
}

/// What a workbook may expand to.
const MOST_BYTES: u64 = 512 << 20;

impl Sheet {
    /// Reads a file's content; workbooks are known by their first bytes, and all else is CSV.
    pub(crate) fn read(
        bytes: &[u8],
        sheet: Option<&str>,
        heading_row: usize,
    ) -> Result<Self, ReadError> {
        let rows = if bytes.starts_with(b"PK") {
            workbook(bytes, sheet)?
        } else {
            csv(bytes, heading_row)?
        };
        let at = u32::try_from(heading_row).unwrap_or(u32::MAX);
        let mut rows = rows.into_iter().skip_while(|row| row.line < at);
        let headings = rows.next().filter(|row| row.line == at);
        let headings = headings.ok_or(ReadError::NoHeadings { row: heading_row })?.cells;
        Ok(Self { headings, rows: rows.collect() })
    }

    /// The place of a column.
    pub(crate) fn column(&self, heading: &str) -> Result<usize, ReadError> {
        let found = self.headings.iter().position(|name| name.eq_ignore_ascii_case(heading.trim()));
        found.ok_or_else(|| ReadError::NoColumn {
            column: heading.to_owned(),
            has: shown_headings(&self.headings),
        })
    }
}

/// The separator is the one that stands most often in the line of the headings.
fn csv(bytes: &[u8], heading_row: usize) -> Result<Vec<SheetRow>, ReadError> {
    let decoded = decode(bytes)?;
    let headings = decoded.text.lines().nth(heading_row.saturating_sub(1)).unwrap_or_default();
    let count = |mark: char| headings.matches(mark).count();
    let delimiter =
        [',', ';', '\t'].into_iter().max_by_key(|mark| (count(*mark), *mark == ',')).unwrap_or(',');
    let mut reader = csv::ReaderBuilder::new()
        .flexible(true)
        .has_headers(false)
        .delimiter(delimiter as u8)
        .from_reader(decoded.text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    let unreadable = |why: csv::Error| ReadError::Unreadable { source: why.into() };
    while reader.read_record(&mut record).map_err(unreadable)? {
        let line = record.position().map_or(0, |at| line_at(decoded.text.as_bytes(), at));
        let cells = record.iter().map(|cell| cell.trim().to_owned()).collect();
        push(&mut rows, line, cells);
    }
    Ok(rows)
}

/// The line on which a record starts. The CSV reader takes the line ends before it, a carriage
/// return's line feed and blank lines, for its beginning.
pub(crate) fn line_at(bytes: &[u8], position: &csv::Position) -> u64 {
    let rest = bytes.get(position.byte() as usize..).unwrap_or_default();
    let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
    position.line() + ends.filter(|byte| **byte == b'\n').count() as u64
}

fn workbook(bytes: &[u8], wanted: Option<&str>) -> Result<Vec<SheetRow>, ReadError> {
    let bad = |why: String| ReadError::Workbook { why };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|why| bad(why.to_string()))?;
    let sizes = (0..archive.len()).map(|index| archive.by_index_raw(index).map_or(0, |e| e.size()));
    if sizes.sum::<u64>() > MOST_BYTES {
        return Err(ReadError::TooLarge { limit_mib: MOST_BYTES >> 20 });
    }
    let mut workbook =
        open_workbook_auto_from_rs(Cursor::new(bytes)).map_err(|why| bad(why.to_string()))?;
    let names = workbook.sheet_names();
    let name = match wanted {
        Some(wanted) => names.iter().find(|name| name.as_str() == wanted),
        None => names.first(),
    };
    let name = name.cloned().ok_or_else(|| ReadError::NoSheet {
        sheet: wanted.unwrap_or("any").to_owned(),
        has: names.join(", "),
    })?;
    let range = workbook.worksheet_range(&name).map_err(|why| bad(why.to_string()))?;
    let (first_row, first_column) = range.start().unwrap_or_default();
    let mut rows = Vec::new();
    for (line, cells) in (u64::from(first_row) + 1..).zip(range.rows()) {
        // A range begins at its first cell that is not blank.
        let blank = (0..first_column).map(|_| String::new());
        push(&mut rows, line, blank.chain(cells.iter().map(text)).collect());
    }
    Ok(rows)
}

fn push(rows: &mut Vec<SheetRow>, line: u64, cells: Vec<String>) {
    if cells.iter().any(|cell| !cell.is_empty()) {
        rows.push(SheetRow { line: u32::try_from(line).unwrap_or(u32::MAX), cells });
    }
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(date) => iso(*date),
        other => other.to_string().trim().to_owned(),
    }
}

fn iso(date: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
    let date = format!("{year:04}-{month:02}-{day:02}");
    if (hour, minute, second) == (0, 0, 0) {
        date
    } else {
        format!("{date}T{hour:02}:{minute:02}:{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn csv_of_any_separator_keeps_its_lines() {
        let text = "Report of May\r\n\r\nDate;Kind\r\n01/05/2024;\"Noise\r\nat night\"\r\n;\r\n02/05/2024;Litter\r\n";
        let sheet = Sheet::read(text.as_bytes(), None, 3).unwrap();
        assert_eq!(sheet.headings, ["Date", "Kind"]);
        let found: Vec<_> =
            sheet.rows.iter().map(|row| (row.line, row.cells[1].as_str())).collect();
        assert_eq!(found, [(4, "Noise\r\nat night"), (7, "Litter")]);
        assert_eq!(sheet.column("kind").unwrap(), 1);
        assert!(sheet.column("place").unwrap_err().to_string().contains("it has Date, Kind"));
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        let error = Sheet::read(b"PK\x03\x04 and no more", None, 1).unwrap_err().to_string();
        assert!(error.contains("not a readable workbook"), "{error}");
        let none = Sheet::read(b"a,b\n", None, 4).unwrap_err().to_string();
        assert!(none.contains("row 4"), "{none}");
    }
}
