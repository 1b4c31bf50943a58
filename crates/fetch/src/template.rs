//! Places to fill in within addresses, conditions and file names.

use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Why a template cannot be filled in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The command was not told what stands there.
    #[error("{}", missing(place))]
    Missing {
        /// The name of the place.
        place: String,
    },
    /// A value that could change the meaning of an address or a condition.
    #[error("{value:?} is no {place}: {may}")]
    Unfit {
        /// The name of the place.
        place: String,
        /// What was given.
        value: String,
        /// What may stand there.
        may: &'static str,
    },
}

fn missing(place: &str) -> String {
    match place {
        "force" => {
            "which police force? give --force, as data.police.uk writes it, such as bedfordshire"
                .into()
        }
        "month" => "which months? give --months, such as 2024-01..2024-03".into(),
        "code" => "which district? give --code, such as E06000032".into(),
        "name" => {
            "what is the district's name? give --name, as the ONS writes it, such as Luton".into()
        }
        _ => format!("the declaration has a place {{{place}}} that nothing fills"),
    }
}

/// The values for the places of a template.
pub(crate) type Values = BTreeMap<&'static str, String>;

/// A template with its places filled in.
pub(crate) fn filled(template: &str, values: &Values) -> Result<String, TemplateError> {
    let mut text = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        let (place, after) = after.split_once('}').unwrap_or((after, ""));
        let value = values.get(place);
        let value = value.ok_or_else(|| TemplateError::Missing { place: place.to_owned() })?;
        text.push_str(before);
        text.push_str(value);
        rest = after;
    }
    text.push_str(rest);
    Ok(text)
}

/// A value that may stand in addresses and file names.
pub(crate) fn plain(place: &'static str, value: &str) -> Result<String, TemplateError> {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    check(place, value, is_plain, "letters, digits and hyphens only")
}

/// A name of a place; what would end the quotes of a condition is doubled.
pub(crate) fn quoted(place: &'static str, value: &str) -> Result<String, TemplateError> {
    let is_name = |c: char| c.is_alphabetic() || " -'.,".contains(c);
    let value = check(
        place,
        value,
        is_name,
        "letters, spaces, hyphens, full stops, commas and apostrophes only",
    )?;
    Ok(value.replace('\'', "''"))
}

fn check(
    place: &'static str,
    value: &str,
    may_stand: impl Fn(char) -> bool,
    may: &'static str,
) -> Result<String, TemplateError> {
    if value.is_empty() || !value.chars().all(may_stand) {
        return Err(TemplateError::Unfit { place: place.into(), value: value.into(), may });
    }
    Ok(value.to_owned())
}

/// Text as it stands in the query of an address.
pub(crate) fn in_query(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~*".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_filled() {
        let values = Values::from([("month", "2024-01".to_owned())]);
        assert_eq!(filled("a/{month}/{month}.zip", &values).unwrap(), "a/2024-01/2024-01.zip");
        let error = filled("{force}", &values).unwrap_err();
        assert!(error.to_string().contains("--force"), "{error}");
    }

    #[test]
    fn no_value_can_change_an_address_or_a_condition() {
        for bad in ["", "../x", "a/b", "a b", "a?b", "a'", "ä"] {
            assert!(plain("force", bad).is_err(), "{bad:?}");
        }
        assert_eq!(
            quoted("name", "King's Lynn and West Norfolk").unwrap(),
            "King''s Lynn and West Norfolk"
        );
        for bad in ["", "x%", "x\" OR 1=1", "x;", "x_"] {
            assert!(quoted("name", bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn queries_are_encoded() {
        assert_eq!(in_query("A LIKE 'x %'"), "A%20LIKE%20%27x%20%25%27");
    }
}
