//! Loading events, month by month.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use arrow::record_batch::RecordBatch;
use wardmote_domain::period::Month;
use wardmote_domain::provenance::Disclosure;

use super::postcodes::PostcodesHeld;
use super::{
    IngestError, IngestRequest, NAMED_AFTER, Run, blank_load, declared_files, hidden_name, relative,
};
use crate::commit::UNNAMED;
use crate::ground::Ground;
use crate::people::shown_name;
use crate::pseudonym::PseudonymKey;
use crate::read::{self, FileReport, Progress, ReadRequest, SinkError};
use crate::rows::{Load, Refusal};
use crate::source::{Reader, SourceDeclaration};
use crate::store::Lake;
use crate::table::{Part, part_name};

/// What keeps people out of a partner's rows while they are read.
#[derive(Default)]
struct Turning {
    key: Option<PseudonymKey>,
    /// What else the rows follow from.
    read_with: Option<String>,
}

impl Run {
    pub(super) fn stage_events(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        (ground, postcodes): (&Ground, &PostcodesHeld),
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let Reader::Events { form, mapping, time_precision, place_precision, vintage } =
            &source.reader
        else {
            return Ok(());
        };
        let paths = match request.only {
            [] => declared_files(source, request.data_folder)?,
            only => only.to_vec(),
        };
        let mut found = read::find_inputs(*form, &paths)
            .map_err(|why| IngestError::Read { source_id: source.id.clone(), why })?;
        let skipped = found
            .skipped
            .into_iter()
            .map(|skipped| (hidden_name(&skipped.name), skipped.reason.to_owned()));
        self.report.skipped.extend(skipped);
        let failed = |failure: read::FileFailure| {
            (hidden_name(&failure.display_name), failure.error.to_string())
        };
        self.report.failures.extend(found.failures.into_iter().map(failed));
        let Some(Turning { key, read_with }) =
            self.turning(lake, request, source, postcodes, &mut found.files)
        else {
            return Ok(());
        };
        let read_request = ReadRequest {
            form: *form,
            mapping: mapping.as_deref(),
            source_id: &source.id,
            time_precision: *time_precision,
            place_precision: *place_precision,
            latest: request.latest,
            keep_text: source.disclosure == Disclosure::Open,
            declared_vintage: *vintage,
            small_areas: &ground.codes,
            locate: Some(ground),
            postcodes: source.reader.turns_postcodes().then_some(&postcodes.postcodes),
            pseudonyms: key.as_ref(),
            read_with: read_with.as_deref(),
            threads: request.threads,
        };
        let already = |load_id: &str| lake.known.contains_key(load_id);
        let parts = Mutex::new(Vec::new());
        let written_so_far = AtomicUsize::new(0);
        let sink = |month: Month, batch: RecordBatch| -> Result<(), SinkError> {
            // A month may come in more than one batch; the count keeps their files apart.
            let n = written_so_far.fetch_add(1, Ordering::Relaxed);
            let file_name = part_name(UNNAMED, &format!("{}-{month}-{n}", source.id));
            let path = lake.events(*form).folder.join(&file_name);
            let written =
                read::write_parquet(&batch, &path).map_err(|why| SinkError(Box::new(why)))?;
            let part = Part {
                file_name,
                size_bytes: written.size,
                n_rows: written.rows,
                ranges: written.ranges,
            };
            parts.lock().unwrap_or_else(PoisonError::into_inner).push((month, part));
            Ok(())
        };
        let outcome = read::read_months(found.files, &read_request, &already, &sink, progress);
        if let Some(why) = outcome.stopped_by {
            return Err(IngestError::Store { source_id: source.id.clone(), why });
        }
        let mut parts = parts.into_inner().unwrap_or_else(PoisonError::into_inner);
        // The order in which threads finished must not show.
        parts.sort_by_key(|(month, part)| (*month, part.n_rows, part.size_bytes));
        let named = parts.into_iter().map(|(month, part)| (format!("{}-{month}", source.id), part));
        self.staged.events.entry(form.table()).or_default().extend(named);
        self.report.failures.extend(outcome.failures.into_iter().map(failed));
        for found in outcome.already {
            let file_name = relative(Path::new(&found.display_name), request.data_folder);
            self.is_known(lake, &found.load_id, &file_name);
        }
        for report in outcome.reports {
            self.stage_report(request, source, report)?;
        }
        Ok(())
    }

    /// What a partner's files are read with so that people stay out. Files that are named after somebody
    /// are taken out; `None`, and none is read, where something is missing.
    fn turning(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        postcodes: &PostcodesHeld,
        files: &mut Vec<read::InputFile>,
    ) -> Option<Turning> {
        let Reader::Events { mapping: Some(mapping), .. } = &source.reader else {
            return Some(Turning::default());
        };
        files.retain(|file| {
            let mut names = file.archive.iter().chain([&file.display_name]);
            let is_nameless = names.all(|name| shown_name(name).is_some());
            if !is_nameless {
                let shown = hidden_name(&file.display_name);
                self.report.failures.push((shown, NAMED_AFTER.to_owned()));
            }
            is_nameless
        });
        let turns_postcodes = mapping.columns.postcode.is_some();
        if turns_postcodes && postcodes.postcodes.is_empty() {
            let why = "its postcodes cannot become small areas, and are not stored: declare a source of \
                       reader \"postcode-lookup\"";
            self.refuse_all(files, why);
            return None;
        }
        let key = mapping.key_file.as_deref().map(|path| {
            let folders = [request.data_folder, lake.folder()];
            PseudonymKey::read_outside(path, &source.id, &folders)
        });
        let key = match key.transpose() {
            Ok(key) => key,
            Err(why) => {
                self.refuse_all(files, &why.to_string());
                return None;
            }
        };
        let with = [
            turns_postcodes.then(|| format!("postcodes {}", postcodes.identity)),
            key.as_ref().map(|key| format!("key {}", key.fingerprint())),
        ];
        let with: Vec<String> = with.into_iter().flatten().collect();
        Some(Turning { key, read_with: (!with.is_empty()).then(|| with.join(" ")) })
    }

    fn refuse_all(&mut self, files: &[read::InputFile], why: &str) {
        let refused = files.iter().map(|file| (file.display_name.clone(), why.to_owned()));
        self.report.failures.extend(refused);
    }

    fn stage_report(
        &mut self,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        report: FileReport,
    ) -> Result<(), IngestError> {
        let file_name = relative(Path::new(&report.display_name), request.data_folder);
        self.report.notes.extend(report.notes.into_iter().map(|note| (file_name.clone(), note)));
        if report.looks_cut_short {
            let note =
                "the file looks cut short: its last lines hold no rows, so its month is not known";
            let note = note.to_owned();
            self.report.notes.push((file_name.clone(), note));
        }
        self.staged.refusals.extend(report.refusals.into_iter().map(|refusal| Refusal {
            load_id: report.load_id.clone(),
            file: file_name.clone(),
            first_line: u64::from(refusal.first_line),
            last_line: u64::from(refusal.last_line),
            count: refusal.count,
            field: refusal.field.unwrap_or_else(|| "row".to_owned()),
            reason: refusal.reason.to_string(),
            text: refusal.text,
        }));
        self.stage_load(Load {
            archive: report.archive,
            cut_short: report.looks_cut_short,
            size_bytes: report.size_bytes,
            rows_read: report.rows_read,
            rows_kept: report.rows_kept,
            rows_refused: report.rows_refused,
            without_place: report.without_place,
            unrecognised_areas: report.unrecognised_areas,
            first_month: report.months.map(|(first, _)| first),
            last_month: report.months.map(|(_, last)| last),
            reporting_bodies: report.reporting_bodies.into_iter().collect(),
            ..blank_load(source, report.load_id, file_name, report.sha256)
        })
    }
}
