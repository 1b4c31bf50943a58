//! Bundles that somebody made to do harm are refused, and nothing is written or read by them.

use super::town::Town;
use super::{Members, Stranger, edited, forged, text, unzipped, zipped};

fn refused(bundle: &[u8], part: &str) {
    let stranger = Stranger::with(bundle);
    let found = stranger.verifies(&[]).ended(2);
    assert!(found.err.contains(part), "{part:?} is not in: {}", found.err);
    let left: Vec<_> = std::fs::read_dir(stranger.folder.path()).unwrap().collect();
    assert_eq!(left.len(), 1, "something was unpacked: {left:?}");
}

#[test]
fn archives_that_lead_out_or_never_end() {
    let member =
        |name: &str, bytes: Vec<u8>| -> Vec<u8> { zipped(&vec![(name.to_owned(), bytes)]) };
    refused(&member("../../evil.toml", b"x".to_vec()), "outside its folder");
    refused(&member("/etc/evil.toml", b"x".to_vec()), "outside its folder");
    refused(&member("published/bomb.html", vec![0; 40 << 20]), "expands more than");
    refused(b"PK and no more", "no ZIP archive");
    refused(&member("published/x.html", b"x".to_vec()), "no manifest.json");
}

#[test]
fn declarations_that_reach_for_other_files() {
    let Some(town) = Town::published() else { return };
    let members = unzipped(&town.bundle());
    let data = town.data();
    let judged = |members: Members, part: &str| {
        let stranger = Stranger::with(&zipped(&forged(members)));
        let found = stranger.verifies(&["--sources", text(&data)]).ended(2);
        assert!(found.err.contains(part), "{part:?} is not in: {}", found.err);
    };
    // A section's prose from elsewhere.
    let assessment = "declarations/assessment/assessment.toml";
    let elsewhere = edited(members.clone(), assessment, "\"levels\"", "\"../../../../outside\"");
    judged(elsewhere, "is not in the bundle");
    // A key of the verifier's.
    let nuisance = "declarations/sources/nuisance.toml";
    let keyed = edited(
        members.clone(),
        nuisance,
        "[categories]",
        "repeat_of = \"Type\"\n[pseudonyms]\nkey_file = \"/etc/passwd\"\n[categories]",
    );
    judged(keyed, "which it should withhold");
    // Files outside the verifier's folder: patterns are not used, only the manifest's names and hashes.
    let outside = edited(members, nuisance, "nuisance/nuisance-*.csv", "../../../../etc/*");
    let stranger = Stranger::with(&zipped(&forged(outside)));
    let found = stranger.verifies(&["--sources", text(&data)]).ended(0);
    assert!(found.out.contains("4 same, 0 different, 3 not checkable"), "{}", found.out);
}
