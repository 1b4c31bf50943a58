//! What cannot be a publication.

use wardmote_disclosure::{Publication, PublicationBuilder, PublicationError, Visibility};

fn check(builder: PublicationBuilder, message: &str) {
    assert_eq!(builder.build().unwrap_err().to_string(), message);
}

#[test]
fn wrong_input_is_named() {
    let two = || Publication::builder().controlled("a", 3).controlled("b", 4);
    check(two().controlled("a", 5), "cell a is given as 3 and as 5");
    check(
        two().sum("all", ["a", "b"]),
        "the sum for all names a cell all that is not in the publication",
    );
    check(
        two().controlled("all", 8).sum("all", ["a", "b"]),
        "the parts of all add up to 7, not to 8",
    );
    check(
        two().controlled("all", 10).sum("all", ["a", "b", "a"]),
        "cell a stands twice in the sum for all",
    );
    check(
        two().part_of("difference", "b", "a"),
        "b (4) is larger than a (3), whose part it is said to be",
    );
    check(
        two().controlled("c", u64::MAX),
        "cell c of 18446744073709551615 is above the largest count that can be protected, 1000000000",
    );
}

#[test]
fn the_same_number_is_one_cell_and_the_more_visible_holds() {
    let publication = Publication::builder()
        .hidden("a", 3)
        .controlled("a", 3)
        .controlled("b", 900)
        .known("b", 900)
        .build()
        .unwrap();
    let cells: Vec<_> =
        publication.cells().iter().map(|cell| (cell.visibility, cell.cost)).collect();
    assert_eq!(cells, [(Visibility::Controlled, 2), (Visibility::Known, 10)]);
    assert_eq!(Publication::builder().build().unwrap().cells().len(), 0);
    assert!(matches!(
        Publication::builder().sum("a", ["b"]).build(),
        Err(PublicationError::UnknownCell { .. })
    ));
}
