//! The partnership's own business: its registers opened, read whole, and held against the published
//! evidence. The evidence knows nothing of records, and the records nothing of the evidence: they meet
//! here.

mod book;
mod load;
mod plan;
mod readings;
mod settings;
mod workbook;

use std::path::Path;

use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_records::registers::Registers;
use wardmote_records::{Asking, Records};

pub(crate) use self::book::{Book, Entry};
pub(crate) use self::load::{bring, load_folder, read_items};
pub(crate) use self::plan::{
    ActionView, MeasureView, PlanView, PriorityView, ThemeView, chain, plan_in_force,
};
pub(crate) use self::readings::{Reading, Readings};
pub(crate) use self::settings::{Settings, registers, toml_files};
pub(crate) use self::workbook::{Understood, exported_workbook};
use crate::commands::records::Where;
use crate::place::{now, today};

/// A partnership's registers, open for work.
#[derive(Debug, Clone)]
pub(crate) struct Business {
    pub(crate) records: Records,
    pub(crate) registers: Registers,
    pub(crate) settings: Settings,
}

impl Business {
    /// Opens the registers of a folder; the store must be there.
    pub(crate) async fn open(at: &Where) -> anyhow::Result<Self> {
        Self::on(at, at.records().await?)
    }

    /// Opens them, and makes the store where there is none.
    pub(crate) async fn open_or_make(at: &Where) -> anyhow::Result<Self> {
        at.open_or_make().await?.close().await;
        Self::open(at).await
    }

    pub(crate) fn on(at: &Where, records: Records) -> anyhow::Result<Self> {
        Ok(Self {
            records,
            registers: settings::registers(&at.folder)?,
            settings: Settings::read(&at.folder)?,
        })
    }

    /// Whether a folder has a store of records at all.
    pub(crate) fn is_there(at: &Where) -> bool {
        Settings::is_there(&at.folder) && at.has_store()
    }

    /// A person asking now. Without one it is who keeps the registers.
    pub(crate) fn asking<'a>(&'a self, person: Option<&'a str>) -> Asking<'a> {
        Asking {
            actor: person.unwrap_or(&self.settings.keeper),
            purpose: &self.settings.purpose,
            now: now(),
            today: today(),
        }
    }

    /// Everything of the plan that a person may see.
    pub(crate) async fn book(&self, asking: Asking<'_>) -> anyhow::Result<Book> {
        let all: Vec<&str> = self.registers.iter().map(|register| register.id.as_str()).collect();
        let (items, links) = self.records.whole(asking, &all).await?;
        Ok(Book::of_items(items, links))
    }

    /// Everything that the public may see.
    pub(crate) async fn public_book(&self) -> anyhow::Result<Book> {
        Ok(Book::of_published(self.records.published(&self.registers).await?))
    }
}

/// What is published of the evidence.
pub(crate) fn published_readings(folder: &Path) -> anyhow::Result<Readings> {
    let path = folder.join("published").join("evidence.json");
    let evidence = path.exists().then(|| EvidenceFile::read(&path)).transpose()?;
    Ok(Readings::of(evidence.as_ref()))
}
