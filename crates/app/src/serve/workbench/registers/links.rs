//! Links made and taken away.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::registers::{Register, RegisterError};
use wardmote_records::words::Operation;
use wardmote_reports::site::work::{Field, Form, Problem, Typed, WorkPage};

use super::super::posted::Posted;
use super::super::visit::{SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::item::find;
use super::{Here, id_of};

pub(super) async fn ask(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, item) = find(&here, &register, &id).await?;
    if !here.may_on(&item, Operation::Alteration).await? {
        return Err(PageError::NotFound);
    }
    bench.show(&visit, &page(&bench, register, &id, &Typed::default(), &[]))
}

fn page(
    bench: &Workbench,
    register: &Register,
    id: &str,
    typed: &Typed,
    problems: &[Problem],
) -> WorkPage {
    let base = bench.at(&format!("registers/{}/{id}", register.id));
    let relations = register.relations.iter().map(|one| (one.id.clone(), one.label.clone()));
    let form = Form::new(format!("{base}/link"), "Link")
        .field(Field::radios("relation", "How", relations))
        .field(
            Field::text("to", "To what")
                .hint("The reference of an item, such as M-1 or actions/1.2; or the name of a claim of the assessment, such as crime-change")
                .width(20),
        )
        .filled(typed)
        .with_problems(problems);
    let page = WorkPage::new("Link it to something").back(base, "Back to it");
    if register.relations.is_empty() {
        return page
            .paragraph("Items of this register are linked to from others, and link to none.");
    }
    page.block(form)
}

pub(super) async fn link(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, item) = find(&here, &register, &id).await?;
    if !here.may_on(&item, Operation::Alteration).await? {
        return Err(PageError::NotFound);
    }
    let typed = posted.typed();
    let (records, registers) = (&here.business.records, &here.business.registers);
    let Some(relation) = register.relation(typed.get("relation")) else {
        let problems = [Problem::new("relation", "Choose how it is linked")];
        return bench.show(&visit, &page(&bench, register, &id, typed, &problems));
    };
    let wrong = |why: &str| {
        let problems = [Problem::new("to", why)];
        bench.show(&visit, &page(&bench, register, &id, typed, &problems))
    };
    let Some(target) = records.target(registers, relation, typed.get("to").trim()).await? else {
        return wrong("There is nothing of this name that it can be linked to so");
    };
    match records.link(here.asking, registers, &item.listed.id, &relation.id, &target).await {
        Ok(()) => Ok(bench.go(&format!("registers/{}/{id}?done=linked", register.id))),
        Err(RegisterError::NoLink { why }) => wrong(&why),
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn unlink(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, item) = find(&here, &register, &id).await?;
    let typed = posted.typed();
    let records = &here.business.records;
    let ends = records.ends(here.asking, &item.listed.id).await?;
    let found = ends.iter().find(|end| {
        !end.is_back
            && end.link.relation == typed.get("relation")
            && end.link.to.id == typed.get("to")
    });
    let link = &found.ok_or(PageError::NotFound)?.link;
    records.unlink(here.asking, &id_of(&id)?, &link.relation, &link.to).await?;
    Ok(bench.go(&format!("registers/{}/{id}?done=unlinked", register.id)))
}
