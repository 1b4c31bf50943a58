//! `wardmote lint`: the wording gate over any document.

use std::path::PathBuf;

use anyhow::Context as _;
use wardmote_evidence::claims::Answers;
use wardmote_evidence::lint::{Bindings, LintRule, NoBindings, Syntax, lint};
use wardmote_evidence::observed::Observed;
use wardmote_evidence::protection;

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership, today};

/// Read documents through the wording gate
///
/// Reports each gated word that no test supports and each number that is bound to no figure, with
/// file, line and what would support it. In a partnership's folder, bindings such as
/// {{crime-change}} are looked up in its claims.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote lint board-paper.md
  wardmote lint --explain unbound-number
A sentence can bring its own survey evidence:
  77% got on well, significantly more than 75% (n=1,290 of 12,875, design effect 1.3).")]
pub(crate) struct Arguments {
    /// Markdown (.md) or text files
    #[arg(value_name = "FILE", required_unless_present = "explain")]
    files: Vec<PathBuf>,
    /// Explain a rule instead
    #[arg(long, value_name = "RULE")]
    explain: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    if let Some(wanted) = &arguments.explain {
        let rule =
            LintRule::ALL.into_iter().find(|rule| rule.name() == wanted).with_context(|| {
                format!(
                    "no rule {wanted:?}; the rules are {}",
                    LintRule::ALL.map(LintRule::name).join(", ")
                )
            })?;
        println!("{}: {}", rule.name(), rule.explanation());
        return Ok(Outcome::Done);
    }
    let answers = answers_here(at).await?;
    let bindings: &dyn Bindings =
        answers.as_ref().map_or(&NoBindings as &dyn Bindings, |answers| answers);
    let mut rows = Vec::new();
    for path in &arguments.files {
        let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
        let markdown =
            path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("md"));
        let syntax = if markdown { Syntax::Markdown } else { Syntax::Text };
        for finding in lint(&text, syntax, bindings) {
            let place = path.display().to_string();
            rows.push(vec![
                place,
                finding.line.to_string(),
                finding.rule.name().to_owned(),
                finding.text,
                finding.message,
            ]);
        }
    }
    if arguments.format == Format::Table {
        for row in &rows {
            println!("{}:{}: {} ({})", row[0], row[1], row[4], row[2]);
        }
        if rows.is_empty() {
            println!("Nothing found.");
        }
    } else {
        console::print(arguments.format, &["file", "line", "rule", "text", "message"], &rows)?;
    }
    Ok(if rows.is_empty() { Outcome::Done } else { Outcome::Wrong })
}

/// The answers of the partnership in whose folder one stands; `None` outside any, or before a load.
async fn answers_here(at: &At) -> anyhow::Result<Option<Answers>> {
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
