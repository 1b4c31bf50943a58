//! A table, and the same table as CSV.

use serde::{Deserialize, Serialize};

/// A table whose first column names its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Table {
    /// What the table shows.
    pub caption: String,
    /// Columns.
    pub columns: Vec<Column>,
    /// Rows of cells, each as long as `columns`.
    pub rows: Vec<Vec<String>>,
    /// A note below the table.
    pub note: Option<String>,
}

/// A column of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Column {
    /// Heading.
    pub heading: String,
    /// Whether its cells are numbers, which line up on the right.
    pub numeric: bool,
}

impl Table {
    /// The table as CSV (RFC 4180), with its headings and without caption and note.
    pub fn csv(&self) -> String {
        let headings: Vec<&str> =
            self.columns.iter().map(|column| column.heading.as_str()).collect();
        let mut text = csv_row(&headings);
        for row in &self.rows {
            let cells: Vec<&str> = row.iter().map(String::as_str).collect();
            text.push_str(&csv_row(&cells));
        }
        text
    }
}

fn csv_row(cells: &[&str]) -> String {
    let fields: Vec<String> = cells.iter().map(|cell| csv_field(cell)).collect();
    fields.join(",") + "\r\n"
}

fn csv_field(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}
