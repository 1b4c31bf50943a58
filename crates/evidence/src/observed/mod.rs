//! What the lake holds about a partnership, gathered once and then asked many times.
//!
//! One query a source brings the counts by small area, month and category; every measure, claim and
//! chart is then a sum over them in a fixed order. A month that its source has not delivered is
//! `None`, never zero.

mod cube;
mod error;
mod grid;
mod microdata;
mod places;
mod published;
mod surveys;
mod totals;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Mutex, PoisonError};

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::partnership::Partnership;
use wardmote_domain::period::{Month, Period};
use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};
use wardmote_lake::source::{KnownGap, Reader, SourceDeclaration};
use wardmote_lake::{Boundary, Lake, Load, SurveyAnswer};

use self::cube::Held;
pub use self::error::ObservedError;
pub(crate) use self::microdata::Microdata;
pub use self::places::Place;
pub(crate) use self::published::Published;
use crate::folder::PartnershipFolder;
use crate::measure::{Measure, Selection};
use crate::protection::{Cell, Guard, WITHHELD};
use crate::take::NotKnown;

/// What is to be gathered.
#[derive(Debug, Default)]
struct Asked {
    sources: BTreeSet<String>,
    levels: BTreeSet<AreaLevel>,
    /// The levels that maps are drawn of.
    drawn: BTreeSet<AreaLevel>,
    populations: BTreeSet<String>,
    surveys: BTreeSet<String>,
    /// Published numbers, by source, and the areas that are asked about by code.
    published: BTreeMap<String, BTreeSet<AreaCode>>,
}

impl Asked {
    fn everything(folder: &PartnershipFolder) -> Self {
        Self {
            sources: folder.sources_counted(),
            levels: folder.levels_asked(),
            drawn: folder.levels_drawn(),
            populations: folder.populations_used(),
            surveys: folder.surveys_asked(),
            published: folder.statistics_asked(),
        }
    }
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
    held: BTreeMap<String, Held>,
    places: BTreeMap<AreaLevel, Vec<Place>>,
    /// Where each place stands: the first level that knows its code, and its position there.
    stands: HashMap<AreaCode, (AreaLevel, usize)>,
    /// Positions of the places that lie in the partnership's own districts, or hold them.
    own: BTreeMap<AreaLevel, Vec<usize>>,
    populations: BTreeMap<String, BTreeMap<AreaCode, u64>>,
    surveys: BTreeMap<String, Vec<SurveyAnswer>>,
    published: BTreeMap<String, published::Held>,
    guard: Mutex<Guard>,
    fewest_respondents: u64,
    fewest_months: usize,
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
        let mut asked = Asked::everything(folder);
        asked.levels.extend(also);
        Self::gather_asked(lake, folder, &asked)
    }

    /// Gathers what one measure needs, at one level.
    pub fn gather_measure(
        lake: &Lake,
        folder: &PartnershipFolder,
        measure: &str,
        level: AreaLevel,
    ) -> Result<Self, ObservedError> {
        let found = folder.measures.get(measure);
        let found =
            found.ok_or_else(|| ObservedError::NoMeasure { measure: measure.to_owned() })?;
        let own: BTreeSet<AreaCode> = folder.partnership.areas.iter().cloned().collect();
        let residents = found.groups.iter().map(|groups| &groups.residents.source);
        let asked = Asked {
            sources: found.sources(),
            levels: BTreeSet::from([folder.partnership.district_level, level]),
            populations: found.denominator.iter().cloned().collect(),
            published: residents.map(|source| (source.clone(), own.clone())).collect(),
            ..Asked::default()
        };
        Self::gather_asked(lake, folder, &asked)
    }

    /// Gathers one survey.
    pub fn gather_survey(
        lake: &Lake,
        folder: &PartnershipFolder,
        source: &str,
    ) -> Result<Self, ObservedError> {
        let asked = Asked {
            levels: BTreeSet::from([folder.partnership.district_level]),
            surveys: BTreeSet::from([source.to_owned()]),
            ..Asked::default()
        };
        Self::gather_asked(lake, folder, &asked)
    }

    fn gather_asked(
        lake: &Lake,
        folder: &PartnershipFolder,
        asked: &Asked,
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
            held: BTreeMap::new(),
            places: BTreeMap::new(),
            stands: HashMap::new(),
            own: BTreeMap::new(),
            populations: BTreeMap::new(),
            surveys: surveys::gather(lake, folder, &asked.surveys)?,
            published: BTreeMap::new(),
            guard: Mutex::default(),
            fewest_respondents: folder.disclosure.fewest_respondents,
            fewest_months: folder.disclosure.fewest_months,
        };
        let of_own = |(code, _): &&(AreaCode, _)| partnership.areas.contains(code);
        let own: Vec<AreaCode> =
            districts.iter().filter(of_own).flat_map(|(_, small)| small.iter().cloned()).collect();
        observed.published = published::gather(lake, folder, &asked.published, &own)?;
        for source in &asked.sources {
            let held = Held::gather(lake, folder, source, vintage, &small_areas)?;
            observed.held.insert(source.clone(), held);
        }
        for level in asked.levels.iter().copied() {
            let places =
                places::gather(lake, partnership, level, vintage, &districts, &small_areas)?;
            observed.places.insert(level, places);
        }
        observed.find_places();
        for level in asked.drawn.iter().copied() {
            let own = observed.places_within(level, &partnership.areas)?;
            let codes: Vec<AreaCode> = own.iter().map(|place| place.code.clone()).collect();
            observed.boundaries.insert(level, lake.boundaries(level, &codes)?);
        }
        for name in &asked.populations {
            let residents = lake.population(name, vintage, &small_areas)?;
            observed.populations.insert(name.clone(), residents.into_iter().collect());
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
        let stands = self.stands.get(code);
        let found = stands.and_then(|(level, at)| self.places.get(level)?.get(*at));
        found.ok_or_else(|| ObservedError::NoArea {
            area: code.clone(),
            level: self.partnership.district_level,
        })
    }

    /// The places of a level that lie in the given districts, or hold them, in order of code.
    pub fn places_within(
        &self,
        level: AreaLevel,
        districts: &[AreaCode],
    ) -> Result<Vec<&Place>, ObservedError> {
        let places = self.places.get(&level).map_or(&[][..], Vec::as_slice);
        // Asked for each page of an area, and of a whole country there are tens of thousands.
        if let (true, Some(own)) = (districts == self.partnership.areas, self.own.get(&level)) {
            return Ok(own.iter().filter_map(|at| places.get(*at)).collect());
        }
        let inside = self.inside(districts)?;
        Ok(places
            .iter()
            .filter(|place| place.all_small_areas().any(|small| inside.contains(small)))
            .collect())
    }

    /// The small areas of some districts.
    fn inside(&self, districts: &[AreaCode]) -> Result<BTreeSet<&AreaCode>, ObservedError> {
        let mut inside = BTreeSet::new();
        for code in districts {
            inside.extend(self.place(code)?.small_areas.iter());
        }
        Ok(inside)
    }

    /// Notes where each place stands, and which are the partnership's own.
    fn find_places(&mut self) {
        for (level, places) in &self.places {
            for (at, place) in places.iter().enumerate() {
                self.stands.entry(place.code.clone()).or_insert((*level, at));
            }
        }
        let Ok(inside) = self.inside(&self.partnership.areas) else { return };
        let is_own = |place: &Place| place.all_small_areas().any(|small| inside.contains(small));
        let positions = |places: &Vec<Place>| {
            places.iter().enumerate().filter(|(_, place)| is_own(place)).map(|(at, _)| at).collect()
        };
        self.own = self.places.iter().map(|(level, places)| (*level, positions(places))).collect();
    }

    /// The count of a selection in a place for each month of a period; `None` where the month has
    /// not come.
    pub fn monthly(
        &self,
        selection: &Selection,
        place: &Place,
        period: &Period,
    ) -> Result<Vec<(Month, Option<u64>)>, ObservedError> {
        let admitted = selection.admitted();
        match self.held(&selection.source)? {
            Held::Events(cube) => cube.monthly(place, &admitted, period),
            Held::Totals(totals) => totals.monthly(place, &admitted, period),
        }
    }

    /// The count of a selection in a place over a period, or the months that are not known.
    pub fn total(
        &self,
        selection: &Selection,
        place: &Place,
        period: &Period,
    ) -> Result<Result<u64, Vec<Month>>, ObservedError> {
        if let Held::Totals(totals) = self.held(&selection.source)? {
            return totals.total(place, &selection.admitted(), period);
        }
        let months = self.monthly(selection, place, period)?;
        let unknown: Vec<Month> =
            months.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
        Ok(if unknown.is_empty() {
            Ok(months.iter().filter_map(|(_, n)| *n).sum())
        } else {
            Err(unknown)
        })
    }

    /// The count of a selection over a period in a place that small areas lie in with a part: an
    /// estimate, by the residents of the parts.
    pub fn estimate(
        &self,
        selection: &Selection,
        place: &Place,
        period: &Period,
    ) -> Result<Result<f64, Vec<Month>>, ObservedError> {
        let whole = Place { parts: Vec::new(), ..place.clone() };
        let mut sum = match self.total(selection, &whole, period)? {
            Ok(n) => n as f64,
            Err(months) => return Ok(Err(months)),
        };
        for (area, share) in &place.parts {
            let part = Place { small_areas: vec![area.clone()], ..whole.clone() };
            match self.total(selection, &part, period)? {
                Ok(n) => sum += share * n as f64,
                Err(months) => return Ok(Err(months)),
            }
        }
        Ok(Ok(sum))
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

    /// Lifts the guard for one who works under a controlled source's agreement and publishes nothing.
    pub fn under_agreement(&self) {
        self.guard(Guard::UnderAgreement);
    }

    pub(crate) fn guard(&self, guard: Guard) {
        *self.guard.lock().unwrap_or_else(PoisonError::into_inner) = guard;
    }

    /// The cells that were noted, with their values.
    pub(crate) fn noted(&self) -> BTreeMap<String, (Cell, u64)> {
        let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        if let Guard::Noting(noted) = &*guard { noted.clone() } else { BTreeMap::new() }
    }

    /// Whether a source is shared under an agreement; one that is not declared is taken to be.
    pub(crate) fn is_controlled(&self, source: &str) -> bool {
        let source = self.sources.get(source);
        source.is_none_or(|source| source.disclosure == Disclosure::Controlled)
    }

    /// A number that is about to be printed; of a controlled source only if its cell may be shown.
    pub(crate) fn show(
        &self,
        rows: &Selection,
        places: &[&Place],
        months: Vec<Month>,
        value: u64,
    ) -> Result<u64, NotKnown> {
        if !self.is_controlled(&rows.source) {
            return Ok(value);
        }
        let mut guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = guard.shows(Cell::of(rows, places, months), value);
        shown.ok_or_else(|| NotKnown(WITHHELD.to_owned()))
    }

    /// Whether a test of so many months a side may be printed, or why not: of a controlled source, the
    /// test's own numbers would tell too much of few months, and more than rounded numbers do.
    pub(crate) fn may_test(&self, source: &str, months: usize) -> Result<(), String> {
        if !self.is_controlled(source) {
            return Ok(());
        }
        let guard = self.guard.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(&*guard, Guard::Protected { rounded: true, .. }) {
            return Err("its numbers are rounded, and a test would tell more of them".into());
        }
        if months < self.fewest_months {
            return Err(format!(
                "{months} months of a source under an agreement are too few for a test to be shown"
            ));
        }
        Ok(())
    }

    /// Whether a source knows days and true places, as the test of an action needs, or why not.
    pub(crate) fn dates_suffice(&self, source: &str) -> Result<(), String> {
        let Some(Reader::Events { time_precision, place_precision, .. }) =
            self.sources.get(source).map(|source| &source.reader)
        else {
            return Err("totals do not say on which day and in which street events happened".into());
        };
        if *time_precision == TimePrecision::Month {
            return Err(
                "its rows know the month and not the day; a feed with dates is needed".into()
            );
        }
        if *place_precision == PlacePrecision::Snapped {
            return Err(
                "its places were moved to a fixed set of points; a feed with areas or places is needed"
                    .into(),
            );
        }
        Ok(())
    }

    /// How many respondents a survey's share needs to be shown.
    pub(crate) fn fewest_respondents(&self, source: &str) -> u64 {
        if self.is_controlled(source) { self.fewest_respondents } else { 0 }
    }

    /// The counts of a source as fine as they are held.
    pub(crate) fn microdata(
        &self,
        source: &str,
        repeats_within: Option<u32>,
    ) -> Result<Microdata<'_>, ObservedError> {
        let smallest = self.places.values().flatten().flat_map(Place::all_small_areas);
        Ok(match (self.held(source)?, repeats_within) {
            (Held::Events(cube), None) => cube.microdata(smallest),
            (Held::Events(cube), Some(months)) => cube.repeats_microdata(months),
            (Held::Totals(totals), _) => totals.microdata(),
        })
    }

    /// A place of one level: a district's code can stand for its force too.
    pub(crate) fn place_at(
        &self,
        code: &AreaCode,
        level: AreaLevel,
    ) -> Result<&Place, ObservedError> {
        let found =
            self.places.get(&level).and_then(|places| places.iter().find(|p| p.code == *code));
        found.ok_or_else(|| ObservedError::NoArea { area: code.clone(), level })
    }

    /// The months of a period for which a source's outcomes may still come, because they are among
    /// its latest.
    pub fn unsettled(
        &self,
        measure: &Measure,
        period: &Period,
    ) -> Result<Vec<Month>, ObservedError> {
        let Some(months) = measure.settles_after_months else { return Ok(Vec::new()) };
        let Some((_, last)) = self.known_run(&measure.numerator.source)? else {
            return Ok(Vec::new());
        };
        let settled = last.plus(-i32::try_from(months).unwrap_or(i32::MAX));
        Ok(period.months().filter(|month| *month > settled).collect())
    }

    /// The categories that a source has brought, in order.
    pub fn categories(&self, source: &str) -> Result<BTreeSet<Category>, ObservedError> {
        Ok(match self.held(source)? {
            Held::Events(cube) => cube.categories(),
            Held::Totals(totals) => totals.categories(),
        })
    }

    /// The outcomes that a source has brought, in order.
    pub(crate) fn outcomes(&self, source: &str) -> Result<BTreeSet<String>, ObservedError> {
        Ok(match self.held(source)? {
            Held::Events(cube) => cube.outcomes(),
            Held::Totals(_) => BTreeSet::new(),
        })
    }

    /// The marks that a source's events carry, in order.
    pub(crate) fn marks(&self, source: &str) -> Result<BTreeSet<String>, ObservedError> {
        Ok(match self.held(source)? {
            Held::Events(cube) => cube.marks(),
            Held::Totals(_) => BTreeSet::new(),
        })
    }

    /// Rows of a period that name no place; they belong to no district.
    pub fn without_place(&self, source: &str, period: &Period) -> Result<u64, ObservedError> {
        let Held::Events(cube) = self.held(source)? else { return Ok(0) };
        Ok(period.months().filter_map(|month| cube.without_place.get(&month)).sum())
    }

    /// Why the publisher never delivered a month, where the source's declaration says so.
    pub fn gap_reason(&self, source: &str, month: Month) -> Option<&str> {
        let holds = |gap: &&KnownGap| gap.from <= month && gap.to.is_none_or(|to| month <= to);
        self.gaps(source).iter().find(holds).map(|gap| gap.reason.as_str())
    }

    /// The declared gaps of a source, each with its months and its reason.
    pub fn declared_gaps(&self, source: &str) -> Vec<String> {
        let words = |gap: &KnownGap| match gap.to {
            Some(to) => format!("{} to {to}: {}", gap.from, gap.reason),
            None => format!("{} and since: {}", gap.from, gap.reason),
        };
        self.gaps(source).iter().map(words).collect()
    }

    fn gaps(&self, source: &str) -> &[KnownGap] {
        let expected = self.sources.get(source).and_then(|source| source.expected.as_ref());
        expected.map_or(&[], |expected| expected.known_gaps.as_slice())
    }

    /// The first and last month that a source has delivered.
    pub fn known_run(&self, source: &str) -> Result<Option<(Month, Month)>, ObservedError> {
        Ok(match self.held(source)? {
            Held::Events(cube) => cube.known.first().copied().zip(cube.known.last().copied()),
            Held::Totals(totals) => totals.run(),
        })
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

    fn held(&self, source: &str) -> Result<&Held, ObservedError> {
        self.held
            .get(source)
            .ok_or_else(|| ObservedError::NoSource { source_id: source.to_owned() })
    }
}
