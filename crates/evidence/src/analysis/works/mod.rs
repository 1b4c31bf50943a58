//! Did it work?

mod displacement;
mod synthetic;

pub use self::displacement::{Roles, displacement};
pub use self::synthetic::synthetic_control;
