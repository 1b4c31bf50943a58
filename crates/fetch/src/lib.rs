//! Official files from where they are published, brought politely and kept with their hashes.
//!
//! [`plan`] decides what would be fetched without a request; [`run`] carries it out. Of all packages
//! of Wardmote only this one opens a network connection, and only to the hosts that the declaration
//! of what can be fetched names ([`HostPolicy`]). A transfer that breaks goes on where it ended, what
//! is not what was promised replaces nothing, and `fetched.json` says of each file where it came
//! from, when, under which licence, and its SHA-256 ([`verify_ledger`]).
//!
//! ```no_run
//! use wardmote_fetch::{Declarations, Options, Request, Silent};
//!
//! let request = Request {
//!     source: "police-uk".into(),
//!     force: Some("bedfordshire".into()),
//!     months: vec!["2024-01".parse()?],
//!     data: "data".into(),
//!     ..Request::default()
//! };
//! let plan = wardmote_fetch::plan(&Declarations::shipped()?, &request)?;
//! let now = "2026-11-24T12:00:00Z".parse()?;
//! let report = wardmote_fetch::run(&plan, &Options::new(now), &Silent)?;
//! assert!(report.failed.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod archive;
mod client;
mod content;
mod declaration;
mod download;
mod hosts;
mod joined;
mod layer;
mod ledger;
mod options;
mod part;
mod plan;
mod report;
mod retry;
mod run;
mod store;
mod template;
mod transfer_error;

pub use archive::ArchiveError;
pub use declaration::{DeclarationError, Declarations, Entry, FileTemplate, Form};
pub use hosts::{HostError, HostPolicy};
pub use layer::LayerError;
pub use ledger::{
    Difference, FetchedArchive, FetchedFile, LEDGER, Ledger, LedgerError, verify_ledger,
};
pub use options::{Options, Progress, Silent, USER_AGENT};
pub use part::Validators;
pub use plan::{Item, Plan, PlanError, Request, plan};
pub use report::{FileReport, ItemError, Outcome, Report, RunError};
pub use run::run;
pub use store::StoreError;
pub use template::TemplateError;
pub use transfer_error::TransferError;
