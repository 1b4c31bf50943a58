//! The loops of STL, in buffers that are made once.

use super::loess::{Reach, Windows};
use super::{DecompositionError, Settings};

/// A series taken apart, in the buffers of the [`Decomposer`]: value = trend + seasonal + remainder.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Parts<'a> {
    /// Slow movement.
    pub trend: &'a [f64],
    /// What comes back every period.
    pub seasonal: &'a [f64],
    /// What is left.
    pub remainder: &'a [f64],
    /// How much each value was listened to, 0 to 1.
    pub robustness_weights: &'a [f64],
}

impl Parts<'_> {
    /// How much of the variation about the trend is season, 0 to 1.
    pub fn seasonal_strength(&self) -> f64 {
        strength(self.seasonal, self.remainder)
    }

    /// How much of the variation about the season is trend, 0 to 1.
    pub fn trend_strength(&self) -> f64 {
        strength(self.trend, self.remainder)
    }
}

fn strength(part: &[f64], remainder: &[f64]) -> f64 {
    let both = variance(part.iter().zip(remainder).map(|(a, b)| a + b));
    // A series that never moves has neither.
    if both > 0.0 { (1.0 - variance(remainder.iter().copied()) / both).max(0.0) } else { 0.0 }
}

fn variance(values: impl ExactSizeIterator<Item = f64> + Clone) -> f64 {
    let n = values.len() as f64;
    let mean = values.clone().sum::<f64>() / n;
    values.map(|value| (value - mean).powi(2)).sum::<f64>() / n
}

/// Takes many series of one length apart without allocating anything for each.
///
/// # Example
///
/// ```
/// use wardmote_stats::seasonal_decomposition::{Decomposer, Settings};
/// let mut decomposer = Decomposer::new(36, &Settings::of_period(12))?;
/// for level in [10.0, 20.0] {
///     let parts = decomposer.decompose(&[level; 36])?;
///     assert!((parts.trend[35] - level).abs() < 1e-9);
/// }
/// # Ok::<(), wardmote_stats::seasonal_decomposition::DecompositionError>(())
/// ```
#[derive(Debug, Clone)]
pub struct Decomposer {
    settings: Settings,
    n: usize,
    /// Of the months of the year that come first and occur once more often, and of the others.
    cycles: [Cycle; 2],
    trend_windows: Windows,
    trend_rows: Rows,
    low_pass_windows: Windows,
    low_pass_rows: Vec<f64>,
    buffers: Buffers,
}

#[derive(Debug, Clone)]
struct Cycle {
    windows: Windows,
    /// Of all months of the year that have this length, one after another.
    rows: Rows,
    /// The months of the year that have it.
    of_period: std::ops::Range<usize>,
    length: usize,
}

/// Rows of weights without robustness, worked out once, and with it.
#[derive(Debug, Clone)]
struct Rows {
    plain: Vec<f64>,
    robust: Vec<f64>,
}

impl Rows {
    fn new(windows: &Windows, length: usize, copies: usize) -> Self {
        let mut plain = vec![0.0; windows.rows_length()];
        windows.fill_rows(&vec![1.0; length], &mut plain);
        Self { robust: vec![0.0; copies * plain.len()], plain }
    }
}

#[derive(Debug, Clone, Default)]
struct Buffers {
    trend: Vec<f64>,
    seasonal: Vec<f64>,
    remainder: Vec<f64>,
    weights: Vec<f64>,
    /// The smoothed season, a period longer than the series at either end.
    season_beyond: Vec<f64>,
    averaged: Vec<f64>,
    averaged_again: Vec<f64>,
    work: Vec<f64>,
    level: Vec<f64>,
    one_month: Vec<f64>,
    one_month_smoothed: Vec<f64>,
}

impl Decomposer {
    /// For series of `n` values.
    pub fn new(n: usize, settings: &Settings) -> Result<Self, DecompositionError> {
        settings.check(n)?;
        let Settings { period, seasonal, trend, low_pass, .. } = *settings;
        let longer = n % period;
        let cycle = |of_period: std::ops::Range<usize>, length: usize| {
            let windows = Windows::new(
                length,
                seasonal.window,
                seasonal.degree,
                seasonal.jump,
                Reach::OneBeyond,
            );
            let rows = Rows::new(&windows, length, of_period.len());
            Cycle { windows, rows, of_period, length }
        };
        let windows =
            |of: super::Smoother| Windows::new(n, of.window, of.degree, of.jump, Reach::Within);
        let (trend_windows, low_pass_windows) = (windows(trend), windows(low_pass));
        let most = n / period + 1;
        Ok(Self {
            settings: *settings,
            n,
            cycles: [cycle(0..longer, n / period + 1), cycle(longer..period, n / period)],
            trend_rows: Rows::new(&trend_windows, n, 1),
            low_pass_rows: Rows::new(&low_pass_windows, n, 0).plain,
            trend_windows,
            low_pass_windows,
            buffers: Buffers {
                trend: vec![0.0; n],
                seasonal: vec![0.0; n],
                remainder: vec![0.0; n],
                weights: vec![1.0; n],
                season_beyond: vec![0.0; n + 2 * period],
                averaged: vec![0.0; n + period + 1],
                averaged_again: vec![0.0; n + 2],
                work: vec![0.0; n],
                level: vec![0.0; n],
                one_month: vec![0.0; most],
                one_month_smoothed: vec![0.0; most + 2],
            },
        })
    }

    /// Takes one series apart; what was found before is overwritten.
    pub fn decompose(&mut self, values: &[f64]) -> Result<Parts<'_>, DecompositionError> {
        if values.len() != self.n {
            let expected = self.n;
            return Err(DecompositionError::LengthMismatch { values: values.len(), expected });
        }
        if let Some(index) = values.iter().position(|value| !value.is_finite()) {
            return Err(DecompositionError::NotFinite { index, value: values[index] });
        }
        self.buffers.trend.fill(0.0);
        self.buffers.weights.fill(1.0);
        let Settings { inner_loops, outer_loops, .. } = self.settings;
        for outer in 0..=outer_loops {
            if outer > 0 {
                self.weigh();
            }
            for _ in 0..inner_loops {
                self.once(values, outer > 0);
            }
            let Buffers { trend, seasonal, remainder, .. } = &mut self.buffers;
            for (index, rest) in remainder.iter_mut().enumerate() {
                *rest = values[index] - seasonal[index] - trend[index];
            }
        }
        let Buffers { trend, seasonal, remainder, weights, .. } = &self.buffers;
        Ok(Parts { trend, seasonal, remainder, robustness_weights: weights })
    }

    /// One round of season and trend.
    fn once(&mut self, values: &[f64], robust: bool) {
        let Buffers {
            trend,
            seasonal,
            season_beyond,
            averaged,
            averaged_again,
            work,
            level,
            one_month,
            one_month_smoothed,
            ..
        } = &mut self.buffers;
        let period = self.settings.period;
        for (rest, (value, trend)) in work.iter_mut().zip(values.iter().zip(&*trend)) {
            *rest = value - trend;
        }
        for cycle in &self.cycles {
            let length = cycle.length;
            for (copy, month) in cycle.of_period.clone().enumerate() {
                let of_month = work[month..].iter().step_by(period);
                for (value, rest) in one_month.iter_mut().zip(of_month) {
                    *value = *rest;
                }
                let rows = cycle.rows_of(copy, robust);
                cycle.windows.smooth(rows, &one_month[..length], one_month_smoothed);
                let places = season_beyond[month..].iter_mut().step_by(period);
                for (place, smoothed) in places.zip(&one_month_smoothed[..length + 2]) {
                    *place = *smoothed;
                }
            }
        }
        moving_average(season_beyond, period, averaged);
        moving_average(averaged, period, averaged_again);
        moving_average(averaged_again, 3, work);
        self.low_pass_windows.smooth(&self.low_pass_rows, work, level);
        for (index, season) in seasonal.iter_mut().enumerate() {
            *season = season_beyond[period + index] - level[index];
            work[index] = values[index] - *season;
        }
        let rows = if robust { &self.trend_rows.robust } else { &self.trend_rows.plain };
        self.trend_windows.smooth(rows, work, trend);
    }

    /// Bisquare weights from the remainder, and the rows that they make.
    fn weigh(&mut self) {
        let Buffers { remainder, weights, work, one_month, .. } = &mut self.buffers;
        for (size, rest) in work.iter_mut().zip(&*remainder) {
            *size = rest.abs();
        }
        let upper = *work.select_nth_unstable_by(self.n / 2, f64::total_cmp).1;
        let lower = *work.select_nth_unstable_by(self.n - self.n / 2 - 1, f64::total_cmp).1;
        let six_medians = 3.0 * (lower + upper);
        for (weight, rest) in weights.iter_mut().zip(&*remainder) {
            *weight = match rest.abs() {
                near if near <= 0.001 * six_medians => 1.0,
                within if within <= 0.999 * six_medians => {
                    (1.0 - (within / six_medians).powi(2)).powi(2)
                }
                // Where more than half fit exactly there is no measure of what lies far out.
                _ if six_medians == 0.0 => 1.0,
                _ => 0.0,
            };
        }
        self.trend_windows.fill_rows(weights, &mut self.trend_rows.robust);
        let period = self.settings.period;
        for cycle in &mut self.cycles {
            let rows_length = cycle.windows.rows_length();
            let rows = cycle.rows.robust.chunks_exact_mut(rows_length);
            for (month, rows) in cycle.of_period.clone().zip(rows) {
                for (value, weight) in
                    one_month.iter_mut().zip(weights[month..].iter().step_by(period))
                {
                    *value = *weight;
                }
                cycle.windows.fill_rows(&one_month[..cycle.length], rows);
            }
        }
    }
}

impl Cycle {
    fn rows_of(&self, copy: usize, robust: bool) -> &[f64] {
        let length = self.rows.plain.len();
        if robust {
            &self.rows.robust[copy * length..(copy + 1) * length]
        } else {
            &self.rows.plain
        }
    }
}

fn moving_average(values: &[f64], window: usize, averaged: &mut [f64]) {
    let share = 1.0 / window as f64;
    let mut sum: f64 = values[..window].iter().sum();
    averaged[0] = sum * share;
    for ((average, first), next) in averaged[1..].iter_mut().zip(values).zip(&values[window..]) {
        sum += next - first;
        *average = sum * share;
    }
}
