//! Keys and signatures in the format of minisign.
//!
//! `minisign` makes keys and signs. What comes from outside is checked by `minisign-verify`, which
//! looks at every length before it computes; the former's check ends the program on a signature that
//! is cut short.

use std::fmt;

use minisign::{ErrorKind, KeyPair, SecretKeyBox};

/// Why a key or its password cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// No public key.
    #[error(
        "not a public key of minisign: give the 56 characters that begin with RW, or the .pub file"
    )]
    Public,
    /// No secret key, or another password.
    #[error("the secret key cannot be used: {why}")]
    Secret {
        /// What the library says.
        why: String,
    },
    /// The password cannot be had.
    #[error("the key's password cannot be had: {why}")]
    Password {
        /// Why.
        why: String,
    },
    /// No key was made.
    #[error("no key could be made: {why}")]
    Generate {
        /// What the library says.
        why: String,
    },
    /// A file is not what this key signed.
    #[error("this is not what the key signed: {why}")]
    Signature {
        /// What the library says.
        why: String,
    },
    /// Nothing was signed.
    #[error("the manifest could not be signed: {why}")]
    Sign {
        /// What the library says.
        why: String,
    },
}

/// A public key, to be published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(String);

impl PublicKey {
    /// Reads a key: its one line, or the text of a `.pub` file.
    pub fn parse(text: &str) -> Result<Self, KeyError> {
        let lines: Vec<&str> =
            text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
        let line = match lines.as_slice() {
            [line] => line,
            [comment, line, ..] if comment.starts_with("untrusted comment:") => line,
            _ => return Err(KeyError::Public),
        };
        minisign_verify::PublicKey::from_base64(line).map_err(|_| KeyError::Public)?;
        Ok(Self((*line).to_owned()))
    }

    /// The text of a `.pub` file, as minisign reads it.
    pub fn to_file(&self) -> String {
        format!("untrusted comment: public key of a Wardmote publisher\n{}\n", self.0)
    }

    /// Holds a file against the text of its `.minisig`.
    pub fn check(&self, bytes: &[u8], signature: &str) -> Result<(), KeyError> {
        self.verify(bytes, signature).map_err(|why| KeyError::Signature { why: why.to_string() })
    }

    fn verify(&self, bytes: &[u8], signature: &str) -> Result<(), minisign_verify::Error> {
        let key = minisign_verify::PublicKey::from_base64(&self.0)?;
        key.verify(bytes, &minisign_verify::Signature::decode(signature)?, false)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A secret key, ready to sign.
#[derive(Clone)]
pub struct SecretKey {
    key: minisign::SecretKey,
    public: PublicKey,
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SecretKey").field("public", &self.public).finish_non_exhaustive()
    }
}

impl SecretKey {
    /// Reads the text of a key file; the password is asked for only where the key has one.
    pub fn read(
        text: &str,
        password: impl FnOnce() -> Result<String, KeyError>,
    ) -> Result<Self, KeyError> {
        let secret = |why: minisign::PError| KeyError::Secret { why: why.to_string() };
        let held = || SecretKeyBox::from_string(text).map_err(secret);
        let key = match held()?.into_unencrypted_secret_key() {
            Ok(key) => key,
            // The tool minisign 0.11 writes keys without a password that fail this library's check.
            Err(why) if matches!(why.kind(), ErrorKind::Verify) => {
                let why = "it is damaged, or was made without a password by another tool; make one with \
                           `wardmote bundle key new`";
                return Err(KeyError::Secret { why: why.to_owned() });
            }
            Err(_) if !looks_like_a_key(text) => {
                return Err(KeyError::Secret { why: "the file is no key of minisign".to_owned() });
            }
            Err(_) => held()?.into_secret_key(Some(password()?)).map_err(secret)?,
        };
        let public = minisign::PublicKey::from_secret_key(&key).map_err(secret)?;
        Ok(Self { key, public: PublicKey(public.to_base64()) })
    }

    /// The public key that belongs to it.
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    /// Signs another file of the publisher's than a bundle: the text of its `.minisig`. The comment is
    /// signed too, and must be one line.
    pub fn sign_file(&self, bytes: &[u8], comment: &str) -> Result<String, KeyError> {
        self.sign(bytes, comment)
    }

    /// Signs bytes. The comment is signed too, and must be one line.
    pub(crate) fn sign(&self, bytes: &[u8], comment: &str) -> Result<String, KeyError> {
        let signature =
            minisign::sign(None, &self.key, bytes, Some(comment), Some("wardmote bundle"));
        signature.map(String::from).map_err(|why| KeyError::Sign { why: why.to_string() })
    }
}

/// Two lines, of which the second is as long as minisign writes secret keys.
fn looks_like_a_key(text: &str) -> bool {
    const SECRET_KEY_CHARACTERS: usize = 212;
    text.lines().nth(1).is_some_and(|line| line.trim().len() == SECRET_KEY_CHARACTERS)
}

/// Makes a key pair: the text of the secret key's file, and the public key.
///
/// With a password, the secret key is encrypted by it (scrypt).
pub fn generate(password: Option<String>) -> Result<(String, PublicKey), KeyError> {
    let failed = |why: minisign::PError| KeyError::Generate { why: why.to_string() };
    let pair = match password {
        Some(password) => KeyPair::generate_encrypted_keypair(Some(password)),
        None => KeyPair::generate_unencrypted_keypair(),
    };
    let pair = pair.map_err(failed)?;
    let secret = pair.sk.to_box(Some("secret key of a Wardmote publisher")).map_err(failed)?;
    Ok((secret.into_string(), PublicKey(pair.pk.to_base64())))
}

/// What a bundle's signature says.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Signed {
    /// By the key that the reader named.
    ByNamedKey {
        /// The key.
        key: String,
    },
    /// By the key that the bundle itself names, and the reader did not: whose it is, is not known.
    ByUnnamedKey {
        /// The key.
        key: String,
    },
    /// By nobody, and the reader named no key.
    Unsigned,
    /// The reader named a key, or the manifest does, and there is no signature.
    Missing {
        /// The key.
        key: String,
    },
    /// By another key than the one that the reader named.
    ByAnotherKey {
        /// The key that the reader named.
        named: String,
        /// The key that the bundle names, if any.
        found: Option<String>,
    },
    /// The manifest is not what was signed, or the signature is none.
    Broken {
        /// Why.
        why: String,
    },
}

impl Signed {
    /// Whether nothing speaks against the bundle. An unsigned one holds as far as it goes.
    pub fn holds(&self) -> bool {
        matches!(self, Self::ByNamedKey { .. } | Self::ByUnnamedKey { .. } | Self::Unsigned)
    }

    pub(crate) fn check(
        manifest: &[u8],
        signature: Option<&str>,
        own: Option<&str>,
        named: Option<&PublicKey>,
    ) -> Self {
        let Some(signature) = signature else {
            return match named.map(ToString::to_string).or_else(|| own.map(str::to_owned)) {
                Some(key) => Self::Missing { key },
                None => Self::Unsigned,
            };
        };
        let (key, is_named) = match (named, own.map(PublicKey::parse)) {
            (Some(named), _) => (named.clone(), true),
            (None, Some(Ok(own))) => (own, false),
            (None, _) => {
                let why =
                    "the manifest names no key, so give the publisher's with --key".to_owned();
                return Self::Broken { why };
            }
        };
        match key.verify(manifest, signature) {
            Ok(()) if is_named => Self::ByNamedKey { key: key.to_string() },
            Ok(()) => Self::ByUnnamedKey { key: key.to_string() },
            Err(minisign_verify::Error::UnexpectedKeyId) => {
                let found = own.filter(|own| *own != key.to_string()).map(str::to_owned);
                Self::ByAnotherKey { named: key.to_string(), found }
            }
            Err(minisign_verify::Error::InvalidSignature) => {
                Self::Broken { why: "manifest.json is not what was signed".to_owned() }
            }
            Err(why) => Self::Broken { why: why.to_string() },
        }
    }
}
