//! The words of community safety and the pure rules over them.
//!
//! Area codes carry their vintage, periods know which months they cover, coordinates know their
//! reference system, and a claim's words are chosen from one table by the outcome of its test.
//! Nothing here reads a file or a clock.

pub mod area;
pub mod category;
pub mod claim;
pub mod coordinates;
pub mod figure;
pub mod partnership;
pub mod period;
pub mod provenance;
