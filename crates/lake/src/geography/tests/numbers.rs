//! Tables of numbers: residents by age, published statistics, words for kinds of event.

use arrow::array::{Array, AsArray};
use arrow::datatypes::{Float64Type, Int32Type};
use wardmote_domain::area::AreaLevel;

use super::{code, heading, read_text, statistics};
use crate::mapping::StatisticsColumns;
use crate::source::{Column, Counts, Reader};

fn ages(from: &str, to: &str) -> Reader {
    Reader::Population {
        name: "children".into(),
        level: AreaLevel::LSOA_2011,
        reference_date: jiff::civil::date(2020, 6, 30),
        code: heading("code"),
        value: Counts::Run { from: heading(from), to: heading(to) },
    }
}

#[test]
fn residents_of_some_ages_are_added() {
    let text = "code,10,11,12\nE01000001,5,6,7\nE01000002,1,x,1\n";
    let rows = read_text(text, &ages("10", "11"), None).unwrap();
    assert_eq!((rows.populations[0].residents, rows.rows_kept), (11, 1));
    assert_eq!(rows.refusals[0].field, "10 to 11");
    let backwards = read_text(text, &ages("12", "10"), None).unwrap_err().to_string();
    assert!(backwards.contains("12 to 10 stand in the other order"), "{backwards}");
}

#[test]
fn words_of_one_meaning_are_kept_and_of_two_refused() {
    let lookup = Reader::CategoryLookup { words: heading("code"), category: Column::Number(2) };
    let rows =
        read_text("code,kind\n34A,Robbery\n34A,Robbery\n34A,Theft\n,Theft\n30C,\n", &lookup, None);
    let rows = rows.unwrap();
    assert_eq!(rows.categories.len(), 1);
    assert_eq!(rows.categories[0].category.slug(), "robbery");
    let refused: Vec<_> = rows.refusals.iter().map(|refusal| refusal.first_line).collect();
    assert_eq!((rows.rows_read, rows.rows_kept, refused), (5, 2, vec![4, 5, 6]));
}

#[test]
fn a_wide_table_is_one_number_for_each_column() {
    let columns = StatisticsColumns {
        area: "code".into(),
        not_stored: vec!["name".into()],
        ..StatisticsColumns::default()
    };
    let text = "code,name,IMD_decile,IMD_rank\nE01000001,A,9,\"29,199\"\nE01000002,B,NA,x1\nnowhere,C,1,1\n";
    let rows = read_text(text, &statistics(columns), None).unwrap();
    assert_eq!((rows.rows_read, rows.rows_kept), (3, 1));
    let refused: Vec<_> =
        rows.refusals.iter().map(|one| (one.first_line, one.field.as_str())).collect();
    assert_eq!(refused, [(3, "IMD_rank"), (4, "code")]);
    let batch = rows.statistics.unwrap();
    let values = batch.column_by_name("value").unwrap().as_primitive::<Float64Type>();
    assert_eq!(values.values(), &[9.0, 29_199.0]);
    let indicators = batch.column_by_name("indicator").unwrap().as_dictionary::<Int32Type>();
    let indicators: Vec<_> =
        indicators.downcast_dict::<arrow::array::StringArray>().unwrap().into_iter().collect();
    assert_eq!(indicators, [Some("IMD_decile"), Some("IMD_rank")]);
    let areas = batch.column_by_name("area").unwrap().as_dictionary::<Int32Type>();
    assert_eq!(areas.values().as_string::<i32>().value(0), code("E01000001").as_str());
}

#[test]
fn a_long_table_says_of_whom_and_when_and_what_is_not_known() {
    let columns = StatisticsColumns {
        area: "code".into(),
        period: Some("when".into()),
        indicator: Some("what".into()),
        breakdown: vec!["sex".into(), "age".into()],
        values: Some(vec!["n".into()]),
        ..StatisticsColumns::default()
    };
    let text = "code,when,what,sex,age,n\n\
        E08000007,March 2023,Claimants,Females,16 to 24,120\n\
        E08000007,soon,Claimants,Females,16 to 24,..\n";
    let batch = read_text(text, &statistics(columns), None).unwrap().statistics.unwrap();
    let values = batch.column_by_name("value").unwrap();
    assert!(!values.is_null(0) && values.is_null(1), "what is withheld is not known, and not zero");
    let first = batch.column_by_name("first_month").unwrap();
    assert!(!first.is_null(0) && first.is_null(1));
    let breakdown = batch.column_by_name("breakdown").unwrap().as_dictionary::<Int32Type>();
    assert_eq!(breakdown.values().as_string::<i32>().value(0), "Females; 16 to 24");
}
