//! Stockport's twin: invented street files on the district's real small areas, with a known truth.
//!
//! Crime is planted to fall by 8% between 2022/23 and 2023/24 and by 6% more in April to November
//! 2024; anti-social behaviour to peak in summer and to fall by 2% a year. The counts of rows that
//! lie in the district meet these changes exactly, to the rounding of one row, so that they are
//! true of the data and not only of the process that made them.
//!
//! Nothing real is read but outlines and names of areas: no incident, no count of incidents. Season
//! and shares of categories are round figures of the size that English towns have.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use wardmote_domain::category::CrimeType;
use wardmote_domain::period::{Month, Period};

use crate::TwinError;
use crate::districts::District;
use crate::draws::{Draws, Weighted};
use crate::monthly_counts::{self, Drawn, N_MONTHS, Planted};
use crate::outcomes::Outcomes;
use crate::places::Places;
use crate::street_file::{HEADER, LINE_END, NO_LOCATION, push_hex};
pub use crate::truth::{
    PlantedCategory, PlantedSeries, PlantedTruth, RealisedMonth, RealisedTruth, Truth,
};

/// What `Reported by` and `Falls within` say in every row.
pub const REPORTED_BY: &str = "SYNTHETIC Greater Manchester Police (twin)";

const NOTICE: &str = "SYNTHETIC: invented rows on real areas. No row is a real incident.";
pub(crate) const DISTRICT: &str = "Stockport";
/// The railway station and shopping streets, longitude and latitude.
const TOWN_CENTRE: [f64; 2] = [-2.160, 53.409];

/// Streams of draws; a month's rows come from `ROWS` plus the month's index.
const COUNTS: u64 = 1;
const PLACES: u64 = 2;
const NEARBY_PLACES: u64 = 3;
const ROWS: u64 = 1 << 32;

const CRIME_CHANGE: f64 = -0.08;
const CRIME_PART_YEAR_CHANGE: f64 = -0.06;
const CRIME_DISPERSION: f64 = 3.0;
const ASB_CHANGE: f64 = -0.02;
const ASB_DISPERSION: f64 = 1.8;
/// April first; each sums to 12.
pub(crate) const CRIME_PROFILE: [f64; 12] =
    [0.97, 1.05, 1.05, 1.08, 1.04, 1.02, 1.03, 0.97, 0.93, 0.96, 0.90, 1.00];
pub(crate) const ASB_PROFILE: [f64; 12] =
    [1.00, 1.10, 1.20, 1.40, 1.34, 1.06, 0.98, 0.84, 0.76, 0.72, 0.74, 0.86];

const NO_LOCATION_SHARE: f64 = 0.03;
const NEARBY_SHARE: f64 = 0.005;
const REPEATED_ID_SHARE: f64 = 0.001;

/// Share of crime in 2022/23, and change in 2023/24 before all are scaled to the planted total.
const CATEGORIES: [(CrimeType, f64, f64); 13] = [
    (CrimeType::BicycleTheft, 0.010, -0.10),
    (CrimeType::Burglary, 0.055, -0.15),
    (CrimeType::CriminalDamageAndArson, 0.100, -0.09),
    (CrimeType::Drugs, 0.025, 0.06),
    (CrimeType::OtherCrime, 0.022, 0.00),
    (CrimeType::OtherTheft, 0.075, -0.08),
    (CrimeType::PossessionOfWeapons, 0.008, 0.04),
    (CrimeType::PublicOrder, 0.120, -0.20),
    (CrimeType::Robbery, 0.010, -0.05),
    (CrimeType::Shoplifting, 0.075, 0.18),
    (CrimeType::TheftFromThePerson, 0.010, 0.00),
    (CrimeType::VehicleCrime, 0.090, -0.12),
    (CrimeType::ViolenceAndSexualOffences, 0.400, -0.10),
];

/// What to generate, and where.
#[derive(Debug, Clone, PartialEq)]
pub struct StockportTwin {
    /// Boundaries of small areas in GeoJSON: of Stockport alone or of any region around it.
    pub boundaries_geojson: PathBuf,
    /// The seed; the same seed and boundaries give the same bytes.
    pub seed: u64,
    /// The folder to write to; it is made if need be.
    pub out: PathBuf,
    /// Months to write, of those from April 2022 to November 2024.
    pub months: Period,
    /// Crimes that lie in the district in 2022/23.
    pub crimes_in_first_year: u32,
    /// Anti-social behaviour that lies in the district in 2022/23.
    pub asb_in_first_year: u32,
}

impl StockportTwin {
    /// The twin in full: April 2022 to November 2024, of about Stockport's size.
    pub fn new(boundaries_geojson: impl Into<PathBuf>, seed: u64, out: impl Into<PathBuf>) -> Self {
        Self {
            boundaries_geojson: boundaries_geojson.into(),
            seed,
            out: out.into(),
            months: covered(),
            crimes_in_first_year: 25_000,
            asb_in_first_year: 6_800,
        }
    }
}

/// Writes the twin: `YYYY-MM/YYYY-MM-synthetic-stockport-street.csv` for each month, `truth.json`
/// and `README.txt`.
///
/// What any month holds does not depend on which others are written. Where the boundaries hold
/// nothing but Stockport, no row lies outside it; month totals within it are the same either way.
pub fn generate(request: &StockportTwin) -> Result<Truth, TwinError> {
    let covered = covered();
    if !covered.contains(request.months.first()) || !covered.contains(request.months.last()) {
        return Err(TwinError::Months {
            asked: request.months.in_words(),
            covered: covered.in_words(),
        });
    }
    let district = District::read(&request.boundaries_geojson, DISTRICT)?;
    let twin = Twin::draw(request, &district)?;

    let mut months = BTreeMap::new();
    for month in request.months.months() {
        let (text, realised) = twin.month(month);
        let folder = request.out.join(month.to_string());
        fs::create_dir_all(&folder).map_err(TwinError::write(&folder))?;
        let path = folder.join(format!("{month}-synthetic-stockport-street.csv"));
        fs::write(&path, text).map_err(TwinError::write(&path))?;
        months.insert(month.to_string(), realised);
    }

    let truth = twin.truth(request, &district, months);
    let write = |name: &str, text: String| {
        let path = request.out.join(name);
        fs::write(&path, text).map_err(TwinError::write(&path))
    };
    let json = serde_json::to_string_pretty(&truth).unwrap_or_default();
    write("truth.json", json + "\n")?;
    write("README.txt", readme(&truth))?;
    Ok(truth)
}

/// April 2022 to November 2024.
pub(crate) fn covered() -> Period {
    let run = Month::new(2022, 4)
        .zip(Month::new(2024, 11))
        .and_then(|(first, last)| Period::run(first, last).ok());
    run.unwrap_or_else(|| unreachable!("April 2022 comes before November 2024"))
}

/// Everything that is drawn before the first row.
pub(crate) struct Twin {
    seed: u64,
    planted: [Planted; 2],
    crime: Drawn,
    asb: Drawn,
    /// Categories of crime in each of the three stretches.
    categories: [Weighted; 3],
    outcomes: Outcomes,
    pub(crate) places: Places,
    nearby: Option<Places>,
}

/// A row of a street file, before it is written.
pub(crate) struct Row {
    /// Whether the area is one of those near the district, and its index.
    area: Option<(bool, usize)>,
    point: usize,
    category: CrimeType,
    pub(crate) id: Option<[u8; 32]>,
    pub(crate) outcome: &'static str,
}

impl Twin {
    pub(crate) fn draw(request: &StockportTwin, district: &District) -> Result<Self, TwinError> {
        let crime = Planted {
            what: "crimes",
            first_year: request.crimes_in_first_year,
            change: CRIME_CHANGE,
            part_year_change: CRIME_PART_YEAR_CHANGE,
            profile_from_april: CRIME_PROFILE,
            dispersion: CRIME_DISPERSION,
            summer_peak: false,
        };
        let asb = Planted {
            what: "reports of anti-social behaviour",
            first_year: request.asb_in_first_year,
            change: ASB_CHANGE,
            part_year_change: ASB_CHANGE,
            profile_from_april: ASB_PROFILE,
            dispersion: ASB_DISPERSION,
            summer_peak: true,
        };
        let mut draws = Draws::new(request.seed, COUNTS);
        let (drawn_crime, drawn_asb) =
            (monthly_counts::draw(&crime, &mut draws)?, monthly_counts::draw(&asb, &mut draws)?);
        let places = |areas, stream| {
            Places::draw(
                areas,
                TOWN_CENTRE,
                &request.boundaries_geojson,
                &mut Draws::new(request.seed, stream),
            )
        };
        let nearby = (!district.nearby.is_empty())
            .then(|| places(&district.nearby, NEARBY_PLACES))
            .transpose()?;
        Ok(Self {
            seed: request.seed,
            planted: [crime, asb],
            crime: drawn_crime,
            asb: drawn_asb,
            categories: category_shares().map(Weighted::new),
            outcomes: Outcomes::new(),
            places: places(&district.areas, PLACES)?,
            nearby,
        })
    }

    /// One month's file, and how many rows of each sort it holds.
    fn month(&self, month: Month) -> (Vec<u8>, RealisedMonth) {
        let rows = self.rows(month);
        (self.text(month, &rows), Self::realised(&rows))
    }

    /// One month's rows, in the order of its file.
    pub(crate) fn rows(&self, month: Month) -> Vec<Row> {
        let index = (month.index() - covered().first().index()).unsigned_abs() as usize;
        let mut draws = Draws::new(self.seed, ROWS + index as u64);
        let mut rows = Vec::new();
        for (is_asb, in_district) in
            [(false, self.crime.counts[index]), (true, self.asb.counts[index])]
        {
            let of_all_rows = f64::from(in_district) / (1.0 - NO_LOCATION_SHARE - NEARBY_SHARE);
            let no_location = draws.round(of_all_rows * NO_LOCATION_SHARE);
            let nearby =
                if self.nearby.is_some() { draws.round(of_all_rows * NEARBY_SHARE) } else { 0 };
            for row in 0..in_district + no_location + nearby {
                let whereabouts = match row {
                    _ if row < in_district => Some((false, &self.places)),
                    _ if row < in_district + nearby => {
                        self.nearby.as_ref().map(|places| (true, places))
                    }
                    _ => None,
                };
                let previous = rows.last().and_then(|row: &Row| row.id);
                rows.push(self.row(index, is_asb, whereabouts, previous, &mut draws));
            }
        }
        // The order of data.police.uk: by area's name, then crime type, rows without a place last.
        rows.sort_by_key(|row| {
            (row.area.is_none(), row.area.map(|area| self.area(area).name.as_str()), row.category)
        });
        rows
    }

    /// Longitude to LSOA name of a row, as a street file writes them.
    pub(crate) fn whereabouts(&self, row: &Row) -> Cow<'_, str> {
        match row.area {
            Some(area) => Cow::Borrowed(&self.area(area).points[row.point]),
            None => Cow::Owned(format!(",,{NO_LOCATION},,")),
        }
    }

    fn row(
        &self,
        month_index: usize,
        is_asb: bool,
        whereabouts: Option<(bool, &Places)>,
        previous_id: Option<[u8; 32]>,
        draws: &mut Draws,
    ) -> Row {
        let category = if is_asb {
            CrimeType::AntiSocialBehaviour
        } else {
            CATEGORIES[self.categories[month_index / 12].draw(draws)].0
        };
        let in_shops = matches!(
            category,
            CrimeType::Shoplifting | CrimeType::TheftFromThePerson | CrimeType::Robbery
        );
        let place = whereabouts.map(|(nearby, places)| (nearby, places.place(in_shops, draws)));
        let (id, outcome) = if is_asb {
            (None, "")
        } else {
            let mut id = [0; 32];
            draws.fill(&mut id);
            let id = previous_id.filter(|_| draws.chance(REPEATED_ID_SHARE)).unwrap_or(id);
            let age_months = N_MONTHS - 1 - month_index;
            (Some(id), self.outcomes.draw(category, age_months, draws))
        };
        Row {
            area: place.map(|(nearby, (area, _))| (nearby, area)),
            point: place.map_or(0, |(_, (_, point))| point),
            category,
            id,
            outcome,
        }
    }

    fn area(&self, (nearby, index): (bool, usize)) -> &crate::places::PlaceArea {
        let places =
            if nearby { self.nearby.as_ref().unwrap_or(&self.places) } else { &self.places };
        &places.areas[index]
    }

    fn text(&self, month: Month, rows: &[Row]) -> Vec<u8> {
        let mut text = Vec::with_capacity(rows.len() * 256);
        text.extend_from_slice(HEADER.as_bytes());
        text.extend_from_slice(LINE_END.as_bytes());
        let who_and_when = format!(",{month},{REPORTED_BY},{REPORTED_BY},");
        for row in rows {
            push_hex(&mut text, row.id.as_ref().map_or(&[], |id| id));
            text.extend_from_slice(who_and_when.as_bytes());
            text.extend_from_slice(self.whereabouts(row).as_bytes());
            text.extend_from_slice(
                format!(",{},{},{LINE_END}", row.category.name(), row.outcome).as_bytes(),
            );
        }
        text
    }

    fn realised(rows: &[Row]) -> RealisedMonth {
        let mut month = RealisedMonth { rows: rows.len() as u32, ..RealisedMonth::default() };
        for row in rows {
            month.crime_rows += u32::from(!row.category.is_incident());
            match row.area {
                None => month.no_location += 1,
                Some((true, _)) => month.nearby += 1,
                Some((false, _)) => {
                    *month.by_category.entry(row.category).or_default() += 1;
                    let of_its_kind =
                        if row.category.is_incident() { &mut month.asb } else { &mut month.crime };
                    *of_its_kind += 1;
                }
            }
        }
        month
    }

    fn truth(
        &self,
        request: &StockportTwin,
        district: &District,
        months: BTreeMap<String, RealisedMonth>,
    ) -> Truth {
        let [crime, asb] = &self.planted;
        let codes =
            |areas: &[crate::districts::Area]| areas.iter().map(|area| area.code.clone()).collect();
        let highest = ASB_PROFILE.into_iter().fold(f64::MIN, f64::max);
        let lowest = ASB_PROFILE.into_iter().fold(f64::MAX, f64::min);
        let heaviest = self.places.heaviest(5);
        Truth {
            notice: NOTICE.to_owned(),
            seed: request.seed,
            months: request.months.clone(),
            area_vintage: district.vintage.map(str::to_owned),
            areas: codes(&district.areas),
            nearby_areas: codes(&district.nearby),
            planted: PlantedTruth {
                crime: planted_series(crime),
                asb: planted_series(asb),
                asb_peak_months: vec!["July".to_owned(), "August".to_owned()],
                asb_amplitude: four_decimals((highest - lowest) / 2.0),
                categories: planted_categories(),
                heaviest_areas: heaviest
                    .iter()
                    .map(|(code, share)| ((*code).to_owned(), four_decimals(*share)))
                    .collect(),
                no_location_share: NO_LOCATION_SHARE,
                nearby_share: if self.nearby.is_some() { NEARBY_SHARE } else { 0.0 },
                repeated_id_share: REPEATED_ID_SHARE,
            },
            realised: RealisedTruth {
                months,
                crime_dispersion_2023_24: four_decimals(self.crime.dispersion),
                crime_dispersion_april_november_2024: four_decimals(
                    self.crime.part_year_dispersion,
                ),
                asb_dispersion_2023_24: four_decimals(self.asb.dispersion),
            },
        }
    }
}

/// Shares of the categories in 2022/23, 2023/24 and April to November 2024. Changes go on at three
/// quarters of their rate in the last, as crime as a whole does.
fn category_shares() -> [[f64; 13]; 3] {
    let scaled = |shares: [f64; 13]| {
        let sum: f64 = shares.iter().sum();
        shares.map(|share| share / sum)
    };
    let first = CATEGORIES.map(|(_, share, _)| share);
    let second = scaled(CATEGORIES.map(|(_, share, change)| share * (1.0 + change)));
    let mut third = second;
    for (share, (.., change)) in third.iter_mut().zip(CATEGORIES) {
        *share *= 1.0 + 0.75 * change;
    }
    [first, second, scaled(third)]
}

fn planted_categories() -> BTreeMap<CrimeType, PlantedCategory> {
    let [first, second, third] = category_shares();
    let percent = |earlier: f64, later: f64, whole: f64| {
        four_decimals(100.0 * (later / earlier * (1.0 + whole) - 1.0))
    };
    let planted = CATEGORIES.iter().enumerate().map(|(i, (category, share, _))| {
        let planted = PlantedCategory {
            share_2022_23: *share,
            percent_change_2023_24: percent(first[i], second[i], CRIME_CHANGE),
            percent_change_april_november_2024: percent(
                second[i],
                third[i],
                CRIME_PART_YEAR_CHANGE,
            ),
        };
        (*category, planted)
    });
    planted.collect()
}

fn planted_series(planted: &Planted) -> PlantedSeries {
    PlantedSeries {
        total_2022_23: planted.first_year,
        percent_change_2023_24: four_decimals(100.0 * planted.change),
        percent_change_april_november_2024: four_decimals(100.0 * planted.part_year_change),
        month_profile: planted.profile_from_april,
        dispersion: planted.dispersion,
    }
}

pub(crate) fn four_decimals(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

fn readme(truth: &Truth) -> String {
    format!(
        "SYNTHETIC. SYNTHETIC. SYNTHETIC.\n\n\
         These street files were made by a generator, seed {seed}. No row is a real incident, no count\n\
         is a real count, and no street is meant. Greater Manchester Police did not report them. Only the\n\
         codes, names and outlines of the small areas are real (Office for National Statistics, Open\n\
         Government Licence v3.0).\n\n\
         They have the shape of data.police.uk street files, for {months}. truth.json says what was\n\
         planted in them and what they hold. Do not publish anything made from them without the word\n\
         SYNTHETIC beside it.\n",
        seed = truth.seed,
        months = truth.months.in_words(),
    )
}
