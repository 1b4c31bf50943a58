//! Reading a bundle that anybody may have made, within fixed bounds.
//!
//! The members are held in memory and never written by this package. An archive that claims or
//! brings more than the bounds allow is refused before or while it is unpacked.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek as _, SeekFrom};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use zip::ZipArchive;
use zip::read::{ArchiveOffset, Config, ZipFile};
use zip::result::ZipError;

use crate::manifest::{FORMAT, Manifest};
use crate::names::{NameError, check_name};
use crate::signature::{PublicKey, Signed};
use crate::{MANIFEST, SIGNATURE, sha256};

/// The largest bundle: a publication of a county with all its maps is a twentieth of it.
const LARGEST_BUNDLE: u64 = 128 << 20;
/// The largest member.
pub(crate) const LARGEST_MEMBER: u64 = 64 << 20;
/// All members together.
const LARGEST_TOTAL: u64 = 256 << 20;
const MOST_MEMBERS: u64 = 4_096;
/// A manifest names files in a line or four each.
const LARGEST_MANIFEST: u64 = 16 << 20;
/// Pages and drawings compress some ten times.
const MOST_EXPANSION: u64 = 200;
/// Below this size a high ratio harms nobody.
const EXPANSION_FLOOR: u64 = 1 << 20;
const STEP: u64 = 1 << 16;

/// Why a bundle cannot be opened at all.
#[derive(Debug, thiserror::Error)]
pub enum BundleError {
    /// It is missing or closed to us.
    #[error("{}: {why}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: io::Error,
    },
    /// No ZIP archive, or a broken one.
    #[error("not a bundle: {0}")]
    Archive(#[from] ZipError),
    /// An archive that two readers could read in two ways.
    #[error("not a bundle: no ZIP archive that ends with its own directory and nothing after it")]
    NotPlainArchive,
    /// It has no manifest.
    #[error("not a bundle: there is no manifest.json in it")]
    NoManifest,
    /// Its manifest is not one.
    #[error("manifest.json is not a manifest: {0}")]
    Manifest(#[from] serde_json::Error),
    /// Its manifest cannot be unpacked.
    #[error("manifest.json is damaged: {why}")]
    ManifestDamaged {
        /// What the archive's reader says.
        why: String,
    },
    /// It was written by a later Wardmote.
    #[error(
        "the bundle is of format {found}, but this wardmote reads format {FORMAT}; use a later version"
    )]
    Format {
        /// Its format.
        found: u32,
    },
    /// A name that leads elsewhere.
    #[error("refused: {0}")]
    Name(#[from] NameError),
    /// Two members of one name: two readers would see two bundles.
    #[error("refused: two members are called {name:?}, but for capitals")]
    Twice {
        /// The name.
        name: String,
    },
    /// A member is no plain file.
    #[error("refused: the member {name:?} is {what}")]
    NotPlain {
        /// The member.
        name: String,
        /// What it is.
        what: &'static str,
    },
    /// More than a bundle needs.
    #[error("refused: {what} is larger than {limit} bytes")]
    TooLarge {
        /// What.
        what: String,
        /// The limit.
        limit: u64,
    },
    /// More members than a bundle needs.
    #[error("refused: {found} members are more than {MOST_MEMBERS}")]
    TooMany {
        /// How many.
        found: u64,
    },
    /// A small member that expands without end.
    #[error("refused: the member {name:?} expands more than {MOST_EXPANSION} times")]
    Bomb {
        /// The member.
        name: String,
    },
}

/// A member that is not what the manifest says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Damage {
    /// Its bytes are others.
    Changed {
        /// The member.
        member: String,
        /// SHA-256 by the manifest.
        expected: String,
        /// SHA-256 of what is there.
        found: String,
    },
    /// It cannot be unpacked.
    Unreadable {
        /// The member.
        member: String,
        /// What the archive's reader says.
        why: String,
    },
    /// The manifest names it, and it is not there.
    Missing {
        /// The member.
        member: String,
    },
    /// It is there, and the manifest does not name it.
    Unlisted {
        /// The member.
        member: String,
    },
}

impl Damage {
    /// The member.
    pub fn member(&self) -> &str {
        match self {
            Self::Changed { member, .. }
            | Self::Unreadable { member, .. }
            | Self::Missing { member }
            | Self::Unlisted { member } => member,
        }
    }
}

/// An opened bundle. Nothing in it is trusted yet.
#[derive(Debug, Clone)]
pub struct Bundle {
    /// Its manifest.
    pub manifest: Manifest,
    /// Members that are not what the manifest says.
    pub damaged: Vec<Damage>,
    manifest_bytes: Vec<u8>,
    signature: Option<Vec<u8>>,
    members: BTreeMap<String, Vec<u8>>,
}

#[derive(Deserialize)]
struct Shape {
    format: u32,
}

impl Bundle {
    /// Opens a bundle and compares every member with the manifest.
    pub fn read(path: &Path) -> Result<Self, BundleError> {
        let open = |why| BundleError::Open { path: path.to_owned(), why };
        let mut file = File::open(path).map_err(open)?;
        if file.seek(SeekFrom::End(0)).map_err(open)? > LARGEST_BUNDLE {
            return Err(BundleError::TooLarge { what: "the bundle".into(), limit: LARGEST_BUNDLE });
        }
        let mut contents = unpack(file)?;
        let manifest_bytes = match contents.remove(MANIFEST) {
            None => return Err(BundleError::NoManifest),
            Some(Err(why)) => return Err(BundleError::ManifestDamaged { why }),
            Some(Ok(bytes)) if bytes.len() as u64 > LARGEST_MANIFEST => {
                let what = MANIFEST.to_owned();
                return Err(BundleError::TooLarge { what, limit: LARGEST_MANIFEST });
            }
            Some(Ok(bytes)) => bytes,
        };
        let shape: Shape = serde_json::from_slice(&manifest_bytes)?;
        if shape.format != FORMAT {
            return Err(BundleError::Format { found: shape.format });
        }
        let manifest: Manifest = serde_json::from_slice(&manifest_bytes)?;
        // A signature that cannot be unpacked signs nothing.
        let signature = contents.remove(SIGNATURE).map(Result::unwrap_or_default);
        let (members, damaged) = compare(&manifest, contents);
        Ok(Self { manifest, damaged, manifest_bytes, signature, members })
    }

    /// What the signature says; `named` is the key that the reader trusts.
    pub fn signed(&self, named: Option<&PublicKey>) -> Signed {
        let signature = self.signature.as_deref().map(String::from_utf8_lossy);
        let own = self.manifest.signed_by.as_deref();
        Signed::check(&self.manifest_bytes, signature.as_deref(), own, named)
    }

    /// The members that are as the manifest says, below one of the bundle's folders, by the rest of
    /// their names.
    pub fn members_below(&self, root: &str) -> impl Iterator<Item = (&str, &[u8])> {
        self.members
            .iter()
            .filter_map(move |(name, bytes)| Some((name.strip_prefix(root)?, bytes.as_slice())))
    }
}

/// What was unpacked of one member, or why it could not be.
type Unpacked = Result<Vec<u8>, String>;

/// Unpacks every member in memory; one whose bytes are damaged is an error beside the others.
fn unpack(mut file: File) -> Result<BTreeMap<String, Unpacked>, BundleError> {
    check_end(&mut file)?;
    let config = Config { archive_offset: ArchiveOffset::Known(0) };
    let mut archive = ZipArchive::with_config(config, BufReader::new(file))?;
    // Whoever unpacks it otherwise must see the same members: no two of one name, none hidden, none
    // that share bytes.
    archive.validate_header_consistency()?;
    let mut seen = BTreeSet::new();
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let entry = archive.by_index_raw(index)?;
        let name = String::from_utf8_lossy(entry.name_raw()).into_owned();
        check_entry(&name, &entry)?;
        total = total.saturating_add(entry.size());
        within_total(total)?;
        if !seen.insert(name.to_lowercase()) {
            return Err(BundleError::Twice { name });
        }
    }
    let mut contents = BTreeMap::new();
    let mut total = 0_u64;
    for index in 0..archive.len() {
        let name = String::from_utf8_lossy(archive.by_index_raw(index)?.name_raw()).into_owned();
        let unpacked = match archive.by_index(index) {
            Ok(entry) => read_entry(&name, entry)?,
            Err(why) => Err(why.to_string()),
        };
        // A claimed size binds nobody, so what really came is added up again.
        total += unpacked.as_ref().map_or(0, |bytes| bytes.len() as u64);
        within_total(total)?;
        contents.insert(name, unpacked);
    }
    Ok(contents)
}

/// Looks at the record at the archive's end, before anything is believed that it says: it is the
/// file's last bytes, the directory lies right before it, and the members are few.
fn check_end(file: &mut File) -> Result<(), BundleError> {
    let mut record = [0_u8; 22];
    let length = i64::try_from(record.len()).unwrap_or(i64::MAX);
    let too_short = |_| BundleError::NotPlainArchive;
    let start = file.seek(SeekFrom::End(-length)).map_err(too_short)?;
    file.read_exact(&mut record).map_err(too_short)?;
    let at = |n: usize| u64::from(record[n]);
    let two = |n: usize| at(n) | at(n + 1) << 8;
    let four = |n: usize| two(n) | two(n + 2) << 16;
    let is_end = record.starts_with(b"PK\x05\x06") && two(20) == 0 && four(4) == 0;
    let n_members = two(10);
    if !is_end || two(8) != n_members || four(16) + four(12) != start {
        return Err(BundleError::NotPlainArchive);
    }
    if n_members > MOST_MEMBERS {
        return Err(BundleError::TooMany { found: n_members });
    }
    Ok(())
}

fn within_total(total: u64) -> Result<(), BundleError> {
    if total > LARGEST_TOTAL {
        let what = "what the bundle holds".to_owned();
        return Err(BundleError::TooLarge { what, limit: LARGEST_TOTAL });
    }
    Ok(())
}

fn check_entry<R: Read>(name: &str, entry: &ZipFile<'_, R>) -> Result<(), BundleError> {
    let not_plain = |what| Err(BundleError::NotPlain { name: name.to_owned(), what });
    check_name(name)?;
    if entry.is_dir() {
        return not_plain("a folder");
    }
    if entry.is_symlink() {
        return not_plain("a link");
    }
    if entry.encrypted() {
        return not_plain("encrypted");
    }
    if entry.size() > LARGEST_MEMBER {
        return Err(BundleError::TooLarge { what: name.to_owned(), limit: LARGEST_MEMBER });
    }
    Ok(())
}

fn read_entry<R: Read>(name: &str, mut entry: ZipFile<'_, R>) -> Result<Unpacked, BundleError> {
    let compressed = entry.compressed_size().max(1);
    let mut bytes = Vec::new();
    loop {
        let read = match entry.by_ref().take(STEP).read_to_end(&mut bytes) {
            Ok(read) => read,
            Err(why) => return Ok(Err(why.to_string())),
        };
        let size = bytes.len() as u64;
        if size > EXPANSION_FLOOR && size / compressed > MOST_EXPANSION {
            return Err(BundleError::Bomb { name: name.to_owned() });
        }
        if size > LARGEST_MEMBER {
            return Err(BundleError::TooLarge { what: name.to_owned(), limit: LARGEST_MEMBER });
        }
        if read == 0 {
            return Ok(Ok(bytes));
        }
    }
}

type Compared = (BTreeMap<String, Vec<u8>>, Vec<Damage>);

fn compare(manifest: &Manifest, mut contents: BTreeMap<String, Unpacked>) -> Compared {
    let mut members = BTreeMap::new();
    let mut damaged = Vec::new();
    for (name, record) in &manifest.members {
        let member = name.clone();
        match contents.remove(name) {
            None => damaged.push(Damage::Missing { member }),
            Some(Err(why)) => damaged.push(Damage::Unreadable { member, why }),
            Some(Ok(bytes)) => {
                let found = sha256(&bytes);
                if found == record.sha256 {
                    members.insert(member, bytes);
                } else {
                    let expected = record.sha256.clone();
                    damaged.push(Damage::Changed { member, expected, found });
                }
            }
        }
    }
    damaged.extend(contents.into_keys().map(|member| Damage::Unlisted { member }));
    (members, damaged)
}
