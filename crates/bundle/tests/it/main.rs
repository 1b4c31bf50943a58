//! Bundles written, signed, opened, tampered with and forged.
#![expect(clippy::unwrap_used, reason = "a test that cannot set its scene has failed")]

mod hostile;
mod round_trip;
mod scene;
mod signatures;
