//! Which hosts may be spoken to, and where their answers come from.

use std::collections::BTreeSet;

use ureq::http::Uri;

use crate::declaration::Entry;

/// Why an address is not asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Not an address at all.
    #[error("{url:?} is not an address; correct it in fetch.toml")]
    Unparsed {
        /// What stands there.
        url: String,
    },
    /// Not https, or with a port or a password in it.
    #[error(
        "{url} is not a plain https address, so nothing was asked of it; correct it in fetch.toml"
    )]
    NotSecure {
        /// The address.
        url: String,
    },
    /// A host of which the declaration says nothing.
    #[error(
        "{url} is on {host}, which the declaration does not name, so nothing was asked of it; if it \
         is the publisher's, add it to `hosts` in fetch.toml"
    )]
    NotDeclared {
        /// The address.
        url: String,
        /// Its host.
        host: String,
    },
    /// A mirror must not be tapped on the way.
    #[error("the mirror {mirror:?} is neither https nor on this machine")]
    Mirror {
        /// The mirror.
        mirror: String,
    },
}

/// The hosts that an entry names. No other is ever spoken to.
///
/// With a mirror, that alone is spoken to: it holds a folder for each host.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostPolicy {
    hosts: BTreeSet<String>,
    mirror: Option<String>,
}

impl HostPolicy {
    /// The policy of an entry; `mirror` answers for all its hosts.
    pub fn new(entry: &Entry, mirror: Option<&str>) -> Result<Self, HostError> {
        let mirror = mirror.map(|mirror| mirror.trim_end_matches('/').to_owned());
        if let Some(mirror) = &mirror
            && !is_safe_mirror(mirror)
        {
            return Err(HostError::Mirror { mirror: mirror.clone() });
        }
        let of_urls = entry.files.iter().filter_map(|file| {
            // The places to fill in are not in the host, and are no part of a valid address.
            let url = file.url.replace(['{', '}'], "");
            url.parse::<Uri>().ok()?.host().map(str::to_ascii_lowercase)
        });
        let declared = entry.hosts.iter().map(|host| host.to_ascii_lowercase());
        Ok(Self { hosts: of_urls.chain(declared).collect(), mirror })
    }

    /// Where to send a request for this address.
    pub fn allow(&self, url: &str) -> Result<String, HostError> {
        let unparsed = || HostError::Unparsed { url: url.to_owned() };
        let uri: Uri = url.parse().map_err(|_| unparsed())?;
        let authority = uri.authority().ok_or_else(unparsed)?;
        let has_port = authority.port_u16().is_some_and(|port| port != 443);
        if uri.scheme_str() != Some("https") || has_port || authority.as_str().contains('@') {
            return Err(HostError::NotSecure { url: url.to_owned() });
        }
        let host = authority.host().to_ascii_lowercase();
        if !self.hosts.contains(&host) {
            return Err(HostError::NotDeclared { url: url.to_owned(), host });
        }
        let path = uri.path_and_query().map_or("/", |path| path.as_str());
        Ok(match &self.mirror {
            Some(mirror) => format!("{mirror}/{host}{path}"),
            None => url.to_owned(),
        })
    }

    /// Whether a mirror answers.
    pub fn is_mirrored(&self) -> bool {
        self.mirror.is_some()
    }
}

fn is_safe_mirror(mirror: &str) -> bool {
    let Ok(uri) = mirror.parse::<Uri>() else { return false };
    let is_here = matches!(uri.host(), Some("127.0.0.1" | "localhost" | "[::1]"));
    uri.scheme_str() == Some("https") || (uri.scheme_str() == Some("http") && is_here)
}

/// The address to which a `Location` header leads from another.
pub(crate) fn led_to(from: &str, location: &str) -> String {
    let (scheme, rest) = from.split_once("://").unwrap_or(("https", from));
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    if location.contains("://") {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{scheme}://{authority}{location}")
    } else {
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let folder =
            path.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        format!("{scheme}://{authority}/{folder}{location}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::declaration::Declarations;

    fn policy(mirror: Option<&str>) -> Result<HostPolicy, HostError> {
        HostPolicy::new(&Declarations::shipped().unwrap().entries["police-uk"], mirror)
    }

    #[test]
    fn only_declared_hosts_are_spoken_to() {
        let policy = policy(None).unwrap();
        for good in ["https://data.police.uk/x", "https://policeuk-data.s3.amazonaws.com:443/x?y=1"]
        {
            assert_eq!(policy.allow(good).unwrap(), good);
        }
        for bad in [
            "http://data.police.uk/x",
            "https://data.police.uk:8443/x",
            "https://data.police.uk@elsewhere.example/x",
            "https://elsewhere.example/x",
            "https://data.police.uk.elsewhere.example/x",
            "file:///x",
            "",
        ] {
            assert!(policy.allow(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_mirror_answers_for_every_host() {
        let policy = policy(Some("http://127.0.0.1:9/")).unwrap();
        let asked = policy.allow("https://data.police.uk/a?b=c").unwrap();
        assert_eq!(asked, "http://127.0.0.1:9/data.police.uk/a?b=c");
        assert!(policy.allow("https://elsewhere.example/a").is_err());
        assert!(
            super::HostPolicy::new(
                &Declarations::shipped().unwrap().entries["police-uk"],
                Some("http://mirror.example")
            )
            .is_err()
        );
    }

    #[test]
    fn locations_lead_on() {
        let from = "https://a.example/one/two?x=/y";
        assert_eq!(led_to(from, "https://b.example/z"), "https://b.example/z");
        assert_eq!(led_to(from, "//b.example/z"), "https://b.example/z");
        assert_eq!(led_to(from, "/z"), "https://a.example/z");
        assert_eq!(led_to(from, "z"), "https://a.example/one/z");
    }
}
