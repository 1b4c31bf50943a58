//! What Stockport's partners would send beside the street files, invented, with a known truth.
//!
//! Each feed comes in the form that its readers meet: outcomes and searches as data.police.uk lists
//! them, casualties in the columns of STATS19, attendances as emergency departments share them, a
//! landlord's and a conference's spreadsheets, a survey's microdata, a fire service's totals, and a force's burglaries by day and place. What is
//! planted in them holds in the rows themselves, and `feeds-truth.json` says what it is; only tests
//! read that.
//!
//! Nothing real is read but outlines and names of areas. No row has a name, an address or anything
//! else by which a person could be known, even an invented one.

mod bikes;
mod burglaries;
mod calendar;
mod collisions;
mod counts;
mod day_of_action;
mod files;
mod fires;
mod hate_crime;
mod hospital;
mod landlord;
mod marac;
mod police_outcomes;
mod searches;
mod survey;
mod trouble;
mod truth;

use std::fs;
use std::path::PathBuf;

use wardmote_domain::period::Period;

use crate::TwinError;
use crate::districts::District;
use crate::draws::{Draws, Weighted};
use crate::places::Places;
use crate::stockport::{DISTRICT, StockportTwin, Twin, covered as street_months};
pub use files::Feed;
use files::FeedFile;
pub use trouble::Trouble;
pub use truth::{
    FeedsTruth, MadeTrouble, PlantedBikes, PlantedBurglaries, PlantedCollisions, PlantedFeeds,
    PlantedFires, PlantedHateCrime, PlantedHospital, PlantedLandlord, PlantedMarac,
    PlantedOutcomes, PlantedQuestion, PlantedSearches, PlantedSurvey,
};

const NOTICE: &str =
    "SYNTHETIC: invented rows on real areas. No row is a real event, case, answer or person.";

/// Stockport's code; 2011's and today's are the same.
const DISTRICT_CODE: &str = "E08000007";

/// Streams of draws; a feed's come from `FEEDS` plus its place in [`Feed`].
const FEEDS: u64 = 2 << 32;

/// What to generate, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct FeedsRequest {
    /// Boundaries of small areas in GeoJSON, as for the street files.
    pub boundaries_geojson: PathBuf,
    /// The seed; that of the street files, so that the outcomes are of their crimes.
    pub seed: u64,
    /// The folder to write to; it is made if need be.
    pub out: PathBuf,
    /// Months of the feeds that come monthly, of those from April 2022 to December 2024.
    pub months: Period,
    /// Crimes that lie in the district in 2022/23, as for the street files.
    pub crimes_in_first_year: u32,
    /// Anti-social behaviour that lies in the district in 2022/23, as for the street files.
    pub asb_in_first_year: u32,
    /// What goes wrong on the way; nothing unless it is asked for.
    pub troubles: Vec<Trouble>,
}

impl FeedsRequest {
    /// The feeds in full, beside the street files of [`StockportTwin::new`].
    pub fn new(boundaries_geojson: impl Into<PathBuf>, seed: u64, out: impl Into<PathBuf>) -> Self {
        let street = StockportTwin::new(boundaries_geojson, seed, out);
        Self {
            boundaries_geojson: street.boundaries_geojson,
            seed: street.seed,
            out: street.out,
            months: covered(),
            crimes_in_first_year: street.crimes_in_first_year,
            asb_in_first_year: street.asb_in_first_year,
            troubles: Vec::new(),
        }
    }
}

/// Writes the feeds, `feeds-truth.json`, and `README.txt` in every folder.
///
/// What any month holds does not depend on which others are written. The files that are not monthly
/// are written whatever the months. Outcomes end with November 2024, as the street files do: an
/// outcome of December would be one that those files do not know of.
pub fn generate(request: &FeedsRequest) -> Result<FeedsTruth, TwinError> {
    let covered = covered();
    if !covered.contains(request.months.first()) || !covered.contains(request.months.last()) {
        return Err(TwinError::Months {
            asked: request.months.in_words(),
            covered: covered.in_words(),
        });
    }
    let ground = Ground::draw(request)?;
    let (mut files, planted) = draw(&ground)?;
    files.retain(|file| file.month.is_none_or(|month| request.months.contains(month)));
    let troubles = trouble::make(&request.troubles, &mut files, &ground)?;

    let rows = files::write(&files, &request.out, &readme(request))?;
    let truth = FeedsTruth {
        notice: NOTICE.to_owned(),
        seed: request.seed,
        months: request.months.clone(),
        planted,
        rows,
        troubles,
    };
    let path = request.out.join("feeds-truth.json");
    let json = serde_json::to_string_pretty(&truth).unwrap_or_default();
    fs::write(&path, json + "\n").map_err(TwinError::write(&path))?;
    Ok(truth)
}

/// April 2022 to December 2024.
fn covered() -> Period {
    calendar::months((2022, 4), (2024, 12))
}

/// Every file of every month, and what is planted in them.
fn draw(ground: &Ground) -> Result<(Vec<FeedFile>, PlantedFeeds), TwinError> {
    let mut files = Vec::new();
    let planted = PlantedFeeds {
        police_outcomes: police_outcomes::draw(ground, &mut files),
        stop_and_search: searches::draw(ground, &mut files),
        landlord_asb: landlord::draw(ground, &mut files),
        marac: marac::draw(ground, &mut files),
        hate_crime: hate_crime::draw(ground, &mut files),
        survey: survey::draw(ground, &mut files),
        fires: fires::draw(ground, &mut files),
        hospital: hospital::draw(ground, &mut files),
        collisions: collisions::draw(ground, &mut files),
        bike_enabled_crime: bikes::draw(ground, &mut files)?,
        burglaries: burglaries::draw(ground, &mut files)?,
    };
    Ok((files, planted))
}

/// What the feeds stand on: the district and the street files' twin.
struct Ground {
    seed: u64,
    district: District,
    twin: Twin,
}

impl Ground {
    fn draw(request: &FeedsRequest) -> Result<Self, TwinError> {
        let district = District::read(&request.boundaries_geojson, DISTRICT)?;
        let street = StockportTwin {
            boundaries_geojson: request.boundaries_geojson.clone(),
            seed: request.seed,
            out: request.out.clone(),
            months: street_months(),
            crimes_in_first_year: request.crimes_in_first_year,
            asb_in_first_year: request.asb_in_first_year,
        };
        let twin = Twin::draw(&street, &district)?;
        Ok(Self { seed: request.seed, district, twin })
    }

    fn draws(&self, feed: Feed) -> Draws {
        Draws::new(self.seed, FEEDS + feed as u64)
    }

    fn places(&self) -> &Places {
        &self.twin.places
    }

    /// The code of an area, heavier ones more often.
    fn area(&self, draws: &mut Draws) -> &str {
        let (area, _) = self.places().place(false, draws);
        &self.places().areas[area].code
    }

    /// Weights of areas as one partner meets them: those of all, times a spread of its own.
    fn areas_of_partner(&self, spread: f64, without: f64, draws: &mut Draws) -> Weighted {
        let mut weights: Vec<f64> = Vec::new();
        for weight in self.places().home_weights() {
            let own = libm::exp(spread * draws.normal());
            weights.push(if draws.chance(without) { 0.0 } else { weight * own });
        }
        if weights.iter().all(|&weight| weight == 0.0) {
            weights.clone_from_slice(self.places().home_weights());
        }
        Weighted::new(weights)
    }
}

fn readme(request: &FeedsRequest) -> String {
    format!(
        "SYNTHETIC. SYNTHETIC. SYNTHETIC.\n\n\
         These files were made by a generator, seed {seed}. No row is a real event, case, answer or\n\
         person, no count is a real count, and no partner sent them. Only the codes, names and outlines of\n\
         the small areas are real (Office for National Statistics, Open Government Licence v3.0).\n\n\
         feeds-truth.json, in the folder above or in this one, says what was planted in them. Do not\n\
         publish anything made from them without the word SYNTHETIC beside it.\n",
        seed = request.seed,
    )
}
