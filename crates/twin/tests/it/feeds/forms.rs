//! Headers, marks, bytes.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_twin::TwinError;
use wardmote_twin::feeds::{FeedsTruth, generate};

use super::{request, written};
use crate::boundaries::{Labels, write};
use crate::contents;

/// The police's and the collisions' are copied from real files, not from the generator.
const HEADERS: [(&str, &str); 12] = [
    (
        "police-outcomes",
        "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,Outcome type",
    ),
    (
        "police-stop-and-search",
        "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,Gender,Age range,\
         Self-defined ethnicity,Officer-defined ethnicity,Legislation,Object of search,Outcome,\
         Outcome linked to object of search,Removal of more than just outer clothing",
    ),
    ("landlord-asb", "Date reported,Type of nuisance,LSOA code,Publisher"),
    ("marac", "Meeting date,Case,Repeat within 12 months,Publisher"),
    (
        "hate-crime",
        "Date recorded,Offence,LSOA code,Race,Religion,Sexual orientation,Disability,Transgender,Publisher",
    ),
    (
        "survey",
        "Wave,District code,Ethnic group,Weight,Feels safe in local area,\
         People from different backgrounds get on well,Belongs to local area,Publisher",
    ),
    ("fires", "District code,Financial year,Quarter,Fire,Number,Publisher"),
    ("hospital", "Date,Hour,Where,Weapon,LSOA code,Publisher"),
    (
        "collisions",
        "AREFNO,date,year,month,day,hour,mode,output_time,collision_severity,casualty_severity,\
         number_vehicles,number_casualties,sex,ageband,light_conditions,speed_limit,area_name,lon,lat",
    ),
    ("bike-enabled-crime", "Date and time,Offence,LSOA code,Publisher"),
    ("day-of-action", ""),
    ("burglaries", "Date,Offence,Longitude,Latitude,LSOA code,Publisher"),
];

#[test]
fn headers_are_those_of_the_real_forms_and_every_row_says_synthetic() -> anyhow::Result<()> {
    let feeds = written(1, |_| ())?;
    let headers = BTreeMap::from(HEADERS);
    let (mut folders, mut n_files) = (BTreeSet::new(), 0);
    for (path, bytes) in contents(&feeds.request.out)? {
        let text = std::str::from_utf8(&bytes)?;
        let name = path.to_string_lossy().into_owned();
        if path.extension().is_none_or(|extension| extension != "csv") {
            assert!(text.contains("SYNTHETIC"), "{name}");
            continue;
        }
        n_files += 1;
        let folder = name.split('/').next().unwrap_or_default().to_owned();
        let header = match name.as_str() {
            "day-of-action/areas.csv" => "LSOA code,Role,Publisher",
            "day-of-action/events.csv" => "Date,Event,Publisher",
            _ => headers[folder.as_str()],
        };
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some(header), "{name}");
        // The form of stop and search has no column that could say it.
        let marked = |line: &str| line.contains("SYNTHETIC") || name.contains("-synthetic-");
        let cells = header.split(',').count();
        for line in lines {
            assert!(marked(line) && line.split(',').count() == cells, "{name}: {line}");
        }
        assert!(text.ends_with('\n'), "{name}");
        folders.insert(folder);
    }
    assert_eq!(folders.len(), HEADERS.len());
    // 32 months of outcomes; 33 of searches, landlord, hate crime, attendances and bikes; three of
    // MARAC and casualties; survey, fires, areas, events, two of burglaries.
    assert_eq!(n_files, 32 + 5 * 33 + 2 * 3 + 6);
    for (folder, _) in HEADERS {
        assert!(feeds.path(folder).join("README.txt").exists(), "{folder}");
    }
    Ok(())
}

#[test]
fn the_truth_counts_the_rows_of_every_file() -> anyhow::Result<()> {
    let feeds = written(1, |request| request.months = "2024-07..2024-08".parse().unwrap())?;
    let text = std::fs::read(feeds.path("feeds-truth.json"))?;
    assert_eq!(serde_json::from_slice::<FeedsTruth>(&text)?, feeds.truth);
    assert!(feeds.truth.notice.contains("SYNTHETIC") && feeds.truth.troubles.is_empty());
    let mut counted = BTreeMap::new();
    for (path, bytes) in contents(&feeds.request.out)? {
        if path.extension().is_some_and(|extension| extension == "csv") {
            let rows = csv::Reader::from_reader(bytes.as_slice()).into_records().count();
            counted.insert(path.to_string_lossy().into_owned(), rows);
        }
    }
    let declared: BTreeMap<String, usize> =
        feeds.truth.rows.values().flatten().map(|(path, rows)| (path.clone(), *rows)).collect();
    assert_eq!(counted, declared);
    assert!(declared.values().all(|&rows| rows > 0), "{declared:?}");
    Ok(())
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_gives_others() -> anyhow::Result<()> {
    let [one, two, three] = [7, 7, 8].map(|seed| written(seed, |_| ()));
    let (one, two, three) = (one?, two?, three?);
    let [one, two, three] = [&one, &two, &three].map(|feeds| contents(&feeds.request.out));
    let (one, two, three) = (one?, two?, three?);
    assert_eq!(one, two);
    let same: Vec<_> = one.iter().zip(&three).filter(|(a, b)| a == b).map(|(a, _)| &a.0).collect();
    // The dates of the events are the day of action's own.
    assert_eq!(same, [std::path::Path::new("day-of-action/events.csv")]);
    Ok(())
}

#[test]
fn a_month_does_not_depend_on_the_others() -> anyhow::Result<()> {
    let whole = written(3, |_| ())?;
    let part = written(3, |request| request.months = "2024-06..2024-08".parse().unwrap())?;
    let of_whole: BTreeMap<_, _> = contents(&whole.request.out)?.into_iter().collect();
    let of_part = contents(&part.request.out)?;
    // Six feeds of three months; the 12 files that are not monthly; 13 notices; the truth.
    assert_eq!(of_part.len(), 6 * 3 + 12 + 13 + 1);
    for (path, bytes) in &of_part {
        if !path.ends_with("feeds-truth.json") {
            assert!(of_whole.get(path) == Some(bytes), "{}", path.display());
        }
    }
    assert_eq!(whole.truth.planted, part.truth.planted);
    Ok(())
}

#[test]
fn these_bytes_stay_as_they_are_on_every_machine() -> anyhow::Result<()> {
    let feeds = written(1, |request| request.months = "2024-08".parse().unwrap())?;
    let (mut length, mut hash) = (0, 0xcbf2_9ce4_8422_2325_u64);
    for (_, bytes) in contents(&feeds.request.out)? {
        length += bytes.len();
        // FNV-1a, which is short enough to write here.
        hash = bytes
            .iter()
            .fold(hash, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    }
    assert_eq!((length, hash), (1_690_520, 15_513_802_576_846_990_194));
    Ok(())
}

#[test]
fn what_cannot_be_generated_is_refused_with_its_reason() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut later = request(folder.path(), 1)?;
    later.months = "2024-12..2025-01".parse()?;
    let mut few_areas = request(folder.path(), 1)?;
    few_areas.boundaries_geojson = write(folder.path(), 6, Labels::Lsoa2011)?;
    for (refused, expected) in
        [(later, "the twin covers April 2022 to December 2024"), (few_areas, "6 areas are too few")]
    {
        let error: Option<TwinError> = generate(&refused).err();
        let message = error.map(|error| error.to_string()).unwrap_or_default();
        assert!(message.contains(expected), "{message}");
        assert!(!refused.out.exists(), "something was written");
    }
    Ok(())
}
