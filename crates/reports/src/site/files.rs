//! Scripts and style sheets that pages of the site load besides the one of all pages: our own, and
//! MapLibre GL as `cargo xtask assets` lays it out.
//!
//! Every page says all it has to say without them.

use std::fmt::Write as _;
use std::path::Path;

use serde::Serialize;
use sha2::{Digest, Sha256};

use crate::assets::{AssetsError, read};

/// A file that pages load.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFile {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub text: String,
}

/// The files, and the name of the folder in which they are served: it changes with any of them, so
/// that a browser may keep them for good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteFiles {
    /// The files.
    pub files: Vec<SiteFile>,
    /// The folder's name: the hash of all of them.
    pub folder: String,
}

/// Where the files lie, as pages name them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Scripts {
    /// What makes charts answer to a pointer and to keys; empty for none.
    pub charts: String,
    /// What draws the map; empty for none.
    pub map: String,
    /// The map's style sheet.
    pub map_style: String,
}

const MAP_LIBRARY: [&str; 3] = ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"];
const OWN: [(&str, &str); 2] = [
    ("charts.mjs", include_str!("../scripts/charts.mjs")),
    ("map.mjs", include_str!("../scripts/map.mjs")),
];

impl SiteFiles {
    /// Reads the map's library from the assets folder.
    pub fn load(assets: &Path) -> Result<Self, AssetsError> {
        let folder = assets.join("maplibre-gl");
        let mut files = Vec::new();
        for name in MAP_LIBRARY {
            let path = folder.join(name);
            if !path.exists() {
                let (what, folder) = ("maplibre-gl", assets.to_owned());
                return Err(AssetsError::Missing { what, folder });
            }
            files.push(SiteFile { name, text: read(&path)? });
        }
        let own = OWN.map(|(name, text)| SiteFile { name, text: text.to_owned() });
        files.extend(own);
        let mut hash = Sha256::new();
        for file in &files {
            hash.update(file.name);
            hash.update(&file.text);
        }
        let hash = hash.finalize();
        let folder = hash.iter().take(8).fold(String::new(), |mut hex, byte| {
            // Writing to a string cannot fail.
            let _ = write!(hex, "{byte:02x}");
            hex
        });
        Ok(Self { files, folder })
    }

    /// The addresses of the files, where their folder is served below `root`.
    pub fn addresses(&self, root: &str) -> Scripts {
        let at = |name: &str| format!("{root}{}/{name}", self.folder);
        Scripts { charts: at("charts.mjs"), map: at("map.mjs"), map_style: at("maplibre-gl.css") }
    }
}
