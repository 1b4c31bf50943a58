//! Bars by what the events are: their category, their marks, what became of them.

use wardmote_domain::category::Category;

use super::{Drawing, Drawn, bar, bars_finding, capital, limits, printer, unit_of, withheld_note};
use crate::declarations::{Form, MeasureChart};
use crate::measure::{Measure, Selection};
use crate::observed::{Observed, ObservedError};
use crate::take::take;

pub(super) fn categories(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let asked = measure.numerator.categories();
    let held = observed.categories(&measure.numerator.source)?;
    let kinds = held.into_iter().filter(|category| asked.admit(category.slug()));
    let kinds = kinds.map(|category: Category| {
        let label = category.name();
        let categories = vec![category];
        (label, Selection { categories, exclude: Vec::new(), ..measure.numerator.clone() })
    });
    draw(observed, measure, chart, "Category", kinds.collect())
}

/// An event can have several marks, so the bars can add up to more than the whole.
pub(super) fn marks(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let held = observed.marks(&measure.numerator.source)?;
    let about = chart.marks.as_ref().map(|about| format!("{about}: "));
    let kinds = held.into_iter().filter_map(|mark| {
        let label = match &about {
            Some(about) => capital(mark.strip_prefix(about.as_str())?),
            // The folder's own names of marks are written with dashes.
            None => capital(&mark.replace('-', " ")),
        };
        let flags = vec![mark];
        Some((label, Selection { flags, ..measure.numerator.clone() }))
    });
    let heading = chart.marks.as_deref().unwrap_or("Mark");
    let mut drawn = draw(observed, measure, chart, heading, kinds.collect())?;
    if chart.marks.is_none() {
        drawn.finding.push_str(" One event can have several of them.");
    }
    Ok(drawn)
}

/// What became of the events; those of which nothing is known yet are no bar.
pub(super) fn outcomes(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
) -> Result<Drawn, ObservedError> {
    let held = observed.outcomes(&measure.numerator.source)?;
    let kinds = held.into_iter().map(|outcome| {
        let outcomes = vec![outcome.clone()];
        (outcome, Selection { outcomes, ..measure.numerator.clone() })
    });
    let mut drawn = draw(observed, measure, chart, "Outcome", kinds.collect())?;
    let unsettled = observed.unsettled(measure, &chart.period)?;
    if let Some(caution) = crate::figures::settling(&unsettled, chart.period.n_months()) {
        drawn.finding = format!("{} {}.", drawn.finding, capital(&caution));
    }
    Ok(drawn)
}

/// One bar for each kind that has events, highest first.
fn draw(
    observed: &Observed,
    measure: &Measure,
    chart: &MeasureChart,
    heading: &str,
    kinds: Vec<(String, Selection)>,
) -> Result<Drawn, ObservedError> {
    let home = observed.home()?;
    let (mut bars, mut withheld) = (Vec::new(), 0);
    for (label, numerator) in kinds {
        let share_of = Some(measure.numerator.clone());
        let only = Measure { numerator, share_of, ..measure.clone() };
        match take(observed, &only, home, &chart.period, chart.form)? {
            Ok(taken) => bars.push((bar(label, &taken), taken.n)),
            Err(why) => withheld += usize::from(why.is_withheld()),
        }
    }
    bars.retain(|(_, n)| *n > 0);
    bars.sort_by(|(a, _), (b, _)| b.value.total_cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
    bars.truncate(chart.top.unwrap_or(usize::MAX));
    let print = printer(chart.form);
    let mut columns = vec![capital(heading), capital(&measure.unit)];
    let counted = chart.form == Form::Count;
    if !counted {
        columns.push(capital(&unit_of(measure, chart.form)));
    }
    columns.push("95% interval".into());
    let rows = bars.iter().map(|(bar, n)| {
        let mut row = vec![bar.label.clone(), crate::numbers::thousands(*n)];
        if !counted {
            row.push(print(bar.value));
        }
        row.push(limits(bar, print));
        row
    });
    let rows = rows.collect();
    let bars: Vec<_> = bars.into_iter().map(|(bar, _)| bar).collect();
    Ok(Drawn {
        finding: bars_finding(measure, home, chart, &bars) + &withheld_note(withheld, "bars"),
        unit: unit_of(measure, chart.form),
        columns,
        rows,
        drawing: Drawing::Bars(bars),
    })
}
