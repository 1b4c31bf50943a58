//! The worked examples of docs/methods/ are what the code finds: each page holds, in a block marked
//! `text`, exactly the lines that are computed here from generated numbers.

use wardmote_stats::changepoints::{Search, Spread, changepoints};
use wardmote_stats::events::{MoreReports, test_window};
use wardmote_stats::forecast::{Options, forecast};
use wardmote_stats::glm::{Design, Family, Model};
use wardmote_stats::hours_of_week::{Shares, Span, hours_of_week};
use wardmote_stats::interrupted::{Autocorrelation, Change, interrupted};
use wardmote_stats::interval::Confidence;
use wardmote_stats::season::seasonal_profile;
use wardmote_stats::seasonal_decomposition::stl;
use wardmote_stats::spikes::{Ears, EarsMethod, Farrington, Verdict, ears, farrington, returned};

/// Five years of thefts that the pages share, from January: about 45 a month, more in summer, with
/// noise by the rule x → (75 x + 74) mod 65,537 that anybody can repeat.
fn thefts() -> Vec<u64> {
    let season = [0, 1, 3, 5, 8, 11, 13, 12, 8, 5, 2, 1];
    let mut noise = 1;
    (0..60_usize)
        .map(|t| {
            noise = (75 * noise + 74) % 65_537;
            27 + season[t % 12] + noise % 29
        })
        .collect()
}

fn months() -> Vec<u8> {
    (0..60).map(|t| t % 12 + 1).collect()
}

#[track_caller]
fn check(page: &str, lines: &[String]) {
    let blocks: Vec<&str> =
        page.split("```text\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    let expected = format!("{}\n", lines.join("\n"));
    assert!(blocks.contains(&expected.as_str()), "the page does not hold:\n{expected}");
}

#[test]
fn the_series_is_as_printed() {
    let page = include_str!("../../../../docs/methods/seasonal_decomposition.md");
    let lines: Vec<String> = thefts()
        .chunks(12)
        .map(|year| year.iter().map(ToString::to_string).collect::<Vec<_>>().join(" "))
        .collect();
    check(page, &lines);
}

#[test]
fn seasonal_decomposition() {
    let page = include_str!("../../../../docs/methods/seasonal_decomposition.md");
    let parts = stl(&thefts()).unwrap();
    let profile = seasonal_profile(&thefts(), &months()).unwrap();
    let peak = profile.months[usize::from(profile.peak) - 1];
    check(
        page,
        &[
            format!(
                "trend: {:.1} in the first month, {:.1} in the last",
                parts.trend[0], parts.trend[59]
            ),
            format!("strength of season: {:.2}", parts.seasonal_strength),
            format!(
                "peak: month {}, {:.2} times the average month ({:.2} to {:.2})",
                profile.peak, peak.multiplier, peak.interval.lower, peak.interval.upper
            ),
            format!(
                "peak over trough (month {}): {:.2} ({:.2} to {:.2}), p {:.1e}",
                profile.trough,
                profile.amplitude,
                profile.amplitude_interval.lower,
                profile.amplitude_interval.upper,
                profile.p_value
            ),
        ],
    );
}

#[test]
fn glm() {
    let page = include_str!("../../../../docs/methods/glm.md");
    let rows: Vec<[f64; 2]> =
        (0..60).map(|t| [1.0, f64::from(u8::from((5..=8).contains(&(t % 12))))]).collect();
    let design = Design::from_rows(&rows).unwrap();
    let counts: Vec<f64> = thefts().iter().map(|count| *count as f64).collect();
    let model = Model { design: &design, counts: &counts, offset: None, weights: None };
    let quasi = model.quasi_poisson().unwrap();
    let negative_binomial = model.negative_binomial().unwrap();
    let Family::NegativeBinomial { alpha } = negative_binomial.family else {
        panic!("{:?}", negative_binomial.family)
    };
    let line = |name: &str, fit: &wardmote_stats::glm::Fit| {
        let percent = 100.0 * fit.coefficients[1].exp_m1();
        format!(
            "{name}: {percent:+.1}% in June to September, standard error of the log {:.4}",
            fit.standard_error(1)
        )
    };
    check(
        page,
        &[
            line("chance alone", &model.poisson().unwrap()),
            line("quasi-Poisson", &quasi),
            line("negative binomial", &negative_binomial),
            format!("dispersion {:.2}, alpha {alpha:.4}", quasi.dispersion),
        ],
    );
}

#[test]
fn spikes() {
    let page = include_str!("../../../../docs/methods/spikes.md");
    let mut counts = thefts();
    counts.extend([62, 75, 71, 42]);
    let watch = farrington(&counts, 60, &Farrington::flexible(12)).unwrap();
    let mut lines: Vec<String> = watch
        .periods
        .iter()
        .map(|watched| {
            format!(
                "month {}: {} thefts, {:.1} expected, threshold {:.0}: {}",
                watched.index + 1,
                watched.observed,
                watched.expected.unwrap(),
                watched.threshold.unwrap(),
                if watched.verdict == Verdict::Alarm { "alarm" } else { "within" }
            )
        })
        .collect();
    let back = returned(&watch.periods, 1)[0];
    lines.push(format!(
        "back within its threshold in month {}, after {} months",
        back.back.unwrap() + 1,
        back.periods_above
    ));
    check(page, &lines);
    let weeks = [4, 6, 3, 5, 7, 4, 5, 6, 12];
    let watched = ears(&weeks, &Ears::new(EarsMethod::C1)).unwrap().periods[1];
    check(
        page,
        &[format!(
            "week 9: {} against {:.2}, threshold {:.2}: {}",
            watched.observed,
            watched.expected,
            watched.threshold,
            if watched.alarm { "alarm" } else { "within" }
        )],
    );
}

#[test]
fn forecasts() {
    let page = include_str!("../../../../docs/methods/forecast.md");
    let found = forecast(&thefts(), &months(), 6, &Options::default()).unwrap();
    let mut lines: Vec<String> = found
        .months
        .iter()
        .map(|month| {
            format!(
                "month {}: {:.1} expected ({:.0} to {:.0})",
                month.month, month.expected, month.interval.lower, month.interval.upper
            )
        })
        .collect();
    let trial = &found.backtest;
    lines.push(format!(
        "tried from {} months: MASE {:.2}, last year's month {:.2}; {:.1}% of months inside",
        trial.n_origins,
        trial.mase,
        trial.mase_of_seasonal_naive,
        100.0 * trial.coverage
    ));
    check(page, &lines);
}

#[test]
fn hours() {
    let page = include_str!("../../../../docs/methods/hours_of_week.md");
    let at = |weekday: i64, hour: i64, minute: i64| (weekday * 24 + hour) * 60 + minute;
    let burglary = Span { from_minutes: at(1, 8, 30), to_minutes: at(1, 17, 30) };
    let theft = Span { from_minutes: at(4, 22, 40), to_minutes: at(5, 0, 40) };
    let assault = Span { from_minutes: at(5, 0, 15), to_minutes: at(5, 0, 15) };
    let week = hours_of_week(&[burglary, theft, assault], Shares::ByMinutes).unwrap();
    let cells = [
        ("Tuesday 8", 1, 8),
        ("Tuesday 12", 1, 12),
        ("Friday 22", 4, 22),
        ("Friday 23", 4, 23),
        ("Saturday 0", 5, 0),
    ];
    let mut lines: Vec<String> = cells
        .iter()
        .map(|(name, day, hour)| format!("{name}: {:.3}", week.table[*day][*hour]))
        .collect();
    lines.push(format!(
        "in all {:.0} events, median span {} minutes",
        week.table.as_flattened().iter().sum::<f64>(),
        week.median_span_minutes
    ));
    check(page, &lines);
}

#[test]
fn interruption() {
    let page = include_str!("../../../../docs/methods/interrupted.md");
    let counts: Vec<u64> = thefts()
        .iter()
        .enumerate()
        .map(|(t, count)| if t < 40 { *count } else { count * 4 / 5 })
        .collect();
    let allowed = Autocorrelation::Lag1Factor;
    let found =
        interrupted(&counts, &months(), 40, Change::LevelAndSlope, allowed, Confidence::P95)
            .unwrap();
    check(
        page,
        &[
            format!(
                "from month 41 on: {} thefts, {:.0} expected without a change",
                found.observed_after, found.expected_after
            ),
            format!(
                "overall: {:.2} times ({:.2} to {:.2}), p {:.4}: {:?}",
                found.overall.ratio,
                found.overall.interval.lower,
                found.overall.interval.upper,
                found.overall.p_value,
                found.outcome
            ),
            format!(
                "step: {:.2} times ({:.2} to {:.2})",
                found.level.ratio, found.level.interval.lower, found.level.interval.upper
            ),
        ],
    );
}

#[test]
fn event() {
    let page = include_str!("../../../../docs/methods/events.md");
    let mut counts = thefts();
    (counts[44], counts[45]) = (counts[44] + 25, counts[45] + 20);
    let asked = MoreReports::MayBeSuccess;
    let found = test_window(&counts, &months(), 44, 2, asked, Confidence::P95).unwrap();
    check(
        page,
        &[
            format!(
                "months 45 and 46: {} reports, {:.1} expected ({:.0} to {:.0})",
                found.observed,
                found.expected,
                found.prediction_interval.lower,
                found.prediction_interval.upper
            ),
            format!(
                "{:.2} times as many ({:.2} to {:.2}), p {:.4}: {:?}",
                found.ratio,
                found.ratio_interval.lower,
                found.ratio_interval.upper,
                found.p_value,
                found.outcome
            ),
        ],
    );
}

#[test]
fn change_points() {
    let page = include_str!("../../../../docs/methods/changepoints.md");
    let counts: Vec<u64> = thefts()
        .iter()
        .enumerate()
        .map(|(t, count)| if t < 33 { *count } else { count * 13 / 10 })
        .collect();
    let profile = seasonal_profile(&thefts(), &months()).unwrap();
    let season: Vec<f64> = (0..60).map(|t| profile.months[t % 12].multiplier).collect();
    let search = Search::schwarz(Spread::Poisson { dispersion: 1.0 }, 60);
    let found = changepoints(&counts, Some(&season), &search).unwrap();
    let lines: Vec<String> = found
        .segments
        .iter()
        .map(|segment| {
            format!(
                "months {} to {}: {:.1} in an average month ({:.1} to {:.1})",
                segment.start + 1,
                segment.end,
                segment.level,
                segment.level_interval.lower,
                segment.level_interval.upper
            )
        })
        .collect();
    check(page, &lines);
}
