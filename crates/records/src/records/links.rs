//! Links: two records brought together, which the Data Protection Act 2018, section 62, calls
//! combination. It is a permission of its own, on both.

use jiff::Timestamp;

use super::{Asking, Listed, Records, RecordsError, done, person, request, rows};
use crate::audit::{append, timestamp};
use crate::policy::Decision;
use crate::store::{RecordId, Transaction, Value};
use crate::words::{Operation, is_id};

/// Another record that a record belongs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The other record.
    pub to: Listed,
    /// Why they belong together, as an id, such as `same-household`.
    pub kind: String,
    /// When they were brought together.
    pub made: Timestamp,
    /// By whom.
    pub made_by: String,
}

impl Records {
    /// Brings two records together. It takes the permissions to combine and to consult, for both, and
    /// where they are under different regimes a law for it in `protection/regimes.toml`.
    pub async fn combine(
        &self,
        asking: Asking<'_>,
        one: &RecordId,
        other: &RecordId,
        kind: &str,
    ) -> Result<(), RecordsError> {
        if !is_id(kind) || one == other {
            let form = "an id, such as same-household, and between two records";
            return Err(RecordsError::Word { what: "the kind of a link", form });
        }
        let (mut on, [first, second], entries) = self.to_combine(asking, one, other).await?;
        let regime = |one: &Listed| one.personal.then_some(one.regime);
        let allowed = self.protection.may_combine(
            regime(&first),
            regime(&second),
            asking.purpose,
            asking.today,
        );
        if let Err(why) = allowed {
            let actor = person(&mut on, &asking).await?;
            let subject = pair(&first, &second);
            let operation = Operation::Combination;
            // Who may see both is told which law is lacking.
            return match self.refuse(on, &actor, operation, &asking, subject, None).await {
                Err(RecordsError::NotFound { .. }) => Err(why.into()),
                other => other,
            };
        }
        let sql = "INSERT INTO links (one, other, kind, made, made_by) \
                   VALUES ($1, $2, $3, $4, $5) ON CONFLICT (one, other) \
                   DO UPDATE SET kind = excluded.kind";
        let [lesser, greater] = ordered(one, other);
        let values = [
            lesser.into(),
            greater.into(),
            kind.into(),
            asking.now.as_microsecond().into(),
            asking.actor.into(),
        ];
        on.execute(sql, &values).await?;
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(())
    }

    /// Takes two records apart again, and answers whether they were together.
    pub async fn separate(
        &self,
        asking: Asking<'_>,
        one: &RecordId,
        other: &RecordId,
    ) -> Result<bool, RecordsError> {
        let (mut on, _, entries) = self.to_combine(asking, one, other).await?;
        let sql = "DELETE FROM links WHERE one = $1 AND other = $2";
        let [lesser, greater] = ordered(one, other);
        let were_together = on.execute(sql, &[lesser.into(), greater.into()]).await? > 0;
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(were_together)
    }

    /// The records that a record belongs with, of those that the actor may consult. That there are
    /// others is not shown.
    pub async fn links(
        &self,
        asking: Asking<'_>,
        id: &RecordId,
    ) -> Result<Vec<Link>, RecordsError> {
        let mut on = self.store.database.write().await?;
        let found = rows::find(&mut on, id).await?;
        let actor = person(&mut on, &asking).await?;
        let operation = Operation::Consultation;
        let listed = found.as_ref().map(|found| &found.listed);
        let (by, found) = match (self.decide(&actor, operation, &asking, listed)?, found) {
            (Ok(by), Some(found)) => (by, found),
            (decision, _) => {
                let (subject, reason) = (id.to_string(), decision.err().flatten());
                return self.refuse(on, &actor, operation, &asking, subject, reason).await;
            }
        };
        let mut entries = Vec::new();
        if found.listed.is_restricted() {
            entries.push(done(operation, &asking, &found.listed, by, None));
        }
        let mut links = Vec::new();
        for link in of(&mut on, id).await? {
            let request = request(&actor, operation, &asking);
            let decision = self.policies.decide(&request, &link.to.resource())?;
            let Decision::Permitted { by } = decision else { continue };
            if !self.regime_allows(&link.to, operation, &asking) {
                continue;
            }
            if link.to.is_restricted() {
                entries.push(done(operation, &asking, &link.to, by, None));
            }
            links.push(link);
        }
        append(&mut on, entries).await?;
        on.commit().await?;
        Ok(links)
    }

    /// Both records, and what the log says of their combination. The same is asked of the store and
    /// of the policies whether they are there or not.
    async fn to_combine(
        &self,
        asking: Asking<'_>,
        one: &RecordId,
        other: &RecordId,
    ) -> Result<(Transaction, [Listed; 2], Vec<crate::audit::NewEntry>), RecordsError> {
        let mut on = self.store.database.write().await?;
        let actor = person(&mut on, &asking).await?;
        let operation = Operation::Combination;
        let (mut entries, mut both, mut refusal) = (Vec::new(), Vec::new(), None);
        let mut ids = [one, other];
        // Two who combine the same two at once would wait for one another.
        ids.sort();
        for id in ids {
            rows::lock(&mut on, id).await?;
            let found = rows::find(&mut on, id).await?;
            let listed = found.as_ref().map(|found| &found.listed);
            let combine = self.decide(&actor, operation, &asking, listed)?;
            let consult = self.decide(&actor, Operation::Consultation, &asking, listed)?;
            match (combine, consult, found) {
                (Ok(by), Ok(_), Some(found)) => {
                    entries.push(done(operation, &asking, &found.listed, by, None));
                    both.push(found.listed);
                }
                (combine, consult, _) => {
                    let why = combine.err().or(consult.err()).flatten();
                    refusal.get_or_insert((id.to_string(), why));
                }
            }
        }
        if let Some((subject, reason)) = refusal {
            return self.refuse(on, &actor, operation, &asking, subject, reason).await;
        }
        let both: Result<[Listed; 2], _> = both.try_into();
        let Ok(both) = both else { return Err(RecordsError::NotFound { reason: None }) };
        // The entry that says which two, beside one that a search for either finds.
        let mut of_both = done(operation, &asking, &both[0], String::new(), None);
        of_both.policy = entries.first().and_then(|entry| entry.policy.clone());
        of_both.subject = pair(&both[0], &both[1]);
        of_both.version = None;
        entries.push(of_both);
        Ok((on, both, entries))
    }
}

fn pair(one: &Listed, other: &Listed) -> String {
    format!("link/{}/{}", one.id, other.id)
}

fn ordered(one: &RecordId, other: &RecordId) -> [String; 2] {
    let mut both = [one.to_string(), other.to_string()];
    both.sort();
    both
}

async fn of(on: &mut Transaction, id: &RecordId) -> Result<Vec<Link>, RecordsError> {
    let sql = "SELECT other, kind, made, made_by FROM links WHERE one = $1 \
               UNION ALL SELECT one, kind, made, made_by FROM links WHERE other = $1 ORDER BY 1";
    let mut links = Vec::new();
    for row in on.fetch(sql, &[Value::from(id.to_string())]).await? {
        let other = rows::record_id(row.text(0)?)?;
        let Some(found) = rows::find(on, &other).await? else { continue };
        let (kind, made) = (row.text(1)?, timestamp(row.integer(2)?)?);
        links.push(Link { to: found.listed, kind, made, made_by: row.text(3)? });
    }
    Ok(links)
}
