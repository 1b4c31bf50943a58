//! Passwords: which are taken, and how they are hashed.
//!
//! Long rather than odd: a password is judged by its length and by how many guesses would find it
//! (`zxcvbn`, which knows the 30,000 passwords that are leaked most, names, words, keyboards and dates);
//! no kind of letter is asked for, and none is forbidden.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _, phc::PasswordHash};
use argon2::{Algorithm, Argon2, Params, Version};
use tokio::sync::Semaphore;
use zxcvbn::{Score, zxcvbn};

use super::{AccountError, LeakedPasswords, Rules};
use crate::store::random;

/// The longest password that is looked at, in bytes.
const LONGEST: usize = 256;
/// Hashes at one time; each takes the memory that the rules say.
const AT_ONCE: usize = 4;
/// Why a password is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WeakPassword {
    /// Too short.
    #[error("the password must have at least {least} characters")]
    Short {
        /// How many it must have.
        least: u32,
    },
    /// Too long.
    #[error("the password must have at most {LONGEST} bytes")]
    Long,
    /// One of those that are tried first.
    #[error("the password is easy to guess; three words that do not belong together are better")]
    Guessed,
    /// It is in the list of leaked passwords.
    #[error("the password is in a list of leaked passwords; choose one that you use nowhere else")]
    Leaked,
}

/// Whether a password is taken for somebody of this name and address.
pub(super) fn check(
    password: &str,
    rules: &Rules,
    leaked: Option<&LeakedPasswords>,
    known_of_them: &[&str],
) -> Result<(), AccountError> {
    if password.len() > LONGEST {
        return Err(WeakPassword::Long.into());
    }
    if (password.chars().count() as u64) < u64::from(rules.shortest_password) {
        return Err(WeakPassword::Short { least: rules.shortest_password }.into());
    }
    let words = known_of_them.iter().flat_map(|text| text.split(|c: char| !c.is_alphanumeric()));
    let words = words.filter(|word| word.chars().count() >= 4).map(str::to_lowercase);
    let words: Vec<String> = words.chain(["wardmote".to_owned()]).collect();
    // What anybody knows of them counts for nothing, joined as it may be.
    let rest = words.iter().fold(password.to_lowercase(), |rest, word| rest.replace(word, ""));
    let known: Vec<&str> = words.iter().map(String::as_str).collect();
    let is_guessed = |text: &str| zxcvbn(text, &known).score() < Score::Three;
    if is_guessed(password) || (rest.len() < password.len() && is_guessed(&rest)) {
        return Err(WeakPassword::Guessed.into());
    }
    let list = |why: std::io::Error| AccountError::Leaked { why: why.to_string() };
    if leaked.map(|leaked| leaked.has(password)).transpose().map_err(list)? == Some(true) {
        return Err(WeakPassword::Leaked.into());
    }
    Ok(())
}

/// Hashes passwords, a few at a time, and counts them.
pub(super) struct Hasher {
    argon2: Argon2<'static>,
    /// Of no password: what is verified against where there is no account.
    nobody: String,
    places: Semaphore,
    computed: AtomicU64,
}

impl std::fmt::Debug for Hasher {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Hasher").field("computed", &self.computed).finish_non_exhaustive()
    }
}

impl Hasher {
    pub(super) fn new(rules: &Rules) -> Result<Self, AccountError> {
        let params = Params::new(rules.argon2_memory_kib, rules.argon2_passes, 1, None);
        let params = params.map_err(|why| AccountError::Hash { why: why.to_string() })?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash(&argon2, &super::new_secret()?)?;
        let (places, computed) = (Semaphore::new(AT_ONCE), AtomicU64::new(0));
        Ok(Self { argon2, nobody, places, computed })
    }

    pub(super) fn computed(&self) -> u64 {
        self.computed.load(Ordering::Relaxed)
    }

    /// The hash of a password, with its parameters and salt.
    pub(super) async fn hash(self: &Arc<Self>, password: &str) -> Result<String, AccountError> {
        let password = password.to_owned();
        self.working(move |hasher| hash(&hasher.argon2, &password)).await?
    }

    /// Whether a password is that of a hash. Where there is none it takes the same work.
    pub(super) async fn verify(
        self: &Arc<Self>,
        password: &str,
        stored: Option<String>,
    ) -> Result<bool, AccountError> {
        let password: String = password.chars().take(LONGEST).collect();
        self.working(move |hasher| {
            let against = stored.as_deref().unwrap_or(&hasher.nobody);
            let same = PasswordHash::new(against).is_ok_and(|parsed| {
                hasher.argon2.verify_password(password.as_bytes(), &parsed).is_ok()
            });
            same && stored.is_some()
        })
        .await
    }

    async fn working<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> T + Send + 'static,
    ) -> Result<T, AccountError> {
        let failed = |why: String| AccountError::Hash { why };
        let _place = self.places.acquire().await.map_err(|why| failed(why.to_string()))?;
        self.computed.fetch_add(1, Ordering::Relaxed);
        let hasher = Arc::clone(self);
        let done = tokio::task::spawn_blocking(move || work(&hasher)).await;
        done.map_err(|why| failed(why.to_string()))
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String, AccountError> {
    let salt = random::<16>()?;
    let hashed = argon2.hash_password_with_salt(password.as_bytes(), &salt);
    let hashed = hashed.map_err(|why| AccountError::Hash { why: why.to_string() })?;
    Ok(hashed.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_tried_first_is_refused() {
        let rules = Rules::default();
        let known = ["Invented Analyst", "analyst@council.example.org"];
        let judged = |password: &str| match check(password, &rules, None, &known) {
            Ok(()) => None,
            Err(AccountError::Weak(why)) => Some(why),
            Err(other) => panic!("{other}"),
        };
        assert_eq!(judged("too short"), Some(WeakPassword::Short { least: 12 }));
        assert_eq!(judged(&"kettle lamp ".repeat(40)), Some(WeakPassword::Long));
        for guessed in [
            "password1234",
            "Password12345!",
            "aaaaaaaaaaaaaa",
            "abcdefghijklmnop",
            "1234567890123456",
            "Analyst-Council",
            "qwertyqwerty1",
            "qwertyuiop[]",
            "wardmote2026",
            "Liverpool1992",
            "            ",
        ] {
            assert_eq!(judged(guessed), Some(WeakPassword::Guessed), "{guessed}");
        }
        for taken in ["kettle lamp orchard", "pässword für büro x", "7h3 qu1ck brwn fx"] {
            assert_eq!(judged(taken), None, "{taken}");
        }
    }

    #[tokio::test]
    async fn only_the_right_password_is_right_and_nobody_costs_as_much() {
        let hasher = Arc::new(Hasher::new(&Rules::default()).unwrap());
        let hash = hasher.hash("kettle lamp orchard").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(hasher.verify("kettle lamp orchard", Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify("kettle lamp orchards", Some(hash)).await.unwrap());
        assert!(!hasher.verify("kettle lamp orchard", None).await.unwrap());
        assert_eq!(hasher.computed(), 4);
    }
}
