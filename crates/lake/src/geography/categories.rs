//! What a publisher's words for kinds of event count under: the Home Office's offence codes, say.

use std::collections::HashMap;

use wardmote_domain::category::Category;

use super::sheet::Sheet;
use super::{GeographyError, GeographyFile, Sink};
use crate::rows::CategoryRow;
use crate::source::Column;

pub(super) fn read(
    file: &GeographyFile<'_>,
    words: &Column,
    category: &Column,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let sheet = Sheet::open(file.path, file.bytes)?;
    let (words, words_heading) = sheet.column(words)?;
    let (category, category_heading) = sheet.column(category)?;
    let mut seen: HashMap<String, Category> = HashMap::new();
    sheet.each(sink, |sink, line, record| {
        let cell = |index: usize| record.get(index).unwrap_or_default().trim();
        let (words, kind) = (cell(words), cell(category));
        if words.is_empty() {
            sink.refuse(line, &words_heading, "blank".into(), words);
            return false;
        }
        let Some(kind) = Category::of_words(kind) else {
            sink.refuse(line, &category_heading, "names no kind of event".into(), kind);
            return false;
        };
        if seen.get(words).is_some_and(|held| *held != kind) {
            let reason = "a word that stands above with another kind".into();
            sink.refuse(line, &words_heading, reason, words);
            return false;
        }
        if seen.insert(words.to_owned(), kind.clone()).is_none() {
            sink.rows.categories.push(CategoryRow {
                source: file.source.to_owned(),
                words: words.to_owned(),
                category: kind,
                load_id: file.load_id.to_owned(),
            });
        }
        true
    });
    Ok(())
}
