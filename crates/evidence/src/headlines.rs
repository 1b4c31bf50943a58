//! What a published assessment found most surely, for the first page of a site.

use wardmote_domain::claim::Verdict;
use wardmote_domain::figure::FigureId;

use crate::claims::TestRecord;
use crate::evidence_file::EvidenceFile;

/// A sentence of the assessment.
#[derive(Debug, Clone, PartialEq)]
pub struct Headline {
    /// The sentence that the test allows, with its subject.
    pub sentence: String,
    /// The figure that it rests on.
    pub figure: FigureId,
}

/// The changes that passed the assessment's family of tests, surest first, one of each measure.
pub fn changes(evidence: &EvidenceFile, at_most: usize) -> Vec<Headline> {
    let is_change = |test: &&TestRecord| {
        matches!(
            test.verdict,
            Verdict::Rose | Verdict::Fell | Verdict::RisingTrend | Verdict::FallingTrend
        )
    };
    let mut passed: Vec<&TestRecord> = evidence.tests.iter().filter(is_change).collect();
    let p = |test: &TestRecord| test.corrected_p.unwrap_or(1.0);
    passed.sort_by(|a, b| p(a).total_cmp(&p(b)).then_with(|| a.claim.cmp(&b.claim)));
    let mut told = std::collections::BTreeSet::new();
    passed.retain(|test| told.insert(measure_of(evidence, &test.claim)));
    passed.into_iter().filter_map(|test| headline(evidence, &test.claim)).take(at_most).collect()
}

/// The sentences of the assessment's tests of a measure, in order of its claims.
pub fn of_measure(evidence: &EvidenceFile, measure: &str) -> Vec<Headline> {
    let about = |test: &&TestRecord| measure_of(evidence, &test.claim) == Some(measure);
    let tests = evidence.tests.iter().filter(about);
    tests.filter_map(|test| headline(evidence, &test.claim)).collect()
}

/// What the assessment asked and could not test, each with the reason.
pub fn untested(evidence: &EvidenceFile) -> Vec<String> {
    let with_reason = |test: &TestRecord| {
        let subject = &evidence.measures.get(measure_of(evidence, &test.claim)?)?.title;
        Some(format!("{subject}: not tested, because {}.", test.not_tested.as_deref()?))
    };
    let mut lines: Vec<String> = evidence.tests.iter().filter_map(with_reason).collect();
    lines.sort();
    lines.dedup();
    lines
}

fn measure_of<'a>(evidence: &'a EvidenceFile, claim: &str) -> Option<&'a str> {
    evidence.claims.get(claim)?.measure.as_deref()
}

fn headline(evidence: &EvidenceFile, claim: &str) -> Option<Headline> {
    let answer = evidence.answers.get(claim)?;
    let measure = evidence.measures.get(measure_of(evidence, claim)?)?;
    let ends = if answer.statement.ends_with('.') { "" } else { "." };
    Some(Headline {
        sentence: format!("{} {}{ends}", measure.title, answer.statement),
        figure: answer.figure.clone(),
    })
}
