//! An analysis as JSON, CSV or, for reading, words first and tables that fit 80 columns.

use serde_json::Value;
use wardmote_evidence::analysis::{Analysis, Field, Fields};

use crate::console::{self, Format};

const WIDTH: usize = 80;

pub(super) fn print(format: Format, analysis: &Analysis) -> anyhow::Result<()> {
    match format {
        Format::Json => println!("{}", serde_json::to_string_pretty(analysis)?),
        Format::Csv => {
            for warning in &analysis.warnings {
                eprintln!("{warning}");
            }
            let table = main_table(&analysis.results);
            let headings: Vec<&str> = table.headings.iter().map(String::as_str).collect();
            let rows: Vec<Vec<String>> =
                table.rows.iter().map(|row| row.iter().map(exact).collect()).collect();
            console::print(Format::Csv, &headings, &rows)?;
        }
        Format::Table => print!("{}", readable(analysis)),
    }
    Ok(())
}

/// Rows under headings.
#[derive(Debug, Default)]
struct Table {
    headings: Vec<String>,
    rows: Vec<Vec<Value>>,
}

impl Table {
    fn of_rows(rows: &[Fields]) -> Self {
        let flat: Vec<Vec<(String, Value)>> = rows.iter().map(scalars).collect();
        let headings = flat.first().into_iter().flatten().map(|(name, _)| name.clone()).collect();
        let rows = flat.into_iter().map(|row| row.into_iter().map(|(_, value)| value).collect());
        Self { headings, rows: rows.collect() }
    }

    /// Lists of one length, side by side.
    fn of_lists(fields: &Fields) -> Option<Self> {
        let lists: Vec<(&str, &Vec<Value>)> = fields
            .iter()
            .filter_map(|(name, field)| match field {
                Field::List(values) => Some((name, values)),
                _ => None,
            })
            .collect();
        let n = lists.first()?.1.len();
        let of_one_length: Vec<_> = lists.into_iter().filter(|(_, list)| list.len() == n).collect();
        let headings = of_one_length.iter().map(|(name, _)| (*name).to_owned()).collect();
        let row = |i: usize| of_one_length.iter().map(|(_, list)| list[i].clone()).collect();
        Some(Self { headings, rows: (0..n).map(row).collect() })
    }

    fn of_scalars(fields: &Fields) -> Self {
        let rows = scalars(fields).into_iter().map(|(name, value)| vec![name.into(), value]);
        Self { headings: vec!["name".into(), "value".into()], rows: rows.collect() }
    }
}

/// The values of a group, those of groups in it with their names before them.
fn scalars(fields: &Fields) -> Vec<(String, Value)> {
    let mut found = Vec::new();
    for (name, field) in fields.iter() {
        match field {
            Field::Value(value) => found.push((name.to_owned(), value.clone())),
            Field::Group(group) => {
                let inner = scalars(group).into_iter();
                found.extend(inner.map(|(inner, value)| (format!("{name}_{inner}"), value)));
            }
            Field::List(_) | Field::Table(_) => {}
        }
    }
    found
}

/// What CSV holds: the rows; of a single group its lists, else its table, else its values.
fn main_table(results: &Field) -> Table {
    match results {
        Field::Table(rows) => Table::of_rows(rows),
        Field::Group(group) => Table::of_lists(group)
            .or_else(|| {
                group.iter().find_map(|(_, field)| match field {
                    Field::Table(rows) => Some(Table::of_rows(rows)),
                    _ => None,
                })
            })
            .unwrap_or_else(|| Table::of_scalars(group)),
        Field::Value(_) | Field::List(_) => Table::default(),
    }
}

fn readable(analysis: &Analysis) -> String {
    let mut out = String::new();
    for sentence in &analysis.in_words {
        out.push_str(&wrapped(sentence, ""));
    }
    for warning in &analysis.warnings {
        out.push_str(&wrapped(&format!("Note: {warning}"), "  "));
    }
    let mut section = |text: &str| {
        out.push('\n');
        out.push_str(text);
    };
    match &analysis.results {
        Field::Table(rows) => section(&in_columns(&Table::of_rows(rows))),
        Field::Group(group) => {
            let values = scalars(group);
            if !values.is_empty() {
                section(&named(&values));
            }
            for (name, field) in group.iter() {
                if let Field::Table(rows) = field {
                    section(&format!("{name}\n{}", in_columns(&Table::of_rows(rows))));
                }
            }
            if let Some(lists) = Table::of_lists(group) {
                section(&in_columns(&lists));
            }
        }
        Field::Value(_) | Field::List(_) => {}
    }
    let mut parameters = scalars(&analysis.parameters);
    for (name, field) in analysis.parameters.iter() {
        if let Field::List(values) = field {
            let list: Vec<String> = values.iter().map(short).collect();
            parameters.push((name.to_owned(), list.join(", ").into()));
        }
    }
    parameters.push(("n".into(), analysis.n.into()));
    section(&format!("Parameters of {}\n{}", analysis.method, named(&parameters)));
    out
}

fn named(values: &[(String, Value)]) -> String {
    let known = values.iter().filter(|(_, value)| !value.is_null());
    known.map(|(name, value)| wrapped(&format!("{name}: {}", short(value)), "  ")).collect()
}

/// As many columns as fit; the others are named.
fn in_columns(table: &Table) -> String {
    let cells: Vec<Vec<String>> =
        table.rows.iter().map(|row| row.iter().map(short).collect()).collect();
    let width = |column: usize| {
        let widest = cells.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        widest.max(table.headings[column].chars().count()) + 2
    };
    let mut used = 0;
    let fit = (0..table.headings.len())
        .take_while(|column| {
            used += width(*column);
            used <= WIDTH + 2
        })
        .count()
        .max(1)
        .min(table.headings.len());
    let headings: Vec<&str> = table.headings[..fit].iter().map(String::as_str).collect();
    let rows: Vec<Vec<String>> = cells.iter().map(|row| row[..fit].to_vec()).collect();
    let mut out = console::columns(&headings, &rows);
    if fit < table.headings.len() {
        let rest = table.headings[fit..].join(", ");
        out.push_str(&wrapped(&format!("Also, with --format csv or json: {rest}"), "  "));
    }
    out
}

/// To four digits, for reading.
fn short(value: &Value) -> String {
    let Some(number) = value.as_f64().filter(|_| value.is_f64()) else { return exact(value) };
    let magnitude = number.abs();
    if magnitude != 0.0 && !(1e-4..1e7).contains(&magnitude) {
        return format!("{number:.2e}");
    }
    let whole_digits = if magnitude < 1.0 { 0 } else { magnitude.log10() as usize + 1 };
    format!("{number:.*}", 4_usize.saturating_sub(whole_digits).max(1))
}

fn exact(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    }
}

fn wrapped(text: &str, indent: &str) -> String {
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.trim().is_empty() && line.chars().count() + 1 + word.chars().count() > WIDTH {
            out.push_str(&line);
            out.push('\n');
            indent.clone_into(&mut line);
        }
        if !line.trim().is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    out.push_str(&line);
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_for_reading() {
        let short = |x: f64| short(&Value::from(x));
        assert_eq!(short(0.123_456), "0.1235");
        assert_eq!(short(12.345_6), "12.35");
        assert_eq!(short(123_456.7), "123456.7");
        assert_eq!(short(0.000_012_3), "1.23e-5");
    }

    #[test]
    fn lines_keep_within_the_width() {
        let text = "word ".repeat(60);
        assert!(wrapped(&text, "  ").lines().all(|line| line.chars().count() <= WIDTH));
    }
}
