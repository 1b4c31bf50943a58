//! Statements that others have made, such as a partnership's slides, each held against a claim of the
//! assessment: confirmed, withheld with the reason, or not judged because no method here bears it.

use std::collections::BTreeMap;

use serde::Deserialize;
use wardmote_domain::claim::Verdict;

use crate::claims::Answers;

/// One statement of `assessment/statements.toml`.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    /// Where it was made.
    #[serde(rename = "where")]
    pub made_in: String,
    /// What it says, in our words.
    pub says: String,
    /// The claim that can bear it.
    pub claim: Option<String>,
    /// It is confirmed only by one of these outcomes of the claim's test.
    #[serde(default)]
    pub needs: Vec<Verdict>,
    /// And only if these parts of the claim's answer print as it says, to its own decimals.
    #[serde(default)]
    pub printed: BTreeMap<String, String>,
    /// Why it cannot be judged here; instead of a claim.
    pub not_judged: Option<String>,
}

/// Whether a statement stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Judgement {
    /// The evidence bears it.
    Confirmed,
    /// It does not, and why.
    Withheld(String),
    /// Nothing here can tell, and why.
    NotJudged(String),
}

/// A statement with its judgement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Judged {
    /// Whether it stands.
    pub judgement: Judgement,
    /// What the evidence allows to be said, as a sentence; blank where nothing was asked of it.
    pub allowed: String,
}

/// Judges a statement by the answers.
pub fn judge(statement: &Statement, answers: &Answers) -> Judged {
    let Some(claim) = &statement.claim else {
        let why = statement.not_judged.clone().unwrap_or_else(|| "no claim is declared".into());
        return Judged { judgement: Judgement::NotJudged(why), allowed: String::new() };
    };
    let Some(answer) = answers.claims.get(claim) else {
        let why = format!("there is no claim {claim:?}");
        return Judged { judgement: Judgement::NotJudged(why), allowed: String::new() };
    };
    let allowed = match answer.verdict {
        Some(_) => format!("The evidence says: it {}.", answer.statement),
        None => format!("The evidence gives {}.", answer.statement),
    };
    let withheld =
        |why: String| Judged { judgement: Judgement::Withheld(why), allowed: allowed.clone() };
    for (field, said) in &statement.printed {
        let found = answer.fields.get(field).map_or("not known", |field| field.text.as_str());
        if !prints_as(found, said) {
            return withheld(format!("it says {said}, and the evidence gives {found}"));
        }
    }
    let verdict = answer.verdict.unwrap_or(Verdict::NotTestable);
    if !statement.needs.is_empty() && !statement.needs.contains(&verdict) {
        let needs: Vec<&str> = statement.needs.iter().map(|needed| needed.words()).collect();
        return withheld(format!(
            "it needs a test that says \"{}\", and the test says \"{}\"",
            needs.join("\" or \""),
            verdict.words()
        ));
    }
    Judged { judgement: Judgement::Confirmed, allowed }
}

/// Whether a printed part is what a statement says, rounded to the statement's own decimals.
fn prints_as(found: &str, said: &str) -> bool {
    let number = |text: &str| {
        let plain: String = text
            .replace('−', "-")
            .chars()
            .filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-'))
            .collect();
        plain.parse::<f64>().ok()
    };
    let decimals = said
        .split_once('.')
        .map_or(0, |(_, rest)| rest.chars().take_while(char::is_ascii_digit).count());
    match (number(found), number(said)) {
        (Some(found), Some(said)) => format!("{found:.decimals$}") == format!("{said:.decimals$}"),
        _ => found == said,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::{Answer, Field};
    use crate::figure::figure_id;

    fn answers(verdict: Verdict) -> Answers {
        let figure = figure_id("survey", "s-1");
        let field = |text: &str| Field { text: text.into(), figure: figure.clone() };
        let answer = Answer {
            statement: "shows no clear difference".into(),
            figure: figure.clone(),
            verdict: Some(verdict),
            fields: BTreeMap::from([
                ("area".to_owned(), field("77.2%")),
                ("change".to_owned(), field("−8.0%")),
            ]),
        };
        let claims = BTreeMap::from([("get-on".to_owned(), answer)]);
        Answers { claims, figures: BTreeMap::new(), tests: Vec::new() }
    }

    fn statement(text: &str) -> Statement {
        toml::from_str(&format!("where = \"slides\"\nsays = \"s\"\n{text}")).unwrap()
    }

    #[test]
    fn a_statement_needs_its_test_and_its_numbers() {
        let judged = |text: &str, verdict| judge(&statement(text), &answers(verdict)).judgement;
        let said = "claim = \"get-on\"\nneeds = [\"higher\"]\nprinted = { area = \"77%\" }";
        assert_eq!(judged(said, Verdict::Higher), Judgement::Confirmed);
        let no = judged(said, Verdict::NoClearDifference);
        assert!(
            matches!(&no, Judgement::Withheld(why) if why.contains("no clear difference")),
            "{no:?}"
        );
        let wrong = judged(&said.replace("77%", "78%"), Verdict::Higher);
        assert!(matches!(&wrong, Judgement::Withheld(why) if why.contains("77.2%")), "{wrong:?}");
        let minus = "claim = \"get-on\"\nprinted = { change = \"-8%\" }";
        assert_eq!(judged(minus, Verdict::Fell), Judgement::Confirmed);
        let unknown = judged("claim = \"other\"", Verdict::Fell);
        assert!(matches!(unknown, Judgement::NotJudged(_)));
        let none = judged("not_judged = \"needs a method\"", Verdict::Fell);
        assert_eq!(none, Judgement::NotJudged("needs a method".into()));
    }
}
