//! Figures: numbers that know where they come from.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The id of a figure: `f-` and twelve hexadecimal digits of the SHA-256 of what it means (measure
/// and version, area, period, method, snapshot), so that the same figure has the same id on every
/// machine and in every document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct FigureId(String);

/// The text is not a figure id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a figure id such as f-0123456789ab")]
pub struct FigureIdError {
    /// What was read.
    pub text: String,
}

impl FigureId {
    const DIGITS: usize = 12;

    /// The id made of the first digits of a hash.
    pub fn from_sha256_hex(hex: &str) -> Result<Self, FigureIdError> {
        let digits = hex.get(..Self::DIGITS).unwrap_or(hex);
        Self::try_from(format!("f-{digits}"))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FigureId {
    type Error = FigureIdError;

    fn try_from(text: String) -> Result<Self, FigureIdError> {
        let lower_hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        let valid = text
            .strip_prefix("f-")
            .is_some_and(|d| d.len() == Self::DIGITS && d.bytes().all(lower_hex));
        if valid { Ok(Self(text)) } else { Err(FigureIdError { text }) }
    }
}

impl From<FigureId> for String {
    fn from(id: FigureId) -> Self {
        id.0
    }
}

impl fmt::Display for FigureId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_hash_digits_make_an_id() {
        assert_eq!(
            FigureId::from_sha256_hex("0123456789abcdef").unwrap().as_str(),
            "f-0123456789ab"
        );
        for wrong in ["", "f-", "0123456789ab", "f-0123456789AB", "f-0123456789abc"] {
            assert!(FigureId::try_from(wrong.to_owned()).is_err(), "{wrong:?} was accepted");
        }
    }
}
