//! A number axis with round ticks, and numbers as readers expect them.

/// A linear axis from data to drawing units.
pub(super) struct NumberAxis {
    pub(super) low: f64,
    pub(super) high: f64,
    pub(super) step: f64,
    start: f64,
    end: f64,
}

impl NumberAxis {
    /// An axis that covers the finite `values` and zero, drawn between `start` and `end`.
    ///
    /// Zero is always there: a bar or line cut off below exaggerates change.
    pub(super) fn covering(values: impl Iterator<Item = f64>, start: f64, end: f64) -> Self {
        Self::around(values, 0.0, start, end)
    }

    /// An axis that covers the finite `values` and one level from which they are drawn.
    pub(super) fn around(
        values: impl Iterator<Item = f64>,
        level: f64,
        start: f64,
        end: f64,
    ) -> Self {
        let (low, high) = values
            .filter(|value| value.is_finite())
            .fold((level, level), |(low, high), value| (low.min(value), high.max(value)));
        let high = if high - low > 0.0 { high } else { low + 1.0 };
        let step = round_step((high - low) / 5.0);
        Self {
            low: (low / step).floor() * step,
            high: (high / step).ceil() * step,
            step,
            start,
            end,
        }
    }

    /// Where a value is drawn.
    pub(super) fn at(&self, value: f64) -> f64 {
        let share = (value - self.low) / (self.high - self.low);
        self.start + share * (self.end - self.start)
    }

    /// The ticks, from the lowest up.
    pub(super) fn ticks(&self) -> impl Iterator<Item = f64> {
        let n_steps = ((self.high - self.low) / self.step).round() as u32;
        (0..=n_steps).map(|tick| self.low + f64::from(tick) * self.step)
    }

    /// Decimal places that tell the ticks apart.
    pub(super) fn decimals(&self) -> usize {
        (-self.step.log10().floor()).clamp(0.0, 6.0) as usize
    }
}

/// The least of 1, 2 or 5 times a power of ten that is no smaller than `rough`.
fn round_step(rough: f64) -> f64 {
    let power = 10.0_f64.powf(rough.log10().floor());
    let factor = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= rough * (1.0 - 1e-9));
    factor.unwrap_or(10.0) * power
}

/// A number with thousands separated by commas and a true minus sign.
pub(crate) fn number_text(value: f64, decimals: usize) -> String {
    let plain = format!("{:.decimals$}", value.abs());
    let (whole, fraction) = plain.split_once('.').map_or((plain.as_str(), ""), |parts| parts);
    let mut text = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if !fraction.is_empty() {
        text.push('.');
        text.push_str(fraction);
    }
    let is_zero = plain.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    if value < 0.0 && !is_zero { format!("\u{2212}{text}") } else { text }
}

/// Decimal places for a set of values: none for whole numbers, else one, or two if all are small.
pub(super) fn decimals_for(values: impl Iterator<Item = f64> + Clone) -> usize {
    let mut magnitudes = values.map(f64::abs);
    if magnitudes.clone().all(|value| value.fract() == 0.0) {
        0
    } else if magnitudes.all(|value| value < 2.0) {
        2
    } else {
        1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_include_zero() {
        let axis = NumberAxis::covering([312.0, 1_480.0].into_iter(), 0.0, 100.0);
        let ticks: Vec<f64> = axis.ticks().collect();
        assert_eq!(ticks, [0.0, 500.0, 1000.0, 1500.0]);
        let axis = NumberAxis::covering([-0.03, 0.12].into_iter(), 0.0, 100.0);
        assert_eq!((axis.ticks().count(), axis.decimals()), (5, 2));
        assert!(axis.at(-0.05).abs() < 1e-9);
    }

    #[test]
    fn numbers_read_as_on_paper() {
        assert_eq!(number_text(18_664.0, 0), "18,664");
        assert_eq!(number_text(-1_234.56, 1), "\u{2212}1,234.6");
        assert_eq!(number_text(-0.001, 1), "0.0");
        assert_eq!(number_text(999.0, 0), "999");
    }
}
