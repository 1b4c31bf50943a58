//! The average year of a measure in an area, and the test that there is one.

use wardmote_domain::period::{MONTH_NAMES, Month, Period};
use wardmote_stats::interval::Interval;
use wardmote_stats::season::SeasonalProfile;

use super::{Family, Known, Told, counts};
use crate::measure::Measure;
use crate::numbers::two_decimals;
use crate::testing;

/// The twelve months of an average year.
#[derive(Debug, Clone, PartialEq)]
pub struct Profile {
    /// January to December: times the average month, with 95% limits.
    pub months: Vec<(f64, Interval)>,
    /// The month with the largest, 1 to 12.
    pub peak: u8,
    /// The month with the smallest.
    pub trough: u8,
    /// The largest over the smallest, with 95% limits.
    pub amplitude: (f64, Interval),
}

impl Profile {
    fn of(found: &SeasonalProfile) -> Self {
        Self {
            months: found.months.iter().map(|month| (month.multiplier, month.interval)).collect(),
            peak: found.peak,
            trough: found.trough,
            amplitude: (found.amplitude, found.amplitude_interval),
        }
    }

    /// Peak, trough and what lies between them, in words.
    pub fn in_words(&self) -> String {
        let month = |n: u8| MONTH_NAMES[usize::from(n.clamp(1, 12) - 1)];
        format!(
            "{} has {} times the level of {} (95% interval {} to {})",
            month(self.peak),
            two_decimals(self.amplitude.0),
            month(self.trough),
            two_decimals(self.amplitude.1.lower),
            two_decimals(self.amplitude.1.upper)
        )
    }
}

/// Whether the measure follows the seasons, and its profile if there is one to tell.
pub(super) fn told(
    measure: &Measure,
    months: &[(Month, Option<u64>)],
    run: &Period,
    family: Family,
) -> (Told, Option<Profile>) {
    let Known { months: known, times, of_year } = Known::of(months);
    match testing::seasonality(&times, &counts(&known), &of_year) {
        Ok((test, found)) => {
            let profile = Profile::of(&found);
            let words = format!("over {}, {}", run.in_words(), profile.in_words());
            (family.tell(&measure.title, Ok(test), |_| words), Some(profile))
        }
        Err(why) => {
            let subject = format!("Whether {} follows the seasons", super::lowered(&measure.title));
            (family.tell(&subject, Err(why), |_| String::new()), None)
        }
    }
}
