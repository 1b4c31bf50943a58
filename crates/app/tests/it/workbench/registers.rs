//! The registers' signed-in pages: who may open each, and what officers do with them.

use std::fmt::Write as _;

use super::{Bench, Browser};
use crate::running::shipped;

const SETTINGS: &str = r#"
owner = "council"
controller = "council"
subject_area = "E06000032"
regime = "uk-gdpr"
purpose = "own-functions"
keeper = "analyst-one"
stale_after_days = 92
plan = "25"
"#;

/// The analyst keeps the lists, and the protection officer reads all but risks.
const AGREEMENT: &str = r#"
title = "SYNTHETIC: the partnership's own business"
synthetic = true
source = "invented"
checked = "2026-11-24"
purpose = "own-functions"
purpose_in_words = "the partnership's own business"
gateway = "power"
start = "2024-01-01"
end = "2039-12-31"
review = "2038-12-31"
parties = [{ id = "council", name = "Invented Council" }]
[[permits]]
operations = ["collection", "alteration", "consultation", "erasure"]
from = ["council"]
to = ["council"]
roles = ["analyst"]
categories = [
    "plans", "themes", "priorities", "actions", "measures", "risks", "groups", "meetings", "decisions",
    "duties", "forward-plan", "death-reviews", "asb-reviews",
]
markings = ["OFFICIAL", "OFFICIAL-SENSITIVE"]
[[permits]]
operations = ["consultation"]
from = ["council"]
to = ["council"]
roles = ["data-protection-officer"]
categories = [
    "plans", "themes", "priorities", "actions", "measures", "groups", "meetings", "decisions",
]
markings = ["OFFICIAL"]
"#;

const ITEMS: &str = r#"
# SYNTHETIC
[[plans]]
reference = "25"
title = "Invented plan"
from = "2025-04-01"
to = "2028-03-31"
state = "draft"
[[themes]]
reference = "T1"
title = "Invented theme"
plan = "25"
[[priorities]]
reference = "P1"
title = "Town centre"
theme = "T1"
judgement = "on-track"
[[actions]]
reference = "A1"
title = "Retailers' meetings"
priority = "P1"
state = "under-way"
due = "2025-06-09"
measured-by = ["M1"]
[[measures]]
reference = "M1"
title = "Shoplifting"
[[risks]]
reference = "R1"
title = "A guarded risk"
marking = "OFFICIAL-SENSITIVE"
likelihood = "2"
impact = "4"
due = "2025-06-01"
state = "open"
[[groups]]
reference = "board"
title = "Invented board"
kind = "ours"
cadence = "3"
set-up = "2024-01-01"
state = "meeting"
[[meetings]]
reference = "board-1"
title = "First meeting"
group = "board"
due = "2025-03-18"
state = "planned"
[[decisions]]
reference = "D1"
title = "Agree the plan"
meeting = "board-1"
owner = "Invented team"
state = "wanted"
"#;

/// Cases that only the analyst may see.
const REVIEWS: &str = r#"
# SYNTHETIC
[[death-reviews]]
reference = "DR-1"
title = "Invented review"
marking = "OFFICIAL-SENSITIVE"
events = "notified 2025-02-20"
state = "open"
[[asb-reviews]]
reference = "CR-1"
title = "Invented case review"
marking = "OFFICIAL-SENSITIVE"
events = "applied 2024-08-14"
complaints = "2024-01-10 2024-01-12"
outcome = "open"
"#;

/// A town with a plan, a board and reviews.
pub(super) fn started() -> Option<Bench> {
    let mut bench = Bench::start()?;
    bench.stop();
    let town = bench.folder().to_owned();
    std::fs::create_dir_all(town.join("plan/items")).unwrap();
    std::fs::write(town.join("plan/settings.toml"), SETTINGS).unwrap();
    std::fs::write(town.join("plan/items/plan.toml"), ITEMS).unwrap();
    std::fs::write(town.join("agreements/business.toml"), AGREEMENT).unwrap();
    std::fs::create_dir_all(town.join("reviews/items")).unwrap();
    std::fs::write(town.join("reviews/items/reviews.toml"), REVIEWS).unwrap();
    let twin = shipped("stockport-twin", &town.join("twin"));
    for folder in ["clocks", "calendars"] {
        std::fs::rename(twin.join(folder), town.join(folder)).unwrap();
    }
    for file in ["asb-threshold.toml", "publication.toml"] {
        std::fs::rename(twin.join("reviews").join(file), town.join("reviews").join(file)).unwrap();
    }
    std::fs::remove_dir_all(town.join("twin")).unwrap();
    bench.run(&["plan", "load"]).ended(0);
    bench.run(&["review", "load"]).ended(0);
    bench.serve();
    Some(bench)
}

/// As the table of all pages: nobody, who keeps the lists, who reads them, and who may do neither.
/// `{action}` is an item, and an empty form changes nothing.
const TABLE: &str = "
GET   /registers                          303 200 200 200
GET   /registers/due                      303 200 200 200
GET   /registers/workbook                 303 200 404 404
POST  /registers/workbook                 401 422 404 404
GET   /registers/workbook.xlsx            303 200 200 404
GET   /registers/workbook/{action}        303 404 404 404
POST  /registers/workbook/{action}/accept 401 404 404 404
POST  /registers/workbook/{action}/undo   401 404 404 404
GET   /registers/actions                  303 200 200 404
GET   /registers/actions/new              303 200 404 404
POST  /registers/actions/new              401 422 404 404
GET   /registers/actions/{action}         303 200 200 404
GET   /registers/actions/{action}/change  303 200 404 404
POST  /registers/actions/{action}/change  401 400 400 404
GET   /registers/actions/{action}/history 303 200 200 404
POST  /registers/actions/{action}/put-back 401 400 400 404
GET   /registers/actions/{action}/link    303 200 404 404
POST  /registers/actions/{action}/link    401 422 404 404
POST  /registers/actions/{action}/unlink  401 404 404 404
GET   /registers/risks                    303 200 404 404
GET   /registers/risks/{risk}             303 200 404 404
GET   /registers/risks/{risk}/history     303 200 404 404
GET   /registers/actions/{risk}           303 404 404 404
GET   /registers/nothing                  303 404 404 404
GET   /registers/actions/nothing          303 404 404 404
";

pub(super) fn id_of(browser: &mut Browser, register: &str) -> String {
    let page = browser.get(&format!("/work/registers/{register}"));
    assert_eq!(page.status, 200, "{}", page.body);
    let start = format!("/work/registers/{register}/");
    let links = page.body.split(&start).skip(1).filter(|rest| !rest.starts_with("new"));
    links.map(|rest| rest[..32].to_owned()).next().unwrap()
}

#[test]
fn every_page_of_the_registers_answers_everybody_as_the_table_says() {
    let Some(bench) = started() else { return };
    let mut keeper = bench.signed_in("analyst-one");
    let (action, risk) = (id_of(&mut keeper, "actions"), id_of(&mut keeper, "risks"));
    let mut wrong = String::new();
    for (place, actor) in ["", "analyst-one", "protector-one", "admin-one"].iter().enumerate() {
        let mut browser = if actor.is_empty() { bench.browser() } else { bench.signed_in(actor) };
        for line in TABLE.lines().filter(|line| !line.is_empty()) {
            let words: Vec<&str> = line.split_whitespace().collect();
            let path = words[1].replace("{action}", &action).replace("{risk}", &risk);
            let path = format!("/work{path}");
            let status = if words[0] == "GET" {
                browser.get(&path).status
            } else {
                browser.get(if actor.is_empty() { "/work/sign-in" } else { "/work/account" });
                browser.post(&path, &[]).status
            };
            if status.to_string() != words[2 + place] {
                let _ = writeln!(wrong, "{line} by {actor:?}: {status}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    let listed = bench.run(&["serve", "--signed-in-pages"]).ended(0).out;
    for line in listed.lines().filter(|line| line.contains("work/registers")) {
        let mut words = line.split('\t');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let path = path.trim_start_matches("work").replace("{register}", "actions");
        let path = path.replace("{id}", "{action}");
        let known = TABLE.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(method) && words.next() == Some(path.as_str())
        });
        assert!(known, "{method} {path} is in no table of who may open it");
    }
    let shown = bench.run(&["register", "item", "actions", "A1", "--history"]).ended(0).out;
    assert!(!shown.contains("Version 2"), "a refused request changed something: {shown}");
}

/// All that the form of an action holds, as a browser sends it.
fn filled<'a>(priority: &'a str, title: &'a str, version: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("reference", "A1"),
        ("title", title),
        ("priority", priority),
        ("state", "under-way"),
        ("due-day", "9"),
        ("due-month", "6"),
        ("due-year", "2026"),
        ("version", version),
    ]
}

#[test]
fn an_item_is_changed_by_two_linked_and_put_back() {
    let Some(bench) = started() else { return };
    let mut keeper = bench.signed_in("analyst-one");
    let page = keeper.get("/work/registers");
    let page =
        page.shows(200, &["Actions", "Risks", "What is due next", "href=\"/work/registers\""]);
    // The heading is said once; the table's name is for those who hear it.
    assert!(page.body.contains("govuk-visually-hidden\">Registers</caption>"), "{}", page.body);
    let nothing = bench.signed_in("admin-one").get("/work/").shows(200, &["href=\"/work/people\""]);
    assert!(
        !nothing.body.contains("href=\"/work/registers\""),
        "who may see none: {}",
        nothing.body
    );
    keeper.get("/work/registers/due").shows(200, &["Retailers", "9 June 2025 (overdue)"]);
    keeper.get("/work/registers/actions?q=retail").shows(200, &["Retailers"]);
    keeper.get("/work/registers/actions?q=nothing").shows(200, &["There is none here"]);
    keeper.get("/work/registers/actions?state=done").shows(200, &["There is none here"]);
    let (action, priority) = (id_of(&mut keeper, "actions"), id_of(&mut keeper, "priorities"));
    let at = format!("/work/registers/actions/{action}");
    keeper.get(&at).shows(200, &["Retailers", "9 June 2025", "M1 Shoplifting", "P1 Town centre"]);
    keeper.get(&format!("{at}/change")).shows(200, &["value=\"2025\"", "P1 Town centre"]);
    let wrong = [
        ("title", ""),
        ("due-day", "31"),
        ("due-month", "2"),
        ("due-year", "2026"),
        ("version", "1"),
    ];
    let wrong = keeper.post(&format!("{at}/change"), &wrong);
    wrong.shows(422, &["Enter title", "is no day", "value=\"31\"", "Error: "]);
    let changed = keeper.post(&format!("{at}/change"), &filled(&priority, "Meetings", "1"));
    assert_eq!((changed.status, changed.location()), (303, format!("{at}?done=changed").as_str()));
    let late = keeper.post(&format!("{at}/change"), &filled(&priority, "Other words", "1"));
    late.shows(409, &["Somebody else changed this", "Other words", "Meetings"]);
    let compared = keeper.get(&format!("{at}/history?version=1"));
    compared.shows(
        200,
        &["Version 1 beside", "Retailers", "9 June 2025", "9 June 2026", "analyst-one"],
    );
    let back = [("version", "2"), ("earlier", "1")];
    assert_eq!(keeper.post(&format!("{at}/put-back"), &back).status, 303);
    keeper.get(&at).shows(200, &["Retailers", "9 June 2025"]);
    let linked = [("relation", "measured-by"), ("to", "P1")];
    keeper.post(&format!("{at}/link"), &linked).shows(422, &["nothing of this name"]);
    let measure = id_of(&mut keeper, "measures");
    let unlinked = [("relation", "measured-by"), ("to", measure.as_str())];
    assert_eq!(keeper.post(&format!("{at}/unlink"), &unlinked).status, 303);
    let page = keeper.get(&at);
    assert!(!page.body.contains("M1 Shoplifting"), "{}", page.body);
    assert_eq!(
        keeper.post(&format!("{at}/link"), &[("relation", "measured-by"), ("to", "M1")]).status,
        303
    );
    keeper.get(&at).shows(200, &["M1 Shoplifting"]);
    // Who reads it finds no way to change it; a risk that was opened is in the log.
    let mut reader = bench.signed_in("protector-one");
    let page = reader.get(&at).shows(200, &["Retailers"]);
    assert!(!page.body.contains("Change it") && !page.body.contains("/unlink"), "{}", page.body);
    let risk = id_of(&mut keeper, "risks");
    keeper
        .get(&format!("/work/registers/risks/{risk}"))
        .shows(200, &["That you read it is logged"]);
    assert!(
        bench.log().contains(&format!("consultation,done,analyst-one,,{risk}")),
        "{}",
        bench.log()
    );
}

/// Where there are more to choose from than a list can hold, a reference is typed, and a form that is
/// saved as it is loses nothing.
#[test]
fn of_very_many_one_is_named_by_its_reference() {
    let Some(bench) = started() else { return };
    let mut many = "# SYNTHETIC\n".to_owned();
    for number in 1..=201 {
        let _ = writeln!(
            many,
            "[[priorities]]\nreference = \"Q{number}\"\ntitle = \"Invented {number}\"\n\
             theme = \"T1\"\njudgement = \"on-track\""
        );
    }
    std::fs::write(bench.folder().join("plan/items/many.toml"), many).unwrap();
    bench.run(&["plan", "load"]).ended(0);
    let mut keeper = bench.signed_in("analyst-one");
    let action = id_of(&mut keeper, "actions");
    let at = format!("/work/registers/actions/{action}");
    let form = keeper.get(&format!("{at}/change")).shows(200, &["Its reference", "value=\"P1\""]);
    assert!(!form.body.contains("Invented 7"), "{}", form.body);
    let mut send = |priority: &str, version: &str| {
        let fields = [
            ("version", version),
            ("reference", "A1"),
            ("title", "Retailers' meetings"),
            ("priority", priority),
            ("state", "under-way"),
        ];
        keeper.get(&format!("{at}/change"));
        keeper.post(&format!("{at}/change"), &fields)
    };
    send("Q999", "1").shows(422, &["value=\"Q999\""]);
    assert_eq!(send("P1", "1").status, 303);
    assert_eq!(send("Q201", "2").status, 303);
    keeper.get(&at).shows(200, &["Q201 Invented 201"]);
}
