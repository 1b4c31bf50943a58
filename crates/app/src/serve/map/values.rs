//! The values of a map for programs: as JSON, which the map that moves is coloured by, and as CSV.

use serde_json::{Map, Value, json};
use wardmote_reports::{Column, Table};

use super::super::vintage::Vintage;
use super::asked::Asked;
use super::view::{Area, View, letter, view};

pub(super) fn as_json(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<Vec<u8>> {
    let shown = view(vintage, asked)?;
    let class = |(index, label): (usize, &String)| {
        let (fill, ink) = shown.scale.colours(index, shown.classes.len());
        json!({ "letter": letter(index), "label": label, "fill": fill, "ink": ink })
    };
    let classes: Vec<Value> = shown.classes.iter().enumerate().map(class).collect();
    let area = |area: &Area| {
        let class = area.class.as_ref().ok();
        let mut value = json!({ "name": area.name, "class": class, "words": area.words });
        if let Some(taken) = &area.taken {
            value["count"] = json!(taken.n);
            value["value"] = json!(taken.value);
            value["interval"] = json!([taken.interval.lower, taken.interval.upper]);
        }
        (area.code.to_string(), value)
    };
    let areas: Map<String, Value> = shown.areas.iter().map(area).collect();
    let body = json!({
        "vintage": vintage.observed.snapshot,
        "measure": asked.measure.id,
        "level": asked.level,
        "from": asked.period.first(),
        "to": asked.period.last(),
        "show": asked.show.word(),
        "finding": shown.lead.join(" "),
        "classes": classes,
        "areas": areas,
    });
    Ok(serde_json::to_vec(&body)?)
}

pub(super) fn as_csv(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<Vec<u8>> {
    let View { areas, columns, .. } = view(vintage, asked)?;
    let headings = ["Code", "Area"].into_iter().map(str::to_owned).chain(columns);
    let column = |heading| Column { heading, numeric: false };
    let row = |area: Area| -> Vec<String> {
        let mut row = vec![area.code.to_string(), area.name];
        // A thousand is a number to a reader's program only without its comma.
        let plain = area.taken.map(|taken| taken.n.to_string());
        row.extend(area.cells);
        if let (Some(n), Some(cell)) = (plain, row.get_mut(2)) {
            *cell = n;
        }
        row
    };
    let table = Table {
        caption: String::new(),
        columns: headings.map(column).collect(),
        rows: areas.into_iter().map(row).collect(),
        note: None,
    };
    Ok(table.csv().into_bytes())
}
