//! The rules over dates, tried through what the package offers.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod board;
mod clocks;
mod counting;
mod reviews;
mod routes;
mod support;
