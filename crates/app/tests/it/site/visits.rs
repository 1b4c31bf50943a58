//! What readers do: look for a postcode, take a snippet home, see a new publication.

use std::path::Path;
use std::time::Duration;

use serde_json::Value;

use super::Server;
use crate::running::wardmote;

pub(super) fn a_postcode_leads_to_its_area_and_stays_out_of_addresses(server: &Server) {
    let ask = |body: &str| {
        server.send(&format!(
            "POST /areas/postcode HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\
             Content-Type: application/x-www-form-urlencoded\r\n\r\n{body}",
            body.len()
        ))
    };
    let found = ask("postcode=ls1+1ba");
    assert_eq!(found.status, 303, "{}", found.body);
    let address = found.head.lines().find_map(|line| line.strip_prefix("location: ")).unwrap();
    assert!(address.starts_with("/areas/e01"), "{address}");
    server.shows(&address.replace("/areas/e", "/areas/E"), &["Leeds 1"]);
    for (body, says) in [
        ("postcode=LS1", "no whole postcode"),
        ("postcode=ZE1+0AA", "no area with that postcode"),
        ("", "no whole postcode"),
    ] {
        let answer = ask(body);
        assert_eq!(answer.status, 422, "{body}");
        assert!(answer.body.contains(says) && !answer.body.contains("ZE1"), "{}", answer.body);
    }
    assert_eq!(ask(&format!("postcode={}", "A".repeat(1_000))).status, 413);
    let typed = server.get("/areas?q=LS1+1BA");
    assert!(typed.body.contains("into its own field") && !typed.body.contains("LS1 1BA"));
}

/// What the page offers for the assessment is accepted by it.
pub(super) fn a_pasted_snippet_is_assessed(server: &Server, leeds: &Path) {
    let page = server.get(
        "/explore?measure=recorded-crime&area=E08000035&area=E02002330&from=2018-07&to=2018-07&as=rate",
    );
    let offered = |label: &str| {
        let start = page.body.split_once(&format!("aria-label=\"{label}\"><code>")).unwrap().1;
        start.split_once("</code>").unwrap().0.replace("&quot;", "\"")
    };
    let folder = leeds.join("assessment");
    let [claims, limits] = ["claims.toml", "limits.md"].map(|name| folder.join(name));
    let before = [&claims, &limits].map(|path| std::fs::read_to_string(path).unwrap());
    std::fs::write(&claims, format!("{}\n{}", before[0], offered("For assessment/claims.toml")))
        .unwrap();
    let prose = offered("For the prose");
    let first = prose.lines().next().unwrap();
    assert!(first.starts_with("Recorded crime in Leeds: {{recorded-crime-e08000035"), "{first}");
    std::fs::write(&limits, format!("{}\n\n{first}\n", before[1])).unwrap();
    wardmote(leeds, &["assess", "--published", "2025-03-18"]).ended(1);
    let evidence = std::fs::read_to_string(leeds.join("published/evidence.json")).unwrap();
    let evidence: Value = serde_json::from_str(&evidence).unwrap();
    let answer = &evidence["answers"]["recorded-crime-e08000035-rate-2018-07"]["statement"];
    assert!(answer.as_str().unwrap().contains("crimes per 1,000 residents"), "{answer}");
    assert!(evidence["answers"]["recorded-crime-e02002330-rate-2018-07"].is_object());
    std::fs::write(&claims, &before[0]).unwrap();
    std::fs::write(&limits, &before[1]).unwrap();
    wardmote(leeds, &["assess", "--published", "2025-03-18"]).ended(1);
}

/// A publication that replaces another is shown whole within seconds.
pub(super) fn a_new_publication_is_seen(server: &Server, leeds: &Path) {
    wardmote(leeds, &["assess", "--published", "2025-04-01"]).ended(1);
    for _ in 0..60 {
        let page = server.get("/assessment/index.html");
        assert_eq!(page.status, 200, "the earlier publication stays until the new one is there");
        if page.body.contains("1 April 2025") {
            return;
        }
        assert!(page.body.contains("18 March 2025"), "{}", page.body);
        std::thread::sleep(Duration::from_secs(1));
    }
    panic!("the new publication was not seen within a minute");
}
