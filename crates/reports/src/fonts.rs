//! The typefaces of the documents, held in the binary because a server may have none.

use std::fmt::Write as _;
use std::sync::LazyLock;

use dejavu::{sans_condensed, sans_mono};
use typst::foundations::Bytes;
use typst::text::{Font, FontBook};
use typst::utils::LazyHash;

/// Typefaces with the book that Typst looks them up in.
pub(crate) struct Fonts {
    pub(crate) book: LazyHash<FontBook>,
    pub(crate) faces: Vec<Font>,
}

/// `DejaVu` Sans Condensed: free to embed, and it covers most letters of Europe and its neighbours.
/// Its normal width must stay out: drawings would match that first, and it has no bold here.
pub(crate) static FONTS: LazyLock<Fonts> = LazyLock::new(|| {
    let files = [
        sans_condensed::regular(),
        sans_condensed::bold(),
        sans_condensed::oblique(),
        sans_condensed::bold_oblique(),
        sans_mono::regular(),
    ];
    let faces: Vec<Font> =
        files.into_iter().filter_map(|file| Font::new(Bytes::new(file), 0)).collect();
    Fonts { book: LazyHash::new(FontBook::from_fonts(&faces)), faces }
});

/// The text with what no typeface can show named by its code point, as in `[U+1F600]`.
///
/// PDF/UA and PDF/A forbid glyphs that are missing or without a meaning, and a silent gap would
/// change what was written. Control characters are dropped.
pub(crate) fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '\n' | '\t' | ' '..='~' => shown.push(character),
            _ if character.is_control() => {}
            _ if is_covered(character) => shown.push(character),
            _ => {
                let _ = write!(shown, "[U+{:04X}]", u32::from(character));
            }
        }
    }
    shown
}

fn is_covered(character: char) -> bool {
    let is_private_use = matches!(u32::from(character), 0xE000..=0xF8FF | 0xF_0000..);
    let is_forbidden = matches!(character, '\u{feff}' | '\u{fffe}');
    !is_private_use
        && !is_forbidden
        && FONTS
            .faces
            .first()
            .is_some_and(|face| face.info().coverage.contains(u32::from(character)))
}
