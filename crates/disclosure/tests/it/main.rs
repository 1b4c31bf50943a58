//! Protection is proven by attack: what `protect` answers, attackers written apart from it try to
//! break, and what it costs is held against the least that HiGHS found.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod adversarial;
mod attackers;
mod drawn;
mod intervals;
mod linked;
mod monotone;
mod order;
mod publications;
mod rounding;
mod small_tables;
mod vintages;
