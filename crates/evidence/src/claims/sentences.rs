//! The sentences: a verdict, its counts and its interval in plain words.
//!
//! Each begins with the verb, because the analyst's prose brings the subject: "Recorded crime
//! {{crime-change}}." The verb is the verdict's own, and everything else is a printed figure.

use wardmote_domain::claim::Verdict;
use wardmote_domain::period::{MONTH_NAMES, Period};
use wardmote_stats::displacement::DisplacementQuotient;
use wardmote_stats::interval::Interval;

use super::among::Group;
use crate::numbers::{
    one_decimal, ordinal, p_value, percent_signed, percent_size, points_signed, thousands,
    two_decimals,
};
use crate::testing::{Ranked, RawTest, SpikeFound};

pub(super) fn change(
    verdict: Verdict,
    test: &RawTest,
    corrected_p: Option<f64>,
    margin: Option<f64>,
    sides: &Sides<'_>,
) -> String {
    let between =
        format!("between {} and {}", sides.earlier.0.in_words(), sides.later.0.in_words());
    let counts =
        format!("{} and {} {}", thousands(sides.earlier.1), thousands(sides.later.1), sides.unit);
    let percent = percent_signed(test.estimate);
    let interval = percent_interval(test.interval);
    match verdict {
        Verdict::Rose | Verdict::Fell => format!(
            "{} by {} {between}, from {} to {} {} ({interval}); the change is statistically significant (p {})",
            verdict.words(),
            percent_size(test.estimate),
            thousands(sides.earlier.1),
            thousands(sides.later.1),
            sides.unit,
            corrected_p.map_or_else(|| "not known".into(), p_value),
        ),
        Verdict::Stable => format!(
            "was stable {between}: {counts} ({percent}, {interval}), so any change is within {}",
            percent_size(100.0 * margin.unwrap_or_default())
        ),
        Verdict::TooFew => format!("is too small in number to compare {between}: {counts}"),
        _ => format!("shows no clear change {between}: {counts} ({percent}, {interval})"),
    }
}

/// The two sides of a change.
pub(super) struct Sides<'a> {
    pub earlier: (&'a Period, u64),
    pub later: (&'a Period, u64),
    pub unit: &'a str,
}

/// One side of a change of share: when, the share in per cent, and of how many.
pub(super) struct ShareSide<'a> {
    pub period: &'a Period,
    pub share: f64,
    pub of: u64,
}

pub(super) fn share_change(
    verdict: Verdict,
    test: &RawTest,
    corrected_p: Option<f64>,
    margin: Option<f64>,
    (earlier, later): &(ShareSide<'_>, ShareSide<'_>),
) -> String {
    let between = format!("between {} and {}", earlier.period.in_words(), later.period.in_words());
    let share =
        |side: &ShareSide<'_>| format!("{}% of {}", one_decimal(side.share), thousands(side.of));
    let shares = format!("{} and {}", share(earlier), share(later));
    let points = points_signed(test.estimate);
    let interval = format!(
        "95% interval {} to {}",
        points_signed(test.interval.lower),
        points_signed(test.interval.upper)
    );
    match verdict {
        Verdict::Rose | Verdict::Fell => format!(
            "{} by {} points {between}, from {} to {} ({interval}); the change is statistically significant (p {})",
            verdict.words(),
            one_decimal(test.estimate.abs()),
            share(earlier),
            share(later),
            corrected_p.map_or_else(|| "not known".into(), p_value),
        ),
        Verdict::Stable => format!(
            "was stable {between}: {shares} ({points} points, {interval}), so any change is within {} of the share",
            percent_size(100.0 * margin.unwrap_or_default())
        ),
        Verdict::TooFew => format!("is too small in number to compare {between}: {shares}"),
        _ => format!("shows no clear change {between}: {shares} ({points} points, {interval})"),
    }
}

pub(super) fn trend(
    verdict: Verdict,
    test: &RawTest,
    margin: Option<f64>,
    period: &Period,
) -> String {
    let over = format!("over {}, the seasons allowed for", period.in_words());
    let interval = percent_interval(test.interval);
    let a_year = format!("{} a year", percent_signed(test.estimate));
    match verdict {
        Verdict::LevelTrend => format!(
            "shows a level trend {over}: any drift is within {} a year ({a_year}, {interval})",
            percent_size(100.0 * margin.unwrap_or_default())
        ),
        Verdict::TooFew => format!("is too small in number to show a trend {over}"),
        _ => format!("{} {over}: {a_year} ({interval})", verdict.words()),
    }
}

pub(super) fn season(
    verdict: Verdict,
    test: &RawTest,
    peak: u8,
    trough: u8,
    period: &Period,
) -> String {
    let month = |n: u8| MONTH_NAMES[usize::from(n.clamp(1, 12) - 1)];
    match verdict {
        Verdict::Seasonal => format!(
            "follows the seasons: over {}, it peaks in {} at {} times the level of {}, its lowest month (95% interval {} to {})",
            period.in_words(),
            month(peak),
            two_decimals(test.estimate),
            month(trough),
            two_decimals(test.interval.lower),
            two_decimals(test.interval.upper),
        ),
        Verdict::TooFew => {
            format!("is too small in number to show a season over {}", period.in_words())
        }
        _ => format!("shows no clear season over {}", period.in_words()),
    }
}

/// What a sentence about a spike names.
pub(super) struct SpikeWords<'a> {
    pub month: &'a str,
    pub found: &'a SpikeFound,
    pub unit: &'a str,
    pub back: Option<&'a str>,
    pub until: &'a str,
}

pub(super) fn spike(
    verdict: Verdict,
    test: &RawTest,
    corrected_p: Option<f64>,
    words: &SpikeWords<'_>,
) -> String {
    let SpikeWords { month, found, unit, back, until } = words;
    let years = test.parameters.get("years_of_past").copied().unwrap_or_default();
    let past = if years < 3.0 { " by fewer than three years of its past" } else { "" };
    let band = format!(
        "{} {unit} where about {} were to be expected{past}, and up to {} could be by chance",
        thousands(found.observed),
        thousands(found.expected.round() as u64),
        thousands(found.threshold.floor() as u64),
    );
    match verdict {
        Verdict::AboveExpected => {
            let p = corrected_p.map_or_else(|| "not known".into(), p_value);
            let back = back.map_or_else(
                || format!("; by {until} it was not seen to be back"),
                |back| format!("; from {back} it was back within its expected band"),
            );
            format!("was above what was to be expected in {month}: {band} (p {p}){back}")
        }
        Verdict::TooFew => format!("is too small in number to tell whether {month} stood out"),
        _ => format!("was within what was to be expected in {month}: {band}"),
    }
}

/// What a sentence about an action names.
pub(super) struct ActionWords<'a> {
    pub unit: &'a str,
    pub control_name: &'a str,
    /// Events before and after.
    pub target: (u64, u64),
    pub around: (u64, u64),
    pub control: (u64, u64),
    pub quotient: &'a DisplacementQuotient,
}

pub(super) fn action(
    verdict: Verdict,
    test: &RawTest,
    corrected_p: Option<f64>,
    words: &ActionWords<'_>,
) -> String {
    let ActionWords { unit, control_name, target, around, control, quotient } = words;
    let two = |(before, after): &(u64, u64)| {
        format!("from {} to {}", thousands(*before), thousands(*after))
    };
    let evidence = format!(
        "{} {unit} there, {} in {control_name} (difference {}, 95% interval {} to {})",
        two(target),
        two(control),
        points_signed(test.estimate),
        points_signed(test.interval.lower),
        points_signed(test.interval.upper),
    );
    let moved = match (verdict, quotient.can_tell, quotient.quotient) {
        (Verdict::Fell, true, Some(quotient)) if quotient < 0.0 => {
            format!("; around it they went {}, so some may have moved there", two(around))
        }
        (Verdict::Fell, true, Some(_)) => {
            format!("; around it they went {}, so the benefit reached further", two(around))
        }
        (Verdict::Fell, ..) => format!(
            "; around it they went {}, and whether any moved there cannot be told",
            two(around)
        ),
        _ => String::new(),
    };
    let p = corrected_p.map_or_else(|| "not known".into(), p_value);
    match verdict {
        Verdict::Fell | Verdict::Rose => format!(
            "{} against the control: {evidence}; the change is statistically significant (p {p}){moved}",
            verdict.words()
        ),
        Verdict::TooFew => format!("is too small in number to tell: {evidence}"),
        _ => format!("shows no clear change against the control: {evidence}"),
    }
}

pub(super) fn tie(verdict: Verdict, test: &RawTest, with: &str, period: &Period) -> String {
    let with = with.to_lowercase();
    let over = format!(
        "over {}: a correlation of {} without their trends (95% interval {} to {})",
        period.in_words(),
        two_decimals(test.estimate),
        two_decimals(test.interval.lower),
        two_decimals(test.interval.upper),
    );
    match verdict {
        Verdict::Together => format!("rises and falls together with {with} {over}"),
        Verdict::TooFew => format!("is too small in number to hold against {with}"),
        _ => format!("shows no clear tie to {with} {over}"),
    }
}

/// A rate with its unit, for one side of a comparison.
pub(super) struct Rates<'a> {
    pub here: &'a str,
    pub there: &'a str,
    pub unit: &'a str,
    pub there_name: &'a str,
}

pub(super) fn difference(
    verdict: Verdict,
    test: &RawTest,
    margin: Option<f64>,
    period: &Period,
    rates: &Rates<'_>,
) -> String {
    let against = format!(
        "{} against {} {} in {}, a ratio of {} (95% interval {} to {})",
        rates.here,
        rates.there,
        rates.unit,
        period.in_words(),
        two_decimals(test.estimate),
        two_decimals(test.interval.lower),
        two_decimals(test.interval.upper),
    );
    let there = rates.there_name;
    match verdict {
        Verdict::Higher | Verdict::Lower => {
            format!("{} than in {there}: {against}", verdict.words())
        }
        Verdict::Similar => format!(
            "is similar to {there}: {against}, so any difference is within {}",
            percent_size(100.0 * margin.unwrap_or_default())
        ),
        Verdict::TooFew => format!("is too small in number to compare with {there}"),
        _ => format!("shows no clear difference from {there}: {against}"),
    }
}

/// An area's value, that of all, and where areas of its size usually lie, as printed.
pub(super) struct Usual<'a> {
    pub here: String,
    pub all: String,
    pub limits: (String, String),
    /// With the space before it, where there is one.
    pub unit: &'a str,
    pub among: &'a str,
}

pub(super) fn usual(
    verdict: Verdict,
    test: &RawTest,
    period: &Period,
    parts: &Usual<'_>,
) -> String {
    let Usual { here, all, limits, unit, among } = parts;
    let evidence = format!(
        "{here}{unit} in {} against {all} in all of them together, where an area of its size usually lies between {} and {} (p {} before correction)",
        period.in_words(),
        limits.0,
        limits.1,
        p_value(test.p)
    );
    match verdict {
        Verdict::Higher | Verdict::Lower => {
            format!("{} than is usual among {among}: {evidence}", verdict.words())
        }
        Verdict::TooFew => format!("is too small in number to hold against {among}"),
        _ => format!("shows no clear difference from what is usual among {among}: {evidence}"),
    }
}

pub(super) fn rank(
    found: &Ranked,
    rate: &str,
    unit: &str,
    period: &Period,
    group: &Group<'_>,
) -> String {
    format!(
        "ranks {} by rate among {} in {}, counted from the top, with {rate} {unit}; with 95% confidence in all their ranks at once, {}",
        ordinal(found.rank as u64),
        group.words,
        period.in_words(),
        it_lies(found.interval)
    )
}

fn it_lies(interval: (usize, usize)) -> String {
    if interval.0 == interval.1 {
        format!("it is {}", ordinal(interval.0 as u64))
    } else {
        format!("it lies from {}", ranks(interval))
    }
}

/// A share of the events: "half", "80%".
pub(super) fn share_words(share: f64) -> String {
    match share {
        0.5 => "half".to_owned(),
        0.25 => "a quarter".to_owned(),
        share => format!("{}%", one_decimal(100.0 * share).trim_end_matches(".0")),
    }
}

/// "1st to 4th".
pub(super) fn ranks((best, last): (usize, usize)) -> String {
    format!("{} to {}", ordinal(best as u64), ordinal(last as u64))
}

/// `lowest` holds the lowest rank that the first could have, and words for all that are ranked.
pub(super) fn highest(
    verdict: Verdict,
    test: &RawTest,
    names: (&str, &str),
    rates: (&str, &str),
    unit: &str,
    period: &Period,
    lowest: Option<(usize, &str)>,
) -> String {
    let lies = lowest.map(|(lowest, among)| {
        format!(
            "; with 95% confidence in the ranks of {among} at once, that of {} {}",
            names.0,
            it_lies((1, lowest)).trim_start_matches("it ")
        )
    });
    let lies = lies.unwrap_or_default();
    let ratio = format!(
        "{} (95% interval {} to {})",
        two_decimals(test.estimate),
        two_decimals(test.interval.lower),
        two_decimals(test.interval.upper)
    );
    match verdict {
        Verdict::Highest => format!(
            "is highest in {}: {} {unit} in {}, {ratio} times the rate of {}, the next",
            names.0,
            rates.0,
            period.in_words(),
            names.1
        ),
        Verdict::TooFew => format!("is too small in number to rank areas in {}", period.in_words()),
        _ => format!(
            "does not single out one area in {}: {} ({}) and {} ({} {unit}) cannot be told apart, at a ratio of {ratio}{lies}",
            period.in_words(),
            names.0,
            rates.0,
            names.1,
            rates.1
        ),
    }
}

pub(super) fn share(
    verdict: Verdict,
    test: &RawTest,
    margin: Option<f64>,
    shares: (&str, &str),
    whole: &str,
) -> String {
    let n = |key: &str| thousands(test.parameters.get(key).copied().unwrap_or_default() as u64);
    let evidence = format!(
        "{} against {} in {whole} as a whole, tested against the rest of it (n {} of {}, design effect {}, p {} before correction)",
        shares.0,
        shares.1,
        n("respondents"),
        n("respondents_in_whole"),
        two_decimals(test.parameters.get("design_effect").copied().unwrap_or_default()),
        p_value(test.p)
    );
    match verdict {
        Verdict::Higher | Verdict::Lower => {
            format!("{} than in the rest of {whole}: {evidence}", verdict.words())
        }
        Verdict::Similar => format!(
            "is similar to the rest of {whole}: {evidence}, so any difference is within {} points",
            two_decimals(100.0 * margin.unwrap_or_default())
        ),
        Verdict::TooFew => format!("rests on too few answers to compare with the rest of {whole}"),
        _ => format!("shows no clear difference from the rest of {whole}: {evidence}"),
    }
}

fn percent_interval(interval: Interval) -> String {
    format!("95% interval {} to {}", percent_signed(interval.lower), percent_signed(interval.upper))
}
