//! What `docs/security` names must be there, and every requirement of the standard must be answered.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::workspace::Workspace;

/// The requirements of levels 1 and 2 of ASVS 5.0.0: a section, and how many it has from the first
/// on. In each section those of level 3 come last.
const SECTIONS: &[(&str, usize)] = &[
    ("V1.1", 2),
    ("V1.2", 9),
    ("V1.3", 11),
    ("V1.4", 3),
    ("V1.5", 2),
    ("V2.1", 3),
    ("V2.2", 3),
    ("V2.3", 4),
    ("V2.4", 1),
    ("V3.2", 2),
    ("V3.3", 4),
    ("V3.4", 6),
    ("V3.5", 5),
    ("V3.7", 2),
    ("V4.1", 3),
    ("V4.2", 1),
    ("V4.3", 2),
    ("V4.4", 4),
    ("V5.1", 1),
    ("V5.2", 3),
    ("V5.3", 2),
    ("V5.4", 3),
    ("V6.1", 3),
    ("V6.2", 12),
    ("V6.3", 4),
    ("V6.4", 4),
    ("V6.5", 5),
    ("V6.6", 3),
    ("V6.8", 4),
    ("V7.1", 3),
    ("V7.2", 4),
    ("V7.3", 2),
    ("V7.4", 5),
    ("V7.5", 2),
    ("V7.6", 2),
    ("V8.1", 2),
    ("V8.2", 3),
    ("V8.3", 1),
    ("V8.4", 1),
    ("V9.1", 3),
    ("V9.2", 4),
    ("V10.1", 2),
    ("V10.2", 2),
    ("V10.3", 4),
    ("V10.4", 11),
    ("V10.5", 5),
    ("V10.6", 2),
    ("V10.7", 3),
    ("V11.1", 2),
    ("V11.2", 3),
    ("V11.3", 3),
    ("V11.4", 4),
    ("V11.5", 1),
    ("V11.6", 1),
    ("V12.1", 3),
    ("V12.2", 2),
    ("V12.3", 4),
    ("V13.1", 1),
    ("V13.2", 5),
    ("V13.3", 2),
    ("V13.4", 5),
    ("V14.1", 2),
    ("V14.2", 4),
    ("V14.3", 3),
    ("V15.1", 3),
    ("V15.2", 3),
    ("V15.3", 7),
    ("V16.1", 1),
    ("V16.2", 5),
    ("V16.3", 4),
    ("V16.4", 3),
    ("V16.5", 3),
    ("V17.1", 1),
    ("V17.2", 4),
    ("V17.3", 2),
];

#[test]
fn every_requirement_of_the_standard_is_answered_once() {
    let text = read("asvs.md");
    let first_columns = text.lines().filter_map(|line| cells(line).first().copied());
    let named: Vec<&str> = first_columns
        .flat_map(|cell| cell.split(',').map(str::trim))
        .filter(|word| {
            word.starts_with('V') && word[1..].starts_with(|one: char| one.is_ascii_digit())
        })
        .collect();
    let mut wrong = Vec::new();
    let mut count = 0;
    for (section, last) in SECTIONS {
        for number in 1..=*last {
            count += 1;
            let requirement = format!("{section}.{number}");
            let covers = |word: &&&str| {
                requirement == ***word || requirement.starts_with(&format!("{word}."))
            };
            match named.iter().filter(covers).count() {
                1 => {}
                0 => wrong.push(format!("{requirement} stands nowhere")),
                _ => wrong.push(format!("{requirement} stands twice")),
            }
        }
    }
    // Levels 1 and 2 of the standard have as many.
    assert_eq!(count, 253);
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_test_that_the_security_pages_name_is_there() {
    let mut there = BTreeSet::new();
    for part in ["crates", "xtask"] {
        tests_below(&Workspace::find().unwrap().root.join(part), &mut there);
    }
    let mut named = 0;
    for page in ["asvs.md", "threat-model.md"] {
        for line in read(page).lines() {
            let Some(last) = cells(line).last().copied() else { continue };
            for test in last.split('`').skip(1).step_by(2).filter(|word| is_name_of_a_test(word)) {
                named += 1;
                assert!(there.contains(test), "{page} names {test}, which is no test");
            }
        }
    }
    assert!(named > 50, "only {named} tests were found in the pages");
}

fn read(page: &str) -> String {
    fs::read_to_string(Workspace::find().unwrap().root.join("docs/security").join(page)).unwrap()
}

/// The cells of a line of a table; none of any other line.
fn cells(line: &str) -> Vec<&str> {
    let inner = line.strip_prefix("| ").and_then(|line| line.strip_suffix(" |"));
    inner.map(|inner| inner.split(" | ").collect()).unwrap_or_default()
}

fn is_name_of_a_test(word: &str) -> bool {
    word.matches('_').count() >= 2 && word.chars().all(|one| one.is_ascii_lowercase() || one == '_')
}

/// The names of functions that follow an attribute of a test.
fn tests_below(folder: &Path, found: &mut BTreeSet<String>) {
    let entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    for path in entries {
        if path.is_dir() {
            tests_below(&path, found);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            let text = fs::read_to_string(&path).unwrap();
            let mut is_test = false;
            for line in text.lines().map(str::trim) {
                is_test |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
                // A property is a test by its attribute too; attributes may stand between.
                let name = line.split_once("fn ").and_then(|(_, rest)| rest.split_once('('));
                if let Some((name, _)) = name {
                    if is_test {
                        found.insert(name.to_owned());
                    }
                    is_test = false;
                }
            }
        }
    }
}
