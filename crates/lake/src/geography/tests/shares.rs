//! Small areas that changed between the censuses.

use std::collections::BTreeMap;

use wardmote_domain::area::AreaLevel;

use super::{code, file, heading};
use crate::geography::{Sharing, read};
use crate::source::Reader;

#[test]
fn changed_areas_are_shared_out_by_residents() {
    let change =
        Reader::LsoaChange { lsoa_2011: heading("old"), lsoa_2021: heading("new"), shares: None };
    // One unchanged, one split in two, two merged, one drawn anew with another.
    let text = "old,new\n\
        E01000001,E01000001\n\
        E01000002,E01030002\nE01000002,E01030003\n\
        E01000004,E01030004\nE01000005,E01030004\n\
        E01000006,E01030006\nE01000006,E01030007\nE01000007,E01030007\n";
    let residents = |of: &[(&str, u64)]| -> BTreeMap<_, _> {
        of.iter().map(|(area, n)| (code(area), *n)).collect()
    };
    let sharing = Sharing {
        lsoa_2011: residents(&[
            ("E01000004", 300),
            ("E01000005", 100),
            ("E01000006", 150),
            ("E01000007", 50),
        ]),
        lsoa_2021: residents(&[("E01030002", 90), ("E01030003", 10), ("E01030006", 100)]),
    };
    let mut source = file(text.as_bytes());
    source.sharing = Some(&sharing);
    let rows = read(&source, &change).unwrap();
    let shares = |of: &str| -> Vec<(String, f64)> {
        let of = rows.links.iter().filter(|link| link.from_code == code(of));
        let shared = of.filter(|link| link.fit == "by-residents");
        shared.map(|link| (link.to_code.to_string(), link.weight)).collect()
    };
    assert_eq!(shares("E01000002"), [("E01030002".to_owned(), 0.9), ("E01030003".to_owned(), 0.1)]);
    assert_eq!(
        shares("E01030004"),
        [("E01000004".to_owned(), 0.75), ("E01000005".to_owned(), 0.25)]
    );
    assert_eq!(
        shares("E01030007"),
        [("E01000006".to_owned(), 0.75), ("E01000007".to_owned(), 0.25)]
    );
    // Of E01030007 nobody knows the residents, so nobody knows the shares.
    assert_eq!(shares("E01000006"), []);
    assert_eq!(shares("E01000001"), []);
    let exact = rows.links.iter().filter(|link| link.fit == "exact");
    let to_2021 = exact.filter(|link| link.to_level == AreaLevel::LSOA_2021);
    assert_eq!(to_2021.count(), 4, "the unchanged one, the two merged ones and E01000007");
}
