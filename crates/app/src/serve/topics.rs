//! The pages of topics.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use wardmote_evidence::local::{self, Local};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::topic::{self, Topic};
use wardmote_reports::site::{Candour, MeasureHere, Origin, Page, Part, TopicLine, TopicPage};

use super::measures::{self, why_not_computed};
use super::pages::{NoPage, show};
use super::partnership::Served;
use super::plan::PublicPlan;
use super::vintage::Vintage;
use super::{affected, charts};

pub(super) async fn list(
    State(served): State<Arc<Served>>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    show(&served, &headers, uri.path(), |vintage| Ok(Page::Topics(lines(vintage)?))).await
}

pub(super) async fn one(
    State(served): State<Arc<Served>>,
    Path(id): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    let (plan, state) = served.plan();
    let key = format!("{} {} {}", uri.path(), state.items, state.changed);
    show(&served, &headers, &key, move |vintage| {
        const ADVICE: &str = "This partnership has no topic of this name.";
        let topics = topic::topics(&vintage.observed, &vintage.topics);
        let found = topics.iter().find(|topic| topic.id == id).ok_or(NoPage::NotFound(ADVICE))?;
        Ok(Page::Topic(Box::new(page(vintage, &plan, found)?)))
    })
    .await
}

/// Every topic with what may be said of its direction.
pub(super) fn lines(vintage: &Vintage) -> anyhow::Result<Vec<TopicLine>> {
    let mut lines = Vec::new();
    for topic in topic::topics(&vintage.observed, &vintage.topics) {
        // The assessment's sentence first: beside what it found, the first page must not seem to say otherwise.
        let first = topic.measures.first();
        let said =
            first.and_then(|measure| measures::published(vintage, &measure.id).into_iter().next());
        let mut sentence = said.map(|said| said.text);
        for measure in &topic.measures {
            if sentence.is_some() {
                break;
            }
            sentence = looked(vintage, measure)?.map(|found| found.change.sentence);
        }
        let sentence = sentence.unwrap_or_else(|| {
            first.map_or_else(
                || "No measure of it is declared.".to_owned(),
                |measure| why_not_computed(vintage, measure),
            )
        });
        lines.push(TopicLine { id: topic.id, title: topic.title, sentence });
    }
    Ok(lines)
}

/// What may be said of a measure in the first district; `None` where it is no plain count of an open
/// source, or nothing has come.
fn looked(vintage: &Vintage, measure: &Measure) -> anyhow::Result<Option<Local>> {
    let observed = &vintage.observed;
    if !local::shown(observed).iter().any(|one| one.id == measure.id) {
        return Ok(None);
    }
    Ok(local::look(observed, measure, observed.home()?, vintage.home_family())?)
}

fn page(vintage: &Vintage, plan: &PublicPlan, topic: &Topic<'_>) -> anyhow::Result<TopicPage> {
    let home = vintage.observed.home()?;
    let (mut direction, mut here, mut is_tested) = (Vec::new(), Vec::new(), false);
    for measure in &topic.measures {
        match looked(vintage, measure)? {
            Some(found) => {
                is_tested |= measures::is_tested(&found);
                direction.push(found.change.clone());
                here.push(computed(vintage, measure, &found)?);
            }
            None => here.push(only_published(vintage, measure)?),
        }
    }
    let pages = "The pages of topics and of the district together make";
    let own = measures::certainty(pages, vintage.home_family(), is_tested);
    let is_said = is_tested && here.iter().any(|here| !here.published.is_empty());
    let certainty = match (direction.is_empty(), is_said) {
        (false, false) => own,
        (false, true) => format!(
            "{own} {} Its sentences stand below, each measure's under its own heading.",
            measures::ASSESSMENT_DIFFERS
        ),
        (true, _) if here.iter().any(|here| !here.published.is_empty()) => "These are sentences of the published assessment, corrected for all its tests. This page tests nothing of its own here.".into(),
        (true, _) => "Nothing is tested, so nothing can be sure.".into(),
    };
    let mut direction = measures::changes_first(direction);
    if direction.is_empty() {
        let said = here.iter().flat_map(|here| &here.published).map(|said| said.text.clone());
        direction = said.take(2).collect();
    }
    if direction.is_empty() {
        direction.push("This page cannot say: nothing of it is tested here.".into());
    }
    Ok(TopicPage {
        id: topic.id.clone(),
        title: topic.title.clone(),
        area: home.name.clone(),
        candour: Candour { direction, certainty },
        doing: plan.doing(&topic.measures.iter().map(|one| one.id.as_str()).collect::<Vec<_>>()),
        measures: here,
        not_known: vintage.home.not_known.clone(),
    })
}

fn computed(vintage: &Vintage, measure: &Measure, found: &Local) -> anyhow::Result<MeasureHere> {
    let observed = &vintage.observed;
    let mut here = measures::here(vintage, measure, observed.home()?, found)?;
    here.published = measures::published(vintage, &measure.id);
    let level = topic::shown_level(observed, &vintage.levels);
    let mut place = Part { heading: "Where".into(), ..Part::default() };
    match topic::by_area(observed, measure, level, vintage.home_family())? {
        Ok(found) => {
            if let Some(highest) = &found.highest {
                here.sentences.push(highest.sentence.clone());
            }
            place.charts.push(charts::areas(vintage, measure, &found));
            place.tables.push(charts::areas_table(measure, &found));
        }
        Err(why) => place.lines.push(format!("Not known: {}.", why.0)),
    }
    here.parts.push(place);
    here.parts.push(affected::part(vintage, measure)?);
    here.parts.push(measures::cannot_say(vintage, measure, found));
    Ok(here)
}

/// A measure of which these pages compute nothing: what is published, and values without a test.
fn only_published(vintage: &Vintage, measure: &Measure) -> anyhow::Result<MeasureHere> {
    let observed = &vintage.observed;
    let home = observed.home()?;
    let others = local::others(observed, home)?;
    let valued = others.iter().find(|one| one.measure.id == measure.id);
    let mut parts: Vec<Part> =
        valued.map(|found| measures::valued(vintage, found, home)).into_iter().collect();
    for part in &mut parts {
        // The measure's name and definition stand above it.
        "Year by year".clone_into(&mut part.heading);
        part.lines.retain(|line| *line != measure.definition);
    }
    parts.push(affected::unknown(
        "this page computes nothing of it. What may be said stands in the published assessment",
    ));
    parts.push(Part {
        heading: "What these data cannot say".into(),
        lines: vec![why_not_computed(vintage, measure)],
        ..Part::default()
    });
    let published = measures::published(vintage, &measure.id);
    let open = valued.is_some();
    Ok(MeasureHere {
        id: measure.id.clone(),
        title: measure.title.clone(),
        definition: measure.definition.clone(),
        sentences: Vec::new(),
        published,
        parts,
        origin: Origin {
            lines: measures::about(vintage, measure),
            source: open.then(|| measure.numerator.source.clone()),
        },
    })
}
