//! Registers in the workbooks that people have: sheets known by their names or headings, rows by their
//! cells.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::Context as _;
use wardmote_records::Asking;
use wardmote_records::registers::{
    Cell, Field, FieldKind, Incoming, Register, Registers, exported,
};
use wardmote_reports::workbook::{CellIn, SheetColumn, SheetIn, SheetOut, read, write};

use super::Business;

/// How far down a sheet its headings are looked for; people put titles above them.
const HEADINGS_WITHIN: usize = 15;

/// What a workbook holds, as far as the registers know it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Understood {
    pub(crate) rows: Vec<Incoming>,
    /// What is not read, in sentences.
    pub(crate) left_out: Vec<String>,
}

impl Understood {
    /// Reads a workbook; `named` is the register that every sheet is of, where names and headings do not
    /// say.
    pub(crate) fn read(
        registers: &Registers,
        bytes: &[u8],
        named: Option<&str>,
    ) -> anyhow::Result<Self> {
        understood(registers, &read(bytes)?, named)
    }
}

/// The registers as a workbook, in the items that somebody may see, and how many these are; nothing where
/// there is none. Items of a higher marking, and registers that name people, are left out.
pub(crate) async fn exported_workbook(
    business: &Business,
    asking: Asking<'_>,
    only: &[String],
) -> anyhow::Result<Option<Exported>> {
    let registers = &business.registers;
    let all: Vec<&str> = registers.iter().map(|register| register.id.as_str()).collect();
    let (items, links) = business.records.whole(asking, &all).await?;
    let rows = exported(registers, &items, &links);
    let mut sheets = Vec::new();
    for register in registers.iter() {
        let cells: Vec<_> =
            rows.iter().filter(|(id, _)| *id == register.id).map(|(_, cells)| cells).collect();
        let wanted = only.is_empty() && !cells.is_empty() || only.contains(&register.id);
        if wanted {
            sheets.push(sheet(register, &cells));
        }
    }
    if sheets.is_empty() {
        return Ok(None);
    }
    let n_items = sheets.iter().map(|sheet| sheet.rows.len()).sum();
    Ok(Some(Exported { bytes: write(&sheets)?, n_items, n_sheets: sheets.len() }))
}

/// A workbook of registers.
#[derive(Debug)]
pub(crate) struct Exported {
    pub(crate) bytes: Vec<u8>,
    pub(crate) n_items: usize,
    pub(crate) n_sheets: usize,
}

/// A register as a sheet: its fields, then its relations.
fn sheet(register: &Register, items: &[&BTreeMap<String, String>]) -> SheetOut {
    let fields = register.fields.iter().map(|field| (field.label.clone(), column(field)));
    let relations = register.relations.iter().map(|one| (one.label.clone(), SheetColumn::Text));
    let row = |cells: &&BTreeMap<String, String>| {
        let get = |id: &String| cells.get(id).map_or("", String::as_str);
        let fields = register.fields.iter().map(|field| field.shown(get(&field.id)).to_owned());
        fields.chain(register.relations.iter().map(|one| get(&one.id).to_owned())).collect()
    };
    SheetOut {
        name: register.title.chars().take(31).collect(),
        columns: fields.chain(relations).collect(),
        rows: items.iter().map(row).collect(),
    }
}

fn column(field: &Field) -> SheetColumn {
    match field.kind {
        FieldKind::Date => SheetColumn::Day,
        FieldKind::Number | FieldKind::Money => SheetColumn::Number,
        FieldKind::Text => SheetColumn::LongText,
        FieldKind::YesNo => SheetColumn::Choice(vec!["Yes".to_owned(), "No".to_owned()]),
        FieldKind::Choice => {
            SheetColumn::Choice(field.choices.iter().map(|choice| choice.label.clone()).collect())
        }
        FieldKind::Line | FieldKind::Item => SheetColumn::Text,
    }
}

/// The rows of every sheet that is known by its name, or by its headings.
fn understood(
    registers: &Registers,
    sheets: &[SheetIn],
    named: Option<&str>,
) -> anyhow::Result<Understood> {
    let mut found = Understood::default();
    for sheet in sheets.iter().filter(|sheet| !sheet.rows.is_empty()) {
        let register = match named {
            Some(id) => {
                Some(registers.get(id).with_context(|| format!("there is no register {id:?}"))?)
            }
            None => by_name(registers, &sheet.name).or_else(|| by_headings(registers, sheet)),
        };
        match register.and_then(|register| Some((register, headings(register, sheet)?))) {
            Some((register, (at, columns))) => read_sheet(register, sheet, at, &columns, &mut found),
            None => found.left_out.push(format!(
                "sheet {:?} is not read: neither its name nor its headings are those of a register; --register says which it is",
                sheet.name
            )),
        }
    }
    Ok(found)
}

fn by_name<'a>(registers: &'a Registers, name: &str) -> Option<&'a Register> {
    let name = name.trim().to_lowercase();
    registers.iter().find(|one| {
        let title: String = one.title.to_lowercase().chars().take(31).collect();
        one.id == name || title == name || one.one == name
    })
}

/// The register of which a sheet has the most headings, with those that must be there.
fn by_headings<'a>(registers: &'a Registers, sheet: &SheetIn) -> Option<&'a Register> {
    let fits = |register: &Register| {
        let (_, columns) = headings(register, sheet)?;
        let known: BTreeSet<&String> = columns.values().collect();
        let must = register.fields.iter().filter(|f| f.required && f.id != "reference");
        must.clone().all(|field| known.contains(&field.id)).then_some(known.len())
    };
    let scored = registers.iter().filter_map(|register| Some((fits(register)?, register)));
    scored.max_by_key(|(known, _)| *known).map(|(_, register)| register)
}

/// Where the headings of a sheet stand, and which column holds which field or relation.
fn headings(register: &Register, sheet: &SheetIn) -> Option<(usize, BTreeMap<String, String>)> {
    let read = |row: &Vec<CellIn>| {
        let mut columns = BTreeMap::new();
        for cell in row {
            let Some(id) = known_heading(register, &cell.text) else { continue };
            if !columns.values().any(|known| *known == id) {
                columns.insert(letters(&cell.name), id);
            }
        }
        columns
    };
    let rows = sheet.rows.iter().take(HEADINGS_WITHIN).map(read).enumerate();
    let best = rows.max_by_key(|(at, columns)| (columns.len(), std::cmp::Reverse(*at)))?;
    (best.1.len() >= 2).then_some(best)
}

fn known_heading(register: &Register, heading: &str) -> Option<String> {
    let heading = heading.trim().trim_end_matches([':', '*']).trim().to_lowercase();
    let is = |text: &String| text.to_lowercase() == heading;
    let field = register.fields.iter().find(|f| is(&f.id) || is(&f.label) || f.also.iter().any(is));
    let relation = || register.relations.iter().find(|one| is(&one.id) || is(&one.label));
    field.map(|field| field.id.clone()).or_else(|| relation().map(|one| one.id.clone()))
}

fn letters(name: &str) -> String {
    name.chars().take_while(char::is_ascii_alphabetic).collect()
}

fn read_sheet(
    register: &Register,
    sheet: &SheetIn,
    at: usize,
    columns: &BTreeMap<String, String>,
    found: &mut Understood,
) {
    let unknown = sheet.rows[at]
        .iter()
        .filter(|cell| !cell.text.is_empty() && !columns.contains_key(&letters(&cell.name)));
    for cell in unknown {
        found.left_out.push(format!(
            "{}!{}: column {:?} is not read: {} have no such field",
            sheet.name,
            cell.name,
            cell.text,
            register.title.to_lowercase()
        ));
    }
    for row in &sheet.rows[at + 1..] {
        let cells = row.iter().filter_map(|cell| {
            let column = columns.get(&letters(&cell.name))?.clone();
            let place = format!("{}!{}", sheet.name, cell.name);
            // Taken for empty, it would empty a field that nobody meant to empty.
            if cell.is_not_worked_out {
                found.left_out.push(format!(
                    "{place}: a formula that was not worked out, so its field is left as it is; open the \
                     workbook in Excel, save it, and send it again"
                ));
                return None;
            }
            Some(Cell { place, column, text: cell.text.clone() })
        });
        let cells: Vec<Cell> = cells.collect();
        if cells.iter().any(|cell| !cell.text.is_empty()) {
            found.rows.push(Incoming { register: register.id.clone(), cells });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::business::load_folder;
    use crate::commands::records::Where;
    use proptest::prelude::*;
    use proptest::test_runner::{Config, TestRunner};
    use wardmote_records::registers::{Doing, Values};

    /// A partnership of its own with the twin's agreements and settings, and no items.
    async fn empty(here: &Path) -> Business {
        let twin = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../partnerships/stockport-twin");
        std::fs::create_dir_all(here.join("plan")).unwrap();
        std::fs::create_dir_all(here.join("agreements")).unwrap();
        for file in ["plan/settings.toml", "plan/staff.toml"] {
            std::fs::copy(twin.join(file), here.join(file)).unwrap();
        }
        for entry in std::fs::read_dir(twin.join("agreements")).unwrap() {
            let path = entry.unwrap().path();
            let to = here.join("agreements").join(path.file_name().unwrap());
            std::fs::copy(path, to).unwrap();
        }
        let at = Where { folder: here.to_owned(), named: None };
        assert_eq!(load_folder(&at).await.unwrap(), 0);
        Business::open(&at).await.unwrap()
    }

    async fn workbook_of(business: &Business) -> Vec<u8> {
        let registers = &business.registers;
        let all: Vec<&str> = registers.iter().map(|register| register.id.as_str()).collect();
        let (items, links) = business.records.whole(business.asking(None), &all).await.unwrap();
        let rows = exported(registers, &items, &links);
        let sheets = registers.iter().filter_map(|register| {
            let cells: Vec<_> =
                rows.iter().filter(|(id, _)| *id == register.id).map(|(_, cells)| cells).collect();
            (!cells.is_empty()).then(|| sheet(register, &cells))
        });
        write(&sheets.collect::<Vec<_>>()).unwrap()
    }

    async fn proposed(business: &Business, bytes: &[u8]) -> wardmote_records::registers::Proposal {
        let read = understood(&business.registers, &read(bytes).unwrap(), None).unwrap();
        assert_eq!(read.left_out, [""; 0]);
        let asking = business.asking(None);
        business.records.propose(asking, &business.registers, &read.rows).await.unwrap()
    }

    /// Whatever people write, a workbook brings it all back: into the same store it changes nothing,
    /// and into an empty one it makes the same, so that a second workbook equals the first.
    #[test]
    fn a_workbook_loses_nothing() {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let text = prop::sample::select(vec![
            "plain",
            "=1+1",
            "007",
            "1e5",
            "TRUE",
            "a\nb",
            "\"quoted\", and more",
            "_x0041_",
            "£5 < £6 & more",
            "ünïcode ✓",
            "2024-02-29",
            "semi; colon",
            "'",
            "1.10",
            "#N/A",
            "-",
            "\ttab",
            "a  b",
            "0.1000",
        ]);
        let day = prop::sample::select(vec!["", "2024-02-29", "1900-03-01", "2199-12-31"]);
        let sum = prop::sample::select(vec!["", "0", "12500", "12500.50", "9999999999999"]);
        let one = (text.clone(), text, day, sum, 0usize..3);
        let config = Config { cases: 12, failure_persistence: None, ..Config::default() };
        let seed = proptest::test_runner::RngAlgorithm::ChaCha;
        let seed = proptest::test_runner::TestRng::deterministic_rng(seed);
        let drawn = prop::collection::vec(one, 1..6);
        TestRunner::new_with_rng(config, seed)
            .run(&drawn, |drawn| {
                runtime.block_on(round_trip(&drawn));
                Ok(())
            })
            .unwrap();
    }

    type Drawn = (&'static str, &'static str, &'static str, &'static str, usize);

    async fn round_trip(drawn: &[Drawn]) {
        let here = tempfile::tempdir().unwrap();
        let business = empty(&here.path().join("one")).await;
        let (records, registers) = (&business.records, &business.registers);
        let (asking, filing) = (business.asking(None), business.settings.filing());
        for (index, (title, long, day, sum, kind)) in drawn.iter().enumerate() {
            let state = ["asked-for", "running", "closed"][*kind];
            let pairs = [
                ("reference", format!("G-{index}")),
                ("title", title.replace(['\n', '\t'], " ")),
                ("funder", "Invented funder".to_owned()),
                ("conditions", (*long).to_owned()),
                ("from", (*day).to_owned()),
                ("amount", (*sum).to_owned()),
                ("state", state.to_owned()),
            ];
            let values: Values = pairs.into_iter().collect();
            records.add_item(asking, registers, "grants", &filing, &values).await.unwrap();
        }
        let workbook = workbook_of(&business).await;
        let same = proposed(&business, &workbook).await;
        assert_eq!(same.count(Doing::Nothing), drawn.len(), "{:?}", same.rows);
        let other = empty(&here.path().join("two")).await;
        let proposal = proposed(&other, &workbook).await;
        assert_eq!(proposal.count(Doing::Make), drawn.len(), "{:?}", proposal.rows);
        let left = other.records.accept(other.asking(None), registers, &filing, &proposal).await;
        assert_eq!(left.unwrap().faults, []);
        assert!(workbook_of(&other).await == workbook, "another workbook came out");
    }
}
