//! What surveys' respondents answered, as weighted shares.

use std::collections::{BTreeMap, BTreeSet};

use wardmote_domain::area::AreaCode;
use wardmote_lake::source::Reader;
use wardmote_lake::{Lake, SurveyAnswer};
use wardmote_stats::proportion::WeightedShare;

use super::{Observed, ObservedError};
use crate::declarations::SurveyQuestion;
use crate::folder::PartnershipFolder;

/// The answers of some surveys.
pub(super) fn gather(
    lake: &Lake,
    folder: &PartnershipFolder,
    asked: &BTreeSet<String>,
) -> Result<BTreeMap<String, Vec<SurveyAnswer>>, ObservedError> {
    let mut surveys = BTreeMap::new();
    for source_id in asked.iter().cloned() {
        let Some(source) = folder.sources.get(&source_id) else {
            return Err(ObservedError::NoSource { source_id });
        };
        if !matches!(source.reader, Reader::Survey(_)) {
            let reader = source.reader.name();
            return Err(ObservedError::NotCounts { source_id, reader });
        }
        let answers = lake.survey_answers(&source_id)?;
        surveys.insert(source_id, answers);
    }
    Ok(surveys)
}

/// A question's shares in an area and in the rest, and what they are of.
#[derive(Debug)]
pub(crate) struct SurveyShares {
    pub(crate) area: WeightedShare,
    pub(crate) rest: WeightedShare,
    pub(crate) wave: String,
    /// As it was asked.
    pub(crate) text: String,
}

impl Observed {
    /// The groups of a question's respondents, everybody (`None`) first; only the group that is asked
    /// for, where one is.
    pub(crate) fn survey_groups(&self, asked: &SurveyQuestion) -> Vec<Option<String>> {
        if asked.group.is_some() {
            return vec![asked.group.clone()];
        }
        let all = self.surveys.get(&asked.source).map_or(&[][..], Vec::as_slice);
        let of_question = all.iter().filter(|answer| answer.question == asked.question);
        let groups: BTreeSet<&str> = of_question.map(|answer| answer.group.as_str()).collect();
        let named = groups.into_iter().filter(|group| !group.is_empty());
        std::iter::once(None).chain(named.map(|group| Some(group.to_owned()))).collect()
    }

    pub(crate) fn survey_shares(
        &self,
        asked: &SurveyQuestion,
        area: &AreaCode,
    ) -> Result<SurveyShares, ObservedError> {
        let missing = |what: String, mend: String| ObservedError::NoAnswers {
            source_id: asked.source.clone(),
            what,
            mend,
        };
        let all = self.surveys.get(&asked.source).map_or(&[][..], Vec::as_slice);
        let of_question: Vec<&SurveyAnswer> =
            all.iter().filter(|answer| answer.question == asked.question).collect();
        if of_question.is_empty() {
            let held = listed(all.iter().map(|answer| answer.question.as_str()));
            let mend = format!("; its questions are {held}");
            return Err(missing(format!("question {:?}", asked.question), mend));
        }
        let held: BTreeSet<&str> =
            of_question.iter().map(|answer| answer.answer.as_str()).collect();
        if let Some(unknown) = asked.answers.iter().find(|answer| !held.contains(answer.as_str())) {
            let mend = format!("; the answers are {}", listed(held.iter().copied()));
            return Err(missing(format!("{unknown:?} to question {:?}", asked.question), mend));
        }
        let waves: BTreeSet<&str> = of_question.iter().map(|answer| answer.wave.as_str()).collect();
        let wave = match (&asked.wave, waves.iter().next()) {
            (Some(wave), _) if waves.contains(wave.as_str()) => wave.as_str(),
            (None, Some(only)) if waves.len() == 1 => only,
            (wave, _) => {
                let what = format!("wave {:?}", wave.as_deref().unwrap_or("not given"));
                let mend = format!("; write one of {}", listed(waves.iter().copied()));
                return Err(missing(what, mend));
            }
        };
        let group = asked.group.as_deref().unwrap_or_default();
        let (mut here, mut rest) = (WeightedShare::default(), WeightedShare::default());
        let wanted = |answer: &&SurveyAnswer| answer.wave == wave && answer.group == group;
        for answer in of_question.into_iter().filter(wanted) {
            let share = if answer.area == *area { &mut here } else { &mut rest };
            share.respondents += answer.respondents;
            share.weight += answer.weight;
            share.weight_squares += answer.weight_squares;
            if asked.answers.contains(&answer.answer) {
                share.weight_with += answer.weight;
            }
        }
        if here.respondents == 0 {
            let of = if group.is_empty() { "anybody" } else { group };
            let groups = listed(all.iter().map(|answer| answer.group.as_str()));
            let mend = format!("; the groups are {groups}");
            return Err(missing(format!("{of} in {area}"), mend));
        }
        let source = self.sources.get(&asked.source).map(|source| &source.reader);
        let text = match source {
            Some(Reader::Survey(mapping)) => mapping.questions.get(&asked.question),
            _ => None,
        };
        let text = text.map_or_else(|| asked.question.clone(), |question| question.text.clone());
        Ok(SurveyShares { area: here, rest, wave: wave.to_owned(), text })
    }
}

fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: BTreeSet<&str> = names.filter(|name| !name.is_empty()).collect();
    if names.is_empty() {
        return "none".to_owned();
    }
    names.into_iter().map(|name| format!("{name:?}")).collect::<Vec<_>>().join(", ")
}
