//! Questions to the lake, answered in plain structs and a stated order.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use arrow::array::{Array, AsArray};
use arrow::datatypes::{DataType, Date32Type, Int32Type, Int64Type};
use arrow::record_batch::RecordBatch;
use datafusion::error::DataFusionError;
use datafusion::prelude::{ParquetReadOptions, SessionConfig, SessionContext};
use wardmote_domain::area::{AreaCode, AreaLevel, Tier};
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use crate::geometry::{self, Polygons};
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
    #[error("the lake could not be asked: {0}")]
    Engine(#[from] Box<DataFusionError>),
    /// Rows are known by small area; this level cannot be reached from them.
    #[error("incidents cannot be counted by {level}: load a lookup from the small areas to it")]
    NoLink {
        /// The level asked.
        level: AreaLevel,
    },
    /// The population is counted by areas of another vintage.
    #[error("population {name:?} is not counted by {level}, and no exact lookup leads there")]
    PopulationLevel {
        /// The population.
        name: String,
        /// The level asked.
        level: AreaLevel,
    },
}

impl From<DataFusionError> for QueryError {
    fn from(error: DataFusionError) -> Self {
        Self::Engine(Box::new(error))
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
    pub async fn counts(&self, query: &CountQuery) -> Result<Vec<CountRow>, QueryError> {
        let base = self.small_area_level(query)?;
        let column = match (base.tier, query.level.tier) {
            (_, Tier::Force) => "falls_within",
            _ if base == AreaLevel::LSOA_2011 => "lsoa_2011",
            _ => "lsoa_2021",
        };
        let sql = format!(
            "SELECT {column} AS area, month, category, count(*) AS n FROM incidents WHERE {} GROUP BY 1, 2, 3",
            self.filter(query)
        );
        let parents = (query.level != base).then(|| self.parents_of(base, query.level)).transpose()?;
        let wanted: Option<BTreeSet<&AreaCode>> = query.areas.as_ref().map(|areas| areas.iter().collect());
        let mut counts: BTreeMap<(Option<AreaCode>, Month, Category), u64> = BTreeMap::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                let (Some(month), Some(category)) = (cells.month(1, row), cells.category(2, row)) else { continue };
                let small = cells.text(0, row).and_then(|text| AreaCode::new(text).ok());
                let area = match &parents {
                    None => small,
                    Some(parents) => small.and_then(|small| parents.get(&small).cloned()),
                };
                if wanted.as_ref().is_none_or(|wanted| area.as_ref().is_some_and(|area| wanted.contains(area))) {
                    *counts.entry((area, month, category)).or_default() += cells.whole(3, row);
                }
            }
        }
        Ok(counts.into_iter().map(|((area, month, category), n)| CountRow { area, month, category, n }).collect())
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
        Ok(batches.first().map_or((0, 0), |batch| (Cells::of(batch).whole(0, 0), Cells::of(batch).whole(1, 0))))
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
    pub fn boundaries(&self, level: AreaLevel, codes: &[AreaCode]) -> Result<Vec<Boundary>, QueryError> {
        let wanted: BTreeSet<&AreaCode> = codes.iter().collect();
        let mut found: BTreeMap<AreaCode, Boundary> = BTreeMap::new();
        for row in self.rows::<AreaRow>(&self.areas, |row| &row.load_id)? {
            if row.level == level && wanted.contains(&row.code) {
                let polygons = row.outline_wkb.as_deref().and_then(geometry::from_wkb);
                if let Some(polygons) = polygons {
                    found.entry(row.code.clone()).or_insert(Boundary { code: row.code, name: row.name, polygons });
                }
            }
        }
        Ok(found.into_values().collect())
    }

    /// The areas of `child_level` that lie in an area, in order of code.
    pub fn members(&self, parent: &AreaCode, parent_level: AreaLevel, child_level: AreaLevel) -> Result<Vec<AreaCode>, QueryError> {
        let links = self.parents_of(child_level, parent_level)?;
        let mut members: Vec<AreaCode> = links.into_iter().filter(|(_, to)| to == parent).map(|(from, _)| from).collect();
        members.sort();
        Ok(members)
    }

    /// The area of `level` in which each small area lies, in order of small area.
    pub fn parents(&self, small_areas: &[AreaCode], small_level: AreaLevel, level: AreaLevel) -> Result<Vec<(AreaCode, AreaCode)>, QueryError> {
        let links = self.parents_of(small_level, level)?;
        let mut found: Vec<(AreaCode, AreaCode)> =
            small_areas.iter().filter_map(|small| Some((small.clone(), links.get(small)?.clone()))).collect();
        found.sort();
        Ok(found)
    }

    /// The residents of some areas, in order of code; areas without a figure are left out.
    pub fn population(&self, name: &str, level: AreaLevel, areas: &[AreaCode]) -> Result<Vec<(AreaCode, u64)>, QueryError> {
        let wanted: BTreeSet<&AreaCode> = areas.iter().collect();
        let rows = self.rows::<PopulationRow>(&self.populations, |row| &row.load_id)?;
        let mut found: BTreeMap<AreaCode, u64> = BTreeMap::new();
        for row in rows.into_iter().filter(|row| row.name == name) {
            if row.level != level {
                return Err(QueryError::PopulationLevel { name: name.to_owned(), level });
            }
            if wanted.contains(&row.code) {
                found.insert(row.code, row.residents);
            }
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
    pub async fn row_references(&self, query: &CountQuery, limit: usize) -> Result<Vec<RowReference>, QueryError> {
        let base = self.small_area_level(query)?;
        let column = if base == AreaLevel::LSOA_2011 { "lsoa_2011" } else { "lsoa_2021" };
        let areas = query.areas.clone().unwrap_or_default();
        let small: Vec<String> = if query.level == base {
            areas.iter().map(|area| format!("'{area}'")).collect()
        } else {
            let parents = self.parents_of(base, query.level)?;
            let inside = parents.iter().filter(|(_, parent)| areas.contains(parent));
            let mut codes: Vec<String> = inside.map(|(small, _)| format!("'{small}'")).collect();
            codes.sort();
            codes
        };
        if small.is_empty() {
            return Ok(Vec::new());
        }
        let sql = format!(
            "SELECT load_id, line, month, category FROM incidents WHERE {} AND {column} IN ({}) ORDER BY load_id, line LIMIT {limit}",
            self.filter(query),
            small.join(", ")
        );
        let mut references = Vec::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                if let (Some(load), Some(month), Some(category)) = (cells.text(0, row), cells.month(2, row), cells.category(3, row)) {
                    references.push(RowReference { load_id: load.to_owned(), line: cells.whole(1, row), month, category });
                }
            }
        }
        Ok(references)
    }

    /// A source's rows by the district in which they lie, most first: those of other districts and
    /// forces are kept, and can be listed here.
    pub async fn by_district(&self, source: &str, small_level: AreaLevel, district_level: AreaLevel) -> Result<Vec<Elsewhere>, QueryError> {
        let column = if small_level == AreaLevel::LSOA_2011 { "lsoa_2011" } else { "lsoa_2021" };
        let sql = format!("SELECT {column}, count(*) AS n FROM incidents WHERE {} GROUP BY 1", self.of_source(source));
        let parents = self.parents_of(small_level, district_level)?;
        let names: HashMap<AreaCode, String> = self.areas(district_level)?.into_iter().map(|area| (area.code, area.name)).collect();
        let mut rows: BTreeMap<Option<AreaCode>, u64> = BTreeMap::new();
        for batch in self.sql(&sql).await? {
            let cells = Cells::of(&batch);
            for row in 0..batch.num_rows() {
                let small = cells.text(0, row).and_then(|text| AreaCode::new(text).ok());
                let district = small.and_then(|small| parents.get(&small).cloned());
                *rows.entry(district).or_default() += cells.whole(1, row);
            }
        }
        let mut found: Vec<Elsewhere> = rows
            .into_iter()
            .map(|(district, rows)| Elsewhere {
                name: district.as_ref().and_then(|code| names.get(code).cloned()).unwrap_or_else(|| "not known".into()),
                district,
                rows,
            })
            .collect();
        found.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.district.cmp(&b.district)));
        Ok(found)
    }

    fn small_area_level(&self, query: &CountQuery) -> Result<AreaLevel, QueryError> {
        if query.level.tier == Tier::Lsoa || query.level.tier == Tier::Force {
            return Ok(query.level);
        }
        for base in [AreaLevel::LSOA_2021, AreaLevel::LSOA_2011] {
            if !self.parents_of(base, query.level)?.is_empty() {
                return Ok(base);
            }
        }
        Err(QueryError::NoLink { level: query.level })
    }

    fn parents_of(&self, from: AreaLevel, to: AreaLevel) -> Result<HashMap<AreaCode, AreaCode>, QueryError> {
        let links = self.rows::<LinkRow>(&self.links, |row| &row.load_id)?;
        let wanted = links.into_iter().filter(|link| link.from_level == from && link.to_level == to);
        Ok(wanted.map(|link| (link.from_code, link.to_code)).collect())
    }

    fn of_source(&self, source: &str) -> String {
        let mut filter = format!("source = '{}'", source.replace('\'', "''"));
        if !self.superseded.is_empty() {
            let ids: Vec<String> = self.superseded.iter().map(|id| format!("'{id}'")).collect();
            filter.push_str(&format!(" AND load_id NOT IN ({})", ids.join(", ")));
        }
        filter
    }

    fn filter(&self, query: &CountQuery) -> String {
        let mut filter = self.of_source(&query.source);
        filter.push_str(&format!(
            " AND month >= DATE '{}' AND month <= DATE '{}'",
            query.first.first_day(),
            query.last.first_day()
        ));
        if !query.categories.is_empty() {
            let slugs: Vec<String> = query.categories.iter().map(|category| format!("'{category}'")).collect();
            filter.push_str(&format!(" AND category IN ({})", slugs.join(", ")));
        }
        filter
    }

    async fn sql(&self, sql: &str) -> Result<Vec<RecordBatch>, QueryError> {
        let config = SessionConfig::new().with_information_schema(false);
        let context = SessionContext::new_with_config(config);
        let files = self.visible_files(&self.incidents)?;
        if files.is_empty() {
            let empty = datafusion::datasource::MemTable::try_new(Arc::clone(&self.incidents.schema), vec![Vec::new()])?;
            context.register_table("incidents", Arc::new(empty))?;
        } else {
            let paths: Vec<String> =
                files.iter().map(|name| self.incidents.folder.join(name).to_string_lossy().into_owned()).collect();
            let table = context.read_parquet(paths, ParquetReadOptions::default()).await?.into_view();
            context.register_table("incidents", table)?;
        }
        Ok(context.sql(sql).await?.collect().await?)
    }
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
            DataType::Int32 => u64::from(column.as_primitive::<Int32Type>().value(row).unsigned_abs()),
            _ => 0,
        }
    }

    fn month(&self, column: usize, row: usize) -> Option<Month> {
        let column = self.columns.get(column)?.as_primitive_opt::<Date32Type>()?;
        let days = column.value(row);
        let date = jiff::civil::date(1970, 1, 1).checked_add(jiff::Span::new().try_days(i64::from(days)).ok()?).ok()?;
        Month::of(date)
    }

    fn category(&self, column: usize, row: usize) -> Option<Category> {
        self.text(column, row)?.parse().ok()
    }
}
