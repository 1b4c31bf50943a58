//! What an assessment declares: its claims, its charts, its sections and the rule for its words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::claim::Rule;
use wardmote_domain::period::{Month, Period, PeriodError};

/// `assessment/assessment.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// Title on the cover.
    pub title: String,
    /// What the family of tests is called, and the rule for its words.
    pub family: Family,
    /// The sections of the full assessment, in order: names of the files beside this one.
    pub sections: Vec<SectionDeclaration>,
    /// The sections of the summary.
    pub summary: Vec<SectionDeclaration>,
    /// Attribution lines printed at the end.
    #[serde(default)]
    pub licence_notes: Vec<String>,
}

/// The family of tests that the correction runs over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Family {
    /// What the family is: "every claim of this assessment, shown or not".
    pub description: String,
    /// The rule for its words.
    pub rule: Rule,
}

/// One section of an assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SectionDeclaration {
    /// The file of its prose, without `.md`.
    pub file: String,
    /// Its heading.
    pub heading: String,
    /// The statutory contents that it answers, by key of `statutory.toml`.
    #[serde(default)]
    pub answers: Vec<String>,
}

/// `assessment/statutory.toml`: what the law asks an assessment to contain. It is configuration with
/// a date and a source, because the law changes and differs between England and Wales.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statutory {
    /// Where the list comes from.
    pub source: String,
    /// When somebody last checked it against the source.
    pub checked: jiff::civil::Date,
    /// The contents, by key.
    pub contents: BTreeMap<String, String>,
}

/// One claim of `assessment/claims.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "WrittenClaim", into = "WrittenClaim")]
pub struct Claim {
    /// The measure; survey shares have none.
    pub measure: Option<String>,
    /// The area; the partnership's first district if not given.
    pub area: Option<AreaCode>,
    /// What is asked.
    pub ask: Ask,
}

/// What a claim asks.
#[derive(Debug, Clone, PartialEq)]
pub enum Ask {
    /// A value with its interval; no test, no gated words.
    Value(ValueOf),
    /// A change between two periods that hold the same months.
    Compare(Compare),
    /// A trend over a run of months.
    Trend(Over),
    /// The season over a run of months.
    Season(Over),
    /// Whether it rises and falls with another measure.
    Together(With),
    /// Whether months were more than their own past lets expect, and when it was back.
    Spike(Spike),
    /// Whether an action was followed by fewer events in its target than the control lets expect.
    Action(Action),
    /// The rate here against the rate elsewhere.
    Against(Against),
    /// Whether the rate or share here lies outside what is usual among areas of its kind.
    Funnel(Among),
    /// The area's rank by rate among areas of its kind, with the ranks that it could have; no test.
    Rank(Among),
    /// In how few areas of a level a share of the events is; no test.
    Concentration(ConcentratedIn),
    /// Which area of a level has the highest rate.
    Highest(Highest),
    /// A survey share here against the rest of the whole.
    Share(Share),
    /// The same, of a survey whose answers are in the lake.
    Survey(SurveyQuestion),
    /// A number that a publisher gives, or how many small areas it gives a number within limits.
    Statistic(StatisticOf),
}

/// Why a claim cannot be read.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ClaimError {
    /// None or several of the questions stand in it.
    #[error(
        "a claim asks exactly one of value, compare, trend, season, together, spike, action, against, funnel, rank, concentration, highest, share, survey, statistic; this asks {asked}"
    )]
    OneQuestion {
        /// How many it asks.
        asked: usize,
    },
    /// Every question but a survey share and a statistic is about a measure.
    #[error("a claim needs measure = \"...\", unless it is a survey share or a statistic")]
    NoMeasure,
    /// Residents hardly change between two periods, and harm has no test.
    #[error("periods are compared as \"count\" or \"share\"")]
    ComparedAs,
    /// The past comes before the months that are held against it, and the return after.
    #[error("a spike's months lie after since and not after until")]
    SpikeMonths,
    /// A longer period has more events.
    #[error("the periods before and after an action are of one length, and lie apart")]
    ActionMonths,
    /// Areas of a level, or areas by their codes.
    #[error("{question} is among the areas of a level or among areas = [...], not both")]
    TwoGroups {
        /// What asks.
        question: &'static str,
    },
    /// A funnel has limits for events per resident and for parts of wholes; ranks are by rate.
    #[error("{question} is as {forms}")]
    AmongAs {
        /// What asks.
        question: &'static str,
        /// What there is.
        forms: &'static str,
    },
    /// A share of the events.
    #[error("concentration is of a share above 0 and below 1, such as 0.5; this is {share}")]
    ConcentratedShare {
        /// What was given.
        share: f64,
    },
    /// The periods do not hold the same months.
    #[error(transparent)]
    Periods(#[from] PeriodError),
}

/// A claim as it stands in the file: one of the questions is given.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenClaim {
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    area: Option<AreaCode>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<ValueOf>,
    #[serde(skip_serializing_if = "Option::is_none")]
    compare: Option<Compare>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trend: Option<Over>,
    #[serde(skip_serializing_if = "Option::is_none")]
    season: Option<Over>,
    #[serde(skip_serializing_if = "Option::is_none")]
    together: Option<With>,
    #[serde(skip_serializing_if = "Option::is_none")]
    spike: Option<Spike>,
    #[serde(skip_serializing_if = "Option::is_none")]
    action: Option<Action>,
    #[serde(skip_serializing_if = "Option::is_none")]
    against: Option<Against>,
    #[serde(skip_serializing_if = "Option::is_none")]
    funnel: Option<Among>,
    #[serde(skip_serializing_if = "Option::is_none")]
    rank: Option<Among>,
    #[serde(skip_serializing_if = "Option::is_none")]
    concentration: Option<ConcentratedIn>,
    #[serde(skip_serializing_if = "Option::is_none")]
    highest: Option<Highest>,
    #[serde(skip_serializing_if = "Option::is_none")]
    share: Option<Share>,
    #[serde(skip_serializing_if = "Option::is_none")]
    survey: Option<SurveyQuestion>,
    #[serde(skip_serializing_if = "Option::is_none")]
    statistic: Option<StatisticOf>,
}

impl TryFrom<WrittenClaim> for Claim {
    type Error = ClaimError;

    fn try_from(written: WrittenClaim) -> Result<Self, ClaimError> {
        let asked: Vec<Ask> = [
            written.value.map(Ask::Value),
            written.compare.map(Ask::Compare),
            written.trend.map(Ask::Trend),
            written.season.map(Ask::Season),
            written.together.map(Ask::Together),
            written.spike.map(Ask::Spike),
            written.action.map(Ask::Action),
            written.against.map(Ask::Against),
            written.funnel.map(Ask::Funnel),
            written.rank.map(Ask::Rank),
            written.concentration.map(Ask::Concentration),
            written.highest.map(Ask::Highest),
            written.share.map(Ask::Share),
            written.survey.map(Ask::Survey),
            written.statistic.map(Ask::Statistic),
        ]
        .into_iter()
        .flatten()
        .collect();
        let [ask] = <[Ask; 1]>::try_from(asked)
            .map_err(|asked| ClaimError::OneQuestion { asked: asked.len() })?;
        if let Ask::Compare(compare) = &ask {
            compare.period.comparable_with(&compare.with)?;
            if !matches!(compare.form, Form::Count | Form::Share) {
                return Err(ClaimError::ComparedAs);
            }
        }
        if let Ask::Action(Action { before, after, .. }) = &ask
            && (before.n_months() != after.n_months() || before.last() >= after.first())
        {
            return Err(ClaimError::ActionMonths);
        }
        if let Ask::Spike(Spike { period, since, until }) = &ask {
            let in_order =
                *since < period.first() && until.is_none_or(|last| last >= period.last());
            if !in_order {
                return Err(ClaimError::SpikeMonths);
            }
        }
        match &ask {
            Ask::Funnel(among) => {
                let forms = [Form::Rate, Form::Share];
                among.check("a funnel", &forms, "\"rate\" or \"share\"")?;
            }
            Ask::Rank(among) => among.check("a rank", &[Form::Rate], "\"rate\" only")?,
            Ask::Concentration(asked) if !(asked.share > 0.0 && asked.share < 1.0) => {
                return Err(ClaimError::ConcentratedShare { share: asked.share });
            }
            _ => {}
        }
        let own_subject = matches!(ask, Ask::Share(_) | Ask::Survey(_) | Ask::Statistic(_));
        if written.measure.is_none() && !own_subject {
            return Err(ClaimError::NoMeasure);
        }
        Ok(Self { measure: written.measure, area: written.area, ask })
    }
}

impl From<Claim> for WrittenClaim {
    fn from(claim: Claim) -> Self {
        let mut written = Self { measure: claim.measure, area: claim.area, ..Self::default() };
        match claim.ask {
            Ask::Value(value) => written.value = Some(value),
            Ask::Compare(compare) => written.compare = Some(compare),
            Ask::Trend(over) => written.trend = Some(over),
            Ask::Season(over) => written.season = Some(over),
            Ask::Together(with) => written.together = Some(with),
            Ask::Spike(spike) => written.spike = Some(spike),
            Ask::Action(action) => written.action = Some(action),
            Ask::Against(against) => written.against = Some(against),
            Ask::Funnel(among) => written.funnel = Some(among),
            Ask::Rank(among) => written.rank = Some(among),
            Ask::Concentration(asked) => written.concentration = Some(asked),
            Ask::Highest(highest) => written.highest = Some(highest),
            Ask::Share(share) => written.share = Some(share),
            Ask::Survey(question) => written.survey = Some(question),
            Ask::Statistic(asked) => written.statistic = Some(asked),
        }
        written
    }
}

/// A value to print.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ValueOf {
    /// When.
    pub period: Period,
    /// As what.
    #[serde(rename = "as", default)]
    pub form: Form,
}

/// The form in which a measure is taken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named by its meaning")]
pub enum Form {
    #[default]
    Count,
    Rate,
    Share,
    Harm,
}

/// Two periods of one series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Compare {
    /// The later period.
    pub period: Period,
    /// The earlier period.
    pub with: Period,
    /// As counts or as shares.
    #[serde(rename = "as", default)]
    pub form: Form,
}

/// A run of months.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Over {
    /// When.
    pub period: Period,
}

/// Another measure over a run of months.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct With {
    /// When.
    pub period: Period,
    /// The other measure.
    pub with: String,
}

/// Months that are held against their own past.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spike {
    /// The months.
    pub period: Period,
    /// The first month of the past.
    pub since: Month,
    /// The last month that is looked at for the return; the last of `period` if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Month>,
}

/// An action in a target, with the area around it and one where nothing was done.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Action {
    /// As many months before.
    pub before: Period,
    /// As after.
    pub after: Period,
    /// Where something was done.
    pub target: AreaCode,
    /// Where crime could have moved to.
    pub around: AreaCode,
    /// Where nothing was done.
    pub control: AreaCode,
}

/// The other areas of a comparison.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Against {
    /// When.
    pub period: Period,
    /// The areas compared with, taken together; the declared peers if empty.
    #[serde(default)]
    pub areas: Vec<AreaCode>,
}

/// The area of a claim among others of its kind, itself one of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Among {
    /// When.
    pub period: Period,
    /// All areas of this level in the partnership.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<AreaLevel>,
    /// Or these areas, by their codes; the declared peers if neither is given.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub areas: Vec<AreaCode>,
    /// As rates or shares.
    #[serde(rename = "as", default = "rate")]
    pub form: Form,
}

fn rate() -> Form {
    Form::Rate
}

impl Among {
    fn check(
        &self,
        question: &'static str,
        known: &[Form],
        forms: &'static str,
    ) -> Result<(), ClaimError> {
        if self.level.is_some() && !self.areas.is_empty() {
            return Err(ClaimError::TwoGroups { question });
        }
        if !known.contains(&self.form) {
            return Err(ClaimError::AmongAs { question, forms });
        }
        Ok(())
    }
}

/// How few areas hold a share of the events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConcentratedIn {
    /// When.
    pub period: Period,
    /// Among which areas of the partnership.
    pub level: AreaLevel,
    /// The share of the events, 0 to 1.
    #[serde(default = "half")]
    pub share: f64,
}

fn half() -> f64 {
    0.5
}

/// A ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Highest {
    /// When.
    pub period: Period,
    /// Among which areas.
    pub level: AreaLevel,
}

/// A survey share as published, with what a test of it needs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// Share in the area, 0 to 1.
    pub area: f64,
    /// Share in the whole, of which the area is a part, 0 to 1.
    pub whole: f64,
    /// Respondents in the area.
    pub respondents: Option<f64>,
    /// Respondents in the whole, the area included.
    pub respondents_in_whole: Option<f64>,
    /// Kish's design effect of the weights.
    pub design_effect: Option<f64>,
    /// Where the shares were published.
    pub source: String,
    /// What "similar" may hide, in points of share.
    #[serde(default)]
    pub equivalence_margin: Option<f64>,
    /// The name of the whole: "Greater Manchester".
    pub whole_name: String,
}

/// A share of a survey's respondents, by their answers in the lake.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SurveyQuestion {
    /// The source.
    pub source: String,
    /// The question's short name.
    pub question: String,
    /// The answers that are counted, such as "Very safe" and "Fairly safe".
    pub answers: Vec<String>,
    /// Only this group, such as "Ethnic group: Other".
    #[serde(default)]
    pub group: Option<String>,
    /// The wave; needed where the source holds several.
    #[serde(default)]
    pub wave: Option<String>,
    /// What "similar" may hide, in points of share.
    #[serde(default)]
    pub equivalence_margin: Option<f64>,
    /// The name of the whole: "Greater Manchester".
    pub whole_name: String,
}

/// A published number: as many of the publisher's words as it takes to name one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StatisticOf {
    /// The source.
    pub source: String,
    /// What is counted or measured.
    pub indicator: String,
    /// Of whom, where the source parts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub breakdown: Option<String>,
    /// As what, where the source gives several: "Count", "Percentage".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub measure: Option<String>,
    /// When, where the source gives several periods.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub period: Option<String>,
    /// Count the partnership's areas whose number is at most this, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<f64>,
    /// Count the partnership's areas whose number is at least this, instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
}

impl StatisticOf {
    /// Whether it counts areas instead of giving a number.
    pub(crate) fn counts_areas(&self) -> bool {
        self.at_most.is_some() || self.at_least.is_some()
    }
}

/// One chart, map or table of `assessment/charts.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "WrittenChart")]
pub struct ChartDeclaration {
    /// Title above it.
    pub title: String,
    /// What is drawn.
    pub of: Charted,
}

/// What a chart is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Charted {
    /// A measure.
    Measure(MeasureChart),
    /// A question of a survey, by group.
    Survey(SurveyQuestion),
}

/// A chart of a measure.
#[derive(Debug, Clone, PartialEq)]
pub struct MeasureChart {
    /// The measure drawn.
    pub measure: String,
    /// What is drawn of it.
    pub kind: ChartForm,
    /// When.
    pub period: Period,
    /// The areas of a bar chart or map.
    pub level: Option<AreaLevel>,
    /// As counts, rates or shares.
    pub form: Form,
    /// How many bars, highest first.
    pub top: Option<usize>,
    /// Only marks that begin so: "Age range" of "Age range: 18-24".
    pub marks: Option<String>,
}

/// Why a chart cannot be read.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum ChartError {
    /// One of the two.
    #[error("a chart draws either a measure, with its kind and period, or a survey")]
    OneSubject,
    /// Limits are for events per resident and for parts of wholes.
    #[error("a chart of kind \"funnel\" is as = \"rate\" or as = \"share\"")]
    FunnelAs,
    /// A part that the kind has no use for.
    #[error("{part} has no meaning in a chart of kind {kind:?}")]
    Unused {
        /// The part.
        part: &'static str,
        /// The kind.
        kind: ChartForm,
    },
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChart {
    title: String,
    measure: Option<String>,
    kind: Option<ChartForm>,
    period: Option<Period>,
    level: Option<AreaLevel>,
    #[serde(rename = "as", default)]
    form: Form,
    top: Option<usize>,
    marks: Option<String>,
    survey: Option<SurveyQuestion>,
}

impl TryFrom<WrittenChart> for ChartDeclaration {
    type Error = ChartError;

    fn try_from(written: WrittenChart) -> Result<Self, ChartError> {
        let WrittenChart { title, measure, kind, period, level, form, top, marks, survey } =
            written;
        let of = match (measure, kind, period, survey) {
            (Some(measure), Some(kind), Some(period), None) => {
                if marks.is_some() && kind != ChartForm::Marks {
                    return Err(ChartError::Unused { part: "marks", kind });
                }
                if kind == ChartForm::Funnel && !matches!(form, Form::Rate | Form::Share) {
                    return Err(ChartError::FunnelAs);
                }
                Charted::Measure(MeasureChart { measure, kind, period, level, form, top, marks })
            }
            (None, None, None, Some(asked)) => Charted::Survey(asked),
            _ => return Err(ChartError::OneSubject),
        };
        Ok(Self { title, of })
    }
}

/// The forms of chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ChartForm {
    /// Months in a row.
    Series,
    /// One bar for each area.
    Areas,
    /// One bar for each category.
    Categories,
    /// One bar for each mark.
    Marks,
    /// One bar for each outcome.
    Outcomes,
    /// The twelve months' profile.
    Season,
    /// Areas by size, with the limits within which areas usually lie.
    Funnel,
    /// A map of areas that stand out with their surroundings.
    HotSpots,
    /// A map of areas.
    Map,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claim(text: &str) -> Result<Claim, String> {
        toml::from_str(text).map_err(|error| error.to_string())
    }

    #[test]
    fn a_claim_asks_one_question() {
        assert!(
            claim("measure = \"m\"\ncompare = { period = \"2023/24\", with = \"2022/23\" }")
                .is_ok()
        );
        let two =
            "measure = \"m\"\ntrend = { period = \"2023/24\" }\nseason = { period = \"2023/24\" }";
        assert!(claim(two).unwrap_err().contains("this asks 2"));
        assert!(claim("measure = \"m\"").unwrap_err().contains("this asks 0"));
        assert!(claim("value = { period = \"2023/24\" }").unwrap_err().contains("measure"));
    }

    #[test]
    fn areas_are_compared_by_rate_or_share_within_one_group() {
        let written = "measure = \"m\"\nfunnel = { period = \"2023/24\", level = \"ward-2024\" }";
        let parsed: Claim = toml::from_str(written).unwrap();
        assert!(matches!(&parsed.ask, Ask::Funnel(among) if among.form == Form::Rate));
        assert_eq!(toml::from_str::<Claim>(&toml::to_string(&parsed).unwrap()).unwrap(), parsed);
        let ranked = "measure = \"m\"\nrank = { period = \"2023/24\", as = \"share\" }";
        assert!(claim(ranked).unwrap_err().contains("a rank is as \"rate\" only"));
        let both = "measure = \"m\"\nfunnel = { period = \"2023/24\", level = \"ward-2024\", areas = [\"E06000055\"] }";
        assert!(claim(both).unwrap_err().contains("not both"));
    }

    #[test]
    fn a_part_year_against_a_full_year_is_refused() {
        let error = claim(
            "measure = \"m\"\ncompare = { period = \"2024-04..2024-11\", with = \"2023/24\" }",
        )
        .unwrap_err();
        assert!(error.contains("compare the same months"), "{error}");
    }
}
