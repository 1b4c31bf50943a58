//! Pages of the plan from what is published.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use wardmote_domain::plan::{Difference, Outlined, differences};
use wardmote_evidence::numbers::thousands;
use wardmote_records::registers::FieldRole;
use wardmote_reports::site::{
    AlignmentPage, DutiesPage, DutyGroup, DutyShown, ItemLink, LatestMeasure, PlanLine, PlanPage,
    PlanTheme, PlannedAction, PriorityPage, Sentence, ToldEvent, ToldPage,
};
use wardmote_reports::{Column, Table};

use super::{PublicPlan, Rows};
use crate::business::{
    ActionView, Entry, MeasureView, PlanView, PriorityView, Reading, plan_in_force,
};
use crate::commands::plan::alignment::{Aligned, aligned, miscounted};
use crate::place::{date_in_words, today};

impl PublicPlan {
    pub(super) fn view<'a>(&'a self, plan: &'a Entry) -> PlanView<'a> {
        PlanView::new(&self.book, plan, &self.readings, today(), self.stale_after_days)
    }

    /// A field's value as readers see it.
    pub(super) fn shown(&self, entry: &Entry, field: &str) -> String {
        let value = entry.get(field);
        let register = self.registers.as_ref().and_then(|all| all.get(&entry.register));
        let shown = register.and_then(|one| one.field(field)).map_or(value, |one| one.shown(value));
        if shown.len() == 10 { in_words(shown) } else { shown.to_owned() }
    }

    /// A field with its label, where it says something.
    fn fact(&self, entry: &Entry, field: &str) -> Option<(String, String)> {
        let register = self.registers.as_ref().and_then(|all| all.get(&entry.register));
        let label = register.and_then(|one| one.field(field))?.label.clone();
        let shown = if field == "due" { self.due(entry) } else { self.shown(entry, field) };
        (!shown.is_empty()).then_some((label, shown))
    }

    /// Whether its day has passed and something is still to be done.
    fn is_overdue(&self, entry: &Entry) -> bool {
        let register = self.registers.as_ref().and_then(|all| all.get(&entry.register));
        let state = register.and_then(|one| one.role(FieldRole::State));
        let is_closed = state.is_some_and(|field| {
            let stands = entry.get(&field.id);
            field.choices.iter().any(|choice| choice.closed && choice.id == stands)
        });
        !is_closed && entry.get("due").parse().is_ok_and(|day: jiff::civil::Date| day < today())
    }

    /// The day on which it is due, and whether that has passed.
    fn due(&self, entry: &Entry) -> String {
        let passed = if self.is_overdue(entry) { " (overdue)" } else { "" };
        format!("{}{passed}", self.shown(entry, "due"))
    }

    fn facts(&self, entry: &Entry, fields: &[&str]) -> Vec<(String, String)> {
        fields.iter().filter_map(|field| self.fact(entry, field)).collect()
    }
}

/// A day as pages write it; what is none stays as it is.
fn in_words(text: &str) -> String {
    text.parse().map_or_else(|_| text.to_owned(), date_in_words)
}

pub(super) fn link(entry: &Entry) -> ItemLink {
    let reference = entry.reference();
    let address = match entry.register.as_str() {
        "plans" => format!("plan/plans/{reference}"),
        "priorities" => format!("plan/priorities/{reference}"),
        "engagement" => format!("plan/told#event-{reference}"),
        "objectives" | "strategies" => "plan/alignment".to_owned(),
        _ => String::new(),
    };
    ItemLink { reference: reference.to_owned(), title: entry.title().to_owned(), address }
}

/// The same, where an action stands on its priority's page and a quotation on its event's.
pub(super) fn link_within(plan: &PublicPlan, entry: &Entry) -> ItemLink {
    let mut link = link(entry);
    let above = |field: &str| plan.book.by_id(entry.get(field)).map(Entry::reference);
    if let ("actions", Some(priority)) = (entry.register.as_str(), above("priority")) {
        link.address = format!("plan/priorities/{priority}#action-{}", link.reference);
    }
    if let ("voices", Some(event)) = (entry.register.as_str(), above("engagement")) {
        link.address = format!("plan/told#event-{event}");
    }
    link
}

fn sentence(reading: &Reading) -> Sentence {
    Sentence {
        text: reading.sentence.clone(),
        address: format!("assessment/figures.html#{}", reading.anchor),
    }
}

fn table(caption: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Table {
    let column = |heading: &&str| Column { heading: (*heading).to_owned(), numeric: false };
    let columns = headings.iter().map(column).collect();
    Table { caption: caption.to_owned(), columns, rows, note: None }
}

pub(super) fn priorities(plan: &PublicPlan) -> Vec<ItemLink> {
    let Some(shown) = plan_in_force(&plan.book, &plan.plan) else { return Vec::new() };
    plan.view(shown).priorities().map(|(_, one)| link(one.priority)).collect()
}

/// Priorities by the anchor of each figure that they rest on, or that their actions are measured by.
pub(super) fn cited_by(plan: &PublicPlan) -> BTreeMap<String, Vec<ItemLink>> {
    let mut found: BTreeMap<String, Vec<ItemLink>> = BTreeMap::new();
    let Some(shown) = plan_in_force(&plan.book, &plan.plan) else { return found };
    let mut add = |reading: &Reading, to: ItemLink| {
        let links = found.entry(reading.anchor.clone()).or_default();
        if !links.contains(&to) {
            links.push(to);
        }
    };
    let view = plan.view(shown);
    for (_, one) in view.priorities() {
        let readings = one.findings.iter().filter_map(|finding| finding.reading);
        readings.for_each(|reading| add(reading, link(one.priority)));
        for measure in one.actions.iter().flat_map(|action| &action.measures) {
            measure.readings.iter().for_each(|reading| add(reading, link(one.priority)));
        }
    }
    found
}

pub(super) fn plan(plan: &PublicPlan, named: Option<&str>) -> Option<PlanPage> {
    let shown = match named {
        Some(reference) => plan.book.called("plans", reference)?,
        None => plan_in_force(&plan.book, &plan.plan)?,
    };
    let view = plan.view(shown);
    let line = |one: &PriorityView<'_>| {
        let done = one.actions.iter().filter(|action| action.action.get("state") == "done").count();
        PlanLine {
            link: link(one.priority),
            measured: one.progress.words().to_owned(),
            judged: plan.shown(one.priority, "judgement"),
            done: format!("{done} of {}", one.actions.len()),
        }
    };
    let themes = view.themes.iter().map(|theme| PlanTheme {
        title: theme.theme.title().to_owned(),
        priorities: theme.priorities.iter().map(line).collect(),
    });
    let milestone = |one: &&Entry| {
        let owner = one.get("owner").to_owned();
        vec![one.title().to_owned(), plan.due(one), plan.shown(one, "state"), owner]
    };
    let milestones = view.milestones.iter().map(milestone).collect();
    let headings = ["Milestone", "Day", "State", "Owner"];
    let earlier = plan.book.linked(shown, "replaces").first().copied();
    let (from, to) = (plan.shown(shown, "from"), plan.shown(shown, "to"));
    Some(PlanPage {
        title: shown.title().to_owned(),
        period: format!("{from} to {to}. {}", plan.shown(shown, "state")),
        summary: shown.get("summary").to_owned(),
        themes: themes.collect(),
        milestones: table("Milestones", &headings, milestones),
        differences: earlier.map(|earlier| difference(plan, earlier, &view)),
        plans: plan.book.all("plans").map(link).collect(),
        measured_on: plan.readings.published.map(date_in_words),
    })
}

fn difference(plan: &PublicPlan, earlier: &Entry, view: &PlanView<'_>) -> Table {
    let was = plan.view(earlier).outlined(&plan.book);
    let cell = |one: Option<&Outlined>| one.map(|one| one.title.clone()).unwrap_or_default();
    let row = |line: &Difference| {
        let (was, is) = match line {
            Difference::Kept { was, is, .. } | Difference::Renamed { was, is } => {
                (Some(was), Some(is))
            }
            Difference::New(is) => (None, Some(is)),
            Difference::Dropped(was) => (Some(was), None),
        };
        vec![line.words().to_owned(), cell(was), cell(is)]
    };
    let rows = differences(&was, &view.outlined(&plan.book)).iter().map(row).collect();
    let caption = format!("Priorities of {} and of this plan", earlier.title());
    table(&caption, &["What happened", "Then", "Now"], rows)
}

pub(super) fn priority(plan: &PublicPlan, reference: &str) -> Option<PriorityPage> {
    let book = &plan.book;
    let entry = book.called("priorities", reference)?;
    let theme = book.by_id(entry.get("theme"))?;
    let of = book.by_id(theme.get("plan"))?;
    let view = PriorityView::new(book, entry, &plan.readings, today(), plan.stale_after_days);
    let gone = view.findings.iter().filter(|finding| finding.reading.is_none());
    let money = |one: &Entry| match one.get("amount") {
        "" => String::new(),
        amount => format!("£{}", thousands(amount.parse().unwrap_or(0))),
    };
    let resources: Vec<Vec<String>> = book
        .below("resources", "priority", entry)
        .map(|one| {
            let from = one.get("from-whom").to_owned();
            let year = one.get("year").to_owned();
            vec![one.title().to_owned(), plan.shown(one, "kind"), money(one), from, year]
        })
        .collect();
    let headings = ["What", "Kind", "Amount", "From whom", "Year"];
    let mut told = book.linked(entry, "answers");
    told.extend(book.linking("bears-on", &entry.id));
    for action in &view.actions {
        told.extend(book.linked(action.action, "answers"));
    }
    let mut told: Vec<ItemLink> = told.into_iter().map(|one| link_within(plan, one)).collect();
    let mut seen = std::collections::BTreeSet::new();
    told.retain(|one| seen.insert(one.reference.clone()));
    let judged_on = plan.shown(entry, "judged-on");
    let judged_why = entry.get("judgement-why").to_owned();
    let judged_why = if judged_why.is_empty() || judged_on.is_empty() {
        judged_why
    } else {
        format!("{judged_why} Judged on {judged_on}.")
    };
    Some(PriorityPage {
        link: link(entry),
        plan: link(of),
        theme: theme.title().to_owned(),
        owner: entry.get("owner").to_owned(),
        why: entry.get("why").to_owned(),
        measured: view.progress.words().to_owned(),
        judged: plan.shown(entry, "judgement"),
        judged_why,
        differ: view.differ.map(str::to_owned),
        findings: view.findings.iter().filter_map(|one| one.reading).map(sentence).collect(),
        gone: gone.map(|finding| finding.key.clone()).collect(),
        actions: view.actions.iter().map(|one| action(plan, one)).collect(),
        told,
        serves: book.linked(entry, "serves").into_iter().map(link).collect(),
        resources: (!resources.is_empty()).then(|| table("Resources", &headings, resources)),
    })
}

fn action(plan: &PublicPlan, view: &ActionView<'_>) -> PlannedAction {
    let entry = view.action;
    PlannedAction {
        anchor: format!("action-{}", entry.reference()),
        reference: entry.reference().to_owned(),
        title: entry.title().to_owned(),
        facts: plan.facts(entry, &["state", "owner", "due", "progress-on"]),
        progress: entry.get("progress").to_owned(),
        measures: view.measures.iter().map(latest).collect(),
    }
}

pub(super) fn latest(view: &MeasureView<'_>) -> LatestMeasure {
    let interval = match view.readings.as_slice() {
        // Many sentences say it themselves.
        [only] if !only.sentence.contains("95% interval") => only.interval.clone(),
        _ => None,
    };
    LatestMeasure {
        title: view.measure.title().to_owned(),
        words: view.progress.words().to_owned(),
        said: view.readings.iter().map(|reading| sentence(reading)).collect(),
        interval,
        missing: if view.readings.is_empty() { view.said() } else { String::new() },
    }
}

pub(super) fn duties(plan: &PublicPlan) -> DutiesPage {
    let kinds = [
        ("of-the-partnership", "Duties of the partnership"),
        ("neighbouring", "Duties beside them"),
    ];
    let fields = ["state", "law", "owner", "cycle", "last-done", "due", "next", "evidence"];
    let shown = |duty: &Entry| {
        let items = plan.book.linked(duty, "shown-by").into_iter();
        let mut shown_by: Vec<ItemLink> = items.map(|one| link_within(plan, one)).collect();
        for key in duty.evidence("shown-by") {
            let Some(reading) = plan.readings.get(&key) else { continue };
            let Sentence { text, address } = sentence(reading);
            shown_by.push(ItemLink { reference: String::new(), title: text, address });
        }
        DutyShown { title: duty.title().to_owned(), facts: plan.facts(duty, &fields), shown_by }
    };
    let group = |(kind, title): (&str, &str)| DutyGroup {
        title: title.to_owned(),
        duties: plan
            .book
            .all("duties")
            .filter(|duty| duty.get("kind") == kind)
            .map(shown)
            .collect(),
    };
    let groups = kinds.into_iter().map(group).filter(|group| !group.duties.is_empty());
    DutiesPage { groups: groups.collect() }
}

pub(super) fn told(plan: &PublicPlan) -> ToldPage {
    let book = &plan.book;
    let mut events: Vec<&Entry> = book.all("engagement").collect();
    events.sort_by_key(|event| std::cmp::Reverse(event.get("date").to_owned()));
    let shown = |event: &Entry| {
        let voices: Vec<&Entry> = book.below("voices", "engagement", event).collect();
        let mut answers = book.linking("answers", &event.id);
        for voice in &voices {
            answers.extend(book.linking("answers", &voice.id));
        }
        let due = plan.shown(event, "due");
        let answer = match (event.get("state"), due.is_empty()) {
            ("planned", _) if event.get("date") < today().to_string().as_str() => {
                "Its day has passed, and nothing is written down yet.".to_owned()
            }
            ("planned", _) => "It is still to come.".to_owned(),
            (_, false) if plan.is_overdue(event) => {
                format!("An answer was due by {due}, and none is written down.")
            }
            (_, false) => format!("An answer is due by {due}."),
            (_, true) => "No answer is written down yet.".to_owned(),
        };
        let quotations = voices.iter().map(|voice| voice.get("quotation").to_owned());
        ToldEvent {
            link: link(event),
            anchor: format!("event-{}", event.reference()),
            date: plan.shown(event, "date"),
            who: event.get("who").to_owned(),
            said: event.get("said").to_owned(),
            quotations: quotations.filter(|text| !text.is_empty()).collect(),
            changed: event.get("changed").to_owned(),
            answer,
            answered_by: answers.into_iter().map(|one| link_within(plan, one)).collect(),
        }
    };
    ToldPage { events: events.into_iter().map(shown).collect() }
}

pub(super) fn alignment(plan: &PublicPlan) -> AlignmentPage {
    let all = aligned(&plan.book);
    let mut notes = miscounted(&plan.book);
    let row = |one: &&Aligned<'_>| {
        let served: Vec<String> = one
            .served_by
            .iter()
            .map(|entry| format!("{} {}", entry.reference(), entry.title()))
            .collect();
        let why = one.objective.get("why-not");
        let by = if served.is_empty() { why.to_owned() } else { served.join("; ") };
        let kind = plan.shown(one.objective, "kind");
        vec![one.objective.title().to_owned(), kind, one.words().to_owned(), by]
    };
    let headings = ["Objective", "Kind", "Here", "Served by, or why it is not local"];
    let of = |strategy: &Entry| {
        let rows: Vec<_> =
            all.iter().filter(|one| one.strategy.id == strategy.id).map(|one| row(&one)).collect();
        let position = notes.iter().position(|note| note.starts_with(strategy.title()));
        let miscounted = position.map(|index| notes.remove(index));
        let said = [strategy.get("note").to_owned(), miscounted.unwrap_or_default()];
        let note = said.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ");
        let mut table = table(strategy.title(), &headings, rows);
        table.note = (!note.is_empty()).then_some(note);
        table
    };
    let plans = plan.book.all("strategies").map(of).filter(|table| !table.rows.is_empty());
    AlignmentPage { plans: plans.collect() }
}

pub(in super::super) fn api_priorities(plan: &PublicPlan) -> Rows {
    let row = |entry: &Entry| {
        let view =
            PriorityView::new(&plan.book, entry, &plan.readings, today(), plan.stale_after_days);
        let theme = plan.book.by_id(entry.get("theme"));
        let of = theme.and_then(|theme| plan.book.by_id(theme.get("plan")));
        vec![
            json!(of.map(Entry::reference)),
            json!(theme.map(Entry::title)),
            json!(entry.reference()),
            json!(entry.title()),
            json!(view.progress),
            json!(entry.get("judgement")),
            json!(view.differ),
            json!(entry.evidence("cites").join("; ")),
        ]
    };
    let columns = &["plan", "theme", "reference", "title", "measured", "judged", "differ", "cites"];
    (columns, plan.book.all("priorities").map(row).collect())
}

pub(in super::super) fn api_actions(plan: &PublicPlan) -> Rows {
    let row = |entry: &Entry| {
        let priority = plan.book.by_id(entry.get("priority")).map(Entry::reference);
        let measures: Vec<&str> =
            plan.book.linked(entry, "measured-by").into_iter().map(Entry::reference).collect();
        vec![
            json!(priority),
            json!(entry.reference()),
            json!(entry.title()),
            text(entry, "owner"),
            text(entry, "state"),
            text(entry, "due"),
            text(entry, "progress"),
            text(entry, "progress-on"),
            json!(measures.join("; ")),
        ]
    };
    let columns = &[
        "priority",
        "reference",
        "title",
        "owner",
        "state",
        "due",
        "progress",
        "progress_on",
        "measured_by",
    ];
    (columns, plan.book.all("actions").map(row).collect())
}

pub(in super::super) fn api_measures(plan: &PublicPlan) -> Rows {
    let row = |entry: &Entry| {
        let view = MeasureView::new(entry, &plan.readings);
        let figures: Vec<&str> =
            view.readings.iter().map(|reading| reading.figure.as_str()).collect();
        vec![
            json!(entry.reference()),
            json!(entry.title()),
            json!(view.progress),
            json!(view.said()),
            json!(view.readings.first().and_then(|reading| reading.interval.clone())),
            json!(view.readings.first().map(|reading| reading.period.clone())),
            json!(figures.join("; ")),
        ]
    };
    let columns = &["reference", "title", "progress", "says", "limits", "period", "figures"];
    (columns, plan.book.all("measures").map(row).collect())
}

pub(in super::super) fn api_duties(plan: &PublicPlan) -> Rows {
    let fields = [
        "reference",
        "title",
        "kind",
        "law",
        "owner",
        "cycle",
        "state",
        "last-done",
        "due",
        "next",
        "evidence",
    ];
    let row = |entry: &Entry| fields.iter().map(|field| text(entry, field)).collect();
    let columns = &[
        "reference",
        "title",
        "kind",
        "law",
        "owner",
        "cycle",
        "state",
        "last_done",
        "due",
        "next",
        "evidence",
    ];
    (columns, plan.book.all("duties").map(row).collect())
}

fn text(entry: &Entry, field: &str) -> Value {
    match entry.get(field) {
        "" => Value::Null,
        value => json!(value),
    }
}
