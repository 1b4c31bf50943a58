//! Which slides an assessment has: as `assessment/slides.toml` declares them, or made from the summary.
//!
//! Titles and texts are prose with bindings, and go through the gate like any other.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use serde::Deserialize;

use crate::binding;
use crate::claims::Answers;
use crate::declarations::{Ask, ChartForm, Charted, Claim};
use crate::folder::PartnershipFolder;

/// `assessment/slides.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlidesDeclaration {
    /// The findings, one a slide; made from the summary if there are none.
    #[serde(default)]
    pub slides: Vec<SlideDeclaration>,
    /// What is not known, as prose; the tests that could not be made, if not given.
    pub not_known: Option<Vec<String>>,
}

/// A finding on a slide.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SlideDeclaration {
    /// Its title: a sentence with a binding, as in `"Recorded crime {{crime-change}}."`.
    pub title: String,
    /// The chart of `charts.toml` that shows it.
    pub chart: Option<String>,
    /// Further words.
    pub text: Option<String>,
}

/// The slides of a folder whose summary is `summary`, in Markdown with bindings.
pub fn slides(
    folder: &PartnershipFolder,
    summary: &[&str],
    answers: &Answers,
) -> SlidesDeclaration {
    let mut declared = folder.slides.clone().unwrap_or_default();
    if declared.slides.is_empty() {
        let sentences = summary.iter().flat_map(|text| bound_sentences(text));
        declared.slides = sentences
            .map(|title| SlideDeclaration { chart: chart_of(folder, &title), title, text: None })
            .collect();
    }
    declared.not_known.get_or_insert_with(|| not_known(folder, answers));
    declared
}

/// The sentences of a text that print a claim. One that takes its subject from the sentence before it
/// stays with that.
fn bound_sentences(markdown: &str) -> Vec<String> {
    const TAKES_ITS_SUBJECT: [&str; 6] = ["It ", "They ", "This ", "These ", "That ", "Of "];
    let mut found: Vec<String> = Vec::new();
    for paragraph in paragraphs(markdown) {
        let mut of_paragraph: Vec<String> = Vec::new();
        for sentence in sentences(&paragraph) {
            match of_paragraph.last_mut() {
                Some(last) if TAKES_ITS_SUBJECT.iter().any(|word| sentence.starts_with(word)) => {
                    last.push(' ');
                    last.push_str(sentence);
                }
                _ => of_paragraph.push(sentence.to_owned()),
            }
        }
        of_paragraph.retain(|sentence| !binding::find(sentence).is_empty());
        for sentence in of_paragraph {
            if !found.contains(&sentence) {
                found.push(sentence);
            }
        }
    }
    found
}

/// The words of each paragraph and item, without emphasis and links.
fn paragraphs(markdown: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut quotes = 0_usize;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        let Some(last) = found.last_mut() else { continue };
        match event {
            Event::Text(text) if quotes == 0 => last.push_str(&text),
            Event::SoftBreak | Event::HardBreak => last.push(' '),
            // Somebody else's words are no finding.
            Event::Start(
                Tag::BlockQuote(_) | Tag::CodeBlock(_) | Tag::Heading { .. } | Tag::Table(_),
            ) => {
                quotes += 1;
            }
            Event::End(
                TagEnd::BlockQuote(_) | TagEnd::CodeBlock | TagEnd::Heading(_) | TagEnd::Table,
            ) => {
                quotes = quotes.saturating_sub(1);
            }
            Event::Start(Tag::Paragraph | Tag::Item | Tag::List(_)) | Event::End(TagEnd::Item) => {
                found.push(String::new());
            }
            _ => {}
        }
    }
    found.iter().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty()).collect()
}

/// A sentence ends where white space and a capital letter, or a binding, follow its mark.
fn sentences(paragraph: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut start = 0;
    for (index, _) in paragraph.match_indices(['.', '!', '?']) {
        let rest = &paragraph[index + 1..];
        let next = rest.trim_start();
        let is_end = rest.len() > next.len()
            && next.starts_with(|letter: char| letter.is_uppercase() || letter == '{');
        if is_end {
            found.push(paragraph[start..=index].trim());
            start = index + 1;
        }
    }
    found.push(paragraph[start..].trim());
    found.retain(|sentence| !sentence.is_empty());
    found
}

/// The chart that shows the first claim of a sentence which one shows: of its measure, and in the form
/// that fits the question best.
pub fn chart_of(folder: &PartnershipFolder, sentence: &str) -> Option<String> {
    let bound = binding::find(sentence);
    let claims = bound.iter().filter_map(|bound| folder.claims.get(bound.claim));
    claims.into_iter().find_map(|claim| chart_of_claim(folder, claim))
}

fn chart_of_claim(folder: &PartnershipFolder, claim: &Claim) -> Option<String> {
    let fits = |chart: &Charted| match (chart, &claim.ask) {
        (Charted::Survey(drawn), Ask::Survey(asked)) => {
            (drawn.source == asked.source && drawn.question == asked.question).then_some(0)
        }
        (Charted::Measure(drawn), ask) if claim.measure.as_ref() == Some(&drawn.measure) => {
            let best = match ask {
                Ask::Value(_) => ChartForm::Categories,
                Ask::Season(_) => ChartForm::Season,
                Ask::Highest(_) | Ask::Concentration(_) => ChartForm::Map,
                Ask::Funnel(_) | Ask::Rank(_) => ChartForm::Funnel,
                _ => ChartForm::Series,
            };
            Some(i32::from(drawn.kind != best))
        }
        _ => None,
    };
    let charts = folder.charts.iter().filter_map(|(id, chart)| Some((fits(&chart.of)?, id)));
    charts.min().map(|(_, id)| id.clone())
}

/// The questions that no test could answer, and what an assessment must have and has not.
fn not_known(folder: &PartnershipFolder, answers: &Answers) -> Vec<String> {
    let mut by_reason: Vec<(String, Vec<String>)> = Vec::new();
    for test in &answers.tests {
        let Some(why) = &test.not_tested else { continue };
        let subject = folder
            .claims
            .get(&test.claim)
            .and_then(|claim| claim.measure.as_ref())
            .and_then(|measure| folder.measures.get(measure))
            .map_or_else(|| test.claim.clone(), |measure| measure.title.clone());
        match by_reason.iter_mut().find(|(reason, _)| reason == why) {
            Some((_, subjects)) if subjects.contains(&subject) => {}
            Some((_, subjects)) => subjects.push(subject),
            None => by_reason.push((why.clone(), vec![subject])),
        }
    }
    let mut lines: Vec<String> = by_reason
        .iter()
        .map(|(why, subjects)| {
            plain(&format!("Not tested, because {why}: {}.", subjects.join("; ")))
        })
        .collect();
    lines.push(
        "What nobody reported, or nobody recorded: the records hold only what reached them."
            .to_owned(),
    );
    lines
}

/// Words of the evidence's own, in which nothing is Markdown's.
fn plain(words: &str) -> String {
    let is_mark = |c: &char| matches!(c, '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '&');
    words.chars().fold(String::new(), |mut text, c| {
        if is_mark(&c) {
            text.push('\\');
        }
        text.push(c);
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_bound_sentence_of_a_summary_is_a_finding() {
        let check =
            |markdown: &str, expected: &[&str]| assert_eq!(bound_sentences(markdown), expected);
        check(
            "Nothing bound. Crime {{a}}, e.g. **here**. Theft {{b}}.",
            &["Crime {{a}}, e.g. here.", "Theft {{b}}."],
        );
        check(
            "- Disorder {{a}}. It {{b}}.\n- Fires {{c}}.\n",
            &["Disorder {{a}}. It {{b}}.", "Fires {{c}}."],
        );
        check("## Of {{a}}\n\n> {{b}}\n\nText.", &[]);
        check("Crime {{a}}.\n\n- Crime {{a}}.\n", &["Crime {{a}}."]);
    }
}
