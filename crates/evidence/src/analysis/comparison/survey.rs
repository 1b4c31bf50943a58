//! `survey`: a weighted share in a group against the rest, and whether they may be called the same.

use std::collections::BTreeSet;

use wardmote_domain::area::AreaCode;
use wardmote_stats::equivalence::equivalent_difference;
use wardmote_stats::interval::Confidence;
use wardmote_stats::proportion::{WeightedShare, compare_weighted};

use crate::analysis::own_file::OwnFile;
use crate::analysis::{Analysis, AnalysisError, Fields, fields, p_in_words};
use crate::declarations::SurveyQuestion;
use crate::observed::Observed;

const METHOD: &str = "survey";

/// Which columns and answers of a file are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyColumns {
    /// The column of answers.
    pub value: String,
    /// The answers that are counted.
    pub yes: Vec<String>,
    /// The column of weights; all 1 if not given.
    pub weight: Option<String>,
    /// The column of groups, such as districts.
    pub group: String,
    /// The group that is held against the rest.
    pub this: String,
}

/// Who answered so, in the group in question and in the rest.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    here: WeightedShare,
    rest: WeightedShare,
    from: Fields,
    warnings: Vec<String>,
}

/// A share of respondents against the rest's; `margin` is the largest difference of shares that "the
/// same" may hide.
pub fn survey(answers: &Answers, margin: Option<f64>) -> Result<Analysis, AnalysisError> {
    let Answers { here, rest, from, warnings } = answers;
    let test = compare_weighted(here, rest).map_err(AnalysisError::of(METHOD))?;
    let side = |share: &WeightedShare| -> Result<_, AnalysisError> {
        let limits = share.limits(Confidence::P95).map_err(AnalysisError::of(METHOD))?;
        Ok(fields! {
            "share": share.share(),
            "lower": limits.lower,
            "upper": limits.upper,
            "respondents": share.respondents,
            "effective_respondents": share.effective_respondents(),
            "design_effect": share.design_effect(),
        })
    };
    let same = match margin {
        Some(margin) => Some(
            equivalent_difference(test.difference, test.standard_error, margin, 0.05)
                .map_err(AnalysisError::of(METHOD))?,
        ),
        None => None,
    };
    let results = fields! {
        "difference": test.difference,
        "lower": test.interval.lower,
        "upper": test.interval.upper,
        "z": test.z,
        "p": test.p_value,
        "this": side(here)?,
        "rest": side(rest)?,
        "same": same.map(|same| same.equivalent),
        "same_p": same.map(|same| same.p_value),
    };
    let parameters = from.clone().and(fields! {
        "design_effect": test.design_effect,
        "interval": "wilson on effective respondents (kish)",
        "margin": margin,
        "confidence": 0.95,
        "sides": "two-sided; sameness by two one-sided tests at 0.05",
        "correction": "none",
    });
    let in_words = format!(
        "{:.1}% here and {:.1}% in the rest: a difference of {:+.1} points (95% limits {:+.1} to {:+.1}), {}.",
        100.0 * test.area,
        100.0 * test.rest,
        100.0 * test.difference,
        100.0 * test.interval.lower,
        100.0 * test.interval.upper,
        p_in_words(test.p_value)
    );
    let n = here.respondents + rest.respondents;
    Ok(Analysis {
        method: METHOD,
        parameters,
        n,
        results: results.into(),
        warnings: warnings.clone(),
        in_words: vec![in_words],
    })
}

impl Answers {
    /// A file with one row for each respondent; a row without an answer is left out and said.
    pub fn of_file(file: &OwnFile, asked: &SurveyColumns) -> Result<Self, AnalysisError> {
        let weights = match &asked.weight {
            Some(column) => file.numbers(column)?,
            None => vec![1.0; file.n_rows()],
        };
        let groups = file.words(&asked.group)?;
        let mut sides = [WeightedShare::default(); 2];
        let (mut unanswered, mut said) = (0_u64, BTreeSet::new());
        for (((_, answer), weight), group) in file.cells(&asked.value)?.zip(&weights).zip(&groups) {
            if answer.is_empty() {
                unanswered += 1;
                continue;
            }
            let side = &mut sides[usize::from(*group != asked.this)];
            side.respondents += 1;
            side.weight += weight;
            side.weight_squares += weight * weight;
            if asked.yes.iter().any(|yes| yes == answer) {
                said.insert(answer);
                side.weight_with += weight;
            }
        }
        let [here, rest] = sides;
        if here.respondents == 0 {
            return Err(AnalysisError::option(
                "--this",
                format!("no respondent of group {:?} answered", asked.this),
            ));
        }
        if let Some(nobody) = asked.yes.iter().find(|yes| !said.contains(yes.as_str())) {
            return Err(AnalysisError::option("--yes", format!("no answer is {nobody:?}")));
        }
        let mut warnings = Vec::new();
        if unanswered > 0 {
            warnings.push(format!("{unanswered} respondents without an answer are left out"));
        }
        if asked.weight.is_none() {
            warnings.push("unweighted: the respondents stand for nobody but themselves".into());
        }
        let from = fields! {
            "input": file.name(),
            "value": asked.value.as_str(),
            "yes": asked.yes.join("; "),
            "weight": asked.weight.clone(),
            "group": asked.group.as_str(),
            "this": asked.this.as_str(),
        };
        Ok(Self { here, rest, from, warnings })
    }

    /// A question of a survey in the lake, in an area against the rest of those who were asked.
    pub fn of_lake(
        observed: &Observed,
        asked: &SurveyQuestion,
        area: Option<&AreaCode>,
    ) -> Result<Self, AnalysisError> {
        let place = match area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let found = observed.survey_shares(asked, &place.code)?;
        let from = fields! {
            "survey": asked.source.as_str(),
            "question": asked.question.as_str(),
            "asked": found.text,
            "yes": asked.answers.join("; "),
            "respondents": asked.group.clone(),
            "wave": found.wave,
            "area": place.code.as_str(),
            "area_name": place.name.as_str(),
            "vintage": observed.snapshot.as_str(),
        };
        Ok(Self { here: found.area, rest: found.rest, from, warnings: Vec::new() })
    }
}
