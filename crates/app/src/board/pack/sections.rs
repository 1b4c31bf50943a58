//! Each section: what is asked, how the plan stands, what the measures allow to be said, what is due.

use std::fmt::Write as _;

use wardmote_domain::board::Meeting;
use wardmote_domain::clock::{Facts, date_in_words, route_dates, run};
use wardmote_domain::plan::{Progress, Staleness};
use wardmote_evidence::slides::chart_of;

use super::Making;
use super::papers::{Papers, plain};
use crate::board::{day, lines, state};
use crate::business::Entry;
use crate::commands::clock::explain::{due_in_words, timing_in_words};

/// A measure of the plan with what the evidence says of it.
pub(super) struct Measured<'a> {
    pub(super) entry: &'a Entry,
    pub(super) progress: Progress,
    /// The claim that it reads, if the assessment asks it.
    pub(super) claim: Option<String>,
    pub(super) chart: Option<String>,
}

impl<'a> Making<'a> {
    fn on(&self) -> jiff::civil::Date {
        self.sources.on
    }

    /// What is asked of the meeting, with its agenda.
    pub(super) fn decisions(&mut self, papers: &mut Papers) {
        let (board, meeting) = (self.sources.board, self.meeting);
        let mut wanted = board.decisions_of(meeting);
        wanted.retain(|one| state(one) == "wanted");
        self.counts.count(
            "decisions-wanted",
            "Decisions wanted",
            "decisions of this meeting that are wanted",
            wanted.iter().copied(),
        );
        let mut rows = Vec::new();
        for one in &wanted {
            rows.push(vec![
                one.reference().to_owned(),
                self.quoted(one, "title"),
                self.quoted(one, "why"),
                self.quoted(one, "owner"),
                said_day(one, "due"),
            ]);
        }
        papers.table(
            "decisions",
            "Decisions wanted",
            &[
                ("Reference", false),
                ("What is asked", false),
                ("Why", false),
                ("Who carries it out", false),
                ("By", false),
            ],
            rows,
        );
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

    /// The actions of the plan that is reported on.
    fn actions(&self) -> Vec<&'a Entry> {
        let plan = self.plan.iter();
        plan.flat_map(|plan| plan.actions().map(|(_, action)| action.action)).collect()
    }

    /// How the actions stand, by priority, and what its measures allow to be said of each.
    pub(super) fn progress(&mut self, papers: &mut Papers) {
        let on = self.on();
        let actions = self.actions();
        let in_state =
            |wanted: &'static str| actions.iter().copied().filter(move |one| state(one) == wanted);
        let is_open = |one: &&Entry| !matches!(state(one), "done" | "stopped");
        let late: Vec<&Entry> = actions
            .iter()
            .copied()
            .filter(is_open)
            .filter(|one| day(one, "due").is_some_and(|due| due < on))
            .collect();
        let is_stale = |stale: Staleness| !matches!(stale, Staleness::Fresh);
        let stale: Vec<&Entry> = self
            .plan
            .iter()
            .flat_map(|plan| plan.actions())
            .filter(|(_, action)| is_stale(action.staleness) && is_open(&action.action))
            .map(|(_, action)| action.action)
            .collect();
        self.counts.count("actions", "Actions", "actions of the plan", actions.iter().copied());
        for (field, wanted, label) in [
            ("actions-done", "done", "Actions done"),
            ("actions-under-way", "under-way", "Actions under way"),
            ("actions-not-started", "not-started", "Actions not started"),
            ("actions-stopped", "stopped", "Actions stopped"),
        ] {
            let query = format!("actions of the plan whose state is {wanted}");
            self.counts.count(field, label, &query, in_state(wanted));
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
            stale.iter().copied(),
        );
        let mut text = String::new();
        if let Some(plan) = self.plan.as_ref().map(|plan| plan.plan) {
            let _ = writeln!(text, "{}.\n", plain(&self.quoted(plan, "title")));
        }
        text += "Actions: {{pack.actions}}. Done: {{pack.actions-done}}. Under way: \
                 {{pack.actions-under-way}}. Not started: {{pack.actions-not-started}}. Stopped: \
                 {{pack.actions-stopped}}. Open past their day: {{pack.actions-late}}. Open without recent \
                 news from their owner: {{pack.actions-stale}}.\n\n";
        self.progress_table(papers);
        if !actions.is_empty() {
            text += "![](table:progress)\n\n";
        }
        if !late.is_empty() {
            let mut rows = Vec::new();
            for one in &late {
                rows.push(vec![
                    one.reference().to_owned(),
                    self.quoted(one, "title"),
                    self.quoted(one, "owner"),
                    said_day(one, "due"),
                    self.quoted(one, "progress"),
                ]);
            }
            papers.table(
                "late",
                "Actions that are open past their day",
                &[
                    ("Reference", false),
                    ("Action", false),
                    ("Owner", false),
                    ("Due", false),
                    ("What the owner says", false),
                ],
                rows,
            );
            text += "### Past their day\n\n![](table:late)\n";
        }
        papers.section("progress", "Progress of the plan", text);
    }

    fn progress_table(&mut self, papers: &mut Papers) {
        let priorities: Vec<(&Entry, &Entry, [usize; 4], Progress, Option<&str>)> = self
            .plan
            .iter()
            .flat_map(|plan| plan.priorities())
            .map(|(theme, one)| {
                let n = |wanted: &str| {
                    one.actions.iter().filter(|action| state(action.action) == wanted).count()
                };
                let states = ["done", "under-way", "not-started", "stopped"].map(n);
                (theme.theme, one.priority, states, one.progress, one.differ)
            })
            .collect();
        let mut rows = Vec::new();
        for (theme, priority, [done, under_way, not_started, stopped], measured, differ) in
            priorities
        {
            self.quoted(theme, "title");
            self.quoted(priority, "judgement-why");
            let of = done + under_way + not_started + stopped;
            rows.push(vec![
                self.quoted(priority, "title"),
                theme.title().to_owned(),
                format!("{done} of {of}"),
                measured.words().to_owned(),
                capital(&priority.get("judgement").replace('-', " ")),
                differ.unwrap_or_default().to_owned(),
            ]);
        }
        papers.table(
            "progress",
            "Priorities: what was done, what the measures show, what the owner judges",
            &[
                ("Priority", false),
                ("Theme", false),
                ("Actions done", true),
                ("Measured", false),
                ("Judged", false),
                ("Why they differ", false),
            ],
            rows,
        );
    }

    /// The measures of the plan's actions with the claims that they read, each once.
    pub(super) fn measured(&self) -> Vec<Measured<'a>> {
        let mut measured: Vec<Measured<'a>> = Vec::new();
        let plan = self.plan.iter();
        let actions = plan.flat_map(|plan| plan.actions().map(|(_, action)| action));
        for measure in actions.flat_map(|action| &action.measures) {
            if measured.iter().any(|one| one.entry.id == measure.measure.id) {
                continue;
            }
            let mut read = measure.measure.evidence("reads").into_iter();
            let claim = read.find(|claim| self.answers.claims.contains_key(claim));
            let chart = claim
                .as_ref()
                .and_then(|claim| chart_of(self.sources.folder, &format!("{{{{{claim}}}}}")));
            measured.push(Measured {
                entry: measure.measure,
                progress: measure.progress,
                claim,
                chart,
            });
        }
        measured
    }

    /// What each measure allows to be said.
    pub(super) fn measures(&mut self, papers: &mut Papers) {
        let measured = self.measured();
        for measure in &measured {
            self.quoted(measure.entry, "title");
            self.quoted(measure.entry, "missing");
        }
        let mut text = "The words are those that the test of each allows, and the numbers lead to \
             where they come from. What no test found is not the same as no change.\n\n"
            .to_owned();
        let mut rows = Vec::new();
        let mut charts: Vec<&String> = Vec::new();
        for one in &measured {
            let Some(claim) = &one.claim else { continue };
            let _ = writeln!(text, "- {}: {{{{{claim}}}}}.", plain(one.entry.title()));
            rows.push(self.measure_row(one, claim));
            if let Some(chart) = &one.chart
                && !charts.contains(&chart)
            {
                charts.push(chart);
            }
        }
        papers.table(
            "measures",
            "Measures of the plan",
            &[
                ("Measure", false),
                ("Figure", true),
                ("95% interval", true),
                ("Based on", true),
                ("What may be said", false),
            ],
            rows,
        );
        if measured.iter().any(|one| one.claim.is_some()) {
            text += "\n![](table:measures)\n\n";
        }
        let without: Vec<&Measured<'_>> =
            measured.iter().filter(|one| one.claim.is_none()).collect();
        if !without.is_empty() {
            text += "\n### Measures without a figure\n\n";
            for one in without {
                let why = one.entry.get("missing");
                let why = if why.is_empty() { "no figure yet" } else { why };
                let _ = writeln!(text, "- {}: {}", plain(one.entry.title()), plain(why));
            }
            text.push('\n');
        }
        for chart in charts {
            let _ = writeln!(text, "![](chart:{chart})\n");
        }
        papers.section("measures", "What the measures show", text);
    }

    fn measure_row(&self, one: &Measured<'_>, claim: &str) -> Vec<String> {
        let two = wardmote_evidence::numbers::two_decimals;
        let answer = self.answers.claims.get(claim);
        let figure = answer.and_then(|answer| self.answers.figures.get(&answer.figure));
        let interval = figure.and_then(|figure| figure.interval);
        vec![
            one.entry.title().to_owned(),
            figure.map(|figure| figure.text.clone()).unwrap_or_default(),
            interval.map_or_else(|| "none".into(), |(l, u)| format!("{} to {}", two(l), two(u))),
            figure
                .map(|figure| wardmote_evidence::numbers::thousands(figure.n))
                .unwrap_or_default(),
            one.progress.words().to_owned(),
        ]
    }

    pub(super) fn spotlights(&mut self, papers: &mut Papers) {
        for spotlight in self.spotlights.clone() {
            let id = format!("spotlight-{}", spotlight.name);
            papers.section(&id, &format!("Spotlight: {}", spotlight.title), spotlight.markdown);
        }
    }

    /// Duties, and the clocks that are of no case.
    pub(super) fn duties(&mut self, papers: &mut Papers) -> anyhow::Result<()> {
        let board = self.sources.board;
        let mut rows = Vec::new();
        for duty in board.all("duties") {
            rows.push(vec![
                self.quoted(duty, "title"),
                self.quoted(duty, "law"),
                self.quoted(duty, "owner"),
                capital(&state(duty).replace('-', " ")),
                said_day(duty, "due"),
                self.quoted(duty, "next"),
            ]);
        }
        let unmet = board.all("duties").into_iter().filter(|one| state(one) != "met");
        self.counts.count("duties", "Duties", "duties of the register", board.all("duties"));
        self.counts.count("duties-unmet", "Duties not met", "duties whose state is not met", unmet);
        let mut text = "Duties in the register: {{pack.duties}}. Not wholly met: \
                        {{pack.duties-unmet}}.\n\n"
            .to_owned();
        if !rows.is_empty() {
            text += "![](table:duties)\n\n";
        }
        papers.table(
            "duties",
            "Duties, their state and what is due next",
            &[
                ("Duty", false),
                ("Law", false),
                ("Owner", false),
                ("State", false),
                ("Next due", false),
                ("What is due", false),
            ],
            rows,
        );
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

    /// The open risks, the highest first. Those that are not OFFICIAL are not among them.
    pub(super) fn risks(&mut self, papers: &mut Papers) {
        let number = |entry: &Entry, field: &str| entry.get(field).parse::<u32>().unwrap_or(0);
        let score = |entry: &Entry| number(entry, "likelihood") * number(entry, "impact");
        let mut open: Vec<&Entry> = self
            .sources
            .board
            .all("risks")
            .into_iter()
            .filter(|risk| state(risk) == "open")
            .collect();
        open.sort_by_key(|risk| (std::cmp::Reverse(score(risk)), risk.reference().to_owned()));
        self.counts.count("risks", "Open risks", "risks that are open", open.iter().copied());
        let mut rows = Vec::new();
        for risk in &open {
            rows.push(vec![
                self.quoted(risk, "title"),
                number(risk, "likelihood").to_string(),
                number(risk, "impact").to_string(),
                score(risk).to_string(),
                self.quoted(risk, "response"),
                self.quoted(risk, "owner"),
                said_day(risk, "due"),
            ]);
        }
        let mut text =
            "Open risks: {{pack.risks}}, the highest score first. A score is likelihood \
                        times impact, each from one to five.\n\n"
                .to_owned();
        if !rows.is_empty() {
            text += "![](table:risks)\n";
        }
        papers.table(
            "risks",
            "Open risks",
            &[
                ("Risk", false),
                ("Likelihood", true),
                ("Impact", true),
                ("Score", true),
                ("Response", false),
                ("Owner", false),
                ("Review by", false),
            ],
            rows,
        );
        papers.section("risks", "Risks", text);
    }

    /// The groups, and which of them have not met as they said.
    pub(super) fn groups(&mut self, papers: &mut Papers) {
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
        for state in &states {
            self.quoted(state.group, "title");
        }
        let chart = super::structure(board, self.on());
        papers.tables.insert("groups".into(), chart.table);
        let text = "Groups: {{pack.groups}}. Lapsed: {{pack.groups-lapsed}}. Without a chair in \
                    office: {{pack.groups-without-chair}}.\n\n![](chart:structure)\n\n![](table:groups)\n";
        papers.section("groups", "Groups and reporting lines", text.to_owned());
    }

    /// The forward plan, and the routes with their paper deadlines.
    pub(super) fn to_come(&mut self, papers: &mut Papers) -> anyhow::Result<()> {
        let (board, law, on) = (self.sources.board, self.sources.law, self.on());
        let mut text = String::new();
        let to_come: Vec<&Entry> = board
            .all("forward-plan")
            .into_iter()
            .filter(|one| state(one) == "to-come" && day(one, "due").is_some_and(|due| due >= on))
            .collect();
        let mut rows = Vec::new();
        let mut routes: Vec<String> = Vec::new();
        for one in &to_come {
            rows.push(vec![
                said_day(one, "due"),
                board.title_of(one, "group"),
                self.quoted(one, "title"),
                capital(one.get("kind")),
                self.quoted(one, "owner"),
            ]);
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
        papers.table(
            "forward-plan",
            "Forward plan",
            &[("When", false), ("Group", false), ("What", false), ("For", false), ("Owner", false)],
            rows,
        );
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

    /// Decisions of earlier meetings that are still to be carried out.
    pub(super) fn decided(&mut self, papers: &mut Papers) {
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

/// A day in words, or nothing.
fn said_day(entry: &Entry, field: &str) -> String {
    day(entry, field).map(date_in_words).unwrap_or_default()
}

pub(super) fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
