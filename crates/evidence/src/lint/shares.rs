//! Two percentages and a claim of significance in one sentence: tested on the spot.
//!
//! A sentence may carry its own evidence: `(n=1,290 of 12,875, design effect 1.3)`. Without the
//! numbers of respondents the word is refused, because nothing can be tested.

use std::sync::LazyLock;

use regex::Regex;
use wardmote_stats::proportion::{SurveyShare, compare_with_rest};

use crate::pattern;

/// What the test of a sentence's own percentages says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum ShareFinding {
    /// The word may stand.
    Supported,
    /// It may not, and why.
    Refused(String),
}

static PERCENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"(\d+(?:\.\d+)?)\s?(?:%|per\s?cent)"));
static RESPONDENTS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\bn\s*=\s*([\d,]+)\s+of\s+([\d,]+)"));
static DESIGN_EFFECT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(?:design\s+effect|deff)\s*(?:of|=|:)?\s*(\d+(?:\.\d+)?)"));

const SIGNIFICANCE_Z: f64 = 1.96;

/// Tests the first two percentages of a sentence, the area's first; `None` if there are not two.
pub(super) fn test_sentence(sentence: &str, claims_less: bool) -> Option<ShareFinding> {
    let without_intervals =
        sentence.replace("95% interval", "interval").replace("95% confidence", "confidence");
    let mut percents =
        PERCENT.captures_iter(&without_intervals).filter_map(|c| c[1].parse::<f64>().ok());
    let (area, whole) = (percents.next()?, percents.next()?);
    let Some(respondents) = RESPONDENTS.captures(sentence) else {
        return Some(ShareFinding::Refused(format!(
            "{area}% against {whole}% cannot be tested without the numbers of respondents and the design effect; \
             add for example (n=1,290 of 12,875, design effect 1.3)"
        )));
    };
    let number = |index: usize| respondents[index].replace(',', "").parse::<f64>().ok();
    let (n_area, n_whole) = (number(1)?, number(2)?);
    let Some(design_effect) =
        DESIGN_EFFECT.captures(sentence).and_then(|c| c[1].parse::<f64>().ok())
    else {
        return Some(ShareFinding::Refused(
            "a weighted survey needs its design effect; add for example (design effect 1.3), or 1.0 if unweighted".into(),
        ));
    };
    let test = compare_with_rest(
        SurveyShare { share: area / 100.0, respondents: n_area },
        SurveyShare { share: whole / 100.0, respondents: n_whole },
        design_effect,
    );
    let test = match test {
        Ok(test) => test,
        Err(error) => return Some(ShareFinding::Refused(error.to_string())),
    };
    let supported = if claims_less { test.z <= -SIGNIFICANCE_Z } else { test.z >= SIGNIFICANCE_Z };
    if supported {
        return Some(ShareFinding::Supported);
    }
    // z grows with the square root of the sample, if the area keeps its part of the whole.
    let needed = n_area * (SIGNIFICANCE_Z / test.z).powi(2);
    let needed = if test.z == 0.0 || (test.z < 0.0) != claims_less {
        String::new()
    } else {
        format!(
            "; it would take about {} respondents in the area",
            crate::numbers::thousands((needed / 10.0).round() as u64 * 10)
        )
    };
    Some(ShareFinding::Refused(format!(
        "{area}% against the rest of {whole}% gives z {}, p {}: not significant{needed}",
        crate::numbers::two_decimals(test.z),
        crate::numbers::p_value(test.p_value)
    )))
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVIDENCE: &str = "(n=1,290 of 12,875, design effect 1.3)";

    #[test]
    fn the_board_papers_own_sentences() {
        // domain.md 4.2: z 5.10 for 93 against 88, 1.53 for 77 against 75, which needs about 2,110.
        let refused = |sentence: &str| match test_sentence(sentence, false) {
            Some(ShareFinding::Refused(why)) => why,
            other => panic!("{other:?}"),
        };
        let bare = refused("77% got on well, significantly more than the average of 75%.");
        assert!(bare.contains("numbers of respondents"), "{bare}");
        let tested = refused(&format!("77% got on well, significantly more than 75% {EVIDENCE}."));
        assert!(
            tested.contains("z 1.53")
                && tested.contains("not significant")
                && tested.contains("2,1"),
            "{tested}"
        );
        let safe = format!("93% feel safe, significantly more than 88% {EVIDENCE}.");
        assert_eq!(test_sentence(&safe, false), Some(ShareFinding::Supported));
        assert_ne!(test_sentence(&safe, true), Some(ShareFinding::Supported));
    }
}
