//! Loading what is no event: areas, lookups, residents, totals, statistics, surveys.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::partnership::Partnership;
use wardmote_domain::provenance::Disclosure;

use super::{
    IngestError, IngestRequest, NAMED_AFTER, Run, blank_load, declared_files, hidden_name, relative,
};
use crate::geography::{self, GeographyFile, Sharing};
use crate::people::shown_name;
use crate::read::{Progress, load_id};
use crate::rows::{CategoryRow, Load, PopulationRow};
use crate::source::{Reader, SourceDeclaration};
use crate::store::{Lake, short_hash};

impl Run {
    pub(super) fn stage_ground(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let failed = |why| IngestError::Geography { source_id: source.id.clone(), why };
        let paths = match declared_files(source, request.data_folder) {
            // Files given by hand may be loaded where the others do not lie.
            Err(why) if !request.only.is_empty() => {
                self.report.notes.push((source.id.clone(), format!("not loaded: {why}")));
                return Ok(());
            }
            found => found?,
        };
        let keep = match &source.reader {
            Reader::Boundaries { level, .. } => self.codes_that_matter(request.partnership, *level),
            _ => None,
        };
        let categories = self.categories_of(lake, source)?;
        let sharing = self.sharing_of(lake, source)?;
        // What else the rows follow from: a file of outlines read for other areas is another load.
        let also: Vec<String> = if let Some(codes) = &keep {
            codes.iter().map(AreaCode::to_string).collect()
        } else if let Some(words) = &categories {
            words.iter().map(|(words, kind)| format!("{words} {kind}")).collect()
        } else if let Some(Sharing { lsoa_2011, lsoa_2021 }) = &sharing {
            lsoa_2011.iter().chain(lsoa_2021).map(|(area, n)| format!("{area} {n}")).collect()
        } else {
            Vec::new()
        };
        let read_for = (!also.is_empty())
            .then(|| format!("{} for {}", source.id, short_hash(&also.join(" "))));
        for path in paths {
            let file_name = relative(&path, request.data_folder);
            if matches!(source.reader, Reader::Survey(_)) && shown_name(&file_name).is_none() {
                self.report.failures.push((hidden_name(&file_name), NAMED_AFTER.to_owned()));
                continue;
            }
            let file = geography::read_bytes(&path).map_err(failed)?;
            let load_id = load_id(read_for.as_ref().unwrap_or(&source.id), &file.sha256);
            if self.is_known(lake, &load_id, &file_name) {
                continue;
            }
            let read = GeographyFile {
                path: &path,
                file_name: &file_name,
                bytes: &file.bytes,
                source: &source.id,
                load_id: &load_id,
                keep_text: source.disclosure == Disclosure::Open,
                keep: keep.as_ref(),
                sharing: sharing.as_ref(),
                categories: categories.as_ref(),
            };
            let rows = geography::read(&read, &source.reader).map_err(failed)?;
            progress.file_done(&file_name, rows.rows_read);
            if rows.passed_over > 0 {
                let n = rows.passed_over;
                let note =
                    format!("{n} outlines outside the partnership and its peers were passed over");
                self.report.notes.push((file_name.clone(), note));
            }
            self.stage_load(Load {
                size_bytes: file.bytes.len() as u64,
                rows_read: rows.rows_read,
                rows_kept: rows.rows_kept,
                rows_refused: rows.refusals.len() as u64,
                ..blank_load(source, load_id, file_name, file.sha256)
            })?;
            self.staged.areas.extend(rows.areas);
            self.staged.links.extend(rows.links);
            self.staged.populations.extend(rows.populations);
            self.staged.categories.extend(rows.categories);
            self.staged.answers.extend(rows.answers);
            self.staged.totals.extend(rows.totals);
            self.staged.statistics.extend(rows.statistics.map(|batch| (source.id.clone(), batch)));
            self.staged.refusals.extend(rows.refusals);
        }
        Ok(())
    }

    /// What a source's words for kinds of event count under, where it leaves that to another source.
    fn categories_of(
        &self,
        lake: &Lake,
        source: &SourceDeclaration,
    ) -> Result<Option<BTreeMap<String, Category>>, IngestError> {
        let Reader::Totals(mapping) = &source.reader else { return Ok(None) };
        let Some(lookup) = &mapping.category_lookup else { return Ok(None) };
        let held = lake.rows_ever::<CategoryRow>(&lake.categories)?;
        let rows = held.iter().chain(&self.staged.categories);
        let found: BTreeMap<String, Category> = rows
            .filter(|row| row.source == *lookup && self.visible.contains_key(&row.load_id))
            .map(|row| (row.words.clone(), row.category.clone()))
            .collect();
        if found.is_empty() {
            let (source_id, lookup) = (source.id.clone(), lookup.clone());
            return Err(IngestError::NoCategories { source_id, lookup });
        }
        Ok(Some(found))
    }

    /// The residents by which a source's changed areas are shared out.
    fn sharing_of(
        &self,
        lake: &Lake,
        source: &SourceDeclaration,
    ) -> Result<Option<Sharing>, IngestError> {
        let Reader::LsoaChange { shares: Some(by), .. } = &source.reader else { return Ok(None) };
        let held = lake.rows_ever::<PopulationRow>(&lake.populations)?;
        let mut sharing = Sharing::default();
        for row in held.into_iter().chain(self.staged.populations.iter().cloned()) {
            if !self.visible.contains_key(&row.load_id) {
                continue;
            }
            if row.name == by.lsoa_2011 && row.level == AreaLevel::LSOA_2011 {
                sharing.lsoa_2011.insert(row.code, row.residents);
            } else if row.name == by.lsoa_2021 && row.level == AreaLevel::LSOA_2021 {
                sharing.lsoa_2021.insert(row.code, row.residents);
            }
        }
        for (found, name) in
            [(&sharing.lsoa_2011, &by.lsoa_2011), (&sharing.lsoa_2021, &by.lsoa_2021)]
        {
            if found.is_empty() {
                let (source_id, population) = (source.id.clone(), name.clone());
                return Err(IngestError::NoResidents { source_id, population });
            }
        }
        Ok(Some(sharing))
    }

    /// The codes of a level that lie in the partnership's districts and its peers'; `None` where no
    /// lookup says, and then every outline is kept.
    pub(super) fn codes_that_matter(
        &self,
        partnership: &Partnership,
        level: AreaLevel,
    ) -> Option<BTreeSet<AreaCode>> {
        let links = self.links();
        let districts: BTreeSet<&AreaCode> =
            partnership.areas.iter().chain(&partnership.peers).collect();
        if level == partnership.district_level {
            return Some(districts.into_iter().cloned().collect());
        }
        let inside: BTreeSet<&AreaCode> = links
            .iter()
            .filter(|link| {
                link.to_level == partnership.district_level && districts.contains(&link.to_code)
            })
            .map(|link| &link.from_code)
            .collect();
        let touching = links
            .iter()
            .filter(|link| inside.contains(&link.from_code) || inside.contains(&link.to_code));
        let at_level = touching.flat_map(|link| {
            let ends = [(link.from_level, &link.from_code), (link.to_level, &link.to_code)];
            ends.into_iter().filter(|(of, _)| *of == level).map(|(_, code)| code.clone())
        });
        let codes: BTreeSet<AreaCode> = at_level.collect();
        (!codes.is_empty()).then_some(codes)
    }
}
