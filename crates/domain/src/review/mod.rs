//! Reviews that the law asks for, as rules over plain facts: whether an application for a case review
//! reaches the threshold, what must be published of a year, and what still keeps a report from being
//! published. Their times are clocks ([`crate::clock`]).

mod asb;
mod publication;

pub use asb::{
    Application, AsbReviewError, CaseOutcome, Complaint, Lowered, Threshold, ThresholdAnswer,
    ThresholdVersion, YearCounts, year_counts,
};
pub use publication::{Checklist, ChecklistItem, ReviewAction, not_ready, without_evidence};
