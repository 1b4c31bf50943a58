//! The ground: areas, their outlines, what lies in what, residents; and what was refused.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wardmote_domain::area::{AreaCode, AreaLevel};

use super::{Area, Boundary, QueryError};
use crate::geometry;
use crate::links::{Links, Parents, Shares};
use crate::postcodes;
use crate::read::Postcodes;
use crate::rows::{AreaRow, LinkRow, PopulationRow, Refusal, Row as _, SurveyAnswer, TotalRow};
use crate::store::Lake;

impl Lake {
    /// The areas of a level, in order of code.
    pub fn areas(&self, level: AreaLevel) -> Result<Vec<Area>, QueryError> {
        let names = self.once.names(|| self.area_names())?;
        Ok(names.get(&level).cloned().unwrap_or_default())
    }

    /// The areas of every level, without their outlines.
    fn area_names(&self) -> Result<BTreeMap<AreaLevel, Vec<Area>>, QueryError> {
        let files = self.visible_files(&self.areas)?;
        let batches = self.areas.read_columns(&files, Some(&AreaRow::WITHOUT_OUTLINE))?;
        let mut names: BTreeMap<AreaLevel, BTreeMap<AreaCode, String>> = BTreeMap::new();
        for row in batches.iter().flat_map(AreaRow::from_batch) {
            if self.superseded.contains(&row.load_id) {
                continue;
            }
            let name = names.entry(row.level).or_default().entry(row.code).or_default();
            if name.is_empty() {
                *name = row.name;
            }
        }
        let area = |(code, name)| Area { code, name };
        let of_level = |(level, areas): (AreaLevel, BTreeMap<AreaCode, String>)| {
            (level, areas.into_iter().map(area).collect())
        };
        Ok(names.into_iter().map(of_level).collect())
    }

    /// In which small area each postcode lies, by the lookups that were loaded.
    pub fn postcode_areas(&self) -> Result<Postcodes, QueryError> {
        let batches = self.postcodes.read(&self.visible_files(&self.postcodes)?)?;
        let visible: BTreeSet<&str> =
            self.loads().iter().map(|load| load.load_id.as_str()).collect();
        let wanted = |load_id: &str| visible.contains(load_id);
        Ok(batches.iter().flat_map(|batch| postcodes::rows(batch, wanted)).collect())
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

    /// The areas of `level` among which small areas are shared, each with its share by residents, for
    /// those that do not lie wholly in one.
    pub fn shares(
        &self,
        small_areas: &[AreaCode],
        small_level: AreaLevel,
        level: AreaLevel,
    ) -> Result<Shares, QueryError> {
        let mut shares = self.links()?.shares(small_level, level);
        let wanted: BTreeSet<&AreaCode> = small_areas.iter().collect();
        shares.retain(|area, parts| parts.len() > 1 && wanted.contains(area));
        Ok(shares)
    }

    /// The areas of `level` that hold a part of an area, wholly or by the shares of residents; of an
    /// area that was split, where nobody declared shares, those that lie in it.
    pub fn parts(
        &self,
        area: &AreaCode,
        area_level: AreaLevel,
        level: AreaLevel,
    ) -> Result<Vec<AreaCode>, QueryError> {
        let links = self.links()?;
        let shares = links.shares(area_level, level);
        let mut parts: BTreeSet<AreaCode> =
            shares.get(area).into_iter().flatten().map(|(part, _)| part.clone()).collect();
        let back = links.parents(level, area_level);
        parts.extend(back.iter().filter(|(_, of)| *of == area).map(|(part, _)| part.clone()));
        Ok(parts.into_iter().collect())
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

    /// The totals that a source brought, in order of load and line.
    pub fn totals(&self, source: &str) -> Result<Vec<TotalRow>, QueryError> {
        let mut rows = self.rows::<TotalRow>(&self.totals, |row| &row.load_id)?;
        rows.retain(|row| row.source == source);
        rows.sort_by(|a, b| (&a.load_id, a.line).cmp(&(&b.load_id, b.line)));
        Ok(rows)
    }

    /// What a survey's respondents answered, in order of wave, area, question, answer and group.
    pub fn survey_answers(&self, source: &str) -> Result<Vec<SurveyAnswer>, QueryError> {
        let mut rows = self.rows::<SurveyAnswer>(&self.surveys, |row| &row.load_id)?;
        rows.retain(|row| row.source == source);
        let key = |row: &SurveyAnswer| {
            let of = [&row.wave, &row.question, &row.answer, &row.group, &row.load_id];
            (row.area.clone(), of.map(String::clone))
        };
        rows.sort_by_key(key);
        Ok(rows)
    }

    /// The visible refusals, in order of file and line.
    pub fn refusals(&self) -> Result<Vec<Refusal>, QueryError> {
        let mut refusals = self.rows::<Refusal>(&self.refusals, |row| &row.load_id)?;
        refusals.sort_by(|a, b| (&a.file, a.first_line).cmp(&(&b.file, b.first_line)));
        Ok(refusals)
    }

    pub(super) fn parents_of(
        &self,
        from: AreaLevel,
        to: AreaLevel,
    ) -> Result<Arc<Parents>, QueryError> {
        Ok(self.links()?.parents(from, to))
    }

    fn links(&self) -> Result<&Links, QueryError> {
        self.once.links(|| Ok(Links::new(&self.rows::<LinkRow>(&self.links, |row| &row.load_id)?)))
    }
}
