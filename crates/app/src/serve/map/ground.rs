//! The outlines of one vintage, as tiles and as pictures; and the spots found on them.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::coordinates::BritishNationalGrid;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::mapped::Spots;
use wardmote_evidence::observed::{Observed, Place};
use wardmote_lake::read::Projection;
use wardmote_lake::{Boundary, Lake};
use wardmote_reports::site::Basemap;
use wardmote_reports::tiles::{Drawn, Outlines, Tiles};

use super::super::answer::Held;
use super::basemap;

/// More areas than this are neither drawn nor held; a county has some 800 small areas.
const MOST_DRAWN: usize = 5_000;
/// How many tiles of a level are kept.
const MOST_TILES: usize = 4_096;
/// Metres by which a border of the picture may be off: a third of what a pixel of it covers where the
/// partnership is 30 km across.
const PICTURE_METRES: f64 = 20.0;

/// What is drawn in one vintage.
#[derive(Debug, Default)]
pub(in crate::serve) struct Ground {
    by_level: BTreeMap<AreaLevel, Level>,
    spots: Mutex<HashMap<(String, AreaLevel), Once>>,
    pub(super) basemap: Option<Basemap>,
}

/// Spots that the first who asks finds, and the others wait for.
type Once = Arc<OnceLock<Arc<Spots>>>;

#[derive(Debug)]
struct Level {
    tiles: Tiles,
    picture: Vec<Drawn>,
    held: Mutex<HashMap<(u8, u32, u32), Arc<Held>>>,
}

impl Ground {
    /// Reads the outlines of the small areas, and puts those of larger areas together from them; an
    /// area that small areas are shared by is drawn from its own outline, where there is one.
    pub(in crate::serve) fn gather(
        folder: &Path,
        lake: &Lake,
        declared: &PartnershipFolder,
        observed: &mut Observed,
        levels: &[AreaLevel],
    ) -> anyhow::Result<Self> {
        let mut ground = Self { basemap: basemap::read(folder)?, ..Self::default() };
        let partnership = &declared.partnership;
        let small_level = partnership.area_vintage;
        let own = |observed: &Observed, level| -> anyhow::Result<Vec<Place>> {
            let places = observed.places_within(level, &partnership.areas)?;
            Ok(places.into_iter().cloned().collect())
        };
        let small = own(observed, small_level)?;
        if small.len() > MOST_DRAWN {
            return Ok(ground);
        }
        let outlines = outlines_of(lake, observed, small_level, &small)?;
        let shared =
            Outlines::new(outlines.iter().map(|one| (one.code.as_str(), one.polygons.as_slice())));
        observed.boundaries.entry(small_level).or_insert(outlines);
        for level in levels.iter().copied() {
            let places = own(observed, level)?;
            let drawn = if level == small_level {
                shared.clone()
            } else if places.iter().all(|place| place.parts.is_empty()) {
                let members = |place: &Place| -> Vec<String> {
                    place.small_areas.iter().map(ToString::to_string).collect()
                };
                let groups: Vec<(String, Vec<String>)> =
                    places.iter().map(|place| (place.code.to_string(), members(place))).collect();
                shared.put_together(groups.iter().map(|(code, members)| {
                    (code.as_str(), members.iter().map(String::as_str).collect())
                }))
            } else {
                let own = outlines_of(lake, observed, level, &places)?;
                Outlines::new(own.iter().map(|one| (one.code.as_str(), one.polygons.as_slice())))
            };
            if drawn.is_empty() {
                continue;
            }
            let named = |(code, polygons): Drawn| {
                let place = places.iter().find(|place| place.code.as_str() == code)?;
                Some(Boundary { code: place.code.clone(), name: place.name.clone(), polygons })
            };
            observed
                .boundaries
                .entry(level)
                .or_insert_with(|| drawn.simplified(0.0).into_iter().filter_map(named).collect());
            let picture = drawn.simplified(PICTURE_METRES);
            let tiles = Tiles::new(drawn, to_degrees);
            ground.by_level.insert(level, Level { tiles, picture, held: Mutex::default() });
        }
        Ok(ground)
    }

    /// West, south, east and north in degrees, if the level is drawn.
    pub(super) fn bounds(&self, level: AreaLevel) -> Option<[f64; 4]> {
        self.by_level.get(&level)?.tiles.bounds()
    }

    /// The outlines of a level for a picture of a page's size.
    pub(super) fn picture(&self, level: AreaLevel) -> &[Drawn] {
        self.by_level.get(&level).map_or(&[], |level| &level.picture)
    }

    /// A tile, made when it is first asked for.
    pub(super) fn tile(
        &self,
        vintage: &str,
        level: AreaLevel,
        (zoom, x, y): (u8, u32, u32),
    ) -> Option<Arc<Held>> {
        let level = self.by_level.get(&level)?;
        let lock = || level.held.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(held) = lock().get(&(zoom, x, y)) {
            return Some(Arc::clone(held));
        }
        let tile = level.tiles.tile(zoom, x, y)?;
        // Those without areas are many, and cost nothing to make again.
        let keep = !tile.is_empty();
        let held = Arc::new(Held::new(vintage, "application/vnd.mapbox-vector-tile", tile));
        let mut tiles = lock();
        if keep && tiles.len() < MOST_TILES {
            tiles.insert((zoom, x, y), Arc::clone(&held));
        }
        Some(held)
    }

    /// The spots of a measure, found once in a vintage whoever asks, and held.
    pub(super) fn spots(
        &self,
        measure: &str,
        level: AreaLevel,
        find: impl FnOnce() -> Spots,
    ) -> Arc<Spots> {
        let mut all = self.spots.lock().unwrap_or_else(PoisonError::into_inner);
        let cell = Arc::clone(all.entry((measure.to_owned(), level)).or_default());
        drop(all);
        Arc::clone(cell.get_or_init(|| Arc::new(find())))
    }
}

fn outlines_of(
    lake: &Lake,
    observed: &Observed,
    level: AreaLevel,
    places: &[Place],
) -> anyhow::Result<Vec<Boundary>> {
    if let Some(gathered) = observed.boundaries.get(&level) {
        return Ok(gathered.clone());
    }
    let codes: Vec<AreaCode> = places.iter().map(|place| place.code.clone()).collect();
    Ok(lake.boundaries(level, &codes)?)
}

/// Nowhere, if the place is not in Great Britain; outlines were read as places that are.
fn to_degrees((easting, northing): (f64, f64)) -> (f64, f64) {
    let place = BritishNationalGrid::new(easting, northing);
    let found = place.and_then(|place| Projection::new().to_degrees(place));
    found.map_or((0.0, 0.0), |place| (place.longitude(), place.latitude()))
}
