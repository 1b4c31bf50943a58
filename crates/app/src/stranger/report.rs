//! What `wardmote verify BUNDLE` says.

use std::path::Path;

use serde::Serialize;
use wardmote_bundle::{Bundle, Damage, PublicKey, Signed};
use wardmote_evidence::verify::{Absent, Difference, FigureOutcome, Verification};

use super::pages::PageFinding;
use super::recompute::Computed;
use crate::commands::verify::said;
use crate::console::{self, Format};

/// All that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    bundle: String,
    partnership: String,
    synthetic: bool,
    published: String,
    /// The program that wrote the bundle, and this one.
    written_by: String,
    sources_given: bool,
    verified_by: String,
    signature: Signed,
    members: usize,
    damaged: Vec<Damage>,
    files: Vec<FileLine>,
    /// Why no figure was computed.
    pub(super) not_computed: Option<String>,
    evidence: Option<Verification>,
    gate: Vec<GateLine>,
    pages: Vec<PageFinding>,
    pages_not_compared: Vec<String>,
    summary: Summary,
}

#[derive(Debug, Default, Serialize)]
struct Summary {
    same: usize,
    different: usize,
    not_checkable: usize,
    holds: bool,
}

#[derive(Debug, Serialize)]
struct FileLine {
    source: String,
    file: String,
    state: &'static str,
    sha256: String,
    found_sha256: Option<String>,
    /// Where it lies, if not under its own path.
    found_as: Option<String>,
    from: String,
}

#[derive(Debug, Serialize)]
struct GateLine {
    file: String,
    line: usize,
    message: String,
}

const PROGRAM: &str = concat!("wardmote ", env!("CARGO_PKG_VERSION"));

impl Report {
    pub(super) fn new(
        path: &Path,
        bundle: &Bundle,
        named: Option<&PublicKey>,
        sources_given: bool,
    ) -> Self {
        let manifest = &bundle.manifest;
        let mut report = Self {
            bundle: path.display().to_string(),
            partnership: manifest.partnership.clone(),
            synthetic: manifest.synthetic,
            published: manifest.published.to_string(),
            written_by: manifest.program.clone(),
            sources_given,
            verified_by: PROGRAM.to_owned(),
            signature: bundle.signed(named),
            members: manifest.members.len(),
            damaged: bundle.damaged.clone(),
            files: Vec::new(),
            not_computed: None,
            evidence: None,
            gate: Vec::new(),
            pages: Vec::new(),
            pages_not_compared: Vec::new(),
            summary: Summary::default(),
        };
        report.summary.holds = report.holds();
        report
    }

    pub(super) fn computed(&mut self, computed: Computed) {
        self.files = computed
            .files
            .into_iter()
            .map(|file| FileLine {
                state: match &file.found {
                    None => "not here",
                    Some(_) if file.is_changed() => "changed",
                    Some(_) => "same",
                },
                found_as: file.found.filter(|found| !file.file.starts_with(found.as_str())),
                source: file.source,
                file: file.file,
                sha256: file.sha256,
                found_sha256: file.found_sha256,
                from: file.from,
            })
            .collect();
        let gate = computed.gate.into_iter();
        self.gate = gate.map(|(file, line, message)| GateLine { file, line, message }).collect();
        self.pages = computed.pages;
        self.pages_not_compared = computed.pages_not_compared;
        let count = |outcome| computed.verification.count(outcome);
        self.summary.same = count(FigureOutcome::Same);
        self.summary.different = count(FigureOutcome::Different);
        self.summary.not_checkable = count(FigureOutcome::NotCheckable);
        self.evidence = Some(computed.verification);
        self.summary.holds = self.holds();
    }

    /// Whether everything that can be checked is as it was published.
    pub(super) fn holds(&self) -> bool {
        self.signature.holds()
            && self.damaged.is_empty()
            && self.evidence.as_ref().is_none_or(Verification::holds)
            && self.files.iter().all(|file| file.state != "changed")
            && self.gate.is_empty()
            && self.pages.is_empty()
            && self.not_computed.is_none()
    }

    pub(super) fn print(&mut self, format: Format) -> anyhow::Result<()> {
        self.summary.holds = self.holds();
        match format {
            Format::Json => println!("{}", serde_json::to_string_pretty(self)?),
            Format::Csv => {
                console::print(
                    format,
                    &["what", "finding", "published", "computed"],
                    &self.rows(),
                )?;
            }
            Format::Table => self.print_text(),
        }
        Ok(())
    }

    fn print_text(&self) {
        println!("{}, published {}", self.partnership, self.published);
        if self.synthetic {
            println!("SYNTHETIC: made from invented data; it says nothing about a real place");
        }
        println!("{}", self.signature_in_words());
        if self.written_by != self.verified_by {
            println!(
                "written by {}, verified by {}: a difference may be the program's",
                self.written_by, self.verified_by
            );
        }
        println!("{} of {} members are as the manifest says", self.members_intact(), self.members);
        for row in self.rows() {
            let [what, finding, published, computed] = &row[..] else { continue };
            println!("{what:17} {finding}");
            for (side, text) in [("published", published), ("computed", computed)] {
                if !text.is_empty() {
                    println!("                  {side:9} {text}");
                }
            }
        }
        if let Some(why) = &self.not_computed {
            println!("not computed      {why}");
        }
        if !self.pages_not_compared.is_empty() {
            println!("not compared      {}", self.pages_not_compared.join(", "));
        }
        self.print_files();
        if !self.sources_given {
            println!("no official files were looked at; --sources DIR names their folder");
        }
        let Summary { same, different, not_checkable, .. } = self.summary;
        println!("{same} same, {different} different, {not_checkable} not checkable");
        if !self.holds() {
            println!("This publication does not hold.");
        }
    }

    fn print_files(&self) {
        let count = |state| self.files.iter().filter(|file| file.state == state).count();
        if self.files.is_empty() {
            return;
        }
        println!(
            "{} official files: {} same, {} changed, {} not here",
            self.files.len(),
            count("same"),
            count("changed"),
            count("not here")
        );
        let mut missing: Vec<String> = self
            .files
            .iter()
            .filter(|file| file.state == "not here")
            .map(|file| format!("  {} ({})\n    sha256 {}", file.file, file.from, file.sha256))
            .collect();
        missing.dedup();
        for line in missing {
            println!("{line}");
        }
    }

    fn members_intact(&self) -> usize {
        let listed = |damage: &&Damage| !matches!(damage, Damage::Unlisted { .. });
        self.members - self.damaged.iter().filter(listed).count()
    }

    fn signature_in_words(&self) -> String {
        match &self.signature {
            Signed::ByNamedKey { key } => format!("signed by {key}, the key that you named"),
            Signed::ByUnnamedKey { key } => format!(
                "signed by {key}, which you did not name: whoever made the bundle made that key, unless the \
                 publisher says elsewhere that it is theirs (--key)"
            ),
            Signed::Unsigned => "not signed: nothing says who made this bundle".to_owned(),
            Signed::Missing { key } => {
                format!("WRONG: it should be signed by {key}, and has no signature")
            }
            Signed::ByAnotherKey { named, found } => format!(
                "WRONG: not signed by {named}, the key that you named, but by {}",
                found.as_deref().unwrap_or("another")
            ),
            Signed::Broken { why } => format!("WRONG: the signature does not hold: {why}"),
        }
    }

    /// What differs or cannot be checked: what it is, what was found, and both sides. Then each figure
    /// that is the same.
    fn rows(&self) -> Vec<Vec<String>> {
        let mut rows = Vec::new();
        let mut row = |what: &str, finding: String, published: &str, computed: &str| {
            let row = [what, &finding, published, computed];
            rows.push(row.iter().map(|cell| (*cell).to_owned()).collect::<Vec<String>>());
        };
        if !self.signature.holds() {
            row("signature", self.signature_in_words(), "", "");
        }
        for damage in &self.damaged {
            let member = damage.member();
            match damage {
                Damage::Changed { expected, found, .. } => {
                    let finding = format!("{member} is not what the manifest says");
                    row("member changed", finding, expected, found);
                }
                Damage::Unreadable { why, .. } => {
                    row("member damaged", format!("{member}: {why}"), "", "");
                }
                Damage::Missing { .. } => row("member missing", member.to_owned(), "", ""),
                Damage::Unlisted { .. } => {
                    row(
                        "member unlisted",
                        format!("{member}: the manifest does not name it"),
                        "",
                        "",
                    );
                }
            }
        }
        for file in self.files.iter().filter(|file| file.state == "changed") {
            row(
                "file changed",
                file.file.clone(),
                &file.sha256,
                file.found_sha256.as_deref().unwrap_or(""),
            );
        }
        let evidence = self.evidence.iter();
        for difference in evidence.clone().flat_map(|found| &found.differences) {
            match difference {
                // The files have been named.
                Difference::FileChanged { file, .. }
                    if self.files.iter().any(|one| one.file == *file && one.state == "changed") => {
                }
                Difference::NotCheckable { figure, because } => {
                    row("not checkable", format!("{figure}: {}", reasons(because)), "", "");
                }
                other => {
                    let (what, finding, published, computed) = said(other);
                    row(what, finding, &published, &computed);
                }
            }
        }
        for finding in &self.gate {
            row(
                "wording",
                format!("{}:{}: {}", finding.file, finding.line, finding.message),
                "",
                "",
            );
        }
        for finding in &self.pages {
            let (what, finding, published, computed) = page_row(finding);
            row(what, finding, published, computed);
        }
        let same = evidence.flat_map(|found| &found.outcomes);
        for (figure, _) in same.filter(|(_, outcome)| **outcome == FigureOutcome::Same) {
            row("same", figure.clone(), "", "");
        }
        rows
    }
}

/// Why a figure cannot be checked: the first files, and how many more. Where they can be had is said of
/// each once, below all figures.
fn reasons(because: &[Absent]) -> String {
    const SHOWN: usize = 3;
    if because.is_empty() {
        return "its source is controlled and not here".to_owned();
    }
    let mut words: Vec<String> = because
        .iter()
        .filter(|one| one.file.is_none())
        .map(|one| format!("the source {} {}", one.source, one.why))
        .collect();
    let files: Vec<&str> = because.iter().filter_map(|one| one.file.as_deref()).collect();
    if !files.is_empty() {
        let more = files.len().saturating_sub(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        words.push(format!("not here: {}{more}", files[..files.len().min(SHOWN)].join(", ")));
    }
    words.join("; ")
}

fn page_row(finding: &PageFinding) -> (&'static str, String, &str, &str) {
    match finding {
        PageFinding::Sentence { file, prose, published, computed } => {
            let from = prose.as_ref().map(|prose| format!(" (its prose: {prose})"));
            ("page differs", format!("{file}{}", from.unwrap_or_default()), published, computed)
        }
        PageFinding::Line { file, published, computed } => {
            ("table differs", file.clone(), published, computed)
        }
        PageFinding::Markup { file, line, published, computed } => {
            ("page differs", format!("{file}, line {line}: not in its words"), published, computed)
        }
        PageFinding::Bytes { file } => ("file differs", file.clone(), "", ""),
        PageFinding::NotPublished { file } => {
            ("not published", format!("{file}: the declarations give it"), "", "")
        }
        PageFinding::NotComputed { file } => {
            ("not computed", format!("{file}: the declarations do not give it"), "", "")
        }
    }
}
