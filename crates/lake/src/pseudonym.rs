//! Keyed pseudonyms: a reference that may be a person's becomes sixteen digits that say only whether
//! two rows have the same one.
//!
//! The key lies in a file outside the lake and the data. What this protects, and what not, stands in
//! `docs/decisions/0007-pseudonyms.md`.

use std::fmt;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

/// Why there is no key.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The file is not there.
    #[error(
        "there is no key at {}: put back its copy, or for a source that was never loaded make one with \
         `wardmote source key {source_id}`; without it repeats cannot be told", path.display()
    )]
    Absent {
        /// Where it should be.
        path: PathBuf,
        /// The source.
        source_id: String,
    },
    /// The file holds something else.
    #[error("{}: not a key, which is 64 hexadecimal digits; put back its copy", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// A key would be overwritten.
    #[error(
        "{}: there is a key already; with another one no reference would be recognised that was loaded \
         before. Move the file away if that is meant", path.display()
    )]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// The key lies where the data lie.
    #[error(
        "{}: the key lies beside what it protects; name a file outside the data and the lake with \
         key_file", path.display()
    )]
    AmongData {
        /// The file.
        path: PathBuf,
    },
    /// The file cannot be read or written.
    #[error("{}: {why}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        why: io::Error,
    },
    /// The system gives no random bytes.
    #[error("the system gave no random bytes for a key: {why}")]
    NoRandomness {
        /// What it says.
        why: String,
    },
}

/// The key of one source.
#[derive(Clone)]
pub struct PseudonymKey {
    source_id: String,
    mac: Hmac<Sha256>,
}

impl fmt::Debug for PseudonymKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PseudonymKey").field("source_id", &self.source_id).finish_non_exhaustive()
    }
}

const KEY_BYTES: usize = 32;

impl PseudonymKey {
    /// Makes a new key for a source, which only this system's user can read.
    ///
    /// A folder that is made for it is kept out of git. Nothing is ever overwritten.
    pub fn create(path: &Path) -> Result<(), KeyError> {
        let failed = |why: io::Error| match why.kind() {
            io::ErrorKind::AlreadyExists => KeyError::Exists { path: path.to_owned() },
            _ => KeyError::File { path: path.to_owned(), why },
        };
        let mut key = [0; KEY_BYTES];
        getrandom::fill(&mut key).map_err(|why| KeyError::NoRandomness { why: why.to_string() })?;
        if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
            fs::create_dir_all(folder).map_err(failed)?;
            fs::write(folder.join(".gitignore"), "*\n").map_err(failed)?;
        }
        let mut file = new_private_file(path).map_err(failed)?;
        writeln!(file, "{}", hex(&key)).and_then(|()| file.sync_all()).map_err(failed)
    }

    /// Reads the key of a source.
    pub fn read(path: &Path, source_id: &str) -> Result<Self, KeyError> {
        let text = fs::read_to_string(path).map_err(|why| match why.kind() {
            io::ErrorKind::NotFound => {
                KeyError::Absent { path: path.to_owned(), source_id: source_id.to_owned() }
            }
            io::ErrorKind::InvalidData => KeyError::Malformed { path: path.to_owned() },
            _ => KeyError::File { path: path.to_owned(), why },
        })?;
        let key = from_hex(text.trim());
        let key = key.ok_or_else(|| KeyError::Malformed { path: path.to_owned() })?;
        Ok(Self { source_id: source_id.to_owned(), mac: keyed(&key) })
    }

    /// Reads the key of a source, unless it lies in one of the folders that hold what it protects.
    pub(crate) fn read_outside(
        path: &Path,
        source_id: &str,
        folders: &[&Path],
    ) -> Result<Self, KeyError> {
        let key = Self::read(path, source_id)?;
        let real = |path: &Path| path.canonicalize().unwrap_or_else(|_| path.to_owned());
        if folders.iter().any(|folder| real(path).starts_with(real(folder))) {
            return Err(KeyError::AmongData { path: path.to_owned() });
        }
        Ok(key)
    }

    /// The pseudonym of a reference; none of a blank one. Case and blanks tell no two apart.
    ///
    /// The source's id is part of it, so that two sources could not be joined even by a key that was
    /// copied.
    pub(crate) fn pseudonym(&self, reference: &str) -> Option<String> {
        let words: Vec<String> = reference.split_whitespace().map(str::to_uppercase).collect();
        (!words.is_empty()).then(|| self.digits(&["reference", &self.source_id, &words.join(" ")]))
    }

    /// What loads made with this key are told by; it says nothing of the key.
    pub(crate) fn fingerprint(&self) -> String {
        self.digits(&["key", &self.source_id])
    }

    fn digits(&self, parts: &[&str]) -> String {
        let mut mac = self.mac.clone();
        mac.update(parts.join("\n").as_bytes());
        hex(&mac.finalize().into_bytes()[..8])
    }
}

fn keyed(key: &[u8; KEY_BYTES]) -> Hmac<Sha256> {
    Hmac::new_from_slice(key).unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"))
}

fn new_private_file(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

fn from_hex(text: &str) -> Option<[u8; KEY_BYTES]> {
    let mut key = [0; KEY_BYTES];
    if text.len() != 2 * KEY_BYTES || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (byte, at) in key.iter_mut().zip((0..).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(key)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_function_is_hmac_sha_256() {
        // RFC 4231, test case 2, whose key is shorter than a block, as ours is.
        let mut mac: Hmac<Sha256> = Hmac::new_from_slice(b"Jefe").unwrap();
        mac.update(b"what do ya want for nothing?");
        let expected = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(hex(&mac.finalize().into_bytes()), expected);
    }

    #[test]
    fn a_reference_has_one_pseudonym_for_each_key_and_source() {
        let key = |byte: u8, source_id: &str| PseudonymKey {
            source_id: source_id.to_owned(),
            mac: keyed(&[byte; KEY_BYTES]),
        };
        let of = |key: &PseudonymKey, text: &str| key.pseudonym(text).unwrap();
        let landlord = key(1, "landlord");
        let pseudonym = of(&landlord, "HH/12");
        assert_eq!(pseudonym.len(), 16);
        assert_eq!(of(&landlord, " hh/12 "), pseudonym);
        assert_ne!(of(&landlord, "HH/13"), pseudonym);
        assert_ne!(of(&key(2, "landlord"), "HH/12"), pseudonym);
        assert_ne!(of(&key(1, "council"), "HH/12"), pseudonym, "a copied key joins nothing");
        assert_eq!(landlord.pseudonym("  "), None);
        assert!(!format!("{landlord:?}").contains("01"), "the key is never printed");
    }

    #[test]
    fn keys_are_made_once_and_read_back() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keys/landlord.key");
        let absent = PseudonymKey::read(&path, "landlord").unwrap_err().to_string();
        assert!(absent.contains("wardmote source key landlord"), "{absent}");
        PseudonymKey::create(&path).unwrap();
        let text = fs::read_to_string(&path).unwrap();
        assert!(matches!(PseudonymKey::create(&path), Err(KeyError::Exists { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), text);
        assert_eq!(fs::read_to_string(folder.path().join("keys/.gitignore")).unwrap(), "*\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
        let key = PseudonymKey::read(&path, "landlord").unwrap();
        assert!(key.pseudonym("x").is_some());
        let beside = PseudonymKey::read_outside(&path, "landlord", &[folder.path()]);
        assert!(matches!(beside, Err(KeyError::AmongData { .. })));
        fs::write(&path, "secret words that are no key").unwrap();
        let why = PseudonymKey::read(&path, "landlord").unwrap_err().to_string();
        assert!(why.contains("64 hexadecimal digits") && !why.contains("secret"), "{why}");
    }
}
