//! Percentages of a table, by the numbers of the same table.

use super::super::words::half_of_last_place;
use super::super::{Clash, Paper, tables};
use super::clash;
use crate::numbers::one_decimal;

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    tables::tables(paper).iter().flat_map(|table| in_table(paper, table)).collect()
}

/// Rows of a table whose percentage is not what those of the other rows are.
fn in_table(paper: &Paper, table: &tables::Table) -> Vec<Clash> {
    let mut clashes = Vec::new();
    let columns = table.headings.len();
    for column in 1..columns {
        let percents = table.percents(column);
        if percents.len() < 3 {
            continue;
        }
        let numeric: Vec<usize> =
            (1..columns).filter(|c| *c != column && table.is_numeric(*c)).collect();
        // A share of the column's total, of another column, or a change between two.
        let mut ways: Vec<(String, Vec<Option<f64>>)> = Vec::new();
        for &one in &numeric {
            if let Some(total) = table.total(one) {
                ways.push(("of the total".into(), table.map(one, |n| 100.0 * n / total)));
            }
            for &other in numeric.iter().filter(|other| **other != one) {
                let pair = |f: fn(f64, f64) -> f64| table.map_two(one, other, f);
                let (name, base) = (&table.headings[one], &table.headings[other]);
                ways.push((format!("of {name} in {base}"), pair(|a, b| 100.0 * a / b)));
                ways.push((format!("from {base} to {name}"), pair(|a, b| 100.0 * (a - b) / b)));
            }
        }
        let agrees = |row: usize, way: &[Option<f64>]| {
            let (said, decimals) = percents.get(&row).copied()?;
            let exact = way.get(row).copied().flatten()?;
            Some((exact.abs() - said.abs()).abs() <= half_of_last_place(decimals) + 1e-9)
        };
        let judged = ways.iter().map(|(name, way)| {
            let rows: Vec<(usize, bool)> =
                percents.keys().filter_map(|row| Some((*row, agrees(*row, way)?))).collect();
            let right = rows.iter().filter(|(_, right)| *right).count();
            (right, rows, name, way)
        });
        let Some((right, rows, name, way)) = judged.max_by_key(|(right, ..)| *right) else {
            continue;
        };
        if right < 2 || 3 * right < 2 * rows.len() {
            continue;
        }
        for (row, _) in rows.iter().filter(|(_, right)| !right) {
            let (Some(exact), Some((said, _))) = (way[*row], percents.get(row)) else { continue };
            let label = &table.rows[*row][0];
            clashes.push(clash(
                paper,
                label.line,
                &label.text,
                format!(
                    "in the row {:?} the percentage {name} is {}, not {}, by the table's own numbers",
                    label.text,
                    one_decimal(exact),
                    one_decimal(*said)
                ),
            ));
        }
    }
    clashes
}
