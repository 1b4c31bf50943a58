//! A sample entry, fetched from the test's server into a folder of its own.

use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use tempfile::TempDir;
use wardmote_fetch::{Declarations, Ledger, Options, Progress, Report, Request, Silent, plan, run};

use crate::server::{Reply, Seen, Server};

pub(crate) const SAMPLE: &str = r#"
[sample]
title = "A sample"
publisher = "A publisher"
licence = "OGL-3.0"
attribution = "Contains a sample."
folder = "sample"
hosts = ["more.example"]

[[sample.files]]
form = "csv"
url = "https://files.example/data/one.csv"
to = "one.csv"
"#;

pub(crate) const FETCHED_AT: &str = "2026-11-24T12:00:00Z";

/// A server, and a folder to fetch into.
pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) options: Options,
    pub(crate) declarations: Declarations,
    pub(crate) request: Request,
    pub(crate) folder: TempDir,
}

impl Fixture {
    /// The sample entry, and a server that answers so.
    pub(crate) fn new(answer: impl FnMut(&Seen, usize) -> Reply + Send + 'static) -> Self {
        Self::of(SAMPLE, "sample", answer)
    }

    pub(crate) fn of(
        declaration: &str,
        source: &str,
        answer: impl FnMut(&Seen, usize) -> Reply + Send + 'static,
    ) -> Self {
        let server = Server::start(answer);
        let folder = TempDir::new().unwrap();
        let options = Options {
            mirror: Some(server.mirror()),
            pause: Duration::ZERO,
            back_off: Duration::from_millis(1),
            time_out: Duration::from_secs(5),
            ..Options::new(FETCHED_AT.parse().unwrap())
        };
        let request = Request {
            source: source.to_owned(),
            to: Some(folder.path().to_owned()),
            ..Request::default()
        };
        let declarations = Declarations::shipped_with("the test", declaration).unwrap();
        Self { server, options, declarations, request, folder }
    }

    pub(crate) fn run(&self) -> Report {
        self.run_telling(&Silent)
    }

    pub(crate) fn run_telling(&self, progress: &dyn Progress) -> Report {
        let plan = plan(&self.declarations, &self.request).unwrap();
        run(&plan, &self.options, progress).unwrap()
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn read(&self, name: &str) -> Option<Vec<u8>> {
        fs::read(self.path(name)).ok()
    }

    pub(crate) fn ledger(&self) -> Ledger {
        Ledger::read(self.folder.path()).unwrap()
    }

    /// All files in the folder, hidden ones and parts too.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names = Vec::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let name = path.strip_prefix(self.folder.path()).unwrap();
                    names.push(name.display().to_string());
                }
            }
        }
        names.sort();
        names
    }
}

/// The one message of a report in which all failed.
pub(crate) fn only_failure(report: &Report) -> String {
    assert_eq!(report.files, [], "nothing should have come");
    assert_eq!(report.failed.len(), 1, "{:?}", report.failed);
    report.failed[0].1.to_string()
}

/// A CSV of so many bytes, the same each time.
pub(crate) fn csv_of(n_bytes: usize) -> Vec<u8> {
    let lines = (0_u64..).map(|n| format!("{n},{}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)));
    let mut text = b"id,value\n".to_vec();
    for line in lines {
        if text.len() >= n_bytes {
            break;
        }
        text.extend(line.bytes());
    }
    text.truncate(n_bytes);
    text
}

/// Remembers what it was told.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    pub(crate) waits: Mutex<Vec<(Duration, String)>>,
    pub(crate) received: Mutex<u64>,
}

impl Progress for Heard {
    fn started(&self, _url: &str, _bytes: Option<u64>) {}

    fn received(&self, bytes: u64) {
        *self.received.lock().unwrap() += bytes;
    }

    fn waiting(&self, wait: Duration, why: &str) {
        self.waits.lock().unwrap().push((wait, why.to_owned()));
    }

    fn file_done(&self, _name: &str) {}
}
