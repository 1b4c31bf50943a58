//! Outcomes of the street files' crimes, in the form of data.police.uk.

use std::collections::BTreeMap;

use wardmote_domain::period::Month;

use super::files::FeedFile;
use super::truth::PlantedOutcomes;
use super::{Feed, Ground, street_months};
use crate::outcomes::{lag_months, outcome_type};
use crate::stockport::REPORTED_BY;
use crate::street_file::push_hex;

const HEADER: &str = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,\
                      Outcome type";

/// A row for each crime of the street files that has a final outcome there, in the month in which
/// it came; so the two kinds of file say the same.
pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedOutcomes {
    let months: Vec<Month> = street_months().months().collect();
    let mut draws = ground.draws(Feed::PoliceOutcomes);
    let mut by_month: BTreeMap<Month, Vec<String>> =
        months.iter().map(|month| (*month, Vec::new())).collect();
    let mut by_lag = BTreeMap::new();
    for (month_index, crime_month) in months.iter().enumerate() {
        let age_months = months.len() - 1 - month_index;
        for row in ground.twin.rows(*crime_month) {
            let (Some(id), Some(outcome)) = (row.id, outcome_type(row.outcome)) else { continue };
            let lag = lag_months(age_months, &mut draws);
            let Some(month) = months.get(month_index + lag) else { continue };
            *by_lag.entry(lag).or_insert(0) += 1;
            let mut text = Vec::new();
            push_hex(&mut text, &id);
            let id = String::from_utf8_lossy(&text);
            let whereabouts = ground.twin.whereabouts(&row);
            by_month
                .entry(*month)
                .or_default()
                .push(format!("{id},{month},{REPORTED_BY},{REPORTED_BY},{whereabouts},{outcome}"));
        }
    }
    for (month, mut rows) in by_month {
        // The order of Crime IDs says nothing of when a crime was recorded.
        rows.sort();
        files.push(FeedFile::of_police_uk(Feed::PoliceOutcomes, month, "outcomes", HEADER, rows));
    }
    PlantedOutcomes { crimes_by_months_of_lag: by_lag }
}
