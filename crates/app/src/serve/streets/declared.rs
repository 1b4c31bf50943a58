//! `streets.toml`: which files list the streets, and what their columns mean.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use wardmote_lake::source::Column;

/// The file, as it stands.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Declared {
    /// CSV files, or folders of them, below the partnership's data folder.
    files: Vec<String>,
    pub(super) publisher: String,
    pub(super) licence: String,
    /// The row of the headings; 0 where there is none, and columns are named by number.
    #[serde(default = "first")]
    pub(super) heading_row: usize,
    pub(super) columns: Columns,
    /// Of other rows nothing is kept: a gazetteer lists more than streets.
    pub(super) keep: Option<Keep>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Columns {
    pub(super) name: Column,
    /// The code of the small area in which it lies.
    pub(super) lsoa: Option<Column>,
    /// Or where it lies, in metres of the British National Grid.
    pub(super) easting: Option<Column>,
    pub(super) northing: Option<Column>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Keep {
    pub(super) column: Column,
    pub(super) values: Vec<String>,
}

fn first() -> usize {
    1
}

const FILE: &str = "streets.toml";

/// Reads the folder's `streets.toml`, if there is one.
pub(super) fn read(folder: &Path) -> anyhow::Result<Option<Declared>> {
    let path = folder.join(FILE);
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    parsed(&text).map(Some).with_context(|| path.display().to_string())
}

fn parsed(text: &str) -> anyhow::Result<Declared> {
    let declared: Declared = toml::from_str(text)?;
    let Columns { lsoa, easting, northing, .. } = &declared.columns;
    anyhow::ensure!(
        lsoa.is_some() != (easting.is_some() && northing.is_some())
            && easting.is_some() == northing.is_some(),
        "columns: give lsoa, the column of small areas' codes, or easting and northing in metres"
    );
    anyhow::ensure!(!declared.files.is_empty(), "files: name a CSV file, or a folder of them");
    Ok(declared)
}

impl Declared {
    /// The files that are there, in order, and the names of those that are not.
    pub(super) fn files(&self, data: &Path) -> anyhow::Result<(Vec<PathBuf>, Vec<String>)> {
        let (mut found, mut missing) = (Vec::new(), Vec::new());
        for name in &self.files {
            let path = data.join(name);
            if path.is_dir() {
                let entries =
                    std::fs::read_dir(&path).with_context(|| path.display().to_string())?;
                let mut inside: Vec<PathBuf> =
                    entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<_>>()?;
                inside.retain(|one| one.extension().is_some_and(|ending| ending == "csv"));
                inside.sort();
                found.extend(inside);
            } else if path.is_file() {
                found.push(path);
            } else {
                missing.push(name.clone());
            }
        }
        Ok((found, missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_street_lies_in_an_area_or_at_a_place() {
        let of = |columns: &str| {
            parsed(&format!(
                "files = [\"streets.csv\"]\npublisher = \"p\"\nlicence = \"l\"\ncolumns = {{ name = \"n\"{columns} }}"
            ))
        };
        assert!(of(", lsoa = \"a\"").is_ok());
        assert!(of(", easting = 3, northing = 4").is_ok());
        for wrong in [
            "",
            ", easting = 3",
            ", lsoa = \"a\", easting = 3, northing = 4",
            ", lsoa = \"a\", northing = 3",
        ] {
            let error = of(wrong).unwrap_err().to_string();
            assert!(error.contains("easting and northing"), "{wrong}: {error}");
        }
        assert!(of(", lsao = \"a\"").unwrap_err().to_string().contains("lsao"));
    }
}
