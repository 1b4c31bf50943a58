//! What goes into a bundle: a list of what is allowed, so that nothing else can slip in.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use wardmote_bundle::{DECLARATIONS, PUBLISHED};
use wardmote_evidence::folder::PartnershipFolder;

use crate::commands::assess;
use crate::commands::bundle::origin;
use crate::publish::Assessed;

type Members = BTreeMap<String, Vec<u8>>;

/// The members of a bundle, and the files in the publication's folder that stay out.
pub(super) fn gather(
    folder: &PartnershipFolder,
    assessed: &Assessed,
    publication: &Path,
) -> anyhow::Result<(Members, Vec<String>)> {
    let mut members = Members::new();
    let mut published = BTreeMap::new();
    for (name, bytes) in assess::files(assessed)? {
        published.insert(name, bytes);
    }
    // What is signed is what is computed; the folder only confirms that it is what was published.
    for (name, bytes) in &published {
        let path = publication.join(name);
        let there = std::fs::read(&path).with_context(|| path.display().to_string())?;
        ensure!(
            there == *bytes,
            "{} is not what the declarations and the published vintage give; if it was changed by hand, \
             undo that; otherwise run `wardmote assess` again",
            path.display()
        );
    }
    let left_out = others(publication, publication, &published)?;
    members
        .extend(published.into_iter().map(|(name, bytes)| (format!("{PUBLISHED}{name}"), bytes)));
    declarations(folder, &mut members)?;
    Ok((members, left_out))
}

/// The declarations that it takes to compute the publication again, without those of withheld sources.
fn declarations(folder: &PartnershipFolder, members: &mut Members) -> anyhow::Result<()> {
    let withheld = origin::withheld(folder);
    let mut names = vec!["partnership.toml".to_owned()];
    names.extend(files_of(&folder.path, "measures", &["toml"])?);
    names.extend(files_of(&folder.path, "sources", &["toml"])?.into_iter().filter(|name| {
        let id = name.trim_start_matches("sources/").trim_end_matches(".toml");
        !withheld.contains_key(id)
    }));
    names.extend(files_of(&folder.path, "assessment", &["toml"])?);
    if let Some(assessment) = &folder.assessment {
        let sections = assessment.sections.iter().chain(&assessment.summary);
        names.extend(sections.map(|section| format!("assessment/{}.md", section.file)));
    }
    names.sort();
    names.dedup();
    for name in names {
        let bytes = read_plain(&folder.path.join(&name))?;
        members.insert(format!("{DECLARATIONS}{name}"), bytes);
    }
    Ok(())
}

/// The files of one folder that have one of these extensions.
fn files_of(root: &Path, part: &str, extensions: &[&str]) -> anyhow::Result<Vec<String>> {
    let folder = root.join(part);
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut names = Vec::new();
    for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        let Some(name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        if extension.is_some_and(|extension| extensions.contains(&extension)) {
            names.push(format!("{part}/{name}"));
        }
    }
    Ok(names)
}

/// A declaration's bytes. A link would bring in a file from elsewhere under a declaration's name.
fn read_plain(path: &Path) -> anyhow::Result<Vec<u8>> {
    let kind = std::fs::symlink_metadata(path).with_context(|| path.display().to_string())?;
    if !kind.is_file() {
        bail!(
            "{} is no plain file, and is not followed; put the file itself there",
            path.display()
        );
    }
    std::fs::read(path).with_context(|| path.display().to_string())
}

fn others(root: &Path, folder: &Path, known: &Members) -> anyhow::Result<Vec<String>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).with_context(|| folder.display().to_string())? {
        let path = entry.with_context(|| folder.display().to_string())?.path();
        if path.is_dir() && !path.is_symlink() {
            found.extend(others(root, &path, known)?);
            continue;
        }
        let name = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
        if !known.contains_key(&name) {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}
