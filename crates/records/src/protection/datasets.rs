//! The datasets that controllers of the partnership hold, as the record of processing names them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde::Deserialize;

use super::{ProtectionError, check_id, parse};
use crate::words::Regime;

const FILE: &str = "datasets.toml";

/// Whom to ask at a controller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Controller {
    /// The organisation's id.
    pub id: String,
    /// How it is reached.
    pub contact: String,
    /// How its data protection officer is reached.
    pub protection_officer: String,
}

/// One category of data in the hands of one controller.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dataset {
    /// The category, as agreements name it: the records' kind.
    pub category: String,
    /// The controller's id.
    pub controller: String,
    /// Its title.
    pub title: String,
    /// The law that it is processed under.
    pub regime: Regime,
    /// Whether it holds personal data.
    pub personal: bool,
    /// The purposes, by their ids.
    pub purposes: Vec<String>,
    /// The lawful basis, as text with its provision.
    pub lawful_basis: String,
    /// The condition for special categories or sensitive processing, if any are held.
    pub special_categories: Option<String>,
    /// Categories of people whom it is about.
    pub subjects: Vec<String>,
    /// Categories of data that it holds.
    pub data: Vec<String>,
    /// Categories of recipients outside the agreements, if any.
    #[serde(default)]
    pub other_recipients: Vec<String>,
    /// Transfers to other countries, with their safeguards, or that there are none.
    pub transfers: String,
    /// When somebody last held this against what is done.
    pub checked: Date,
}

#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct File {
    controllers: Vec<Controller>,
    datasets: Vec<Dataset>,
}

pub(super) fn read(text: &str) -> Result<(Vec<Controller>, Vec<Dataset>), ProtectionError> {
    let File { controllers, datasets } = parse(FILE, text)?;
    for controller in &controllers {
        check_id(FILE, &controller.id)?;
    }
    let mut seen = BTreeSet::new();
    for dataset in &datasets {
        for id in [&dataset.category, &dataset.controller].into_iter().chain(&dataset.purposes) {
            check_id(FILE, id)?;
        }
        if !seen.insert((&dataset.category, &dataset.controller)) {
            let what = format!("{} of {}", dataset.category, dataset.controller);
            return Err(ProtectionError::Twice { file: FILE, what, on: None });
        }
    }
    Ok((controllers, datasets))
}
