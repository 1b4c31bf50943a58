//! The examples of docs/claims.md are claims, and there is one for every question.

use std::collections::BTreeMap;

use wardmote_evidence::declarations::{Ask, Claim};

const PAGE: &str = include_str!("../../../../docs/claims.md");

#[test]
fn every_example_is_a_claim_and_every_question_has_one() {
    let blocks = PAGE.split("```toml\n").skip(1).map(|block| block.split("```").next().unwrap());
    let mut asked = Vec::new();
    for block in blocks {
        let claims: BTreeMap<String, Claim> =
            toml::from_str(block).unwrap_or_else(|why| panic!("{why}\n{block}"));
        asked.extend(claims.into_values().map(|claim| std::mem::discriminant(&claim.ask)));
    }
    asked.dedup();
    // The questions that a claim's error message names.
    let message = toml::from_str::<Claim>("measure = \"m\"").unwrap_err().to_string();
    let known = message.split("exactly one of ").nth(1).unwrap().split(';').next().unwrap();
    assert_eq!(asked.len(), known.split(", ").count(), "{known}");
    let one = Ask::Value(toml::from_str("period = \"2018\"").unwrap());
    assert!(asked.contains(&std::mem::discriminant(&one)));
}
