//! Each way to change a bundle or its data is named.

use super::town::Town;
use super::{Members, Stranger, copied, edited, forged, says, text, unzipped, zipped};
use crate::running::{Ran, wardmote};

/// What a stranger with the right files and the right key finds wrong.
fn wrong(town: &Town, members: &Members, words: &[&str]) -> Ran {
    let stranger = Stranger::with(&zipped(members));
    let data = town.data();
    let words = [&["--sources", text(&data)], words].concat();
    let found = stranger.verifies(&words).ended(1);
    says(&found, &["This publication does not hold."]);
    found
}

#[test]
fn who_signed_and_what() {
    let Some(town) = Town::published() else { return };
    let members = unzipped(&town.bundle());
    let key: &[&str] = &["--key", &town.key];
    let folder = town.folder();
    let other = ["bundle", "key", "new", "--no-password", "--out", "keys/other.key"];
    let other = wardmote(folder, &other).ended(0).out.trim().to_owned();

    let found = wrong(&town, &members, &["--key", &other]);
    says(&found, &[&format!("not signed by {other}"), &format!("but by {}", town.key)]);
    let other_file = folder.join("keys/other.pub");
    says(&wrong(&town, &members, &["--key", text(&other_file)]), &["not signed by"]);

    let mut stripped = members.clone();
    stripped.retain(|(name, _)| !name.ends_with(".minisig"));
    says(&wrong(&town, &stripped, &[]), &["it should be signed by", "has no signature"]);
    says(&wrong(&town, &forged(members.clone()), key), &["has no signature"]);

    let tampered =
        edited(members.clone(), "manifest.json", "An invented council", "A real council");
    for words in [&[][..], key] {
        says(&wrong(&town, &tampered, words), &["manifest.json is not what was signed"]);
    }
    // Unsigned and untouched holds, and says how little that is.
    let unsigned = Stranger::with(&zipped(&forged(members)));
    let data = town.data();
    says(
        &unsigned.verifies(&["--sources", text(&data)]).ended(0),
        &["not signed: nothing says who"],
    );
}

#[test]
fn a_single_byte_of_a_member() {
    let Some(town) = Town::published() else { return };
    let members = unzipped(&town.bundle());
    for (name, _) in members.iter().filter(|(name, _)| !name.starts_with("manifest")) {
        let mut flipped = members.clone();
        let (_, bytes) = flipped.iter_mut().find(|(other, _)| other == name).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 1;
        // Without the official files: the manifest alone shows it.
        let found = Stranger::with(&zipped(&flipped)).verifies(&[]).ended(1);
        says(&found, &[&format!("member changed    {name} is not what the manifest says")]);
    }
}

#[test]
fn a_single_byte_of_an_official_file() {
    let Some(town) = Town::published() else { return };
    let data = copied(&town.data(), town.folder().join("flipped"));
    let file = data.join("nuisance/nuisance-2023-24.csv");
    let mut bytes = std::fs::read(&file).unwrap();
    let at = bytes.windows(5).position(|five| five == b"Noise").unwrap();
    bytes[at] = b'n' ^ 0x20 ^ 1;
    std::fs::write(&file, bytes).unwrap();
    let stranger = Stranger::with(&std::fs::read(town.bundle()).unwrap());
    let found = stranger.verifies(&["--sources", text(&data)]).ended(1);
    says(
        &found,
        &[
            "file changed      nuisance/nuisance-2023-24.csv",
            "figure differs    noise v1 | E06000032 | 2023/24 | count: value by -1",
            "page differs      full.html (its prose: assessment/levels.md)",
            "1 same, 3 different, 3 not checkable",
        ],
    );
}

#[test]
fn an_edited_sentence() {
    let Some(town) = Town::published() else { return };
    let members = unzipped(&town.bundle());
    // On the page alone.
    let page = edited(members.clone(), "published/full.html", "asks residents", "begs residents");
    let found = wrong(&town, &forged(page), &[]);
    says(
        &found,
        &[
            "page differs      full.html (its prose: assessment/levels.md)",
            "published The council begs residents to report it.",
            "computed  The council asks residents to report it.",
        ],
    );
    assert!(!found.out.contains("index.html"), "{}", found.out);
    // In the prose alone.
    let prose = "declarations/assessment/levels.md";
    let found = wrong(
        &town,
        &forged(edited(members.clone(), prose, "asks residents", "begs residents")),
        &[],
    );
    says(
        &found,
        &[
            "page differs      index.html (its prose: assessment/levels.md)",
            "page differs      full.html (its prose: assessment/levels.md)",
            "published The council asks residents to report it.",
            "computed  The council begs residents to report it.",
        ],
    );
    // On every page and in the prose: words that no test allows.
    let claim = "Littering rose significantly.";
    let mut all = members.clone();
    for member in [prose, "published/full.html", "published/index.html"] {
        all = edited(all, member, "The council asks residents to report it.", claim);
    }
    says(&wrong(&town, &forged(all), &[]), &["wording           assessment/levels.md:1:"]);
    // What nobody reads, and a browser runs.
    let hidden = edited(members, "published/full.html", "</main>", "</main><img src=x onerror=y>");
    says(&wrong(&town, &forged(hidden), &[]), &["not in its words", "onerror"]);
}

#[test]
fn a_swapped_definition() {
    let Some(town) = Town::published() else { return };
    let members = unzipped(&town.bundle());
    let measure = "declarations/measures/noise.toml";
    let found =
        wrong(&town, &forged(edited(members.clone(), measure, "version = 1", "version = 2")), &[]);
    says(
        &found,
        &[
            "measure noise is not defined as it was published in version",
            "published version 1",
            "computed  version 2",
        ],
    );
    let same_version = edited(members.clone(), measure, "[\"noise\"]", "[\"litter\"]");
    says(
        &wrong(&town, &forged(same_version), &[]),
        &["as it was published in numerator", "figure differs"],
    );
    let claims = "declarations/assessment/claims.toml";
    let claim = edited(
        members,
        claims,
        "value = { period = \"2023/24\" }",
        "value = { period = \"2022/23\" }",
    );
    says(&wrong(&town, &forged(claim), &[]), &["claim differs     noise-now"]);
}

#[test]
fn evidence_that_was_made_up() {
    let Some(town) = Town::published() else { return };
    let members = unzipped(&town.bundle());
    let evidence = "published/evidence.json";
    let member = members.iter().find(|(name, _)| name == evidence).unwrap();
    let published: serde_json::Value = serde_json::from_slice(&member.1).unwrap();
    let figures = published["figures"].as_object().unwrap().values();
    let noise = figures.clone().find(|one| one["key"].as_str().unwrap().starts_with("noise"));
    let value = noise.unwrap()["text"].as_str().unwrap();
    let found = wrong(
        &town,
        &forged(edited(
            members.clone(),
            evidence,
            &format!("\"text\": \"{value}\""),
            "\"text\": \"7\"",
        )),
        &[],
    );
    says(
        &found,
        &["figure differs    noise v1 | E06000032 | 2023/24 | count: text", "published 7"],
    );
    // A lower p value for one test moves no figure, and is seen.
    let test = published["tests"]
        .as_array()
        .unwrap()
        .iter()
        .find(|test| test["claim"] == "nuisance-change");
    let p = test.unwrap()["p"].to_string();
    let made_up = edited(members.clone(), evidence, &format!("\"p\": {p}"), "\"p\": 0.049");
    says(&wrong(&town, &forged(made_up), &[]), &["test differs      nuisance-change"]);
    let rows = edited(members.clone(), evidence, "\"rows_refused\": 0", "\"rows_refused\": 9");
    says(&wrong(&town, &forged(rows), &[]), &["rows differ"]);
    let more = edited(members, "published/tables/tests.csv", "nuisance-change", "nuisance-fall");
    says(&wrong(&town, &forged(more), &[]), &["table differs     tables/tests.csv"]);
}
