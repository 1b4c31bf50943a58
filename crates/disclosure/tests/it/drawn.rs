//! Publications drawn from a seed.

use std::collections::BTreeMap;

use wardmote_disclosure::{Publication, PublicationBuilder};

/// Numbers that look drawn by chance and are the same on every machine (Steele, Lea and Flood, 2014,
/// "Fast splittable pseudorandom number generators").
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.bits() % end
    }

    /// A count as crime has them: many small ones, some large.
    pub(crate) fn count(&mut self) -> u64 {
        let scale = [3, 8, 20, 60][self.below(4) as usize];
        self.below(scale)
    }
}

/// One way in which counts are broken down: the leaves, and totals with their parts.
#[derive(Debug, Clone)]
pub(crate) struct Dimension {
    pub(crate) leaves: Vec<String>,
    pub(crate) totals: Vec<(String, Vec<String>)>,
}

impl Dimension {
    /// Leaves with one total.
    pub(crate) fn flat(name: &str, n: usize) -> Self {
        let leaves: Vec<_> = (0..n).map(|leaf| format!("{name}{leaf:02}")).collect();
        Self { totals: vec![(format!("{name}-all"), leaves.clone())], leaves }
    }

    /// Leaves in groups of about this many, groups in groups, up to one total.
    pub(crate) fn hierarchy(name: &str, n: usize, group: usize) -> Self {
        let mut flat = Self::flat(name, n);
        let (mut level, mut totals, mut depth) = (flat.leaves.clone(), Vec::new(), 0);
        while level.len() > group {
            depth += 1;
            let groups = level
                .chunks(group)
                .enumerate()
                .map(|(at, parts)| (format!("{name}-level{depth}-{at:02}"), parts.to_vec()));
            let groups: Vec<_> = groups.collect();
            level = groups.iter().map(|(total, _)| total.clone()).collect();
            totals.extend(groups);
        }
        totals.push((format!("{name}-all"), level));
        flat.totals = totals;
        flat
    }

    fn members(&self) -> Vec<String> {
        let totals = self.totals.iter().map(|(total, _)| total);
        self.leaves.iter().chain(totals).cloned().collect()
    }
}

/// Cells by key and sums of keys.
pub(crate) type CellsAndSums = (Vec<(String, u64)>, Vec<(String, Vec<String>)>);

/// A table with all its margins.
pub(crate) fn cells_and_sums(
    prefix: &str,
    dimensions: &[Dimension],
    leaves: &BTreeMap<Vec<String>, u64>,
) -> CellsAndSums {
    let mut values = leaves.clone();
    for (at, dimension) in dimensions.iter().enumerate() {
        for (total, parts) in &dimension.totals {
            let others = dimensions.iter().enumerate().map(|(other, one)| match other.cmp(&at) {
                std::cmp::Ordering::Less => one.members(),
                std::cmp::Ordering::Equal => vec![total.clone()],
                std::cmp::Ordering::Greater => one.leaves.clone(),
            });
            for place in product(&others.collect::<Vec<_>>()) {
                let sum = parts.iter().map(|name| values[&moved(&place, at, name)]).sum();
                values.insert(place, sum);
            }
        }
    }
    let key = |place: &[String]| format!("{prefix}/{}", place.join("/"));
    let mut sums = Vec::new();
    for place in values.keys() {
        for (at, dimension) in dimensions.iter().enumerate() {
            let found = dimension.totals.iter().find(|(total, _)| *total == place[at]);
            if let Some((_, parts)) = found {
                let parts = parts.iter().map(|name| key(&moved(place, at, name)));
                sums.push((key(place), parts.collect()));
            }
        }
    }
    (values.iter().map(|(place, &value)| (key(place), value)).collect(), sums)
}

/// The same place but for one dimension.
fn moved(place: &[String], at: usize, name: &str) -> Vec<String> {
    let mut moved = place.to_vec();
    name.clone_into(&mut moved[at]);
    moved
}

fn cube(
    mut builder: PublicationBuilder,
    prefix: &str,
    dimensions: &[Dimension],
    leaves: &BTreeMap<Vec<String>, u64>,
) -> PublicationBuilder {
    let (cells, sums) = cells_and_sums(prefix, dimensions, leaves);
    for (key, value) in cells {
        builder = builder.controlled(key, value);
    }
    for (total, parts) in sums {
        builder = builder.sum(total, parts);
    }
    builder
}

/// Every choice of one name from each.
pub(crate) fn product(members: &[Vec<String>]) -> Vec<Vec<String>> {
    members.iter().fold(vec![Vec::new()], |places, names| {
        let longer = places.iter().flat_map(|place| {
            names.iter().map(|name| {
                let mut longer = place.clone();
                longer.push(name.clone());
                longer
            })
        });
        longer.collect()
    })
}

/// For every measure and category, and for all categories, a table of areas by months. Of every three
/// measures the first is the sum of the other two.
pub(crate) fn linked_tables(
    seed: u64,
    measures: usize,
    wards: usize,
    months: usize,
    categories: usize,
) -> PublicationBuilder {
    let mut draw = Draw::new(seed);
    let dimensions = [
        Dimension::hierarchy("area", wards, wards.div_ceil(2).max(2)),
        Dimension::flat("month", months),
        Dimension::flat("category", categories),
    ];
    let leaves = product(&dimensions.iter().map(|one| one.leaves.clone()).collect::<Vec<_>>());
    let mut builder = Publication::builder();
    for trio in 0..measures.div_ceil(3) {
        let strand = |draw: &mut Draw| -> BTreeMap<Vec<String>, u64> {
            leaves.iter().map(|leaf| (leaf.clone(), draw.count())).collect()
        };
        let strands = [strand(&mut draw), strand(&mut draw)];
        let both = strands[0].iter().map(|(leaf, one)| (leaf.clone(), one + strands[1][leaf]));
        let both: BTreeMap<_, _> = both.collect();
        let [all, one, other] = [0, 1, 2].map(|at| format!("measure{:02}", 3 * trio + at));
        builder = cube(builder, &all, &dimensions, &both);
        builder = cube(builder, &one, &dimensions, &strands[0]);
        builder = cube(builder, &other, &dimensions, &strands[1]);
        let everywhere = dimensions.iter().map(Dimension::members).collect::<Vec<_>>();
        for place in product(&everywhere) {
            let place = place.join("/");
            let parts = [&one, &other].map(|strand| format!("{strand}/{place}"));
            builder = builder.sum(format!("{all}/{place}"), parts);
        }
    }
    builder
}
