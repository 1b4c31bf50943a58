//! Luton, May 2021 to April 2024: monthly counts of police.uk street rows with an LSOA named "Luton".
//!
//! Source: data.police.uk (Home Office and Bedfordshire Police), Open Government Licence v3.0, street
//! files downloaded in 2024. [`quoted_counts_are_those_of_the_files`] counts them again.

use wardmote_testkit::police_uk;

/// All crime without anti-social behaviour.
pub(crate) const CRIME: [u64; 36] = [
    1_400, 1_537, 1_510, 1_334, 1_296, 1_592, 1_428, 1_200, 1_141, 1_522, 1_608, 1_561, 1_745,
    1_655, 1_655, 1_736, 1_594, 1_634, 1_454, 1_346, 1_465, 1_328, 1_491, 1_375, 1_463, 1_572,
    1_571, 1_509, 1_623, 1_583, 1_467, 1_470, 1_530, 1_471, 1_534, 1_567,
];
pub(crate) const SHOPLIFTING: [u64; 36] = [
    80, 111, 99, 65, 93, 114, 113, 82, 57, 67, 86, 77, 94, 101, 61, 116, 85, 84, 47, 63, 82, 96,
    89, 98, 66, 115, 85, 102, 96, 109, 75, 118, 103, 141, 137, 154,
];
pub(crate) const ANTI_SOCIAL_BEHAVIOUR: [u64; 36] = [
    455, 477, 539, 523, 394, 335, 305, 278, 308, 246, 311, 285, 340, 362, 435, 372, 328, 317, 284,
    246, 259, 231, 240, 273, 337, 383, 391, 372, 322, 301, 225, 206, 244, 252, 256, 270,
];

/// The months of the year of the series.
pub(crate) fn month_of_year() -> Vec<u8> {
    (0..36).map(|t| (t + 4) % 12 + 1).collect()
}

/// The months of April 2022 to March 2023.
pub(crate) fn year_2022(series: &[u64; 36]) -> &[u64] {
    &series[11..23]
}

/// The months of April 2023 to March 2024.
pub(crate) fn year_2023(series: &[u64; 36]) -> &[u64] {
    &series[23..35]
}

#[test]
fn quoted_counts_are_those_of_the_files() {
    let Some(data) = police_uk::data_folder() else { return };
    let count = |keep: fn(&str) -> bool| -> Vec<u64> {
        let counts = police_uk::street_counts(&data, "bedfordshire", |crime_type, lsoa| {
            lsoa.starts_with("Luton ") && keep(crime_type)
        });
        assert_eq!(counts.keys().next().map(String::as_str), Some("2021-05"));
        assert_eq!(counts.keys().next_back().map(String::as_str), Some("2024-04"));
        counts.into_values().collect()
    };
    assert_eq!(count(|kind| kind != "Anti-social behaviour"), CRIME);
    assert_eq!(count(|kind| kind == "Shoplifting"), SHOPLIFTING);
    assert_eq!(count(|kind| kind == "Anti-social behaviour"), ANTI_SOCIAL_BEHAVIOUR);
}
