//! Measures, as the partnership folder declares them.
//!
//! A measure says what is counted, for whom, and how large a difference may still be called
//! "similar". Anti-social behaviour counts incidents and every other category counts crimes, so a
//! measure that would add the two is refused here, before anything is computed.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};
use wardmote_domain::category::{Categories, Category, CrimeType};
pub use wardmote_domain::plan::Direction;

use crate::groups::{Groups, GroupsError};
use crate::observed::ObservedError;

/// Why a measure's declaration cannot be used.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum MeasureError {
    /// Incidents and crimes are counted by different rules.
    #[error(
        "measure {id:?} adds anti-social behaviour incidents to recorded crimes; they are counted by \
         different rules, so exclude \"anti-social-behaviour\" or measure it alone"
    )]
    MixesIncidentsWithCrimes {
        /// The measure.
        id: String,
    },
    /// The source has no such category.
    #[error("measure {id:?}: its source has no category \"{category}\"; it has {known}")]
    UnknownCategory {
        /// The measure.
        id: String,
        /// As declared.
        category: Category,
        /// What there is.
        known: String,
    },
    /// Nothing is left to count.
    #[error("measure {id:?} counts no category")]
    Empty {
        /// The measure.
        id: String,
    },
    /// A margin must be a share of the value.
    #[error("measure {id:?}: equivalence_margin {margin} must lie above 0 and below 0.5")]
    Margin {
        /// The measure.
        id: String,
        /// What was declared.
        margin: f64,
    },
    /// Repeats are counted over a whole source.
    #[error(
        "measure {id:?}: repeats_within_months counts repeats of any kind in the whole source; leave out \
         categories, exclude, outcomes and flags"
    )]
    Repeats {
        /// The measure.
        id: String,
    },
    /// Neither or both of categories and exclude.
    #[error("measure {id:?}: give either categories or exclude, not both")]
    TwoSelections {
        /// The measure.
        id: String,
    },
    /// A weight is no weight, or one is missing.
    #[error(
        "measure {id:?}: weights need a number of 0 or more for each category that is counted; {category} has {has}"
    )]
    Weight {
        /// The measure.
        id: String,
        /// The category.
        category: Category,
        /// What stands there.
        has: String,
    },
    /// `per` must be above zero.
    #[error("measure {id:?}: per {per} must be above 0")]
    Per {
        /// The measure.
        id: String,
        /// What was declared.
        per: f64,
    },
    /// Its groups cannot be used.
    #[error("measure {id:?}: {why}")]
    Groups {
        /// The measure.
        id: String,
        /// Why.
        #[source]
        why: GroupsError,
    },
}

/// One measure: `measures/*.toml`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measure {
    /// Short name, as claims and commands write it.
    pub id: String,
    /// Name for readers, such as "Recorded crime".
    pub title: String,
    /// What it counts, in a sentence.
    pub definition: String,
    /// Raised whenever the definition changes.
    pub version: u32,
    /// What one counted row is called, in the plural: "crimes", "incidents".
    pub unit: String,
    /// What is counted.
    pub numerator: Selection,
    /// The population that rates are taken over.
    #[serde(default)]
    pub denominator: Option<String>,
    /// The rows that a share is taken of.
    #[serde(default)]
    pub share_of: Option<Selection>,
    /// Rates are per this many residents.
    #[serde(default = "per_thousand")]
    pub per: f64,
    /// Which way is better.
    pub direction: Direction,
    /// Why the direction is ambiguous, where it is.
    #[serde(default)]
    pub direction_note: Option<String>,
    /// The largest relative difference that "similar" and "stable" may hide.
    #[serde(default)]
    pub equivalence_margin: Option<f64>,
    /// A caution printed wherever the measure is.
    #[serde(default)]
    pub caution: Option<String>,
    /// How many months outcomes may still come for: values of later months carry a warning, and
    /// their changes are not tested.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settles_after_months: Option<u32>,
    /// What one event of each category weighs, where harm is counted rather than events.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weights: Option<Weights>,
    /// To whom its events happened, for comparisons of groups.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub groups: Option<Groups>,
}

/// Weights of categories, such as days of sentence or of harm.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Weights {
    /// What a weight counts: "days of sentence".
    pub unit: String,
    /// Who set them, and when.
    pub source: String,
    /// By category; a category that is counted and stands not here is an error.
    pub by_category: BTreeMap<Category, f64>,
}

/// Rows of one source, by category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Selection {
    /// The source, as its file is named.
    pub source: String,
    /// Only these categories.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub categories: Vec<Category>,
    /// All categories but these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<Category>,
    /// Only rows with one of these outcomes, in the source's words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub outcomes: Vec<String>,
    /// Only rows with one of these marks; a row can carry several, so shares of marks can add up to
    /// more than the whole.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<String>,
    /// Only events that repeat an earlier one of the same pseudonym within so many months.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeats_within_months: Option<u32>,
}

/// Which rows of a source a selection admits.
#[derive(Debug, Clone)]
pub(crate) struct Admitted {
    pub(crate) categories: Categories,
    outcomes: Vec<String>,
    flags: Vec<String>,
    pub(crate) repeats_within_months: Option<u32>,
}

impl Admitted {
    /// Whether it looks at more than categories.
    pub(crate) fn in_detail(&self) -> bool {
        !self.outcomes.is_empty() || !self.flags.is_empty() || self.repeats_within_months.is_some()
    }

    pub(crate) fn admits(
        &self,
        category: &str,
        outcome: Option<&str>,
        flags: Option<&str>,
    ) -> bool {
        let flagged = |wanted: &String| {
            flags.is_some_and(|flags| flags.split("; ").any(|flag| flag == wanted))
        };
        self.categories.admit(category)
            && (self.outcomes.is_empty()
                || outcome.is_some_and(|of| self.outcomes.iter().any(|wanted| wanted == of)))
            && (self.flags.is_empty() || self.flags.iter().any(flagged))
    }
}

fn per_thousand() -> f64 {
    1_000.0
}

impl Selection {
    /// The categories it counts.
    pub fn categories(&self) -> Categories {
        Categories { only: self.categories.clone(), except: self.exclude.clone() }
    }

    /// The rows that it admits.
    pub(crate) fn admitted(&self) -> Admitted {
        Admitted {
            categories: self.categories(),
            outcomes: self.outcomes.clone(),
            flags: self.flags.clone(),
            repeats_within_months: self.repeats_within_months,
        }
    }

    /// The selection in words, for "where this comes from".
    pub fn in_words(&self) -> String {
        let mut words = self.categories_in_words();
        for (what, named) in [("outcome", &self.outcomes), ("mark", &self.flags)] {
            if !named.is_empty() {
                words = format!("{words} and {what} {}", named.join(" or "));
            }
        }
        if let Some(months) = self.repeats_within_months {
            words = format!("{words} that repeat an earlier one within {months} months");
        }
        words
    }

    fn categories_in_words(&self) -> String {
        let names = |categories: &[Category]| {
            categories.iter().map(|c| c.name().to_lowercase()).collect::<Vec<_>>().join(", ")
        };
        match (self.categories.as_slice(), self.exclude.as_slice()) {
            ([], []) => format!("all rows of {}", self.source),
            ([], exclude) => {
                format!("rows of {}, every category except {}", self.source, names(exclude))
            }
            (only, _) => format!("rows of {} with category {}", self.source, names(only)),
        }
    }

    /// `known` tells the categories of a source, where its declaration fixes them.
    fn check(&self, id: &str, known: KnownCategories<'_>) -> Result<(), MeasureError> {
        let id = id.to_owned();
        if !self.categories.is_empty() && !self.exclude.is_empty() {
            return Err(MeasureError::TwoSelections { id });
        }
        let narrowed =
            [self.categories.len(), self.exclude.len(), self.outcomes.len(), self.flags.len()];
        if self.repeats_within_months.is_some() && narrowed != [0; 4] {
            return Err(MeasureError::Repeats { id });
        }
        let Some(known) = known(&self.source) else { return Ok(()) };
        if let Some(unknown) =
            self.categories.iter().chain(&self.exclude).find(|one| !known.contains(one))
        {
            let known = known.iter().map(Category::slug).collect::<Vec<_>>().join(", ");
            return Err(MeasureError::UnknownCategory { id, category: unknown.clone(), known });
        }
        let asked = self.categories();
        let counted = known.iter().filter(|category| asked.admit(category.slug()));
        let asb = Category::from(CrimeType::AntiSocialBehaviour);
        let is_crime = |category: &Category| *category != asb && known.contains(&asb);
        let (crimes, others): (Vec<_>, Vec<_>) = counted.partition(|category| is_crime(category));
        match (crimes.is_empty(), others.is_empty()) {
            (true, true) => Err(MeasureError::Empty { id }),
            (false, false) => Err(MeasureError::MixesIncidentsWithCrimes { id }),
            _ => Ok(()),
        }
    }
}

/// The categories of a source by its id, where its declaration fixes them.
pub type KnownCategories<'a> = &'a dyn Fn(&str) -> Option<Vec<Category>>;

impl Measure {
    /// Checks what the TOML reader cannot.
    ///
    /// `known` tells the categories of a source, where its declaration fixes them.
    pub fn check(&self, known: KnownCategories<'_>) -> Result<(), MeasureError> {
        self.numerator.check(&self.id, known)?;
        if let Some(whole) = &self.share_of {
            whole.check(&self.id, known)?;
        }
        if let Some(margin) = self.equivalence_margin.filter(|m| !(*m > 0.0 && *m < 0.5)) {
            return Err(MeasureError::Margin { id: self.id.clone(), margin });
        }
        if let Some(weights) = &self.weights {
            let asked = self.numerator.categories();
            let counted = known(&self.numerator.source).unwrap_or_default();
            let unweighted = counted.into_iter().filter(|category| asked.admit(category.slug()));
            for category in unweighted.chain(weights.by_category.keys().cloned()) {
                let weight = weights.by_category.get(&category).copied();
                if weight.is_none_or(|weight| !(weight >= 0.0 && weight.is_finite())) {
                    let has = weight.map_or_else(|| "none".to_owned(), |weight| weight.to_string());
                    return Err(MeasureError::Weight { id: self.id.clone(), category, has });
                }
            }
        }
        if let Some(groups) = &self.groups {
            let of = |why| MeasureError::Groups { id: self.id.clone(), why };
            groups.check(&self.numerator).map_err(of)?;
        }
        if !(self.per > 0.0 && self.per.is_finite()) {
            return Err(MeasureError::Per { id: self.id.clone(), per: self.per });
        }
        Ok(())
    }

    /// The sources that it counts.
    pub fn sources(&self) -> BTreeSet<String> {
        let selections = std::iter::once(&self.numerator).chain(&self.share_of);
        selections.map(|selection| selection.source.clone()).collect()
    }

    /// The rows that its share is taken of.
    pub(crate) fn whole(&self) -> Result<&Selection, ObservedError> {
        self.share_of.as_ref().ok_or_else(|| ObservedError::NoWhole { measure: self.id.clone() })
    }

    /// "per 1,000 residents", as a rate is labelled.
    pub fn rate_unit(&self) -> String {
        format!("{} per {} residents", self.unit, crate::numbers::thousands(self.per as u64))
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (version {})", self.title, self.version)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measure(numerator: &str) -> Result<Measure, MeasureError> {
        let text = format!(
            "id = \"m\"\ntitle = \"M\"\ndefinition = \"d\"\nversion = 1\nunit = \"crimes\"\n\
             direction = \"lower-is-better\"\nnumerator = {numerator}"
        );
        let measure: Measure = toml::from_str(&text).unwrap();
        measure.check(&|_| Some(CrimeType::all().map(Category::from).collect())).map(|()| measure)
    }

    #[test]
    fn incidents_are_never_added_to_crimes() {
        let mixed =
            measure(r#"{ source = "s", categories = ["anti-social-behaviour", "burglary"] }"#);
        assert!(matches!(mixed, Err(MeasureError::MixesIncidentsWithCrimes { .. })));
        assert!(matches!(
            measure(r#"{ source = "s" }"#),
            Err(MeasureError::MixesIncidentsWithCrimes { .. })
        ));
        assert!(measure(r#"{ source = "s", exclude = ["anti-social-behaviour"] }"#).is_ok());
        assert!(measure(r#"{ source = "s", categories = ["anti-social-behaviour"] }"#).is_ok());
        let mistyped = measure(r#"{ source = "s", categories = ["burglry"] }"#);
        assert!(matches!(mistyped, Err(MeasureError::UnknownCategory { .. })));
    }

    #[test]
    fn crime_is_thirteen_categories() {
        let crime = measure(r#"{ source = "s", exclude = ["anti-social-behaviour"] }"#).unwrap();
        let asked = crime.numerator.categories();
        assert_eq!(CrimeType::all().filter(|one| asked.admit(one.slug())).count(), 13);
        assert_eq!(
            crime.numerator.in_words(),
            "rows of s, every category except anti-social behaviour"
        );
    }
}
