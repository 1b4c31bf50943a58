//! Organisations, their staff, and the roles that staff hold from a day to a day.

mod manage;

use jiff::Timestamp;
use jiff::civil::Date;
use serde::Deserialize;

use crate::audit::{NewEntry, append};
use crate::policy::Actor;
use crate::store::{Store, StoreError, Transaction};
use crate::words::is_id;

pub(crate) use manage::put_role;
pub use manage::{PeoplePage, PersonEntry, PersonShown, Written};

/// The staff of the partnership as a file lists them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staff {
    /// The organisations.
    pub organisations: Vec<Organisation>,
    /// Their people.
    pub people: Vec<Person>,
}

/// An organisation.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Organisation {
    /// Its id, as agreements name it.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// Somebody who works for one.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Person {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The organisation's id.
    pub organisation: String,
    /// Their roles.
    #[serde(default)]
    pub roles: Vec<Role>,
}

/// A role, held from a day on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// As agreements name it.
    pub role: String,
    /// The first day.
    pub from: Date,
    /// The last day, if one is known.
    pub to: Option<Date>,
}

impl Role {
    /// As what the log names it: whose, which, and its first and last day.
    pub(crate) fn subject(&self, person: &str) -> String {
        let Self { role, from, to } = self;
        let to = to.map(|to| format!("/to/{to}")).unwrap_or_default();
        format!("person/{person}/role/{role}/from/{from}{to}")
    }
}

impl Store {
    /// Brings the staff up to date with a list. Who is not on it keeps what they have: a leaver is
    /// somebody whose roles have ended.
    pub async fn load_staff(&self, staff: &Staff, now: Timestamp) -> Result<(), StoreError> {
        let mut on = self.database.write().await?;
        let mut entries = Vec::new();
        for Organisation { id, name } in &staff.organisations {
            let sql = "INSERT INTO organisations (id, name) VALUES ($1, $2) \
                       ON CONFLICT (id) DO UPDATE SET name = excluded.name";
            on.execute(sql, &[checked(id)?.into(), name.as_str().into()]).await?;
            entries.push(NewEntry::administration(now, format!("organisation/{id}")));
        }
        for person in &staff.people {
            let changed = load_person(&mut on, person).await?;
            entries.push(NewEntry::administration(now, format!("person/{}", person.id)));
            let of_role = |role: &Role| NewEntry::administration(now, role.subject(&person.id));
            entries.extend(changed.into_iter().map(of_role));
        }
        append(&mut on, entries).await?;
        on.commit().await
    }
}

/// Answers the roles that are new or have another last day.
async fn load_person<'p>(
    on: &mut Transaction,
    person: &'p Person,
) -> Result<Vec<&'p Role>, StoreError> {
    let Person { id, name, organisation, roles } = person;
    let known = on
        .fetch_one("SELECT id FROM organisations WHERE id = $1", &[organisation.as_str().into()])
        .await?;
    if known.is_none() {
        return Err(StoreError::Unknown { what: "organisation", id: organisation.clone() });
    }
    let sql = "INSERT INTO people (id, name, organisation) VALUES ($1, $2, $3) \
               ON CONFLICT (id) DO UPDATE \
               SET name = excluded.name, organisation = excluded.organisation";
    let values = [checked(id)?.into(), name.as_str().into(), organisation.as_str().into()];
    on.execute(sql, &values).await?;
    let mut changed = Vec::new();
    for one in roles {
        let Role { role, from, to } = one;
        let sql = "INSERT INTO roles (person, role, from_date, to_date) VALUES ($1, $2, $3, $4) \
                   ON CONFLICT (person, role, from_date) DO UPDATE SET to_date = excluded.to_date \
                   WHERE COALESCE(roles.to_date, '') <> COALESCE(excluded.to_date, '')";
        let to = to.map(|to| to.to_string());
        let values =
            [id.as_str().into(), checked(role)?.into(), from.to_string().into(), to.into()];
        if on.execute(sql, &values).await? > 0 {
            changed.push(one);
        }
    }
    Ok(changed)
}

fn checked(id: &str) -> Result<&str, StoreError> {
    if is_id(id) { Ok(id) } else { Err(StoreError::NoId { id: id.to_owned() }) }
}

impl Store {
    /// A person with the roles that they hold on a day.
    pub async fn actor(&self, person: &str, on: Date) -> Result<Option<Actor>, StoreError> {
        actor(&mut self.database.snapshot().await?, person, on).await
    }
}

pub(crate) async fn actor(
    on: &mut Transaction,
    person: &str,
    day: Date,
) -> Result<Option<Actor>, StoreError> {
    let sql = "SELECT organisation FROM people WHERE id = $1";
    let Some(row) = on.fetch_one(sql, &[person.into()]).await? else { return Ok(None) };
    // Days are written so that the order of their texts is theirs.
    let sql = "SELECT role FROM roles \
               WHERE person = $1 AND from_date <= $2 AND (to_date IS NULL OR to_date >= $2)";
    let roles = on.fetch(sql, &[person.into(), day.to_string().into()]).await?;
    let roles = roles.iter().map(|row| row.text(0)).collect::<Result<_, _>>()?;
    Ok(Some(Actor { person: person.to_owned(), organisation: row.text(0)?, roles }))
}
