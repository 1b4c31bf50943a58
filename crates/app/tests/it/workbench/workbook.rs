//! A workbook that somebody sends: reported row by row, confirmed, and taken back.

use wardmote_reports::workbook::{SheetColumn, SheetOut, write};

use super::registers::{id_of, started};

pub(super) fn workbook() -> Vec<u8> {
    let row = |cells: [&str; 5]| cells.map(str::to_owned).to_vec();
    let headings = ["Reference", "Action", "Priority", "State", "Due"];
    let sheet = SheetOut {
        name: "Actions".into(),
        columns: headings.map(|heading| (heading.to_owned(), SheetColumn::Text)).to_vec(),
        rows: vec![
            row(["A1", "Retailers' meetings", "P1", "Done", "9 June 2025"]),
            row(["A2", "A new scheme", "P1", "Not started", "1 May 2026"]),
            row(["A3", "A wrong day", "P1", "Not started", "31/02/2026"]),
        ],
    };
    write(&[sheet]).unwrap()
}

#[test]
fn a_workbook_is_reported_row_by_row_taken_and_taken_back() {
    let Some(mut bench) = started() else { return };
    let mut keeper = bench.signed_in("analyst-one");
    keeper.get("/work/registers").shows(200, &["Send a workbook"]);
    keeper.get("/work/registers/workbook").shows(200, &["type=\"file\"", "multipart/form-data"]);
    let none = keeper.post("/work/registers/workbook", &[]);
    none.shows(422, &["Choose a workbook", "Error: "]);
    let text = keeper.post_file("/work/registers/workbook", "notes.xlsx", b"no workbook");
    text.shows(422, &["This is no workbook"]);
    let sent = keeper.post_file("/work/registers/workbook", "plan.xlsx", &workbook());
    assert_eq!(sent.status, 303, "{}", sent.body);
    let at = sent.location().to_owned();
    let refused = "Actions!E4";
    let report =
        keeper.get(&at).shows(200, &["Nothing is changed yet", refused, "is no day", "A2"]);
    assert!(report.body.contains("Take the rows that are not refused"), "{}", report.body);
    // Nobody else finds it, and nothing is changed by looking.
    let mut other = bench.signed_in("protector-one");
    assert_eq!(other.get(&at).status, 404);
    other.get("/work/account");
    assert_eq!(other.post(&format!("{at}/accept"), &[]).status, 404);
    let list = keeper.get("/work/registers/actions");
    assert!(!list.body.contains("A new scheme"), "{}", list.body);

    keeper.get(&at);
    let taken = keeper.post(&format!("{at}/accept"), &[]).location().to_owned();
    keeper.get(&taken).shows(200, &["The workbook was taken", "New items", "Take it back"]);
    // Sent twice, it is taken once.
    keeper.get("/work/registers/workbook").shows(200, &["Workbooks that you took", &taken]);
    assert_eq!(keeper.post(&format!("{at}/accept"), &[]).location(), taken);
    assert_eq!(other.get(&taken).status, 404);
    keeper.get("/work/registers/actions").shows(200, &["A new scheme", "Done"]);
    let action = id_of(&mut keeper, "actions");
    let history = format!("/work/registers/actions/{action}/history");
    keeper.get(&history).shows(200, &["Version 2"]);

    // Also after the server was started anew.
    bench.stop();
    bench.serve();
    keeper.get(&taken).shows(200, &["The workbook was taken", "Take it back"]);
    other.get("/work/account");
    assert_eq!(other.post(&format!("{taken}/undo"), &[]).status, 404);
    keeper.get(&taken);
    assert_eq!(keeper.post(&format!("{taken}/undo"), &[]).location(), taken);
    let page = keeper.get(&taken);
    page.shows(200, &["was taken back", "says again what it said before"]);
    let list = keeper.get("/work/registers/actions");
    assert!(!list.body.contains("A new scheme"), "{}", list.body);
    assert!(list.body.contains("Under way"), "{}", list.body);
    keeper.get(&history).shows(200, &["Version 3"]);
    // Sent twice, it is taken back once.
    keeper.get("/work/registers/workbook").shows(200, &["Taken back"]);
    keeper.post(&format!("{taken}/undo"), &[]);
    let page = keeper.get(&history);
    assert!(!page.body.contains("Version 4"), "{}", page.body);
}

#[test]
fn what_somebody_built_on_stays() {
    let Some(bench) = started() else { return };
    let mut keeper = bench.signed_in("analyst-one");
    keeper.get("/work/registers/workbook");
    let at = keeper.post_file("/work/registers/workbook", "plan.xlsx", &workbook());
    let at = at.location().to_owned();
    keeper.get(&at);
    let at = keeper.post(&format!("{at}/accept"), &[]).location().to_owned();
    let show = keeper.get("/work/registers/actions").body;
    let new = show.split("/work/registers/actions/").find(|rest| rest.contains("A new scheme"));
    let new = new.unwrap()[..32].to_owned();
    keeper.get(&format!("/work/registers/actions/{new}/link"));
    let linked = [("relation", "measured-by"), ("to", "M1")];
    assert_eq!(keeper.post(&format!("/work/registers/actions/{new}/link"), &linked).status, 303);
    let old = show.split("/work/registers/actions/").find(|rest| rest.contains("Retailers"));
    let old = format!("/work/registers/actions/{}", &old.unwrap()[..32]);
    keeper.get(&format!("{old}/history"));
    let back = [("version", "2"), ("earlier", "1")];
    assert_eq!(keeper.post(&format!("{old}/put-back"), &back).status, 303);
    keeper.get(&at);
    keeper.post(&format!("{at}/undo"), &[]);
    keeper.get(&at).shows(200, &["actions A1: somebody has changed it since"]);
}
