//! Finds the area of a row at any level from the columns that name its place.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use wardmote_domain::area::{AreaCode, AreaLevel, Tier};

use super::QueryError;
use crate::links::Parents;
use crate::store::Lake;

/// How the area of a row is found at a level.
pub(super) enum AreaFinder {
    /// In its 2011 small area.
    Lsoa2011,
    /// In its 2021 small area.
    Lsoa2021,
    /// From its small areas.
    Larger { of_2021: Arc<Parents>, of_2011: Arc<Parents> },
    /// From the name of the force within which it falls.
    Force(BTreeMap<BTreeSet<String>, AreaCode>),
}

/// The columns that name a row's place, in the order in which [`AreaFinder::find`] takes them.
pub(super) const PLACE: [&str; 3] = ["lsoa_2021", "lsoa_2011", "falls_within"];

impl AreaFinder {
    pub(super) fn new(lake: &Lake, level: AreaLevel) -> Result<Self, QueryError> {
        match level {
            AreaLevel::LSOA_2021 => return Ok(Self::Lsoa2021),
            AreaLevel::LSOA_2011 => return Ok(Self::Lsoa2011),
            AreaLevel { tier: Tier::Force, .. } => {
                let areas = lake.areas(level)?.into_iter();
                let forces: BTreeMap<_, _> =
                    areas.map(|area| (force_words(&area.name), area.code)).collect();
                if forces.is_empty() {
                    return Err(QueryError::NoLink { level });
                }
                return Ok(Self::Force(forces));
            }
            _ => {}
        }
        let of_2021 = lake.parents_of(AreaLevel::LSOA_2021, level)?;
        let of_2011 = lake.parents_of(AreaLevel::LSOA_2011, level)?;
        if of_2021.is_empty() && of_2011.is_empty() {
            return Err(QueryError::NoLink { level });
        }
        Ok(Self::Larger { of_2021, of_2011 })
    }

    /// The area of a row by the texts of its [`PLACE`].
    pub(super) fn find(
        &self,
        [lsoa_2021, lsoa_2011, falls_within]: [Option<&str>; 3],
    ) -> Option<AreaCode> {
        let code = |text: &str| AreaCode::new(text).ok();
        match self {
            Self::Lsoa2011 => lsoa_2011.and_then(code),
            Self::Lsoa2021 => lsoa_2021.and_then(code),
            // The 2011 area speaks only where the row has no 2021 one that leads anywhere.
            Self::Larger { of_2021, of_2011 } => match lsoa_2021 {
                Some(lsoa) if !of_2021.is_empty() => of_2021.get(&code(lsoa)?).cloned(),
                _ => of_2011.get(&lsoa_2011.and_then(code)?).cloned(),
            },
            Self::Force(forces) => forces.get(&force_words(falls_within?)).cloned(),
        }
    }
}

/// The words of a force's name that tell it from others: "Avon & Somerset" is "Avon and Somerset
/// Constabulary".
fn force_words(name: &str) -> BTreeSet<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).map(str::to_lowercase);
    let common = ["", "and", "of", "police", "constabulary", "service", "london"];
    words.filter(|word| !common.contains(&word.as_str())).collect()
}
