//! Groups and their meetings: whether a group meets as often as it said, and who is still its chair.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::clock::date_in_words;

/// How often a group said that it would meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cadence {
    /// At least once in so many months.
    pub months: u16,
}

impl Cadence {
    /// In words.
    pub fn in_words(self) -> String {
        match self.months {
            1 => "every month".to_owned(),
            2 => "every two months".to_owned(),
            3 => "every quarter".to_owned(),
            6 => "twice a year".to_owned(),
            12 => "every year".to_owned(),
            n => format!("every {n} months"),
        }
    }
}

/// Whether a group meets as it said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meeting {
    /// It met, and is not yet due again.
    InCadence {
        /// When it last met.
        last: Date,
        /// By when it must meet again.
        again_by: Date,
    },
    /// It has not met for longer than it said.
    Lapsed {
        /// When it last met, if ever.
        last: Option<Date>,
        /// Since when it is overdue.
        since: Date,
    },
    /// It is too new to have met, or said nothing of how often.
    NotYet,
}

impl Meeting {
    /// In a few words, for a table.
    pub fn in_words(self) -> String {
        match self {
            Self::InCadence { last, .. } => format!("last met on {}", date_in_words(last)),
            Self::Lapsed { last: Some(last), .. } => {
                format!("lapsed: has not met since {}", date_in_words(last))
            }
            Self::Lapsed { last: None, since } => {
                format!("lapsed: has not met, and should have by {}", date_in_words(since))
            }
            Self::NotYet => "has not met yet".to_owned(),
        }
    }
}

/// Whether a group has met within its cadence, on a day; a meeting in the future has not been held. Months
/// are counted whole, so that a quarterly board may meet on 17 December and on 18 March.
pub fn cadence(
    cadence: Option<Cadence>,
    set_up: Option<Date>,
    held: impl IntoIterator<Item = Date>,
    today: Date,
) -> Meeting {
    let last = held.into_iter().filter(|day| *day <= today).max();
    let by = |from: Date, every: Cadence| {
        from.saturating_add(Span::new().months(i32::from(every.months))).last_of_month()
    };
    match (cadence, last, set_up) {
        (None, Some(last), _) => Meeting::InCadence { last, again_by: Date::MAX },
        (None, None, _) | (Some(_), None, None) => Meeting::NotYet,
        (Some(every), Some(last), _) => {
            let again_by = by(last, every);
            if today > again_by {
                Meeting::Lapsed { last: Some(last), since: again_by }
            } else {
                Meeting::InCadence { last, again_by }
            }
        }
        (Some(every), None, Some(set_up)) => {
            let since = by(set_up, every);
            if today > since { Meeting::Lapsed { last: None, since } } else { Meeting::NotYet }
        }
    }
}

/// A role in a group, held between two days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Term {
    /// Who, by office: the office stays where the person changes.
    pub who: String,
    /// As what, such as `chair`.
    pub role: String,
    /// The first day.
    pub from: Date,
    /// The last day, if one is agreed.
    pub to: Option<Date>,
}

/// Those who hold a role on a day, in the order given.
pub fn holders<'a>(terms: &'a [Term], role: &'a str, day: Date) -> impl Iterator<Item = &'a Term> {
    let holds = move |term: &&Term| {
        term.role == role && term.from <= day && term.to.is_none_or(|to| day <= to)
    };
    terms.iter().filter(holds)
}

/// The responsible authorities that sent nobody senior to a public meeting.
pub fn not_represented<'a>(authorities: &'a [String], senior_from: &[String]) -> Vec<&'a str> {
    let absent = authorities.iter().filter(|one| !senior_from.contains(one));
    absent.map(String::as_str).collect()
}
