//! ID tokens: whose word it is, for whom, and whether it still holds (OpenID Connect Core, 3.1.3.7).
//!
//! Signatures are checked by `ring`, with the provider's public keys only: an algorithm that takes a
//! shared secret, or none, is never one of those that are looked for.

use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ED25519, RSA_PKCS1_2048_8192_SHA256, RSA_PSS_2048_8192_SHA256,
    RsaParameters, RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// How far our clock and the provider's may be apart.
const DRIFT: SignedDuration = SignedDuration::from_secs(60);
const LONGEST_SUBJECT: usize = 255;

/// Why a token is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum TokenError {
    /// It is not three parts of base 64 with JSON in two of them.
    #[error("the token cannot be read")]
    Unreadable,
    /// It is signed in a way that is not looked for.
    #[error("the token is signed by {0:?}, which is not taken")]
    Algorithm(String),
    /// No key of the provider's signed it.
    #[error("no key of the provider's signed the token")]
    Signature,
    /// What it says is not what it must say.
    #[error("the token's {0} is not what it must be")]
    Claim(&'static str),
}

/// What a token must say.
#[derive(Debug, Clone, Copy)]
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Timestamp,
}

/// The provider's public keys.
#[derive(Debug, Deserialize)]
pub(super) struct Keys {
    keys: Vec<Key>,
}

#[derive(Debug, Deserialize)]
struct Key {
    kty: String,
    #[serde(default)]
    kid: Option<String>,
    #[serde(default, rename = "use")]
    for_what: Option<String>,
    #[serde(default)]
    crv: Option<String>,
    #[serde(default)]
    n: Option<String>,
    #[serde(default)]
    e: Option<String>,
    #[serde(default)]
    x: Option<String>,
    #[serde(default)]
    y: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Head {
    alg: String,
    #[serde(default)]
    kid: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    aud: Audience,
    #[serde(default)]
    azp: Option<String>,
    exp: i64,
    iat: i64,
    nonce: String,
}

#[derive(Debug, Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Several(Vec<String>),
}

impl Keys {
    /// Whether one of these is named by the token.
    pub(super) fn has_key_of(&self, token: &str) -> bool {
        let head = token.split('.').next().and_then(read::<Head>);
        head.is_some_and(|head| self.candidates(&head).next().is_some())
    }

    fn candidates<'a>(&'a self, head: &'a Head) -> impl Iterator<Item = &'a Key> {
        let is_named = |key: &&Key| head.kid.is_none() || key.kid == head.kid;
        let signs = |key: &&Key| key.for_what.as_deref().is_none_or(|what| what == "sig");
        self.keys.iter().filter(is_named).filter(signs)
    }

    /// The subject that a token vouches for, if all of it is right.
    pub(super) fn subject(
        &self,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<String, TokenError> {
        let parts: Vec<&str> = token.split('.').collect();
        let [head_text, claims_text, signature] = parts[..] else {
            return Err(TokenError::Unreadable);
        };
        let head: Head = read(head_text).ok_or(TokenError::Unreadable)?;
        let signature = decoded(signature).ok_or(TokenError::Unreadable)?;
        if !["RS256", "PS256", "ES256", "EdDSA"].contains(&head.alg.as_str()) {
            return Err(TokenError::Algorithm(head.alg));
        }
        let signed = format!("{head_text}.{claims_text}");
        let by_one = self
            .candidates(&head)
            .any(|key| key.signed(&head.alg, signed.as_bytes(), &signature).unwrap_or(false));
        if !by_one {
            return Err(TokenError::Signature);
        }
        let claims: Claims = read(claims_text).ok_or(TokenError::Unreadable)?;
        claims.check(expected)?;
        Ok(claims.sub)
    }
}

impl Claims {
    fn check(&self, expected: &Expected<'_>) -> Result<(), TokenError> {
        let is_ours = |audience: &String| audience == expected.client_id;
        let for_us = match &self.aud {
            Audience::One(one) => is_ours(one),
            Audience::Several(several) => {
                several.iter().any(is_ours)
                    && (several.len() == 1 || self.azp.as_ref().is_some_and(is_ours))
            }
        };
        let at = |second: i64| Timestamp::from_second(second).ok();
        let holds = at(self.exp).is_some_and(|end| end > expected.now - DRIFT);
        let issued = at(self.iat).is_some_and(|issued| issued < expected.now + DRIFT);
        let checks = [
            ("issuer", self.iss == expected.issuer),
            ("audience", for_us),
            ("authorised party", self.azp.as_ref().is_none_or(is_ours)),
            ("end", holds),
            ("time of issue", issued),
            ("nonce", self.nonce == expected.nonce),
            ("subject", !self.sub.is_empty() && self.sub.len() <= LONGEST_SUBJECT),
        ];
        match checks.into_iter().find(|(_, right)| !right) {
            Some((claim, _)) => Err(TokenError::Claim(claim)),
            None => Ok(()),
        }
    }
}

impl Key {
    /// Whether this key signed it; `None` where it is no key for this algorithm.
    fn signed(&self, algorithm: &str, message: &[u8], signature: &[u8]) -> Option<bool> {
        let part = |part: &Option<String>| part.as_deref().and_then(decoded);
        match (algorithm, self.kty.as_str(), self.crv.as_deref()) {
            ("RS256", "RSA", _) => self.rsa(&RSA_PKCS1_2048_8192_SHA256, message, signature),
            ("PS256", "RSA", _) => self.rsa(&RSA_PSS_2048_8192_SHA256, message, signature),
            ("ES256", "EC", Some("P-256")) => {
                let point = [vec![4], part(&self.x)?, part(&self.y)?].concat();
                let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
                Some(key.verify(message, signature).is_ok())
            }
            ("EdDSA", "OKP", Some("Ed25519")) => {
                let key = UnparsedPublicKey::new(&ED25519, part(&self.x)?);
                Some(key.verify(message, signature).is_ok())
            }
            _ => None,
        }
    }

    fn rsa(&self, how: &'static RsaParameters, message: &[u8], signature: &[u8]) -> Option<bool> {
        let n = self.n.as_deref().and_then(decoded)?;
        let e = self.e.as_deref().and_then(decoded)?;
        Some(RsaPublicKeyComponents { n, e }.verify(how, message, signature).is_ok())
    }
}

fn decoded(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD.decode(text.as_bytes()).ok()
}

fn read<T: serde::de::DeserializeOwned>(part: &str) -> Option<T> {
    serde_json::from_slice(&decoded(part)?).ok()
}

#[cfg(test)]
mod tests {
    use ring::rand::SystemRandom;
    use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
    use serde_json::{Value, json};

    use super::*;

    const NOW: i64 = 1_800_000_000;

    struct Signer(EcdsaKeyPair);

    impl Signer {
        fn new() -> Self {
            let (how, random) = (&ECDSA_P256_SHA256_FIXED_SIGNING, SystemRandom::new());
            let document = EcdsaKeyPair::generate_pkcs8(how, &random).unwrap();
            Self(EcdsaKeyPair::from_pkcs8(how, document.as_ref(), &random).unwrap())
        }

        fn keys(&self) -> Keys {
            let point = self.0.public_key().as_ref();
            let coordinate = |part: &[u8]| BASE64URL_NOPAD.encode(part);
            let (x, y) = (coordinate(&point[1..33]), coordinate(&point[33..]));
            let key =
                json!({ "kty": "EC", "crv": "P-256", "kid": "one", "use": "sig", "x": x, "y": y });
            serde_json::from_value(json!({ "keys": [key] })).unwrap()
        }

        fn token(&self, head: &Value, claims: &Value) -> String {
            let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
            let signed = format!("{}.{}", part(head), part(claims));
            let signature = self.0.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
            format!("{signed}.{}", BASE64URL_NOPAD.encode(signature.as_ref()))
        }
    }

    fn head() -> Value {
        json!({ "alg": "ES256", "kid": "one" })
    }

    fn claims() -> Value {
        json!({
            "iss": "https://login.example.org", "sub": "s-1", "aud": "wardmote",
            "exp": NOW + 300, "iat": NOW, "nonce": "n-1",
        })
    }

    fn expected() -> Expected<'static> {
        let now = Timestamp::from_second(NOW).unwrap();
        Expected { issuer: "https://login.example.org", client_id: "wardmote", nonce: "n-1", now }
    }

    #[test]
    fn a_right_token_names_its_subject() {
        let signer = Signer::new();
        let token = signer.token(&head(), &claims());
        assert_eq!(signer.keys().subject(&token, &expected()).as_deref(), Ok("s-1"));
        assert!(signer.keys().has_key_of(&token));
    }

    #[test]
    fn each_wrong_claim_is_refused() {
        let signer = Signer::new();
        for (name, value, claim) in [
            ("iss", json!("https://evil.example.org"), "issuer"),
            ("aud", json!("another"), "audience"),
            ("aud", json!(["wardmote", "another"]), "audience"),
            ("azp", json!("another"), "authorised party"),
            ("exp", json!(NOW - 61), "end"),
            ("iat", json!(NOW + 61), "time of issue"),
            ("nonce", json!("n-2"), "nonce"),
            ("sub", json!(""), "subject"),
        ] {
            let mut wrong = claims();
            wrong[name] = value;
            let token = signer.token(&head(), &wrong);
            let refused = signer.keys().subject(&token, &expected());
            assert_eq!(refused, Err(TokenError::Claim(claim)), "{name}");
        }
        for (name, value) in [("exp", json!("never")), ("nonce", Value::Null), ("aud", json!(1))] {
            let mut wrong = claims();
            wrong[name] = value;
            let token = signer.token(&head(), &wrong);
            assert_eq!(signer.keys().subject(&token, &expected()), Err(TokenError::Unreadable));
        }
    }

    #[test]
    fn what_the_provider_did_not_sign_is_refused() {
        let (signer, thief) = (Signer::new(), Signer::new());
        let keys = signer.keys();
        let forged = thief.token(&head(), &claims());
        assert_eq!(keys.subject(&forged, &expected()), Err(TokenError::Signature));
        let other = signer.token(&json!({ "alg": "ES256", "kid": "two" }), &claims());
        assert_eq!(keys.subject(&other, &expected()), Err(TokenError::Signature));
        assert!(!keys.has_key_of(&other));
        for algorithm in ["none", "HS256", "es256", ""] {
            let token = signer.token(&json!({ "alg": algorithm, "kid": "one" }), &claims());
            let refused = Err(TokenError::Algorithm(algorithm.to_owned()));
            assert_eq!(keys.subject(&token, &expected()), refused);
        }
        let confused = signer.token(&json!({ "alg": "RS256", "kid": "one" }), &claims());
        assert_eq!(keys.subject(&confused, &expected()), Err(TokenError::Signature));
        let token = signer.token(&head(), &claims());
        let (start, _) = token.rsplit_once('.').unwrap();
        for broken in [start, &format!("{start}."), "a.b.c", "", &format!("{token}.x")] {
            assert!(keys.subject(broken, &expected()).is_err(), "{broken}");
        }
    }
}
