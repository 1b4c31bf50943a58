//! Cookies: one for the session, and one for the minutes in which somebody is at another's sign-in.

use axum::http::{HeaderMap, HeaderValue, header};
use wardmote_records::accounts::SessionId;

/// The names of the cookies, which say by their prefix that no other host can have set them where the
/// site is served by HTTPS.
#[derive(Debug, Clone)]
pub(super) struct Names {
    session: String,
    flow: String,
    secure: bool,
}

impl Names {
    /// Partnerships that one server serves have cookies of their own.
    pub(super) fn new(base: &str, secure: bool) -> Self {
        let prefix = if secure { "__Host-" } else { "" };
        let name = base.trim_matches('/');
        let name = if name.is_empty() { String::new() } else { format!("-{name}") };
        let session = format!("{prefix}wardmote{name}");
        Self { flow: format!("{session}-flow"), session, secure }
    }

    /// What the browser carries, if it looks like something that we gave it.
    pub(super) fn carried(&self, headers: &HeaderMap) -> Option<SessionId> {
        SessionId::parse(find(headers, &self.session)?)
    }

    /// Gives the browser an id to carry.
    pub(super) fn give(&self, id: &SessionId) -> HeaderValue {
        self.set(&self.session, id.carried(), "")
    }

    /// What has to be known when the browser comes back from a provider, sealed.
    pub(super) fn flow<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        find(headers, &self.flow)
    }

    /// Gives it to the browser for ten minutes.
    pub(super) fn give_flow(&self, sealed: &str) -> HeaderValue {
        self.set(&self.flow, sealed, "; Max-Age=600")
    }

    /// Takes it away.
    pub(super) fn take_flow(&self) -> HeaderValue {
        self.set(&self.flow, "", "; Max-Age=0")
    }

    /// `Lax`, because who comes from another's sign-in, or by a link in an e-mail, is still signed in.
    /// What changes something is posted, and a post from elsewhere carries no cookie.
    fn set(&self, name: &str, value: &str, more: &str) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}{more}");
        // INVARIANT: names of folders, hexadecimal digits, base 64 and these words are a header's value.
        HeaderValue::try_from(text).unwrap_or_else(|error| unreachable!("{error}"))
    }
}

/// Where a name is there twice, somebody else may have set one of them: then neither counts.
fn find<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut found = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .filter(|(one, _)| *one == name)
        .map(|(_, value)| value);
    let first = found.next()?;
    found.next().is_none().then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(cookies: &str) -> HeaderMap {
        HeaderMap::from_iter([(header::COOKIE, HeaderValue::try_from(cookies).unwrap())])
    }

    #[test]
    fn a_cookie_says_where_it_may_go() {
        let id = SessionId::new().unwrap();
        let https = Names::new("/", true);
        let set = https.give(&id);
        let expected =
            format!("__Host-wardmote={}; Path=/; HttpOnly; SameSite=Lax; Secure", id.carried());
        assert_eq!(set.to_str().unwrap(), expected);
        let http = Names::new("/leeds/", false);
        assert!(http.give(&id).to_str().unwrap().starts_with("wardmote-leeds="));
    }

    #[test]
    fn only_what_looks_like_an_id_is_carried_and_only_once() {
        let names = Names::new("/", false);
        let id = "a".repeat(64);
        let carried = |cookies: &str| names.carried(&headers(cookies)).is_some();
        assert!(carried(&format!("other=1; wardmote={id}")));
        assert!(!carried(&format!("wardmote={id}; wardmote={id}")));
        assert!(!carried("wardmote=../../etc") && !carried(&format!("wardmote2={id}")));
    }
}
