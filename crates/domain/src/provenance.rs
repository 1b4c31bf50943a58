//! How exactly a source knows when and where, and to whom its figures may be shown.

use serde::{Deserialize, Serialize};

/// How exactly a source knows when an event happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TimePrecision {
    /// The calendar month only.
    Month,
    /// The day.
    Day,
    /// The minute.
    Minute,
}

/// How exactly a source knows where an event happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PlacePrecision {
    /// Moved by the publisher to one of a fixed set of points.
    Snapped,
    /// The address or point itself.
    Exact,
    /// An area only.
    Area,
}

/// Whether the rows of a source are already public.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Disclosure {
    /// Published row by row by its owner.
    Open,
    /// Shared under an agreement: leaves only as cells of a declared publication.
    Controlled,
}

macro_rules! slug {
    ($($kind:ty { $($variant:ident = $slug:literal),+ $(,)? })+) => {$(
        impl $kind {
            /// The name used in configuration and the lake.
            pub fn slug(self) -> &'static str {
                match self { $(Self::$variant => $slug),+ }
            }
        }
    )+};
}

slug! {
    TimePrecision { Month = "month", Day = "day", Minute = "minute" }
    PlacePrecision { Snapped = "snapped", Exact = "exact", Area = "area" }
    Disclosure { Open = "open", Controlled = "controlled" }
}
