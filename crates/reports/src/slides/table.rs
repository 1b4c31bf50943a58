//! Tables on slides: how many rows a slide has room for.

use crate::table::Table;
use crate::widths::{letters, widths};

/// Letters of a line, and lines below a title of one line, in the smallest size of a slide.
pub(super) const LETTERS: f64 = 96.0;
const LINES: f64 = 16.0;
/// The room above and below a row's words, in lines.
const BETWEEN: f64 = 0.5;

/// A table in pieces that each fit a slide; one without rows has none.
pub fn slide_tables(table: &Table) -> Vec<Table> {
    let widths = widths(table, LETTERS);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::table::Column;

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
