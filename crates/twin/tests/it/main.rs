//! What the generators promise, checked on the files they write.

mod bench;
mod boundaries;
mod feeds;
mod series;
mod stockport;

use std::path::{Path, PathBuf};

/// Every file below a folder with its bytes, in order of path.
fn files(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push((path.clone(), std::fs::read(path)?));
        }
    }
    found.sort();
    Ok(found)
}

/// The same, with paths from the folder on, so that two folders can be compared.
fn contents(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let relative =
        |(path, bytes): (PathBuf, Vec<u8>)| Ok((path.strip_prefix(folder)?.to_owned(), bytes));
    files(folder)?.into_iter().map(relative).collect()
}

fn street_files(folder: &Path) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = files(folder)?;
    found.retain(|(path, _)| path.extension().is_some_and(|extension| extension == "csv"));
    Ok(found)
}

/// The rows of a street file, after checking that it looks as those of data.police.uk do.
fn rows(path: &Path, bytes: &[u8]) -> anyhow::Result<Vec<csv::StringRecord>> {
    let text = std::str::from_utf8(bytes)?;
    // Copied from a file of data.police.uk, not from the generator.
    let header = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,\
                  Crime type,Last outcome category,Context\r\n";
    assert!(text.starts_with(header), "{}", path.display());
    assert_eq!(
        text.matches('\n').count(),
        text.matches("\r\n").count(),
        "a line without CRLF in {}",
        path.display()
    );
    // A force without a row that month still sends its header.
    let finished = text == header || text.ends_with(",\r\n");
    assert!(finished, "an unfinished last line in {}", path.display());

    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let month = name.get(..7).unwrap_or_default();
    let rows = csv::Reader::from_reader(bytes).into_records().collect::<Result<Vec<_>, _>>()?;
    for row in &rows {
        assert_eq!(row.len(), 12, "{row:?}");
        assert_eq!(&row[1], month, "{row:?}");
        assert!(row[2].contains("SYNTHETIC") && row[2] == row[3], "{row:?}");
        assert!(row[11].is_empty(), "{row:?}");
        let is_hex =
            |id: &str| id.len() == 64 && id.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        if &row[9] == "Anti-social behaviour" {
            assert!(row[0].is_empty() && row[10].is_empty(), "{row:?}");
        } else {
            assert!(is_hex(&row[0]) && !row[10].is_empty(), "{row:?}");
        }
        if &row[6] == "No Location" {
            assert!([4, 5, 7, 8].into_iter().all(|column| row[column].is_empty()), "{row:?}");
        } else {
            let decimals = |text: &str| text.split_once('.').map(|(_, decimals)| decimals.len());
            assert_eq!((decimals(&row[4]), decimals(&row[5])), (Some(6), Some(6)), "{row:?}");
            assert!(row[6].starts_with("On or near ") && !row[8].is_empty(), "{row:?}");
        }
    }
    Ok(rows)
}
