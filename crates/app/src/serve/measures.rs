//! What a page says of one measure in one place: shared by the pages of areas and of topics.

use wardmote_domain::claim::Verdict;
use wardmote_domain::period::Period;
use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};
use wardmote_evidence::declarations::Form;
use wardmote_evidence::headlines;
use wardmote_evidence::local::{self, Family, Local, Valued};
use wardmote_evidence::measure::{Direction, Measure};
use wardmote_evidence::numbers::{one_decimal, thousands};
use wardmote_evidence::observed::Place;
use wardmote_evidence::take::{NotKnown, Taken};
use wardmote_evidence::topic::KnownEvent;
use wardmote_lake::source::Reader;
use wardmote_reports::site::{MeasureHere, Origin, Part, Sentence};
use wardmote_reports::{Table, file_stem};

use super::charts::{self, columns};
use super::vintage::Vintage;

/// A measure with its sentences, when it happens, and where its numbers come from.
pub(super) fn here(
    vintage: &Vintage,
    measure: &Measure,
    place: &Place,
    found: &Local,
) -> anyhow::Result<MeasureHere> {
    let mut sentences: Vec<String> = if is_tested(found) {
        found.told().iter().map(|told| told.sentence.clone()).collect()
    } else {
        const NOR: &str = "None of its other tests could be made either: trend, season, months that stand out, differences from other areas.";
        vec![found.change.sentence.clone(), NOR.to_owned()]
    };
    let caution = found.caution.as_ref();
    sentences.extend(caution.map(|caution| format!("The latest year is {caution}.")));
    sentences.extend(measure.caution.as_deref().map(as_sentence));
    Ok(MeasureHere {
        id: measure.id.clone(),
        title: measure.title.clone(),
        definition: measure.definition.clone(),
        sentences,
        published: Vec::new(),
        parts: vec![when(vintage, measure, place, found)],
        origin: origin(vintage, measure, place, found)?,
    })
}

/// What the published assessment says of a measure.
pub(super) fn published(vintage: &Vintage, measure: &str) -> Vec<Sentence> {
    let said = vintage.evidence.iter().flat_map(|file| headlines::of_measure(file, measure));
    said.map(|said| Sentence {
        address: format!("assessment/figures.html#figure-{}", file_stem(&said.figure.to_string())),
        text: said.sentence,
    })
    .collect()
}

/// The known events that may concern a measure, within the months that are shown.
pub(super) fn events<'a>(
    vintage: &'a Vintage,
    measure: &Measure,
    found: &Local,
) -> Vec<&'a KnownEvent> {
    let (first, last) = (found.months.first(), found.months.last());
    let Some(((first, _), (last, _))) = first.zip(last) else { return Vec::new() };
    let within = |event: &&KnownEvent| {
        event.concerns(&measure.id) && (*first..=*last).contains(&event.month)
    };
    vintage.events.iter().filter(within).collect()
}

fn when(vintage: &Vintage, measure: &Measure, place: &Place, found: &Local) -> Part {
    let events = events(vintage, measure, found);
    let mut charts = vec![charts::series(vintage, measure, &place.name, found, &events)];
    let mut lines = Vec::new();
    match &found.expected {
        Some(expected) => lines.extend(expected.warnings.iter().cloned()),
        None => lines.push(
            "No expected band is drawn: that needs more than a year of months without a gap."
                .into(),
        ),
    }
    match &found.profile {
        Some(profile) => charts.push(charts::season(vintage, measure, &place.name, profile)),
        None => lines.push(
            "No average year is drawn: that needs two years in which every month of the year is known and has events.".into(),
        ),
    }
    for event in &events {
        lines.push(format!("{}: {} ({}).", event.month.in_words(), event.name, event.source));
    }
    if !events.is_empty() {
        lines.push(
            "That something happened in a month does not show that it changed the count.".into(),
        );
    }
    Part { heading: "When".into(), lines, charts, tables: Vec::new() }
}

/// What a measure and its source cannot say.
pub(super) fn cannot_say(vintage: &Vintage, measure: &Measure, found: &Local) -> Part {
    let mut lines = Vec::new();
    if let Some(Reader::Events { time_precision, place_precision, .. }) =
        vintage.observed.sources.get(&measure.numerator.source).map(|source| &source.reader)
    {
        if *time_precision == TimePrecision::Month {
            lines.push("On which day or at which hour: its rows know the month only.".into());
        }
        if *place_precision == PlacePrecision::Snapped {
            lines.push(
                "In which street or house: its places were moved to a fixed set of points.".into(),
            );
        }
    }
    if measure.direction == Direction::Ambiguous {
        let note = measure.direction_note.as_deref().unwrap_or_default();
        lines.push(format!("Whether more is worse. {}", as_sentence(note)).trim().to_owned());
    }
    if found.n_missing > 0 {
        let months = if found.n_missing == 1 { "month" } else { "months" };
        lines.push(format!(
            "What happened in the {} {months} between the first and the last that did not come.",
            found.n_missing
        ));
    }
    Part { heading: "What these data cannot say".into(), lines, ..Part::default() }
}

/// Where the numbers of a measure in a place come from.
pub(super) fn origin(
    vintage: &Vintage,
    measure: &Measure,
    place: &Place,
    found: &Local,
) -> anyhow::Result<Origin> {
    let run = found.months.first().zip(found.months.last());
    let mut lines = about(vintage, measure);
    lines.push(format!(
        "Rows used: {} in {}.",
        thousands(found.months.iter().filter_map(|(_, n)| *n).sum()),
        place.name
    ));
    if let Some(((first, _), (last, _))) = run {
        lines.push(format!(
            "Months from {} to {}, of which {} did not come.",
            first.in_words(),
            last.in_words(),
            found.n_missing
        ));
        if let Ok(period) = Period::run(*first, *last) {
            lines.push(files(vintage, &measure.numerator.source, &period)?);
        }
    }
    let mut methods: Vec<&String> =
        found.told().into_iter().filter_map(|told| told.method.as_ref()).collect();
    methods.dedup();
    lines.extend(methods.iter().map(|method| format!("Method: {method}.")));
    lines.push(format!("Evidence vintage {}.", vintage.observed.snapshot));
    Ok(Origin { lines, source: Some(measure.numerator.source.clone()) })
}

/// Definition, query in words, and publisher.
pub(super) fn about(vintage: &Vintage, measure: &Measure) -> Vec<String> {
    let mut lines = vec![
        format!(
            "Measure {}, version {}: {}",
            measure.id,
            measure.version,
            as_sentence(&measure.definition)
        ),
        format!("Counted: {}.", measure.numerator.in_words()),
    ];
    let source = vintage.observed.sources.get(&measure.numerator.source);
    lines.extend(
        source.map(|source| {
            format!("Published by {}, licence {}.", source.publisher, source.licence)
        }),
    );
    lines
}

/// What became of the rows of a source's files.
pub(super) fn files(vintage: &Vintage, source: &str, period: &Period) -> anyhow::Result<String> {
    let behind = local::files_behind(&vintage.observed, source, period)?;
    let files = if behind.n_files == 1 { "file" } else { "files" };
    Ok(format!(
        "From {} {files} with {} rows in all areas together: {} rows were refused, and {} of these months name no place and are in no area's count.",
        behind.n_files,
        thousands(behind.rows_read),
        thousands(behind.rows_refused),
        thousands(behind.unplaced)
    ))
}

/// Measures that are shown without a test, over two years.
pub(super) fn valued(vintage: &Vintage, found: &Valued<'_>, place: &Place) -> Part {
    let measure = found.measure;
    let unit = match (found.form, &measure.weights) {
        (Form::Harm, Some(weights)) => weights.unit.clone(),
        (Form::Share, _) => "per cent".into(),
        _ => measure.unit.clone(),
    };
    let mut lines = vec![measure.definition.clone()];
    if let Some(weights) = &measure.weights {
        lines.push(format!("Weights in {}: {}.", weights.unit, weights.source));
    }
    if let Some((first, last)) = found.unsettled.first().zip(found.unsettled.last()) {
        lines.push(format!(
            "Outcomes may still come for {} to {}, so these months are left out.",
            first.in_words(),
            last.in_words()
        ));
    }
    lines.push("No test is made of it here, so no word of change can be said.".into());
    let row = |(period, taken): &(Period, Result<Taken, NotKnown>)| {
        let (n, value, interval) = match taken {
            Ok(taken) => {
                let limits = taken.interval;
                let interval =
                    format!("{} to {}", one_decimal(limits.lower), one_decimal(limits.upper));
                (thousands(taken.n), one_decimal(taken.value), interval)
            }
            Err(why) => ("not known".into(), "not known".into(), why.0.clone()),
        };
        vec![period.in_words(), n, value, interval]
    };
    let table = Table {
        caption: format!("{}, {}", measure.title, place.name),
        columns: columns(&["Months", &measure.unit, &unit, "95% interval"]),
        rows: found.years.iter().map(row).collect(),
        note: Some(format!(
            "Measure {}, version {}: {}. Evidence vintage {}.",
            measure.id,
            measure.version,
            measure.numerator.in_words(),
            vintage.observed.snapshot
        )),
    };
    Part { heading: measure.title.clone(), lines, charts: Vec::new(), tables: vec![table.into()] }
}

/// Why nothing is computed here of a measure.
pub(super) fn why_not_computed(vintage: &Vintage, measure: &Measure) -> String {
    let sources = &vintage.observed.sources;
    let controlled = measure.sources().iter().any(|source| {
        sources.get(source).is_none_or(|source| source.disclosure == Disclosure::Controlled)
    });
    if controlled {
        "Its source is shared under an agreement: its numbers stand in the published assessment, or nowhere.".into()
    } else if measure.numerator.repeats_within_months.is_some() {
        "Repeats are counted over a whole source, and are in no area.".into()
    } else if measure.share_of.is_some() {
        "It is a share of other counts. These pages show it, and test no change of it.".into()
    } else if measure.weights.is_some() {
        "It is a weighted sum. These pages show it, and test no change of it.".into()
    } else {
        "Its numbers arrive as totals, and these pages test counts of single events only.".into()
    }
}

/// Sentences of change: those that found one first, then those that found none, in the order given.
pub(super) fn changes_first(mut told: Vec<local::Told>) -> Vec<String> {
    told.sort_by_key(|one| match one.verdict {
        Verdict::Rose | Verdict::Fell => 0,
        Verdict::Stable => 1,
        _ => 2,
    });
    told.into_iter().map(|one| one.sentence).collect()
}

/// Why the assessment may say of the same counts what a page does not.
pub(super) const ASSESSMENT_DIFFERS: &str = "The published assessment corrects for its own tests, which are fewer, and compares other months; so it may say of a change what this page does not.";

/// Whether any test could be made of a measure.
pub(super) fn is_tested(found: &Local) -> bool {
    found.told().iter().any(|told| told.verdict != Verdict::NotTestable)
}

/// How sure the words of a page are, where any of its tests could be made.
pub(super) fn certainty(pages: &str, family: Family, is_tested: bool) -> String {
    if !is_tested {
        return "No test could be made of these counts, for the reasons given here. So nobody can say from them whether anything changed.".into();
    }
    format!(
        "{pages} {} tests, and each is corrected for all of them (Bonferroni): a word of change or difference \
         stands only where the corrected p value is at most {}. “No clear change” does not mean that nothing \
         changed.",
        thousands(family.n_tests as u64),
        family.rule.level
    )
}

pub(super) fn as_sentence(words: &str) -> String {
    let mut rest = words.trim().chars();
    let first = rest.next().map(char::to_uppercase);
    let sentence: String = first.into_iter().flatten().chain(rest).collect();
    if sentence.is_empty() || sentence.ends_with('.') { sentence } else { sentence + "." }
}
