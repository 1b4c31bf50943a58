//! What the lake holds about a partnership, gathered once and then asked many times.
//!
//! One query a source brings the counts by small area, month and category; every measure, claim and
//! chart is then a sum over them in a fixed order. A month that its source has not delivered is
//! `None`, never zero.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::{Categories, Category};
use wardmote_domain::partnership::Partnership;
use wardmote_domain::period::{Month, Period};
use wardmote_domain::provenance::Disclosure;
use wardmote_lake::coverage;
use wardmote_lake::source::{KnownGap, SourceDeclaration};
use wardmote_lake::{Boundary, CountQuery, Lake, Load, QueryError};

use crate::folder::PartnershipFolder;
use crate::measure::{Measure, Selection};

/// Why the evidence could not be gathered or asked.
#[derive(Debug, thiserror::Error)]
pub enum ObservedError {
    /// The lake could not answer.
    #[error(transparent)]
    Lake(#[from] QueryError),
    /// A measure or claim names a source that is not declared.
    #[error("source {source_id:?} is not declared in sources/")]
    NoSource {
        /// As it was named.
        source_id: String,
    },
    /// A figure of a controlled source needs disclosure control before anybody sees it.
    #[error(
        "source {source_id:?} is controlled, and its figures may leave only under disclosure control, which \
         is not there yet: neither a measure nor a publication may hold them"
    )]
    Controlled {
        /// The source.
        source_id: String,
    },
    /// Measures count events by small area and month; this source brings something else.
    #[error(
        "source {source_id:?} is read by {reader:?} and brings no events by small area and month, so no measure can count it"
    )]
    NotEvents {
        /// The source.
        source_id: String,
        /// Its reader.
        reader: &'static str,
    },
    /// A claim or chart names a measure that is not declared.
    #[error("measure {measure:?} is not declared in measures/")]
    NoMeasure {
        /// As it was named.
        measure: String,
    },
    /// The area is not one that was loaded.
    #[error("area {area} at level {level} is not known; load its lookup, or correct the code")]
    NoArea {
        /// The code.
        area: AreaCode,
        /// The level.
        level: AreaLevel,
    },
    /// A rate needs a population.
    #[error("measure {measure:?} has no denominator, so no rate can be taken")]
    NoDenominator {
        /// The measure.
        measure: String,
    },
    /// A share needs the rows that it is taken of.
    #[error("measure {measure:?} has no share_of, so no share can be taken")]
    NoWhole {
        /// The measure.
        measure: String,
    },
    /// A comparison needs other areas.
    #[error("names no areas to compare with; give areas = [...], or peers in partnership.toml")]
    NoOthers,
    /// The population was not loaded for these areas.
    #[error("no population {population:?} is loaded for area {area}")]
    NoPopulation {
        /// The population's name.
        population: String,
        /// The area.
        area: AreaCode,
    },
    /// The partnership covers no district.
    #[error("partnership.toml names no area")]
    NoDistrict,
}

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
}

/// Counts of one source by small area, month and category.
#[derive(Debug, Default)]
struct Cube {
    cells: BTreeMap<AreaCode, BTreeMap<Month, BTreeMap<Category, u64>>>,
    known: BTreeSet<Month>,
    without_place: BTreeMap<Month, u64>,
    gaps: Vec<KnownGap>,
}

/// The gathered evidence of one partnership.
#[derive(Debug)]
pub struct Observed {
    /// The partnership.
    pub partnership: Partnership,
    /// The vintage of the evidence.
    pub snapshot: String,
    /// Every load that is visible in it.
    pub loads: Vec<Load>,
    /// Outlines of the levels that maps are drawn of.
    pub boundaries: BTreeMap<AreaLevel, Vec<Boundary>>,
    /// The declared sources.
    pub sources: BTreeMap<String, SourceDeclaration>,
    /// The declared measures.
    pub measures: BTreeMap<String, Measure>,
    cubes: BTreeMap<String, Cube>,
    places: BTreeMap<AreaLevel, Vec<Place>>,
    populations: BTreeMap<String, BTreeMap<AreaCode, u64>>,
}

impl Observed {
    /// Gathers from the lake all that the folder's measures, claims and charts ask for.
    ///
    /// `also` names levels that the caller will ask about besides.
    pub fn gather(
        lake: &Lake,
        folder: &PartnershipFolder,
        also: &[AreaLevel],
    ) -> Result<Self, ObservedError> {
        let partnership = &folder.partnership;
        let vintage = partnership.area_vintage;
        let mut districts = Vec::new();
        for code in partnership.areas.iter().chain(&partnership.peers) {
            let small_areas = lake.members(code, partnership.district_level, vintage)?;
            if small_areas.is_empty() {
                return Err(ObservedError::NoArea {
                    area: code.clone(),
                    level: partnership.district_level,
                });
            }
            districts.push((code.clone(), small_areas));
        }
        let mut small_areas: Vec<AreaCode> =
            districts.iter().flat_map(|(_, small)| small.iter().cloned()).collect();
        small_areas.sort();
        small_areas.dedup();

        let mut observed = Self {
            partnership: partnership.clone(),
            snapshot: lake.snapshot_id().to_string(),
            loads: lake.loads().to_vec(),
            boundaries: BTreeMap::new(),
            sources: folder.sources.clone(),
            measures: folder.measures.clone(),
            cubes: BTreeMap::new(),
            places: BTreeMap::new(),
            populations: BTreeMap::new(),
        };
        for source in folder.sources_counted() {
            let cube = gather_cube(lake, folder, &source, vintage, &small_areas)?;
            observed.cubes.insert(source, cube);
        }
        for level in folder.levels_asked().into_iter().chain(also.iter().copied()) {
            let places =
                gather_places(lake, partnership, level, vintage, &districts, &small_areas)?;
            observed.places.insert(level, places);
        }
        for level in folder.levels_drawn() {
            let own = observed.places_within(level, &partnership.areas)?;
            let codes: Vec<AreaCode> = own.iter().map(|place| place.code.clone()).collect();
            observed.boundaries.insert(level, lake.boundaries(level, &codes)?);
        }
        for name in folder.populations_used() {
            let residents = lake.population(&name, vintage, &small_areas)?;
            observed.populations.insert(name, residents.into_iter().collect());
        }
        Ok(observed)
    }

    /// A measure by its id.
    pub fn measure(&self, id: &str) -> Result<&Measure, ObservedError> {
        self.measures.get(id).ok_or_else(|| ObservedError::NoMeasure { measure: id.to_owned() })
    }

    /// The partnership's first district.
    pub fn home(&self) -> Result<&Place, ObservedError> {
        let code = self.partnership.areas.first().ok_or(ObservedError::NoDistrict)?;
        self.place(code)
    }

    /// A place of any gathered level.
    pub fn place(&self, code: &AreaCode) -> Result<&Place, ObservedError> {
        let found = self.places.values().flatten().find(|place| place.code == *code);
        found.ok_or_else(|| ObservedError::NoArea {
            area: code.clone(),
            level: self.partnership.district_level,
        })
    }

    /// The places of a level that lie in the given districts, in order of code.
    pub fn places_within(
        &self,
        level: AreaLevel,
        districts: &[AreaCode],
    ) -> Result<Vec<&Place>, ObservedError> {
        let mut inside = BTreeSet::new();
        for code in districts {
            inside.extend(self.place(code)?.small_areas.iter());
        }
        let places = self.places.get(&level).into_iter().flatten();
        Ok(places
            .filter(|place| place.small_areas.first().is_some_and(|small| inside.contains(small)))
            .collect())
    }

    /// The count of a selection in a place for each month of a period; `None` where the month has
    /// not come.
    pub fn monthly(
        &self,
        selection: &Selection,
        place: &Place,
        period: &Period,
    ) -> Result<Vec<(Month, Option<u64>)>, ObservedError> {
        let cube = self.cube(&selection.source)?;
        let categories = selection.categories();
        Ok(period
            .months()
            .map(|month| (month, cube.count(&place.small_areas, &categories, month)))
            .collect())
    }

    /// The count of a selection in a place over a period, or the months that are not known.
    pub fn total(
        &self,
        selection: &Selection,
        place: &Place,
        period: &Period,
    ) -> Result<Result<u64, Vec<Month>>, ObservedError> {
        let months = self.monthly(selection, place, period)?;
        let unknown: Vec<Month> =
            months.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
        Ok(if unknown.is_empty() {
            Ok(months.iter().filter_map(|(_, n)| *n).sum())
        } else {
            Err(unknown)
        })
    }

    /// The residents of a place.
    pub fn residents(&self, measure: &Measure, place: &Place) -> Result<u64, ObservedError> {
        let name = measure
            .denominator
            .as_ref()
            .ok_or_else(|| ObservedError::NoDenominator { measure: measure.id.clone() })?;
        let population = self.populations.get(name);
        let of = |area: &AreaCode| {
            population.and_then(|by_area| by_area.get(area).copied()).ok_or_else(|| {
                ObservedError::NoPopulation { population: name.clone(), area: area.clone() }
            })
        };
        place.small_areas.iter().map(of).sum()
    }

    /// The categories that a source has brought, in order.
    pub fn categories(&self, source: &str) -> Result<BTreeSet<Category>, ObservedError> {
        let months = self.cube(source)?.cells.values().flat_map(BTreeMap::values);
        Ok(months.flat_map(BTreeMap::keys).cloned().collect())
    }

    /// Rows of a period that name no place; they belong to no district.
    pub fn without_place(&self, source: &str, period: &Period) -> Result<u64, ObservedError> {
        let cube = self.cube(source)?;
        Ok(period.months().filter_map(|month| cube.without_place.get(&month)).sum())
    }

    /// Why the publisher never delivered these months, where the source's declaration says so of all.
    pub fn gap_reason(&self, source: &str, months: &[Month]) -> Option<&str> {
        let gaps = &self.cubes.get(source)?.gaps;
        let reason_of = |month: &Month| {
            let holds =
                |gap: &&KnownGap| gap.from <= *month && gap.to.is_none_or(|to| *month <= to);
            gaps.iter().find(holds).map(|gap| gap.reason.as_str())
        };
        let first = reason_of(months.first()?)?;
        months.iter().all(|month| reason_of(month) == Some(first)).then_some(first)
    }

    /// The declared gaps of a source, each with its months and its reason.
    pub fn declared_gaps(&self, source: &str) -> Vec<String> {
        let gaps = self.cubes.get(source).map_or(&[][..], |cube| cube.gaps.as_slice());
        let words = |gap: &KnownGap| match gap.to {
            Some(to) => format!("{} to {to}: {}", gap.from, gap.reason),
            None => format!("{} and since: {}", gap.from, gap.reason),
        };
        gaps.iter().map(words).collect()
    }

    /// The first and last month that a source has delivered.
    pub fn known_run(&self, source: &str) -> Result<Option<(Month, Month)>, ObservedError> {
        let known = &self.cube(source)?.known;
        Ok(known.first().copied().zip(known.last().copied()))
    }

    /// The loads of a source whose months touch a period, in order of id.
    pub fn loads_of(&self, source: &str, period: &Period) -> Vec<String> {
        let touches = |load: &&Load| {
            load.source == source
                && load.first_month.is_none_or(|first| first <= period.last())
                && load.last_month.is_none_or(|last| last >= period.first())
        };
        let mut ids: Vec<String> =
            self.loads.iter().filter(touches).map(|load| load.load_id.clone()).collect();
        ids.sort();
        ids
    }

    fn cube(&self, source: &str) -> Result<&Cube, ObservedError> {
        self.cubes
            .get(source)
            .ok_or_else(|| ObservedError::NoSource { source_id: source.to_owned() })
    }
}

impl Cube {
    fn count(
        &self,
        small_areas: &[AreaCode],
        categories: &Categories,
        month: Month,
    ) -> Option<u64> {
        if !self.known.contains(&month) {
            return None;
        }
        let in_area = |area: &AreaCode| {
            let months = self.cells.get(area).and_then(|cells| cells.get(&month));
            let counts = months.into_iter().flatten();
            counts.filter(|(of, _)| categories.admit(of.slug())).map(|(_, n)| n).sum::<u64>()
        };
        Some(small_areas.iter().map(in_area).sum())
    }
}

fn gather_cube(
    lake: &Lake,
    folder: &PartnershipFolder,
    source: &str,
    vintage: AreaLevel,
    small_areas: &[AreaCode],
) -> Result<Cube, ObservedError> {
    let declaration = folder
        .sources
        .get(source)
        .ok_or_else(|| ObservedError::NoSource { source_id: source.to_owned() })?;
    if declaration.disclosure == Disclosure::Controlled {
        return Err(ObservedError::Controlled { source_id: source.to_owned() });
    }
    if !declaration.reader.brings_events() {
        return Err(ObservedError::NotEvents {
            source_id: source.to_owned(),
            reader: declaration.reader.name(),
        });
    }
    let received = lake.received(source)?;
    let mut cube =
        Cube { known: coverage::known_months(declaration, &received), ..Cube::default() };
    if let Some(expected) = &declaration.expected {
        cube.gaps.clone_from(&expected.known_gaps);
    }
    for delivery in &received {
        *cube.without_place.entry(delivery.month).or_default() += delivery.without_place;
    }
    let (Some(first), Some(last)) =
        (received.iter().map(|r| r.month).min(), received.iter().map(|r| r.month).max())
    else {
        return Ok(cube);
    };
    let query = CountQuery {
        source: source.to_owned(),
        categories: Categories::default(),
        level: vintage,
        areas: Some(small_areas.to_vec()),
        first,
        last,
    };
    for row in lake.counts(&query)? {
        if let Some(area) = row.area {
            let months = cube.cells.entry(area).or_default();
            *months.entry(row.month).or_default().entry(row.category).or_default() += row.n;
        }
    }
    Ok(cube)
}

fn gather_places(
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
        Place { name: name(&code), code, level, small_areas: small }
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
    Ok(grouped.into_iter().map(|(code, small)| place(code, small)).collect())
}
