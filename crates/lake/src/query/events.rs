//! The events: counted by area, month and category, followed to their rows, listed by body and
//! district.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::period::Month;

use super::finder::{AreaFinder, PLACE};
use super::groups::{Counted, groups};
use super::{CountQuery, CountRow, DetailRow, Elsewhere, QueryError, Received, RowReference};
use crate::read::Form;
use crate::scan::{ABSENT, Scan, Selection, month};
use crate::store::Lake;

/// Months that are counted at a time.
const MONTHS_AT_A_TIME: i32 = 4;

impl CountQuery {
    /// The query in parts of a few months each.
    fn stretches(&self) -> impl Iterator<Item = Selection<'_>> {
        let starts = (0..).map(|step| self.first.plus(step * MONTHS_AT_A_TIME));
        starts.take_while(|start| *start <= self.last).map(|start| {
            let last = self.last.min(start.plus(MONTHS_AT_A_TIME - 1));
            Selection { months: Some((start, last)), ..self.selection() }
        })
    }

    fn selection(&self) -> Selection<'_> {
        Selection {
            source: Some(&self.source),
            categories: Some(&self.categories),
            months: Some((self.first, self.last)),
        }
    }
}

impl Lake {
    /// Counts by area, month and category, in that order.
    ///
    /// Small areas are those of the row itself. Larger areas follow from the row's 2021 small area,
    /// and from its 2011 one where it has no other; rows without either have no area. Police forces
    /// are the exception: their rows are those that fall within the force, placed or not.
    pub fn counts(&self, query: &CountQuery) -> Result<Vec<CountRow>, QueryError> {
        let rows = self.grouped(query, false)?.into_iter();
        let row =
            |DetailRow { area, month, category, n, .. }| CountRow { area, month, category, n };
        Ok(rows.map(row).collect())
    }

    /// The same, by outcome and marks too.
    pub fn counts_in_detail(&self, query: &CountQuery) -> Result<Vec<DetailRow>, QueryError> {
        self.grouped(query, true)
    }

    fn grouped(&self, query: &CountQuery, detail: bool) -> Result<Vec<DetailRow>, QueryError> {
        let mut counts: BTreeMap<DetailKey, u64> = BTreeMap::new();
        self.each_count(query, detail, &mut |row| {
            let key = (row.area, row.month, row.category, row.outcome, row.flags);
            *counts.entry(key).or_default() += row.n;
        })?;
        let row = |((area, month, category, outcome, flags), n)| DetailRow {
            area,
            month,
            category,
            outcome,
            flags,
            n,
        };
        Ok(counts.into_iter().map(row).collect())
    }

    /// Hands over the same counts one by one, in no order; what belongs together can come in parts.
    /// Of a lake of many millions of rows it takes the memory of a few months.
    ///
    /// Answers whether some rows, wanted or not, know the small area of the other census alone.
    pub fn each_count(
        &self,
        query: &CountQuery,
        detail: bool,
        each: &mut dyn FnMut(DetailRow),
    ) -> Result<bool, QueryError> {
        let mut other_vintage_alone = false;
        let asks_2011 = query.level == AreaLevel::LSOA_2011;
        let finder = AreaFinder::new(self, query.level)?;
        let form = self.form_of(&query.source);
        let wanted = query.areas.as_ref().map(|areas| areas.iter().collect::<BTreeSet<_>>());
        for selection in query.stretches() {
            let scan = Scan::new(self, form, selection)?;
            let mut places = Places::new(&finder, &scan);
            let mut known = Known::new(&scan);
            for counted in groups(&scan, form, detail)? {
                let Counted { group: [a, b, c, day, kind], outcome, flags, n } = counted;
                let (asked, other) = if asks_2011 { (b, a) } else { (a, b) };
                other_vintage_alone |= asked == ABSENT && other != ABSENT;
                let area = places.find([a, b, c]);
                let is_wanted = wanted
                    .as_ref()
                    .is_none_or(|wanted| area.is_some_and(|area| wanted.contains(area)));
                if let (true, Some(month), Some(category)) =
                    (is_wanted, known.month(day), known.category(kind))
                {
                    each(DetailRow { area: area.cloned(), month, category, outcome, flags, n });
                }
            }
        }
        Ok(other_vintage_alone)
    }

    /// Counts of the rows whose small area is known in the census that is not asked for, and in no
    /// other: by that area, month, category, outcome and marks.
    pub fn counts_in_the_other_vintage(
        &self,
        query: &CountQuery,
    ) -> Result<Vec<DetailRow>, QueryError> {
        let form = self.form_of(&query.source);
        let asks_2011 = query.level == AreaLevel::LSOA_2011;
        let mut rows = Vec::new();
        for selection in query.stretches() {
            let scan = Scan::new(self, form, selection)?;
            if !other_vintage_alone(&scan, asks_2011)? {
                continue;
            }
            for Counted { group, outcome, flags, n } in groups(&scan, form, true)? {
                let [lsoa_2021, lsoa_2011, _, day, kind] = group;
                let (asked, other) =
                    if asks_2011 { (lsoa_2011, lsoa_2021) } else { (lsoa_2021, lsoa_2011) };
                if asked != ABSENT {
                    continue;
                }
                let area = scan.text(other).and_then(|text| AreaCode::new(&text).ok());
                if let (Some(area), Some(month), Some(category)) =
                    (area, month(day), scan.category(kind))
                {
                    rows.push(DetailRow { area: Some(area), month, category, outcome, flags, n });
                }
            }
        }
        Ok(rows)
    }

    fn scan_of<'a>(&'a self, source: &'a str) -> Result<Scan<'a>, QueryError> {
        let selection = Selection { source: Some(source), ..Selection::default() };
        Ok(Scan::new(self, self.form_of(source), selection)?)
    }

    /// What each body delivered, by body and month.
    pub fn received(&self, source: &str) -> Result<Arc<Vec<Received>>, QueryError> {
        self.once.received(source, || self.deliveries(source))
    }

    fn deliveries(&self, source: &str) -> Result<Vec<Received>, QueryError> {
        let scan = self.scan_of(source)?;
        let columns = ["reporting_body", "month", "lsoa_2021", "lsoa_2011", "load_id"];
        let cut_short: BTreeSet<&str> = self
            .visible
            .iter()
            .filter(|load| load.cut_short)
            .map(|load| load.load_id.as_str())
            .collect();
        let mut received: BTreeMap<(String, Month), (u64, u64, bool)> = BTreeMap::new();
        let of_months = scan.fold(
            columns,
            |found: &mut HashMap<_, [u64; 2]>, [body, day, lsoa_2021, lsoa_2011, load], n| {
                let is_placed = [lsoa_2021, lsoa_2011] != [ABSENT; 2];
                found.entry([body, day, load]).or_default()[usize::from(is_placed)] += n;
            },
        )?;
        for ([body, day, load], [unplaced, placed]) in of_months.into_iter().flatten() {
            let (Some(body), Some(month)) = (scan.text(body), month(day)) else { continue };
            let (rows, without_place, is_cut) =
                received.entry((body.to_string(), month)).or_default();
            *is_cut |= scan.text(load).is_some_and(|load| cut_short.contains(&*load));
            *rows += unplaced + placed;
            *without_place += unplaced;
        }
        let rows = received.into_iter();
        Ok(rows
            .map(|((body, month), (rows, without_place, cut_short))| Received {
                body,
                month,
                rows,
                without_place,
                cut_short,
            })
            .collect())
    }

    /// How many distinct groups of small area, month and category there are, and how many rows: the
    /// whole table counted, for `wardmote count` and the bench.
    pub fn group_all(&self) -> Result<(u64, u64), QueryError> {
        let scan = Scan::new(self, Form::Street, Selection::default())?;
        let of_months = scan.fold(
            ["lsoa_2021", "lsoa_2011", "month", "category"],
            |groups: &mut GroupsAndRows, group, n| {
                groups.distinct.insert(group);
                groups.rows += n;
            },
        )?;
        let (mut groups, mut rows) = (0, 0);
        for of_month in of_months {
            groups += of_month.distinct.len() as u64;
            rows += of_month.rows;
        }
        Ok((groups, rows))
    }

    /// The first rows behind a count, in order of load and line.
    pub fn row_references(
        &self,
        query: &CountQuery,
        limit: usize,
    ) -> Result<Vec<RowReference>, QueryError> {
        let finder = AreaFinder::new(self, query.level)?;
        let scan = Scan::new(self, self.form_of(&query.source), query.selection())?;
        let mut found: Vec<RowReference> = Vec::new();
        let [first, second, third] = PLACE;
        let wanted = |area: Option<&AreaCode>| match (&query.areas, area) {
            (None, _) => true,
            (Some(areas), Some(area)) => areas.contains(area),
            (Some(_), None) => false,
        };
        let mut places = Places::new(&finder, &scan);
        let held = scan.count(PLACE)?.into_iter().map(|(place, _)| place);
        let holding: HashSet<[u32; 3]> = held.filter(|place| wanted(places.find(*place))).collect();
        let of_months = scan.fold(
            [first, second, third, "load_id", "line", "month", "category"],
            |rows: &mut Vec<[u32; 4]>, [a, b, c, row @ ..], _| {
                if holding.contains(&[a, b, c]) {
                    rows.push(row);
                }
            },
        )?;
        for [load, line, day, kind] in of_months.into_iter().flatten() {
            if let (Some(load), Some(month), Some(category)) =
                (scan.text(load), month(day), scan.category(kind))
            {
                let (load_id, line) = (load.to_string(), u64::from(line));
                found.push(RowReference { load_id, line, month, category });
            }
        }
        found.sort_by(|a, b| (&a.load_id, a.line).cmp(&(&b.load_id, b.line)));
        found.truncate(limit);
        Ok(found)
    }

    /// A source's rows by the district in which they lie, most first: those of other districts and
    /// forces are kept, and can be listed here.
    pub fn by_district(
        &self,
        source: &str,
        district_level: AreaLevel,
    ) -> Result<Vec<Elsewhere>, QueryError> {
        let finder = AreaFinder::new(self, district_level)?;
        let scan = self.scan_of(source)?;
        let mut places = Places::new(&finder, &scan);
        let mut rows: BTreeMap<Option<AreaCode>, u64> = BTreeMap::new();
        for (place, n) in scan.count(PLACE)? {
            *rows.entry(places.find(place).cloned()).or_default() += n;
        }
        let names: BTreeMap<AreaCode, String> =
            self.areas(district_level)?.into_iter().map(|area| (area.code, area.name)).collect();
        let name = |district: &Option<AreaCode>| {
            district.as_ref().and_then(|code| names.get(code)).map_or("not known", String::as_str)
        };
        let mut found: Vec<Elsewhere> = rows
            .into_iter()
            .map(|(district, rows)| Elsewhere { name: name(&district).to_owned(), district, rows })
            .collect();
        found.sort_by(|a, b| b.rows.cmp(&a.rows).then_with(|| a.district.cmp(&b.district)));
        Ok(found)
    }
}

/// Area, month, category, outcome and marks.
type DetailKey = (Option<AreaCode>, Month, Category, Option<Arc<str>>, Option<Arc<str>>);

/// Whether some rows have a small area of the other census alone.
fn other_vintage_alone(scan: &Scan<'_>, asks_2011: bool) -> Result<bool, QueryError> {
    let of_months = scan.fold(["lsoa_2021", "lsoa_2011"], |found: &mut bool, [a, b], _| {
        let (asked, other) = if asks_2011 { (b, a) } else { (a, b) };
        *found |= asked == ABSENT && other != ABSENT;
    })?;
    Ok(of_months.contains(&true))
}

/// Months and categories by their numbers, of which there are few.
struct Known<'a> {
    scan: &'a Scan<'a>,
    months: HashMap<u32, Option<Month>>,
    categories: HashMap<u32, Option<Category>>,
}

impl<'a> Known<'a> {
    fn new(scan: &'a Scan<'a>) -> Self {
        Self { scan, months: HashMap::new(), categories: HashMap::new() }
    }

    fn month(&mut self, day: u32) -> Option<Month> {
        *self.months.entry(day).or_insert_with(|| month(day))
    }

    fn category(&mut self, kind: u32) -> Option<Category> {
        self.categories.entry(kind).or_insert_with(|| self.scan.category(kind)).clone()
    }
}

#[derive(Default)]
struct GroupsAndRows {
    distinct: HashSet<[u32; 4]>,
    rows: u64,
}

/// The areas of places that were asked before.
struct Places<'a> {
    finder: &'a AreaFinder,
    scan: &'a Scan<'a>,
    found: HashMap<[u32; 3], Option<AreaCode>>,
}

impl<'a> Places<'a> {
    fn new(finder: &'a AreaFinder, scan: &'a Scan<'a>) -> Self {
        Self { finder, scan, found: HashMap::new() }
    }

    fn find(&mut self, place: [u32; 3]) -> Option<&AreaCode> {
        let found = self.found.entry(place).or_insert_with(|| {
            let [a, b, c] = place.map(|number| self.scan.text(number));
            self.finder.find([a.as_deref(), b.as_deref(), c.as_deref()])
        });
        found.as_ref()
    }
}
