//! The chain of a plan: finding, priority, action, measure; and whether its news are stale.

use std::collections::BTreeSet;

use jiff::civil::Date;

/// What a plan's items hang on, each item by its reference.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chain {
    /// Priorities with the claims or figures that they cite.
    pub priorities: Vec<(String, Vec<String>)>,
    /// Actions with their priority, and what they are measured by.
    pub actions: Vec<(String, Option<String>, Vec<String>)>,
    /// Measures with the claims or figures that they read, and why there is none.
    pub measures: Vec<(String, Vec<String>, String)>,
    /// Actions that need a risk, with the risks that they answer.
    pub need_risks: Vec<(String, Vec<String>)>,
    /// The claims and figures that the published evidence holds; `None` where none is published.
    pub evidence: Option<BTreeSet<String>>,
}

/// Where a chain is broken.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Break {
    /// The register's id.
    pub register: &'static str,
    /// The item's reference.
    pub reference: String,
    /// What is missing.
    pub why: String,
}

impl Chain {
    /// Every break, by register and in the order of the items.
    pub fn breaks(&self) -> Vec<Break> {
        let mut found = Vec::new();
        let mut say = |register, reference: &str, why: String| {
            found.push(Break { register, reference: reference.to_owned(), why });
        };
        for (reference, cites) in &self.priorities {
            if cites.is_empty() {
                say("priorities", reference, "cites no finding".into());
            }
            for gone in self.gone(cites) {
                say(
                    "priorities",
                    reference,
                    format!("cites {gone}, which the published evidence does not hold"),
                );
            }
            if !self.actions.iter().any(|(_, of, _)| of.as_ref() == Some(reference)) {
                say("priorities", reference, "has no action".into());
            }
        }
        for (reference, priority, measured_by) in &self.actions {
            let known = |of: &String| self.priorities.iter().any(|(one, _)| one == of);
            if !priority.as_ref().is_some_and(known) {
                say("actions", reference, "belongs to no priority of this plan".into());
            }
            if measured_by.is_empty() {
                say("actions", reference, "does not say how it is measured".into());
            }
        }
        for (reference, risks) in &self.need_risks {
            if risks.is_empty() {
                say("actions", reference, "answers no risk, as its priority asks".into());
            }
        }
        for (reference, reads, why) in &self.measures {
            if reads.is_empty() && why.trim().is_empty() {
                say("measures", reference, "reads no figure, and does not say why".into());
            }
            for gone in self.gone(reads) {
                say(
                    "measures",
                    reference,
                    format!("reads {gone}, which the published evidence does not hold"),
                );
            }
            if !self.actions.iter().any(|(.., by)| by.contains(reference)) {
                say("measures", reference, "measures no action".into());
            }
        }
        found
    }

    fn gone<'a>(&'a self, keys: &'a [String]) -> impl Iterator<Item = &'a String> {
        let held = self.evidence.as_ref();
        keys.iter().filter(move |key| held.is_some_and(|held| !held.contains(*key)))
    }
}

/// How old an owner's last word is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Staleness {
    /// Said within the time that the partnership asks for.
    Fresh,
    /// Said longer ago.
    Stale {
        /// How many days ago.
        days: i64,
    },
    /// Never said.
    Never,
}

/// Whether a word said on a day is stale on another. One from the future is fresh.
pub fn staleness(said: Option<Date>, today: Date, stale_after_days: u32) -> Staleness {
    let Some(said) = said else { return Staleness::Never };
    let days = said.duration_until(today).as_hours() / 24;
    if days > i64::from(stale_after_days) { Staleness::Stale { days } } else { Staleness::Fresh }
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn a_whole_chain_has_no_break() {
        let chain = Chain {
            priorities: vec![("P1".into(), texts(&["crime-change"]))],
            actions: vec![("A1".into(), Some("P1".into()), texts(&["M1"]))],
            measures: vec![("M1".into(), texts(&["crime-change"]), String::new())],
            need_risks: vec![("A1".into(), texts(&["R1"]))],
            evidence: Some(BTreeSet::from(["crime-change".to_owned()])),
        };
        assert_eq!(chain.breaks(), []);
    }

    #[test]
    fn every_break_is_named() {
        let chain = Chain {
            priorities: vec![("P1".into(), vec![]), ("P2".into(), texts(&["gone"]))],
            actions: vec![
                ("A1".into(), Some("P2".into()), vec![]),
                ("A2".into(), Some("P9".into()), texts(&["M1"])),
                ("A3".into(), None, texts(&["M1"])),
            ],
            measures: vec![
                ("M1".into(), vec![], " ".into()),
                ("M2".into(), vec![], "to come".into()),
            ],
            need_risks: vec![("A1".into(), vec![])],
            evidence: Some(BTreeSet::new()),
        };
        let told: Vec<String> =
            chain.breaks().iter().map(|one| format!("{} {}", one.reference, one.why)).collect();
        let expected = [
            "P1 cites no finding",
            "P1 has no action",
            "P2 cites gone, which the published evidence does not hold",
            "A1 does not say how it is measured",
            "A2 belongs to no priority of this plan",
            "A3 belongs to no priority of this plan",
            "A1 answers no risk, as its priority asks",
            "M1 reads no figure, and does not say why",
            "M2 measures no action",
        ];
        assert_eq!(told, expected);
        let unpublished = Chain { evidence: None, ..chain };
        assert!(unpublished.breaks().iter().all(|one| !one.why.contains("published")));
    }

    #[test]
    fn an_update_is_stale_the_day_after() {
        let check = |said, today, expected| assert_eq!(staleness(said, today, 90), expected);
        let said = Some(date(2024, 12, 1));
        check(said, date(2025, 3, 1), Staleness::Fresh);
        check(said, date(2025, 3, 2), Staleness::Stale { days: 91 });
        check(Some(date(2025, 4, 1)), date(2025, 3, 1), Staleness::Fresh);
        check(None, date(2025, 3, 1), Staleness::Never);
        // A leap year has a day more.
        check(Some(date(2023, 12, 1)), date(2024, 3, 1), Staleness::Stale { days: 91 });
    }
}
