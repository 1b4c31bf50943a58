//! The gate over documents that no evidence stands behind.

use crate::running::wardmote;

fn check(sentence: &str, code: i32, says: &str) {
    let here = tempfile::tempdir().unwrap();
    std::fs::write(here.path().join("paper.md"), format!("# Survey\n\n{sentence}\n")).unwrap();
    let ran = wardmote(here.path(), &["lint", "paper.md"]).ended(code);
    assert!(ran.out.contains(says), "{says:?} is not in: {}", ran.out);
}

#[test]
fn the_board_papers_sentences() {
    check(
        "77% got on well, significantly more than the average of 75%.",
        1,
        "paper.md:3: \"significantly\"",
    );
    check(
        "77% got on well, significantly more than the average of 75% (n=1,290 of 12,875, design effect 1.3).",
        1,
        "not significant",
    );
    check(
        "93% feel safe, significantly more than the average of 88% (n=1,290 of 12,875, design effect 1.3).",
        0,
        "Nothing found.",
    );
}

#[test]
fn a_number_without_a_figure() {
    check("There were 400 crimes.", 1, "the number 400 is bound to no figure");
    check("The board meets on 18 March 2025.", 0, "Nothing found.");
}

#[test]
fn rules_are_explained() {
    let here = tempfile::tempdir().unwrap();
    wardmote(here.path(), &["lint", "--explain", "unbound-number"]).ended(0);
    let none = wardmote(here.path(), &["lint", "--explain", "spelling"]).ended(2);
    assert!(none.err.contains("unsupported-word"), "{}", none.err);
}
