//! From the monthly ZIP of all forces, only the wanted files, and nothing that is up to no good.

use std::io::{Cursor, Write as _};

use wardmote_fetch::Outcome;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::server::{Reply, Seen};
use crate::support::{Fixture, csv_of, only_failure};

fn zip_of(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Two forces and two months; Bedfordshire sent no searches in February.
fn usual() -> Vec<u8> {
    zip_of(&[
        ("2024-01/2024-01-bedfordshire-street.csv", &csv_of(3_000)),
        ("2024-01/2024-01-bedfordshire-outcomes.csv", &csv_of(2_000)),
        ("2024-01/2024-01-bedfordshire-stop-and-search.csv", &csv_of(1_000)),
        ("2024-01/2024-01-cheshire-street.csv", &csv_of(9_000)),
        ("2024-02/2024-02-bedfordshire-street.csv", &csv_of(3_300)),
        ("2024-02/2024-02-bedfordshire-outcomes.csv", &csv_of(2_200)),
        ("2024-03/2024-03-bedfordshire-street.csv", &csv_of(4_000)),
    ])
}

fn fixture(answer: impl FnMut(&Seen, usize) -> Reply + Send + 'static) -> Fixture {
    let mut fixture = Fixture::of("", "police-uk", answer);
    fixture.request.force = Some("bedfordshire".into());
    fixture.request.months = vec!["2024-01".parse().unwrap(), "2024-02".parse().unwrap()];
    fixture
}

fn outcomes(report: &wardmote_fetch::Report) -> Vec<Outcome> {
    report.files.iter().map(|file| file.outcome).collect()
}

#[test]
fn only_the_wanted_files_are_taken() {
    use Outcome::{Absent, New, Unchanged};
    let fixture = fixture(|seen, n_before| match n_before % 2 {
        0 => Reply::new(302, "")
            .with("Location", "https://policeuk-data.s3.amazonaws.com/archive/2024-02.zip"),
        _ => Reply::file(seen, &usual(), "\"v1\""),
    });
    let report = fixture.run();
    assert!(report.failed.is_empty(), "{:?}", report.failed);
    assert_eq!(outcomes(&report), [New, New, New, New, New, Absent]);
    assert_eq!(
        fixture.names(),
        [
            "2024-01/2024-01-bedfordshire-outcomes.csv",
            "2024-01/2024-01-bedfordshire-stop-and-search.csv",
            "2024-01/2024-01-bedfordshire-street.csv",
            "2024-02/2024-02-bedfordshire-outcomes.csv",
            "2024-02/2024-02-bedfordshire-street.csv",
            "fetched.json",
        ]
    );
    assert_eq!(fixture.read("2024-02/2024-02-bedfordshire-street.csv").unwrap(), csv_of(3_300));
    let seen = fixture.server.seen();
    assert_eq!(seen[0].path, "/data.police.uk/data/archive/2024-02.zip");
    assert_eq!(seen[1].path, "/policeuk-data.s3.amazonaws.com/archive/2024-02.zip");

    // The archive is gone, and still need not come again.
    let report = fixture.run();
    let same = Unchanged;
    assert_eq!(outcomes(&report), [same, same, same, same, same, Absent]);
    assert_eq!(fixture.server.seen()[3].header("if-none-match"), Some("\"v1\""));
    assert_eq!(wardmote_fetch::verify_ledger(fixture.folder.path()).unwrap(), []);
}

#[test]
fn another_force_needs_the_archive_again_unless_it_was_kept() {
    for (keep, expected) in [(false, None), (true, Some("\"v1\""))] {
        let mut fixture = fixture(|seen, _| Reply::file(seen, &usual(), "\"v1\""));
        fixture.options.keep_archives = keep;
        fixture.run();
        assert_eq!(fixture.path(".archives/2024-02.zip").exists(), keep);
        fixture.request.force = Some("cheshire".into());
        let report = fixture.run();
        assert_eq!(report.files[0].outcome, Outcome::New);
        assert_eq!(fixture.read("2024-01/2024-01-cheshire-street.csv").unwrap(), csv_of(9_000));
        assert_eq!(fixture.server.seen()[1].header("if-none-match"), expected);
    }
}

#[test]
fn a_lost_file_is_taken_again() {
    let fixture = fixture(|seen, _| Reply::file(seen, &usual(), "\"v1\""));
    fixture.run();
    std::fs::remove_file(fixture.path("2024-01/2024-01-bedfordshire-street.csv")).unwrap();
    let report = fixture.run();
    assert_eq!(report.files[0].outcome, Outcome::New);
    assert_eq!(report.files[1].outcome, Outcome::Unchanged);
    assert_eq!(fixture.server.seen()[1].header("if-none-match"), None);
}

#[test]
fn a_later_version_says_what_changed() {
    let later = zip_of(&[("2024-01/2024-01-bedfordshire-street.csv", &csv_of(3_001))]);
    let fixture = fixture(move |seen, n_before| {
        let (body, etag) =
            if n_before == 0 { (usual(), "\"v1\"") } else { (later.clone(), "\"v2\"") };
        Reply::file(seen, &body, etag)
    });
    fixture.run();
    let report = fixture.run();
    assert_eq!(report.files[0].outcome, Outcome::Changed);
    assert_eq!(report.files[1].outcome, Outcome::Absent);
    // What the new archive no longer holds stays as it was fetched.
    assert_eq!(fixture.read("2024-01/2024-01-bedfordshire-outcomes.csv").unwrap(), csv_of(2_000));
}

/// The message, and that the good file of an earlier run is still there and nothing else came.
fn refusal(bad: Vec<u8>) -> String {
    let fixture = fixture(move |seen, n_before| match n_before {
        0 => Reply::file(seen, &usual(), "\"v1\""),
        _ => Reply::file(seen, &bad, "\"v2\""),
    });
    fixture.run();
    let names = fixture.names();
    let message = only_failure(&fixture.run());
    assert_eq!(fixture.names(), names);
    assert_eq!(wardmote_fetch::verify_ledger(fixture.folder.path()).unwrap(), []);
    assert!(!fixture.path("../evil.csv").exists());
    message.replace(&fixture.folder.path().display().to_string(), "FOLDER")
}

#[test]
fn names_that_lead_out_of_the_folder_are_refused() {
    let good = csv_of(3_000);
    for evil in
        ["../evil.csv", "2024-01/../../evil.csv", "/evil.csv", "C:\\evil.csv", "..\\evil.csv"]
    {
        let message =
            refusal(zip_of(&[("2024-01/2024-01-bedfordshire-street.csv", &good), (evil, b"x")]));
        assert_eq!(
            message,
            format!(
                "FOLDER/.archives/2024-02.zip names a file {evil:?} outside its folder; nothing was taken from it"
            )
        );
    }
}

#[test]
fn a_bomb_is_refused() {
    let bomb = vec![b'0'; 20 << 20];
    let message = refusal(zip_of(&[
        ("2024-01/2024-01-bedfordshire-street.csv", &csv_of(3_001)),
        ("2024-02/2024-02-bedfordshire-street.csv", &bomb),
    ]));
    assert!(message.contains("\"2024-02/2024-02-bedfordshire-street.csv\" in FOLDER"), "{message}");
    assert!(message.contains("swells to more than"), "{message}");
}

#[test]
fn what_is_no_table_is_refused() {
    let message = refusal(zip_of(&[("2024-01/2024-01-bedfordshire-street.csv", b"<html>Sorry")]));
    assert!(message.contains("is a web page or XML that begins \"<html>Sorry\""), "{message}");
}

#[test]
fn a_damaged_archive_is_refused() {
    let mut cut = usual();
    cut.truncate(cut.len() - 100);
    let message = refusal(cut);
    assert_eq!(message, "FOLDER/.archives/2024-02.zip is damaged, and was not used");
    let mut flipped = usual();
    flipped[200] ^= 0x55;
    assert_eq!(refusal(flipped), "FOLDER/.archives/2024-02.zip is damaged, and was not used");
}

#[test]
fn a_month_not_yet_published_is_said() {
    let fixture = fixture(|_, _| Reply::new(404, ""));
    let message = only_failure(&fixture.run());
    assert!(
        message.starts_with("https://data.police.uk/data/archive/2024-02.zip is not there"),
        "{message}"
    );
}
