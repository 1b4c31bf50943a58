//! Who may administer people: there is always somebody left who can sign in and may.

use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::Offset;

use super::{AccountError, Accounts};
use crate::audit::hold_head;
use crate::people::{Role, actor, put_role};
use crate::policy::Duties;
use crate::store::Transaction;
use crate::words::Duty;

impl Accounts {
    /// Gives a person a role from a day on, or gives one that began on that day another last day, unless
    /// nobody who can sign in could administer people after it.
    pub async fn give_role(
        &self,
        by: &str,
        person: &str,
        role: &Role,
        duties: &Duties,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let mut on = self.store.database.write().await?;
        hold_head(&mut on).await?;
        if let Some(to) = role.to
            && is_last(&mut on, duties, person, Some(role), (to, now)).await?
        {
            return Err(AccountError::LastAdministrator { person: person.to_owned() });
        }
        put_role(&mut on, by, person, role, now).await?;
        Ok(on.commit().await?)
    }
}

/// Whether somebody may administer people on their last day, and on the day after nobody does who has
/// an account with a way to sign in. They themselves count on that day only where one role ends, and
/// by their others.
///
/// INVARIANT: whoever asks holds the head of the log until they have written. Of two who end each
/// other's roles at once the second waits for the first, and then finds that nobody else is left.
pub(super) async fn is_last(
    on: &mut Transaction,
    duties: &Duties,
    person: &str,
    ending: Option<&Role>,
    (last_day, now): (Date, Timestamp),
) -> Result<bool, AccountError> {
    // A last day that is over ends it today.
    let last_day = last_day.max(Offset::UTC.to_datetime(now).date());
    let may = |actor: Option<_>| match actor {
        Some(actor) => duties.permit(&actor, Duty::AdministerPeople),
        None => Ok(false),
    };
    if !may(actor(on, person, last_day).await?)? {
        return Ok(false);
    }
    let day_after = last_day.tomorrow().unwrap_or(last_day);
    if let Some(ending) = ending {
        let held = actor(on, person, day_after).await?;
        let others = held.map(|mut held| {
            held.roles.remove(&ending.role);
            held
        });
        if may(others)? {
            return Ok(false);
        }
    }
    let sql = "SELECT person FROM accounts WHERE ended IS NULL AND person <> $1 \
               AND (password IS NOT NULL OR EXISTS \
               (SELECT 1 FROM identities WHERE identities.person = accounts.person))";
    for row in on.fetch(sql, &[person.into()]).await? {
        if may(actor(on, &row.text(0)?, day_after).await?)? {
            return Ok(false);
        }
    }
    Ok(true)
}
