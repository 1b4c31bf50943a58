//! The Stockport twin's plan: loaded, listed, checked, compared, taken to a workbook and back, and held
//! against the published evidence.

use std::path::{Path, PathBuf};

use wardmote_reports::workbook::{SheetColumn, SheetOut, write};

use crate::running::{Ran, shipped, wardmote};
use crate::site::Server;
use crate::workbench::mail::mail_server;

fn twin(into: &Path) -> PathBuf {
    let twin = shipped("stockport-twin", into);
    wardmote(&twin, &["plan", "load"]).ended(0);
    twin
}

fn csv(ran: &Ran) -> Vec<Vec<String>> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(ran.out.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn the_twins_plan_is_loaded_once_and_holds_what_the_papers_name() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    let again = wardmote(twin, &["plan", "load"]).ended(0);
    assert_eq!(again.out, "0 items are new or have changed\n");
    let duties = csv(&wardmote(twin, &["duties", "--format", "csv"]).ended(0));
    assert_eq!(duties.len(), 1 + 13);
    let own = duties.iter().filter(|duty| duty[5] == "Of the partnership").count();
    assert_eq!(own, 7);
    assert!(
        duties[1..].iter().all(|duty| !duty[6].is_empty() && !duty[8].is_empty()),
        "law, owner"
    );
    let due = csv(&wardmote(twin, &["duties", "--due", "--format", "csv"]).ended(0));
    let days: Vec<&str> =
        due[1..].iter().map(|duty| duty[3].as_str()).filter(|d| !d.is_empty()).collect();
    assert!(days.is_sorted() && days.len() >= 11, "{days:?}");
    let status = csv(&wardmote(twin, &["plan", "status", "--format", "csv"]).ended(0));
    assert_eq!(status.len(), 1 + 14);
    // No evidence is published here, so nothing improves and nothing gets worse.
    assert!(status[1..].iter().all(|line| line[3] == "No figure yet"), "{status:?}");
    let aligned = csv(&wardmote(twin, &["plan", "alignment", "--format", "csv"]).ended(0));
    let of = |start: &str| aligned.iter().filter(|line| line[0].starts_with(start)).count();
    assert_eq!((of("GM-M"), of("GM-C"), of("GM-W")), (3, 10, 10));
    let unserved: Vec<_> = aligned.iter().filter(|line| line[2].starts_with("Nothing")).collect();
    assert!(unserved.is_empty(), "{unserved:?}");
    assert!(aligned[1..].iter().all(|line| !line[3].is_empty()), "served, or a reason");
    let miscounted = wardmote(twin, &["plan", "alignment"]).ended(0);
    assert!(miscounted.err.contains("Five big things has 5 objectives; 2 are listed"));
    let narrow = wardmote(twin, &["plan", "status"]).ended(0);
    assert!(narrow.out.lines().all(|line| line.chars().count() <= 80), "{}", narrow.out);
    let diff = wardmote(twin, &["plan", "diff", "2022-25", "2025-28"]).ended(0);
    assert!(diff.out.lines().all(|line| line.chars().count() <= 80), "{}", diff.out);
    assert!(diff.out.contains("(1.3)") && diff.out.contains("another title"), "{}", diff.out);
}

#[test]
fn breaks_of_the_chain_are_named() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    let broken = csv(&wardmote(twin, &["plan", "check", "--format", "csv"]).ended(1));
    let told: Vec<String> = broken[1..].iter().map(|line| line[1..].join(" ")).collect();
    // Two priorities rest on what partners know, and say so.
    assert_eq!(told, ["1.4 cites no finding", "3.3 cites no finding"]);
    let diff =
        csv(&wardmote(twin, &["plan", "diff", "2022-25", "2025-28", "--format", "csv"]).ended(0));
    let count = |word: &str| diff.iter().filter(|line| line[2].starts_with(word)).count();
    assert_eq!((count("Kept"), count("Continued"), count("New"), count("Dropped")), (2, 3, 9, 1));
    let chased = wardmote(twin, &["plan", "chase", "--on", "2025-03-18"]).ended(0);
    assert!(chased.out.contains("To: Invented lead for safeguarding"), "{}", chased.out);
    assert!(chased.out.contains("1.5.2 Agree how partners act on cuckooing, due on 2025-09-30; last heard of on 2024-11-08, 130 days ago"), "{}", chased.out);
    assert!(!chased.out.contains("3.2.4"), "what is done is asked of nobody");
}

#[test]
fn chasers_are_sent_to_the_owners_that_have_an_address() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    let words = ["plan", "chase", "--send", "--on", "2025-03-18"];
    let refused = wardmote(twin, &words).ended(2);
    assert!(refused.err.contains("sign-in.toml"), "{}", refused.err);
    let (port, received) = mail_server();
    let settings = format!(
        "[mail]\nserver = \"127.0.0.1\"\nport = {port}\ntls = \"none\"\nfrom = \"csp@example.org\"\n"
    );
    std::fs::write(twin.join("sign-in.toml"), settings).unwrap();
    let owners = "\"Invented lead for safeguarding\" = \"safeguarding@example.org\"\n";
    std::fs::write(twin.join("plan/owners.toml"), owners).unwrap();
    // Those without an address are named, and make the outcome wrong.
    let sent = wardmote(twin, &words).ended(1);
    assert!(sent.out.contains("sent to Invented lead for safeguarding"), "{}", sent.out);
    assert!(sent.out.contains("1 e-mail sent, "), "{}", sent.out);
    assert!(sent.err.contains("plan/owners.toml gives no address"), "{}", sent.err);
    let message = received.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
    for part in ["RCPT TO:<safeguarding@example.org>", "News wanted of", "1.5.2 Agree how partners"]
    {
        assert!(message.replace("=\n", "").contains(part), "lacks {part}:\n{message}");
    }
    assert!(received.try_recv().is_err(), "one message, to one owner");
    let log = wardmote(twin, &["audit", "search", "--format", "csv"]).ended(0).out;
    let noted: Vec<&str> = log.lines().filter(|line| line.contains("plan/chased")).collect();
    let says = |part: &str| noted.iter().all(|line| line.contains(part));
    assert!(noted.len() == 1 && says("disclosure") && says("safeguarding"), "{log}");
}

#[test]
fn a_workbook_goes_out_and_comes_back_and_bad_rows_are_refused_by_cell() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    wardmote(twin, &["plan", "export", "plan.xlsx"]).ended(0);
    let same = wardmote(twin, &["plan", "import", "plan.xlsx", "--accept"]).ended(0);
    assert!(same.err.contains("0 new, 0 change something"), "{}", same.err);
    assert!(same.err.contains(" 0 refused"), "{}", same.err);
    // As people have it: a title above, other headings, no references, and mistakes.
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    let sheet = SheetOut {
        name: "Delivery plan".into(),
        columns: ["SYNTHETIC delivery plan", "", "", "", ""]
            .map(|heading| (heading.to_owned(), SheetColumn::Text))
            .to_vec(),
        rows: vec![
            row(["What we will do", "Priority", "Lead", "Deadline", "Status"]),
            row([
                "Reduce burglary",
                "Reducing recorded crime",
                "Invented lead",
                "31/12/2026",
                "Under way",
            ]),
            row(["A new scheme", "3.1", "Invented lead", "1 May 2026", "not started"]),
            row(["A wrong day", "3.1", "Invented lead", "31/02/2026", "Not started"]),
            row(["A wrong priority", "9.9", "Invented lead", "", "Under way"]),
            row(["A wrong state", "3.1", "Invented lead", "", "amber"]),
            row(["Reduce vehicle crime", "3.2", "Invented lead", "1 May 2026", "Under way"]),
            row(["Reduce vehicle crime", "3.2", "Another invented lead", "", "Not started"]),
        ],
    };
    std::fs::write(twin.join("theirs.xlsx"), write(&[sheet]).unwrap()).unwrap();
    let report = wardmote(twin, &["plan", "import", "theirs.xlsx", "--format", "csv"]).ended(1);
    assert!(
        report.err.contains("7 rows: 1 new, 1 change something, 0 are the same, 5 refused"),
        "{}",
        report.err
    );
    for part in [
        "Delivery plan!D5,A-2,refused,\"Due: \"\"31/02/2026\"\" is no day",
        "Delivery plan!B6,A-3,refused,\"Priority: priorities has no item that is called \"\"9.9\"\"",
        "Delivery plan!E7,A-4,refused,\"State: \"\"amber\"\" cannot be chosen",
        "3.2.1,changes,\"owner, due\"",
        // Neither of two rows that stand for one item is taken, because nobody can tell which is meant.
        "Delivery plan!A8,3.2.2,refused,3.2.2 stands in Delivery plan!A9 too; keep one",
        "Delivery plan!A9,3.2.2,refused,3.2.2 stands in Delivery plan!A8 too; keep one",
    ] {
        assert!(report.out.contains(part), "lacks {part}:\n{}", report.out);
    }
    let unchanged = wardmote(twin, &["register", "show", "actions", "--words", "scheme"]).ended(0);
    assert!(!unchanged.out.contains("A new scheme"));
    wardmote(twin, &["plan", "import", "theirs.xlsx", "--accept"]).ended(1);
    let shown = wardmote(twin, &["register", "item", "actions", "3.2.1", "--history"]).ended(0);
    assert!(
        shown.out.contains("Invented lead") && shown.out.contains("Version 2"),
        "{}",
        shown.out
    );
    // Columns that the sheet has not keep what they held.
    assert!(shown.out.contains("Homes around a burglary"), "{}", shown.out);
    assert!(shown.out.contains("measures/M-burglary"), "{}", shown.out);
    wardmote(twin, &["plan", "import", "staff.toml"]).ended(2);
    // What was taken can be taken back, once, by who took it.
    let taken = wardmote(twin, &["plan", "imports", "--format", "csv"]).ended(0).out;
    let (id, row) = taken.lines().nth(1).unwrap().split_once(',').unwrap();
    assert!(row.ends_with(",1,1,0,taken"), "{taken}");
    wardmote(twin, &["plan", "undo", id, "--as", "board-member-one"]).ended(2);
    let back = wardmote(twin, &["plan", "undo"]).ended(0);
    assert!(back.out.contains("1 that were new, 1 that were changed"), "{}", back.out);
    wardmote(twin, &["plan", "undo", id]).ended(2);
    wardmote(twin, &["plan", "undo"]).ended(2);
    let again = wardmote(twin, &["plan", "import", "plan.xlsx"]).ended(0);
    assert!(again.err.contains("0 new, 0 change something"), "{}", again.err);
}

#[test]
fn who_may_not_read_a_register_finds_nothing() {
    let here = tempfile::tempdir().unwrap();
    let twin = &twin(here.path());
    let show = |person: &str, register: &str| {
        let ran =
            wardmote(twin, &["register", "show", register, "--as", person, "--format", "csv"]);
        csv(&ran.ended(0)).len() - 1
    };
    assert_eq!((show("plan-officer-one", "risks"), show("board-member-one", "risks")), (3, 2));
    assert_eq!((show("board-member-one", "voices"), show("nobody", "actions")), (0, 0));
    let refused = ["register", "item", "voices", "V-1", "--as", "board-member-one"];
    wardmote(twin, &refused).ended(2);
}

/// Called where the twin's assessment is published: the chain from a sentence to what is done about it.
pub(crate) fn meets_the_evidence(twin: &Path) {
    wardmote(twin, &["plan", "load"]).ended(0);
    let status = csv(&wardmote(twin, &["plan", "status", "--format", "csv"]).ended(0));
    let of = |reference: &str| status.iter().find(|line| line[0] == reference).unwrap();
    // Recorded crime fell by a test; anti-social behaviour must not be called better.
    assert!(of("3.2")[6].contains("Recorded crime fell by 8.0%"), "{:?}", of("3.2"));
    assert_ne!(of("3.1")[3], "Improving");
    let broken = csv(&wardmote(twin, &["plan", "check", "--format", "csv"]).ended(1));
    assert_eq!(broken.len(), 1 + 2, "{broken:?}");
    let traced = wardmote(twin, &["trace", "crime-change"]).ended(0);
    for part in
        ["cited by priority 3.2 Reducing recorded crime", "action 3.2.3", "read by measure M-crime"]
    {
        assert!(traced.out.contains(part), "lacks {part}:\n{}", traced.out);
    }
    let back = wardmote(twin, &["trace", "3.2.3"]).ended(0);
    for part in
        ["measure M-crime: Recorded crime fell", "Priority 3.2", "cites crime-change", "figure f-"]
    {
        assert!(back.out.contains(part), "lacks {part}:\n{}", back.out);
    }
    let server = Server::start(&[twin]);
    let published = server.get("/assessment/full.html").body;
    let at = published.find("fell by 8.0%").unwrap();
    let link = published[..at].rfind("figures.html#").unwrap();
    let anchor = published[link..].split('"').next().unwrap().trim_start_matches("figures.html#");
    // One click: the figure's note, which names the priority. The second: its actions and measures.
    let figures = server.get("/assessment/figures.html").body;
    let note = figures.split(&format!("id=\"{anchor}\"")).nth(1).unwrap();
    let note = note.split("</section>").next().unwrap();
    assert!(note.contains("href=\"/plan/priorities/3.2\""), "{note}");
    let back = format!("href=\"/assessment/figures.html#{anchor}\"");
    server.shows("/plan/priorities/3.2", &["3.2.3 ", "Recorded crime", &back, "95% interval"]);
    server.shows("/plan", &["Keeping people safe", "9 June 2025", "Dropped", "SYNTHETIC"]);
    server.shows("/plan/duties", &["A strategic board", "sections 17A and 115"]);
    server.shows("/plan/told", &["Peace lunch", "uniform around the precinct"]);
    server.shows("/plan/alignment", &["Not local", "2024-2029"]);
    server.shows("/", &["href=\"/plan/priorities/1.1\""]);
    let told = server.get("/plan/told").body;
    assert!(!told.contains("somebody described a neighbour"), "a note was published");
    server.refuses("/plan/priorities/none", 404);
    for list in ["priorities", "actions", "measures", "duties"] {
        let answer = server.get(&format!("/api/v1/plan/{list}"));
        let listed: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert!(!listed["rows"].as_array().unwrap().is_empty(), "{list}");
    }
    drop(server);
    a_job_reads_the_records_that_the_server_reads(twin);
}

/// A pack is made by a job of a server whose records lie elsewhere.
fn a_job_reads_the_records_that_the_server_reads(twin: &Path) {
    let (usual, elsewhere) = (twin.join("records/records.db"), twin.join("elsewhere.db"));
    moved(&usual, &elsewhere);
    let pack = ["jobs", "run", "--later", "pack", "build", "board-2025-03-18", "--on=2025-03-10"];
    wardmote(twin, &pack).ended(0);
    let server = Server::start_with(&[twin], &["--records", elsewhere.to_str().unwrap()]);
    let papers = twin.join("packs/board-2025-03-18/index.html");
    let waited = std::time::Instant::now();
    while !papers.is_file() {
        assert!(waited.elapsed() < std::time::Duration::from_mins(3), "no pack was made");
        std::thread::sleep(std::time::Duration::from_millis(500));
    }
    drop(server);
    assert!(!usual.exists(), "a second store was made");
    moved(&elsewhere, &usual);
}

/// A store with the files that lie beside it.
fn moved(from: &Path, to: &Path) {
    let beside = |store: &Path, ending: &str| format!("{}{ending}", store.display());
    for ending in ["", "-wal", "-shm"] {
        if Path::new(&beside(from, ending)).exists() {
            std::fs::rename(beside(from, ending), beside(to, ending)).unwrap();
        }
    }
}
