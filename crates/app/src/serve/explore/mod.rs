//! The analyst's page: the address is the question, and the answer can be taken along.

mod draw;
mod files;
mod question;

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use wardmote_evidence::declarations::Form;
use wardmote_evidence::explore::{self, Asked, ExploreError, Row};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::numbers::{one_decimal, p_value, percent_signed, thousands, two_decimals};
use wardmote_evidence::testing::Unit;
use wardmote_reports::Table;
use wardmote_reports::site::{ExplorePage, Explored, Origin, Page};

pub(super) use self::files::download;
pub(super) use self::question::{COLUMNS, cells, question};
use super::asked::{Parameters, wrong};
use super::measures;
use super::pages::show_now;
use super::partnership::Served;
use super::vintage::Vintage;

/// How many rows a page shows; files hold them all.
const MOST_SHOWN: usize = 300;

pub(super) async fn page(
    State(served): State<Arc<Served>>,
    Query(asked): Query<Parameters>,
    headers: HeaderMap,
) -> Response {
    show_now(&served, &headers, move |vintage| {
        Ok(Page::Explore(Box::new(answer(vintage, &asked)?)))
    })
    .await
}

fn answer(vintage: &Vintage, asked: &Parameters) -> anyhow::Result<ExplorePage> {
    let mut page = question::form(vintage, asked)?;
    match question(vintage, asked)? {
        Err(not_answered) => page.wrong = not_answered,
        Ok(question) => match explore::rows(&vintage.observed, &question) {
            Ok(rows) => page.result = Some(explored(vintage, &question, &rows)?),
            Err(ExploreError::Observed(error)) => return Err(error.into()),
            Err(error @ ExploreError::Form { .. }) => {
                page.wrong = vec![wrong("as", measures::as_sentence(&error.to_string()))];
            }
            Err(error @ ExploreError::TooMany { .. }) => {
                page.wrong = vec![wrong("by", measures::as_sentence(&error.to_string()))];
            }
        },
    }
    Ok(page)
}

/// What the values count.
fn unit(measure: &Measure, form: Form) -> String {
    match (form, &measure.weights) {
        (Form::Rate, _) => measure.rate_unit(),
        (Form::Share, _) => "per cent".into(),
        (Form::Harm, Some(weights)) => weights.unit.clone(),
        _ => measure.unit.clone(),
    }
}

fn explored(vintage: &Vintage, asked: &Asked<'_>, rows: &[Row<'_>]) -> anyhow::Result<Explored> {
    let measure = asked.measure;
    let address = question::address(asked);
    let title = format!("{}, {}", measure.title, asked.period.in_words());
    let mut origin = measures::about(vintage, measure);
    let used: u64 = rows.iter().filter_map(|row| row.taken.as_ref().ok()).map(|one| one.n).sum();
    origin.push(format!("Rows used: {}.", thousands(used)));
    origin.push(measures::files(vintage, &measure.numerator.source, &asked.period)?);
    origin.push(format!("Evidence vintage {}.", vintage.observed.snapshot));
    let snippet = explore::snippet(asked);
    let files = [
        ("The rows as CSV", "rows.csv"),
        ("The rows as JSON", "rows.json"),
        ("The rows as Parquet", "rows.parquet"),
    ];
    let chart = draw::chart(vintage, asked, rows, &title);
    let drawings = [("The chart as SVG", "chart.svg"), ("The chart as PNG", "chart.png")];
    let drawings = drawings.into_iter().filter(|_| chart.is_some());
    let downloads = files.into_iter().chain(drawings);
    let id = explore::citation(&address, &vintage.observed.snapshot);
    Ok(Explored {
        sentences: tested(vintage, asked)?,
        table: table(asked, rows, &format!("{title}: rows")),
        downloads: downloads
            .map(|(text, file)| (text.to_owned(), format!("explore/{file}?{address}")))
            .collect(),
        cite: vec![
            format!(
                "{}, {title}. Figure {id}, evidence vintage {}.",
                vintage.site.partnership, vintage.observed.snapshot
            ),
            format!("{}explore?{address}", vintage.site.base),
        ],
        claims: snippet.claims,
        prose: snippet.prose,
        origin: Origin { lines: origin, source: Some(measure.numerator.source.clone()) },
        chart,
        title,
    })
}

/// What the method found, in numbers: words of change are the assessment's.
fn tested(vintage: &Vintage, asked: &Asked<'_>) -> anyhow::Result<Vec<String>> {
    let mut lines = Vec::new();
    for (place, test) in explore::tests(&vintage.observed, asked)? {
        let line = match test {
            Ok(test) => {
                let print = |x: f64| match test.unit {
                    Unit::PerCent => format!("{} a year", percent_signed(x)),
                    _ => format!("{} times", two_decimals(x)),
                };
                format!(
                    "{}: {} (95% interval {} to {}; p {} before correction; {}).",
                    place.name,
                    print(test.estimate),
                    print(test.interval.lower),
                    print(test.interval.upper),
                    p_value(test.p),
                    test.method
                )
            }
            Err(why) => format!("{}: cannot be tested: {}.", place.name, why.0),
        };
        lines.push(line);
    }
    if !lines.is_empty() {
        lines.push(
            "No word of change or season stands here: whoever asks often finds something by chance. Add it to the assessment, which corrects it with its other tests.".into(),
        );
    }
    Ok(lines)
}

fn table(asked: &Asked<'_>, rows: &[Row<'_>], title: &str) -> Table {
    let unit = unit(asked.measure, asked.form);
    let category = rows.iter().any(|row| row.category.is_some());
    let mut headings = vec!["Area", "Period"];
    headings.extend(category.then_some("Category"));
    let n_words = headings.len();
    headings.extend([asked.measure.unit.as_str(), unit.as_str(), "95% interval"]);
    let mut columns = super::charts::columns(&headings);
    for column in columns.iter_mut().take(n_words) {
        column.numeric = false;
    }
    if asked.form == Form::Count {
        columns.remove(n_words);
    }
    let row = |row: &Row<'_>| {
        let mut cells = vec![row.place.name.clone(), row.period.in_words()];
        if category {
            cells.push(
                row.category
                    .as_ref()
                    .map(wardmote_domain::category::Category::name)
                    .unwrap_or_default(),
            );
        }
        let print = |x: f64| match asked.form {
            Form::Count | Form::Harm => thousands(x.round() as u64),
            _ => one_decimal(x),
        };
        match &row.taken {
            Ok(taken) => {
                if asked.form != Form::Count {
                    cells.push(thousands(taken.n));
                }
                let limits = taken.interval;
                cells.push(print(taken.value));
                cells.push(format!("{} to {}", print(limits.lower), print(limits.upper)));
            }
            Err(why) => {
                if asked.form != Form::Count {
                    cells.push("not known".into());
                }
                cells.extend(["not known".into(), why.0.clone()]);
            }
        }
        cells
    };
    let more = (rows.len() > MOST_SHOWN).then(|| {
        format!(
            "The first {MOST_SHOWN} of {} rows; the files below hold all.",
            thousands(rows.len() as u64)
        )
    });
    Table {
        caption: title.to_owned(),
        columns,
        rows: rows.iter().take(MOST_SHOWN).map(row).collect(),
        note: more,
    }
}
