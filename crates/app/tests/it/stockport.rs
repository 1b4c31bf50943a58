//! The real Stockport, whose police force has published no street-level data since July 2019.

use std::collections::BTreeSet;

use wardmote_testkit::police_uk::data_folder;

use crate::running::{shipped, wardmote};

#[test]
fn gaps_are_said_and_nothing_stands_for_them() {
    let Some(data) = data_folder() else { return };
    let here = tempfile::tempdir().unwrap();
    let stockport = shipped("stockport", here.path());
    let data = data.to_str().unwrap();
    let loaded = wardmote(&stockport, &["ingest", "--data", data]).ended(0).out;
    assert!(loaded.contains("266,240 rows read = 244,255 kept + 21,985 refused"), "{loaded}");

    // Of its own force only a file whose end is missing has come; others' few rows are listed.
    let coverage = wardmote(&stockport, &["coverage", "--format", "csv"]).ended(1).out;
    assert!(
        coverage.contains("police-street,Greater Manchester Police,0,1 (2016-12),"),
        "{coverage}"
    );
    assert!(coverage.contains("British Transport Police (not expected)"), "{coverage}");
    let measure = |id: &str, by: &str| {
        wardmote(&stockport, &["measure", id, "--by", by, "--format", "csv"]).ended(0).out
    };
    let crime = ["measure", "recorded-crime", "--period", "2023/24", "--format", "csv"];
    let crime = wardmote(&stockport, &crime).ended(0).out;
    assert!(crime.contains("not known: 12 of 12 months were not published"), "{crime}");
    let never = wardmote(&stockport, &["measure", "recorded-crime"]).ended(1).err;
    assert!(never.contains("no month of source \"police-street\" has come"), "{never}");
    assert!(never.contains("2019-07 and since: Greater Manchester Police"), "{never}");
    // As the force's own table of that year gives it.
    let burglary = measure("burglary", "calendar-year");
    assert!(burglary.contains(",2017,3537,") && burglary.contains(",2018,2998,"), "{burglary}");

    // The Home Office's table of forces, by the year and by its quarters; of a district it says nothing.
    let force = |by: &str| {
        let arguments = [
            "measure",
            "crime-of-the-force",
            "--level",
            "force-2021",
            "--by",
            by,
            "--format",
            "csv",
        ];
        wardmote(&stockport, &arguments).ended(0).out
    };
    assert!(force("financial-year").contains("E23000005,Greater Manchester,2017/18,339818,"));
    let quarters = force("quarter");
    let of_quarters = quarters.lines().skip(1).filter_map(|line| line.split(',').nth(3));
    assert_eq!(of_quarters.map(|n| n.parse::<u64>().unwrap()).sum::<u64>(), 339_818);
    let district = wardmote(&stockport, &["measure", "crime-of-the-force"]).ended(2).err;
    assert!(district.contains("has no totals of E08000007"), "{district}");
    let monthly = wardmote(&stockport, &["loads", "--source", "home-office-csp"]).ended(0).out;
    assert!(monthly.contains("15577 rows read = 15577 kept + 0 refused"), "{monthly}");

    // Deprivation is there to be listed: 1 is the most deprived tenth of England's small areas.
    let deciles =
        ["statistics", "deprivation-2019", "--indicator", "IMD_decile", "--format", "csv"];
    let deciles = wardmote(&stockport, &deciles).ended(0).out;
    let lookup = format!("{data}/lookups/gm_2017_statistical_lookup.csv");
    let rows = csv::Reader::from_path(lookup).unwrap().into_records().map(Result::unwrap);
    let here: BTreeSet<String> =
        rows.filter(|row| &row[6] == "Stockport").map(|row| row[1].to_owned()).collect();
    let of_one = |line: &&str| {
        line.ends_with(",1") && here.contains(line.split(',').next().unwrap_or_default())
    };
    assert_eq!((here.len(), deciles.lines().filter(of_one).count()), (190, 17));
    assert_eq!(deciles.lines().count(), 32_844 + 1);

    // The assessment says how many, and its chart says why the line breaks.
    wardmote(&stockport, &["assess", "--published", "2025-03-18"]).ended(1);
    let page = std::fs::read_to_string(stockport.join("published/full.html")).unwrap();
    let deprived = |column: usize| {
        let file = format!("{data}/deprivation/imd2019_england_lsoa11.csv");
        let rows = csv::Reader::from_path(file).unwrap().into_records().map(Result::unwrap);
        rows.filter(|row| here.contains(&row[0]) && &row[column] == "1").count()
    };
    assert_eq!((deprived(1), deprived(6)), (17, 25));
    assert!(page.contains("17 of 190") && page.contains("25 of 190"));
    assert!(page.contains("14 of 50 months are not known: February 2019 to June 2019 (the files"));
    assert!(page.contains("July 2019 to March 2020 (Greater Manchester Police has supplied no"));

    // Among the ten districts it is in the middle, and chance leaves its rank wide open.
    assert!(page.contains("shows no clear difference from what is usual among the 10 areas compared: 10.3 crimes per 1,000 residents in 2018 against 10.8 in all of them together"));
    assert!(page.contains("ranks 6th by rate among the 10 areas compared in 2018"));
    assert!(page.contains("at once, it lies from 2nd to 9th"));
    assert!(page.contains("that of Stockport 008 lies from 1st to 31st"));
    assert!(page.contains(
        "42 middle areas (MSOAs), 2018: 10.3 in all together; all lie within the limits"
    ));

    let totals =
        wardmote(&stockport, &["totals", "home-office-csp", "--area", "stockport"]).ended(0).out;
    assert!(totals.lines().skip(1).all(|line| line.contains("undated")), "{totals}");
    let unknown = wardmote(&stockport, &["totals", "burglary"]).ended(2).err;
    assert!(unknown.contains("home-office-csp, home-office-force"), "{unknown}");
}
