//! The folder as a whole.

use std::collections::BTreeSet;

use wardmote_reports::{Publication, PublicationError, publication_files};

use crate::{assets, sample};

#[test]
fn same_publication_gives_same_files() {
    let Some(assets) = assets::load() else { return };
    let publication = sample::publication();
    let files = publication_files(&publication, &assets).unwrap();
    assert_eq!(files, publication_files(&publication, &assets).unwrap());
    let paths: BTreeSet<&str> = files.iter().map(|file| file.path.as_str()).collect();
    for path in [
        "index.html",
        "full.html",
        "figures.html",
        "wardmote.css",
        "summary.pdf",
        "full.pdf",
        "charts/series.svg",
        "tables/chart-series.csv",
        "tables/kinds.csv",
    ] {
        assert!(paths.contains(path), "{path}");
    }
}

#[test]
fn tables_are_csv() {
    let mut table = sample::publication().tables["kinds"].clone();
    table.rows = vec![vec!["a, \"b\"".into(), "1".into(), "2".into(), "line\nbreak".into()]];
    assert_eq!(
        table.csv(),
        "Kind,2022/23,2023/24,Change\r\n\"a, \"\"b\"\"\",1,2,\"line\nbreak\"\r\n"
    );
}

#[test]
fn prose_that_names_what_is_not_there_is_refused() {
    let check = |markdown: &str, message: &str| {
        let mut publication = sample::publication();
        publication.sections = vec![sample::section("one", "One", None, markdown)];
        assert_eq!(wardmote_reports::full_pdf(&publication).unwrap_err().to_string(), message);
    };
    check("![](chart:nope)", "section \"one\" places the chart \"nope\", which does not exist");
    check("- ![](table:nope)", "section \"one\" places the table \"nope\", which does not exist");
    check("*[x](figure:nope)*", "section \"one\" quotes the figure \"nope\", which does not exist");
}

#[test]
fn two_ids_for_one_file_are_refused() {
    let Some(assets) = assets::load() else { return };
    let mut publication = sample::publication();
    publication.tables.insert("KINDS".to_owned(), publication.tables["kinds"].clone());
    let refused = publication_files(&publication, &assets);
    assert!(matches!(refused, Err(PublicationError::SamePath { .. })));
}

#[test]
fn publications_survive_json() {
    let publication = sample::publication();
    let json = serde_json::to_string(&publication).unwrap();
    assert_eq!(serde_json::from_str::<Publication>(&json).unwrap(), publication);
}

/// Writes the sample to look at, into the folder named by `WARDMOTE_SAMPLE`.
#[test]
fn sample_to_look_at() {
    let Some(folder) = std::env::var_os("WARDMOTE_SAMPLE").map(std::path::PathBuf::from) else {
        return;
    };
    let Some(assets) = assets::load() else { return };
    for file in publication_files(&sample::publication(), &assets).unwrap() {
        let path = folder.join(file.path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, file.bytes).unwrap();
    }
}
