//! The consistency lint as its users meet it, and over the board papers that it was made for.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::running::wardmote;

fn papers(files: &[(&str, &str)]) -> tempfile::TempDir {
    let here = tempfile::tempdir().unwrap();
    for (name, text) in files {
        let path = here.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    here
}

fn lint(here: &Path, words: &[&str]) -> crate::running::Ran {
    wardmote(here, &[&["lint", "--gate", "consistency"], words].concat())
}

const SHORT: &str = "The plan has three aims:\n\n- less crime\n- less fear\n";

#[test]
fn findings_name_both_halves_and_end_with_one() {
    let here = papers(&[("paper.md", SHORT), ("paper.txt", &SHORT.replace('-', "•"))]);
    for file in ["paper.md", "paper.txt"] {
        let out = lint(here.path(), &[file]).ended(1).out;
        assert_eq!(
            out,
            format!("{file}:1: \"three aims\" (3), but 2 are listed; see {file}:3 (list-count)\n")
        );
    }
    let csv = lint(here.path(), &["paper.md", "--format", "csv"]).ended(1).out;
    assert!(
        csv.starts_with("file,line,rule,text,message,other\npaper.md,1,list-count,three aims,"),
        "{csv}"
    );
    assert!(csv.ends_with(",paper.md:3\n"), "{csv}");
    let json = lint(here.path(), &["paper.md", "--format", "json"]).ended(1).out;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&json[0]["line"], &json[0]["other"]), (&1.into(), &"paper.md:3".into()));
}

#[test]
fn a_reasoned_exception_is_kept_and_a_bare_one_is_found() {
    let allowed =
        SHORT.replace("aims:", "aims: <!-- lint: allow list-count because one is secret -->");
    let bare = SHORT.replace("aims:", "aims: <!-- lint: allow list-count -->");
    let here = papers(&[("allowed.md", &allowed), ("bare.md", &bare)]);
    assert_eq!(lint(here.path(), &["allowed.md"]).ended(0).out, "Nothing found.\n");
    let out = lint(here.path(), &["bare.md"]).ended(1).out;
    assert!(out.contains("(list-count)") && out.contains("(bad-exception)"), "{out}");
}

#[test]
fn a_word_document_is_read_by_its_paragraphs() {
    let item = |text: &str| {
        format!(
            "<w:p><w:pPr><w:numPr><w:numId w:val=\"1\"/></w:numPr></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p>"
        )
    };
    let body = format!(
        "<w:p><w:r><w:t>The plan has three aims:</w:t></w:r></w:p>{}{}",
        item("one"),
        item("two")
    );
    let here = papers(&[("broken.docx", "no")]);
    let file = std::fs::File::create(here.path().join("paper.docx")).unwrap();
    let mut container = zip::ZipWriter::new(file);
    container.start_file("word/document.xml", zip::write::SimpleFileOptions::default()).unwrap();
    write!(container, "<w:document xmlns:w=\"w\"><w:body>{body}</w:body></w:document>").unwrap();
    container.finish().unwrap();
    let out = lint(here.path(), &["paper.docx"]).ended(1).out;
    assert!(out.starts_with("paper.docx:1: \"three aims\" (3), but 2 are listed"), "{out}");
    let err = lint(here.path(), &["broken.docx"]).ended(2).err;
    assert!(err.contains("not a DOCX document"), "{err}");
}

#[test]
fn papers_are_compared_and_dates_given() {
    let here = papers(&[
        ("plan.md", "In 2023/24 there were 240 hate crimes.\n"),
        (
            "summary.md",
            "# Summary, 1 May 2024\n\nWe saw 252 hate crimes in 2023/24. The hub will open in June 2024.\n",
        ),
    ]);
    let together = lint(here.path(), &["plan.md", "summary.md"]).ended(1).out;
    assert!(together.contains("summary.md:3:") && together.contains("see plan.md:1"), "{together}");
    assert!(!together.contains("past-promise"), "{together}");
    let later = lint(here.path(), &["summary.md", "--date", "2025-03-18"]).ended(1).out;
    assert!(later.contains("\"will open\" is said of June 2024"), "{later}");
    lint(here.path(), &["plan.md", "--date", "yesterday"]).ended(2);
    let undated = papers(&[("paper.md", "The hub will open in June 2024.\n")]);
    let undated = lint(undated.path(), &["paper.md"]).ended(0).err;
    assert!(undated.contains("bears no date"), "{undated}");
}

#[test]
fn a_partnership_adds_to_the_law() {
    let law = "[[law]]\nwas = [\"Dog Byelaw 1990\"]\nnow = [\"Dog Order 2020\"]\nwhat = \"replaced by the Dog Order 2020\"\nsince = \"2020-05-01\"\nsource = \"council minutes, 1 April 2020\"\n";
    let here = papers(&[("paper.md", "The Dog Byelaw 1990 applies.\n"), ("lint/law.toml", law)]);
    let out = lint(here.path(), &["paper.md"]).ended(1).out;
    assert!(out.contains("replaced by the Dog Order 2020 since 1 May 2020"), "{out}");
    std::fs::write(here.path().join("lint/law.toml"), "[[law]]\nwas = 1\n").unwrap();
    let err = lint(here.path(), &["paper.md"]).ended(2).err;
    assert!(err.contains("law.toml"), "{err}");
}

#[test]
fn rules_of_consistency_are_explained() {
    let here = tempfile::tempdir().unwrap();
    let out = wardmote(here.path(), &["lint", "--explain", "list-count"]).ended(0).out;
    for part in ["Caught", "Not caught", "<!-- lint: allow list-count because ... -->"] {
        assert!(out.contains(part), "{out}");
    }
}

/// The board papers, or `None` after saying that the test is skipped.
fn board_papers() -> Option<PathBuf> {
    let path = std::env::var_os("WARDMOTE_DECK").map(PathBuf::from).filter(|path| path.is_file());
    if path.is_none() {
        let on_server = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!on_server, "WARDMOTE_DECK must name the board papers on a build server");
        eprintln!("skipped: needs the board papers; set WARDMOTE_DECK to the file of their text");
    }
    path
}

/// What the papers are known to contain: the row in the list of their items, the rule, and its lines.
/// Row 60 is the wording gate's; the others are the consistency lint's.
const KNOWN: &[(&str, &str, &[usize])] = &[
    ("1", "two-roles", &[275]),
    ("5", "list-count", &[20]),
    ("18", "past-promise", &[57]),
    ("20", "past-promise", &[62, 312]),
    ("28", "plan-period", &[108]),
    ("60", "unsupported-word", &[161]),
    ("66, windows", "analysis-window", &[172]),
    ("66/92", "opposite-directions", &[239]),
    ("87", "changed-law", &[228]),
    ("90", "misplaced-term", &[228]),
    ("93", "repeated-item", &[250]),
];

#[test]
fn the_board_papers_contradictions_are_found() {
    let Some(deck) = board_papers() else { return };
    let here = tempfile::tempdir().unwrap();
    let deck = deck.to_str().unwrap();
    // Row 18 says of itself that it goes stale after March 2025; the rest is so on the day of the board.
    let read = |gate: &str, date: &str| {
        let words = ["lint", deck, "--gate", gate, "--date", date, "--format", "json"];
        let out = wardmote(here.path(), &words).ended(1).out;
        serde_json::from_str::<Vec<serde_json::Value>>(&out).unwrap()
    };
    let mut findings = read("consistency", "2025-04-01");
    let of_consistency = findings.len();
    findings.extend(read("wording", "2025-04-01"));
    let is = |finding: &serde_json::Value, rule: &str, lines: &[usize]| {
        finding["rule"] == rule && lines.iter().any(|line| finding["line"] == *line)
    };
    for (row, rule, lines) in KNOWN {
        let found = lines.iter().all(|line| findings.iter().any(|one| is(one, rule, &[*line])));
        assert!(found, "row {row}: {rule} at {lines:?} is missed");
    }
    let significance = findings.iter().find(|one| is(one, "unsupported-word", &[161])).unwrap();
    assert!(
        significance["message"].as_str().unwrap().contains("numbers of respondents"),
        "{significance}"
    );
    let known = |one: &serde_json::Value| KNOWN.iter().any(|(_, rule, lines)| is(one, rule, lines));
    let others: Vec<&serde_json::Value> =
        findings[..of_consistency].iter().filter(|one| !known(one)).collect();
    for other in &others {
        println!(
            "not on the list: line {}, {}: {}",
            other["line"], other["rule"], other["message"]
        );
    }
    println!("{} of {} known cases found, {} others", KNOWN.len(), KNOWN.len(), others.len());
    assert!(others.len() <= 2, "{others:#?}");
    let on_the_day = read("consistency", "2025-03-18");
    assert!(on_the_day.iter().all(|one| !is(one, "past-promise", &[57])));
    assert!(on_the_day.iter().any(|one| is(one, "past-promise", &[62])));
}
