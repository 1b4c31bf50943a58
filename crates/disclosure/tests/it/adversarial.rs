//! Cases by hand that have broken simpler ways of withholding.

use wardmote_disclosure::{
    Pattern, ProtectError, Publication, PublicationBuilder, Rules, Zeros, audit, protect,
};

use crate::attackers::Tables;

/// A table of rows, with all margins.
fn table(rows: &[&[u64]]) -> (PublicationBuilder, Vec<(String, Vec<String>)>) {
    let (mut builder, mut sums) = (Publication::builder(), Vec::new());
    let columns = rows[0].len();
    for (row, counts) in rows.iter().enumerate() {
        for (column, &count) in counts.iter().enumerate() {
            builder = builder.controlled(format!("{row}/{column}"), count);
        }
        builder = builder.controlled(format!("{row}/all"), counts.iter().sum());
        let parts = (0..columns).map(|column| format!("{row}/{column}")).collect();
        sums.push((format!("{row}/all"), parts));
    }
    for column in 0..columns {
        let total = rows.iter().map(|row| row[column]).sum();
        builder = builder.controlled(format!("all/{column}"), total);
        let parts = (0..rows.len()).map(|row| format!("{row}/{column}")).collect();
        sums.push((format!("all/{column}"), parts));
    }
    builder = builder.controlled("all/all", rows.iter().flat_map(|row| row.iter()).sum());
    sums.push(("all/all".into(), (0..columns).map(|column| format!("all/{column}")).collect()));
    sums.push(("all/all".into(), (0..rows.len()).map(|row| format!("{row}/all")).collect()));
    (builder, sums)
}

/// Protects, has an attacker try, and gives the withheld keys.
fn check(
    builder: PublicationBuilder,
    sums: &[(String, Vec<String>)],
    rules: &Rules,
) -> Vec<String> {
    let builder = sums.iter().fold(builder, |builder, (total, parts)| builder.sum(total, parts));
    let publication = builder.build().unwrap();
    let protected = protect(&publication, rules).unwrap();
    let tables = Tables::new(&publication, sums);
    assert_eq!(tables.recovered(&protected.pattern, rules), Vec::<&str>::new());
    protected.pattern.withheld.into_iter().collect()
}

fn check_table(rows: &[&[u64]]) -> Vec<String> {
    let (builder, sums) = table(rows);
    check(builder, &sums, &Rules::default())
}

#[test]
fn two_by_two() {
    // The corners of the rectangle, the only one that leaves the margins.
    assert_eq!(check_table(&[&[2, 14], &[30, 11]]), ["0/0", "0/1", "1/0", "1/1"]);
}

#[test]
fn a_zero_margin() {
    // The zeros of the second row cannot hide the 3: they could only rise together with their
    // total, which is shown unless it is withheld too.
    let withheld = check_table(&[&[3, 40, 22], &[0, 0, 0], &[17, 25, 31]]);
    assert!(withheld.contains(&"0/0".into()) && withheld.len() >= 4, "{withheld:?}");
}

#[test]
fn zeros_that_are_always_shown_hide_nothing() {
    let rules = Rules { zeros: Zeros::AlwaysShown, ..Rules::default() };
    let (builder, sums) = table(&[&[3, 0, 22], &[12, 0, 9], &[17, 0, 31]]);
    let builder = sums.iter().fold(builder, |builder, (total, parts)| builder.sum(total, parts));
    let publication = builder.build().unwrap();
    let withheld = protect(&publication, &rules).unwrap().pattern.withheld;
    assert!(withheld.iter().all(|key| !key.ends_with("/1")), "{withheld:?}");
    assert!(withheld.contains("0/0"));
}

#[test]
fn zeros_that_are_protected() {
    let rules = Rules { zeros: Zeros::Protected, ..Rules::default() };
    let (builder, sums) = table(&[&[0, 14], &[30, 11]]);
    assert_eq!(check(builder, &sums, &rules), ["0/0", "0/1", "1/0", "1/1"]);
}

#[test]
fn a_row_with_one_that_is_not_zero() {
    // The row's total is small as well, and both say the same.
    let withheld = check_table(&[&[0, 2, 0], &[41, 33, 52], &[18, 27, 64]]);
    assert!(withheld.contains(&"0/1".into()) && withheld.contains(&"0/all".into()));
}

#[test]
fn all_small() {
    let withheld = check_table(&[&[1, 2, 1], &[3, 1, 4], &[2, 2, 1]]);
    for cell in ["0/0", "0/all", "1/2", "2/1"] {
        assert!(withheld.contains(&cell.into()), "{withheld:?}");
    }
}

#[test]
fn a_small_grand_total() {
    let withheld = check_table(&[&[1, 0], &[0, 2]]);
    assert!(withheld.contains(&"all/all".into()), "{withheld:?}");
}

#[test]
fn two_ones_in_a_row_do_not_hide_one_another() {
    // 1 + 1 = 2: with only these withheld each lies between 0 and 2.
    let (builder, sums) = table(&[&[1, 1, 50], &[23, 31, 40], &[19, 26, 37]]);
    let withheld = check(builder.clone(), &sums, &Rules::default());
    assert!(withheld.contains(&"0/2".into()) || withheld.contains(&"0/all".into()));
    let builder = sums.iter().fold(builder, |builder, (total, parts)| builder.sum(total, parts));
    let publication = builder.build().unwrap();
    let withheld = ["0/0", "0/1", "1/0", "1/1"].map(str::to_owned).into();
    let corners = Pattern { withheld, ..Pattern::default() };
    let audit = audit(&publication, &corners, &Rules::default());
    let broken: Vec<_> = audit.broken().map(|finding| finding.key.as_str()).collect();
    assert_eq!(broken, ["0/0", "0/1"]);
    assert_eq!((audit.findings[0].interval.lower, audit.findings[0].interval.upper), (0, Some(2)));
}

#[test]
fn four_levels() {
    // Neighbourhoods into wards, wards into districts, districts into the force.
    let mut builder = Publication::builder();
    let mut sums = Vec::new();
    let mut force = 0;
    for district in 0..2 {
        let mut of_district = 0;
        for ward in 0..2 {
            let counts = if (district, ward) == (0, 0) { [2, 9] } else { [13, 8 + ward] };
            for (neighbourhood, count) in counts.into_iter().enumerate() {
                builder = builder.controlled(format!("{district}.{ward}.{neighbourhood}"), count);
            }
            let parts = (0..2).map(|one| format!("{district}.{ward}.{one}")).collect();
            sums.push((format!("{district}.{ward}"), parts));
            builder = builder.controlled(format!("{district}.{ward}"), counts.iter().sum());
            of_district += counts.iter().sum::<u64>();
        }
        sums.push((format!("{district}"), (0..2).map(|one| format!("{district}.{one}")).collect()));
        builder = builder.controlled(format!("{district}"), of_district);
        force += of_district;
    }
    sums.push(("force".into(), vec!["0".into(), "1".into()]));
    builder = builder.controlled("force", force);
    // The neighbour in the same ward is enough; nothing above is touched.
    assert_eq!(check(builder, &sums, &Rules::default()), ["0.0.0", "0.0.1"]);
}

#[test]
fn one_cell_in_three_tables() {
    let mut builder = Publication::builder().controlled("here", 3);
    let mut sums = Vec::new();
    for table in ["by age", "by hour", "by ward"] {
        builder = builder
            .controlled("here", 3)
            .controlled(format!("{table}: other"), 12)
            .controlled(format!("{table}: rest"), 31)
            .controlled(format!("{table}: all"), 46);
        let parts = ["here".into(), format!("{table}: other"), format!("{table}: rest")];
        sums.push((format!("{table}: all"), parts.to_vec()));
    }
    let withheld = check(builder, &sums, &Rules::default());
    // One in each table, and no more.
    assert_eq!(withheld, ["by age: other", "by hour: other", "by ward: other", "here"]);
}

#[test]
fn a_small_total_that_is_already_known() {
    let publication = Publication::builder()
        .controlled("burglary", 2)
        .controlled("robbery", 1)
        .known("both", 3)
        .sum("both", ["burglary", "robbery"])
        .build()
        .unwrap();
    let error = protect(&publication, &Rules::default()).unwrap_err();
    let ProtectError::AlreadyRecoverable { cells } = &error else { panic!("{error}") };
    assert_eq!(cells[0].known, ["both"]);
    assert_eq!(
        error.to_string(),
        "cell burglary can be worked out from what is already known: withdraw one of both; \
         cell robbery can be worked out from what is already known: withdraw one of both"
    );
}
