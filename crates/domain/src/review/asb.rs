//! Anti-social behaviour case reviews: the threshold, and the counts of a year.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clock::{Calendar, Length, after, date_in_words};

/// When a review must be held, as `reviews/asb-threshold.toml` declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Threshold {
    /// Its versions, each with the days it is in force.
    pub versions: Vec<ThresholdVersion>,
}

/// The threshold between two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ThresholdVersion {
    /// Where it is written.
    pub source: String,
    /// The first day it is in force.
    pub from: Date,
    /// The last day, if it has one.
    pub to: Option<Date>,
    /// When somebody last compared this with the source.
    pub checked: Date,
    /// What is still to check.
    pub tc: Option<String>,
    /// How many qualifying complaints it takes.
    pub complaints: usize,
    /// How soon after the behaviour a complaint must have been made.
    pub complaint_within: Length,
    /// How soon after a complaint the application must have been made.
    pub application_within: Length,
    /// What makes fewer complaints enough.
    #[serde(default)]
    pub lowered: Vec<Lowered>,
}

/// What makes fewer complaints enough.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lowered {
    /// Id.
    pub id: String,
    /// In words, such as the harm done.
    pub because: String,
    /// How many complaints then are enough.
    pub complaints: usize,
}

/// An application, as far as the threshold looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Application {
    /// When it was made.
    pub made: Date,
    /// The complaints that it names.
    pub complaints: Vec<Complaint>,
    /// Which of the lowering circumstances were found, by id.
    #[serde(default)]
    pub circumstances: BTreeSet<String>,
}

/// A complaint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Complaint {
    /// When the behaviour was.
    pub behaviour: Date,
    /// When it was complained of.
    pub made: Date,
}

/// Whether the threshold is met, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThresholdAnswer {
    /// Whether it is.
    pub met: bool,
    /// How many complaints qualify.
    pub qualifying: usize,
    /// How many it takes here.
    pub needed: usize,
    /// Why, in sentences.
    pub reasons: Vec<String>,
}

/// Why the threshold cannot be told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AsbReviewError {
    /// No version of the threshold is in force on the day.
    #[error("no threshold is in force on {day}; add its version to reviews/asb-threshold.toml")]
    NoVersion {
        /// The day of the application.
        day: Date,
    },
    /// A circumstance that the version does not know.
    #[error("{circumstance:?} is no circumstance of the threshold; one of {known}")]
    UnknownCircumstance {
        /// The id.
        circumstance: String,
        /// Those known.
        known: String,
    },
}

impl Threshold {
    /// Whether an application meets the version in force on the day it was made.
    pub fn answer(
        &self,
        application: &Application,
        calendar: &Calendar,
    ) -> Result<ThresholdAnswer, AsbReviewError> {
        let day = application.made;
        let in_force =
            |one: &&ThresholdVersion| one.from <= day && one.to.is_none_or(|to| day <= to);
        let version =
            self.versions.iter().find(in_force).ok_or(AsbReviewError::NoVersion { day })?;
        let mut reasons = vec![format!(
            "{}, in force from {}: {} qualifying complaints.",
            version.source,
            date_in_words(version.from),
            version.complaints
        )];
        let mut needed = version.complaints;
        for circumstance in &application.circumstances {
            let found = version.lowered.iter().find(|one| one.id == *circumstance);
            let lowered = found.ok_or_else(|| AsbReviewError::UnknownCircumstance {
                circumstance: circumstance.clone(),
                known: version
                    .lowered
                    .iter()
                    .map(|one| one.id.as_str())
                    .collect::<Vec<_>>()
                    .join(", "),
            })?;
            if lowered.complaints < needed {
                needed = lowered.complaints;
                reasons.push(format!("{}: {needed} are enough.", lowered.because));
            }
        }
        let mut qualifying = 0;
        for complaint in &application.complaints {
            match version.disqualifies(*complaint, application.made, calendar) {
                None => qualifying += 1,
                Some(why) => reasons.push(why),
            }
        }
        reasons.push(format!("{qualifying} of {} qualify.", application.complaints.len()));
        Ok(ThresholdAnswer { met: qualifying >= needed, qualifying, needed, reasons })
    }
}

impl ThresholdVersion {
    fn disqualifies(
        &self,
        complaint: Complaint,
        applied: Date,
        calendar: &Calendar,
    ) -> Option<String> {
        let Complaint { behaviour, made } = complaint;
        let said = date_in_words(made);
        if made < behaviour {
            let of = date_in_words(behaviour);
            return Some(format!("The complaint of {said} is before the behaviour of {of}."));
        }
        if applied < made {
            return Some(format!("The complaint of {said} is after the application."));
        }
        let last = after(behaviour, self.complaint_within, calendar).date;
        if made > last {
            return Some(format!(
                "The complaint of {said} is more than {} after the behaviour of {}: its last day was {}.",
                self.complaint_within,
                date_in_words(behaviour),
                date_in_words(last)
            ));
        }
        let last = after(made, self.application_within, calendar).date;
        (applied > last).then(|| {
            format!(
                "The application is more than {} after the complaint of {said}: its last day was {}.",
                self.application_within,
                date_in_words(last)
            )
        })
    }
}

/// How an application ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CaseOutcome {
    /// Not yet decided, or the review has not met.
    Open,
    /// The threshold was not met.
    ThresholdNotMet,
    /// Reviewed, without recommendations.
    Reviewed,
    /// Reviewed, with recommendations.
    ReviewedWithRecommendations,
}

/// What must be published of a year's applications.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct YearCounts {
    /// Applications made.
    pub applications: u32,
    /// Those that did not meet the threshold.
    pub threshold_not_met: u32,
    /// Reviews held.
    pub reviews: u32,
    /// Reviews with recommendations.
    pub with_recommendations: u32,
}

/// Counts the applications made between two days, both included.
pub fn year_counts(
    cases: impl IntoIterator<Item = (Date, CaseOutcome)>,
    from: Date,
    to: Date,
) -> YearCounts {
    let mut counts = YearCounts::default();
    for (_, outcome) in cases.into_iter().filter(|(made, _)| (from..=to).contains(made)) {
        counts.applications += 1;
        match outcome {
            CaseOutcome::Open => {}
            CaseOutcome::ThresholdNotMet => counts.threshold_not_met += 1,
            CaseOutcome::Reviewed => counts.reviews += 1,
            CaseOutcome::ReviewedWithRecommendations => {
                counts.reviews += 1;
                counts.with_recommendations += 1;
            }
        }
    }
    counts
}
