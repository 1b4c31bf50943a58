//! Outcomes and searches.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::period::Month;
use wardmote_twin::stockport::{StockportTwin, generate};

use super::{count_by, table, written};
use crate::street_files;

#[test]
fn outcomes_are_those_of_the_street_files_and_come_with_their_lag() -> anyhow::Result<()> {
    let feeds = written(1, |_| ())?;
    let mut street = StockportTwin::new(
        &feeds.request.boundaries_geojson,
        feeds.request.seed,
        feeds.folder.path().join("street"),
    );
    street.crimes_in_first_year = feeds.request.crimes_in_first_year;
    street.asb_in_first_year = feeds.request.asb_in_first_year;
    generate(&street)?;

    // Whatever both files say of a crime, and the month of the crime.
    let mut expected: BTreeMap<[String; 5], Vec<Month>> = BTreeMap::new();
    for (path, bytes) in street_files(&street.out)? {
        for row in crate::rows(&path, &bytes)? {
            let outcome = match &row[10] {
                "" | "Under investigation" | "Status update unavailable" => continue,
                "Court result unavailable" | "Awaiting court outcome" => "Suspect charged",
                outcome => outcome,
            };
            let key = [&row[0], &row[4], &row[5], &row[7], outcome].map(str::to_owned);
            expected.entry(key).or_default().push(row[1].parse()?);
        }
    }
    let n_expected: usize = expected.values().map(Vec::len).sum();

    let mut by_lag: BTreeMap<usize, u32> = BTreeMap::new();
    let rows = feeds.rows("police-outcomes")?;
    assert_eq!(rows.len(), n_expected);
    for row in rows {
        let key = ["Crime ID", "Longitude", "Latitude", "LSOA code", "Outcome type"];
        let key = key.map(|heading| row[heading].clone());
        let crime_month = expected.get_mut(&key).and_then(Vec::pop);
        let crime_month = crime_month.unwrap_or_else(|| panic!("no street row for {row:?}"));
        let lag = row["Month"].parse::<Month>()?.index() - crime_month.index();
        *by_lag.entry(usize::try_from(lag)?).or_default() += 1;
    }
    assert_eq!(by_lag, feeds.truth.planted.police_outcomes.crimes_by_months_of_lag);
    assert_eq!(by_lag.keys().copied().collect::<Vec<_>>(), (0..8).collect::<Vec<_>>());
    assert!(by_lag[&0] > by_lag[&2] && by_lag[&2] > by_lag[&6], "{by_lag:?}");
    Ok(())
}

#[test]
fn months_of_outcomes_are_those_of_their_files() -> anyhow::Result<()> {
    let feeds = written(2, |_| ())?;
    let paths = &feeds.truth.rows[&wardmote_twin::feeds::Feed::PoliceOutcomes];
    assert_eq!(paths.len(), 32);
    for path in paths.keys() {
        let months = count_by(&table(&feeds.path(path))?, "Month");
        let named: Vec<&str> = months.keys().map(String::as_str).collect();
        assert_eq!(named, [&path["police-outcomes/".len()..][..7]]);
    }
    Ok(())
}

#[test]
fn searches_find_as_often_as_planted_and_are_dated_by_greenwich() -> anyhow::Result<()> {
    let feeds = written(1, |_| ())?;
    let planted = &feeds.truth.planted.stop_and_search;
    let rows = feeds.rows("police-stop-and-search")?;
    assert_eq!(rows.len() as u32, planted.searches);
    assert_eq!(planted.searches, 55 * 33);
    let found = count_by(&rows, "Outcome linked to object of search")["True"];
    assert_eq!(found, planted.found);
    assert!((f64::from(found) / f64::from(planted.searches) - planted.find_share).abs() < 0.0005);
    let blank = rows.iter().filter(|row| row["Latitude"].is_empty()).collect::<Vec<_>>();
    assert_eq!(blank.len() as u32, planted.without_place);
    assert!(blank.iter().all(|row| row["Longitude"].is_empty()));
    for row in rows.iter().filter(|row| !row["Latitude"].is_empty()) {
        let (latitude, longitude): (f64, f64) =
            (row["Latitude"].parse()?, row["Longitude"].parse()?);
        assert!((53.0..54.0).contains(&latitude) && (-3.0..-2.0).contains(&longitude), "{row:?}");
    }

    // Rows dated outside the month of their file: all of them in its last hour, in summer.
    let (mut dated_before, mut last_hours) = (BTreeSet::new(), 0);
    for path in feeds.truth.rows[&wardmote_twin::feeds::Feed::PoliceStopAndSearch].keys() {
        let month = &path["police-stop-and-search/".len()..][..7];
        for row in table(&feeds.path(path))? {
            let date = &row["Date"];
            assert!(date.ends_with(":00+00:00"), "{date}");
            // In the full months of summer time every local midnight is at 23 hours.
            let hour_23 = date[11..].starts_with("23");
            last_hours += u32::from(hour_23 && ("04".."10").contains(&&date[5..7]));
            if !date.starts_with(month) {
                assert!(hour_23, "{date} in the file of {month}");
                dated_before.insert(month.to_owned());
            }
        }
    }
    for july in ["2022-07", "2023-07", "2024-07"] {
        assert!(dated_before.contains(july), "{dated_before:?}");
    }
    assert!(last_hours >= 3 && last_hours <= planted.first_hour_of_a_summer_day);
    Ok(())
}
