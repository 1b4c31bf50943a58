//! What an open lake has read once: it stands in one version of its tables, so none of it moves.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use parquet::arrow::arrow_reader::ArrowReaderMetadata;
use wardmote_domain::area::AreaLevel;

use crate::links::Links;
use crate::query::{Area, Received};

/// Links, names, deliveries, and what the files of events say of themselves.
#[derive(Debug, Default)]
pub(crate) struct Once {
    links: OnceLock<Links>,
    names: OnceLock<BTreeMap<AreaLevel, Vec<Area>>>,
    received: Mutex<HashMap<String, Arc<Vec<Received>>>>,
    files: Mutex<HashMap<PathBuf, ArrowReaderMetadata>>,
}

impl Once {
    pub(crate) fn links<E>(&self, read: impl FnOnce() -> Result<Links, E>) -> Result<&Links, E> {
        get(&self.links, read)
    }

    /// The names of the areas of each level, in order of code.
    pub(crate) fn names<E>(
        &self,
        read: impl FnOnce() -> Result<BTreeMap<AreaLevel, Vec<Area>>, E>,
    ) -> Result<&BTreeMap<AreaLevel, Vec<Area>>, E> {
        get(&self.names, read)
    }

    /// What each body delivered of a source.
    pub(crate) fn received<E>(
        &self,
        source: &str,
        read: impl FnOnce() -> Result<Vec<Received>, E>,
    ) -> Result<Arc<Vec<Received>>, E> {
        find(&self.received, source, || read().map(Arc::new))
    }

    /// What a file of Parquet says of its columns and row groups.
    pub(crate) fn file<E>(
        &self,
        path: &Path,
        read: impl FnOnce() -> Result<ArrowReaderMetadata, E>,
    ) -> Result<ArrowReaderMetadata, E> {
        find(&self.files, path, read)
    }
}

/// Should two threads read at the same time, what they read is the same.
fn get<T, E>(held: &OnceLock<T>, read: impl FnOnce() -> Result<T, E>) -> Result<&T, E> {
    if let Some(found) = held.get() {
        return Ok(found);
    }
    let found = read()?;
    Ok(held.get_or_init(|| found))
}

fn find<K, Q, T, E>(
    held: &Mutex<HashMap<K, T>>,
    key: &Q,
    read: impl FnOnce() -> Result<T, E>,
) -> Result<T, E>
where
    K: std::borrow::Borrow<Q> + std::hash::Hash + Eq,
    Q: std::hash::Hash + Eq + ToOwned<Owned = K> + ?Sized,
    T: Clone,
{
    let lock = || held.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(found) = lock().get(key) {
        return Ok(found.clone());
    }
    let found = read()?;
    lock().insert(key.to_owned(), found.clone());
    Ok(found)
}
