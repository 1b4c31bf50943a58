//! A plan as a tree: themes, priorities with their findings, actions with their measures, and what
//! their tests allow to be said.

use jiff::civil::Date;
use wardmote_domain::plan::{
    Chain, Judgement, Outlined, Progress, Staleness, disagreement, overall, staleness,
};

use super::{Book, Entry, Reading, Readings};

/// A plan.
#[derive(Debug)]
pub(crate) struct PlanView<'a> {
    pub(crate) plan: &'a Entry,
    pub(crate) themes: Vec<ThemeView<'a>>,
    pub(crate) milestones: Vec<&'a Entry>,
}

/// A theme of it.
#[derive(Debug)]
pub(crate) struct ThemeView<'a> {
    pub(crate) theme: &'a Entry,
    pub(crate) priorities: Vec<PriorityView<'a>>,
}

/// A priority.
#[derive(Debug)]
pub(crate) struct PriorityView<'a> {
    pub(crate) priority: &'a Entry,
    pub(crate) findings: Vec<FindingView<'a>>,
    pub(crate) actions: Vec<ActionView<'a>>,
    /// What the tests of its measures allow together.
    pub(crate) progress: Progress,
    /// Why the two differ.
    pub(crate) differ: Option<&'static str>,
}

/// A finding that a priority cites.
#[derive(Debug)]
pub(crate) struct FindingView<'a> {
    pub(crate) key: String,
    /// What the published evidence says; `None` where it does not hold it.
    pub(crate) reading: Option<&'a Reading>,
}

/// An action.
#[derive(Debug)]
pub(crate) struct ActionView<'a> {
    pub(crate) action: &'a Entry,
    pub(crate) measures: Vec<MeasureView<'a>>,
    pub(crate) staleness: Staleness,
}

/// A measure of an action.
#[derive(Debug)]
pub(crate) struct MeasureView<'a> {
    pub(crate) measure: &'a Entry,
    pub(crate) readings: Vec<&'a Reading>,
    pub(crate) progress: Progress,
}

impl<'a> PlanView<'a> {
    pub(crate) fn new(
        book: &'a Book,
        plan: &'a Entry,
        readings: &'a Readings,
        today: Date,
        stale_after_days: u32,
    ) -> Self {
        let themes = book.below("themes", "plan", plan).map(|theme| ThemeView {
            theme,
            priorities: book
                .below("priorities", "theme", theme)
                .map(|priority| {
                    PriorityView::new(book, priority, readings, today, stale_after_days)
                })
                .collect(),
        });
        let milestones = book.below("milestones", "plan", plan).collect();
        Self { plan, themes: themes.collect(), milestones }
    }

    pub(crate) fn priorities(&self) -> impl Iterator<Item = (&ThemeView<'a>, &PriorityView<'a>)> {
        self.themes.iter().flat_map(|theme| theme.priorities.iter().map(move |one| (theme, one)))
    }

    pub(crate) fn actions(&self) -> impl Iterator<Item = (&PriorityView<'a>, &ActionView<'a>)> {
        self.priorities().flat_map(|(_, one)| one.actions.iter().map(move |action| (one, action)))
    }

    /// Its priorities as a comparison with another plan needs them.
    pub(crate) fn outlined(&self, book: &Book) -> Vec<Outlined> {
        let outline = |(theme, one): (&ThemeView<'a>, &PriorityView<'a>)| Outlined {
            reference: one.priority.reference().to_owned(),
            title: one.priority.title().to_owned(),
            theme: theme.theme.title().to_owned(),
            continues: book
                .linked(one.priority, "continues")
                .first()
                .map(|earlier| earlier.reference().to_owned()),
        };
        self.priorities().map(outline).collect()
    }
}

impl<'a> PriorityView<'a> {
    pub(crate) fn new(
        book: &'a Book,
        priority: &'a Entry,
        readings: &'a Readings,
        today: Date,
        stale_after_days: u32,
    ) -> Self {
        let finding = |key: String| FindingView { reading: readings.get(&key), key };
        let findings = priority.evidence("cites").into_iter().map(finding).collect();
        let actions: Vec<ActionView<'a>> = book
            .below("actions", "priority", priority)
            .map(|action| ActionView {
                action,
                measures: book
                    .linked(action, "measured-by")
                    .into_iter()
                    .map(|measure| MeasureView::new(measure, readings))
                    .collect(),
                staleness: staleness(
                    action.get("progress-on").parse().ok(),
                    today,
                    stale_after_days,
                ),
            })
            .collect();
        let mut measured: Vec<(&str, Progress)> = actions
            .iter()
            .flat_map(|action| &action.measures)
            .map(|one| (one.measure.id.as_str(), one.progress))
            .collect();
        measured.sort_unstable();
        measured.dedup();
        let progress = overall(&measured.iter().map(|(_, one)| *one).collect::<Vec<_>>());
        let judgement = Judgement::parse(priority.get("judgement")).unwrap_or(Judgement::NotJudged);
        let differ = disagreement(judgement, progress);
        Self { priority, findings, actions, progress, differ }
    }
}

impl<'a> MeasureView<'a> {
    pub(crate) fn new(measure: &'a Entry, readings: &'a Readings) -> Self {
        let read = measure.evidence("reads").into_iter().filter_map(|key| readings.get(&key));
        let readings: Vec<&Reading> = read.collect();
        let progress = overall(&readings.iter().map(|one| one.progress).collect::<Vec<_>>());
        Self { measure, readings, progress }
    }

    /// Its latest figure in words.
    pub(crate) fn said(&self) -> String {
        if self.readings.is_empty() {
            let missing = self.measure.get("missing");
            return if missing.is_empty() {
                "No figure yet.".to_owned()
            } else {
                missing.to_owned()
            };
        }
        let sentences: Vec<&str> = self.readings.iter().map(|one| one.sentence.as_str()).collect();
        sentences.join(" ")
    }
}

/// The plan that is shown first: the one that the settings name, or else the first in force.
pub(crate) fn plan_in_force<'a>(book: &'a Book, named: &str) -> Option<&'a Entry> {
    let in_force = || book.all("plans").find(|plan| plan.get("state") == "in-force");
    book.called("plans", named).or_else(in_force).or_else(|| book.all("plans").next())
}

/// What the items of a plan hang on.
pub(crate) fn chain(view: &PlanView<'_>, book: &Book, readings: &Readings) -> Chain {
    let reference = |entry: &Entry| entry.reference().to_owned();
    let references = |entries: Vec<&Entry>| entries.into_iter().map(reference).collect::<Vec<_>>();
    let measured_by = |action: &Entry| references(book.linked(action, "measured-by"));
    let of_plan: Vec<&Entry> = view.actions().map(|(_, action)| action.action).collect();
    // An action that belongs to no priority at all belongs to no other plan either.
    let homeless =
        book.all("actions").filter(|action| book.by_id(action.get("priority")).is_none());
    let need_risks = view.actions().filter(|(one, _)| one.priority.get("needs-risk") == "yes");
    let measures = book.all("measures").filter(|measure| {
        let measured = book.linking("measured-by", &measure.id);
        measured.is_empty() || measured.iter().any(|action| of_plan.contains(action))
    });
    Chain {
        priorities: view
            .priorities()
            .map(|(_, one)| (reference(one.priority), one.priority.evidence("cites")))
            .collect(),
        actions: of_plan
            .iter()
            .copied()
            .chain(homeless)
            .map(|action| {
                let priority = book.by_id(action.get("priority")).map(reference);
                (reference(action), priority, measured_by(action))
            })
            .collect(),
        measures: measures
            .map(|one| (reference(one), one.evidence("reads"), one.get("missing").to_owned()))
            .collect(),
        need_risks: need_risks
            .map(|(_, action)| {
                (reference(action.action), references(book.linked(action.action, "mitigates")))
            })
            .collect(),
        evidence: readings.keys(),
    }
}
