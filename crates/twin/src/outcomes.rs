//! Last outcomes of crimes: by kind of crime, and lagging, so that recent months look unfinished.

use wardmote_domain::category::CrimeType;

use crate::draws::{Draws, Weighted};

const OUTCOMES: [&str; 10] = [
    "Investigation complete; no suspect identified",
    "Unable to prosecute suspect",
    "Court result unavailable",
    "Local resolution",
    "Action to be taken by another organisation",
    "Awaiting court outcome",
    "Status update unavailable",
    "Formal action is not in the public interest",
    "Offender given a caution",
    "Suspect charged as part of another case",
];

const UNFINISHED: &str = "Under investigation";

/// Share still under investigation, by months since the month of the crime.
const UNFINISHED_SHARE: [f64; 8] = [0.62, 0.38, 0.24, 0.15, 0.10, 0.07, 0.05, 0.04];

/// Months from the month of a crime to that of its outcome, for one that has an outcome by
/// `age_months`: so drawn that the shares still under investigation are those above.
pub(crate) fn lag_months(age_months: usize, draws: &mut Draws) -> usize {
    let oldest = age_months.min(UNFINISHED_SHARE.len() - 1);
    let at = draws.unit() * (1.0 - UNFINISHED_SHARE[oldest]);
    UNFINISHED_SHARE[..oldest].partition_point(|unfinished| 1.0 - unfinished <= at)
}

/// The outcome type under which an outcomes file lists what a street file calls `last_outcome`;
/// `None` where it lists nothing.
pub(crate) fn outcome_type(last_outcome: &'static str) -> Option<&'static str> {
    match last_outcome {
        "" | UNFINISHED | "Status update unavailable" => None,
        // A charge stays listed as the charge, whatever the court does with it later.
        "Court result unavailable" | "Awaiting court outcome" => Some("Suspect charged"),
        outcome => Some(outcome),
    }
}

/// The outcomes of each kind of crime.
pub(crate) struct Outcomes([Weighted; 4]);

impl Outcomes {
    pub(crate) fn new() -> Self {
        // In the order of OUTCOMES: thefts, shoplifting, drugs and weapons, and the rest.
        Self([
            Weighted::new([84.0, 10.0, 2.0, 0.5, 0.2, 1.0, 0.8, 0.3, 0.4, 0.4]),
            Weighted::new([70.0, 16.0, 6.0, 3.5, 0.2, 3.6, 0.7, 0.5, 0.6, 0.4]),
            Weighted::new([6.0, 17.0, 20.0, 34.0, 0.5, 8.0, 7.0, 5.0, 3.5, 0.3]),
            Weighted::new([18.0, 64.0, 4.5, 2.2, 3.8, 1.9, 2.6, 1.6, 1.0, 0.2]),
        ])
    }

    /// Draws the last outcome of a crime `age_months` before the newest month.
    pub(crate) fn draw(
        &self,
        category: CrimeType,
        age_months: usize,
        draws: &mut Draws,
    ) -> &'static str {
        let age = age_months.min(UNFINISHED_SHARE.len() - 1);
        if draws.chance(UNFINISHED_SHARE[age]) {
            return UNFINISHED;
        }
        let kind = match category {
            CrimeType::BicycleTheft
            | CrimeType::Burglary
            | CrimeType::OtherTheft
            | CrimeType::TheftFromThePerson
            | CrimeType::VehicleCrime
            | CrimeType::CriminalDamageAndArson => 0,
            CrimeType::Shoplifting => 1,
            CrimeType::Drugs | CrimeType::PossessionOfWeapons => 2,
            _ => 3,
        };
        OUTCOMES[self.0[kind].draw(draws)]
    }
}
