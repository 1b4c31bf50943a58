#![doc = include_str!("../../../docs/methods/disproportionality.md")]

use crate::dispersion::{Dispersion, DispersionError, dispersion_over_areas};
use crate::interval::{Interval, Sidedness};
use crate::multiplicity::Correction;
use crate::rates::{Exposure, RateError, RateRatio, rate_ratio};
use crate::share_periods::{Part, ShareChange, SharePeriodsError, compare_groups};

/// With fewer searches than this of a group, one officer's week decides.
pub const FEWEST_SEARCHES: u64 = 50;

/// Fewer finds, or searches without one, than this leave a rate of finds to chance.
pub const FEWEST_FINDS: u64 = 10;

/// Why groups were not compared.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum DisproportionalityError {
    /// Too few to say anything, and to publish.
    #[error("{searches} searches of a group; below {FEWEST_SEARCHES} nothing is said of it")]
    TooFewSearches {
        /// The smaller number.
        searches: u64,
    },
    /// Too few to say anything, and to publish.
    #[error(
        "{cases} searches of a group with a find, or without one; below {FEWEST_FINDS} nothing is said of it"
    )]
    TooFewFinds {
        /// The smallest number.
        cases: u64,
    },
    /// The rates could not be compared.
    #[error(transparent)]
    Rate(#[from] RateError),
    /// The variation from month to month could not be measured.
    #[error(transparent)]
    Dispersion(#[from] DispersionError),
    /// The shares could not be compared.
    #[error(transparent)]
    Share(#[from] SharePeriodsError),
}

/// What a comparison cannot know, to be printed with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Limit {
    /// Residents are not the people in the street.
    ResidentsAreNotTheStreet,
    /// One person may be searched often.
    SearchesAreNotPeople,
    /// Searches whose group is not recorded could belong to either.
    GroupNotRecorded,
    /// A difference in finds tells of the average search, not of the one in doubt.
    InfraMarginality,
    /// What counts as a find is decided by the same officers.
    FindsAreRecordedByTheSearcher,
    /// A comparison says that there is a difference, never why.
    NoCause,
}

impl Limit {
    /// The limit as a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::ResidentsAreNotTheStreet => {
                "The rates are per resident, and those in the street at the time are not the residents: visitors, \
                 workers and people passing through are searched too."
            }
            Self::SearchesAreNotPeople => {
                "Searches are counted, not people: one person may be searched several times."
            }
            Self::GroupNotRecorded => {
                "Searches of people whose group is not recorded are left out of the ratio; its bounds say what they \
                 could change."
            }
            Self::InfraMarginality => {
                "A lower share of finds does not by itself show a lower threshold for searching, nor an equal share an \
                 equal one: it describes the average search, and groups may differ in how many are carrying."
            }
            Self::FindsAreRecordedByTheSearcher => {
                "What counts as a find is recorded by those who searched."
            }
            Self::NoCause => "The figures show whether there is a difference, not why.",
        }
    }
}

/// Searches of one group, month by month.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Group<'a> {
    /// Residents of the group.
    pub residents: f64,
    /// Searches in each month, and of them those that found something.
    pub months: &'a [Part],
}

impl Group<'_> {
    fn searches(self) -> u64 {
        self.months.iter().map(|month| month.of).sum()
    }

    fn finds(self) -> u64 {
        self.months.iter().map(|month| month.with).sum()
    }

    fn exposure(self) -> Exposure {
        Exposure { events: self.searches(), population: self.residents }
    }
}

/// How much more often one group is searched than another.
#[derive(Debug, Clone, PartialEq)]
pub struct SearchRates {
    /// Searches and residents of the group.
    pub group: Exposure,
    /// Searches and residents of the group it is compared with.
    pub reference: Exposure,
    /// Searches per resident over the same of the reference, by Student's t.
    pub ratio: RateRatio,
    /// Which differences the p value counts.
    pub sidedness: Sidedness,
    /// How it was corrected for other tests.
    pub correction: Correction,
    /// How much more than chance the months of the two groups vary about their common course.
    pub dispersion: Dispersion,
    /// Searches whose group is not recorded.
    pub group_not_recorded: u64,
    /// The ratio if all of those were of the reference, and if all were of the group.
    pub bounds: Interval,
    /// Months compared.
    pub n_months: usize,
    /// What to print with it.
    pub limits: &'static [Limit],
}

/// Compares searches per resident between a group and a reference.
///
/// # Shape
///
/// Both groups hold the same months in order of time, at least two; `group_not_recorded` counts the
/// searches of the same months whose group is not known.
///
/// # Source
///
/// Rate ratio as [`rate_ratio`], with the dispersion of [`dispersion_over_areas`] over the two groups'
/// months. That residents are the wrong denominator: Waddington, Stenson and Don (2004), *British
/// Journal of Criminology* 44.
pub fn compare_search_rates(
    group: Group<'_>,
    reference: Group<'_>,
    group_not_recorded: u64,
) -> Result<SearchRates, DisproportionalityError> {
    let searches = group.searches().min(reference.searches());
    if searches < FEWEST_SEARCHES {
        return Err(DisproportionalityError::TooFewSearches { searches });
    }
    let by_month = |group: Group<'_>| group.months.iter().map(|month| month.of).collect();
    let dispersion = dispersion_over_areas(&[by_month(group), by_month(reference)])?;
    let ratio = rate_ratio(group.exposure(), reference.exposure(), dispersion)?;
    let unknown = group_not_recorded as f64;
    let (a, b) = (group.searches() as f64, reference.searches() as f64);
    Ok(SearchRates {
        group: group.exposure(),
        reference: reference.exposure(),
        ratio,
        sidedness: Sidedness::Two,
        correction: Correction::None,
        dispersion,
        group_not_recorded,
        bounds: Interval {
            lower: ratio.ratio * b / (b + unknown),
            upper: ratio.ratio * (a + unknown) / a,
        },
        n_months: group.months.len(),
        limits: &[
            Limit::ResidentsAreNotTheStreet,
            Limit::SearchesAreNotPeople,
            Limit::GroupNotRecorded,
            Limit::NoCause,
        ],
    })
}

/// How much more often searches of one group find something than those of another.
#[derive(Debug, Clone, PartialEq)]
pub struct FindRates {
    /// The shares, `earlier` being the reference and `later` the group, by Student's t.
    pub shares: ShareChange,
    /// Which differences the p value counts.
    pub sidedness: Sidedness,
    /// How it was corrected for other tests.
    pub correction: Correction,
    /// The group's share over the reference's.
    pub ratio: f64,
    /// What to print with it.
    pub limits: &'static [Limit],
}

/// Compares the share of searches that find something between a group and a reference.
///
/// # Shape
///
/// As [`compare_search_rates`].
///
/// # Source
///
/// The outcome test of Becker (1957), *The Economics of Discrimination*; its limit, Ayres (2002),
/// *Justice Research and Policy* 4, and Simoiu, Corbett-Davies and Goel (2017), *Annals of Applied
/// Statistics* 11. The test is that of [`compare_shares`](crate::share_periods::compare_shares).
pub fn compare_find_rates(
    group: Group<'_>,
    reference: Group<'_>,
) -> Result<FindRates, DisproportionalityError> {
    let searches = group.searches().min(reference.searches());
    if searches < FEWEST_SEARCHES {
        return Err(DisproportionalityError::TooFewSearches { searches });
    }
    let shares = compare_groups(reference.months, group.months)?;
    let fewer = |group: Group<'_>| group.finds().min(group.searches() - group.finds());
    let cases = fewer(group).min(fewer(reference));
    if cases < FEWEST_FINDS {
        return Err(DisproportionalityError::TooFewFinds { cases });
    }
    Ok(FindRates {
        shares,
        sidedness: Sidedness::Two,
        correction: Correction::None,
        ratio: shares.later.share() / shares.earlier.share(),
        limits: &[
            Limit::InfraMarginality,
            Limit::FindsAreRecordedByTheSearcher,
            Limit::SearchesAreNotPeople,
            Limit::NoCause,
        ],
    })
}
