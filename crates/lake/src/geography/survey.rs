//! Surveys: respondents one by one, or tables of answers.
//!
//! No respondent is stored. What a share and its test need is added up while the file is read: for each
//! wave, area, question, answer and declared group, the respondents, their weights and the squares of
//! their weights.

use std::collections::BTreeMap;

use wardmote_domain::area::AreaCode;

use super::{GeographyError, GeographyFile, Sink};
use crate::mapping::{AnswerColumns, RespondentColumns, SurveyMapping, SurveyShape};
use crate::people::{Turned, personal_cell, personal_column};
use crate::read::ReadError;
use crate::rows::SurveyAnswer;
use crate::sheet::{Sheet, SheetRow};

/// Wave, area, question, answer and group.
type Key = (String, AreaCode, String, String, String);

/// Respondents, weights, squares of weights.
type Sums = (u64, f64, f64);

pub(super) fn read(
    file: &GeographyFile<'_>,
    mapping: &SurveyMapping,
    sink: &mut Sink<'_>,
) -> Result<(), GeographyError> {
    let failed = |why| GeographyError::Table { path: file.path.to_owned(), why };
    let sheet =
        Sheet::read(file.bytes, mapping.sheet.as_deref(), mapping.heading_row).map_err(failed)?;
    let stored = stored(&sheet, &mapping.shape).into_iter();
    let personal = personal_column(&sheet, Turned::default());
    if let Some(found) = personal.or_else(|| personal_cell(&sheet, stored)) {
        return Err(failed(ReadError::personal(found)));
    }
    let mut sums = BTreeMap::new();
    match &mapping.shape {
        SurveyShape::Respondents(columns) => {
            let places = Respondents::of(&sheet, mapping, columns).map_err(failed)?;
            for row in &sheet.rows {
                sink.rows.rows_read += 1;
                sink.rows.rows_kept += u64::from(places.add(row, sink, &mut sums));
            }
        }
        SurveyShape::Answers { columns, design_effect } => {
            let places = Answers::of(&sheet, columns).map_err(failed)?;
            for row in &sheet.rows {
                sink.rows.rows_read += 1;
                sink.rows.rows_kept +=
                    u64::from(places.add(row, mapping, columns, sink, &mut sums));
            }
            square(&mut sums, *design_effect);
        }
    }
    let answer =
        |((wave, area, question, answer, group), (respondents, weight, squares))| SurveyAnswer {
            source: mapping.source.clone(),
            wave,
            area,
            level: mapping.level,
            question,
            answer,
            group,
            respondents,
            weight,
            weight_squares: squares,
            load_id: file.load_id.to_owned(),
        };
    sink.rows.answers.extend(sums.into_iter().map(answer));
    Ok(())
}

/// The columns whose words are stored as they stand.
fn stored(sheet: &Sheet, shape: &SurveyShape) -> Vec<usize> {
    let headings: Vec<&String> = match shape {
        SurveyShape::Respondents(columns) => columns.groups.iter().chain(&columns.wave).collect(),
        SurveyShape::Answers { columns, .. } => {
            let optional = columns.group.iter().chain(&columns.wave);
            [&columns.question, &columns.answer].into_iter().chain(optional).collect()
        }
    };
    headings.into_iter().filter_map(|heading| sheet.column(heading).ok()).collect()
}

fn add(sums: &mut BTreeMap<Key, Sums>, key: Key, (n, weight, squares): Sums) {
    let sum = sums.entry(key).or_default();
    sum.0 += n;
    sum.1 += weight;
    sum.2 += squares;
}

/// The columns of a file of respondents.
struct Respondents<'a> {
    mapping: &'a SurveyMapping,
    columns: &'a RespondentColumns,
    area: usize,
    weight: Option<usize>,
    wave: Option<usize>,
    groups: Vec<(usize, &'a str)>,
    questions: Vec<(usize, &'a str)>,
}

impl<'a> Respondents<'a> {
    fn of(
        sheet: &Sheet,
        mapping: &'a SurveyMapping,
        columns: &'a RespondentColumns,
    ) -> Result<Self, ReadError> {
        let optional =
            |heading: &Option<String>| heading.as_ref().map(|one| sheet.column(one)).transpose();
        let groups = columns.groups.iter().map(|group| Ok((sheet.column(group)?, group.as_str())));
        let questions = mapping.questions.iter().map(|(id, question)| {
            Ok((sheet.column(question.column.as_deref().unwrap_or(id))?, id.as_str()))
        });
        Ok(Self {
            mapping,
            columns,
            area: sheet.column(&columns.area)?,
            weight: optional(&columns.weight)?,
            wave: optional(&columns.wave)?,
            groups: groups.collect::<Result<_, ReadError>>()?,
            questions: questions.collect::<Result<_, ReadError>>()?,
        })
    }

    /// Adds one respondent's answers, or refuses the line whole.
    fn add(&self, row: &SheetRow, sink: &mut Sink<'_>, sums: &mut BTreeMap<Key, Sums>) -> bool {
        let line = u64::from(row.line);
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let Some(area) = sink.code(line, &self.columns.area, cell(self.area)) else { return false };
        let weight = match self.weight.map(cell) {
            None => 1.0,
            Some(text) => {
                let Some(weight) = text.parse().ok().filter(|w: &f64| w.is_finite() && *w >= 0.0)
                else {
                    let heading = self.columns.weight.as_deref().unwrap_or_default();
                    sink.refuse(line, heading, "not a weight of 0 or more".into(), text);
                    return false;
                };
                weight
            }
        };
        let wave = self.wave.map_or(self.mapping.wave.as_str(), cell);
        let mut answers = Vec::with_capacity(self.questions.len());
        for (index, id) in &self.questions {
            let (answer, question) = (cell(*index), &self.mapping.questions[*id]);
            if answer.is_empty() || question.not_answered.iter().any(|one| one == answer) {
                continue;
            }
            if !question.answers.iter().any(|one| one == answer) {
                let heading = question.column.as_deref().unwrap_or(id);
                let reason = "not one of the answers that the declaration lists";
                sink.refuse(line, heading, reason.into(), answer);
                return false;
            }
            answers.push((*id, answer));
        }
        let groups: Vec<String> = std::iter::once(String::new())
            .chain(self.groups.iter().map(|(index, name)| format!("{name}: {}", cell(*index))))
            .collect();
        for (question, answer) in answers {
            for group in &groups {
                let key = (
                    wave.to_owned(),
                    area.clone(),
                    question.to_owned(),
                    answer.to_owned(),
                    group.clone(),
                );
                add(sums, key, (1, weight, weight * weight));
            }
        }
        true
    }
}

/// The columns of a table of answers.
struct Answers {
    area: usize,
    question: usize,
    answer: usize,
    respondents: usize,
    weighted: Option<usize>,
    group: Option<usize>,
    wave: Option<usize>,
}

impl Answers {
    fn of(sheet: &Sheet, columns: &AnswerColumns) -> Result<Self, ReadError> {
        let optional =
            |heading: &Option<String>| heading.as_ref().map(|one| sheet.column(one)).transpose();
        Ok(Self {
            area: sheet.column(&columns.area)?,
            question: sheet.column(&columns.question)?,
            answer: sheet.column(&columns.answer)?,
            respondents: sheet.column(&columns.respondents)?,
            weighted: optional(&columns.weighted)?,
            group: optional(&columns.group)?,
            wave: optional(&columns.wave)?,
        })
    }

    fn add(
        &self,
        row: &SheetRow,
        mapping: &SurveyMapping,
        columns: &AnswerColumns,
        sink: &mut Sink<'_>,
        sums: &mut BTreeMap<Key, Sums>,
    ) -> bool {
        let line = u64::from(row.line);
        let cell = |index: usize| row.cells.get(index).map_or("", String::as_str);
        let Some(area) = sink.code(line, &columns.area, cell(self.area)) else { return false };
        let Ok(respondents) = cell(self.respondents).replace(',', "").parse::<u64>() else {
            let reason = "not a whole number of respondents".into();
            sink.refuse(line, &columns.respondents, reason, cell(self.respondents));
            return false;
        };
        let weighted = match self.weighted.map(cell) {
            None => respondents as f64,
            Some(text) => {
                let number = text.replace(',', "").parse().ok();
                let Some(weighted) = number.filter(|w: &f64| w.is_finite() && *w >= 0.0) else {
                    let heading = columns.weighted.as_deref().unwrap_or_default();
                    sink.refuse(line, heading, "not a weighted number".into(), text);
                    return false;
                };
                weighted
            }
        };
        let text = |index: usize| cell(index).to_owned();
        let group = self.group.map(text).unwrap_or_default();
        let wave = self.wave.map_or_else(|| mapping.wave.clone(), text);
        let key = (wave, area, text(self.question), text(self.answer), group);
        add(sums, key, (respondents, weighted, 0.0));
        true
    }
}

/// Gives each base of a table the squares of weights that its design effect implies.
fn square(sums: &mut BTreeMap<Key, Sums>, design_effect: f64) {
    let base = |key: &Key| (key.0.clone(), key.1.clone(), key.2.clone(), key.4.clone());
    let mut bases: BTreeMap<_, (u64, f64)> = BTreeMap::new();
    for (key, (n, weight, _)) in &*sums {
        let of = bases.entry(base(key)).or_default();
        of.0 += n;
        of.1 += weight;
    }
    for (key, sum) in sums {
        let (n, weight) = bases[&base(key)];
        if n > 0 {
            sum.2 = design_effect * weight / n as f64 * sum.1;
        }
    }
}
