//! One module for each command: what it is told, and what it does with the packages below.

pub(crate) mod analyse;
pub(crate) mod assess;
pub(crate) mod bundle;
pub(crate) mod count;
pub(crate) mod coverage;
pub(crate) mod demo;
pub(crate) mod fetch;
pub(crate) mod ingest;
pub(crate) mod init;
pub(crate) mod jobs;
pub(crate) mod lint;
pub(crate) mod loads;
pub(crate) mod measure;
pub(crate) mod moves;
pub(crate) mod prose;
pub(crate) mod records;
pub(crate) mod refusals;
pub(crate) mod serve;
pub(crate) mod source;
pub(crate) mod statistics;
pub(crate) mod totals;
pub(crate) mod trace;
pub(crate) mod twin;
pub(crate) mod verify;
pub(crate) mod vintages;
pub(crate) mod withdraw;
