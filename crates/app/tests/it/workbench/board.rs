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
