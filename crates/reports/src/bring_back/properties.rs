//! Whatever can be written on paper comes back, and what nobody touched keeps its bytes.

use std::collections::BTreeMap;

use jiff::civil::date;
use proptest::prelude::*;

use super::patch::{Patched, as_exported, patch};
use super::{BroughtBack, Source, bring_back, markdown};
use crate::prose::Side;
use crate::publication::{FigureNote, Publication, Section, SignOff, Slides};
use crate::word::{self, Form, Loose, Numbered, Passage, Piece, Style, Words, settle};

fn print(markdown: &str) -> String {
    markdown.replace("{{crime}}", "[fell by 8% \\*](figure:f \"crime\")")
}

/// Words with what Markdown takes for its own, and letters of other scripts.
fn text() -> impl Strategy<Value = String> {
    "([a-zA-Z0-9éЖ]|[ ]|[ .,;:!?()'\"“”–&<>#*_`|~+=/\\\\\\[\\]{}$%^@-]){1,14}"
}

fn style() -> impl Strategy<Value = Style> {
    let link = prop_oneof![
        6 => Just(None),
        1 => Just(Some("https://example.org/a_(b)?c=1&d=*2*".to_owned())),
        1 => Just(Some("mailto:a@example.org".to_owned())),
        1 => Just(Some("#section-levels".to_owned())),
    ];
    (prop::bool::weighted(0.25), prop::bool::weighted(0.25), prop::bool::weighted(0.1), link)
        .prop_map(|(emphasis, strong, code, link)| Style { emphasis, strong, code, link })
}

fn piece() -> impl Strategy<Value = Piece> {
    let bound = Words::Bound { tag: "wm:crime".to_owned(), text: "fell by 8% *".to_owned() };
    let words = prop_oneof![
        8 => text().prop_map(Words::Text),
        1 => Just(bound),
        1 => Just(Words::Break),
    ];
    (words, style()).prop_map(|(words, mut style)| {
        if let Words::Bound { .. } = words {
            // A link cannot hold another, and a control is no code.
            style = Style { link: None, code: false, ..style };
        }
        Piece { words, style }
    })
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    prop::collection::vec(piece(), 1..5)
}

fn loose() -> impl Strategy<Value = Loose> {
    let paragraph = |form: BoxedStrategy<Form>| {
        (form, pieces())
            .prop_map(|(form, pieces)| Loose::Other(Passage::Paragraph { form, pieces }))
            .boxed()
    };
    let item = (0_u8..4, prop::option::of((0_i64..3, 0_u64..12, any::<bool>())), pieces())
        .prop_map(|(level, numbered, pieces)| {
            let numbered =
                numbered.map(|(list, start, begins_anew)| Numbered { list, start, begins_anew });
            Loose::Item { level, numbered, pieces }
        });
    let side = prop_oneof![Just(Side::Left), Just(Side::Middle), Just(Side::Right)];
    let table = (1_usize..4, 1_usize..4)
        .prop_flat_map(move |(n_columns, n_rows)| {
            let row = prop::collection::vec(prop::collection::vec(piece(), 0..3), n_columns);
            (prop::collection::vec(side.clone(), n_columns), prop::collection::vec(row, n_rows))
        })
        .prop_map(|(columns, rows)| Loose::Other(Passage::Table { columns, rows }));
    prop_oneof![
        4 => paragraph(Just(Form::Body).boxed()),
        2 => paragraph((2_u8..8).prop_map(|level| Form::Heading { level }).boxed()),
        2 => paragraph((0_u8..3).prop_map(|level| Form::Continued { level }).boxed()),
        2 => paragraph(any::<bool>().prop_map(|goes_on| Form::Quote { goes_on }).boxed()),
        6 => item,
        1 => table,
        1 => "[ a-z#>`*\n-]{0,20}".prop_map(|text| Loose::Other(Passage::Code { text })),
        1 => Just(Loose::Other(Passage::Rule)),
        1 => Just(Loose::Other(Passage::Placed { what: "chart:a".to_owned() })),
    ]
}

/// A publication of one section.
fn publication(markdown: String) -> Publication {
    let figure = FigureNote {
        id: "f".to_owned(),
        label: "Crime".to_owned(),
        value_text: String::new(),
        definition: String::new(),
        measure_version: String::new(),
        period: String::new(),
        area: String::new(),
        method: String::new(),
        interval_text: None,
        n_text: None,
        sources: Vec::new(),
        query_in_words: String::new(),
        caution: None,
    };
    let section = Section {
        id: "levels".to_owned(),
        heading: "Levels".to_owned(),
        statutory: Some("Regulation 6".to_owned()),
        markdown,
    };
    Publication {
        partnership: "Anytown".to_owned(),
        title: "Assessment".to_owned(),
        published: date(2025, 2, 3),
        synthetic: true,
        licence_notes: Vec::new(),
        vintage: String::new(),
        summary: Vec::new(),
        sections: vec![section],
        charts: BTreeMap::new(),
        tables: BTreeMap::new(),
        figures: BTreeMap::from([("f".to_owned(), figure)]),
        sign_off: SignOff::Ready,
        slides: Slides::default(),
    }
}

fn settled(loose: Vec<Loose>) -> Vec<Passage> {
    let marked = loose.into_iter().map(|loose| ((), loose)).collect();
    settle(marked).into_iter().map(|((), passage)| passage).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn what_stands_on_paper_can_be_written(loose in prop::collection::vec(loose(), 1..7)) {
        let passages = settled(loose);
        let written = markdown::write(&passages, &print) + "\n";
        prop_assert_eq!(as_exported(&written, &print), passages, "{}", written);
    }

    #[test]
    fn only_what_was_edited_is_written_anew(
        parts in prop::collection::vec(loose(), 2..7),
        place in any::<prop::sample::Index>(),
        words in "[a-z]{3,9}",
    ) {
        let before = settled(parts);
        prop_assume!(before.len() >= 2);
        let source = markdown::write(&before, &print) + "\n";
        let mut edited = before.clone();
        let index = place.index(edited.len());
        let Passage::Paragraph { pieces, .. } = &mut edited[index] else { return Ok(()) };
        pieces.push(Piece::text(&words));
        let form = |passage: &Passage| match passage { Passage::Paragraph { form, .. } => Some(*form), _ => None };
        let Patched::To(after) = patch(&source, &edited_again(&edited), &print) else {
            return Err(TestCaseError::fail("nothing came back"));
        };
        prop_assert_eq!(as_exported(&after, &print), edited_again(&edited), "{}", after);
        // Paragraphs of the page beside it keep their bytes.
        for (at, passage) in before.iter().enumerate() {
            if at != index && form(passage) == Some(Form::Body) {
                let kept = markdown::write(std::slice::from_ref(passage), &print);
                prop_assert!(after.contains(&kept), "{} lacks {}", after, kept);
            }
        }
    }

    #[test]
    fn a_document_that_nobody_edited_brings_nothing_back(
        loose in prop::collection::vec(loose(), 1..9),
    ) {
        let drawn = |passage: &Passage| matches!(passage, Passage::Placed { .. });
        let mut passages = settled(loose);
        passages.retain(|passage| !drawn(passage));
        let source = markdown::write(&passages, &print) + "\n";
        let docx = word::full_docx(&publication(print(&source))).unwrap();
        let document = word::read(&docx).unwrap();
        let sources = [Source { file: "levels", markdown: &source }];
        let back = bring_back(&document, &sources, &print).unwrap();
        prop_assert_eq!(back, BroughtBack::default(), "{}", source);
    }

    #[test]
    fn any_source_at_all_stays_as_it_is(source in "(.|[*_`#>|\\[\\](){}<!\\\\-]| |\n|\n\n|- |1\\. |> |\\{\\{crime\\}\\}){0,60}") {
        let exported = as_exported(&source, &print);
        prop_assert_eq!(patch(&source, &exported, &print), Patched::Same);
    }
}

/// Passages as a document that holds them is read.
fn edited_again(passages: &[Passage]) -> Vec<Passage> {
    passages
        .iter()
        .cloned()
        .map(|passage| match passage {
            Passage::Paragraph { form, pieces } => {
                Passage::Paragraph { form, pieces: crate::word::settle_pieces(pieces) }
            }
            other => other,
        })
        .collect()
}
