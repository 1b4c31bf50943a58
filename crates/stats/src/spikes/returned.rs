//! When a series was back in its expected band.

use super::{Verdict, Watched};

/// An alarm, and when it was over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Return {
    /// Position of the first alarm.
    pub alarm: usize,
    /// Position of the first of the periods in which the count was back, where it is.
    pub back: Option<usize>,
    /// Periods from the alarm until it was back, or until the series ends.
    pub periods_above: usize,
}

/// For each alarm, when the series was back: the first of `calm_periods` neighbouring periods that were
/// judged and not above their thresholds. Alarms in between belong to the same episode.
///
/// A period that could not be judged neither ends an episode nor counts as calm. Thresholds rise if an
/// episode is long enough to enter the baseline, so that a series may come back because more has become
/// ordinary: [`Farrington::recent_left_out`](super::Farrington::recent_left_out) puts that off.
///
/// # Example
///
/// ```
/// use wardmote_stats::spikes::{Farrington, farrington, returned};
/// let mut counts: Vec<u64> = (0..66).map(|t| 40 + t % 12 * 2 + t * 7 % 5).collect();
/// (counts[60], counts[61]) = (90, 85);
/// let watch = farrington(&counts, 60, &Farrington::flexible(12))?;
/// let episodes = returned(&watch.periods, 2);
/// assert_eq!((episodes[0].alarm, episodes[0].back, episodes[0].periods_above), (60, Some(62), 2));
/// # Ok::<(), wardmote_stats::spikes::SpikeError>(())
/// ```
pub fn returned(periods: &[Watched], calm_periods: usize) -> Vec<Return> {
    let needed = calm_periods.max(1);
    let mut episodes: Vec<Return> = Vec::new();
    let mut under_way = false;
    let mut calm = 0;
    for watched in periods {
        match watched.verdict {
            Verdict::Alarm => {
                if !under_way {
                    let (alarm, back) = (watched.index, None);
                    episodes.push(Return { alarm, back, periods_above: 0 });
                }
                (under_way, calm) = (true, 0);
            }
            Verdict::Within | Verdict::TooFewEvents => calm += 1,
            Verdict::NothingBefore | Verdict::NoBaseline | Verdict::NoModel => calm = 0,
        }
        if let Some(episode) = episodes.last_mut().filter(|_| under_way) {
            episode.periods_above = watched.index + 1 - episode.alarm;
            if calm >= needed {
                let back = watched.index + 1 - needed;
                *episode =
                    Return { back: Some(back), periods_above: back - episode.alarm, ..*episode };
                under_way = false;
            }
        }
    }
    episodes
}
