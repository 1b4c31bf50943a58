//! Numbers that arrive as totals: a table of statistics, such as the Home Office's recorded crime by
//! force or partnership.

use wardmote_domain::category::Category;
use wardmote_domain::period::{Month, Period};

use super::{GeographyError, GeographyFile, Sink};
use crate::mapping::{TotalsColumns, TotalsMapping, month_of};
use crate::people::personal_cell;
use crate::read::ReadError;
use crate::rows::TotalRow;
use crate::sheet::{Sheet, SheetRow};

pub(super) fn read(
    file: &GeographyFile<'_>,
    mapping: &TotalsMapping,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let failed = |why| GeographyError::Table { path: file.path.to_owned(), why };
    let sheet =
        Sheet::read(file.bytes, mapping.sheet.as_deref(), mapping.heading_row).map_err(failed)?;
    let places = Places::of(&sheet, &mapping.columns).map_err(failed)?;
    let stored = [places.area, places.category].into_iter().flatten();
    if let Some(found) = personal_cell(&sheet, stored) {
        return Err(failed(ReadError::personal(found)));
    }
    for row in &sheet.rows {
        sink.rows.rows_read += 1;
        match places.row(row, mapping, file) {
            Ok(total) => {
                sink.rows.rows_kept += 1;
                sink.rows.totals.push(total);
            }
            Err((heading, reason, text)) => {
                sink.refuse(u64::from(row.line), heading, reason.to_owned(), text);
            }
        }
    }
    Ok(())
}

/// Where the declared columns stand.
struct Places {
    area: Option<usize>,
    category: Option<usize>,
    number: usize,
    financial_year: Option<usize>,
    quarter: Option<usize>,
    month: Option<usize>,
}

/// What a row's words count under.
fn category(
    words: &str,
    mapping: &TotalsMapping,
    file: &GeographyFile<'_>,
) -> Result<Category, &'static str> {
    let declared = file.categories.unwrap_or(&mapping.categories);
    match declared.get(words) {
        Some(category) => Ok(category.clone()),
        None if declared.is_empty() || file.categories.is_some() => {
            Category::of_words(words).ok_or("names no kind of event")
        }
        None => Err("not one of the words that the declaration lists"),
    }
}

type Refused<'a> = (&'a str, &'static str, &'a str);

impl Places {
    fn of(sheet: &Sheet, columns: &TotalsColumns) -> Result<Self, ReadError> {
        let optional =
            |heading: Option<&str>| heading.map(|heading| sheet.column(heading)).transpose();
        Ok(Self {
            area: optional(columns.area.as_deref())?,
            category: optional(columns.category.as_deref())?,
            number: sheet.column(&columns.number)?,
            financial_year: optional(columns.financial_year.as_deref())?,
            quarter: optional(columns.quarter.as_deref())?,
            month: optional(columns.month.as_ref().map(|month| month.heading.as_str()))?,
        })
    }

    fn row<'a>(
        &self,
        row: &'a SheetRow,
        mapping: &'a TotalsMapping,
        file: &GeographyFile<'_>,
    ) -> Result<TotalRow, Refused<'a>> {
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let columns = &mapping.columns;
        let area = self.area.map(cell).or(mapping.area.as_deref()).unwrap_or_default();
        if area.is_empty() {
            return Err((columns.area.as_deref().unwrap_or("area"), "names no area", area));
        }
        let words = self.category.map(cell).unwrap_or_default();
        let category = match &mapping.category {
            Some(only) => only.clone(),
            None => category(words, mapping, file)
                .map_err(|why| (columns.category.as_deref().unwrap_or("category"), why, words))?,
        };
        // Publishers pad numbers with blanks and part thousands with commas.
        let number = cell(self.number);
        let n = number
            .replace(',', "")
            .parse()
            .map_err(|_| (columns.number.as_str(), "not a whole number", number))?;
        Ok(TotalRow {
            source: mapping.source.clone(),
            area: area.to_owned(),
            level: mapping.level,
            months: self.months(&cell, columns)?,
            category,
            source_category: words.to_owned(),
            n,
            load_id: file.load_id.to_owned(),
            line: u64::from(row.line),
        })
    }

    fn months<'a>(
        &self,
        cell: &impl Fn(usize) -> &'a str,
        columns: &'a TotalsColumns,
    ) -> Result<Option<(Month, Month)>, Refused<'a>> {
        if let (Some(index), Some(month)) = (self.month, &columns.month) {
            let text = cell(index);
            let found = month_of(text, &month.formats);
            let found = found.ok_or((
                month.heading.as_str(),
                "a date in none of the declared formats",
                text,
            ))?;
            return Ok(Some((found.0, found.0)));
        }
        let (Some(index), Some(heading)) = (self.financial_year, &columns.financial_year) else {
            return Ok(None);
        };
        let text = cell(index);
        let year = text
            .parse::<Period>()
            .ok()
            .filter(|period| text.contains('/') && period.n_months() == 12);
        let year = year.ok_or((heading.as_str(), "not a financial year such as 2017/18", text))?;
        let (Some(index), Some(heading)) = (self.quarter, &columns.quarter) else {
            return Ok(Some((year.first(), year.last())));
        };
        let text = cell(index);
        let quarter = text.trim_start_matches(['Q', 'q']).parse::<i32>().ok();
        let quarter = quarter.filter(|quarter| (1..=4).contains(quarter));
        let quarter = quarter.ok_or((heading.as_str(), "not a quarter from 1 to 4", text))?;
        let first = year.first().plus(3 * (quarter - 1));
        Ok(Some((first, first.plus(2))))
    }
}
