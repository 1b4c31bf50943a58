//! Pauses, which move the end of what they interrupt.

use jiff::Span;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

/// Days on which a clock stands still, such as those of criminal proceedings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pause {
    /// Which of the clock's pauses.
    pub kind: String,
    /// The first day.
    pub from: Date,
    /// The last day; none while it goes on.
    pub to: Option<Date>,
}

/// Paused days, brought together so that each counts once.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PausedDays {
    /// Apart from one another, in order.
    spans: Vec<(Date, Date)>,
    /// Since when an unended pause goes on.
    open: Option<Date>,
}

impl PausedDays {
    /// The paused days of some kinds. A pause that ends before it begins is of no day.
    pub fn of(pauses: &[Pause], kinds: &[String]) -> Self {
        let mut chosen: Vec<&Pause> =
            pauses.iter().filter(|pause| kinds.contains(&pause.kind)).collect();
        chosen.sort_by_key(|pause| pause.from);
        let open = chosen.iter().filter(|pause| pause.to.is_none()).map(|pause| pause.from).min();
        let mut spans: Vec<(Date, Date)> = Vec::new();
        for (from, to) in chosen.iter().filter_map(|pause| Some((pause.from, pause.to?))) {
            if to < from {
                continue;
            }
            match spans.last_mut() {
                Some((_, last)) if from <= next(*last) => *last = (*last).max(to),
                _ => spans.push((from, to)),
            }
        }
        Self { spans, open }
    }

    /// Whether a day is paused.
    pub fn contains(&self, day: Date) -> bool {
        self.spans.iter().any(|(from, to)| (*from..=*to).contains(&day))
            || self.open.is_some_and(|from| from <= day)
    }

    /// An end moved by the paused days between the start, which is not counted, and itself; and how many
    /// they are. An unended pause is left to [`PausedDays::stands_still`].
    pub(super) fn moved(&self, start: Date, end: Date) -> (Date, i64) {
        let (mut end, mut days) = (end, 0);
        for (from, to) in &self.spans {
            let first = (*from).max(next(start));
            // A pause that begins after the end, as moved so far, finds nothing left to interrupt.
            if first > end || *to < first {
                continue;
            }
            let n = days_between(first, *to) + 1;
            days += n;
            end = end.saturating_add(Span::new().days(n));
        }
        (end, days)
    }

    /// Since when an unended pause keeps a step from having an end, and how many days of it were left.
    pub(super) fn stands_still(&self, start: Date, end: Date) -> Option<(Date, i64)> {
        let first = self.open?.max(next(start));
        (first <= end).then(|| (first, days_between(first, end) + 1))
    }

    /// The same without the unended pause.
    pub(super) fn ended(&self) -> Self {
        Self { spans: self.spans.clone(), open: None }
    }
}

fn next(day: Date) -> Date {
    day.saturating_add(Span::new().days(1))
}

fn days_between(from: Date, to: Date) -> i64 {
    from.until(to).map_or(0, |span| i64::from(span.get_days()))
}
