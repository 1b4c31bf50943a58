//! Runs the binary in a folder and keeps what it said.

use std::path::{Path, PathBuf};
use std::process::Command;

/// How a run ended.
pub(crate) struct Ran {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Ran {
    /// Fails the test with everything the run said unless it ended as expected.
    #[track_caller]
    pub(crate) fn ended(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            Some(code),
            "standard output:\n{}\nstandard error:\n{}",
            self.out,
            self.err
        );
        self
    }
}

pub(crate) fn wardmote(folder: &Path, words: &[&str]) -> Ran {
    let output = Command::new(env!("CARGO_BIN_EXE_wardmote"))
        .current_dir(folder)
        .args(words)
        .env_remove("WARDMOTE_LOG")
        .env_remove("WARDMOTE_KEY_PASSWORD")
        .env_remove("WARDMOTE_RECORDS")
        .env_remove("WARDMOTE_RECORDS_KEYS")
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    Ran { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
}

/// Copies the partnership folder that the repository ships, without what was loaded into it.
pub(crate) fn shipped(name: &str, into: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../partnerships").join(name);
    let to = into.join(name);
    for part in [
        "",
        "sources",
        "measures",
        "assessment",
        "agreements",
        "protection",
        "clocks",
        "calendars",
        "routes",
        "reviews",
        "board",
        "plan",
        "plan/items",
    ] {
        if !from.join(part).is_dir() {
            continue;
        }
        std::fs::create_dir_all(to.join(part)).unwrap();
        for entry in std::fs::read_dir(from.join(part)).unwrap() {
            let path = entry.unwrap().path();
            if path.is_file() {
                std::fs::copy(&path, to.join(part).join(path.file_name().unwrap())).unwrap();
            }
        }
    }
    to
}
