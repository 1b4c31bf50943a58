//! Names of members: paths that stay inside whatever folder they are unpacked into, on any system.

/// Why a name is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Longer than any that a bundle needs.
    #[error("a member's name of {bytes} bytes is too long")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// It leads out of the folder, or does so on some system.
    #[error("the member {name:?} would be unpacked outside its folder")]
    Outside {
        /// The name.
        name: String,
    },
    /// It lies in none of the folders of a bundle.
    #[error("the member {name:?} has no place in a bundle")]
    NoPlace {
        /// The name.
        name: String,
    },
}

const LONGEST: usize = 240;
const DEEPEST: usize = 4;

/// Whether a name may stand in a bundle: `manifest.json`, its signature, or a plain relative path
/// below `declarations/` or `published/`.
pub fn check_name(name: &str) -> Result<(), NameError> {
    if name.len() > LONGEST {
        return Err(NameError::TooLong { bytes: name.len() });
    }
    if name == crate::MANIFEST || name == crate::SIGNATURE {
        return Ok(());
    }
    let parts: Vec<&str> = name.split('/').collect();
    if parts.iter().any(|part| !is_plain(part)) {
        return Err(NameError::Outside { name: name.to_owned() });
    }
    let placed = [crate::DECLARATIONS, crate::PUBLISHED].iter().any(|root| name.starts_with(root));
    if !placed || parts.len() > DEEPEST {
        return Err(NameError::NoPlace { name: name.to_owned() });
    }
    Ok(())
}

/// Whether one part of a path means the same on every system, and nothing special on any.
fn is_plain(part: &str) -> bool {
    const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];
    let special =
        |c: char| c.is_control() || matches!(c, '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|');
    let stem = part.split('.').next().unwrap_or_default().to_ascii_lowercase();
    let numbered = stem.len() == 4 && (stem.starts_with("com") || stem.starts_with("lpt"));
    !part.is_empty()
        && !part.starts_with('.')
        && !part.ends_with(['.', ' '])
        && !part.contains(special)
        && !DEVICES.contains(&stem.as_str())
        && !numbered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_paths_pass() {
        for name in [
            "manifest.json",
            "manifest.json.minisig",
            "declarations/partnership.toml",
            "declarations/assessment/still-missing.md",
            "published/tables/chart-crime.csv",
        ] {
            assert_eq!(check_name(name), Ok(()), "{name}");
        }
    }

    #[test]
    fn paths_that_lead_elsewhere_do_not() {
        for name in [
            "",
            "/etc/passwd",
            "../x",
            "published/../../x",
            "published//x",
            "published/./x",
            "published\\..\\x",
            "C:/x",
            "published/c:x",
            "published/x\0.html",
            "published/.git",
            "published/nul.txt",
            "published/COM1.csv",
            "published/x. ",
            "data/x.csv",
            "published/a/b/c/d",
            "published",
        ] {
            assert!(check_name(name).is_err(), "{name:?}");
        }
        assert!(check_name(&format!("published/{}", "x".repeat(300))).is_err());
    }
}
