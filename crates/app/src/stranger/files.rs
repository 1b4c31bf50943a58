//! Finds the official files that a bundle names, wherever they lie in the verifier's folder.
//!
//! A file counts by its bytes: one of another name or in another folder is taken if its hash is right.

use std::collections::BTreeMap;
use std::io::{BufReader, Read};
use std::path::{Component, Path, PathBuf};

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};
use wardmote_bundle::{Manifest, SourceFile};

/// A file that the publication was computed from, and what became of it.
#[derive(Debug, Clone)]
pub(super) struct Wanted {
    pub(super) source: String,
    /// Its path as it was loaded; in an archive, `archive.zip!entry`.
    pub(super) file: String,
    pub(super) sha256: String,
    /// Where it can be had, in words.
    pub(super) from: String,
    /// Where it lies below the verifier's folder; for an entry, its archive.
    pub(super) found: Option<String>,
    /// The hash of what lies there; `None` of an archive, whose entries are hashed when they are read.
    pub(super) found_sha256: Option<String>,
}

impl Wanted {
    /// Whether other bytes lie under its path.
    pub(super) fn is_changed(&self) -> bool {
        self.found_sha256.as_ref().is_some_and(|found| *found != self.sha256)
    }
}

/// Looks for every file of the manifest below a folder.
pub(super) fn find(manifest: &Manifest, folder: Option<&Path>) -> Vec<Wanted> {
    let mut search = folder.map(Search::new);
    let mut found = Vec::new();
    for (source, record) in &manifest.sources {
        for (file, wanted) in &record.files {
            let lies = search.as_mut().and_then(|search| search.find(file, wanted));
            let (path, sha256) = lies.unzip();
            found.push(Wanted {
                source: source.clone(),
                file: file.clone(),
                sha256: wanted.sha256.clone(),
                from: wanted.from.in_words(),
                found: path,
                found_sha256: sha256.flatten(),
            });
        }
    }
    found
}

struct Search<'a> {
    folder: &'a Path,
    /// Every file below the folder by its size, listed when the first one is not where it should be.
    by_size: Option<BTreeMap<u64, Vec<PathBuf>>>,
    hashes: BTreeMap<PathBuf, Vec<String>>,
}

type Lies = (String, Option<String>);

impl<'a> Search<'a> {
    fn new(folder: &'a Path) -> Self {
        Self { folder, by_size: None, hashes: BTreeMap::new() }
    }

    fn find(&mut self, file: &str, wanted: &SourceFile) -> Option<Lies> {
        let (path, entry) = match file.split_once('!') {
            Some((archive, entry)) => (archive, Some(entry)),
            None => (file, None),
        };
        let own = stays_inside(path).then(|| self.folder.join(path)).filter(|own| own.is_file());
        if entry.is_some() {
            let named = || self.named(Path::new(path).file_name()?);
            let archive = own.or_else(named)?;
            return Some((self.below(&archive)?, None));
        }
        let mut there = None;
        if let Some(own) = own {
            if self.is(&own, &wanted.sha256) {
                return Some((self.below(&own)?, Some(wanted.sha256.clone())));
            }
            there = Some(own);
        }
        let of_size = self.listed().get(&wanted.bytes).cloned().unwrap_or_default();
        if let Some(elsewhere) = of_size.iter().find(|path| self.is(path, &wanted.sha256)) {
            return Some((self.below(elsewhere)?, Some(wanted.sha256.clone())));
        }
        let own = there?;
        let found = self.hashes_of(&own).first().cloned()?;
        Some((self.below(&own)?, Some(found)))
    }

    fn below(&self, path: &Path) -> Option<String> {
        let below = path.strip_prefix(self.folder).ok()?;
        Some(below.to_string_lossy().replace('\\', "/"))
    }

    fn named(&mut self, name: &std::ffi::OsStr) -> Option<PathBuf> {
        self.listed().values().flatten().find(|path| path.file_name() == Some(name)).cloned()
    }

    fn listed(&mut self) -> &BTreeMap<u64, Vec<PathBuf>> {
        let folder = self.folder;
        self.by_size.get_or_insert_with(|| {
            let mut by_size = BTreeMap::new();
            list(folder, &mut by_size);
            by_size
        })
    }

    fn is(&mut self, path: &Path, sha256: &str) -> bool {
        self.hashes_of(path).iter().any(|hash| hash == sha256)
    }

    /// The hash of a file, and that of what it unpacks to: compressed events are known by the latter.
    fn hashes_of(&mut self, path: &Path) -> &[String] {
        self.hashes.entry(path.to_owned()).or_insert_with(|| {
            let open = || std::fs::File::open(path).map(BufReader::new);
            let mut hashes = Vec::new();
            hashes.extend(open().ok().and_then(|file| hash_of(file).ok()));
            if path.extension().is_some_and(|end| end.eq_ignore_ascii_case("gz")) {
                let unpacked = open().ok().map(MultiGzDecoder::new);
                hashes.extend(unpacked.and_then(|file| hash_of(file).ok()));
            }
            hashes
        })
    }
}

fn list(folder: &Path, by_size: &mut BTreeMap<u64, Vec<PathBuf>>) {
    let mut entries: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    entries.sort();
    for path in entries {
        // A link to a folder above would be walked for ever.
        if path.is_dir() && !path.is_symlink() {
            list(&path, by_size);
        } else if let Ok(size) = path.metadata().map(|found| found.len())
            && path.is_file()
        {
            by_size.entry(size).or_default().push(path);
        }
    }
}

/// A few megabytes that unpack without end are nobody's official file.
const MOST_HASHED_BYTES: u64 = 16 << 30;

fn hash_of(mut file: impl Read) -> std::io::Result<String> {
    let mut hasher = Sha256::new();
    let mut buffer = vec![0_u8; 1 << 16];
    let mut total = 0_u64;
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        total += read as u64;
        if total > MOST_HASHED_BYTES {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        hasher.update(&buffer[..read]);
    }
    let hash = hasher.finalize();
    Ok(hash.iter().fold(String::with_capacity(64), |hex, byte| format!("{hex}{byte:02x}")))
}

/// Whether a path from a manifest stays below the folder that it is looked for in.
fn stays_inside(path: &str) -> bool {
    let plain = |part: Component<'_>| matches!(part, Component::Normal(_));
    !path.is_empty() && !path.contains('\\') && Path::new(path).components().all(plain)
}

#[cfg(test)]
mod tests {
    use wardmote_bundle::{WhereToGet, sha256};

    use super::*;

    fn file(bytes: &[u8]) -> SourceFile {
        let from = WhereToGet::Publisher("somebody".into());
        SourceFile { sha256: sha256(bytes), bytes: bytes.len() as u64, from }
    }

    #[test]
    fn a_file_counts_by_its_bytes() {
        let here = tempfile::tempdir().unwrap();
        std::fs::create_dir(here.path().join("downloads")).unwrap();
        std::fs::write(here.path().join("a.csv"), "one").unwrap();
        std::fs::write(here.path().join("downloads/renamed.csv"), "two").unwrap();
        let mut search = Search::new(here.path());
        let lies = |path: &str, bytes: &[u8]| Some((path.to_owned(), Some(sha256(bytes))));
        assert_eq!(search.find("a.csv", &file(b"one")), lies("a.csv", b"one"));
        assert_eq!(search.find("b/c.csv", &file(b"two")), lies("downloads/renamed.csv", b"two"));
        assert_eq!(search.find("a.csv", &file(b"three")), lies("a.csv", b"one"), "changed");
        assert_eq!(search.find("d.csv", &file(b"four")), None);
    }

    #[test]
    fn a_path_of_the_manifest_leads_nowhere_else() {
        let here = tempfile::tempdir().unwrap();
        let folder = here.path().join("official");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(here.path().join("secret"), "x").unwrap();
        let mut search = Search::new(&folder);
        for path in ["../secret", "/etc/hostname", "a/../../secret"] {
            assert_eq!(search.find(path, &file(b"other")), None, "{path}");
            assert_eq!(search.find(path, &file(b"x")), None, "{path}");
        }
    }
}
