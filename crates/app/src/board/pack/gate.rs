//! The gate before a pack goes: its prose, and every word of the registers that it shows, read for words
//! and numbers that nothing supports and for what does not go together.

use wardmote_domain::claim::Verdict;
use wardmote_evidence::consistency::{self, Knowledge, Paper, PublishedFigure};
use wardmote_evidence::document::Document;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::lint::{Bindings, lint};

use super::Making;
use super::counts::CLAIM;
use super::papers::Papers;
use crate::board::duties::against_clocks;

/// Something that keeps a pack from going.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct PackFinding {
    /// Where: a section, a spotlight, or a field of an item.
    pub(crate) place: String,
    pub(crate) line: usize,
    pub(crate) rule: &'static str,
    pub(crate) message: String,
}

impl Bindings for Making<'_> {
    fn verdict(&self, claim: &str) -> Option<Verdict> {
        // A count was never tested, and so allows no gated word.
        if claim == CLAIM { Some(Verdict::NotTestable) } else { self.answers.verdict(claim) }
    }

    fn has_field(&self, claim: &str, field: &str) -> bool {
        if claim == CLAIM { self.counts.has(field) } else { self.answers.has_field(claim, field) }
    }
}

/// Reads everything that a pack says.
pub(super) fn read(
    making: &Making<'_>,
    papers: &Papers,
) -> anyhow::Result<(Vec<PackFinding>, Vec<String>)> {
    let texts = texts(making, papers);
    let mut findings = Vec::new();
    for (place, text) in &texts {
        findings.extend(lint(&Document::markdown(text), making).into_iter().map(|finding| {
            PackFinding {
                place: place.clone(),
                line: finding.line,
                rule: finding.rule.name(),
                message: finding.message,
            }
        }));
    }
    let papers: Vec<Paper> = texts
        .iter()
        .map(|(place, text)| {
            let printed = making.printed(text);
            Paper::new(place, Document::markdown(&printed), Some(making.sources.on))
        })
        .collect();
    let knowledge = Knowledge::of_folder(&making.sources.folder.path)?;
    let published = making.sources.folder.path.join("published").join("evidence.json");
    let published = if published.is_file() {
        let evidence = EvidenceFile::read(&published)?;
        PublishedFigure::of(&evidence, &published.display().to_string())
    } else {
        Vec::new()
    };
    let checked = consistency::check(&papers, &knowledge, &published);
    findings.extend(checked.clashes.into_iter().map(|clash| {
        let other = clash.other.map(|other| format!("; see {other}")).unwrap_or_default();
        PackFinding {
            place: clash.place.file,
            line: clash.place.line,
            rule: clash.rule.name(),
            message: format!("{}{other}", clash.message),
        }
    }));
    let (board, law) = (making.sources.board, making.sources.law);
    findings.extend(against_clocks(board, law, making.sources.on)?.into_iter().map(|duty| {
        PackFinding {
            place: format!("{} {}", duty.register, duty.reference),
            line: 1,
            rule: "clock",
            message: duty.why,
        }
    }));
    findings.sort_by(|a, b| (&a.place, a.line).cmp(&(&b.place, b.line)));
    Ok((findings, checked.notes))
}

/// Each section, each slide's words and each field that officers wrote, with its place.
fn texts(making: &Making<'_>, papers: &Papers) -> Vec<(String, String)> {
    let mut texts: Vec<(String, String)> = papers
        .sections
        .iter()
        .map(|section| (format!("section {}", section.id), section.markdown.clone()))
        .collect();
    for (index, slide) in papers.slides.iter().enumerate() {
        let said = [Some(slide.title.as_str()), slide.text.as_deref()];
        let said: Vec<&str> = said.into_iter().flatten().collect();
        texts.push((format!("slide {}", index + 1), said.join("\n\n")));
    }
    texts.extend(making.written.iter().cloned());
    texts
}
