//! The agreements in the partnership's folder.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context as _;
use wardmote_records::policy::{Agreements, Cases, Duties, Policies};
use wardmote_records::protection::Protection;

/// Files of `agreements/` that are no agreements.
const OTHERS: [&str; 3] = ["gateways", "cases", "duties"];

/// The texts of the agreements by id, which is the file's name.
pub(crate) fn agreement_texts(folder: &Path) -> anyhow::Result<BTreeMap<String, String>> {
    let folder = folder.join("agreements");
    let mut texts = BTreeMap::new();
    let entries = std::fs::read_dir(&folder).with_context(|| {
        format!("{}: the partnership's agreements are read from there", folder.display())
    })?;
    for entry in entries {
        let path = entry?.path();
        let name = path.file_stem().and_then(|name| name.to_str()).unwrap_or_default().to_owned();
        if path.extension().is_some_and(|ending| ending == "toml")
            && !OTHERS.contains(&name.as_str())
        {
            let text = std::fs::read_to_string(&path);
            texts.insert(name, text.with_context(|| path.display().to_string())?);
        }
    }
    Ok(texts)
}

pub(crate) fn agreements(folder: &Path) -> anyhow::Result<Agreements> {
    let path = folder.join("agreements").join("gateways.toml");
    let gateways = std::fs::read_to_string(&path).with_context(|| {
        format!(
            "{}: this needs the partnership's sharing agreements. Write the laws that let it share \
             into this file and each signed agreement into another beside it; docs/records.md says \
             how, and partnerships/stockport-twin/agreements has a whole set to copy from",
            path.display()
        )
    })?;
    Ok(Agreements::read(&gateways, &agreement_texts(folder)?)?)
}

pub(crate) fn policies(folder: &Path) -> anyhow::Result<Policies> {
    Ok(Policies::new(agreements(folder)?)?)
}

/// The policies; where there are no agreements, those by which everything is refused.
pub(crate) fn policies_if_any(folder: &Path) -> anyhow::Result<Policies> {
    if folder.join("agreements").join("gateways.toml").exists() {
        policies(folder)
    } else {
        Ok(Policies::new(Agreements::default())?)
    }
}

/// Who has which duty with the system, as the folder or else this program says.
pub(crate) fn duties(folder: &Path) -> anyhow::Result<Duties> {
    let path = folder.join("agreements").join("duties.toml");
    if !path.exists() {
        return Ok(Duties::usual()?);
    }
    let name = path.display().to_string();
    let text = std::fs::read_to_string(&path).with_context(|| name.clone())?;
    Ok(Duties::read(&text, &name)?)
}

/// The roles that an agreement or a duty names: no other permits anything.
pub(crate) fn named_roles(agreements: &Agreements, duties: &Duties) -> BTreeSet<String> {
    let permits = agreements.agreements.iter().flat_map(|agreement| &agreement.terms.permits);
    let roles = permits.flat_map(|permit| permit.roles.iter().map(String::as_str));
    roles.chain(duties.roles()).map(str::to_owned).collect()
}

/// The table of cases, if there is one.
pub(crate) fn cases(folder: &Path) -> anyhow::Result<Option<Cases>> {
    let path = folder.join("agreements").join("cases.toml");
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    Ok(Some(Cases::read(&text)?))
}

/// What the folder says of datasets, retention and regimes; a file that is not there says nothing.
pub(crate) fn protection(folder: &Path) -> anyhow::Result<Protection> {
    let text = |name: &str| {
        let path = folder.join("protection").join(name);
        if !path.exists() {
            return Ok(String::new());
        }
        std::fs::read_to_string(&path).with_context(|| path.display().to_string())
    };
    let (datasets, retention) = (text("datasets.toml")?, text("retention.toml")?);
    Ok(Protection::read(&datasets, &retention, &text("regimes.toml")?)?)
}
