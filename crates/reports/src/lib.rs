//! Charts, maps, pages and documents from plain inputs.
//!
//! A [`Publication`] holds everything an assessment says: prose bound to figures, charts with the
//! tables behind them, and for every figure where it comes from. From it come the full assessment
//! and its summary, as HTML pages and as PDF, out of the same parsed prose and the same drawings. The
//! papers of a meeting are a publication too ([`pack_files`]).
//!
//! Nothing here queries, and nothing but [`Assets::load`] reads a file. The same input gives the
//! same bytes: the only date is the publication's own, and ids come from content.

mod assets;
pub mod bring_back;
mod charts;
mod document;
mod fonts;
mod icalendar;
mod pages;
mod prose;
mod publication;
mod publication_files;
mod raster;
pub mod site;
mod slides;
mod table;
pub mod tiles;
mod widths;
pub mod word;
pub mod workbook;

pub use assets::{Assets, AssetsError};
pub use charts::{
    Band, Bar, BarChart, Chart, ChartKind, ChoroplethMap, ClassBreak, FunnelChart, FunnelLimits,
    FunnelPoint, Line, MapArea, Marker, ProfileChart, ProfileMonth, Ring, Scale, SeriesChart,
    StructureChart, StructureGroup, chart_svg,
};
pub use document::{DocumentError, full_pdf, pack_pdf, summary_pdf};
pub use icalendar::{Entry, Feed, When, icalendar};
pub use pages::{
    PageError, figures_html, full_html, govuk_environment, pack_figures_html, pack_html,
    summary_html,
};
pub use prose::{ProseError, Side};
pub use publication::{FigureNote, Publication, Section, SignOff, Slide, Slides, SourceNote};
pub use publication_files::{
    OutputFile, PublicationError, file_stem, pack_files, publication_files,
};
pub use raster::{RasterError, chart_png};
pub use slides::{pack_slides_pdf, slide_tables, slides_pdf};
pub use table::{Column, Table};
