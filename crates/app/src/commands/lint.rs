//! `wardmote lint`: the wording gate and the consistency lint over any document.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_evidence::claims::Answers;
use wardmote_evidence::consistency::{self, ConsistencyRule, Knowledge, Paper, PublishedFigure};
use wardmote_evidence::document::Document;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::lint::{Bindings, LintRule, NoBindings, lint};
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection;

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership, today};

/// Read documents for words that no evidence supports and for contradictions
///
/// The wording gate reports each gated word that no test supports and each number that is bound to no
/// figure. The consistency lint reports what does not go together: two periods of one plan, a promise
/// about a past date, a list that is not as long as is said, and more; documents that are given
/// together are compared with one another, and with the evidence that the partnership has published.
/// In a partnership's folder, bindings such as {{crime-change}} are looked up in its claims, and
/// lint/law.toml and lint/terms.toml add to what is known of law and terms.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote lint board-paper.docx --gate consistency
  wardmote lint plan.md summary.md --date 2025-03-18
  wardmote lint --explain list-count
A sentence can bring its own survey evidence:
  77% got on well, significantly more than 75% (n=1,290 of 12,875, design effect 1.3).
A finding of the consistency lint can be let stand, in the document and with the reason:
  <!-- lint: allow list-count because the seventh duty is not in force -->")]
pub(crate) struct Arguments {
    /// Markdown (.md), DOCX or text files; in DOCX a line is a paragraph, empty ones not counted
    #[arg(value_name = "FILE", required_unless_present = "explain")]
    files: Vec<PathBuf>,
    /// Explain a rule instead
    #[arg(long, value_name = "RULE")]
    explain: Option<String>,
    /// Which of the two to read with
    #[arg(long, value_enum, default_value = "both")]
    gate: Gate,
    /// The date on which the documents are to be true; if not given, the date that each bears
    #[arg(long, value_name = "DATE")]
    date: Option<Date>,
    /// The published evidence to compare with; published/evidence.json of the partnership if not given
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

/// What documents are read with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Gate {
    /// Words and numbers that no evidence supports
    Wording,
    /// Contradictions within and between documents
    Consistency,
    /// Both
    Both,
}

const HEADINGS: [&str; 6] = ["file", "line", "rule", "text", "message", "other"];

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    if let Some(wanted) = &arguments.explain {
        println!("{}", explain(wanted)?);
        return Ok(Outcome::Done);
    }
    let documents: Vec<(String, Document)> = arguments
        .files
        .iter()
        .map(|path| Ok((path.display().to_string(), Document::read(path)?)))
        .collect::<anyhow::Result<_>>()?;
    let mut rows = Vec::new();
    if arguments.gate != Gate::Consistency {
        let answers = answers_here(at).await?;
        let bindings: &dyn Bindings =
            answers.as_ref().map_or(&NoBindings as &dyn Bindings, |answers| answers);
        for (name, document) in &documents {
            rows.extend(lint(document, bindings).into_iter().map(|finding| Row {
                file: name.clone(),
                line: finding.line,
                rule: finding.rule.name(),
                text: finding.text,
                message: finding.message,
                other: String::new(),
            }));
        }
    }
    if arguments.gate != Gate::Wording {
        rows.extend(clashes(at, arguments, &documents)?);
    }
    let order = |row: &Row| documents.iter().position(|(name, _)| *name == row.file);
    rows.sort_by_key(|row| (order(row), row.line));
    print(arguments.format, &rows)?;
    Ok(if rows.is_empty() { Outcome::Done } else { Outcome::Wrong })
}

/// A finding of either.
struct Row {
    file: String,
    line: usize,
    rule: &'static str,
    text: String,
    message: String,
    other: String,
}

fn clashes(
    at: &At,
    arguments: &Arguments,
    documents: &[(String, Document)],
) -> anyhow::Result<Vec<Row>> {
    let papers: Vec<Paper> = documents
        .iter()
        .map(|(name, document)| Paper::new(name, document.clone(), arguments.date))
        .collect();
    let knowledge = Knowledge::of_folder(&at.folder)?;
    let published = published(at, arguments.evidence.as_deref())?;
    let checked = consistency::check(&papers, &knowledge, &published);
    for note in &checked.notes {
        eprintln!("{note}");
    }
    let row = |clash: consistency::Clash| Row {
        file: clash.place.file,
        line: clash.place.line,
        rule: clash.rule.name(),
        text: clash.text,
        message: clash.message,
        other: clash.other.map(|other| other.to_string()).unwrap_or_default(),
    };
    Ok(checked.clashes.into_iter().map(row).collect())
}

/// The figures of the publication that was named, or of the partnership in whose folder one stands.
fn published(at: &At, named: Option<&Path>) -> anyhow::Result<Vec<PublishedFigure>> {
    let usual = at.folder.join("published").join("evidence.json");
    let path = match named {
        Some(path) => path,
        None if usual.is_file() => &usual,
        None => return Ok(Vec::new()),
    };
    let evidence = EvidenceFile::read(path)?;
    Ok(PublishedFigure::of(&evidence, &path.display().to_string()))
}

fn print(format: Format, rows: &[Row]) -> anyhow::Result<()> {
    if format != Format::Table {
        let cells = rows.iter().map(|row| {
            let line = row.line.to_string();
            let [file, text, message, other] =
                [&row.file, &row.text, &row.message, &row.other].map(Clone::clone);
            vec![file, line, row.rule.to_owned(), text, message, other]
        });
        return console::print(format, &HEADINGS, &cells.collect::<Vec<_>>());
    }
    for row in rows {
        let other =
            if row.other.is_empty() { String::new() } else { format!("; see {}", row.other) };
        println!("{}:{}: {}{other} ({})", row.file, row.line, row.message, row.rule);
    }
    if rows.is_empty() {
        println!("Nothing found.");
    }
    Ok(())
}

fn explain(wanted: &str) -> anyhow::Result<String> {
    if let Some(rule) = LintRule::ALL.into_iter().find(|rule| rule.name() == wanted) {
        return Ok(format!("{}: {}", rule.name(), rule.explanation()));
    }
    let rule =
        ConsistencyRule::ALL.into_iter().find(|rule| rule.name() == wanted).with_context(|| {
            let names: Vec<&str> = LintRule::ALL
                .map(LintRule::name)
                .into_iter()
                .chain(ConsistencyRule::ALL.map(ConsistencyRule::name))
                .collect();
            format!("no rule {wanted:?}; the rules are {}", names.join(", "))
        })?;
    let explanation = rule.explanation();
    let indented = |text: &str| {
        text.lines()
            .map(|line| format!("    {line}").trim_end().to_owned())
            .collect::<Vec<_>>()
            .join("\n")
    };
    let allow = if rule == ConsistencyRule::BadException {
        String::new()
    } else {
        format!(
            "\n\nTo let one finding stand, write on its line, or alone before its paragraph, list or table,\n\n    \
             <!-- lint: allow {} because ... -->\n\nwith the reason. In DOCX, make it a comment: lint: allow {} because ...",
            rule.name(),
            rule.name()
        )
    };
    Ok(format!(
        "{}: {}\n\nCaught, in a paper of 18 March 2025:\n\n{}\n\nNot caught:\n\n{}{allow}",
        rule.name(),
        explanation.finds,
        indented(explanation.caught),
        indented(explanation.passes)
    ))
}

/// The answers of the partnership in whose folder one stands; `None` outside any, or before a load.
pub(crate) async fn answers_here(at: &At) -> anyhow::Result<Option<Answers>> {
    if !at.folder.join("partnership.toml").exists() {
        return Ok(None);
    }
    let partnership = Partnership::open_at(at)?;
    let Some(assessment) = &partnership.folder.assessment else { return Ok(None) };
    let Ok(lake) = partnership.lake().await else {
        eprintln!(
            "nothing is loaded here, so bindings cannot be looked up; run `wardmote ingest` first"
        );
        return Ok(None);
    };
    let observed = Observed::gather(&lake, &partnership.folder, &[])?;
    let rule = assessment.family.rule;
    Ok(Some(protection::publish(&observed, &partnership.folder, rule, today())?.answers))
}
