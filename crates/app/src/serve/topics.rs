//! The pages of topics.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use wardmote_evidence::local::{self, Local};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::topic::{self, Topic};
use wardmote_reports::site::{Candour, MeasureHere, Origin, Page, Part, TopicLine, TopicPage};

use super::charts;
use super::measures::{self, certainty, why_not_computed};
use super::pages::{NoPage, show};
use super::partnership::Served;
use super::vintage::Vintage;

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
    show(&served, &headers, uri.path(), move |vintage| {
        const ADVICE: &str = "This partnership has no topic of this name.";
        let topics = topic::topics(&vintage.observed, &vintage.topics);
        let found = topics.iter().find(|topic| topic.id == id).ok_or(NoPage::NotFound(ADVICE))?;
        Ok(Page::Topic(Box::new(page(vintage, found)?)))
    })
    .await
}

/// Every topic with what may be said of its direction.
pub(super) fn lines(vintage: &Vintage) -> anyhow::Result<Vec<TopicLine>> {
    let mut lines = Vec::new();
    for topic in topic::topics(&vintage.observed, &vintage.topics) {
        let mut sentence = None;
        for measure in &topic.measures {
            if let Some(found) = looked(vintage, measure)? {
                sentence = sentence.or(Some(found.change.sentence));
            }
        }
        let said = || {
            let measure = topic.measures.first()?;
            measures::published(vintage, &measure.id).into_iter().next().map(|said| said.text)
        };
        let sentence = sentence.or_else(said).unwrap_or_else(|| {
            topic.measures.first().map_or_else(
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

fn page(vintage: &Vintage, topic: &Topic<'_>) -> anyhow::Result<TopicPage> {
    let home = vintage.observed.home()?;
    let (mut direction, mut here) = (Vec::new(), Vec::new());
    for measure in &topic.measures {
        match looked(vintage, measure)? {
            Some(found) => {
                direction.push(found.change.sentence.clone());
                here.push(computed(vintage, measure, &found)?);
            }
            None => here.push(only_published(vintage, measure)?),
        }
    }
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
        candour: Candour {
            direction,
            certainty: certainty(
                "The pages of topics and of the district together make",
                vintage.home_family(),
            ),
        },
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
