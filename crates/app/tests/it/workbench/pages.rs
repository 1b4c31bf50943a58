//! Signed-in pages in a real browser: by keyboard, without JavaScript, on a phone and on a desk, with
//! axe-core. `setup/node/site.mjs` says what it looks at.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::bench::PASSWORD;
use super::registers::{id_of, started};
use super::workbook::workbook;
use super::{Bench, Browser};

/// Somebody, and the pages that they look at. After `#sent` the page's form is sent as it is, and the
/// error summary looked at.
const VISITS: [(&str, &[&str]); 4] = [
    ("", &["/work/sign-in", "/work/sign-in#sent", "/work/signed-out", "/work/password-set"]),
    (
        "admin-one",
        &[
            "/work/",
            "/work/account",
            "/work/account/password",
            "/work/account/password#sent",
            "/work/account/codes",
            "/work/account/codes#sent",
            "/work/people",
            "/work/people?q=nobody",
            "/work/people/add",
            "/work/people/add#sent",
            "/work/people/organisations",
            "/work/people/of/analyst-one",
            "/work/people/of/analyst-one/change",
            "/work/people/of/analyst-one/account",
            "/work/people/of/analyst-one/role",
            "/work/people/of/analyst-one/role#sent",
            "/work/people/of/analyst-one/leave",
            "/work/audit",
        ],
    ),
    ("analyst-one", &["/work/jobs", "/work/jobs/ask"]),
    (
        "protector-one",
        &[
            "/work/agreements",
            "/work/agreements/in-force/landlord-2024",
            "/work/agreements/decision",
            "/work/agreements/decision#sent",
            "/work/audit",
            "/work/audit?page=2",
        ],
    ),
];

#[test]
fn a_browser_finds_no_barrier_on_signed_in_pages() {
    let Some(bench) = Bench::start() else { return };
    for (person, pages) in VISITS {
        visit(&bench, person, pages);
    }
}

/// The pages of whoever keeps the lists, `{action}` being an action and `{review}` a review.
const OF_THE_LISTS: [&str; 23] = [
    "/work/registers",
    "/work/registers/due",
    "/work/registers/actions",
    "/work/registers/actions?q=nothing",
    "/work/registers/actions/new",
    "/work/registers/actions/new#sent",
    "/work/registers/actions/{action}",
    "/work/registers/actions/{action}/change",
    "/work/registers/actions/{action}/history",
    "/work/registers/actions/{action}/link",
    "/work/registers/actions/{action}/link#sent",
    "/work/registers/workbook",
    "/work/registers/workbook#sent",
    "/work/meetings",
    "/work/meetings/board-1",
    "/work/decisions",
    "/work/reviews",
    "/work/reviews/{review}",
    "/work/reviews/{review}/note/happened",
    "/work/reviews/{review}/note/happened#sent",
    "/work/reviews/{review}/note/more-time#sent",
    "{sent}",
    "{taken}",
];

#[test]
fn a_browser_finds_no_barrier_on_pages_of_lists_board_and_reviews() {
    let Some(bench) = started() else { return };
    let mut keeper: Browser = bench.signed_in("analyst-one");
    let action = id_of(&mut keeper, "actions");
    let reviews = keeper.get("/work/reviews").body;
    let review = reviews.split("href=\"/work/reviews/").nth(1).unwrap()[..32].to_owned();
    // A workbook's report, and one that was taken and can be taken back.
    let mut sent = || {
        keeper.get("/work/registers/workbook");
        let sent = keeper.post_file("/work/registers/workbook", "plan.xlsx", &workbook());
        sent.location().to_owned()
    };
    let (taken, sent) = (sent(), sent());
    keeper.get(&taken);
    let taken = keeper.post(&format!("{taken}/accept"), &[]).location().to_owned();
    let replaced = |path: &&str| {
        let path = path.replace("{action}", &action).replace("{review}", &review);
        path.replace("{sent}", &sent).replace("{taken}", &taken)
    };
    let pages: Vec<String> = OF_THE_LISTS.iter().map(replaced).collect();
    visit(&bench, "analyst-one", &pages.iter().map(String::as_str).collect::<Vec<_>>());
}

fn visit(bench: &Bench, person: &str, pages: &[&str]) {
    let assets = std::env::var_os("WARDMOTE_ASSETS").unwrap();
    // Where `cargo xtask assets` has npm install what the lock file names.
    let modules = Path::new(&assets).join("../downloads/node/node_modules");
    if !modules.join("playwright-core").is_dir() || !Path::new("/usr/bin/chromium").exists() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no browser, or no driver for it");
        eprintln!("skipped: needs Chromium, and `cargo xtask assets` for what drives it");
        return;
    }
    let here = bench.folder().join("screenshots");
    let screenshots = std::env::var_os("WARDMOTE_SCREENSHOTS").map_or(here, PathBuf::from);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../setup/node/site.mjs");
    let mut node = Command::new("node");
    node.args([&script, &modules, &screenshots]).arg(format!("http://{}", bench.address));
    node.args(pages);
    if person.is_empty() {
        // Signed-out pages have a cookie too, because their forms need a token.
        node.env("SITE_COOKIES", "allowed");
    } else {
        let fields = serde_json::json!({
            "email": format!("{person}@example.org"), "password": PASSWORD,
        });
        let sign_in = serde_json::json!({ "path": "/work/sign-in", "fields": fields });
        node.env("SITE_SIGN_IN", sign_in.to_string());
    }
    let output = node.output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{person}: {said}{failed}");
    let count = pages.len();
    assert!(said.contains(&format!("{count} pages visited, 0 things wrong")), "{said}");
}
