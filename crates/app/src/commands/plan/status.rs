//! `wardmote plan status`.

use wardmote_domain::plan::Staleness;

use super::Looked;
use crate::business::{ActionView, PriorityView};
use crate::console::{Format, fitted, print};

pub(super) fn run(looked: &Looked, plan: Option<&str>, format: Format) -> anyhow::Result<()> {
    let view = looked.plan(plan)?;
    let register = looked.business.registers.get("priorities");
    let judged = |one: &PriorityView<'_>| {
        let value = one.priority.get("judgement");
        register.and_then(|r| r.field("judgement")).map_or(value, |f| f.shown(value)).to_owned()
    };
    let rows = view.priorities().map(|(_, one)| {
        let done = one.actions.iter().filter(|action| action.action.get("state") == "done").count();
        let mut row = vec![
            one.priority.reference().to_owned(),
            fitted(format, one.priority.title(), 30),
            format!("{done} of {}", one.actions.len()),
            fitted(format, one.progress.words(), 17),
            judged(one),
        ];
        if format != Format::Table {
            row.push(one.differ.unwrap_or_default().to_owned());
            row.push(said(one).join(" "));
        }
        row
    });
    let rows: Vec<Vec<String>> = rows.collect();
    let mut headings = vec!["ref", "priority", "done", "measured", "owner_judges"];
    if format != Format::Table {
        headings.extend(["why_they_differ", "measures"]);
        return print(format, &headings, &rows);
    }
    println!("{}\n", view.plan.title());
    print(format, &headings, &rows)?;
    let count = |is: fn(&ActionView<'_>) -> bool| view.actions().filter(|(_, a)| is(a)).count();
    let all = view.actions().count();
    let differ = view.priorities().filter(|(_, one)| one.differ.is_some()).count();
    let stale = count(|action| matches!(action.staleness, Staleness::Stale { .. }));
    let silent = count(|action| action.staleness == Staleness::Never);
    println!("\n{all} actions; of {stale} the last word is stale, of {silent} there is none.");
    println!("Of {differ} priorities the owner and the measures do not say the same.");
    match looked.readings.published {
        Some(date) => println!("Measured by the evidence published on {date}."),
        None => println!("No evidence is published, so nothing is measured: `wardmote assess`."),
    }
    Ok(())
}

/// What the measures of a priority say, each once.
fn said(one: &PriorityView<'_>) -> Vec<String> {
    let measures = one.actions.iter().flat_map(|action| &action.measures);
    let mut said: Vec<String> = Vec::new();
    for measure in measures {
        let line = measure.said();
        if !said.contains(&line) {
            said.push(line);
        }
    }
    said
}
