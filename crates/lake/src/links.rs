//! Which area lies in which: direct links, and the ways that lead over several of them.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use wardmote_domain::area::{AreaCode, AreaLevel};

use crate::rows::LinkRow;

/// The area of one level in which each area of another lies.
pub(crate) type Parents = BTreeMap<AreaCode, AreaCode>;

/// An area was given two parents of one level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct TwoParents {
    pub(crate) area: AreaCode,
    pub(crate) level: AreaLevel,
    pub(crate) parents: (AreaCode, AreaCode),
}

/// All links of a lake.
#[derive(Debug, Default)]
pub(crate) struct Links {
    direct: BTreeMap<(AreaLevel, AreaLevel), Parents>,
    contradictions: BTreeMap<(AreaLevel, AreaLevel), TwoParents>,
}

impl Links {
    pub(crate) fn new(rows: Vec<LinkRow>) -> Self {
        let mut links = Self::default();
        for row in rows {
            let levels = (row.from_level, row.to_level);
            let parents = links.direct.entry(levels).or_default();
            match parents.get(&row.from_code) {
                Some(held) if *held != row.to_code => {
                    let parents = (held.clone(), row.to_code);
                    let found = TwoParents { area: row.from_code, level: row.to_level, parents };
                    links.contradictions.entry(levels).or_insert(found);
                }
                Some(_) => {}
                None => drop(parents.insert(row.from_code, row.to_code)),
            }
        }
        links
    }

    /// The parents at `to` of all areas at `from`, by the shortest way; empty where none leads there.
    ///
    /// An area without a parent on some step of the way has none at its end.
    pub(crate) fn parents(&self, from: AreaLevel, to: AreaLevel) -> Result<Parents, TwoParents> {
        let mut parents: Option<Parents> = None;
        for step in self.way(from, to).windows(2) {
            let levels = (step[0], step[1]);
            if let Some(found) = self.contradictions.get(&levels) {
                return Err(found.clone());
            }
            let Some(next) = self.direct.get(&levels) else { return Ok(Parents::new()) };
            parents = Some(match parents {
                None => next.clone(),
                Some(so_far) => {
                    let onward = |(area, parent)| Some((area, next.get(&parent)?.clone()));
                    so_far.into_iter().filter_map(onward).collect()
                }
            });
        }
        Ok(parents.unwrap_or_default())
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
        let links = Links::new(vec![
            link("E01000001", "lsoa-2021", "E06000032", "district-2024"),
            link("E01000002", "lsoa-2021", "E06000055", "district-2024"),
            link("E06000032", "district-2024", "E22000036", "csp-2024"),
        ]);
        let parents = links.parents(AreaLevel::LSOA_2021, "csp-2024".parse().unwrap()).unwrap();
        assert_eq!(parents.len(), 1);
        assert_eq!(parents[&AreaCode::new("E01000001").unwrap()].as_str(), "E22000036");
        assert!(links.parents(AreaLevel::LSOA_2011, "csp-2024".parse().unwrap()).unwrap().is_empty());
    }

    #[test]
    fn two_parents_of_one_level_are_a_contradiction() {
        let links = Links::new(vec![
            link("E01000001", "lsoa-2021", "E05000001", "ward-2024"),
            link("E01000001", "lsoa-2021", "E05000002", "ward-2024"),
        ]);
        let error = links.parents(AreaLevel::LSOA_2021, "ward-2024".parse().unwrap()).unwrap_err();
        assert_eq!(error.area.as_str(), "E01000001");
    }
}
