//! A partner's own table: rows of events by a declared mapping.

use std::collections::HashMap;

use jiff::tz::TimeZone;
use wardmote_domain::coordinates::{BritishNationalGrid, Wgs84};
use wardmote_domain::period::Month;

use super::cells::{decimal, ons_code_key};
use super::error::ReadError;
use super::incidents::{FoundBy, IncidentRow, Incidents};
use super::known_areas::{KnownAreas, NONE};
use super::parallel::ReadRequest;
use super::police_uk::{Tally, london};
use super::projection::Projection;
use super::refusal::{Fault, Reason, RefusalLog};
use crate::mapping::{FlagColumn, Mapping, month_of};
use crate::people::{Written, holds_postcode, personal_column, shown_heading};
use crate::pseudonym::PseudonymKey;
use crate::sheet::{Sheet, SheetRow};

/// Adds a table's rows to `incidents`.
pub(super) fn read_mapped(
    bytes: &[u8],
    mapping: &Mapping,
    request: &ReadRequest<'_>,
    known_areas: &mut KnownAreas<'_>,
    incidents: &mut Incidents,
) -> Result<Tally, ReadError> {
    let sheet = Sheet::read(bytes, mapping.sheet.as_deref(), mapping.heading_row)?;
    if let Some(found) = personal_column(&sheet, mapping.columns.turned()) {
        return Err(ReadError::personal(found));
    }
    let mut tally = Tally::new(RefusalLog::new(request.keep_text));
    let flags = mapping.flags.values().map(|flag| flag.column.as_str());
    let declared: Vec<&str> = mapping.columns.headings().chain(flags).collect();
    let undeclared = sheet.headings.iter().enumerate().filter(|(_, heading)| {
        !heading.is_empty() && !declared.iter().any(|one| one.eq_ignore_ascii_case(heading))
    });
    let undeclared: Vec<String> = undeclared
        .map(|(index, _)| format!("{:?}", shown_heading(index, &sheet.headings)))
        .collect();
    match undeclared.as_slice() {
        [] => {}
        [only] => tally.notes.push(format!("the column {only} is not stored")),
        several => tally.notes.push(format!("the columns {} are not stored", several.join(", "))),
    }
    let mut reader = Reader::new(&sheet, mapping, request)?;
    let first_row = incidents.len();
    for row in &sheet.rows {
        tally.rows_read += 1;
        if let Err(fault) = reader.row(row, known_areas, incidents, &mut tally) {
            tally.refusals.add(row.line, fault);
        }
    }
    tally.bodies = incidents.bodies_since(first_row);
    note_postcodes(request, &mut tally);
    Ok(tally)
}

fn note_postcodes(request: &ReadRequest<'_>, tally: &mut Tally) {
    let rows = |n: u64| if n == 1 { "1 row has".to_owned() } else { format!("{n} rows have") };
    if tally.half_postcodes > 0 {
        let rows = rows(tally.half_postcodes);
        tally.notes.push(format!("{rows} only a part of a postcode: place not known"));
    }
    if tally.unknown_postcodes > 0 && request.postcodes.is_some() {
        let rows = rows(tally.unknown_postcodes);
        tally.notes.push(format!(
            "{rows} a postcode that the lookup does not know, or that lies outside the areas \
             that it was loaded for"
        ));
    }
}

/// What parts the marks of one row.
pub(crate) const BETWEEN_FLAGS: &str = "; ";

struct Reader<'a> {
    mapping: &'a Mapping,
    latest: Month,
    london: TimeZone,
    categories: HashMap<String, (&'a str, &'a str)>,
    outcomes: HashMap<String, &'a str>,
    date: usize,
    category: usize,
    id: Option<usize>,
    lsoa: Option<usize>,
    metres: Option<(usize, usize)>,
    degrees: Option<(usize, usize)>,
    postcode: Option<usize>,
    repeat_of: Option<usize>,
    pseudonyms: Option<&'a PseudonymKey>,
    outcome: Option<usize>,
    flags: Vec<(usize, &'a str, &'a FlagColumn)>,
}

impl<'a> Reader<'a> {
    fn new(
        sheet: &Sheet,
        mapping: &'a Mapping,
        request: &ReadRequest<'a>,
    ) -> Result<Self, ReadError> {
        let columns = &mapping.columns;
        let optional =
            |heading: &Option<String>| heading.as_ref().map(|one| sheet.column(one)).transpose();
        let pair = |first, second| Ok(optional(first)?.zip(optional(second)?));
        let lower = |words: &str| words.trim().to_lowercase();
        Ok(Self {
            mapping,
            latest: request.latest,
            london: london(),
            categories: mapping
                .categories
                .iter()
                .map(|(words, category)| (lower(words), (words.as_str(), category.slug())))
                .collect(),
            outcomes: mapping.outcomes.iter().map(|(words, to)| (lower(words), &**to)).collect(),
            date: sheet.column(&columns.date.heading)?,
            category: sheet.column(&columns.category)?,
            id: optional(&columns.id)?,
            lsoa: optional(&columns.lsoa)?,
            metres: pair(&columns.easting, &columns.northing)?,
            degrees: pair(&columns.longitude, &columns.latitude)?,
            postcode: optional(&columns.postcode)?,
            repeat_of: optional(&columns.repeat_of)?,
            pseudonyms: request.pseudonyms,
            outcome: optional(&columns.outcome)?,
            flags: mapping
                .flags
                .iter()
                .map(|(name, flag)| Ok((sheet.column(&flag.column)?, name.as_str(), flag)))
                .collect::<Result<_, ReadError>>()?,
        })
    }

    fn row<'r>(
        &mut self,
        row: &'r SheetRow,
        known_areas: &mut KnownAreas<'_>,
        incidents: &mut Incidents,
        tally: &mut Tally,
    ) -> Result<(), Fault<'r>>
    where
        'a: 'r,
    {
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let refuse = |field: &'r str, reason, index| Fault {
            field: Some(field),
            reason,
            text: row.cells.get(index).map_or(&[][..], |text: &String| text.as_bytes()),
        };
        let columns = &self.mapping.columns;
        let when = self.when(cell(self.date));
        let (month, time) = when.map_err(|why| refuse(&columns.date.heading, why, self.date))?;
        let category = self.categories.get(&cell(self.category).to_lowercase());
        let Some((words, slug)) = category else {
            return Err(refuse(&columns.category, Reason::NotMapped, self.category));
        };
        let outcome = match self.outcome.map(|index| (index, cell(index))) {
            None | Some((_, "")) => 0,
            Some((index, words)) => {
                let Some(outcome) = self.outcomes.get(&words.to_lowercase()) else {
                    let heading = columns.outcome.as_deref().unwrap_or_default();
                    return Err(refuse(heading, Reason::NotMapped, index));
                };
                incidents.outcomes.id(outcome.as_bytes())
            }
        };
        let mut flags = Vec::new();
        for (index, name, flag) in &self.flags {
            let says =
                |words: &[String]| words.iter().any(|w| w.eq_ignore_ascii_case(cell(*index)));
            if says(&flag.yes) {
                flags.push(*name);
            } else if !cell(*index).is_empty() && !says(&flag.no) {
                return Err(refuse(&flag.column, Reason::NotMapped, *index));
            }
        }
        let flags = incidents.flags.id(flags.join(BETWEEN_FLAGS).as_bytes());
        let place = self.place(&cell).map_err(|(field, why, index)| refuse(field, why, index))?;
        let (area, found_by) = match self.lsoa.map(|index| (index, cell(index))) {
            None | Some((_, "")) => match place.map_or(NONE, |place| known_areas.by_place(place)) {
                NONE => self.by_postcode(row, known_areas, tally)?,
                area => (area, FoundBy::PointInPolygon),
            },
            Some((index, code)) => {
                let Some(key) = ons_code_key(code.as_bytes()) else {
                    let heading = columns.lsoa.as_deref().unwrap_or_default();
                    return Err(refuse(heading, Reason::NotAnAreaCode, index));
                };
                let codes = &mut tally.unrecognised_codes;
                let area = known_areas.by_code(key, code.as_bytes(), codes);
                (area, if area == NONE { FoundBy::NotRecognised } else { FoundBy::File })
            }
        };
        let source_id = match self.id.map(|index| (index, cell(index))) {
            Some((index, id)) if holds_postcode(id) => {
                let heading = columns.id.as_deref().unwrap_or_default();
                return Err(refuse(heading, Reason::HoldsPostcode, index));
            }
            Some((_, id)) => id.to_owned(),
            None => {
                let reference = self.repeat_of.map(cell).unwrap_or_default();
                self.pseudonyms.and_then(|key| key.pseudonym(reference)).unwrap_or_default()
            }
        };
        let body = incidents.bodies.id(self.mapping.body.as_bytes());
        let kind = incidents.kinds.mapped(words.as_bytes(), slug);
        let found = IncidentRow {
            month,
            kind,
            body,
            falls_within: 0,
            outcome,
            place,
            area,
            found_by,
            flags,
            line: row.line,
            load: incidents.load(),
        };
        incidents.push(found, source_id.as_bytes());
        incidents.times.push(time);
        tally.keep(month, place.is_none() && area == NONE, found_by);
        Ok(())
    }

    /// The area of a row by its postcode. Nothing of the postcode goes further than this.
    fn by_postcode<'r>(
        &self,
        row: &'r SheetRow,
        known_areas: &mut KnownAreas<'_>,
        tally: &mut Tally,
    ) -> Result<(u32, FoundBy), Fault<'r>>
    where
        'a: 'r,
    {
        let cell = self.postcode.and_then(|index| row.cells.get(index));
        match Written::of(cell.map_or("", String::as_str)) {
            Written::Blank => Ok((NONE, FoundBy::NotKnown)),
            Written::Half => {
                tally.half_postcodes += 1;
                Ok((NONE, FoundBy::NotKnown))
            }
            Written::Whole(postcode) => match known_areas.by_postcode(postcode) {
                NONE => {
                    tally.unknown_postcodes += 1;
                    Ok((NONE, FoundBy::NotRecognised))
                }
                area => Ok((area, FoundBy::Postcode)),
            },
            // Whatever stands there, it was meant to say where somebody lives.
            Written::Other => Err(Fault {
                field: self.mapping.columns.postcode.as_deref(),
                reason: Reason::NotAPostcode,
                text: b"",
            }),
        }
    }

    /// The month of a cell, and the moment where the cell says a day.
    fn when(&self, text: &str) -> Result<(Month, Option<i64>), Reason> {
        let found = month_of(text, &self.mapping.columns.date.formats);
        let (month, moment) = found.ok_or(Reason::NotADate)?;
        if month > self.latest {
            return Err(Reason::AfterLatest { latest: self.latest });
        }
        let moment = moment.and_then(|moment| self.london.to_timestamp(moment).ok());
        Ok((month, moment.map(jiff::Timestamp::as_microsecond)))
    }

    /// A row's place, or the field, the reason and the column of what is wrong with it.
    fn place<'c>(
        &self,
        cell: &impl Fn(usize) -> &'c str,
    ) -> Result<Option<BritishNationalGrid>, (&'a str, Reason, usize)> {
        let columns = &self.mapping.columns;
        let named = |heading: &'a Option<String>| heading.as_deref().unwrap_or_default();
        let numbers =
            |(x, y): (usize, usize), first: &'a str, second: &'a str| match (cell(x), cell(y)) {
                ("", "") => Ok(None),
                ("", _) => Err((first, Reason::OnlyOneCoordinate, x)),
                (_, "") => Err((second, Reason::OnlyOneCoordinate, y)),
                (a, b) => {
                    let number = |text: &str, field, index| {
                        decimal(text.as_bytes()).ok_or((field, Reason::NotANumber, index))
                    };
                    Ok(Some((number(a, first, x)?, number(b, second, y)?)))
                }
            };
        if let Some(at) = self.metres {
            let (first, second) = (named(&columns.easting), named(&columns.northing));
            if let Some((easting, northing)) = numbers(at, first, second)? {
                let place = BritishNationalGrid::new(easting, northing);
                return place.map(Some).map_err(|_| (first, Reason::NotMetres, at.0));
            }
        }
        if let Some(at) = self.degrees {
            let (first, second) = (named(&columns.longitude), named(&columns.latitude));
            if let Some((longitude, latitude)) = numbers(at, first, second)? {
                let place = Wgs84::new(longitude, latitude)
                    .and_then(|place| Projection::new().to_grid(place));
                return place.map(Some).map_err(|why| (first, why.into(), at.0));
            }
        }
        Ok(None)
    }
}
