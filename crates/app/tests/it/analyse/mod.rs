//! `wardmote analyse`: each method end to end on generated files, held against `wardmote-stats` on the
//! same numbers, whose own tests hold it against independent programs; and what is refused.

mod comparison;
mod luton;
mod months;
mod people;
mod place;
mod places;
mod refusals;
mod time;

use std::fmt::Write as _;
use std::path::Path;

use serde_json::Value;

use crate::running::{Ran, wardmote};

/// A folder with the files of a test.
pub(crate) struct Files(tempfile::TempDir);

impl Files {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub(crate) fn with(self, name: &str, text: &str) -> Self {
        std::fs::write(self.path().join(name), text).unwrap();
        self
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn run(&self, words: &str) -> Ran {
        let words: Vec<&str> = std::iter::once("analyse").chain(words.split(' ')).collect();
        wardmote(self.path(), &words)
    }

    /// The one object that a method answers with, whose fields are as promised.
    #[track_caller]
    pub(crate) fn json(&self, words: &str) -> Value {
        let ran = self.run(&format!("{words} --format json")).ended(0);
        let found: Value = serde_json::from_str(&ran.out).unwrap();
        // As the program writes them; the parser may sort what it read.
        let at = |key: &str| ran.out.find(&format!("\"{key}\":")).unwrap();
        let order = ["method", "parameters", "n", "results", "warnings"].map(at);
        assert!(order.is_sorted(), "{}", ran.out);
        assert_eq!(found.as_object().unwrap().len(), order.len());
        assert_eq!(found["method"], words.split(' ').next().unwrap());
        // Also for reading: no line is wider than a terminal but where one cell is.
        let table = self.run(words).ended(0).out;
        assert!(table.lines().all(|line| line.chars().count() <= 100), "{table}");
        self.run(&format!("{words} --format csv")).ended(0);
        found
    }

    /// What a refusal says.
    #[track_caller]
    pub(crate) fn refused(&self, words: &str, parts: &[&str]) {
        let ran = self.run(words).ended(2);
        for part in parts {
            assert!(ran.err.contains(part), "{part:?} is not in: {}", ran.err);
        }
        assert!(ran.out.is_empty(), "{}", ran.out);
    }
}

#[test]
fn every_method_has_an_example_and_a_line_in_the_manual() {
    let manual = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/methods/README.md");
    let manual = std::fs::read_to_string(manual).unwrap();
    let files = Files::new();
    let help = files.run("--help").ended(0).out;
    let listed = help.split("Methods:").nth(1).unwrap().split("Options:").next().unwrap();
    let methods: Vec<&str> = listed
        .lines()
        .filter_map(|line| line.strip_prefix("  ")?.split(' ').next())
        .filter(|name| !name.is_empty() && *name != "help")
        .collect();
    assert_eq!(methods.len(), 27, "{methods:?}");
    for method in methods {
        assert!(
            manual.contains(&format!("`{method}`")),
            "{method} is not in docs/methods/README.md"
        );
        let help = files.run(&format!("{method} --help")).ended(0).out;
        assert!(help.contains(&format!("wardmote analyse {method} --")), "{help}");
    }
}

/// Numbers of a list.
#[track_caller]
pub(crate) fn numbers(list: &Value) -> Vec<f64> {
    list.as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

/// One field of every row.
#[track_caller]
pub(crate) fn column(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().unwrap().iter().map(|row| row[name].clone()).collect()
}

/// Sixty months with a season and, in the last year, a spike.
pub(crate) fn counts() -> Vec<u64> {
    let season = [40, 36, 42, 45, 52, 58, 63, 61, 55, 50, 44, 41];
    let noise = [0, 3, 1, 4, 2, 6, 5];
    (0..60_usize)
        .map(|i| season[i % 12] + noise[(i * 5) % 7] + if i == 55 { 60 } else { 0 })
        .collect()
}

/// The counts by month from 2020-01, as a table.
pub(crate) fn by_month(counts: &[u64]) -> String {
    let mut text = "month,n\n".to_owned();
    for (i, n) in counts.iter().enumerate() {
        let _ = writeln!(text, "{}-{:02},{n}", 2020 + i / 12, i % 12 + 1);
    }
    text
}

/// The counts by month and the months of the year, as methods take them.
pub(crate) fn months_of_year(n: usize) -> Vec<u8> {
    (0..n).map(|i| (i % 12) as u8 + 1).collect()
}
