//! The documents of data protection that can be written from configuration: the record of processing
//! and the draft of an impact assessment, as Markdown.
//!
//! What the folder knows is filled in; what only a person can say stands there as *to be written*.
//! Neither is ever a finished document.

mod dpia;
mod register;

use std::fmt::Write as _;

use jiff::civil::Date;

pub use self::dpia::dpia;
pub use self::register::record_of_processing;
use super::{Dataset, Protection};
use crate::policy::{Agreement, Agreements, Permit};

/// A source of the evidence for assessments that is under a sharing agreement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Feed {
    /// Its id.
    pub id: String,
    /// Who sends it.
    pub publisher: String,
    /// The agreement that it comes under.
    pub agreement: Option<String>,
    /// Its marking.
    pub marking: Option<String>,
}

/// What the documents are written from.
#[derive(Debug, Clone, Copy)]
pub struct Facts<'a> {
    /// The partnership's name.
    pub partnership: &'a str,
    /// The day that they describe.
    pub on: Date,
    /// The agreements.
    pub agreements: &'a Agreements,
    /// Datasets, retention and regimes.
    pub protection: &'a Protection,
    /// Sources under an agreement.
    pub feeds: &'a [Feed],
}

impl Facts<'_> {
    fn is_synthetic(&self) -> bool {
        self.agreements.agreements.iter().any(|one| one.terms.synthetic)
    }

    /// A permit of an agreement that is in force and covers a dataset.
    fn permits(&self, dataset: &Dataset) -> impl Iterator<Item = (&Agreement, &Permit)> {
        self.agreements.permits().filter_map(|(_, agreement, permit)| {
            let covers = permit.categories.contains(&dataset.category)
                && permit.from.contains(&dataset.controller)
                && (agreement.gateway.personal || !dataset.personal);
            let in_force = agreement.terms.start <= self.on && self.on <= agreement.terms.end;
            (covers && in_force).then_some((agreement, permit))
        })
    }

    fn name(&self, organisation: &str) -> String {
        let names = self.agreements.organisations().unwrap_or_default();
        names.get(organisation).cloned().unwrap_or_else(|| organisation.to_owned())
    }

    /// The purpose in the words of the agreement that has it.
    fn purpose(&self, purpose: &str) -> String {
        let agreement = self.agreements.agreements.iter().find(|one| one.terms.purpose == purpose);
        agreement.map_or_else(
            || to_write(&format!("what the purpose {purpose:?} is; no agreement says it")),
            |one| one.terms.purpose_in_words.clone(),
        )
    }

    /// How long a dataset is kept.
    fn time_limit(&self, dataset: &Dataset) -> String {
        let rule =
            self.protection.rule(&dataset.category, &dataset.controller, dataset.regime, self.on);
        rule.map_or_else(
            || to_write("how long it is kept; protection/retention.toml has no rule"),
            |rule| {
                format!(
                    "{} from the day noted as {:?}: {} (rule {}, checked {})",
                    rule.keep_in_words, rule.counted_from, rule.law, rule.id, rule.checked
                )
            },
        )
    }
}

/// What only a person can write.
fn to_write(what: &str) -> String {
    format!("**To be written:** {what}.")
}

struct Text(String);

impl Text {
    fn line(&mut self, line: &str) {
        let _ = writeln!(self.0, "{line}");
    }

    fn heading(&mut self, level: usize, heading: &str) {
        let _ = writeln!(self.0, "\n{} {heading}\n", "#".repeat(level));
    }

    /// A row of a table; what stands in a cell must not end it.
    fn row(&mut self, cells: &[&str]) {
        let cells: Vec<String> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        let _ = writeln!(self.0, "| {} |", cells.join(" | "));
    }

    fn table(&mut self, headings: &[&str], rows: &[Vec<String>]) {
        self.row(headings);
        self.row(&vec!["---"; headings.len()]);
        for row in rows {
            self.row(&row.iter().map(String::as_str).collect::<Vec<_>>());
        }
    }
}

/// What this program does for the security of records, in the words of both documents.
const MEASURES: [&str; 6] = [
    "What a record says is sealed under a key of its own, which is wrapped by keys outside the database.",
    "Nobody sees a record unless a sharing agreement in force permits it for their organisation, role and purpose; a record that is refused looks like one that is not there.",
    "Every change, every refusal and every reading of personal or OFFICIAL-SENSITIVE records is logged with who, when, for what purpose and by which agreement. The log is a chain of hashes, of which signed checkpoints are kept elsewhere.",
    "Records are erased when their time ends, unless somebody holds them, and the log says by which rule. An erased record cannot be read from a backup with the newest keys.",
    "Bringing two records together is a permission of its own, and is shown only to those who may see both.",
    "No person's data reach the evidence for assessments: postcodes become small areas, references become pseudonyms, and small counts are withheld.",
];
