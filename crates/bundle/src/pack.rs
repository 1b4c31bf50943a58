//! Writing a bundle: the same bytes for the same content, but for a signature's.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Write as _};

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, System, ZipWriter};

use crate::manifest::{Manifest, MemberRecord};
use crate::names::{NameError, check_name};
use crate::read::LARGEST_MEMBER;
use crate::signature::{KeyError, SecretKey};
use crate::{MANIFEST, SIGNATURE, sha256};

/// Why a bundle cannot be written.
#[derive(Debug, thiserror::Error)]
pub enum PackError {
    /// A member's name is none.
    #[error(transparent)]
    Name(#[from] NameError),
    /// Two names are one on some systems.
    #[error("two members are called {name:?}, but for capitals")]
    Twice {
        /// The second name.
        name: String,
    },
    /// No reader would take it.
    #[error("{name} has {bytes} bytes, and a bundle holds members of at most {LARGEST_MEMBER}")]
    TooLarge {
        /// The member.
        name: String,
        /// Its size.
        bytes: u64,
    },
    /// The key cannot sign.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The manifest cannot be written as JSON.
    #[error("the manifest cannot be written: {0}")]
    Manifest(#[from] serde_json::Error),
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Archive(#[from] zip::result::ZipError),
    /// The archive cannot be written.
    #[error("the archive cannot be written: {0}")]
    Write(#[from] std::io::Error),
}

/// Writes a bundle. The manifest's `members` and `signed_by` are filled in here.
///
/// Everything but the signature, which is made with random numbers, is the same in every run.
pub fn pack(
    mut manifest: Manifest,
    members: &BTreeMap<String, Vec<u8>>,
    key: Option<&SecretKey>,
) -> Result<Vec<u8>, PackError> {
    let mut seen = BTreeSet::from([MANIFEST.to_owned(), SIGNATURE.to_owned()]);
    manifest.members = BTreeMap::new();
    for (name, bytes) in members {
        check_name(name)?;
        if !seen.insert(name.to_lowercase()) {
            return Err(PackError::Twice { name: name.clone() });
        }
        let size = bytes.len() as u64;
        if size > LARGEST_MEMBER {
            return Err(PackError::TooLarge { name: name.clone(), bytes: size });
        }
        let record = MemberRecord { sha256: sha256(bytes), bytes: size };
        manifest.members.insert(name.clone(), record);
    }
    manifest.signed_by = key.map(|key| key.public().to_string());
    let mut text = serde_json::to_vec_pretty(&manifest)?;
    text.push(b'\n');

    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let mut add = |name: &str, bytes: &[u8]| -> Result<(), PackError> {
        archive.start_file(name, options())?;
        archive.write_all(bytes)?;
        Ok(())
    };
    add(MANIFEST, &text)?;
    if let Some(key) = key {
        let comment = format!("wardmote bundle published {}", manifest.published);
        add(SIGNATURE, key.sign(&text, &comment)?.as_bytes())?;
    }
    for (name, bytes) in members {
        add(name, bytes)?;
    }
    Ok(archive.finish()?.into_inner())
}

/// Nothing of the machine or the hour: the earliest date that the format knows.
fn options() -> SimpleFileOptions {
    SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(6))
        .last_modified_time(DateTime::default())
        .unix_permissions(0o644)
        .system(System::Unix)
}
