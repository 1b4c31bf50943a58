//! How wide each column of a table is, on paper and on slides.

use serde::Serialize;

use crate::table::{Column, Table};

/// What is no longer than a day or an interval is not broken.
const UNBROKEN: f64 = 18.0;

/// A table with the width of each column.
#[derive(Serialize)]
pub(crate) struct TableView<'a> {
    #[serde(flatten)]
    table: &'a Table,
    widths: Vec<f64>,
}

impl<'a> TableView<'a> {
    /// For a line that has room for so many letters.
    pub(crate) fn of(table: &'a Table, letters: f64) -> Self {
        Self { widths: widths(table, letters), table }
    }
}

/// The width of each column in letters: room for its longest word, or for all of a short cell, and then as
/// much of what is left as its cells ask for.
pub(crate) fn widths(table: &Table, room: f64) -> Vec<f64> {
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
    let left = (room - least).max(0.0);
    let share = |(least, more): &(f64, f64)| {
        let even = left / letters_of(columns.len());
        least + if asked > 0.0 { left * more / asked } else { even }
    };
    columns.iter().map(share).collect()
}

pub(crate) fn letters(text: &str) -> f64 {
    letters_of(text.chars().count())
}

fn letters_of(n: usize) -> f64 {
    f64::from(u32::try_from(n.max(1)).unwrap_or(u32::MAX))
}
