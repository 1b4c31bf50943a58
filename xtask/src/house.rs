//! What holds the house together: which package may know which, and what no file may say.

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use serde_json::Value;

use crate::processes::{command, output_of};
use crate::workspace::{Workspace, metadata};

const APP: &str = "wardmote";
const TESTKIT: &str = "wardmote-testkit";

/// Each package and those of ours that it may depend on. A package that a later stage of the
/// project brings may stand here before it is there.
const MAY_DEPEND_ON: &[(&str, &[&str])] = &[
    ("wardmote-domain", &[]),
    ("wardmote-stats", &[]),
    ("wardmote-lake", &["wardmote-domain"]),
    // INVARIANT: case records never reach the evidence lake, nor the lake's code the records.
    ("wardmote-records", &["wardmote-domain"]),
    // INVARIANT: what decides which figures are withheld can be read and checked by itself.
    ("wardmote-disclosure", &[]),
    (
        "wardmote-evidence",
        &["wardmote-domain", "wardmote-stats", "wardmote-lake", "wardmote-disclosure"],
    ),
    ("wardmote-reports", &["wardmote-domain"]),
    // INVARIANT: what opens a file from anybody knows nothing that it could give away.
    ("wardmote-bundle", &[]),
    // INVARIANT: what may open a connection knows no case record and no lake.
    ("wardmote-fetch", &["wardmote-domain"]),
    ("wardmote-twin", &["wardmote-domain"]),
    (TESTKIT, &["wardmote-domain"]),
    (
        APP,
        &[
            "wardmote-bundle",
            "wardmote-domain",
            "wardmote-stats",
            "wardmote-lake",
            "wardmote-records",
            "wardmote-evidence",
            "wardmote-disclosure",
            "wardmote-fetch",
            "wardmote-reports",
            "wardmote-twin",
        ],
    ),
    ("xtask", &[]),
];

/// Tests may use these too: fixtures, and generated files to read.
const TESTS_MAY_USE: &[&str] = &[TESTKIT, "wardmote-twin"];

#[test]
fn dependencies_run_one_way() {
    let metadata = metadata(&["--no-deps"]).unwrap();
    let wrong = wrong_dependencies(metadata["packages"].as_array().unwrap());
    assert!(wrong.is_empty(), "{wrong:#?}");
}

/// The dependencies, and the packages, that the table does not know.
fn wrong_dependencies(packages: &[Value]) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap();
        let Some((_, may)) = MAY_DEPEND_ON.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} is new: say in MAY_DEPEND_ON what it may depend on"));
            continue;
        };
        for dependency in package["dependencies"].as_array().unwrap() {
            let on = dependency["name"].as_str().unwrap();
            let is_ours = MAY_DEPEND_ON.iter().any(|(known, _)| *known == on);
            let for_tests = dependency["kind"] == "dev";
            if is_ours && !may.contains(&on) && !(for_tests && TESTS_MAY_USE.contains(&on)) {
                wrong.push(format!("{name} must not depend on {on}"));
            }
        }
    }
    wrong
}

#[test]
fn a_wrong_dependency_is_named() {
    let packages = serde_json::json!([
        { "name": "wardmote-records", "dependencies": [{ "name": "wardmote-lake", "kind": null }] },
        { "name": "wardmote-stats", "dependencies": [
            { "name": "wardmote-testkit", "kind": "dev" }, { "name": "statrs", "kind": null },
        ] },
        { "name": "wardmote", "dependencies": [{ "name": "wardmote-testkit", "kind": null }] },
    ]);
    let wrong = wrong_dependencies(packages.as_array().unwrap());
    let expected = [
        "wardmote-records must not depend on wardmote-lake",
        "wardmote must not depend on wardmote-testkit",
    ];
    assert_eq!(wrong, expected);
}

#[test]
fn the_architecture_has_a_heading_for_each_package() {
    let workspace = Workspace::find().unwrap();
    let text = fs::read_to_string(workspace.root.join("ARCHITECTURE.md")).expect(
        "ARCHITECTURE.md, with a heading such as \"## `wardmote-domain`\" for each package",
    );
    let metadata = metadata(&["--no-deps"]).unwrap();
    let packages = metadata["packages"].as_array().unwrap().iter();
    let packages: BTreeSet<_> = packages.map(|package| package["name"].as_str().unwrap()).collect();
    let ours = |name: &str| name == "xtask" || name == APP || name.starts_with("wardmote-");
    let named: BTreeSet<_> = headings(&text).into_iter().filter(|name| ours(name)).collect();
    assert_eq!(named, packages, "headings of ARCHITECTURE.md (left) and packages (right)");
}

/// What stands in backticks in the second-level headings.
fn headings(markdown: &str) -> Vec<&str> {
    let headings = markdown.lines().filter(|line| line.starts_with("## "));
    headings.flat_map(|line| line.split('`').skip(1).step_by(2)).collect()
}

#[test]
fn headings_are_read() {
    assert_eq!(headings("## `one` and `two`\n### `three`\ntext `four`\n## five"), ["one", "two"]);
}

/// A path of one machine means nothing on another.
#[test]
fn no_file_names_a_path_of_one_machine() {
    let workspace = Workspace::find().unwrap();
    let list = ["ls-files", "--cached", "--others", "--exclude-standard"];
    let Ok(files) = output_of(command("git").current_dir(&workspace.root).args(list)) else {
        // Sources taken from an archive have no git, and nobody commits from them.
        return;
    };
    let mut found = Vec::new();
    for file in files.lines().map(PathBuf::from) {
        // What is not text has no paths to read.
        let Ok(text) = fs::read_to_string(workspace.root.join(&file)) else { continue };
        for (index, line) in text.lines().enumerate() {
            if names_a_private_path(line) {
                found.push(format!("{}:{}: {}", file.display(), index + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "paths of one machine: {found:#?}");
}

/// What may lie in a folder `work` of a machine, and is no signed-in page, whose addresses begin so too.
const NO_PAGES: [&str; 3] = ["main", "shared", "."];

fn names_a_private_path(line: &str) -> bool {
    // Put together here, so that this file does not find itself.
    ["work", "root", "tmp", "home"].map(|folder| format!("/{folder}/")).iter().any(|path| {
        line.match_indices(path.as_str()).any(|(at, _)| {
            // Within a longer path or an address the folder is not at the root.
            let before = line[..at].chars().next_back();
            let below = &line[at + path.len()..];
            if path.contains("work") && !NO_PAGES.iter().any(|name| below.starts_with(name)) {
                return false;
            }
            !before.is_some_and(|letter| letter.is_alphanumeric() || "._-}*".contains(letter))
        })
    })
}

#[test]
fn private_paths_are_seen() {
    let path = ["", "work", "shared"].join("/");
    assert!(names_a_private_path(&format!("see {path}")));
    assert!(names_a_private_path(&format!("`{path}`")));
    assert!(!names_a_private_path(&format!("https://example.org{path}")));
    assert!(!names_a_private_path(&["GET ", "work", "sign-in"].join("/")));
    assert!(!names_a_private_path(&format!("../{path}").replace("//", "/")));
}
