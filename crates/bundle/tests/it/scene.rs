//! An invented bundle.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use wardmote_bundle::{
    FORMAT, Manifest, SecretKey, SourceFile, SourceRecord, WhereToGet, Withheld, WithheldBecause,
    generate, pack, sha256,
};

pub(crate) fn members() -> BTreeMap<String, Vec<u8>> {
    BTreeMap::from([
        ("declarations/partnership.toml".to_owned(), b"name = \"Anytown\"\n".to_vec()),
        ("declarations/assessment/levels.md".to_owned(), b"Crime {{crime}}.\n".to_vec()),
        ("published/index.html".to_owned(), "<p>Crime fell.</p>\n".repeat(200).into_bytes()),
    ])
}

pub(crate) fn manifest() -> Manifest {
    let file = SourceFile {
        sha256: sha256(b"rows"),
        bytes: 4,
        from: WhereToGet::Address("https://data.police.uk/data/archive/2024-01.zip".to_owned()),
    };
    let source = SourceRecord {
        publisher: "data.police.uk".to_owned(),
        licence: "OGL-3.0".to_owned(),
        files: BTreeMap::from([("police/2024-01-street.csv".to_owned(), file)]),
    };
    let withheld = Withheld { because: WithheldBecause::Controlled };
    Manifest {
        format: FORMAT,
        program: "wardmote 0.0.0".to_owned(),
        partnership: "Anytown".to_owned(),
        synthetic: true,
        published: jiff::civil::date(2025, 3, 18),
        vintage: "s-0123456789ab".to_owned(),
        signed_by: None,
        members: BTreeMap::new(),
        sources: BTreeMap::from([("police-street".to_owned(), source)]),
        withheld: BTreeMap::from([("landlord".to_owned(), withheld)]),
    }
}

pub(crate) fn packed(key: Option<&SecretKey>) -> Vec<u8> {
    pack(manifest(), &members(), key).unwrap()
}

pub(crate) fn new_key() -> SecretKey {
    let (secret, _) = generate(None).unwrap();
    SecretKey::read(&secret, || panic!("it has no password")).unwrap()
}

pub(crate) fn written(folder: &Path, bytes: &[u8]) -> PathBuf {
    let path = folder.join("bundle.zip");
    std::fs::write(&path, bytes).unwrap();
    path
}

/// Where a text lies in the archive's bytes, from an offset on.
pub(crate) fn position(bytes: &[u8], text: &[u8], from: usize) -> usize {
    from + bytes[from..].windows(text.len()).position(|window| window == text).unwrap()
}
