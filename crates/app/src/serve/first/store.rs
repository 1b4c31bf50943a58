//! The file of kept pages: its key, the hash of what follows, and the pages.

use std::io::Write as _;
use std::path::Path;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::super::answer::Held;
use super::key::{Key, hex};

/// Where it lies in the partnership's folder.
const FILE: &str = "cache/first-pages";
const FORM: &str = "wardmote first pages 1";

/// One page in the file's list.
#[derive(Serialize, Deserialize)]
struct Entry {
    path: String,
    tag: String,
    bytes: usize,
}

/// Why there are no kept pages.
#[derive(Debug, thiserror::Error)]
pub(super) enum StoreError {
    #[error(transparent)]
    File(#[from] std::io::Error),
    #[error("they were made of other files, or by another version")]
    Stale,
    #[error("the file of kept pages is damaged, and is made anew")]
    Damaged,
}

/// The pages of the file, if it is whole and was made under the key.
pub(super) fn read(folder: &Path, key: &Key) -> Result<Vec<(String, Arc<Held>)>, StoreError> {
    let file = std::fs::read(folder.join(FILE))?;
    let mut lines = file.splitn(5, |byte| *byte == b'\n');
    let mut line = || lines.next().ok_or(StoreError::Damaged);
    if line()? != FORM.as_bytes() || line()? != key.as_str().as_bytes() {
        return Err(StoreError::Stale);
    }
    let (hash, list, mut pages) = (line()?, line()?, line()?);
    if hash != hashed(list, pages).as_bytes() {
        return Err(StoreError::Damaged);
    }
    let list: Vec<Entry> = serde_json::from_slice(list).map_err(|_| StoreError::Damaged)?;
    let mut found = Vec::new();
    for Entry { path, tag, bytes } in list {
        let (page, rest) = pages.split_at_checked(bytes).ok_or(StoreError::Damaged)?;
        let page = Held::packed_page(&tag, page.to_vec()).ok_or(StoreError::Damaged)?;
        found.push((path, Arc::new(page)));
        pages = rest;
    }
    Ok(found)
}

/// Writes the file beside its place and puts it there whole.
pub(super) fn write(folder: &Path, key: &Key, pages: &[(String, Held)]) -> anyhow::Result<()> {
    let (mut list, mut all) = (Vec::new(), Vec::new());
    for (path, page) in pages {
        let Some((tag, bytes)) = page.packed() else { continue };
        list.push(Entry { path: path.clone(), tag: tag.to_owned(), bytes: bytes.len() });
        all.extend_from_slice(bytes);
    }
    let list = serde_json::to_vec(&list)?;
    let file = folder.join(FILE);
    if let Some(cache) = file.parent() {
        std::fs::create_dir_all(cache)?;
    }
    let writing = file.with_extension(format!("writing-{}", std::process::id()));
    let mut out = std::fs::File::create(&writing)?;
    write!(out, "{FORM}\n{}\n{}\n", key.as_str(), hashed(&list, &all))?;
    out.write_all(&list)?;
    out.write_all(b"\n")?;
    out.write_all(&all)?;
    out.sync_all()?;
    std::fs::rename(&writing, &file)?;
    Ok(())
}

fn hashed(list: &[u8], pages: &[u8]) -> String {
    hex(&Sha256::new().chain_update(list).chain_update(pages).finalize())
}
