//! What the meeting is asked to decide, and what earlier meetings decided.

use std::fmt::Write as _;

use super::{Making, Papers, capital, said_day};
use crate::board::pack::papers::{plain, table};
use crate::board::{lines, state};
use crate::business::Entry;

impl<'a> Making<'a> {
    /// What is asked of the meeting, with its agenda.
    pub(in crate::board::pack) fn decisions(&mut self, papers: &mut Papers) {
        let meeting = self.meeting;
        let wanted = self.wanted();
        self.counts.count(
            "decisions-wanted",
            "Decisions wanted",
            "decisions of this meeting that are wanted",
            wanted.iter().copied(),
        );
        for one in &wanted {
            for field in ["title", "why", "owner"] {
                self.quoted(one, field);
            }
        }
        let rows = wanted.iter().map(|one| wanted_row(one)).collect();
        papers.table("decisions", "Decisions wanted", &WANTED, rows);
        let mut text =
            "Decisions wanted of this meeting: {{pack.decisions-wanted}}.\n\n".to_owned();
        if !wanted.is_empty() {
            text += "![](table:decisions)\n\n";
        }
        let agenda = self.quoted(meeting, "agenda");
        if !agenda.trim().is_empty() {
            text += "### Agenda\n\n";
            for line in lines(meeting, "agenda") {
                let _ = writeln!(text, "1. {}", plain(&line));
            }
        }
        papers.section("decisions", "What the meeting is asked to decide", text);
    }

    /// What is asked, on slides.
    pub(in crate::board::pack) fn wanted_slides(&self, papers: &mut Papers) {
        let rows = self.wanted().into_iter().map(wanted_row).collect();
        papers.table_slides("Decisions wanted", &table("", &WANTED, rows));
    }

    fn wanted(&self) -> Vec<&'a Entry> {
        let mut wanted = self.sources.board.decisions_of(self.meeting);
        wanted.retain(|one| state(one) == "wanted");
        wanted
    }

    /// Decisions of earlier meetings that are still to be carried out.
    pub(in crate::board::pack) fn decided(&mut self, papers: &mut Papers) {
        let board = self.sources.board;
        let meeting = self.meeting.id.clone();
        let open: Vec<&Entry> = board
            .all("decisions")
            .into_iter()
            .filter(|one| one.get("meeting") != meeting)
            .filter(|one| matches!(state(one), "agreed" | "deferred"))
            .collect();
        self.counts.count(
            "decisions-open",
            "Decisions still to be carried out",
            "decisions of other meetings that are agreed or deferred and not carried out",
            open.iter().copied(),
        );
        let mut rows = Vec::new();
        for one in &open {
            rows.push(vec![
                one.reference().to_owned(),
                board.named(one, "meeting").map(|of| said_day(of, "due")).unwrap_or_default(),
                self.quoted(one, "title"),
                capital(state(one)),
                self.quoted(one, "decided"),
                self.quoted(one, "owner"),
            ]);
        }
        let mut text =
            "Earlier decisions still to be carried out: {{pack.decisions-open}}.\n\n".to_owned();
        if !rows.is_empty() {
            text += "![](table:decided)\n";
        }
        papers.table(
            "decided",
            "Earlier decisions still to be carried out",
            &[
                ("Reference", false),
                ("Meeting", false),
                ("What was asked", false),
                ("State", false),
                ("What was decided", false),
                ("Who carries it out", false),
            ],
            rows,
        );
        papers.section("decided", "What was decided before", text);
    }
}

const WANTED: [(&str, bool); 5] = [
    ("Reference", false),
    ("What is asked", false),
    ("Why", false),
    ("Who carries it out", false),
    ("By", false),
];

fn wanted_row(one: &Entry) -> Vec<String> {
    vec![
        one.reference().to_owned(),
        one.title().to_owned(),
        one.get("why").to_owned(),
        one.get("owner").to_owned(),
        said_day(one, "due"),
    ]
}
