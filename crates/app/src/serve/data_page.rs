//! The page of what has come and what has not. Of controlled sources it says only that they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_evidence::numbers::thousands;
use wardmote_lake::coverage::{Coverage, State as MonthState, coverage};
use wardmote_lake::source::SourceDeclaration;
use wardmote_lake::{Lake, Load};
use wardmote_reports::site::{DataPage, Page, SourcePage};
use wardmote_reports::{Column, Table};

use super::pages::{NoPage, show};
use super::partnership::Served;
use crate::place::this_month;

/// What came of open sources, and what did not.
pub(super) struct Came {
    pub(super) page: DataPage,
    /// In sentences, what is missing.
    pub(super) missing: Vec<String>,
    /// Source, body, month and state of each month.
    pub(super) months: Vec<[String; 4]>,
}

pub(super) fn make(lake: &Lake, folder: &PartnershipFolder) -> anyhow::Result<Came> {
    let is_open = |source: &&SourceDeclaration| source.disclosure == Disclosure::Open;
    let mut found = Vec::new();
    for source in folder.sources.values().filter(is_open) {
        if source.reader.brings_events() {
            let received = lake.received(&source.id)?;
            found.extend(coverage(source, &received, this_month()?.plus(-1)));
        }
    }
    let tables = vec![sources(lake, folder), months(&found), files(lake), refusals(lake)?];
    Ok(Came {
        page: DataPage { tables },
        missing: found.iter().filter_map(missing).collect(),
        months: found.iter().flat_map(by_month).collect(),
    })
}

/// The files of an open source, each with its hash.
pub(super) async fn source(
    State(served): State<Arc<Served>>,
    Path(source): Path<String>,
    uri: Uri,
    headers: HeaderMap,
) -> Response {
    show(&served, &headers, uri.path(), move |vintage| {
        const ADVICE: &str = "This partnership has no open source of this name.";
        let sources = &vintage.observed.sources;
        let declared = sources.get(&source).filter(|one| one.disclosure == Disclosure::Open);
        let declared = declared.ok_or(NoPage::NotFound(ADVICE))?;
        Ok(Page::Source(files_of(declared, &vintage.observed.loads)))
    })
    .await
}

fn files_of(source: &SourceDeclaration, loads: &[Load]) -> SourcePage {
    let loads = loads.iter().filter(|load| load.source == source.id);
    let row = |load: &Load| {
        let months = match (load.first_month, load.last_month) {
            (Some(first), Some(last)) if first == last => first.in_words(),
            (Some(first), Some(last)) => format!("{} to {}", first.in_words(), last.in_words()),
            _ => "not by month".into(),
        };
        vec![
            load.file_name.rsplit('/').next().unwrap_or_default().to_owned(),
            months,
            thousands(load.rows_read),
            thousands(load.rows_kept),
            thousands(load.rows_refused),
            thousands(load.without_place),
            load.sha256.clone(),
        ]
    };
    let files = table(
        &format!("Files of {}", source.id),
        &[
            ("File", false),
            ("Months", false),
            ("Rows read", true),
            ("Kept", true),
            ("Refused", true),
            ("Kept without a place", true),
            ("SHA-256", false),
        ],
        loads.map(row).collect(),
        "Rows read are always rows kept and rows refused together.",
    );
    SourcePage {
        title: format!("Where {} comes from", source.id),
        lines: vec![format!("Published by {}, licence {}.", source.publisher, source.licence)],
        files: files.into(),
    }
}

fn table(caption: &str, columns: &[(&str, bool)], rows: Vec<Vec<String>>, note: &str) -> Table {
    let column = |(heading, numeric): &(&str, bool)| Column {
        heading: (*heading).to_owned(),
        numeric: *numeric,
    };
    Table {
        caption: caption.to_owned(),
        columns: columns.iter().map(column).collect(),
        rows,
        note: (!note.is_empty()).then(|| note.to_owned()),
    }
}

fn sources(lake: &Lake, folder: &PartnershipFolder) -> Table {
    let row = |source: &SourceDeclaration| {
        let files = match source.disclosure {
            Disclosure::Open => {
                lake.loads().iter().filter(|load| load.source == source.id).count().to_string()
            }
            Disclosure::Controlled => "shared under an agreement".to_owned(),
        };
        vec![source.id.clone(), source.publisher.clone(), source.licence.clone(), files]
    };
    table(
        "Sources and their licences",
        &[("Source", false), ("Publisher", false), ("Licence", false), ("Files", true)],
        folder.sources.values().map(row).collect(),
        "Of sources under an agreement only the assessment's numbers are shown.",
    )
}

fn months(found: &[Coverage]) -> Table {
    let row = |coverage: &Coverage| {
        let of = |wanted: fn(&MonthState) -> bool| {
            let mut months = coverage.months.iter().filter(|(_, state)| wanted(state));
            let first = months.next().map(|(month, _)| month.in_words());
            let n = usize::from(first.is_some()) + months.clone().count();
            let last = months.next_back().map(|(month, _)| month.in_words());
            match (first, last) {
                (None, _) => "none".to_owned(),
                (Some(first), None) => format!("1: {first}"),
                (Some(first), Some(last)) => format!("{n}, within {first} to {last}"),
            }
        };
        vec![
            coverage.body.clone(),
            coverage.source.clone(),
            of(|state| matches!(state, MonthState::Received { .. })),
            of(|state| matches!(state, MonthState::Missing | MonthState::CutShort { .. })),
            of(|state| matches!(state, MonthState::NotPublished { .. })),
        ]
    };
    table(
        "Months, by who reports them",
        &[
            ("Reported by", false),
            ("Source", false),
            ("Came", false),
            ("Expected and did not come", false),
            ("Never published", false),
        ],
        found.iter().map(row).collect(),
        "",
    )
}

fn by_month(coverage: &Coverage) -> impl Iterator<Item = [String; 4]> {
    coverage.months.iter().map(|(month, state)| {
        let state = match state {
            MonthState::Received { .. } => "received",
            MonthState::CutShort { .. } => "cut short",
            MonthState::Missing => "missing",
            MonthState::NotPublished { .. } => "not published",
        };
        [coverage.source.clone(), coverage.body.clone(), month.to_string(), state.to_owned()]
    })
}

fn missing(coverage: &Coverage) -> Option<String> {
    let is_missing = |state: &MonthState| !matches!(state, MonthState::Received { .. });
    let n = coverage.months.iter().filter(|(_, state)| is_missing(state)).count();
    let months = if n == 1 { "month" } else { "months" };
    (n > 0).then(|| {
        format!("{n} {months} of {} from {} did not come.", coverage.source, coverage.body)
    })
}

fn files(lake: &Lake) -> Table {
    let open = lake.loads().iter().filter(|load| load.disclosure == Disclosure::Open);
    let row = |load: &wardmote_lake::Load| {
        vec![
            load.file_name.rsplit('/').next().unwrap_or_default().to_owned(),
            thousands(load.rows_read),
            thousands(load.rows_kept),
            thousands(load.rows_refused),
            load.sha256.chars().take(12).collect(),
        ]
    };
    table(
        "Files that the evidence was loaded from",
        &[
            ("File", false),
            ("Rows read", true),
            ("Kept", true),
            ("Refused", true),
            ("SHA-256 begins", false),
        ],
        open.map(row).collect(),
        "",
    )
}

/// Rows of open sources that were refused, by source, field and reason; never the text itself.
fn refusals(lake: &Lake) -> anyhow::Result<Table> {
    let source_of: BTreeMap<&str, &str> = lake
        .loads()
        .iter()
        .filter(|load| load.disclosure == Disclosure::Open)
        .map(|load| (load.load_id.as_str(), load.source.as_str()))
        .collect();
    let mut counted: BTreeMap<(String, String, String), u64> = BTreeMap::new();
    for refusal in lake.refusals()? {
        let Some(source) = source_of.get(refusal.load_id.as_str()) else { continue };
        let key = ((*source).to_owned(), refusal.field, refusal.reason);
        *counted.entry(key).or_default() += refusal.count;
    }
    let none = counted.is_empty();
    let rows = counted
        .into_iter()
        .map(|((source, field, reason), n)| vec![source, field, reason, thousands(n)])
        .collect();
    Ok(table(
        "Rows that could not be kept, by reason",
        &[("Source", false), ("Field", false), ("Reason", false), ("Rows", true)],
        rows,
        if none { "No row of an open source was refused." } else { "" },
    ))
}
