//! 330 small publications, for which HiGHS found the least cost (`tests/python/optima.py`).

use std::collections::BTreeMap;

use serde::Deserialize;
use wardmote_disclosure::{Publication, Quality, Rules, protect};

use crate::attackers::Tables;
use crate::drawn::{self, Dimension};

#[derive(Debug, Deserialize)]
struct Small {
    /// Leaves of each dimension, and the size of groups where it has a hierarchy.
    shape: Vec<(usize, usize)>,
    /// Whether only the tables of two dimensions are published, without the body.
    faces: bool,
    counts: Vec<u64>,
    /// The least sum of the costs of cells withheld for others.
    cost: u64,
}

type Sums = Vec<(String, Vec<String>)>;

impl Small {
    fn publication(&self) -> (Publication, Sums) {
        let dimensions = self.shape.iter().zip(["a", "b", "c"]);
        let dimensions: Vec<_> = dimensions
            .map(|(&(n, group), name)| match group {
                0 => Dimension::flat(name, n),
                group => Dimension::hierarchy(name, n, group),
            })
            .collect();
        let places =
            drawn::product(&dimensions.iter().map(|d| d.leaves.clone()).collect::<Vec<_>>());
        let leaves: BTreeMap<_, _> = places.into_iter().zip(self.counts.iter().copied()).collect();
        let (mut cells, mut sums) = drawn::cells_and_sums("t", &dimensions, &leaves);
        if self.faces {
            let is_face = |key: &String| key.contains("-all");
            cells.retain(|(key, _)| is_face(key));
            sums.retain(|(total, parts)| is_face(total) && parts.iter().all(is_face));
        }
        let mut builder = Publication::builder();
        for (key, value) in cells {
            builder = builder.controlled(key, value);
        }
        for (total, parts) in &sums {
            builder = builder.sum(total, parts);
        }
        (builder.build().unwrap(), sums)
    }
}

fn all() -> Vec<Small> {
    let all: Vec<Small> = serde_json::from_str(include_str!("../fixtures/optima.json")).unwrap();
    assert!(all.len() >= 300, "{} publications", all.len());
    all
}

#[test]
fn nothing_is_recovered_and_no_choice_is_cheaper() {
    let rules = Rules::default();
    for (number, small) in all().iter().enumerate() {
        let (publication, sums) = small.publication();
        let protected = protect(&publication, &rules).unwrap();
        assert_eq!(protected.report.quality, Quality::Optimal, "publication {number}");
        assert_eq!(protected.report.cost_for_others, small.cost, "publication {number}");
        let tables = Tables::new(&publication, &sums);
        let recovered = tables.recovered(&protected.pattern, &rules);
        assert!(recovered.is_empty(), "publication {number}: {recovered:?}");
    }
}

#[test]
fn the_heuristic_recovers_nothing_either_and_costs_little_more() {
    let rules = Rules { exact_up_to: 0, ..Rules::default() };
    let (mut cost, mut least, mut worst) = (0, 0, 1.0_f64);
    for (number, small) in all().iter().enumerate() {
        let (publication, sums) = small.publication();
        let protected = protect(&publication, &rules).unwrap();
        let report = &protected.report;
        assert!(report.cost_for_others >= small.cost, "publication {number}: below the optimum");
        cost += report.cost_for_others;
        least += small.cost;
        if small.cost > 0 {
            worst = worst.max(report.cost_for_others as f64 / small.cost as f64);
        }
        let tables = Tables::new(&publication, &sums);
        let recovered = tables.recovered(&protected.pattern, &rules);
        assert!(recovered.is_empty(), "publication {number}: {recovered:?}");
    }
    println!("heuristic: cost {cost}, least {least}, worst {worst:.2} times the least");
    // In all 1.6% above the least when measured, and 52% in the worst publication; what the default
    // rules choose for publications so small is the least, as the test above shows.
    assert!(worst <= 1.6 && cost as f64 <= 1.03 * least as f64, "{worst}, {cost} to {least}");
}
