//! How a plan went: what became of each file, and why an address brought none.

use crate::archive::ArchiveError;
use crate::hosts::HostError;
use crate::layer::LayerError;
use crate::ledger::LedgerError;
use crate::store::StoreError;
use crate::transfer_error::TransferError;

/// Why a plan could not be carried out at all.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The mirror may not be used.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

/// Why one address brought no file.
#[derive(Debug, thiserror::Error)]
pub enum ItemError {
    /// The transfer.
    #[error(transparent)]
    Transfer(#[from] TransferError),
    /// The pages of a layer.
    #[error(transparent)]
    Layer(#[from] LayerError),
    /// The archive.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The ledger.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
}

impl ItemError {
    /// Whether other addresses may fare better.
    pub(crate) fn is_of_one_address(&self) -> bool {
        match self {
            Self::Transfer(error) | Self::Layer(LayerError::Transfer(error)) => matches!(
                error,
                TransferError::NotThere { .. }
                    | TransferError::Refused { .. }
                    | TransferError::WrongContent { .. }
                    | TransferError::Host(_)
            ),
            Self::Layer(_) | Self::Archive(_) => true,
            Self::Store(_) | Self::Ledger(_) => false,
        }
    }
}

/// What became of one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was not there before.
    New,
    /// It replaced another version.
    Changed,
    /// The publisher still has the version that is there.
    Unchanged,
    /// The archive does not hold it: the force did not send it, or not yet.
    Absent,
}

/// One file of the report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileReport {
    /// Its path below the target folder.
    pub name: String,
    /// What became of it.
    pub outcome: Outcome,
    /// Its size; nothing where it is absent.
    pub bytes: Option<u64>,
}

/// How a plan went.
#[derive(Debug, Default)]
pub struct Report {
    /// The files, in the order of the plan.
    pub files: Vec<FileReport>,
    /// The addresses that brought none, and why.
    pub failed: Vec<(String, ItemError)>,
    /// The addresses that were no longer asked after one failed for a reason that is likely theirs too.
    pub not_asked: Vec<String>,
    /// How many requests were sent.
    pub n_requests: u64,
}
