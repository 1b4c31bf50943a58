//! Organisations, people and roles as whoever runs them changes them, one at a time.

use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use super::{Organisation, Role, checked};
use crate::accounts::read_day;
use crate::audit::{NewEntry, append};
use crate::store::{Row, Store, StoreError, hex};

/// A person in a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonEntry {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// The name of their organisation.
    pub organisation: String,
    /// Their roles of the day.
    pub roles: Vec<String>,
}

/// A part of the list of people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeoplePage {
    /// The people of this page.
    pub people: Vec<PersonEntry>,
    /// How many there are in all.
    pub total: u64,
}

/// A person with all that was said of them, and the state it is in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonShown {
    /// Their id.
    pub id: String,
    /// Their name.
    pub name: String,
    /// Their organisation.
    pub organisation: Organisation,
    /// All roles, those that ended or are still to begin among them.
    pub roles: Vec<Role>,
    /// Names what name and organisation are: whoever changes them says which state they saw.
    pub state: String,
}

/// How a change ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Written {
    /// It was made.
    Done,
    /// Somebody else changed the same meanwhile; this is what stands there now.
    Conflict(Box<PersonShown>),
}

impl Store {
    /// The organisations, by name.
    pub async fn organisations(&self) -> Result<Vec<Organisation>, StoreError> {
        let mut on = self.database.snapshot().await?;
        let rows = on.fetch("SELECT id, name FROM organisations ORDER BY name, id", &[]).await?;
        let read = |row: &Row| Ok(Organisation { id: row.text(0)?, name: row.text(1)? });
        rows.iter().map(read).collect()
    }

    /// People whose name or id holds a text, by name, a page at a time; pages are counted from 1.
    pub async fn people(
        &self,
        holding: &str,
        page: u32,
        per_page: u32,
        on_day: Date,
    ) -> Result<PeoplePage, StoreError> {
        let mut on = self.database.snapshot().await?;
        let escaped: String = holding
            .to_lowercase()
            .chars()
            .flat_map(|letter| {
                ['%', '_', '!'].contains(&letter).then_some('!').into_iter().chain([letter])
            })
            .collect();
        let like = format!("%{escaped}%");
        let within = "(LOWER(people.name) LIKE $1 ESCAPE '!' OR people.id LIKE $1 ESCAPE '!')";
        let sql = format!("SELECT COUNT(*) FROM people WHERE {within}");
        let total = on.fetch_one(&sql, &[like.as_str().into()]).await?;
        let total = total.map(|row| row.integer(0)).transpose()?.unwrap_or_default();
        let sql = format!(
            "SELECT people.id, people.name, organisations.name FROM people \
             JOIN organisations ON organisations.id = people.organisation \
             WHERE {within} ORDER BY people.name, people.id LIMIT $2 OFFSET $3"
        );
        let offset = i64::from(page.saturating_sub(1)) * i64::from(per_page);
        let rows =
            on.fetch(&sql, &[like.into(), i64::from(per_page).into(), offset.into()]).await?;
        let mut people = Vec::new();
        for row in &rows {
            let id = row.text(0)?;
            let roles = super::actor(&mut on, &id, on_day).await?.map(|actor| actor.roles);
            let roles = roles.unwrap_or_default().into_iter().collect();
            people.push(PersonEntry { id, name: row.text(1)?, organisation: row.text(2)?, roles });
        }
        Ok(PeoplePage { people, total: total.unsigned_abs() })
    }

    /// One person.
    pub async fn person(&self, id: &str) -> Result<Option<PersonShown>, StoreError> {
        shown(&mut self.database.snapshot().await?, id).await
    }

    /// Adds an organisation, or gives one another name.
    pub async fn put_organisation(
        &self,
        by: &str,
        organisation: &Organisation,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let Organisation { id, name } = organisation;
        let mut on = self.database.write().await?;
        let sql = "INSERT INTO organisations (id, name) VALUES ($1, $2) \
                   ON CONFLICT (id) DO UPDATE SET name = excluded.name";
        on.execute(sql, &[checked(id)?.into(), name.as_str().into()]).await?;
        append(&mut on, vec![NewEntry::by(by, now, format!("organisation/{id}"))]).await?;
        on.commit().await
    }

    /// Adds a person; answers no where one of that id is there already.
    pub async fn add_person(
        &self,
        by: &str,
        id: &str,
        name: &str,
        organisation: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let mut on = self.database.write().await?;
        known(&mut on, organisation).await?;
        let sql = "INSERT INTO people (id, name, organisation) VALUES ($1, $2, $3) \
                   ON CONFLICT (id) DO NOTHING";
        let values = [checked(id)?.into(), name.into(), organisation.into()];
        let added = on.execute(sql, &values).await? == 1;
        if added {
            append(&mut on, vec![NewEntry::by(by, now, format!("person/{id}"))]).await?;
        }
        on.commit().await?;
        Ok(added)
    }

    /// Changes somebody's name and organisation, if they are still as they were seen.
    pub async fn change_person(
        &self,
        by: &str,
        id: &str,
        seen_state: &str,
        name: &str,
        organisation: &str,
        now: Timestamp,
    ) -> Result<Written, StoreError> {
        let mut on = self.database.write().await?;
        known(&mut on, organisation).await?;
        // Whoever else changes this person waits here for us, on PostgreSQL too.
        on.execute("UPDATE people SET name = name WHERE id = $1", &[id.into()]).await?;
        let unknown = || StoreError::Unknown { what: "person", id: id.to_owned() };
        let there = shown(&mut on, id).await?.ok_or_else(unknown)?;
        if there.state != seen_state {
            return Ok(Written::Conflict(Box::new(there)));
        }
        let sql = "UPDATE people SET name = $1, organisation = $2 WHERE id = $3";
        on.execute(sql, &[name.into(), organisation.into(), id.into()]).await?;
        append(&mut on, vec![NewEntry::by(by, now, format!("person/{id}"))]).await?;
        on.commit().await?;
        Ok(Written::Done)
    }

    /// Gives a person a role from a day on, or gives one that began on that day another last day. Where
    /// the role may be the last that administers people, `Accounts::give_role` asks first.
    pub async fn give_role(
        &self,
        by: &str,
        person: &str,
        role: &Role,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut on = self.database.write().await?;
        put_role(&mut on, by, person, role, now).await?;
        on.commit().await
    }
}

/// Gives a person a role, or gives one that began on that day another last day, and says so in the log.
pub(crate) async fn put_role(
    on: &mut crate::store::Transaction,
    by: &str,
    person: &str,
    role: &Role,
    now: Timestamp,
) -> Result<(), StoreError> {
    let unknown = || StoreError::Unknown { what: "person", id: person.to_owned() };
    shown(on, person).await?.ok_or_else(unknown)?;
    let entry = NewEntry::by(by, now, role.subject(person));
    let Role { role, from, to } = role;
    let sql = "INSERT INTO roles (person, role, from_date, to_date) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (person, role, from_date) DO UPDATE SET to_date = excluded.to_date";
    let to = to.map(|to| to.to_string());
    let values = [person.into(), checked(role)?.into(), from.to_string().into(), to.into()];
    on.execute(sql, &values).await?;
    append(on, vec![entry]).await
}

async fn known(on: &mut crate::store::Transaction, organisation: &str) -> Result<(), StoreError> {
    let sql = "SELECT id FROM organisations WHERE id = $1";
    let found = on.fetch_one(sql, &[organisation.into()]).await?;
    let unknown = || StoreError::Unknown { what: "organisation", id: organisation.to_owned() };
    found.map(|_| ()).ok_or_else(unknown)
}

async fn shown(
    on: &mut crate::store::Transaction,
    id: &str,
) -> Result<Option<PersonShown>, StoreError> {
    let sql = "SELECT people.name, organisations.id, organisations.name FROM people \
               JOIN organisations ON organisations.id = people.organisation WHERE people.id = $1";
    let Some(row) = on.fetch_one(sql, &[id.into()]).await? else { return Ok(None) };
    let (name, organisation) =
        (row.text(0)?, Organisation { id: row.text(1)?, name: row.text(2)? });
    let sql = "SELECT role, from_date, to_date FROM roles WHERE person = $1 \
               ORDER BY from_date, role";
    let rows = on.fetch(sql, &[id.into()]).await?;
    let read = |row: &Row| {
        let to = row.text_if_any(2)?.map(|to| read_day(&to)).transpose()?;
        Ok::<_, StoreError>(Role { role: row.text(0)?, from: read_day(&row.text(1)?)?, to })
    };
    let roles = rows.iter().map(read).collect::<Result<_, _>>()?;
    let mut hasher = Sha256::new();
    for part in [&name, &organisation.id] {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part);
    }
    let state = hex(&hasher.finalize()[..8]);
    Ok(Some(PersonShown { id: id.to_owned(), name, organisation, roles, state }))
}
