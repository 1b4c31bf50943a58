//! The command line as its users meet it: each test runs the binary.

mod folder;
mod luton;
mod prose;
mod running;
