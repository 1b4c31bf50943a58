//! Where things lie: the partnership's folder, its data and its lake.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use anyhow::{Context as _, bail};
use jiff::civil::Date;
use jiff::{Span, Timestamp};
use wardmote_domain::period::Month;
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_lake::{Lake, SnapshotId};

/// Where a command stands: the partnership's folder, and the vintage of the evidence to read.
#[derive(Debug)]
pub(crate) struct At {
    pub(crate) folder: PathBuf,
    /// The latest if none is given.
    pub(crate) as_of: Option<SnapshotId>,
}

/// A partnership's declarations with its data folder resolved.
pub(crate) struct Partnership {
    pub(crate) folder: PartnershipFolder,
    data: Option<PathBuf>,
    as_of: Option<SnapshotId>,
}

impl Partnership {
    /// Reads the folder; `data` overrides where its files lie.
    pub(crate) fn open(path: &Path, data: Option<&Path>) -> anyhow::Result<Self> {
        if !path.join("partnership.toml").exists() {
            bail!(
                "no partnership.toml in {}; stand in a partnership's folder, give one with -C DIR, or make one with `wardmote init DIR`",
                path.display()
            );
        }
        let data = data.map(Path::to_owned);
        Ok(Self { folder: PartnershipFolder::read(path)?, data, as_of: None })
    }

    /// Reads the folder, for a command that reads its lake.
    pub(crate) fn open_at(at: &At) -> anyhow::Result<Self> {
        Ok(Self { as_of: at.as_of.clone(), ..Self::open(&at.folder, None)? })
    }

    /// The same with another assessment of its evidence, of `assessments/NAME/`.
    pub(crate) fn assessing(self, name: &str) -> anyhow::Result<Self> {
        let path = self.folder.path.clone();
        let assessment = path.join("assessments").join(name).join("assessment.toml");
        if !is_plain_name(name) || !assessment.is_file() {
            let others = other_assessments(&path).join(", ");
            let others = if others.is_empty() { "none".to_owned() } else { others };
            bail!("{} is not there; assessments/ holds {others}", assessment.display());
        }
        Ok(Self { folder: PartnershipFolder::read_for(&path, name)?, ..self })
    }

    /// The folder in which the sources' files lie.
    pub(crate) fn data_folder(&self) -> anyhow::Result<PathBuf> {
        if let Some(data) = &self.data {
            return Ok(data.clone());
        }
        let declared = &self.folder.partnership.data;
        let Some(name) = declared.strip_prefix('$') else {
            return Ok(self.folder.path.join(declared));
        };
        let value = std::env::var_os(name).with_context(|| {
            format!("this partnership reads the folder named by {name}, which is not set; set it, or give --data DIR")
        })?;
        Ok(PathBuf::from(value))
    }

    /// Where its lake lies.
    pub(crate) fn lake_folder(&self) -> PathBuf {
        self.folder.path.join("lake")
    }

    /// Its lake, which must have been loaded, in the vintage that was asked for.
    pub(crate) async fn lake(&self) -> anyhow::Result<Lake> {
        match &self.as_of {
            None => Ok(Lake::open(&self.lake_folder()).await?),
            Some(vintage) => self.lake_at(vintage).await,
        }
    }

    /// Its lake as it was in a vintage.
    pub(crate) async fn lake_at(&self, vintage: &SnapshotId) -> anyhow::Result<Lake> {
        Ok(Lake::open_at(&self.lake_folder(), vintage).await?)
    }
}

/// The assessments that a folder has beside its strategic one, by name.
pub(crate) fn other_assessments(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.join("assessments")) else { return Vec::new() };
    let names = entries.flatten().filter(|entry| entry.path().join("assessment.toml").is_file());
    let mut names: Vec<String> =
        names.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.retain(|name| is_plain_name(name));
    names.sort();
    names
}

/// A name that is no path.
pub(crate) fn is_plain_name(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty() && !name.starts_with('.') && name.chars().all(plain)
}

/// Where the publication of such an assessment lies.
pub(crate) fn publication_of(folder: &Path, assessment: &str) -> PathBuf {
    folder.join("publications").join(assessment)
}

/// Today in UTC, by the clock of this machine: only this package reads it.
pub(crate) fn today() -> Date {
    const SECONDS_A_DAY: u64 = 86_400;
    let epoch = jiff::civil::date(1970, 1, 1);
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let days = i64::try_from(since.as_secs() / SECONDS_A_DAY).unwrap_or_default();
    Span::new().try_days(days).and_then(|days| epoch.checked_add(days)).unwrap_or(epoch)
}

/// Now, to the second.
pub(crate) fn now() -> Timestamp {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now)
}

/// A day as people write it: 9 June 2025.
pub(crate) fn date_in_words(day: Date) -> String {
    day.strftime("%-d %B %Y").to_string()
}

/// The month of today.
pub(crate) fn this_month() -> anyhow::Result<Month> {
    Month::of(today()).context("the clock of this machine is wrong")
}
