//! A plan carried out: each file new, changed, unchanged, absent or refused, and the ledger with it.

use std::collections::BTreeMap;
use std::path::Path;

use crate::archive;
use crate::client::Client;
use crate::declaration::Form;
use crate::download::{Download, Whole, download};
use crate::hosts::HostPolicy;
use crate::layer::layer;
use crate::ledger::{FetchedArchive, FetchedFile, Ledger};
use crate::options::{Options, Progress};
use crate::part::Validators;
use crate::plan::{Item, Plan};
use crate::report::{FileReport, ItemError, Outcome, Report, RunError};
use crate::store::{self, StoreError, at};

/// Archives lie here while files are taken from them; loaders pass over hidden folders.
const ARCHIVES: &str = ".archives";

/// Carries out a plan. What has come is on disk and in the ledger even if a later address fails.
pub fn run(plan: &Plan, options: &Options, progress: &dyn Progress) -> Result<Report, RunError> {
    let policy = HostPolicy::new(&plan.entry, options.mirror.as_deref())?;
    let mut run = Run {
        plan,
        options,
        client: Client::new(policy, options, progress),
        ledger: Ledger::read(&plan.target)?,
        report: Report::default(),
    };
    for (index, item) in plan.items.iter().enumerate() {
        let result = if item.form == Form::Archive { run.archive(item) } else { run.file(item) };
        if let Err(error) = result {
            let goes_on = error.is_of_one_address();
            run.report.failed.push((item.url.clone(), error));
            if !goes_on {
                let left = plan.items[index + 1..].iter().map(|item| item.url.clone());
                run.report.not_asked.extend(left);
                break;
            }
        }
    }
    run.report.n_requests = run.client.n_requests;
    Ok(run.report)
}

struct Run<'a> {
    plan: &'a Plan,
    options: &'a Options,
    client: Client<'a>,
    ledger: Ledger,
    report: Report,
}

impl Run<'_> {
    /// A file of its own, or the pages of a layer.
    fn file(&mut self, item: &Item) -> Result<(), ItemError> {
        let Some(name) = item.files.first() else { return Ok(()) };
        let target = self.plan.target.join(name);
        if let Some(query) = &item.layer {
            let bytes = layer(&mut self.client, &item.url, item.form, query)?;
            let part = store::with_suffix(&target, ".part");
            store::make_folder_of(&part)?;
            std::fs::write(&part, &bytes).map_err(at(&part, "written"))?;
            let sha256 = store::hash_of(&part)?.map(|(_, sha256)| sha256).unwrap_or_default();
            let new = self.record(item, bytes.len() as u64, sha256, Validators::default());
            let new = FetchedFile { filter: Some(query.filter.clone()), ..new };
            return self.keep(name, &part, new);
        }
        let there = self.ledger.unchanged(&self.plan.target, name)?;
        let there = there.filter(|file| file.url == item.url).cloned();
        let known = there.as_ref().map(|file| &file.validators);
        match (download(&mut self.client, &item.url, item.form, &target, known)?, there) {
            (Download::Whole(Whole { part, bytes, sha256, validators }), _) => {
                let new = self.record(item, bytes, sha256, validators);
                self.keep(name, &part.path, new)?;
                part.forget_note();
            }
            (Download::NotModified, there) => {
                self.done(name, Outcome::Unchanged, there.map(|file| file.bytes));
            }
        }
        Ok(())
    }

    /// The wanted files of an archive.
    fn archive(&mut self, item: &Item) -> Result<(), ItemError> {
        let url_name = item.url.rsplit('/').next().unwrap_or(&item.url);
        let path = self.plan.target.join(ARCHIVES).join(url_name);
        let known = self.known_archive(item, &path)?;
        let validators = known.as_ref().map(|archive| archive.validators.clone());
        match download(&mut self.client, &item.url, item.form, &path, validators.as_ref())? {
            Download::NotModified if !path.exists() => {
                for name in &item.files {
                    let bytes = self.ledger.files.get(name).map(|file| file.bytes);
                    let outcome =
                        if bytes.is_some() { Outcome::Unchanged } else { Outcome::Absent };
                    self.done(name, outcome, bytes);
                }
                return Ok(());
            }
            Download::NotModified => {}
            Download::Whole(Whole { part, bytes, sha256, validators }) => {
                store::replace(&part.path, &path)?;
                part.forget_note();
                let before = self.ledger.archives.get(&item.url);
                let same = before.filter(|before| before.sha256 == sha256);
                let fetched_at = same.map_or(self.options.fetched_at, |same| same.fetched_at);
                let absent = same.map(|same| same.absent.clone()).unwrap_or_default();
                let archive = FetchedArchive { fetched_at, bytes, sha256, validators, absent };
                self.ledger.archives.insert(item.url.clone(), archive);
                self.ledger.write(&self.plan.target)?;
            }
        }
        let taken = self.take(item, &path);
        if taken.is_err() || !self.options.keep_archives {
            std::fs::remove_file(&path).map_err(at(&path, "replaced"))?;
            // Only if nothing else is in it.
            let _ = std::fs::remove_dir(self.plan.target.join(ARCHIVES));
        }
        if taken.is_err() {
            // Of an archive that cannot be used nothing is known.
            self.ledger.archives.remove(&item.url);
            self.ledger.write(&self.plan.target)?;
        }
        taken
    }

    fn take(&mut self, item: &Item, path: &Path) -> Result<(), ItemError> {
        let members = archive::take(path, &item.files, &self.plan.target, self.options)?;
        let archive = self.ledger.archives.get(&item.url).map(|archive| archive.sha256.clone());
        let mut members: BTreeMap<_, _> =
            members.into_iter().map(|member| (member.name.clone(), member)).collect();
        for name in &item.files {
            let Some(member) = members.remove(name) else {
                if let Some(archive) = self.ledger.archives.get_mut(&item.url) {
                    archive.absent.insert(name.clone());
                }
                self.ledger.write(&self.plan.target)?;
                self.done(name, Outcome::Absent, None);
                continue;
            };
            let new = self.record(item, member.bytes, member.sha256, Validators::default());
            let new = FetchedFile { archive_sha256: archive.clone(), ..new };
            self.keep(name, &member.part, new)?;
        }
        Ok(())
    }

    /// What is known of an archive, if asking only for another version of it is enough.
    fn known_archive(
        &self,
        item: &Item,
        path: &Path,
    ) -> Result<Option<FetchedArchive>, StoreError> {
        let Some(archive) = self.ledger.archives.get(&item.url) else { return Ok(None) };
        if store::hash_of(path)?.is_some_and(|(_, sha256)| sha256 == archive.sha256) {
            return Ok(Some(archive.clone()));
        }
        for name in &item.files {
            let there = self.ledger.unchanged(&self.plan.target, name)?;
            let is_of_it =
                there.is_some_and(|file| file.archive_sha256.as_ref() == Some(&archive.sha256));
            if !is_of_it && !archive.absent.contains(name) {
                return Ok(None);
            }
        }
        Ok(Some(archive.clone()))
    }

    fn record(
        &self,
        item: &Item,
        bytes: u64,
        sha256: String,
        validators: Validators,
    ) -> FetchedFile {
        let entry = &self.plan.entry;
        FetchedFile {
            source: self.plan.source.clone(),
            publisher: entry.publisher.clone(),
            licence: entry.licence.clone(),
            attribution: entry.attribution.clone(),
            url: item.url.clone(),
            filter: None,
            archive_sha256: None,
            fetched_at: self.options.fetched_at,
            bytes,
            sha256,
            validators,
        }
    }

    /// Puts a part in its place, unless the same bytes are there, and writes the ledger.
    fn keep(&mut self, name: &str, part: &Path, mut new: FetchedFile) -> Result<(), ItemError> {
        let target = self.plan.target.join(name);
        let there = store::hash_of(&target)?.map(|(_, sha256)| sha256);
        let outcome = match there {
            None => Outcome::New,
            Some(sha256) if sha256 == new.sha256 => Outcome::Unchanged,
            Some(_) => Outcome::Changed,
        };
        if outcome == Outcome::Unchanged {
            std::fs::remove_file(part).map_err(at(part, "replaced"))?;
            // These bytes are as old as they were.
            if let Some(before) = self.ledger.files.get(name).filter(|f| f.sha256 == new.sha256) {
                new.fetched_at = before.fetched_at;
            }
        } else {
            store::replace(part, &target)?;
        }
        self.done(name, outcome, Some(new.bytes));
        self.ledger.files.insert(name.to_owned(), new);
        Ok(self.ledger.write(&self.plan.target)?)
    }

    fn done(&mut self, name: &str, outcome: Outcome, bytes: Option<u64>) {
        self.client.progress.file_done(name);
        self.report.files.push(FileReport { name: name.to_owned(), outcome, bytes });
    }
}
