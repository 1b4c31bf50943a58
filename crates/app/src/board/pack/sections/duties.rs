//! Duties, and the clocks that are of no case.

use wardmote_domain::clock::{Facts, run};

use super::{Making, Papers, capital, said_day};
use crate::board::pack::papers::table;
use crate::board::state;
use crate::business::Entry;
use crate::commands::clock::explain::{due_in_words, timing_in_words};

impl Making<'_> {
    /// Duties, and the clocks that are of no case.
    pub(in crate::board::pack) fn duties(&mut self, papers: &mut Papers) -> anyhow::Result<()> {
        let board = self.sources.board;
        for duty in board.all("duties") {
            for field in ["title", "owner", "next"] {
                self.quoted(duty, field);
            }
        }
        let rows: Vec<Vec<String>> = board.all("duties").into_iter().map(duty_row).collect();
        let unmet = board.all("duties").into_iter().filter(|one| state(one) != "met");
        self.counts.count("duties", "Duties", "duties of the register", board.all("duties"));
        self.counts.count(
            "duties-unmet",
            "Duties not wholly met",
            "duties whose state is anything but met",
            unmet,
        );
        let mut text = "Duties in the register: {{pack.duties}}. Not wholly met: \
                        {{pack.duties-unmet}}.\n\n"
            .to_owned();
        if !rows.is_empty() {
            text += "![](table:duties)\n\n";
        }
        papers.table("duties", "Duties, their state and what is due next", &HEADINGS, rows);
        let clocks = self.clock_rows()?;
        if !clocks.is_empty() {
            papers.table(
                "clocks",
                "Statutory clocks of the partnership",
                &[("Clock", false), ("Step", false), ("By when", false), ("State", false)],
                clocks,
            );
            text += "### Clocks\n\nEach date is counted from what happened, by the law in force then.\n\n\
                     ![](table:clocks)\n";
        }
        papers.section("duties", "Duties", text);
        Ok(())
    }

    /// The duties that are not met, on slides.
    pub(in crate::board::pack) fn duty_slides(&self, papers: &mut Papers) {
        let duties = self.sources.board.all("duties").into_iter();
        let rows = duties.filter(|duty| state(duty) != "met").map(duty_row).collect();
        papers.table_slides("Duties that are not wholly met", &table("", &HEADINGS, rows));
    }

    fn clock_rows(&self) -> anyhow::Result<Vec<Vec<String>>> {
        let (board, law) = (self.sources.board, self.sources.law);
        let mut rows = Vec::new();
        for (name, clock) in &law.clocks {
            let happened = board.happened(name);
            if happened.is_empty() {
                continue;
            }
            let facts = Facts::written(clock, &happened, "", "")?;
            for state in run(clock, &facts, &law.calendar, self.on()) {
                rows.push(vec![
                    clock.title.clone(),
                    state.step.title.clone(),
                    due_in_words(&state.due),
                    capital(&timing_in_words(state.timing)),
                ]);
            }
        }
        Ok(rows)
    }
}

const HEADINGS: [(&str, bool); 5] = [
    ("Duty", false),
    ("State", false),
    ("Next due", false),
    ("What is due", false),
    ("Owner", false),
];

fn duty_row(duty: &Entry) -> Vec<String> {
    vec![
        duty.title().to_owned(),
        capital(&state(duty).replace('-', " ")),
        said_day(duty, "due"),
        duty.get("next").to_owned(),
        duty.get("owner").to_owned(),
    ]
}
