//! The evidence lake: from a publisher's file to checked rows that can be counted and traced.
//!
//! Sources are declared in the partnership's folder; readers turn their files into typed rows and
//! refusals; Delta tables keep both with the hash of the file that they came from; queries count
//! them. This package is the only home of Arrow, Parquet and Delta, and knows no people, cases or users.

mod commit;
pub mod coverage;
mod files;
mod geography;
mod geometry;
mod ground;
mod ingest;
mod links;
mod mapping;
mod once;
mod people;
mod postcodes;
mod preview;
mod propose;
mod pseudonym;
mod query;
pub mod read;
mod rows;
mod scan;
mod sheet;
pub mod source;
mod statistics;
mod store;
mod table;
mod versions;
mod written_table;

pub use geography::GeographyError;
pub use geometry::Polygons;
pub use ingest::{IngestError, IngestReport, IngestRequest, ingest, withdraw};
pub use links::Shares;
pub use mapping::{
    AnswerColumns, DateColumn, FlagColumn, MappedColumns, Mapping, RespondentColumns,
    StatisticsColumns, StatisticsMapping, SurveyMapping, SurveyQuestion, SurveyShape,
    TotalsColumns, TotalsMapping,
};
pub use preview::{Preview, PreviewRow};
pub use propose::Proposal;
pub use pseudonym::{KeyError, PseudonymKey};
pub use query::{
    Area, Boundary, CountQuery, CountRow, DetailRow, Elsewhere, QueryError, Received, RepeatRow,
    RowReference, SingleEvent,
};
pub use rows::{Load, Refusal, SurveyAnswer, TotalRow};
pub use statistics::Statistic;
pub use store::{Lake, LakeError, SnapshotId};
pub use written_table::{ColumnValues, WrittenTableError, parquet_table};
