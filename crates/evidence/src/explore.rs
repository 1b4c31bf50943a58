//! A measure of an open source as somebody asks for it: areas, months, breakdown and form, each row with
//! its interval. Nothing is tested into words here, because whoever tries many questions finds
//! something by chance; what is found can be added to the assessment, where it is corrected.

use std::fmt::Write as _;

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Category;
use wardmote_domain::figure::FigureId;
use wardmote_domain::period::Period;

use crate::declarations::Form;
use crate::figure::figure_id;
use crate::local::{self, shown};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, Taken, take};
use crate::testing::{self, NotTested, RawTest};

/// What rows stand for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// The whole period of each area.
    Whole,
    /// Each month.
    Month,
    /// Each financial year that lies in the period.
    FinancialYear,
    /// Each category of the measure.
    Category,
    /// Each area of a level.
    Area(AreaLevel),
}

/// What is asked about the months of each area.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Values alone.
    Values,
    /// The trend.
    Trend,
    /// The season.
    Season,
}

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Asked<'a> {
    /// The measure.
    pub measure: &'a Measure,
    /// The areas; not looked at where rows stand for the areas of a level.
    pub places: Vec<&'a Place>,
    /// The months.
    pub period: Period,
    /// What rows stand for.
    pub by: By,
    /// As what values are taken.
    pub form: Form,
    /// What is asked about the months.
    pub method: Method,
}

/// One row.
#[derive(Debug, Clone, PartialEq)]
pub struct Row<'a> {
    /// Where.
    pub place: &'a Place,
    /// When.
    pub period: Period,
    /// Of which category, if rows stand for them.
    pub category: Option<Category>,
    /// The value.
    pub taken: Result<Taken, NotKnown>,
}

/// Why a question cannot be answered.
#[derive(Debug, thiserror::Error)]
pub enum ExploreError {
    /// The measure has no such form.
    #[error("{measure} cannot be taken as {form}: {why}")]
    Form {
        /// The measure's title.
        measure: String,
        /// The form asked.
        form: &'static str,
        /// What it lacks.
        why: &'static str,
    },
    /// Too many rows.
    #[error("that would be {n} rows; ask for at most {most}, with fewer areas or months")]
    TooMany {
        /// How many.
        n: usize,
        /// How many may be.
        most: usize,
    },
    /// What was gathered lacks something.
    #[error(transparent)]
    Observed(#[from] ObservedError),
}

/// The rows that are answered at once.
pub const MOST_ROWS: usize = 50_000;

/// The measures that can be asked for: counts of open sources of events, and what is taken from them.
pub fn measures(observed: &Observed) -> Vec<&Measure> {
    let open = |source: &String| {
        let declared = observed.sources.get(source);
        !observed.is_controlled(source)
            && declared.is_some_and(|source| source.reader.brings_events())
    };
    let plain: Vec<&str> = shown(observed).iter().map(|measure| measure.id.as_str()).collect();
    let is_asked = |measure: &&Measure| {
        plain.contains(&measure.id.as_str())
            || (measure.sources().iter().all(open)
                && measure.numerator.repeats_within_months.is_none())
    };
    observed.measures.values().filter(is_asked).collect()
}

/// The forms that a measure can be taken as, the first of which is its own.
pub fn forms(measure: &Measure) -> Vec<Form> {
    let mut forms = Vec::new();
    forms.extend(measure.weights.is_some().then_some(Form::Harm));
    forms.extend(measure.denominator.is_some().then_some(Form::Rate));
    forms.push(Form::Count);
    forms.extend(measure.share_of.is_some().then_some(Form::Share));
    forms
}

/// How a form is written in an address and in `claims.toml`.
pub fn form_word(form: Form) -> &'static str {
    match form {
        Form::Count => "count",
        Form::Rate => "rate",
        Form::Share => "share",
        Form::Harm => "harm",
    }
}

/// The rows of a question, in the order of areas, months and categories.
pub fn rows<'a>(observed: &'a Observed, asked: &Asked<'a>) -> Result<Vec<Row<'a>>, ExploreError> {
    check_form(asked)?;
    let places = match asked.by {
        By::Area(level) => observed.places_within(level, &observed.partnership.areas)?,
        _ => asked.places.clone(),
    };
    let periods = periods(asked);
    let categories = categories(observed, asked)?;
    let n = places.len() * periods.len() * categories.len();
    if n > MOST_ROWS {
        return Err(ExploreError::TooMany { n, most: MOST_ROWS });
    }
    let mut rows = Vec::with_capacity(n);
    for place in places {
        for period in &periods {
            for category in &categories {
                let mut measure = asked.measure.clone();
                if let Some(category) = category {
                    measure.numerator.categories = vec![category.clone()];
                    measure.numerator.exclude = Vec::new();
                }
                let taken = take(observed, &measure, place, period, asked.form)?;
                rows.push(Row { place, period: period.clone(), category: category.clone(), taken });
            }
        }
    }
    Ok(rows)
}

fn check_form(asked: &Asked<'_>) -> Result<(), ExploreError> {
    if forms(asked.measure).contains(&asked.form) {
        return Ok(());
    }
    let why = match asked.form {
        Form::Rate => "it declares no residents",
        Form::Share => "it declares nothing that it is a share of",
        _ => "it declares no weights",
    };
    let measure = asked.measure.title.clone();
    Err(ExploreError::Form { measure, form: form_word(asked.form), why })
}

fn periods(asked: &Asked<'_>) -> Vec<Period> {
    let period = &asked.period;
    match asked.by {
        By::Month => period.months().filter_map(|month| Period::run(month, month).ok()).collect(),
        By::FinancialYear => {
            let years = period.first().year() - 1..=period.last().year();
            let within =
                |year: &Period| period.contains(year.first()) && period.contains(year.last());
            years.filter_map(Period::financial_year).filter(within).collect()
        }
        _ => vec![period.clone()],
    }
}

fn categories(
    observed: &Observed,
    asked: &Asked<'_>,
) -> Result<Vec<Option<Category>>, ObservedError> {
    if asked.by != By::Category {
        return Ok(vec![None]);
    }
    let known = observed.categories(&asked.measure.numerator.source)?;
    let counted = asked.measure.numerator.categories();
    Ok(known.into_iter().filter(|one| counted.admit(one.slug())).map(Some).collect())
}

/// A place with its test, or why there is none.
pub type TestedPlace<'a> = (&'a Place, Result<RawTest, NotTested>);

/// The test of the method in each area, before any correction; none for values.
pub fn tests<'a>(
    observed: &'a Observed,
    asked: &Asked<'a>,
) -> Result<Vec<TestedPlace<'a>>, ObservedError> {
    if asked.method == Method::Values {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    for &place in &asked.places {
        let months = observed.monthly(&asked.measure.numerator, place, &asked.period)?;
        let known = local::Known::of(&months);
        let counts: Vec<u64> = known.months.iter().map(|(_, n)| *n).collect();
        let margin = asked.measure.equivalence_margin;
        let test = match asked.method {
            Method::Season => {
                testing::seasonality(&known.times, &counts, &known.of_year).map(|(test, _)| test)
            }
            _ => testing::drift(&known.times, &counts, &known.of_year, margin),
        };
        found.push((place, test));
    }
    Ok(found)
}

/// The id by which an answer is cited: it follows from the question and the vintage.
pub fn citation(asked: &str, snapshot: &str) -> FigureId {
    figure_id(&format!("explore | {asked}"), snapshot)
}

/// What to paste into `assessment/claims.toml`, and the bindings that print it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snippet {
    /// Claims, one for each area.
    pub claims: String,
    /// Prose that prints them.
    pub prose: String,
}

/// The question as claims of an assessment, where each becomes one of its family of tests.
pub fn snippet(asked: &Asked<'_>) -> Snippet {
    let (mut claims, mut prose) = (String::new(), String::new());
    let kind = match asked.method {
        Method::Values => form_word(asked.form),
        Method::Trend => "trend",
        Method::Season => "season",
    };
    for place in &asked.places {
        let place_word = place.code.as_str().to_lowercase().replace(':', "-");
        let name =
            format!("{}-{place_word}-{kind}-{}", asked.measure.id, month_word(&asked.period));
        let period = &asked.period;
        let asks = match asked.method {
            Method::Values => {
                format!("value = {{ period = \"{period}\", as = \"{}\" }}", form_word(asked.form))
            }
            Method::Trend => format!("trend = {{ period = \"{period}\" }}"),
            Method::Season => format!("season = {{ period = \"{period}\" }}"),
        };
        // INVARIANT: writing to a string cannot fail.
        let _written = writeln!(
            claims,
            "[{name}]\nmeasure = \"{}\"\narea = \"{}\"\n{asks}\n",
            asked.measure.id, place.code
        );
        let colon = if asked.method == Method::Values { ":" } else { "" };
        let _written =
            writeln!(prose, "{} in {}{colon} {{{{{name}}}}}.", asked.measure.title, place.name);
    }
    Snippet { claims, prose }
}

/// The period as a part of a claim's name.
fn month_word(period: &Period) -> String {
    period.to_string().replace("..", "-to-").replace(['/', ' '], "-")
}
