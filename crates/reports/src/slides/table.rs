//! Tables on slides: how wide each column is, and how many rows a slide has room for.

use serde::Serialize;

use crate::table::{Column, Table};

/// Letters of a line, and lines below a title of one line, in the smallest size of a slide.
const LETTERS: f64 = 96.0;
const LINES: f64 = 16.0;
/// The room above and below a row's words, in lines.
const BETWEEN: f64 = 0.5;

/// What is no longer than a day or an interval is not broken.
const UNBROKEN: f64 = 18.0;

/// A table with the width of each column.
#[derive(Serialize)]
pub(super) struct TableView {
    #[serde(flatten)]
    table: Table,
    widths: Vec<f64>,
}

impl TableView {
    pub(super) fn of(table: &Table) -> Self {
        Self { widths: widths(table), table: table.clone() }
    }
}

/// A table in pieces that each fit a slide; one without rows has none.
pub fn slide_tables(table: &Table) -> Vec<Table> {
    let widths = widths(table);
    let lines = |cells: &mut dyn Iterator<Item = &str>| {
        let lines = |(cell, width): (&str, &f64)| {
            // A line ends before the word that it has no room for.
            (1.1 * letters(cell) / width).ceil().max(1.0)
        };
        cells.zip(&widths).map(lines).fold(1.0, f64::max) + BETWEEN
    };
    let head = lines(&mut table.columns.iter().map(|column| column.heading.as_str()));
    let mut pieces: Vec<Table> = Vec::new();
    let mut room = 0.0;
    for row in &table.rows {
        let needed = lines(&mut row.iter().map(String::as_str));
        if pieces.is_empty() || needed > room {
            pieces.push(Table { rows: Vec::new(), ..table.clone() });
            room = LINES - head;
        }
        room -= needed;
        if let Some(piece) = pieces.last_mut() {
            piece.rows.push(row.clone());
        }
    }
    pieces
}

/// The width of each column in letters: room for its longest word, or for all of a short cell, and then as
/// much of what is left as its cells ask for.
fn widths(table: &Table) -> Vec<f64> {
    let column = |(index, column): (usize, &Column)| {
        let cells = || table.rows.iter().filter_map(move |row| row.get(index));
        let longest = cells().map(|cell| letters(cell)).fold(0.0, f64::max);
        let word = |text: &str| text.split_whitespace().map(letters).fold(0.0, f64::max);
        let words = cells().map(|cell| word(cell)).fold(0.0, f64::max);
        let least = if longest <= UNBROKEN { longest } else { words };
        // Headings are bold, and so wider.
        let least = least.max(1.2 * word(&column.heading)) + 2.0;
        let mean = cells().map(|cell| letters(cell)).sum::<f64>() / letters_of(table.rows.len());
        (least, (mean.max(0.5 * longest) - least).max(0.0))
    };
    let columns: Vec<(f64, f64)> = table.columns.iter().enumerate().map(column).collect();
    let least: f64 = columns.iter().map(|(least, _)| least).sum();
    let asked: f64 = columns.iter().map(|(_, more)| more).sum();
    let left = (LETTERS - least).max(0.0);
    let share = |(least, more): &(f64, f64)| {
        let even = left / letters_of(columns.len());
        least + if asked > 0.0 { left * more / asked } else { even }
    };
    columns.iter().map(share).collect()
}

fn letters(text: &str) -> f64 {
    letters_of(text.chars().count())
}

fn letters_of(n: usize) -> f64 {
    f64::from(u32::try_from(n.max(1)).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: Vec<Vec<String>>) -> Table {
        let column = |heading: &str| Column { heading: heading.to_owned(), numeric: false };
        Table {
            caption: "Invented".to_owned(),
            columns: vec![column("Risk"), column("Owner")],
            rows,
            note: None,
        }
    }

    #[test]
    fn every_row_is_on_one_slide_and_long_ones_make_more() {
        let row =
            |n: usize| vec![format!("{n} {}", "word ".repeat(20)), "Invented lead".to_owned()];
        let rows: Vec<Vec<String>> = (0..30).map(row).collect();
        let pieces = slide_tables(&table(rows.clone()));
        assert!(pieces.len() > 2 && pieces.iter().all(|piece| !piece.rows.is_empty()));
        assert_eq!(pieces.into_iter().flat_map(|piece| piece.rows).collect::<Vec<_>>(), rows);
        let short = vec![vec!["One".to_owned(), "Two".to_owned()]; 9];
        assert_eq!(slide_tables(&table(short)).len(), 1);
        assert_eq!(slide_tables(&table(Vec::new())), []);
    }
}
