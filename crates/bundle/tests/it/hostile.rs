//! Archives that somebody made to do harm.

use std::io::{Cursor, Read as _, Write as _};

use wardmote_bundle::{Bundle, BundleError};
use zip::write::SimpleFileOptions;
use zip::{ZipArchive, ZipWriter};

use crate::scene::{packed, position, written};

pub(crate) type Named = (String, Vec<u8>);
type Writer = ZipWriter<Cursor<Vec<u8>>>;

pub(crate) fn unzipped(bytes: &[u8]) -> Vec<Named> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut all = Vec::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        all.push((entry.name().unwrap().into_owned(), bytes));
    }
    all
}

pub(crate) fn zipped(members: &[Named]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn refusal(bytes: &[u8]) -> BundleError {
    let here = tempfile::tempdir().unwrap();
    Bundle::read(&written(here.path(), bytes)).unwrap_err()
}

/// A good bundle with one member more.
fn with(name: &str, bytes: Vec<u8>) -> Vec<u8> {
    let mut members = unzipped(&packed(None));
    members.push((name.to_owned(), bytes));
    zipped(&members)
}

#[test]
fn names_that_lead_elsewhere() {
    for name in
        ["../../home/x", "/etc/x", "published/../../x", "published\\..\\x", "C:\\x", ".git/x"]
    {
        assert!(matches!(refusal(&with(name, Vec::new())), BundleError::Name(_)), "{name}");
    }
}

#[test]
fn links_folders_and_twins() {
    let add = |how: &dyn Fn(&mut Writer)| {
        let mut archive = ZipWriter::new_append(Cursor::new(packed(None))).unwrap();
        how(&mut archive);
        refusal(&archive.finish().unwrap().into_inner())
    };
    let options = SimpleFileOptions::default();
    let link = add(&|archive| archive.add_symlink("published/x", "/etc/passwd", options).unwrap());
    assert!(matches!(link, BundleError::NotPlain { what: "a link", .. }), "{link}");
    let folder = add(&|archive| archive.add_directory("published/x", options).unwrap());
    assert!(matches!(folder, BundleError::Name(_) | BundleError::NotPlain { .. }), "{folder}");
    let twin = add(&|archive| archive.start_file("published/INDEX.html", options).unwrap());
    assert!(matches!(twin, BundleError::Twice { .. }), "{twin}");
    let shared = add(&|archive| {
        archive.shallow_copy_file("published/index.html", "published/copy.html").unwrap();
    });
    assert!(matches!(shared, BundleError::Archive(_)), "{shared}");
}

#[test]
fn bombs_are_refused_before_they_fill_the_memory() {
    // 48 MiB, which is within the limit of a member, from some 50 kB.
    let zeros = vec![0_u8; 48 << 20];
    let bomb = with("published/bomb.html", zeros);
    assert!(bomb.len() < 100_000, "{} bytes", bomb.len());
    assert!(matches!(refusal(&bomb), BundleError::Bomb { .. }));

    // The same, claiming to be small: the claim binds nobody.
    let mut lying = bomb.clone();
    let claimed = 48_u32 << 20;
    for _ in 0..2 {
        let at = position(&lying, &claimed.to_le_bytes(), 0);
        lying[at..at + 4].copy_from_slice(&100_u32.to_le_bytes());
    }
    let here = tempfile::tempdir().unwrap();
    match Bundle::read(&written(here.path(), &lying)) {
        Err(_) => {}
        Ok(bundle) => assert_eq!(bundle.damaged.len(), 1, "{:?}", bundle.damaged),
    }

    // And one that claims to be larger than any bundle.
    let mut claiming = bomb;
    for _ in 0..2 {
        let at = position(&claiming, &claimed.to_le_bytes(), 0);
        claiming[at..at + 4].copy_from_slice(&u32::MAX.wrapping_sub(1).to_le_bytes());
    }
    assert!(matches!(refusal(&claiming), BundleError::TooLarge { .. }));
}

#[test]
fn more_members_than_any_bundle_has() {
    let many: Vec<Named> = (0..5_000).map(|n| (format!("published/{n}"), Vec::new())).collect();
    assert!(matches!(refusal(&zipped(&many)), BundleError::TooMany { found: 5_000 }));
    // A directory that claims more members than it holds.
    let mut bytes = packed(None);
    let end = bytes.len() - 22;
    bytes[end + 8..end + 12].copy_from_slice(&[0xff, 0x0f, 0xff, 0x0f]);
    assert!(matches!(refusal(&bytes), BundleError::Archive(_)));
}

#[test]
fn archives_that_two_readers_read_in_two_ways() {
    let plain = |bytes: &[u8]| matches!(refusal(bytes), BundleError::NotPlainArchive);
    let mut before = b"#!/bin/sh\n".to_vec();
    before.extend(packed(None));
    assert!(plain(&before));
    let mut after = packed(None);
    after.extend(b"more");
    assert!(plain(&after));
    let mut twice = packed(None);
    twice.extend(packed(None));
    assert!(plain(&twice));
    // A name in the directory, and another before the bytes.
    let mut two_names = packed(None);
    let at = position(&two_names, b"published/index.html", 0);
    two_names[at + 10] = b'I';
    assert!(matches!(refusal(&two_names), BundleError::Archive(_)));
    for text in [&b""[..], b"PK", b"hello", &[0_u8; 22]] {
        assert!(plain(text), "{text:?}");
    }
}

#[test]
fn manifests_that_are_none() {
    let other = |manifest: &str| {
        let mut members = unzipped(&packed(None));
        members.retain(|(name, _)| name != "manifest.json");
        if !manifest.is_empty() {
            members.push(("manifest.json".to_owned(), manifest.as_bytes().to_vec()));
        }
        refusal(&zipped(&members))
    };
    assert!(matches!(other(""), BundleError::NoManifest));
    assert!(matches!(other("{"), BundleError::Manifest(_)));
    assert!(matches!(other("{\"format\": 2}"), BundleError::Format { found: 2 }));
    assert!(matches!(other("{\"format\": 1}"), BundleError::Manifest(_)));
    assert!(matches!(other(&"[".repeat(100_000)), BundleError::Manifest(_)));
}
