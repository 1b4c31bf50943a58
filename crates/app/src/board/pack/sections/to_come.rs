//! What is to come: the forward plan, and the routes of its documents.

use std::fmt::Write as _;

use wardmote_domain::clock::{date_in_words, route_dates};

use super::{Making, Papers, capital, said_day};
use crate::board::pack::papers::table;
use crate::board::{Board, day, state};
use crate::business::Entry;

impl<'a> Making<'a> {
    /// The forward plan, and the routes with their paper deadlines.
    pub(in crate::board::pack) fn ahead(&mut self, papers: &mut Papers) -> anyhow::Result<()> {
        let (board, law) = (self.sources.board, self.sources.law);
        let mut text = String::new();
        let to_come = self.coming();
        let rows: Vec<Vec<String>> = to_come.iter().map(|one| row(board, one)).collect();
        let mut routes: Vec<String> = Vec::new();
        for one in &to_come {
            self.quoted(one, "title");
            self.quoted(one, "owner");
            let route = one.get("route").to_owned();
            if !route.is_empty() && !routes.contains(&route) {
                routes.push(route);
            }
        }
        if rows.is_empty() {
            text += "Nothing is in the forward plan.\n\n";
        } else {
            text += "![](table:forward-plan)\n\n";
        }
        papers.table("forward-plan", "Forward plan", &HEADINGS, rows);
        for name in routes {
            let route = law.route(&name)?;
            let mut rows = Vec::new();
            for date in route_dates(route, &law.calendar) {
                let group = board
                    .called("groups", &date.step.group)
                    .map_or_else(|| date.step.group.clone(), |group| group.title().to_owned());
                let what = date.paper.map_or_else(
                    || format!("Meets: {}", date.step.asks),
                    |paper| paper.title.clone(),
                );
                let why = date
                    .paper
                    .map(|paper| format!("{} before the meeting", paper.before))
                    .unwrap_or_default();
                let warning = date.warnings.join(" ");
                rows.push(vec![
                    date_in_words(date.on),
                    group,
                    what,
                    format!("{why} {warning}").trim().to_owned(),
                ]);
            }
            let id = format!("route-{name}");
            papers.table(
                &id,
                &format!("Route: {}", route.title),
                &[("Day", false), ("Group", false), ("What", false), ("Why that day", false)],
                rows,
            );
            let _ = writeln!(text, "### Route of a document\n\n![](table:{id})\n");
        }
        papers.section("to-come", "What is to come", text);
        Ok(())
    }

    pub(in crate::board::pack) fn to_come_slides(&self, papers: &mut Papers) {
        let board = self.sources.board;
        let rows = self.coming().into_iter().map(|one| row(board, one)).collect();
        papers.table_slides("What is to come", &table("", &HEADINGS, rows));
    }

    /// What comes to a group after this meeting.
    fn coming(&self) -> Vec<&'a Entry> {
        let after = day(self.meeting, "due").unwrap_or(self.on()).max(self.on());
        let mut coming = self.sources.board.all("forward-plan");
        coming.retain(|one| state(one) == "to-come");
        coming.retain(|one| day(one, "due").is_some_and(|due| due > after));
        coming
    }
}

const HEADINGS: [(&str, bool); 5] =
    [("When", false), ("Group", false), ("What", false), ("For", false), ("Owner", false)];

fn row(board: Board<'_>, one: &Entry) -> Vec<String> {
    vec![
        said_day(one, "due"),
        board.title_of(one, "group"),
        one.title().to_owned(),
        capital(one.get("kind")),
        one.get("owner").to_owned(),
    ]
}
