//! Colours that people with colour-blindness tell apart, each at least 3:1 against white.

use serde::{Deserialize, Serialize};

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

/// How the classes of a map are coloured.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// From light to dark as values grow.
    #[default]
    Rising,
    /// Cold spots, neither, hot spots, and areas without neighbours.
    Spots,
}

/// Fills with the colour of text upon each.
type Colours = (&'static str, &'static str);

const RISING: [Colours; 6] = [
    ("#eef4fb", INK),
    ("#bfd8f0", INK),
    ("#85b5e2", INK),
    ("#3d83c4", "#ffffff"),
    ("#1b548a", "#ffffff"),
    ("#0c2b49", "#ffffff"),
];

/// Blue and orange are told apart by all who see colour otherwise than most, and by their lightness.
const SPOTS: [Colours; 4] =
    [("#12436d", "#ffffff"), ("#f3f2f1", INK), ("#f46a25", INK), ("#ffffff", INK)];

impl Scale {
    /// Fill and text colour of a class; rising classes are spread over the whole palette.
    pub fn colours(self, class_index: usize, n_classes: usize) -> Colours {
        match self {
            Self::Rising => {
                let last = RISING.len() - 1;
                let index = if n_classes < 2 { 2 } else { class_index * last / (n_classes - 1) };
                RISING[index.min(last)]
            }
            Self::Spots => SPOTS[class_index.min(SPOTS.len() - 1)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The contrast of two colours as WCAG 2.2 defines it.
    fn contrast(one: &str, other: &str) -> f64 {
        let luminance = |colour: &str| {
            let channel = |at: usize| {
                let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
                if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
        };
        let (a, b) = (luminance(one), luminance(other));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn what_carries_meaning_stands_out_from_white() {
        for colour in CATEGORICAL.into_iter().chain([MUTED]) {
            assert!(contrast(colour, "#ffffff") >= 3.0, "{colour}");
        }
        for colour in [INK, GREY] {
            assert!(contrast(colour, "#ffffff") >= 4.5, "{colour}");
        }
    }

    #[test]
    fn classes_differ_by_lightness_and_their_letters_can_be_read() {
        for n_classes in 2..=5 {
            let fills: Vec<Colours> =
                (0..n_classes).map(|class| Scale::Rising.colours(class, n_classes)).collect();
            for pair in fills.windows(2) {
                // Lightness alone is seen by everybody; darker means more.
                assert!(contrast(pair[0].0, "#ffffff") < contrast(pair[1].0, "#ffffff"));
                assert!(contrast(pair[0].0, pair[1].0) >= 1.3, "{pair:?}");
            }
        }
        let spots = [0, 1, 2].map(|class| Scale::Spots.colours(class, 3));
        for (a, b) in [(0, 1), (1, 2), (0, 2)] {
            assert!(contrast(spots[a].0, spots[b].0) >= 2.7, "{a} and {b}");
        }
        let rising = (0..6).map(|class| Scale::Rising.colours(class, 6));
        for (fill, ink) in rising.chain(spots) {
            assert!(contrast(fill, ink) >= 4.0, "{ink} on {fill}");
        }
    }
}
