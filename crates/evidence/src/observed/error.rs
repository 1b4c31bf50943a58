//! Why the evidence could not be gathered or asked.

use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_lake::QueryError;

/// Why the evidence could not be gathered or asked.
#[derive(Debug, thiserror::Error)]
pub enum ObservedError {
    /// The lake could not answer.
    #[error(transparent)]
    Lake(#[from] QueryError),
    /// A measure or claim names a source that is not declared.
    #[error("source {source_id:?} is not declared in sources/")]
    NoSource {
        /// As it was named.
        source_id: String,
    },
    /// Numbers that a publisher gives are cells of a publication that was theirs to protect.
    #[error(
        "source {source_id:?} is controlled: published statistics are printed as they are, so they must be open"
    )]
    Controlled {
        /// The source.
        source_id: String,
    },
    /// A controlled survey's share of few people.
    #[error(
        "source {source_id:?} is controlled, and fewer than {fewest} people were asked here or elsewhere: take \
         the claim out, or ask for a larger group"
    )]
    TooFewRespondents {
        /// The source.
        source_id: String,
        /// The fewest whose share may be shown.
        fewest: u64,
    },
    /// Measures count events, or add totals; this source brings something else.
    #[error(
        "source {source_id:?} is read by {reader:?} and brings neither events nor totals, so no measure can count it"
    )]
    NotCounts {
        /// The source.
        source_id: String,
        /// Its reader.
        reader: &'static str,
    },
    /// Only tables of published numbers have them.
    #[error("source {source_id:?} is read by {reader:?}, which brings no published statistics")]
    NotStatistics {
        /// The source.
        source_id: String,
        /// Its reader.
        reader: &'static str,
    },
    /// The source gives no such number.
    #[error(
        "source {source_id:?} has no number of {asked} for the area; `wardmote statistics {source_id}` lists what it has"
    )]
    NoStatistic {
        /// The source.
        source_id: String,
        /// What was asked for.
        asked: String,
    },
    /// The words name more than one number.
    #[error(
        "source {source_id:?} has several numbers of {asked} for one area ({first}; {second}): say which by \
         breakdown, measure or period"
    )]
    SeveralStatistics {
        /// The source.
        source_id: String,
        /// What was asked for.
        asked: String,
        /// One.
        first: String,
        /// Another.
        second: String,
    },
    /// A claim or chart names a measure that is not declared.
    #[error("measure {measure:?} is not declared in measures/")]
    NoMeasure {
        /// As it was named.
        measure: String,
    },
    /// The area is not one that was loaded.
    #[error("area {area} at level {level} is not known; load its lookup, or correct the code")]
    NoArea {
        /// The code.
        area: AreaCode,
        /// The level.
        level: AreaLevel,
    },
    /// A map needs outlines.
    #[error(
        "no outlines of areas of level {level} are loaded, so no map of them can be drawn; load them, or draw kind = \"areas\""
    )]
    NoOutlines {
        /// The level.
        level: AreaLevel,
    },
    /// A rate needs a population.
    #[error("measure {measure:?} has no denominator, so no rate can be taken")]
    NoDenominator {
        /// The measure.
        measure: String,
    },
    /// A share needs the rows that it is taken of.
    #[error("measure {measure:?} has no share_of, so no share can be taken")]
    NoWhole {
        /// The measure.
        measure: String,
    },
    /// Harm needs weights.
    #[error("measure {measure:?} has no weights, so no harm can be taken")]
    NoWeights {
        /// The measure.
        measure: String,
    },
    /// A comparison needs other areas.
    #[error("names no areas to compare with; give areas = [...], or peers in partnership.toml")]
    NoOthers,
    /// An area is compared among areas of its own kind.
    #[error(
        "area {area} is none of the partnership's areas of level {level}; give area = \"...\", one of them"
    )]
    NotAmong {
        /// The area.
        area: AreaCode,
        /// The level asked for.
        level: AreaLevel,
    },
    /// The population was not loaded for these areas.
    #[error("no population {population:?} is loaded for area {area}")]
    NoPopulation {
        /// The population's name.
        population: String,
        /// The area.
        area: AreaCode,
    },
    /// A count of this place would be an estimate, and estimates are not tested.
    #[error(
        "{place} cannot be counted whole: small area {area} lies partly in it, and its rows are known by that area alone; ask for the other census's areas, or for the district"
    )]
    Parted {
        /// The place.
        place: AreaCode,
        /// The small area that lies in it with a part only.
        area: AreaCode,
    },
    /// Totals that do not come by month bear no monthly series.
    #[error(
        "source {source_id:?} does not come by month, so it bears neither a trend nor a season nor a test of two periods; take a value of one of its own periods"
    )]
    NotMonthly {
        /// The source.
        source_id: String,
    },
    /// Repeats are counted over a whole source.
    #[error(
        "repeats are counted over a whole source, so they are known only for the area that its declaration \
         gives as its own (area = \"...\"), which {place} is not"
    )]
    RepeatsElsewhere {
        /// The place.
        place: AreaCode,
    },
    /// Totals come by kind alone.
    #[error("source {source_id:?} brings totals, which have neither outcomes nor marks")]
    NoDetail {
        /// The source.
        source_id: String,
    },
    /// No row of a table of totals is of this place.
    #[error("source {source_id:?} has no totals of {place}, by its name or code at {level}")]
    NoTotals {
        /// The source.
        source_id: String,
        /// The place.
        place: AreaCode,
        /// The level of the table's areas.
        level: AreaLevel,
    },
    /// The survey holds no such answers.
    #[error("source {source_id:?} holds no answers of {what}{mend}")]
    NoAnswers {
        /// The source.
        source_id: String,
        /// What was asked for.
        what: String,
        /// What is there, or what to write.
        mend: String,
    },
    /// The partnership covers no district.
    #[error("partnership.toml names no area")]
    NoDistrict,
}
