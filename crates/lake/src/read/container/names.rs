//! What a file's name says about its kind.

use std::path::Path;

/// What a file is, judged by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A street file, compressed or not.
    Street,
    /// A ZIP archive.
    Archive,
    /// Something else, and what.
    Other(&'static str),
}

/// Judges a file by the last part of its name.
pub(super) fn kind_by_name(name: &str) -> Kind {
    let is_archive = has_extension(Path::new(name), "zip");
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix(".csv").or_else(|| name.strip_suffix(".csv.gz"));
    match stem {
        _ if name.starts_with('.') => Kind::Other("a hidden file"),
        None if is_archive => Kind::Archive,
        None => Kind::Other("not a CSV file"),
        Some(stem) if stem.contains("-street") => Kind::Street,
        Some(stem) if stem.contains("-outcomes") => {
            Kind::Other("an outcomes file, which this reader does not load")
        }
        Some(stem) if stem.contains("-stop-and-search") => {
            Kind::Other("a stop-and-search file, which this reader does not load")
        }
        Some(_) => Kind::Other("its name does not say that it is a street file (…-street.csv)"),
    }
}

/// Whether the path ends in this extension, in capitals or not.
pub(super) fn has_extension(path: &Path, extension: &str) -> bool {
    path.extension().is_some_and(|found| found.eq_ignore_ascii_case(extension))
}

/// Whether a name inside an archive would lead outside it on any operating system.
pub(super) fn leads_outside(name: &str) -> bool {
    let rooted = name.starts_with(['/', '\\']) || name.as_bytes().get(1) == Some(&b':');
    rooted || name.contains('\0') || name.split(['/', '\\']).any(|part| part == "..")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn police_uk_names_are_told_apart() {
        assert_eq!(kind_by_name("2024-01-bedfordshire-street.csv"), Kind::Street);
        assert_eq!(kind_by_name("2017-07-WEST-YORKSHIRE-STREET.CSV.GZ"), Kind::Street);
        assert_eq!(kind_by_name("2016-12-greater-manchester-street.TRUNCATED.csv"), Kind::Street);
        assert_eq!(kind_by_name("latest.zip"), Kind::Archive);
        for other in [
            "2024-01-bedfordshire-outcomes.csv",
            "notes.txt",
            "lookup.csv",
            "._2024-01-x-street.csv",
        ] {
            assert!(matches!(kind_by_name(other), Kind::Other(_)), "{other}");
        }
    }

    #[test]
    fn names_that_lead_outside_are_seen() {
        for wrong in
            ["../x.csv", "a/../../x.csv", "/etc/x.csv", "..\\x.csv", "C:\\x.csv", "\\x.csv"]
        {
            assert!(leads_outside(wrong), "{wrong}");
        }
        assert!(!leads_outside("2024-01/2024-01-bedfordshire-street.csv"));
        assert!(!leads_outside("a..b/x.csv"));
    }
}
