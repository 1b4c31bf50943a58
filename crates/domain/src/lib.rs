//! The words of community safety and the pure rules over them.
//!
//! Area codes carry their vintage, periods know which months they cover, coordinates know their
//! reference system, and a claim's words are chosen from one table by the outcome of its test.
//! Clocks of the law count days, and reviews and groups have their rules. Nothing here reads a file or a clock.

pub mod area;
pub mod board;
pub mod category;
pub mod claim;
pub mod clock;
pub mod coordinates;
pub mod figure;
pub mod partnership;
pub mod period;
pub mod plan;
pub mod provenance;
pub mod review;
