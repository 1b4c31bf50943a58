//! Measures, tests, figures, claims, the wording gate, trace and verify.
//!
//! From counted rows to sentences: a measure is computed from the lake, a claim is tested by
//! `wardmote-stats`, its words are chosen by `wardmote-domain`'s table after correction over the
//! whole assessment, and every printed number is a figure that can be traced to rows and recomputed.
//! Nothing here draws, renders or serves.

pub mod affected;
pub mod analysis;
mod binding;
pub mod charts;
pub mod claims;
pub mod compare;
pub mod consistency;
mod dates;
pub mod declarations;
pub mod document;
pub mod evidence_file;
pub mod explore;
pub mod family;
pub mod figure;
mod figures;
pub mod folder;
pub mod groups;
pub mod headlines;
pub mod lint;
pub mod local;
pub mod mapped;
pub mod measure;
pub mod moves;
pub mod numbers;
pub mod observed;
pub mod owner;
pub mod prose;
pub mod protection;
pub mod slides;
pub mod statements;
pub mod statutory;
pub mod tabulate;
pub mod take;
pub mod testing;
pub mod topic;
pub mod verify;

/// A pattern that is written in the program.
fn pattern(text: &str) -> regex::Regex {
    // INVARIANT: each pattern is a constant, and the tests of its module use it.
    regex::Regex::new(text).unwrap_or_else(|error| unreachable!("pattern {text:?}: {error}"))
}
