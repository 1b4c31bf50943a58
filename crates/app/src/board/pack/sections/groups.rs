//! The groups, their reporting lines and which of them have lapsed.

use std::fmt::Write as _;

use wardmote_domain::board::Meeting;

use super::{Making, Papers};
use crate::board::pack::papers::plain;
use crate::board::state;
use crate::business::Entry;

impl Making<'_> {
    /// The groups, and which of them have not met as they said.
    pub(in crate::board::pack) fn groups(&mut self, papers: &mut Papers) {
        let board = self.sources.board;
        let states = board.groups(self.on());
        let lapsed: Vec<&Entry> = states
            .iter()
            .filter(|state| matches!(state.meeting, Meeting::Lapsed { .. }))
            .map(|state| state.group)
            .collect();
        let without_chair = states
            .iter()
            .filter(|state| state.chairs.is_empty() && state.cadence.is_some())
            .map(|state| state.group);
        self.counts.count(
            "groups",
            "Groups",
            "groups of the partnership that have not ended",
            states.iter().map(|state| state.group),
        );
        self.counts.count(
            "groups-lapsed",
            "Lapsed groups",
            "groups whose last meeting was held longer ago than their cadence allows",
            lapsed.iter().copied(),
        );
        self.counts.count(
            "groups-without-chair",
            "Groups without a chair",
            "groups that meet by a cadence and have no chair or co-chair in office",
            without_chair,
        );
        let mut text =
            "Groups: {{pack.groups}}. Lapsed: {{pack.groups-lapsed}}. Without a chair in \
                        office: {{pack.groups-without-chair}}.\n\n"
                .to_owned();
        for one in &states {
            let title = plain(&self.quoted(one.group, "title"));
            let to_be_set_up = state(one.group) == "to-be-set-up";
            if to_be_set_up {
                let _ = writeln!(text, "- {title}: to be set up");
            } else if matches!(one.meeting, Meeting::Lapsed { .. }) {
                let _ = writeln!(text, "- {title}: {}", one.meeting.in_words());
            } else if one.chairs.is_empty() && one.cadence.is_some() {
                let _ = writeln!(text, "- {title}: no chair in office");
            }
        }
        text += "\n![](chart:structure)\n";
        papers.section("groups", "Groups and reporting lines", text);
    }

    /// The diagram, under what it shows.
    pub(in crate::board::pack) fn group_slide(&self, papers: &mut Papers) {
        let states = self.sources.board.groups(self.on());
        if states.is_empty() {
            return;
        }
        let lapsed: Vec<&str> = states
            .iter()
            .filter(|state| matches!(state.meeting, Meeting::Lapsed { .. }))
            .map(|state| state.group.title())
            .collect();
        let title = if lapsed.is_empty() {
            "Groups: each meets as often as it said".to_owned()
        } else {
            format!("Groups not met as often as they said: {}", plain(&lapsed.join("; ")))
        };
        papers.slide(&title, Some("structure"), None);
    }
}
