//! Statistics for crime counts, on plain slices.
//!
//! Counts of crime are small, seasonal and more variable than chance alone; a share from a survey is
//! weighted; one report holds many tests. The functions here are chosen for that:
//!
//! | Question | Module |
//! | --- | --- |
//! | How sure is this count, this rate? Do two rates differ? | [`rates`] |
//! | How sure is this share? Does the area differ from the rest? | [`proportion`] |
//! | Did it change between two periods? | [`periods`] |
//! | Did a share change between two periods? | [`share_periods`] |
//! | How often would a change of this size be found? | [`power`] |
//! | Is it drifting, season apart? | [`trend`] |
//! | Has it a season, and when is its peak? | [`season`], [`seasonal_decomposition`] |
//! | Is the latest count out of the ordinary? | [`spikes`] |
//! | What is to be expected of the months to come? | [`forecast`] |
//! | Did it change when something began? | [`interrupted`] |
//! | Was a campaign or an incident followed by more? | [`events`] |
//! | Since when has the level been another? | [`changepoints`] |
//! | At which hours of the week does it happen? | [`hours_of_week`] |
//! | What goes with more or fewer events? | [`glm`] |
//! | Do two series rise and fall together? | [`together`] |
//! | May two values be called the same? | [`equivalence`] |
//! | Is the highest really the highest? | [`ranks`] |
//! | Which areas stand outside what chance and the usual spread explain? | [`funnel`] |
//! | Which ranks can an area have? | [`rank_intervals`] |
//! | Is one group searched more, and are its searches as fruitful? | [`disproportionality`] |
//! | Did it work, or did it move? | [`displacement`] |
//! | What would have happened without it? | [`synthetic_control`] |
//! | Did the harm change, and where does it lie? | [`harm`] |
//! | Which problems come first, and how firm is that? | [`prioritise`] |
//! | How many must answer a survey? | [`survey`] |
//! | How much more than chance do counts vary? | [`dispersion`] |
//! | How many of these findings are chance? | [`multiplicity`] |
//! | Where does crime gather, and is that more than chance? | [`spatial`] |
//! | How wide, at what confidence? | [`interval`] |
//!
//! Luton's crime fell by 2.7% from one financial year to the next. A test that takes crime to vary no
//! more than chance calls that a fall; the months themselves say that it is none:
//!
//! ```
//! use wardmote_stats::periods::compare_periods;
//!
//! let year_2022 = [1561, 1745, 1655, 1655, 1736, 1594, 1634, 1454, 1346, 1465, 1328, 1491];
//! let year_2023 = [1375, 1463, 1572, 1571, 1509, 1623, 1583, 1467, 1470, 1530, 1471, 1534];
//! let change = compare_periods(&year_2022, &year_2023)?;
//! assert_eq!(format!("{:.1}%, p {:.2}", change.percent_change, change.p_value), "-2.7%, p 0.57");
//! assert_eq!(format!("{:.2}", change.p_plain), "0.01");
//! # Ok::<(), wardmote_stats::periods::PeriodError>(())
//! ```
//!
//! # What to rely on
//!
//! - Pure: no function reads a file or a clock, and what is drawn at random follows from a seed that
//!   the result repeats, on any number of threads.
//! - Input that cannot be right is an error that names the element, never a quiet NaN.
//! - A variance that was estimated is treated as one: Student's t with its degrees of freedom.
//! - What was chosen for the caller, such as a dispersion, stands in the result.
//! - Each function names its source and says where it stops being trustworthy; its tests hold values
//!   from an independent program.
//!
//! Left out: daily series. The methods have pages with worked examples in `docs/methods/`.

#![expect(clippy::doc_markdown, reason = "McCullagh and McRae are authors, not items")]

pub mod changepoints;
pub mod dispersion;
pub mod displacement;
pub mod disproportionality;
mod draws;
pub mod equivalence;
pub mod events;
pub mod forecast;
pub mod funnel;
pub mod glm;
pub mod harm;
pub mod hours_of_week;
pub mod interrupted;
pub mod interval;
pub mod multiplicity;
mod parallel;
pub mod periods;
pub mod power;
pub mod prioritise;
pub mod proportion;
pub mod rank_intervals;
pub mod ranks;
pub mod rates;
pub mod season;
pub mod seasonal_decomposition;
mod seeded;
pub mod share_periods;
pub mod spatial;
pub mod spikes;
pub mod survey;
pub mod synthetic_control;
pub mod together;
pub mod trend;
