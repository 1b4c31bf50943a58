//! Lookups of postcodes in a run: loaded where their files are, and held from before where not.

use wardmote_domain::area::AreaCode;

use super::{IngestError, IngestRequest, Run, blank_load, declared_files, relative};
use crate::geography;
use crate::geography::postcodes::PostcodeFile;
use crate::ground::Ground;
use crate::postcodes;
use crate::read::{Postcodes, Progress, load_id};
use crate::rows::Load;
use crate::source::{PostcodePlace, Reader, SourceDeclaration};
use crate::store::{Lake, short_hash};

/// The postcodes that a run may use, and what they came with.
#[derive(Default)]
pub(super) struct PostcodesHeld {
    pub(super) postcodes: Postcodes,
    pub(super) identity: String,
}

impl PostcodesHeld {
    pub(super) fn gather(run: &Run, lake: &Lake, ground: &Ground) -> Result<Self, IngestError> {
        let held = lake.postcodes.read(&lake.visible_files(&lake.postcodes)?)?;
        let staged = run.staged.postcodes.iter().map(|(_, batch)| batch);
        let wanted = |load_id: &str| run.visible.contains_key(load_id);
        let postcodes = held
            .iter()
            .chain(staged)
            .flat_map(|batch| postcodes::rows(batch, wanted))
            .map(|(postcode, area)| (postcode, ground.in_both_censuses(area)))
            .collect();
        Ok(Self { postcodes, identity: short_hash(&run.loads_of("postcode-lookup").join(" ")) })
    }
}

impl Run {
    /// Loads a lookup of postcodes, or leaves it at what was loaded before where its file has gone.
    pub(super) fn stage_postcodes(
        &mut self,
        lake: &Lake,
        request: &IngestRequest<'_>,
        source: &SourceDeclaration,
        ground: &Ground,
        progress: &(dyn Progress + Sync),
    ) -> Result<(), IngestError> {
        let Reader::PostcodeLookup(columns) = &source.reader else { return Ok(()) };
        let failed = |why| IngestError::Geography { source_id: source.id.clone(), why };
        let paths = match declared_files(source, request.data_folder) {
            Err(why) => {
                let held: u64 = self
                    .visible
                    .values()
                    .filter(|load| load.source == source.id)
                    .map(|load| load.rows_kept)
                    .sum();
                if held == 0 && !self.by_hand {
                    return Err(why);
                }
                let note = format!("not loaded: {why}; {held} postcodes are held from before");
                self.report.notes.push((source.id.clone(), note));
                return Ok(());
            }
            Ok(found) => found,
        };
        let (keep, also) = match columns.place {
            PostcodePlace::SmallArea { level, .. } => {
                let keep = self.codes_that_matter(request.partnership, level);
                let also = keep.iter().flatten().map(AreaCode::to_string).collect::<Vec<_>>();
                (keep, also)
            }
            PostcodePlace::Metres { .. } if !ground.has_outlines() => {
                return Err(IngestError::NoOutlines { source_id: source.id.clone() });
            }
            PostcodePlace::Metres { .. } => (None, self.loads_of("boundaries")),
        };
        let read_for = if also.is_empty() {
            source.id.clone()
        } else {
            format!("{} for {}", source.id, short_hash(&also.join(" ")))
        };
        for path in paths {
            let file_name = relative(&path, request.data_folder);
            let (sha256, size_bytes) = geography::postcodes::hash(&path).map_err(failed)?;
            let load_id = load_id(&read_for, &sha256);
            if self.is_known(lake, &load_id, &file_name) {
                continue;
            }
            let file = PostcodeFile {
                path: &path,
                file_name: &file_name,
                source: &source.id,
                load_id: &load_id,
                columns,
                keep: keep.as_ref(),
                locate: ground,
            };
            let rows = geography::postcodes::read(&file).map_err(failed)?;
            progress.file_done(&file_name, rows.rows_read);
            if rows.passed_over > 0 {
                let n = rows.passed_over;
                let note = format!(
                    "{n} postcodes without a small area, or outside the partnership and its peers, were \
                     passed over"
                );
                self.report.notes.push((file_name.clone(), note));
            }
            self.stage_load(Load {
                size_bytes,
                rows_read: rows.rows_read,
                rows_kept: rows.rows_kept,
                rows_refused: rows.refusals.iter().map(|refusal| refusal.count).sum(),
                ..blank_load(source, load_id, file_name, sha256)
            })?;
            self.staged.postcodes.extend(rows.batch.map(|batch| (source.id.clone(), batch)));
            self.staged.refusals.extend(rows.refusals);
        }
        Ok(())
    }

    /// The visible loads of a reader.
    fn loads_of(&self, reader: &str) -> Vec<String> {
        let loads = self.visible.values().filter(|load| load.reader == reader);
        loads.map(|load| load.load_id.clone()).collect()
    }
}
