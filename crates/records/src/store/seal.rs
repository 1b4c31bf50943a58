//! Bodies at rest: each record has a key of its own, which is kept wrapped by a key that is not in
//! the database.
//!
//! XChaCha20-Poly1305 throughout. A body is bound to its record's id and version, a wrapped key to
//! its record's id and to the name of the key that wraps it, so that none can be put in another's
//! place.

use std::collections::BTreeMap;
use std::fmt;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, Mac as _};
use sha2::Sha256;

use super::RecordId;

const KEY_BYTES: usize = 32;
const NONCE_BYTES: usize = 24;
/// What no context of a record or its key begins with.
const TEXT_CONTEXT: &str = "wardmote text\n";

/// Why something could not be sealed or opened.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// A line of the keys is no key.
    #[error(
        "line {line} of the keys is not `NAME HEX`, with a name of small letters, digits and hyphens, and 64 hexadecimal digits"
    )]
    Key {
        /// Counted from 1.
        line: usize,
    },
    /// The same name twice.
    #[error("key {name} stands twice")]
    Twice {
        /// Its name.
        name: String,
    },
    /// There is none.
    #[error("there is no key in the keys")]
    NoKey,
    /// The system has no random numbers to give.
    #[error("this system gives no random numbers: {why}")]
    NoRandomness {
        /// What it says.
        why: String,
    },
    /// The key that wraps a record's is not among the keys.
    #[error("record {record} is under key {name}, which is not among the keys")]
    Missing {
        /// The record.
        record: String,
        /// The key's name.
        name: String,
    },
    /// The bytes are not what was sealed for this record, version and key.
    #[error("what is stored of record {record} is not what was sealed there")]
    Broken {
        /// The record.
        record: String,
    },
}

/// The keys that wrap records' own keys. The last one wraps what is written from now on; earlier
/// ones still open what they wrapped.
#[derive(Clone)]
pub struct Keyring {
    newest: String,
    keys: BTreeMap<String, [u8; KEY_BYTES]>,
}

impl fmt::Debug for Keyring {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keyring").field("newest", &self.newest).finish_non_exhaustive()
    }
}

impl Keyring {
    /// Reads lines of `NAME HEX`, the newest last; empty lines and those from `#` on are passed over.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let mut newest = None;
        let mut keys = BTreeMap::new();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let (name, key) = parse_line(line).ok_or(SealError::Key { line: index + 1 })?;
            if keys.insert(name.clone(), key).is_some() {
                return Err(SealError::Twice { name });
            }
            newest = Some(name);
        }
        Ok(Self { newest: newest.ok_or(SealError::NoKey)?, keys })
    }

    /// A line with a new random key, to be added at the end of the keys.
    pub fn new_line(name: &str) -> Result<String, SealError> {
        let line = format!("{name} {}", hex(&random::<KEY_BYTES>()?));
        parse_line(&line).map(|_| line).ok_or(SealError::Key { line: 1 })
    }

    /// The key that wraps what is written.
    pub fn newest(&self) -> &str {
        &self.newest
    }

    /// Seals a short text under the newest key, bound to a context that says what it is: it opens
    /// in no other. For what is no record but a secret all the same.
    pub fn seal_text(&self, context: &str, text: &str) -> Result<String, SealError> {
        let broken = || SealError::Broken { record: context.to_owned() };
        let key = self.keys.get(&self.newest).ok_or(SealError::NoKey)?;
        let nonce = random::<NONCE_BYTES>()?;
        let bound = format!("{TEXT_CONTEXT}{context}");
        let payload = Payload { msg: text.as_bytes(), aad: bound.as_bytes() };
        let sealed =
            XChaCha20Poly1305::new(&Key::from(*key)).encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| broken())?;
        let sealed = BASE64URL_NOPAD.encode(&[nonce.as_slice(), &sealed].concat());
        Ok(format!("{}.{sealed}", self.newest))
    }

    /// Opens such a text.
    pub fn open_text(&self, context: &str, sealed: &str) -> Result<String, SealError> {
        let broken = || SealError::Broken { record: context.to_owned() };
        let (name, sealed) = sealed.split_once('.').ok_or_else(broken)?;
        let missing = || SealError::Missing { record: context.to_owned(), name: name.to_owned() };
        let key = self.keys.get(name).ok_or_else(missing)?;
        let bytes = BASE64URL_NOPAD.decode(sealed.as_bytes()).map_err(|_| broken())?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
        let bound = format!("{TEXT_CONTEXT}{context}");
        let payload = Payload { msg: sealed, aad: bound.as_bytes() };
        let cipher = XChaCha20Poly1305::new(&Key::from(*key));
        let plain = cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())?;
        String::from_utf8(plain).map_err(|_| broken())
    }

    pub(crate) fn wrap(&self, record: &RecordId, key: &DataKey) -> Result<Vec<u8>, SealError> {
        let outer = self.key(record, &self.newest)?;
        seal(outer, &key.0, &wrapping_context(record, &self.newest), record)
    }

    pub(crate) fn unwrap(
        &self,
        record: &RecordId,
        wrapped_by: &str,
        wrapped: &[u8],
    ) -> Result<DataKey, SealError> {
        let outer = self.key(record, wrapped_by)?;
        let key = open(outer, wrapped, &wrapping_context(record, wrapped_by), record)?;
        let broken = |_| SealError::Broken { record: record.to_string() };
        Ok(DataKey(<[u8; KEY_BYTES]>::try_from(key).map_err(broken)?))
    }

    /// What a person's reference is found by, under each key: a digest that says nothing to who has
    /// not the key.
    pub(crate) fn tokens(&self, reference: &str) -> Vec<String> {
        self.keys.values().map(|key| token(key, reference)).collect()
    }

    /// The same under the newest key, by which it is stored.
    pub(crate) fn token(&self, reference: &str) -> String {
        self.keys.get(&self.newest).map(|key| token(key, reference)).unwrap_or_default()
    }

    fn key(&self, record: &RecordId, name: &str) -> Result<&[u8; KEY_BYTES], SealError> {
        let missing = || SealError::Missing { record: record.to_string(), name: name.to_owned() };
        self.keys.get(name).ok_or_else(missing)
    }
}

/// A record's own key.
pub(crate) struct DataKey([u8; KEY_BYTES]);

impl DataKey {
    pub(crate) fn new() -> Result<Self, SealError> {
        Ok(Self(random()?))
    }

    pub(crate) fn seal(
        &self,
        record: &RecordId,
        version: i64,
        body: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        seal(&self.0, body, &body_context(record, version), record)
    }

    pub(crate) fn open(
        &self,
        record: &RecordId,
        version: i64,
        sealed: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        open(&self.0, sealed, &body_context(record, version), record)
    }

    /// Seals something else of the record, such as whom it is about.
    pub(crate) fn seal_as(
        &self,
        record: &RecordId,
        what: &str,
        plain: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        seal(&self.0, plain, &other_context(record, what), record)
    }

    pub(crate) fn open_as(
        &self,
        record: &RecordId,
        what: &str,
        sealed: &[u8],
    ) -> Result<Vec<u8>, SealError> {
        open(&self.0, sealed, &other_context(record, what), record)
    }
}

/// The key that wraps is used for nothing else: one of its own is derived for this.
fn token(key: &[u8; KEY_BYTES], reference: &str) -> String {
    let derived = mac(key, b"wardmote index of subjects");
    hex(&mac(&derived, reference.as_bytes()))
}

fn mac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let mut mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(key)
        .unwrap_or_else(|_| unreachable!("HMAC takes keys of any length"));
    mac.update(message);
    mac.finalize().into_bytes().to_vec()
}

fn other_context(record: &RecordId, what: &str) -> String {
    format!("wardmote record {what}\n{record}")
}

fn body_context(record: &RecordId, version: i64) -> String {
    format!("wardmote record body\n{record}\n{version}")
}

fn wrapping_context(record: &RecordId, name: &str) -> String {
    format!("wardmote record key\n{record}\n{name}")
}

/// The nonce, then the sealed bytes.
fn seal(
    key: &[u8; KEY_BYTES],
    plain: &[u8],
    context: &str,
    record: &RecordId,
) -> Result<Vec<u8>, SealError> {
    let nonce = random::<NONCE_BYTES>()?;
    let payload = Payload { msg: plain, aad: context.as_bytes() };
    let sealed = XChaCha20Poly1305::new(&Key::from(*key)).encrypt(&XNonce::from(nonce), payload);
    let sealed = sealed.map_err(|_| SealError::Broken { record: record.to_string() })?;
    Ok([nonce.as_slice(), &sealed].concat())
}

fn open(
    key: &[u8; KEY_BYTES],
    stored: &[u8],
    context: &str,
    record: &RecordId,
) -> Result<Vec<u8>, SealError> {
    let broken = || SealError::Broken { record: record.to_string() };
    let (nonce, sealed) = stored.split_first_chunk::<NONCE_BYTES>().ok_or_else(broken)?;
    let payload = Payload { msg: sealed, aad: context.as_bytes() };
    let cipher = XChaCha20Poly1305::new(&Key::from(*key));
    cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| broken())
}

fn parse_line(line: &str) -> Option<(String, [u8; KEY_BYTES])> {
    let (name, digits) = line.split_once(char::is_whitespace)?;
    let is_plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    let key = from_hex(digits.trim())?.try_into().ok()?;
    name.chars().all(is_plain).then(|| (name.to_owned(), key))
}

pub(crate) fn random<const BYTES: usize>() -> Result<[u8; BYTES], SealError> {
    let mut bytes = [0; BYTES];
    getrandom::fill(&mut bytes).map_err(|why| SealError::NoRandomness { why: why.to_string() })?;
    Ok(bytes)
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(u32::from(value), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

pub(crate) fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Option<Vec<u8>> =
        text.chars().map(|digit| digit.to_digit(16).map(|value| value as u8)).collect();
    let digits = digits.filter(|digits| digits.len() % 2 == 0)?;
    Some(digits.chunks_exact(2).map(|pair| pair[0] << 4 | pair[1]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEYS: &str =
        "# generated\nfirst 1111111111111111111111111111111111111111111111111111111111111111\n";

    fn record(last: char) -> RecordId {
        RecordId::parse(&format!("{}{last}", "0".repeat(31))).unwrap()
    }

    #[test]
    fn what_was_sealed_comes_back_only_in_its_place() {
        let keys = Keyring::parse(KEYS).unwrap();
        let (one, other) = (record('1'), record('2'));
        let key = DataKey::new().unwrap();
        let wrapped = keys.wrap(&one, &key).unwrap();
        let sealed = key.seal(&one, 3, b"what was said").unwrap();
        let again = keys.unwrap(&one, "first", &wrapped).unwrap();
        assert_eq!(again.open(&one, 3, &sealed).unwrap(), b"what was said");
        let broken = Err(SealError::Broken { record: one.to_string() });
        assert_eq!(again.open(&one, 4, &sealed), broken);
        assert!(again.open(&other, 3, &sealed).is_err());
        assert!(keys.unwrap(&other, "first", &wrapped).is_err());
        assert!(again.open(&one, 3, &sealed[..10]).is_err());
        let mut changed = sealed.clone();
        changed[30] ^= 1;
        assert_eq!(again.open(&one, 3, &changed), broken);
        assert!(!sealed.windows(4).any(|part| part == b"said"));
    }

    #[test]
    fn a_text_opens_in_its_context_only() {
        let keys = Keyring::parse(KEYS).unwrap();
        let sealed = keys.seal_text("codes of one", "SECRET").unwrap();
        assert!(sealed.starts_with("first.") && !sealed.contains("SECRET"));
        assert_eq!(keys.open_text("codes of one", &sealed).unwrap(), "SECRET");
        assert!(keys.open_text("codes of two", &sealed).is_err());
        for broken in ["", "first.", "first.!!", "second.AAAA", &sealed[..20]] {
            assert!(keys.open_text("codes of one", broken).is_err(), "{broken}");
        }
    }

    #[test]
    fn a_newer_key_wraps_and_the_older_still_opens() {
        let old = Keyring::parse(KEYS).unwrap();
        let line = Keyring::new_line("second").unwrap();
        let both = Keyring::parse(&format!("{KEYS}{line}\n")).unwrap();
        assert_eq!(both.newest(), "second");
        let key = DataKey::new().unwrap();
        let wrapped = old.wrap(&record('1'), &key).unwrap();
        assert_eq!(both.unwrap(&record('1'), "first", &wrapped).unwrap().0, key.0);
        let missing = old.unwrap(&record('1'), "second", &wrapped).err();
        assert!(matches!(missing, Some(SealError::Missing { .. })));
    }

    #[test]
    fn keys_that_are_none_are_refused() {
        assert_eq!(Keyring::parse("\n# none\n").err(), Some(SealError::NoKey));
        assert_eq!(Keyring::parse("\nfirst 11").err(), Some(SealError::Key { line: 2 }));
        let twice = format!("{KEYS}{KEYS}");
        assert!(matches!(Keyring::parse(&twice).err(), Some(SealError::Twice { .. })));
        assert!(Keyring::new_line("Not a name").is_err());
    }
}
