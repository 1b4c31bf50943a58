//! Every file of the real data folder, by the declarations of the catalogue: read or refused, and
//! each row accounted for.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use wardmote_domain::area::AreaLevel;
use wardmote_lake::{IngestRequest, Lake, source};

use crate::support::{Silent, month, real_data};

/// Every file below a folder, by its path there.
fn files_below(folder: &Path, root: &Path, found: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files_below(&path, root, found);
        } else {
            found.insert(path.strip_prefix(root).unwrap().to_string_lossy().into_owned());
        }
    }
}

#[tokio::test]
async fn every_file_of_the_data_folder_is_read_or_refused() {
    let Some(data) = real_data() else { return };
    let catalogue = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../partnerships/catalogue");
    let partnership = std::fs::read_to_string(catalogue.join("partnership.toml")).unwrap();
    let sources = source::read_all(&catalogue.join("sources")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let request = IngestRequest {
        partnership: &toml::from_str(&partnership).unwrap(),
        sources: &sources,
        data_folder: &data,
        only: &[],
        latest: month("2024-10"),
        threads: 2,
    };
    let report = wardmote_lake::ingest(folder.path(), &request, &Silent).await.unwrap();

    println!("{:<40} {:>6} {:>9} {:>9} {:>8}", "source", "files", "read", "kept", "refused");
    let mut by_source: BTreeMap<&str, [u64; 4]> = BTreeMap::new();
    for load in &report.loaded {
        assert_eq!(load.rows_read, load.rows_kept + load.rows_refused, "{}", load.file_name);
        let sums = by_source.entry(&load.source).or_default();
        for (sum, n) in sums.iter_mut().zip([1, load.rows_read, load.rows_kept, load.rows_refused])
        {
            *sum += n;
        }
    }
    for (source, [files, read, kept, refused]) in &by_source {
        println!("{source:<40} {files:>6} {read:>9} {kept:>9} {refused:>8}");
    }

    let mut there = BTreeSet::new();
    files_below(&data, &data, &mut there);
    there.remove("SOURCES.md");
    for load in &report.loaded {
        there.remove(&load.file_name);
    }
    for (file, _) in &report.failures {
        there.remove(file.strip_prefix(&format!("{}/", data.display())).unwrap_or(file));
    }
    assert!(there.is_empty(), "neither read nor refused: {there:?}");
    assert_eq!(report.failures, [], "no file of the folder is beyond reading");

    let of = |source: &str| by_source[source];
    assert_eq!(of("police-outcomes"), [12, 51_933, 51_933, 0]);
    assert_eq!(of("police-stops"), [84, 11_810 + 6_855 + 3_857, 11_810 + 6_855 + 3_857, 0]);
    assert_eq!(of("burglary-points-of-stockport"), [1, 9_648, 9_648, 0]);
    // The file of December 2016 ends with 21,985 lines of nothing but commas.
    assert_eq!(of("police-street-greater-manchester"), [2, 160 + 32_050, 160 + 10_065, 21_985]);

    let lake = Lake::open(folder.path()).await.unwrap();
    let decile_1 = lake.statistics("deprivation-2019", None).unwrap();
    let stockport: BTreeSet<_> = lake
        .members(
            &"E08000007".parse().unwrap(),
            "district-2017".parse().unwrap(),
            "lsoa-2011".parse().unwrap(),
        )
        .unwrap()
        .into_iter()
        .collect();
    let most_deprived = decile_1.iter().filter(|one| {
        one.indicator == "IMD_decile" && one.value == Some(1.0) && stockport.contains(&one.area)
    });
    assert_eq!((stockport.len(), most_deprived.count()), (190, 17));
    let residents = lake
        .population("mid-2020-residents", "lsoa-2011".parse().unwrap(), &Vec::from_iter(stockport))
        .unwrap();
    assert_eq!(residents.iter().map(|(_, n)| n).sum::<u64>(), 294_197);
    // The Home Office's codes count under the crime types of data.police.uk.
    let gmp = lake.totals("home-office-force").unwrap();
    let gmp: Vec<_> = gmp.iter().filter(|row| row.area == "Greater Manchester").collect();
    let kinds: BTreeSet<&str> = gmp.iter().map(|row| row.category.slug()).collect();
    assert_eq!(kinds.len(), 13, "{kinds:?}");
    assert_eq!(gmp.iter().map(|row| row.n).sum::<i64>(), 339_818);

    both_censuses(&lake);
}

/// Every area that changed is shared out whole, and a count shared out keeps its sum.
fn both_censuses(lake: &Lake) {
    let (old, new) = (AreaLevel::LSOA_2011, AreaLevel::LSOA_2021);
    for (from, to, changed) in [(old, new, CHANGED.0), (new, old, CHANGED.1)] {
        let areas: Vec<_> = lake.areas(from).unwrap().into_iter().map(|area| area.code).collect();
        let shares = lake.shares(&areas, from, to).unwrap();
        assert_eq!(shares.len(), changed);
        for (area, parts) in &shares {
            let sum: f64 = parts.iter().map(|(_, share)| share).sum();
            assert!((sum - 1.0).abs() < 1e-12 && parts.len() > 1, "{area}: {parts:?}");
        }
        let whole = lake.parents(&areas, from, to).unwrap();
        assert_eq!(whole.len() + shares.len(), areas.len(), "no area of {from} is lost");
    }
}

/// Areas of 2011 that lie in several of 2021, and the other way, by a count of the lookup's lines.
const CHANGED: (usize, usize) = (864, 122);
