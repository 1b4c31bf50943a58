//! However often a transfer breaks, and however the server then answers, the bytes are the same.

use proptest::prelude::*;

use crate::server::Reply;
use crate::support::{Fixture, csv_of};

/// One thing that goes wrong.
#[derive(Debug, Clone)]
enum Fault {
    /// The connection ends after so many bytes.
    Cut(usize),
    /// The range is ignored, and the whole is cut.
    WholeCut(usize),
    /// The server fails.
    Status(u16),
    /// A range of another version comes.
    OtherVersion,
}

fn faults() -> impl Strategy<Value = Vec<Fault>> {
    let fault = prop_oneof![
        4 => (0_usize..20_000).prop_map(Fault::Cut),
        1 => (0_usize..20_000).prop_map(Fault::WholeCut),
        1 => prop_oneof![Just(429), Just(500), Just(503)].prop_map(Fault::Status),
        1 => Just(Fault::OtherVersion),
    ];
    proptest::collection::vec(fault, 0..8)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

    #[test]
    fn any_sequence_of_faults_ends_in_the_same_bytes(n_bytes in 1_usize..40_000, faults in faults()) {
        let (n_faults, body) = (faults.len(), csv_of(n_bytes));
        let expected = body.clone();
        let mut fixture = Fixture::new(move |seen, n_before| match faults.get(n_before) {
            None => Reply::file(seen, &body, "\"v1\""),
            // What ends with the last byte is no fault; one byte is always left.
            Some(Fault::Cut(n)) => {
                let reply = Reply::file(seen, &body, "\"v1\"");
                let left = reply.body.len().saturating_sub(1);
                reply.cut_after((*n).min(left))
            }
            Some(Fault::WholeCut(n)) => {
                Reply::new(200, body.clone()).with("ETag", "\"v1\"").cut_after((*n).min(n_bytes - 1))
            }
            Some(Fault::Status(status)) => Reply::new(*status, "fault"),
            Some(Fault::OtherVersion) if seen.header("range").is_some() => {
                Reply::new(206, "other").with("ETag", "\"v2\"").with("Content-Range", "bytes 0-4/5")
            }
            Some(Fault::OtherVersion) => Reply::new(503, ""),
        });
        fixture.options.tries = u32::try_from(n_faults).unwrap() + 1;
        let report = fixture.run();
        prop_assert!(report.failed.is_empty(), "{:?}", report.failed);
        prop_assert_eq!(report.n_requests, n_faults as u64 + 1);
        prop_assert_eq!(fixture.read("one.csv").unwrap(), expected);
        prop_assert_eq!(fixture.names(), ["fetched.json", "one.csv"]);
        prop_assert_eq!(wardmote_fetch::verify_ledger(fixture.folder.path()).unwrap(), []);
    }
}
