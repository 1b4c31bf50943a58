//! Each section: what is asked, how the plan stands, what the measures allow to be said, what is due.

mod decisions;
mod duties;
mod groups;
mod measures;
mod next_plan;
mod progress;
mod risks;
mod to_come;

use wardmote_domain::clock::date_in_words;

use super::Making;
use super::papers::Papers;
use crate::board::day;
use crate::business::Entry;

impl Making<'_> {
    fn on(&self) -> jiff::civil::Date {
        self.sources.on
    }

    fn on_in_words(&self) -> String {
        date_in_words(self.on())
    }

    pub(in crate::board::pack) fn spotlights(&mut self, papers: &mut Papers) {
        for spotlight in self.spotlights.clone() {
            let id = format!("spotlight-{}", spotlight.name);
            papers.section(&id, &format!("Spotlight: {}", spotlight.title), spotlight.markdown);
        }
    }
}

/// A day in words, or nothing.
fn said_day(entry: &Entry, field: &str) -> String {
    day(entry, field).map(date_in_words).unwrap_or_default()
}

pub(in crate::board::pack) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
