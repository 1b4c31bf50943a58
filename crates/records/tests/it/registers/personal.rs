//! What is personal or restricted: sealed, in no plain index, and erased with all that it said before.

use super::*;

#[tokio::test(flavor = "multi_thread")]
async fn the_file_holds_no_body_and_nothing_of_restricted_items() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("records.db");
    let records = opened(&Location::Sqlite(path.clone())).await;
    add(&records, "notes", &[("reference", "SECRETREF"), ("title", "SECRETTITLE")]).await;
    let voice = [
        ("reference", "V1"),
        ("title", "Open title"),
        ("note", "SECRETNOTE"),
        ("consent", "no"),
        ("redacted", "yes"),
    ];
    add(&records, "voices", &voice).await;
    let unredacted = [
        ("reference", "SECRETVOICE"),
        ("title", "SECRETTHEME"),
        ("consent", "no"),
        ("redacted", "no"),
    ];
    add(&records, "voices", &unredacted).await;
    let page = records.items(by("officer-one", 0), &registers(), &query("notes")).await.unwrap();
    assert_eq!(page.rows[0].title, "SECRETTITLE");
    records.store().close().await;
    let mut all = Vec::new();
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        all.extend(std::fs::read(entry.unwrap().path()).unwrap());
    }
    assert!(!all.windows(6).any(|part| part == b"SECRET"));
    assert!(all.windows(10).any(|part| part == b"Open title"));
}

/// What somebody said is personal data until what could identify people was taken out, and is so again
/// when it is put back: sealed, logged, and shown by agreements that carry personal data alone.
#[tokio::test(flavor = "multi_thread")]
async fn what_people_said_is_personal_until_it_is_redacted() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let voice = [
            ("reference", "V1"),
            ("title", "Evenings"),
            ("note", "INVENTED NAME said so"),
            ("consent", "yes"),
            ("redacted", "no"),
        ];
        let voice = add(&records, "voices", &voice).await;
        let id = &voice.listed.id;
        assert!(voice.listed.personal);
        let words = ItemQuery { words: "evenings".to_owned(), ..query("voices") };
        assert_eq!(references(&records, &words).await, [""; 0]);
        assert_eq!(references(&records, &query("voices")).await, ["V1"]);
        let said = async |redacted: &str, version| {
            let mut values = voice.values.clone();
            values.set("redacted", redacted);
            let officer = by("officer-one", version);
            records.change_item(officer, &registers, id, version, &values).await.unwrap().listed
        };
        assert!(!said("yes", 1).await.personal);
        assert_eq!(references(&records, &words).await, ["V1"]);
        assert!(said("no", 2).await.personal);
        assert_eq!(references(&records, &words).await, [""; 0]);
        assert!(records.item(by("officer-one", 4), id).await.unwrap().listed.personal);
        // As it is personal, it is logged with each version that was read.
        records.versions(by("officer-one", 5), &registers, id).await.unwrap();
        let search = Search { subject: Some(id.to_string()), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        let read = log.iter().filter(|entry| entry.operation == Operation::Consultation);
        let read: Vec<_> = read.filter_map(|entry| entry.version).collect();
        assert!(read.contains(&1) && read.contains(&3) && !read.contains(&2), "{read:?}");
        // Whoever is in it gets all of it, and an erasure reaches it.
        let speaker = SubjectDeclaration {
            reference: "speaker 12".to_owned(),
            capacity: Capacity::Subject,
            standing: Standing::Other,
            fields: Vec::new(),
        };
        records.declare_subject(by("officer-one", 6), id, &speaker).await.unwrap();
        let held = records.held_of(by("officer-one", 7), "speaker 12").await.unwrap();
        assert_eq!((held[0].earlier.len(), held[0].earlier_kept_back), (2, 0));
        records.erase(by("officer-one", 8), id).await.unwrap();
        assert_eq!(records.held_of(by("officer-one", 9), "speaker 12").await.unwrap(), []);
        assert_eq!(references(&records, &query("voices")).await, [""; 0]);
    })
    .await;
}

/// What an item said before is theirs too, as far as who asks may consult it as it was marked then; and
/// an erasure leaves none of it.
#[tokio::test(flavor = "multi_thread")]
async fn what_an_item_said_before_is_in_an_answer_and_erased_with_it() {
    on_both(async |at| {
        let records = opened(&at).await;
        let registers = registers();
        let paper = [
            ("reference", "DOC1"),
            ("title", "SENSITIVE about the tenant"),
            ("marking", "OFFICIAL-SENSITIVE"),
            ("state", "draft"),
        ];
        let paper = add(&records, "documents", &paper).await;
        let id = &paper.listed.id;
        let mut values = paper.values.clone();
        for (version, title) in [(1, "First about the tenant"), (2, "Last")] {
            values.set("title", title);
            values.set("marking", "OFFICIAL");
            let officer = by("officer-one", version);
            records.change_item(officer, &registers, id, version, &values).await.unwrap();
        }
        let tenant = SubjectDeclaration {
            reference: "tenancy 4711".to_owned(),
            capacity: Capacity::Subject,
            standing: Standing::Other,
            fields: Vec::new(),
        };
        records.declare_subject(by("officer-one", 3), id, &tenant).await.unwrap();
        let held = async |actor| {
            let mut held = records.held_of(by(actor, 4), "tenancy 4711").await.unwrap();
            assert_eq!(held.len(), 1);
            let held = held.remove(0);
            let title = |body: &[u8]| {
                let values: Values = serde_json::from_slice(body).unwrap();
                values.get("title").to_owned()
            };
            assert_eq!(title(&held.held.body), "Last");
            let earlier = held.earlier.iter().map(|one| (one.version, title(&one.body)));
            (earlier.collect::<Vec<_>>(), held.earlier_kept_back)
        };
        let first = (2, "First about the tenant".to_owned());
        let sensitive = (1, "SENSITIVE about the tenant".to_owned());
        assert_eq!(held("officer-one").await, (vec![first.clone(), sensitive], 0));
        assert_eq!(held("analyst-one").await, (vec![first], 1));
        // Each version that was read is in the log.
        let search = Search { actor: Some("analyst-one".to_owned()), ..Search::default() };
        let log = records.store().search_audit(&search).await.unwrap();
        let mut read: Vec<_> = log.iter().filter_map(|entry| entry.version).collect();
        read.sort_unstable();
        assert_eq!(read, [2, 3]);
        records.erase(by("officer-one", 5), id).await.unwrap();
        assert_eq!(records.held_of(by("officer-one", 6), "tenancy 4711").await.unwrap(), []);
        let mut file = Vec::new();
        records.store().backup(&mut file).await.unwrap();
        let left: Vec<String> = String::from_utf8(file)
            .unwrap()
            .lines()
            .filter(|line| line.contains(&id.to_string()) && !line.contains("audit_entries"))
            .map(str::to_owned)
            .collect();
        assert!(left.iter().all(|line| line.contains("erased")), "{left:?}");
    })
    .await;
}
