//! What the address of a map asks for.

use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::{Month, Period};
use wardmote_evidence::declarations::Form;
use wardmote_evidence::measure::Measure;
use wardmote_evidence::{local, mapped};

use super::super::areas::own;
use super::super::vintage::Vintage;

/// Fewer areas than this make no map.
const FEWEST_AREAS: usize = 3;

/// What is shown of the areas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Show {
    Count,
    Rate,
    Share,
    Spots,
}

impl Show {
    pub(super) const ALL: [(Self, &str, &str); 4] = [
        (Self::Share, "share", "Shares in per cent"),
        (Self::Rate, "rate", "Rates by residents"),
        (Self::Count, "count", "Counts"),
        (Self::Spots, "hot-spots", "Hot and cold spots, latest months"),
    ];

    pub(super) fn word(self) -> &'static str {
        Self::ALL.iter().find(|(one, ..)| *one == self).map_or("", |(_, word, _)| word)
    }

    pub(super) fn form(self) -> Form {
        match self {
            Self::Rate => Form::Rate,
            Self::Share => Form::Share,
            Self::Count | Self::Spots => Form::Count,
        }
    }

    /// What can be shown of a measure, its own form first; or else why not.
    fn of(self, vintage: &Vintage, measure: &Measure) -> Result<(), &'static str> {
        let is_plain = || local::shown(&vintage.observed).iter().any(|one| one.id == measure.id);
        let (can, why) = match self {
            Self::Share => (measure.share_of.is_some(), "This measure is no share of anything"),
            Self::Rate => {
                (measure.denominator.is_some(), "This measure has no residents to divide by")
            }
            Self::Count => (true, ""),
            Self::Spots => (is_plain(), "Hot and cold spots are found of plain counts only"),
        };
        if can { Ok(()) } else { Err(why) }
    }
}

/// A map that can be drawn.
#[derive(Debug)]
pub(super) struct Asked<'a> {
    pub(super) measure: &'a Measure,
    pub(super) level: AreaLevel,
    pub(super) show: Show,
    pub(super) period: Period,
    /// What was understood otherwise than it was written.
    pub(super) notes: Vec<String>,
}

/// The parameters as they came.
pub(super) type Parameters = [(String, String)];

/// Why no map is drawn.
#[derive(Debug, PartialEq)]
pub(super) enum NoMap {
    /// What was asked for is not there.
    Unknown(&'static str),
    /// Nothing has come that could be drawn.
    Nothing,
}

pub(super) fn parameter<'a>(parameters: &'a Parameters, name: &str) -> Option<&'a str> {
    let found = parameters.iter().find(|(one, value)| one == name && !value.is_empty());
    found.map(|(_, value)| value.as_str())
}

/// Measures of open sources that have brought something, with their latest months.
pub(super) fn measures(vintage: &Vintage) -> anyhow::Result<Vec<(&Measure, Period)>> {
    let mut found = Vec::new();
    for measure in mapped::measures(&vintage.observed) {
        if let Some(period) = mapped::latest_months(&vintage.observed, measure)? {
            found.push((measure, period));
        }
    }
    Ok(found)
}

/// Levels with enough areas, largest areas first.
pub(super) fn levels(vintage: &Vintage) -> anyhow::Result<Vec<AreaLevel>> {
    let mut found = Vec::new();
    for level in vintage.levels.iter().copied() {
        if own(vintage, level)?.len() >= FEWEST_AREAS {
            found.push(level);
        }
    }
    Ok(found)
}

/// Reads the parameters; what is not given is chosen.
pub(super) fn asked<'a>(
    vintage: &'a Vintage,
    parameters: &Parameters,
) -> anyhow::Result<Result<Asked<'a>, NoMap>> {
    let measures = measures(vintage)?;
    let found = if let Some(id) = parameter(parameters, "measure") {
        let found = measures.iter().find(|(measure, _)| measure.id == id);
        found.ok_or(NoMap::Unknown("No measure of an open source has this name."))
    } else {
        let observed = &vintage.observed;
        let home = observed.home()?;
        let count = |(measure, period): &&(&Measure, Period)| {
            let months = observed.monthly(&measure.numerator, home, period);
            months.map_or(0, |months| months.iter().filter_map(|(_, n)| *n).sum::<u64>())
        };
        measures.iter().max_by_key(count).ok_or(NoMap::Nothing)
    };
    let (measure, latest) = match found {
        Ok((measure, latest)) => (*measure, latest),
        Err(why) => return Ok(Err(why)),
    };
    let levels = levels(vintage)?;
    let level = match parameter(parameters, "level") {
        Some(name) => levels.iter().find(|level| level.to_string() == name).copied(),
        None => levels.last().copied(),
    };
    let Some(level) = level else {
        return Ok(Err(NoMap::Unknown("There is no map of areas of this kind here.")));
    };
    let shows = shows(vintage, measure);
    let wanted = match parameter(parameters, "show") {
        None => shows.first().copied(),
        Some(word) => {
            let known = Show::ALL.iter().find(|(_, known, _)| *known == word);
            known.map(|(show, ..)| *show)
        }
    };
    let Some(wanted) = wanted else {
        return Ok(Err(NoMap::Unknown("A map shows rates, shares, counts or hot spots.")));
    };
    let cannot = wanted.of(vintage, measure).err();
    let show =
        if cannot.is_none() { wanted } else { shows.first().copied().unwrap_or(Show::Count) };
    let (period, note) = match period(parameters, latest, show) {
        Ok(found) => found,
        Err(why) => return Ok(Err(why)),
    };
    let otherwise = cannot.map(|why| {
        let words = Show::ALL.iter().find(|(one, ..)| *one == show).map_or("", |(.., words)| words);
        format!("{why}. Shown instead: {}.", words.to_lowercase())
    });
    let unsettled = vintage.observed.unsettled(measure, &period)?;
    let unsettled = unsettled.first().zip(unsettled.last()).map(|(first, last)| {
        format!(
            "Outcomes may still come for {} to {}, so what is shown of these months is too low.",
            first.in_words(),
            last.in_words()
        )
    });
    let notes = note.into_iter().chain(otherwise).chain(unsettled).collect();
    Ok(Ok(Asked { measure, level, show, period, notes }))
}

/// What a map can show of a measure, its own form first.
pub(super) fn shows(vintage: &Vintage, measure: &Measure) -> Vec<Show> {
    let all = Show::ALL.iter().map(|(show, ..)| *show);
    all.filter(|show| show.of(vintage, measure).is_ok()).collect()
}

fn period(
    parameters: &Parameters,
    latest: &Period,
    show: Show,
) -> Result<(Period, Option<String>), NoMap> {
    const WRONG: NoMap = NoMap::Unknown(
        "Write the first and the last month as 2018-07; at most ten years are read.",
    );
    const MOST_MONTHS: usize = 120;
    let month = |name: &str| parameter(parameters, name).map(str::parse::<Month>).transpose();
    let (from, to) = (month("from").map_err(|_| WRONG)?, month("to").map_err(|_| WRONG)?);
    let (Some(from), Some(to)) = (from.or(to), to.or(from)) else {
        return Ok((latest.clone(), None));
    };
    let written = Period::run(from.min(to), from.max(to)).map_err(|_| WRONG)?;
    if written.n_months() > MOST_MONTHS {
        return Err(WRONG);
    }
    if show == Show::Spots && written != *latest {
        let note = format!(
            "Hot and cold spots are found once for each load of the data, for its latest months: {}.",
            latest.in_words()
        );
        return Ok((latest.clone(), Some(note)));
    }
    let note = (from > to)
        .then(|| "The last month came before the first, so the two were exchanged.".to_owned());
    Ok((written, note))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_are_read_and_exchanged_and_bounded() {
        let latest: Period = "2018-07".parse().unwrap();
        let of = |from: &str, to: &str, show| {
            let given = [("from".to_owned(), from.to_owned()), ("to".to_owned(), to.to_owned())];
            period(&given, &latest, show).map(|(period, note)| (period.to_string(), note.is_some()))
        };
        assert_eq!(of("", "", Show::Count).unwrap(), ("2018-07".to_owned(), false));
        assert_eq!(of("2017-07", "", Show::Count).unwrap(), ("2017-07".to_owned(), false));
        let exchanged = of("2018-07", "2017-07", Show::Rate).unwrap();
        assert_eq!(exchanged, ("2017-07..2018-07".to_owned(), true));
        assert_eq!(of("2017-07", "2018-07", Show::Spots).unwrap(), ("2018-07".to_owned(), true));
        for (from, to) in [("2017-13", "2018-07"), ("x", ""), ("1900-01", "2200-12")] {
            assert!(of(from, to, Show::Count).is_err(), "{from} {to}");
        }
    }
}
