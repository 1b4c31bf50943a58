//! What pages, documents and drawings must be, seen from outside.

mod accessibility;
mod assets;
mod documents;
mod drawings;
mod escaping;
mod govuk_fixtures;
mod publication;
mod sample;
