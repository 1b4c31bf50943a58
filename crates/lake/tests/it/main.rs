//! The lake tested through its public functions, on real data where `WARDMOTE_DATA` names it and on
//! small files made here everywhere else.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, as the test does")]

mod counts;
mod every_file;
mod forms;
mod loading;
mod mapped;
mod other_engines;
mod read_bad_input;
mod read_files;
mod read_properties;
mod reading;
mod recovery;
mod smuggling;
mod support;
mod tables;
mod totals;
