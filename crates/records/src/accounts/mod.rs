//! Accounts: how somebody of the partnership shows who they are.
//!
//! A local account has a password (Argon2id) and, where the rules ask for it, one-time codes; or a
//! person is known by issuer and subject of an OpenID Connect provider. Who has shown it gets a
//! session. Only hashes of passwords, invitations, recovery codes and sessions are kept; the secret
//! of one-time codes is sealed under the keys of the records. Everything that changes is logged in
//! the transaction of the change, and no secret ever is.
//!
//! Nothing here knows HTTP, a cookie or an e-mail: `wardmote`, the binary, does.

mod administrators;
mod identity;
mod invitation;
mod leaked;
mod manage;
mod one_time;
mod password;
mod rules;
mod session;
mod sign_in;

use std::sync::Arc;

pub use leaked::LeakedPasswords;
pub(crate) use manage::read_day;
pub use manage::{Account, Left};
pub use one_time::{OneTimeSecret, RecoveryCodes};
pub use password::WeakPassword;
pub use rules::{Rules, RulesError, SecondFactor};
pub use session::{OpenSession, Session, SessionId, Stage};
pub use sign_in::{Proof, SecondProof};

use crate::policy::DecisionError;
use crate::store::{Keyring, SealError, Store, StoreError, Transaction, Value, hex, random};
use password::Hasher;
use sha2::{Digest as _, Sha256};

/// Why something about an account was not done.
#[derive(Debug, thiserror::Error)]
pub enum AccountError {
    /// The password cannot be taken.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The list of leaked passwords could not be asked.
    #[error("the list of leaked passwords could not be read: {why}")]
    Leaked {
        /// What the system says.
        why: String,
    },
    /// What was shown as a proof is none.
    #[error("that is not right")]
    NotProved,
    /// The invitation was used, has run out or never was.
    #[error("the invitation was used, has run out or never was one")]
    NoInvitation,
    /// There is no account for this person.
    #[error("{person:?} has no account; `wardmote admin invite` makes one")]
    NoAccount {
        /// Whose.
        person: String,
    },
    /// Another has this address.
    #[error("another account has this e-mail address")]
    AddressTaken,
    /// Nobody could sign in any more who may administer people.
    #[error(
        "{person:?} is the last who may administer people and can sign in; give another person that role first, who then sets a password"
    )]
    LastAdministrator {
        /// Who.
        person: String,
    },
    /// The policies.
    #[error(transparent)]
    Decision(#[from] DecisionError),
    /// It cannot be an address.
    #[error("{address:?} is no e-mail address such as name@example.org")]
    NoAddress {
        /// What was given.
        address: String,
    },
    /// The hash of a password could not be made.
    #[error("the password could not be hashed: {why}")]
    Hash {
        /// What the library says.
        why: String,
    },
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The keys.
    #[error(transparent)]
    Seal(#[from] SealError),
}

/// The accounts of a partnership.
#[derive(Debug, Clone)]
pub struct Accounts {
    store: Store,
    keys: Keyring,
    rules: Rules,
    leaked: Option<LeakedPasswords>,
    hasher: Arc<Hasher>,
}

impl Accounts {
    /// Accounts in a store, under keys and by rules.
    pub fn new(store: Store, keys: Keyring, rules: Rules) -> Result<Self, AccountError> {
        let hasher = Arc::new(Hasher::new(&rules)?);
        Ok(Self { store, keys, rules, leaked: None, hasher })
    }

    /// Takes no password of this list from now on.
    #[must_use]
    pub fn without(self, leaked: Option<LeakedPasswords>) -> Self {
        Self { leaked, ..self }
    }

    /// Whether a password can be taken for somebody of this name and address.
    pub fn check_password(
        &self,
        password: &str,
        name: &str,
        email: &str,
    ) -> Result<(), AccountError> {
        password::check(password, &self.rules, self.leaked.as_ref(), &[name, email])
    }

    /// The rules that they follow.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The store below.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// How many hashes of passwords were computed so far: a refused sign-in costs one, whether or not
    /// there is such an account.
    pub fn hashes_computed(&self) -> u64 {
        self.hasher.computed()
    }

    /// Seals a text that a page carries through a browser, such as a form that waits.
    pub fn seal_text(&self, context: &str, text: &str) -> Result<String, SealError> {
        self.keys.seal_text(context, text)
    }

    /// Opens it again.
    pub fn open_text(&self, context: &str, sealed: &str) -> Result<String, SealError> {
        self.keys.open_text(context, sealed)
    }
}

/// A secret of 256 random bits, as somebody carries it.
fn new_secret() -> Result<String, SealError> {
    Ok(hex(&random::<32>()?))
}

/// Under which such a secret is kept. It is long and random, so one round of hashing is enough.
fn kept(what: &str, secret: &str) -> String {
    hex(&Sha256::new().chain_update(what).chain_update("\n").chain_update(secret).finalize())
}

/// Seals the secrets of one-time codes under the newest key.
pub(crate) async fn seal_anew(
    on: &mut Transaction,
    keys: &Keyring,
) -> Result<(), crate::RecordsError> {
    let sql = "SELECT person, one_time FROM accounts WHERE one_time IS NOT NULL ORDER BY person";
    for row in on.fetch(sql, &[]).await? {
        let (person, sealed) = (row.text(0)?, row.text(1)?);
        let context = one_time::context(&person);
        let sealed = keys.seal_text(&context, &keys.open_text(&context, &sealed)?)?;
        let sql = "UPDATE accounts SET one_time = $1 WHERE person = $2";
        on.execute(sql, &[sealed.into(), person.into()]).await?;
    }
    Ok(())
}

fn micros(at: jiff::Timestamp) -> Value {
    at.as_microsecond().into()
}

/// Whether a text can be an e-mail address.
pub fn is_address(text: &str) -> bool {
    address(text).is_ok()
}

/// An address as it is kept: small letters, without spaces around it.
pub(crate) fn address(text: &str) -> Result<String, AccountError> {
    let address = text.trim().to_lowercase();
    let is_plain = |letter: char| !letter.is_whitespace() && !letter.is_control();
    let whole = address.split_once('@').is_some_and(|(name, host)| {
        !name.is_empty()
            && host.contains('.')
            && !host.starts_with('.')
            && !host.ends_with('.')
            && !host.contains('@')
    });
    let unusual = ['<', '>', '"', ',', ';', '\\', '(', ')'];
    if whole && address.len() <= 254 && address.chars().all(is_plain) && !address.contains(unusual)
    {
        Ok(address)
    } else {
        Err(AccountError::NoAddress { address: text.chars().take(80).collect() })
    }
}
