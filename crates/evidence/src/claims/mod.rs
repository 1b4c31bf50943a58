//! Claims: each declared question is asked of the evidence, tested, corrected with its family, and
//! answered in a sentence whose words the outcome allows.

mod among;
mod answers;
mod asking;
mod months;
mod sentences;

pub(crate) use self::asking::SurveyOf;
pub(crate) use self::months::{Months, aligned};

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use wardmote_domain::claim::{Question, Rule, Verdict};
use wardmote_domain::figure::FigureId;

use crate::declarations::Claim;
use crate::family;
use crate::figure::Figure;
use crate::observed::{Observed, ObservedError};

/// Why a claim could not be evaluated at all.
#[derive(Debug, thiserror::Error)]
#[error("claim {claim:?}: {why}")]
pub struct ClaimFailure {
    /// The claim.
    pub claim: String,
    /// Why.
    #[source]
    pub why: ObservedError,
}

/// A part of a claim's answer that prose can print: `{{claim.percent}}`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Field {
    /// As it is printed.
    pub text: String,
    /// The figure behind it.
    pub figure: FigureId,
}

/// A claim with its answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The sentence without its subject: "fell by 8.0% between ...".
    pub statement: String,
    /// The figure that the sentence rests on.
    pub figure: FigureId,
    /// What may be said; `None` for a plain value, which claims nothing.
    pub verdict: Option<Verdict>,
    /// The parts.
    pub fields: BTreeMap<String, Field>,
}

/// One test of the family, as the table of tests prints it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TestRecord {
    /// The claim.
    pub claim: String,
    /// What was asked.
    pub question: Option<Question>,
    /// How.
    pub method: String,
    /// The statistic, where it is a z.
    pub z: Option<f64>,
    /// What the method chose or was given.
    pub parameters: BTreeMap<String, f64>,
    /// p value of no effect, before and after correction.
    pub p: Option<f64>,
    /// After correction.
    pub corrected_p: Option<f64>,
    /// p value of the equivalence test, before correction.
    pub equivalence_p: Option<f64>,
    /// After correction.
    pub corrected_equivalence_p: Option<f64>,
    /// What may be said.
    pub verdict: Verdict,
    /// Why there was no test.
    pub not_tested: Option<String>,
}

/// All claims of an assessment, answered.
#[derive(Debug, Clone, PartialEq)]
pub struct Answers {
    /// By the claim's name.
    pub claims: BTreeMap<String, Answer>,
    /// Every figure behind them.
    pub figures: BTreeMap<FigureId, Figure>,
    /// The family, in order of name.
    pub tests: Vec<TestRecord>,
}

/// Asks, tests, corrects and answers every claim.
pub fn answer_all(
    observed: &Observed,
    claims: &BTreeMap<String, Claim>,
    rule: Rule,
) -> Result<Answers, ClaimFailure> {
    answer_beside(observed, claims, &[], rule)
}

/// The same, where other claims of the family were tested `elsewhere`.
pub(crate) fn answer_beside(
    observed: &Observed,
    claims: &BTreeMap<String, Claim>,
    elsewhere: &[family::MadeElsewhere],
    rule: Rule,
) -> Result<Answers, ClaimFailure> {
    let mut asked = Vec::with_capacity(claims.len());
    for (name, claim) in claims {
        let evidence = asking::ask(observed, claim)
            .map_err(|why| ClaimFailure { claim: name.clone(), why })?;
        asked.push((name, evidence));
    }
    let raw = asked.iter().filter_map(|(_, evidence)| evidence.test()).collect();
    let mut corrected = family::correct(raw, elsewhere, rule).into_iter();

    let mut answers =
        Answers { claims: BTreeMap::new(), figures: BTreeMap::new(), tests: Vec::new() };
    for (name, evidence) in asked {
        let test = evidence.test().and_then(|_| corrected.next());
        if let Some(test) = &test {
            answers.tests.push(record(name, test, evidence.is_open(observed)));
        }
        let (answer, figures) = answers::answer(observed, &evidence, test.as_ref())
            .map_err(|why| ClaimFailure { claim: name.clone(), why })?;
        answers.figures.extend(figures.into_iter().map(|figure| (figure.id.clone(), figure)));
        answers.claims.insert(name.clone(), answer);
    }
    Ok(answers)
}

/// `open` tells whether the test's own numbers, which hold how its months vary, may be printed.
fn record(claim: &str, test: &family::Corrected, open: bool) -> TestRecord {
    let raw = test.raw.as_ref().ok();
    let inner = raw.filter(|_| open);
    TestRecord {
        claim: claim.to_owned(),
        question: raw.map(|raw| raw.question),
        method: raw.map_or_else(|| "none".to_owned(), |raw| raw.method.clone()),
        z: inner.and_then(|raw| raw.z),
        parameters: inner.map(|raw| raw.parameters.clone()).unwrap_or_default(),
        p: raw.map(|raw| raw.p),
        corrected_p: test.p,
        equivalence_p: raw.and_then(|raw| raw.equivalence_p),
        corrected_equivalence_p: test.equivalence_p,
        verdict: test.verdict,
        not_tested: test.raw.as_ref().err().map(|why| why.0.clone()),
    }
}

impl crate::lint::Bindings for Answers {
    fn verdict(&self, claim: &str) -> Option<Verdict> {
        // A plain value was never tested, and so allows no gated word.
        self.claims.get(claim).map(|answer| answer.verdict.unwrap_or(Verdict::NotTestable))
    }

    fn has_field(&self, claim: &str, field: &str) -> bool {
        self.claims.get(claim).is_some_and(|answer| answer.fields.contains_key(field))
    }
}
