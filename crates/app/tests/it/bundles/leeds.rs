//! Leeds, from openly packaged files, on a machine that has only the bundle and those files.

use std::path::Path;

use super::{Stranger, copied, says, text, unzipped};
use crate::running::wardmote;
use crate::samples::sample;

#[test]
fn leeds_verifies_on_a_clean_checkout() {
    let here = tempfile::tempdir().unwrap();
    let Some(leeds) = sample("leeds", here.path()) else { return };
    wardmote(&leeds, &["ingest"]).ended(0);
    wardmote(&leeds, &["assess", "--published", "2025-03-18"]).ended(1);
    wardmote(&leeds, &["bundle", "--out", "leeds.wardmote.zip"]).ended(0);
    let stranger = Stranger::with(&std::fs::read(leeds.join("leeds.wardmote.zip")).unwrap());
    let data = here.path().join("official");
    for part in ["boundaries", "lookups", "population", "postcodes", "west-yorkshire"] {
        copied(&leeds.join("data").join(part), data.join(part));
    }
    let found = stranger.verifies(&["--sources", text(&data)]).ended(0);
    says(
        &found,
        &[
            "38 of 38 members are as the manifest says",
            "same              recorded-crime v1 | E08000035 | 2018-07 | rate",
            "9 official files: 9 same, 0 changed, 0 not here",
            "7 same, 0 different, 0 not checkable",
        ],
    );

    // One byte of one row: a burglary that is no known crime any more.
    let july = data.join("west-yorkshire/2018-07/2018-07-west-yorkshire-street.csv");
    let mut bytes = std::fs::read(&july).unwrap();
    let row = b"Leeds 001";
    let row = bytes.windows(row.len()).position(|window| window == row).unwrap();
    let crime = b",Burglary,";
    let crime = bytes[row..].windows(crime.len()).position(|window| window == crime).unwrap();
    let before = bytes.clone();
    bytes[row + crime + 1] ^= 1;
    std::fs::write(&july, &bytes).unwrap();
    let line = before[..row + crime].iter().rposition(|byte| *byte == b'\n').unwrap();
    let in_leeds = before[line..row + crime].windows(6).any(|window| window == b"Leeds ");
    let found = stranger.verifies(&["--sources", text(&data)]).ended(1);
    says(&found, &["file changed      west-yorkshire/2018-07/2018-07-west-yorkshire-street.csv"]);
    if in_leeds {
        let figure = "recorded-crime v1 | E08000035 | 2018-07 | count: value by -1";
        says(&found, &[figure, "page differs      full.html"]);
    }

    // Residents are not here: a rate cannot be checked, counts can.
    std::fs::write(&july, before).unwrap();
    std::fs::remove_file(data.join("population/census_2011_lsoa11.csv")).unwrap();
    let found = stranger.verifies(&["--sources", text(&data)]).ended(0);
    says(
        &found,
        &["population/census_2011_lsoa11.csv (published by Office for National Statistics"],
    );
}

/// The twin's feeds are of every form, and so are its claims; `samples` has assessed it. Most of its
/// partners' sources are controlled: their figures cannot be checked, and nothing else of them is said.
pub(crate) fn the_twin_verifies_too(twin: &Path) {
    wardmote(twin, &["bundle", "--out", "twin.wardmote.zip"]).ended(0);
    let bundle = twin.join("twin.wardmote.zip");
    let members = unzipped(&bundle);
    let manifest = members.iter().find(|(name, _)| name == "manifest.json").unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest.1).unwrap();
    let controlled = serde_json::json!({ "because": "controlled" });
    assert_eq!(manifest["withheld"]["landlord-asb"], controlled);
    assert!(!manifest.to_string().contains("landlord-asb-2023-10.csv"));
    for part in ["sources/landlord-asb.toml", "disclosure", "ledger"] {
        assert!(!members.iter().any(|(name, _)| name.contains(part)), "{part}");
    }

    // The official files alone: nothing of the partners'.
    let official = twin.join("official");
    copied(&twin.join("data/police"), official.join("police"));
    copied(&twin.join("data/reference"), official.join("reference"));
    copied(&twin.join("data/feeds"), official.join("feeds"));
    for source in manifest["withheld"].as_object().unwrap().keys() {
        let declared =
            std::fs::read_to_string(twin.join(format!("sources/{source}.toml"))).unwrap();
        let folder =
            declared.split("files = [\"").nth(1).unwrap().split(['"', '*']).next().unwrap();
        let path = official.join(folder.trim_end_matches('/'));
        let removed =
            if path.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
        removed.unwrap();
    }
    let stranger = Stranger::with(&std::fs::read(bundle).unwrap());
    let found = stranger.verifies(&["--sources", text(&official)]).ended(0);
    says(
        &found,
        &[
            "SYNTHETIC: made from invented data",
            "the source landlord-asb is controlled, and not in the bundle",
            "same              recorded-crime v1",
            " 0 changed, 0 not here",
        ],
    );
    let summary = found.out.lines().last().unwrap();
    assert!(
        summary.contains(" same, 0 different, ") && !summary.ends_with(" 0 not checkable"),
        "{summary}"
    );
}
