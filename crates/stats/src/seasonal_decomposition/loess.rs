//! Loess over evenly spaced values, as rows of weights.
//!
//! At a given place the smoothed value is a weighted sum of the values in the window. The weights do
//! not depend on the values, so they are worked out once for all series of one length, and again only
//! where the robustness weights change.

/// The polynomial that is fitted in each window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Degree {
    /// A local mean.
    Constant,
    /// A local straight line.
    Linear,
}

/// Whether the smoothed series is to reach beyond the values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reach {
    /// One smoothed value for each value.
    Within,
    /// One more before the first and one after the last.
    OneBeyond,
}

/// Where a smoothed value is computed, as against interpolated.
#[derive(Debug, Clone, Copy)]
struct Anchor {
    /// Place in the smoothed series.
    at: usize,
    /// First value of the window.
    start: usize,
    /// Which of the kernels.
    shape: usize,
    /// What stands in where robustness takes all weight away.
    instead: Instead,
}

#[derive(Debug, Clone, Copy)]
enum Instead {
    Value(usize),
    Anchor(usize),
}

/// Where the windows of a smoother lie, and the weights by distance in them.
#[derive(Debug, Clone)]
pub(super) struct Windows {
    anchors: Vec<Anchor>,
    /// Values in each window.
    width: usize,
    degree: Degree,
    /// The least spread of places, squared, for which a line is fitted.
    least_spread: f64,
    /// For each shape the tricube weights, then these times distance, then times distance squared.
    kernels: Vec<f64>,
    interpolates: bool,
}

impl Windows {
    pub(super) fn new(
        length: usize,
        window: usize,
        degree: Degree,
        jump: usize,
        reach: Reach,
    ) -> Self {
        let jump = jump.min(length - 1);
        let width = window.min(length);
        let beyond = usize::from(reach == Reach::OneBeyond);
        let mut windows = Self {
            anchors: Vec::new(),
            width,
            degree,
            least_spread: (0.001 * (length - 1) as f64).powi(2),
            kernels: Vec::new(),
            interpolates: jump > 1,
        };
        let mut shapes = Vec::new();
        // Places are told from the first value, so that the one before it is -1.
        let mut add = |windows: &mut Self, place: isize, start: usize, instead: Instead| {
            let to_start = start.cast_signed() - place;
            let shape = shapes.iter().position(|shape| *shape == to_start).unwrap_or_else(|| {
                shapes.push(to_start);
                windows.add_kernel(to_start, length, window);
                shapes.len() - 1
            });
            let at = place.saturating_add_unsigned(beyond).unsigned_abs();
            windows.anchors.push(Anchor { at, start, shape, instead });
        };
        // The window moves along with the place until it meets either end.
        let start_at = |place: usize| place.saturating_sub((width - 1) / 2).min(length - width);
        if beyond == 1 {
            add(&mut windows, -1, 0, Instead::Anchor(1));
        }
        for place in (0..length).step_by(jump) {
            add(&mut windows, place.cast_signed(), start_at(place), Instead::Value(place));
        }
        if !(length - 1).is_multiple_of(jump) {
            // Cleveland's program leaves the window where the last jump had it.
            let start = windows.anchors.last().map_or(0, |last| last.start);
            add(&mut windows, length.cast_signed() - 1, start, Instead::Value(length - 1));
        }
        if beyond == 1 {
            let before = Instead::Anchor(windows.anchors.len() - 1);
            add(&mut windows, length.cast_signed(), length - width, before);
        }
        windows
    }

    fn add_kernel(&mut self, to_start: isize, length: usize, window: usize) {
        let to_end = to_start + self.width.cast_signed() - 1;
        // A window longer than the series reaches further, so that its weights fall more slowly.
        let surplus = (window.saturating_sub(length) / 2) as f64;
        let reach = to_start.abs().max(to_end.abs()) as f64 + surplus;
        let tricube = |distance: f64| match distance.abs() {
            near if near <= 0.001 * reach => 1.0,
            within if within <= 0.999 * reach => (1.0 - (within / reach).powi(3)).powi(3),
            _ => 0.0,
        };
        let distances = (to_start..=to_end).map(|distance| distance as f64);
        for power in 0..3 {
            self.kernels.extend(distances.clone().map(|d| tricube(d) * d.powi(power)));
        }
    }

    /// Numbers that its rows take.
    pub(super) fn rows_length(&self) -> usize {
        self.anchors.len() * self.width
    }

    /// Works out the rows, with a robustness weight for each value.
    pub(super) fn fill_rows(&self, robustness: &[f64], rows: &mut [f64]) {
        for (index, anchor) in self.anchors.iter().enumerate() {
            let here = index * self.width;
            let kernel = &self.kernels[anchor.shape * 3 * self.width..][..3 * self.width];
            let weights = &robustness[anchor.start..anchor.start + self.width];
            if !self.fill_row(kernel, weights, &mut rows[here..here + self.width]) {
                self.fill_instead(anchor, here, rows);
            }
        }
        // The one before the first value leans on its neighbour, which by now has its row.
        if let Some(Anchor { instead: Instead::Anchor(neighbour), .. }) = self.anchors.first()
            && rows[..self.width].iter().all(|weight| *weight == 0.0)
        {
            let there = neighbour * self.width;
            rows.copy_within(there..there + self.width, 0);
        }
    }

    fn fill_instead(&self, anchor: &Anchor, here: usize, rows: &mut [f64]) {
        match anchor.instead {
            Instead::Value(place) => {
                rows[here..here + self.width].fill(0.0);
                rows[here + place - anchor.start] = 1.0;
            }
            Instead::Anchor(neighbour) if neighbour * self.width < here => {
                let there = neighbour * self.width;
                rows.copy_within(there..there + self.width, here);
            }
            Instead::Anchor(_) => rows[here..here + self.width].fill(0.0),
        }
    }

    /// `false` where there is no weight at all.
    fn fill_row(&self, kernel: &[f64], robustness: &[f64], row: &mut [f64]) -> bool {
        let (plain, rest) = kernel.split_at(self.width);
        let (first, second) = rest.split_at(self.width);
        let total = dot(plain, robustness);
        if total <= 0.0 {
            return false;
        }
        let (mut level, mut slope) = (1.0 / total, 0.0);
        if self.degree == Degree::Linear {
            let mean = dot(first, robustness) / total;
            let spread = dot(second, robustness) / total - mean * mean;
            if spread > self.least_spread {
                level = (1.0 + mean * mean / spread) / total;
                slope = -mean / spread / total;
            }
        }
        for (weight, ((k, kd), r)) in row.iter_mut().zip(plain.iter().zip(first).zip(robustness)) {
            *weight = r * (level * k + slope * kd);
        }
        true
    }

    /// The smoothed series.
    pub(super) fn smooth(&self, rows: &[f64], values: &[f64], smoothed: &mut [f64]) {
        for (anchor, row) in self.anchors.iter().zip(rows.chunks_exact(self.width)) {
            smoothed[anchor.at] = dot(row, &values[anchor.start..anchor.start + self.width]);
        }
        if self.interpolates {
            for pair in self.anchors.windows(2) {
                let (from, to) = (pair[0].at, pair[1].at);
                let step = (smoothed[to] - smoothed[from]) / (to - from) as f64;
                for between in from + 1..to {
                    smoothed[between] = smoothed[from] + step * (between - from) as f64;
                }
            }
        }
    }
}

/// Four sums at a time, which the processor's vector units can keep apart.
fn dot(a: &[f64], b: &[f64]) -> f64 {
    let (a_fours, a_rest) = a.as_chunks::<4>();
    let (b_fours, b_rest) = b.as_chunks::<4>();
    let mut sums = [0.0; 4];
    for (x, y) in a_fours.iter().zip(b_fours) {
        for lane in 0..4 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| x * y).sum();
    (sums[0] + sums[1]) + (sums[2] + sums[3]) + rest
}

#[cfg(test)]
mod tests {
    use approx::assert_relative_eq;

    use super::*;

    #[test]
    fn a_line_is_its_own_smooth_and_goes_on() {
        let values: Vec<f64> = (0..20).map(|t| 3.0 + 0.5 * f64::from(t)).collect();
        for (window, jump) in [(7, 1), (7, 3), (41, 1), (5, 30)] {
            let windows = Windows::new(20, window, Degree::Linear, jump, Reach::OneBeyond);
            let mut rows = vec![0.0; windows.rows_length()];
            let mut smoothed = vec![0.0; 22];
            windows.fill_rows(&[1.0; 20], &mut rows);
            windows.smooth(&rows, &values, &mut smoothed);
            for (index, value) in smoothed.iter().enumerate() {
                assert_relative_eq!(*value, 2.5 + 0.5 * index as f64, max_relative = 1e-12);
            }
        }
    }
}
