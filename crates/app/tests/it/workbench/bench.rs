//! An invented town with records, people and a server.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use super::Browser;
use crate::bundles::town::declare;
use crate::running::{Ran, wardmote};

pub(crate) const PASSWORD: &str = "kettle lamp orchard";

const STAFF: &str = r#"
[[organisations]]
id = "council"
name = "Invented Council"
[[organisations]]
id = "landlord"
name = "Invented Homes"
[[people]]
id = "analyst-one"
name = "Invented Analyst"
organisation = "council"
roles = [{ role = "analyst", from = "2024-01-01" }]
[[people]]
id = "protector-one"
name = "Invented Protection Officer"
organisation = "council"
roles = [{ role = "data-protection-officer", from = "2024-01-01" }]
[[people]]
id = "officer-one"
name = "Invented Officer"
organisation = "landlord"
roles = [{ role = "case-officer", from = "2024-01-01", to = "2025-01-01" }]
"#;

const GATEWAYS: &str = r#"
explain_refusals_to = ["data-protection-officer"]
[[gateways]]
id = "power"
kind = "power"
law = "an invented power"
personal = true
checked = "2026-11-24"
"#;

const AGREEMENT: &str = r#"
title = "SYNTHETIC: sharing of the landlord's cases"
synthetic = true
source = "invented"
checked = "2026-11-24"
purpose = "reduce-anti-social-behaviour"
purpose_in_words = "to reduce anti-social behaviour"
gateway = "power"
start = "2024-01-01"
end = "2039-12-31"
review = "2038-12-31"
parties = [{ id = "landlord", name = "Invented Homes" }, { id = "council", name = "Invented Council" }]
[[permits]]
operations = ["consultation"]
from = ["landlord"]
to = ["council"]
roles = ["analyst"]
categories = ["asb-case"]
markings = ["OFFICIAL"]
"#;

/// Codes are offered and not required, so that most tests need none.
const SIGN_IN: &str = "[rules]\nsecond_factor = \"offered\"\n";

/// A server that ends with the test.
pub(crate) struct Bench {
    folder: TempDir,
    server: Option<Child>,
    pub(crate) address: String,
}

impl Drop for Bench {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Bench {
    /// A server with three people who have passwords, and an administrator, `admin-one`. `None`,
    /// after saying so, where pages cannot be made.
    pub(crate) fn start() -> Option<Self> {
        Self::start_with(SIGN_IN)
    }

    pub(crate) fn start_with(sign_in: &str) -> Option<Self> {
        if std::env::var_os("WARDMOTE_ASSETS").is_none() {
            assert_ne!(std::env::var("CI").as_deref(), Ok("true"), "WARDMOTE_ASSETS is not set");
            eprintln!(
                "skipped: pages need the templates; run `cargo xtask assets` and set WARDMOTE_ASSETS"
            );
            return None;
        }
        let folder = tempfile::tempdir().unwrap();
        let town = folder.path();
        declare(town);
        wardmote(town, &["source", "key", "landlord"]).ended(0);
        wardmote(town, &["ingest"]).ended(0);
        let write = |name: &str, text: &str| std::fs::write(town.join(name), text).unwrap();
        std::fs::create_dir_all(town.join("agreements")).unwrap();
        write("agreements/gateways.toml", GATEWAYS);
        write("agreements/landlord-2024.toml", AGREEMENT);
        write("sign-in.toml", sign_in);
        write("keys/openid.secret", "an invented secret: +/&\n");
        write("staff.toml", STAFF);
        wardmote(town, &["records", "staff", "staff.toml"]).ended(0);
        let mut bench = Self { folder, server: None, address: String::new() };
        let create = "admin create admin-one --organisation council --email admin-one@example.org";
        let mut words: Vec<&str> = create.split(' ').collect();
        words.extend(["--name", "Invented Administrator"]);
        let admin = wardmote(bench.folder(), &words).ended(0);
        bench.serve();
        bench.accept(&admin);
        for person in ["analyst-one", "protector-one", "officer-one"] {
            let email = format!("{person}@example.org");
            let invited = bench.run(&["admin", "invite", person, "--email", &email]).ended(0);
            bench.accept(&invited);
        }
        Some(bench)
    }

    /// Starts the server, if it does not run.
    pub(crate) fn serve(&mut self) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wardmote"));
        let listen = if self.address.is_empty() { "127.0.0.1:0" } else { &self.address };
        command.args(["serve", "--listen", listen]).current_dir(self.folder());
        let mut server = command.stdout(Stdio::piped()).stdin(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("http://").unwrap_or_default();
        address.trim_end_matches('/').clone_into(&mut self.address);
        self.server = Some(server);
        assert!(!self.address.is_empty(), "the server did not start");
    }

    pub(crate) fn stop(&mut self) {
        if let Some(mut server) = self.server.take() {
            let _gone = server.kill();
            let _waited = server.wait();
        }
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn run(&self, words: &[&str]) -> Ran {
        wardmote(self.folder(), words)
    }

    /// Sets [`PASSWORD`] by the link that a command printed.
    pub(crate) fn accept(&self, invited: &Ran) {
        let path = &invited.out.trim()[invited.out.find("/work/").unwrap()..];
        let mut browser = self.browser();
        let page = browser.get(path);
        assert_eq!(page.status, 200, "{}", page.body);
        let fields = [("password", PASSWORD), ("again", PASSWORD)];
        let set = browser.post(path, &fields);
        assert_eq!((set.status, set.location()), (303, "/work/password-set"), "{}", set.body);
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::new(&self.address)
    }

    /// A browser in which somebody is signed in.
    pub(crate) fn signed_in(&self, person: &str) -> Browser {
        let mut browser = self.browser();
        let answer = browser.sign_in(person, PASSWORD);
        assert_eq!((answer.status, answer.location()), (303, "/work/"), "{}", answer.body);
        browser
    }

    /// Changes the store behind the server's back, by SQL: to let time pass.
    pub(crate) fn alter(&self, sql: &str) {
        let script = "import sqlite3, sys\n\
                      with sqlite3.connect(sys.argv[1], timeout=30) as store:\n\
                      \x20   assert store.execute(sys.argv[2]).rowcount > 0, 'no row was changed'";
        let store = self.folder().join("records/records.db");
        let ended = Command::new("python3").args(["-c", script]).arg(store).arg(sql).status();
        assert!(ended.unwrap().success(), "{sql}");
    }

    /// The log, as CSV.
    pub(crate) fn log(&self) -> String {
        self.run(&["audit", "search", "--format", "csv"]).ended(0).out
    }
}
