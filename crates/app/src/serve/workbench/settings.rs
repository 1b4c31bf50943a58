//! `sign-in.toml` in the partnership's folder: how people sign in here.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;
use wardmote_records::accounts::{Accounts, LeakedPasswords, Rules};
use wardmote_records::{Keyring, Store};

use super::mail::MailSettings;
use super::openid::OpenId;

/// What the file says.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// Where browsers find the site: scheme, host and port.
    pub(crate) address: Option<String>,
    /// The rules of accounts.
    #[serde(deserialize_with = "rules")]
    pub(crate) rules: Rules,
    /// A list of leaked passwords, in the folder or anywhere else.
    leaked_passwords: Option<PathBuf>,
    /// The server that takes our messages, if there is one.
    pub(super) mail: Option<MailSettings>,
    /// The provider that people may sign in at, if there is one.
    pub(super) openid: Option<OpenId>,
}

fn rules<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Rules, D::Error> {
    Rules::deserialize(from)?.checked().map_err(serde::de::Error::custom)
}

/// Where the site is on a machine of one's own, if nothing else is said.
const AT_HOME: &str = "http://127.0.0.1:8080";

impl Settings {
    /// Reads the file; without one, all is as usual.
    pub(crate) fn read(folder: &Path) -> anyhow::Result<Self> {
        let path = folder.join("sign-in.toml");
        if !path.exists() {
            return Ok(Self::default());
        }
        let name = || path.display().to_string();
        let text = std::fs::read_to_string(&path).with_context(name)?;
        let settings: Self = toml::from_str(&text).with_context(name)?;
        if let Some(address) = &settings.address {
            let is_loopback = host_of(address).is_some_and(is_loopback);
            let scheme = address.starts_with("https://") || is_loopback;
            let whole = host_of(address).is_some_and(|host| !host.contains('/'));
            anyhow::ensure!(
                scheme && whole,
                "{}: address is {address:?}; it must be as https://wardmote.example.org, without a path (http only for this machine itself)",
                path.display()
            );
        }
        Ok(settings)
    }

    /// The accounts of a folder by these rules.
    pub(crate) fn accounts(
        &self,
        folder: &Path,
        store: Store,
        keys: Keyring,
    ) -> anyhow::Result<Accounts> {
        let open = |named: &PathBuf| {
            let path = folder.join(named);
            let list = std::fs::File::open(&path).and_then(LeakedPasswords::new);
            list.with_context(|| format!("leaked_passwords of sign-in.toml, {}", path.display()))
        };
        let leaked = self.leaked_passwords.as_ref().map(open).transpose()?;
        Ok(Accounts::new(store, keys, self.rules.clone())?.without(leaked))
    }

    /// Whether browsers reach the site by HTTPS.
    pub(super) fn is_secure(&self) -> bool {
        self.address.as_deref().is_some_and(|address| address.starts_with("https://"))
    }

    /// The origin of pages that were asked for at a host; `None` if that is not this site's.
    pub(super) fn origin(&self, host: &str) -> Option<String> {
        match &self.address {
            Some(address) => (host_of(address) == Some(host)).then(|| address.clone()),
            // Somebody else's name that leads to this machine is not this machine's name.
            None => is_loopback(host).then(|| format!("http://{host}")),
        }
    }

    /// Where links begin that the command line hands out, and which nobody asked for at a host.
    pub(crate) fn link_start(&self) -> &str {
        self.address.as_deref().unwrap_or(AT_HOME)
    }

    /// What to say beside such a link where no address is set.
    pub(crate) fn link_note(&self) -> Option<String> {
        self.address.is_none().then(|| {
            format!(
                "sign-in.toml names no address, so the link is for {AT_HOME}. Where `wardmote serve                  --listen` names another, put that in its place, or write                  address = \"http://127.0.0.1:PORT\" into sign-in.toml."
            )
        })
    }
}

/// A secret from the file that is named, or from the environment.
pub(super) fn secret(folder: &Path, named: Option<&str>, variable: &str) -> anyhow::Result<String> {
    match named {
        Some(named) => {
            let path = folder.join(named);
            let text =
                std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
            Ok(text.trim_end_matches(['\r', '\n']).to_owned())
        }
        None => std::env::var(variable).with_context(|| {
            format!("sign-in.toml names no file with the secret, and {variable} is not set")
        }),
    }
}

fn host_of(address: &str) -> Option<&str> {
    address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"))
}

fn is_loopback(host: &str) -> bool {
    let (name, port) = host.rsplit_once(':').unwrap_or((host, "80"));
    port.parse::<u16>().is_ok() && ["127.0.0.1", "localhost", "[::1]"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_sites_hosts_have_an_origin() {
        let home = Settings::default();
        assert_eq!(home.origin("127.0.0.1:9000").as_deref(), Some("http://127.0.0.1:9000"));
        for other in ["example.org", "127.0.0.1.example.org:80", "", "localhost:x", "10.0.0.1:80"] {
            assert_eq!(home.origin(other), None, "{other}");
        }
        let address = Some("https://csp.example.org".to_owned());
        let public = Settings { address, ..Settings::default() };
        assert!(public.origin("127.0.0.1:9000").is_none() && public.is_secure());
        assert_eq!(public.origin("csp.example.org").as_deref(), Some("https://csp.example.org"));
    }
}
