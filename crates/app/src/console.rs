//! What commands print: tables in three formats on standard output, progress on standard error.

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{Map, Value};
use wardmote_lake::read::Progress;

/// The formats of printed data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// Columns for reading
    Table,
    /// JSON
    Json,
    /// CSV with a heading line
    Csv,
}

/// Prints rows under headings.
pub(crate) fn print(format: Format, headings: &[&str], rows: &[Vec<String>]) -> anyhow::Result<()> {
    match format {
        Format::Table => print!("{}", columns(headings, rows)),
        Format::Csv => print!("{}", csv(headings, rows)),
        Format::Json => {
            let object = |row: &Vec<String>| {
                let pairs = headings
                    .iter()
                    .zip(row)
                    .map(|(name, cell)| ((*name).to_owned(), json_value(cell)));
                Value::Object(pairs.collect::<Map<_, _>>())
            };
            let array: Vec<Value> = rows.iter().map(object).collect();
            println!("{}", serde_json::to_string_pretty(&array)?);
        }
    }
    Ok(())
}

/// Prints a sentence indented and broken to the width of a plain terminal.
pub(crate) fn indented(sentence: &str) {
    const WIDTH: usize = 78;
    let mut line = String::new();
    for word in sentence.split_whitespace() {
        if !line.is_empty() && line.chars().count() + word.chars().count() + 3 > WIDTH {
            println!("  {line}");
            line.clear();
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    println!("  {line}");
}

/// A text that fits into a column of a table; what is longer ends with an ellipsis. JSON and CSV hold
/// texts whole.
pub(crate) fn fitted(format: Format, text: &str, width: usize) -> String {
    if format != Format::Table || text.chars().count() <= width {
        return text.to_owned();
    }
    let cut: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// Rows as CSV under a heading line.
pub(crate) fn csv(headings: &[&str], rows: &[Vec<String>]) -> String {
    let mut text = csv_line(headings.iter().copied()) + "\n";
    for row in rows {
        text += &csv_line(row.iter().map(String::as_str));
        text.push('\n');
    }
    text
}

fn json_value(cell: &str) -> Value {
    if cell.is_empty() {
        return Value::Null;
    }
    // A code such as 007 is no number, though it would parse as one.
    let leading_zero = cell.len() > 1 && cell.starts_with('0') && !cell.starts_with("0.");
    let number = (!leading_zero).then(|| cell.parse::<serde_json::Number>().ok()).flatten();
    number.map_or_else(|| Value::String(cell.to_owned()), Value::Number)
}

fn csv_line<'a>(cells: impl Iterator<Item = &'a str>) -> String {
    let quote = |cell: &str| {
        if cell.contains([',', '"', '\n', '\r']) {
            format!("\"{}\"", cell.replace('"', "\"\""))
        } else {
            cell.to_owned()
        }
    };
    cells.map(quote).collect::<Vec<_>>().join(",")
}

/// Rows in columns; numbers stand to the right.
pub(crate) fn columns(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = |index: usize| {
        let cells = rows.iter().filter_map(|row| row.get(index));
        cells
            .map(|cell| cell.chars().count())
            .chain([headings[index].chars().count()])
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let numeric: Vec<bool> = (0..headings.len())
        .map(|index| {
            let mut cells = rows
                .iter()
                .filter_map(|row| row.get(index))
                .filter(|cell| !cell.is_empty())
                .peekable();
            cells.peek().is_some()
                && cells.all(|cell| {
                    cell.starts_with(|c: char| c.is_ascii_digit() || c == '−' || c == '-')
                })
        })
        .collect();
    let mut out = String::new();
    let mut line = |cells: &mut dyn Iterator<Item = &str>| {
        let mut text = String::new();
        for (index, cell) in cells.enumerate() {
            let pad = " ".repeat(widths[index].saturating_sub(cell.chars().count()));
            let (before, after) =
                if numeric[index] { (pad.as_str(), "") } else { ("", pad.as_str()) };
            for part in [before, cell, after, "  "] {
                text.push_str(part);
            }
        }
        out.push_str(text.trim_end());
        out.push('\n');
    };
    line(&mut headings.iter().copied());
    for row in rows {
        line(&mut row.iter().map(String::as_str));
    }
    out
}

/// Progress of a load: a bar on a terminal, nothing elsewhere.
pub(crate) struct LoadProgress {
    bar: ProgressBar,
}

impl LoadProgress {
    pub(crate) fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) = ProgressStyle::with_template("{spinner} {pos} of {len} files  {msg}") {
            bar.set_style(style);
        }
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl Progress for LoadProgress {
    fn total_files(&self, n: usize) {
        self.bar.inc_length(n as u64);
    }

    fn file_done(&self, name: &str, _rows: u64) {
        self.bar.inc(1);
        self.bar.set_message(name.to_owned());
    }
}

/// Progress of a fetch: the bytes of the file that is coming on a terminal, and waits everywhere.
pub(crate) struct FetchProgress {
    bar: ProgressBar,
}

impl FetchProgress {
    pub(crate) fn new() -> Self {
        let bar = if std::io::stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        bar.enable_steady_tick(Duration::from_millis(200));
        Self { bar }
    }

    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }
}

impl wardmote_fetch::Progress for FetchProgress {
    fn started(&self, url: &str, bytes: Option<u64>) {
        let template = match bytes {
            Some(_) => "{spinner} {bytes} of {total_bytes}, {bytes_per_sec}  {msg}",
            None => "{spinner} {bytes}  {msg}",
        };
        if let Ok(style) = ProgressStyle::with_template(template) {
            self.bar.set_style(style);
        }
        self.bar.reset();
        self.bar.set_length(bytes.unwrap_or(0));
        self.bar.set_message(url.to_owned());
    }

    fn received(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    fn waiting(&self, wait: Duration, why: &str) {
        // Whoever watches a silent program wants to know that it is being polite.
        let seconds = wait.as_secs_f32().ceil();
        self.bar.suspend(|| eprintln!("waiting {seconds} s, because {why}"));
    }

    fn file_done(&self, name: &str) {
        self.bar.set_message(name.to_owned());
    }
}

/// An error with its causes, without saying anything twice.
pub(crate) fn chain(error: &anyhow::Error) -> String {
    said_once(error.chain())
}

/// The same for an error of a package.
pub(crate) fn causes(error: &(dyn std::error::Error + 'static)) -> String {
    said_once(std::iter::successors(Some(error), |error| error.source()))
}

fn said_once<'a>(errors: impl Iterator<Item = &'a (dyn std::error::Error + 'static)>) -> String {
    let mut text = String::new();
    for cause in errors.map(ToString::to_string) {
        if !text.contains(&cause) {
            if !text.is_empty() {
                text.push_str(": ");
            }
            text.push_str(&cause);
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_to_the_right() {
        let rows = vec![
            vec!["Luton".to_owned(), "18,664".to_owned()],
            vec!["Bedford".to_owned(), "7".to_owned()],
        ];
        assert_eq!(
            columns(&["area", "n"], &rows),
            "area          n\nLuton    18,664\nBedford       7\n"
        );
    }

    #[test]
    fn a_code_is_not_a_number() {
        assert_eq!(json_value("007"), Value::String("007".into()));
        assert_eq!(json_value("0.5"), serde_json::json!(0.5));
        assert_eq!(json_value(""), Value::Null);
    }

    #[test]
    fn causes_are_said_once() {
        let error = anyhow::anyhow!("inner").context("outer: inner");
        assert_eq!(chain(&error), "outer: inner");
    }
}
