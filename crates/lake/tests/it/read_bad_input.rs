//! Bad input: each ends as an error or a refusal that names the file, the line and the mend.

use std::fs::{self, File, Permissions};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::process::Command;

use flate2::write::GzEncoder;
use wardmote_lake::read::{Form, InputFile, ReadError, ReadRequest, SmallAreaCodes, find_inputs};

use crate::read_files::write_zip;
use crate::reading::{
    FILE_NAME, GOOD, HEADER, file_of, good_but, read, read_bytes, read_with, request,
};

/// The file fails as a whole, with all of these words in the message.
fn check_failure(bytes: &[u8], words: &[&str]) {
    let message = read_bytes(bytes).failure();
    for word in words.iter().chain(&[FILE_NAME]) {
        assert!(message.contains(word), "{word:?} is not in: {message}");
    }
}

/// A row is refused among good ones, with this message.
fn check_refusal(row: &str, message: &str) {
    let got = read_bytes(file_of(&[GOOD, row, GOOD]).as_bytes());
    let report = got.report();
    assert_eq!((report.rows_read, report.rows_kept, report.rows_refused), (3, 2, 1), "{row}");
    assert_eq!(report.refusals[0].to_string(), message);
    assert_eq!(got.n_rows(), 2);
    assert!(!report.looks_cut_short, "good rows follow");
}

/// The file reads like any other, and its oddity is noted if a note is expected.
fn check_tolerated(bytes: &[u8], note: Option<&str>) {
    let got = read_bytes(bytes);
    let report = got.report();
    assert_eq!((report.rows_read, report.rows_kept), (2, 2));
    assert_eq!(report.notes.first().map(String::as_str), note);
    assert_eq!(got.texts("outcome")[0].as_deref(), Some("Under investigation"));
}

#[test]
fn encodings_that_say_what_they_are_are_read() {
    let text = file_of(&[GOOD, GOOD]);
    check_tolerated(text.as_bytes(), None);
    let with_mark = format!("\u{feff}{text}");
    check_tolerated(with_mark.as_bytes(), Some("UTF-8 with a byte order mark"));
    check_tolerated(text.replace('\n', "\r\n").as_bytes(), None);
    check_tolerated(text.trim_end().as_bytes(), None);
    let utf16 =
        |order: fn(u16) -> [u8; 2]| with_mark.encode_utf16().flat_map(order).collect::<Vec<u8>>();
    check_tolerated(&utf16(u16::to_le_bytes), Some("converted from UTF-16"));
    check_tolerated(&utf16(u16::to_be_bytes), Some("converted from UTF-16"));
}

#[test]
fn other_encodings_are_refused_with_line_and_byte() {
    let mut bytes = file_of(&[GOOD, &good_but("High", "Caf\u{e9}")]).into_bytes();
    let at = bytes.windows(2).position(|pair| pair == "\u{e9}".as_bytes()).unwrap();
    bytes.splice(at..at + 2, [0xE9]);
    check_failure(&bytes, &["line 3", &format!("byte {at} "), "save the file as \"CSV UTF-8\""]);
    let unmarked: Vec<u8> = HEADER.encode_utf16().flat_map(u16::to_le_bytes).collect();
    check_failure(&unmarked, &["line 1", "UTF-16 text that lacks its byte order mark"]);
    check_failure(b"\xFF\xFEC\x00r", &["line 1", "UTF-16 text that is damaged"]);
}

#[test]
fn an_empty_file_is_no_month_without_crime() {
    for empty in ["", "\n\n", " \r\n", "\u{feff}"] {
        check_failure(empty.as_bytes(), &["the file is empty", "download it again"]);
    }
    let got = read_bytes(HEADER.as_bytes());
    assert_eq!(got.report().notes, ["a header without rows"]);
}

#[test]
fn other_separators_are_named() {
    let text = file_of(&[GOOD]);
    let separated = |by: &str| text.replace(',', by);
    check_failure(separated(";").as_bytes(), &["line 1", "semicolons", "comma-separated CSV"]);
    check_failure(separated("\t").as_bytes(), &["line 1", "tabs"]);
    check_failure(text.replace('\n', "\r").as_bytes(), &["line 1", "bare carriage returns"]);
}

#[test]
fn a_wrong_header_says_what_is_missing() {
    let renamed = file_of(&[GOOD]).replace("Crime type", "Offence").replace("Latitude", "Lat");
    check_failure(
        renamed.as_bytes(),
        &["line 1", "missing: Latitude, Crime type", "unknown: Lat, Offence"],
    );
    let twice = file_of(&[GOOD]).replace("Context", "Month");
    check_failure(twice.as_bytes(), &["line 1", "\"Month\" stands twice"]);
    check_failure(format!("{GOOD}\n{GOOD}").as_bytes(), &["line 1", "missing: Crime ID, Month"]);
    let outcomes = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,\
                    LSOA name,Outcome type\n";
    check_failure(outcomes.as_bytes(), &["line 1", "an outcomes file", "-street.csv"]);
    let searches = "Type,Date,Part of a policing operation,Policing operation,Latitude,Longitude,\
                    Gender,Age range,Self-defined ethnicity,Officer-defined ethnicity,Legislation\n";
    check_failure(searches.as_bytes(), &["line 1", "a stop-and-search file"]);
}

#[test]
fn columns_may_be_reordered_and_unknown_ones_are_not_stored() {
    let mut names: Vec<&str> = HEADER.split(',').collect();
    let mut cells: Vec<&str> = GOOD.split(',').collect();
    names.reverse();
    cells.reverse();
    let text = format!("{},Officer\n{},Jane Doe\n", names.join(","), cells.join(","));
    let got = read_bytes(text.as_bytes());
    assert_eq!(got.report().notes, ["the column \"Officer\" is not stored"]);
    assert_eq!(got.texts("category"), [Some("burglary".to_owned())]);
}

#[test]
fn months_out_of_range_are_refused() {
    let case = |month: &str| good_but("2024-01", month);
    check_refusal(&case("Jan-24"), "line 3: Month: \"Jan-24\": not a month such as 2024-04");
    check_refusal(&case("2024-13"), "line 3: Month: \"2024-13\": not a month such as 2024-04");
    check_refusal(&case(""), "line 3: Month: not a month such as 2024-04");
    let before = "line 3: Month: \"2010-11\": before 2010-12, when street-level data begin";
    check_refusal(&case("2010-11"), before);
    let after =
        "line 3: Month: \"2024-11\": after 2024-10, the latest month that the file can hold";
    check_refusal(&case("2024-11"), after);
    let other =
        "line 3: Month: \"2024-02\": another month than the file's name, which says 2024-01";
    check_refusal(&case("2024-02"), other);
}

#[test]
fn a_file_under_the_wrong_name_fails_and_can_be_loaded_once_renamed() {
    let text = file_of(&[GOOD, GOOD]).into_bytes();
    let wrong = InputFile::in_memory("2024-02-bedfordshire-street.csv", text.clone());
    let got = read(vec![wrong, InputFile::in_memory(FILE_NAME, text)]);
    assert_eq!(got.outcome.reports[0].rows_kept, 2, "the copy under the right name is loaded");
    let message = got.outcome.failures[0].to_string();
    assert!(message.contains("says 2024-02, but its rows are of 2024-01; rename"), "{message}");
}

#[test]
fn places_outside_great_britain_are_refused() {
    let case = |longitude: &str, latitude: &str| {
        good_but("-0.414400,51.878700", &format!("{longitude},{latitude}"))
    };
    let outside = "line 3: Longitude: \"20.0\": the place is outside Great Britain";
    check_refusal(&case("20.0", "51.8"), outside);
    let north = "line 3: Latitude: \"71.8\": the place is outside Great Britain";
    check_refusal(&case("-0.4", "71.8"), north);
    check_refusal(
        &case("51.8787", "-0.4144"),
        "line 3: Longitude: \"51.8787\": longitude and latitude look exchanged: each stands in the \
         other's column",
    );
    let metres = "line 3: Longitude: \"509241\": the place is outside Great Britain";
    check_refusal(&case("509241", "221201"), metres);
    check_refusal(&case("NaN", "51.8"), "line 3: Longitude: \"NaN\": not a number of degrees");
    check_refusal(&case("-0.4", "1e3"), "line 3: Latitude: \"1e3\": not a number of degrees");
    let half = "line 3: Latitude: blank, although the other coordinate is given";
    check_refusal(&case("-0.4", ""), half);
}

#[test]
fn other_faults_of_a_row_are_refused() {
    let kind = "line 3: Crime type: \"Piracy\": not a police.uk crime type";
    check_refusal(&good_but("Burglary", "Piracy"), kind);
    let area = "line 3: LSOA code: \"Luton\": not an area code such as E01005758";
    check_refusal(&good_but("E01015800", "Luton"), area);
    check_refusal(",,,,,,,,,,,", "line 3: the row is empty");
    check_refusal(",,,", "line 3: the row is empty");
    let few = "line 3: \"x,2024-01,y\": the row has 3 fields where the header has 12";
    check_refusal("x,2024-01,y", few);
    let quoted = good_but("High Street", "High Street\"");
    let text: String = quoted.chars().take(80).collect();
    check_refusal(
        &quoted,
        &format!("line 3: {text:?}: a quotation mark is opened and not closed on its line"),
    );
}

#[test]
fn a_truncated_file_keeps_its_whole_rows_and_says_so() {
    let text = file_of(&[GOOD, GOOD, GOOD]);
    for cut in [40, 100] {
        let got = read_bytes(&text.as_bytes()[..text.len() - cut]);
        let report = got.report();
        assert_eq!((report.rows_kept, report.rows_refused), (2, 1), "cut by {cut}");
        assert_eq!(report.refusals[0].first_line, 4);
        assert!(report.looks_cut_short);
    }
}

#[test]
fn lines_are_counted_past_blank_and_unclosed_ones() {
    let quoted = good_but("On or near High Street", "\"On or near High Street");
    let rows = [GOOD, "", &quoted, GOOD, "", "", "x", GOOD];
    let got = read_bytes(file_of(&rows).as_bytes());
    let report = got.report();
    assert_eq!((report.rows_kept, report.rows_refused), (3, 2));
    let lines: Vec<u32> = report.refusals.iter().map(|refusal| refusal.first_line).collect();
    assert_eq!(lines, [4, 8]);
}

#[test]
fn refusals_of_a_controlled_source_never_quote_it() {
    let none = SmallAreaCodes::default();
    let request = ReadRequest { keep_text: false, ..request(&none) };
    let rows = [good_but("Burglary", "Jane Doe"), good_but("-0.414400", "51.5"), "Jane".to_owned()];
    let file = file_of(&rows.each_ref().map(String::as_str));
    let got = read_with(vec![InputFile::in_memory(FILE_NAME, file.into_bytes())], &request);
    assert_eq!(got.report().rows_refused, 3);
    for refusal in &got.report().refusals {
        let message = refusal.to_string();
        assert!(!message.contains("Jane") && !message.contains("51.5"), "{message}");
    }
}

#[test]
fn an_archive_cannot_lead_outside_itself() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("evil.zip");
    let text = file_of(&[GOOD]);
    let names = [
        "../2024-01-a-street.csv",
        "/2024-01-b-street.csv",
        "x\\..\\..\\2024-01-c-street.csv",
        "2024-01/2024-01-d-street.csv",
    ];
    write_zip(&path, &names.map(|name| (name, text.as_bytes())));
    let found = find_inputs(Form::Street, std::slice::from_ref(&path)).unwrap();
    assert_eq!(found.files.len(), 1, "only the entry that stays inside");
    assert_eq!(found.failures.len(), 3);
    for failure in &found.failures {
        let message = failure.to_string();
        assert!(message.contains("evil.zip!"), "{message}");
        assert!(message.contains("leads outside its ZIP archive"), "{message}");
    }
}

#[test]
fn bombs_are_refused_before_they_expand() {
    let folder = tempfile::tempdir().unwrap();
    let bomb = vec![b','; 32 << 20];
    let zipped = folder.path().join("bomb.zip");
    write_zip(&zipped, &[("2024-01/2024-01-a-street.csv", &bomb)]);
    let gzipped = folder.path().join("2024-01-a-street.csv.gz");
    let best = flate2::Compression::best();
    let mut writer = GzEncoder::new(File::create(&gzipped).unwrap(), best);
    writer.write_all(&bomb).unwrap();
    writer.finish().unwrap();
    for path in [zipped, gzipped] {
        let message = read(find_inputs(Form::Street, &[path]).unwrap().files).failure();
        assert!(message.contains("as a decompression bomb does; refused"), "{message}");
    }
}

#[test]
fn damaged_archives_are_named() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("latest.zip");
    fs::write(&path, "not an archive").unwrap();
    let found = find_inputs(Form::Street, std::slice::from_ref(&path)).unwrap();
    assert!(found.failures[0].to_string().contains("latest.zip: not a readable ZIP archive"));

    let text = file_of(&[GOOD]);
    write_zip(&path, &[("2024-01-a-street.csv", text.as_bytes()), ("inner.zip", b"PK")]);
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 4;
    bytes[middle] ^= 0xFF;
    fs::write(&path, bytes).unwrap();
    let found = find_inputs(Form::Street, std::slice::from_ref(&path)).unwrap();
    assert_eq!(found.skipped[0].reason, "an archive inside an archive");
    let message = read(found.files).failure();
    assert!(message.contains("damaged"), "{message}");

    let gzip = folder.path().join("2024-01-a-street.csv.gz");
    let mut writer = GzEncoder::new(Vec::new(), flate2::Compression::fast());
    writer.write_all(text.as_bytes()).unwrap();
    let bytes = writer.finish().unwrap();
    fs::write(&gzip, &bytes[..bytes.len() - 20]).unwrap();
    let message = read(vec![InputFile::on_disk(&gzip)]).failure();
    assert!(message.contains("damaged or incomplete"), "{message}");
}

#[test]
fn what_is_not_there_is_named() {
    let error = find_inputs(Form::Street, &["no/such/folder".into()]).unwrap_err();
    assert!(matches!(error, ReadError::NotFound { .. }));
    assert_eq!(error.to_string(), "no/such/folder: no such file or folder");
}

const CHILD_FOLDER: &str = "WARDMOTE_TEST_UNREADABLE";
const NOBODY: u32 = 65_534;

/// Root may read everything, so the test runs itself again as an unprivileged child.
#[test]
fn a_folder_without_permission_is_named_and_the_others_go_on() {
    if let Some(folder) = std::env::var_os(CHILD_FOLDER) {
        let found = find_inputs(Form::Street, &[folder.into()]).unwrap();
        assert_eq!(found.files.len(), 1);
        let message = found.failures[0].to_string();
        assert!(message.contains("/locked: cannot be read: Permission denied"), "{message}");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::set_permissions(folder.path(), Permissions::from_mode(0o755)).unwrap();
    fs::write(folder.path().join(FILE_NAME), file_of(&[GOOD])).unwrap();
    let locked = folder.path().join("locked");
    fs::create_dir(&locked).unwrap();
    fs::set_permissions(&locked, Permissions::from_mode(0o000)).unwrap();
    // The test's own binary may lie where the child may not look.
    let own = std::env::current_exe().unwrap();
    let program = folder.path().join("it");
    fs::hard_link(&own, &program).or_else(|_| fs::copy(&own, &program).map(|_| ())).unwrap();
    let mut child = Command::new(&program);
    let name = "read_bad_input::a_folder_without_permission_is_named_and_the_others_go_on";
    child.args([name, "--exact", "--nocapture"]).env(CHILD_FOLDER, folder.path());
    child.current_dir(folder.path());
    if folder.path().metadata().unwrap().uid() == 0 {
        child.uid(NOBODY).gid(NOBODY);
    }
    let output = child.output().unwrap();
    fs::set_permissions(&locked, Permissions::from_mode(0o755)).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "the child ran the test");
}
