//! Items made and changed by a form that a register's fields make.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_records::registers::{
    Fault, Field as Declared, FieldKind, FieldRole, Item, ItemQuery, Register, RegisterError,
    Values,
};
use wardmote_records::words::Operation;
use wardmote_records::{RecordId, RecordsError};
use wardmote_reports::site::work::{Field, Form, Problem, TwoVersions, Typed, WorkPage};

use super::super::posted::Posted;
use super::super::visit::{SignedIn, Visit};
use super::super::{PageError, Shown, Workbench};
use super::item::{find, shown};
use super::{Here, id_of};

/// How many items a list to choose from holds; where there are more, a reference is typed.
const MOST_CHOICES: u32 = 200;

pub(super) async fn ask_new(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(register): Path<String>,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let register = here.register(&register)?;
    if !here.may(register, Operation::Collection).await? {
        return Err(PageError::NotFound);
    }
    bench.show(&visit, &new_page(&bench, &here, register, &Values::default(), &[]).await?)
}

async fn new_page(
    bench: &Workbench,
    here: &Here<'_>,
    register: &Register,
    values: &Values,
    faults: &[Fault],
) -> Result<WorkPage, PageError> {
    let base = bench.at(&format!("registers/{}", register.id));
    let form = form(here, register, &format!("{base}/new"), "Add", values, faults).await?;
    Ok(WorkPage::new(format!("Add: {}", register.one)).back(base, &register.title).block(form))
}

pub(super) async fn make(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path(register): Path<String>,
    posted: Posted,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let register = here.register(&register)?;
    let values = named(&here, register, values(register, posted.typed())).await?;
    let filing = here.business.settings.filing();
    let (records, registers) = (&here.business.records, &here.business.registers);
    match records.add_item(here.asking, registers, &register.id, &filing, &values).await {
        Ok(item) => {
            Ok(bench.go(&format!("registers/{}/{}?done=made", register.id, item.listed.id)))
        }
        Err(RegisterError::Invalid(faults)) => {
            if !here.may(register, Operation::Collection).await? {
                return Err(PageError::NotFound);
            }
            bench.show(&visit, &new_page(&bench, &here, register, &values, &faults).await?)
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) async fn ask_change(
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
    let version = item.listed.version.to_string();
    let page = change_page(&bench, &here, register, &id, &version, &item.values, &[]).await?;
    bench.show(&visit, &page)
}

async fn change_page(
    bench: &Workbench,
    here: &Here<'_>,
    register: &Register,
    id: &str,
    version: &str,
    values: &Values,
    faults: &[Fault],
) -> Result<WorkPage, PageError> {
    let base = bench.at(&format!("registers/{}/{id}", register.id));
    let form = form(here, register, &format!("{base}/change"), "Save", values, faults).await?;
    Ok(WorkPage::new(format!("Change: {}", register.one))
        .back(base, "Back to it")
        .block(form.hidden("version", version)))
}

pub(super) async fn change(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    Path((register, id)): Path<(String, String)>,
    posted: Posted,
) -> Shown {
    let here = Here::of(&bench, &who)?;
    let (register, item) = find(&here, &register, &id).await?;
    let values = named(&here, register, values(register, posted.typed())).await?;
    let version = posted.typed().get("version");
    let read: i64 = version.parse().map_err(|_| PageError::Unreadable)?;
    let (records, registers) = (&here.business.records, &here.business.registers);
    match records.change_item(here.asking, registers, &id_of(&id)?, read, &values).await {
        Ok(_) => Ok(bench.go(&format!("registers/{}/{id}?done=changed", register.id))),
        Err(RegisterError::Invalid(faults)) => {
            if !here.may_on(&item, Operation::Alteration).await? {
                return Err(PageError::NotFound);
            }
            let page = change_page(&bench, &here, register, &id, version, &values, &faults).await?;
            bench.show(&visit, &page)
        }
        Err(RegisterError::Conflict { yours, theirs }) => {
            Err(conflict(&here, register, &yours, &theirs).await?)
        }
        Err(error) => Err(error.into()),
    }
}

/// What somebody wrote beside what somebody else wrote meanwhile.
pub(in crate::serve::workbench) async fn conflict(
    here: &Here<'_>,
    register: &Register,
    yours: &Values,
    theirs: &Item,
) -> Result<PageError, PageError> {
    let mut differing = Vec::new();
    for field in &register.fields {
        let (one, other) = (yours.get(&field.id), theirs.values.get(&field.id));
        if one != other {
            differing.push(TwoVersions {
                what: field.label.clone(),
                yours: shown(here, field, one).await?,
                theirs: shown(here, field, other).await?,
            });
        }
    }
    Ok(PageError::Conflict(differing))
}

/// What was typed, by the register's fields; the three boxes of a day as one text.
fn values(register: &Register, typed: &Typed) -> Values {
    let value = |field: &Declared| match field.kind {
        FieldKind::Date => {
            let part = |part: &str| typed.get(&format!("{}-{part}", field.id)).trim().to_owned();
            let parts = [part("day"), part("month"), part("year")];
            if parts.iter().all(String::is_empty) { String::new() } else { parts.join("/") }
        }
        _ => typed.get(&field.id).to_owned(),
    };
    register.fields.iter().map(|field| (field.id.clone(), value(field))).collect()
}

/// The same with ids where a reference was typed; one that names nothing is left, and refused.
async fn named(
    here: &Here<'_>,
    register: &Register,
    mut values: Values,
) -> Result<Values, PageError> {
    for field in &register.fields {
        let text = values.get(&field.id).trim().to_owned();
        let Some(to) = field.to.as_ref().filter(|_| !text.is_empty()) else { continue };
        if RecordId::parse(&text).is_some() {
            continue;
        }
        match here.business.records.item_called(here.asking, to, &text).await {
            Ok(item) => values.set(&field.id, item.listed.id.to_string()),
            Err(RegisterError::Records(RecordsError::NotFound { .. })) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(values)
}

async fn form(
    here: &Here<'_>,
    register: &Register,
    action: &str,
    submit: &str,
    values: &Values,
    faults: &[Fault],
) -> Result<Form, PageError> {
    let mut form = Form::new(action, submit);
    for declared in &register.fields {
        form = form.field(field(here, declared, values.get(&declared.id)).await?);
    }
    let problems: Vec<Problem> = faults
        .iter()
        .map(|fault| Problem::new(&fault.field, message(register, values, fault)))
        .collect();
    Ok(form.with_problems(&problems))
}

/// What is wrong in a field, as a sentence that needs no label before it.
fn message(register: &Register, values: &Values, fault: &Fault) -> String {
    let declared = register.field(&fault.field);
    match declared.filter(|one| one.required && values.get(&one.id).trim().is_empty()) {
        Some(declared) => {
            let chosen =
                matches!(declared.kind, FieldKind::Choice | FieldKind::YesNo | FieldKind::Item);
            let verb = if chosen { "Choose" } else { "Enter" };
            format!("{verb} {}", with_first(&declared.label, char::to_lowercase))
        }
        None => with_first(&fault.why, char::to_uppercase),
    }
}

/// The text with its first letter changed, unless it begins with capitals, such as ASB.
fn with_first<C: Iterator<Item = char>>(text: &str, change: impl Fn(char) -> C) -> String {
    let mut letters = text.chars();
    match (letters.next(), letters.clone().next()) {
        (Some(first), second) if !second.is_some_and(char::is_uppercase) => {
            change(first).chain(letters).collect()
        }
        _ => text.to_owned(),
    }
}

async fn field(here: &Here<'_>, declared: &Declared, value: &str) -> Result<Field, PageError> {
    let (id, label) = (declared.id.as_str(), declared.label.as_str());
    let label = &if declared.required { label.to_owned() } else { format!("{label} (optional)") };
    let none = (String::new(), "Choose one".to_owned());
    let field = match declared.kind {
        FieldKind::Line => Field::text(id, label).value(value),
        FieldKind::Text => Field::textarea(id, label, 5).value(value),
        FieldKind::Number | FieldKind::Money => Field::digits(id, label).value(value).width(10),
        FieldKind::Date => day(Field::date(id, label), value),
        FieldKind::YesNo => Field::radios(id, label, [("yes", "Yes"), ("no", "No")]).value(value),
        FieldKind::Choice if declared.choices.len() <= 6 => {
            let choices = declared.choices.iter().map(|one| (one.id.clone(), one.label.clone()));
            Field::radios(id, label, choices).value(value)
        }
        FieldKind::Choice => {
            let choices = declared.choices.iter().map(|one| (one.id.clone(), one.label.clone()));
            Field::select(id, label, std::iter::once(none).chain(choices)).value(value)
        }
        FieldKind::Item => {
            let query = ItemQuery {
                register: declared.to.clone().unwrap_or_default(),
                most: MOST_CHOICES,
                ..ItemQuery::default()
            };
            let (records, registers) = (&here.business.records, &here.business.registers);
            let items = records.items(here.asking, registers, &query).await?;
            if items.more {
                let id = RecordId::parse(value);
                let chosen = records.items_by_id(here.asking, id.as_slice()).await?;
                let reference = chosen.first().map_or(value, |item| {
                    let register = registers.get(&item.listed.kind);
                    register.map_or("", |one| item.values.of(one, FieldRole::Reference))
                });
                let field = Field::text(&declared.id, label).value(reference).width(20);
                let hint = if declared.hint.is_empty() { "Its reference" } else { &declared.hint };
                return Ok(field.hint(hint));
            }
            let choices = items
                .rows
                .into_iter()
                .map(|row| (row.id.to_string(), format!("{} {}", row.reference, row.title)));
            Field::select(id, label, std::iter::once(none).chain(choices)).value(value)
        }
    };
    Ok(if declared.hint.is_empty() { field } else { field.hint(&declared.hint) })
}

/// The boxes of a day: those of one that is stored, or what was typed.
fn day(field: Field, value: &str) -> Field {
    if let Ok(date) = value.parse::<jiff::civil::Date>() {
        return field.day(date.year(), date.month(), date.day());
    }
    let parts = value.split('/').map(str::to_owned);
    if value.is_empty() { field } else { field.values(parts) }
}
