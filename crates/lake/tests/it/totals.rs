//! Tables of totals: the Home Office's recorded crime, and invented ones that are worse.

use wardmote_lake::Lake;

use crate::support::{load, month, real_data, sources};

const FORCE: &str = r#"
    reader = "totals"
    publisher = "Home Office"
    level = "force-2021"
    files = ["recorded_crime/prc-pfa-2017-18.csv"]
    [columns]
    area = "Force Name"
    category = "Offence Code"
    number = "Number of Offences"
    financial_year = "Financial Year"
    quarter = "Financial Quarter"
"#;

const CSP: &str = r#"
    reader = "totals"
    publisher = "Home Office"
    level = "csp-2019"
    files = ["recorded_crime/csp_robbery_burglary_theft_by_quarter_period_dropped.csv"]
    [columns]
    area = "CSP Name"
    category = "Offence Code"
    number = "Number of Offences"
"#;

#[tokio::test]
async fn home_office_tables_reconcile() {
    let Some(data) = real_data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let declared = sources(&[("force", FORCE), ("csp", CSP)]);
    let report = load(folder.path(), &data, &declared).await.unwrap();
    let rows = |source: &str| {
        let load = report.loaded.iter().find(|load| load.source == source).unwrap();
        (load.rows_read, load.rows_refused)
    };
    assert_eq!(rows("force"), (23_068, 0));
    assert_eq!(rows("csp"), (15_577, 0));

    let lake = Lake::open(folder.path()).await.unwrap();
    let force = lake.totals("force").unwrap();
    // Padded numbers, and thirty-six below zero where offences were taken back.
    assert_eq!(force.iter().map(|row| row.n).sum::<i64>(), 5_519_401);
    assert_eq!(force.iter().filter(|row| row.n < 0).count(), 36);
    let of_gmp = force.iter().filter(|row| row.area == "Greater Manchester");
    assert_eq!(of_gmp.map(|row| row.n).sum::<i64>(), 339_818);
    let quarters: Vec<_> = {
        let mut found: Vec<_> = force.iter().filter_map(|row| row.months).collect();
        found.sort();
        found.dedup();
        found
    };
    assert_eq!(quarters.len(), 4);
    assert_eq!(quarters[0], (month("2017-04"), month("2017-06")));
    assert_eq!(quarters[3], (month("2018-01"), month("2018-03")));

    let csp = lake.totals("csp").unwrap();
    assert!(csp.iter().all(|row| row.months.is_none()), "a table without its year has no date");
    assert_eq!(csp.iter().filter(|row| row.n < 0).count(), 68);
    let stockport: Vec<_> = csp.iter().filter(|row| row.area == "Stockport").collect();
    assert_eq!((stockport.len(), stockport.iter().map(|row| row.n).sum::<i64>()), (44, 3_648));
}

#[tokio::test]
async fn bad_totals_are_refused_with_their_line() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(data.join("recorded_crime")).unwrap();
    let table = "Financial Year,Financial Quarter,Force Name,Offence Code,Number of Offences\n\
        2017/18,1,Anywhere,34A,\" 1,200 \"\n\
        2017/19,1,Anywhere,34A,5\n\
        2017/18,5,Anywhere,34A,5\n\
        2017/18,1,,34A,5\n\
        2017/18,1,Anywhere,34A,..\n\
        2017/18,Q4,Anywhere,,5\n";
    std::fs::write(data.join("recorded_crime/prc-pfa-2017-18.csv"), table).unwrap();
    let lake = folder.path().join("lake");
    load(&lake, &data, &sources(&[("force", FORCE)])).await.unwrap();
    let lake = Lake::open(&lake).await.unwrap();
    assert_eq!(lake.totals("force").unwrap()[0].n, 1_200);
    let refused: Vec<_> = lake
        .refusals()
        .unwrap()
        .into_iter()
        .map(|refusal| (refusal.first_line, refusal.field))
        .collect();
    let expected = [
        (3, "Financial Year"),
        (4, "Financial Quarter"),
        (5, "Force Name"),
        (6, "Number of Offences"),
        (7, "Offence Code"),
    ];
    assert_eq!(refused, expected.map(|(line, field)| (line, field.to_owned())));
}
