//! What would be fetched is decided without a request, and what is missing is said.

use wardmote_fetch::{Declarations, PlanError, Request, plan};

fn request(source: &str) -> Request {
    Request { source: source.into(), data: "data".into(), ..Request::default() }
}

fn message(declarations: &Declarations, request: &Request) -> String {
    plan(declarations, request).unwrap_err().to_string()
}

#[test]
fn every_shipped_entry_can_be_planned_or_says_why_not() {
    let shipped = Declarations::shipped().unwrap();
    for (source, entry) in &shipped.entries {
        let request = Request {
            force: Some("bedfordshire".into()),
            months: vec!["2024-01".parse().unwrap()],
            code: Some("E06000032".into()),
            name: Some("Luton".into()),
            ..request(source)
        };
        match plan(&shipped, &request) {
            Ok(plan) => {
                assert!(entry.believed.is_some(), "{source} has addresses and no date");
                assert!(plan.items.iter().all(|item| item.url.starts_with("https://")));
                assert!(plan.target.starts_with("data"));
            }
            Err(error) => {
                assert!(matches!(error, PlanError::Incomplete { .. }), "{source}: {error}");
            }
        }
    }
}

#[test]
fn the_fewest_archives_hold_the_months() {
    let shipped = Declarations::shipped().unwrap();
    let month = |text: &str| text.parse().unwrap();
    let request = Request {
        force: Some("bedfordshire".into()),
        months: ["2024-03", "2021-04", "2021-03", "2021-04", "2019-01"].map(month).to_vec(),
        ..request("police-uk")
    };
    let plan = plan(&shipped, &request).unwrap();
    let items: Vec<_> =
        plan.items.iter().map(|item| (item.url.as_str(), item.files.len())).collect();
    let archive = |month| format!("https://data.police.uk/data/archive/{month}.zip");
    // 2024-03 holds 36 months, the first of them 2021-04.
    let expected = [(archive("2021-03"), 6), (archive("2024-03"), 6)];
    assert_eq!(items, expected.each_ref().map(|(url, n)| (url.as_str(), *n)));
    assert_eq!(plan.items[1].files[0], "2021-04/2021-04-bedfordshire-street.csv");
    assert_eq!(plan.items[1].about_bytes, Some(1_730_000_000));
    assert_eq!(plan.target, std::path::Path::new("data/police/bedfordshire"));
}

#[test]
fn what_is_missing_is_asked_for() {
    let shipped = Declarations::shipped().unwrap();
    let mut police = request("police-uk");
    assert!(message(&shipped, &police).contains("--force"));
    police.force = Some("bedfordshire".into());
    assert!(message(&shipped, &police).contains("--months"));
    police.force = Some("../bedfordshire".into());
    assert_eq!(
        message(&shipped, &police),
        "\"../bedfordshire\" is no force: letters, digits and hyphens only"
    );
    assert!(message(&shipped, &request("ons-boundaries")).contains("--code"));
    assert_eq!(
        message(&shipped, &request("polis")),
        "there is no \"polis\" to fetch; there are home-office-recorded-crime, ons-boundaries, \
         ons-lookups, police-uk, police-uk-latest"
    );
    let home_office = message(&shipped, &request("home-office-recorded-crime"));
    assert!(
        home_office.starts_with("home-office-recorded-crime needs an address first"),
        "{home_office}"
    );
    assert!(home_office.contains("put it into fetch.toml"), "{home_office}");
}

#[test]
fn a_partnership_completes_and_corrects_entries() {
    let folder = tempfile::TempDir::new().unwrap();
    let shipped = Declarations::for_partnership(folder.path()).unwrap();
    assert_eq!(shipped, Declarations::shipped().unwrap());
    let own = r#"
        [home-office-recorded-crime]
        believed = "2026-11-24"
        [[home-office-recorded-crime.files]]
        form = "ods"
        url = "https://assets.publishing.service.gov.uk/media/0/table.ods"
        to = "prc-csp.ods"
        [police-uk]
        folder = "elsewhere"
    "#;
    std::fs::write(folder.path().join("fetch.toml"), own).unwrap();
    let own = Declarations::for_partnership(folder.path()).unwrap();
    let plan = plan(&own, &request("home-office-recorded-crime")).unwrap();
    assert_eq!(plan.items[0].files, ["prc-csp.ods"]);
    assert_eq!(plan.entry.publisher, "Home Office");
    assert_eq!(own.entries["police-uk"].folder, "elsewhere");
    assert_eq!(own.entries["police-uk"].files, shipped.entries["police-uk"].files);
}

#[test]
fn what_cannot_be_read_is_said() {
    for (own, expected) in [
        ("[police-uk", "fetch.toml: TOML parse error"),
        ("police-uk = 1", "fetch.toml: police-uk is not an entry; write [police-uk]"),
        ("[mine]\ntitle = \"x\"", "fetch.toml: [mine] missing field"),
        ("[police-uk]\nflies = []", "fetch.toml: [police-uk] unknown field `flies`"),
    ] {
        let error = Declarations::shipped_with("fetch.toml", own).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }
}

#[test]
fn no_file_leaves_the_target_folder() {
    for to in ["../x.csv", "/x.csv", "a/../../x.csv", "..\\\\x.csv", "C:x.csv", ""] {
        let own = crate::support::SAMPLE.replace("to = \"one.csv\"", &format!("to = \"{to}\""));
        let own = Declarations::shipped_with("fetch.toml", &own).unwrap();
        assert!(matches!(plan(&own, &request("sample")), Err(PlanError::Outside { .. })), "{to}");
    }
}

#[test]
fn the_size_of_an_earlier_fetch_is_known() {
    let fixture = crate::support::Fixture::new(|_, _| {
        crate::server::Reply::new(200, crate::support::csv_of(1_234))
    });
    let bytes = || plan(&fixture.declarations, &fixture.request).unwrap().items[0].known_bytes;
    assert_eq!(bytes(), None);
    fixture.run();
    assert_eq!(bytes(), Some(1_234));
    assert_eq!(fixture.server.seen().len(), 1, "planning asks nobody");
}
