//! Why an analysis could not be made.

use super::own_file::OwnFileError;
use crate::observed::ObservedError;

/// Why an analysis could not be made.
#[derive(Debug, thiserror::Error)]
pub enum AnalysisError {
    /// The user's own file cannot be read as asked.
    #[error(transparent)]
    File(#[from] OwnFileError),
    /// The lake does not hold what was asked for.
    #[error(transparent)]
    Observed(#[from] ObservedError),
    /// The data cannot carry the method.
    #[error("{method} is refused: {why}; {mend}")]
    Unfit {
        /// The method, as the command names it.
        method: &'static str,
        /// What the data lack.
        why: String,
        /// What would allow it.
        mend: String,
    },
    /// The method itself says no.
    #[error("{method}: {source}")]
    Method {
        /// The method, as the command names it.
        method: &'static str,
        /// Its reason.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// An option that does not go with the data or with another option.
    #[error("{option}: {why}")]
    Option {
        /// As it is written.
        option: &'static str,
        /// What is wrong, and what to write.
        why: String,
    },
}

impl AnalysisError {
    /// Turns an error of a method into one that names the method.
    pub(crate) fn of<E>(method: &'static str) -> impl Fn(E) -> Self
    where
        E: std::error::Error + Send + Sync + 'static,
    {
        move |source| Self::Method { method, source: Box::new(source) }
    }

    pub(crate) fn unfit(
        method: &'static str,
        why: impl Into<String>,
        mend: impl Into<String>,
    ) -> Self {
        Self::Unfit { method, why: why.into(), mend: mend.into() }
    }

    pub(crate) fn option(option: &'static str, why: impl Into<String>) -> Self {
        Self::Option { option, why: why.into() }
    }
}
