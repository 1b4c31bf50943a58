//! A series taken apart into trend, season and remainder by loess (STL).
//!
//! It describes and tests nothing: for a tested season with its peak, amplitude and limits see
//! [`seasonal_profile`](crate::season::seasonal_profile).

mod loess;
mod workspace;

pub use self::loess::Degree;
pub use self::workspace::{Decomposer, Parts};

/// Why a series could not be taken apart.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DecompositionError {
    /// Loess needs three whole periods.
    #[error("{values} values are too few to decompose: {needed} are needed, three whole periods")]
    TooShort {
        /// Values given.
        values: usize,
        /// Values needed.
        needed: usize,
    },
    /// A period has at least two values.
    #[error("a period of {period} has no season")]
    Period {
        /// Values in a period.
        period: usize,
    },
    /// A window has a middle, and must hold enough.
    #[error("the {which} window of {window} must be odd and at least {least}")]
    Window {
        /// Seasonal, trend or low-pass.
        which: &'static str,
        /// Values in the window.
        window: usize,
        /// The fewest.
        least: usize,
    },
    /// Loess is computed at every first, second, third... place.
    #[error("a {which} jump of 0 goes nowhere")]
    Jump {
        /// Seasonal, trend or low-pass.
        which: &'static str,
    },
    /// Without an inner loop there is nothing to decompose with.
    #[error("no inner loop")]
    NoLoop,
    /// A workspace is for series of one length.
    #[error("{values} values for a workspace made for {expected}")]
    LengthMismatch {
        /// Values given.
        values: usize,
        /// Values that the workspace is for.
        expected: usize,
    },
    /// A value is a number.
    #[error("value {value} at position {index} is no number to decompose")]
    NotFinite {
        /// Position.
        index: usize,
        /// What stands there.
        value: f64,
    },
}

/// What to know before a decomposition is relied on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecompositionWarning {
    /// A local line through three values fits them, so that robustness weighs by what rounding left.
    #[error(
        "with {periods} whole periods a local line leaves robustness nothing to weigh by: let the \
         season be constant, or do without robustness"
    )]
    RobustnessRestsOnRounding {
        /// Whole periods in the series.
        periods: usize,
    },
}

/// One of the three smoothers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Smoother {
    /// Values in the window, an odd number.
    pub window: usize,
    /// What is fitted in it.
    pub degree: Degree,
    /// Loess is computed at every so many values, and interpolated between them.
    pub jump: usize,
}

impl Smoother {
    /// A local line at every value.
    pub fn linear(window: usize) -> Self {
        Self { window, degree: Degree::Linear, jump: 1 }
    }
}

/// How a series is taken apart. The fields are those of Cleveland's program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// Values in a period: 12 for months, 52 for weeks.
    pub period: usize,
    /// Smooths each month of the year over the years; its window counts years, at least 3.
    pub seasonal: Smoother,
    /// Smooths the series without its season; its window is longer than a period.
    pub trend: Smoother,
    /// Takes the level out of the season; its window is longer than a period.
    pub low_pass: Smoother,
    /// Rounds of season and trend within each outer loop.
    pub inner_loops: usize,
    /// Rounds of robustness weights; 0 for none.
    pub outer_loops: usize,
}

impl Settings {
    /// Cleveland's recommended windows for a period, with a seasonal window of seven years, five inner
    /// loops and no robustness: what `statsmodels` does unasked.
    pub fn of_period(period: usize) -> Self {
        Self::with_seasonal_window(period, 7)
    }

    /// The same with another seasonal window: the trend window follows from it.
    pub fn with_seasonal_window(period: usize, seasonal_window: usize) -> Self {
        let odd = |window: usize| window + usize::from(window.is_multiple_of(2));
        let trend = 1.5 * period as f64 / (1.0 - 1.5 / seasonal_window as f64);
        Self {
            period,
            seasonal: Smoother::linear(seasonal_window),
            trend: Smoother::linear(odd(trend.ceil() as usize)),
            low_pass: Smoother::linear(odd(period + 1)),
            inner_loops: 5,
            outer_loops: 0,
        }
    }

    /// Two inner and fifteen outer loops, so that single outlying values bend neither trend nor season.
    #[must_use]
    pub fn robust(self) -> Self {
        Self { inner_loops: 2, outer_loops: 15, ..self }
    }

    fn warnings(&self, values: usize) -> Vec<DecompositionWarning> {
        let periods = values / self.period;
        let exact = periods < 4 && self.seasonal.degree == Degree::Linear;
        let warned = exact && self.outer_loops > 0;
        warned
            .then_some(DecompositionWarning::RobustnessRestsOnRounding { periods })
            .into_iter()
            .collect()
    }

    /// Three whole periods.
    pub fn fewest_values(&self) -> usize {
        3 * self.period
    }

    fn check(&self, values: usize) -> Result<(), DecompositionError> {
        let period = self.period;
        if period < 2 {
            return Err(DecompositionError::Period { period });
        }
        let smoothers = [
            ("seasonal", self.seasonal, 3),
            ("trend", self.trend, (period + 1).max(3)),
            ("low-pass", self.low_pass, (period + 1).max(3)),
        ];
        for (which, Smoother { window, jump, .. }, least) in smoothers {
            if window < least || window.is_multiple_of(2) {
                return Err(DecompositionError::Window { which, window, least });
            }
            if jump == 0 {
                return Err(DecompositionError::Jump { which });
            }
        }
        if self.inner_loops == 0 {
            return Err(DecompositionError::NoLoop);
        }
        let needed = self.fewest_values();
        if values < needed {
            return Err(DecompositionError::TooShort { values, needed });
        }
        Ok(())
    }
}

/// A series taken apart: value = trend + seasonal + remainder.
#[derive(Debug, Clone, PartialEq)]
pub struct SeasonalDecomposition {
    /// Slow movement.
    pub trend: Vec<f64>,
    /// What comes back every period.
    pub seasonal: Vec<f64>,
    /// What is left.
    pub remainder: Vec<f64>,
    /// How much each value was listened to, 0 to 1; all 1 without outer loops.
    pub robustness_weights: Vec<f64>,
    /// How much of the variation about the trend is season, 0 to 1.
    pub seasonal_strength: f64,
    /// How much of the variation about the season is trend, 0 to 1.
    pub trend_strength: f64,
    /// How it was taken apart.
    pub settings: Settings,
    /// Values given.
    pub n: usize,
    /// What to know before it is relied on.
    pub warnings: Vec<DecompositionWarning>,
}

/// Takes a series apart. For many series of one length, make one [`Decomposer`] and use it again.
///
/// # Shape
///
/// One value for each period's part (month, week), in order of time, without gaps; at least three whole
/// periods. The results have as many elements.
///
/// # Source
///
/// Cleveland, Cleveland, McRae and Terpenning (1990), *Journal of Official Statistics* 6; strengths of
/// season and trend by Wang, Smith and Hyndman (2006), *Data Mining and Knowledge Discovery* 13.
///
/// # Example
///
/// ```
/// use wardmote_stats::seasonal_decomposition::{Settings, decompose};
/// let values: Vec<f64> = (0..48).map(|t| 200.0 + if t % 12 == 6 { 60.0 } else { 0.0 }).collect();
/// let parts = decompose(&values, &Settings::of_period(12))?;
/// assert_eq!(format!("{:.0} and {:.0}", parts.trend[0], parts.seasonal[6]), "205 and 55");
/// # Ok::<(), wardmote_stats::seasonal_decomposition::DecompositionError>(())
/// ```
pub fn decompose(
    values: &[f64],
    settings: &Settings,
) -> Result<SeasonalDecomposition, DecompositionError> {
    let mut decomposer = Decomposer::new(values.len(), settings)?;
    let parts = decomposer.decompose(values)?;
    Ok(SeasonalDecomposition {
        trend: parts.trend.to_vec(),
        seasonal: parts.seasonal.to_vec(),
        remainder: parts.remainder.to_vec(),
        robustness_weights: parts.robustness_weights.to_vec(),
        seasonal_strength: parts.seasonal_strength(),
        trend_strength: parts.trend_strength(),
        settings: *settings,
        n: values.len(),
        warnings: settings.warnings(values.len()),
    })
}

/// A series of counts taken apart on the log scale: `log(count + 0.5) = trend + seasonal + remainder`.
#[derive(Debug, Clone, PartialEq)]
pub struct Decomposition {
    /// Slow movement, as a count a month.
    pub trend: Vec<f64>,
    /// What the season multiplies the trend by.
    pub seasonal: Vec<f64>,
    /// What is left, on the log scale.
    pub remainder: Vec<f64>,
    /// How much of the variation about the trend is season, 0 to 1.
    pub seasonal_strength: f64,
}

/// Takes a series of monthly counts apart, robust to single outlying months.
///
/// The season is declared periodic, that is, the same in every year: with three to five years a season
/// that may change would take up the noise.
///
/// # Shape
///
/// One count per month, in order of time, without gaps and with any first month; at least 36. The
/// results have as many elements.
///
/// # Source
///
/// As [`decompose`].
///
/// # Example
///
/// ```
/// use wardmote_stats::season::stl;
/// let counts: Vec<u64> = (0..36).map(|t| 200 + t + if t % 12 == 6 { 90 } else { 0 }).collect();
/// let parts = stl(&counts)?;
/// assert!(parts.seasonal_strength > 0.9 && parts.seasonal[6] > 1.3);
/// # Ok::<(), wardmote_stats::season::DecompositionError>(())
/// ```
pub fn stl(counts: &[u64]) -> Result<Decomposition, DecompositionError> {
    // "Periodic" as R has it: constants over a window that outlasts the series.
    let settings = Settings::with_seasonal_window(12, 10 * counts.len().max(1) + 1);
    let seasonal = Smoother { degree: Degree::Constant, ..settings.seasonal };
    let settings = Settings { seasonal, inner_loops: 1, outer_loops: 15, ..settings };
    let logs: Vec<f64> = counts.iter().map(|&n| (n as f64 + 0.5).ln()).collect();
    let parts = decompose(&logs, &settings)?;
    Ok(Decomposition {
        trend: parts.trend.iter().map(|log| log.exp() - 0.5).collect(),
        seasonal: parts.seasonal.iter().map(|log| log.exp()).collect(),
        remainder: parts.remainder,
        seasonal_strength: parts.seasonal_strength,
    })
}
