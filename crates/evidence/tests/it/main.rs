//! What the wording gate promises, measured on series whose truth is known.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails as the test does")]

mod gate;
