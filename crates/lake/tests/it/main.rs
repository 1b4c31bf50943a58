//! The lake tested through its public functions, on real data where `WARDMOTE_DATA` names it and on
//! small files made here everywhere else.

mod counts;
mod recovery;
mod support;
mod tables;
