//! Places, and the small areas that they are made of.

use std::collections::BTreeMap;

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::partnership::Partnership;
use wardmote_lake::Lake;

use super::ObservedError;

/// An area with the small areas that it is made of.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// Its code.
    pub code: AreaCode,
    /// Its name.
    pub name: String,
    /// Its level.
    pub level: AreaLevel,
    /// Its small areas, in order of code.
    pub small_areas: Vec<AreaCode>,
    /// Small areas that lie in it with a part, each with the share of its residents: areas of another
    /// census that were split or drawn anew.
    pub parts: Vec<(AreaCode, f64)>,
}

impl Place {
    /// The small areas that lie in it, wholly or with a part.
    pub(super) fn all_small_areas(&self) -> impl Iterator<Item = &AreaCode> {
        self.small_areas.iter().chain(self.parts.iter().map(|(area, _)| area))
    }
}

/// The places of a level that the small areas make up.
pub(super) fn gather(
    lake: &Lake,
    partnership: &Partnership,
    level: AreaLevel,
    vintage: AreaLevel,
    districts: &[(AreaCode, Vec<AreaCode>)],
    small_areas: &[AreaCode],
) -> Result<Vec<Place>, ObservedError> {
    let names: BTreeMap<AreaCode, String> =
        lake.areas(level)?.into_iter().map(|area| (area.code, area.name)).collect();
    let name = |code: &AreaCode| names.get(code).cloned().unwrap_or_else(|| code.to_string());
    let place = |code: AreaCode, mut small: Vec<AreaCode>| {
        small.sort();
        Place { name: name(&code), code, level, small_areas: small, parts: Vec::new() }
    };
    if level == partnership.district_level {
        return Ok(districts
            .iter()
            .map(|(code, small)| place(code.clone(), small.clone()))
            .collect());
    }
    if level == AreaLevel::NEIGHBOURHOOD {
        let declared = partnership.neighbourhoods.iter();
        return Ok(declared
            .map(|n| Place { name: n.name.clone(), ..place(n.code.clone(), n.small_areas.clone()) })
            .collect());
    }
    let mut grouped: BTreeMap<AreaCode, Vec<AreaCode>> = BTreeMap::new();
    if level == vintage {
        grouped = small_areas.iter().map(|code| (code.clone(), vec![code.clone()])).collect();
    } else {
        for (small, parent) in lake.parents(small_areas, vintage, level)? {
            grouped.entry(parent).or_default().push(small);
        }
    }
    let mut parts: BTreeMap<AreaCode, Vec<(AreaCode, f64)>> = BTreeMap::new();
    for (small, shares) in lake.shares(small_areas, vintage, level)? {
        for (code, share) in shares {
            grouped.entry(code.clone()).or_default();
            parts.entry(code).or_default().push((small.clone(), share));
        }
    }
    let with_parts = |(code, small): (AreaCode, Vec<AreaCode>)| {
        let parts = parts.remove(&code).unwrap_or_default();
        Place { parts, ..place(code, small) }
    };
    Ok(grouped.into_iter().map(with_parts).collect())
}
