//! The board and its reviews: what is loaded, shown and kept back, and the pack that refuses.

use std::path::{Path, PathBuf};

use crate::running::{Ran, shipped, wardmote};

fn twin(into: &Path) -> PathBuf {
    let twin = shipped("stockport-twin", into);
    wardmote(&twin, &["plan", "load"]).ended(0);
    wardmote(&twin, &["review", "load"]).ended(0);
    twin
}

fn csv(ran: &Ran) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(ran.out.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn reviews_are_sealed_shown_to_few_and_counted_by_their_clocks() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    // A sealed case is known to nobody by its reference, and so is loaded once.
    let again = wardmote(twin, &["review", "load"]).ended(0);
    assert!(again.out.starts_with("0 items"), "{}", again.out);
    let listed = wardmote(twin, &["review", "list", "--on", "2025-03-17", "--format", "csv"]);
    let rows = csv(&listed.ended(0));
    let of = |case: &str| rows.iter().find(|row| row[0] == case).unwrap().clone();
    // Six months from 24 June 2024, and 152 days of proceedings.
    assert_eq!(of("DR-1")[2..4], ["report", "2025-05-25"].map(str::to_owned));
    assert_eq!(of("DR-2")[2..4], ["decide", "2025-03-20"].map(str::to_owned));
    assert_eq!(of("CR-2025-01")[2..4], ["threshold", "2025-03-17"].map(str::to_owned));
    assert_eq!(rows.len(), 1 + 6);
    let late = wardmote(twin, &["review", "list", "--on", "2025-03-21"]).ended(1);
    assert!(late.out.contains("late by 1 day"), "{}", late.out);
    assert!(late.out.lines().all(|line| line.chars().count() <= 80), "{}", late.out);
    // Who is on the board reads none of them, and is not told that there are any.
    let member = ["review", "list", "--as", "board-member-one", "--format", "csv"];
    assert_eq!(csv(&wardmote(twin, &member).ended(0)).len(), 1);
    let shown = wardmote(twin, &["review", "show", "DR-3", "--on", "2025-03-18"]).ended(0);
    for expected in [
        "More time was agreed with the partnership and the Home Office",
        "Before publication: 7 of 10 still to confirm",
        "Actions: 1 of 2 lack evidence of what changed",
        "DR-3-2: Agree who tells a new landlord",
    ] {
        let flat = shown.out.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(flat.contains(expected), "{expected:?} is not in\n{}", shown.out);
    }
    let threshold =
        wardmote(twin, &["review", "show", "CR-2024-02", "--on", "2025-03-18"]).ended(0);
    assert!(threshold.out.contains("Threshold not met"), "{}", threshold.out);
    // Nothing of them lies open in the store, nor in the log.
    let log = wardmote(twin, &["audit", "search", "--format", "csv"]).ended(0);
    let store = std::fs::read(twin.join("records/records.db")).unwrap();
    for said in ["Invented review one", "DR-1", "ask about money", "CR-2024-02"] {
        assert!(!log.out.contains(said), "{said} is in the log");
        let found = store.windows(said.len()).any(|window| window == said.as_bytes());
        assert!(!found, "{said} lies open in the store");
    }
    // The board's own lists do, where everybody may see them.
    assert!(store.windows(10).any(|window| window == b"challenger"));
}

#[test]
fn small_yearly_counts_are_withheld() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    let words = ["review", "counts", "--from", "2024-04-01", "--to", "2025-03-31"];
    let counted = wardmote(twin, &[&words[..], &["--format", "csv"]].concat()).ended(0);
    let rows = csv(&counted);
    assert_eq!(rows.len(), 1 + 4);
    assert!(rows[1..].iter().all(|row| row[1] == "withheld"), "{rows:?}");
    assert!(counted.err.contains("the invented partners' agreement"), "{}", counted.err);
}
