//! The ZIP archive as downloaded from data.police.uk. Entries are read into memory and never
//! extracted to disk.

use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use zip::ZipArchive;
use zip::read::{OwnedZipFileEntry, ZipReadOptions};
use zip::result::ZipError;

use super::bounded::{check_size, read_bounded};
use super::names::{Kind, kind_by_name, leads_outside};
use super::{FoundInputs, InputFile, Origin, Skipped};
use crate::read::error::{FileFailure, ReadError};
use crate::read::form::Form;

/// Adds the archive's files of a form, in the order of their names.
pub(super) fn list(form: Form, path: &Path, found: &mut FoundInputs) -> Result<(), ReadError> {
    let file = super::open(path)?;
    let mut archive = ZipArchive::new(BufReader::new(file)).map_err(archive_error)?;
    if archive.has_overlapping_files().map_err(archive_error)? {
        return Err(ReadError::OverlappingEntries);
    }
    let shared: Arc<Path> = path.into();
    let archive_name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    let mut listed = Vec::new();
    for index in 0..archive.len() {
        let entry: OwnedZipFileEntry = archive.by_index_data(index).map_err(archive_error)?.into();
        if !entry.is_dir() {
            let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
            listed.push((name, entry));
        }
    }
    listed.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (name, entry) in listed {
        let display_name = format!("{}!{name}", path.display());
        let file_name = name.rsplit(['/', '\\']).next().unwrap_or_default().to_owned();
        if let Err(error) = check_entry(&name, &entry) {
            found.failures.push(FileFailure { display_name, error });
            continue;
        }
        match kind_by_name(form, &file_name) {
            Kind::Other(reason) => found.skipped.push(Skipped { name: display_name, reason }),
            Kind::Archive => {
                found
                    .skipped
                    .push(Skipped { name: display_name, reason: "an archive inside an archive" });
            }
            Kind::Wanted => found.files.push(InputFile {
                display_name,
                file_name,
                archive: archive_name.clone(),
                origin: Origin::Entry(Arc::clone(&shared), Box::new(entry)),
            }),
        }
    }
    Ok(())
}

fn check_entry(name: &str, entry: &OwnedZipFileEntry) -> Result<(), ReadError> {
    if leads_outside(name) {
        return Err(ReadError::UnsafePath);
    }
    if entry.encrypted() {
        return Err(ReadError::Encrypted);
    }
    check_size(entry.size())
}

/// Reads one entry, checking its size, its expansion and its checksum.
pub(super) fn read_entry(
    path: &Path,
    entry: &OwnedZipFileEntry,
    buffer: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let mut file = BufReader::new(super::open(path)?);
    let reader =
        entry.as_ref().with_reader(&mut file, ZipReadOptions::new()).map_err(archive_error)?;
    read_bounded(reader, Some(entry.compressed_size()), buffer)
}

fn archive_error(error: ZipError) -> ReadError {
    match error {
        ZipError::Io(source) => ReadError::Unreadable { source },
        other => ReadError::Archive { detail: other.to_string() },
    }
}
