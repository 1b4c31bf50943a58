//! Attendances after an assault, in the shape that Information Sharing to Tackle Violence asks of
//! emergency departments: when, where and with what, and nothing of the patient.

use super::calendar::Day;
use super::counts::{deal, vary};
use super::files::FeedFile;
use super::truth::PlantedHospital;
use super::{Feed, Ground, covered};

const HEADER: &str = "Date,Hour,Where,Weapon,LSOA code,Publisher";
const PUBLISHER: &str = "SYNTHETIC Stockport emergency department (twin)";

const A_MONTH: u32 = 45;
const DISPERSION: f64 = 1.2;
const WEEKEND_SHARE: f64 = 0.46;
const NIGHT_SHARE: f64 = 0.58;
const WITHOUT_PLACE_SHARE: f64 = 0.25;
const NIGHT_HOURS: [u8; 8] = [20, 21, 22, 23, 0, 1, 2, 3];
const WHERE: [(&str, f64); 4] =
    [("Street", 0.45), ("Licensed premises", 0.25), ("Home", 0.20), ("Other", 0.10)];
const WEAPONS: [(&str, f64); 4] =
    [("None", 0.78), ("Blunt", 0.09), ("Sharp", 0.06), ("Other", 0.07)];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedHospital {
    let mut draws = ground.draws(Feed::Hospital);
    let months = covered();
    let total = A_MONTH * months.n_months() as u32;
    let counts = vary(total, &vec![1.0; months.n_months()], DISPERSION, &mut draws);
    let mut kinds = |shares: &[f64]| deal(total as usize, shares, &mut draws);
    let with = |share: f64| [1.0 - share, share];
    let (weekends, nights) = (kinds(&with(WEEKEND_SHARE)), kinds(&with(NIGHT_SHARE)));
    let (wheres, weapons) = (kinds(&WHERE.map(|w| w.1)), kinds(&WEAPONS.map(|w| w.1)));
    let blanks = kinds(&with(WITHOUT_PLACE_SHARE));

    let mut attendance = 0..total as usize;
    for (month, count) in months.months().zip(counts) {
        let (weekend, week): (Vec<Day>, Vec<Day>) =
            Day::all_of(month).partition(|day| day.is_weekend());
        let mut rows = Vec::new();
        for index in attendance.by_ref().take(count as usize) {
            let day = *draws.pick(if weekends[index] == 1 { &weekend } else { &week });
            let hour = match nights[index] {
                1 => *draws.pick(&NIGHT_HOURS),
                _ => 4 + draws.below(16) as u8,
            };
            let area = ground.area(&mut draws);
            let area = if blanks[index] == 1 { "" } else { area };
            let (place, weapon) = (WHERE[wheres[index]].0, WEAPONS[weapons[index]].0);
            let row = format!("{},{hour},{place},{weapon},{area},{PUBLISHER}", day.british());
            rows.push((day, hour, row));
        }
        rows.sort();
        let rows = rows.into_iter().map(|(.., row)| row).collect();
        files.push(FeedFile::monthly(Feed::Hospital, month, "assault-attendances", HEADER, rows));
    }
    PlantedHospital {
        attendances: total,
        saturday_and_sunday_share: WEEKEND_SHARE,
        share_from_20_to_3_59: NIGHT_SHARE,
        without_place_share: WITHOUT_PLACE_SHARE,
        share_by_where: WHERE.iter().map(|(place, share)| ((*place).to_owned(), *share)).collect(),
        share_by_weapon: WEAPONS.iter().map(|(w, share)| ((*w).to_owned(), *share)).collect(),
    }
}
