//! Two publications in succession.

use wardmote_disclosure::{Pattern, ProtectError, Publication, Rules, protect};

use crate::attackers::Tables;

/// Last year's table is out: the town's total, and its wards but the two that were withheld.
#[test]
fn what_is_out_already_is_reckoned_with() {
    let sums = [
        ("town 2023", vec!["north 2023", "south 2023", "east 2023"]),
        ("town 2024", vec!["north 2024", "south 2024", "east 2024"]),
        ("town both", vec!["town 2023", "town 2024"]),
        ("north both", vec!["north 2023", "north 2024"]),
        ("south both", vec!["south 2023", "south 2024"]),
        ("east both", vec!["east 2023", "east 2024"]),
        ("town both", vec!["north both", "south both", "east both"]),
    ];
    let mut builder = Publication::builder()
        .known("town 2023", 63)
        .known("east 2023", 40)
        .hidden("north 2023", 3)
        .hidden("south 2023", 20)
        .controlled("town 2024", 90)
        .controlled("north 2024", 31)
        .controlled("south 2024", 22)
        .controlled("east 2024", 37)
        .controlled("town both", 153)
        .controlled("north both", 34)
        .controlled("south both", 42)
        .controlled("east both", 77);
    for (total, parts) in &sums {
        builder = builder.sum(*total, parts.iter().copied());
    }
    let publication = builder.build().unwrap();
    let rules = Rules::default();
    let protected = protect(&publication, &rules).unwrap();
    // This year has no small count, but with the sum of both years it would give last year's away.
    let withheld = &protected.pattern.withheld;
    assert!(["north 2024", "north both"].iter().any(|&key| withheld.contains(key)), "{withheld:?}");
    let sums = sums.map(|(total, parts)| {
        (total.to_owned(), parts.into_iter().map(str::to_owned).collect::<Vec<_>>())
    });
    let tables = Tables::new(&publication, &sums);
    assert_eq!(tables.recovered(&protected.pattern, &rules), Vec::<&str>::new());
    assert_eq!(tables.recovered(&Pattern::default(), &rules), ["north 2023"]);
}

/// A figure revised from 47 to 49 says that two records came late.
#[test]
fn a_small_revision_is_a_cell_of_its_own() {
    let publication = Publication::builder()
        .known("robbery, as published in May", 47)
        .controlled("robbery, as of June", 49)
        .part_of("came late", "robbery, as published in May", "robbery, as of June")
        .build()
        .unwrap();
    let protected = protect(&publication, &Rules::default()).unwrap();
    assert!(protected.pattern.withheld.contains("robbery, as of June"));
    assert_eq!(protected.report.protected, 1);

    let larger = Publication::builder()
        .known("robbery, as published in May", 47)
        .controlled("robbery, as of June", 60)
        .part_of("came late", "robbery, as published in May", "robbery, as of June")
        .build()
        .unwrap();
    assert!(protect(&larger, &Rules::default()).unwrap().pattern.withheld.is_empty());
}

#[test]
fn what_is_lost_already_is_named() {
    let publication = Publication::builder()
        .known("town 2023", 63)
        .known("south 2023", 60)
        .hidden("north 2023", 3)
        .known("unrelated", 12)
        .controlled("north 2024", 31)
        .sum("town 2023", ["north 2023", "south 2023"])
        .build()
        .unwrap();
    let error = protect(&publication, &Rules::default()).unwrap_err();
    let ProtectError::AlreadyRecoverable { cells } = error else { panic!("{error}") };
    assert_eq!(cells.len(), 1);
    assert_eq!(cells[0].key, "north 2023");
    assert_eq!(cells[0].known, ["south 2023", "town 2023"]);
}

/// Lost through several sums at once: no single one gives it away.
#[test]
fn what_is_lost_through_several_sums_is_named() {
    let publication = Publication::builder()
        .hidden("a", 3)
        .hidden("b", 20)
        .hidden("c", 30)
        .known("a and b", 23)
        .known("b and c", 50)
        .known("a and c", 33)
        .sum("a and b", ["a", "b"])
        .sum("b and c", ["b", "c"])
        .sum("a and c", ["a", "c"])
        .build()
        .unwrap();
    let error = protect(&publication, &Rules::default()).unwrap_err();
    let ProtectError::AlreadyRecoverable { cells } = error else { panic!("{error}") };
    assert_eq!(cells[0].key, "a");
    assert_eq!(cells[0].known, ["a and b", "a and c", "b and c"]);
}
