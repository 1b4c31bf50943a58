//! Clocks, calendar, routes and rules of reviews, read from the partnership's folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use wardmote_domain::clock::{ApprovalRoute, Calendar, Clock};
use wardmote_domain::review::{Checklist, Threshold};
use wardmote_evidence::folder::parse;

/// What the folder says of law and of ways to decide, each by the name of its file.
#[derive(Debug)]
pub(crate) struct Law {
    pub(crate) calendar: Calendar,
    pub(crate) clocks: BTreeMap<String, Clock>,
    pub(crate) routes: BTreeMap<String, ApprovalRoute>,
    pub(crate) asb_threshold: Option<Threshold>,
    pub(crate) publication: Option<Checklist>,
    pub(crate) asb_procedure: Option<AsbProcedure>,
}

/// `reviews/asb-procedure.toml`: what must be published of case reviews beside the clock and the threshold.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AsbProcedure {
    /// How one applies: a telephone number, an address, a page.
    pub(crate) contact: Vec<String>,
    /// Who takes part, and who is consulted.
    pub(crate) who: String,
    /// What whoever is not content can do.
    pub(crate) dissatisfied: String,
}

impl Law {
    /// Reads and checks all of it.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let mut calendars: BTreeMap<String, Calendar> = read_all(&folder.join("calendars"))?;
        let calendar = calendars.pop_first().map(|(_, calendar)| calendar).with_context(|| {
            format!(
                "{} holds no calendar of bank holidays; copy one from partnerships/stockport-twin/calendars",
                folder.join("calendars").display()
            )
        })?;
        anyhow::ensure!(
            calendars.is_empty(),
            "{}: one calendar, not several",
            folder.join("calendars").display()
        );
        calendar.check().context("calendars/")?;
        let clocks: BTreeMap<String, Clock> = read_all(&folder.join("clocks"))?;
        for (name, clock) in &clocks {
            clock.check().with_context(|| format!("clocks/{name}.toml"))?;
        }
        let routes: BTreeMap<String, ApprovalRoute> = read_all(&folder.join("routes"))?;
        for (name, route) in &routes {
            route.check().with_context(|| format!("routes/{name}.toml"))?;
        }
        let reviews = folder.join("reviews");
        Ok(Self {
            calendar,
            clocks,
            routes,
            asb_threshold: if_there(&reviews.join("asb-threshold.toml"))?,
            publication: if_there(&reviews.join("publication.toml"))?,
            asb_procedure: if_there(&reviews.join("asb-procedure.toml"))?,
        })
    }

    /// A clock by its file's name.
    pub(crate) fn clock(&self, name: &str) -> anyhow::Result<&Clock> {
        self.clocks
            .get(name)
            .with_context(|| format!("no clock {name:?}; there are {}", names(&self.clocks)))
    }

    /// A route by its file's name.
    pub(crate) fn route(&self, name: &str) -> anyhow::Result<&ApprovalRoute> {
        self.routes
            .get(name)
            .with_context(|| format!("no route {name:?}; there are {}", names(&self.routes)))
    }
}

fn names<T>(all: &BTreeMap<String, T>) -> String {
    if all.is_empty() { "none".into() } else { all.keys().cloned().collect::<Vec<_>>().join(", ") }
}

fn if_there<T: DeserializeOwned>(path: &Path) -> anyhow::Result<Option<T>> {
    Ok(if path.is_file() { Some(parse(path)?) } else { None })
}

/// Every TOML file of a folder, which need not be there.
fn read_all<T: DeserializeOwned>(folder: &Path) -> anyhow::Result<BTreeMap<String, T>> {
    if !folder.is_dir() {
        return Ok(BTreeMap::new());
    }
    let mut paths: Vec<PathBuf> = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "toml") {
            paths.push(path);
        }
    }
    paths
        .iter()
        .map(|path| {
            let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default();
            Ok((name.to_owned(), parse(path)?))
        })
        .collect()
}
