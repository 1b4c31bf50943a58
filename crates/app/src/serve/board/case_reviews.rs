//! What must be published of anti-social behaviour case reviews: the procedure with its times, the threshold,
//! how to apply, and the counts of each year. No case is read here: counts come from what was written for
//! publication.

use std::path::Path;

use jiff::civil::Date;
use wardmote_domain::clock::date_in_words;
use wardmote_domain::review::ThresholdVersion;
use wardmote_reports::site::{BoardPage, CaseReviewsPage};
use wardmote_reports::{Column, Table};

use crate::law::Law;
use crate::reviews::YearPublished;

/// The page; `None` where the folder says nothing of case reviews.
pub(super) fn page(folder: &Path, today: Date) -> anyhow::Result<Option<BoardPage>> {
    if !folder.join("calendars").is_dir() {
        return Ok(None);
    }
    let law = Law::read(folder)?;
    let Some(threshold) = &law.asb_threshold else { return Ok(None) };
    let in_force = |from: Date, to: Option<Date>| from <= today && to.is_none_or(|to| today <= to);
    let threshold = threshold.versions.iter().find(|one| in_force(one.from, one.to));
    let clock = law.clock("asb-case-review")?;
    let version = clock.versions.iter().find(|one| in_force(one.from, one.to));
    let steps = version.iter().flat_map(|version| &version.steps).map(|step| {
        let event = |id: &String| clock.events.get(id).cloned().unwrap_or_else(|| id.clone());
        let after: Vec<String> = step.after.iter().map(event).collect();
        let within = step.within.map_or_else(|| "no time is set".to_owned(), |one| one.to_string());
        vec![step.title.clone(), step.who.clone().unwrap_or_default(), within, after.join("; or: ")]
    });
    let headings = ["Step", "Who", "Within", "Counted from"];
    let procedure = law.asb_procedure.as_ref();
    let text = |of: fn(&crate::law::AsbProcedure) -> &String| procedure.map(of).cloned();
    Ok(Some(BoardPage::CaseReviews(CaseReviewsPage {
        contact: procedure.map(|one| one.contact.clone()).unwrap_or_default(),
        who: text(|one| &one.who),
        dissatisfied: text(|one| &one.dissatisfied),
        threshold: threshold.map(in_words).unwrap_or_default(),
        steps: table("What happens, and by when", &headings, steps.collect()),
        source: version.map(|version| version.source.clone()).unwrap_or_default(),
        years: YearPublished::all(folder)?.into_iter().map(year).collect(),
    })))
}

fn in_words(version: &ThresholdVersion) -> Vec<String> {
    let complaints = |n: usize| match n {
        1 => "one complaint is enough".to_owned(),
        n => format!("{n} complaints are enough"),
    };
    let first = format!(
        "{}, each made within {} of the behaviour, if the application follows within {} of them.",
        capital(&complaints(version.complaints)),
        version.complaint_within,
        version.application_within
    );
    let lowered = version
        .lowered
        .iter()
        .map(|one| format!("{}: then {}.", one.because, complaints(one.complaints)));
    std::iter::once(first).chain(lowered).collect()
}

fn year(published: YearPublished) -> Table {
    let day = |text: &str| text.parse().map_or_else(|_| text.to_owned(), date_in_words);
    let rows = published.counts.into_iter().map(|(what, n)| vec![what, n]);
    let caption = format!("{} to {}", day(&published.from), day(&published.to));
    Table {
        note: Some(published.protection),
        ..table(&caption, &["What", "Number"], rows.collect())
    }
}

fn table(caption: &str, headings: &[&str], rows: Vec<Vec<String>>) -> Table {
    let column = |heading: &&str| Column { heading: (*heading).to_owned(), numeric: false };
    let columns = headings.iter().map(column).collect();
    Table { caption: caption.to_owned(), columns, rows, note: None }
}

fn capital(text: &str) -> String {
    let mut rest = text.chars();
    rest.next().map_or_else(String::new, |first| first.to_uppercase().chain(rest).collect())
}
