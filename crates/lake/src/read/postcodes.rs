//! The small area of each postcode, in little memory.

use std::collections::HashMap;

use super::areas::SmallArea;
use crate::people::Postcode;

/// Small areas by postcode.
#[derive(Debug, Clone, Default)]
pub struct Postcodes {
    /// In order.
    postcodes: Vec<(Postcode, u32)>,
    areas: Vec<SmallArea>,
}

impl Postcodes {
    /// In which small area a postcode lies.
    pub fn get(&self, postcode: Postcode) -> Option<&SmallArea> {
        let found = self.postcodes.binary_search_by_key(&postcode, |(held, _)| *held).ok()?;
        self.areas.get(self.postcodes[found].1 as usize)
    }

    /// How many postcodes are known.
    pub fn len(&self) -> usize {
        self.postcodes.len()
    }

    /// Whether none is known.
    pub fn is_empty(&self) -> bool {
        self.postcodes.is_empty()
    }
}

/// A postcode may come more than once, from a lookup of each census; what the first does not say, a
/// later one may.
impl FromIterator<(Postcode, SmallArea)> for Postcodes {
    fn from_iter<I: IntoIterator<Item = (Postcode, SmallArea)>>(rows: I) -> Self {
        let mut areas: Vec<SmallArea> = Vec::new();
        let mut numbers: HashMap<SmallArea, u32> = HashMap::new();
        let mut number = |area: SmallArea| {
            *numbers.entry(area).or_insert_with_key(|area| {
                areas.push(area.clone());
                areas.len() as u32 - 1
            })
        };
        let mut postcodes: Vec<(Postcode, u32)> =
            rows.into_iter().map(|(postcode, area)| (postcode, number(area))).collect();
        // A stable sort: the first stays first.
        postcodes.sort_by_key(|(postcode, _)| *postcode);
        let mut merged: Vec<(Postcode, u32)> = Vec::with_capacity(postcodes.len());
        for (postcode, later) in postcodes {
            match merged.last_mut() {
                Some((held, first)) if *held == postcode => {
                    if *first != later {
                        let (a, b) = (&areas[*first as usize], &areas[later as usize]);
                        let both = SmallArea {
                            lsoa_2021: a.lsoa_2021.clone().or_else(|| b.lsoa_2021.clone()),
                            lsoa_2011: a.lsoa_2011.clone().or_else(|| b.lsoa_2011.clone()),
                        };
                        *first = *numbers.entry(both).or_insert_with_key(|area| {
                            areas.push(area.clone());
                            areas.len() as u32 - 1
                        });
                    }
                }
                _ => merged.push((postcode, later)),
            }
        }
        Self { postcodes: merged, areas }
    }
}

#[cfg(test)]
mod tests {
    use wardmote_domain::area::AreaCode;

    use super::*;

    #[test]
    fn lookups_of_both_censuses_make_one() {
        let postcode = |text| Postcode::new(text).unwrap();
        let code = |text| AreaCode::new(text).ok();
        let new = SmallArea { lsoa_2021: code("E01000001"), lsoa_2011: None };
        let old = SmallArea { lsoa_2021: code("E01000009"), lsoa_2011: code("E01000002") };
        let rows = [
            (postcode("SK1 3XE"), new.clone()),
            (postcode("M60 2LA"), new.clone()),
            (postcode("SK1 3XE"), old),
        ];
        let held: Postcodes = rows.into_iter().collect();
        assert_eq!(held.len(), 2);
        assert_eq!(held.get(postcode("m602la")), Some(&new));
        let both = SmallArea { lsoa_2021: code("E01000001"), lsoa_2011: code("E01000002") };
        assert_eq!(held.get(postcode("SK1 3XE")), Some(&both));
        assert_eq!(held.get(postcode("SK1 3XF")), None);
    }
}
