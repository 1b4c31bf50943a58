//! The signed-in pages as browsers meet them, with an invented town and people.
//!
//! [`Bench`] is a server of its own; [`Browser`] keeps cookies and sends forms as browsers do.
//! Another issue's pages can be tested with both: `Bench::start()`, then
//! `bench.signed_in("analyst-one")`.

mod account;
mod bench;
mod board;
mod browser;
mod hostile;
mod jobs;
pub(crate) mod mail;
mod openid;
mod pages;
mod people;
mod registers;
mod routes;
mod sign_in;
mod start;
mod workbook;

pub(crate) use bench::Bench;
pub(crate) use browser::{Answer, Browser};
