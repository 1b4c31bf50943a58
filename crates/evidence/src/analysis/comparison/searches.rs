//! Searches of two groups, month by month: from the user's own file, or a measure that declares groups.

use std::collections::BTreeMap;

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};
use wardmote_stats::share_periods::Part;

use super::disproportionality::METHOD;
use crate::analysis::own_file::{OwnFile, When};
use crate::analysis::series::{known_run, months_asked, of_lake};
use crate::analysis::{AnalysisError, Fields, MonthsAsked, fields};
use crate::measure::Selection;
use crate::observed::{Observed, Place};

/// Which columns of a file hold searches by group.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchColumns {
    /// Months.
    pub date: String,
    /// Groups.
    pub group: String,
    /// Searches.
    pub searches: String,
    /// Searches that found something.
    pub finds: String,
    /// The groups' residents.
    pub residents: String,
}

/// The group in question and the one that it is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TwoGroups {
    /// The group in question.
    pub this: String,
    /// The group that it is held against.
    pub reference: String,
}

/// Searches of two groups over the same months.
#[derive(Debug, Clone, PartialEq)]
pub struct Searches {
    pub(super) asked: TwoGroups,
    pub(super) this: OfGroup,
    pub(super) reference: OfGroup,
    pub(super) not_recorded: u64,
    pub(super) from: Fields,
    pub(super) warnings: Vec<String>,
}

/// One group's months, in order, and its residents.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OfGroup {
    pub(super) months: BTreeMap<Month, Part>,
    pub(super) residents: f64,
}

impl Searches {
    /// A file with one row for each group and month.
    pub fn of_file(
        file: &OwnFile,
        columns: &SearchColumns,
        asked: TwoGroups,
        not_recorded: u64,
    ) -> Result<Self, AnalysisError> {
        let of = |name: &str| OfGroup::of_file(file, columns, name);
        let (this, reference) = (of(&asked.this)?, of(&asked.reference)?);
        if !this.months.keys().eq(reference.months.keys()) {
            return Err(AnalysisError::unfit(
                METHOD,
                "the groups have different months",
                "give one row for each group and month",
            ));
        }
        let from = fields! {
            "input": file.name(),
            "searches": columns.searches.as_str(),
            "finds": columns.finds.as_str(),
            "denominator": columns.residents.as_str(),
        };
        Ok(Self { asked, this, reference, not_recorded, from, warnings: Vec::new() })
    }

    /// The marks of a measure's events in a place, by the groups that it declares.
    pub fn of_measure(
        observed: &Observed,
        measure: &str,
        area: Option<&AreaCode>,
        months: MonthsAsked,
        asked: TwoGroups,
    ) -> Result<Self, AnalysisError> {
        let measure = observed.measure(measure)?;
        let Some(groups) = &measure.groups else {
            let why = format!("measure {:?} declares no groups", measure.id);
            let mend = "add [groups] to its declaration: the mark that tells them apart, and where their residents are counted";
            return Err(AnalysisError::unfit(METHOD, why, mend));
        };
        let place = match area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let (rows, source) = (&measure.numerator, &measure.numerator.source);
        let period = months_asked(METHOD, observed, source, months)?;
        let counted = observed.monthly(rows, place, &period)?;
        let (run, mut warnings) = known_run(METHOD, source, &counted, months)?;
        let (Some((first, _)), Some((last, _))) = (run.first(), run.last()) else {
            return Err(AnalysisError::unfit(METHOD, "no month is known", "load the source"));
        };
        let period = Period::run(*first, *last)
            .map_err(|error| AnalysisError::option("--from", error.to_string()))?;
        let group = |option: &'static str, name: &str| {
            let Some(group) = groups.by_name.get(name) else {
                let known: Vec<&str> = groups.by_name.keys().map(String::as_str).collect();
                let why = format!("{name:?} is none of the groups: {}", known.join(", "));
                return Err(AnalysisError::option(option, why));
            };
            let events = groups.events(rows, group);
            let found = Selection { outcomes: groups.found.clone(), ..events.clone() };
            let mut residents = 0.0;
            for words in groups.residents(group) {
                residents += observed
                    .published(&words, &place.code)?
                    .map_err(|why| {
                        AnalysisError::unfit(
                            METHOD,
                            format!("residents of {name:?}: {}", why.0),
                            "give your own file",
                        )
                    })?
                    .value;
            }
            let months = parts(observed, place, &period, &events, &found)?;
            Ok(OfGroup { months, residents })
        };
        let (this, reference) =
            (group("--this", &asked.this)?, group("--reference", &asked.reference)?);

        let every = observed.marks(source)?;
        let heading = format!("{}: ", groups.mark);
        let (mut recorded, mut of_none) = (Vec::new(), Vec::new());
        for mark in &every {
            let Some(value) = mark.strip_prefix(&heading) else { continue };
            recorded.push(mark.clone());
            if !groups.by_name.values().any(|group| group.marks.iter().any(|one| one == value)) {
                of_none.push(format!("{value:?}"));
            }
        }
        if recorded.is_empty() {
            let why = format!("no search of source {source:?} bears a mark {:?}", groups.mark);
            return Err(AnalysisError::unfit(METHOD, why, "correct groups.mark in the measure"));
        }
        if !of_none.is_empty() {
            let values = of_none.join(", ");
            warnings.push(format!(
                "{} {values} is of no declared group and in neither side",
                groups.mark
            ));
        }
        let all: u64 = run.iter().map(|(_, n)| n).sum();
        let recorded = Selection { flags: recorded, ..rows.clone() };
        let recorded = observed.monthly(&recorded, place, &period)?;
        let recorded: u64 = recorded.iter().filter_map(|(_, n)| *n).sum();
        warnings.extend(groups.note.clone());
        let elsewhere = observed.without_place(source, &period)?;
        if elsewhere > 0 {
            warnings.push(format!(
                "{elsewhere} searches of the source name no place and are in no area's count"
            ));
        }
        let from = of_lake(observed, &measure.id, place).and(fields! {
            "from": first.to_string(),
            "to": last.to_string(),
            "mark": groups.mark.as_str(),
            "finds": groups.found.join("; "),
            "denominator": groups.residents.source.as_str(),
        });
        Ok(Self { asked, this, reference, not_recorded: all - recorded, from, warnings })
    }
}

/// Searches and finds of each month.
fn parts(
    observed: &Observed,
    place: &Place,
    period: &Period,
    events: &Selection,
    found: &Selection,
) -> Result<BTreeMap<Month, Part>, AnalysisError> {
    let with = observed.monthly(found, place, period)?.into_iter();
    let both = observed.monthly(events, place, period)?.into_iter().zip(with);
    // INVARIANT: the source is known in all these months, and so is each of its marks.
    let part =
        |of: Option<u64>, with: Option<u64>| Part { with: with.unwrap_or(0), of: of.unwrap_or(0) };
    Ok(both.map(|((month, of), (_, with))| (month, part(of, with))).collect())
}

impl OfGroup {
    fn of_file(file: &OwnFile, columns: &SearchColumns, name: &str) -> Result<Self, AnalysisError> {
        let (groups, whens) = (file.words(&columns.group)?, file.dates(&columns.date)?);
        let (searches, finds) = (file.counts(&columns.searches)?, file.counts(&columns.finds)?);
        let residents = file.numbers(&columns.residents)?;
        let mut months = BTreeMap::new();
        let mut found = None;
        for row in (0..groups.len()).filter(|row| groups[*row] == name) {
            let Some(month) = When::month(whens[row]) else { continue };
            if months.insert(month, Part { with: finds[row], of: searches[row] }).is_some() {
                let why =
                    format!("{}, {}: {name:?} has two rows for {month}", file.name(), file.at(row));
                let mend = "give one row for each group and month";
                return Err(AnalysisError::unfit(METHOD, why, mend));
            }
            found = Some(residents[row]);
        }
        let residents = found.ok_or_else(|| {
            AnalysisError::option("--this or --reference", format!("no row is of group {name:?}"))
        })?;
        Ok(Self { months, residents })
    }

    pub(super) fn parts(&self) -> Vec<Part> {
        self.months.values().copied().collect()
    }
}
