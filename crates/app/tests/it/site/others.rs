//! The pages of the other sample partnerships.

use std::path::Path;

use super::Server;
use super::browser::visit;
use crate::described::the_board_is_as_described;
use crate::hostile::the_board_answers_what_nobody_should_send;

/// The twin's pages say what was planted, and nothing of what is shared under an agreement.
pub(crate) fn the_twin_is_shown(twin: &Path, here: &Path) {
    let server = Server::start(&[twin]);
    server.shows("/", &["SYNTHETIC", "Topics", "href=\"/topics/violent-crime\""]);
    server.shows(
        "/topics/recorded-crime",
        &[
            "Recorded crime fell",
            "Expected from its own past",
            "SYNTHETIC: disorder of 30 July",
            "does not show that it changed the count",
            "the average year, Stockport",
            "Ranks it could have",
        ],
    );
    // Planted: highest in July or August, in the town centre by far.
    server.shows("/topics/anti-social-behaviour", &["Anti-social behaviour follows the seasons"]);
    server.shows(
        "/areas/E08000007",
        &["What came of it", "Outcomes may still come for 6 months", "invented days of harm"],
    );
    let hate = server.get("/topics/hate").body;
    assert!(hate.contains("shared under an agreement") && !hate.contains("<svg"), "{hate}");
    assert!(hate.contains("What the published assessment says of it"), "{hate}");
    // What the plan does about it: the priority that cites it, and the action that it measures.
    for part in
        ["Preventing and reporting hate crime", "href=\"/plan/priorities/", "These priorities of"]
    {
        assert!(hate.contains(part), "the topic lacks {part}");
    }
    server.shows("/areas?q=no+such+street", &["no street of its list has"]);
    let streets = std::fs::read_to_string(twin.join("data/streets/streets.csv")).unwrap();
    let (street, code) = streets.lines().nth(1).unwrap().split_once(',').unwrap();
    let code = code.split(',').next().unwrap();
    let query = street.trim_end_matches(" (invented)").replace(' ', "+");
    server.shows(&format!("/areas?q={query}"), &[street, &format!("href=\"/areas/{code}\"")]);
    server.shows("/data", &["Streets that can be looked up", "SYNTHETIC: wardmote twin"]);
    shares_are_on_the_map(&server);
    for controlled in ["hate-crime", "marac-cases", "landlord-asb"] {
        server.refuses(&format!("/api/v1/explore?measure={controlled}"), 404);
        server.refuses(&format!("/explore/rows.csv?measure={controlled}"), 400);
        server.refuses(&format!("/api/v1/compare?measure={controlled}&area=E08000007"), 404);
    }
    let csv = server.get("/explore/rows.csv?measure=recorded-crime&by=whole");
    assert!(csv.head.contains("synthetic-wardmote-rows.csv"), "{}", csv.head);
    assert!(csv.body.lines().skip(1).all(|row| row.contains("SYNTHETIC")), "{}", csv.body);
    the_board_is_shown(&server, here);
    let pages = [
        "/",
        "/topics/recorded-crime",
        "/topics/violent-crime",
        "/topics/hate",
        "/areas/E08000007",
        "/areas?q=road",
        "/map?measure=charged-or-summonsed",
        "/plan",
        "/plan/priorities/3.2",
        "/plan/duties",
        "/plan/told",
        "/plan/alignment",
        "/meetings",
        "/meetings/board-2025-03-18",
        "/meetings/public-2024-06-20",
        "/decisions",
        "/structure",
        "/case-reviews",
        "/assessments",
        "/assessments/serious-violence/index.html",
    ];
    visit(&server, &here.join("twin"), &pages);
}

/// Meetings, decisions, groups, reviews and the other assessments, and of files what is theirs alone.
fn the_board_is_shown(server: &Server, here: &Path) {
    server.shows("/meetings", &["meetings.ics", "Public meeting 2024"]);
    server.shows("/meetings/board-2025-03-18", &["Agree the draft plan", "Invented town hall"]);
    server.shows("/decisions", &["Re-establish the Op Challenger"]);
    server.shows("/structure", &["<svg", "Water safety partnership", "Youth justice"]);
    let counts =
        ["3 complaints are enough", "5 working days", "withheld", "case-review@example.org"];
    server.shows("/case-reviews", &counts);
    server.shows("/assessments", &["Serious violence needs assessment", "18 March 2025"]);
    let of_violence = "/assessments/serious-violence/full.html";
    server.shows(of_violence, &["SYNTHETIC", "fell by 8.8%", "figures.html#figure-"]);
    for nowhere in ["..%2fpublished/index.html", "serious-violence/..%2f..%2fplan/settings.toml"] {
        server.refuses(&format!("/assessments/{nowhere}"), 404);
    }
    server.refuses("/assessments/nothing", 404);
    for list in ["meetings", "decisions", "groups"] {
        let answer = server.get(&format!("/api/v1/{list}"));
        let listed: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert!(!listed["rows"].as_array().unwrap().is_empty(), "{list}");
    }
    the_board_answers_what_nobody_should_send(server);
    the_board_is_as_described(server, here);
}

/// The share of the whole district is that of its areas' counts, and its latest months are left out,
/// because outcomes still come.
fn shares_are_on_the_map(server: &Server) {
    let of = |query: &str| -> serde_json::Value {
        let answer = server
            .get(&format!("/map/areas.json?measure=charged-or-summonsed&level=msoa-2011{query}"));
        assert_eq!(answer.status, 200, "{}", answer.body);
        serde_json::from_str(&answer.body).unwrap()
    };
    let shares = of("");
    assert_eq!((&shares["show"], &shares["to"]), (&"share".into(), &"2024-05".into()));
    for area in shares["areas"].as_object().unwrap().values().filter(|area| area["class"].is_u64())
    {
        let (n, percent) = (area["count"].as_f64().unwrap(), area["value"].as_f64().unwrap());
        assert!(n >= 10.0 && percent > 0.0 && percent < 100.0, "{area}");
        let limits: Vec<f64> =
            area["interval"].as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect();
        assert!(limits[0] < percent && percent < limits[1], "{area}");
    }
    server.shows(
        "/map?measure=charged-or-summonsed&show=hot-spots",
        &["of plain counts only. Shown instead: shares in per cent", "As a share of"],
    );
    server.shows(
        "/map?measure=charged-or-summonsed&from=2024-01&to=2024-11",
        &["Outcomes may still come for June 2024 to November 2024"],
    );
    server.shows(
        "/map?measure=recorded-crime&show=share",
        &["no share of anything. Shown instead: rates"],
    );
}

/// Thirty-six real months: a band, a season, peers, wards, searches.
pub(crate) fn luton_is_shown(luton: &Path, here: &Path) {
    let server = Server::start(&[luton]);
    server.shows(
        "/areas/E06000032",
        &["Against its 2 peers together", "Stop and search", "Expected from its own past"],
    );
    server.shows("/topics/recorded-crime", &["wards in order", "Ranks it could have"]);
    server.shows("/areas?q=Dallow", &["ward"]);
    server.shows("/map?level=ward-2024", &["of 20 wards", "Dallow"]);
    // Searches by group and residents, as `wardmote analyse disproportionality` counts them.
    server.shows(
        "/topics/stop-and-search",
        &[
            "Who is most affected",
            "by officer-defined ethnicity",
            "83,325",
            "bear no mark of one of these groups",
        ],
    );
    let wards = "/compare?measure=recorded-crime&area=Dallow&area=Biscot";
    server.shows(wards, &["Recorded crime in Dallow, against Biscot,", "pairs of areas"]);
    let years = "/compare?measure=recorded-crime&area=Luton&period=2023/24&with=2022/23";
    server.shows(years, &["Recorded crime in Luton", "two periods in every area"]);
    let season = "/explore?measure=anti-social-behaviour&method=season";
    server.shows(season, &["times", "No word of change or season stands here"]);
    let pages = [
        "/",
        "/areas/E06000032",
        "/topics/recorded-crime",
        "/topics/stop-and-search",
        "/map?level=ward-2024",
        wards,
        years,
        season,
    ];
    visit(&server, &here.join("luton"), &pages);
}
