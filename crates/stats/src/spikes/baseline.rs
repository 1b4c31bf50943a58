//! Which earlier periods a period is held against.

use std::ops::Range;

use super::Farrington;

/// One earlier period and the part of the year it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Reference {
    /// Position in the series.
    pub(super) index: usize,
    /// 0 for the window about the same time of the year, else the block of the rest of the year.
    pub(super) level: usize,
}

/// How many whole years, windows included, lie before a period.
pub(super) fn whole_years(index: usize, options: &Farrington) -> usize {
    index.saturating_sub(options.half_window) / options.periods_per_year
}

/// The earlier periods for the period at `index`, with the years that there are.
pub(super) fn references(
    index: usize,
    years: usize,
    options: &Farrington,
    into: &mut Vec<Reference>,
) {
    into.clear();
    let Farrington { periods_per_year, half_window, seasonal_levels, .. } = *options;
    let end = index.saturating_sub(options.recent_left_out);
    let mut add = |range: Range<usize>, level: usize| {
        into.extend(range.filter(|place| *place < end).map(|index| Reference { index, level }));
    };
    for year in (1..=years).rev() {
        let same_time = index - year * periods_per_year;
        add(same_time - half_window..same_time + half_window + 1, 0);
        if seasonal_levels > 1 {
            let start = same_time + half_window + 1;
            let length = periods_per_year - 2 * half_window - 1;
            let blocks = seasonal_levels - 1;
            // The first blocks are longer by one where the year does not divide.
            let edge =
                |block: usize| start + block * (length / blocks) + block.min(length % blocks);
            for block in 0..blocks {
                add(edge(block)..edge(block + 1), block + 1);
            }
        }
    }
    add(index - half_window..index, 0);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn months_and_their_blocks() {
        let options = Farrington { recent_left_out: 3, ..Farrington::flexible(12) };
        assert_eq!(whole_years(25, &options), 2);
        let mut found = Vec::new();
        references(25, 2, &options, &mut found);
        // Twice a year of 3 months about the same time and nine blocks of one; the last three months
        // are left out.
        let expected: Vec<usize> = (0..22).collect();
        assert_eq!(found.iter().map(|reference| reference.index).collect::<Vec<_>>(), expected);
        let levels: Vec<usize> = found.iter().map(|reference| reference.level).collect();
        assert_eq!(levels[..13], [0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0]);
    }

    #[test]
    fn weeks_leave_longer_blocks_first() {
        let options = Farrington { recent_left_out: 3, ..Farrington::flexible(52) };
        let mut found = Vec::new();
        references(55, 1, &options, &mut found);
        let size = |level: usize| found.iter().filter(|found| found.level == level).count();
        assert_eq!((0..10).map(size).collect::<Vec<_>>(), [7, 5, 5, 5, 5, 5, 5, 5, 5, 5]);
    }
}
