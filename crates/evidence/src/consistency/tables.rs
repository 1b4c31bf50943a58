//! Tables as numbers, for the rules that compute with them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use regex::Regex;

use super::Paper;
use crate::document::Form;
use crate::pattern;

/// A cell with the line that it stands on.
#[derive(Debug, Clone, Default)]
pub(super) struct Cell {
    pub(super) text: String,
    pub(super) line: usize,
}

/// A table whose first row holds the headings.
#[derive(Debug, Clone)]
pub(super) struct Table {
    pub(super) headings: Vec<String>,
    pub(super) rows: Vec<Vec<Cell>>,
    pub(super) line: usize,
    /// The block of its first cell.
    pub(super) block: usize,
}

/// Cells by row and column.
type Grid = BTreeMap<(usize, usize), Cell>;

pub(super) fn tables(paper: &Paper) -> Vec<Table> {
    let mut grids: BTreeMap<usize, (usize, Grid)> = BTreeMap::new();
    for (index, block) in paper.document.blocks.iter().enumerate() {
        if let Form::Cell { table, row, column } = block.form {
            let (_, grid) = grids.entry(table).or_insert_with(|| (index, Grid::new()));
            let cell = grid
                .entry((row, column))
                .or_insert_with(|| Cell { text: String::new(), line: block.line() });
            // A cell may hold several paragraphs.
            if !cell.text.is_empty() {
                cell.text.push(' ');
            }
            cell.text.push_str(block.text.trim());
        }
    }
    let tables = grids.into_values().filter_map(|(block, grid)| {
        let n_columns = grid.keys().map(|(_, column)| column + 1).max()?;
        let n_rows = grid.keys().map(|(row, _)| row + 1).max()?;
        let line = paper.document.blocks[block].line();
        let row = |row: usize| {
            let cells =
                (0..n_columns).map(|column| grid.get(&(row, column)).cloned().unwrap_or_default());
            cells.collect::<Vec<Cell>>()
        };
        Some(Table {
            headings: row(0).into_iter().map(|cell| cell.text).collect(),
            rows: (1..n_rows).map(row).collect(),
            line,
            block,
        })
    });
    tables.collect()
}

/// Whether a row's label says that it holds a total.
pub(super) fn is_total(label: &str) -> bool {
    static TOTAL: LazyLock<Regex> = LazyLock::new(|| {
        pattern(r"(?i)^\s*(?:(?:grand\s+)?total|all|both|together|sum|overall)\b")
    });
    TOTAL.is_match(label)
}

/// A cell's number; `None` for percentages, words and blanks.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim().trim_start_matches('£').replace(',', "");
    text.parse().ok()
}

impl Table {
    /// Percentages of a column by row, with their decimals.
    pub(super) fn percents(&self, column: usize) -> BTreeMap<usize, (f64, usize)> {
        static PERCENT: LazyLock<Regex> =
            LazyLock::new(|| pattern(r"(?:^|\()\s*[+−–-]?(\d+(?:\.(\d+))?)\s?%"));
        let cells = self.rows.iter().enumerate().filter_map(|(row, cells)| {
            let captures = PERCENT.captures(&cells.get(column)?.text)?;
            let decimals = captures.get(2).map_or(0, |m| m.len());
            Some((row, (captures[1].parse().ok()?, decimals)))
        });
        cells.collect()
    }

    /// The number in a cell; one before a percentage in brackets counts too.
    pub(super) fn number(&self, row: usize, column: usize) -> Option<f64> {
        let text = &self.rows.get(row)?.get(column)?.text;
        number(text.split('(').next().unwrap_or(text))
    }

    pub(super) fn is_numeric(&self, column: usize) -> bool {
        (0..self.rows.len()).filter(|row| self.number(*row, column).is_some()).count() >= 2
    }

    /// What the row of totals gives.
    pub(super) fn total(&self, column: usize) -> Option<f64> {
        let row = self.rows.iter().position(|cells| is_total(&cells[0].text))?;
        self.number(row, column).filter(|total| *total > 0.0)
    }

    pub(super) fn map(&self, column: usize, f: impl Fn(f64) -> f64) -> Vec<Option<f64>> {
        (0..self.rows.len()).map(|row| self.number(row, column).map(&f)).collect()
    }

    pub(super) fn map_two(
        &self,
        one: usize,
        other: usize,
        f: impl Fn(f64, f64) -> f64,
    ) -> Vec<Option<f64>> {
        let value = |row: usize| {
            let (a, b) = (self.number(row, one)?, self.number(row, other)?);
            (b > 0.0).then(|| f(a, b))
        };
        (0..self.rows.len()).map(value).collect()
    }
}
