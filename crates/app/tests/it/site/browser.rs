//! Pages in a real browser.

use std::path::Path;
use std::process::Command;

use super::Server;

/// Every kind of page in a real browser.
pub(super) fn a_browser_finds_no_barrier(server: &Server, here: &Path) {
    let pages = [
        "/",
        "/areas",
        "/areas/E08000035",
        "/map",
        "/map?show=hot-spots",
        "/areas?q=LS1+1BA",
        "/topics",
        "/topics/recorded-crime",
        "/compare",
        "/compare?measure=recorded-crime&area=E08000035&area=E08000032&area=E08000033",
        "/compare?area=Leeds+00",
        "/explore",
        "/explore?measure=anti-social-behaviour&by=msoa-2011&as=rate&from=2018-07",
        "/explore?from=1066-01&as=x",
        "/data",
        "/data/police-street",
        "/methods",
        "/methods/spikes",
        "/glossary",
        "/accessibility",
        "/privacy",
        "/about",
        "/nothing",
        "/assessment/index.html",
        "/assessment/figures.html",
    ];
    visit(server, &here.join("leeds"), &pages);
    let used = "map and charts used, 0 things wrong";
    let pages = ["/map", "/areas/E08000035"];
    browse(server, &here.join("leeds"), ("map.mjs", ""), &pages, used);
}

/// Visits pages in a real browser: `setup/node/site.mjs` says what it looks at.
pub(super) fn visit(server: &Server, here: &Path, pages: &[&str]) {
    visit_answered(server, here, pages, "");
}

/// The same of pages that are answered with a status that is meant, besides 404 and 422.
pub(crate) fn visit_answered(server: &Server, here: &Path, pages: &[&str], status: &str) {
    let expected = format!("{} pages visited, 0 things wrong", pages.len());
    browse(server, here, ("site.mjs", status), pages, &expected);
}

/// Runs a script of `setup/node` on pages, which must say what is expected.
fn browse(
    server: &Server,
    here: &Path,
    (script, status): (&str, &str),
    pages: &[&str],
    expected: &str,
) {
    let assets = std::env::var_os("WARDMOTE_ASSETS").unwrap();
    // Where `cargo xtask assets` has npm install what the lock file names.
    let modules = Path::new(&assets).join("../downloads/node/node_modules");
    let chromium = Path::new("/usr/bin/chromium");
    if !modules.join("playwright-core").is_dir() || !chromium.exists() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "no browser, or no driver for it");
        eprintln!("skipped: needs Chromium, and `cargo xtask assets` for what drives it");
        return;
    }
    let name = here.file_name().unwrap();
    let screenshots = std::env::var_os("WARDMOTE_SCREENSHOTS")
        .map_or_else(|| here.join("screenshots"), |kept| Path::new(&kept).join(name));
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../setup/node").join(script);
    let output = Command::new("node")
        .env("SITE_ANSWERS", status)
        .args([script, modules, screenshots])
        .arg(format!("http://{}", server.address))
        .args(pages)
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let failed = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}{failed}");
    assert!(said.contains(expected), "{said}");
}
