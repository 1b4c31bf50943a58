//! The features of all pages as one file, each as the service wrote it.

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};

/// One column of a table.
#[derive(Deserialize)]
pub(crate) struct Field {
    name: String,
}

/// One collection, a feature a line, each as the service wrote it.
pub(crate) fn collection(features: &[Box<RawValue>]) -> Vec<u8> {
    let lines: Vec<&str> = features.iter().map(|feature| feature.get()).collect();
    let lines = lines.join(",\n");
    format!("{{\"type\":\"FeatureCollection\",\"features\":[\n{lines}\n]}}\n").into_bytes()
}

/// One table, with the columns in the service's order.
pub(crate) fn table(features: &[Box<RawValue>], fields: &[Field]) -> Result<Vec<u8>, String> {
    #[derive(Deserialize)]
    struct Row {
        attributes: Map<String, Value>,
    }
    let in_words = |error: csv::Error| error.to_string();
    if fields.is_empty() {
        return Err("the service names no fields".into());
    }
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(fields.iter().map(|field| &field.name)).map_err(in_words)?;
    for feature in features {
        let row: Row = serde_json::from_str(feature.get()).map_err(|error| error.to_string())?;
        let cells = fields.iter().map(|field| match row.attributes.get(&field.name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        });
        writer.write_record(cells).map_err(in_words)?;
    }
    writer.into_inner().map_err(|error| error.to_string())
}
