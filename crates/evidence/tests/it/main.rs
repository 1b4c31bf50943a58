//! What the wording gate promises, measured on series whose truth is known, and the false alarms of the
//! consistency lint.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod claims_page;
mod consistency;
mod gate;
