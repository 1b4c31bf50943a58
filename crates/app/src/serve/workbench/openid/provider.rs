//! The provider, and the only requests that the server itself makes for a sign-in: to the provider's
//! own host, without following anybody elsewhere.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use data_encoding::BASE64;
use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use ureq::Agent;

use super::token::{Expected, Keys};
use crate::place::now;

const TIME_OUT: Duration = Duration::from_secs(10);
const LARGEST_ANSWER: u64 = 512 * 1024;
/// How long what the provider says of itself is believed.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_hours(1);
/// How soon it is asked again because of a key that is not known.
const ASKED_AGAIN_AFTER: SignedDuration = SignedDuration::from_mins(1);

/// What `sign-in.toml` says of a provider.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct OpenId {
    /// What the button says: "Sign in with ...".
    pub(crate) name: String,
    /// Its address, exactly as it calls itself.
    pub(crate) issuer: String,
    /// What we are called there.
    pub(crate) client_id: String,
    /// The file with our secret there, in the folder; `WARDMOTE_OPENID_SECRET` holds it otherwise.
    pub(crate) client_secret_file: Option<String>,
    /// Other hosts that the provider answers at, where its keys or tokens are not at its own.
    #[serde(default)]
    pub(crate) hosts: Vec<String>,
}

/// The provider.
#[derive(Debug)]
pub(crate) struct Provider {
    settings: OpenId,
    secret: String,
    agent: Agent,
    known: Mutex<Option<Known>>,
}

/// What it says of itself.
#[derive(Debug, Clone)]
struct Known {
    document: Arc<Document>,
    keys: Arc<Keys>,
    at: Timestamp,
}

#[derive(Debug, Deserialize)]
struct Document {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    jwks_uri: String,
}

#[derive(Debug, Deserialize)]
struct Tokens {
    id_token: String,
}

impl Provider {
    pub(crate) fn new(settings: &OpenId, secret: String) -> anyhow::Result<Self> {
        let origin = origin_of(&settings.issuer).with_context(|| {
            format!(
                "the issuer {:?} is no https address (http only on this machine)",
                settings.issuer
            )
        })?;
        let mut config = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_global(Some(TIME_OUT));
        if origin.starts_with("http://") {
            config = config.proxy(None);
        }
        let agent = config.build().new_agent();
        Ok(Self { settings: settings.clone(), secret, agent, known: Mutex::new(None) })
    }

    pub(crate) fn name(&self) -> &str {
        &self.settings.name
    }

    pub(crate) fn issuer(&self) -> &str {
        &self.settings.issuer
    }

    /// Where the browser is sent, with these parameters.
    pub(crate) async fn sign_in_address(
        self: &Arc<Self>,
        parameters: &[(&str, &str)],
    ) -> anyhow::Result<String> {
        let known = self.known(BELIEVED_FOR).await?;
        let mut all = vec![("client_id", self.settings.client_id.as_str())];
        all.extend(parameters);
        let query = serde_urlencoded::to_string(all)?;
        let start = &known.document.authorization_endpoint;
        let sign = if start.contains('?') { '&' } else { '?' };
        Ok(format!("{start}{sign}{query}"))
    }

    /// Takes the code to the provider, and answers the subject that its token vouches for.
    pub(crate) async fn exchange(
        self: &Arc<Self>,
        code: &str,
        verifier: &str,
        return_to: &str,
        nonce: &str,
        now: Timestamp,
    ) -> anyhow::Result<String> {
        let known = self.known(BELIEVED_FOR).await?;
        let body = serde_urlencoded::to_string([
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", return_to),
            ("code_verifier", verifier),
        ])?;
        let address = known.document.token_endpoint.clone();
        let tokens: Tokens = self.ask(address, Some(body)).await?;
        let expected =
            Expected { issuer: self.issuer(), client_id: &self.settings.client_id, nonce, now };
        // Keys change now and then: a token under one that is not known is held against new ones.
        if !known.keys.has_key_of(&tokens.id_token) {
            let known = self.known(ASKED_AGAIN_AFTER).await?;
            return Ok(known.keys.subject(&tokens.id_token, &expected)?);
        }
        Ok(known.keys.subject(&tokens.id_token, &expected)?)
    }

    /// What the provider says of itself, no older than this.
    async fn known(self: &Arc<Self>, no_older: SignedDuration) -> anyhow::Result<Known> {
        let mut known = self.known.lock().await;
        if let Some(known) = &*known
            && now().duration_since(known.at) < no_older
        {
            return Ok(known.clone());
        }
        let start = self.issuer().trim_end_matches('/');
        let document: Document =
            self.ask(format!("{start}/.well-known/openid-configuration"), None).await?;
        ensure!(
            document.issuer == self.issuer(),
            "the provider calls itself {:?}, and sign-in.toml {:?}",
            document.issuer,
            self.issuer()
        );
        self.allowed(&document.authorization_endpoint)?;
        let keys: Keys = self.ask(document.jwks_uri.clone(), None).await?;
        let (document, keys) = (Arc::new(document), Arc::new(keys));
        let found = Known { document, keys, at: now() };
        *known = Some(found.clone());
        Ok(found)
    }

    /// One request, to an allowed host; posted with our name and secret if there is a body.
    async fn ask<T: DeserializeOwned + Send + 'static>(
        self: &Arc<Self>,
        address: String,
        body: Option<String>,
    ) -> anyhow::Result<T> {
        self.allowed(&address)?;
        let this = Arc::clone(self);
        let asked = tokio::task::spawn_blocking(move || {
            let answer = match body {
                None => this.agent.get(&address).call(),
                Some(body) => this
                    .agent
                    .post(&address)
                    .header("Authorization", this.authorization()?)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .send(&body),
            };
            let mut answer = answer.with_context(|| address.clone())?;
            let status = answer.status();
            ensure!(status.is_success(), "{address} answered {status}");
            let bytes = answer.body_mut().with_config().limit(LARGEST_ANSWER).read_to_vec()?;
            serde_json::from_slice(&bytes).with_context(|| address.clone())
        });
        asked.await?
    }

    /// As RFC 6749, section 2.3.1, has it: both encoded, then both in base 64.
    fn authorization(&self) -> anyhow::Result<String> {
        let encoded = |text: &str| -> anyhow::Result<String> {
            Ok(serde_urlencoded::to_string([("", text)])?.trim_start_matches('=').to_owned())
        };
        let pair = format!("{}:{}", encoded(&self.settings.client_id)?, encoded(&self.secret)?);
        Ok(format!("Basic {}", BASE64.encode(pair.as_bytes())))
    }

    /// Refuses every host but the provider's.
    fn allowed(&self, address: &str) -> anyhow::Result<()> {
        let origin = origin_of(address);
        let own = origin.is_some() && origin == origin_of(&self.settings.issuer);
        let host = origin.and_then(|origin| origin.strip_prefix("https://"));
        let other = host.is_some_and(|host| self.settings.hosts.iter().any(|one| one == host));
        ensure!(
            own || other,
            "{address} is not at the issuer's host; name its host in sign-in.toml if it is right"
        );
        Ok(())
    }
}

/// Scheme, host and port; `http` on this machine only.
fn origin_of(address: &str) -> Option<&str> {
    let start = address.find("://")? + 3;
    let end = address[start..].find(['/', '?', '#']).map_or(address.len(), |at| start + at);
    let (scheme, host) = (&address[..start], &address[start..end]);
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let is_plain = !host.is_empty() && !host.contains(['@', '\\', ' ']);
    let at_home = scheme == "http://" && ["127.0.0.1", "localhost", "[::1]"].contains(&name);
    (is_plain && (scheme == "https://" || at_home)).then_some(&address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_issuers_host_is_asked() {
        let settings = OpenId {
            name: "an invented account".into(),
            issuer: "https://login.example.org/tenant".into(),
            client_id: "wardmote".into(),
            client_secret_file: None,
            hosts: vec!["keys.example.org".into()],
        };
        let provider = Provider::new(&settings, "a+b c".into()).unwrap();
        for allowed in ["https://login.example.org/token", "https://keys.example.org/jwks"] {
            assert!(provider.allowed(allowed).is_ok(), "{allowed}");
        }
        for refused in [
            "https://evil.example.org/token",
            "http://login.example.org/token",
            "https://login.example.org:8443/token",
            "https://login.example.org@evil.example.org/",
            "https://login.example.org.evil.example.org/",
            "http://keys.example.org/jwks",
            "file:///etc/passwd",
            "",
        ] {
            assert!(provider.allowed(refused).is_err(), "{refused}");
        }
        assert_eq!(provider.authorization().unwrap(), "Basic d2FyZG1vdGU6YSUyQmIrYw==");
        let plain = OpenId { issuer: "http://login.example.org".into(), ..settings };
        assert!(Provider::new(&plain, String::new()).is_err());
    }
}
