//! What an item said before: every version, two side by side, and an earlier one put back.

use std::sync::Arc;

use axum::extract::{Path, State};
use serde::Deserialize;
use wardmote_records::registers::RegisterError;
use wardmote_records::words::Operation;
use wardmote_reports::site::work::{Block, Cell, Form, HistoryEntry, Listing, WorkPage};

use super::super::account::time_text;
use super::super::posted::Posted;
use super::super::visit::{Ask, SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::item::{find, shown};
use super::{Here, id_of};

#[derive(Debug, Default, Deserialize)]
pub(super) struct Compared {
    #[serde(default)]
    version: Option<i64>,
}

pub(super) async fn show(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
    Ask(compared): Ask<Compared>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, item) = find(&here, &register, &id).await?;
    let base = bench.at(&format!("registers/{}/{id}", register.id));
    let (records, registers) = (&here.business.records, &here.business.registers);
    let versions = records.versions(here.asking, registers, &item.listed.id).await?;
    let mut page = WorkPage::new("What it said before").back(&base, "Back to it");
    let history = versions.iter().map(|one| HistoryEntry {
        when: time_text(one.at),
        who: one.actor.clone(),
        what: format!("Version {}", one.version),
    });
    page = page.block(Block::History(history.collect()));
    let earlier: Vec<_> = versions.iter().filter(|one| one.version < item.listed.version).collect();
    let mut choose =
        Listing::new("Earlier versions", ["Version", "When"], "There is no earlier version.");
    for one in &earlier {
        let address = format!("{base}/history?version={}", one.version);
        let text = format!("Version {} beside the one that stands", one.version);
        choose = choose.row([Cell::link(address, text), time_text(one.at).into()]);
    }
    page = page.block(choose);
    let Some(one) = earlier.into_iter().find(|one| Some(one.version) == compared.version) else {
        return bench.show(&visit, &page);
    };
    let then = format!("Version {}", one.version);
    let mut listing = Listing::new(
        "What differs",
        [
            "Field".to_owned(),
            then.clone(),
            format!("Version {}, which stands", item.listed.version),
        ],
        "Nothing differs.",
    );
    for field in &register.fields {
        let (was, is) = (one.values.get(&field.id), item.values.get(&field.id));
        if was != is {
            listing = listing.row([
                field.label.clone().into(),
                shown(&here, field, was).await?.into(),
                shown(&here, field, is).await?.into(),
            ]);
        }
    }
    page = page.block(Block::Heading(format!("{then} beside the one that stands"))).block(listing);
    if here.may_on(&item, Operation::Alteration).await? {
        let form = Form::new(format!("{base}/put-back"), format!("Put {then} back as a new one"))
            .hidden("version", item.listed.version.to_string())
            .hidden("earlier", one.version.to_string())
            .secondary();
        page = page.block(form);
    }
    bench.show(&visit, &page)
}

pub(super) async fn put_back(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, _) = find(&here, &register, &id).await?;
    let number = |name: &str| posted.typed().get(name).parse::<i64>();
    let (Ok(version), Ok(earlier)) = (number("version"), number("earlier")) else {
        return Err(PageError::Unreadable);
    };
    let (records, registers) = (&here.business.records, &here.business.registers);
    match records.put_back(here.asking, registers, &id_of(&id)?, version, earlier).await {
        Ok(_) => Ok(bench.go(&format!("registers/{}/{id}?done=put-back", register.id))),
        Err(RegisterError::Conflict { .. }) => Err(PageError::Conflict(Vec::new())),
        Err(error) => Err(error.into()),
    }
}
