use std::collections::BTreeSet;
use std::path::Path;

use proptest::prelude::*;
use wardmote_twin::TwinError;
use wardmote_twin::bench::{BenchFiles, generate};
use wardmote_twin::country::{self, Country};

use crate::{contents, rows, street_files};

fn small(folder: &Path, rows: u64) -> BenchFiles {
    BenchFiles { rows, forces: 3, months: 4, ..BenchFiles::new(folder.join("bench"), 1) }
}

/// A short list of areas, so that putting the places together takes no time.
fn with_lookup(folder: &Path, mut request: BenchFiles) -> anyhow::Result<BenchFiles> {
    let lookup = folder.join("lookup.csv");
    let names = "lsoa21_name,lsoa21_code,ward24_name\n\
                 \"Bournemouth, Christchurch and Poole 044E\",E01000003,A\n\
                 Invented 001B,E01000002,B\n\
                 Invented 001A,E01000001,C\n";
    std::fs::write(&lookup, names)?;
    request.lookup = Some(lookup);
    Ok(request)
}

#[test]
fn files_have_the_shape_of_street_files() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let request = small(folder.path(), 6_000);
    let mut reported = Vec::new();
    generate(&request, |written| reported.push(written))?;
    let (mut n_rows, mut n_blank, mut categories) = (0, 0, BTreeSet::new());
    for (path, bytes) in street_files(&request.out)? {
        for row in rows(&path, &bytes)? {
            n_rows += 1;
            n_blank += u32::from(row[7].is_empty());
            categories.insert(row[9].to_owned());
        }
    }
    assert_eq!(n_rows, 6_000);
    assert_eq!(reported.len(), 12);
    assert_eq!(reported.last(), Some(&6_000));
    assert_eq!(categories.len(), 14);
    assert!((120..=300).contains(&n_blank), "2 to 5% have no place, not {n_blank} of 6000");
    assert!(std::fs::read_to_string(request.out.join("README.txt"))?.contains("SYNTHETIC"));
    Ok(())
}

#[test]
fn a_lookup_gives_the_codes() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let request = with_lookup(folder.path(), small(folder.path(), 600))?;
    generate(&request, |_| ())?;
    let mut found = BTreeSet::new();
    for (path, bytes) in street_files(&request.out)? {
        found.extend(rows(&path, &bytes)?.iter().map(|row| (row[7].to_owned(), row[8].to_owned())));
    }
    let expected = [
        ("", ""),
        ("E01000001", "Invented 001A"),
        ("E01000002", "Invented 001B"),
        ("E01000003", "Bournemouth, Christchurch and Poole 044E"),
    ];
    assert_eq!(found, expected.map(|(code, name)| (code.to_owned(), name.to_owned())).into());
    Ok(())
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_gives_others() -> anyhow::Result<()> {
    let mut written = Vec::new();
    for seed in [1, 1, 2] {
        let folder = tempfile::tempdir()?;
        let request = BenchFiles { seed, ..with_lookup(folder.path(), small(folder.path(), 240))? };
        generate(&request, |_| ())?;
        written.push(contents(&request.out)?);
    }
    assert_eq!(written[0], written[1]);
    assert_ne!(written[0], written[2]);
    Ok(())
}

#[test]
fn what_cannot_be_laid_out_is_refused() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let request = with_lookup(folder.path(), small(folder.path(), 10))?;
    for request in [
        BenchFiles { rows: 0, ..request.clone() },
        BenchFiles { forces: 0, ..request.clone() },
        BenchFiles { months: 0, ..request.clone() },
        BenchFiles { forces: 4, ..request.clone() },
    ] {
        assert!(matches!(generate(&request, |_| ()), Err(TwinError::Layout { .. })));
    }
    std::fs::write(folder.path().join("lookup.csv"), "lsoa11_code,lsoa11_name\n")?;
    assert!(matches!(generate(&request, |_| ()), Err(TwinError::Lookup { .. })));
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, ..ProptestConfig::default() })]

    #[test]
    fn rows_sum_and_every_file_is_there(n_rows in 1_u64..500, forces in 1_u16..4, months in 1_u16..15) {
        let generated = || -> anyhow::Result<(u64, usize)> {
            let folder = tempfile::tempdir()?;
            let request = BenchFiles { forces, months, ..with_lookup(folder.path(), small(folder.path(), n_rows))? };
            generate(&request, |_| ())?;
            let files = street_files(&request.out)?;
            let mut n_found = 0;
            for (path, bytes) in &files {
                n_found += rows(path, bytes)?.len() as u64;
            }
            Ok((n_found, files.len()))
        };
        prop_assert_eq!(generated().ok(), Some((n_rows, usize::from(forces) * usize::from(months))));
    }
}

#[test]
fn a_country_is_a_whole_partnership_folder_and_the_same_each_time() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let rows = (1..=500).map(|n| format!("Invented {n},E01{n:06}\n"));
    let names = rows.collect::<Vec<_>>().concat();
    let lookup = folder.path().join("lookup.csv");
    std::fs::write(&lookup, format!("lsoa21_name,lsoa21_code\n{names}"))?;
    let country = |name: &str| Country {
        out: folder.path().join(name),
        rows: 1_000,
        seed: 1,
        lookup: Some(lookup.clone()),
    };
    country::generate(&country("one"), |_| ())?;
    country::generate(&country("two"), |_| ())?;
    assert_eq!(contents(&folder.path().join("one"))?, contents(&folder.path().join("two"))?);
    let read = |file: &str| std::fs::read_to_string(folder.path().join("one").join(file));
    let partnership = read("partnership.toml")?;
    assert!(partnership.contains("SYNTHETIC") && partnership.contains("synthetic = true"));
    // 500 small areas in fives, and in districts of 108.
    assert_eq!(partnership.matches("\"E07").count(), 5);
    let lookup = read("data/lookup.csv")?;
    let middle: BTreeSet<&str> =
        lookup.lines().skip(1).filter_map(|l| l.split(',').nth(2)).collect();
    assert_eq!((lookup.lines().count(), middle.len()), (501, 100));
    assert_eq!(read("data/residents.csv")?.lines().count(), 501);
    let outlines: serde_json::Value = serde_json::from_str(&read("data/outlines.geojson")?)?;
    assert_eq!(outlines["features"].as_array().map(Vec::len), Some(500));
    Ok(())
}
