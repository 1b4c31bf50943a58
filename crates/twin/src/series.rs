//! Single series of monthly counts that vary freely about a known truth, for trying methods on.
//!
//! The [twins](crate::stockport) meet their planted totals exactly, so that a report on one of them
//! can be held to its truth. A method's error rate cannot be seen on such series: a total that never
//! strays is never found to have strayed by chance. Here nothing is made to fit. Season and
//! dispersion are those of the twin's months, and the months are independent of one another.

use crate::draws::Draws;
use crate::monthly_counts::means;

/// Why a series cannot be drawn.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SeriesError {
    /// A year has events.
    #[error("{first_year} events a year is not a number above 0 and below a thousand million")]
    FirstYear {
        /// What was given.
        first_year: f64,
    },
    /// A year cannot lose more than all its events.
    #[error("a change of {percent_change}% is not a number above -100 and below 1000")]
    Change {
        /// What was given.
        percent_change: f64,
    },
    /// Counts vary at least as much as chance.
    #[error("dispersion {dispersion} is not a number from 1 to 1000")]
    Dispersion {
        /// What was given.
        dispersion: f64,
    },
}

/// How events are spread over the year.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Season {
    /// As the Stockport twin's crime: from a tenth below the mean to 8% above it.
    Crime,
    /// As its anti-social behaviour: twice as many reports in July as in January.
    AntiSocialBehaviour,
}

/// Two years of months about a known mean.
///
/// # Example
///
/// ```
/// use wardmote_twin::series::{Season, TwoYears};
///
/// let unchanged = TwoYears::new(3_000.0, 1.8, Season::Crime)?;
/// let [earlier, later] = unchanged.draw(7, 0);
/// assert_eq!([earlier.len(), later.len()], [12, 12]);
/// // The same seed and number give the same series, on every machine.
/// assert_eq!(unchanged.draw(7, 0), [earlier, later]);
///
/// let falling = unchanged.with_percent_change(-8.0)?;
/// assert_ne!(falling.draw(7, 0), unchanged.draw(7, 0));
/// # Ok::<(), wardmote_twin::series::SeriesError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TwoYears {
    first_year: f64,
    dispersion: f64,
    season: Season,
    percent_change: f64,
}

impl TwoYears {
    /// Two years with the same expected counts. `dispersion` is a month's variance over its mean.
    pub fn new(first_year: f64, dispersion: f64, season: Season) -> Result<Self, SeriesError> {
        if !(first_year > 0.0 && first_year < 1e9) {
            return Err(SeriesError::FirstYear { first_year });
        }
        if !(1.0..=1_000.0).contains(&dispersion) {
            return Err(SeriesError::Dispersion { dispersion });
        }
        Ok(Self { first_year, dispersion, season, percent_change: 0.0 })
    }

    /// The same with a change planted between the years: every month of the second is expected to
    /// have so many per cent more events than the same month of the first.
    pub fn with_percent_change(self, percent_change: f64) -> Result<Self, SeriesError> {
        if !(percent_change > -100.0 && percent_change < 1_000.0) {
            return Err(SeriesError::Change { percent_change });
        }
        Ok(Self { percent_change, ..self })
    }

    /// Series `number` of a seed: the months from April, of the earlier and the later year. Series of
    /// different numbers or seeds are independent.
    ///
    /// A month's count is Poisson about a gamma variable, so negative binomial, or plain Poisson where
    /// the dispersion is 1.
    pub fn draw(&self, seed: u64, number: u64) -> [[u64; 12]; 2] {
        let mut draws = Draws::new(seed, number);
        let later = self.first_year * (1.0 + self.percent_change / 100.0);
        [self.first_year, later].map(|total| {
            let mut months = [0; 12];
            for (month, mean) in months.iter_mut().zip(means(self.season.profile(), total)) {
                *month = draws.count(mean, self.dispersion);
            }
            months
        })
    }
}

impl Season {
    /// Months' shares of a year, April first; they sum to 12.
    pub fn profile(self) -> &'static [f64; 12] {
        match self {
            Self::Crime => &crate::stockport::CRIME_PROFILE,
            Self::AntiSocialBehaviour => &crate::stockport::ASB_PROFILE,
        }
    }
}
