//! From an address to a question, and back.

use serde_json::{Value, json};
use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::{Month, Period};
use wardmote_evidence::explore::{self, Asked, By, Method, Row, form_word, forms};
use wardmote_evidence::measure::Measure;
use wardmote_reports::site::{ExplorePage, Wrong};

use crate::serve::asked::{
    Parameters, area_texts, areas, choices, measure, measure_choices, value, wrong,
};
use crate::serve::vintage::Vintage;

/// Months that are shown unless others are asked for.
const MONTHS_SHOWN: i32 = 36;

/// The columns of an answer, for files and programs.
pub(in crate::serve) const COLUMNS: [&str; 11] =
    ["area", "name", "from", "to", "category", "n", "base", "value", "lower", "upper", "note"];

/// A row of an answer under [`COLUMNS`]; what is not known is null.
pub(in crate::serve) fn cells(vintage: &Vintage, row: &Row<'_>) -> Vec<Value> {
    let taken = row.taken.as_ref().ok();
    let why = row.taken.as_ref().err().map(|why| why.0.clone());
    let synthetic = vintage.site.synthetic.then(|| "SYNTHETIC".to_owned());
    let note: Vec<String> = synthetic.into_iter().chain(why).collect();
    vec![
        json!(row.place.code),
        json!(row.place.name),
        json!(row.period.first().to_string()),
        json!(row.period.last().to_string()),
        json!(row.category.as_ref().map(wardmote_domain::category::Category::slug)),
        json!(taken.map(|taken| taken.n)),
        json!(taken.and_then(|taken| taken.base)),
        json!(taken.map(|taken| taken.value)),
        json!(taken.map(|taken| taken.interval.lower)),
        json!(taken.map(|taken| taken.interval.upper)),
        json!((!note.is_empty()).then(|| note.join("; "))),
    ]
}

/// The rows that can be asked for, as the address holds them.
fn by_options(vintage: &Vintage) -> Vec<(By, String, String)> {
    let mut options = vec![
        (By::Month, "month".to_owned(), "Each month".to_owned()),
        (By::Whole, "whole".to_owned(), "The whole time of each area".to_owned()),
        (By::FinancialYear, "financial-year".to_owned(), "Each whole financial year".to_owned()),
        (By::Category, "category".to_owned(), "Each category".to_owned()),
    ];
    for level in vintage.levels.iter().copied() {
        let text = format!("All {}", level.tier.in_words_plural());
        options.push((By::Area(level), level.to_string(), text));
    }
    options
}

const METHODS: [(Method, &str, &str); 3] = [
    (Method::Values, "values", "Values with intervals"),
    (Method::Trend, "trend", "Trend, season apart"),
    (Method::Season, "season", "Season"),
];

/// The first and last month that a measure's source knows.
fn known(vintage: &Vintage, measure: &Measure) -> anyhow::Result<Option<(Month, Month)>> {
    Ok(vintage.observed.known_run(&measure.numerator.source)?)
}

fn first_shown((first, last): (Month, Month)) -> Month {
    first.max(last.plus(1 - MONTHS_SHOWN))
}

/// The fields as the address fills them.
pub(super) fn form(vintage: &Vintage, asked: &Parameters) -> anyhow::Result<ExplorePage> {
    let measures = explore::measures(&vintage.observed);
    let chosen = measure(&measures, asked).ok();
    let run = chosen.map(|measure| known(vintage, measure)).transpose()?.flatten();
    let month = |name: &str, default: Option<Month>| {
        let default = default.map(|month| month.to_string()).unwrap_or_default();
        value(asked, name).map_or(default, |text| text.chars().take(10).collect())
    };
    let mut texts = area_texts(asked);
    if texts.iter().all(String::is_empty) {
        texts[0] = vintage.observed.home()?.code.to_string();
    }
    let by: Vec<(String, String)> =
        by_options(vintage).into_iter().map(|(_, value, text)| (value, text)).collect();
    let taken: Vec<(String, String)> = chosen
        .map(forms)
        .unwrap_or_default()
        .into_iter()
        .map(|form| {
            let text = match form_word(form) {
                "rate" => "rate by residents",
                other => other,
            };
            (form_word(form).to_owned(), text.to_owned())
        })
        .collect();
    let methods = METHODS.map(|(_, value, text)| (value.to_owned(), text.to_owned()));
    Ok(ExplorePage {
        measures: measure_choices(&measures, chosen),
        areas: texts,
        from: month("from", run.map(first_shown)),
        to: month("to", run.map(|(_, last)| last)),
        by: choices(&by, value(asked, "by").unwrap_or("month")),
        forms: choices(&taken, value(asked, "as").unwrap_or("count")),
        methods: choices(&methods, value(asked, "method").unwrap_or("values")),
        ..ExplorePage::default()
    })
}

/// What is asked, or all that is wrong with it.
pub(in crate::serve) fn question<'a>(
    vintage: &'a Vintage,
    asked: &Parameters,
) -> anyhow::Result<Result<Asked<'a>, Vec<Wrong>>> {
    let measures = explore::measures(&vintage.observed);
    let measure = match measure(&measures, asked) {
        Ok(measure) => measure,
        Err(why) => return Ok(Err(vec![why])),
    };
    let (mut places, mut not_answered) = areas(vintage, &area_texts(asked))?;
    if places.is_empty() && not_answered.is_empty() {
        places.push(vintage.observed.home()?);
    }
    let Some(run) = known(vintage, measure)? else {
        not_answered.push(wrong("measure", "Nothing has come of this measure."));
        return Ok(Err(not_answered));
    };
    let period = period(asked, run);
    let by = by(vintage, asked);
    let method = value(asked, "method").unwrap_or("values");
    let method = METHODS.iter().find(|(_, value, _)| *value == method).map(|(method, ..)| *method);
    let method = method.ok_or_else(|| wrong("method", "Choose one of the methods in the list."));
    let form = value(asked, "as").unwrap_or("count");
    let form = forms(measure).into_iter().find(|one| form_word(*one) == form);
    let form = form.ok_or_else(|| {
        let known: Vec<&str> = forms(measure).into_iter().map(form_word).collect();
        wrong("as", format!("{} is taken as {}.", measure.title, known.join(" or ")))
    });
    let failed =
        [period.as_ref().err(), by.as_ref().err(), method.as_ref().err(), form.as_ref().err()];
    not_answered.extend(failed.into_iter().flatten().cloned());
    Ok(match (period, by, method, form) {
        (Ok(period), Ok(by), Ok(method), Ok(form)) if not_answered.is_empty() => {
            Ok(Asked { measure, places, period, by, form, method })
        }
        _ => Err(not_answered),
    })
}

fn period(asked: &Parameters, run: (Month, Month)) -> Result<Period, Wrong> {
    let month = |name: &str, default: Month| -> Result<Month, Wrong> {
        let Some(text) = value(asked, name) else { return Ok(default) };
        text.parse().map_err(|_| wrong(name, "Write a year and a month, such as 2023-04."))
    };
    let (first, last) = (month("from", first_shown(run))?, month("to", run.1)?);
    for (name, asked) in [("from", first), ("to", last)] {
        if asked < run.0 || asked > run.1 {
            let known = format!("{} to {}", run.0.in_words(), run.1.in_words());
            return Err(wrong(name, format!("Its source knows {known}. Ask within these months.")));
        }
    }
    Period::run(first, last)
        .map_err(|_| wrong("to", "The last month must not lie before the first."))
}

fn by(vintage: &Vintage, asked: &Parameters) -> Result<By, Wrong> {
    let text = value(asked, "by").unwrap_or("month");
    let found = by_options(vintage).into_iter().find(|(_, value, _)| value == text);
    found.map(|(by, ..)| by).ok_or_else(|| wrong("by", "Choose one of the rows in the list."))
}

/// The question as an address holds it, always the same for the same question.
pub(super) fn address(asked: &Asked<'_>) -> String {
    let by = match asked.by {
        By::Month => "month".to_owned(),
        By::Whole => "whole".to_owned(),
        By::FinancialYear => "financial-year".to_owned(),
        By::Category => "category".to_owned(),
        By::Area(level) => level_word(level),
    };
    let method = METHODS.iter().find(|(method, ..)| *method == asked.method);
    let mut parts = vec![format!("measure={}", encoded(&asked.measure.id))];
    parts.extend(asked.places.iter().map(|place| format!("area={}", encoded(place.code.as_str()))));
    parts.push(format!("from={}&to={}", asked.period.first(), asked.period.last()));
    parts.push(format!("by={by}&as={}", form_word(asked.form)));
    parts.push(format!("method={}", method.map_or("values", |(_, value, _)| value)));
    parts.join("&")
}

fn level_word(level: AreaLevel) -> String {
    level.to_string()
}

/// All but letters, digits and `-` as an address writes them.
fn encoded(text: &str) -> String {
    let one = |byte: u8| {
        if byte.is_ascii_alphanumeric() || byte == b'-' {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_hold_no_bare_marks() {
        assert_eq!(encoded("local:town & co"), "local%3Atown%20%26%20co");
    }

    #[test]
    fn months_outside_those_known_are_refused_with_the_months_known() {
        let month = |text: &str| -> Month { text.parse().unwrap() };
        let run = (month("2021-05"), month("2024-04"));
        let asked = |from: &str, to: &str| {
            vec![("from".to_owned(), from.to_owned()), ("to".to_owned(), to.to_owned())]
        };
        assert!(period(&asked("2021-05", "2024-04"), run).is_ok());
        assert_eq!(period(&asked("1021-05", "2024-04"), run).unwrap_err().field, "from");
        assert_eq!(period(&asked("2021-05", "9999-04"), run).unwrap_err().field, "to");
        assert_eq!(period(&asked("2023-05", "2022-04"), run).unwrap_err().field, "to");
        assert_eq!(period(&asked("May", "2022-04"), run).unwrap_err().field, "from");
        assert_eq!(period(&Vec::new(), run).unwrap().to_string(), "2021-05..2024-04");
    }
}
