//! What a Typst document may see: its template, its data, its drawings and our typefaces.
//!
//! There is no file system, no network and no clock behind it.

use std::collections::HashMap;

use typst::diag::{FileError, FileResult};
use typst::foundations::{Bytes, Datetime, Duration};
use typst::syntax::{FileId, RootedPath, Source, VirtualPath, VirtualRoot};
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;
use typst::{Feature, Features, Library, LibraryExt};

use crate::fonts::FONTS;

/// The world of one document.
pub(crate) struct World {
    library: LazyHash<Library>,
    template: Source,
    files: HashMap<FileId, Bytes>,
}

impl World {
    /// A world of a template, its data, and drawings as `/charts/0.svg` and so on; each of the first two
    /// with its path.
    pub(crate) fn new(
        template: (&str, &str),
        data: (&str, &str),
        drawings: impl Iterator<Item = String>,
    ) -> Self {
        // Typst keeps every path it has seen for ever, so paths are numbers, never ids.
        let mut files: HashMap<FileId, Bytes> = drawings
            .enumerate()
            .map(|(index, svg)| (file_id(&format!("/charts/{index}.svg")), Bytes::from_string(svg)))
            .collect();
        files.insert(file_id(data.0), Bytes::from_string(data.1.to_owned()));
        // Header cells that name a row need this feature; without it only columns have headers.
        let features: Features = std::iter::once(Feature::A11yExtras).collect();
        Self {
            library: LazyHash::new(Library::builder().with_features(features).build()),
            template: Source::new(file_id(template.0), template.1.to_owned()),
            files,
        }
    }
}

fn file_id(path: &str) -> FileId {
    let path = VirtualPath::new(path).expect("no path of ours climbs out of its root");
    RootedPath::new(VirtualRoot::Project, path).intern()
}

impl typst::World for World {
    fn library(&self) -> &LazyHash<Library> {
        &self.library
    }

    fn book(&self) -> &LazyHash<FontBook> {
        &FONTS.book
    }

    fn main(&self) -> FileId {
        self.template.id()
    }

    fn source(&self, id: FileId) -> FileResult<Source> {
        if id == self.template.id() { Ok(self.template.clone()) } else { Err(not_found(id)) }
    }

    fn file(&self, id: FileId) -> FileResult<Bytes> {
        self.files.get(&id).cloned().ok_or_else(|| not_found(id))
    }

    fn font(&self, index: usize) -> Option<Font> {
        FONTS.faces.get(index).cloned()
    }

    fn today(&self, _offset: Option<Duration>) -> Option<Datetime> {
        None
    }
}

fn not_found(id: FileId) -> FileError {
    FileError::NotFound(id.get().vpath().get_with_slash().into())
}
