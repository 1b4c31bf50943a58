//! Many tables that share their margins; `examples/linked_tables.rs` has the large case.

use wardmote_disclosure::{Quality, Rules, audit, protect};

use crate::drawn;

#[test]
fn linked_tables_are_protected_as_one() {
    let publication = drawn::linked_tables(1, 3, 4, 2, 3).build().unwrap();
    let rules = Rules::default();
    let protected = protect(&publication, &rules).unwrap();
    assert_eq!(protected.report.quality, Quality::Heuristic);
    // The attacker begins anew, without what the choice had found.
    assert!(audit(&publication, &protected.pattern, &rules).is_safe());
    insta::assert_json_snapshot!(protected.report);
}

#[test]
fn nothing_withheld_could_be_shown() {
    let publication = drawn::linked_tables(2, 3, 2, 2, 2).build().unwrap();
    let rules = Rules { exact_up_to: 0, ..Rules::default() };
    let protected = protect(&publication, &rules).unwrap();
    let others: Vec<_> = protected
        .pattern
        .withheld
        .iter()
        .filter(|key| {
            let value = publication.cells()[publication.position(key).unwrap()].value;
            !rules.protects(value)
        })
        .collect();
    assert!(!others.is_empty());
    for key in others {
        let mut less = protected.pattern.clone();
        less.withheld.remove(key);
        assert!(!audit(&publication, &less, &rules).is_safe(), "{key} is withheld for nothing");
    }
}
