//! A file that was taken is taken back, as long as nobody has built on it, and whoever else asks.

use wardmote_records::registers::{Cell, Doing, Incoming};

use super::*;

fn row(register: &str, cells: &[(&str, &str)]) -> Incoming {
    let cell = |(column, text): &(&str, &str)| Cell {
        place: format!("{register}!{column}"),
        column: (*column).to_owned(),
        text: (*text).to_owned(),
    };
    Incoming { register: register.to_owned(), cells: cells.iter().map(cell).collect() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_did_is_kept_and_taken_back_once_by_who_took_it() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let [_, _, _, action] = plan(&records).await;
        let officer = by("officer-one", 10);
        let rows = [
            row("measures", &[("reference", "M1"), ("title", "Thefts")]),
            row(
                "actions",
                &[("reference", "A1"), ("title", "Other meetings"), ("measured-by", "M1")],
            ),
            row("actions", &[("reference", "A2"), ("title", "No priority"), ("priority", "P9")]),
        ];
        let proposal = records.propose(officer, &registers, &rows).await.unwrap();
        let counts = [Doing::Make, Doing::Change, Doing::Refused].map(|one| proposal.count(one));
        assert_eq!(counts, [1, 1, 1], "{:?}", proposal.rows);
        let taken = records.import(officer, &registers, &filing(), &proposal).await.unwrap();
        assert_eq!((taken.made(), taken.changed(), taken.links()), (1, 1, 1));
        let id = taken.import.clone().unwrap();
        // The same again does nothing, and is not kept.
        let same = records.propose(officer, &registers, &rows).await.unwrap();
        let nothing = records.import(officer, &registers, &filing(), &same).await.unwrap();
        assert_eq!((nothing.import.as_deref(), nothing.made() + nothing.changed()), (None, 0));
        // What is kept says what was done, in the order in which it was done.
        let kept = records.imports(officer).await.unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!((&kept[0].did, kept[0].at, kept[0].taken_back), (&taken, second(10), None));
        let analyst = by("analyst-one", 11);
        assert_eq!(records.imports(analyst).await.unwrap(), []);
        assert_eq!(records.one_import(analyst, &id).await.unwrap(), None);
        assert_eq!(records.take_back_import(analyst, &registers, &id).await.unwrap(), None);
        let title = async || {
            let item = records.item(officer, &action.listed.id).await.unwrap();
            item.values.get("title").to_owned()
        };
        assert_eq!(title().await, "Other meetings");

        let late = by("officer-one", 12);
        let (one, other) = tokio::join!(
            Box::pin(records.take_back_import(late, &registers, &id)),
            Box::pin(records.take_back_import(late, &registers, &id)),
        );
        let (one, other) = (one.unwrap(), other.unwrap());
        assert_eq!([&one, &other].into_iter().flatten().count(), 1, "{one:?} {other:?}");
        assert_eq!(one.or(other), Some(Vec::new()));
        assert_eq!(title().await, "Retailers' meetings");
        assert_eq!(references(&records, &query("measures")).await, [""; 0]);
        let back = records.one_import(late, &id).await.unwrap().unwrap();
        assert_eq!(back.taken_back, Some(second(12)));
        assert_eq!(records.ends(officer, &action.listed.id).await.unwrap(), []);
    })
    .await;
}

/// Nothing that a file said lies in what is kept of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_file_holds_ids_alone() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let rows = [row("notes", &[("reference", "SECRET-1"), ("title", "SECRET name")])];
        let officer = by("officer-one", 1);
        let proposal = records.propose(officer, &registers, &rows).await.unwrap();
        let taken = records.import(officer, &registers, &filing(), &proposal).await.unwrap();
        assert_eq!(taken.made(), 1);
        let mut file = Vec::new();
        records.store().backup(&mut file).await.unwrap();
        let file = String::from_utf8(file).unwrap();
        let lines: Vec<&str> = file.lines().filter(|line| line.contains("\"imports\"")).collect();
        assert_eq!(lines.len(), 1);
        assert!(!file.contains("SECRET"), "{lines:?}");
    })
    .await;
}
