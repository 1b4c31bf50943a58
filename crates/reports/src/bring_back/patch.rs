//! A section's Markdown with what changed on paper.

use std::ops::Range;

use super::align::align;
use super::markdown;
use crate::prose::{parse, parse_in_parts};
use crate::word::{Flattener, Passage, is_plain, settle};

/// How a section comes back.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Patched {
    /// Nothing in it changed.
    Same,
    /// The new Markdown.
    To(String),
    /// A passage that Markdown has no way to write.
    NotMarkdown { near: String },
    /// A part that paper does not show in full was edited.
    Nested { near: String },
}

/// The passages that Markdown becomes on paper.
pub(super) fn as_exported(markdown: &str, print: &dyn Fn(&str) -> String) -> Vec<Passage> {
    let mut flattener = Flattener::new();
    flattener.add(0, &parse(&print(markdown)));
    settle(flattener.finish()).into_iter().map(|(_, passage)| passage).collect()
}

/// An outermost part of the source.
struct Part {
    range: Range<usize>,
    /// Its passages, by index.
    passages: Range<usize>,
    /// Whether its passages hold all there is to it.
    is_plain: bool,
}

/// Changes as little of the source as brings it to `edited`.
pub(super) fn patch(source: &str, edited: &[Passage], print: &dyn Fn(&str) -> String) -> Patched {
    let printed = print(source);
    let parsed = parse_in_parts(&printed);
    let ranges: Vec<Range<usize>> =
        parse_in_parts(source).into_iter().map(|(range, _)| range).collect();
    let mut flattener = Flattener::new();
    for (index, (_, blocks)) in parsed.iter().enumerate() {
        flattener.add(index, blocks);
    }
    let (marks, exported): (Vec<usize>, Vec<Passage>) =
        settle(flattener.finish()).into_iter().unzip();
    if exported == edited {
        return Patched::Same;
    }
    let holds = |markdown: &str| as_exported(markdown, print) == edited;
    let parts: Vec<Part> = ranges
        .iter()
        .zip(&parsed)
        .enumerate()
        .map(|(index, (range, (_, blocks)))| Part {
            range: range.clone(),
            passages: marks.partition_point(|mark| *mark < index)
                ..marks.partition_point(|mark| *mark <= index),
            is_plain: blocks.iter().all(is_plain),
        })
        .collect();
    // Where a binding stands, printing changes no outline; if it ever does, all is written anew.
    if ranges.len() == parsed.len() {
        match spliced(source, &parts, &exported, edited, print) {
            Ok(after) if holds(&after) => return Patched::To(after),
            Ok(_) => {}
            Err(near) => return Patched::Nested { near },
        }
    }
    if let Some(nested) = parts.iter().find(|part| !part.is_plain) {
        let first = exported.get(nested.passages.start);
        return Patched::Nested { near: first.map(beginning).unwrap_or_default() };
    }
    let after = markdown::write(edited, print) + "\n";
    if holds(&after) {
        return Patched::To(after);
    }
    let back = as_exported(&after, print);
    let differs = edited.iter().zip(&back).find(|(wanted, got)| wanted != got);
    let near = differs.map(|(wanted, _)| wanted).or(edited.last());
    Patched::NotMarkdown { near: near.map(beginning).unwrap_or_default() }
}

/// The source, with the parts that changed written anew; or, as an error, the words of a part whose
/// nesting would be lost.
fn spliced(
    source: &str,
    parts: &[Part],
    exported: &[Passage],
    edited: &[Passage],
    print: &dyn Fn(&str) -> String,
) -> Result<String, String> {
    let mut place = vec![None; exported.len()];
    for (before, after) in align(exported, edited) {
        place[before] = Some(after);
    }
    // A part is kept where all its passages are there, one after the other.
    let kept = |part: &Part| -> Option<Range<usize>> {
        let first = place[part.passages.clone()].first().copied().flatten()?;
        let together = part.passages.clone().zip(first..).all(|(i, after)| place[i] == Some(after));
        together.then(|| first..first + part.passages.len())
    };
    let eol = if source.contains("\r\n") { "\r\n" } else { "\n" };
    let mut out = Output { text: String::new(), source, eol, last: None };
    out.add_source(0..parts.first().map_or(source.len(), |part| part.range.start));
    let mut next = 0;
    let mut dropped: Option<&Part> = None;
    // What Markdown defines between parts, such as the targets of links, stays behind what is new.
    let mut held: Vec<Range<usize>> = Vec::new();
    for (index, part) in parts.iter().enumerate() {
        let gap =
            part.range.end..parts.get(index + 1).map_or(source.len(), |next| next.range.start);
        if part.passages.is_empty() {
            out.add_source(part.range.start..gap.end);
            continue;
        }
        if let Some(place) = kept(part) {
            out.add_new(&edited[next..place.start], dropped, exported, print)?;
            dropped = None;
            next = place.end;
            held.drain(..).for_each(|gap| out.add_source(gap));
            out.add_source(part.range.start..gap.end);
        } else {
            if !part.is_plain {
                dropped = Some(part);
            }
            held.push(gap);
        }
    }
    out.add_new(&edited[next..], dropped, exported, print)?;
    held.drain(..).for_each(|gap| out.add_source(gap));
    Ok(out.text.trim_end().to_owned() + eol)
}

/// The text under construction.
struct Output<'a> {
    text: String,
    source: &'a str,
    eol: &'a str,
    /// Where in the source the last piece taken from it ends.
    last: Option<usize>,
}

impl Output<'_> {
    /// Adds a stretch of the source; one that follows the last keeps its distance.
    fn add_source(&mut self, range: Range<usize>) {
        let text = &self.source[range.clone()];
        if self.last == Some(range.start) {
            self.text.push_str(text);
            self.last = Some(range.end);
        } else if !text.trim().is_empty() {
            self.part_from_before();
            self.text.push_str(text);
            self.last = Some(range.end);
        }
    }

    fn add_new(
        &mut self,
        passages: &[Passage],
        instead_of: Option<&Part>,
        exported: &[Passage],
        print: &dyn Fn(&str) -> String,
    ) -> Result<(), String> {
        let Some(_) = passages.first() else { return Ok(()) };
        if let Some(part) = instead_of {
            return Err(beginning(&exported[part.passages.start]));
        }
        self.part_from_before();
        self.text.push_str(&markdown::write(passages, print).replace('\n', self.eol));
        self.last = None;
        Ok(())
    }

    fn part_from_before(&mut self) {
        let trimmed = self.text.trim_end().len();
        self.text.truncate(trimmed);
        if !self.text.is_empty() {
            self.text.push_str(self.eol);
            self.text.push_str(self.eol);
        }
    }
}

/// The first words of a passage.
fn beginning(passage: &Passage) -> String {
    const FEW: usize = 60;
    let text = passage.plain_text();
    let mut short: String = text.chars().take(FEW).collect();
    if text.chars().count() > FEW {
        short.push('\u{2026}');
    }
    short
}
