//! Every statistic has three witnesses: a value from an independent program or a paper, a property
//! that holds for any counts, and a snapshot on real data that shows when an answer moves.
//!
//! Independent values are those of scipy 1.17.1 and statsmodels 0.15.0 unless a test says otherwise;
//! where an iteration is involved both sides stop at a tolerance, so agreement is asked to 1e-6.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod changepoints;
mod displacement;
mod disproportionality;
mod draw;
mod equivalence;
mod events;
mod false_alarms;
mod forecast;
mod funnel;
mod glm;
mod harm;
mod hours_of_week;
mod interrupted;
mod luton;
mod method_pages;
mod multiplicity;
mod pages;
mod peers;
mod periods;
mod place;
mod power;
mod prioritise;
mod proportion;
mod rank_intervals;
mod ranks;
mod rates;
mod season;
mod seasonal_decomposition;
mod share_periods;
mod simulate;
mod spikes;
mod survey;
mod synthetic_control;
mod together;
mod trend;
