//! The wording gate over prose.
//!
//! Every sentence of a document is read for gated words and for numbers. A gated word needs a claim
//! of the same sentence whose test allows its class; a number needs a figure. Passing the gate does
//! not make a sentence true, but failing it means that nothing in the evidence supports it.

mod quantities;
mod shares;
mod vocabulary;

use std::fmt;

use serde::Serialize;
use wardmote_domain::claim::{GatedClass, Verdict};

use self::shares::ShareFinding;
use crate::binding;
use crate::document::{Document, Sentence};

/// What a bound claim allows; given by the assessment, or by nobody for a foreign document.
pub trait Bindings {
    /// The verdict of a claim; `None` if no such claim is declared.
    fn verdict(&self, claim: &str) -> Option<Verdict>;
    /// Whether a claim has a field such as `percent`.
    fn has_field(&self, claim: &str, field: &str) -> bool;
}

/// A document that no evidence stands behind.
pub struct NoBindings;

impl Bindings for NoBindings {
    fn verdict(&self, _: &str) -> Option<Verdict> {
        None
    }

    fn has_field(&self, _: &str, _: &str) -> bool {
        false
    }
}

/// The rules of the gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum LintRule {
    /// A gated word that no test of its sentence supports.
    UnsupportedWord,
    /// A number that is bound to no figure.
    UnboundNumber,
    /// A binding that names no claim or field.
    UnknownBinding,
}

impl LintRule {
    /// Every rule.
    pub const ALL: [Self; 3] = [Self::UnsupportedWord, Self::UnboundNumber, Self::UnknownBinding];

    /// The rule's name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::UnsupportedWord => "unsupported-word",
            Self::UnboundNumber => "unbound-number",
            Self::UnknownBinding => "unknown-binding",
        }
    }

    /// What the rule asks, and how to satisfy it.
    pub fn explanation(self) -> &'static str {
        match self {
            Self::UnsupportedWord => {
                "Words such as significant, rose, fell, similar and highest are outputs of a test. Bind a claim \
                 in the same sentence, as in {{crime-change}}, and write what its verdict allows."
            }
            Self::UnboundNumber => {
                "A number is printed from a figure, as in {{crime-change.later}}, so that it can be traced and \
                 cannot go stale. Dates, law, telephone and list numbers, and quotations with a source need none."
            }
            Self::UnknownBinding => "A binding names a claim of claims.toml and one of its fields.",
        }
    }
}

/// One finding of the gate.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Line in the document, from 1.
    pub line: usize,
    /// The rule.
    pub rule: LintRule,
    /// The words it is about.
    pub text: String,
    /// What is wrong and what would support it.
    pub message: String,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {} ({})", self.line, self.message, self.rule.name())
    }
}

/// Reads a document through the gate; findings are in the order of its lines.
pub fn lint(document: &Document, bindings: &dyn Bindings) -> Vec<Finding> {
    let mut findings: Vec<Finding> = document
        .sentences()
        .iter()
        .flat_map(|sentence| lint_sentence(sentence, bindings))
        .collect();
    findings.sort_by_key(|finding| (finding.line, finding.rule));
    findings
}

fn lint_sentence(sentence: &Sentence, bindings: &dyn Bindings) -> Vec<Finding> {
    if sentence.quoted && names_its_source(&sentence.text) {
        return Vec::new();
    }
    let mut findings = Vec::new();
    let mut report = |at: usize, rule, text: &str, message: String| {
        let line = sentence.line_at(at);
        findings.push(Finding { line, rule, text: text.to_owned(), message });
    };
    let mut verdicts = Vec::new();
    for bound in binding::find(&sentence.text) {
        match bindings.verdict(bound.claim) {
            None => report(
                bound.at,
                LintRule::UnknownBinding,
                bound.text,
                format!("{} names no declared claim", bound.text),
            ),
            Some(verdict) => {
                verdicts.push(verdict);
                if let Some(field) =
                    bound.field.filter(|field| !bindings.has_field(bound.claim, field))
                {
                    report(
                        bound.at,
                        LintRule::UnknownBinding,
                        bound.text,
                        format!("claim {} has no field {field}", bound.claim),
                    );
                }
            }
        }
    }
    let prose = binding::blank_out(&sentence.text);
    let quotations = quantities::quotations_with_source(&prose);
    let mut tested_on_the_spot = false;
    for word in vocabulary::gated_words(&prose) {
        if quotations.iter().any(|range| range.contains(&word.at)) {
            continue;
        }
        if word.denied
            && verdicts
                .iter()
                .any(|v| *v != Verdict::NotTestable && !v.allows().contains(&word.class))
        {
            continue;
        }
        if !word.denied && verdicts.iter().any(|verdict| verdict.allows().contains(&word.class)) {
            continue;
        }
        let own_test = (word.class == GatedClass::Significant && !word.denied)
            .then(|| shares::test_sentence(&prose, claims_less(&prose, word.at)))
            .flatten();
        match own_test {
            Some(ShareFinding::Supported) => tested_on_the_spot = true,
            Some(ShareFinding::Refused(why)) => {
                tested_on_the_spot = true;
                report(
                    word.at,
                    LintRule::UnsupportedWord,
                    word.text,
                    format!("\"{}\": {why}", word.text),
                );
            }
            None if tested_on_the_spot => {}
            None => report(
                word.at,
                LintRule::UnsupportedWord,
                word.text,
                unsupported(word.text, word.class, &verdicts),
            ),
        }
    }
    // A sentence that was tested by its own numbers has said where they stand.
    if !tested_on_the_spot && !sentence.heading {
        for quantity in quantities::quantities(&prose) {
            let message = format!(
                "the number {} is bound to no figure; print it from a claim, as in {{{{claim.later}}}}",
                quantity.text
            );
            report(quantity.at, LintRule::UnboundNumber, &quantity.text, message);
        }
    }
    findings
}

fn unsupported(word: &str, class: GatedClass, verdicts: &[Verdict]) -> String {
    match verdicts {
        [] => format!(
            "\"{word}\" claims {class}, and no claim of this sentence tests it; bind one, as in {{{{crime-change}}}}"
        ),
        [verdict, ..] => format!(
            "\"{word}\" claims {class}, but the claim of this sentence only allows \"{}\"",
            verdict.words()
        ),
    }
}

fn claims_less(sentence: &str, significance_at: usize) -> bool {
    let after = sentence[significance_at..].to_lowercase();
    let next = after.split_whitespace().nth(1).unwrap_or("");
    matches!(next, "less" | "fewer" | "lower" | "worse" | "below")
}

/// Whether a block quotation says who said it: "— resident, forum of May 2024".
fn names_its_source(text: &str) -> bool {
    ["—", "– ", "(", "Source:"].iter().any(|mark| text.contains(mark))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Fixed(Verdict);

    impl Bindings for Fixed {
        fn verdict(&self, claim: &str) -> Option<Verdict> {
            (claim == "crime").then_some(self.0)
        }

        fn has_field(&self, _: &str, field: &str) -> bool {
            field == "percent"
        }
    }

    fn check(source: &str, bindings: &dyn Bindings, expected: &[(usize, LintRule, &str)]) {
        let found = lint(&Document::markdown(source), bindings);
        let found: Vec<_> = found.iter().map(|f| (f.line, f.rule, f.text.as_str())).collect();
        assert_eq!(found, expected, "{source}");
    }

    #[test]
    fn a_gated_word_needs_a_claim_that_allows_it() {
        use LintRule::UnsupportedWord as Word;
        check("Crime fell.", &NoBindings, &[(1, Word, "fell")]);
        check("Crime {{crime}}, so it fell.", &Fixed(Verdict::Fell), &[]);
        check("Crime {{crime}}, so it fell.", &Fixed(Verdict::NoClearChange), &[(1, Word, "fell")]);
        check("Crime {{crime}}: no significant fall.", &Fixed(Verdict::NoClearChange), &[]);
        check(
            "Crime {{crime}}: no significant fall.",
            &Fixed(Verdict::Fell),
            &[(1, Word, "significant"), (1, Word, "fall")],
        );
        check("Crime {{crime}}.\n\nIt rose.", &Fixed(Verdict::Rose), &[(3, Word, "rose")]);
    }

    #[test]
    fn a_number_needs_a_figure() {
        use LintRule::{UnboundNumber as Number, UnknownBinding as Unknown};
        check("There were 400 crimes in 2023/24.", &NoBindings, &[(1, Number, "400")]);
        check("Crime moved by {{crime.percent}}.", &Fixed(Verdict::Fell), &[]);
        check(
            "Crime moved by {{crime.persent}}.",
            &Fixed(Verdict::Fell),
            &[(1, Unknown, "{{crime.persent}}")],
        );
        check("Crime {{crimes}}.", &Fixed(Verdict::Fell), &[(1, Unknown, "{{crimes}}")]);
        check("> We lost 40% of trade, it fell. — shop owner, forum of May 2024", &NoBindings, &[]);
    }
}
