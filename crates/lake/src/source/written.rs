//! A source's declaration as it stands in its file, and what each reader needs of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use toml::Spanned;
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::category::Category;
use wardmote_domain::provenance::{Disclosure, PlacePrecision, TimePrecision};

use super::{
    Column, Counts, Expected, LookupColumn, ParentColumn, PostcodeColumns, PostcodePlace, Reader,
    SharedBy, SourceDeclaration, SourceError,
};
use crate::mapping::{
    FlagColumn, MappedColumns, Mapping, StatisticsMapping, SurveyMapping, SurveyQuestion,
    SurveyShape, TotalsColumns, TotalsMapping,
};
use crate::read::Form;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    reader: Spanned<String>,
    publisher: String,
    licence: String,
    disclosure: Disclosure,
    agreement: Option<String>,
    marking: Option<String>,
    files: Vec<String>,
    expected: Option<Expected>,
    time_precision: Option<TimePrecision>,
    place_precision: Option<PlacePrecision>,
    vintage: Option<AreaLevel>,
    level: Option<AreaLevel>,
    name: Option<String>,
    code: Option<Column>,
    value: Option<Counts>,
    reference_date: Option<Date>,
    from: Option<LookupColumn>,
    to: Option<Vec<ParentColumn>>,
    columns: Option<toml::Table>,
    sheet: Option<String>,
    heading_row: Option<usize>,
    body: Option<String>,
    period: Option<String>,
    unit: Option<String>,
    #[serde(default)]
    categories: BTreeMap<String, Category>,
    category_lookup: Option<String>,
    area: Option<String>,
    category: Option<Category>,
    shares: Option<SharedBy>,
    #[serde(default)]
    outcomes: BTreeMap<String, String>,
    #[serde(default)]
    flags: BTreeMap<String, FlagColumn>,
    pseudonyms: Option<Pseudonyms>,
    wave: Option<String>,
    design_effect: Option<f64>,
    #[serde(default)]
    questions: BTreeMap<String, SurveyQuestion>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct CategoryColumns {
    words: Column,
    category: Column,
}

/// How references become pseudonyms.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pseudonyms {
    /// The file of the key, relative to the partnership's folder.
    key_file: PathBuf,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenPostcodeColumns {
    postcode: Column,
    lsoa: Option<Column>,
    easting: Option<Column>,
    northing: Option<Column>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct ChangeColumns {
    lsoa_2011: Column,
    lsoa_2021: Column,
}

/// Reads a declaration from its text; `path` is what errors name.
pub fn parse(id: &str, text: &str, path: &Path) -> Result<SourceDeclaration, SourceError> {
    let bad = |message: String| SourceError::Parse { path: path.to_owned(), message };
    let written: Written = toml::from_str(text).map_err(|error| bad(error.to_string()))?;
    let has_agreement = written.agreement.as_ref().is_some_and(|name| !name.trim().is_empty());
    if written.disclosure == Disclosure::Controlled && !has_agreement {
        let mend = "a controlled source names its sharing agreement: agreement = \"...\"";
        return Err(bad(mend.to_owned()));
    }
    let line = text[..written.reader.span().start.min(text.len())].matches('\n').count() + 1;
    let reader = Declared { id, written: &written, path, line }.reader()?;
    Ok(SourceDeclaration {
        id: id.to_owned(),
        publisher: written.publisher,
        licence: written.licence,
        disclosure: written.disclosure,
        agreement: written.agreement,
        marking: written.marking,
        files: written.files,
        expected: written.expected,
        reader,
    })
}

/// A declaration, with what its errors name.
struct Declared<'a> {
    id: &'a str,
    written: &'a Written,
    path: &'a Path,
    line: usize,
}

impl Declared<'_> {
    fn reader(&self) -> Result<Reader, SourceError> {
        let name = self.written.reader.get_ref().as_str();
        match name {
            "boundaries" => self.boundaries(),
            "area-lookup" => Ok(Reader::AreaLookup {
                from: self.needed(self.written.from.as_ref(), "from = { level, code, name }")?,
                to: self.needed(self.written.to.as_ref(), "to = [{ level, code, name, fit }]")?,
            }),
            "lsoa-change" => {
                let columns: ChangeColumns =
                    self.columns("columns = { lsoa_2011 = \"...\", lsoa_2021 = \"...\" }")?;
                Ok(Reader::LsoaChange {
                    lsoa_2011: columns.lsoa_2011,
                    lsoa_2021: columns.lsoa_2021,
                    shares: self.written.shares.clone(),
                })
            }
            "category-lookup" => {
                let columns: CategoryColumns =
                    self.columns("columns = { words = \"...\", category = \"...\" }")?;
                Ok(Reader::CategoryLookup { words: columns.words, category: columns.category })
            }
            "postcode-lookup" => self.postcodes(),
            "totals" => self.totals(),
            "statistics" => self.statistics(),
            "survey" => self.survey(),
            "population" => Ok(Reader::Population {
                name: self.needed(self.written.name.as_ref(), "name = what measures call it")?,
                level: self.level()?,
                reference_date: self.needed(
                    self.written.reference_date.as_ref(),
                    "reference_date, such as \"2021-03-21\"",
                )?,
                code: self.needed(self.written.code.as_ref(), "code = the column of codes")?,
                value: self.needed(self.written.value.as_ref(), "value = the column of counts")?,
            }),
            _ => self.events(name),
        }
    }

    fn events(&self, name: &str) -> Result<Reader, SourceError> {
        let forms = Form::OF_POLICE_UK.into_iter().chain([Form::Mapped]);
        let Some(form) = forms.into_iter().find(|form| form.reader() == name) else {
            return Err(self.bad(format!(
                "line {}: reader {name:?} is not known; write police-uk-street, police-uk-outcomes, \
                 police-uk-stop-and-search, mapped, boundaries, area-lookup, lsoa-change, \
                 category-lookup, postcode-lookup, totals, statistics, survey or population",
                self.line
            )));
        };
        let written = self.written;
        let mapping = (form == Form::Mapped).then(|| self.mapping()).transpose()?;
        let time_precision =
            self.needed(written.time_precision.as_ref(), "time_precision = \"month\"")?;
        let place_precision =
            self.needed(written.place_precision.as_ref(), "place_precision = \"snapped\"")?;
        let vintage = written.vintage;
        Ok(Reader::Events { form, mapping, time_precision, place_precision, vintage })
    }

    /// The declared mapping of a partner's table.
    fn mapping(&self) -> Result<Box<Mapping>, SourceError> {
        let written = self.written;
        let columns: MappedColumns =
            self.columns("[columns] with date and category, such as category = \"Type\"")?;
        if columns.id.is_some() && written.disclosure == Disclosure::Controlled {
            let mend =
                "a controlled source stores no references of the partner; leave out columns.id";
            return Err(self.bad(mend.to_owned()));
        }
        if columns.id.is_some() && columns.repeat_of.is_some() {
            let mend = "columns.id and columns.repeat_of go to one place in the lake; leave out \
                        columns.id";
            return Err(self.bad(mend.to_owned()));
        }
        if columns.repeat_of.is_some() != written.pseudonyms.is_some() {
            return Err(self.lacks(
                "both columns.repeat_of and [pseudonyms] key_file = \"keys/NAME.key\", or neither",
            ));
        }
        if written.categories.is_empty() {
            return Err(self.lacks("[categories], such as \"Noise nuisance\" = \"noise\""));
        }
        Ok(Box::new(Mapping {
            sheet: written.sheet.clone(),
            heading_row: written.heading_row.unwrap_or(1),
            columns,
            categories: written.categories.clone(),
            outcomes: written.outcomes.clone(),
            body: written.body.clone().unwrap_or_else(|| written.publisher.clone()),
            area: self.area_code()?,
            flags: written.flags.clone(),
            key_file: written.pseudonyms.as_ref().map(|of| self.in_partnership(&of.key_file)),
        }))
    }

    /// A path that is written relative to the partnership's folder, in which `sources/` lies.
    fn in_partnership(&self, path: &Path) -> PathBuf {
        let folder = self.path.parent().and_then(Path::parent).unwrap_or(Path::new(""));
        folder.join(path)
    }

    /// The columns of a lookup of postcodes.
    fn postcodes(&self) -> Result<Reader, SourceError> {
        const NEEDS: &str = "columns = { postcode = \"...\", lsoa = \"...\" } and level = \"lsoa-2021\", or columns = { postcode, easting, northing }";
        let WrittenPostcodeColumns { postcode, lsoa, easting, northing } = self.columns(NEEDS)?;
        let place = match (lsoa, easting, northing) {
            (Some(lsoa), None, None) => {
                let level = self.level()?;
                if level != AreaLevel::LSOA_2011 && level != AreaLevel::LSOA_2021 {
                    return Err(self.lacks("level = \"lsoa-2011\" or \"lsoa-2021\""));
                }
                PostcodePlace::SmallArea { lsoa, level }
            }
            (None, Some(easting), Some(northing)) => PostcodePlace::Metres { easting, northing },
            _ => return Err(self.lacks(NEEDS)),
        };
        let has_headings = match self.written.heading_row {
            None | Some(1) => true,
            Some(0) => false,
            Some(_) => return Err(self.lacks("heading_row = 1, or 0 for a file without headings")),
        };
        Ok(Reader::PostcodeLookup(PostcodeColumns { postcode, place, has_headings }))
    }

    /// The one area of a table that does not say where its rows lie.
    fn area_code(&self) -> Result<Option<AreaCode>, SourceError> {
        let code = self.written.area.as_deref().map(AreaCode::new).transpose();
        code.map_err(|why| self.bad(format!("area: {why}")))
    }

    fn boundaries(&self) -> Result<Reader, SourceError> {
        let Some(Column::Heading(code)) = &self.written.code else {
            return Err(self.lacks("code = the property that holds the code"));
        };
        Ok(Reader::Boundaries {
            level: self.level()?,
            code: code.clone(),
            name: self
                .needed(self.written.name.as_ref(), "name = the property that holds the name")?,
        })
    }

    fn totals(&self) -> Result<Reader, SourceError> {
        let written = self.written;
        let columns: TotalsColumns = self
            .columns("[columns] with area, category and number, such as number = \"Offences\"")?;
        if columns.area.is_some() == written.area.is_some() {
            let needs = "the area: either columns.area, or area = \"...\" for all rows";
            return Err(self.lacks(needs));
        }
        if columns.category.is_some() == written.category.is_some() {
            let needs = "the kind: either columns.category, or category = \"...\" for all rows";
            return Err(self.lacks(needs));
        }
        Ok(Reader::Totals(Box::new(TotalsMapping {
            source: self.id.to_owned(),
            sheet: written.sheet.clone(),
            heading_row: written.heading_row.unwrap_or(1),
            level: self.level()?,
            area: written.area.clone(),
            category: written.category.clone(),
            columns,
            categories: written.categories.clone(),
            category_lookup: written.category_lookup.clone(),
        })))
    }

    fn statistics(&self) -> Result<Reader, SourceError> {
        let written = self.written;
        Ok(Reader::Statistics(Box::new(StatisticsMapping {
            source: self.id.to_owned(),
            sheet: written.sheet.clone(),
            heading_row: written.heading_row.unwrap_or(1),
            level: self.level()?,
            period: written.period.clone().unwrap_or_default(),
            unit: written.unit.clone().unwrap_or_default(),
            columns: self.columns("[columns] with area, such as area = \"lsoa21_code\"")?,
        })))
    }

    /// One line for each respondent where the questions have columns, or else for each answer.
    fn survey(&self) -> Result<Reader, SourceError> {
        let written = self.written;
        let needs =
            "[columns] with area, and for a table of answers question, answer and respondents";
        let of_answers = written.columns.as_ref().is_some_and(|of| of.contains_key("question"));
        let shape = if of_answers {
            let design_effect = self.needed(
                written.design_effect.as_ref().filter(|effect| **effect >= 1.0),
                "design_effect, 1 or more, as the publisher of the survey states it",
            )?;
            SurveyShape::Answers { columns: self.columns(needs)?, design_effect }
        } else {
            let answered = |question: &SurveyQuestion| !question.answers.is_empty();
            if written.questions.is_empty() || !written.questions.values().all(answered) {
                let needs = "[questions.NAME] with column, text and answers, for each question";
                return Err(self.lacks(needs));
            }
            SurveyShape::Respondents(self.columns(needs)?)
        };
        Ok(Reader::Survey(Box::new(SurveyMapping {
            source: self.id.to_owned(),
            sheet: written.sheet.clone(),
            heading_row: written.heading_row.unwrap_or(1),
            level: self.level()?,
            wave: written.wave.clone().unwrap_or_default(),
            shape,
            questions: written.questions.clone(),
        })))
    }

    fn columns<T: DeserializeOwned>(&self, needs: &'static str) -> Result<T, SourceError> {
        let columns = self.needed(self.written.columns.as_ref(), needs)?;
        columns.try_into().map_err(|why: toml::de::Error| self.bad(format!("[columns]: {why}")))
    }

    fn level(&self) -> Result<AreaLevel, SourceError> {
        self.needed(self.written.level.as_ref(), "level, such as level = \"lsoa-2021\"")
    }

    fn needed<T: Clone>(&self, setting: Option<&T>, needs: &'static str) -> Result<T, SourceError> {
        setting.cloned().ok_or_else(|| self.lacks(needs))
    }

    fn lacks(&self, needs: &'static str) -> SourceError {
        SourceError::Lacks {
            path: self.path.to_owned(),
            line: self.line,
            reader: self.written.reader.get_ref().clone(),
            needs,
        }
    }

    fn bad(&self, message: String) -> SourceError {
        SourceError::Parse { path: self.path.to_owned(), message }
    }
}
