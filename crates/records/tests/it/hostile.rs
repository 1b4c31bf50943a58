//! Words that were meant to be something else.

use wardmote_records::audit::Search;
use wardmote_records::words::{Capacity, Standing};
use wardmote_records::{Asking, Change, NewRecord, RecordId, SubjectDeclaration};

use crate::postgres::on_both;
use crate::scene::{asking, case, records};

const HOSTILE: [&str; 9] = [
    "'; DROP TABLE records; --",
    "\" OR 1 = 1 --",
    "$1",
    "officer-one' OR 'a' = 'a",
    "{{ 7 * 7 }}",
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://example.org\")",
    "one\r\nSet-Cookie: two",
    "\u{202e}gnorw\u{0007}",
];

/// In every place that takes a word they are a value or refused, and the log holds none of them.
#[tokio::test(flavor = "multi_thread")]
async fn hostile_words_are_values_and_nothing_else() {
    on_both(async |at| {
        let records = records(&at).await;
        let officer = asking("officer-one");
        for word in HOSTILE {
            // A body is whatever somebody writes, and comes back to the byte.
            let made = records.collect(officer, &case(word)).await.unwrap();
            assert_eq!(records.consult(officer, &made.id).await.unwrap().body, word.as_bytes());
            let change = Change { subject_area: word.to_owned(), body: word.as_bytes().to_vec() };
            let altered = records.alter(officer, &made.id, 1, change).await.unwrap();
            assert_eq!(altered.subject_area, word);
            let declaration = SubjectDeclaration {
                reference: word.to_owned(),
                capacity: Capacity::Subject,
                standing: Standing::Other,
                fields: vec![format!("/{word}")],
            };
            records.declare_subject(officer, &made.id, &declaration).await.unwrap();
            let held = records.held_of(officer, word).await.unwrap();
            assert_eq!(held.len(), 1, "{word:?}");
            assert_eq!(held[0].theirs.fields, [format!("/{word}")]);
            // Who, for what, to whom, and what: each is refused.
            let id = &made.id;
            for refused in [Asking { actor: word, ..officer }, Asking { purpose: word, ..officer }]
            {
                assert!(records.consult(refused, id).await.is_err());
                let page = wardmote_records::Page { after: None, most: 10 };
                assert_eq!(records.list(refused, &page).await.unwrap(), []);
            }
            let new = NewRecord { kind: word.to_owned(), ..case("a kind") };
            assert!(records.collect(officer, &new).await.is_err());
            assert!(records.disclose(officer, id, word).await.is_err());
            assert!(records.note_event(officer, id, word, crate::scene::TODAY).await.is_err());
            assert!(records.hold(officer, id, word, "why").await.is_err());
            assert!(records.combine(officer, id, id, word).await.is_err());
            assert!(RecordId::parse(word).is_none());
        }
        let log = records.store().search_audit(&Search::default()).await.unwrap();
        for entry in &log {
            let text = serde_json::to_string(entry).unwrap();
            for part in ["DROP", "1 = 1", "script", "HYPERLINK", "Set-Cookie", "7 * 7"] {
                assert!(!text.contains(part), "{text}");
            }
        }
        for word in HOSTILE {
            let search = Search { actor: Some(word.to_owned()), ..Search::default() };
            assert_eq!(records.store().search_audit(&search).await.unwrap(), []);
        }
        assert_eq!(records.store().verify_audit(&[]).await.unwrap().faults, []);
    })
    .await;
}
