//! Fetching tested against a server on this machine that answers as the publishers' do, and can be
//! told to misbehave. No request leaves the machine: every run has that server as its mirror.

#![expect(clippy::unwrap_used, reason = "a helper of a test fails by panicking, as the test does")]

mod archives;
mod layers;
mod ledger;
mod planning;
mod politeness;
mod properties;
mod redirects;
mod refusing;
mod resuming;
mod server;
mod support;
