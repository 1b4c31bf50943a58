//! The wanted files of a monthly ZIP, and no others.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};
use zip::ZipArchive;
use zip::result::ZipError;

use crate::declaration::Form;
use crate::options::Options;
use crate::plan::is_inside;
use crate::store::{StoreError, at, first_bytes, hex, make_folder_of, with_suffix};

/// Real files of this kind shrink some eightfold, and none two hundredfold.
const MOST_TIMES_LARGER: u64 = 200;
/// Below this a file may shrink as it likes.
const ANY_RATIO_BYTES: u64 = 1 << 20;

/// Why nothing is taken from an archive.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// Not a ZIP, or a damaged one.
    #[error("{} is damaged, and was not used", path.display())]
    Damaged {
        /// The archive.
        path: PathBuf,
        /// What is wrong.
        #[source]
        source: ZipError,
    },
    /// A name that leads out of the folder.
    #[error("{} names a file {name:?} outside its folder; nothing was taken from it", path.display())]
    Outside {
        /// The archive.
        path: PathBuf,
        /// The name.
        name: String,
    },
    /// A file that swells beyond all measure.
    #[error("{name:?} in {} swells to more than {most} bytes; nothing was taken from it", path.display())]
    Bomb {
        /// The archive.
        path: PathBuf,
        /// The file.
        name: String,
        /// The bound.
        most: u64,
    },
    /// A file that is something else.
    #[error("{name:?} in {} is {found}; nothing was taken from it", path.display())]
    WrongContent {
        /// The archive.
        path: PathBuf,
        /// The file.
        name: String,
        /// What it is.
        found: String,
    },
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A file taken from an archive, still under its part's name.
#[derive(Debug)]
pub(crate) struct Member {
    pub(crate) name: String,
    pub(crate) part: PathBuf,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
}

/// Takes those of the wanted files that are there, or none at all.
pub(crate) fn take(
    archive: &Path,
    wanted: &[String],
    target: &Path,
    options: &Options,
) -> Result<Vec<Member>, ArchiveError> {
    let mut taken = Vec::new();
    let result = take_into(&mut taken, archive, wanted, target, options);
    if result.is_err() {
        for name in wanted {
            // What is left of a refused archive; the refusal is what the caller hears of.
            let _ = std::fs::remove_file(with_suffix(&target.join(name), ".part"));
        }
    }
    result.map(|()| taken)
}

fn take_into(
    taken: &mut Vec<Member>,
    path: &Path,
    wanted: &[String],
    target: &Path,
    options: &Options,
) -> Result<(), ArchiveError> {
    let damaged = |source| ArchiveError::Damaged { path: path.to_owned(), source };
    let file = File::open(path).map_err(at(path, "read"))?;
    let mut archive = ZipArchive::new(file).map_err(damaged)?;
    let mut names = Vec::new();
    for name in archive.file_names() {
        let name = name.map_err(damaged)?.into_owned();
        if !is_inside(&name) {
            return Err(ArchiveError::Outside { path: path.to_owned(), name });
        }
        names.push(name);
    }
    for name in wanted.iter().filter(|name| names.contains(name)) {
        let mut entry = archive.by_name(name).map_err(damaged)?;
        let most = most_bytes(entry.compressed_size(), options);
        let part = with_suffix(&target.join(name), ".part");
        make_folder_of(&part)?;
        let mut file = File::create(&part).map_err(at(&part, "written"))?;
        let mut hasher = Sha256::new();
        let mut bytes = 0;
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = entry.read(&mut buffer).map_err(|error| damaged(error.into()))?;
            if n == 0 {
                break;
            }
            bytes += n as u64;
            // Counted as they come: the sizes that an archive states may be lies.
            if bytes > most {
                return Err(ArchiveError::Bomb { path: path.to_owned(), name: name.clone(), most });
            }
            hasher.update(&buffer[..n]);
            file.write_all(&buffer[..n]).map_err(at(&part, "written"))?;
        }
        if let Some(found) = Form::Csv.refused_by_bytes(&first_bytes(&part)?) {
            let (path, name) = (path.to_owned(), name.clone());
            return Err(ArchiveError::WrongContent { path, name, found });
        }
        taken.push(Member { name: name.clone(), part, bytes, sha256: hex(hasher) });
    }
    Ok(())
}

fn most_bytes(packed: u64, options: &Options) -> u64 {
    packed.saturating_mul(MOST_TIMES_LARGER).max(ANY_RATIO_BYTES).min(options.most_member_bytes)
}
