use approx::assert_relative_eq;
use proptest::prelude::*;
use wardmote_stats::spatial::near_repeat::{
    Bands, DatedPlaces, NearRepeat, NearRepeatError, PlacePrecision, TimePrecision, near_repeat,
};

use super::{Chance, Page, Peer, Tally, same_p, settings};

const BANDS: Bands<'_> = Bands { metres: &[200.0, 400.0], days: &[7, 14] };

fn exact<'a>(places: &'a [(f64, f64)], days: &'a [i32]) -> DatedPlaces<'a> {
    DatedPlaces {
        places,
        days,
        time_precision: TimePrecision::Day,
        place_precision: PlacePrecision::Exact,
    }
}

fn peer(permutations: u32) -> (Peer, NearRepeat) {
    let peer = Peer::read("near_repeat");
    let (places, metres) = (peer.points("places"), peer.numbers("metres"));
    let days: Vec<i32> = peer.numbers("days").into_iter().map(|day| day as i32).collect();
    let limits: Vec<u32> = peer.numbers("limits").into_iter().map(|day| day as u32).collect();
    let bands = Bands { metres: &metres, days: &limits };
    let found = near_repeat(exact(&places, &days), bands, settings(permutations, 1)).unwrap();
    (peer, found)
}

#[test]
fn knoxs_table_agrees_with_brute_force() {
    // numpy 2.4.6 over all pairs. The expected counts are exact: under permutation each close pair of
    // places gets each pair of days alike.
    let (peer, found) = peer(9_999);
    let expected = peer.numbers("expected");
    let (observed, p) = (peer.counts("observed"), peer.numbers("p_9999"));
    for (i, cell) in found.cells.iter().enumerate() {
        assert_eq!(cell.observed, observed[i]);
        // Means of 9,999 counts whose standard deviation is about the root of the count.
        let error = 5.0 * (expected[i] / 9_999.0).sqrt() + 1e-3;
        assert_relative_eq!(cell.expected, expected[i], epsilon = error);
        assert!(same_p(cell.p_value, 9_999.0, p[i], 9_999.0), "{i}: {} {}", cell.p_value, p[i]);
    }
}

#[test]
fn the_page_shows_what_the_code_finds() {
    let (_, found) = peer(999);
    let page = Page::read("near_repeat");
    for cell in &found.cells {
        page.says(&format!(
            "| {} to {} | {} to {} | {} | {:.2} | {:.1} | {:.3} | {:.3} |",
            cell.metres_above,
            cell.metres_up_to,
            cell.days_from,
            cell.days_to,
            cell.observed,
            cell.expected,
            cell.ratio.unwrap(),
            cell.p_value,
            cell.adjusted_p
        ));
    }
    insta::assert_debug_snapshot!((found.n_close_pairs, found.warnings), @r"
(
    703,
    [],
)
");
}

/// Sixty events in a square of a kilometre over half a year. Where `follow` is above 0, that share of
/// them follows an earlier one within a hundred metres and a week.
fn drawn(seed: u64, follow: f64) -> (Vec<(f64, f64)>, Vec<i32>) {
    let mut chance = Chance::new(seed);
    let (mut places, mut days) = (Vec::new(), Vec::new());
    for i in 0..60 {
        if i > 0 && chance.unit() < follow {
            let (east, north): (f64, f64) = places[chance.below(i)];
            let source = places.iter().position(|p| *p == (east, north)).unwrap();
            places.push((east + 40.0 * chance.bell(), north + 40.0 * chance.bell()));
            days.push(days[source] + (7.0 * chance.unit()) as i32);
        } else {
            // Half in a quarter of the square and in the first months: clustered in space and in time,
            // but not in both together.
            let wide = if chance.unit() < 0.5 { 500.0 } else { 1_000.0 };
            places.push(chance.point(wide));
            days.push((180.0 * chance.unit().powf(1.5)) as i32);
        }
    }
    (places, days)
}

#[test]
fn clusters_in_space_and_in_time_alone_are_no_near_repeat() {
    let page = Page::read("near_repeat");
    let (mut first, mut any) = (Tally { found: 0, of: 2_000 }, Tally { found: 0, of: 2_000 });
    for i in 0..2_000 {
        let (places, days) = drawn(i, 0.0);
        let found = near_repeat(exact(&places, &days), BANDS, settings(99, i)).unwrap();
        first.found += u64::from(found.cells[0].p_value <= 0.05);
        any.found += u64::from(found.cells.iter().any(|cell| cell.adjusted_p <= 0.05));
    }
    page.says(&format!("| the first cell, before correction | {} |", first.false_alarms(0.05)));
    page.says(&format!("| any cell, after correction | {} |", any.false_alarms(0.05)));
}

#[test]
fn a_planted_process_is_found() {
    let tally = Tally::count(200, |i| {
        let (places, days) = drawn(i + 70_000, 0.3);
        let found = near_repeat(exact(&places, &days), BANDS, settings(199, i)).unwrap();
        found.cells[0].adjusted_p <= 0.05
    });
    Page::read("near_repeat")
        .says(&format!("| three events in ten follow another | {} |", tally.text()));
    assert!(tally.found > 140, "{}", tally.text());
}

#[test]
fn sources_that_cannot_carry_it_are_refused() {
    let (places, days) = drawn(1, 0.0);
    let with = |time_precision, place_precision| {
        let events = DatedPlaces { time_precision, place_precision, ..exact(&places, &days) };
        near_repeat(events, BANDS, settings(99, 1)).unwrap_err()
    };
    assert_eq!(
        with(TimePrecision::Month, PlacePrecision::Exact).to_string(),
        "near repeat needs the day of each event, and this source knows the month only; a force's own \
         crime feed with date and time, under a sharing agreement, would allow it"
    );
    assert_eq!(with(TimePrecision::Day, PlacePrecision::Snapped), NearRepeatError::Snapped);
    assert_eq!(with(TimePrecision::Minute, PlacePrecision::Area), NearRepeatError::AreaOnly);
    let check = |bands| near_repeat(exact(&places, &days), bands, settings(99, 1)).unwrap_err();
    for metres in [&[][..], &[200.0, 100.0], &[-1.0], &[f64::NAN]] {
        assert_eq!(check(Bands { metres, days: &[7] }), NearRepeatError::Bands);
    }
    assert_eq!(check(Bands { metres: &[100.0], days: &[14, 7] }), NearRepeatError::Bands);
    let degrees = [(-2.1, 53.4), (-2.2, 53.5)];
    assert!(matches!(
        near_repeat(exact(&degrees, &[1, 2]), BANDS, settings(99, 1)),
        Err(NearRepeatError::Coordinates(_))
    ));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn order_start_and_place_of_the_map_do_not_matter(seed in 0u64..10_000, shift in 0i32..5_000) {
        let (places, days) = drawn(seed, 0.2);
        let plain = near_repeat(exact(&places, &days), BANDS, settings(19, 1)).unwrap();
        let moved: Vec<_> = places.iter().rev().map(|(x, y)| (x + 1_024.0, y - 2_048.0)).collect();
        let later: Vec<_> = days.iter().rev().map(|day| day + shift).collect();
        let other = near_repeat(exact(&moved, &later), BANDS, settings(19, 1)).unwrap();
        for (a, b) in plain.cells.iter().zip(&other.cells) {
            prop_assert_eq!(a.observed, b.observed);
        }
        prop_assert_eq!(plain.n_close_pairs, other.n_close_pairs);
    }
}
