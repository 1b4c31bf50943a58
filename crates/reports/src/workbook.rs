//! Workbooks of Excel: tables that people fill in, written with lists to choose from, and read back as
//! the texts of their cells.

use std::io::Cursor;

use calamine::{Data, ExcelDateTime, Reader as _, Xlsx};
use rust_xlsxwriter::{DataValidation, DocProperties, ExcelDateTime as Day, Format, Workbook};

/// Why a workbook could not be written or read.
#[derive(Debug, thiserror::Error)]
pub enum WorkbookError {
    /// It cannot be written.
    #[error("the workbook cannot be written: {why}")]
    Unwritable {
        /// What is wrong.
        why: String,
    },
    /// It is no workbook.
    #[error("this is no workbook of Excel (.xlsx): {why}")]
    Unreadable {
        /// What is wrong.
        why: String,
    },
    /// It is larger than any plan.
    #[error("the workbook holds more than {most_mib} MiB")]
    TooLarge {
        /// The most that is read.
        most_mib: u64,
    },
}

/// What stands in a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SheetColumn {
    /// Text.
    Text,
    /// Long text.
    LongText,
    /// Days, written as 2025-06-09.
    Day,
    /// Numbers.
    Number,
    /// One of these.
    Choice(Vec<String>),
}

/// A sheet to be written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetOut {
    /// Its name.
    pub name: String,
    /// Its headings, each with what stands below.
    pub columns: Vec<(String, SheetColumn)>,
    /// Its rows.
    pub rows: Vec<Vec<String>>,
}

/// A sheet as it was read: rows that are not blank, each cell with its name, such as C7.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetIn {
    /// Its name.
    pub name: String,
    /// Its rows.
    pub rows: Vec<Vec<CellIn>>,
}

/// A cell that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CellIn {
    /// Its name, such as C7.
    pub name: String,
    /// What stands in it, without blanks around; a day as 2025-06-09.
    pub text: String,
    /// Whether it is a formula that no program has worked out, so that nobody knows what stands in it.
    pub is_not_worked_out: bool,
}

/// What a workbook may expand to.
const MOST_BYTES: u64 = 128 << 20;
/// The longest list to choose from that Excel takes, in characters.
const LONGEST_LIST: usize = 255;

/// A workbook with these sheets; the same sheets give the same bytes.
pub fn write(sheets: &[SheetOut]) -> Result<Vec<u8>, WorkbookError> {
    let bad = |why: rust_xlsxwriter::XlsxError| WorkbookError::Unwritable { why: why.to_string() };
    let mut workbook = Workbook::new();
    let made = Day::from_ymd(2025, 1, 1).map_err(bad)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
    let heading = Format::new().set_bold().set_text_wrap();
    let text = Format::new().set_text_wrap();
    let day = Format::new().set_num_format("d mmmm yyyy");
    for sheet in sheets {
        let to = workbook.add_worksheet();
        to.set_name(&sheet.name).map_err(bad)?;
        to.set_freeze_panes(1, 0).map_err(bad)?;
        let last = u32::try_from(sheet.rows.len()).unwrap_or(u32::MAX).saturating_add(200);
        for (index, (name, kind)) in (0u16..).zip(&sheet.columns) {
            to.write_string_with_format(0, index, name, &heading).map_err(bad)?;
            let width = if *kind == SheetColumn::LongText { 60.0 } else { 24.0 };
            to.set_column_width(index, width).map_err(bad)?;
            if let SheetColumn::Choice(choices) = kind {
                let length: usize = choices.iter().map(|choice| choice.len() + 1).sum();
                if length <= LONGEST_LIST {
                    let choose = DataValidation::new().allow_list_strings(choices).map_err(bad)?;
                    to.add_data_validation(1, index, last, index, &choose).map_err(bad)?;
                }
            }
        }
        for (row, cells) in (1u32..).zip(&sheet.rows) {
            for (column, (cell, (_, kind))) in (0u16..).zip(cells.iter().zip(&sheet.columns)) {
                if cell.is_empty() {
                    continue;
                }
                match (kind, Day::parse_from_str(cell), cell.parse::<f64>()) {
                    (SheetColumn::Day, Ok(date), _) => {
                        to.write_datetime_with_format(row, column, &date, &day).map_err(bad)?
                    }
                    // A number that Excel would round stays text.
                    (SheetColumn::Number, _, Ok(number)) if number.abs() < 1e15 => {
                        to.write_number(row, column, number).map_err(bad)?
                    }
                    _ => to.write_string_with_format(row, column, cell, &text).map_err(bad)?,
                };
            }
        }
    }
    workbook.save_to_buffer().map_err(bad)
}

/// The sheets of a workbook that anybody may have made.
pub fn read(bytes: &[u8]) -> Result<Vec<SheetIn>, WorkbookError> {
    let bad = |why: String| WorkbookError::Unreadable { why };
    let mut archive =
        zip::ZipArchive::new(Cursor::new(bytes)).map_err(|why| bad(why.to_string()))?;
    let sizes = (0..archive.len()).map(|index| archive.by_index_raw(index).map_or(0, |e| e.size()));
    if sizes.sum::<u64>() > MOST_BYTES {
        return Err(WorkbookError::TooLarge { most_mib: MOST_BYTES >> 20 });
    }
    let mut workbook: Xlsx<_> =
        Xlsx::new(Cursor::new(bytes)).map_err(|why| bad(why.to_string()))?;
    let mut sheets = Vec::new();
    for name in workbook.sheet_names() {
        let range = workbook.worksheet_range(&name).map_err(|why| bad(why.to_string()))?;
        let formulas = workbook.worksheet_formula(&name).map_err(|why| bad(why.to_string()))?;
        let has_formula =
            |row, column| formulas.get_value((row, column)).is_some_and(|text| !text.is_empty());
        let (first_row, first_column) = range.start().unwrap_or_default();
        let mut rows = Vec::new();
        for (row, cells) in (first_row..).zip(range.rows()) {
            let cell = |(column, cell): (u32, &Data)| CellIn {
                name: format!("{}{}", column_name(column), row + 1),
                text: text(cell),
                is_not_worked_out: *cell == Data::Empty && has_formula(row, column),
            };
            let cells: Vec<CellIn> = (first_column..).zip(cells).map(cell).collect();
            if cells.iter().any(|cell| !cell.text.is_empty()) {
                rows.push(cells);
            }
        }
        sheets.push(SheetIn { name, rows });
    }
    Ok(sheets)
}

fn text(cell: &Data) -> String {
    match cell {
        Data::Empty => String::new(),
        Data::DateTime(date) => day(*date),
        // As Excel shows a whole number.
        Data::Float(number) if number.fract() == 0.0 && number.abs() < 1e15 => {
            format!("{number:.0}")
        }
        Data::Bool(yes) => if *yes { "yes" } else { "no" }.to_owned(),
        other => other.to_string().trim().to_owned(),
    }
}

fn day(date: ExcelDateTime) -> String {
    let (year, month, day, ..) = date.to_ymd_hms_milli();
    format!("{year:04}-{month:02}-{day:02}")
}

/// A column as Excel names it: A to Z, then AA.
fn column_name(mut column: u32) -> String {
    let mut name = String::new();
    loop {
        let letter = char::from(b'A' + u8::try_from(column % 26).unwrap_or(0));
        name.insert(0, letter);
        if column < 26 {
            return name;
        }
        column = column / 26 - 1;
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Read as _, Write as _};

    use super::*;

    fn sheet() -> SheetOut {
        SheetOut {
            name: "Actions".into(),
            columns: vec![
                ("Reference".into(), SheetColumn::Text),
                ("Due".into(), SheetColumn::Day),
                ("Amount".into(), SheetColumn::Number),
                ("State".into(), SheetColumn::Choice(vec!["Under way".into(), "Done".into()])),
                ("Progress".into(), SheetColumn::LongText),
            ],
            rows: vec![
                vec![
                    "007".into(),
                    "2024-02-29".into(),
                    "12.50".into(),
                    "Done".into(),
                    "a\nb".into(),
                ],
                vec!["1.10".into(), String::new(), "7".into(), String::new(), "=1+1".into()],
            ],
        }
    }

    #[test]
    fn what_is_written_is_read_back_by_cell() {
        let bytes = write(&[sheet()]).unwrap();
        assert_eq!(bytes, write(&[sheet()]).unwrap());
        let read = read(&bytes).unwrap();
        let texts = |row: usize| -> Vec<&str> {
            read[0].rows[row].iter().map(|cell| cell.text.as_str()).collect()
        };
        assert_eq!(read[0].name, "Actions");
        assert_eq!(texts(1), ["007", "2024-02-29", "12.5", "Done", "a\nb"]);
        assert_eq!(texts(2), ["1.10", "", "7", "", "=1+1"]);
        assert_eq!(read[0].rows[1][1].name, "B2");
    }

    /// As programs write a workbook that never went through Excel: the formula, and an empty value.
    fn without_values(bytes: &[u8]) -> Vec<u8> {
        let mut from = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut to = zip::ZipWriter::new(Cursor::new(Vec::new()));
        for index in 0..from.len() {
            let mut entry = from.by_index(index).unwrap();
            let name = entry.name().unwrap().into_owned();
            let mut text = Vec::new();
            entry.read_to_end(&mut text).unwrap();
            if name.ends_with("sheet1.xml") {
                let xml = String::from_utf8(text).unwrap();
                assert!(xml.contains("</f><v>0</v>"), "{xml}");
                text = xml.replace("</f><v>0</v>", "</f><v></v>").into_bytes();
            }
            to.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
            to.write_all(&text).unwrap();
        }
        to.finish().unwrap().into_inner()
    }

    #[test]
    fn a_formula_that_was_not_worked_out_is_not_empty() {
        let mut workbook = Workbook::new();
        let sheet = workbook.add_worksheet();
        sheet.write_string(0, 0, "Due").unwrap();
        sheet.write_formula(1, 0, "=1+1").unwrap();
        sheet.write_string(1, 1, "A1").unwrap();
        let bytes = workbook.save_to_buffer().unwrap();
        let cell = |bytes: &[u8]| read(bytes).unwrap()[0].rows[1][0].clone();
        let counted = cell(&bytes);
        assert_eq!((counted.text.as_str(), counted.is_not_worked_out), ("0", false));
        let not = cell(&without_values(&bytes));
        assert_eq!((not.name.as_str(), not.text.as_str(), not.is_not_worked_out), ("A2", "", true));
    }

    #[test]
    fn columns_are_named_as_excel_does() {
        let named: Vec<String> = [0, 25, 26, 51, 52, 701, 702].map(column_name).to_vec();
        assert_eq!(named, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"]);
    }

    #[test]
    fn what_is_no_workbook_is_refused() {
        for bytes in [&b""[..], b"PK\x03\x04", b"Reference,Title\n"] {
            assert!(matches!(read(bytes), Err(WorkbookError::Unreadable { .. })));
        }
    }
}
