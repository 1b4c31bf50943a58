//! The plan that is being written: how it differs from the one in force, and what each of its priorities
//! rests on.

use std::fmt::Write as _;

use wardmote_domain::plan::{Difference, differences};

use super::{Making, Papers};
use crate::board::pack::papers::{plain, table};
use crate::business::{Entry, PlanView};

const HEADINGS: [(&str, bool); 4] = [
    ("In the next plan", false),
    ("In the plan in force", false),
    ("Difference", false),
    ("Actions", true),
];

impl<'a> Making<'a> {
    /// Nothing where no other plan is being written.
    pub(in crate::board::pack) fn next_plan(&mut self, papers: &mut Papers) {
        let Some(plan) = self.next.as_ref().map(|next| next.plan) else { return };
        let priorities: Vec<(&'a Entry, Vec<String>)> = self
            .next
            .iter()
            .flat_map(PlanView::priorities)
            .map(|(_, one)| (one.priority, one.priority.evidence("cites")))
            .collect();
        let asked = |(_, cites): &&(&Entry, Vec<String>)| {
            cites.iter().any(|claim| self.answers.claims.contains_key(claim))
        };
        let (with, without): (Vec<_>, Vec<_>) = priorities.iter().partition(asked);
        let of = |some: &[&(&'a Entry, Vec<String>)]| -> Vec<&'a Entry> {
            some.iter().map(|(priority, _)| *priority).collect()
        };
        let all = priorities.iter().map(|(priority, _)| *priority);
        self.counts.count("next-priorities", "Priorities", "priorities of the next plan", all);
        self.counts.count(
            "next-without-finding",
            "Priorities without a finding",
            "priorities of the next plan that cite no finding of the assessment",
            of(&without),
        );
        let mut text = format!(
            "{}. Priorities: {{{{pack.next-priorities}}}}. Without a finding of the assessment: \
             {{{{pack.next-without-finding}}}}.\n\n![](table:next-plan)\n\n### What each priority rests \
             on\n\n",
            plain(&self.quoted(plan, "title"))
        );
        for (priority, cites) in &with {
            let found = cites.iter().filter(|claim| self.answers.claims.contains_key(*claim));
            let found: Vec<String> = found.map(|claim| self.finding(claim)).collect();
            let _ = writeln!(text, "- {}: {}", plain(priority.title()), found.join(" "));
        }
        for (priority, _) in &without {
            let why = priority.get("why");
            let why = if why.is_empty() { "no finding is named" } else { why };
            let _ = writeln!(text, "- {}: {}", plain(priority.title()), plain(why));
        }
        for (priority, _) in &priorities {
            self.quoted(priority, "title");
            self.quoted(priority, "why");
        }
        papers.table(
            "next-plan",
            "The next plan beside the one in force",
            &HEADINGS,
            self.difference_rows(),
        );
        papers.section("next-plan", "The next plan", text);
    }

    pub(in crate::board::pack) fn next_plan_slides(&self, papers: &mut Papers) {
        let Some(plan) = self.next.as_ref().map(|next| next.plan) else { return };
        let whole = table("", &HEADINGS, self.difference_rows());
        papers.table_slides(&format!("The next plan: {}", plain(plan.title())), &whole);
    }

    fn difference_rows(&self) -> Vec<Vec<String>> {
        let (Some(plan), Some(next)) = (&self.plan, &self.next) else { return Vec::new() };
        let book = self.sources.board.book;
        let n_actions = |reference: &str| {
            let mut priorities = next.priorities().map(|(_, one)| one);
            let one = priorities.find(|one| one.priority.reference() == reference);
            one.map(|one| one.actions.len().to_string()).unwrap_or_default()
        };
        let row = |line: &Difference| {
            let (is, was) = match line {
                Difference::Kept { was, is, .. } | Difference::Renamed { was, is } => {
                    (Some(is), Some(was))
                }
                Difference::New(is) => (Some(is), None),
                Difference::Dropped(was) => (None, Some(was)),
            };
            vec![
                is.map_or_else(|| "Not in it".to_owned(), |one| one.title.clone()),
                was.map(|one| one.title.clone()).unwrap_or_default(),
                line.words().to_owned(),
                is.map(|one| n_actions(&one.reference)).unwrap_or_default(),
            ]
        };
        differences(&plan.outlined(book), &next.outlined(book)).iter().map(row).collect()
    }
}
