//! Statistical disclosure control for linked tables of counts.
//!
//! A small count can be a person. Withholding it is not enough: a row's total less its other cells
//! gives it away, and so may the table of another page, or last year's. [`Publication`] takes all
//! that one publication says as cells with the sums between them; [`protect`] decides which cells
//! are withheld (or rounds all), as cheaply as it can, so that no protected cell can be worked out;
//! [`audit`] is the attacker who tries.
//!
//! ```
//! use wardmote_disclosure::{Publication, Rules, protect};
//!
//! let mut table = Publication::builder();
//! for (area, counts) in [("north", [2, 14]), ("south", [30, 11])] {
//!     for (month, count) in ["june", "july"].into_iter().zip(counts) {
//!         table = table.controlled(format!("{area} {month}"), count);
//!     }
//!     table = table
//!         .controlled(format!("{area} total"), counts.iter().sum())
//!         .sum(format!("{area} total"), ["june", "july"].map(|month| format!("{area} {month}")));
//! }
//! for (month, count) in [("june", 32), ("july", 25)] {
//!     table = table
//!         .controlled(format!("all {month}"), count)
//!         .sum(format!("all {month}"), ["north", "south"].map(|area| format!("{area} {month}")));
//! }
//! table = table
//!     .controlled("all total", 57)
//!     .sum("all total", ["north total", "south total"])
//!     .sum("all total", ["all june", "all july"]);
//! let protected = protect(&table.build()?, &Rules::default())?;
//! assert_eq!(protected.report.withheld_as_small, 1);
//! assert_eq!(protected.report.withheld_for_others, 3);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What to rely on
//!
//! - Pure: no function reads a file or a clock, and nothing is drawn at random.
//! - That a cell is safe never rests on floating point: it is shown by tables of whole counts which
//!   agree with all that is known, checked in whole numbers. Where the optimiser fails, more is
//!   withheld or there is an error.
//! - All sums are used at once, over all tables, and over earlier publications where their cells are
//!   given as known.
//!
//! Left out: rules on the contributors of a magnitude (dominance, p%), which counts do not have; an
//! attacker who is counted in a cell and knows who else is; noise; and sums that were not given.

mod attack;
mod audit;
mod cuts;
mod moves;
mod optimiser;
mod parts;
mod pattern;
mod propagation;
mod protect;
mod publication;
mod rounding;
mod rules;
mod ties;
mod withhold;

pub use attack::Counters;
pub use audit::{Audit, Finding, Interval, Verdict, attack, audit};
pub use pattern::{Pattern, Rounded};
pub use protect::{ProtectError, Protected, Quality, Recoverable, Report, protect};
pub use publication::{Cell, Publication, PublicationBuilder, PublicationError, Visibility};
pub use rules::{Method, NeededRange, Rules, Zeros};
