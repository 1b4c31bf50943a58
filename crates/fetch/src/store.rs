//! Files on disk: hashed, replaced in one step, and there after a power cut.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// Why a file could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("{} cannot be {what}", path.display())]
pub struct StoreError {
    /// The file.
    pub path: PathBuf,
    /// What was tried: read, written, replaced.
    pub what: &'static str,
    /// What the system says.
    #[source]
    pub source: io::Error,
}

/// Names the file in an error of the system.
pub(crate) fn at<'a>(
    path: &'a Path,
    what: &'static str,
) -> impl FnOnce(io::Error) -> StoreError + use<'a> {
    move |source| StoreError { path: path.to_owned(), what, source }
}

/// Puts a finished part in the place of the file.
pub(crate) fn replace(part: &Path, target: &Path) -> Result<(), StoreError> {
    File::open(part).and_then(|file| file.sync_all()).map_err(at(part, "written"))?;
    fs::rename(part, target).map_err(at(target, "replaced"))?;
    // The new name is safe only once its folder is.
    #[cfg(unix)]
    if let Some(folder) = target.parent() {
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(at(folder, "written"))?;
    }
    Ok(())
}

/// Writes a file in one step.
pub(crate) fn write(target: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    make_folder_of(target)?;
    let part = with_suffix(target, ".part");
    let write = |part: &Path| File::create(part)?.write_all(bytes);
    write(&part).map_err(at(&part, "written"))?;
    replace(&part, target)
}

/// Makes the folder that a file goes into.
pub(crate) fn make_folder_of(target: &Path) -> Result<(), StoreError> {
    let Some(folder) = target.parent() else { return Ok(()) };
    fs::create_dir_all(folder).map_err(at(folder, "written"))
}

/// The same path with something after its name.
pub(crate) fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Size and SHA-256 of a file; `None` where there is no such file.
pub(crate) fn hash_of(path: &Path) -> Result<Option<(u64, String)>, StoreError> {
    let mut file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path, "read")(error)),
    };
    let mut hasher = Sha256::new();
    let bytes = feed(&mut hasher, &mut file).map_err(at(path, "read"))?;
    Ok(Some((bytes, hex(hasher))))
}

/// Reads to the end into a hasher.
pub(crate) fn feed(hasher: &mut Sha256, reader: &mut impl io::Read) -> io::Result<u64> {
    let mut buffer = vec![0; 1 << 16];
    let mut bytes = 0;
    loop {
        let n = reader.read(&mut buffer)?;
        if n == 0 {
            return Ok(bytes);
        }
        hasher.update(&buffer[..n]);
        bytes += n as u64;
    }
}

/// The hash in hexadecimal digits.
pub(crate) fn hex(hasher: Sha256) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or('0');
    hasher.finalize().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The first bytes of a file.
pub(crate) fn first_bytes(path: &Path) -> Result<Vec<u8>, StoreError> {
    let mut first = Vec::new();
    File::open(path)
        .and_then(|file| file.take(512).read_to_end(&mut first))
        .map_err(at(path, "read"))?;
    Ok(first)
}
