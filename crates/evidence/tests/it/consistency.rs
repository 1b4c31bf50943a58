//! How often the consistency lint raises a false alarm: invented pages in which nothing is
//! wrong; and how many mistakes it finds in pages into which they were put.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use wardmote_evidence::consistency::{Checked, Knowledge, Paper, check};
use wardmote_evidence::document::Document;

/// More would teach officers to look away.
const MOST_FALSE_ALARMS: usize = 2;

/// The pages of a folder beside this file.
fn pages(folder: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it").join(folder);
    let mut paths: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| !path.ends_with("README.md"));
    paths.sort();
    paths
}

fn paper(path: &Path) -> Paper {
    let name = path.file_name().unwrap().to_string_lossy();
    Paper::new(name, Document::read(path).unwrap(), None)
}

fn clean_pages() -> Vec<Paper> {
    pages("clean").iter().map(|path| paper(path)).collect()
}

fn print(checked: &Checked) {
    for clash in &checked.clashes {
        println!("{}: {} [{}] {}", clash.place, clash.rule.name(), clash.text, clash.message);
    }
}

#[test]
fn clean_pages_raise_few_alarms() {
    let pages = clean_pages();
    assert_eq!(pages.len(), 60);
    let knowledge = Knowledge::shipped();
    let mut alarms = 0;
    for page in pages {
        let checked = check(&[page], &knowledge, &[]);
        print(&checked);
        alarms += checked.clashes.len();
    }
    println!("{alarms} false alarms in 60 clean pages");
    assert!(alarms <= MOST_FALSE_ALARMS, "{alarms} false alarms");
}

/// The promises of a page can only be judged if its date is found.
#[test]
fn clean_pages_are_dated() {
    let undated: Vec<String> = clean_pages()
        .into_iter()
        .filter(|page| page.date.is_none())
        .map(|page| page.name)
        .collect();
    assert!(undated.len() <= 5, "{undated:?}");
}

/// Mistakes that were put into pages on purpose: file, line and rule.
fn seeded(page: &Path) -> Vec<(usize, String)> {
    let text = std::fs::read_to_string(page).unwrap();
    let mut marks = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for mark in line.split("SEEDED ").skip(1) {
            let words: Vec<&str> = mark.split([' ', ';']).collect();
            let elsewhere = (words.get(1) == Some(&"line")).then(|| words[2].parse().unwrap());
            marks.push((elsewhere.unwrap_or(index + 1), words[0].to_owned()));
        }
    }
    marks
}

#[test]
fn seeded_mistakes_are_found() {
    let knowledge = Knowledge::shipped();
    let (mut n_seeded, mut n_found, mut n_others) = (0, 0, 0);
    for path in pages("seeded") {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let clashes = check(&[paper(&path)], &knowledge, &[]).clashes;
        let marks = seeded(&path);
        let at = |line: usize, rule: &str| {
            clashes.iter().any(|clash| clash.place.line == line && clash.rule.name() == rule)
        };
        for (line, rule) in &marks {
            n_seeded += 1;
            if at(*line, rule) {
                n_found += 1;
            } else {
                println!("{name}:{line}: {rule} is missed");
            }
        }
        for clash in &clashes {
            let known = |(line, rule): &(usize, String)| {
                *line == clash.place.line && *rule == clash.rule.name()
            };
            if !marks.iter().any(known) {
                n_others += 1;
                println!("{}: {} is not seeded: {}", clash.place, clash.rule.name(), clash.message);
            }
        }
    }
    println!("{n_found} of {n_seeded} seeded mistakes found, {n_others} others");
    assert!(n_seeded > 30 && 10 * n_found >= 9 * n_seeded, "{n_found} of {n_seeded}");
    assert!(n_others <= 1, "{n_others} false alarms");
}

/// Pieces of which board papers are made, and some that no paper should hold.
const PIECES: &[&str] = &[
    "will be held on",
    "planned for",
    "by",
    "to",
    "of",
    "and",
    "from",
    "which",
    "12",
    "48",
    "1,250",
    "(30%)",
    "25%",
    "18 March 2024",
    "08.02.25",
    "2024-2029",
    "2023/24",
    "spring 2025",
    "three aims:",
    "five priorities",
    "Plan",
    "Strategy",
    "Superintendent Owen Vale",
    "is chaired by",
    "Partnership Board",
    "reports to the",
    "(DAPO)",
    "MAPPA:",
    "rising",
    "fell overall",
    "recorded crime",
    "burglary",
    "race",
    "“",
    "”",
    "–",
    "£",
    "’s",
    "é",
    "\u{a0}",
    ".",
    ",",
    ";",
    ":",
    "(",
    ")",
    "|",
    "**",
    "<!-- lint: allow",
    "-->",
    "\n",
    "\n\n",
    "\n- ",
    "\n# ",
    "\n> ",
    "\n1. ",
    "\n| a | b |\n|---|---|\n",
    "{{",
    "\u{0}",
    "𝟚",
];

proptest! {
    #[test]
    fn whatever_is_read_is_answered(pieces in prop::collection::vec(prop::sample::select(PIECES), 0..60), dated: bool) {
        let source = pieces.join(" ");
        let date = dated.then(|| jiff::civil::date(2025, 3, 18));
        let n_lines = source.lines().count().max(1);
        for document in [Document::markdown(&source), Document::text(&source)] {
            let checked = check(&[Paper::new("p", document, date)], &Knowledge::shipped(), &[]);
            for clash in checked.clashes {
                let lines = std::iter::once(&clash.place).chain(&clash.other).map(|place| place.line);
                prop_assert!(lines.into_iter().all(|line| (1..=n_lines + 1).contains(&line)), "{clash:?}");
            }
        }
    }
}
