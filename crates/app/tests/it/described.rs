//! The interface for programs against its own description, by schemathesis: requests made from the
//! description, and some against it, must get the answers that it promises.

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::Command;

use crate::site::Server;
use crate::small_country::small_country;

/// The same requests each time, and as many as take about a minute.
const SEED: &str = "20250318";
const EXAMPLES: &str = "25";
const SECONDS: &str = "60";

/// An address that is too long is refused as such.
const CHECKS: &str = r#"[checks]
negative_data_rejection.expected-statuses = ["400", "404", "414"]
"#;
/// What is there and what is not, so that both answers are met.
const VALUES: &str = r#"[parameters]
"path.measure" = ["recorded-crime", "anti-social-behaviour", "no-such-measure"]
"path.area" = ["E07000001", "E02000001", "E01000001", "E99999999", "nowhere"]
"#;

#[test]
fn programs_get_what_the_description_promises() {
    let here = tempfile::tempdir().unwrap();
    let Some(packages) = packages() else { return };
    let Some(folder) = small_country(here.path(), 36) else { return };
    let server = Server::start(&[&folder]);
    // Once with values made from the description alone, once with some that are there.
    let configure = |text: &str| {
        std::fs::write(here.path().join("schemathesis.toml"), text).unwrap();
    };
    configure(CHECKS);
    look(&server, here.path(), &packages, "/");
    configure(&format!("{CHECKS}{VALUES}"));
    look(&server, here.path(), &packages, "/");
}

/// The lists of a plan and a board that are there, so that their rows are held against the description.
pub(crate) fn the_board_is_as_described(server: &Server, here: &Path) {
    let Some(packages) = packages() else { return };
    std::fs::write(here.join("schemathesis.toml"), CHECKS).unwrap();
    look(server, here, &packages, "^/(plan|meetings|decisions|groups|claims)");
}

fn packages() -> Option<OsString> {
    let packages = std::env::var_os("WARDMOTE_SCHEMATHESIS");
    if packages.is_none() {
        assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "schemathesis is not there");
        eprintln!("skipped: `cargo xtask test` installs schemathesis and names it");
    }
    packages
}

/// `paths`: what the paths to be tried match.
fn look(server: &Server, folder: &Path, packages: &OsStr, paths: &str) {
    let output = Command::new("python3")
        .current_dir(folder)
        .env("PYTHONPATH", packages)
        .args(["-m", "schemathesis.cli", "run"])
        .arg(format!("http://{}/api/v1/openapi.json", server.address))
        .args(["--include-path-regex", paths])
        .args(["--checks", "all", "--phases", "coverage,fuzzing"])
        .args(["--seed", SEED, "--max-examples", EXAMPLES, "--max-time", SECONDS, "--no-color"])
        .args(["--generation-database", "none", "--request-timeout", "30"])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // "637 generated, 637 passed"
    let sums = said.lines().filter_map(|line| line.trim().strip_suffix(" passed"));
    let mut sums = sums.filter_map(|sum| sum.split_once(" generated, "));
    let (generated, passed) = sums.next().unwrap();
    assert!(generated == passed && generated.parse::<u32>().unwrap() > 50, "{said}");
}
