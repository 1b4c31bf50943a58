//! From a tested question to its answer: the figures, their printed forms and the sentence.

mod among;

use std::collections::BTreeMap;

use wardmote_domain::area::AreaCode;
use wardmote_domain::claim::{Question, Verdict};
use wardmote_domain::period::{MONTH_NAMES, Period};
use wardmote_domain::provenance::Disclosure;
use wardmote_stats::displacement::DisplacementQuotient;
use wardmote_stats::interval::Confidence;
use wardmote_stats::rates;
use wardmote_stats::season::SeasonalProfile;

use super::asking::{ActionArea, Evidence, SurveyOf};
use super::months::Total;
use super::{Answer, Field, sentences};
use crate::declarations::{Form, Share, Spike, StatisticOf};
use crate::family::Corrected;
use crate::figure::Figure;
use crate::figures::{self, About};
use crate::measure::Measure;
use crate::numbers::{one_decimal, p_value, percent_size, thousands};
use crate::observed::{Observed, ObservedError, Place, Published};
use crate::take::{NotKnown, Taken};
use crate::testing::{RawTest, SpikeFound, Unit};

type Answered = (Answer, Vec<Figure>);

pub(super) fn answer(
    observed: &Observed,
    evidence: &Evidence<'_>,
    test: Option<&Corrected>,
) -> Result<Answered, ObservedError> {
    let draft = Draft { observed, test, figures: Vec::new(), fields: BTreeMap::new() };
    let about =
        |measure, place, period, kind| About { measure, place, period, against: None, kind };
    Ok(match evidence {
        Evidence::Value { measure, place, period, form, taken } => {
            value(draft, measure, place, period, *form, taken)
        }
        Evidence::Change { measure, place, later, earlier, .. } => {
            let about =
                About { against: Some(earlier.0), ..about(measure, place, later.0, "change") };
            change(draft, &about, later, earlier)
        }
        Evidence::ShareChange { measure, place, later, earlier, .. } => {
            let about = about(measure, place, later.0, "change of share");
            share_change(draft, &About { against: Some(earlier.0), ..about }, later, earlier)
        }
        Evidence::Trend { measure, place, period, .. } => {
            trend(draft, &about(measure, place, period, "trend"))
        }
        Evidence::Season { measure, place, period, test } => {
            let profile = test.as_ref().ok().map(|found| &found.1);
            season(draft, &about(measure, place, period, "season"), profile)
        }
        Evidence::Spike { measure, place, asked, test } => {
            let found = test.as_ref().ok().map(|found| &found.1);
            spike(draft, &about(measure, place, &asked.period, "spike"), asked, found)
        }
        Evidence::Action { measure, asked, areas, test } => {
            let target = areas[0].place;
            let about = About {
                against: Some(&asked.before),
                ..about(measure, target, &asked.after, "after an action")
            };
            action(draft, &about, areas, test.as_ref().ok().map(|found| &found.1))
        }
        Evidence::Together { measure, with, place, period, .. } => {
            let kind = format!("together with {} v{}", with.id, with.version);
            tie(draft, &about(measure, place, period, &kind), with)
        }
        Evidence::Against { measure, place, period, others, here, there, .. } => {
            // Two comparisons with different areas are two figures.
            let kind = format!("against {}", among::names(others));
            let about = about(measure, place, period, &kind);
            among::against(draft, &about, others, (&here.0, here.1), (&there.0, there.1))
        }
        Evidence::Funnel { measure, place, period, form, group, test } => {
            let what = if *form == Form::Share { "share" } else { "rate" };
            let kind = format!("{what} among {}: {}", group.words, among::codes(&group.places));
            let usual = test.as_ref().ok().map(|found| &found.1);
            among::funnel(draft, &about(measure, place, period, &kind), *form, group, usual)
        }
        Evidence::Rank { measure, place, period, group, events, residents, found } => {
            let kind = format!("rank among {}: {}", group.words, among::codes(&group.places));
            let about = about(measure, place, period, &kind);
            among::rank(draft, &about, group, (events, *residents), found)
        }
        Evidence::Concentration { measure, asked, found } => {
            let kind = format!("{} of it in how few of {}", asked.share, asked.level);
            let about = about(measure, observed.home()?, &asked.period, &kind);
            among::concentration(draft, &about, asked, found)
        }
        Evidence::Highest { measure, level, period, places, test } => {
            let kind = format!("highest of {level}");
            let about = about(measure, observed.home()?, period, &kind);
            let first_two =
                test.as_ref().ok().map(|(_, first, second)| (places[*first], places[*second]));
            among::highest(draft, &about, *level, places.len(), first_two)
        }
        Evidence::Published { asked, area, found } => published(draft, asked, area, found),
        Evidence::Share { share, of, place, .. } => survey(draft, share, of.as_ref(), place),
    })
}

fn value(
    mut draft: Draft<'_>,
    measure: &Measure,
    place: &Place,
    period: &Period,
    form: Form,
    taken: &Result<Taken, NotKnown>,
) -> Answered {
    let figure = figures::value(draft.observed, measure, place, period, form, taken);
    let print =
        |x: f64| if form == Form::Count { thousands(x.round() as u64) } else { one_decimal(x) };
    if let Ok(taken) = taken {
        let (lower, upper) = (print(taken.interval.lower), print(taken.interval.upper));
        draft.field("interval", format!("{lower} to {upper}"), &figure);
        draft.field("number", print(taken.value), &figure);
    }
    let text = figure.text.clone();
    draft.finish(figure, text)
}

fn published(
    mut draft: Draft<'_>,
    asked: &StatisticOf,
    area: &AreaCode,
    found: &Result<Published, NotKnown>,
) -> Answered {
    let figure = figures::published(draft.observed, asked, area, found);
    if let Ok(found) = found {
        draft.field("number", figures::as_published(found.value), &figure);
        if let Some(of) = found.of {
            draft.field("of", thousands(of), &figure);
        }
    }
    let text = figure.text.clone();
    draft.finish(figure, text)
}

/// One side of a change: its period and its count.
type Side<'a> = (&'a Period, Total);

fn change(
    mut draft: Draft<'_>,
    about: &About<'_>,
    later: &Side<'_>,
    earlier: &Side<'_>,
) -> Answered {
    draft.count(about, later, "later");
    draft.count(about, earlier, "earlier");
    let figure = draft.tested(about);
    let (Some(raw), Ok(later_n), Ok(earlier_n)) = (draft.raw(), &later.1, &earlier.1) else {
        return draft.untested(figure);
    };
    let sides = sentences::Sides {
        earlier: (earlier.0, *earlier_n),
        later: (later.0, *later_n),
        unit: &about.measure.unit,
    };
    let margin = about.measure.equivalence_margin;
    let statement = sentences::change(draft.verdict(), raw, draft.corrected_p(), margin, &sides);
    draft.finish(figure, statement)
}

/// One side of a change of share.
type ShareSide<'a> = (&'a Period, Result<Taken, NotKnown>);

fn share_change(
    mut draft: Draft<'_>,
    about: &About<'_>,
    later: &ShareSide<'_>,
    earlier: &ShareSide<'_>,
) -> Answered {
    for ((period, taken), name) in [(later, "later"), (earlier, "earlier")] {
        let (measure, place) = (about.measure, about.place);
        let figure = figures::value(draft.observed, measure, place, period, Form::Share, taken);
        draft.field(name, figure.text.clone(), &figure);
        draft.figures.push(figure);
    }
    let figure = draft.tested(about);
    let (Some(raw), Ok(after), Ok(before)) = (draft.raw(), &later.1, &earlier.1) else {
        return draft.untested(figure);
    };
    let side = |period, taken: &Taken| sentences::ShareSide {
        period,
        share: taken.value,
        of: taken.base.unwrap_or_default(),
    };
    let sides = (side(earlier.0, before), side(later.0, after));
    let margin = about.measure.equivalence_margin;
    let statement =
        sentences::share_change(draft.verdict(), raw, draft.corrected_p(), margin, &sides);
    draft.finish(figure, statement)
}

fn trend(mut draft: Draft<'_>, about: &About<'_>) -> Answered {
    let figure = draft.tested(about);
    let Some(raw) = draft.raw() else { return draft.untested(figure) };
    let margin = about.measure.equivalence_margin;
    let statement = sentences::trend(draft.verdict(), raw, margin, about.period);
    draft.finish(figure, statement)
}

fn season(mut draft: Draft<'_>, about: &About<'_>, profile: Option<&SeasonalProfile>) -> Answered {
    let figure = draft.tested(about);
    let (Some(raw), Some(profile)) = (draft.raw(), profile) else { return draft.untested(figure) };
    let month = |n: u8| MONTH_NAMES[usize::from(n.clamp(1, 12) - 1)].to_owned();
    draft.field("peak", month(profile.peak), &figure);
    draft.field("trough", month(profile.trough), &figure);
    let statement =
        sentences::season(draft.verdict(), raw, profile.peak, profile.trough, about.period);
    draft.finish(figure, statement)
}

fn spike(
    mut draft: Draft<'_>,
    about: &About<'_>,
    asked: &Spike,
    found: Option<&SpikeFound>,
) -> Answered {
    let mut figure = draft.tested(about);
    let (Some(raw), Some(found)) = (draft.raw(), found) else { return draft.untested(figure) };
    if !found.warnings.is_empty() {
        let warnings = found.warnings.join("; ");
        let caution = figure.caution.take().map(|more| format!("{warnings}; {more}"));
        figure.caution = Some(caution.unwrap_or(warnings));
    }
    let month = |index: usize| asked.since.plus(i32::try_from(index).unwrap_or(i32::MAX));
    draft.field("month", month(found.index).in_words(), &figure);
    draft.field("number", thousands(found.observed), &figure);
    draft.field("expected", thousands(found.expected.round() as u64), &figure);
    let back = found.back.map(|index| month(index).in_words());
    if let Some(back) = &back {
        draft.field("back", back.clone(), &figure);
    }
    let until = asked.until.unwrap_or(asked.period.last()).in_words();
    let statement = sentences::spike(
        draft.verdict(),
        raw,
        draft.corrected_p(),
        &sentences::SpikeWords {
            month: &month(found.index).in_words(),
            found,
            unit: &about.measure.unit,
            back: back.as_deref(),
            until: &until,
        },
    );
    draft.finish(figure, statement)
}

fn action(
    mut draft: Draft<'_>,
    about: &About<'_>,
    areas: &[ActionArea<'_>; 3],
    quotient: Option<&DisplacementQuotient>,
) -> Answered {
    for (area, name) in areas.iter().zip(["target", "around", "control"]) {
        let about = About { place: area.place, ..*about };
        let before = (about.against.unwrap_or(about.period), area.before.clone());
        draft.count(&about, &(about.period, area.after.clone()), &format!("{name}_after"));
        draft.count(&about, &before, &format!("{name}_before"));
    }
    let figure = draft.tested(about);
    let counts: Vec<(u64, u64)> = areas
        .iter()
        .filter_map(|area| Some((*area.before.as_ref().ok()?, *area.after.as_ref().ok()?)))
        .collect();
    let (Some(raw), Some(quotient), [target, around, control]) =
        (draft.raw(), quotient, counts.as_slice())
    else {
        return draft.untested(figure);
    };
    let words = sentences::ActionWords {
        unit: &about.measure.unit,
        control_name: &areas[2].place.name,
        target: *target,
        around: *around,
        control: *control,
        quotient,
    };
    let statement = sentences::action(draft.verdict(), raw, draft.corrected_p(), &words);
    draft.finish(figure, statement)
}

fn tie(mut draft: Draft<'_>, about: &About<'_>, with: &Measure) -> Answered {
    let mut figure = draft.tested(about);
    if draft.observed.is_controlled(&with.numerator.source) {
        figure.disclosure = Disclosure::Controlled;
    }
    match figure.disclosure {
        Disclosure::Open => {
            figure.loads.extend(draft.observed.loads_of(&with.numerator.source, about.period));
        }
        // What is told of one would tell of the other.
        Disclosure::Controlled => {
            figure.loads.clear();
            figure.parameters.retain(|name, _| name == "p");
        }
    }
    figure.loads.sort();
    figure.loads.dedup();
    figure.query =
        format!("{} The same of {}, and their months side by side.", figure.query, with.title);
    draft.estimate_fields(&figure);
    let Some(raw) = draft.raw() else { return draft.untested(figure) };
    let statement = sentences::tie(draft.verdict(), raw, &with.title, about.period);
    draft.finish(figure, statement)
}

fn survey(
    mut draft: Draft<'_>,
    share: &Share,
    of: Option<&SurveyOf<'_>>,
    place: &Place,
) -> Answered {
    let figure = figures::survey(draft.observed, share, of, place, draft.test);
    draft.estimate_fields(&figure);
    let percent = |share: f64| format!("{}%", one_decimal(100.0 * share).trim_end_matches(".0"));
    let shares = (percent(share.area), percent(share.whole));
    draft.field("area", shares.0.clone(), &figure);
    draft.field("whole", shares.1.clone(), &figure);
    let Some(raw) = draft.raw() else { return draft.untested(figure) };
    let statement = sentences::share(
        draft.verdict(),
        raw,
        share.equivalence_margin,
        (&shares.0, &shares.1),
        &share.whole_name,
    );
    draft.finish(figure, statement)
}

/// An answer under construction.
struct Draft<'a> {
    observed: &'a Observed,
    test: Option<&'a Corrected>,
    figures: Vec<Figure>,
    fields: BTreeMap<String, Field>,
}

impl<'a> Draft<'a> {
    fn raw(&self) -> Option<&'a RawTest> {
        self.test.and_then(|test| test.raw.as_ref().ok())
    }

    fn corrected_p(&self) -> Option<f64> {
        self.test.and_then(|test| test.p)
    }

    fn verdict(&self) -> Verdict {
        self.test.map_or(Verdict::NotTestable, |test| test.verdict)
    }

    fn field(&mut self, name: &str, text: String, figure: &Figure) {
        self.fields.insert(name.to_owned(), Field { text, figure: figure.id.clone() });
    }

    /// One side's count as a figure of its own.
    fn count(&mut self, about: &About<'_>, side: &Side<'_>, name: &str) {
        let (period, total) = side;
        let taken = match total {
            Ok(n) => {
                let interval = rates::poisson_limits(*n, Confidence::P95).interval;
                Ok(Taken { n: *n, base: None, value: *n as f64, interval })
            }
            Err(why) => Err(why.clone()),
        };
        let figure =
            figures::value(self.observed, about.measure, about.place, period, Form::Count, &taken);
        self.field(name, figure.text.clone(), &figure);
        self.figures.push(figure);
    }

    /// The figure of the test, with its estimate as fields.
    fn tested(&mut self, about: &About<'_>) -> Figure {
        let figure = figures::tested(self.observed, about, self.test);
        self.estimate_fields(&figure);
        figure
    }

    fn estimate_fields(&mut self, figure: &Figure) {
        let Some(raw) = self.raw() else { return };
        self.field("estimate", figures::estimate_text(raw), figure);
        self.field("interval", figures::interval_text(raw), figure);
        match (raw.unit, raw.question) {
            (Unit::PerCent, _) => self.field("percent", percent_size(raw.estimate), figure),
            (Unit::Points, Question::Change) => {
                self.field("points", one_decimal(raw.estimate.abs()), figure);
            }
            _ => {}
        }
        if let Some(p) = self.corrected_p() {
            self.field("p", p_value(p), figure);
        }
    }

    fn untested(self, figure: Figure) -> Answered {
        let why = self.test.and_then(|test| test.raw.as_ref().err()).map(|why| why.0.clone());
        let statement =
            format!("cannot be tested: {}", why.unwrap_or_else(|| "a count is not known".into()));
        self.finish(figure, statement)
    }

    fn finish(mut self, figure: Figure, statement: String) -> Answered {
        let answer = Answer {
            statement,
            figure: figure.id.clone(),
            verdict: self.test.map(|test| test.verdict),
            fields: self.fields,
        };
        self.figures.push(figure);
        (answer, self.figures)
    }
}
