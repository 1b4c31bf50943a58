//! Weighted shares of the survey.

use super::{Row, written};

const STOCKPORT: &str = "E08000007";

struct Weighted {
    n: usize,
    share: f64,
    design_effect: f64,
}

/// The weighted share of some rows that give one of some answers.
fn weighted(
    rows: &[Row],
    of: impl Fn(&Row) -> bool,
    question: &str,
    answers: &str,
) -> anyhow::Result<Weighted> {
    let (mut n, mut sum, mut squares, mut counted) = (0, 0.0, 0.0, 0.0);
    for row in rows.iter().filter(|row| of(row)) {
        let weight: f64 = row["Weight"].parse()?;
        let counts = answers.split(", ").any(|answer| answer == row[question]);
        (n, sum, squares) = (n + 1, sum + weight, squares + weight * weight);
        counted += if counts { weight } else { 0.0 };
    }
    let design_effect = n as f64 * squares / (sum * sum);
    Ok(Weighted { n, share: counted / sum, design_effect })
}

/// That the shares are those planted, to a tenth of a point, and the weights have their effect.
pub(super) fn check(feeds: &super::Written) -> anyhow::Result<()> {
    let rows = feeds.rows("survey")?;
    let planted = &feeds.truth.planted.survey;
    let here = |row: &Row| row["District code"] == STOCKPORT;
    let other = |row: &Row| row["Ethnic group"] == "Other";
    for question in &planted.questions {
        let of = |of: &dyn Fn(&Row) -> bool| {
            weighted(&rows, of, &question.question, &question.answers_counted)
        };
        let near = |found: f64, planted: f64| {
            assert!((found - planted).abs() < 0.0005, "{question:?}: {found}");
        };
        let (stockport, everywhere) = (of(&here)?, of(&|_| true)?);
        let (other_stockport, other_everywhere) =
            (of(&|row| here(row) && other(row))?, of(&other)?);
        near(stockport.share, question.share_in_stockport);
        near(everywhere.share, question.share_in_greater_manchester);
        if let (Some(in_stockport), Some(in_all)) = (
            question.share_among_other_ethnic_group_in_stockport,
            question.share_among_other_ethnic_group_in_greater_manchester,
        ) {
            near(other_stockport.share, in_stockport);
            near(other_everywhere.share, in_all);
        }
        assert_eq!((everywhere.n, stockport.n, other_stockport.n), (12_875, 1_290, 130));
        assert_eq!(other_everywhere.n, planted.respondents_of_other_ethnic_group as usize);
        for (found, planted) in [
            (everywhere.design_effect, planted.kish_design_effect),
            (stockport.design_effect, planted.kish_design_effect_in_stockport),
        ] {
            assert!((1.25..=1.35).contains(&found) && (found - planted).abs() < 1e-4, "{found}");
        }
    }
    let weights = rows.iter().map(|row| row["Weight"].parse::<f64>());
    let mean = weights.sum::<Result<f64, std::num::ParseFloatError>>()? / rows.len() as f64;
    assert!((mean - 1.0).abs() < 1e-9, "{mean}");
    Ok(())
}

#[test]
fn shares_are_those_of_the_assessment() -> anyhow::Result<()> {
    let feeds = written(1, |_| ())?;
    check(&feeds)?;
    let planted: Vec<_> = feeds.truth.planted.survey.questions.iter().collect();
    // Stockport against Greater Manchester: all, then the ethnic group.
    let all = planted.iter().map(|q| (q.share_in_stockport, q.share_in_greater_manchester));
    assert_eq!(all.collect::<Vec<_>>(), [(0.93, 0.88), (0.77, 0.75), (0.79, 0.79)]);
    let other = planted.iter().map(|q| {
        q.share_among_other_ethnic_group_in_stockport
            .zip(q.share_among_other_ethnic_group_in_greater_manchester)
    });
    assert_eq!(other.collect::<Vec<_>>(), [Some((0.92, 0.90)), Some((0.79, 0.79)), None]);
    Ok(())
}

#[test]
fn every_answer_is_one_of_the_questionnaire() -> anyhow::Result<()> {
    let rows = written(1, |_| ())?.rows("survey")?;
    let answers = |heading| super::count_by(&rows, heading).into_keys().collect::<Vec<_>>();
    assert_eq!(
        answers("Feels safe in local area"),
        ["Fairly safe", "Fairly unsafe", "Very safe", "Very unsafe"]
    );
    assert_eq!(answers("People from different backgrounds get on well"), ["No", "Yes"]);
    assert_eq!(answers("Belongs to local area"), ["No", "Yes"]);
    assert_eq!(answers("Ethnic group"), ["Other", "White"]);
    assert_eq!(answers("District code").len(), 10);
    Ok(())
}
