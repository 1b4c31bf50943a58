//! Troubles change what they say and nothing else.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use wardmote_domain::period::{Month, Period};
use wardmote_twin::TwinError;
use wardmote_twin::feeds::{Feed, MadeTrouble, Trouble, generate};

use super::{Written, request, table, written};
use crate::contents;

/// The feeds with some troubles, and the paths that differ from those without.
fn troubled(troubles: &[Trouble]) -> anyhow::Result<(Written, Written, BTreeSet<PathBuf>)> {
    let months: Period = "2024-10..2024-12".parse()?;
    let clean = written(5, |request| request.months = months.clone())?;
    let dirty = written(5, |request| {
        request.months = months.clone();
        request.troubles = troubles.to_vec();
    })?;
    let files = |feeds: &Written| -> anyhow::Result<BTreeMap<PathBuf, Vec<u8>>> {
        Ok(contents(&feeds.request.out)?.into_iter().collect())
    };
    let (one, other) = (files(&clean)?, files(&dirty)?);
    let differ = one.keys().chain(other.keys()).filter(|path| one.get(*path) != other.get(*path));
    // The truth says what was done.
    let differ = differ.filter(|path| !path.ends_with("feeds-truth.json")).cloned().collect();
    assert_eq!(clean.truth.planted, dirty.truth.planted);
    Ok((clean, dirty, differ))
}

fn paths<const N: usize>(paths: [&str; N]) -> BTreeSet<PathBuf> {
    paths.map(PathBuf::from).into()
}

fn month(text: &str) -> anyhow::Result<Month> {
    Ok(text.parse()?)
}

fn lines(feeds: &Written, file: &str) -> anyhow::Result<Vec<String>> {
    Ok(std::fs::read_to_string(feeds.path(file))?.lines().map(str::to_owned).collect())
}

/// Lines that are in the first and not in the second, each as often as that is so.
fn beyond(lines: &[String], others: &[String]) -> Vec<String> {
    let mut left = others.to_vec();
    let is_beyond = |line: &&String| match left.iter().position(|other| other == *line) {
        Some(at) => {
            left.swap_remove(at);
            false
        }
        None => true,
    };
    lines.iter().filter(is_beyond).cloned().collect()
}

fn only(made: &[MadeTrouble]) -> &MadeTrouble {
    assert_eq!(made.len(), 1);
    &made[0]
}

#[test]
fn a_missing_month_is_not_there() -> anyhow::Result<()> {
    let missing = Trouble::Missing { feed: Feed::HateCrime, month: month("2024-11")? };
    let (clean, dirty, differ) = troubled(&[missing])?;
    let file = "hate-crime/hate-crime-2024-11.csv";
    assert_eq!(differ, paths([file]));
    assert!(!dirty.path(file).exists());
    let made = only(&dirty.truth.troubles);
    assert_eq!((made.trouble, made.file.as_str()), (missing, file));
    assert_eq!(made.rows_lost, table(&clean.path(file))?.len());
    Ok(())
}

#[test]
fn a_late_month_has_the_first_half_of_its_rows() -> anyhow::Result<()> {
    for (feed, file) in [
        (Feed::LandlordAsb, "landlord-asb/landlord-asb-2024-12.csv"),
        (
            Feed::PoliceStopAndSearch,
            "police-stop-and-search/2024-12/2024-12-synthetic-stockport-stop-and-search.csv",
        ),
    ] {
        let (clean, dirty, differ) = troubled(&[Trouble::Late { feed, month: month("2024-12")? }])?;
        assert_eq!(differ, paths([file]));
        let (whole, half) = (lines(&clean, file)?, lines(&dirty, file)?);
        assert!(whole.starts_with(&half));
        // The header is a line too.
        assert_eq!(half.len() - 1, whole.len() / 2);
        assert_eq!(only(&dirty.truth.troubles).rows_lost, whole.len() - half.len());
    }
    Ok(())
}

#[test]
fn a_revision_stands_beside_the_first_version() -> anyhow::Result<()> {
    let (clean, dirty, differ) = troubled(&[Trouble::Revised { month: month("2024-10")? }])?;
    let file = "revisions/landlord-asb-2024-10.csv";
    assert_eq!(differ, paths([file, "revisions/README.txt"]));
    let first = lines(&clean, "landlord-asb/landlord-asb-2024-10.csv")?;
    let revised = lines(&dirty, file)?;
    let made = only(&dirty.truth.troubles);
    assert_eq!((made.rows_lost, made.rows_gained), (5, 12));
    // A withdrawn row and a late one may read alike, which takes one from both.
    let (lost, gained) = (beyond(&first, &revised).len(), beyond(&revised, &first).len());
    assert_eq!(gained, lost + 7);
    assert!(lost <= 5 && gained > 7, "{lost} {gained}");
    Ok(())
}

#[test]
fn dirty_files_hold_what_the_truth_says() -> anyhow::Result<()> {
    let (clean, dirty, differ) = troubled(&[Trouble::Dirty { month: month("2024-12")? }])?;
    let [rows, column] = ["dirty-rows", "personal-column"]
        .map(|stem| format!("dirty/landlord-asb-{stem}-2024-12.csv"));
    assert_eq!(differ, paths([&rows, &column, "dirty/README.txt"]));
    let first = lines(&clean, "landlord-asb/landlord-asb-2024-12.csv")?;

    let spoilt = beyond(&lines(&dirty, &rows)?, &first);
    assert!(beyond(&first, &lines(&dirty, &rows)?).is_empty(), "the clean rows are all there");
    let [made, made_column] = &dirty.truth.troubles[..] else { panic!("two files were made") };
    let blank = spoilt.iter().filter(|row| row.as_str() == ",,,").count();
    let unknown = spoilt.iter().filter(|row| row.contains(",Misc (see notes),")).count();
    assert_eq!((blank, unknown), (made.blank_rows, made.unknown_kinds));
    assert_eq!(spoilt.len() - blank - unknown, made.wrong_dates);
    assert_eq!(spoilt.len(), made.rows_gained);
    assert!([blank, unknown, made.wrong_dates].iter().all(|&n| n > 0));

    let named = table(&dirty.path(&column))?;
    assert_eq!(made_column.personal_column.as_deref(), Some("Tenant name"));
    assert_eq!(named.len() + 1, first.len());
    assert!(named.iter().all(|row| row["Tenant name"] == "SYNTHETIC nobody"));
    Ok(())
}

#[test]
fn troubles_stand_beside_one_another() -> anyhow::Result<()> {
    let (_, dirty, differ) = troubled(&[
        Trouble::Missing { feed: Feed::Hospital, month: month("2024-11")? },
        Trouble::Late { feed: Feed::HateCrime, month: month("2024-12")? },
        Trouble::Revised { month: month("2024-10")? },
    ])?;
    assert_eq!(
        differ,
        paths([
            "hospital/assault-attendances-2024-11.csv",
            "hate-crime/hate-crime-2024-12.csv",
            "revisions/landlord-asb-2024-10.csv",
            "revisions/README.txt",
        ])
    );
    assert_eq!(dirty.truth.troubles.len(), 3);
    Ok(())
}

#[test]
fn what_is_not_written_cannot_be_spoilt() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    for feed in [Feed::Survey, Feed::PoliceOutcomes] {
        let mut request = request(folder.path(), 1)?;
        request.troubles = vec![Trouble::Missing { feed, month: month("2024-12")? }];
        let refused = generate(&request).err();
        assert!(matches!(refused, Some(TwinError::NothingToSpoil { .. })), "{refused:?}");
        assert!(!request.out.exists(), "something was written");
    }
    Ok(())
}
