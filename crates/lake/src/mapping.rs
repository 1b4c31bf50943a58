//! How a partner's own table is read, as `sources/*.toml` declares it.

use std::collections::BTreeMap;

use serde::Deserialize;
use wardmote_domain::category::Category;

/// What the columns of a partner's table mean. Columns that are not named here are never stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Mapping {
    /// The sheet of a workbook; the first if not given.
    pub sheet: Option<String>,
    /// The row that holds the headings, from 1.
    pub heading_row: usize,
    /// Which column holds what.
    pub columns: MappedColumns,
    /// The partner's words for kinds of event, with the short name that each counts under.
    pub categories: BTreeMap<String, Category>,
    /// The partner's words for outcomes that may be stored, as they are to read.
    pub outcomes: BTreeMap<String, String>,
    /// Who reports the rows.
    pub body: String,
}

/// Headings of a partner's table.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MappedColumns {
    /// The partner's own reference, which must not be a person's; open sources only.
    pub id: Option<String>,
    /// When.
    pub date: DateColumn,
    /// What.
    pub category: String,
    /// The code of the small area.
    pub lsoa: Option<String>,
    /// Metres east, EPSG:27700.
    pub easting: Option<String>,
    /// Metres north, EPSG:27700.
    pub northing: Option<String>,
    /// Degrees east, WGS84.
    pub longitude: Option<String>,
    /// Degrees north, WGS84.
    pub latitude: Option<String>,
    /// What became of it.
    pub outcome: Option<String>,
}

/// A column of dates and the forms in which they are written.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DateColumn {
    /// Its heading.
    pub heading: String,
    /// Forms such as `%d/%m/%Y`, tried in this order; a workbook's own dates, and ISO dates, need none.
    #[serde(default)]
    pub formats: Vec<String>,
}

impl MappedColumns {
    /// The headings that are declared.
    pub fn headings(&self) -> impl Iterator<Item = &str> {
        let optional = [
            &self.id,
            &self.lsoa,
            &self.easting,
            &self.northing,
            &self.longitude,
            &self.latitude,
            &self.outcome,
        ];
        let optional = optional.into_iter().filter_map(Option::as_deref);
        [self.date.heading.as_str(), self.category.as_str()].into_iter().chain(optional)
    }
}
