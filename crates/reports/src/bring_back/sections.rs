//! The sections of an edited document, with every control looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::{Refusal, Source};
use crate::prose::{Block, parse, visit_figures};
use crate::publication_files::file_stem;
use crate::word::{
    Form, Passage, Piece, ReadPassage, Record, WordDocument, Words, cells_fingerprint, pieces,
    plain, settle_pieces, tag,
};

/// The bindings that can stand in a document.
pub(super) struct Bindings<'a> {
    /// By the tag of their control.
    names: BTreeMap<String, String>,
    print: &'a dyn Fn(&str) -> String,
}

impl<'a> Bindings<'a> {
    pub(super) fn of(
        sources: &[Source<'_>],
        record: &Record,
        print: &'a dyn Fn(&str) -> String,
    ) -> Self {
        let mut names = BTreeMap::new();
        for source in sources {
            visit_figures(&parse(&print(source.markdown)), &mut |id, binding| {
                let name = binding.map_or_else(|| id.to_owned(), str::to_owned);
                names.insert(tag(id, binding), name);
            });
        }
        // A binding may have left the sources since; its tag names it, unless it was too long.
        for tag in record.controls.keys() {
            if let Some(name) = tag.strip_prefix("wm:").or_else(|| tag.strip_prefix("wm-figure:")) {
                names.entry(tag.clone()).or_insert_with(|| name.to_owned());
            }
        }
        Self { names, print }
    }

    fn name(&self, tag: &str) -> String {
        self.names.get(tag).cloned().unwrap_or_else(|| tag.to_owned())
    }

    /// Pieces in which `{{crime-change}}`, typed by hand, is the binding that it names.
    fn typed(&self, pieces: Vec<Piece>) -> Vec<Piece> {
        let mut found = Vec::new();
        for piece in pieces {
            match &piece.words {
                Words::Text(text) if text.contains("{{") && !piece.style.code => {
                    self.split(text, &piece, &mut found);
                }
                _ => found.push(piece),
            }
        }
        settle_pieces(found)
    }

    fn split(&self, text: &str, like: &Piece, found: &mut Vec<Piece>) {
        let mut push = |words| found.push(Piece { words, style: like.style.clone() });
        let mut rest = text;
        while let Some(start) = rest.find("{{") {
            let Some(end) = rest[start..].find("}}").map(|end| start + end + 2) else { break };
            push(Words::Text(rest[..start].to_owned()));
            let typed = &rest[start..end];
            match parse(&(self.print)(typed)).as_slice() {
                [Block::Paragraph { content }] => match pieces(content).as_slice() {
                    [Piece { words: bound @ Words::Bound { .. }, .. }] => push(bound.clone()),
                    _ => push(Words::Text(typed.to_owned())),
                },
                _ => push(Words::Text(typed.to_owned())),
            }
            rest = &rest[end..];
        }
        push(Words::Text(rest.to_owned()));
    }
}

/// Where in the document the walk is.
#[derive(Clone, Copy, PartialEq)]
enum At {
    Front,
    Section(usize),
    Back,
}

/// The passages of each section of the record, in its order; `None` where the section is not there or
/// something of it was refused.
pub(super) fn cut(
    document: &WordDocument,
    record: &Record,
    bindings: &Bindings<'_>,
) -> (Vec<Option<Vec<Passage>>>, Vec<Refusal>) {
    let mut cutter = Cutter {
        record,
        bindings,
        at: At::Front,
        found: vec![None; record.sections.len()],
        order: Vec::new(),
        blocked: BTreeSet::new(),
        caption: None,
        refusals: Vec::new(),
    };
    let mut unreadable = document.unreadable.iter().peekable();
    for (index, read) in document.passages.iter().enumerate() {
        while let Some(thing) = unreadable.next_if(|thing| thing.after <= index) {
            // What stands before a passage stands in it, or in the section that it goes on.
            cutter.not_prose(thing.what);
        }
        cutter.take(read);
    }
    unreadable.for_each(|thing| cutter.not_prose(thing.what));
    cutter.finish()
}

struct Cutter<'a> {
    record: &'a Record,
    bindings: &'a Bindings<'a>,
    at: At,
    found: Vec<Option<Vec<Passage>>>,
    order: Vec<usize>,
    /// Sections of which something was refused.
    blocked: BTreeSet<usize>,
    /// The table whose caption came last.
    caption: Option<String>,
    refusals: Vec<Refusal>,
}

impl Cutter<'_> {
    fn section_name(&self) -> String {
        match self.at {
            At::Front => "the front page".to_owned(),
            At::Section(index) => self.record.sections[index].0.clone(),
            At::Back => "the last part".to_owned(),
        }
    }

    fn refuse(&mut self, refusal: Refusal) {
        if let At::Section(index) = self.at {
            self.blocked.insert(index);
        }
        self.refusals.push(refusal);
    }

    fn not_prose(&mut self, what: &'static str) {
        if let At::Section(_) = self.at {
            self.refuse(Refusal::NotProse { section: self.section_name(), what });
        }
    }

    fn take(&mut self, read: &ReadPassage) {
        let mut passage = read.passage.clone();
        for pieces in pieces_of(&mut passage) {
            self.find_tags(pieces);
        }
        if let Passage::Paragraph { form: Form::Heading { level: 1 }, pieces } = &passage {
            self.caption = None;
            self.heading(pieces);
            return;
        }
        for pieces in pieces_of(&mut passage) {
            self.check(pieces);
            self.name_sections(pieces);
            *pieces = self.bindings.typed(std::mem::take(pieces));
        }
        let At::Section(index) = self.at else { return };
        if let Some(passage) = self.of_prose(passage, &read.style)
            && let Some(section) = &mut self.found[index]
        {
            section.push(passage);
        }
    }

    /// A control without a tag is the one that prints its words, if only one does.
    fn find_tags(&mut self, pieces: &mut [Piece]) {
        for piece in pieces {
            let Words::Bound { tag, text } = &mut piece.words else { continue };
            if !tag.is_empty() {
                continue;
            }
            let mut same = self.record.controls.iter().filter(|(_, printed)| *printed == text);
            match (same.next(), same.next()) {
                (Some((only, _)), None) => tag.clone_from(only),
                _ if !matches!(self.at, At::Section(_)) => {}
                _ => {
                    let (section, now) = (self.section_name(), text.clone());
                    self.refuse(Refusal::LostTag { section, now });
                }
            }
        }
    }

    /// A heading of the first level begins a section or the last part, or is one too many.
    fn heading(&mut self, pieces: &[Piece]) {
        let words = plain(pieces);
        let tags: Vec<&str> = pieces
            .iter()
            .filter_map(|piece| match &piece.words {
                Words::Bound { tag, .. } => Some(tag.as_str()),
                _ => None,
            })
            .collect();
        let Some(tag) = tags.first() else {
            if self.at == At::Back {
                return;
            }
            self.refusals.push(Refusal::NewSection { heading: words });
            return;
        };
        if tag.starts_with("wm-part:") {
            self.at = At::Back;
            return;
        }
        let sections = self.record.sections.iter();
        let index = sections
            .map(|(file, _)| crate::word::short_tag(&format!("wm-section:{file}")))
            .position(|known| known == *tag);
        let Some(index) = index else {
            self.refusals.push(Refusal::NewSection { heading: words });
            return;
        };
        self.at = At::Section(index);
        self.order.push(index);
        if self.found[index].replace(Vec::new()).is_some() {
            self.refusals.push(Refusal::Order);
        }
        let was = self.record.controls.get(*tag).cloned().unwrap_or_default();
        if was != words {
            self.refusals.push(Refusal::Declared {
                what: format!("the heading of the section {}", self.record.sections[index].0),
                was,
                now: words,
                declared: "assessment/assessment.toml",
            });
        }
    }

    /// A link to a section leads to its bookmark on paper, and to its id on the page.
    fn name_sections(&self, pieces: &mut [Piece]) {
        for piece in pieces {
            let Some(link) = &mut piece.style.link else { continue };
            let number =
                link.strip_prefix("#wm_section").and_then(|number| number.parse::<usize>().ok());
            if let Some((file, _)) =
                number.and_then(|n| self.record.sections.get(n.checked_sub(1)?))
            {
                *link = format!("#section-{}", file_stem(file));
            }
        }
    }

    /// Refuses what was typed over.
    fn check(&mut self, pieces: &[Piece]) {
        for piece in pieces {
            let Words::Bound { tag, text } = &piece.words else { continue };
            let (section, now) = (self.section_name(), text.clone());
            match self.record.controls.get(tag) {
                Some(was) if was == text => {}
                Some(was) => self.refuse(typed_over(tag, was, now, section, self.bindings)),
                None if tag.is_empty() => {}
                None => self.refuse(Refusal::UnknownControl { section, tag: tag.clone(), now }),
            }
        }
    }

    /// The passage as the prose has it; `None` for what was written around the prose.
    fn of_prose(&mut self, passage: Passage, style: &str) -> Option<Passage> {
        const OURS: [&str; 4] =
            ["wardmote note", "wardmote mark", "wardmote synthetic", "wardmote figure heading"];
        let caption = self.caption.take();
        if let Passage::Paragraph { pieces, .. } = &passage {
            for piece in pieces {
                let Words::Bound { tag, .. } = &piece.words else { continue };
                if let Some(what) = tag.strip_prefix("wm-again:") {
                    return Some(Passage::Placed { what: what.to_owned() });
                }
                if let Some(what) = tag.strip_prefix("wm-table:") {
                    self.caption = Some(what.to_owned());
                    return Some(Passage::Placed { what: format!("table:{what}") });
                }
            }
        }
        if let Passage::Table { rows, .. } = &passage
            && style == "wardmote data"
        {
            let section = self.section_name();
            match caption {
                None => self.refuse(Refusal::NoCaption { section }),
                Some(table) => {
                    let words =
                        |row: &Vec<Vec<Piece>>| row.iter().map(|cell| plain(cell)).collect();
                    let cells: Vec<Vec<String>> = rows.iter().map(words).collect();
                    if self.record.tables.get(&table) != Some(&cells_fingerprint(&cells)) {
                        self.refuse(Refusal::TableEdited { section, table });
                    }
                }
            }
            return None;
        }
        (!OURS.contains(&style)).then_some(passage)
    }

    fn finish(mut self) -> (Vec<Option<Vec<Passage>>>, Vec<Refusal>) {
        for (section, (file, _)) in self.found.iter().zip(&self.record.sections) {
            if section.is_none() {
                self.refusals.push(Refusal::NoSection { section: file.clone() });
            }
        }
        if !self.order.is_sorted() {
            self.refusals.push(Refusal::Order);
        }
        for index in self.blocked {
            self.found[index] = None;
        }
        (self.found, self.refusals)
    }
}

fn pieces_of(passage: &mut Passage) -> Vec<&mut Vec<Piece>> {
    match passage {
        Passage::Paragraph { pieces, .. } => vec![pieces],
        Passage::Table { rows, .. } => rows.iter_mut().flatten().collect(),
        Passage::Code { .. } | Passage::Rule | Passage::Placed { .. } => Vec::new(),
    }
}

fn typed_over(
    tag: &str,
    was: &str,
    now: String,
    section: String,
    bindings: &Bindings<'_>,
) -> Refusal {
    let was = was.to_owned();
    let kind = tag.split_once(':').map_or(tag, |(kind, _)| kind);
    match kind {
        "wm" | "wm-figure" => Refusal::TypedOver { section, binding: bindings.name(tag), was, now },
        "wm-table" => Refusal::Declared {
            what: format!("{section}: the caption of a table"),
            was,
            now,
            declared: "the evidence: it is Wardmote's own",
        },
        _ if tag == "wm-part:title" => Refusal::Declared {
            what: "the title".to_owned(),
            was,
            now,
            declared: "assessment/assessment.toml",
        },
        _ => Refusal::Declared {
            what: format!("{section}: a line that Wardmote writes"),
            was,
            now,
            declared: "the evidence: it is Wardmote's own",
        },
    }
}
