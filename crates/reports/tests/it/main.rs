//! What pages, documents and drawings must be, seen from outside.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod accessibility;
mod assets;
mod calendar;
mod documents;
mod drawings;
mod editing;
mod escaping;
mod govuk_fixtures;
mod libreoffice;
mod pack;
mod publication;
mod sample;
mod site;
mod slides;
mod tiles;
mod word;
