//! Files of feeds: where they stand, what they hold, how they are written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};
use wardmote_domain::period::Month;

use crate::TwinError;

/// What a partner sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Feed {
    /// Outcomes of the street files' crimes, as data.police.uk lists them.
    PoliceOutcomes,
    /// Searches, as data.police.uk lists them.
    PoliceStopAndSearch,
    /// A social landlord's cases of anti-social behaviour.
    LandlordAsb,
    /// Cases that a multi-agency risk assessment conference discussed.
    Marac,
    /// Hate crimes with the strands they were motivated by.
    HateCrime,
    /// Answers to a survey.
    Survey,
    /// Deliberate fires, as totals by quarter.
    Fires,
    /// Attendances after an assault, as emergency departments share them.
    Hospital,
    /// Casualties of road collisions.
    Collisions,
    /// Offences done from bicycles and e-bikes.
    BikeEnabledCrime,
    /// A day of action: its areas and the events around it.
    DayOfAction,
    /// Burglaries by day and place, with and without a near-repeat process.
    Burglaries,
}

impl Feed {
    /// Every feed.
    pub const ALL: [Self; 12] = [
        Self::PoliceOutcomes,
        Self::PoliceStopAndSearch,
        Self::LandlordAsb,
        Self::Marac,
        Self::HateCrime,
        Self::Survey,
        Self::Fires,
        Self::Hospital,
        Self::Collisions,
        Self::BikeEnabledCrime,
        Self::DayOfAction,
        Self::Burglaries,
    ];

    /// The folder of its files.
    pub fn folder(self) -> &'static str {
        match self {
            Self::PoliceOutcomes => "police-outcomes",
            Self::PoliceStopAndSearch => "police-stop-and-search",
            Self::LandlordAsb => "landlord-asb",
            Self::Marac => "marac",
            Self::HateCrime => "hate-crime",
            Self::Survey => "survey",
            Self::Fires => "fires",
            Self::Hospital => "hospital",
            Self::Collisions => "collisions",
            Self::BikeEnabledCrime => "bike-enabled-crime",
            Self::DayOfAction => "day-of-action",
            Self::Burglaries => "burglaries",
        }
    }
}

impl fmt::Display for Feed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.folder())
    }
}

/// A file before it is written.
#[derive(Debug, Clone)]
pub(super) struct FeedFile {
    pub(super) feed: Feed,
    /// The month it is for, if it is one of a file a month.
    pub(super) month: Option<Month>,
    /// Its path below the request's folder.
    pub(super) path: String,
    pub(super) header: &'static str,
    pub(super) rows: Vec<String>,
}

impl FeedFile {
    /// One of a file a month.
    pub(super) fn monthly(
        feed: Feed,
        month: Month,
        stem: &str,
        header: &'static str,
        rows: Vec<String>,
    ) -> Self {
        let path = format!("{}/{stem}-{month}.csv", feed.folder());
        Self { feed, month: Some(month), path, header, rows }
    }

    /// One of those that data.police.uk would publish: a folder a month.
    pub(super) fn of_police_uk(
        feed: Feed,
        month: Month,
        suffix: &str,
        header: &'static str,
        rows: Vec<String>,
    ) -> Self {
        let path = format!("{}/{month}/{month}-synthetic-stockport-{suffix}.csv", feed.folder());
        Self { feed, month: Some(month), path, header, rows }
    }

    /// A file of any other period.
    pub(super) fn whole(feed: Feed, stem: &str, header: &'static str, rows: Vec<String>) -> Self {
        let path = format!("{}/{stem}.csv", feed.folder());
        Self { feed, month: None, path, header, rows }
    }

    fn write(&self, out: &Path) -> Result<(), TwinError> {
        let path = out.join(&self.path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(TwinError::write(folder))?;
        }
        // Forces send CRLF; of the partners' spreadsheets some do and some do not.
        let line_end = match self.feed {
            Feed::PoliceOutcomes | Feed::PoliceStopAndSearch | Feed::LandlordAsb => "\r\n",
            _ => "\n",
        };
        let lines = std::iter::once(self.header).chain(self.rows.iter().map(String::as_str));
        let text: String = lines.flat_map(|line| [line, line_end]).collect();
        fs::write(&path, text).map_err(TwinError::write(&path))
    }
}

/// Writes the files with a notice in each folder, and says how many rows each holds.
pub(super) fn write(
    files: &[FeedFile],
    out: &Path,
    notice: &str,
) -> Result<BTreeMap<Feed, BTreeMap<String, usize>>, TwinError> {
    let mut rows: BTreeMap<Feed, BTreeMap<String, usize>> = BTreeMap::new();
    let mut folders = BTreeSet::from([String::new()]);
    for file in files {
        file.write(out)?;
        rows.entry(file.feed).or_default().insert(file.path.clone(), file.rows.len());
        folders.extend(file.path.split_once('/').map(|(folder, _)| folder.to_owned()));
    }
    for folder in folders {
        let folder = out.join(folder);
        fs::create_dir_all(&folder).map_err(TwinError::write(&folder))?;
        let path = folder.join("README.txt");
        fs::write(&path, notice).map_err(TwinError::write(&path))?;
    }
    Ok(rows)
}
