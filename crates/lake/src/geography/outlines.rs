//! Outlines of areas from a GeoJSON feature collection.

use wardmote_domain::area::{AreaCode, AreaLevel};

use super::{GeographyError, GeographyFile, Sink, features};
use crate::geometry;
use crate::read::Projection;

/// One pass finds the features that matter, a second takes their outlines: most of a national file
/// is outlines that nobody asked for.
pub(super) fn read(
    file: &GeographyFile<'_>,
    level: AreaLevel,
    code_property: &str,
    name_property: &str,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let not = |why: String| GeographyError::NotGeoJson { path: file.path.to_owned(), why };
    let read: features::Named =
        serde_json::from_slice(file.bytes).map_err(|why| not(why.to_string()))?;
    if read.features.is_empty() {
        return Err(not("it holds no feature".into()));
    }
    let mut wanted = Vec::with_capacity(read.features.len());
    for (index, feature) in read.features.iter().enumerate() {
        let number = index as u64 + 1;
        let text = |property: &str| feature.text(property).unwrap_or_default();
        if let (Some(keep), Ok(code)) = (file.keep, AreaCode::new(text(code_property)))
            && !keep.contains(&code)
        {
            sink.rows.passed_over += 1;
            wanted.push(None);
            continue;
        }
        sink.rows.rows_read += 1;
        let code = sink.code(number, code_property, text(code_property));
        wanted.push(code.map(|code| (code, text(name_property).to_owned())));
    }
    let projection = Projection::new();
    let outlines =
        features::outlines(file.bytes, &|index| wanted.get(index).is_some_and(Option::is_some))
            .map_err(|why| not(why.to_string()))?;
    for (index, geometry) in outlines {
        let Some((code, name)) = wanted.get_mut(index).and_then(Option::take) else { continue };
        let outline = geometry.as_ref().and_then(|shape| geometry::from_geojson(shape, projection));
        if let Some(outline) = outline {
            sink.rows.rows_kept += 1;
            sink.area(code, level, &name, Some(geometry::to_wkb(&outline)));
        } else {
            let reason = "not a polygon inside Great Britain".into();
            sink.refuse(index as u64 + 1, "geometry", reason, code.as_str());
        }
    }
    Ok(())
}
