//! Tables with a marked header row.

use super::body::{paragraph_with, run};
use super::xml::Xml;
use crate::prose::Side;
use crate::table::Table;

/// Width of the text in twentieths of a point.
const TEXT_WIDTH: usize = 9_411;

/// Opens a table; its columns share the width of the text by `weights`.
pub(super) fn open(xml: &mut Xml, style: &str, description: &str, weights: &[f64]) {
    xml.open("w:tbl", &[]);
    xml.open("w:tblPr", &[]);
    xml.value("w:tblStyle", style);
    xml.empty("w:tblW", &[("w:w", &TEXT_WIDTH.to_string()), ("w:type", "dxa")]);
    xml.empty("w:tblLayout", &[("w:type", "fixed")]);
    xml.empty(
        "w:tblLook",
        &[
            ("w:val", "0420"),
            ("w:firstRow", "1"),
            ("w:lastRow", "0"),
            ("w:firstColumn", "0"),
            ("w:lastColumn", "0"),
            ("w:noHBand", "0"),
            ("w:noVBand", "1"),
        ],
    );
    if !description.is_empty() {
        xml.value("w:tblDescription", description);
    }
    xml.close("w:tblPr");
    xml.open("w:tblGrid", &[]);
    for width in widths(weights) {
        xml.empty("w:gridCol", &[("w:w", &width.to_string())]);
    }
    xml.close("w:tblGrid");
}

pub(super) fn close(xml: &mut Xml) {
    xml.close("w:tbl");
}

pub(super) fn widths(weights: &[f64]) -> Vec<usize> {
    let all: f64 = weights.iter().sum();
    weights
        .iter()
        .map(|weight| (TEXT_WIDTH as f64 * weight / all.max(1e-9)).floor() as usize)
        .collect()
}

/// Opens a row; a header row is repeated on every page and read out as such.
pub(super) fn open_row(xml: &mut Xml, is_header: bool) {
    xml.open("w:tr", &[]);
    xml.open("w:trPr", &[]);
    xml.empty("w:cantSplit", &[]);
    if is_header {
        xml.empty("w:tblHeader", &[]);
    }
    xml.close("w:trPr");
}

pub(super) fn open_cell(xml: &mut Xml, width: usize) {
    xml.open("w:tc", &[]);
    xml.open("w:tcPr", &[]);
    xml.empty("w:tcW", &[("w:w", &width.to_string()), ("w:type", "dxa")]);
    xml.close("w:tcPr");
}

/// The side to which the paragraph of a cell keeps.
pub(super) fn side(xml: &mut Xml, side: Side) {
    match side {
        Side::Left => {}
        Side::Middle => xml.value("w:jc", "center"),
        Side::Right => xml.value("w:jc", "right"),
    }
}

/// A table of the evidence.
pub(super) fn data(xml: &mut Xml, table: &Table) {
    let weights = weights(table);
    let small = weights.len() > 6;
    let (head, body) = if small {
        ("WardmoteSmallHeadCell", "WardmoteSmallCell")
    } else {
        ("WardmoteHeadCell", "WardmoteCell")
    };
    let keeps = |index: usize| if table.columns[index].numeric { Side::Right } else { Side::Left };
    open(xml, "WardmoteData", &table.caption, &weights);
    let mut row = |is_header: bool, style: &str, cells: &mut dyn Iterator<Item = &str>| {
        open_row(xml, is_header);
        for (index, width) in widths(&weights).into_iter().enumerate() {
            let words = cells.next().unwrap_or("");
            open_cell(xml, width);
            paragraph_with(xml, style, |xml| side(xml, keeps(index)), |xml| run(xml, &[], words));
            xml.close("w:tc");
        }
        xml.close("w:tr");
    };
    row(true, head, &mut table.columns.iter().map(|column| column.heading.as_str()));
    for cells in &table.rows {
        row(false, body, &mut cells.iter().map(String::as_str));
    }
    close(xml);
}

/// A column is as wide as its longest cell asks, within bounds that leave the others room.
fn weights(table: &Table) -> Vec<f64> {
    const NARROWEST: usize = 11;
    const WIDEST: usize = 48;
    let columns = table.columns.iter().enumerate();
    columns
        .map(|(index, column)| {
            let cells = table.rows.iter().filter_map(|row| row.get(index));
            let longest = cells.map(|cell| cell.chars().count()).max().unwrap_or(0);
            let word = column.heading.split_whitespace().map(|word| word.chars().count()).max();
            longest.max(word.unwrap_or(0)).clamp(NARROWEST, WIDEST) as f64
        })
        .collect()
}
