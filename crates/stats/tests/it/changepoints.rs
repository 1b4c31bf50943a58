use proptest::prelude::*;
use wardmote_stats::changepoints::{Search, Spread, changepoints};

use crate::draw::{Draw, Null};
use crate::luton::SHOPLIFTING;
use crate::peers::{agree, cases, counts, number, numbers, whole};

#[test]
fn agrees_with_every_segmentation_and_ruptures() {
    // benches/peers/time.py: an exhaustive dynamic program, and, without exposures, ruptures 1.1.10 Pelt.
    for case in cases(include_str!("peers/changepoints.json")) {
        let value = number(&case["value"]);
        let spread = match case["spread"].as_str().unwrap() {
            "poisson" => Spread::Poisson { dispersion: value },
            _ => Spread::NegativeBinomial { size: value },
        };
        let search = Search {
            spread,
            penalty: number(&case["penalty"]),
            least_segment: whole(&case["least"]),
        };
        let exposures = (!case["exposures"].is_null()).then(|| numbers(&case["exposures"]));
        let found = changepoints(&counts(&case["counts"]), exposures.as_deref(), &search).unwrap();
        let expected: Vec<usize> =
            case["positions"].as_array().unwrap().iter().map(whole).collect();
        assert_eq!(found.positions(), expected);
        agree(found.cost, number(&case["cost"]), 9, "cost");
    }
}

#[test]
fn what_cannot_be_searched_is_refused() {
    let usual = Search::schwarz(Spread::Poisson { dispersion: 1.0 }, 36);
    let check = |counts: &[u64], exposures: Option<&[f64]>, search: Search, message: &str| {
        assert_eq!(changepoints(counts, exposures, &search).unwrap_err().to_string(), message);
    };
    check(&[1; 5], None, usual, "5 periods do not hold two segments of 3");
    check(&[0; 36], None, usual, "no events in the series");
    let under = Search { spread: Spread::Poisson { dispersion: 0.5 }, ..usual };
    check(&[1; 36], None, under, "dispersion 0.5 cannot be used");
    check(&[1; 36], None, Search { penalty: -1.0, ..usual }, "penalty -1 cannot be used");
    check(
        &[1; 36],
        None,
        Search { least_segment: 0, ..usual },
        "shortest segment 0 cannot be used",
    );
    check(&[1; 36], Some(&[1.0; 3]), usual, "3 exposures for 36 counts");
    check(&[1; 36], Some(&[0.0; 36]), usual, "exposure 0 at position 0 cannot be used");
    let size = Search { spread: Spread::NegativeBinomial { size: 3.0 }, ..usual };
    check(&[1; 36], Some(&[1.0; 36]), size, "exposures need a Poisson spread with its dispersion");
}

#[test]
fn how_often_a_level_series_is_cut() {
    // What docs/methods/changepoints.md says: the criterion is no test at 5%.
    let mut draw = Draw::new(9);
    let null = Null::new(1, 30.0, 2.0);
    let search = Search::schwarz(Spread::Poisson { dispersion: 2.0 }, 60);
    let cut = (0..2_000)
        .filter(|_| {
            !changepoints(&null.draw(60, &mut draw), None, &search).unwrap().positions().is_empty()
        })
        .count();
    println!("level series of 60 months that were cut: {:.1}%", cut as f64 / 20.0);
    assert!((0.02..0.30).contains(&(cut as f64 / 2_000.0)), "{cut}");
}

#[test]
fn luton_shoplifting() {
    let search = Search::schwarz(Spread::Poisson { dispersion: 6.0 }, 36);
    let found = changepoints(&SHOPLIFTING, None, &search).unwrap();
    let lines: Vec<String> = found
        .segments
        .iter()
        .map(|segment| {
            let limits = segment.level_interval;
            format!(
                "{} to {}: {:.1} a month ({:.1} to {:.1})",
                segment.start, segment.end, segment.level, limits.lower, limits.upper
            )
        })
        .collect();
    insta::assert_snapshot!(lines.join("\n"), @r"
    0 to 31: 87.4 a month (79.5 to 95.8)
    31 to 36: 130.6 a month (107.2 to 157.6)
    ");
}

proptest! {
    #[test]
    fn segments_tile_the_series_and_cost_no_more_than_one(
        counts in prop::collection::vec(0u64..30, 8..60), least in 1usize..5, penalty in 0.5f64..20.0,
    ) {
        prop_assume!(counts.iter().any(|count| *count > 0));
        for spread in [Spread::Poisson { dispersion: 1.5 }, Spread::NegativeBinomial { size: 4.0 }] {
            let search = Search { spread, penalty, least_segment: least };
            let found = changepoints(&counts, None, &search).unwrap();
            prop_assert_eq!(found.segments[0].start, 0);
            prop_assert_eq!(found.segments.last().unwrap().end, counts.len());
            for pair in found.segments.windows(2) {
                prop_assert_eq!(pair[0].end, pair[1].start);
            }
            prop_assert!(found.segments.iter().all(|segment| segment.end - segment.start >= least));
            prop_assert!(found.segments.iter().all(|segment| segment.level_interval.contains(segment.level)));
            prop_assert!(found.cost <= found.cost_of_one + 1e-9);
            let events: u64 = found.segments.iter().map(|segment| segment.events).sum();
            prop_assert_eq!(events, counts.iter().sum::<u64>());
        }
    }
}
