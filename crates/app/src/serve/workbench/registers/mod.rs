//! The partnership's own lists for those who keep and read them: lists, items, their history and links.
//! One set of pages serves every register, because a register says itself what its fields are.

mod change;
mod history;
mod item;
mod links;
mod list;
pub(super) mod workbook;

pub(super) use change::conflict;
pub(super) use list::{PER_PAGE, Wanted};
use wardmote_records::accounts::Stage;
use wardmote_records::policy::{Actor, Request, Resource};
use wardmote_records::registers::{Item, Register, RegisterError};
use wardmote_records::words::{Marking, Operation};
use wardmote_records::{Asking, RecordId};

use super::routes::Needs;
use super::visit::SignedIn;
use super::{PageError, Routes, Workbench};
use crate::business::Business;

pub(super) fn add(routes: &mut Routes) {
    let signed_in = Needs::SignedIn;
    routes
        .get("registers", signed_in, list::registers)
        .get("registers/due", signed_in, list::due)
        .get("registers/workbook", signed_in, workbook::ask)
        .post_up_to("registers/workbook", signed_in, workbook::MOST_BYTES, workbook::send)
        .get("registers/workbook.xlsx", signed_in, workbook::download)
        .get("registers/workbook/{id}", signed_in, workbook::show)
        .post("registers/workbook/{id}/accept", signed_in, workbook::accept)
        .post("registers/workbook/{id}/undo", signed_in, workbook::undo)
        .get("registers/{register}", signed_in, list::items)
        .get("registers/{register}/new", signed_in, change::ask_new)
        .post("registers/{register}/new", signed_in, change::make)
        .get("registers/{register}/{id}", signed_in, item::show)
        .get("registers/{register}/{id}/change", signed_in, change::ask_change)
        .post("registers/{register}/{id}/change", signed_in, change::change)
        .get("registers/{register}/{id}/history", signed_in, history::show)
        .post("registers/{register}/{id}/put-back", signed_in, history::put_back)
        .get("registers/{register}/{id}/link", signed_in, links::ask)
        .post("registers/{register}/{id}/link", signed_in, links::link)
        .post("registers/{register}/{id}/unlink", signed_in, links::unlink);
}

/// Whether somebody may see any register, and so finds them in the navigation.
pub(super) fn sees_any(bench: &Workbench, who: &SignedIn) -> bool {
    let session = who.session();
    let Ok(here) = Here::of(bench, who) else { return false };
    let may = |register| here.permits(&session.actor, register, Operation::Consultation);
    session.stage == Stage::Open
        && here.business.registers.iter().any(|one| may(one).unwrap_or(false))
}

/// The registers of this partnership, for somebody who asks now.
pub(super) struct Here<'a> {
    pub(super) business: &'a Business,
    pub(super) asking: Asking<'a>,
}

impl<'a> Here<'a> {
    pub(super) fn of(bench: &'a Workbench, who: &'a SignedIn) -> Result<Self, PageError> {
        let business = bench.business.as_ref().ok_or(PageError::NotFound)?;
        Ok(Self { business, asking: who.asking(&business.settings.purpose) })
    }

    pub(super) fn register(&self, id: &str) -> Result<&'a Register, PageError> {
        self.business.registers.get(id).ok_or(PageError::NotFound)
    }

    /// Whether the actor may do something with the open items of a register.
    pub(super) async fn may(
        &self,
        register: &Register,
        operation: Operation,
    ) -> Result<bool, PageError> {
        let store = self.business.records.store();
        let Some(actor) = store.actor(self.asking.actor, self.asking.today).await? else {
            return Ok(false);
        };
        self.permits(&actor, register, operation)
    }

    fn permits(
        &self,
        actor: &Actor,
        register: &Register,
        operation: Operation,
    ) -> Result<bool, PageError> {
        let resource = Resource {
            owner: self.business.settings.filing().owner,
            category: register.id.clone(),
            marking: Marking::Official,
            personal: register.personal,
        };
        self.permits_on(actor, &resource, operation)
    }

    /// Whether the actor may do something with an item.
    pub(super) async fn may_on(
        &self,
        item: &Item,
        operation: Operation,
    ) -> Result<bool, PageError> {
        let store = self.business.records.store();
        let Some(actor) = store.actor(self.asking.actor, self.asking.today).await? else {
            return Ok(false);
        };
        self.permits_on(&actor, &item.listed.resource(), operation)
    }

    fn permits_on(
        &self,
        actor: &Actor,
        resource: &Resource,
        operation: Operation,
    ) -> Result<bool, PageError> {
        let request =
            Request { actor, operation, purpose: self.asking.purpose, on: self.asking.today };
        let decision = self.business.records.policies().decide(&request, resource)?;
        Ok(matches!(decision, wardmote_records::policy::Decision::Permitted { .. }))
    }
}

fn id_of(text: &str) -> Result<RecordId, PageError> {
    RecordId::parse(text).ok_or(PageError::NotFound)
}

impl From<RegisterError> for PageError {
    fn from(error: RegisterError) -> Self {
        match error {
            RegisterError::Records(error) => error.into(),
            RegisterError::NoRegister { .. } => Self::NotFound,
            error => Self::Failed(error.into()),
        }
    }
}
