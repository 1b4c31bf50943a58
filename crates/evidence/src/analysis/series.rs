//! A series over time: from the user's own file, or a measure of the lake month by month.

use wardmote_domain::area::AreaCode;
use wardmote_domain::period::{Month, Period};

use super::own_file::{OwnFile, When};
use super::{AnalysisError, Fields, fields};
use crate::observed::{Observed, Place};

/// A series with one value for each period, none missing.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    pub(crate) values: Vec<f64>,
    /// What each period is called.
    pub(crate) labels: Vec<String>,
    /// The first month, if the periods are months.
    pub(crate) first: Option<Month>,
    /// Where it is from, for the parameters.
    pub(crate) from: Fields,
    pub(crate) warnings: Vec<String>,
}

/// Which columns of a file hold a series.
#[derive(Debug, Clone, Default)]
pub struct SeriesColumns {
    /// The values; without it, rows are events and are counted by month.
    pub value: Option<String>,
    /// When.
    pub date: Option<String>,
    /// The month of the first row, where no column says it.
    pub first: Option<Month>,
}

/// Which months of a measure are asked for.
#[derive(Debug, Clone, Copy, Default)]
pub struct MonthsAsked {
    /// The first; if not given, of the longest run that is known.
    pub from: Option<Month>,
    /// The last.
    pub to: Option<Month>,
}

impl Series {
    /// A series of a file, one row for each period or, without a column of values, for each event.
    pub fn of_file(
        method: &'static str,
        file: &OwnFile,
        columns: &SeriesColumns,
    ) -> Result<Self, AnalysisError> {
        match (&columns.value, &columns.date) {
            (Some(value), None) => Self::in_order(file, value, columns.first),
            (Some(value), Some(date)) => Self::dated(method, file, value, date),
            (None, Some(date)) => Self::of_events(method, file, date),
            (None, None) => Err(AnalysisError::option(
                "--value",
                format!(
                    "name the column of counts, or with --date that of the events' dates; {} has {}",
                    file.name(),
                    file.headings().join(", ")
                ),
            )),
        }
    }

    fn in_order(file: &OwnFile, value: &str, first: Option<Month>) -> Result<Self, AnalysisError> {
        let values = file.numbers(value)?;
        let n = values.len();
        let labels = match first {
            Some(first) => labels_from(first, n),
            None => (1..=n).map(|position| position.to_string()).collect(),
        };
        let from =
            fields! { "input": file.name(), "value": value, "first": first.map(|m| m.to_string()) };
        Ok(Self { values, labels, first, from, warnings: Vec::new() })
    }

    fn dated(
        method: &'static str,
        file: &OwnFile,
        value: &str,
        date: &str,
    ) -> Result<Self, AnalysisError> {
        let (values, whens) = (file.numbers(value)?, file.dates(date)?);
        let from = fields! { "input": file.name(), "value": value, "date": date };
        let months: Option<Vec<Month>> = whens.iter().map(|when| when.month()).collect();
        let consecutive = months.as_ref().is_some_and(|months| {
            months.windows(2).all(|pair| pair[1].index() == pair[0].index() + 1)
        });
        if let (true, Some(months)) = (consecutive, &months) {
            let labels = months.iter().map(ToString::to_string).collect();
            let first = months.first().copied();
            return Ok(Self { values, labels, first, from, warnings: Vec::new() });
        }
        let days: Option<Vec<_>> = whens.iter().map(|when| when.day()).collect();
        if let Some(days) = days {
            let steps: Vec<i32> =
                days.windows(2).map(|pair| (pair[1] - pair[0]).get_days()).collect();
            if let Some(&step) = steps.first().filter(|step| **step > 0)
                && steps.iter().all(|other| *other == step)
            {
                let labels = days.iter().map(ToString::to_string).collect();
                let from = from.with("step_days", step);
                return Ok(Self { values, labels, first: None, from, warnings: Vec::new() });
            }
        }
        let broken = months.unwrap_or_default();
        let gap = broken.windows(2).position(|pair| pair[1].index() != pair[0].index() + 1);
        let row = gap.map_or(0, |gap| gap + 1);
        Err(AnalysisError::unfit(
            method,
            format!(
                "{}, {}: the period does not follow the one before it",
                file.name(),
                file.at(row)
            ),
            "give one row for each month (or week, or day), in order and none left out; a month that is \
             not there is not known, and not zero",
        ))
    }

    fn of_events(method: &'static str, file: &OwnFile, date: &str) -> Result<Self, AnalysisError> {
        let outside =
            || AnalysisError::unfit(method, "a date lies outside 1900 to 2200", "correct it");
        let months: Vec<Month> = file
            .dates(date)?
            .into_iter()
            .map(When::month)
            .collect::<Option<_>>()
            .ok_or_else(outside)?;
        let (Some(&first), Some(&last)) = (months.iter().min(), months.iter().max()) else {
            return Err(outside());
        };
        let n = (last.index() - first.index() + 1).unsigned_abs() as usize;
        let mut values = vec![0.0; n];
        for month in &months {
            values[(month.index() - first.index()).unsigned_abs() as usize] += 1.0;
        }
        let labels = labels_from(first, n);
        let empty: Vec<&str> = labels
            .iter()
            .zip(&values)
            .filter(|(_, n)| **n == 0.0)
            .map(|(label, _)| label.as_str())
            .collect();
        let mut warnings = vec![format!(
            "events were counted by month; the first and last month, {first} and {last}, are taken to be whole"
        )];
        if !empty.is_empty() {
            warnings.push(format!(
                "no event in {}: taken as none, and not as missing",
                empty.join(", ")
            ));
        }
        let from = fields! { "input": file.name(), "date": date, "counted": "events by month" };
        Ok(Self { values, labels, first: Some(first), from, warnings })
    }

    /// A measure in a place month by month: the months asked for, all of which must be known, or else
    /// the longest run that is.
    pub fn of_measure(
        method: &'static str,
        observed: &Observed,
        measure: &str,
        area: Option<&AreaCode>,
        asked: MonthsAsked,
    ) -> Result<Self, AnalysisError> {
        let measure = observed.measure(measure)?;
        let place = match area {
            Some(code) => observed.place(code)?,
            None => observed.home()?,
        };
        let period = months_asked(method, observed, &measure.numerator.source, asked)?;
        let counted = observed.monthly(&measure.numerator, place, &period)?;
        let (run, warnings) = known_run(method, &measure.numerator.source, &counted, asked)?;
        let first = run.first().map(|(month, _)| *month);
        let from = of_lake(observed, &measure.id, place).with("unit", measure.unit.as_str());
        Ok(Self {
            labels: run.iter().map(|(month, _)| month.to_string()).collect(),
            values: run.iter().map(|(_, n)| *n as f64).collect(),
            first,
            from,
            warnings,
        })
    }

    /// Its length.
    pub fn n(&self) -> usize {
        self.values.len()
    }

    /// The values as counts.
    pub(crate) fn counts(&self, method: &'static str) -> Result<Vec<u64>, AnalysisError> {
        let count = |(value, label): (&f64, &String)| {
            let whole = *value >= 0.0 && value.fract() == 0.0;
            whole.then_some(*value as u64).ok_or_else(|| {
                AnalysisError::unfit(
                    method,
                    format!("period {label} holds {value}, which is no count"),
                    "give whole counts of 0 or more, not rates",
                )
            })
        };
        self.values.iter().zip(&self.labels).map(count).collect()
    }

    /// The month of the year of each period, for a method that needs months; without dates, the first
    /// row is taken as January and the analysis says so.
    pub(crate) fn months_of_year(
        &self,
        method: &'static str,
    ) -> Result<(Vec<u8>, Option<String>), AnalysisError> {
        if self.from.get("step_days").is_some() {
            return Err(AnalysisError::unfit(
                method,
                "the periods are not months",
                "give the counts by month",
            ));
        }
        let taken = self.first.is_none().then(|| {
            "no column says the months: the rows are taken as months, the first as January; give --date or --first"
                .to_owned()
        });
        let first = self.first.map_or(1, Month::month_of_year);
        Ok(((0..self.n()).map(|i| ((usize::from(first) - 1 + i) % 12) as u8 + 1).collect(), taken))
    }

    /// The position of a month.
    pub(crate) fn position(
        &self,
        option: &'static str,
        label: &str,
    ) -> Result<usize, AnalysisError> {
        self.labels.iter().position(|given| given == label).ok_or_else(|| {
            let (first, last) = (self.labels.first(), self.labels.last());
            let bounds = [first, last].map(|label| label.cloned().unwrap_or_default());
            AnalysisError::option(
                option,
                format!(
                    "{label} is not in the series, which runs from {} to {}",
                    bounds[0], bounds[1]
                ),
            )
        })
    }

    /// The parameters that say where it is from and when.
    pub(crate) fn parameters(&self) -> Fields {
        self.from
            .clone()
            .with("from", self.labels.first().cloned())
            .with("to", self.labels.last().cloned())
    }
}

fn labels_from(first: Month, n: usize) -> Vec<String> {
    (0..n).map(|i| first.plus(i32::try_from(i).unwrap_or(i32::MAX)).to_string()).collect()
}

/// The parameters of a measure in a place.
pub(crate) fn of_lake(observed: &Observed, measure: &str, place: &Place) -> Fields {
    fields! {
        "measure": measure,
        "area": place.code.as_str(),
        "area_name": place.name.as_str(),
        "vintage": observed.snapshot.as_str(),
    }
}

/// The months asked for, bounded by what has come.
pub(crate) fn months_asked(
    method: &'static str,
    observed: &Observed,
    source: &str,
    asked: MonthsAsked,
) -> Result<Period, AnalysisError> {
    let Some((first, last)) = observed.known_run(source)? else {
        let why = format!("no month of source {source:?} is known");
        return Err(AnalysisError::unfit(method, why, "load it with `wardmote ingest`"));
    };
    Period::run(asked.from.unwrap_or(first), asked.to.unwrap_or(last))
        .map_err(|error| AnalysisError::option("--from", error.to_string()))
}

/// A run of known months, and what to say of the others.
type KnownRun = (Vec<(Month, u64)>, Vec<String>);

/// The months that are known: all, if both ends were asked for; else the longest run.
pub(crate) fn known_run(
    method: &'static str,
    source: &str,
    counted: &[(Month, Option<u64>)],
    asked: MonthsAsked,
) -> Result<KnownRun, AnalysisError> {
    let unknown: Vec<String> =
        counted.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| month.to_string()).collect();
    if unknown.is_empty() {
        let run = counted.iter().filter_map(|(month, n)| Some((*month, (*n)?)));
        return Ok((run.collect(), Vec::new()));
    }
    if asked.from.is_some() && asked.to.is_some() {
        return Err(AnalysisError::unfit(
            method,
            format!("source {source:?} has not delivered {}", unknown.join(", ")),
            "ask for months that are all known (`wardmote coverage`), or leave out --from or --to for the longest run",
        ));
    }
    let mut longest: Vec<(Month, u64)> = Vec::new();
    let mut run = Vec::new();
    for (month, n) in counted {
        match n {
            Some(n) => run.push((*month, *n)),
            None => run.clear(),
        }
        if run.len() > longest.len() {
            longest.clone_from(&run);
        }
    }
    let (Some((first, _)), Some((last, _))) = (longest.first(), longest.last()) else {
        let why = format!("no month of source {source:?} is known in that time");
        return Err(AnalysisError::unfit(method, why, "load it with `wardmote ingest`"));
    };
    let warning = format!(
        "not known: {}; the longest run that is known is used, {first} to {last}",
        unknown.join(", ")
    );
    Ok((longest, vec![warning]))
}
