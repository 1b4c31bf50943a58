//! What the names of styles say of a paragraph.

use crate::word::passage::Form;

/// What the name of a style says.
pub(super) enum Known {
    Form(Form),
    Code,
    Rule,
}

pub(super) fn form(name: &str) -> Option<Known> {
    let numbered = |prefix: &str| {
        let number = name.strip_prefix(prefix)?.trim();
        if number.is_empty() { Some(1) } else { number.parse::<u8>().ok() }
    };
    if let Some(level) = name.starts_with("heading ").then(|| numbered("heading")).flatten() {
        return Some(Known::Form(Form::Heading { level: level.max(1) }));
    }
    if let Some(number) = numbered("list continue") {
        return Some(Known::Form(Form::Continued { level: number.saturating_sub(1) }));
    }
    match name {
        "quote" | "intense quote" => Some(Known::Form(Form::Quote { goes_on: false })),
        "wardmote quote continued" => Some(Known::Form(Form::Quote { goes_on: true })),
        "wardmote code" => Some(Known::Code),
        "wardmote rule" => Some(Known::Rule),
        _ => None,
    }
}
