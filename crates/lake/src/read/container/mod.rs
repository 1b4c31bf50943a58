//! Where files of events come from: loose, in folders, compressed, or in the ZIP as downloaded.

mod archive;
mod bounded;
mod names;

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use flate2::read::MultiGzDecoder;
use wardmote_domain::period::Month;
use zip::read::OwnedZipFileEntry;

use super::error::{FileFailure, ReadError};
use super::form::Form;
use bounded::read_bounded;
use names::{Kind, kind_by_name};

/// One file of events, not yet read.
#[derive(Debug)]
pub struct InputFile {
    /// The path as the user knows it; `archive.zip!entry` inside an archive.
    pub display_name: String,
    /// The file's own name.
    pub file_name: String,
    /// The file name of the archive that it lies in.
    pub archive: Option<String>,
    origin: Origin,
}

#[derive(Debug)]
enum Origin {
    Plain(PathBuf),
    Gzip(PathBuf),
    Entry(Arc<Path>, Box<OwnedZipFileEntry>),
    Memory(Vec<u8>),
}

/// A file that is not of the wanted form, and how that was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The path as the user knows it.
    pub name: String,
    /// Why it was passed over.
    pub reason: &'static str,
}

/// What was found in the paths that the user named.
#[derive(Debug, Default)]
pub struct FoundInputs {
    /// Files of the form, in order.
    pub files: Vec<InputFile>,
    /// Files of other kinds.
    pub skipped: Vec<Skipped>,
    /// Folders, archives and entries that could not be opened.
    pub failures: Vec<FileFailure>,
}

/// Lists the files of a form in the paths: files, folders with all that they hold, and ZIP archives.
///
/// A file named outright is read whatever its name; within folders and archives the name decides. A
/// part that cannot be opened is a failure beside the files that can.
pub fn find_inputs(form: Form, paths: &[PathBuf]) -> Result<FoundInputs, ReadError> {
    let mut found = FoundInputs::default();
    for path in paths {
        match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(ReadError::NotFound { path: path.clone() });
            }
            Err(source) => found.fail(path, ReadError::Unreadable { source }),
            Ok(kind) if kind.is_dir() => found.walk(form, path),
            Ok(_) if names::has_extension(path, "zip") => found.open_archive(form, path),
            Ok(_) => found.files.push(InputFile::on_disk(path)),
        }
    }
    Ok(found)
}

impl FoundInputs {
    fn fail(&mut self, path: &Path, error: ReadError) {
        self.failures.push(FileFailure { display_name: path.display().to_string(), error });
    }

    fn skip(&mut self, path: &Path, reason: &'static str) {
        self.skipped.push(Skipped { name: path.display().to_string(), reason });
    }

    fn walk(&mut self, form: Form, folder: &Path) {
        let listed = fs::read_dir(folder).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let mut entries = match listed {
            Ok(entries) => entries,
            Err(source) => return self.fail(folder, ReadError::Unreadable { source }),
        };
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let path = entry.path();
            match entry.file_type() {
                Err(source) => self.fail(&path, ReadError::Unreadable { source }),
                Ok(kind) if kind.is_dir() => self.walk(form, &path),
                // A link to a folder above would be walked for ever.
                Ok(kind) if kind.is_symlink() && path.is_dir() => {
                    self.skip(&path, "a link to a folder");
                }
                Ok(_) => match kind_by_name(form, &entry.file_name().to_string_lossy()) {
                    Kind::Wanted => self.files.push(InputFile::on_disk(&path)),
                    Kind::Archive => self.open_archive(form, &path),
                    Kind::Other(reason) => self.skip(&path, reason),
                },
            }
        }
    }

    fn open_archive(&mut self, form: Form, path: &Path) {
        if let Err(error) = archive::list(form, path, self) {
            self.fail(path, error);
        }
    }
}

impl InputFile {
    /// A file on disk, whatever its name; `.gz` is decompressed.
    pub fn on_disk(path: &Path) -> Self {
        let gzip = names::has_extension(path, "gz");
        Self {
            display_name: path.display().to_string(),
            file_name: path
                .file_name()
                .map(|name| name.to_string_lossy().into_owned())
                .unwrap_or_default(),
            archive: None,
            origin: if gzip {
                Origin::Gzip(path.to_owned())
            } else {
                Origin::Plain(path.to_owned())
            },
        }
    }

    /// A file already in memory.
    pub fn in_memory(file_name: &str, bytes: Vec<u8>) -> Self {
        let name = || file_name.to_owned();
        Self {
            display_name: name(),
            file_name: name(),
            archive: None,
            origin: Origin::Memory(bytes),
        }
    }

    /// The month that the file's name begins with.
    pub fn named_month(&self) -> Option<Month> {
        self.file_name.get(..7)?.parse().ok()
    }

    /// The force that the file's name names between the month and the form.
    pub(super) fn named_force(&self, form: Form) -> Option<&str> {
        let rest = self.file_name.get(8..)?;
        rest.find(form.heads().suffix).map(|end| &rest[..end]).filter(|force| !force.is_empty())
    }

    /// Replaces the buffer's content by the file's, decompressed and within limits.
    pub fn read_into(&self, buffer: &mut Vec<u8>) -> Result<(), ReadError> {
        buffer.clear();
        match &self.origin {
            Origin::Plain(path) => read_bounded(open(path)?, None, buffer),
            Origin::Gzip(path) => {
                let file = open(path)?;
                let size =
                    file.metadata().map_err(|source| ReadError::Unreadable { source })?.len();
                read_bounded(MultiGzDecoder::new(io::BufReader::new(file)), Some(size), buffer)
            }
            Origin::Entry(path, entry) => archive::read_entry(path, entry, buffer),
            Origin::Memory(bytes) => read_bounded(bytes.as_slice(), None, buffer),
        }
    }

    /// Bytes on disk, for scheduling only.
    pub(super) fn stored_bytes(&self) -> u64 {
        match &self.origin {
            Origin::Plain(path) | Origin::Gzip(path) => {
                fs::metadata(path).map_or(0, |found| found.len())
            }
            Origin::Entry(_, entry) => entry.compressed_size(),
            Origin::Memory(bytes) => bytes.len() as u64,
        }
    }
}

fn open(path: &Path) -> Result<File, ReadError> {
    File::open(path).map_err(|source| ReadError::Unreadable { source })
}
