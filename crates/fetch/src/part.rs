//! A file that has come in part, and what must hold for the rest to be asked for.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::client::Answer;
use crate::store::{StoreError, at, feed, make_folder_of, with_suffix, write};

/// What a server says to tell one version of a file from the next.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Validators {
    /// The version's tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When it last changed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validators {
    pub(crate) fn of(answer: &Answer) -> Self {
        let header = |name| answer.header(name).map(str::to_owned);
        Self { etag: header("etag"), last_modified: header("last-modified") }
    }

    /// What may stand in `If-Range`: a weak tag promises no equal bytes.
    fn for_range(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }

    /// The headers that ask only for another version than this.
    pub(crate) fn unless_same(&self) -> Option<(&'static str, String)> {
        let by_tag = self.etag.clone().map(|etag| ("if-none-match", etag));
        by_tag.or_else(|| Some(("if-modified-since", self.last_modified.clone()?)))
    }
}

/// The note beside a part.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Note {
    url: String,
    #[serde(flatten)]
    validators: Validators,
    bytes: Option<u64>,
}

/// A file that is coming, as `NAME.part` with its note `NAME.part.json`.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) path: PathBuf,
    note_path: PathBuf,
}

/// A part from which to go on.
#[derive(Debug)]
pub(crate) struct Begun {
    pub(crate) validators: Validators,
    /// How much is there.
    pub(crate) bytes: u64,
    /// How much there will be.
    pub(crate) of_bytes: Option<u64>,
}

impl Begun {
    pub(crate) fn is_whole(&self) -> bool {
        Some(self.bytes) == self.of_bytes
    }

    /// The headers that ask for the rest, or for the whole if it has changed.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        if self.is_whole() {
            return self.validators.unless_same().into_iter().collect();
        }
        let range = ("range", format!("bytes={}-", self.bytes));
        let unchanged = self.validators.for_range().map(|v| ("if-range", v.to_owned()));
        std::iter::once(range).chain(unchanged).collect()
    }
}

impl Part {
    pub(crate) fn of(target: &Path) -> Self {
        let path = with_suffix(target, ".part");
        let note_path = with_suffix(target, ".part.json");
        Self { path, note_path }
    }

    /// What came of this address earlier, if the rest can be asked for.
    pub(crate) fn begun(&self, url: &str) -> Option<Begun> {
        let note: Note = serde_json::from_slice(&fs::read(&self.note_path).ok()?).ok()?;
        let bytes = fs::metadata(&self.path).ok()?.len();
        let fits = note.bytes.is_none_or(|of| bytes <= of);
        let can_go_on =
            note.url == url && bytes > 0 && fits && note.validators.for_range().is_some();
        can_go_on.then_some(Begun { validators: note.validators, bytes, of_bytes: note.bytes })
    }

    /// Starts afresh, with a note of what is coming.
    pub(crate) fn start(
        &self,
        url: &str,
        validators: &Validators,
        bytes: Option<u64>,
    ) -> Result<File, StoreError> {
        make_folder_of(&self.path)?;
        // INVARIANT: a note never stands beside a part of another version.
        self.discard()?;
        let file = File::create(&self.path).map_err(at(&self.path, "written"))?;
        let note = Note { url: url.to_owned(), validators: validators.clone(), bytes };
        let text = serde_json::to_vec_pretty(&note)
            .map_err(|error| at(&self.note_path, "written")(io::Error::from(error)))?;
        write(&self.note_path, &text)?;
        Ok(file)
    }

    /// Opens the part to go on at its end.
    pub(crate) fn go_on(&self) -> Result<File, StoreError> {
        OpenOptions::new().append(true).open(&self.path).map_err(at(&self.path, "written"))
    }

    /// The hash of what is there; reading it again costs less than trusting a note of it.
    pub(crate) fn hashed(&self) -> Result<Sha256, StoreError> {
        let mut hasher = Sha256::new();
        File::open(&self.path)
            .and_then(|mut file| feed(&mut hasher, &mut file))
            .map_err(at(&self.path, "read"))?;
        Ok(hasher)
    }

    /// Forgets the part.
    pub(crate) fn discard(&self) -> Result<(), StoreError> {
        for path in [&self.note_path, &self.path] {
            match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(at(path, "replaced")(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Forgets the note of a part that has found its place.
    pub(crate) fn forget_note(&self) {
        // A note without its part is of no use and does no harm.
        let _ = fs::remove_file(&self.note_path);
    }
}
