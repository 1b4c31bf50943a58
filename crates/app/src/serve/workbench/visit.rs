//! Who asks: what the gate found out, for handlers to take.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::header;
use axum::http::request::Parts;
use jiff::Timestamp;
use jiff::civil::Date;
use wardmote_records::Asking;
use wardmote_records::accounts::{Session, SessionId};

use super::{PageError, Workbench};

/// A browser that asks for a page, signed in or not.
#[derive(Debug, Clone)]
pub(crate) struct Visit {
    /// What its cookie carries.
    pub(crate) id: SessionId,
    /// The path that was asked for.
    pub(crate) path: String,
    /// What it says of itself, for the list of sessions.
    pub(crate) device: String,
    /// Who it is.
    pub(crate) signed_in: Option<SignedIn>,
}

/// Somebody with a session.
#[derive(Debug, Clone)]
pub(crate) struct SignedIn(Arc<Whose>);

#[derive(Debug)]
struct Whose {
    session: Session,
    now: Timestamp,
    today: Date,
}

impl SignedIn {
    pub(super) fn new(session: Session, now: Timestamp, today: Date) -> Self {
        Self(Arc::new(Whose { session, now, today }))
    }

    pub(crate) fn session(&self) -> &Session {
        &self.0.session
    }

    /// The person's id.
    pub(crate) fn person(&self) -> &str {
        &self.0.session.actor.person
    }

    /// When the request came.
    pub(crate) fn now(&self) -> Timestamp {
        self.0.now
    }

    /// The day on which it came.
    pub(crate) fn today(&self) -> Date {
        self.0.today
    }

    /// The question that `Records` wants to hear, for a purpose in the agreements' words.
    pub(crate) fn asking<'a>(&'a self, purpose: &'a str) -> Asking<'a> {
        Asking { actor: self.person(), purpose, now: self.now(), today: self.today() }
    }
}

impl<S: Sync> FromRequestParts<S> for Visit {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::NotFound)
    }
}

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, PageError> {
        let visit = Visit::from_request_parts(parts, state).await?;
        visit.signed_in.ok_or(PageError::NotFound)
    }
}

/// Where links begin that this visit hands out: this site's origin, as the browser knows it.
#[derive(Debug)]
pub(crate) struct Origin(pub(crate) String);

impl FromRequestParts<Arc<Workbench>> for Origin {
    type Rejection = PageError;

    async fn from_request_parts(
        parts: &mut Parts,
        bench: &Arc<Workbench>,
    ) -> Result<Self, PageError> {
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let origin = bench.settings.origin(host.unwrap_or_default());
        origin.map(Self).ok_or(PageError::OtherHost)
    }
}

/// What an address asks for after its `?`; what cannot be read is as if it were not there.
#[derive(Debug)]
pub(crate) struct Ask<T>(pub(crate) T);

impl<T: Default + serde::de::DeserializeOwned, S: Sync> FromRequestParts<S> for Ask<T> {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Self::Rejection> {
        let query = parts.uri.query().unwrap_or_default();
        Ok(Self(serde_urlencoded::from_str(query).unwrap_or_default()))
    }
}
