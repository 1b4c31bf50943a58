//! The evidence computed again, named as it was published, so that the two can be compared.

use std::collections::BTreeMap;

use anyhow::bail;
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::claims::Answers;
use wardmote_evidence::evidence_file::{EvidenceFile, LoadRecord};
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::verify::Lacking;
use wardmote_lake::Load;
use wardmote_reports::{Chart, ChartKind, SeriesChart, SourceNote, Table};

use super::files::Wanted;
use crate::publish::Assessed;

/// The evidence computed again, in the words and under the names of the publication.
pub(super) struct Again<'a> {
    pub(super) folder: &'a PartnershipFolder,
    pub(super) observed: Observed,
    pub(super) published: &'a EvidenceFile,
    pub(super) wanted: &'a [Wanted],
}

impl Again<'_> {
    pub(super) fn answers(
        &mut self,
        here: &mut PartnershipFolder,
        lacking: &mut Lacking,
    ) -> anyhow::Result<Answers> {
        let Some(assessment) = &self.folder.assessment else {
            bail!("the bundle declares no assessment");
        };
        // Figures are named after the vintage; another one here would hide which are the same.
        self.observed.snapshot.clone_from(&self.published.snapshot);
        let rule = assessment.family.rule;
        let mut answers = loop {
            let found = lacking.answer(&self.observed, &here.claims, self.published, rule);
            match found {
                Ok(answers) => break answers,
                // What is lacking may be residents, of which only some claims have need.
                Err(failure) if !lacking.is_empty() => {
                    lacking.cannot_ask(&failure.claim);
                    // INVARIANT: one claim fewer each time, so this ends.
                    if here.claims.remove(&failure.claim).is_none() {
                        return Err(failure.into());
                    }
                }
                Err(failure) => return Err(failure.into()),
            }
        };
        self.observed.measures.clone_from(&self.folder.measures);
        self.name_loads_as_published(&mut answers);
        Ok(answers)
    }

    /// Gives each load the name and id under which it was published. A file that lies elsewhere here,
    /// or has other bytes, is a load of another id.
    fn name_loads_as_published(&mut self, answers: &mut Answers) {
        let mut renamed = BTreeMap::new();
        let mut missing = Vec::new();
        for (id, record) in &self.published.loads {
            match self.observed.loads.iter_mut().find(|load| self_is(load, record, self.wanted)) {
                Some(load) => {
                    renamed.insert(load.load_id.clone(), id.clone());
                    load.load_id.clone_from(id);
                    load.file_name.clone_from(&record.file);
                }
                None => missing.push(as_load(id, record, self.wanted)),
            }
        }
        self.observed.loads.extend(missing);
        self.observed
            .loads
            .sort_by(|a, b| (&a.source, &a.file_name).cmp(&(&b.source, &b.file_name)));
        for figure in answers.figures.values_mut() {
            for id in &mut figure.loads {
                if let Some(published) = renamed.get(id) {
                    id.clone_from(published);
                }
            }
            figure.loads.sort();
            figure.loads.dedup();
        }
    }
}

/// Whether a load is that of a published record: the same bytes, or others under its path.
fn self_is(load: &Load, record: &LoadRecord, wanted: &[Wanted]) -> bool {
    load.source == record.source
        && (load.sha256 == record.sha256
            || wanted.iter().any(|file| {
                file.is_changed()
                    && file.source == record.source
                    && file.file == record.file
                    && file.found_sha256.as_ref() == Some(&load.sha256)
            }))
}

/// A load that is not here, as it was published; of a file that is here and could not be loaded, with
/// the hash that it has.
fn as_load(id: &str, record: &LoadRecord, wanted: &[Wanted]) -> Load {
    let found = wanted
        .iter()
        .find(|file| file.source == record.source && file.file == record.file)
        .and_then(|file| file.found_sha256.clone());
    Load {
        load_id: id.to_owned(),
        ingest_id: String::new(),
        run: 0,
        source: record.source.clone(),
        reader: String::new(),
        publisher: record.publisher.clone(),
        licence: record.licence.clone(),
        disclosure: Disclosure::Open,
        file_name: record.file.clone(),
        archive: None,
        sha256: found.unwrap_or_else(|| record.sha256.clone()),
        size_bytes: 0,
        rows_read: record.rows_read,
        rows_kept: record.rows_kept,
        rows_refused: record.rows_refused,
        without_place: record.without_place,
        unrecognised_areas: 0,
        first_month: None,
        last_month: None,
        reporting_bodies: Vec::new(),
        cut_short: false,
        supersedes: None,
        withdrawn: None,
    }
}

/// Lets the notes of figures cite the published files, so that a changed file, which has been named,
/// is not found again below each figure.
pub(super) fn cite_as_published(assessed: &mut Assessed, published: &EvidenceFile) {
    let note = |load: &LoadRecord| SourceNote {
        publisher: load.publisher.clone(),
        file: load.file.clone(),
        sha256: load.sha256.clone(),
        licence: load.licence.clone(),
        rows: Some(load.rows_kept),
    };
    for figure in published.figures.values() {
        if let Some(cited) = assessed.publication.figures.get_mut(figure.id.to_string().as_str()) {
            let loads = figure.loads.iter().filter_map(|id| published.loads.get(id));
            cited.sources = loads.map(note).collect();
        }
    }
}

/// Stands where a chart cannot be drawn; the page is not compared there.
pub(super) fn placeholder(title: String) -> Chart {
    let series = SeriesChart {
        y_label: String::new(),
        months: Vec::new(),
        lines: Vec::new(),
        withheld: Vec::new(),
        expected: None,
        markers: Vec::new(),
    };
    Chart {
        title,
        finding: String::new(),
        source: String::new(),
        kind: ChartKind::Series(series),
        table: empty_table(),
    }
}

/// Stands where a table cannot be made.
pub(super) fn empty_table() -> Table {
    Table { caption: String::new(), columns: Vec::new(), rows: Vec::new(), note: None }
}
