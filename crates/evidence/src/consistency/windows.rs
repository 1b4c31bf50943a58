//! Two windows for one analysis.

use std::sync::LazyLock;

use regex::Regex;

use super::rules::Explanation;
use super::words::excerpt;
use super::{Clash, ConsistencyRule, Paper};
use crate::dates::{self, Precision};
use crate::pattern;

pub(super) const EXPLANATION: Explanation = Explanation {
    finds: "Two different windows of months, each called the period of the analysis, that begin or end together: \
            figures from them are easily set side by side. A sentence that gives the reason for its own window passes.",
    caught: "The analysis period is April 2022 to November 2024.\n\nIncidents fell over the period covered (April 2022 to December 2024).",
    passes: "The analysis period is April 2022 to November 2024.\n\nFire data are for a shorter period of analysis, April 2022 to March 2024, because the system changed.",
};

static PERIOD: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:analysis|study|data|assessment|time)\s+period\b|\bperiod\s+(?:of\s+(?:the\s+)?(?:analysis|study)|covered|analysed|examined|studied|under\s+(?:review|study))\b",
    )
});
static EXPLAINED: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r"(?i)\b(?:because|since|only|shorter|longer|therefore|except\w*|differ\w*|from\s+which|instead|as\s+\w+\s+(?:data|records|figures)|became|began|unlike|whereas|while)\b",
    )
});

struct Window {
    first: jiff::civil::Date,
    last: jiff::civil::Date,
    text: String,
    line: usize,
}

pub(super) fn check(paper: &Paper) -> Vec<Clash> {
    let windows: Vec<Window> = paper
        .own_sentences()
        .filter(|sentence| PERIOD.is_match(&sentence.text) && !EXPLAINED.is_match(&sentence.text))
        .filter_map(|sentence| {
            let text = &sentence.text;
            let dates = dates::find(text);
            let pair = dates.windows(2).find(|pair| {
                let between = text[pair[0].range.end..pair[1].range.start].trim();
                matches!(between, "to" | "-" | "–" | "and" | "until" | "up to")
                    && pair.iter().all(|d| matches!(d.precision, Precision::Day | Precision::Month))
            })?;
            Some(Window {
                first: pair[0].first,
                last: pair[1].last,
                text: text[pair[0].range.start..pair[1].range.end].to_owned(),
                line: sentence.line_at(pair[0].range.start),
            })
        })
        .collect();
    let mut clashes = Vec::new();
    for (index, later) in windows.iter().enumerate() {
        let differs = |w: &&Window| (w.first == later.first) != (w.last == later.last);
        if let Some(earlier) = windows[..index].iter().find(differs) {
            clashes.push(Clash {
                place: paper.place(later.line),
                rule: ConsistencyRule::AnalysisWindow,
                text: excerpt(&later.text),
                message: format!(
                    "the analysis has two windows, {} here and {} before; use one, or say why they differ",
                    later.text, earlier.text
                ),
                other: Some(paper.place(earlier.line)),
            });
        }
    }
    clashes
}

#[cfg(test)]
mod tests {
    use super::super::testing::check_rule;
    use super::*;

    #[test]
    fn one_analysis_has_one_window() {
        check_rule(
            ConsistencyRule::AnalysisWindow,
            &[
                "Robbery was stable over the analysis period (April 2021 to March 2024).\n\nTheft fell over the analysis period, April 2021 to June 2024.",
                "The study period was 1 May 2022 to 30 April 2024.\n\nOver the period of study, 1 June 2022 to 30 April 2024, there were two peaks.",
                "## Data\n\nThe data period runs from January 2023 to October 2024.\n\n## Hate crime\n\nCounts for the time period covered (January 2023 – September 2024).",
            ],
            &[
                "The analysis period is April 2022 to March 2024. It is compared with the analysis period before it, April 2020 to March 2022.",
                "The study period is May 2021 to April 2024.\n\nHospital data differ: their period of study is May 2022 to April 2024.",
                "Theft fell over the analysis period (April 2021 to March 2024). Robbery did not, over the period examined (April 2021 to March 2024).",
                "The grant is for the period April 2023 to March 2025 and the lease for April 2023 to March 2033.",
            ],
        );
    }
}
