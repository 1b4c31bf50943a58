//! A map of streets beneath ours, where a partnership has chosen one in its `site.toml`. Without it no
//! reader's browser asks anybody but this server.

use std::path::Path;

use anyhow::Context as _;
use serde::Deserialize;
use wardmote_reports::site::Basemap;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Declared {
    basemap: Option<DeclaredBasemap>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct DeclaredBasemap {
    tiles: String,
    attribution: String,
}

/// Reads the folder's `site.toml`, if there is one.
pub(in crate::serve) fn read(folder: &Path) -> anyhow::Result<Option<Basemap>> {
    let path = folder.join("site.toml");
    if !path.exists() {
        return Ok(None);
    }
    let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
    declared(&text).with_context(|| path.display().to_string())
}

fn declared(text: &str) -> anyhow::Result<Option<Basemap>> {
    let declared: Declared = toml::from_str(text)?;
    let Some(DeclaredBasemap { tiles, attribution }) = declared.basemap else { return Ok(None) };
    let host = tiles.strip_prefix("https://").and_then(|rest| rest.split_once('/'));
    let host = host.map(|(host, _)| host.to_owned()).unwrap_or_default();
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | ':');
    anyhow::ensure!(
        !host.is_empty() && host.chars().all(plain),
        "[basemap] tiles: write the whole address, such as https://tiles.example.org/{{z}}/{{x}}/{{y}}.png"
    );
    for part in ["{z}", "{x}", "{y}"] {
        anyhow::ensure!(tiles.contains(part), "[basemap] tiles: the address lacks {part}");
    }
    anyhow::ensure!(
        !attribution.trim().is_empty(),
        "[basemap] attribution: say whose map it is, as its licence asks"
    );
    Ok(Some(Basemap { tiles, attribution, host }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_basemap_names_one_host() {
        let of = |tiles: &str| {
            declared(&format!("[basemap]\ntiles = \"{tiles}\"\nattribution = \"(c) Somebody\""))
        };
        let found = of("https://tiles.example.org/{z}/{x}/{y}.png").unwrap().unwrap();
        assert_eq!(found.host, "tiles.example.org");
        for wrong in [
            "http://tiles.example.org/{z}/{x}/{y}.png",
            "https://tiles.example.org/{z}/{x}.png",
            "https://a; script-src *//{z}/{x}/{y}",
            "/tiles/{z}/{x}/{y}.png",
        ] {
            assert!(of(wrong).is_err(), "{wrong}");
        }
        assert_eq!(declared("").unwrap(), None);
        assert!(declared("[base_map]\n").is_err());
    }
}
