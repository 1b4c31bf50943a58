//! Areas: their codes, and the level and vintage each code belongs to.
//!
//! Wards, LSOAs and districts are redrawn, so a level always says which year's boundaries it means.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Why a piece of text is not an area code or level.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum AreaError {
    /// ONS codes are a capital letter and eight digits; a partnership's own codes start `local:`.
    #[error("{text:?} is not an area code such as E08000007 or local:town-centre")]
    Code {
        /// What was read.
        text: String,
    },
    /// The level is unknown or lacks its year.
    #[error("{text:?} is not an area level; write one of {}", AreaLevel::EXAMPLES)]
    Level {
        /// What was read.
        text: String,
    },
}

/// The code of one area: a nine-character ONS code, or `local:` and a name for a neighbourhood that
/// the partnership itself has made from small areas.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaCode(String);

impl AreaCode {
    /// Reads a code; surrounding space is forgiven.
    pub fn new(text: &str) -> Result<Self, AreaError> {
        let text = text.trim();
        if is_ons_code(text) || is_local_code(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(AreaError::Code { text: text.to_owned() })
        }
    }

    /// The code as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Whether the text has the form of an ONS code: a capital letter and eight digits.
pub fn is_ons_code(text: &str) -> bool {
    let bytes = text.as_bytes();
    bytes.len() == 9 && bytes[0].is_ascii_uppercase() && bytes[1..].iter().all(u8::is_ascii_digit)
}

fn is_local_code(text: &str) -> bool {
    text.strip_prefix("local:").is_some_and(|name| {
        !name.is_empty()
            && name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
    })
}

impl TryFrom<String> for AreaCode {
    type Error = AreaError;

    fn try_from(text: String) -> Result<Self, AreaError> {
        Self::new(&text)
    }
}

impl FromStr for AreaCode {
    type Err = AreaError;

    fn from_str(text: &str) -> Result<Self, AreaError> {
        Self::new(text)
    }
}

impl From<AreaCode> for String {
    fn from(code: AreaCode) -> Self {
        code.0
    }
}

impl fmt::Display for AreaCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A tier of geography without its year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// Lower layer super output area: about 1,500 people.
    Lsoa,
    /// Middle layer super output area: about 8,000 people.
    Msoa,
    /// Electoral ward.
    Ward,
    /// Local authority district or unitary authority.
    District,
    /// Community safety partnership.
    Csp,
    /// Police force area.
    Force,
    /// A neighbourhood that the partnership has made from LSOAs.
    Neighbourhood,
}

const TIERS: [(Tier, &str, &str, &str); 7] = [
    (Tier::Lsoa, "lsoa", "small area (LSOA)", "small areas (LSOAs)"),
    (Tier::Msoa, "msoa", "middle area (MSOA)", "middle areas (MSOAs)"),
    (Tier::Ward, "ward", "ward", "wards"),
    (Tier::District, "district", "district", "districts"),
    (Tier::Csp, "csp", "community safety partnership", "community safety partnerships"),
    (Tier::Force, "force", "police force area", "police force areas"),
    (Tier::Neighbourhood, "neighbourhood", "neighbourhood", "neighbourhoods"),
];

impl Tier {
    /// The tier in plain words, for a reader.
    pub fn in_words(self) -> &'static str {
        TIERS.iter().find(|(tier, ..)| *tier == self).map_or("area", |(_, _, words, _)| words)
    }

    /// Several areas of the tier in plain words.
    pub fn in_words_plural(self) -> &'static str {
        TIERS.iter().find(|(tier, ..)| *tier == self).map_or("areas", |(.., words)| words)
    }
}

/// A tier of geography and the year of its boundaries, written `lsoa-2021` or `ward-2024`.
/// Neighbourhoods are the partnership's own and carry no year.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AreaLevel {
    /// The tier.
    pub tier: Tier,
    /// The year of the boundaries; `None` for neighbourhoods only.
    pub vintage: Option<u16>,
}

impl AreaLevel {
    const EXAMPLES: &'static str = "lsoa-2011, lsoa-2021, msoa-2021, ward-2024, district-2024, csp-2024, force-2024, neighbourhood";
    /// LSOAs of the 2011 census.
    pub const LSOA_2011: Self = Self { tier: Tier::Lsoa, vintage: Some(2011) };
    /// LSOAs of the 2021 census.
    pub const LSOA_2021: Self = Self { tier: Tier::Lsoa, vintage: Some(2021) };
    /// Neighbourhoods made by the partnership.
    pub const NEIGHBOURHOOD: Self = Self { tier: Tier::Neighbourhood, vintage: None };
}

impl FromStr for AreaLevel {
    type Err = AreaError;

    fn from_str(text: &str) -> Result<Self, AreaError> {
        let error = || AreaError::Level { text: text.to_owned() };
        let (name, year) =
            text.split_once('-').map_or((text, None), |(name, year)| (name, Some(year)));
        let tier = TIERS
            .iter()
            .find(|(_, known, ..)| *known == name)
            .map(|(tier, ..)| *tier)
            .ok_or_else(error)?;
        let vintage = year.map(str::parse::<u16>).transpose().map_err(|_| error())?;
        let level = Self { tier, vintage };
        let complete = match tier {
            Tier::Neighbourhood => vintage.is_none(),
            Tier::Lsoa => matches!(vintage, Some(2011 | 2021)),
            _ => vintage.is_some_and(|year| (1974..=2100).contains(&year)),
        };
        if complete { Ok(level) } else { Err(error()) }
    }
}

impl TryFrom<String> for AreaLevel {
    type Error = AreaError;

    fn try_from(text: String) -> Result<Self, AreaError> {
        text.parse()
    }
}

impl From<AreaLevel> for String {
    fn from(level: AreaLevel) -> Self {
        level.to_string()
    }
}

impl fmt::Display for AreaLevel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name =
            TIERS.iter().find(|(tier, ..)| *tier == self.tier).map_or("area", |(_, name, ..)| name);
        match self.vintage {
            Some(year) => write!(f, "{name}-{year}"),
            None => f.write_str(name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_checked_at_the_edge() {
        assert_eq!(AreaCode::new(" E01005758 ").unwrap().as_str(), "E01005758");
        assert!(AreaCode::new("local:town-centre").is_ok());
        for wrong in ["", "E0100575", "e01005758", "E0100575X", "local:", "local:Town Centre"] {
            assert!(AreaCode::new(wrong).is_err(), "{wrong:?} was accepted");
        }
    }

    #[test]
    fn levels_need_their_year() {
        for text in ["lsoa-2011", "ward-2024", "csp-2024", "neighbourhood"] {
            assert_eq!(text.parse::<AreaLevel>().unwrap().to_string(), text);
        }
        for wrong in ["lsoa", "lsoa-2001", "ward", "parish-2024", "neighbourhood-2024", "ward-20x4"]
        {
            assert!(wrong.parse::<AreaLevel>().is_err(), "{wrong:?} was accepted");
        }
    }
}
