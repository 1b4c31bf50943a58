//! What a file's name says about its kind.

use std::path::Path;

use super::super::form::Form;

/// What a file is, judged by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A file of the wanted form, compressed or not.
    Wanted,
    /// A ZIP archive.
    Archive,
    /// Something else, and what.
    Other(&'static str),
}

/// Judges a file by the last part of its name.
pub(super) fn kind_by_name(form: Form, name: &str) -> Kind {
    let is_archive = has_extension(Path::new(name), "zip");
    let name = name.to_ascii_lowercase();
    let stem = name.strip_suffix(".csv").or_else(|| name.strip_suffix(".csv.gz"));
    let is_workbook = || [".xlsx", ".ods"].iter().any(|end| name.ends_with(end));
    match (stem, stem.and_then(Form::named_in)) {
        _ if name.starts_with('.') => Kind::Other("a hidden file"),
        (Some(_), _) if form == Form::Mapped => Kind::Wanted,
        (None, _) if form == Form::Mapped && is_workbook() => Kind::Wanted,
        (None, _) if is_archive => Kind::Archive,
        (None, _) => Kind::Other("not a CSV file"),
        (_, Some(named)) if named == form => Kind::Wanted,
        (_, Some(Form::Street)) => Kind::Other("a street file, which this reader does not load"),
        (_, Some(Form::Outcomes)) => {
            Kind::Other("an outcomes file, which this reader does not load")
        }
        (_, Some(Form::StopAndSearch)) => {
            Kind::Other("a stop-and-search file, which this reader does not load")
        }
        (Some(_), None | Some(Form::Mapped)) => {
            Kind::Other("its name does not say what it is (…-street.csv, …-outcomes.csv)")
        }
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
        assert_eq!(kind_by_name(Form::Street, "2024-01-bedfordshire-street.csv"), Kind::Wanted);
        assert_eq!(
            kind_by_name(Form::Street, "2017-07-WEST-YORKSHIRE-STREET.CSV.GZ"),
            Kind::Wanted
        );
        assert_eq!(
            kind_by_name(Form::Street, "2016-12-greater-manchester-street.TRUNCATED.csv"),
            Kind::Wanted
        );
        assert_eq!(kind_by_name(Form::Street, "latest.zip"), Kind::Archive);
        for other in [
            "2024-01-bedfordshire-outcomes.csv",
            "notes.txt",
            "lookup.csv",
            "._2024-01-x-street.csv",
        ] {
            assert!(matches!(kind_by_name(Form::Street, other), Kind::Other(_)), "{other}");
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
