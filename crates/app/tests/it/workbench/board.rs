//! The signed-in pages of the board and of reviews: who may open each, and what they say.

use super::registers::started;

/// Nobody, who keeps the lists and reviews, who reads the lists, and who may do neither. A list is shown
/// to everybody who is signed in, with what they may see.
const TABLE: &str = "
/meetings        303 200 200 200
/meetings/board-1 303 200 200 404
/meetings/nothing 303 404 404 404
/meetings/board-1/pack/index.html 303 200 404 404
/meetings/board-1/pack/../../keys/records.keys 303 404 404 404
/meetings/board-1/pack/..%2f..%2fkeys%2frecords.keys 303 404 404 404
/decisions       303 200 200 200
/reviews         303 200 200 200
/reviews/{death} 303 200 404 404
/reviews/{asb}   303 200 404 404
/reviews/nothing 303 404 404 404
/reviews/{death}/note/happened   303 200 404 404
/reviews/{death}/note/pause      303 200 404 404
/reviews/{death}/note/pause-over 303 404 404 404
/reviews/{death}/note/more-time  303 200 404 404
/reviews/{death}/note/confirmed  303 200 404 404
/reviews/{death}/note/else       303 404 404 404
/reviews/{asb}/note/happened     303 200 404 404
/reviews/{asb}/note/confirmed    303 404 404 404
";

#[test]
fn pages_of_the_board_answer_everybody_as_the_table_says() {
    let Some(bench) = started() else { return };
    let mut keeper = bench.signed_in("analyst-one");
    let reviews = keeper.get("/work/reviews").shows(200, &["DR-1", "CR-1", "20 March 2025"]);
    let ids: Vec<String> = reviews
        .body
        .split("href=\"/work/reviews/")
        .skip(1)
        .map(|rest| rest[..32].to_owned())
        .collect();
    assert_eq!(ids.len(), 2, "{}", reviews.body);
    // A pack of which the reader of the lists may not see the risks.
    let pack = bench.folder().join("packs/board-1");
    std::fs::create_dir_all(&pack).unwrap();
    std::fs::write(pack.join("index.html"), "an invented pack").unwrap();
    let mut wrong = Vec::new();
    for (place, actor) in ["", "analyst-one", "protector-one", "admin-one"].iter().enumerate() {
        let mut browser = if actor.is_empty() { bench.browser() } else { bench.signed_in(actor) };
        for line in TABLE.lines().filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let path = words[0].replace("{death}", &ids[0]).replace("{asb}", &ids[1]);
            let status = browser.get(&format!("/work{path}")).status;
            if status.to_string() != words[1 + place] {
                wrong.push(format!("{line} by {actor:?}: {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:?}");
    let at = |id: &str| format!("/work/reviews/{id}");
    keeper.get(&at(&ids[0])).shows(200, &["Invented review", "Decide whether", "late by"]);
    keeper.get(&at(&ids[1])).shows(200, &["The threshold is not met", "Acknowledge"]);
    keeper.get("/work/meetings").shows(200, &["Invented board", "has not met"]);
    let shown = ["D1", "Agree the plan", "The papers", "Make the pack"];
    let page = keeper.get("/work/meetings/board-1").shows(200, &shown);
    assert!(page.body.contains("/work/meetings/board-1/pack/slides.pdf"), "{}", page.body);
    keeper.get("/work/decisions").shows(200, &["D1: Agree the plan", "Invented team"]);
    // The button asks for a job; without published evidence it says why there is no pack.
    let asked = keeper.post("/work/meetings/board-1/pack", &[]);
    assert_eq!(asked.status, 303, "{}", asked.body);
    let job = asked.location().to_owned();
    keeper.get(&job).shows(200, &["pack build"]);
    // Who reads the lists learns nothing of reviews, not even that there are any; reading is logged.
    let mut reader = bench.signed_in("protector-one");
    reader.get("/work/decisions").shows(200, &["Agree the plan"]);
    let page =
        reader.get("/work/meetings/board-1").shows(200, &["There is none that you may read"]);
    assert!(!page.body.contains("Make the pack"), "{}", page.body);
    let page = reader.get("/work/reviews").shows(200, &["There is none that you may see"]);
    assert!(!page.body.contains("DR-1") && !page.body.contains(&ids[0]), "{}", page.body);
    let log = bench.log();
    assert!(log.contains(&format!("consultation,done,analyst-one,,{}", ids[0])), "{log}");
}

#[test]
fn what_happens_in_a_review_is_written_down_by_forms() {
    let Some(bench) = started() else { return };
    let mut keeper = bench.signed_in("analyst-one");
    let list = keeper.get("/work/reviews").body;
    let id = list.split("href=\"/work/reviews/").nth(1).unwrap()[..32].to_owned();
    let at = format!("/work/reviews/{id}");
    let page =
        keeper.get(&at).shows(200, &["Write down what happened", "Decide whether", "late by"]);
    assert!(page.body.contains("Write down a pause"), "{}", page.body);
    let version = |keeper: &mut super::Browser, note: &str| {
        let page = keeper.get(&format!("{at}/note/{note}"));
        let field = page.body.split("name=\"version\" value=\"").nth(1).unwrap().to_owned();
        field.split('"').next().unwrap().to_owned()
    };
    let mut send = |note: &str, fields: &[(&str, &str)]| {
        let version = version(&mut keeper, note);
        let mut all = vec![("version", version.as_str())];
        all.extend(fields);
        keeper.post(&format!("{at}/note/{note}"), &all)
    };
    let day = |name: &str, day: &str, month: &str, year: &str| {
        let part = |part: &str, value: &str| (format!("{name}-{part}"), value.to_owned());
        [part("day", day), part("month", month), part("year", year)]
    };
    let with = |what: &'static str, days: &[[(String, String); 3]]| {
        let mut fields = vec![("what".to_owned(), what.to_owned())];
        fields.extend(days.iter().flatten().cloned());
        fields
    };
    let mut put = |note: &str, fields: &[(String, String)]| {
        let fields: Vec<(&str, &str)> =
            fields.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        send(note, &fields)
    };
    // Nothing chosen, no real day, a day to come, and an event that the clock has not.
    put("happened", &[]).shows(422, &["Choose what happened", "Enter the day on which"]);
    let wrong = with("decided", &[day("on", "31", "2", "2025")]);
    put("happened", &wrong).shows(422, &["Enter a real day", "value=\"31\""]);
    let to_come = with("decided", &[day("on", "1", "1", "2199")]);
    put("happened", &to_come).shows(422, &["This day is still to come"]);
    let unknown = with("invented", &[day("on", "10", "3", "2025")]);
    put("happened", &unknown).shows(422, &["Choose what happened"]);
    let decided = with("decided", &[day("on", "10", "3", "2025")]);
    let done = put("happened", &decided);
    assert_eq!((done.status, done.location()), (303, format!("{at}?done=noted").as_str()));
    put("happened", &decided).shows(422, &["written down for this day already"]);
    // A pause goes on, and then is over; a step meanwhile has no date.
    let backwards =
        with("criminal-proceedings", &[day("from", "1", "4", "2025"), day("to", "1", "3", "2025")]);
    put("pause", &backwards).shows(422, &["must not be before the first"]);
    let begins = with("criminal-proceedings", &[day("from", "1", "4", "2025")]);
    assert_eq!(put("pause", &begins).status, 303);
    let over = with("", &[day("to", "30", "4", "2025")]);
    assert_eq!(put("pause-over", &over).status, 303);
    let more = with("report", &[day("to", "30", "11", "2025"), day("agreed", "1", "5", "2025")]);
    assert_eq!(put("more-time", &more).status, 303);
    let confirmed =
        [("what".to_owned(), "names".to_owned()), ("by".to_owned(), "Invented chair".to_owned())];
    assert_eq!(put("confirmed", &confirmed).status, 303);
    let twice = put("confirmed", &confirmed);
    twice.shows(422, &["Choose what was looked at"]);
    let mut keeper = bench.signed_in("analyst-one");
    let page = keeper.get(&at);
    assert!(!page.body.contains("have pseudonyms"), "{}", page.body);
    let item = keeper.get(&format!("/work/registers/death-reviews/{id}")).body;
    for line in [
        "notified 2025-02-20\ndecided 2025-03-10",
        "criminal-proceedings 2025-04-01 2025-04-30",
        "report 2025-11-30 agreed 2025-05-01",
        "names Invented chair",
    ] {
        assert!(item.contains(line), "lacks {line}:\n{item}");
    }
    // Two who write at once: the second is shown both.
    keeper.get(&format!("{at}/note/happened"));
    let stale = [
        ("version", "1"),
        ("what", "panel-set-up"),
        ("on-day", "2"),
        ("on-month", "4"),
        ("on-year", "2025"),
    ];
    let conflict = keeper.post(&format!("{at}/note/happened"), &stale);
    conflict.shows(409, &["Somebody else changed this meanwhile", "panel-set-up"]);
}
