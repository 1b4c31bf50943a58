//! The truth of a twin: what was planted in its files and what they hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wardmote_domain::category::CrimeType;
use wardmote_domain::period::Period;

/// The truth of a twin, as `truth.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Truth {
    /// That none of it is real.
    pub notice: String,
    /// The seed.
    pub seed: u64,
    /// The months written.
    pub months: Period,
    /// The vintage of the areas, where the boundaries say it.
    pub area_vintage: Option<String>,
    /// Codes of the district's areas.
    pub areas: Vec<String>,
    /// Codes of the areas around it that some rows lie in.
    pub nearby_areas: Vec<String>,
    /// What was planted.
    pub planted: PlantedTruth,
    /// What the files hold.
    pub realised: RealisedTruth,
}

/// What was planted. Changes are in percent; profiles start in April and sum to 12.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedTruth {
    /// Crime without anti-social behaviour, in the district.
    pub crime: PlantedSeries,
    /// Anti-social behaviour, in the district.
    pub asb: PlantedSeries,
    /// Names of the months in one of which anti-social behaviour is highest each year.
    pub asb_peak_months: Vec<String>,
    /// Half the distance from the lowest month of its profile to the highest, over the mean.
    pub asb_amplitude: f64,
    /// Crime by category.
    pub categories: BTreeMap<CrimeType, PlantedCategory>,
    /// The areas that weigh most, heaviest first, with their share of crime and anti-social
    /// behaviour outside shops.
    pub heaviest_areas: Vec<(String, f64)>,
    /// Share of all rows without a place.
    pub no_location_share: f64,
    /// Share of all rows that lie in a neighbouring district.
    pub nearby_share: f64,
    /// Share of crimes that repeat the Crime ID of another in the same month.
    pub repeated_id_share: f64,
}

/// What was planted in one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedSeries {
    /// Total of 2022/23.
    pub total_2022_23: u32,
    /// Change from 2022/23 to 2023/24.
    pub percent_change_2023_24: f64,
    /// Change from April to November 2023 to the same months of 2024.
    pub percent_change_april_november_2024: f64,
    /// Months' shares of a year.
    pub month_profile: [f64; 12],
    /// Variance over mean of a month's count (quasi-Poisson).
    pub dispersion: f64,
}

/// What was planted in one category of crime.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedCategory {
    /// Share of crime in 2022/23.
    pub share_2022_23: f64,
    /// Change from 2022/23 to 2023/24, in percent.
    pub percent_change_2023_24: f64,
    /// Change from April to November 2023 to the same months of 2024, in percent.
    pub percent_change_april_november_2024: f64,
}

/// What the files hold.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RealisedTruth {
    /// Rows of each month written.
    pub months: BTreeMap<String, RealisedMonth>,
    /// Dispersion of crime that the declared method finds in 2022/23 and 2023/24.
    pub crime_dispersion_2023_24: f64,
    /// The same in April to November 2023 and 2024.
    pub crime_dispersion_april_november_2024: f64,
    /// Dispersion of anti-social behaviour in 2022/23 and 2023/24.
    pub asb_dispersion_2023_24: f64,
}

/// Rows of one month's file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RealisedMonth {
    /// Crimes in the district, anti-social behaviour left out.
    pub crime: u32,
    /// Anti-social behaviour in the district.
    pub asb: u32,
    /// Rows in the district by category.
    pub by_category: BTreeMap<CrimeType, u32>,
    /// Rows without a place, of either kind.
    pub no_location: u32,
    /// Rows in neighbouring districts, of either kind.
    pub nearby: u32,
    /// Rows in the file.
    pub rows: u32,
    /// Rows in the file that are crimes, wherever they lie.
    pub crime_rows: u32,
}

impl RealisedTruth {
    /// Rows in the district over some months: crime, and anti-social behaviour.
    pub fn totals(&self, period: &Period) -> (u32, u32) {
        let months = period.months().filter_map(|month| self.months.get(&month.to_string()));
        months.fold((0, 0), |(crime, asb), month| (crime + month.crime, asb + month.asb))
    }
}
