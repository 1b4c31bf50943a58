//! What somebody who verifies does not have, and which claims that leaves unasked.
//!
//! A claim that cannot be asked is taken as it was published, with its figures and its test's p
//! values: the correction runs over the whole family, and so the other claims' words can be checked
//! all the same.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use wardmote_domain::claim::Rule;
use wardmote_lake::source::Reader;

use crate::claims::{Answer, Answers, ClaimFailure, answer_beside};
use crate::declarations::{Ask, Charted, Claim};
use crate::evidence_file::EvidenceFile;
use crate::family::MadeElsewhere;
use crate::figure::Figure;
use crate::folder::PartnershipFolder;
use crate::measure::Measure;
use crate::observed::Observed;

/// A source, or a file of it, that is not here.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Absent {
    /// The source.
    pub source: String,
    /// The file; `None` where the whole source is withheld.
    pub file: Option<String>,
    /// Why, and where it can be had.
    pub why: String,
}

/// All that is not here.
#[derive(Debug, Clone, Default)]
pub struct Lacking {
    absent: Vec<Absent>,
    /// The sources of which nothing is here.
    sources: BTreeSet<String>,
    /// The claims that cannot be asked, and why.
    claims: BTreeMap<String, Vec<Absent>>,
}

impl Lacking {
    /// Which claims of a folder cannot be asked without some of the published files.
    pub fn new(published: &EvidenceFile, folder: &PartnershipFolder, absent: Vec<Absent>) -> Self {
        let gone = |source: &str, file: &str| {
            absent.iter().any(|one| {
                one.source == source && one.file.as_ref().is_none_or(|name| name == file)
            })
        };
        let sources = absent.iter().map(|one| one.source.clone());
        let sources = sources.filter(|source| {
            let mut loads = published.loads.values().filter(|load| load.source == *source);
            loads.all(|load| gone(source, &load.file))
        });
        let mut lacking = Self { sources: sources.collect(), absent, claims: BTreeMap::new() };
        for (name, claim) in &folder.claims {
            let because = lacking.of_claim(published, folder, name, claim);
            if !because.is_empty() {
                lacking.claims.insert(name.clone(), because);
            }
        }
        lacking
    }

    /// Whether nothing is lacking.
    pub fn is_empty(&self) -> bool {
        self.absent.is_empty()
    }

    /// The claims that cannot be asked.
    pub fn claims(&self) -> &BTreeMap<String, Vec<Absent>> {
        &self.claims
    }

    /// The folder as far as its evidence is here, and the charts that cannot be drawn.
    pub fn without(&self, folder: &PartnershipFolder) -> (PartnershipFolder, Vec<String>) {
        let mut here = folder.clone();
        here.claims.retain(|name, _| !self.claims.contains_key(name));
        here.measures.retain(|_, measure| measure.sources().is_disjoint(&self.sources));
        let touched = self.touched();
        let residents: BTreeSet<&str> = folder
            .sources
            .values()
            .filter(|source| touched.contains(source.id.as_str()))
            .filter_map(|source| match &source.reader {
                Reader::Population { name, .. } => Some(name.as_str()),
                _ => None,
            })
            .collect();
        let without_residents = |chart: &Charted| match chart {
            Charted::Measure(chart) => {
                let measure = folder.measures.get(&chart.measure);
                let population = measure.and_then(|measure| measure.denominator.as_deref());
                population.is_some_and(|name| residents.contains(name))
            }
            Charted::Survey(_) => false,
        };
        here.charts.retain(|_, chart| {
            if without_residents(&chart.of) {
                return false;
            }
            let drawn = match &chart.of {
                Charted::Measure(chart) => {
                    folder.measures.get(&chart.measure).map(Measure::sources).unwrap_or_default()
                }
                Charted::Survey(asked) => BTreeSet::from([asked.source.clone()]),
            };
            !drawn.iter().any(|source| touched.contains(source.as_str()))
        });
        let lost = folder.charts.keys().filter(|id| !here.charts.contains_key(*id));
        let lost = lost.cloned().collect();
        (here, lost)
    }

    /// Adds a claim that turned out not to be answered without what is lacking, such as a rate without
    /// residents.
    pub fn cannot_ask(&mut self, claim: &str) {
        self.claims.insert(claim.to_owned(), self.absent.clone());
    }

    /// Answers the claims that can be asked, and takes the others as they were published.
    pub fn answer(
        &self,
        observed: &Observed,
        asked: &BTreeMap<String, Claim>,
        published: &EvidenceFile,
        rule: Rule,
    ) -> Result<Answers, ClaimFailure> {
        let carried = |claim: &String| self.claims.contains_key(claim);
        let tests = || published.tests.iter().filter(|test| carried(&test.claim));
        let elsewhere: Vec<MadeElsewhere> = tests()
            .filter_map(|test| {
                test.p.map(|p| MadeElsewhere { p, equivalence_p: test.equivalence_p })
            })
            .collect();
        let mut answers = answer_beside(observed, asked, &elsewhere, rule)?;
        answers.tests.extend(tests().cloned());
        answers.tests.sort_by(|a, b| a.claim.cmp(&b.claim));
        for (name, answer) in published.answers.iter().filter(|(name, _)| carried(name)) {
            for figure in figures_of(published, answer) {
                answers.figures.entry(figure.id.clone()).or_insert_with(|| figure.clone());
            }
            answers.claims.insert(name.clone(), answer.clone());
        }
        Ok(answers)
    }

    /// Why a figure was not computed here: only claims that could not be asked give it.
    pub(super) fn of_carried(&self, published: &EvidenceFile, figure: &Figure) -> Vec<Absent> {
        let gives = |answer: &Answer| {
            figures_of(published, answer).any(|of_claim| of_claim.key == figure.key)
        };
        let mut because = Vec::new();
        for (name, _) in published.answers.iter().filter(|(_, answer)| gives(answer)) {
            match self.claims.get(name) {
                Some(why) => because.extend(why.iter().cloned()),
                None => return Vec::new(),
            }
        }
        tidied(because)
    }

    /// What may have made a figure come out otherwise: files of its own sources, or of areas and
    /// residents, which every figure may rest on.
    pub(super) fn behind(&self, published: &EvidenceFile, figure: &Figure) -> Vec<Absent> {
        let own: BTreeSet<&str> = figure
            .loads
            .iter()
            .filter_map(|id| published.loads.get(id).map(|load| load.source.as_str()))
            .collect();
        let measured: BTreeSet<String> =
            measure_of(published, figure).map(Measure::sources).unwrap_or_default();
        let counted: BTreeSet<String> =
            published.measures.values().flat_map(Measure::sources).collect();
        let behind = self.absent.iter().filter(|one| {
            own.contains(one.source.as_str())
                || measured.contains(&one.source)
                || !counted.contains(&one.source)
        });
        behind.cloned().collect()
    }

    pub(super) fn lacks_file(&self, source: &str, file: &str) -> bool {
        self.absent
            .iter()
            .any(|one| one.source == source && one.file.as_ref().is_none_or(|name| name == file))
    }

    fn touched(&self) -> BTreeSet<&str> {
        self.absent.iter().map(|one| one.source.as_str()).collect()
    }

    fn of_claim(
        &self,
        published: &EvidenceFile,
        folder: &PartnershipFolder,
        name: &str,
        claim: &Claim,
    ) -> Vec<Absent> {
        let mut because = Vec::new();
        let figures = published.answers.get(name).into_iter();
        for figure in figures.flat_map(|answer| figures_of(published, answer)) {
            for load in figure.loads.iter().filter_map(|id| published.loads.get(id)) {
                because.extend(self.absent.iter().filter(|one| {
                    one.source == load.source
                        && one.file.as_ref().is_none_or(|file| *file == load.file)
                }));
            }
        }
        let of_measure = |id: &str| {
            folder.measures.get(id).map(Measure::sources).unwrap_or_default().into_iter()
        };
        let mut counted: BTreeSet<String> =
            claim.measure.iter().flat_map(|id| of_measure(id)).collect();
        let mut read_whole = None;
        match &claim.ask {
            Ask::Together(with) => counted.extend(of_measure(&with.with)),
            Ask::Survey(asked) => read_whole = Some(&asked.source),
            Ask::Statistic(asked) => read_whole = Some(&asked.source),
            _ => {}
        }
        because.extend(self.absent.iter().filter(|one| {
            let nothing_here = self.sources.contains(&one.source);
            counted.contains(&one.source) && nothing_here || read_whole == Some(&one.source)
        }));
        tidied(because.into_iter().cloned().collect())
    }
}

/// The figures that a claim's answer prints.
fn figures_of<'a>(
    published: &'a EvidenceFile,
    answer: &'a Answer,
) -> impl Iterator<Item = &'a Figure> {
    let ids =
        std::iter::once(&answer.figure).chain(answer.fields.values().map(|field| &field.figure));
    ids.filter_map(|id| published.figures.get(id))
}

fn measure_of<'a>(published: &'a EvidenceFile, figure: &Figure) -> Option<&'a Measure> {
    let id = figure.measure.as_ref()?.split(' ').next()?;
    published.measures.get(id)
}

fn tidied(mut absent: Vec<Absent>) -> Vec<Absent> {
    absent.sort();
    absent.dedup();
    absent
}
