//! Since when has the level been another? The change points of a series of counts.

use statrs::distribution::{ChiSquared, ContinuousCDF};

use crate::interval::Interval;

/// Why no change points could be sought.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum ChangepointError {
    /// There must be room for two segments.
    #[error("{n} periods do not hold two segments of {least}")]
    TooShort {
        /// Periods given.
        n: usize,
        /// The shortest segment.
        least: usize,
    },
    /// An exposure for each count, above zero.
    #[error("exposure {value} at position {index} cannot be used")]
    Exposure {
        /// Position.
        index: usize,
        /// What stands there.
        value: f64,
    },
    /// One exposure for each count.
    #[error("{exposures} exposures for {counts} counts")]
    LengthMismatch {
        /// Exposures.
        exposures: usize,
        /// Counts.
        counts: usize,
    },
    /// A dispersion of at least 1, a size or penalty above 0, a segment of at least one period.
    #[error("{what} {value} cannot be used")]
    Value {
        /// Which option.
        what: &'static str,
        /// What was given.
        value: f64,
    },
    /// With exposures a negative-binomial level has no closed form.
    #[error("exposures need a Poisson spread with its dispersion")]
    ExposuresWithSize,
    /// Nothing happened.
    #[error("no events in the series")]
    NoEvents,
}

/// How counts vary about their level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Spread {
    /// Variance so many times the mean, at least 1: the Poisson likelihood divided by it.
    Poisson {
        /// Variance over mean.
        dispersion: f64,
    },
    /// Variance μ + μ²/size. Without exposures only.
    NegativeBinomial {
        /// The size.
        size: f64,
    },
}

/// How change points are sought.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Search {
    /// How counts vary about their level.
    pub spread: Spread,
    /// What each change point must gain in twice the log likelihood.
    pub penalty: f64,
    /// Periods of the shortest segment.
    pub least_segment: usize,
}

impl Search {
    /// The Schwarz criterion for a level and a place, 2 ln n, and segments of three periods.
    pub fn schwarz(spread: Spread, n: usize) -> Self {
        Self { spread, penalty: 2.0 * (n.max(2) as f64).ln(), least_segment: 3 }
    }
}

/// A stretch at one level.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Segment {
    /// Position of its first period.
    pub start: usize,
    /// Position after its last.
    pub end: usize,
    /// Events in it.
    pub events: u64,
    /// Events a period, or a unit of exposure.
    pub level: f64,
    /// 95% limits of the level, the dispersion included, as if its ends had been known beforehand.
    pub level_interval: Interval,
}

/// A series in stretches of one level each.
#[derive(Debug, Clone, PartialEq)]
pub struct Changepoints {
    /// The stretches, in order of time; one if nothing changed.
    pub segments: Vec<Segment>,
    /// What the segmentation costs: minus twice the log likelihood without constants, penalties included.
    pub cost: f64,
    /// The same of a single segment.
    pub cost_of_one: f64,
    /// How they were sought.
    pub search: Search,
    /// Periods given.
    pub n: usize,
}

impl Changepoints {
    /// Positions of the first period at each new level.
    pub fn positions(&self) -> Vec<usize> {
        self.segments.iter().skip(1).map(|segment| segment.start).collect()
    }
}

/// The segmentation that costs least, exactly, by pruned dynamic programming (PELT).
///
/// A season is a change of level twelve times a year: give what the season leads one to expect of each
/// month as its exposure, or compare whole years. A trend comes out as a staircase. The limits of the
/// levels know nothing of the search, so that a change point is a date to ask about, not a test; for
/// a date that is known beforehand see [`interrupted`](crate::interrupted).
///
/// # Shape
///
/// `counts` holds one count a period in order of time, without gaps; `exposures`, if given, as many.
///
/// # Source
///
/// Killick, Fearnhead and Eckley (2012), *Journal of the American Statistical Association* 107.
///
/// # Example
///
/// ```
/// use wardmote_stats::changepoints::{Search, Spread, changepoints};
/// let counts: Vec<u64> = (0..48).map(|t| if t < 30 { 20 + t % 3 } else { 34 + t % 3 }).collect();
/// let search = Search::schwarz(Spread::Poisson { dispersion: 1.5 }, counts.len());
/// assert_eq!(changepoints(&counts, None, &search)?.positions(), [30]);
/// # Ok::<(), wardmote_stats::changepoints::ChangepointError>(())
/// ```
pub fn changepoints(
    counts: &[u64],
    exposures: Option<&[f64]>,
    search: &Search,
) -> Result<Changepoints, ChangepointError> {
    check(counts, exposures, search)?;
    let n = counts.len();
    let sums = Sums::new(counts, exposures);
    let least = search.least_segment;
    // best[t]: the least cost of the first t periods; a penalty for each segment, the first one's taken
    // back at the start.
    let mut best = vec![f64::INFINITY; n + 1];
    let mut last_start = vec![0; n + 1];
    best[0] = -search.penalty;
    let mut candidates: Vec<usize> = Vec::new();
    let mut costs = Vec::new();
    // A start that is beaten by more than any later gain is given up, but only once the segments that
    // beat it are long enough themselves.
    let mut given_up = vec![usize::MAX; n + 1];
    for end in least..=n {
        candidates.push(end - least);
        candidates.retain(|start| end < given_up[*start]);
        costs.clear();
        costs.extend(
            candidates
                .iter()
                .map(|&start| (start, best[start] + sums.cost(start, end, search.spread))),
        );
        for &(start, cost) in &costs {
            if cost + search.penalty < best[end] {
                (best[end], last_start[end]) = (cost + search.penalty, start);
            }
        }
        for &(start, cost) in &costs {
            if cost > best[end] && given_up[start] == usize::MAX {
                given_up[start] = end + least;
            }
        }
    }
    let mut segments = Vec::new();
    let mut end = n;
    while end > 0 {
        let start = last_start[end];
        segments.push(sums.segment(start, end, search.spread));
        end = start;
    }
    segments.reverse();
    Ok(Changepoints {
        segments,
        cost: best[n],
        cost_of_one: sums.cost(0, n, search.spread),
        search: *search,
        n,
    })
}

/// Events and exposure up to each period.
struct Sums {
    events: Vec<u64>,
    exposure: Vec<f64>,
}

impl Sums {
    fn new(counts: &[u64], exposures: Option<&[f64]>) -> Self {
        let (mut events, mut exposure) = (vec![0], vec![0.0]);
        for (index, count) in counts.iter().enumerate() {
            events.push(events[index] + count);
            exposure.push(exposure[index] + exposures.map_or(1.0, |exposures| exposures[index]));
        }
        Self { events, exposure }
    }

    fn cost(&self, start: usize, end: usize, spread: Spread) -> f64 {
        let events = (self.events[end] - self.events[start]) as f64;
        let exposure = self.exposure[end] - self.exposure[start];
        let level = events / exposure;
        let of_events = if events > 0.0 { events * level.ln() } else { 0.0 };
        match spread {
            Spread::Poisson { dispersion } => 2.0 * (events - of_events) / dispersion,
            Spread::NegativeBinomial { size } => {
                let periods = (end - start) as f64;
                let with_size = (events + periods * size) * (level + size).ln();
                2.0 * (with_size - of_events - periods * size * size.ln())
            }
        }
    }

    fn segment(&self, start: usize, end: usize, spread: Spread) -> Segment {
        let events = self.events[end] - self.events[start];
        let exposure = self.exposure[end] - self.exposure[start];
        let level = events as f64 / exposure;
        let dispersion = match spread {
            Spread::Poisson { dispersion } => dispersion,
            Spread::NegativeBinomial { size } => 1.0 + level / size,
        };
        // As if there had been so many fewer independent events.
        let level_interval =
            limits(events as f64 / dispersion).map(|limit| limit * dispersion / exposure);
        Segment { start, end, events, level, level_interval }
    }
}

/// Garwood's limits of a count that need not be whole.
fn limits(events: f64) -> Interval {
    let quantile = |degrees: f64, p: f64| {
        ChiSquared::new(degrees).map_or(0.0, |chi_square| chi_square.inverse_cdf(p) / 2.0)
    };
    Interval { lower: quantile(2.0 * events, 0.025), upper: quantile(2.0 * events + 2.0, 0.975) }
}

fn check(
    counts: &[u64],
    exposures: Option<&[f64]>,
    search: &Search,
) -> Result<(), ChangepointError> {
    let refused = |what: &'static str, value: f64| Err(ChangepointError::Value { what, value });
    match search.spread {
        Spread::Poisson { dispersion } if !(dispersion >= 1.0 && dispersion.is_finite()) => {
            return refused("dispersion", dispersion);
        }
        Spread::NegativeBinomial { size } if !(size > 0.0 && size.is_finite()) => {
            return refused("size", size);
        }
        Spread::NegativeBinomial { .. } if exposures.is_some() => {
            return Err(ChangepointError::ExposuresWithSize);
        }
        _ => {}
    }
    if !(search.penalty > 0.0 && search.penalty.is_finite()) {
        return refused("penalty", search.penalty);
    }
    let (n, least) = (counts.len(), search.least_segment);
    if least == 0 {
        return refused("shortest segment", 0.0);
    }
    if n < 2 * least {
        return Err(ChangepointError::TooShort { n, least });
    }
    if let Some(exposures) = exposures {
        if exposures.len() != n {
            let exposures = exposures.len();
            return Err(ChangepointError::LengthMismatch { exposures, counts: n });
        }
        let usable = |exposure: &f64| *exposure > 0.0 && exposure.is_finite();
        if let Some(index) = exposures.iter().position(|exposure| !usable(exposure)) {
            return Err(ChangepointError::Exposure { index, value: exposures[index] });
        }
    }
    if counts.iter().all(|count| *count == 0) {
        return Err(ChangepointError::NoEvents);
    }
    Ok(())
}
