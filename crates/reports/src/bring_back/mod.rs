//! An edited DOCX brought back into the Markdown that it was made from.
//!
//! Each section of the document is compared with what it held when it was exported. Parts of the prose
//! that nobody changed keep their source to the byte; the others are written anew. What comes out is
//! printed and parsed again, and must then be what the document says, or it is refused. A number or
//! sentence of the evidence that was typed over is refused by name.

mod align;
mod markdown;
mod patch;
#[cfg(test)]
mod properties;
mod refusal;
mod sections;

pub use refusal::{NotOurs, Refusal};

use std::collections::BTreeMap;

use crate::word::{WordDocument, fingerprint};
use patch::{Patched, as_exported};

/// A section's source.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    /// The file, without folder and ending, as the assessment declares it.
    pub file: &'a str,
    /// Its Markdown, with bindings.
    pub markdown: &'a str,
}

/// A file that the document changes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The file, as in [`Source`].
    pub file: String,
    /// Its Markdown before.
    pub before: String,
    /// And after.
    pub after: String,
}

/// What a document brings back.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct BroughtBack {
    /// The files that change, in the order of the sections.
    pub changes: Vec<Change>,
    /// Why nothing may be written.
    pub refusals: Vec<Refusal>,
}

/// Compares a document with the sources of its sections.
///
/// `print` puts into Markdown, for each binding, the words that the document was exported with, as a
/// link to `figure:` whose title is the binding.
pub fn bring_back(
    document: &WordDocument,
    sources: &[Source<'_>],
    print: &dyn Fn(&str) -> String,
) -> Result<BroughtBack, NotOurs> {
    let record = document.record.as_ref().ok_or(NotOurs)?;
    let bindings = sections::Bindings::of(sources, record, print);
    let (found, mut refusals) = sections::cut(document, record, &bindings);
    let mut changes: Vec<Change> = Vec::new();
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for (section, (file, exported)) in found.iter().zip(&record.sections) {
        let Some(edited) = section else { continue };
        let unchanged = fingerprint(edited.iter()) == *exported;
        let Some(source) = sources.iter().find(|source| source.file == file) else {
            if !unchanged {
                refusals.push(Refusal::SectionGone { section: file.clone() });
            }
            continue;
        };
        if unchanged {
            continue;
        }
        if fingerprint(as_exported(source.markdown, print).iter()) != *exported {
            refusals.push(Refusal::ChangedMeanwhile { section: file.clone() });
            continue;
        }
        if seen.insert(file, file).is_some() {
            refusals.push(Refusal::TwiceOneFile { section: file.clone() });
            continue;
        }
        match patch::patch(source.markdown, edited, print) {
            Patched::Same => {}
            Patched::To(after) => changes.push(Change {
                file: file.clone(),
                before: source.markdown.to_owned(),
                after,
            }),
            Patched::NotMarkdown { near } => {
                refusals.push(Refusal::NotMarkdown { section: file.clone(), near });
            }
            Patched::Nested { near } => {
                refusals.push(Refusal::Nested { section: file.clone(), near });
            }
        }
    }
    Ok(BroughtBack { changes, refusals })
}
