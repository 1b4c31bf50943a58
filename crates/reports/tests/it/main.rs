//! What pages, documents and drawings must be, seen from outside.

mod sample;
mod temporary;
