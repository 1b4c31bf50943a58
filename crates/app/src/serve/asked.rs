//! What an address asks: measures, areas and periods, each found or said to be wrong.

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_evidence::measure::Measure;
use wardmote_evidence::observed::Place;
use wardmote_reports::site::{AskOption, Wrong};

use super::areas::{link, own};
use super::vintage::Vintage;

/// Fields for areas on a page.
pub(super) const MOST_AREAS: usize = 6;
/// The longest text of an area that is looked for, in characters.
const LONGEST_TEXT: usize = 100;
/// How many areas are offered where a text is not one area's.
const MOST_CANDIDATES: usize = 12;

/// The parameters of an address, in order.
pub(super) type Parameters = Vec<(String, String)>;

/// The value of a parameter, if it is there and not blank.
pub(super) fn value<'a>(asked: &'a Parameters, name: &str) -> Option<&'a str> {
    asked.iter().find(|(one, _)| one == name).map(|(_, text)| text.trim()).filter(|t| !t.is_empty())
}

pub(super) fn wrong(field: &str, text: impl Into<String>) -> Wrong {
    Wrong { field: field.to_owned(), text: text.into(), candidates: Vec::new() }
}

/// The texts of the fields for areas, those that are blank too.
pub(super) fn area_texts(asked: &Parameters) -> Vec<String> {
    let given = asked.iter().filter(|(name, _)| name == "area");
    let cut = |text: &str| text.trim().chars().take(LONGEST_TEXT).collect::<String>();
    let mut texts: Vec<String> = given.map(|(_, text)| cut(text)).take(MOST_AREAS).collect();
    texts.resize(MOST_AREAS, String::new());
    texts
}

/// The areas of the fields, each once, and what is wrong with those that are not found.
pub(super) fn areas<'a>(
    vintage: &'a Vintage,
    texts: &[String],
) -> anyhow::Result<(Vec<&'a Place>, Vec<Wrong>)> {
    let (mut found, mut not_found) = (Vec::<&Place>::new(), Vec::new());
    for (index, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        match one_area(vintage, text, &format!("area-{}", index + 1))? {
            Ok(place) if found.iter().all(|one| one.code != place.code) => found.push(place),
            Ok(_) => {}
            Err(why) => not_found.push(why),
        }
    }
    Ok((found, not_found))
}

/// Levels of areas that can be asked for, and at the districts' own the peers besides.
pub(super) fn places(vintage: &Vintage, level: AreaLevel) -> anyhow::Result<Vec<&Place>> {
    let partnership = &vintage.observed.partnership;
    if level != partnership.district_level {
        return own(vintage, level);
    }
    let mut districts = partnership.areas.clone();
    districts.extend(partnership.peers.iter().cloned());
    Ok(vintage.observed.places_within(level, &districts)?)
}

fn one_area<'a>(
    vintage: &'a Vintage,
    text: &str,
    field: &str,
) -> anyhow::Result<Result<&'a Place, Wrong>> {
    let mut everywhere = Vec::new();
    for level in vintage.levels.iter().copied() {
        everywhere.extend(places(vintage, level)?);
    }
    if let Ok(code) = AreaCode::new(text)
        && let Some(place) = everywhere.iter().find(|place| place.code == code)
    {
        return Ok(Ok(place));
    }
    let lower = text.to_lowercase();
    let named: Vec<&Place> =
        everywhere.iter().copied().filter(|place| place.name.to_lowercase() == lower).collect();
    let like = || everywhere.iter().copied().filter(|one| one.name.to_lowercase().contains(&lower));
    let meant = if named.is_empty() { like().collect() } else { named };
    Ok(match meant.as_slice() {
        [only] => Ok(*only),
        [] => Err(wrong(
            field,
            format!(
                "No area here is called “{text}”. Write its code, or another part of its name."
            ),
        )),
        several => Err(Wrong {
            candidates: several.iter().take(MOST_CANDIDATES).map(|place| link(place)).collect(),
            ..wrong(
                field,
                format!("“{text}” may be {} areas. Write the code of one.", several.len()),
            )
        }),
    })
}

/// The measure asked for, the first if none is, or what is wrong.
pub(super) fn measure<'a>(
    measures: &[&'a Measure],
    asked: &Parameters,
) -> Result<&'a Measure, Wrong> {
    let none = || wrong("measure", "No measure of an open source is declared here.");
    let first = measures.first().copied().ok_or_else(none)?;
    let Some(id) = value(asked, "measure") else { return Ok(first) };
    let found = measures.iter().copied().find(|measure| measure.id == id);
    found.ok_or_else(|| wrong("measure", "Choose one of the measures in the list."))
}

pub(super) fn measure_choices(measures: &[&Measure], chosen: Option<&Measure>) -> Vec<AskOption> {
    let choice = |measure: &&Measure| AskOption {
        value: measure.id.clone(),
        text: measure.title.clone(),
        selected: chosen.is_some_and(|one| one.id == measure.id),
    };
    measures.iter().map(choice).collect()
}

/// Options by what the address holds and what the reader sees.
pub(super) fn choices(options: &[(String, String)], chosen: &str) -> Vec<AskOption> {
    let choice = |(value, text): &(String, String)| AskOption {
        value: value.clone(),
        text: text.clone(),
        selected: value == chosen,
    };
    options.iter().map(choice).collect()
}
