//! Boundaries that are invented: squares of 500 m or so, in columns from west to east.

use std::path::{Path, PathBuf};

use serde_json::json;

/// How the codes and names are labelled.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Labels {
    Lsoa2011,
    Lsoa2021,
    Unsaid,
}

/// South-west corner and side of the square of the area with this number, in degrees.
pub(crate) fn square(number: usize) -> ([f64; 2], f64) {
    let side = 0.01;
    ([-2.20 + side * (number % 8) as f64, 53.38 + side * (number / 8) as f64], side)
}

/// Writes `n_areas` squares of the district, eight beside them, and one far off.
pub(crate) fn write(folder: &Path, n_areas: usize, labels: Labels) -> anyhow::Result<PathBuf> {
    let mut features: Vec<_> =
        (0..n_areas).map(|i| feature(i, &format!("Stockport {:03}A", i + 1), labels)).collect();
    features.extend(
        (n_areas..n_areas + 8).map(|i| feature(i, &format!("Cheshire East {i:03}B"), labels)),
    );
    features.push(feature(8 * 200, "Stockport-on-the-Moor 001A", labels));
    // A layer of larger areas under the same labels is not small areas.
    let mut larger = feature(0, "Stockport 001", Labels::Unsaid);
    larger["properties"]["area_code"] = json!("E02000001");
    features.push(larger);
    features.reverse();
    let path = folder.join("boundaries.geojson");
    std::fs::write(
        &path,
        json!({ "type": "FeatureCollection", "features": features }).to_string(),
    )?;
    Ok(path)
}

fn feature(number: usize, name: &str, labels: Labels) -> serde_json::Value {
    let code = format!("E01{number:06}");
    let properties = match labels {
        Labels::Lsoa2011 => json!({ "OBJECTID": number, "LSOA11CD": code, "LSOA11NM": name }),
        Labels::Lsoa2021 => json!({ "FID": number, "LSOA21CD": code, "LSOA21NM": name }),
        Labels::Unsaid => json!({ "area_code": code, "area_name": name }),
    };
    let ([x, y], side) = square(number);
    let ring = json!([[x, y], [x + side, y], [x + side, y + side], [x, y + side], [x, y]]);
    let geometry = match number % 2 {
        0 => json!({ "type": "Polygon", "coordinates": [ring] }),
        _ => json!({ "type": "MultiPolygon", "coordinates": [[ring]] }),
    };
    json!({ "type": "Feature", "properties": properties, "geometry": geometry })
}
