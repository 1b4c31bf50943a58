//! Groups of people, as a measure's events tell them apart and as a census counts them.
//!
//! A search bears the mark "Officer-defined ethnicity: Black"; the census counts "Black, Black British,
//! Black Welsh, Caribbean or African: African". Which belongs to which is the partnership's to say.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::declarations::StatisticOf;
use crate::measure::Selection;

/// Why groups cannot be used.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum GroupsError {
    /// One group has nothing to be held against.
    #[error("groups.by_name names {n}; two are the fewest that can be compared")]
    TooFew {
        /// How many.
        n: usize,
    },
    /// A group without marks has no events; one without residents no rate.
    #[error("groups.by_name.{name} needs marks and residents, one at least of each")]
    Empty {
        /// The group.
        name: String,
    },
    /// An event would be counted twice, or a resident.
    #[error("groups.by_name: {words:?} stands in more than one group")]
    Twice {
        /// The mark's or the census's words.
        words: String,
    },
    /// The rows are told apart by outcome already.
    #[error("groups need a numerator without outcomes, flags and repeats_within_months")]
    Narrowed,
    /// The groups' residents are named under each group.
    #[error("groups.residents gives source and indicator; each group names its own breakdown")]
    Breakdown,
}

/// The groups of a measure's events.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Groups {
    /// What tells them apart: "Officer-defined ethnicity".
    pub mark: String,
    /// Outcomes that count as a find, in the source's words.
    pub found: Vec<String>,
    /// Where their residents are counted: a source of statistics, and its indicator.
    pub residents: StatisticOf,
    /// What a reader must know where the two do not match.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The groups.
    pub by_name: BTreeMap<String, Group>,
}

/// One group.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// The values of the mark.
    pub marks: Vec<String>,
    /// The census's words for it; their residents are added up.
    pub residents: Vec<String>,
}

impl Groups {
    pub(crate) fn check(&self, numerator: &Selection) -> Result<(), GroupsError> {
        if numerator.admitted().in_detail() {
            return Err(GroupsError::Narrowed);
        }
        if self.residents.breakdown.is_some() || self.residents.counts_areas() {
            return Err(GroupsError::Breakdown);
        }
        if self.by_name.len() < 2 {
            return Err(GroupsError::TooFew { n: self.by_name.len() });
        }
        if let Some((name, _)) = self
            .by_name
            .iter()
            .find(|(_, group)| group.marks.is_empty() || group.residents.is_empty())
        {
            return Err(GroupsError::Empty { name: name.clone() });
        }
        let lists: [fn(&Group) -> &Vec<String>; 2] =
            [|group| &group.marks, |group| &group.residents];
        for list in lists {
            let mut seen = BTreeSet::new();
            if let Some(words) = self.by_name.values().flat_map(list).find(|one| !seen.insert(*one))
            {
                return Err(GroupsError::Twice { words: words.clone() });
            }
        }
        Ok(())
    }

    /// The events of a group.
    pub(crate) fn events(&self, numerator: &Selection, group: &Group) -> Selection {
        let flags = group.marks.iter().map(|value| format!("{}: {value}", self.mark)).collect();
        Selection { flags, ..numerator.clone() }
    }

    /// The published numbers of a group's residents.
    pub(crate) fn residents<'a>(
        &'a self,
        group: &'a Group,
    ) -> impl Iterator<Item = StatisticOf> + 'a {
        group
            .residents
            .iter()
            .map(|words| StatisticOf { breakdown: Some(words.clone()), ..self.residents.clone() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(by_name: &str) -> Groups {
        let text = format!(
            "mark = \"Seen as\"\nfound = [\"Arrest\"]\nresidents = {{ source = \"census\", indicator = \"value\" }}\n{by_name}"
        );
        toml::from_str(&text).unwrap()
    }

    fn all(source: &str) -> Selection {
        toml::from_str(&format!("source = {source:?}")).unwrap()
    }

    #[test]
    fn nobody_is_counted_in_two_groups() {
        let of = |text| groups(text).check(&all("stops"));
        let one = "[by_name.A]\nmarks = [\"A\"]\nresidents = [\"a\"]\n";
        assert_eq!(of(one), Err(GroupsError::TooFew { n: 1 }));
        let two = format!("{one}[by_name.B]\nmarks = [\"B\"]\nresidents = [\"b\"]\n");
        assert_eq!(of(&two), Ok(()));
        let twice = format!("{one}[by_name.B]\nmarks = [\"B\"]\nresidents = [\"b\", \"a\"]\n");
        assert_eq!(of(&twice), Err(GroupsError::Twice { words: "a".into() }));
        let nobody = format!("{one}[by_name.B]\nmarks = [\"B\"]\nresidents = []\n");
        assert_eq!(of(&nobody), Err(GroupsError::Empty { name: "B".into() }));
    }

    #[test]
    fn a_groups_events_bear_its_marks() {
        let two = "[by_name.A]\nmarks = [\"A\", \"Aa\"]\nresidents = [\"a\"]\n[by_name.B]\nmarks = [\"B\"]\nresidents = [\"b\"]\n";
        let groups = groups(two);
        let events = groups.events(&all("stops"), &groups.by_name["A"]);
        assert_eq!(events.flags, ["Seen as: A", "Seen as: Aa"]);
        assert_eq!(groups.check(&events), Err(GroupsError::Narrowed));
    }
}
