//! A workbook that somebody sends: what each row would do, then to be done or left, and to be taken back.
//!
//! What was sent waits in memory for whoever sent it: nothing of it is written until it is confirmed, and
//! it is gone when the server ends. What a taken one did is in the store, and can be taken back later.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse as _;
use wardmote_records::accounts::SessionId;
use wardmote_records::registers::{Accepted, Doing, Incoming, Kept, Proposal, Register};
use wardmote_records::words::Operation;
use wardmote_reports::site::work::{
    Block, Cell, Field, Form, Listing, Problem, SummaryRow, WorkPage,
};

use super::super::account::{links, time_text};
use super::super::posted::Posted;
use super::super::visit::{SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::Here;
use crate::business::{Understood, exported_workbook};

/// The most that a workbook may hold, in bytes.
pub(super) const MOST_BYTES: usize = 8 << 20;
/// How many workbooks wait at a time; the oldest makes room.
const MOST_WAITING: usize = 20;
/// How many rows of a report are shown.
const MOST_ROWS: usize = 500;
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// Workbooks that were sent, each for whoever sent it.
#[derive(Default)]
pub(in crate::serve::workbench) struct Workbooks(Mutex<VecDeque<Sent>>);

#[derive(Clone)]
struct Sent {
    id: String,
    person: String,
    name: String,
    rows: Arc<Vec<Incoming>>,
    left_out: Arc<Vec<String>>,
    done: Option<Arc<Accepted>>,
    /// What stayed as it is when it was taken back.
    kept: Arc<Vec<Kept>>,
}

impl Sent {
    /// The id that its page has: that of the import, once something was done.
    fn address(&self) -> &str {
        self.done.as_ref().and_then(|done| done.import.as_deref()).unwrap_or(&self.id)
    }
}

impl Workbooks {
    fn put(&self, sent: Sent) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|one| one.id != sent.id);
        if all.len() >= MOST_WAITING {
            all.pop_front();
        }
        all.push_back(sent);
    }

    /// One that was sent, by its own id or by that of its import.
    fn of(&self, id: &str, person: &str) -> Option<Sent> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_it = |one: &&Sent| one.person == person && (one.id == id || one.address() == id);
        all.iter().find(is_it).cloned()
    }
}

/// Whether somebody may make or change items of any register.
pub(super) async fn may_send(here: &Here<'_>) -> Result<bool, PageError> {
    for register in here.business.registers.iter() {
        if here.may(register, Operation::Alteration).await? {
            return Ok(true);
        }
    }
    Ok(false)
}

pub(super) async fn ask(State(bench): State<Arc<Workbench>>, visit: Visit, who: SignedIn) -> Shown {
    let here = Here::of(&bench, &who)?;
    if !may_send(&here).await? {
        return Err(PageError::NotFound);
    }
    let mut page = form_page(&bench, &[]);
    let taken = here.business.records.imports(here.asking).await?;
    if !taken.is_empty() {
        let headings = ["When", "New items", "Items that changed", "Links", "State"];
        let mut listing = Listing::new("Workbooks that you took", headings, "");
        for one in &taken {
            let address = bench.at(&format!("registers/workbook/{}", one.id));
            listing = listing.row([
                Cell::link(address, time_text(one.at)),
                one.did.made().to_string().into(),
                one.did.changed().to_string().into(),
                one.did.links().to_string().into(),
                if one.taken_back.is_some() { "Taken back" } else { "Taken" }.into(),
            ]);
        }
        page = page.block(listing);
    }
    bench.show(&visit, &page)
}

fn form_page(bench: &Workbench, problems: &[Problem]) -> WorkPage {
    let form = Form::new(bench.at("registers/workbook"), "Read it")
        .field(Field::file("file", "The workbook", ".xlsx").hint("An .xlsx file of at most 8 MB"))
        .with_problems(problems);
    WorkPage::new("Send a workbook")
        .back(bench.at("registers"), "Registers")
        .paragraph(
            "It is read row by row, and nothing is changed before you confirm it. A sheet is known by \
             its name or its headings. A row that cannot stand is refused with its cell and the reason; \
             the others can be taken without it.",
        )
        .block(links([(bench.at("registers/workbook.xlsx"), "Take the registers as a workbook")]))
        .block(form)
}

pub(super) async fn send(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    if !may_send(&here).await? {
        return Err(PageError::NotFound);
    }
    let wrong = |why: String| bench.show(&visit, &form_page(&bench, &[Problem::new("file", why)]));
    let Some(file) = posted.file("file") else {
        return wrong("Choose a workbook".to_owned());
    };
    let (bytes, registers) = (file.bytes.clone(), here.business.registers.clone());
    // A large workbook takes seconds to unpack.
    let read = tokio::task::spawn_blocking(move || Understood::read(&registers, &bytes, None));
    let read = match read.await.map_err(|error| PageError::Failed(error.into()))? {
        Ok(read) => read,
        Err(error) => {
            return wrong(format!("This is no workbook: {}", crate::console::chain(&error)));
        }
    };
    if read.rows.is_empty() {
        let why = read.left_out.first().map_or("It holds no row", String::as_str);
        return wrong(why.to_owned());
    }
    let id = SessionId::new()?.carried().to_owned();
    let address = format!("registers/workbook/{id}");
    bench.workbooks.put(Sent {
        id,
        person: who.person().to_owned(),
        name: file.name.clone(),
        rows: Arc::new(read.rows),
        left_out: Arc::new(read.left_out),
        done: None,
        kept: Arc::default(),
    });
    Ok(bench.go(&address))
}

pub(super) async fn show(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let sent = bench.workbooks.of(&id, who.person());
    let at = bench.at(&format!("registers/workbook/{id}"));
    let page =
        |title: &str| WorkPage::new(title).back(bench.at("registers/workbook"), "Send a workbook");
    if let Some(import) = here.business.records.one_import(here.asking, &id).await? {
        let title = format!("A workbook taken on {}", time_text(import.at));
        let page = page(&title);
        return bench.show(
            &visit,
            &match import.taken_back {
                Some(when) => taken_back(page, when, sent.as_ref()),
                None => taken(page, &import.did, sent.as_ref(), &at),
            },
        );
    }
    let sent = sent.ok_or(PageError::NotFound)?;
    let page = page(&sent.name);
    if let Some(done) = &sent.done {
        return bench.show(&visit, &not_done(page.paragraph("Nothing was changed."), done));
    }
    let proposal =
        here.business.records.propose(here.asking, &here.business.registers, &sent.rows).await?;
    let mut page = proposed(page, &here, &proposal, &at);
    if !sent.left_out.is_empty() {
        page = page
            .block(Block::Heading("What is not read".to_owned()))
            .block(Block::List(sent.left_out.to_vec()));
    }
    bench.show(&visit, &page)
}

fn proposed(page: WorkPage, here: &Here<'_>, proposal: &Proposal, at: &str) -> WorkPage {
    let count = |doing| proposal.count(doing);
    let rows = [
        ("New", Doing::Make),
        ("Change something", Doing::Change),
        ("The same as now", Doing::Nothing),
        ("Refused", Doing::Refused),
    ];
    let counts = rows.map(|(words, doing)| SummaryRow::new(words, count(doing).to_string()));
    let page = page
        .paragraph("Nothing is changed yet.")
        .block(Block::Heading("Rows".to_owned()))
        .block(Block::Summary(counts.into()));
    let mut refused = Listing::new("Refused", ["Cell", "Item", "Why"], "No row is refused.");
    let mut does = Listing::new(
        "What would be done",
        ["Cell", "Item", "What", "Fields"],
        "No row would do anything.",
    );
    let (mut n_refused, mut n_done) = (0, 0);
    for row in &proposal.rows {
        let register = here.business.registers.get(&row.register);
        let item = format!("{} {}", register.map_or("", |one: &Register| &one.one), row.reference);
        for fault in row.faults.iter().filter(|_| row.doing == Doing::Refused) {
            n_refused += 1;
            if n_refused <= MOST_ROWS {
                let cells = [fault.place.as_str(), item.as_str(), fault.why.as_str()];
                refused = refused.row(cells.map(Cell::from));
            }
        }
        let what = match row.doing {
            Doing::Make => "New",
            Doing::Change => "Changes",
            Doing::Nothing | Doing::Refused => continue,
        };
        n_done += 1;
        if n_done <= MOST_ROWS {
            let fields = row.changes.join(", ");
            let cells = [row.place.as_str(), item.as_str(), what, fields.as_str()];
            does = does.row(cells.map(Cell::from));
        }
    }
    let mut page = page.block(refused).block(does);
    if n_refused.max(n_done) > MOST_ROWS {
        page = page.paragraph(format!("Of each list the first {MOST_ROWS} are shown."));
    }
    if n_done > 0 {
        let words = if n_refused > 0 { "Take the rows that are not refused" } else { "Take it" };
        page = page.block(Form::new(format!("{at}/accept"), words));
    }
    page
}

fn taken(page: WorkPage, did: &Accepted, sent: Option<&Sent>, at: &str) -> WorkPage {
    let rows = vec![
        SummaryRow::new("New items", did.made().to_string()),
        SummaryRow::new("Items that changed", did.changed().to_string()),
        SummaryRow::new("Links set or taken away", did.links().to_string()),
    ];
    let mut page = page.done("The workbook was taken.").block(Block::Summary(rows));
    if let Some(done) = sent.and_then(|sent| sent.done.as_ref()) {
        page = not_done(page, done);
    }
    page.paragraph(
        "This can be taken back: what was changed says again what it said, and what is new is erased, \
         unless somebody has changed it since or built on it.",
    )
    .block(Form::new(format!("{at}/undo"), "Take it back").warning())
}

fn not_done(page: WorkPage, done: &Accepted) -> WorkPage {
    if done.faults.is_empty() {
        return page;
    }
    let faults = done.faults.iter().map(|fault| format!("{}: {}", fault.place, fault.why));
    page.block(Block::Heading("Not done after all".to_owned())).block(Block::List(faults.collect()))
}

fn taken_back(page: WorkPage, when: jiff::Timestamp, sent: Option<&Sent>) -> WorkPage {
    let page = page
        .done("The workbook was taken back.")
        .paragraph(format!("It was taken back on {}.", time_text(when)));
    match sent.filter(|sent| sent.done.is_some()) {
        Some(sent) if sent.kept.is_empty() => {
            page.paragraph("Everything says again what it said before.")
        }
        Some(sent) => {
            let kept = sent.kept.iter().map(|one| format!("{}: {}", one.item, one.why));
            page.block(Block::Heading("What stays as it is".to_owned()))
                .block(Block::List(kept.collect()))
        }
        None => page,
    }
}

pub(super) async fn accept(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let mut sent = bench.workbooks.of(&id, who.person()).ok_or(PageError::NotFound)?;
    // Sent twice, it is taken once.
    if sent.done.is_none() {
        let (records, registers) = (&here.business.records, &here.business.registers);
        let proposal = records.propose(here.asking, registers, &sent.rows).await?;
        let filing = here.business.settings.filing();
        let accepted = records.import(here.asking, registers, &filing, &proposal).await?;
        sent.done = Some(Arc::new(accepted));
        bench.workbooks.put(sent.clone());
    }
    Ok(bench.go(&format!("registers/workbook/{}", sent.address())))
}

pub(super) async fn undo(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (records, registers) = (&here.business.records, &here.business.registers);
    records.one_import(here.asking, &id).await?.ok_or(PageError::NotFound)?;
    // Sent twice, it is taken back once.
    if let Some(kept) = records.take_back_import(here.asking, registers, &id).await? {
        let sent = bench.workbooks.of(&id, who.person());
        let sent = sent.unwrap_or_else(|| Sent {
            id: id.clone(),
            person: who.person().to_owned(),
            name: String::new(),
            rows: Arc::default(),
            left_out: Arc::default(),
            done: Some(Arc::default()),
            kept: Arc::default(),
        });
        bench.workbooks.put(Sent { kept: Arc::new(kept), ..sent });
    }
    Ok(bench.go(&format!("registers/workbook/{id}")))
}

/// The registers as a workbook, in the items that somebody may see.
pub(super) async fn download(State(bench): State<Arc<Workbench>>, who: SignedIn) -> Shown {
    let here = Here::of(&bench, &who)?;
    let made = exported_workbook(here.business, here.asking, &[]).await;
    let made = made.map_err(PageError::Failed)?.ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, EXCEL),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"wardmote-registers.xlsx\""),
    ];
    Ok((headers, made.bytes).into_response())
}
