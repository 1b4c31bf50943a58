//! What the published evidence says of a claim or figure, as plans need it. Only what was published is
//! read: it was protected then, and it can be traced.

use std::collections::BTreeMap;

use jiff::civil::Date;
use wardmote_domain::plan::{Direction, Progress, progress};
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::figure::Figure;
use wardmote_evidence::numbers::two_decimals;
use wardmote_reports::file_stem;

/// A claim or figure of the published evidence.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Reading {
    /// The claim's key, or the figure's id.
    pub(crate) key: String,
    /// The sentence that the test allows, with its subject.
    pub(crate) sentence: String,
    /// The figure as it is printed.
    pub(crate) value: String,
    /// Its 95% limits.
    pub(crate) interval: Option<String>,
    /// The period that it is about.
    pub(crate) period: String,
    /// The figure's id.
    pub(crate) figure: String,
    /// The anchor of its note on the page of figures.
    pub(crate) anchor: String,
    /// What may be said of progress.
    pub(crate) progress: Progress,
    /// Id of the measure that its figure takes, if it takes one.
    pub(crate) measure: Option<String>,
}

/// All of them.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Readings {
    /// When the evidence was published; `None` where none is.
    pub(crate) published: Option<Date>,
    by_key: BTreeMap<String, Reading>,
}

impl Readings {
    pub(crate) fn of(evidence: Option<&EvidenceFile>) -> Self {
        let Some(evidence) = evidence else { return Self::default() };
        let figures = evidence.figures.values().map(|figure| (figure.id.to_string(), None, figure));
        let claims = evidence.answers.iter().filter_map(|(key, answer)| {
            let figure = evidence.figures.get(&answer.figure)?;
            Some((key.clone(), Some(answer), figure))
        });
        let by_key = figures.chain(claims).map(|(key, answer, figure)| {
            let measure = measure_of(figure).and_then(|id| evidence.measures.get(id));
            let direction = measure.map_or(Direction::Ambiguous, |measure| measure.direction);
            let verdict = answer.and_then(|answer| answer.verdict);
            let subject = measure.map_or(figure.label.as_str(), |measure| &measure.title);
            let said = answer.map_or(figure.text.as_str(), |answer| &answer.statement);
            let stop = if said.ends_with('.') { "" } else { "." };
            let reading = Reading {
                key: key.clone(),
                sentence: format!("{subject} {said}{stop}"),
                value: figure.text.clone(),
                interval: answer
                    .and_then(|answer| answer.fields.get("interval"))
                    .map(|field| field.text.clone())
                    .or_else(|| interval(figure)),
                period: figure.period.clone(),
                figure: figure.id.to_string(),
                anchor: format!("figure-{}", file_stem(figure.id.as_str())),
                progress: progress(verdict, direction),
                measure: measure_of(figure).map(str::to_owned),
            };
            (key, reading)
        });
        Self { published: Some(evidence.published), by_key: by_key.collect() }
    }

    pub(crate) fn get(&self, key: &str) -> Option<&Reading> {
        self.by_key.get(key)
    }

    /// Every key and id, or nothing where no evidence is published.
    pub(crate) fn keys(&self) -> Option<std::collections::BTreeSet<String>> {
        self.published.map(|_| self.by_key.keys().cloned().collect())
    }
}

fn measure_of(figure: &Figure) -> Option<&str> {
    figure.measure.as_deref().and_then(|name| name.split(' ').next())
}

fn interval(figure: &Figure) -> Option<String> {
    let (lower, upper) = figure.interval?;
    Some(format!("{} to {}", two_decimals(lower), two_decimals(upper)))
}
