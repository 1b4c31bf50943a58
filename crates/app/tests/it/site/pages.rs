//! Pages as readers meet them.

use super::Server;

pub(super) fn pages_say_what_they_know(server: &Server) {
    server.shows(
        "/",
        &["What changed", "none found a change", "What is not known", "What is being done"],
    );
    server.shows("/data", &["data.police.uk", "SHA-256 begins"]);
    server.shows("/methods", &["href=\"/methods/spikes\""]);
    server.shows("/methods/spikes", &["<h1 class=\"govuk-heading-xl\">Spikes</h1>", "Farrington"]);
    for page in ["/glossary", "/accessibility", "/privacy", "/about"] {
        server.shows(page, &["<html lang=\"en-GB\"", "class=\"govuk-skip-link\""]);
    }
    server.shows("/assessment/full.html", &["govuk-back-link", "DRAFT"]);
    server.shows("/assessment/evidence.json", &["\"snapshot\""]);
    assert!(server.get("/assessment").head.contains("location: /assessment/index.html"));
    server.shows("/areas?q=leeds", &["E08000035"]);
    // Three months in three years allow no word of change.
    server.shows("/areas/E08000035", &["Leeds", "cannot be tested", "is not known", "<svg"]);
    server.shows("/areas?q=no+such+place", &["No area of this partnership"]);
}

pub(super) fn topics_and_questions_are_answered(server: &Server) {
    server.shows("/topics", &["href=\"/topics/recorded-crime\"", "Anti-social behaviour"]);
    // One month in each year: nothing is tested, and the page says why.
    server.shows(
        "/topics/recorded-crime",
        &[
            "cannot be tested",
            "No expected band is drawn",
            "No average year is drawn",
            "What these data cannot say",
            "its rows know the month only",
            "No plan of the partnership is published here, so this page cannot say",
            "Who is most affected",
            "This cannot be told: these rows describe events, and no person",
            "Where this comes from",
            "href=\"/data/police-street\"",
            "No ranks can be given",
        ],
    );
    server.shows("/data/police-street", &["2018-07-west-yorkshire-street.csv", "SHA-256"]);
    server.refuses("/data/nothing", 404);
    server.refuses("/topics/nothing", 404);
    server.shows("/compare", &["Area 6", "July 2018"]);
    server.shows(
        "/compare?measure=recorded-crime&area=E08000035&area=E08000032",
        &["Recorded crime in Leeds, against Bradford, cannot be tested", "95% interval", "<svg"],
    );
    server.shows("/compare?area=Leeds+00", &["may be 49 areas", "There is a problem", "E02002330"]);
    server.shows("/compare?measure=recorded-crime&area=Leeds", &["Name two areas or more"]);
    server.shows("/compare?area=nowhere&period=1066", &["There is a problem", "nowhere"]);
    server
        .shows("/explore", &["Cite this", "Figure f-", "not known", "For assessment/claims.toml"]);
    server.shows(
        "/explore?measure=recorded-crime&by=category&from=2018-07&to=2018-07",
        &["Burglary", "rows.parquet?measure=recorded-crime"],
    );
    server.shows("/explore?from=2010-01", &["Ask within these months"]);
    server.shows("/explore?by=galaxy&method=x&as=y", &["There is a problem"]);
    let question = "measure=recorded-crime&area=E08000035&from=2018-07&to=2018-07&by=whole";
    for (file, kind, begins) in [
        ("rows.csv", "text/csv", "area,name,from,to"),
        ("rows.json", "application/json", "{\"figure\":\"f-"),
        ("rows.parquet", "application/vnd.apache.parquet", "PAR1"),
        ("chart.svg", "image/svg+xml", "<svg"),
        ("chart.png", "image/png", "\u{fffd}PNG"),
    ] {
        let answer = server.get(&format!("/explore/{file}?{question}"));
        assert_eq!(answer.status, 200, "{file}: {}", answer.body);
        assert!(
            answer.head.contains(kind) && answer.head.contains("attachment"),
            "{}",
            answer.head
        );
        assert!(answer.body.starts_with(begins), "{file}: {}", answer.body);
    }
    // As the assessment prints it.
    let csv = server.get(&format!("/explore/rows.csv?{question}"));
    assert!(csv.body.contains("E08000035,Leeds,2018-07,2018-07,,8865,"), "{}", csv.body);
    server.refuses("/explore/passwd", 404);
    server.refuses("/explore/rows.csv?from=1066-01", 400);
}
