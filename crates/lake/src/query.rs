//! Questions to the lake, answered in plain structs and a stated order.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;
use datafusion::datasource::MemTable;
use datafusion::datasource::file_format::parquet::ParquetFormat;
use datafusion::datasource::listing::{
    ListingOptions, ListingTable, ListingTableConfig, ListingTableUrl,
};
use datafusion::error::DataFusionError;
use datafusion::prelude::{SessionConfig, SessionContext};
use wardmote_domain::area::{AreaCode, AreaLevel, Tier};
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use crate::geometry::{self, Polygons};
use crate::links::{Links, Parents};
use crate::rows::{AreaRow, LinkRow, PopulationRow, Refusal};
use crate::store::Lake;
use crate::table::TableError;

/// Why the lake could not answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// A table could not be read.
    #[error(transparent)]
    Table(#[from] TableError),
    /// The engine refused the query.
    #[error("the lake could not be asked: {why}")]
    Engine {
        /// What the engine says.
        #[source]
        why: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Rows are known by small area; this level cannot be reached from them.
    #[error("incidents cannot be counted by {level}: load a lookup from the small areas to it")]
    NoLink {
        /// The level asked.
        level: AreaLevel,
    },
    /// The population is counted by areas of another vintage.
    #[error(
        "population {name:?} is counted by {counted}, and no lookup leads from there to {level}"
    )]
    PopulationLevel {
        /// The population.
        name: String,
        /// The level that it is counted by.
        counted: AreaLevel,
        /// The level asked.
        level: AreaLevel,
    },
    /// A sum over fewer areas than there are would be too low.
    #[error("population {name:?} has no figure for {member}, which lies in {area}")]
    PopulationGap {
        /// The population.
        name: String,
        /// The area asked.
        area: AreaCode,
        /// Its member without a figure.
        member: AreaCode,
    },
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        Self::Engine { why: Box::new(error) }
    }
}

/// What to count.
#[derive(Debug, Clone, PartialEq)]
pub struct CountQuery {
    /// The source.
    pub source: String,
    /// These categories only; all if empty.
    pub categories: Vec<Category>,
    /// By areas of this level: the small areas themselves, or one that a lookup leads to.
    pub level: AreaLevel,
    /// These areas only.
    pub areas: Option<Vec<AreaCode>>,
    /// From this month.
    pub first: Month,
    /// To this month.
    pub last: Month,
}

/// One count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountRow {
    /// The area; `None` where the place is not known.
    pub area: Option<AreaCode>,
    /// The month.
    pub month: Month,
    /// The category.
    pub category: Category,
    /// How many rows.
    pub n: u64,
}

/// What one body delivered for one month.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// The body, as the source names it.
    pub body: String,
    /// The month.
    pub month: Month,
    /// Kept rows.
    pub rows: u64,
    /// Of them, rows that name no place.
    pub without_place: u64,
}

/// An area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
}

/// An area's outline in metres (EPSG:27700).
#[derive(Debug, Clone, PartialEq)]
pub struct Boundary {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Its polygons.
    pub polygons: Polygons,
}

/// Where one counted row stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowReference {
    /// The load.
    pub load_id: String,
    /// The line in the load's file, from 1.
    pub line: u64,
    /// The month.
    pub month: Month,
    /// The category.
    pub category: Category,
}

/// Rows of a source by the district in which they lie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Elsewhere {
    /// The district, or `None` where the place or its district is not known.
    pub district: Option<AreaCode>,
    /// Its name.
    pub name: String,
    /// How many rows.
    pub rows: u64,
}

impl Lake {
    /// Counts by area, month and category, in that order.
    ///
    /// Small areas are those of the row itself. Larger areas follow from the row's 2021 small area,
    /// and from its 2011 one where it has no other; rows without either have no area. Police forces
    /// are the exception: their rows are those that fall within the force, placed or not.
    pub async fn counts(&self, query: &CountQuery) -> Result<Vec<CountRow>, QueryError> {
        let area_of = self.area_finder(query.level).await?;
        let sql = format!(
            "SELECT {}, month, category, count(*) AS n FROM incidents WHERE {} GROUP BY 1, 2, 3, 4",
            area_of.columns(),
            self.filter(query)
        );
        let wanted = query.areas.as_ref().map(|areas| areas.iter().collect::<BTreeSet<_>>());
        let mut counts: BTreeMap<(Option<AreaCode>, Month, Category), u64> = BTreeMap::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                let (Some(month), Some(category)) = (cells.month(2, row), cells.category(3, row))
                else {
                    continue;
                };
                let area = area_of.find(cells.text(0, row), cells.text(1, row));
                let is_wanted = |wanted: &BTreeSet<&AreaCode>| {
                    area.as_ref().is_some_and(|area| wanted.contains(area))
                };
                if wanted.as_ref().is_none_or(is_wanted) {
                    *counts.entry((area, month, category)).or_default() += cells.whole(4, row);
                }
            }
        }
        Ok(counts
            .into_iter()
            .map(|((area, month, category), n)| CountRow { area, month, category, n })
            .collect())
    }

    /// What each body delivered, by body and month.
    pub async fn received(&self, source: &str) -> Result<Vec<Received>, QueryError> {
        let sql = format!(
            "SELECT reporting_body, month, count(*) AS n, \
             sum(CASE WHEN lsoa_2011 IS NULL AND lsoa_2021 IS NULL THEN 1 ELSE 0 END) AS without_place \
             FROM incidents WHERE {} GROUP BY 1, 2 ORDER BY 1, 2",
            self.of_source(source)
        );
        let mut received = Vec::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                if let (Some(body), Some(month)) = (cells.text(0, row), cells.month(1, row)) {
                    let (rows, without_place) = (cells.whole(2, row), cells.whole(3, row));
                    received.push(Received { body: body.to_owned(), month, rows, without_place });
                }
            }
        }
        Ok(received)
    }

    /// How many distinct groups of small area, month and category there are, and how many rows: the
    /// whole table counted, for `wardmote count` and the bench.
    pub async fn group_all(&self) -> Result<(u64, u64), QueryError> {
        let sql = "SELECT count(*) AS groups, sum(n) AS total FROM \
                   (SELECT lsoa_2021, lsoa_2011, month, category, count(*) AS n FROM incidents GROUP BY 1, 2, 3, 4)";
        let batches = self.sql(sql).await?;
        Ok(batches
            .first()
            .map_or((0, 0), |batch| (Cells::of(batch).whole(0, 0), Cells::of(batch).whole(1, 0))))
    }

    /// The areas of a level, in order of code.
    pub fn areas(&self, level: AreaLevel) -> Result<Vec<Area>, QueryError> {
        let mut names: BTreeMap<AreaCode, String> = BTreeMap::new();
        for row in self.rows::<AreaRow>(&self.areas, |row| &row.load_id)? {
            if row.level == level {
                let name = names.entry(row.code).or_default();
                if name.is_empty() {
                    *name = row.name;
                }
            }
        }
        Ok(names.into_iter().map(|(code, name)| Area { code, name }).collect())
    }

    /// The outlines of some areas, in order of code; areas without one are left out.
    pub fn boundaries(
        &self,
        level: AreaLevel,
        codes: &[AreaCode],
    ) -> Result<Vec<Boundary>, QueryError> {
        let wanted: BTreeSet<&AreaCode> = codes.iter().collect();
        let mut found: BTreeMap<AreaCode, Boundary> = BTreeMap::new();
        for row in self.rows::<AreaRow>(&self.areas, |row| &row.load_id)? {
            if row.level == level && wanted.contains(&row.code) {
                let polygons = row.outline_wkb.as_deref().and_then(geometry::from_wkb);
                if let Some(polygons) = polygons {
                    found.entry(row.code.clone()).or_insert(Boundary {
                        code: row.code,
                        name: row.name,
                        polygons,
                    });
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// The areas of `child_level` that lie in an area, in order of code.
    pub fn members(
        &self,
        parent: &AreaCode,
        parent_level: AreaLevel,
        child_level: AreaLevel,
    ) -> Result<Vec<AreaCode>, QueryError> {
        let links = self.parents_of(child_level, parent_level)?;
        Ok(links.iter().filter(|(_, to)| *to == parent).map(|(from, _)| from.clone()).collect())
    }

    /// The area of `level` in which each small area lies, in order of small area.
    pub fn parents(
        &self,
        small_areas: &[AreaCode],
        small_level: AreaLevel,
        level: AreaLevel,
    ) -> Result<Vec<(AreaCode, AreaCode)>, QueryError> {
        let links = self.parents_of(small_level, level)?;
        let mut found: Vec<(AreaCode, AreaCode)> = small_areas
            .iter()
            .filter_map(|small| Some((small.clone(), links.get(small)?.clone())))
            .collect();
        found.sort();
        Ok(found)
    }

    /// The residents of some areas, in order of code; areas without a figure are left out.
    ///
    /// A level above the one that the population is counted by is summed from its members, all of
    /// which need a figure.
    pub fn population(
        &self,
        name: &str,
        level: AreaLevel,
        areas: &[AreaCode],
    ) -> Result<Vec<(AreaCode, u64)>, QueryError> {
        let rows = self.rows::<PopulationRow>(&self.populations, |row| &row.load_id)?;
        let mut by_level: BTreeMap<AreaLevel, BTreeMap<AreaCode, u64>> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.name == name) {
            by_level.entry(row.level).or_default().insert(row.code, row.residents);
        }
        let mut found: BTreeMap<AreaCode, u64> = BTreeMap::new();
        if let Some(figures) = by_level.get(&level) {
            found.extend(areas.iter().filter_map(|area| Some((area.clone(), *figures.get(area)?))));
            return Ok(found.into_iter().collect());
        }
        let Some((counted, figures)) = by_level.into_iter().next() else { return Ok(Vec::new()) };
        let parents = self.parents_of(counted, level)?;
        if parents.is_empty() {
            return Err(QueryError::PopulationLevel { name: name.to_owned(), counted, level });
        }
        let wanted: BTreeSet<&AreaCode> = areas.iter().collect();
        for (member, area) in parents.iter().filter(|(_, area)| wanted.contains(area)) {
            let Some(residents) = figures.get(member) else {
                let (area, member) = (area.clone(), member.clone());
                return Err(QueryError::PopulationGap { name: name.to_owned(), area, member });
            };
            *found.entry(area.clone()).or_default() += residents;
        }
        Ok(found.into_iter().collect())
    }

    /// The visible refusals, in order of file and line.
    pub fn refusals(&self) -> Result<Vec<Refusal>, QueryError> {
        let mut refusals = self.rows::<Refusal>(&self.refusals, |row| &row.load_id)?;
        refusals.sort_by(|a, b| (&a.file, a.first_line).cmp(&(&b.file, b.first_line)));
        Ok(refusals)
    }

    /// The first rows behind a count, in order of load and line.
    pub async fn row_references(
        &self,
        query: &CountQuery,
        limit: usize,
    ) -> Result<Vec<RowReference>, QueryError> {
        let filter = match self.area_finder(query.level).await?.holding(query.areas.as_deref()) {
            Some(condition) => format!("{} AND {condition}", self.filter(query)),
            None => return Ok(Vec::new()),
        };
        let sql = format!(
            "SELECT load_id, line, month, category FROM incidents WHERE {filter} ORDER BY load_id, line LIMIT {limit}"
        );
        let mut references = Vec::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                if let (Some(load), Some(month), Some(category)) =
                    (cells.text(0, row), cells.month(2, row), cells.category(3, row))
                {
                    references.push(RowReference {
                        load_id: load.to_owned(),
                        line: cells.whole(1, row),
                        month,
                        category,
                    });
                }
            }
        }
        Ok(references)
    }

    /// A source's rows by the district in which they lie, most first: those of other districts and
    /// forces are kept, and can be listed here.
    pub async fn by_district(
        &self,
        source: &str,
        district_level: AreaLevel,
    ) -> Result<Vec<Elsewhere>, QueryError> {
        let area_of = self.area_finder(district_level).await?;
        let sql = format!(
            "SELECT {}, count(*) AS n FROM incidents WHERE {} GROUP BY 1, 2",
            area_of.columns(),
            self.of_source(source)
        );
        let names: BTreeMap<AreaCode, String> =
            self.areas(district_level)?.into_iter().map(|area| (area.code, area.name)).collect();
        let mut rows: BTreeMap<Option<AreaCode>, u64> = BTreeMap::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                let district = area_of.find(cells.text(0, row), cells.text(1, row));
                *rows.entry(district).or_default() += cells.whole(2, row);
            }
        }
        let mut found: Vec<Elsewhere> = rows
            .into_iter()
            .map(|(district, rows)| Elsewhere {
                name: district
                    .as_ref()
                    .and_then(|code| names.get(code).cloned())
                    .unwrap_or_else(|| "not known".into()),
                district,
                rows,
            })
            .collect();
        found.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.district.cmp(&b.district)));
        Ok(found)
    }

    async fn area_finder(&self, level: AreaLevel) -> Result<AreaFinder, QueryError> {
        match level {
            AreaLevel::LSOA_2021 => return Ok(AreaFinder::Small("lsoa_2021")),
            AreaLevel::LSOA_2011 => return Ok(AreaFinder::Small("lsoa_2011")),
            AreaLevel { tier: Tier::Force, .. } => return self.force_finder(level).await,
            _ => {}
        }
        let of_2021 = self.parents_of(AreaLevel::LSOA_2021, level)?;
        let of_2011 = self.parents_of(AreaLevel::LSOA_2011, level)?;
        if of_2021.is_empty() && of_2011.is_empty() {
            return Err(QueryError::NoLink { level });
        }
        Ok(AreaFinder::Larger { of_2021, of_2011 })
    }

    /// Finds a force's code for each name under which rows fall within it.
    async fn force_finder(&self, level: AreaLevel) -> Result<AreaFinder, QueryError> {
        let areas = self.areas(level)?;
        if areas.is_empty() {
            return Err(QueryError::NoLink { level });
        }
        let by_words: BTreeMap<BTreeSet<String>, AreaCode> =
            areas.into_iter().map(|area| (force_words(&area.name), area.code)).collect();
        let mut forces = BTreeMap::new();
        for batch in self.sql("SELECT DISTINCT falls_within FROM incidents").await? {
            let cells = Cells::of(&batch);
            let names = (0..batch.num_rows()).filter_map(|row| cells.text(0, row));
            forces.extend(names.filter_map(|name| {
                Some((name.to_owned(), by_words.get(&force_words(name))?.clone()))
            }));
        }
        Ok(AreaFinder::Force(forces))
    }

    fn parents_of(&self, from: AreaLevel, to: AreaLevel) -> Result<Arc<Parents>, QueryError> {
        if self.cached_links.get().is_none() {
            let links = Links::new(&self.rows::<LinkRow>(&self.links, |row| &row.load_id)?);
            // Another thread may have been first; its links are the same.
            drop(self.cached_links.set(links));
        }
        let links = self.cached_links.get().map(|links| links.parents(from, to));
        Ok(links.unwrap_or_default())
    }

    fn of_source(&self, source: &str) -> String {
        let mut conditions = vec![format!("source = '{}'", source.replace('\'', "''"))];
        let superseded = self.superseded.iter().cloned();
        conditions.extend(is_one_of("load_id", superseded).map(|hidden| format!("NOT {hidden}")));
        conditions.join(" AND ")
    }

    fn filter(&self, query: &CountQuery) -> String {
        let (first, last) = (query.first.first_day(), query.last.first_day());
        let mut conditions = vec![
            self.of_source(&query.source),
            format!("month >= DATE '{first}' AND month <= DATE '{last}'"),
        ];
        let categories = query.categories.iter().map(ToString::to_string);
        conditions.extend(is_one_of("category", categories));
        conditions.join(" AND ")
    }

    async fn sql(&self, sql: &str) -> Result<Vec<RecordBatch>, QueryError> {
        Ok(self.session()?.sql(sql).await?.collect().await?)
    }

    /// The engine with the visible files of `incidents` registered.
    fn session(&self) -> Result<&SessionContext, QueryError> {
        if self.cached_session.get().is_none() {
            let mut config = SessionConfig::new().with_information_schema(false);
            config.options_mut().execution.parquet.pushdown_filters = true;
            let context = SessionContext::new_with_config(config);
            let schema = Arc::clone(&self.incidents.schema);
            let files = self.visible_files(&self.incidents)?;
            let folder = &self.incidents.folder;
            let urls = files
                .iter()
                .map(|name| ListingTableUrl::parse(folder.join(name).to_string_lossy()));
            let urls = urls.collect::<Result<Vec<_>, _>>()?;
            if urls.is_empty() {
                let empty = MemTable::try_new(schema, vec![Vec::new()])?;
                context.register_table("incidents", Arc::new(empty))?;
            } else {
                let format = ParquetFormat::default().with_options(config_of(&context));
                let options = ListingOptions::new(Arc::new(format));
                let config = ListingTableConfig::new_with_multi_paths(urls)
                    .with_listing_options(options)
                    .with_schema(schema);
                context.register_table("incidents", Arc::new(ListingTable::try_new(config)?))?;
            }
            drop(self.cached_session.set(context));
        }
        let unset = || QueryError::from(DataFusionError::Internal("no session".to_owned()));
        self.cached_session.get().ok_or_else(unset)
    }
}

fn config_of(context: &SessionContext) -> datafusion::config::TableParquetOptions {
    context.copied_table_options().parquet
}

/// How the area of a row is found at a level.
enum AreaFinder {
    /// In one of its own columns.
    Small(&'static str),
    /// From its small areas.
    Larger { of_2021: Arc<Parents>, of_2011: Arc<Parents> },
    /// From the name of the force within which it falls.
    Force(BTreeMap<String, AreaCode>),
}

impl AreaFinder {
    /// The two columns that it needs.
    fn columns(&self) -> String {
        match self {
            Self::Small(column) => format!("{column} AS first, NULL AS second"),
            Self::Larger { of_2021, .. } if of_2021.is_empty() => {
                "NULL AS first, lsoa_2011 AS second".to_owned()
            }
            Self::Larger { of_2011, .. } if of_2011.is_empty() => {
                "lsoa_2021 AS first, NULL AS second".to_owned()
            }
            Self::Larger { .. } => "lsoa_2021 AS first, lsoa_2011 AS second".to_owned(),
            Self::Force(_) => "falls_within AS first, NULL AS second".to_owned(),
        }
    }

    fn find(&self, first: Option<&str>, second: Option<&str>) -> Option<AreaCode> {
        let code = |text: &str| AreaCode::new(text).ok();
        match self {
            Self::Small(_) => first.and_then(code),
            // The 2011 area speaks only where the row has no 2021 one.
            Self::Larger { of_2021, of_2011 } => match first {
                Some(first) => of_2021.get(&code(first)?).cloned(),
                None => of_2011.get(&second.and_then(code)?).cloned(),
            },
            Self::Force(forces) => forces.get(first?).cloned(),
        }
    }

    /// The rows that [`Self::find`] puts into some areas, as SQL; `None` if there can be none.
    fn holding(&self, areas: Option<&[AreaCode]>) -> Option<String> {
        let Some(areas) = areas else { return Some("TRUE".to_owned()) };
        let areas: BTreeSet<&AreaCode> = areas.iter().collect();
        let members = |parents: &Parents| {
            let members = parents.iter().filter(|(_, parent)| areas.contains(parent));
            members.map(|(small, _)| small.to_string()).collect::<Vec<_>>()
        };
        match self {
            Self::Small(column) => is_one_of(column, areas.iter().map(ToString::to_string)),
            Self::Larger { of_2021, of_2011 } => {
                let first = is_one_of("lsoa_2021", members(of_2021));
                let second = is_one_of("lsoa_2011", members(of_2011));
                match (first, second) {
                    (first, Some(second)) if of_2021.is_empty() => first.or(Some(second)),
                    (Some(first), Some(second)) => {
                        Some(format!("({first} OR (lsoa_2021 IS NULL AND {second}))"))
                    }
                    (None, Some(second)) => Some(format!("(lsoa_2021 IS NULL AND {second})")),
                    (first, None) => first,
                }
            }
            Self::Force(forces) => {
                let names = forces.iter().filter(|(_, force)| areas.contains(force));
                is_one_of("falls_within", names.map(|(name, _)| name.clone()))
            }
        }
    }
}

fn is_one_of(column: &str, texts: impl IntoIterator<Item = String>) -> Option<String> {
    let quoted: Vec<String> =
        texts.into_iter().map(|text| format!("'{}'", text.replace('\'', "''"))).collect();
    (!quoted.is_empty()).then(|| format!("{column} IN ({})", quoted.join(", ")))
}

/// The words of a force's name that tell it from others: "Avon & Somerset" is "Avon and Somerset
/// Constabulary".
fn force_words(name: &str) -> BTreeSet<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let common = ["", "and", "of", "police", "constabulary", "service", "london"];
    words.filter(|word| !common.contains(&word.as_str())).collect()
}

/// The cells of a result, whatever form of text the engine chose.
struct Cells {
    columns: Vec<Arc<dyn Array>>,
}

impl Cells {
    fn of(batch: &RecordBatch) -> Self {
        let plain = |column: &Arc<dyn Array>| match column.data_type() {
            DataType::Dictionary(..) | DataType::Utf8View | DataType::LargeUtf8 => {
                arrow::compute::cast(column, &DataType::Utf8).unwrap_or_else(|_| Arc::clone(column))
            }
            _ => Arc::clone(column),
        };
        Self { columns: batch.columns().iter().map(plain).collect() }
    }

    fn text(&self, column: usize, row: usize) -> Option<&str> {
        let column = self.columns.get(column)?.as_string_opt::<i32>()?;
        (!column.is_null(row)).then(|| column.value(row))
    }

    fn whole(&self, column: usize, row: usize) -> u64 {
        let Some(column) = self.columns.get(column) else { return 0 };
        match column.data_type() {
            DataType::Int64 => column.as_primitive::<Int64Type>().value(row).unsigned_abs(),
            DataType::Int32 => {
                u64::from(column.as_primitive::<Int32Type>().value(row).unsigned_abs())
            }
            _ => 0,
        }
    }

    fn month(&self, column: usize, row: usize) -> Option<Month> {
        let column = self.columns.get(column)?.as_primitive_opt::<Date32Type>()?;
        let days = column.value(row);
        let date = jiff::civil::date(1970, 1, 1)
            .checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?)
            .ok()?;
        Month::of(date)
    }

    fn category(&self, column: usize, row: usize) -> Option<Category> {
        self.text(column, row)?.parse().ok()
    }
}
