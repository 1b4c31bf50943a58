//! Fixtures and comparison helpers for tests.

pub mod police_uk;
