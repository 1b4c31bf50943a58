//! A publication in one file, and the stranger who checks it with nothing but that file and the
//! official ones.

mod hostile;
pub(crate) mod leeds;
mod secrets;
mod tampered;
pub(crate) mod town;

use std::io::{Cursor, Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde_json::Value;
use zip::write::SimpleFileOptions;

use crate::running::{Ran, wardmote};

pub(crate) type Members = Vec<(String, Vec<u8>)>;

pub(crate) fn unzipped(path: &Path) -> Members {
    let mut archive = zip::ZipArchive::new(std::fs::File::open(path).unwrap()).unwrap();
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        all.push((entry.name().unwrap().into_owned(), bytes));
    }
    all
}

pub(crate) fn zipped(members: &Members) -> Vec<u8> {
    let mut archive = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

/// The members with one text for another in one of them.
#[track_caller]
pub(crate) fn edited(mut members: Members, member: &str, from: &str, to: &str) -> Members {
    let (_, bytes) = members.iter_mut().find(|(name, _)| name == member).unwrap();
    let text = String::from_utf8(bytes.clone()).unwrap();
    assert!(text.contains(from), "{member} has no {from:?}:\n{text}");
    *bytes = text.replace(from, to).into_bytes();
    members
}

/// What a forger does who cannot sign: the manifest's hashes made right again, and the signature gone.
pub(crate) fn forged(mut members: Members) -> Members {
    members.retain(|(name, _)| !name.ends_with(".minisig"));
    let at = members.iter().position(|(name, _)| name == "manifest.json").unwrap();
    let mut manifest: Value = serde_json::from_slice(&members[at].1).unwrap();
    manifest["signed_by"] = Value::Null;
    for (name, bytes) in members.iter().filter(|(name, _)| name != "manifest.json") {
        let sha256 = wardmote_bundle::sha256(bytes);
        manifest["members"][name] = serde_json::json!({ "sha256": sha256, "bytes": bytes.len() });
    }
    members[at].1 = serde_json::to_vec_pretty(&manifest).unwrap();
    members
}

/// A machine that has never seen the partnership: an empty folder with a bundle in it.
pub(crate) struct Stranger {
    folder: tempfile::TempDir,
}

impl Stranger {
    pub(crate) fn with(bundle: &[u8]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("x.wardmote.zip"), bundle).unwrap();
        Self { folder }
    }

    pub(crate) fn verifies(&self, words: &[&str]) -> Ran {
        let words = [&["verify", "x.wardmote.zip"], words].concat();
        wardmote(self.folder.path(), &words)
    }
}

#[track_caller]
pub(crate) fn says(ran: &Ran, parts: &[&str]) {
    for part in parts {
        assert!(ran.out.contains(part), "{part:?} is not in:\n{}\n{}", ran.out, ran.err);
    }
}

pub(crate) fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

/// A copy of a folder of data, links followed.
pub(crate) fn copied(from: &Path, to: PathBuf) -> PathBuf {
    std::fs::create_dir_all(&to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copied(&path, target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
    to
}
