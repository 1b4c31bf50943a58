//! The map of a measure: what is chosen, the picture, the legend in words and the table.

use serde::Serialize;

use crate::charts::Chart;

/// The map of a measure over areas.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct MapPage {
    /// What the map shows, in sentences; of what could not be drawn, why.
    pub lead: Vec<String>,
    /// Whether a plan of the partnership is published.
    pub has_plan: bool,
    /// What can be chosen, and what is.
    pub choices: MapChoices,
    /// What the shades mean.
    pub legend: Vec<LegendRow>,
    /// How the classes were made, and what to mind.
    pub reading: Vec<String>,
    /// The areas as a picture; `None` where no outlines are loaded.
    pub picture: Option<Chart>,
    /// The same as a table.
    pub table: AreaTable,
    /// The measure by month in the whole partnership.
    pub months: Option<Chart>,
    /// Where a program, and the map that moves, find the same.
    pub data: Option<MapData>,
    /// How it was worked out, and from which files.
    pub origin: Vec<String>,
    /// What is not known, in sentences.
    pub not_known: Vec<String>,
}

/// The fields of the form above the map, each with its options.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct MapChoices {
    /// Measures.
    pub measures: Vec<Choice>,
    /// Kinds of areas.
    pub levels: Vec<Choice>,
    /// Counts, rates, or spots.
    pub shows: Vec<Choice>,
    /// First months.
    pub from: Vec<Choice>,
    /// Last months.
    pub to: Vec<Choice>,
}

/// An option.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// As it stands in the address.
    pub value: String,
    /// As it is read.
    pub label: String,
    /// Whether it is chosen.
    pub chosen: bool,
}

/// One shade.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LegendRow {
    /// The letter that stands for it in the picture; none for what is hatched.
    pub letter: Option<String>,
    /// What it means.
    pub label: String,
    /// Its colour; `None` for hatching.
    pub fill: Option<&'static str>,
    /// The colour of its letter.
    pub ink: &'static str,
    /// How many areas have it.
    pub n_areas: usize,
}

/// A table whose rows are areas with a page each.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct AreaTable {
    /// What it shows.
    pub caption: String,
    /// Headings, of which the first is the area.
    pub columns: Vec<String>,
    /// The rows.
    pub rows: Vec<AreaRow>,
    /// How many areas are left out here, because they are too many for a page.
    pub n_more: usize,
}

/// An area's row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaRow {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// The cells after its name.
    pub cells: Vec<String>,
}

/// What the map that moves is made from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct MapData {
    /// The values, as JSON.
    pub values: String,
    /// The values, as CSV.
    pub csv: String,
    /// The tiles' addresses, with `{z}`, `{x}` and `{y}`; `None` where no outlines are loaded.
    pub tiles: Option<String>,
    /// The closest zoom that has tiles.
    pub last_zoom: u8,
    /// West, south, east and north in degrees.
    pub bounds: String,
    /// A map of streets beneath, where the partnership has chosen one.
    pub basemap: Option<Basemap>,
}

/// Tiles of somebody else's map.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Basemap {
    /// Their addresses, with `{z}`, `{x}` and `{y}`.
    pub tiles: String,
    /// Who made them, as their licence asks.
    pub attribution: String,
    /// The host that a reader's browser asks for them.
    pub host: String,
}
