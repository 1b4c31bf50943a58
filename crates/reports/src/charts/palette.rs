//! Colours that people with colour-blindness tell apart, each at least 3:1 against white.

/// The text colour of the GOV.UK Design System.
pub(super) const INK: &str = "#0b0c0c";
/// Secondary text: 7:1 against white.
pub(super) const GREY: &str = "#505a5f";
/// Grid lines, which carry nothing that the labels do not.
pub(super) const GRID: &str = "#cecece";
/// A bar that is not highlighted.
pub(super) const MUTED: &str = "#6f8ba3";
/// The fill of an expected range.
pub(super) const BAND: &str = "#d8e3ee";
/// The GOV.UK yellow, behind black text only.
pub(super) const WARNING: &str = "#ffdd00";

/// Lines and bars: the categorical palette of the Government Analysis Function.
pub(super) const CATEGORICAL: [&str; 6] =
    ["#12436d", "#801650", "#28a197", "#f46a25", "#3d3d3d", "#a285d1"];

/// Classes of a map from low to high, with the colour of text upon each.
const SEQUENTIAL: [(&str, &str); 6] = [
    ("#eef4fb", INK),
    ("#bfd8f0", INK),
    ("#85b5e2", INK),
    ("#3d83c4", "#ffffff"),
    ("#1b548a", "#ffffff"),
    ("#0c2b49", "#ffffff"),
];

/// Fill and text colour of a class, spread over the whole palette.
pub(super) fn class_colours(class_index: usize, n_classes: usize) -> (&'static str, &'static str) {
    let last = SEQUENTIAL.len() - 1;
    let index = if n_classes < 2 { 2 } else { class_index * last / (n_classes - 1) };
    SEQUENTIAL[index.min(last)]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast against white as WCAG 2.2 defines it.
    fn contrast_with_white(colour: &str) -> f64 {
        let channel = |at: usize| {
            let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        };
        let luminance = 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
        1.05 / (luminance + 0.05)
    }

    #[test]
    fn what_carries_meaning_stands_out_from_white() {
        for colour in CATEGORICAL.into_iter().chain([MUTED]) {
            assert!(contrast_with_white(colour) >= 3.0, "{colour}");
        }
        for colour in [INK, GREY] {
            assert!(contrast_with_white(colour) >= 4.5, "{colour}");
        }
    }
}
