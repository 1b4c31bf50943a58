//! When in the week it happens, where only a span of time is known: aoristic weights.

/// Minutes from one Monday 00:00 to the next.
pub const MINUTES_A_WEEK: u32 = 7 * 24 * 60;

/// Why events have no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HoursError {
    /// An event ends when it begins or later.
    #[error("event {event_index} ends before it begins")]
    Backwards {
        /// Position of the event.
        event_index: usize,
    },
    /// Spread over more than a week, an event says nothing of the hour.
    #[error(
        "event {event_index} may lie anywhere in {minutes} minutes, more than a week: leave it out"
    )]
    LongerThanAWeek {
        /// Position of the event.
        event_index: usize,
        /// Its span.
        minutes: i64,
    },
    /// Nothing to count.
    #[error("no events")]
    NoEvents,
}

/// An event that lies between two times, in minutes since any one Monday 00:00 by the clock on the wall.
///
/// Both may be any number of weeks off: only the hour of the week matters, and the span. Equal times are
/// an event whose minute is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// The earliest it may have been.
    pub from_minutes: i64,
    /// The latest.
    pub to_minutes: i64,
}

/// How an event is shared out over the hours of its span.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shares {
    /// By the minutes of each hour that lie in the span.
    ByMinutes,
    /// The same to every hour that the span touches (Ratcliffe's units of an hour).
    ByHoursTouched,
}

/// Events by weekday and hour.
#[derive(Debug, Clone, PartialEq)]
pub struct HoursOfWeek {
    /// Weighted events: Monday to Sunday, then the hour from 0 to 23.
    pub table: [[f64; 24]; 7],
    /// How they were shared out.
    pub shares: Shares,
    /// Events; the table sums to it.
    pub n: usize,
    /// Of these, known to the hour: all of the weight lies in one cell.
    pub n_in_one_hour: usize,
    /// Events that may lie anywhere in more than a day: they flatten the table by hour.
    pub n_longer_than_a_day: usize,
    /// The median span in minutes.
    pub median_span_minutes: i64,
}

/// A part of the week against its share of the clock. Without limits: a weight is no count, and an event
/// that is spread over the edge of a part lies on both sides of it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct PartOfWeek {
    /// Weighted events in it.
    pub weight: f64,
    /// Share of all events.
    pub share: f64,
    /// The part's share of the 168 hours.
    pub share_of_clock: f64,
    /// Share over share of the clock: 2 is twice as many as an even spread would have.
    pub concentration: f64,
}

impl HoursOfWeek {
    /// Weighted events of each weekday, Monday first.
    pub fn by_weekday(&self) -> [f64; 7] {
        std::array::from_fn(|weekday| self.table[weekday].iter().sum())
    }

    /// Weighted events of each hour of the day.
    pub fn by_hour(&self) -> [f64; 24] {
        std::array::from_fn(|hour| self.table.iter().map(|day| day[hour]).sum())
    }

    /// The fullest cell: weekday (0 for Monday), hour, weighted events. The first of equals.
    pub fn peak(&self) -> (usize, usize, f64) {
        let mut best = (0, 0, self.table[0][0]);
        for (weekday, day) in self.table.iter().enumerate() {
            for (hour, &weight) in day.iter().enumerate() {
                if weight > best.2 {
                    best = (weekday, hour, weight);
                }
            }
        }
        best
    }

    /// The cells for which `belongs(weekday, hour)` holds, against their share of the clock.
    pub fn part(&self, belongs: impl Fn(usize, usize) -> bool) -> PartOfWeek {
        let cells = (0..7).flat_map(|weekday| (0..24).map(move |hour| (weekday, hour)));
        let inside: Vec<_> = cells.filter(|&(weekday, hour)| belongs(weekday, hour)).collect();
        let weight = inside.iter().map(|&(weekday, hour)| self.table[weekday][hour]).sum::<f64>();
        let (n, share_of_clock) = (self.n as f64, inside.len() as f64 / 168.0);
        let share = weight / n;
        PartOfWeek {
            weight,
            share,
            share_of_clock,
            concentration: if inside.is_empty() { 0.0 } else { share / share_of_clock },
        }
    }
}

/// Shares events out over the hours of the week in which they may have happened.
///
/// An event known to lie between two times counts in each hour by how much of its span lies there, so
/// that it counts as one in all. A midpoint would put every burglary of a working day at noon. Where
/// spans are long the table is flat, whatever the truth: read `median_span_minutes` beside it.
///
/// Times are those of the clock: the hour that summer time repeats in October holds two hours' events,
/// the one it skips in March none.
///
/// # Source
///
/// Ratcliffe (2002), *Journal of Quantitative Criminology* 18; Ratcliffe and McCullagh (1998),
/// *International Journal of Geographical Information Science* 12.
///
/// # Example
///
/// ```
/// use wardmote_stats::hours_of_week::{Shares, Span, hours_of_week};
/// // A burglary on Monday between 22:30 and 00:30, and a robbery on Tuesday at 23:10.
/// let burglary = Span { from_minutes: 22 * 60 + 30, to_minutes: 24 * 60 + 30 };
/// let robbery = Span { from_minutes: 47 * 60 + 10, to_minutes: 47 * 60 + 10 };
/// let week = hours_of_week(&[burglary, robbery], Shares::ByMinutes)?;
/// assert_eq!((week.table[0][22], week.table[0][23], week.table[1][0]), (0.25, 0.5, 0.25));
/// assert_eq!(week.peak(), (1, 23, 1.0));
/// # Ok::<(), wardmote_stats::hours_of_week::HoursError>(())
/// ```
pub fn hours_of_week(events: &[Span], shares: Shares) -> Result<HoursOfWeek, HoursError> {
    if events.is_empty() {
        return Err(HoursError::NoEvents);
    }
    let mut week = HoursOfWeek {
        table: [[0.0; 24]; 7],
        shares,
        n: events.len(),
        n_in_one_hour: 0,
        n_longer_than_a_day: 0,
        median_span_minutes: 0,
    };
    let mut spans = Vec::with_capacity(events.len());
    for (event_index, &Span { from_minutes, to_minutes }) in events.iter().enumerate() {
        let minutes = to_minutes.saturating_sub(from_minutes);
        if minutes < 0 {
            return Err(HoursError::Backwards { event_index });
        }
        if minutes > i64::from(MINUTES_A_WEEK) {
            return Err(HoursError::LongerThanAWeek { event_index, minutes });
        }
        spans.push(minutes);
        // The end of a span belongs to the hour before it, unless the span is a single minute.
        let first_hour = from_minutes.div_euclid(60);
        let last_hour = (to_minutes - i64::from(minutes > 0)).div_euclid(60);
        week.n_in_one_hour += usize::from(first_hour == last_hour);
        week.n_longer_than_a_day += usize::from(minutes > 24 * 60);
        let hours = (last_hour - first_hour + 1) as f64;
        for hour in first_hour..=last_hour {
            let weight = match shares {
                _ if minutes == 0 => 1.0,
                Shares::ByHoursTouched => 1.0 / hours,
                Shares::ByMinutes => {
                    let inside = to_minutes.min(60 * (hour + 1)) - from_minutes.max(60 * hour);
                    inside as f64 / minutes as f64
                }
            };
            let of_week = hour.rem_euclid(168) as usize;
            week.table[of_week / 24][of_week % 24] += weight;
        }
    }
    let middle = spans.len() / 2;
    week.median_span_minutes = *spans.select_nth_unstable(middle).1;
    Ok(week)
}
