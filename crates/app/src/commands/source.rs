//! `wardmote source`: what a partner's file holds, before it is declared or loaded; and the key of its
//! pseudonyms.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wardmote_evidence::numbers::thousands;
use wardmote_lake::source::{self, Reader, SourceDeclaration};
use wardmote_lake::{Preview, Proposal, PseudonymKey};

use crate::Outcome;
use crate::place::{Partnership, this_month};

/// Look at a partner's file before it is loaded, and make the key of a source's pseudonyms
///
/// `check` reads CSV, XLSX and ODS, and stores nothing. Without --source it proposes a declaration for
/// the sources/ folder; with it, the declaration that is there is tried on the file. People stay out: a
/// table that names them is not loaded, columns that are not declared are not stored, postcodes become
/// small areas and are dropped, and a reference that may be a person's is stored as a pseudonym alone.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote source check landlord-may.xlsx > sources/landlord.toml
  wardmote source check landlord-may.xlsx --source landlord
  wardmote source key landlord")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Propose how a file is to be read, and show its first rows as understood
    Check {
        /// The partner's file
        file: PathBuf,
        /// Try the declaration of this source instead of proposing one
        #[arg(long, value_name = "SOURCE")]
        source: Option<String>,
        /// How many rows to show
        #[arg(long, value_name = "N", default_value = "10")]
        rows: usize,
    },
    /// Make the key by which a source's references become pseudonyms
    ///
    /// The source's declaration names the reference and the key's file: `columns.repeat_of` and
    /// `key_file` below `[pseudonyms]`. A key that is there is never
    /// overwritten.
    Key {
        /// The source
        source: String,
    },
}

pub(crate) fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let (file, source, rows) = match &arguments.what {
        What::Check { file, source, rows } => (file, source, rows),
        What::Key { source } => return make_key(folder, source),
    };
    if let Some(id) = source {
        let partnership = Partnership::open(folder, None)?;
        return show(file, declared(&partnership, id)?, *rows);
    }
    let bytes = std::fs::read(file).with_context(|| file.display().to_string())?;
    let proposal = Proposal::of(&bytes).with_context(|| file.display().to_string())?;
    println!("{}", proposal.declaration);
    if let Some(heading) = &proposal.names_people {
        eprintln!(
            "the column {heading:?} looks as if it named people, and such a table is never loaded; ask \
             the partner for the table without it"
        );
        return Ok(Outcome::Wrong);
    }
    if let Some(heading) = &proposal.postcode {
        eprintln!(
            "the column {heading:?} holds postcodes: each becomes a small area by a source of reader \
             \"postcode-lookup\", and is dropped"
        );
    }
    for heading in &proposal.not_stored {
        eprintln!("the column {heading:?} would not be stored");
    }
    if !proposal.open_questions.is_empty() {
        for question in &proposal.open_questions {
            eprintln!("to settle by hand: {question}");
        }
        return Ok(Outcome::Wrong);
    }
    // Only people know the agreement; a look at the file stores nothing and needs none.
    let to_try = proposal.declaration.replace("agreement = \"\"", "agreement = \"not yet named\"");
    let proposed = source::parse("proposed", &to_try, Path::new("the proposal"))?;
    show(file, &proposed, *rows)
}

fn declared<'a>(partnership: &'a Partnership, id: &str) -> anyhow::Result<&'a SourceDeclaration> {
    partnership.folder.sources.get(id).with_context(|| format!("no source {id:?} in sources/"))
}

fn make_key(folder: &Path, id: &str) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open(folder, None)?;
    let path = match &declared(&partnership, id)?.reader {
        Reader::Events { mapping: Some(mapping), .. } => mapping.key_file.as_deref(),
        _ => None,
    };
    let path = path.with_context(|| {
        format!("source {id:?} declares no pseudonyms: columns.repeat_of and [pseudonyms] key_file")
    })?;
    PseudonymKey::create(path)?;
    println!("{}", path.display());
    eprintln!(
        "a new key. Keep it out of git and away from the data, and back it up where few can read it: \
         who has it can find out references by trying them, and without it repeats of earlier files \
         are lost"
    );
    Ok(Outcome::Done)
}

/// Prints the first rows to standard error, so that standard output is the declaration alone.
fn show(file: &Path, source: &SourceDeclaration, rows: usize) -> anyhow::Result<Outcome> {
    let preview = Preview::of(file, source, this_month()?, rows);
    if let Some(why) = &preview.failure {
        eprintln!("{}: {why}", file.display());
        return Ok(Outcome::Wrong);
    }
    let (read, kept) = (preview.rows_read, preview.rows_kept);
    eprintln!(
        "{} rows read = {} kept + {} refused; the first as understood:",
        thousands(read),
        thousands(kept),
        thousands(read - kept)
    );
    eprintln!("{:>6}  {:7}  {:9}  {:28}  outcome", "line", "month", "area", "category");
    for row in &preview.rows {
        // A postcode's small area is known only once it is loaded.
        let area = row.small_area.as_deref().or(row.postcode.as_deref()).unwrap_or("-");
        let outcome = row.outcome.as_deref().unwrap_or("-");
        eprintln!("{:>6}  {:7}  {area:9}  {:28}  {outcome}", row.line, row.month, row.category);
    }
    for refusal in preview.refusals.iter().take(rows) {
        eprintln!("refused: {refusal}");
    }
    for note in &preview.notes {
        eprintln!("{note}");
    }
    Ok(if kept == read { Outcome::Done } else { Outcome::Wrong })
}
