//! From bytes to rows.

use std::path::Path;

use geojson::{GeoJson, GeometryValue, feature::Id};
use serde_json::Value;

use super::shapes::Shape;
use super::{At, OwnFile, OwnFileError, Row};

pub(super) fn read(path: &Path) -> Result<OwnFile, OwnFileError> {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let open = |source| OwnFileError::Open { file: path.display().to_string(), source };
    let file = match ending.as_deref() {
        Some("csv") => rows_of_csv(name, &std::fs::read(path).map_err(open)?)?,
        Some("geojson" | "json") => {
            rows_of_geojson(name, &std::fs::read_to_string(path).map_err(open)?)?
        }
        _ => return Err(OwnFileError::Form { file: name }),
    };
    if file.rows.is_empty() {
        return Err(OwnFileError::Empty { file: file.name });
    }
    Ok(file)
}

fn rows_of_csv(name: String, bytes: &[u8]) -> Result<OwnFile, OwnFileError> {
    // Spreadsheets put a mark before UTF-8, which is no part of the first heading.
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().trim(csv::Trim::All).from_reader(bytes);
    let failed = |source| OwnFileError::Csv { file: name.clone(), source };
    let headings = reader.headers().map_err(failed)?.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(failed)?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = record.iter().map(str::to_owned).collect();
        rows.push(Row { at: At::Line(line), cells, shape: None });
    }
    Ok(OwnFile { name, headings, rows })
}

/// The heading under which a feature's own id stands.
const FEATURE_ID: &str = "id";

fn rows_of_geojson(name: String, text: &str) -> Result<OwnFile, OwnFileError> {
    let failed = |why: String| OwnFileError::GeoJson { file: name.clone(), why };
    let features = match text.parse::<GeoJson>() {
        Ok(GeoJson::FeatureCollection(collection)) => collection.features,
        Ok(_) => return Err(failed("it holds a single shape".into())),
        Err(error) => return Err(failed(error.to_string())),
    };
    let mut headings: Vec<String> = Vec::new();
    for feature in &features {
        for key in feature.properties.iter().flatten().map(|(key, _)| key) {
            if !headings.contains(key) {
                headings.push(key.clone());
            }
        }
    }
    if features.iter().any(|feature| feature.id.is_some())
        && !headings.iter().any(|heading| heading == FEATURE_ID)
    {
        headings.push(FEATURE_ID.to_owned());
    }
    let row = |(index, feature): (usize, geojson::Feature)| {
        let cell = |heading: &String| {
            let property = feature.properties.as_ref().and_then(|all| all.get(heading));
            match (property, &feature.id) {
                (Some(value), _) => cell_of(value),
                (None, Some(Id::String(id))) if heading == FEATURE_ID => id.clone(),
                (None, Some(Id::Number(id))) if heading == FEATURE_ID => id.to_string(),
                _ => String::new(),
            }
        };
        let cells = headings.iter().map(cell).collect();
        let shape = feature.geometry.as_ref().map(|geometry| shape_of(&geometry.value));
        Row { at: At::Feature(index + 1), cells, shape }
    };
    let rows = features.into_iter().enumerate().map(row).collect();
    Ok(OwnFile { name, headings, rows })
}

fn cell_of(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.trim().to_owned(),
        other => other.to_string(),
    }
}

fn shape_of(value: &GeometryValue) -> Shape {
    let pair = |position: &geojson::Position| match *position.as_slice() {
        [x, y, ..] => (x, y),
        _ => (f64::NAN, f64::NAN),
    };
    let rings = |polygon: &Vec<Vec<geojson::Position>>| -> Vec<Vec<(f64, f64)>> {
        polygon.iter().map(|ring| ring.iter().map(pair).collect()).collect()
    };
    match value {
        GeometryValue::Point { coordinates } => Shape::Point(pair(coordinates)),
        GeometryValue::Polygon { coordinates } => Shape::Outline(rings(coordinates)),
        GeometryValue::MultiPolygon { coordinates } => {
            Shape::Outline(coordinates.iter().flat_map(rings).collect())
        }
        _ => Shape::Other,
    }
}
