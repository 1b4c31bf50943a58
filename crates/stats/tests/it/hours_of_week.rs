use proptest::prelude::*;
use wardmote_stats::hours_of_week::{HoursError, MINUTES_A_WEEK, Shares, Span, hours_of_week};

use crate::draw::Draw;
use crate::peers::{all_agree, cases};

fn span(from_minutes: i64, to_minutes: i64) -> Span {
    Span { from_minutes, to_minutes }
}

#[test]
fn agrees_with_counting_minute_by_minute() {
    // benches/peers/time.py counts every minute of 200 spans.
    let case = &cases(include_str!("peers/hours_of_week.json"))[0];
    let events: Vec<Span> = case["spans"]
        .as_array()
        .unwrap()
        .iter()
        .map(|pair| span(pair[0].as_i64().unwrap(), pair[1].as_i64().unwrap()))
        .collect();
    for (shares, expected) in
        [(Shares::ByMinutes, "by_minutes"), (Shares::ByHoursTouched, "by_hours")]
    {
        let found = hours_of_week(&events, shares).unwrap();
        all_agree(found.table.as_flattened(), &case[expected], 9, expected);
    }
}

#[test]
fn what_says_nothing_of_the_hour_is_refused() {
    let check = |events: &[Span], message: &str| {
        let found = hours_of_week(events, Shares::ByMinutes).unwrap_err();
        assert_eq!(found.to_string(), message);
    };
    check(&[], "no events");
    check(&[span(0, 5), span(9, 8)], "event 1 ends before it begins");
    let week = i64::from(MINUTES_A_WEEK);
    check(
        &[span(0, week + 1)],
        "event 0 may lie anywhere in 10081 minutes, more than a week: leave it out",
    );
    assert_eq!(
        hours_of_week(&[span(i64::MIN, i64::MAX)], Shares::ByMinutes),
        Err(HoursError::LongerThanAWeek { event_index: 0, minutes: i64::MAX })
    );
    let whole = hours_of_week(&[span(30, week + 30)], Shares::ByMinutes).unwrap();
    assert!(whole.table.as_flattened().iter().all(|weight| (weight - 1.0 / 168.0).abs() < 1e-12));
}

#[test]
fn generated_nights() {
    let mut draw = Draw::new(3);
    let mut minutes = |most: f64| (draw.uniform() * most) as i64;
    // Friday and Saturday from 20:00 on, known to within four hours.
    let events: Vec<Span> = (0..300)
        .map(|index| {
            let start = (4 + index % 2) * 24 * 60 + 20 * 60 + minutes(300.0);
            span(start, start + minutes(240.0))
        })
        .collect();
    let found = hours_of_week(&events, Shares::ByMinutes).unwrap();
    let nights = found.part(|weekday, hour| (4..=5).contains(&weekday) && hour >= 20);
    let peak = found.peak();
    let line = format!(
        "peak weekday {} hour {} with {:.1}; nights {:.1} of {}, {:.1} times the clock's share; median span {}; {} in one hour",
        peak.0,
        peak.1,
        peak.2,
        nights.weight,
        found.n,
        nights.concentration,
        found.median_span_minutes,
        found.n_in_one_hour,
    );
    insta::assert_snapshot!(line, @"peak weekday 4 hour 23 with 34.7; nights 191.3 of 300, 13.4 times the clock's share; median span 115; 40 in one hour");
}

proptest! {
    #[test]
    fn each_event_counts_once(
        events in prop::collection::vec((-50_000i64..50_000, 0i64..10_080), 1..40), weeks in -5i64..5,
    ) {
        let spans: Vec<Span> = events.iter().map(|(from, length)| span(*from, from + length)).collect();
        let moved: Vec<Span> = spans
            .iter()
            .map(|event| {
                let shift = weeks * i64::from(MINUTES_A_WEEK);
                span(event.from_minutes + shift, event.to_minutes + shift)
            })
            .collect();
        for shares in [Shares::ByMinutes, Shares::ByHoursTouched] {
            let found = hours_of_week(&spans, shares).unwrap();
            let total: f64 = found.table.as_flattened().iter().sum();
            prop_assert!((total - spans.len() as f64).abs() < 1e-9);
            prop_assert!((found.by_hour().iter().sum::<f64>() - total).abs() < 1e-9);
            prop_assert!((found.by_weekday().iter().sum::<f64>() - total).abs() < 1e-9);
            let all = found.part(|_, _| true);
            prop_assert!((all.concentration - 1.0).abs() < 1e-9);
            // A week on is the same hour; a span that touches no more than a week apart sums in the same
            // order, so that the tables are equal to the last bit.
            prop_assert_eq!(hours_of_week(&moved, shares).unwrap().table, found.table);
        }
    }
}
