//! Approval routes: who decides a document, when, and by when its papers must be there.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::calendar::Calendar;
use super::count::{Counted, Length, before};

/// The way of a document through those who must see it, as a file of `routes/` declares it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApprovalRoute {
    /// What is to be approved.
    pub title: String,
    /// The steps, in order.
    pub steps: Vec<RouteStep>,
}

/// A meeting on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RouteStep {
    /// Id.
    pub id: String,
    /// Who meets.
    pub group: String,
    /// When.
    pub on: Date,
    /// What is asked of it.
    pub asks: String,
    /// What must be there before.
    #[serde(default)]
    pub papers: Vec<RoutePaper>,
}

/// Something that must be there before a meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoutePaper {
    /// What.
    pub title: String,
    /// How long before.
    pub before: Length,
    /// Which law, rule or practice asks for it.
    pub source: String,
}

/// A day of a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteDate<'a> {
    /// The meeting that it belongs to.
    pub step: &'a RouteStep,
    /// What must be there; none for the meeting itself.
    pub paper: Option<&'a RoutePaper>,
    /// The day.
    pub on: Date,
    /// Why that day.
    pub reasons: Vec<String>,
    /// What is not sure, or too late.
    pub warnings: Vec<String>,
}

/// Why a route contradicts itself.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RouteError {
    /// Two steps share an id.
    #[error("two steps are called {step:?}")]
    SameStep {
        /// The id.
        step: String,
    },
    /// A later step is before an earlier one.
    #[error("{later:?} is on {day}, before {earlier:?}; put the steps in the order of their days")]
    Order {
        /// The earlier step.
        earlier: String,
        /// The later.
        later: String,
        /// The later step's day.
        day: Date,
    },
}

impl ApprovalRoute {
    /// Whether the route goes together; called once after reading.
    pub fn check(&self) -> Result<(), RouteError> {
        let mut ids = BTreeSet::new();
        if let Some(step) = self.steps.iter().find(|step| !ids.insert(&step.id)) {
            return Err(RouteError::SameStep { step: step.id.clone() });
        }
        match self.steps.windows(2).find(|pair| pair[1].on < pair[0].on) {
            Some(pair) => Err(RouteError::Order {
                earlier: pair[0].id.clone(),
                later: pair[1].id.clone(),
                day: pair[1].on,
            }),
            None => Ok(()),
        }
    }
}

/// Every day of a route in order, papers counted back from their meetings.
///
/// Papers that would have to be there before the meeting that comes first are warned of: what that
/// meeting says could not be in them.
pub fn route_dates<'a>(route: &'a ApprovalRoute, calendar: &Calendar) -> Vec<RouteDate<'a>> {
    let mut dates = Vec::new();
    for (index, step) in route.steps.iter().enumerate() {
        let earlier = index.checked_sub(1).and_then(|index| route.steps.get(index));
        for paper in &step.papers {
            let Counted { date, reasons, mut warnings } = before(step.on, paper.before, calendar);
            if let Some(earlier) = earlier.filter(|earlier| date < earlier.on) {
                warnings.push(format!(
                    "This is before {} meets on {}, so what it says cannot be in them.",
                    earlier.group,
                    super::date_in_words(earlier.on)
                ));
            }
            dates.push(RouteDate { step, paper: Some(paper), on: date, reasons, warnings });
        }
        let (reasons, warnings) = (Vec::new(), Vec::new());
        dates.push(RouteDate { step, paper: None, on: step.on, reasons, warnings });
    }
    dates.sort_by_key(|one| one.on);
    dates
}
