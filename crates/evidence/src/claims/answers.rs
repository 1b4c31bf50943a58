//! From a tested question to its answer: the figures, their printed forms and the sentence.

use std::collections::BTreeMap;

use wardmote_domain::claim::Verdict;
use wardmote_domain::period::{MONTH_NAMES, Month, Period};
use wardmote_stats::interval::Confidence;
use wardmote_stats::{proportion, rates};

use super::asking::{Evidence, Total, not_known};
use super::{Answer, Field, sentences};
use crate::declarations::Form;
use crate::family::Corrected;
use crate::figure::Figure;
use crate::figures::{self, Printed};
use crate::measure::Measure;
use crate::numbers::{one_decimal, p_value, percent_signed, percent_size, thousands, two_decimals};
use crate::observed::{Observed, ObservedError, Place};
use crate::testing::RawTest;

type Answered = Result<(Answer, Vec<Figure>), ObservedError>;

pub(super) fn answer(
    observed: &Observed,
    evidence: &Evidence<'_>,
    test: Option<&Corrected>,
) -> Answered {
    let verdict = test.map(|test| test.verdict);
    let raw = test.and_then(|test| test.raw.as_ref().ok());
    let corrected_p = test.and_then(|test| test.p);
    let untested = test.and_then(|test| test.raw.as_ref().err()).map(|why| why.0.as_str());
    let draft = Draft { observed, verdict, figures: Vec::new(), fields: BTreeMap::new() };
    match evidence {
        Evidence::Value { measure, place, period, form, count, base } => {
            value(draft, measure, place, period, *form, count, base.as_ref())
        }
        Evidence::Change { measure, place, later, earlier, .. } => {
            let mut draft = draft;
            let later_n = draft.count(measure, place, later, "later");
            let earlier_n = draft.count(measure, place, earlier, "earlier");
            let figure = figures::tested(
                observed,
                measure,
                place,
                later.0,
                Some(earlier.0),
                "change",
                raw,
                untested,
            );
            let (Some(raw), Some(later_n), Some(earlier_n)) = (raw, later_n, earlier_n) else {
                return Ok(draft.untested(figure, untested.unwrap_or("a count is not known")));
            };
            draft.test_fields(
                &figure,
                raw,
                corrected_p,
                &percent_signed(raw.estimate),
                &percent_size(raw.estimate),
            );
            let sides = sentences::Sides {
                earlier: (earlier.0, earlier_n),
                later: (later.0, later_n),
                unit: &measure.unit,
            };
            let statement = sentences::change(
                draft.verdict(),
                raw,
                corrected_p,
                measure.equivalence_margin,
                &sides,
            );
            Ok(draft.finish(figure, statement))
        }
        Evidence::Trend { measure, place, period, .. } => {
            let mut draft = draft;
            let figure =
                figures::tested(observed, measure, place, period, None, "trend", raw, untested);
            let Some(raw) = raw else {
                return Ok(draft.untested(figure, untested.unwrap_or_default()));
            };
            draft.test_fields(
                &figure,
                raw,
                corrected_p,
                &percent_signed(raw.estimate),
                &percent_size(raw.estimate),
            );
            let statement =
                sentences::trend(draft.verdict(), raw, measure.equivalence_margin, period);
            Ok(draft.finish(figure, statement))
        }
        Evidence::Season { measure, place, period, test: found, .. } => {
            let mut draft = draft;
            let figure =
                figures::tested(observed, measure, place, period, None, "season", raw, untested);
            let (Some(raw), Ok((_, profile))) = (raw, found) else {
                return Ok(draft.untested(figure, untested.unwrap_or_default()));
            };
            draft.test_fields(
                &figure,
                raw,
                corrected_p,
                &two_decimals(raw.estimate),
                &two_decimals(raw.estimate),
            );
            draft.field("peak", month_name(profile.peak), &figure);
            draft.field("trough", month_name(profile.trough), &figure);
            let statement =
                sentences::season(draft.verdict(), raw, profile.peak, profile.trough, period);
            Ok(draft.finish(figure, statement))
        }
        Evidence::Against { measure, place, period, others, here, there, .. } => {
            let mut draft = draft;
            let figure = figures::tested(
                observed,
                measure,
                place,
                period,
                None,
                "against others",
                raw,
                untested,
            );
            let (Some(raw), Ok(n_here), Ok(n_there)) = (raw, &here.0, &there.0) else {
                return Ok(draft.untested(figure, untested.unwrap_or_default()));
            };
            let rate =
                |n: u64, residents: u64| one_decimal(n as f64 / residents as f64 * measure.per);
            let (rate_here, rate_there) = (rate(*n_here, here.1), rate(*n_there, there.1));
            draft.test_fields(
                &figure,
                raw,
                corrected_p,
                &two_decimals(raw.estimate),
                &two_decimals(raw.estimate),
            );
            draft.field("here", rate_here.clone(), &figure);
            draft.field("there", rate_there.clone(), &figure);
            let names: Vec<&str> = others.iter().map(|place| place.name.as_str()).collect();
            let rates = sentences::Rates {
                here: &rate_here,
                there: &rate_there,
                unit: &measure.rate_unit(),
                there_name: &listed(&names),
            };
            let statement = sentences::difference(
                draft.verdict(),
                raw,
                measure.equivalence_margin,
                period,
                &rates,
            );
            Ok(draft.finish(figure, statement))
        }
        Evidence::Highest { measure, period, places, test: found } => {
            let mut draft = draft;
            let figure = figures::tested(
                observed,
                measure,
                observed.home()?,
                period,
                None,
                "highest",
                raw,
                untested,
            );
            let (Some(raw), Ok((_, first, second))) = (raw, found) else {
                return Ok(draft.untested(figure, untested.unwrap_or_default()));
            };
            let ((a, n_a, residents_a), (b, n_b, residents_b)) = (places[*first], places[*second]);
            let rate =
                |n: u64, residents: u64| one_decimal(n as f64 / residents as f64 * measure.per);
            let rates = (rate(n_a, residents_a), rate(n_b, residents_b));
            draft.test_fields(
                &figure,
                raw,
                corrected_p,
                &two_decimals(raw.estimate),
                &two_decimals(raw.estimate),
            );
            draft.field("area", a.name.clone(), &figure);
            draft.field("rate", rates.0.clone(), &figure);
            let statement = sentences::highest(
                draft.verdict(),
                raw,
                (&a.name, &b.name),
                (&rates.0, &rates.1),
                &measure.rate_unit(),
                period,
            );
            Ok(draft.finish(figure, statement))
        }
        Evidence::Share { share, place, .. } => {
            let mut draft = draft;
            let figure = figures::survey(observed, share, place, raw, untested);
            let percent =
                |share: f64| format!("{}%", one_decimal(100.0 * share).trim_end_matches(".0"));
            draft.field("area", percent(share.area), &figure);
            draft.field("whole", percent(share.whole), &figure);
            let Some(raw) = raw else {
                return Ok(draft.untested(figure, untested.unwrap_or_default()));
            };
            draft.test_fields(
                &figure,
                raw,
                corrected_p,
                &two_decimals(raw.estimate),
                &two_decimals(raw.estimate),
            );
            let shares = (percent(share.area), percent(share.whole));
            let statement = sentences::share(
                draft.verdict(),
                raw,
                share.equivalence_margin,
                (&shares.0, &shares.1),
                &share.whole_name,
            );
            Ok(draft.finish(figure, statement))
        }
    }
}

fn value(
    mut draft: Draft<'_>,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
    count: &Total,
    base: Option<&Total>,
) -> Answered {
    let n_months = period.n_months();
    let printed = match (count, form, base) {
        (Err(missing), ..) | (_, _, Some(Err(missing))) => {
            Printed::unknown(not_known(missing, n_months))
        }
        (Ok(n), Form::Rate, Some(Ok(residents))) => {
            match rates::crude_rates(&[*n], &[*residents], measure.per) {
                Ok(rates) => {
                    let rate = rates[0];
                    let text = format!("{} {}", one_decimal(rate.value), measure.rate_unit());
                    Printed::known(rate.value, text, *n).between(rate.interval).over(format!(
                        "{} residents ({})",
                        thousands(*residents),
                        measure.denominator.as_deref().unwrap_or_default()
                    ))
                }
                Err(error) => Printed::unknown(error.to_string()),
            }
        }
        (Ok(n), Form::Share, Some(Ok(whole))) => {
            match proportion::wilson(*n, *whole, Confidence::P95) {
                Ok(found) => {
                    let percent = |x: f64| 100.0 * x;
                    let text = format!("{}%", one_decimal(percent(found.share)));
                    let interval = wardmote_stats::interval::Interval {
                        lower: percent(found.interval.lower),
                        upper: percent(found.interval.upper),
                    };
                    Printed::known(percent(found.share), text, *n)
                        .between(interval)
                        .over(format!("{} rows", thousands(*whole)))
                }
                Err(error) => Printed::unknown(error.to_string()),
            }
        }
        (Ok(n), ..) => {
            let limits = rates::poisson_limits(*n, Confidence::P95);
            Printed::known(*n as f64, thousands(*n), *n).between(limits.interval)
        }
    };
    let text = printed.text.clone();
    let interval = printed.interval.map(|(lower, upper)| {
        if form == Form::Count {
            format!("{} to {}", thousands(lower.round() as u64), thousands(upper.round() as u64))
        } else {
            format!("{} to {}", one_decimal(lower), one_decimal(upper))
        }
    });
    let figure = figures::value(draft.observed, measure, place, period, form, printed);
    if let Some(interval) = interval {
        draft.field("interval", interval, &figure);
    }
    draft.field("number", text.split(' ').next().unwrap_or_default().to_owned(), &figure);
    Ok(draft.finish(figure, text))
}

fn month_name(month: u8) -> String {
    MONTH_NAMES[usize::from(month.clamp(1, 12) - 1)].to_owned()
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [only] => (*only).to_owned(),
        [init @ .., last] => format!("{} and {last}", init.join(", ")),
    }
}

/// An answer under construction.
struct Draft<'a> {
    observed: &'a Observed,
    verdict: Option<Verdict>,
    figures: Vec<Figure>,
    fields: BTreeMap<String, Field>,
}

impl Draft<'_> {
    fn verdict(&self) -> Verdict {
        self.verdict.unwrap_or(Verdict::NotTestable)
    }

    fn field(&mut self, name: &str, text: String, figure: &Figure) {
        self.fields.insert(name.to_owned(), Field { text, figure: figure.id.clone() });
    }

    fn count(
        &mut self,
        measure: &Measure,
        place: &Place,
        side: &(&Period, Total),
        name: &str,
    ) -> Option<u64> {
        let (period, total) = side;
        let printed = match total {
            Ok(n) => Printed::known(*n as f64, thousands(*n), *n)
                .between(rates::poisson_limits(*n, Confidence::P95).interval),
            Err(missing) => Printed::unknown(not_known(missing as &[Month], period.n_months())),
        };
        let text = printed.text.clone();
        let figure = figures::value(self.observed, measure, place, period, Form::Count, printed);
        self.field(name, text, &figure);
        self.figures.push(figure);
        total.as_ref().ok().copied()
    }

    fn test_fields(
        &mut self,
        figure: &Figure,
        raw: &RawTest,
        corrected_p: Option<f64>,
        estimate: &str,
        size: &str,
    ) {
        self.field("estimate", estimate.to_owned(), figure);
        self.field("percent", size.to_owned(), figure);
        self.field("interval", figures::interval_text(raw), figure);
        if let Some(p) = corrected_p {
            self.field("p", p_value(p), figure);
        }
    }

    fn untested(self, figure: Figure, why: &str) -> (Answer, Vec<Figure>) {
        self.finish(figure, format!("cannot be tested: {why}"))
    }

    fn finish(mut self, figure: Figure, statement: String) -> (Answer, Vec<Figure>) {
        let answer = Answer {
            statement,
            figure: figure.id.clone(),
            verdict: self.verdict,
            fields: self.fields,
        };
        self.figures.push(figure);
        (answer, self.figures)
    }
}
