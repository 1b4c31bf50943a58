//! What is packed comes back, and a single byte that differs is named.

use std::io::Read as _;

use proptest::prelude::*;
use wardmote_bundle::{Bundle, Damage, MANIFEST, PUBLISHED, Signed, pack};

use crate::hostile::{Named, unzipped, zipped};
use crate::scene::{manifest, members, packed, position, written};

#[test]
fn the_same_content_gives_the_same_bytes_and_comes_back() {
    let here = tempfile::tempdir().unwrap();
    let bytes = packed(None);
    assert_eq!(bytes, packed(None));
    let bundle = Bundle::read(&written(here.path(), &bytes)).unwrap();
    assert_eq!(bundle.damaged, []);
    assert_eq!(bundle.signed(None), Signed::Unsigned);
    let pages: Vec<_> = bundle.members_below(PUBLISHED).collect();
    assert_eq!(pages, [("index.html", members()["published/index.html"].as_slice())]);
    assert_eq!(bundle.manifest.sources, manifest().sources);
    assert_eq!(bundle.manifest.withheld, manifest().withheld);
    insta::assert_snapshot!(manifest_of(&bytes));
}

fn manifest_of(bytes: &[u8]) -> String {
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(bytes)).unwrap();
    let mut text = String::new();
    archive.by_name(MANIFEST).unwrap().read_to_string(&mut text).unwrap();
    text
}

#[test]
fn another_readers_hashes_are_ours() {
    // Python's zipfile, hashlib and json, where Python is there.
    const CHECK: &str = "
import hashlib, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as archive:
    assert archive.testzip() is None
    manifest = json.loads(archive.read('manifest.json'))
    for name, member in manifest['members'].items():
        assert hashlib.sha256(archive.read(name)).hexdigest() == member['sha256'], name
    assert {*manifest['members'], 'manifest.json'} == {*archive.namelist()}
";
    let here = tempfile::tempdir().unwrap();
    let path = written(here.path(), &packed(None));
    let Ok(ran) = std::process::Command::new("python3").arg("-c").arg(CHECK).arg(path).output()
    else {
        eprintln!("skipped: python3 is not there to read the bundle too");
        return;
    };
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
}

#[test]
fn a_member_that_is_not_as_listed_is_named() {
    let here = tempfile::tempdir().unwrap();
    let damaged = |bytes: &[u8]| Bundle::read(&written(here.path(), bytes)).unwrap().damaged;

    // One byte of the compressed page.
    let mut bytes = packed(None);
    let name = b"published/index.html";
    let at = position(&bytes, name, 0) + name.len() + 12;
    bytes[at] ^= 1;
    let found = damaged(&bytes);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].member(), "published/index.html");

    // A member more, one less, and another.
    let other = |change: &dyn Fn(&mut Vec<Named>)| {
        let mut all = unzipped(&packed(None));
        change(&mut all);
        damaged(&zipped(&all))
    };
    let more = other(&|all| all.push(("published/extra.html".to_owned(), Vec::new())));
    assert_eq!(more, [Damage::Unlisted { member: "published/extra.html".to_owned() }]);
    let less = other(&|all| all.retain(|(name, _)| !name.ends_with("index.html")));
    assert_eq!(less, [Damage::Missing { member: "published/index.html".to_owned() }]);
    let another = other(&|all| all.last_mut().unwrap().1[3] ^= 1);
    assert!(matches!(another.as_slice(), [Damage::Changed { .. }]), "{another:?}");
}

#[test]
fn what_no_reader_would_take_is_not_written() {
    for name in ["../x", "data/rows.csv", "published/../../x", "manifest.json", "MANIFEST.json"] {
        let mut members = members();
        members.insert(name.to_owned(), Vec::new());
        assert!(pack(manifest(), &members, None).is_err(), "{name}");
    }
    let mut members = members();
    members.insert("published/INDEX.html".to_owned(), Vec::new());
    assert!(pack(manifest(), &members, None).unwrap_err().to_string().contains("capitals"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Whatever byte is another, the bundle is refused or a difference is found: never silence.
    #[test]
    fn no_byte_of_content_can_change_unseen(at in 0_usize..10_000, bit in 0_u8..8) {
        let here = tempfile::tempdir().unwrap();
        let mut bytes = packed(None);
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let whole = Bundle::read(&written(here.path(), &packed(None))).unwrap();
        if let Ok(bundle) = Bundle::read(&written(here.path(), &bytes)) {
            let same = |bundle: &Bundle| -> Vec<(String, Vec<u8>)> {
                let all = bundle.members_below("");
                all.map(|(name, bytes)| (name.to_owned(), bytes.to_vec())).collect()
            };
            // A bit of the archive's own bookkeeping, such as a date, may change nothing.
            let unchanged = same(&bundle) == same(&whole);
            prop_assert!(unchanged || !bundle.damaged.is_empty());
            prop_assert_eq!(bundle.manifest, whole.manifest, "the archive's own check sees it");
        }
    }
}
