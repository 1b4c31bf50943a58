//! Counts by month, on their way into a test and onto a page.

use wardmote_domain::period::{Month, Period};

use crate::measure::Selection;
use crate::observed::{Observed, ObservedError, Place};
use crate::take::{NotKnown, why_missing};
use crate::testing::NotTested;

/// A total, or why it is not known.
pub(super) type Total = Result<u64, NotKnown>;

/// Months as times, their counts, and their months of the year.
type Run = (Vec<f64>, Vec<u64>, Vec<u8>);

/// Counts by month, of one selection in some places.
pub(crate) struct Months<'a> {
    observed: &'a Observed,
    selection: &'a Selection,
    places: Vec<&'a Place>,
    pub(super) counts: Vec<(Month, Option<u64>)>,
}

impl<'a> Months<'a> {
    pub(crate) fn of(
        observed: &'a Observed,
        selection: &'a Selection,
        place: &'a Place,
        period: &Period,
    ) -> Result<Self, ObservedError> {
        Self::of_all(observed, selection, vec![place], period)
    }

    pub(super) fn of_all(
        observed: &'a Observed,
        selection: &'a Selection,
        places: Vec<&'a Place>,
        period: &Period,
    ) -> Result<Self, ObservedError> {
        let mut counts: Vec<(Month, Option<u64>)> =
            period.months().map(|month| (month, Some(0))).collect();
        for place in &places {
            let of_it = observed.monthly(selection, place, period)?;
            for (sum, (_, n)) in counts.iter_mut().zip(of_it) {
                sum.1 = sum.1.zip(n).map(|(a, b)| a + b);
            }
        }
        Ok(Self { observed, selection, places, counts })
    }

    pub(super) fn unknown(&self) -> Option<String> {
        let missing: Vec<Month> =
            self.counts.iter().filter(|(_, n)| n.is_none()).map(|(month, _)| *month).collect();
        let source = &self.selection.source;
        let why = || why_missing(self.observed, source, &missing, self.counts.len());
        (!missing.is_empty()).then(why)
    }

    /// The total, if it is known and may be shown.
    pub(super) fn total(&self) -> Total {
        if let Some(why) = self.unknown() {
            return Err(NotKnown(why));
        }
        self.show(&|_| true)
    }

    /// The counts for a test whose numbers are printed beside the total: they are there only if the
    /// total may be shown, and if there are enough of them to hide each in the test.
    pub(super) fn for_a_test(&self) -> Result<Vec<u64>, NotTested> {
        self.total().map_err(|why| NotTested(why.0))?;
        self.observed.may_test(&self.selection.source, self.counts.len()).map_err(NotTested)?;
        Ok(self.counts.iter().filter_map(|(_, n)| *n).collect())
    }

    /// The known months' times, counts and months of the year, for a test over a run with gaps.
    pub(super) fn for_a_run(&self) -> Result<Run, NotTested> {
        self.show(&|_| true).map_err(|why| NotTested(why.0))?;
        self.observed.may_test(&self.selection.source, self.counts.len()).map_err(NotTested)?;
        let start = self.counts.first().map_or(0, |(month, _)| month.index());
        let known = self.counts.iter().filter_map(|(month, n)| n.map(|n| (*month, n)));
        let mut columns = (Vec::new(), Vec::new(), Vec::new());
        for (month, n) in known {
            columns.0.push(f64::from(month.index() - start));
            columns.1.push(n);
            columns.2.push(month.month_of_year());
        }
        Ok(columns)
    }

    /// Whether the totals of each month of the year may be shown, as a profile of the year does.
    pub(crate) fn show_months_of_the_year(&self) -> Result<(), NotTested> {
        for of_year in 1..=12 {
            let shown = self.show(&|month: Month| month.month_of_year() == of_year);
            shown.map_err(|why| NotTested(why.0))?;
        }
        Ok(())
    }

    /// The sum over some of the known months, if it may be shown.
    pub(super) fn show(&self, of: &dyn Fn(Month) -> bool) -> Total {
        let counted = || self.counts.iter().filter(|(month, n)| of(*month) && n.is_some());
        let sum = counted().filter_map(|(_, n)| *n).sum();
        let months = counted().map(|(month, _)| *month).collect();
        self.observed.show(self.selection, &self.places, months, sum)
    }

    /// The counts in the order of an earlier period's months of the year, so that April stands
    /// beside April though one year starts in January.
    pub(super) fn aligned_with(&self, earlier: &Self) -> Result<Vec<u64>, NotTested> {
        let mut counts = self.for_a_test()?;
        if let (Some((first, _)), Some((start, _))) = (self.counts.first(), earlier.counts.first())
        {
            align(&mut counts, *first, *start);
        }
        Ok(counts)
    }
}

/// The counts of a later period in the order of an earlier one's months of the year.
pub(crate) fn aligned(mut counts: Vec<u64>, later: &Period, earlier: &Period) -> Vec<u64> {
    align(&mut counts, later.first(), earlier.first());
    counts
}

fn align(counts: &mut [u64], first: Month, start: Month) {
    let turn = (start.index() - first.index()).rem_euclid(12).unsigned_abs() as usize;
    // Only whole years can start in different months; a declared comparison sees to that.
    for year in counts.chunks_exact_mut(12) {
        year.rotate_left(turn);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(first: &str, n: i32) -> (Month, Vec<u64>) {
        let first: Month = first.parse().unwrap();
        // Each count is its month of the year, so that pairs can be seen.
        (first, (0..n).map(|k| u64::from(first.plus(k).month_of_year())).collect())
    }

    #[test]
    fn months_of_the_year_are_paired() {
        for ((start, earlier), (first, mut later)) in [
            (run("2022-04", 12), run("2023-04", 12)),
            (run("2022-04", 12), run("2024-01", 12)),
            (run("2021-01", 24), run("2023-04", 24)),
            (run("2023-04", 8), run("2024-04", 8)),
        ] {
            align(&mut later, first, start);
            assert_eq!(later, earlier);
        }
    }
}
