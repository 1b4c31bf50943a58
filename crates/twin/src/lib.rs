//! Synthetic districts with a known truth, and files to measure speed on.
//!
//! [`stockport`] writes street files as data.police.uk would, on Stockport's real small areas, with
//! changes planted in them and written beside them; [`feeds`] writes what the district's partners would
//! send beside those; [`streets`] an invented list of streets. [`bench`](mod@bench) writes as many street rows as are asked for, and
//! [`country`] the folder of a whole country. Everything they write says SYNTHETIC, in the rows and
//! beside them, and none reads any real incident: only the outlines and names of areas. [`series`] writes
//! nothing: it draws monthly counts on which methods are tried.
//!
//! The same request gives the same bytes on every machine. So the draws come from `ChaCha`, by a
//! stream for each purpose, and what a platform may compute its own way (logarithms, cosines) comes
//! from `libm` rather than from the standard library.

pub mod bench;
pub mod country;
mod districts;
mod draws;
pub mod feeds;
mod monthly_counts;
mod outcomes;
mod places;
pub mod series;
pub mod stockport;
pub mod street_file;
pub mod streets;
mod truth;

use std::path::PathBuf;

/// Why nothing was generated.
#[derive(Debug, thiserror::Error)]
pub enum TwinError {
    /// A file could not be read.
    #[error("cannot read {}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file or folder could not be written.
    #[error("cannot write {}", path.display())]
    Write {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The boundaries are not a GeoJSON feature collection.
    #[error("{} is not a GeoJSON feature collection", path.display())]
    NotGeoJson {
        /// The file.
        path: PathBuf,
        /// Where and why reading stopped.
        source: serde_json::Error,
    },
    /// The boundaries hold no lower layer super output area of the district.
    #[error(
        "{} holds no small area whose name starts with \"{district} \"; its features need LSOA11CD and LSOA11NM, \
         LSOA21CD and LSOA21NM, or area_code and area_name",
        path.display()
    )]
    NoAreas {
        /// The file.
        path: PathBuf,
        /// The district that was looked for.
        district: String,
    },
    /// An area's outline encloses no place where an incident could be put.
    #[error("{}: area {area} has no usable outline in degrees of longitude and latitude", path.display())]
    Outline {
        /// The file.
        path: PathBuf,
        /// The area's code.
        area: String,
    },
    /// The twin has a truth only for some months.
    #[error("the twin covers {covered}, so it cannot write {asked}")]
    Months {
        /// The months asked for.
        asked: String,
        /// The months it has.
        covered: String,
    },
    /// Too few events a year to carry what is planted in them.
    #[error(
        "no draw of {events_a_year} {what} a year carries the planted truth; ask for at least 1000"
    )]
    TooFew {
        /// Which events.
        what: &'static str,
        /// How many were asked for.
        events_a_year: u32,
    },
    /// Too few areas to choose those of a day of action and their like.
    #[error(
        "a day of action needs a target, a buffer around it and areas like it elsewhere; {areas} areas are too few"
    )]
    TooFewAreas {
        /// Areas of the district.
        areas: usize,
    },
    /// There is nothing to spoil.
    #[error("no monthly file of {feed} for {month} is written, so none can be spoilt")]
    NothingToSpoil {
        /// The feed.
        feed: feeds::Feed,
        /// The month.
        month: wardmote_domain::period::Month,
    },
    /// A bench cannot be laid out as asked.
    #[error(
        "a bench needs at least one row, force and month, and one area for each force ({areas} for {forces})"
    )]
    Layout {
        /// Areas found.
        areas: usize,
        /// Forces asked for.
        forces: u16,
    },
    /// The lookup lacks a column.
    #[error("{} needs the columns lsoa21_code and lsoa21_name", path.display())]
    Lookup {
        /// The file.
        path: PathBuf,
    },
}

impl TwinError {
    pub(crate) fn write(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Write { path, source }
    }

    pub(crate) fn read(path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Read { path, source }
    }
}
