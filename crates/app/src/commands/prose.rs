//! `wardmote prose`: an assessment edited as DOCX, brought back into its Markdown.

mod before_import;

use std::path::PathBuf;

use anyhow::Context as _;
use similar::TextDiff;
use wardmote_evidence::claims::Answers;
use wardmote_evidence::document::Document;
use wardmote_evidence::lint::{Finding, lint};
use wardmote_evidence::prose::print_with;
use wardmote_reports::bring_back::{Change, Source, bring_back};
use wardmote_reports::word::{self, Record, Tally};

use self::before_import::BeforeImport;
use crate::Outcome;
use crate::commands::lint::answers_here;
use crate::place::{At, Partnership};

/// Bring an edited document back into the assessment's Markdown, or take that back
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote prose import full.docx --dry-run
  wardmote prose import full.docx
  wardmote prose undo")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    Import(Import),
    /// Put back the files that the last import replaced
    Undo,
}

/// Read an edited full.docx or summary.docx, and write what changed into assessment/*.md
///
/// Numbers and sentences of the evidence become bindings again; one that was typed over is refused by
/// name. Tracked insertions are taken as accepted and deletions as deleted. Nothing is written if
/// anything is refused, or if the gate finds something new in the result.
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:\n  wardmote prose import full.docx --dry-run")]
struct Import {
    /// The edited document
    #[arg(value_name = "FILE.docx")]
    document: PathBuf,
    /// Show what would change, and write nothing
    #[arg(long)]
    dry_run: bool,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Import(arguments) => import(at, arguments).await,
        What::Undo => undo(at),
    }
}

async fn import(at: &At, arguments: &Import) -> anyhow::Result<Outcome> {
    let path = &arguments.document;
    let bytes = std::fs::read(path).with_context(|| path.display().to_string())?;
    let document = word::read(&bytes).with_context(|| path.display().to_string())?;
    let partnership = Partnership::open_at(at)?;
    let assessment = partnership.folder.assessment.as_ref().with_context(|| {
        format!("{} has no assessment/assessment.toml", partnership.folder.path.display())
    })?;
    let answers = answers_here(at).await?;
    let mut sources: Vec<(String, String)> = Vec::new();
    for section in assessment.sections.iter().chain(&assessment.summary) {
        if sources.iter().all(|(file, _)| *file != section.file) {
            sources.push((section.file.clone(), partnership.folder.prose(&section.file)?.1));
        }
    }
    let borrowed: Vec<Source<'_>> =
        sources.iter().map(|(file, markdown)| Source { file, markdown }).collect();
    let record = document.record.clone().unwrap_or_default();
    let print =
        |markdown: &str| print_with(markdown, |name| printed(name, &record, answers.as_ref()));
    let back = bring_back(&document, &borrowed, &print)?;

    say_what_was_counted(document.tally);
    for change in &back.changes {
        show(change);
    }
    for refusal in &back.refusals {
        eprintln!("{refusal}");
    }
    let found = new_findings(&back.changes, answers.as_ref());
    for (file, finding) in &found {
        eprintln!("{file}:{}: {} ({})", finding.line, finding.message, finding.rule.name());
    }
    if !back.refusals.is_empty() || !found.is_empty() {
        eprintln!(
            "nothing written: {} things refused, and the gate found {} in what would be new",
            back.refusals.len(),
            found.len()
        );
        return Ok(Outcome::Wrong);
    }
    if back.changes.is_empty() {
        println!("The document says what the prose says; nothing to write.");
    } else if arguments.dry_run {
        println!("{} files would be written.", back.changes.len());
    } else {
        BeforeImport::of(&partnership.folder.path).write(&back.changes)?;
        println!("{} files written; `wardmote prose undo` puts them back.", back.changes.len());
    }
    Ok(Outcome::Done)
}

/// What a binding printed in the document; or prints now, if an officer typed one that was not there.
fn printed(name: &str, record: &Record, answers: Option<&Answers>) -> Option<(String, String)> {
    // Which figure is behind it does not matter here, only that there is one.
    const FIGURE: &str = "bound";
    let now = || {
        let (claim, field) =
            name.split_once('.').map_or((name, None), |(claim, field)| (claim, Some(field)));
        let answer = answers?.claims.get(claim)?;
        match field {
            None => Some(answer.statement.clone()),
            Some(field) => answer.fields.get(field).map(|field| field.text.clone()),
        }
    };
    let text = record.printed(name).map(str::to_owned).or_else(now)?;
    Some((text, FIGURE.to_owned()))
}

fn say_what_was_counted(tally: Tally) {
    let Tally { insertions, deletions, comments, struck_through } = tally;
    if insertions + deletions > 0 {
        println!(
            "Tracked changes: {insertions} insertions taken as accepted, {deletions} deletions as deleted."
        );
    }
    if comments > 0 {
        println!("{comments} comments are in the document, and stay there.");
    }
    if struck_through > 0 {
        println!(
            "{struck_through} stretches of words are struck through; they are taken as words like others."
        );
    }
}

fn show(change: &Change) {
    let name = format!("assessment/{}.md", change.file);
    let diff = TextDiff::from_lines(&change.before, &change.after);
    println!("{}", diff.unified_diff().context_radius(1).header(&name, &name));
}

/// What the gate finds in the new files and did not find in the old ones.
fn new_findings(changes: &[Change], answers: Option<&Answers>) -> Vec<(String, Finding)> {
    use wardmote_evidence::lint::{Bindings, NoBindings};
    let bindings: &dyn Bindings = answers.map_or(&NoBindings, |answers| answers);
    let mut found = Vec::new();
    for change in changes {
        let mut old = lint(&Document::markdown(&change.before), bindings);
        for finding in lint(&Document::markdown(&change.after), bindings) {
            let same = |one: &Finding| {
                one.rule == finding.rule
                    && one.text == finding.text
                    && one.message == finding.message
            };
            match old.iter().position(same) {
                Some(index) => {
                    old.remove(index);
                }
                None => found.push((format!("assessment/{}.md", change.file), finding)),
            }
        }
    }
    found
}

fn undo(at: &At) -> anyhow::Result<Outcome> {
    let files = BeforeImport::of(&at.folder).put_back()?;
    for file in &files {
        println!("assessment/{file}.md is as it was before the import");
    }
    Ok(Outcome::Done)
}
