//! The consistency lint: contradictions inside documents, and between them, that a reader misses.
//!
//! Each rule is a file. A rule reads papers and says what clashes and where the other half stands; it
//! knows no form of document and no file. What depends on the law or on the partnership is data
//! ([`Knowledge`]). A finding is not proof of a mistake: an author who has looked at it leaves a
//! reasoned exception (see [`crate::document::Exception`]).

mod acronyms;
mod counted_lists;
mod directions;
mod facts;
mod figures_elsewhere;
mod groups;
mod knowledge;
mod law;
mod parts;
mod percentages;
mod plan_periods;
mod promises;
mod repeated_items;
mod roles;
mod rules;
mod tables;
mod terms;
mod windows;
mod words;

use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

pub use self::figures_elsewhere::PublishedFigure;
pub use self::knowledge::{Knowledge, KnowledgeError, LawChange, Term};
pub use self::rules::ConsistencyRule;
use crate::document::{Document, Sentence};
use crate::lint::LintRule;

/// A document under its name.
#[derive(Debug, Clone)]
pub struct Paper {
    /// As findings name it.
    pub name: String,
    /// What it says.
    pub document: Document,
    /// When it is to be true: the date that was given, or that it bears.
    pub date: Option<Date>,
    sentences: Vec<Sentence>,
}

impl Paper {
    /// A document as of a date; without one, as of the date that it bears.
    pub fn new(name: impl Into<String>, document: Document, date: Option<Date>) -> Self {
        let sentences = document.sentences();
        Self { name: name.into(), date: date.or(document.date), document, sentences }
    }

    /// The sentences that are the author's own.
    fn own_sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.sentences.iter().filter(|sentence| !sentence.quoted)
    }

    /// The sentences of one block.
    fn sentences_of(&self, block: usize) -> impl Iterator<Item = &Sentence> {
        self.sentences.iter().filter(move |sentence| sentence.block == block)
    }

    /// The heading above a block, with its own index.
    fn heading_above(&self, block: usize) -> Option<usize> {
        (0..block).rev().find(|index| self.document.blocks[*index].is_heading())
    }

    fn place(&self, line: usize) -> Place {
        Place { file: self.name.clone(), line }
    }
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The file's name.
    pub file: String,
    /// From 1; in DOCX the paragraph.
    pub line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// Two things that do not go together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Clash {
    /// Where one half stands.
    pub place: Place,
    /// The rule.
    pub rule: ConsistencyRule,
    /// The words it is about.
    pub text: String,
    /// What clashes, for whoever wrote it.
    pub message: String,
    /// Where the other half stands, if it is another place.
    pub other: Option<Place>,
}

/// What the lint says of a set of papers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Checked {
    /// In the order of the papers and their lines.
    pub clashes: Vec<Clash>,
    /// What could not be checked, or is not sure enough to be a finding.
    pub notes: Vec<String>,
}

/// Reads papers together, with what is known of law and terms and the figures already published.
pub fn check(papers: &[Paper], knowledge: &Knowledge, published: &[PublishedFigure]) -> Checked {
    let mut checked = Checked::default();
    for paper in papers {
        let found = [
            plan_periods::check(paper),
            windows::check(paper),
            promises::check(paper),
            counted_lists::check(paper),
            parts::check(paper),
            percentages::check(paper),
            roles::check(paper),
            groups::check(paper),
            acronyms::check(paper),
            directions::check(paper),
            repeated_items::check(paper),
            terms::check(paper, &knowledge.terms),
            law::check(paper, &knowledge.law, &mut checked.notes),
        ];
        checked.clashes.extend(found.into_iter().flatten());
        if paper.date.is_none() && promises::any(paper) {
            checked.notes.push(format!(
                "{}: bears no date, so that what it says will happen cannot be checked; give one with --date",
                paper.name
            ));
        }
    }
    checked.clashes.extend(figures_elsewhere::check(papers, published));
    checked.clashes.retain(|clash| !excepted(clash, papers));
    checked.clashes.extend(papers.iter().flat_map(bad_exceptions));
    let position = |clash: &Clash| papers.iter().position(|paper| paper.name == clash.place.file);
    checked.clashes.sort_by_key(|clash| (position(clash), clash.place.line, clash.rule));
    checked.clashes.dedup();
    checked
}

/// Whether an exception stands at either half.
fn excepted(clash: &Clash, papers: &[Paper]) -> bool {
    let at = |place: &Place| {
        let exceptions = papers.iter().filter(|paper| paper.name == place.file);
        exceptions.flat_map(|paper| &paper.document.exceptions).any(|exception| {
            exception.rule == clash.rule.name()
                && exception.reason.is_some()
                && exception.lines.contains(&place.line)
        })
    };
    at(&clash.place) || clash.other.as_ref().is_some_and(at)
}

/// Exceptions that except nothing.
fn bad_exceptions(paper: &Paper) -> Vec<Clash> {
    let is = |rule: &ConsistencyRule, name: &str| {
        *rule != ConsistencyRule::BadException && rule.name() == name
    };
    let wrong = paper.document.exceptions.iter().filter_map(|exception| {
        let message = if LintRule::ALL.iter().any(|rule| rule.name() == exception.rule) {
            format!(
                "the rule {:?} of the wording gate has no exceptions; bind a claim",
                exception.rule
            )
        } else if !ConsistencyRule::ALL.iter().any(|rule| is(rule, &exception.rule)) {
            format!("this exception names no rule: {:?}", exception.rule)
        } else if exception.reason.is_none() {
            "an exception needs its reason: \"... because ...\"; without one it excepts nothing"
                .to_owned()
        } else {
            return None;
        };
        Some(Clash {
            place: paper.place(exception.line),
            rule: ConsistencyRule::BadException,
            text: exception.rule.clone(),
            message,
            other: None,
        })
    });
    wrong.collect()
}

#[cfg(test)]
pub(crate) mod testing {
    use super::*;

    /// The findings of one rule on a text of Markdown, dated 18 March 2025.
    pub(crate) fn found(rule: ConsistencyRule, source: &str) -> Vec<Clash> {
        let date = Some(jiff::civil::date(2025, 3, 18));
        let paper = Paper::new("paper.md", Document::markdown(source), date);
        let knowledge = Knowledge::shipped();
        let mut clashes = check(&[paper], &knowledge, &[]).clashes;
        clashes.retain(|clash| clash.rule == rule);
        clashes
    }

    /// Each of the first is caught once or more, and none of the second.
    #[track_caller]
    pub(crate) fn check_rule(rule: ConsistencyRule, caught: &[&str], passes: &[&str]) {
        for source in caught {
            assert!(!found(rule, source).is_empty(), "missed: {source}");
        }
        for source in passes {
            let clashes = found(rule, source);
            assert!(clashes.is_empty(), "false alarm: {source}\n{clashes:#?}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::testing::{check_rule, found};
    use super::*;

    #[test]
    fn every_rule_catches_its_example_and_passes_the_other() {
        for rule in ConsistencyRule::ALL {
            if rule == ConsistencyRule::FigureElsewhere {
                // Its examples are of two papers; its own tests have them.
                continue;
            }
            let explanation = rule.explanation();
            check_rule(rule, &[explanation.caught], &[explanation.passes]);
        }
    }

    #[test]
    fn a_reasoned_exception_silences_either_half_and_only_its_rule() {
        let text = |exception: &str| format!("We have three aims:{exception}\n\n- a\n- b\n");
        let allow = |words: &str| format!(" <!-- lint: allow {words} -->");
        let rule = ConsistencyRule::ListCount;
        assert_eq!(found(rule, &text("")).len(), 1);
        assert_eq!(found(rule, &text(&allow("list-count because one is secret"))), []);
        assert_eq!(found(rule, &text(&allow("list-count"))).len(), 1);
        assert_eq!(found(rule, &text(&allow("two-roles because one is secret"))).len(), 1);
        let bad = ConsistencyRule::BadException;
        assert_eq!(found(bad, &text(&allow("list-count"))).len(), 1);
        assert_eq!(found(bad, &text(&allow("lists because so")))[0].place.line, 1);
        assert_eq!(found(bad, &text(&allow("list-count because so"))), []);
        assert_eq!(found(bad, &text(&allow("unbound-number because so"))).len(), 1);
    }
}
