//! Tries to smuggle people into the lake, one way after another, and looks for them in all its bytes.
//!
//! Every person, number and address here is invented: the telephone numbers are Ofcom's for drama, the
//! NHS number is the service's own example, the insurance number begins with QQ as none does.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use arrow::array::{Array, AsArray};
use arrow::compute::cast;
use arrow::datatypes::DataType;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Categories;
use wardmote_lake::source::{self, SourceDeclaration};
use wardmote_lake::{CountQuery, IngestReport, Lake, Preview, Proposal, PseudonymKey};

use crate::support::{load, month};

/// A partnership's folder with its data beside it.
struct Folder(tempfile::TempDir);

const CONTROLLED: &str = "disclosure = \"controlled\"\nagreement = \"isa-invented\"\n";
const OPEN: &str = "disclosure = \"open\"\n";

const LANDLORD: &str = r#"
    reader = "mapped"
    publisher = "An invented landlord"
    licence = "none"
    time_precision = "day"
    place_precision = "area"
    vintage = "lsoa-2021"
    files = ["landlord/*"]
    [columns]
    date = { heading = "Reported", formats = ["%d/%m/%Y"] }
    category = "Type"
    outcome = "Result"
    [categories]
    "Noise" = "noise"
    [outcomes]
    "Closed" = "Closed"
"#;

const DIRECTORY: &str = r#"
    reader = "postcode-lookup"
    publisher = "ONS"
    licence = "OGL-3.0"
    disclosure = "open"
    files = ["postcodes/*.csv"]
    level = "lsoa-2021"
    columns = { postcode = "pcds", lsoa = "lsoa21" }
"#;

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        for name in ["sources", "data/landlord", "data/postcodes"] {
            std::fs::create_dir_all(folder.path().join(name)).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn declare(&self, id: &str, text: &str) -> &Self {
        std::fs::write(self.path("sources").join(format!("{id}.toml")), text).unwrap();
        self
    }

    fn put(&self, name: &str, bytes: impl AsRef<[u8]>) -> &Self {
        std::fs::write(self.path("data").join(name), bytes).unwrap();
        self
    }

    fn sources(&self) -> Vec<SourceDeclaration> {
        source::read_all(&self.path("sources")).unwrap()
    }

    async fn load(&self) -> IngestReport {
        load(&self.path("lake"), &self.path("data"), &self.sources()).await.unwrap()
    }

    async fn lake(&self) -> Lake {
        Lake::open(&self.path("lake")).await.unwrap()
    }

    /// What the lake holds in any form, and what the run said; the table of postcodes apart, because
    /// a directory of postcodes is public.
    fn everything(&self, report: &IngestReport) -> Held {
        let mut held = Held { text: format!("{report:?}"), ..Held::default() };
        for (file, why) in report.failures.iter().chain(&report.notes).chain(&report.skipped) {
            writeln!(held.text, "{file}: {why}").unwrap();
        }
        let lake = self.path("lake");
        if lake.exists() {
            held.walk(&lake, &lake.join("postcodes"));
        }
        held
    }
}

#[derive(Default)]
struct Held {
    text: String,
    bytes: Vec<Vec<u8>>,
    n_tables: usize,
}

impl Held {
    fn walk(&mut self, folder: &Path, but: &Path) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            writeln!(self.text, "{}", path.display()).unwrap();
            if path == but {
                continue;
            }
            if path.is_dir() {
                self.walk(&path, but);
                continue;
            }
            if path.extension().is_some_and(|extension| extension == "parquet") {
                self.add_table(&path);
            }
            self.bytes.push(std::fs::read(path).unwrap());
        }
    }

    /// The texts of a Parquet file, which are compressed on disk.
    fn add_table(&mut self, path: &Path) {
        self.n_tables += 1;
        let file = std::fs::File::open(path).unwrap();
        let reader = ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap();
        for batch in reader {
            for column in batch.unwrap().columns() {
                if let DataType::Binary = column.data_type() {
                    let cells = column.as_binary::<i32>().iter().flatten();
                    self.bytes.extend(cells.map(<[u8]>::to_vec));
                    continue;
                }
                // Numbers and days too, as texts; and of a dictionary each word, used or not.
                if let Some(words) = column.as_any_dictionary_opt() {
                    self.add_texts(words.values());
                }
                self.add_texts(column);
            }
        }
    }

    fn add_texts(&mut self, column: &arrow::array::ArrayRef) {
        let texts = cast(column, &DataType::Utf8).unwrap();
        for text in texts.as_string::<i32>().iter().flatten() {
            writeln!(self.text, "{text}").unwrap();
        }
    }

    fn holds(&self, secret: &str) -> bool {
        let close = |text: &str| text.to_lowercase().replace(' ', "");
        let bytes = |wanted: &[u8]| {
            self.bytes.iter().any(|held| held.windows(wanted.len()).any(|at| at == wanted))
        };
        // In any case, and with or without blanks.
        close(&self.text).contains(&close(secret))
            || bytes(secret.as_bytes())
            || bytes(secret.replace(' ', "").as_bytes())
    }
}

/// A table of one respectable row and one with the secret in a column of its own.
fn csv(heading: &str, cell: &str) -> Vec<u8> {
    format!(
        "Reported,Type,Result,{heading}\n01/05/2024,Noise,Closed,\n02/05/2024,Noise,,\"{cell}\"\n"
    )
    .into_bytes()
}

/// The same as a workbook, the texts among its shared strings as Excel keeps them.
fn xlsx(heading: &str, cell: &str) -> Vec<u8> {
    let rows = [
        ["Reported", "Type", "Result", heading],
        ["01/05/2024", "Noise", "Closed", ""],
        ["02/05/2024", "Noise", "", cell],
    ];
    let (mut shared, mut sheet) = (String::new(), String::new());
    for (row, cells) in rows.iter().enumerate() {
        write!(sheet, "<row r=\"{}\">", row + 1).unwrap();
        for (column, text) in cells.iter().enumerate() {
            let at = ["A", "B", "C", "D"][column];
            write!(shared, "<si><t>{text}</t></si>").unwrap();
            let number = row * 4 + column;
            write!(sheet, "<c r=\"{at}{}\" t=\"s\"><v>{number}</v></c>", row + 1).unwrap();
        }
        sheet.push_str("</row>");
    }
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let package = "http://schemas.openxmlformats.org/package/2006";
    let parts = [
        (
            "[Content_Types].xml",
            format!(
                r#"<Types xmlns="{package}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/></Types>"#
            ),
        ),
        (
            "_rels/.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#
            ),
        ),
        (
            "xl/workbook.xml",
            format!(
                r#"<workbook xmlns="{main}" xmlns:r="{office}"><sheets><sheet name="Cases" sheetId="1" r:id="r1"/></sheets></workbook>"#
            ),
        ),
        (
            "xl/_rels/workbook.xml.rels",
            format!(
                r#"<Relationships xmlns="{package}/relationships"><Relationship Id="r1" Type="{office}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="{office}/sharedStrings" Target="sharedStrings.xml"/></Relationships>"#
            ),
        ),
        ("xl/sharedStrings.xml", format!(r#"<sst xmlns="{main}">{shared}</sst>"#)),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}"><sheetData>{sheet}</sheetData></worksheet>"#),
        ),
    ];
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in parts {
        zip.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(text.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

/// The secret is looked for where it would be found: a lake that stores it does hold it.
#[tokio::test]
async fn the_search_finds_what_is_there() {
    let folder = Folder::new();
    let declared = LANDLORD.replace("outcome = \"Result\"", "outcome = \"Result\"\nid = \"Ref\"");
    folder.declare("landlord", &format!("{OPEN}{declared}"));
    folder.put("landlord/may.csv", csv("Ref", "BOAT-17"));
    let report = folder.load().await;
    assert_eq!(report.loaded[0].rows_kept, 2, "{report:?}");
    let held = folder.everything(&report);
    assert!(held.n_tables > 2 && held.holds("boat-17") && held.holds("An invented landlord"));
    assert!(!held.holds("BOAT-18"));
}

#[tokio::test]
async fn a_table_that_names_people_does_not_come_in() {
    let smuggled = [
        ("Tenant name", "Aloysius Nobody"),
        ("Complainant", "Aloysius Nobody"),
        ("Remarks", "spoke to Mr Aloysius Nobody"),
        ("Remarks", "write to aloysius@nobody.example"),
        ("Reference", "943 476 5919"),
        ("Remarks", "rang from 07700 900123"),
        ("Back to", "0161 496 0000"),
        ("Back to", "+44 7700 900456"),
        ("D.O.B.", "17/03/1961"),
        ("Born", "17/03/1961"),
        ("Remarks", "born 17/03/1961"),
        ("Place", "12 Acacia Avenue"),
        ("Remarks", "again at Flat 7"),
        ("Code", "QQ 12 34 56 C"),
        ("Seen", "AB12 CDE"),
    ];
    for disclosure in [CONTROLLED, OPEN] {
        let folder = Folder::new();
        folder.declare("landlord", &format!("{disclosure}{LANDLORD}"));
        for (n, (heading, cell)) in smuggled.iter().enumerate() {
            folder.put(&format!("landlord/{n:02}-a.csv"), csv(heading, cell));
            folder.put(&format!("landlord/{n:02}-b.xlsx"), xlsx(heading, cell));
        }
        let report = folder.load().await;
        assert!(report.loaded.is_empty(), "{:?}", report.loaded);
        assert_eq!(report.failures.len(), 2 * smuggled.len());
        let held = folder.everything(&report);
        for (of_file, (heading, cell)) in
            report.failures.iter().zip(smuggled.iter().flat_map(|one| [one, one]))
        {
            assert!(of_file.1.contains(&format!("{heading:?}")), "{of_file:?}");
            assert!(!held.holds(cell), "{heading}: {cell}");
        }
    }
}

#[tokio::test]
async fn undeclared_columns_are_nowhere() {
    let secret = "heard her crying again";
    for (name, bytes) in
        [("may.csv", csv("Remarks", secret)), ("may.xlsx", xlsx("Remarks", secret))]
    {
        let folder = Folder::new();
        folder.declare("landlord", &format!("{OPEN}{LANDLORD}"));
        folder.put(&format!("landlord/{name}"), bytes);
        let report = folder.load().await;
        assert_eq!(report.loaded[0].rows_kept, 2, "{report:?}");
        let held = folder.everything(&report);
        assert!(held.n_tables > 2 && held.holds("the column \"Remarks\" is not stored"));
        assert!(!held.holds(secret), "{name}");
    }
}

#[tokio::test]
async fn refusals_tell_no_tales() {
    // What stands in a declared column and is none of its words, in a controlled and an open source.
    for (disclosure, cell, is_kept) in [
        (CONTROLLED, "told to her sister", false),
        (OPEN, "told to her sister", true),
        (OPEN, "moved to SK1 3XE", false),
    ] {
        for is_workbook in [false, true] {
            let folder = Folder::new();
            let declared = LANDLORD.replace("\"Result\"", "\"What became of it\"");
            folder.declare("landlord", &format!("{disclosure}{declared}"));
            let make = if is_workbook { xlsx } else { csv };
            let name = if is_workbook { "may.xlsx" } else { "may.csv" };
            folder.put(&format!("landlord/{name}"), make("What became of it", cell));
            let report = folder.load().await;
            assert_eq!(report.loaded[0].rows_refused, 1, "{report:?}");
            assert_eq!(folder.everything(&report).holds(cell), is_kept, "{cell} in {name}");
        }
    }
}

#[tokio::test]
async fn a_controlled_source_has_no_references() {
    let declared = LANDLORD.replace("outcome =", "id = \"Ref\"\n    outcome =");
    let text = format!("{CONTROLLED}{declared}");
    let why = source::parse("landlord", &text, Path::new("sources/landlord.toml")).unwrap_err();
    assert!(why.to_string().contains("leave out columns.id"), "{why}");
    // An open source's references may not be postcodes.
    let folder = Folder::new();
    folder.declare("landlord", &format!("{OPEN}{declared}"));
    folder.put("landlord/may.csv", csv("Ref", "SK1 3XE"));
    let report = folder.load().await;
    assert_eq!(report.loaded[0].rows_refused, 1);
    assert!(!folder.everything(&report).holds("SK1 3XE"));
}

#[tokio::test]
async fn a_row_in_the_place_of_headings_is_not_shown() {
    let folder = Folder::new();
    folder.declare("landlord", &format!("{CONTROLLED}{LANDLORD}"));
    folder.put("landlord/may.csv", "01/05/2024,Noise,Closed,Aloysius Nobody\n");
    let report = folder.load().await;
    assert!(report.failures[0].1.contains("there is no column"), "{report:?}");
    assert!(!folder.everything(&report).holds("Aloysius"), "{report:?}");
}

#[tokio::test]
async fn a_file_named_after_somebody_is_not_loaded() {
    for name in ["aloysius@nobody.example.csv", "07700 900123.csv", "Mr_Nobody.csv", "SK1 3XE.csv"]
    {
        let folder = Folder::new();
        folder.declare("landlord", &format!("{CONTROLLED}{LANDLORD}"));
        folder.put(&format!("landlord/{name}"), csv("Remarks", ""));
        let report = folder.load().await;
        assert!(report.loaded.is_empty(), "{name}");
        assert!(report.failures[0].1.contains("rename the file"), "{report:?}");
        assert!(!folder.everything(&report).holds(name), "{name}: {report:?}");
    }
}

#[tokio::test]
async fn surveys_are_looked_at_too() {
    let survey = r#"
        reader = "survey"
        publisher = "An invented council"
        licence = "none"
        level = "lsoa-2021"
        wave = "2024"
        files = ["survey.csv"]
        [columns]
        area = "LSOA"
        groups = ["Group"]
        [questions.safe]
        column = "Safe"
        text = "Do you feel safe?"
        answers = ["Yes", "No"]
    "#;
    for (heading, cell) in
        [("Group", "SK1 3XE"), ("Contact", "07700 900123"), ("Group", "12 Acacia Avenue")]
    {
        let folder = Folder::new();
        folder.declare("survey", &format!("{CONTROLLED}{survey}"));
        let (group, contact) = if heading == "Group" { (cell, "") } else { ("a", cell) };
        folder.put(
            "survey.csv",
            format!("LSOA,Safe,Group,Contact\nE01015700,Yes,{group},{contact}\n"),
        );
        let why = load(&folder.path("lake"), &folder.path("data"), &folder.sources()).await;
        let why = why.unwrap_err().to_string();
        assert!(why.contains(heading) && !why.contains(cell), "{why}");
        assert!(!folder.everything(&IngestReport::default()).holds(cell));
    }
}

/// A landlord's table with postcodes in every state, and what becomes of each row.
const WITH_POSTCODES: &str = "Reported,Type,Result,Home postcode,Was before\n\
    01/05/2024,Noise,,SK1 3XE,M60 2LA\n\
    02/05/2024,Noise,, sk13xe ,\n\
    03/05/2024,Noise,,SK1 3,\n\
    04/05/2024,Noise,,SK2 9ZZ,\n\
    05/05/2024,Noise,,,\n\
    06/05/2024,Noise,,ask Aloysius,\n";

fn with_postcode(disclosure: &str) -> String {
    let declared = LANDLORD.replace("outcome =", "postcode = \"Home postcode\"\n    outcome =");
    format!("{disclosure}{declared}")
}

#[tokio::test]
async fn postcodes_become_small_areas_and_are_dropped() {
    for disclosure in [CONTROLLED, OPEN] {
        let folder = Folder::new();
        folder.declare("landlord", &with_postcode(disclosure)).declare("directory", DIRECTORY);
        folder.put("postcodes/directory.csv", "pcd,pcds,lsoa21\nSK1  3XE,SK1 3XE,E01005900\n");
        folder.put("landlord/may.csv", WITH_POSTCODES);
        let report = folder.load().await;
        assert!(report.failures.is_empty(), "{report:?}");
        let of = |source: &str| report.loaded.iter().find(|l| l.source == source).unwrap();
        let loaded = of("landlord");
        assert_eq!((loaded.rows_read, loaded.rows_kept, loaded.rows_refused), (6, 5, 1));
        assert_eq!((loaded.without_place, loaded.unrecognised_areas), (3, 1));
        assert_eq!(of("directory").rows_kept, 1);
        let held = folder.everything(&report);
        for secret in ["SK1 3XE", "M60 2LA", "SK2 9ZZ", "SK1 3", "Aloysius", "SK1"] {
            assert!(!held.holds(secret), "{secret}");
        }
        assert!(held.holds("1 row has only a part of a postcode"), "{:?}", report.notes);
        let query = CountQuery {
            source: "landlord".into(),
            categories: Categories::default(),
            level: AreaLevel::LSOA_2021,
            areas: None,
            first: month("2024-05"),
            last: month("2024-05"),
        };
        let counts = folder.lake().await.counts(&query).unwrap();
        let placed: Vec<_> =
            counts.iter().filter_map(|row| Some((row.area.as_ref()?.to_string(), row.n))).collect();
        assert_eq!(placed, [("E01005900".to_owned(), 2)]);
    }
}

#[tokio::test]
async fn the_directory_is_remembered_and_needed() {
    let folder = Folder::new();
    folder.declare("landlord", &with_postcode(CONTROLLED));
    folder.put("landlord/may.csv", WITH_POSTCODES);
    let report = folder.load().await;
    assert!(report.failures[0].1.contains("postcode-lookup"), "{report:?}");
    folder.declare("directory", DIRECTORY);
    folder.put("postcodes/directory.csv", "pcds,lsoa21\nSK1 3XE,E01005900\n");
    assert_eq!(folder.load().await.loaded.len(), 2);
    // Without its file the directory is still there for a month that comes later.
    std::fs::remove_file(folder.path("data/postcodes/directory.csv")).unwrap();
    let june = WITH_POSTCODES.replace("/05/2024", "/06/2024");
    folder.put("landlord/june.csv", june);
    let report = folder.load().await;
    assert_eq!((report.loaded.len(), report.already), (1, 1), "{report:?}");
    assert_eq!(report.loaded[0].unrecognised_areas, 1);
    // A directory of another quarter: its months are read again with it.
    folder.put("postcodes/directory.csv", "pcds,lsoa21\nSK1 3XE,E01005900\nSK2 9ZZ,E01005901\n");
    let report = folder.load().await;
    let again: Vec<_> = report.loaded.iter().filter(|load| load.source == "landlord").collect();
    assert_eq!(again.len(), 2, "{report:?}");
    assert!(again.iter().all(|load| load.unrecognised_areas == 0 && load.supersedes.is_some()));
}

/// Two squares of a hundred metres.
const OUTLINES: &str = r#"{"type": "FeatureCollection", "features": [
    {"type": "Feature", "properties": {"code": "E01005900", "name": "West"},
     "geometry": {"type": "Polygon", "coordinates": [[[-2.16, 53.40], [-2.15, 53.40], [-2.15, 53.41], [-2.16, 53.41], [-2.16, 53.40]]]}}]}"#;

#[tokio::test]
async fn postcodes_with_places_are_found_in_outlines() {
    let folder = Folder::new();
    let code_point = r#"
        reader = "postcode-lookup"
        publisher = "Ordnance Survey"
        licence = "OGL-3.0"
        disclosure = "open"
        files = ["postcodes/*.csv"]
        heading_row = 0
        columns = { postcode = 1, easting = 3, northing = 4 }
    "#;
    let outlines = r#"
        reader = "boundaries"
        publisher = "ONS"
        licence = "OGL-3.0"
        disclosure = "open"
        files = ["outlines.geojson"]
        level = "lsoa-2021"
        code = "code"
        name = "name"
    "#;
    folder.declare("landlord", &with_postcode(CONTROLLED)).declare("code-point", code_point);
    // As Ordnance Survey writes it: no headings, blanks inside, one postcode without a place.
    folder.put(
        "postcodes/sk.csv",
        "\"SK1 3XE\",10,389800,390300\n\"M60 2LA\",10,384000,398000\n\"SK2 9ZZ\",90,0,0\n",
    );
    folder.put("landlord/may.csv", WITH_POSTCODES).put("outlines.geojson", OUTLINES);
    let why = load(&folder.path("lake"), &folder.path("data"), &folder.sources()).await;
    assert!(why.unwrap_err().to_string().contains("\"boundaries\""));
    folder.declare("outlines", outlines);
    let report = folder.load().await;
    assert!(report.failures.is_empty(), "{report:?}");
    let of = |source: &str| report.loaded.iter().find(|l| l.source == source).unwrap();
    assert_eq!(of("code-point").rows_kept, 1, "{report:?}");
    assert_eq!(of("landlord").without_place, 3, "{report:?}");
}

#[tokio::test]
async fn a_look_at_a_file_shows_no_postcode() {
    let folder = Folder::new();
    folder.declare("landlord", &with_postcode(OPEN)).put("landlord/may.csv", WITH_POSTCODES);
    let path = folder.path("data/landlord/may.csv");
    let preview = Preview::of(&path, &folder.sources()[0], month("2024-10"), 10);
    let shown: Vec<_> = preview.rows.iter().map(|row| row.postcode.as_deref()).collect();
    assert_eq!(shown, [Some("SK1 ***"), Some("SK1 ***"), Some("***"), Some("SK2 ***"), None]);
    let proposal = Proposal::of(WITH_POSTCODES.as_bytes()).unwrap();
    for said in [format!("{preview:?}"), format!("{proposal:?}")] {
        for secret in ["3XE", "3xe", "2LA", "9ZZ", "Aloysius"] {
            assert!(!said.contains(secret), "{secret} in {said}");
        }
    }
}

fn with_pseudonyms(key_file: &str) -> String {
    let declared = LANDLORD.replace("outcome =", "repeat_of = \"Household\"\n    outcome =");
    format!("{CONTROLLED}{declared}\n    [pseudonyms]\n    key_file = \"{key_file}\"\n")
}

const HOUSEHOLDS: &str = "Reported,Type,Result,Household\n\
    10/05/2023,Noise,,HH-0017\n\
    01/05/2024,Noise,,HH-0017\n\
    10/05/2024,Noise,,hh-0017 \n\
    10/05/2024,Noise,,HH-0017\n\
    11/05/2024,Noise,,HH-0018\n\
    12/05/2024,Noise,,\n\
    11/06/2025,Noise,,HH-0018\n";

#[tokio::test]
async fn repeats_are_counted_by_pseudonyms() {
    let folder = Folder::new();
    folder.declare("landlord", &with_pseudonyms("keys/landlord.key"));
    folder.put("landlord/cases.csv", HOUSEHOLDS.replace("2025", "2024"));
    let report = folder.load().await;
    assert!(report.loaded.is_empty());
    assert!(report.failures[0].1.contains("wardmote source key landlord"), "{report:?}");
    PseudonymKey::create(&folder.path("keys/landlord.key")).unwrap();
    let report = folder.load().await;
    assert_eq!(report.loaded[0].rows_kept, 7, "{report:?}");
    let held = folder.everything(&report);
    let key = std::fs::read_to_string(folder.path("keys/landlord.key")).unwrap();
    for secret in ["HH-0017", "HH-0018", key.trim()] {
        assert!(!held.holds(secret), "{secret}");
    }

    let lake = folder.lake().await;
    let months = lake.repeats("landlord", 12, month("2024-05"), month("2024-06")).unwrap();
    let found: Vec<_> = months
        .iter()
        .map(|row| (row.month.to_string(), row.events, row.with_pseudonym, row.repeats))
        .collect();
    // On 1 May the event a year before counts, and on 10 May both; on 11 June that of 11 May.
    assert_eq!(found, [("2024-05".into(), 5, 4, 3), ("2024-06".into(), 1, 1, 1)]);
    assert!(months.iter().all(|row| row.looks_back_whole));
    let months = lake.repeats("landlord", 0, month("2024-05"), month("2024-05")).unwrap();
    assert_eq!(months[0].repeats, 0);
    let months = lake.repeats("landlord", 13, month("2024-05"), month("2024-05")).unwrap();
    assert!(!months[0].looks_back_whole, "the source begins in May 2023");

    // A new key: the files are read again, and no pseudonym is as before.
    std::fs::remove_file(folder.path("keys/landlord.key")).unwrap();
    PseudonymKey::create(&folder.path("keys/landlord.key")).unwrap();
    let again = folder.load().await;
    assert!(again.loaded[0].supersedes.is_some(), "{again:?}");
    let lake = folder.lake().await;
    let months = lake.repeats("landlord", 12, month("2024-05"), month("2024-05")).unwrap();
    assert_eq!((months[0].events, months[0].repeats), (5, 3));
}

#[tokio::test]
async fn sources_cannot_be_joined_by_their_pseudonyms() {
    let folder = Folder::new();
    let council = with_pseudonyms("keys/council.key").replace("landlord/*", "council.csv");
    // The third has a copy of the landlord's key.
    let copied = with_pseudonyms("keys/landlord.key").replace("landlord/*", "council.csv");
    folder
        .declare("landlord", &with_pseudonyms("keys/landlord.key"))
        .declare("council", &council)
        .declare("copied", &copied);
    folder.put("landlord/cases.csv", HOUSEHOLDS.replace("2025", "2024"));
    folder.put("council.csv", HOUSEHOLDS.replace("2025", "2024"));
    for name in ["landlord", "council"] {
        PseudonymKey::create(&folder.path(&format!("keys/{name}.key"))).unwrap();
    }
    let report = folder.load().await;
    assert_eq!(report.loaded.len(), 3, "{report:?}");
    let mut pseudonyms = Vec::new();
    for entry in std::fs::read_dir(folder.path("lake/incidents")).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "parquet") {
            continue;
        }
        let file = std::fs::File::open(path).unwrap();
        for batch in ParquetRecordBatchReaderBuilder::try_new(file).unwrap().build().unwrap() {
            let batch = batch.unwrap();
            let source = cast(batch.column_by_name("source").unwrap(), &DataType::Utf8).unwrap();
            let ids = batch.column_by_name("source_id").unwrap().as_string::<i32>();
            for (source, id) in source.as_string::<i32>().iter().zip(ids) {
                pseudonyms.extend(id.map(|id| (id.to_owned(), source.unwrap().to_owned())));
            }
        }
    }
    assert!(pseudonyms.iter().all(|(id, _)| id.len() == 16), "{pseudonyms:?}");
    pseudonyms.sort();
    pseudonyms.dedup();
    assert_eq!(pseudonyms.len(), 6, "two households in each of three sources");
    pseudonyms.dedup_by_key(|(id, _)| id.clone());
    assert_eq!(pseudonyms.len(), 6, "none of them alike");
}

#[tokio::test]
async fn a_key_among_the_data_is_refused() {
    let folder = Folder::new();
    folder.declare("landlord", &with_pseudonyms("data/landlord.key"));
    folder.put("landlord/cases.csv", HOUSEHOLDS.replace("2025", "2024"));
    PseudonymKey::create(&folder.path("data/landlord.key")).unwrap();
    let report = folder.load().await;
    assert!(report.loaded.is_empty());
    assert!(report.failures[0].1.contains("outside the data and the lake"), "{report:?}");
}
