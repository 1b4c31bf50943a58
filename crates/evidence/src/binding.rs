//! Bindings in prose: `{{claim}}` and `{{claim.field}}`.

use std::sync::LazyLock;

use regex::Regex;

static BINDING: LazyLock<Regex> = LazyLock::new(|| {
    // INVARIANT: the pattern is a constant, and the tests use it.
    Regex::new(r"\{\{\s*([a-z0-9-]+)(?:\.([a-z0-9-]+))?\s*\}\}")
        .unwrap_or_else(|error| unreachable!("{error}"))
});

/// One binding found in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Binding<'a> {
    pub(crate) text: &'a str,
    pub(crate) at: usize,
    pub(crate) claim: &'a str,
    pub(crate) field: Option<&'a str>,
}

/// The bindings of a text, in order.
pub(crate) fn find(text: &str) -> Vec<Binding<'_>> {
    BINDING
        .captures_iter(text)
        .filter_map(|captures| {
            let whole = captures.get(0)?;
            Some(Binding {
                text: whole.as_str(),
                at: whole.start(),
                claim: captures.get(1)?.as_str(),
                field: captures.get(2).map(|field| field.as_str()),
            })
        })
        .collect()
}

/// The text with each binding replaced by spaces, so that offsets stay.
pub(crate) fn blank_out(text: &str) -> String {
    BINDING
        .replace_all(text, |captures: &regex::Captures<'_>| " ".repeat(captures[0].len()))
        .into_owned()
}

/// The text with each binding replaced by what `print` gives for it.
pub(crate) fn replace(text: &str, mut print: impl FnMut(&str, Option<&str>) -> String) -> String {
    BINDING
        .replace_all(text, |captures: &regex::Captures<'_>| {
            print(&captures[1], captures.get(2).map(|f| f.as_str()))
        })
        .into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bindings_are_found_and_blanked_in_place() {
        let text = "Crime {{crime-change}} by {{ crime-change.percent }}.";
        let found: Vec<_> = find(text).iter().map(|b| (b.claim, b.field)).collect();
        assert_eq!(found, [("crime-change", None), ("crime-change", Some("percent"))]);
        assert_eq!(blank_out(text).len(), text.len());
        assert_eq!(
            blank_out(text).trim_end_matches('.').trim(),
            "Crime                  by".trim()
        );
        assert_eq!(
            replace("{{a}} {{b.c}}", |claim, field| format!("{claim}:{field:?}")),
            "a:None b:Some(\"c\")"
        );
    }
}
