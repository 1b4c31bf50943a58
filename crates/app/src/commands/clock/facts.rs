//! What happened in a case, as the command line says it.

use jiff::civil::Date;
use wardmote_domain::clock::{Clock, Extension, Facts, Pause};

/// Reads `EVENT=DATE`.
pub(super) fn happened(text: &str) -> Result<(String, Date), String> {
    let (event, on) = split(text, "EVENT=DATE, such as notified=2025-01-31")?;
    Ok((event.to_owned(), date(on)?))
}

/// Reads `KIND=FROM..TO` or `KIND=FROM..`.
pub(super) fn paused(text: &str) -> Result<Pause, String> {
    const FORM: &str = "KIND=FROM..TO, such as criminal-proceedings=2025-03-01..2025-06-30";
    let (kind, span) = split(text, FORM)?;
    let (from, to) = span.split_once("..").ok_or_else(|| format!("write {FORM}"))?;
    let to = if to.is_empty() { None } else { Some(date(to)?) };
    let from = date(from)?;
    if to.is_some_and(|to| to < from) {
        return Err("the pause ends before it begins".into());
    }
    Ok(Pause { kind: kind.to_owned(), from, to })
}

/// Reads `STEP=DATE..AGREED`.
pub(super) fn extension(text: &str) -> Result<Extension, String> {
    const FORM: &str = "STEP=DATE..AGREED, such as report=2025-11-30..2025-08-01";
    let (step, span) = split(text, FORM)?;
    let (to, agreed) = span.split_once("..").ok_or_else(|| format!("write {FORM}"))?;
    Ok(Extension { step: step.to_owned(), to: date(to)?, agreed: date(agreed)? })
}

fn split<'a>(text: &'a str, form: &str) -> Result<(&'a str, &'a str), String> {
    text.split_once('=').ok_or_else(|| format!("write {form}"))
}

fn date(text: &str) -> Result<Date, String> {
    text.parse().map_err(|_| format!("{text:?} is not a date such as 2025-01-31"))
}

/// The facts of a case, whose events, pauses and steps the clock must know.
pub(super) fn facts(
    clock: &Clock,
    events: &[(String, Date)],
    pauses: &[Pause],
    extensions: &[Extension],
) -> anyhow::Result<Facts> {
    let mut facts =
        Facts { pauses: pauses.to_vec(), extensions: extensions.to_vec(), ..Facts::default() };
    for (event, on) in events {
        let known = clock.events.keys().cloned().collect::<Vec<_>>().join(", ");
        anyhow::ensure!(
            clock.events.contains_key(event),
            "{event:?} is no event of this clock; there are {known}"
        );
        facts.events.entry(event.clone()).or_default().insert(*on);
    }
    for pause in pauses {
        let known = clock.pauses.keys().cloned().collect::<Vec<_>>().join(", ");
        anyhow::ensure!(
            clock.pauses.contains_key(&pause.kind),
            "{:?} is no pause of this clock; there are {known}",
            pause.kind
        );
    }
    for extension in extensions {
        let mut steps = clock.versions.iter().flat_map(|version| &version.steps);
        let of_step = steps.find(|step| step.id == extension.step);
        let step = &extension.step;
        let Some(found) = of_step else { anyhow::bail!("{step:?} is no step of this clock") };
        anyhow::ensure!(
            found.extended_with.is_some(),
            "nobody may agree more time for {step:?}: the clock gives it no `extended_with`"
        );
    }
    Ok(facts)
}
