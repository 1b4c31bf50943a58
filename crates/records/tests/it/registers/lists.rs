//! Lists: filtered, searched, ordered and paged.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_filtered_searched_ordered_and_paged() {
    on_both(async |at| {
        let records = opened(&at).await;
        let [.., priority, _] = plan(&records).await;
        let mut second_one = None;
        for (reference, title) in
            [("A10", "Lighting audit"), ("A2", "Bike marking"), ("A9", "CCTV")]
        {
            let owned = action(reference, title, &priority);
            second_one = Some(add(&records, "actions", &pairs(&owned)).await);
        }
        let all = ItemQuery { most: 3, ..query("actions") };
        assert_eq!(references(&records, &all).await, ["A1", "A2", "A9"]);
        let page = records.items(by("officer-one", 0), &registers(), &all).await.unwrap();
        assert_eq!((page.total, page.more), (4, true));
        let after = page.rows.last().map(|row| row.position.clone());
        assert_eq!(references(&records, &ItemQuery { after, ..all }).await, ["A10"]);
        let words = |text: &str| ItemQuery { words: text.to_owned(), ..query("actions") };
        assert_eq!(references(&records, &words("light")).await, ["A10"]);
        assert_eq!(references(&records, &words("audit lighting")).await, ["A10"]);
        assert_eq!(references(&records, &words("lighting bike")).await, [""; 0]);
        assert_eq!(references(&records, &words("a9")).await, ["A9"]);
        // By the beginnings of words, each item once, whichever word is the rarer one.
        assert_eq!(references(&records, &words("mark bi")).await, ["A2"]);
        let doubled = action("A11", "Lights, lighting and lit paths", &priority);
        add(&records, "actions", &pairs(&doubled)).await;
        for text in ["light", "li", "a li", "li light lit"] {
            assert!(references(&records, &words(text)).await.contains(&"A11".to_owned()), "{text}");
        }
        let light = ItemQuery { most: 1, ..words("li") };
        let page = records.items(by("officer-one", 0), &registers(), &light).await.unwrap();
        assert_eq!((page.total, page.more, page.rows[0].reference.as_str()), (2, true, "A10"));
        let after = Some(page.rows[0].position.clone());
        for next in [ItemQuery { skip: 1, ..light.clone() }, ItemQuery { after, ..light.clone() }] {
            let page = records.items(by("officer-one", 0), &registers(), &next).await.unwrap();
            assert_eq!((page.total, page.more, page.rows[0].reference.as_str()), (2, false, "A11"));
        }
        let behind = ItemQuery { skip: 9, ..light };
        let page = records.items(by("officer-one", 0), &registers(), &behind).await.unwrap();
        assert_eq!((page.total, page.more, page.rows.len()), (2, false, 0));
        let in_state = ItemQuery { state: Some("done".to_owned()), ..words("li") };
        assert_eq!(references(&records, &in_state).await, [""; 0]);
        // Who may consult nothing of it finds nothing by words either.
        let outside = records.items(by("protector-one", 0), &registers(), &words("li")).await;
        assert_eq!(outside.unwrap().total, 0);
        assert_eq!(references(&records, &words("'; DROP TABLE records; --")).await, [""; 0]);
        let of_it = ItemQuery { parent: Some(priority.listed.id.clone()), ..query("actions") };
        assert_eq!(references(&records, &of_it).await.len(), 5);
        // What is done is due no more.
        let item = second_one.unwrap();
        let mut done = item.values.clone();
        done.set("state", "done");
        let officer = by("officer-one", 1);
        records.change_item(officer, &registers(), &item.listed.id, 1, &done).await.unwrap();
        let state = ItemQuery { state: Some("done".to_owned()), ..query("actions") };
        assert_eq!(references(&records, &state).await, ["A9"]);
        records.add_item(officer, &registers(), "duties", &filing(), &duty("D1")).await.unwrap();
        let due = records.due(by("analyst-one", 0), date(2025, 6, 9), 10).await.unwrap();
        let mut told: Vec<_> =
            due.iter().map(|due| (due.on.as_str(), due.reference.as_str())).collect();
        told[1..].sort_unstable();
        let expected = [
            ("2025-03-31", "D1"),
            ("2025-06-09", "A1"),
            ("2025-06-09", "A10"),
            ("2025-06-09", "A11"),
            ("2025-06-09", "A2"),
        ];
        assert_eq!(told, expected);
    })
    .await;
}

/// More than are counted are found in the order of the list all the same, and rarer ones among them.
#[tokio::test(flavor = "multi_thread")]
async fn common_words_are_counted_to_a_bound_and_found_in_order() {
    on_both(async |at| {
        let records = opened(&at).await;
        for number in 1..=502 {
            let reference = format!("DOC{number}");
            let title = if number % 251 == 0 { "Lighting plans" } else { "Light notes" };
            let paper = [("reference", reference.as_str()), ("title", title), ("state", "draft")];
            add(&records, "documents", &paper).await;
        }
        let words = |text: &str| ItemQuery { words: text.to_owned(), ..query("documents") };
        let page = records.items(by("officer-one", 0), &registers(), &words("li")).await.unwrap();
        assert_eq!((page.total, page.more, page.rows.len()), (500, true, 50));
        assert_eq!(page.rows[0].reference, "DOC1");
        assert_eq!(page.rows[49].reference, "DOC50");
        let last = ItemQuery { skip: 500, ..words("li light") };
        assert_eq!(references(&records, &last).await, ["DOC501", "DOC502"]);
        let after = Some(page.rows[49].position.clone());
        let next = ItemQuery { after, most: 1, ..words("light") };
        assert_eq!(references(&records, &next).await, ["DOC51"]);
        for text in ["light plan", "plan light", "lighting", "li lighting pl plans"] {
            assert_eq!(references(&records, &words(text)).await, ["DOC251", "DOC502"], "{text}");
        }
        let exact = ItemQuery { skip: 499, ..words("notes") };
        let page = records.items(by("officer-one", 0), &registers(), &exact).await.unwrap();
        assert_eq!((page.total, page.more, page.rows.len()), (500, false, 1));
    })
    .await;
}
