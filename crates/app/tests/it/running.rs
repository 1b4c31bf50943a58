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

/// What a machine holds of a partnership beside what its folder says.
const OF_THE_MACHINE: [&str; 8] =
    ["data", "jobs", "keys", "lake", "packs", "publications", "published", "records"];

/// Copies the partnership folder that the repository ships, without what was loaded into it.
pub(crate) fn shipped(name: &str, into: &Path) -> PathBuf {
    let from = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../partnerships").join(name);
    let to = into.join(name);
    copy(&from, &to, &OF_THE_MACHINE);
    to
}

fn copy(from: &Path, to: &Path, without: &[&str]) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        let left_out = name.to_str().is_some_and(|name| without.contains(&name));
        if path.is_dir() && !left_out {
            copy(&path, &to.join(name), &[]);
        } else if path.is_file() {
            std::fs::copy(&path, to.join(name)).unwrap();
        }
    }
}
