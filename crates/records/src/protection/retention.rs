//! How long records are kept: dated rules for each category of data.

use std::collections::BTreeMap;

use jiff::Span;
use jiff::civil::Date;
use serde::Deserialize;

use super::{Protection, ProtectionError, check_id, parse};
use crate::words::Regime;

const FILE: &str = "retention.toml";
const COLLECTED: &str = "collected";
const CHANGED: &str = "changed";

/// A rule: how long, from which event, and by which law or policy.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id, which the log names when it erases.
    pub id: String,
    /// The category of data.
    pub category: String,
    /// The controller, where the rule is not for all of them.
    pub controller: Option<String>,
    /// The regime, where it is not for both.
    pub regime: Option<Regime>,
    /// How long, in the file's words.
    pub keep_in_words: String,
    /// From which event: `collected`, `changed`, or one that is noted on the record.
    pub counted_from: String,
    /// After how long without a change somebody should look whether it is still needed.
    pub review_in_words: Option<String>,
    /// The law or policy that it rests on.
    pub law: String,
    /// The first day on which the rule is in force.
    pub in_force_from: Option<Date>,
    /// The last.
    pub in_force_to: Option<Date>,
    /// When somebody last held it against that law or policy.
    pub checked: Date,
    keep: Span,
    review: Option<Span>,
}

/// What the rules say of a record on a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RetentionState {
    /// What the time counts from has not happened, or was not noted.
    Waiting,
    /// It is kept until that day.
    KeptUntil(Date),
    /// Its time ended on that day; it counted from the first.
    Due {
        /// What the time counted from.
        since: Date,
        /// The first day on which it is to be erased.
        due: Date,
    },
}

impl Protection {
    /// The rule that is in force for a record on a day. One that names the controller goes before one
    /// for all, and one that names the regime before one for both.
    pub fn rule(
        &self,
        category: &str,
        controller: &str,
        regime: Regime,
        on: Date,
    ) -> Option<&Rule> {
        let fits = |rule: &&Rule| {
            rule.category == category
                && rule.controller.as_deref().is_none_or(|one| one == controller)
                && rule.regime.is_none_or(|one| one == regime)
                && rule.in_force_from.is_none_or(|from| on >= from)
                && rule.in_force_to.is_none_or(|to| on <= to)
        };
        let how_narrow = |rule: &&Rule| (rule.controller.is_some(), rule.regime.is_some());
        self.rules.iter().filter(fits).max_by_key(how_narrow)
    }
}

impl Rule {
    /// What it says on a day of a record that was collected and changed on those days and on which
    /// those events are noted.
    pub fn state(
        &self,
        collected: Date,
        changed: Date,
        events: &BTreeMap<String, Date>,
        today: Date,
    ) -> RetentionState {
        let since = match self.counted_from.as_str() {
            COLLECTED => Some(collected),
            CHANGED => Some(changed),
            event => events.get(event).copied(),
        };
        let Some(since) = since else { return RetentionState::Waiting };
        // A date past the calendar's end never comes.
        let due = since.saturating_add(self.keep);
        if today >= due {
            RetentionState::Due { since, due }
        } else {
            RetentionState::KeptUntil(due)
        }
    }

    /// Whether its time counts from something that is noted on the record.
    pub fn counts_from_an_event(&self) -> bool {
        ![COLLECTED, CHANGED].contains(&self.counted_from.as_str())
    }

    /// Whether somebody should look whether it is still needed.
    pub fn wants_review(&self, changed: Date, today: Date) -> bool {
        self.review.is_some_and(|review| today >= changed.saturating_add(review))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    category: String,
    controller: Option<String>,
    regime: Option<Regime>,
    keep: String,
    counted_from: String,
    review_after: Option<String>,
    law: String,
    in_force_from: Option<Date>,
    in_force_to: Option<Date>,
    checked: Date,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    rules: Vec<Written>,
}

pub(super) fn read(text: &str) -> Result<Vec<Rule>, ProtectionError> {
    let File { rules } = parse(FILE, text)?;
    let rules = rules.into_iter().map(read_one).collect::<Result<Vec<_>, _>>()?;
    for (index, rule) in rules.iter().enumerate() {
        if rules[..index].iter().any(|other| other.id == rule.id) {
            let what = format!("rule {}", rule.id);
            return Err(ProtectionError::Twice { file: FILE, what, on: None });
        }
        if let Some(other) = rules[..index].iter().find(|other| clash(other, rule)) {
            let what = format!("what rules {} and {} say", other.id, rule.id);
            let on = Some(": both are in force for the same records on the same day".to_owned());
            return Err(ProtectionError::Twice { file: FILE, what, on });
        }
    }
    Ok(rules)
}

fn read_one(written: Written) -> Result<Rule, ProtectionError> {
    let Written { id, category, controller, regime, keep, counted_from, .. } = written;
    for one in [&id, &category, &counted_from].into_iter().chain(&controller) {
        check_id(FILE, one)?;
    }
    let span = |text: &str| {
        let wrong = || ProtectionError::Span { rule: id.clone(), text: text.to_owned() };
        let span: Span = text.parse().map_err(|_| wrong())?;
        // Hours and the like are none: what is counted is days.
        let has_days = span.get_years() != 0
            || span.get_months() != 0
            || span.get_weeks() != 0
            || span.get_days() != 0;
        let is_well = has_days && span.is_positive();
        if is_well { Ok(span) } else { Err(wrong()) }
    };
    Ok(Rule {
        keep: span(&keep)?,
        review: written.review_after.as_deref().map(span).transpose()?,
        review_in_words: written.review_after,
        keep_in_words: keep,
        law: written.law,
        in_force_from: written.in_force_from,
        in_force_to: written.in_force_to,
        checked: written.checked,
        id,
        category,
        controller,
        regime,
        counted_from,
    })
}

/// Whether two rules are equally narrow and in force for the same records on some day.
fn clash(one: &Rule, other: &Rule) -> bool {
    let begins_after = |one: &Rule, other: &Rule| match (one.in_force_from, other.in_force_to) {
        (Some(from), Some(to)) => from > to,
        _ => false,
    };
    (&one.category, &one.controller, one.regime)
        == (&other.category, &other.controller, other.regime)
        && !begins_after(one, other)
        && !begins_after(other, one)
}
