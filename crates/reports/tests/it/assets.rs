//! The GOV.UK assets under test, which are fetched and never committed.

use std::path::PathBuf;

use wardmote_reports::Assets;

/// The assets folder named by `WARDMOTE_ASSETS`.
///
/// On CI it must be there; elsewhere the test says that it was skipped and how to run it.
pub(crate) fn folder() -> Option<PathBuf> {
    let folder = std::env::var_os("WARDMOTE_ASSETS").map(PathBuf::from);
    if folder.is_none() {
        assert!(
            std::env::var_os("CI").is_none(),
            "WARDMOTE_ASSETS must name the assets folder on CI"
        );
        eprintln!(
            "skipped: run `cargo xtask assets` and set WARDMOTE_ASSETS to the folder it names"
        );
    }
    folder
}

/// The assets, loaded.
pub(crate) fn load() -> Option<Assets> {
    folder().map(|folder| Assets::load(&folder).unwrap())
}
