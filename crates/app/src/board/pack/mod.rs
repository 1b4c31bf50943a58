//! The pack of a meeting, made from live registers and the evidence: its papers, its slides, and the gate
//! that it passes before it goes.
//!
//! No state, count or number of it is typed: counts are of the registers' items and carry their query as
//! every figure does, findings are claims of the assessment. What officers wrote stands as they wrote it,
//! and is read by the same gate.

mod counts;
mod gate;
mod papers;
mod sections;
mod slides;

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_evidence::claims::Answers;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection;
use wardmote_reports::{Publication, SignOff, Slides};

use self::counts::Counts;
pub(crate) use self::gate::PackFinding;
use super::structure::structure;
use super::{Board, day, lines, state};
use crate::business::{Entry, PlanView, Readings, plan_in_force};
use crate::law::Law;
use crate::publish::{self, Assessed};

/// What a pack is made from.
pub(crate) struct Sources<'a> {
    pub(crate) folder: &'a PartnershipFolder,
    pub(crate) law: &'a Law,
    /// Groups, meetings, decisions, and the plan with its lists.
    pub(crate) board: Board<'a>,
    /// The reference of the plan that the partnership shows first: the one in force, or the next.
    pub(crate) plan: &'a str,
    /// An owner's word is stale after so many days.
    pub(crate) stale_after_days: u32,
    pub(crate) observed: &'a Observed,
    /// The day as of which everything is told.
    pub(crate) on: Date,
}

/// A pack that is ready to be written, if nothing was found.
pub(crate) struct Pack {
    pub(crate) publication: Publication,
    pub(crate) evidence: EvidenceFile,
    pub(crate) findings: Vec<PackFinding>,
    /// What the lint could not check.
    pub(crate) notes: Vec<String>,
}

/// What the sections are made from: the sources with their answers and counts.
struct Making<'a> {
    sources: &'a Sources<'a>,
    meeting: &'a Entry,
    answers: &'a Answers,
    /// The plan in force, held against the evidence of this pack.
    plan: Option<PlanView<'a>>,
    /// The plan that is being written, where it is another.
    next: Option<PlanView<'a>>,
    counts: Counts,
    /// What officers wrote, as the gate reads it: place and text.
    written: Vec<(String, String)>,
    spotlights: Vec<Spotlight>,
    /// Tables that somebody else counted.
    tables: DeclaredTables,
}

type DeclaredTables = BTreeMap<String, wardmote_reports::Table>;

/// A spotlight of the meeting: a file of `board/spotlights/`.
#[derive(Debug, Clone)]
struct Spotlight {
    name: String,
    title: String,
    markdown: String,
}

/// Makes the pack of a meeting.
pub(crate) fn build(sources: &Sources<'_>, meeting: &str) -> anyhow::Result<Pack> {
    let board = sources.board;
    let meeting = board.called("meetings", meeting).with_context(|| {
        let all = board.all("meetings").into_iter();
        let names: Vec<&str> =
            all.filter(|one| state(one) == "planned").map(Entry::reference).collect();
        format!("there is no meeting {meeting:?}; those planned are {}", names.join(", "))
    })?;
    let date = day(meeting, "due").context("the meeting has no date")?;
    let assessment = sources.folder.assessment.as_ref().context("assessment/assessment.toml")?;
    let rule = assessment.family.rule;
    let protected = protection::publish(sources.observed, sources.folder, rule, sources.on)?;
    let answers = protected.answers.clone();
    let Assessed { publication: assessed, evidence, .. } =
        publish::assess_protected(sources.folder, sources.observed, protected, sources.on)?;
    let readings = Readings::of(Some(&evidence));
    let view =
        |plan| PlanView::new(board.book, plan, &readings, sources.on, sources.stale_after_days);
    let named = plan_in_force(board.book, sources.plan);
    let in_force = board.all("plans").into_iter().find(|plan| state(plan) == "in-force");
    let plan = in_force.or(named);
    let next = named.filter(|named| plan.is_some_and(|plan| plan.id != named.id));
    let spotlights = read_spotlights(&sources.folder.path, meeting)?;
    let mut making = Making {
        sources,
        meeting,
        answers: &answers,
        plan: plan.map(view),
        next: next.map(view),
        counts: Counts::new(sources.on),
        written: Vec::new(),
        spotlights,
        tables: declared_tables(&sources.folder.path)?,
    };
    let papers = making.papers()?;
    let (findings, notes) = gate::read(&making, &papers)?;
    let mut tables = papers.tables;
    tables.extend(making.tables.clone());
    let printed = |text: &str| making.printed(text);
    let mut figures = assessed.figures.clone();
    figures.extend(making.counts.notes(&assessed.partnership));
    let mut charts = assessed.charts.clone();
    charts.insert("structure".into(), structure(board, sources.on));
    let mut publication = Publication {
        title: format!("{}: {}", board.title_of(meeting, "group"), words(date)),
        published: date,
        sections: papers
            .sections
            .iter()
            .map(|section| wardmote_reports::Section {
                markdown: printed(&section.markdown),
                ..section.clone()
            })
            .collect(),
        summary: Vec::new(),
        charts,
        tables,
        figures,
        sign_off: SignOff::Ready,
        slides: Slides {
            findings: papers
                .slides
                .iter()
                .map(|slide| wardmote_reports::Slide {
                    title: printed(&slide.title),
                    text: slide.text.as_ref().map(|text| printed(text)),
                    ..slide.clone()
                })
                .collect(),
            not_known: Vec::new(),
        },
        ..assessed
    };
    keep_what_is_used(&mut publication);
    Ok(Pack { publication, evidence, findings, notes })
}

fn words(date: Date) -> String {
    wardmote_domain::clock::date_in_words(date)
}

/// Leaves out the assessment's charts, tables and figures that the pack does not show.
fn keep_what_is_used(pack: &mut Publication) {
    let mut text: String = pack
        .sections
        .iter()
        .map(|section| section.markdown.as_str())
        .collect::<Vec<_>>()
        .join("\n");
    for slide in &pack.slides.findings {
        text += &slide.title;
        text += slide.text.as_deref().unwrap_or_default();
        if let Some(chart) = &slide.chart {
            text.extend(["(chart:", chart.as_str(), ")"]);
        }
    }
    pack.charts.retain(|id, _| text.contains(&format!("(chart:{id})")));
    pack.tables.retain(|id, _| text.contains(&format!("(table:{id})")));
    pack.figures.retain(|id, _| {
        text.contains(&format!("(figure:{id})")) || text.contains(&format!("(figure:{id} "))
    });
}

fn read_spotlights(folder: &Path, meeting: &Entry) -> anyhow::Result<Vec<Spotlight>> {
    let read = |name: String| {
        anyhow::ensure!(
            name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'),
            "spotlight {name:?}: the name of a file in board/spotlights, without its ending"
        );
        let path = folder.join("board").join("spotlights").join(format!("{name}.md"));
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
        let title = first.trim_start_matches('#').trim().to_owned();
        anyhow::ensure!(
            first.starts_with("# ") && !title.is_empty(),
            "{}: begin with `# ` and a title",
            path.display()
        );
        Ok(Spotlight { name, title, markdown: rest.trim().to_owned() })
    };
    lines(meeting, "spotlights").into_iter().map(read).collect()
}

/// A table that somebody else counted, as `board/tables.toml` declares it.
#[derive(Debug, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredTable {
    caption: String,
    columns: Vec<String>,
    rows: Vec<Vec<String>>,
    source: String,
}

fn declared_tables(folder: &Path) -> anyhow::Result<DeclaredTables> {
    let path = folder.join("board").join("tables.toml");
    if !path.is_file() {
        return Ok(BTreeMap::new());
    }
    let declared: BTreeMap<String, DeclaredTable> = wardmote_evidence::folder::parse(&path)?;
    declared
        .into_iter()
        .map(|(id, table)| {
            anyhow::ensure!(
                table.rows.iter().all(|row| row.len() == table.columns.len()),
                "{}: table {id:?} has a row that is not as long as its columns",
                path.display()
            );
            let number = |cell: &String| cell.chars().all(|c| c.is_ascii_digit() || c == ',');
            let columns = table.columns.iter().enumerate().map(|(index, heading)| {
                let numeric = index > 0 && table.rows.iter().all(|row| number(&row[index]));
                wardmote_reports::Column { heading: heading.clone(), numeric }
            });
            let shown = wardmote_reports::Table {
                caption: table.caption.clone(),
                columns: columns.collect(),
                rows: table.rows.clone(),
                note: Some(format!("Source: {}.", table.source.trim_end_matches('.'))),
            };
            Ok((id, shown))
        })
        .collect()
}
