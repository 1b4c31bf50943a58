//! Categories of recorded events, as data.police.uk names them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is not a category that data.police.uk publishes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a police.uk crime type")]
pub struct UnknownCategory {
    /// What was read.
    pub text: String,
}

/// A police.uk crime type. `AntiSocialBehaviour` counts incidents, all others recorded crimes; the
/// two are never summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named as police.uk names it")]
pub enum Category {
    AntiSocialBehaviour,
    BicycleTheft,
    Burglary,
    CriminalDamageAndArson,
    Drugs,
    OtherCrime,
    OtherTheft,
    PossessionOfWeapons,
    PublicOrder,
    Robbery,
    Shoplifting,
    TheftFromThePerson,
    VehicleCrime,
    ViolenceAndSexualOffences,
}

use Category as C;

const NAMES: [(Category, &str, &str); 14] = [
    (C::AntiSocialBehaviour, "anti-social-behaviour", "Anti-social behaviour"),
    (C::BicycleTheft, "bicycle-theft", "Bicycle theft"),
    (C::Burglary, "burglary", "Burglary"),
    (C::CriminalDamageAndArson, "criminal-damage-and-arson", "Criminal damage and arson"),
    (C::Drugs, "drugs", "Drugs"),
    (C::OtherCrime, "other-crime", "Other crime"),
    (C::OtherTheft, "other-theft", "Other theft"),
    (C::PossessionOfWeapons, "possession-of-weapons", "Possession of weapons"),
    (C::PublicOrder, "public-order", "Public order"),
    (C::Robbery, "robbery", "Robbery"),
    (C::Shoplifting, "shoplifting", "Shoplifting"),
    (C::TheftFromThePerson, "theft-from-the-person", "Theft from the person"),
    (C::VehicleCrime, "vehicle-crime", "Vehicle crime"),
    (C::ViolenceAndSexualOffences, "violence-and-sexual-offences", "Violence and sexual offences"),
];

impl Category {
    /// Every category, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(category, ..)| *category)
    }

    /// Reads the words of a police.uk `Crime type` cell.
    pub fn from_police_uk(words: &str) -> Result<Self, UnknownCategory> {
        let found = NAMES.iter().find(|(.., name)| *name == words);
        found
            .map(|(category, ..)| *category)
            .ok_or_else(|| UnknownCategory { text: words.to_owned() })
    }

    /// The short name used in configuration and the lake, such as `vehicle-crime`.
    pub fn slug(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// The name for a reader, such as `Vehicle crime`.
    pub fn name(self) -> &'static str {
        NAMES[self as usize].2
    }

    /// Whether rows of this category are incidents rather than recorded crimes.
    pub fn is_incident(self) -> bool {
        self == Self::AntiSocialBehaviour
    }
}

impl FromStr for Category {
    type Err = UnknownCategory;

    fn from_str(slug: &str) -> Result<Self, UnknownCategory> {
        let found = NAMES.iter().find(|(_, known, _)| *known == slug);
        found
            .map(|(category, ..)| *category)
            .ok_or_else(|| UnknownCategory { text: slug.to_owned() })
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_category_is_found_by_both_of_its_names() {
        for category in Category::all() {
            assert_eq!(category.slug().parse(), Ok(category));
            assert_eq!(Category::from_police_uk(category.name()), Ok(category));
            assert_eq!(serde_name(category), category.slug());
        }
        assert_eq!(Category::all().filter(|c| c.is_incident()).count(), 1);
    }

    fn serde_name(category: Category) -> String {
        #[derive(Serialize)]
        struct Holder {
            category: Category,
        }
        let text = toml::to_string(&Holder { category }).unwrap();
        text.trim().trim_start_matches("category = ").trim_matches('"').to_owned()
    }
}
