//! The other forms of data.police.uk's files, on the real files of Bedfordshire and the City of London.

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Categories;
use wardmote_lake::{CountQuery, Lake};

use crate::support::{load, month, real_data, sources};

const OUTCOMES: &str = r#"
    reader = "police-uk-outcomes"
    publisher = "data.police.uk"
    time_precision = "month"
    place_precision = "snapped"
    vintage = "lsoa-2021"
    files = ["police/bedfordshire"]
"#;

const STOPS: &str = r#"
    reader = "police-uk-stop-and-search"
    publisher = "data.police.uk"
    time_precision = "minute"
    place_precision = "snapped"
    vintage = "lsoa-2021"
    files = ["police/bedfordshire"]
"#;

#[tokio::test]
async fn bedfordshire_outcomes_and_stops_reconcile() {
    let Some(data) = real_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let declared = sources(&[("outcomes", OUTCOMES), ("stops", STOPS)]);
    let report = load(folder.path(), &data, &declared).await.unwrap();
    assert!(report.failures.is_empty(), "{:?}", report.failures);
    let of = |source: &str| {
        let loads = report.loaded.iter().filter(|load| load.source == source);
        loads.fold((0, 0, 0), |(read, refused, without), load| {
            assert_eq!(load.rows_read, load.rows_kept + load.rows_refused, "{}", load.file_name);
            (read + load.rows_read, refused + load.rows_refused, without + load.without_place)
        })
    };
    let outcomes = of("outcomes");
    assert_eq!((outcomes.0, outcomes.1), (51_933, 0));
    // By the clock of the place every stop lies in the month of its file; by UTC ten would not.
    assert_eq!(of("stops"), (11_810, 0, 2_319));

    let lake = Lake::open(folder.path()).await.unwrap();
    let counts = |source: &str| {
        let query = CountQuery {
            source: source.into(),
            categories: Categories::default(),
            level: AreaLevel::LSOA_2021,
            areas: None,
            first: month("2010-12"),
            last: month("2030-01"),
        };
        lake.counts(&query).unwrap()
    };
    assert_eq!(counts("stops").iter().map(|row| row.n).sum::<u64>(), 11_810);
    let drugs: u64 = counts("stops")
        .iter()
        .filter(|row| row.category.slug() == "controlled-drugs")
        .map(|row| row.n)
        .sum();
    assert!(drugs > 5_000, "{drugs}");
    // By who was stopped, as a plain count of the files has it; 700 rows do not say.
    let query = CountQuery {
        source: "stops".into(),
        categories: Categories::default(),
        level: AreaLevel::LSOA_2021,
        areas: None,
        first: month("2010-12"),
        last: month("2030-01"),
    };
    let marked = |mark: &str| -> u64 {
        let rows = lake.counts_in_detail(&query).unwrap().into_iter();
        let has = |flags: &str| flags.split("; ").any(|flag| flag == mark);
        rows.filter(|row| row.flags.as_deref().is_some_and(has)).map(|row| row.n).sum()
    };
    let groups = ["White", "Asian", "Black", "Other"];
    let of_group = groups.map(|group| marked(&format!("Officer-defined ethnicity: {group}")));
    assert_eq!(of_group, [6_254, 2_534, 2_163, 159]);
    assert_eq!([marked("Gender: Male"), marked("Gender: Female")], [10_049, 1_239]);
    assert_eq!(counts("outcomes").iter().map(|row| row.n).sum::<u64>(), 51_933);
    let received = lake.received("stops").unwrap();
    assert!(received.iter().all(|delivery| delivery.body == "bedfordshire"));
}
