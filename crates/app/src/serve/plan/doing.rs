//! What the plan does about some measures: the priorities that rest on a figure of theirs, and the
//! actions that are measured by one.

use wardmote_reports::site::{Doing, DoingAction, DoingPriority};

use super::PublicPlan;
use super::make::{latest, link, link_within};
use crate::business::{ActionView, MeasureView, PriorityView, Reading, plan_in_force};

impl PublicPlan {
    /// What the plan that is shown first does about measures, by their ids.
    pub(in crate::serve) fn doing(&self, measures: &[&str]) -> Doing {
        let Some(plan) = plan_in_force(&self.book, &self.plan) else { return Doing::default() };
        let concerns = |reading: &Reading| {
            reading.measure.as_deref().is_some_and(|measure| measures.contains(&measure))
        };
        let is_read = |one: &&MeasureView<'_>| one.readings.iter().any(|reading| concerns(reading));
        let is_measured = |one: &&ActionView<'_>| one.measures.iter().any(|m| is_read(&m));
        let rests = |one: &PriorityView<'_>| {
            one.findings.iter().filter_map(|finding| finding.reading).any(concerns)
        };
        let action = |one: &ActionView<'_>| DoingAction {
            link: link_within(self, one.action),
            state: self.shown(one.action, "state"),
            due: self.shown(one.action, "due"),
            measures: one.measures.iter().filter(is_read).map(latest).collect(),
        };
        let shown = |one: &PriorityView<'_>| {
            // The actions of a priority that rests on it are all about it; of others, those measured by it.
            let whole = rests(one);
            let actions = one.actions.iter().filter(|action| whole || is_measured(action));
            let actions: Vec<DoingAction> = actions.map(action).collect();
            (whole || !actions.is_empty()).then(|| DoingPriority {
                link: link(one.priority),
                measured: one.progress.words().to_owned(),
                actions,
            })
        };
        let view = self.view(plan);
        let priorities = view.priorities().filter_map(|(_, one)| shown(one)).collect();
        Doing { plan: Some(link(plan)), priorities }
    }

    /// Whether a plan is published.
    pub(in crate::serve) fn is_published(&self) -> bool {
        plan_in_force(&self.book, &self.plan).is_some()
    }
}
