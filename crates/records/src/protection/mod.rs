//! What a partnership's folder says of the protection of its records, in `protection/*.toml`: the
//! datasets with their controller and regime, how long each is kept, and what each regime allows.
//!
//! All of it is law or policy as somebody held it against the text on a day (`checked`), and none of
//! it is in the code. What is enforced by it is in [`crate::Records`] and [`crate::Store::retention`].

mod datasets;
pub mod documents;
mod regimes;
mod retention;

pub use datasets::{Controller, Dataset};
pub use regimes::{CompetentAuthority, Crossing, Purpose, RegimeError, Regimes, Right};
pub use retention::{RetentionState, Rule};

/// Why the folder's words on protection cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProtectionError {
    /// A file is not written as it should be.
    #[error("protection/{file}: {why}")]
    Unreadable {
        /// Which.
        file: &'static str,
        /// What is wrong, with its line.
        why: String,
    },
    /// An id is none.
    #[error("protection/{file}: {id:?} is no id: up to 80 small letters, digits and hyphens")]
    NoId {
        /// Which file.
        file: &'static str,
        /// What stands there.
        id: String,
    },
    /// The same thing is said twice.
    #[error("protection/{file}: {what} stands twice{}", .on.as_deref().unwrap_or_default())]
    Twice {
        /// Which file.
        file: &'static str,
        /// What.
        what: String,
        /// On which days, if that matters.
        on: Option<String>,
    },
    /// A time to be kept is none.
    #[error(
        "protection/retention.toml: rule {rule}: {text:?} is no time to be kept, such as \"6 years\" or \"28 days\""
    )]
    Span {
        /// The rule.
        rule: String,
        /// What stands there.
        text: String,
    },
}

/// What the folder says.
#[derive(Debug, Clone, Default)]
pub struct Protection {
    /// Whom to ask at each controller.
    pub controllers: Vec<Controller>,
    /// The datasets, in the file's order.
    pub datasets: Vec<Dataset>,
    /// The rules of retention, in the file's order.
    pub rules: Vec<Rule>,
    /// The regimes.
    pub regimes: Regimes,
}

impl Protection {
    /// Reads the texts of `datasets.toml`, `retention.toml` and `regimes.toml`; an empty text says
    /// nothing.
    pub fn read(datasets: &str, retention: &str, regimes: &str) -> Result<Self, ProtectionError> {
        let (controllers, datasets) = datasets::read(datasets)?;
        Ok(Self {
            controllers,
            datasets,
            rules: retention::read(retention)?,
            regimes: Regimes::read(regimes)?,
        })
    }

    /// What is declared of a category of data in the hands of a controller.
    pub fn dataset(&self, category: &str, controller: &str) -> Option<&Dataset> {
        let is_it = |one: &&Dataset| one.category == category && one.controller == controller;
        self.datasets.iter().find(is_it)
    }
}

fn parse<T: serde::de::DeserializeOwned>(
    file: &'static str,
    text: &str,
) -> Result<T, ProtectionError> {
    let unreadable = |why: toml::de::Error| ProtectionError::Unreadable {
        file,
        why: why.to_string().trim_end().to_owned(),
    };
    toml::from_str(text).map_err(unreadable)
}

fn check_id(file: &'static str, id: &str) -> Result<(), ProtectionError> {
    if crate::words::is_id(id) {
        return Ok(());
    }
    Err(ProtectionError::NoId { file, id: id.to_owned() })
}
