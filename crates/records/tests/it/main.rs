//! What the store of records promises, on `SQLite` and on PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::cast_possible_wrap,
    clippy::large_futures,
    reason = "a test that cannot go on has failed; its counts are small, and its stack is large enough"
)]

mod accounts;
mod audit;
mod backup;
mod contract;
mod durability;
mod hostile;
mod lists;
mod load;
mod policy;
mod postgres;
mod protection;
mod registers;
mod scene;
