//! The truth of the feeds: what was planted in them and what the files hold.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wardmote_domain::period::Period;

use super::files::Feed;
use super::trouble::Trouble;

/// The truth of the feeds, as `feeds-truth.json` holds it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeedsTruth {
    /// That none of it is real.
    pub notice: String,
    /// The seed.
    pub seed: u64,
    /// Months of the monthly feeds that were written.
    pub months: Period,
    /// What was planted, over all months that the feeds cover and whichever were written.
    pub planted: PlantedFeeds,
    /// Rows of each file written, by its path.
    pub rows: BTreeMap<Feed, BTreeMap<String, usize>>,
    /// What went wrong on the way.
    pub troubles: Vec<MadeTrouble>,
}

/// What was planted in each feed. Shares are of 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedFeeds {
    /// Outcomes of the street files' crimes.
    pub police_outcomes: PlantedOutcomes,
    /// Searches.
    pub stop_and_search: PlantedSearches,
    /// The landlord's cases.
    pub landlord_asb: PlantedLandlord,
    /// The conference's cases.
    pub marac: PlantedMarac,
    /// Hate crimes.
    pub hate_crime: PlantedHateCrime,
    /// Answers.
    pub survey: PlantedSurvey,
    /// Deliberate fires.
    pub fires: PlantedFires,
    /// Attendances after an assault.
    pub hospital: PlantedHospital,
    /// Casualties of collisions.
    pub collisions: PlantedCollisions,
    /// Bike-enabled offences and the day of action against them.
    pub bike_enabled_crime: PlantedBikes,
    /// Burglaries by day and place.
    pub burglaries: PlantedBurglaries,
}

/// What was planted in the outcomes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedOutcomes {
    /// Crimes by the months from their own to that of their outcome.
    pub crimes_by_months_of_lag: BTreeMap<usize, u32>,
}

/// What was planted in stop and search.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedSearches {
    /// Searches in all months.
    pub searches: u32,
    /// Share of searches whose outcome is linked to what was looked for.
    pub find_share: f64,
    /// How many those are.
    pub found: u32,
    /// Searches without a place.
    pub without_place: u32,
    /// Searches in the first hour of a summer's day, which the files date to the day before, at 23
    /// hours; the first of each July is one, and is dated in June.
    pub first_hour_of_a_summer_day: u32,
}

/// What was planted in the landlord's cases.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedLandlord {
    /// Cases of 2022/23.
    pub cases_2022_23: u32,
    /// Cases of 2023/24.
    pub cases_2023_24: u32,
    /// Cases of April to December 2023.
    pub cases_april_december_2023: u32,
    /// Cases of April to December 2024.
    pub cases_april_december_2024: u32,
    /// Months' shares of a year, April first: the season of the police's reports.
    pub month_profile: [f64; 12],
    /// Variance over mean of a month's count.
    pub dispersion: f64,
    /// Share of cases by type of nuisance.
    pub share_by_kind: BTreeMap<String, f64>,
}

/// What was planted in the conference's cases, by financial year such as 2021-22.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantedMarac {
    /// Cases discussed.
    pub cases: BTreeMap<String, u32>,
    /// Those that were repeats.
    pub repeats: BTreeMap<String, u32>,
}

/// What was planted in hate crime.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedHateCrime {
    /// Offences in all months.
    pub offences: u32,
    /// Offences in a usual month, on average.
    pub offences_a_month: u32,
    /// The bounds of every month but August 2024.
    pub lowest_and_highest_usual_month: [u32; 2],
    /// Offences of August 2024.
    pub offences_august_2024: u32,
    /// Offences in the two weeks after the disorder above those of usual weeks; all of them name
    /// race or religion.
    pub excess_31_july_to_13_august_2024: u32,
    /// Share of offences by the first flag, in the order of the columns.
    pub share_by_first_flag: BTreeMap<String, f64>,
    /// Offences by the first flag.
    pub offences_by_first_flag: BTreeMap<String, u32>,
    /// Offences with a flag, whatever others they have; the sum exceeds the offences.
    pub offences_by_any_flag: BTreeMap<String, u32>,
    /// Offences with two flags.
    pub overlaps: BTreeMap<String, u32>,
}

/// What was planted in the survey.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedSurvey {
    /// Respondents in Greater Manchester.
    pub respondents: u32,
    /// Respondents in Stockport.
    pub respondents_in_stockport: u32,
    /// Respondents in Greater Manchester whose ethnic group is Other.
    pub respondents_of_other_ethnic_group: u32,
    /// Those of them in Stockport.
    pub respondents_of_other_ethnic_group_in_stockport: u32,
    /// Design effect of the weights in Greater Manchester, by Kish's formula.
    pub kish_design_effect: f64,
    /// The same in Stockport.
    pub kish_design_effect_in_stockport: f64,
    /// The questions.
    pub questions: Vec<PlantedQuestion>,
}

/// The planted answers to one question: weighted shares, to a tenth of a point.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedQuestion {
    /// The heading of its column.
    pub question: String,
    /// The answers that count, with commas between them.
    pub answers_counted: String,
    /// Share of Stockport.
    pub share_in_stockport: f64,
    /// Share of all ten districts, Stockport among them.
    pub share_in_greater_manchester: f64,
    /// Share among Stockport's respondents whose ethnic group is Other, if one is planted.
    pub share_among_other_ethnic_group_in_stockport: Option<f64>,
    /// The same among all districts' respondents.
    pub share_among_other_ethnic_group_in_greater_manchester: Option<f64>,
}

/// What was planted in the fires, by financial year such as 2022/23; 2024/25 ends with December.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantedFires {
    /// Deliberate primary fires; level over the year.
    pub primary: BTreeMap<String, u32>,
    /// Deliberate secondary fires.
    pub secondary: BTreeMap<String, u32>,
    /// Quarters' shares of a year of secondary fires, April to June first; they sum to 4.
    pub secondary_profile: [f64; 4],
    /// Variance over mean of a quarter's count.
    pub dispersion: f64,
}

/// What was planted in the attendances. Shares are met to the rounding of one attendance.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedHospital {
    /// Attendances in all months.
    pub attendances: u32,
    /// Share on Saturdays and Sundays.
    pub saturday_and_sunday_share: f64,
    /// Share in the hours from 20 to 3.
    pub share_from_20_to_3_59: f64,
    /// Share without the area of the assault.
    pub without_place_share: f64,
    /// Share by where the assault was.
    pub share_by_where: BTreeMap<String, f64>,
    /// Share by weapon.
    pub share_by_weapon: BTreeMap<String, f64>,
}

/// What was planted in the casualties.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PlantedCollisions {
    /// Casualties of each calendar year.
    pub casualties_by_year: BTreeMap<String, u32>,
    /// Casualties of all years by their own severity.
    pub casualties_by_severity: BTreeMap<String, u32>,
}

/// What was planted in bike-enabled offences, by role: target, buffer, control, elsewhere. No effect
/// of the day of action on anti-social behaviour is planted anywhere.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedBikes {
    /// The date of the day of action.
    pub day_of_action: String,
    /// Codes of the areas with each role but elsewhere.
    pub areas: BTreeMap<String, Vec<String>>,
    /// The six whole months before.
    pub months_before: Period,
    /// The six whole months after.
    pub months_after: Period,
    /// Offences in 2022/23.
    pub offences_2022_23: BTreeMap<String, u32>,
    /// Offences in April to November 2023.
    pub offences_april_november_2023: BTreeMap<String, u32>,
    /// Offences in the months before.
    pub offences_before: BTreeMap<String, u32>,
    /// Offences in the months after.
    pub offences_after: BTreeMap<String, u32>,
    /// Change in the target from the months before to those after.
    pub percent_change_in_target: f64,
    /// Growth from month to month before the day of action, in every role.
    pub percent_rise_a_month_before: f64,
}

/// What was planted in the burglaries. In either year they lie where homes are; in one some follow
/// another near by and soon.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlantedBurglaries {
    /// The year in which none follows another but by chance.
    pub year_without_process: Period,
    /// The year in which some do.
    pub year_of_process: Period,
    /// Burglaries of each year.
    pub burglaries_a_year: u32,
    /// Of the year of the process, those that follow another.
    pub that_follow: u32,
    /// From 1 to so many days later.
    pub within_days: u32,
    /// At most so far away, in metres.
    pub within_metres: f64,
}

/// A trouble that was made, and what it did to a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MadeTrouble {
    /// What was asked for.
    pub trouble: Trouble,
    /// The file that lacks, or that was changed or added.
    pub file: String,
    /// Rows of the clean file that it lacks.
    pub rows_lost: usize,
    /// Rows that the clean file lacks.
    pub rows_gained: usize,
    /// Rows whose date is none.
    pub wrong_dates: usize,
    /// Rows whose kind of nuisance is not one that the landlord uses.
    pub unknown_kinds: usize,
    /// Rows with nothing in them.
    pub blank_rows: usize,
    /// The column that seems to name people.
    pub personal_column: Option<String>,
}

impl MadeTrouble {
    pub(super) fn new(trouble: Trouble, file: String) -> Self {
        Self {
            trouble,
            file,
            rows_lost: 0,
            rows_gained: 0,
            wrong_dates: 0,
            unknown_kinds: 0,
            blank_rows: 0,
            personal_column: None,
        }
    }
}
