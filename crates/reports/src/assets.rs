//! The GOV.UK Design System's templates and style sheet, as prepared in a folder.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Templates and style sheet, held in memory.
///
/// The fonts and crest of GOV.UK belong to GOV.UK alone; [`Assets::from_parts`] strips them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Assets {
    /// Templates of `govuk-frontend-jinja` by the name under which they include each other.
    pub templates: BTreeMap<String, String>,
    /// The style sheet, without fonts and crest and with our own rules after it.
    pub css: String,
}

/// Why assets could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum AssetsError {
    /// Prepare the folder with `cargo xtask assets`.
    #[error("no {what} in the assets folder {folder}; prepare it with `cargo xtask assets`")]
    Missing {
        /// What was looked for.
        what: &'static str,
        /// The folder.
        folder: PathBuf,
    },
    /// A file could not be read.
    #[error("cannot read {path}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: io::Error,
    },
}

/// Where the templates may lie: the folder as prepared, or a wheel unpacked as it is.
const TEMPLATE_FOLDERS: [&str; 2] =
    ["govuk-frontend-jinja/templates", "govuk-frontend-jinja/govuk_frontend_jinja/templates"];
const STYLE_SHEETS: [&str; 2] =
    ["govuk-frontend/dist/govuk/govuk-frontend.min.css", "govuk-frontend/govuk-frontend.min.css"];
const OWN_CSS: &str = include_str!("templates/wardmote.css");

impl Assets {
    /// Loads the assets that `cargo xtask assets` prepared in `folder`.
    pub fn load(folder: &Path) -> Result<Self, AssetsError> {
        let missing = |what| AssetsError::Missing { what, folder: folder.to_owned() };
        let find = |places: &[&str]| {
            places.iter().map(|place| folder.join(place)).find(|path| path.exists())
        };
        let template_folder =
            find(&TEMPLATE_FOLDERS).ok_or(missing("govuk-frontend-jinja templates"))?;
        let style_sheet = find(&STYLE_SHEETS).ok_or(missing("govuk-frontend style sheet"))?;
        let mut templates = BTreeMap::new();
        read_templates(&template_folder, "govuk_frontend_jinja", &mut templates)?;
        Ok(Self::from_parts(templates, &read(&style_sheet)?))
    }

    /// Assets from templates and the style sheet of govuk-frontend as published.
    pub fn from_parts(templates: BTreeMap<String, String>, govuk_css: &str) -> Self {
        Self { templates, css: format!("{}\n{OWN_CSS}", without_govuk_identity(govuk_css)) }
    }
}

fn read_templates(
    folder: &Path,
    prefix: &str,
    templates: &mut BTreeMap<String, String>,
) -> Result<(), AssetsError> {
    let unreadable = |source| AssetsError::Unreadable { path: folder.to_owned(), source };
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let Some(file_name) = path.file_name().and_then(|name| name.to_str()) else { continue };
        let name = format!("{prefix}/{file_name}");
        if path.is_dir() {
            read_templates(&path, &name, templates)?;
        } else if path.extension().is_some_and(|extension| extension == "html") {
            templates.insert(name, read(&path)?);
        }
    }
    Ok(())
}

pub(crate) fn read(path: &Path) -> Result<String, AssetsError> {
    fs::read_to_string(path)
        .map_err(|source| AssetsError::Unreadable { path: path.to_owned(), source })
}

/// Removes what only GOV.UK itself may show, and every address from which a browser would fetch.
fn without_govuk_identity(css: &str) -> String {
    let css = without_rules(css, "@font-face{");
    let css = without_comments_to_maps(&css)
        .replace("\"GDS Transport\",", "")
        .replace("GDS Transport,", "");
    let mut kept = String::with_capacity(css.len());
    let mut rest = css.as_str();
    while let Some(start) = rest.find("url(") {
        kept.push_str(&rest[..start]);
        kept.push_str("none");
        rest = rest[start..].split_once(')').map_or("", |(_, after)| after);
    }
    kept + rest
}

fn without_rules(css: &str, opening: &str) -> String {
    let mut kept = String::with_capacity(css.len());
    let mut rest = css;
    while let Some((before, after)) = rest.split_once(opening) {
        kept.push_str(before);
        rest = after.split_once('}').map_or("", |(_, after)| after);
    }
    kept + rest
}

fn without_comments_to_maps(css: &str) -> String {
    css.split("/*# sourceMappingURL").next().unwrap_or_default().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fonts_and_crest_go() {
        let css = "@font-face{font-family:GDS Transport;src:url(/a.woff2) format(\"woff2\"),url(/a.woff)}\
                   .a{font-family:\"GDS Transport\",arial,sans-serif}.b{background-image:url(/crest.svg)}\n\
                   /*# sourceMappingURL=x.map */";
        let stripped = without_govuk_identity(css);
        assert_eq!(stripped, ".a{font-family:arial,sans-serif}.b{background-image:none}");
    }
}
