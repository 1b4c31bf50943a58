//! Residents of areas.

use std::collections::HashSet;

use wardmote_domain::area::AreaCode;

use super::sheet::Sheet;
use super::{GeographyError, GeographyFile, Sink};
use crate::rows::PopulationRow;
use crate::source::{Column, Counts};

pub(super) fn read(
    file: &GeographyFile<'_>,
    code: &Column,
    value: &Counts,
    row: &dyn Fn(AreaCode, u64, &str) -> PopulationRow,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let (code, code_heading) = sheet.column(code)?;
    let (from, to) = match value {
        Counts::One(only) => (only, only),
        Counts::Run { from, to } => (from, to),
    };
    let ((first, from), (last, to)) = (sheet.column(from)?, sheet.column(to)?);
    let value_heading = if first == last { from } else { format!("{from} to {to}") };
    if last < first {
        return Err(GeographyError::Backwards { path: file.path.to_owned(), run: value_heading });
    }
    let mut seen: HashSet<AreaCode> = HashSet::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let Some(area) = sink.code(line, &code_heading, cell(code)) else { return false };
        let count = |index| cell(index).replace(',', "").parse::<u32>().map(u64::from);
        let Ok(residents) = (first..=last).map(count).sum::<Result<u64, _>>() else {
            let reason = "not a whole number of residents".into();
            sink.refuse(line, &value_heading, reason, cell(first));
            return false;
        };
        if !seen.insert(area.clone()) {
            let reason = "an area that stands in the file twice".into();
            sink.refuse(line, &code_heading, reason, area.as_str());
            return false;
        }
        sink.rows.populations.push(row(area, residents, file.load_id));
        true
    });
    Ok(())
}
