//! Which area lies in which: direct links, and the ways that lead over several of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use wardmote_domain::area::{AreaCode, AreaLevel};

use crate::rows::LinkRow;

/// The area of one level in which each area of another lies.
pub(crate) type Parents = BTreeMap<AreaCode, AreaCode>;

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
        let mut parents: Option<Parents> = None;
        for step in self.way(from, to).windows(2) {
            let Some(next) = self.direct.get(&(step[0], step[1])) else { return Parents::new() };
            parents = Some(match parents {
                None => next.clone(),
                Some(so_far) => {
                    let onward = |(area, parent)| Some((area, next.get(&parent)?.clone()));
                    so_far.into_iter().filter_map(onward).collect()
                }
            });
        }
        parents.unwrap_or_default()
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
            let next = self.direct.keys().filter(|(start, _)| *start == level).map(|(_, end)| *end);
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
