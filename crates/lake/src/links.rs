//! Which area lies in which: direct links, and the ways that lead over several of them.
//!
//! Most areas lie wholly in one other. A small area that was split, or drawn anew, lies in several of
//! the other census's, and then each has a share of it by residents; a share is an estimate, and
//! whoever asks for it is told so.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use wardmote_domain::area::{AreaCode, AreaLevel};

use crate::rows::LinkRow;

/// The area of one level in which each area of another lies.
pub(crate) type Parents = BTreeMap<AreaCode, AreaCode>;

/// The areas of one level among which each area of another is shared; the shares of one sum to 1.
pub type Shares = BTreeMap<AreaCode, Vec<(AreaCode, f64)>>;

/// An area that has two parents of one level. It is counted in neither.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TwoParents {
    pub(crate) area: AreaCode,
    pub(crate) level: AreaLevel,
    pub(crate) parents: (AreaCode, AreaCode),
}

impl fmt::Display for TwoParents {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (first, second) = &self.parents;
        write!(
            f,
            "{} lies in {first} and in {second} of {}, and is counted in neither",
            self.area, self.level
        )
    }
}

/// All links of a lake.
#[derive(Debug, Default)]
pub(crate) struct Links {
    direct: BTreeMap<(AreaLevel, AreaLevel), Parents>,
    shared: BTreeMap<(AreaLevel, AreaLevel), Shares>,
    /// The areas with two parents, in order.
    pub(crate) contradictions: BTreeSet<TwoParents>,
    /// Ways that were asked for before.
    asked: Mutex<BTreeMap<(AreaLevel, AreaLevel), Arc<Parents>>>,
}

impl Links {
    pub(crate) fn new<'a>(rows: impl IntoIterator<Item = &'a LinkRow>) -> Self {
        let mut links = Self::default();
        let mut torn: BTreeSet<((AreaLevel, AreaLevel), AreaCode)> = BTreeSet::new();
        for row in rows {
            let levels = (row.from_level, row.to_level);
            if row.fit == BY_RESIDENTS {
                let shares = links.shared.entry(levels).or_default();
                let shares = shares.entry(row.from_code.clone()).or_default();
                if !shares.iter().any(|(to, _)| *to == row.to_code) {
                    shares.push((row.to_code.clone(), row.weight));
                }
                continue;
            }
            let parents = links.direct.entry(levels).or_default();
            match parents.get(&row.from_code) {
                Some(held) if *held != row.to_code => {
                    let parents = (held.clone(), row.to_code.clone());
                    let area = row.from_code.clone();
                    torn.insert((levels, area.clone()));
                    links.contradictions.insert(TwoParents { area, level: row.to_level, parents });
                }
                Some(_) => {}
                None => drop(parents.insert(row.from_code.clone(), row.to_code.clone())),
            }
        }
        for (levels, area) in torn {
            if let Some(parents) = links.direct.get_mut(&levels) {
                parents.remove(&area);
            }
        }
        links
    }

    /// The parents at `to` of all areas at `from`, by the shortest way; empty where none leads there.
    ///
    /// An area without a parent on some step of the way has none at its end.
    pub(crate) fn parents(&self, from: AreaLevel, to: AreaLevel) -> Arc<Parents> {
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(asked.entry((from, to)).or_insert_with(|| Arc::new(self.follow(from, to))))
    }

    fn follow(&self, from: AreaLevel, to: AreaLevel) -> Parents {
        let whole = |(area, shares): (AreaCode, Vec<(AreaCode, f64)>)| match shares.as_slice() {
            [(only, _)] => Some((area, only.clone())),
            _ => None,
        };
        self.shares(from, to).into_iter().filter_map(whole).collect()
    }

    /// Among which areas at `to` each area at `from` is shared, by the shortest way.
    ///
    /// An area that some step of the way does not know has no share anywhere.
    pub(crate) fn shares(&self, from: AreaLevel, to: AreaLevel) -> Shares {
        let way = self.way(from, to);
        let mut shares: Option<Shares> = None;
        for step in way.windows(2) {
            let step = (step[0], step[1]);
            shares = Some(match shares {
                None => {
                    self.starts(step).map(|area| (area.clone(), self.step(step, area))).collect()
                }
                Some(so_far) => {
                    let onward = |(area, shares): (AreaCode, Vec<(AreaCode, f64)>)| {
                        Some((area, self.onward(step, &shares)?))
                    };
                    so_far.into_iter().filter_map(onward).collect()
                }
            });
        }
        let mut shares = shares.unwrap_or_default();
        shares.retain(|_, shares| !shares.is_empty());
        shares
    }

    fn starts(&self, step: (AreaLevel, AreaLevel)) -> impl Iterator<Item = &AreaCode> {
        let direct = self.direct.get(&step).into_iter().flat_map(BTreeMap::keys);
        direct.chain(self.shared.get(&step).into_iter().flat_map(BTreeMap::keys))
    }

    /// Among which areas an area is shared by one lookup.
    fn step(&self, step: (AreaLevel, AreaLevel), area: &AreaCode) -> Vec<(AreaCode, f64)> {
        if let Some(parent) = self.direct.get(&step).and_then(|parents| parents.get(area)) {
            return vec![(parent.clone(), 1.0)];
        }
        self.shared.get(&step).and_then(|shares| shares.get(area)).cloned().unwrap_or_default()
    }

    /// The shares of shares; `None` where one of them leads nowhere.
    fn onward(
        &self,
        step: (AreaLevel, AreaLevel),
        shares: &[(AreaCode, f64)],
    ) -> Option<Vec<(AreaCode, f64)>> {
        let mut onward: BTreeMap<AreaCode, f64> = BTreeMap::new();
        for (area, share) in shares {
            let next = self.step(step, area);
            if next.is_empty() {
                return None;
            }
            for (to, part) in next {
                *onward.entry(to).or_default() += share * part;
            }
        }
        Some(onward.into_iter().collect())
    }

    /// The levels on the shortest way, both ends included; of two ways as short, the first in order.
    fn way(&self, from: AreaLevel, to: AreaLevel) -> Vec<AreaLevel> {
        let mut came_from: BTreeMap<AreaLevel, AreaLevel> = BTreeMap::new();
        let mut seen = BTreeSet::from([from]);
        let mut queue = VecDeque::from([from]);
        while let Some(level) = queue.pop_front() {
            if level == to {
                break;
            }
            let steps: BTreeSet<_> = self.direct.keys().chain(self.shared.keys()).collect();
            let next = steps.into_iter().filter(|(start, _)| *start == level).map(|(_, end)| *end);
            for end in next {
                if seen.insert(end) {
                    came_from.insert(end, level);
                    queue.push_back(end);
                }
            }
        }
        let mut way = vec![to];
        while let Some(earlier) = way.last().and_then(|level| came_from.get(level)) {
            way.push(*earlier);
        }
        way.reverse();
        way
    }
}

/// The fit of a link that is a share.
pub(crate) const BY_RESIDENTS: &str = "by-residents";

#[cfg(test)]
mod tests {
    use super::*;

    fn link(from: &str, from_level: &str, to: &str, to_level: &str) -> LinkRow {
        LinkRow {
            from_code: AreaCode::new(from).unwrap(),
            from_level: from_level.parse().unwrap(),
            to_code: AreaCode::new(to).unwrap(),
            to_level: to_level.parse().unwrap(),
            weight: 1.0,
            fit: "exact".into(),
            load_id: "l".into(),
        }
    }

    #[test]
    fn a_way_may_lead_over_several_lookups() {
        let links = Links::new(&[
            link("E01000001", "lsoa-2021", "E06000032", "district-2024"),
            link("E01000002", "lsoa-2021", "E06000055", "district-2024"),
            link("E06000032", "district-2024", "E22000010", "csp-2024"),
        ]);
        let parents = links.parents(AreaLevel::LSOA_2021, "csp-2024".parse().unwrap());
        assert_eq!(parents.len(), 1);
        assert_eq!(parents[&AreaCode::new("E01000001").unwrap()].as_str(), "E22000010");
        assert!(links.parents(AreaLevel::LSOA_2011, "csp-2024".parse().unwrap()).is_empty());
    }

    #[test]
    fn shares_that_meet_again_are_a_whole() {
        let share = |from: &str, to: &str, weight: f64| LinkRow {
            weight,
            fit: BY_RESIDENTS.into(),
            ..link(from, "lsoa-2021", to, "lsoa-2011")
        };
        let links = Links::new(&[
            link("E01000001", "lsoa-2021", "E01000009", "lsoa-2011"),
            share("E01000002", "E01000008", 0.25),
            share("E01000002", "E01000009", 0.75),
            link("E01000008", "lsoa-2011", "E05000001", "ward-2017"),
            link("E01000009", "lsoa-2011", "E05000001", "ward-2017"),
            link("E01000008", "lsoa-2011", "E02000001", "msoa-2011"),
            link("E01000009", "lsoa-2011", "E02000002", "msoa-2011"),
        ]);
        let level = |text: &str| text.parse::<AreaLevel>().unwrap();
        let code = |text: &str| AreaCode::new(text).unwrap();
        assert_eq!(links.parents(AreaLevel::LSOA_2021, level("ward-2017")).len(), 2);
        // In its middle area only the first is whole.
        assert_eq!(links.parents(AreaLevel::LSOA_2021, level("msoa-2011")).len(), 1);
        let shares = links.shares(AreaLevel::LSOA_2021, level("msoa-2011"));
        let expected = vec![(code("E02000001"), 0.25), (code("E02000002"), 0.75)];
        assert_eq!(shares[&code("E01000002")], expected);
        assert!(links.contradictions.is_empty());
    }

    #[test]
    fn an_area_with_two_parents_of_one_level_is_named_and_has_none() {
        let links = Links::new(&[
            link("E01000001", "lsoa-2021", "E05000001", "ward-2024"),
            link("E01000001", "lsoa-2021", "E05000002", "ward-2024"),
            link("E01000002", "lsoa-2021", "E05000002", "ward-2024"),
        ]);
        assert_eq!(links.parents(AreaLevel::LSOA_2021, "ward-2024".parse().unwrap()).len(), 1);
        let found: Vec<String> = links.contradictions.iter().map(ToString::to_string).collect();
        assert_eq!(
            found,
            [
                "E01000001 lies in E05000001 and in E05000002 of ward-2024, and is counted in neither"
            ]
        );
    }
}
