//! The files that a source's patterns name.

use std::path::{Path, PathBuf};

/// The files and folders that a pattern names in a folder, in order.
///
/// `*` stands for any part of a name, `**` for any number of folders; a hidden file or folder is
/// found only by its own name.
pub(crate) fn matching(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let mut matches = vec![folder.to_owned()];
    for part in pattern.split('/').filter(|part| !part.is_empty()) {
        let next: Vec<PathBuf> = match part {
            "**" => matches.iter().flat_map(|folder| folders_below(folder)).collect(),
            _ if part.contains('*') => {
                matches.iter().flat_map(|folder| entries_like(folder, part)).collect()
            }
            _ => matches.iter().map(|folder| folder.join(part)).collect(),
        };
        matches = next;
    }
    matches.retain(|path| path.exists());
    matches.sort();
    matches.dedup();
    matches
}

fn folders_below(folder: &Path) -> Vec<PathBuf> {
    let mut found = vec![folder.to_owned()];
    // A link to a folder above would be walked for ever.
    let folders =
        entries_like(folder, "*").into_iter().filter(|path| path.is_dir() && !path.is_symlink());
    found.extend(folders.flat_map(|path| folders_below(&path)));
    found
}

fn entries_like(folder: &Path, pattern: &str) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let fits =
        |name: &str| is_like(name, pattern) && (pattern.starts_with('.') || !name.starts_with('.'));
    entries
        .filter(|entry| fits(&entry.file_name().to_string_lossy()))
        .map(|entry| entry.path())
        .collect()
}

/// Whether a name fits a pattern in which `*` stands for any part of it.
fn is_like(name: &str, pattern: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(mut rest) = name.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let parts: Vec<&str> = parts.collect();
    for (index, part) in parts.iter().enumerate() {
        if index + 1 == parts.len() {
            return rest.ends_with(part);
        }
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        assert!(is_like("2024-01", "*"));
        assert!(is_like("E06000032_lsoa.geojson", "*_lsoa.geojson"));
        assert!(!is_like("E06000032_lsoa11.geojson", "*_lsoa.geojson"));
        assert!(is_like("2024-01-bedfordshire-street.csv", "*-bedfordshire-*.csv"));
        assert!(!is_like("a", "ab*"));
    }

    #[test]
    fn folders() {
        let folder = tempfile::tempdir().unwrap();
        for name in [
            "police/2024-01/a-street.csv",
            "police/2024-02/b-street.csv",
            "police/.git/c-street.csv",
            "a.txt",
        ] {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        let names = |pattern: &str| -> Vec<String> {
            let found = matching(folder.path(), pattern);
            found
                .iter()
                .map(|path| path.strip_prefix(folder.path()).unwrap().display().to_string())
                .collect()
        };
        let both = ["police/2024-01/a-street.csv", "police/2024-02/b-street.csv"];
        assert_eq!(names("**/*-street.csv"), both);
        assert_eq!(names("police/*/*-street.csv"), both);
        assert_eq!(names("police/2024-02"), ["police/2024-02"]);
        assert!(names("police/2024-03").is_empty());
    }
}
