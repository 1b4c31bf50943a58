//! Microdata of a survey of Greater Manchester whose weighted shares are planted.

mod choice;
mod respondents;

use super::files::FeedFile;
use super::truth::{PlantedQuestion, PlantedSurvey};
use super::{DISTRICT_CODE, Feed, Ground};
use crate::draws::Draws;
use choice::choose;
use respondents::{Respondent, kish_design_effect, weighted_base};

const HEADER: &str = "Wave,District code,Ethnic group,Weight,Feels safe in local area,\
                      People from different backgrounds get on well,Belongs to local area,Publisher";
const PUBLISHER: &str = "SYNTHETIC survey of Greater Manchester (twin)";
const WAVE: &str = "2023/24";

/// Very safe of those who feel safe, and very unsafe of those who do not.
const VERY_SHARES: [f64; 2] = [0.42, 0.25];

/// A question with its planted weighted shares, of Stockport and of all districts.
struct Question {
    heading: &'static str,
    counted: &'static str,
    all: [f64; 2],
    /// The same among respondents whose ethnic group is Other.
    other: Option<[f64; 2]>,
}

const QUESTIONS: [Question; 3] = [
    Question {
        heading: "Feels safe in local area",
        counted: "Very safe, Fairly safe",
        all: [0.93, 0.88],
        other: Some([0.92, 0.90]),
    },
    Question {
        heading: "People from different backgrounds get on well",
        counted: "Yes",
        all: [0.77, 0.75],
        other: Some([0.79, 0.79]),
    },
    Question { heading: "Belongs to local area", counted: "Yes", all: [0.79, 0.79], other: None },
];

pub(super) fn draw(ground: &Ground, files: &mut Vec<FeedFile>) -> PlantedSurvey {
    let mut draws = ground.draws(Feed::Survey);
    let respondents = respondents::draw(&mut draws);
    let [safe, get_on, belongs] =
        QUESTIONS.map(|question| answers(&question, &respondents, &mut draws));
    let yes_no = |yes: bool| if yes { "Yes" } else { "No" };
    let rows = respondents.iter().enumerate().map(|(index, respondent)| {
        let very = draws.chance(VERY_SHARES[usize::from(!safe[index])]);
        let feels = match (safe[index], very) {
            (true, true) => "Very safe",
            (true, false) => "Fairly safe",
            (false, false) => "Fairly unsafe",
            (false, true) => "Very unsafe",
        };
        format!(
            "{WAVE},{},{},{}.{:03},{feels},{},{},{PUBLISHER}",
            respondent.district,
            if respondent.is_other { "Other" } else { "White" },
            respondent.weight / 1_000,
            respondent.weight % 1_000,
            yes_no(get_on[index]),
            yes_no(belongs[index]),
        )
    });
    let rows = rows.collect();
    files.push(FeedFile::whole(Feed::Survey, "crime-survey-2023-24", HEADER, rows));
    planted(&respondents)
}

/// Whether each respondent's answer counts, so that the weighted shares are the planted ones.
fn answers(question: &Question, respondents: &[Respondent], draws: &mut Draws) -> Vec<bool> {
    let base =
        |of: &dyn Fn(&Respondent) -> bool| weighted_base(respondents.iter().filter(|r| of(r)));
    let wanted = |base: u64, share: f64| (base as f64 * share).round() as u64;
    let mut answers = vec![false; respondents.len()];
    let mut answer = |of: &dyn Fn(&Respondent) -> bool, wanted: u64, draws: &mut Draws| {
        let mut cell: Vec<usize> =
            (0..respondents.len()).filter(|&r| of(&respondents[r])).collect();
        draws.shuffle(&mut cell);
        let weights: Vec<u64> = cell.iter().map(|&r| respondents[r].weight).collect();
        let chosen = choose(&weights, wanted);
        cell.iter().zip(&chosen).for_each(|(&r, &chosen)| answers[r] = chosen);
        weights.iter().zip(&chosen).filter(|(_, chosen)| **chosen).map(|(w, _)| w).sum::<u64>()
    };
    let is_here = |r: &Respondent| r.district == DISTRICT_CODE;

    // Stockport is part of all districts and a group part of all respondents, so each cell takes
    // what those before it leave to be met.
    let [here, everywhere] = question.all;
    let here = wanted(base(&is_here), here);
    let everywhere = wanted(base(&|_| true), everywhere);
    let Some([other_here, other_everywhere]) = question.other else {
        let met = answer(&is_here, here, draws);
        answer(&|r| !is_here(r), everywhere - met, draws);
        return answers;
    };
    let other_here = wanted(base(&|r| is_here(r) && r.is_other), other_here);
    let other_everywhere = wanted(base(&|r| r.is_other), other_everywhere);
    let met_other = answer(&|r| is_here(r) && r.is_other, other_here, draws);
    let met_white = answer(&|r| is_here(r) && !r.is_other, here - met_other, draws);
    let met_elsewhere = answer(&|r| !is_here(r) && r.is_other, other_everywhere - met_other, draws);
    let met = met_other + met_white + met_elsewhere;
    answer(&|r| !is_here(r) && !r.is_other, everywhere - met, draws);
    answers
}

fn planted(respondents: &[Respondent]) -> PlantedSurvey {
    let here = |r: &&Respondent| r.district == DISTRICT_CODE;
    let questions = QUESTIONS.iter().map(|question| PlantedQuestion {
        question: question.heading.to_owned(),
        answers_counted: question.counted.to_owned(),
        share_in_stockport: question.all[0],
        share_in_greater_manchester: question.all[1],
        share_among_other_ethnic_group_in_stockport: question.other.map(|shares| shares[0]),
        share_among_other_ethnic_group_in_greater_manchester: question
            .other
            .map(|shares| shares[1]),
    });
    let count = |of: &dyn Fn(&&Respondent) -> bool| respondents.iter().filter(of).count() as u32;
    PlantedSurvey {
        respondents: respondents.len() as u32,
        respondents_in_stockport: count(&|r| here(r)),
        respondents_of_other_ethnic_group: count(&|r| r.is_other),
        respondents_of_other_ethnic_group_in_stockport: count(&|r| here(r) && r.is_other),
        kish_design_effect: kish_design_effect(respondents.iter()),
        kish_design_effect_in_stockport: kish_design_effect(respondents.iter().filter(here)),
        questions: questions.collect(),
    }
}
