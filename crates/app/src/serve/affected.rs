//! Who is most affected, on the page of a topic.

use wardmote_evidence::affected::{self, Affected, OfGroup};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::numbers::{one_decimal, thousands};
use wardmote_evidence::topic;
use wardmote_reports::Table;
use wardmote_reports::site::Part;

use super::charts::columns;
use super::measures::as_sentence;
use super::vintage::Vintage;

/// The groups that a measure declares, by their residents; or why it cannot be told.
pub(super) fn part(vintage: &Vintage, measure: &Measure) -> anyhow::Result<Part> {
    let observed = &vintage.observed;
    let home = observed.home()?;
    let Some(period) = topic::latest(observed, measure, home)? else {
        return Ok(unknown("nothing has come"));
    };
    Ok(match affected::by_group(observed, measure, home, &period)? {
        Ok(found) => told(measure, &found),
        Err(why) => unknown(&why.0),
    })
}

/// Why it cannot be told.
pub(super) fn unknown(why: &str) -> Part {
    Part {
        heading: "Who is most affected".into(),
        lines: vec![format!("This cannot be told: {}", as_sentence_after(why))],
        ..Part::default()
    }
}

fn as_sentence_after(why: &str) -> String {
    if why.ends_with('.') { why.to_owned() } else { format!("{why}.") }
}

fn told(measure: &Measure, found: &Affected) -> Part {
    let row = |group: &OfGroup| {
        let limits = group.rate.interval;
        vec![
            group.name.clone(),
            thousands(group.rate.n),
            thousands(group.rate.base.unwrap_or_default()),
            one_decimal(group.rate.value),
            format!("{} to {}", one_decimal(limits.lower), one_decimal(limits.upper)),
        ]
    };
    let mut lines = vec![format!(
        "{} of {} {} bear no mark of one of these groups.",
        thousands(found.of_none()),
        thousands(found.all),
        measure.unit
    )];
    lines.extend(found.note.as_deref().map(as_sentence));
    lines.push(
        "No word of difference is said: these rates are none of the tests of this page, and residents are not all who \
         are in the area."
            .into(),
    );
    let table = Table {
        caption: format!(
            "{} by {}, {}",
            measure.title,
            found.mark.to_lowercase(),
            found.period.in_words()
        ),
        columns: columns(&[
            "Group",
            &measure.unit,
            "Residents",
            &measure.rate_unit(),
            "95% interval",
        ]),
        rows: found.groups.iter().map(row).collect(),
        note: None,
    };
    Part {
        heading: "Who is most affected".into(),
        lines,
        charts: Vec::new(),
        tables: vec![table.into()],
    }
}
