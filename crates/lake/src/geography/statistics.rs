//! Published statistics: a table of numbers by area, whatever they count, in its long or its wide form.

use wardmote_domain::period::Period;

use super::{GeographyError, GeographyFile, Sink};
use crate::mapping::StatisticsMapping;
use crate::people::personal_cell;
use crate::read::ReadError;
use crate::sheet::{Sheet, SheetRow};
use crate::statistics::StatisticsBuilder;

/// What publishers write where a number is withheld, not collected or not meaningful.
const NO_NUMBER: [&str; 11] = ["", "-", ".", "..", ":", "*", "x", "c", "z", "na", "n/a"];

pub(super) fn read(
    file: &GeographyFile<'_>,
    mapping: &StatisticsMapping,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let failed = |why| GeographyError::Table { path: file.path.to_owned(), why };
    let sheet =
        Sheet::read(file.bytes, mapping.sheet.as_deref(), mapping.heading_row).map_err(failed)?;
    let places = Places::of(&sheet, mapping).map_err(failed)?;
    if let Some(found) = personal_cell(&sheet, places.words()) {
        return Err(failed(ReadError::personal(found)));
    }
    let mut numbers = StatisticsBuilder::new(&mapping.source, mapping.level, file.load_id);
    for row in &sheet.rows {
        sink.rows.rows_read += 1;
        sink.rows.rows_kept += u64::from(places.add(row, &sheet, sink, &mut numbers));
    }
    sink.rows.statistics = Some(
        numbers
            .finish()
            .map_err(|why| failed(ReadError::Unreadable { source: std::io::Error::other(why) }))?,
    );
    Ok(())
}

/// Where the declared columns stand.
struct Places<'a> {
    mapping: &'a StatisticsMapping,
    area: usize,
    period: Option<usize>,
    indicator: Option<usize>,
    breakdown: Vec<usize>,
    measure: Option<usize>,
    unit: Option<usize>,
    values: Vec<usize>,
}

impl<'a> Places<'a> {
    fn of(sheet: &Sheet, mapping: &'a StatisticsMapping) -> Result<Self, ReadError> {
        let columns = &mapping.columns;
        let optional =
            |heading: &Option<String>| heading.as_ref().map(|one| sheet.column(one)).transpose();
        let all = |headings: &[String]| {
            headings.iter().map(|one| sheet.column(one)).collect::<Result<Vec<_>, _>>()
        };
        let mut places = Self {
            mapping,
            area: sheet.column(&columns.area)?,
            period: optional(&columns.period)?,
            indicator: optional(&columns.indicator)?,
            breakdown: all(&columns.breakdown)?,
            measure: optional(&columns.measure)?,
            unit: optional(&columns.unit)?,
            values: Vec::new(),
        };
        let not_stored = all(&columns.not_stored)?;
        places.values = if let Some(headings) = &columns.values {
            all(headings)?
        } else {
            let taken = |index: &usize| places.taken(*index) || not_stored.contains(index);
            (0..sheet.headings.len()).filter(|index| !taken(index)).collect()
        };
        Ok(places)
    }

    /// The columns whose words are stored as they stand.
    fn words(&self) -> Vec<usize> {
        let single = [self.period, self.indicator, self.measure, self.unit];
        single.into_iter().flatten().chain(self.breakdown.iter().copied()).collect()
    }

    fn taken(&self, index: usize) -> bool {
        let single = [Some(self.area), self.period, self.indicator, self.measure, self.unit];
        single.contains(&Some(index)) || self.breakdown.contains(&index)
    }

    /// Adds one line's numbers, or refuses the line.
    fn add(
        &self,
        row: &SheetRow,
        sheet: &Sheet,
        sink: &mut Sink<'_>,
        numbers: &mut StatisticsBuilder,
    ) -> bool {
        let line = u64::from(row.line);
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let at = |index: Option<usize>| index.map_or("", cell);
        let columns = &self.mapping.columns;
        let Some(area) = sink.code(line, &columns.area, cell(self.area)) else { return false };
        let period = if self.period.is_some() { at(self.period) } else { &self.mapping.period };
        let mut values = Vec::with_capacity(self.values.len());
        for index in &self.values {
            let text = cell(*index);
            let Ok(value) = number(text) else {
                sink.refuse(line, &sheet.headings[*index], "not a number".into(), text);
                return false;
            };
            values.push((*index, value));
        }
        let breakdown: Vec<&str> = self.breakdown.iter().map(|index| cell(*index)).collect();
        let breakdown = breakdown.join("; ");
        for (index, value) in values {
            let heading = sheet.headings[index].as_str();
            let indicator = if self.indicator.is_some() { at(self.indicator) } else { heading };
            let unit = if self.unit.is_some() { at(self.unit) } else { &self.mapping.unit };
            let words = [period, indicator, &breakdown, at(self.measure), unit];
            numbers.add(&area, months(period).as_ref(), words, value, line);
        }
        true
    }
}

/// A number, or none where the publisher gives none.
fn number(text: &str) -> Result<Option<f64>, ()> {
    let plain = text.replace(',', "");
    if NO_NUMBER.contains(&plain.to_ascii_lowercase().as_str()) {
        return Ok(None);
    }
    plain.parse().ok().filter(|value: &f64| value.is_finite()).map(Some).ok_or(())
}

/// The months of a period as publishers write it: `2014/15`, `2019`, `2021-03-21`, `March 2023`,
/// `Oct 2021-Sep 2022`.
fn months(text: &str) -> Option<Period> {
    let month = |text: &str| {
        let (name, year) = text.trim().split_once(' ')?;
        let names =
            ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
        let name = name.to_ascii_lowercase();
        let number = names.iter().position(|known| name.starts_with(known))? + 1;
        let year: u16 = year.parse().ok()?;
        Some(format!("{year:04}-{number:02}"))
    };
    let written = text.trim();
    let day = written.len() == 10 && written.as_bytes()[4] == b'-';
    let written = if day { written.get(..7)? } else { written };
    if let Ok(period) = written.parse() {
        return Some(period);
    }
    if let Some(only) = month(written) {
        return only.parse().ok();
    }
    let (first, last) = written.split_once('-')?;
    format!("{}..{}", month(first)?, month(last)?).parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_are_read_as_publishers_write_them() {
        let of = |text| months(text).map(|period| (period.first().to_string(), period.n_months()));
        assert_eq!(of("2014/15"), Some(("2014-04".into(), 12)));
        assert_eq!(of("March 2023"), Some(("2023-03".into(), 1)));
        assert_eq!(of("Oct 2021-Sep 2022"), Some(("2021-10".into(), 12)));
        assert_eq!(of("2021-03-21"), Some(("2021-03".into(), 1)));
        assert_eq!(of("2019"), Some(("2019-01".into(), 12)));
        assert_eq!(
            (of("soon"), of(""), of("Maybe 20"), of("é234-06-07")),
            (None, None, None, None)
        );
    }

    #[test]
    fn a_number_that_is_not_given_is_not_known() {
        assert_eq!(number("1,250"), Ok(Some(1250.0)));
        assert_eq!(number("-2.22"), Ok(Some(-2.22)));
        assert_eq!((number("NA"), number(""), number("[c]")), (Ok(None), Ok(None), Err(())));
        assert_eq!(number("inf"), Err(()));
    }
}
