//! The command line as its users meet it: each test runs the binary.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod analyse;
mod board;
mod bundles;
mod changes;
mod clocks;
mod contradictions;
mod data_protection;
mod described;
mod fetch;
mod first;
mod folder;
mod hostile;
mod jobs;
mod luton;
mod officers;
mod plan;
mod prose;
mod protection;
mod records;
mod reload;
mod repeats;
mod running;
mod samples;
mod site;
mod small_country;
mod source;
mod stockport;
mod workbench;
