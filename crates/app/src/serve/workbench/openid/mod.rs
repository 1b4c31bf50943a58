//! Signing in at an OpenID Connect provider: authorization code with PKCE, state and nonce.
//!
//! The provider vouches for somebody by issuer and subject. Who that is was said by an invitation,
//! once; an e-mail address in a token says nothing, because addresses change hands. One-time codes
//! are the provider's business then.
//!
//! What has to be known again when the browser comes back lies sealed in a cookie of ten minutes.

mod provider;
mod token;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse as _, Redirect};
use data_encoding::BASE64URL_NOPAD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use wardmote_records::accounts::{SessionId, Stage};
use wardmote_reports::site::work::{Block, Link, Typed, WorkPage};

pub(super) use self::provider::{OpenId, Provider};
use super::gate::{local, same};
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{Ask, Visit};
use super::{PageError, Routes, Shown, Workbench, kept, sign_in};
use crate::place::now;

const CONTEXT: &str = "a sign-in at a provider";
const FLOW_HOLDS: SignedDuration = SignedDuration::from_mins(10);

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("sign-in/openid", Needs::Nobody, begin)
        .post_up_to("sign-in/openid", Needs::Nobody, sign_in::WITH_A_KEPT_FORM, put_down)
        .get("sign-in/openid/return", Needs::Nobody, come_back)
        .post("invitation/{secret}/openid", Needs::Nobody, begin_invited);
}

/// What must be the same when the browser comes back.
#[derive(Debug, Serialize, Deserialize)]
struct Flow {
    state: String,
    nonce: String,
    verifier: String,
    return_to: String,
    to: String,
    waiting: String,
    invitation: Option<String>,
    at: Timestamp,
}

#[derive(Debug, Default, Deserialize)]
struct To {
    #[serde(default)]
    to: String,
    /// By what a form that waits is asked for.
    #[serde(default)]
    waiting: String,
}

/// A form that outlived its session is put down until its writer is back. A posted form must not lead
/// to another site, which the browser would refuse by our own policy, so a link does.
async fn put_down(State(bench): State<Arc<Workbench>>, visit: Visit, posted: Posted) -> Shown {
    let provider = bench.provider.as_ref().ok_or(PageError::NotFound)?;
    let id = bench.waiting.put(&bench, posted.typed().get(kept::FIELD))?;
    let words = format!("Go on to {}", provider.name());
    let page = WorkPage::new("What you had written waits for you")
        .block(Block::Start(Link::new(bench.at(&format!("sign-in/openid?waiting={id}")), words)));
    bench.show(&visit, &page)
}

/// Sends the browser to the provider.
async fn begin(
    State(bench): State<Arc<Workbench>>,
    headers: HeaderMap,
    Ask(mut to): Ask<To>,
) -> Shown {
    to.to = local(&bench, &to.to).unwrap_or_default().to_owned();
    let (address, flow) = way(&bench, &headers, to, None).await?;
    let mut answer = Redirect::to(&address).into_response();
    answer.headers_mut().append(header::SET_COOKIE, flow);
    Ok(answer)
}

/// Posted, because who comes back is linked to the invitation: a link from elsewhere could have somebody
/// linked to an invitation that is another's. The way on is a link, as above.
async fn begin_invited(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    headers: HeaderMap,
    Path(secret): Path<String>,
) -> Shown {
    let provider = bench.provider.as_ref().ok_or(PageError::NotFound)?;
    bench.accounts.invited(&secret, now()).await?.ok_or(PageError::NotFound)?;
    let (address, flow) = way(&bench, &headers, To::default(), Some(secret)).await?;
    let words = format!("Go on to {}", provider.name());
    let page = WorkPage::new("Sign in there within ten minutes")
        .paragraph("Afterwards you are signed in here too, and the invitation is used.")
        .block(Block::Start(Link::new(address, words)));
    let mut answer = bench.show(&visit, &page)?;
    answer.headers_mut().append(header::SET_COOKIE, flow);
    Ok(answer)
}

/// The provider's address to sign in at, and the cookie by which the way back is known.
async fn way(
    bench: &Workbench,
    headers: &HeaderMap,
    To { to, waiting }: To,
    invitation: Option<String>,
) -> Result<(String, HeaderValue), PageError> {
    let provider = bench.provider.as_ref().ok_or(PageError::NotFound)?;
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let origin = bench.settings.origin(host).ok_or(PageError::OtherHost)?;
    // Three secrets as good as a session's id.
    let secret = || SessionId::new().map(|id| id.carried().to_owned());
    let flow = Flow {
        state: secret()?,
        nonce: secret()?,
        verifier: secret()?,
        return_to: format!("{origin}{}", bench.at("sign-in/openid/return")),
        to,
        waiting,
        invitation,
        at: now(),
    };
    let challenge = BASE64URL_NOPAD.encode(&Sha256::digest(flow.verifier.as_bytes()));
    let address = provider
        .sign_in_address(&[
            ("response_type", "code"),
            ("scope", "openid"),
            ("redirect_uri", &flow.return_to),
            ("state", &flow.state),
            ("nonce", &flow.nonce),
            ("code_challenge", &challenge),
            ("code_challenge_method", "S256"),
        ])
        .await
        .map_err(PageError::Failed)?;
    let text = serde_json::to_string(&flow).map_err(|error| PageError::Failed(error.into()))?;
    let sealed = bench.accounts.seal_text(CONTEXT, &text)?;
    Ok((address, bench.cookies.give_flow(&sealed)))
}

#[derive(Debug, Default, Deserialize)]
struct Returned {
    #[serde(default)]
    code: String,
    #[serde(default)]
    state: String,
}

async fn come_back(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    headers: HeaderMap,
    Ask(returned): Ask<Returned>,
) -> Shown {
    let mut answer = match arrived(&bench, &visit, &headers, &returned).await {
        Ok(answer) => answer,
        Err(error) => error.into_response(),
    };
    // However it ended: the same return is not taken twice.
    answer.headers_mut().append(header::SET_COOKIE, bench.cookies.take_flow());
    Ok(answer)
}

async fn arrived(
    bench: &Workbench,
    visit: &Visit,
    headers: &HeaderMap,
    returned: &Returned,
) -> Shown {
    let provider = bench.provider.as_ref().ok_or(PageError::NotFound)?;
    let now = now();
    let flow = bench.cookies.flow(headers);
    let flow = flow.and_then(|sealed| bench.accounts.open_text(CONTEXT, sealed).ok());
    let flow: Option<Flow> = flow.and_then(|text| serde_json::from_str(&text).ok());
    let flow = flow.filter(|flow| now.duration_since(flow.at) < FLOW_HOLDS);
    let flow = flow.filter(|flow| same(&flow.state, &returned.state));
    let flow = flow.ok_or(PageError::Forged)?;
    if returned.code.is_empty() {
        return refused(bench, visit, "The other sign-in was not finished.");
    }
    let subject =
        provider.exchange(&returned.code, &flow.verifier, &flow.return_to, &flow.nonce, now).await;
    let subject = match subject {
        Ok(subject) => subject,
        Err(error) => {
            tracing::warn!("a sign-in was not taken: {}", crate::console::chain(&error));
            return refused(bench, visit, "The other sign-in did not vouch for you.");
        }
    };
    let issuer = provider.issuer();
    let known = bench.accounts.known_as(issuer, &subject).await?;
    let person = match (known, &flow.invitation) {
        (Some(person), None) => person,
        (None, Some(invitation)) => bench.accounts.link(invitation, issuer, &subject, now).await?,
        // An invitation is used by who is not somebody already.
        (Some(_), Some(_)) => {
            return refused(bench, visit, "You have an account here already. Sign in with it.");
        }
        (None, None) => {
            bench.accounts.refused_identity(now).await?;
            let words =
                "Nobody has invited you to sign in here. Ask whoever administers this site.";
            return refused(bench, visit, words);
        }
    };
    let kept = bench.waiting.take(&flow.waiting).unwrap_or_default();
    let typed = Typed::new([("to", flow.to.as_str()), (kept::FIELD, kept.as_str())]);
    sign_in::begin(bench, visit, &person, Stage::Open, &typed, now).await
}

fn refused(bench: &Workbench, visit: &Visit, words: &str) -> Shown {
    let page = WorkPage::new("You are not signed in")
        .paragraph(words)
        .block(super::account::links([(bench.at("sign-in"), "Back to the sign-in page")]));
    bench.show_as(visit, axum::http::StatusCode::FORBIDDEN, &page)
}
