//! `survey`: a weighted share in a group against the rest, and whether they may be called the same.

use wardmote_stats::equivalence::equivalent_difference;
use wardmote_stats::interval::Confidence;
use wardmote_stats::proportion::{WeightedShare, compare_weighted};

use crate::analysis::own_file::OwnFile;
use crate::analysis::{Analysis, AnalysisError, fields, p_in_words};

/// Which answers are compared.
#[derive(Debug, Clone, PartialEq)]
pub struct SurveyAsked {
    /// The column of answers.
    pub value: String,
    /// The answer that is counted.
    pub yes: String,
    /// The column of weights; all 1 if not given.
    pub weight: Option<String>,
    /// The column of groups, such as districts.
    pub group: String,
    /// The group that is held against the rest.
    pub this: String,
    /// The largest difference of shares that "the same" may hide.
    pub margin: Option<f64>,
}

/// A share of respondents, one row each; a row without an answer is left out and said.
pub fn survey(file: &OwnFile, asked: &SurveyAsked) -> Result<Analysis, AnalysisError> {
    const METHOD: &str = "survey";
    let Answers { here, rest, unanswered } = answers(file, asked)?;
    let test = compare_weighted(&here, &rest).map_err(AnalysisError::of(METHOD))?;
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
    let same = match asked.margin {
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
        "this": side(&here)?,
        "rest": side(&rest)?,
        "same": same.map(|same| same.equivalent),
        "same_p": same.map(|same| same.p_value),
    };
    let parameters = fields! {
        "input": file.name(),
        "value": asked.value.as_str(),
        "yes": asked.yes.as_str(),
        "weight": asked.weight.clone(),
        "group": asked.group.as_str(),
        "this": asked.this.as_str(),
        "design_effect": test.design_effect,
        "interval": "wilson on effective respondents (kish)",
        "margin": asked.margin,
        "confidence": 0.95,
        "sides": "two-sided; sameness by two one-sided tests at 0.05",
        "correction": "none",
    };
    let mut warnings = Vec::new();
    if unanswered > 0 {
        warnings.push(format!("{unanswered} respondents without an answer are left out"));
    }
    if asked.weight.is_none() {
        warnings.push("unweighted: the respondents stand for nobody but themselves".into());
    }
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
        warnings,
        in_words: vec![in_words],
    })
}

/// The answers of the group and of the rest.
struct Answers {
    here: WeightedShare,
    rest: WeightedShare,
    unanswered: u64,
}

fn answers(file: &OwnFile, asked: &SurveyAsked) -> Result<Answers, AnalysisError> {
    let weights = match &asked.weight {
        Some(column) => file.numbers(column)?,
        None => vec![1.0; file.n_rows()],
    };
    let groups = file.words(&asked.group)?;
    let nobody =
        WeightedShare { respondents: 0, weight: 0.0, weight_squares: 0.0, weight_with: 0.0 };
    let mut sides = [nobody; 2];
    let (mut unanswered, mut said_yes) = (0_u64, false);
    for (((_, answer), weight), group) in file.cells(&asked.value)?.zip(&weights).zip(&groups) {
        if answer.is_empty() {
            unanswered += 1;
            continue;
        }
        let side = &mut sides[usize::from(*group != asked.this)];
        side.respondents += 1;
        side.weight += weight;
        side.weight_squares += weight * weight;
        if answer == asked.yes {
            said_yes = true;
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
    if !said_yes {
        return Err(AnalysisError::option("--yes", format!("no answer is {:?}", asked.yes)));
    }
    Ok(Answers { here, rest, unanswered })
}
