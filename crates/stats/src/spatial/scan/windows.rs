//! The cylinders of a map, and the best about one centre.

use super::{Direction, ScanSettings};

/// The areas of a circle that grows about one centre.
struct Circles {
    /// By distance, the centre first; of equal distances the earlier position.
    areas: Vec<u32>,
    /// Squared distances.
    squares: Vec<f64>,
}

pub(super) struct Cylinders {
    circles: Vec<Circles>,
    /// Area by area, period by period; they sum to the number of events.
    expected: Vec<f64>,
    n_periods: usize,
    n_events: f64,
    settings: ScanSettings,
}

/// The best cylinder about a centre.
#[derive(Debug, Clone, Copy)]
pub(super) struct Best {
    pub(super) centre: usize,
    pub(super) ratio: f64,
    n_areas: usize,
    pub(super) first_period: usize,
    pub(super) last_period: usize,
    pub(super) observed: u32,
    pub(super) expected: f64,
}

impl Cylinders {
    pub(super) fn new(
        centroids: &[(f64, f64)],
        expected: Vec<f64>,
        n_periods: usize,
        n_events: u64,
        settings: ScanSettings,
    ) -> Self {
        let per_area: Vec<f64> = expected.chunks(n_periods).map(|row| row.iter().sum()).collect();
        let largest = settings.largest_share * n_events as f64 * (1.0 + 1e-12);
        let widest = settings.largest_radius_metres.map_or(f64::INFINITY, |metres| metres * metres);
        let about = |centre: usize| {
            let square = |area: usize| {
                (centroids[area].0 - centroids[centre].0).powi(2)
                    + (centroids[area].1 - centroids[centre].1).powi(2)
            };
            let mut order: Vec<(f64, u32)> =
                (0..centroids.len()).map(|area| (square(area), area as u32)).collect();
            order.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            let mut sum = 0.0;
            let mut fits = |&(square, area): &(f64, u32)| {
                sum += per_area[area as usize];
                sum <= largest && square <= widest
            };
            let mut n = order.iter().take_while(|entry| fits(entry)).count();
            // Areas at one distance enter together or not at all.
            while n > 0 && n < order.len() && order[n].0.to_bits() == order[n - 1].0.to_bits() {
                n -= 1;
            }
            order.truncate(n);
            let (squares, areas) = order.into_iter().unzip();
            Circles { areas, squares }
        };
        let circles = (0..centroids.len()).map(about).collect();
        Self { circles, expected, n_periods, n_events: n_events as f64, settings }
    }

    /// The best cylinder about a centre, if its likelihood ratio is above `at_least`.
    pub(super) fn best_about(&self, centre: usize, counts: &[u32], at_least: f64) -> Option<Best> {
        let circles = &self.circles[centre];
        let (n, longest) = (self.n_periods, self.settings.longest_periods);
        let mut observed = vec![0_u32; n];
        let mut expected = vec![0.0; n];
        let mut best = None;
        let mut record = at_least;
        for (i, &area) in circles.areas.iter().enumerate() {
            let row = area as usize * n..(area as usize + 1) * n;
            for (period, cell) in row.enumerate() {
                observed[period] += counts[cell];
                expected[period] += self.expected[cell];
            }
            let next = circles.squares.get(i + 1);
            if next.is_some_and(|next| next.to_bits() == circles.squares[i].to_bits()) {
                continue;
            }
            let ends = match self.settings.direction {
                Direction::Prospective => n - 1..n,
                Direction::Retrospective => 0..n,
            };
            for last_period in ends {
                let (mut o, mut e) = (0, 0.0);
                for first_period in (last_period.saturating_sub(longest - 1)..=last_period).rev() {
                    o += observed[first_period];
                    e += expected[first_period];
                    if self.may_exceed(record, o, e) {
                        let ratio = self.log_likelihood_ratio(o, e);
                        if ratio > record {
                            record = ratio;
                            best = Some(Best {
                                centre,
                                ratio,
                                n_areas: i + 1,
                                first_period,
                                last_period,
                                observed: o,
                                expected: e,
                            });
                        }
                    }
                }
            }
        }
        best
    }

    /// Whether a likelihood ratio can be above a record, without its logarithms: since ln x <= x - 1
    /// it is at most N(o - e)²/(e(N - e)).
    #[inline]
    fn may_exceed(&self, record: f64, observed: u32, expected: f64) -> bool {
        let (o, n) = (f64::from(observed), self.n_events);
        o > expected && n * (o - expected).powi(2) > record * expected * (n - expected)
    }

    fn log_likelihood_ratio(&self, observed: u32, expected: f64) -> f64 {
        let (o, n) = (f64::from(observed), self.n_events);
        let outside = n - o;
        let rest = if outside > 0.0 { outside * (outside / (n - expected)).ln() } else { 0.0 };
        o * (o / expected).ln() + rest
    }

    pub(super) fn areas(&self, best: &Best) -> Vec<usize> {
        self.circles[best.centre].areas[..best.n_areas].iter().map(|&area| area as usize).collect()
    }

    pub(super) fn radius(&self, best: &Best) -> f64 {
        self.circles[best.centre].squares[best.n_areas - 1].sqrt()
    }

    /// Rate inside over rate outside; infinite if nothing happened outside.
    pub(super) fn relative_risk(&self, best: &Best) -> f64 {
        let (o, n) = (f64::from(best.observed), self.n_events);
        (o / best.expected) / ((n - o) / (n - best.expected))
    }
}
