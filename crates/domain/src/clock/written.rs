//! The facts of a case as people write them: one a line, such as `notified 2025-01-31`.

use jiff::civil::Date;

use super::{Clock, Extension, Facts, Pause};

/// Why a line is no fact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what}, line {line}: {text:?}: {why}")]
pub struct FactError {
    /// Events, pauses or extensions.
    pub what: &'static str,
    /// From 1.
    pub line: usize,
    /// What it says.
    pub text: String,
    /// What is wrong, and the mend.
    pub why: String,
}

impl Facts {
    /// Reads what happened, what paused and what was agreed, each a text of lines. What the clock does
    /// not know is an error, because it would otherwise be left out in silence.
    ///
    /// # Example
    ///
    /// ```
    /// # use wardmote_domain::clock::{Clock, Facts};
    /// # let clock: Clock = toml::from_str(
    /// #     "title = 'x'\n[events]\nnotified = 'x'\n[pauses]\nproceedings = 'x'\n[[versions]]\nname = 'x'\n\
    /// #      source = 'x'\nfrom = '2020-01-01'\nchecked = '2020-01-01'\nsteps = []").unwrap();
    /// let facts = Facts::written(&clock, "notified 2025-01-31", "proceedings 2025-03-01", "")?;
    /// assert_eq!(facts.pauses[0].to, None);
    /// # Ok::<(), wardmote_domain::clock::FactError>(())
    /// ```
    pub fn written(
        clock: &Clock,
        events: &str,
        pauses: &str,
        extensions: &str,
    ) -> Result<Self, FactError> {
        let mut facts = Self::default();
        for line in lines("events", events) {
            let [event, on] = line.words("an event and its day, such as: notified 2025-01-31")?;
            if !clock.events.contains_key(event) {
                return Err(line.unknown("event", clock.events.keys()));
            }
            facts.events.entry(event.to_owned()).or_default().insert(line.day(on)?);
        }
        for line in lines("pauses", pauses) {
            const FORM: &str = "a pause, its first day and, once it is over, its last";
            let (kind, from, to) = match line.split().as_slice() {
                [kind, from] => (*kind, *from, None),
                [kind, from, to] => (*kind, *from, Some(*to)),
                _ => return Err(line.wrong(format!("write {FORM}"))),
            };
            if !clock.pauses.contains_key(kind) {
                return Err(line.unknown("pause", clock.pauses.keys()));
            }
            let from = line.day(from)?;
            let to = to.map(|to| line.day(to)).transpose()?;
            if to.is_some_and(|to| to < from) {
                return Err(line.wrong("it ends before it begins".to_owned()));
            }
            facts.pauses.push(Pause { kind: kind.to_owned(), from, to });
        }
        for line in lines("extensions", extensions) {
            const FORM: &str = "a step, its new last day, `agreed`, and the day it was agreed";
            let split = line.split();
            let [step, to, "agreed", agreed] = split.as_slice() else {
                return Err(line.wrong(format!("write {FORM}")));
            };
            let mut steps = clock.versions.iter().flat_map(|version| &version.steps);
            match steps.find(|one| one.id == *step) {
                None => return Err(line.wrong("the clock has no such step".to_owned())),
                Some(found) if found.extended_with.is_none() => {
                    return Err(line.wrong("nobody may agree more time for this step".to_owned()));
                }
                Some(_) => {}
            }
            let (to, agreed) = (line.day(to)?, line.day(agreed)?);
            facts.extensions.push(Extension { step: (*step).to_owned(), to, agreed });
        }
        Ok(facts)
    }
}

struct Line<'a> {
    what: &'static str,
    number: usize,
    text: &'a str,
}

fn lines<'a>(what: &'static str, text: &'a str) -> impl Iterator<Item = Line<'a>> {
    let numbered = text.lines().enumerate();
    let numbered = numbered.map(move |(index, text)| Line { what, number: index + 1, text });
    numbered.filter(|line| !line.text.trim().is_empty())
}

impl<'a> Line<'a> {
    fn split(&self) -> Vec<&'a str> {
        self.text.split_whitespace().collect()
    }

    fn words<const N: usize>(&self, form: &str) -> Result<[&'a str; N], FactError> {
        self.split().try_into().map_err(|_| self.wrong(format!("write {form}")))
    }

    fn day(&self, text: &str) -> Result<Date, FactError> {
        text.parse().map_err(|_| self.wrong(format!("{text:?} is no day such as 2025-01-31")))
    }

    fn unknown<'k>(&self, what: &str, known: impl Iterator<Item = &'k String>) -> FactError {
        let known = known.map(String::as_str).collect::<Vec<_>>().join(", ");
        self.wrong(format!("the clock has no such {what}; it has {known}"))
    }

    fn wrong(&self, why: String) -> FactError {
        FactError { what: self.what, line: self.number, text: self.text.trim().to_owned(), why }
    }
}
