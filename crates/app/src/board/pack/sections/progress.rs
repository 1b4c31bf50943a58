//! How the plan in force stands, by its actions and priorities.

use std::fmt::Write as _;

use wardmote_domain::plan::Staleness;

use super::{Making, Papers, capital, said_day};
use crate::board::pack::papers::{plain, table};
use crate::board::{day, state};
use crate::business::{ActionView, Entry, PlanView, PriorityView, ThemeView};

/// What is counted of the actions, as prose binds it, with the words before it.
const COUNTED: [(&str, &str); 7] = [
    ("Actions in the plan", "actions"),
    ("Done", "actions-done"),
    ("Under way", "actions-under-way"),
    ("Not started", "actions-not-started"),
    ("Stopped", "actions-stopped"),
    ("Open past their day", "actions-late"),
    ("Open without recent news from their owner", "actions-stale"),
];

fn is_open(action: &Entry) -> bool {
    !matches!(state(action), "done" | "stopped")
}

impl<'a> Making<'a> {
    /// The actions of the plan in force.
    fn actions(&self) -> Vec<&'a Entry> {
        self.plan.iter().flat_map(PlanView::actions).map(|(_, action)| action.action).collect()
    }

    /// How the actions stand, and of each priority what its measures allow to be said.
    pub(in crate::board::pack) fn progress(&mut self, papers: &mut Papers) {
        let late = self.late();
        let stale = self.stale();
        self.count_actions(&late, &stale);
        let mut text = String::new();
        if let Some(plan) = self.plan.as_ref().map(|plan| plan.plan) {
            let title = self.quoted(plan, "title");
            let _ = writeln!(text, "{}, as of {}.\n", plain(&title), self.on_in_words());
        }
        text += &counted();
        for (index, (theme, rows)) in self.themes().into_iter().enumerate() {
            let (id, title) = (format!("progress-{}", index + 1), self.quoted(theme, "title"));
            papers.table(&id, &title, &HEADINGS, rows);
            let _ = writeln!(text, "\n![](table:{id})\n");
        }
        let late = self.late_rows(&late);
        if !late.is_empty() {
            papers.table("late", "Open past their day", &LATE, late);
            text += "### Past their day\n\n![](table:late)\n\n";
        }
        let stale = self.stale_rows(&stale);
        if !stale.is_empty() {
            papers.table("stale", "Open without recent news", &STALE, stale);
            text += "### Without recent news\n\n![](table:stale)\n";
        }
        papers.section("progress", "Progress of the plan", text);
    }

    /// The same on slides: the counts, then each priority.
    pub(in crate::board::pack) fn progress_slides(&mut self, papers: &mut Papers) {
        let Some(plan) = self.plan.as_ref().map(|plan| plan.plan) else { return };
        papers.slide(&format!("Progress: {}", plain(plan.title())), None, Some(counted()));
        let rows = self.themes().into_iter().flat_map(|(_, rows)| rows).collect();
        papers.table_slides("Progress by priority", &table("", &HEADINGS, rows));
        let late = self.late();
        let rows = self.late_rows(&late);
        papers.table_slides("Actions past their day", &table("", &LATE, rows));
        let stale = self.stale();
        let rows = self.stale_rows(&stale);
        papers.table_slides("Actions without recent news", &table("", &STALE, rows));
    }

    /// The open actions whose day is past.
    fn late(&self) -> Vec<&'a Entry> {
        let on = self.on();
        let is_late = |one: &Entry| is_open(one) && day(one, "due").is_some_and(|due| due < on);
        self.actions().into_iter().filter(|one| is_late(one)).collect()
    }

    fn count_actions(&mut self, late: &[&Entry], stale: &[(&'a Entry, Staleness)]) {
        let actions = self.actions();
        self.counts.count("actions", "Actions", "actions of the plan", actions.iter().copied());
        for (field, wanted, label) in [
            ("actions-done", "done", "Actions done"),
            ("actions-under-way", "under-way", "Actions under way"),
            ("actions-not-started", "not-started", "Actions not started"),
            ("actions-stopped", "stopped", "Actions stopped"),
        ] {
            let query = format!("actions of the plan whose state is {}", wanted.replace('-', " "));
            let in_state = actions.iter().copied().filter(|one| state(one) == wanted);
            self.counts.count(field, label, &query, in_state);
        }
        self.counts.count(
            "actions-late",
            "Actions past their day",
            "actions of the plan that are open and whose day is past",
            late.iter().copied(),
        );
        self.counts.count(
            "actions-stale",
            "Actions without recent news",
            "actions of the plan that are open and whose owner has said nothing within the time that the \
             partnership asks for",
            stale.iter().map(|(action, _)| *action),
        );
    }

    /// The open actions of whose owners too little was heard, the longest silent first.
    fn stale(&self) -> Vec<(&'a Entry, Staleness)> {
        let actions = self.plan.iter().flat_map(PlanView::actions);
        let is_stale = |action: &ActionView<'_>| {
            is_open(action.action) && !matches!(action.staleness, Staleness::Fresh)
        };
        let stale = actions.map(|(_, action)| action).filter(|action| is_stale(action));
        let mut stale: Vec<(&Entry, Staleness)> =
            stale.map(|action| (action.action, action.staleness)).collect();
        stale.sort_by_key(|(_, staleness)| match staleness {
            Staleness::Stale { days } => Some(std::cmp::Reverse(*days)),
            _ => None,
        });
        stale
    }

    fn stale_rows(&mut self, stale: &[(&Entry, Staleness)]) -> Vec<Vec<String>> {
        let row = |(action, staleness): &(&Entry, Staleness)| {
            let last = match staleness {
                Staleness::Stale { days } => {
                    format!("{}, {days} days before", said_day(action, "progress-on"))
                }
                _ => "Nothing yet".to_owned(),
            };
            vec![self.quoted(action, "title"), self.quoted(action, "owner"), last]
        };
        stale.iter().map(row).collect()
    }

    fn late_rows(&mut self, late: &[&Entry]) -> Vec<Vec<String>> {
        let row = |one: &&Entry| {
            vec![
                self.quoted(one, "title"),
                self.quoted(one, "owner"),
                said_day(one, "due"),
                self.quoted(one, "progress"),
            ]
        };
        late.iter().map(row).collect()
    }

    /// Each theme with a row for each of its priorities.
    fn themes(&mut self) -> Vec<(&'a Entry, Vec<Vec<String>>)> {
        let rows = |theme: &ThemeView<'a>| {
            (theme.theme, theme.priorities.iter().map(priority_row).collect::<Vec<_>>())
        };
        let themes: Vec<_> = self.plan.iter().flat_map(|plan| &plan.themes).map(rows).collect();
        let mut all = Vec::new();
        for (theme, priorities) in themes {
            let mut of_theme = Vec::new();
            for (priority, row) in priorities {
                self.quoted(priority, "title");
                self.quoted(priority, "judgement-why");
                of_theme.push(row);
            }
            all.push((theme, of_theme));
        }
        all
    }
}

const HEADINGS: [(&str, bool); 5] = [
    ("Priority", false),
    ("Actions done", true),
    ("Measures say", false),
    ("Owner judges", false),
    ("Where the two differ", false),
];
const LATE: [(&str, bool); 4] =
    [("Action", false), ("Owner", false), ("Due", false), ("What the owner says", false)];
const STALE: [(&str, bool); 3] = [("Action", false), ("Owner", false), ("Last heard", false)];

fn priority_row<'a>(one: &PriorityView<'a>) -> (&'a Entry, Vec<String>) {
    let done = one.actions.iter().filter(|action| state(action.action) == "done").count();
    let judged = capital(&one.priority.get("judgement").replace('-', " "));
    let why = one.priority.get("judgement-why");
    let judged = if why.is_empty() { judged } else { format!("{judged}. {why}") };
    let row = vec![
        one.priority.title().to_owned(),
        format!("{done} of {}", one.actions.len()),
        one.progress.words().to_owned(),
        judged,
        one.differ.unwrap_or_default().to_owned(),
    ];
    (one.priority, row)
}

fn counted() -> String {
    let line = |(words, field): &(&str, &str)| format!("- {words}: {{{{pack.{field}}}}}");
    COUNTED.iter().map(line).collect::<Vec<_>>().join("\n") + "\n"
}
