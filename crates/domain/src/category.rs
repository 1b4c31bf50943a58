//! Kinds of recorded events: the crime types of data.police.uk, and categories of any source.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// The text is not a category that data.police.uk publishes.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a police.uk crime type")]
pub struct UnknownCrimeType {
    /// What was read.
    pub text: String,
}

/// A crime type of data.police.uk. `AntiSocialBehaviour` counts incidents, all others recorded crimes; the
/// two are never summed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "each is named as police.uk names it")]
pub enum CrimeType {
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

use CrimeType as C;

const NAMES: [(CrimeType, &str, &str); 14] = [
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

impl CrimeType {
    /// Every category, in alphabetical order.
    pub fn all() -> impl Iterator<Item = Self> {
        NAMES.iter().map(|(category, ..)| *category)
    }

    /// Reads the words of a police.uk `Crime type` cell.
    pub fn from_police_uk(words: &str) -> Result<Self, UnknownCrimeType> {
        let found = NAMES.iter().find(|(.., name)| *name == words);
        found
            .map(|(category, ..)| *category)
            .ok_or_else(|| UnknownCrimeType { text: words.to_owned() })
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

impl FromStr for CrimeType {
    type Err = UnknownCrimeType;

    fn from_str(slug: &str) -> Result<Self, UnknownCrimeType> {
        let found = NAMES.iter().find(|(_, known, _)| *known == slug);
        found
            .map(|(category, ..)| *category)
            .ok_or_else(|| UnknownCrimeType { text: slug.to_owned() })
    }
}

impl fmt::Display for CrimeType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.slug())
    }
}

/// The text cannot name a category.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "{text:?} cannot name a category: write small letters, digits and hyphens, as in \"vehicle-crime\""
)]
pub struct CategoryError {
    /// What was read.
    pub text: String,
}

/// The short name of a kind of event, such as `vehicle-crime`: a police.uk crime type, or what a
/// source's declaration calls its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Category(Arc<str>);

impl Category {
    /// Takes a short name as it stands in configuration and the lake.
    pub fn new(slug: &str) -> Result<Self, CategoryError> {
        let allowed = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        let is_slug = slug.chars().all(allowed)
            && slug.starts_with(|c: char| c.is_ascii_alphanumeric())
            && !slug.ends_with('-');
        is_slug
            .then(|| Self(slug.into()))
            .ok_or_else(|| CategoryError { text: slug.chars().take(60).collect() })
    }

    /// Makes a short name of a source's own words: "Article for use in theft" is
    /// `article-for-use-in-theft`. `None` if they hold no letter or digit.
    pub fn of_words(words: &str) -> Option<Self> {
        let parts = words.split(|c: char| !c.is_ascii_alphanumeric());
        let parts: Vec<String> =
            parts.filter(|part| !part.is_empty()).map(str::to_ascii_lowercase).collect();
        (!parts.is_empty()).then(|| Self(parts.join("-").into()))
    }

    /// The short name.
    pub fn slug(&self) -> &str {
        &self.0
    }

    /// The name for a reader, such as `Vehicle crime`.
    pub fn name(&self) -> String {
        if let Ok(crime_type) = self.0.parse::<CrimeType>() {
            return crime_type.name().to_owned();
        }
        let mut name = self.0.replace('-', " ");
        if let Some(first) = name.get_mut(..1) {
            first.make_ascii_uppercase();
        }
        name
    }
}

impl From<CrimeType> for Category {
    fn from(crime_type: CrimeType) -> Self {
        Self(crime_type.slug().into())
    }
}

impl FromStr for Category {
    type Err = CategoryError;

    fn from_str(slug: &str) -> Result<Self, CategoryError> {
        Self::new(slug)
    }
}

impl TryFrom<String> for Category {
    type Error = CategoryError;

    fn try_from(slug: String) -> Result<Self, CategoryError> {
        Self::new(&slug)
    }
}

impl From<Category> for String {
    fn from(category: Category) -> Self {
        category.0.to_string()
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Which categories are meant.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories {
    /// These only; all if empty.
    pub only: Vec<Category>,
    /// But never these.
    pub except: Vec<Category>,
}

impl Categories {
    /// Whether a category is meant.
    pub fn admit(&self, slug: &str) -> bool {
        let listed = |categories: &[Category]| categories.iter().any(|one| one.slug() == slug);
        (self.only.is_empty() || listed(&self.only)) && !listed(&self.except)
    }

    /// Whether every category is meant.
    pub fn are_all(&self) -> bool {
        self.only.is_empty() && self.except.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn categories_are_made_of_words_and_slugs() {
        let category = Category::of_words("Article for use in theft").unwrap();
        assert_eq!(category.slug(), "article-for-use-in-theft");
        assert_eq!(category.name(), "Article for use in theft");
        assert_eq!(Category::from(CrimeType::Drugs).name(), "Drugs");
        assert_eq!(Category::of_words(" - "), None);
        for wrong in ["", "Drugs", "a b", "-a", "a-", "é"] {
            assert!(Category::new(wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn categories_admit_what_is_listed() {
        let one = |slug| vec![Category::new(slug).unwrap()];
        let only = Categories { only: one("drugs"), except: Vec::new() };
        assert!(only.admit("drugs") && !only.admit("robbery") && !only.are_all());
        let except = Categories { only: Vec::new(), except: one("drugs") };
        assert!(!except.admit("drugs") && except.admit("robbery"));
        assert!(Categories::default().admit("drugs") && Categories::default().are_all());
    }

    #[test]
    fn every_category_is_found_by_both_of_its_names() {
        for category in CrimeType::all() {
            assert_eq!(category.slug().parse(), Ok(category));
            assert_eq!(CrimeType::from_police_uk(category.name()), Ok(category));
            assert_eq!(serde_name(category), category.slug());
        }
        assert_eq!(CrimeType::all().filter(|c| c.is_incident()).count(), 1);
    }

    fn serde_name(category: CrimeType) -> String {
        #[derive(Serialize)]
        struct Holder {
            category: CrimeType,
        }
        let text = toml::to_string(&Holder { category }).unwrap();
        text.trim().trim_start_matches("category = ").trim_matches('"').to_owned()
    }
}
