//! A district against its peers together.

use wardmote_domain::period::{Month, Period};

use super::{Family, Told, counts, lowered, ratio, years};
use crate::measure::Measure;
use crate::observed::{Observed, ObservedError, Place};
use crate::testing;

/// Whether the district's rate differs from that of the declared peers; `None` for other areas, and
/// where no peers are declared or no residents are known.
pub(super) fn told(
    observed: &Observed,
    measure: &Measure,
    place: &Place,
    months: &[(Month, Option<u64>)],
    family: Family,
) -> Result<Option<Told>, ObservedError> {
    let partnership = &observed.partnership;
    let is_own = partnership.areas.contains(&place.code);
    if !is_own || partnership.peers.is_empty() || measure.denominator.is_none() {
        return Ok(None);
    }
    let subject = format!(
        "Against its {} peers together, {}",
        partnership.peers.len(),
        lowered(&measure.title)
    );
    let year = match years(months) {
        Ok([_, later]) => later,
        Err(why) => return Ok(Some(family.tell(&subject, Err(why), |_| String::new()))),
    };
    let (Some((first, _)), Some((last, _))) = (year.first(), year.last()) else { return Ok(None) };
    let Ok(period) = Period::run(*first, *last) else { return Ok(None) };
    let mut there = vec![Some(0); year.len()];
    let mut residents = 0;
    for code in &partnership.peers {
        let peer = observed.place(code)?;
        let Ok(n) = observed.residents(measure, peer) else { return Ok(None) };
        residents += n;
        for (sum, (_, n)) in
            there.iter_mut().zip(observed.monthly(&measure.numerator, peer, &period)?)
        {
            *sum = sum.zip(n).map(|(a, b): (u64, u64)| a + b);
        }
    }
    let there: Option<Vec<u64>> = there.into_iter().collect();
    let (Some(there), Ok(here)) = (there, observed.residents(measure, place)) else {
        return Ok(None);
    };
    let test = testing::difference(
        (&counts(&year), here as f64),
        (&there, residents as f64),
        measure.equivalence_margin,
    );
    Ok(Some(family.tell(&subject, test, |test| ratio(test, &year))))
}
