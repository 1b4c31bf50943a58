//! A survey's answers here and in the rest, for everybody and for each group.

use wardmote_stats::interval::Confidence;
use wardmote_stats::proportion::WeightedShare;

use super::{BarData, Drawing, Drawn, limits};
use crate::declarations::SurveyQuestion;
use crate::numbers::{one_decimal, thousands};
use crate::observed::{Observed, ObservedError};

/// Fewer respondents than this make no bar: its limits would span most of the chart.
const FEWEST_RESPONDENTS: u64 = 30;

pub(super) fn draw(observed: &Observed, asked: &SurveyQuestion) -> Result<Drawn, ObservedError> {
    let home = observed.home()?;
    let rest_name = format!("Rest of {}", asked.whole_name);
    let (mut bars, mut rows, mut text) = (Vec::new(), Vec::new(), String::new());
    let mut too_few = Vec::new();
    for group in observed.survey_groups(asked) {
        let one = SurveyQuestion { group: group.clone(), ..asked.clone() };
        let who = group.unwrap_or_else(|| "Everybody".to_owned());
        let shares = match observed.survey_shares(&one, &home.code) {
            Err(ObservedError::NoAnswers { .. }) if one.group.is_some() => {
                too_few.push(format!("{who}, {}", home.name));
                continue;
            }
            shares => shares?,
        };
        text.clone_from(&shares.text);
        for (place, share) in [(&home.name, &shares.area), (&rest_name, &shares.rest)] {
            let fewest = FEWEST_RESPONDENTS.max(observed.fewest_respondents(&asked.source));
            let Some(bar) = bar(format!("{who}, {place}"), share, fewest) else {
                too_few.push(format!("{who}, {place}"));
                continue;
            };
            rows.push(vec![
                bar.label.clone(),
                thousands(share.respondents),
                one_decimal(bar.value),
                limits(&bar, one_decimal),
            ]);
            bars.push(bar);
        }
    }
    let mut finding = match bars.as_slice() {
        [here, rest, ..] => format!(
            "{} Answered {}: {}% in {} and {}% in the rest of {}.",
            text,
            asked.answers.join(" or "),
            one_decimal(here.value),
            home.name,
            one_decimal(rest.value),
            asked.whole_name,
        ),
        _ => format!("{text} Too few respondents to draw."),
    };
    if !too_few.is_empty() {
        finding = format!("{finding} Too few respondents to draw: {}.", too_few.join("; "));
    }
    let columns = ["Who and where", "Respondents", "Per cent", "95% interval"];
    Ok(Drawn {
        finding,
        unit: "per cent".into(),
        columns: columns.map(String::from).to_vec(),
        rows,
        drawing: Drawing::Bars(bars),
    })
}

/// A weighted share with Wilson's limits for its effective respondents.
fn bar(label: String, share: &WeightedShare, fewest: u64) -> Option<BarData> {
    if share.respondents < fewest {
        return None;
    }
    let interval = share.limits(Confidence::P95).ok()?;
    let value = 100.0 * share.share();
    Some(BarData { label, value, interval: (100.0 * interval.lower, 100.0 * interval.upper) })
}
