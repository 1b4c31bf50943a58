//! Answers: held bytes with their tag, and the headers that every answer carries.

use axum::body::Body;
use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use sha2::{Digest, Sha256};

/// The longest path or query that is looked at, in bytes.
const LONGEST_ADDRESS: usize = 2_000;

/// Bytes that are answered again and again.
#[derive(Debug)]
pub(super) struct Held {
    content_type: &'static str,
    tag: HeaderValue,
    bytes: axum::body::Bytes,
}

impl Held {
    /// The tag follows from the vintage of the evidence and from the bytes.
    pub(super) fn new(vintage: &str, content_type: &'static str, bytes: Vec<u8>) -> Self {
        let hash = Sha256::digest(&bytes);
        let hex = hash.iter().take(8).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let plain: String = vintage.chars().filter(char::is_ascii_alphanumeric).collect();
        // Weak, because the same page may go out compressed.
        let tag = HeaderValue::try_from(format!("W/\"{plain}-{hex}\""));
        // INVARIANT: letters, digits, dashes and quotation marks are a header's value.
        let tag = tag.unwrap_or_else(|error| unreachable!("{error}"));
        Self { content_type, tag, bytes: bytes.into() }
    }
}

/// What is held, or that the reader has it already.
pub(super) fn held(held: &Held, asked: &HeaderMap) -> Response {
    let tag = [(header::ETAG, held.tag.clone())];
    if has_it(&held.tag, asked) {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(held.content_type))];
    (tag, kind, Body::from(held.bytes.clone())).into_response()
}

fn has_it(tag: &HeaderValue, asked: &HeaderMap) -> bool {
    let tags = asked.get_all(header::IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    tags.flat_map(|value| value.split(',')).any(|one| tag.as_bytes() == one.trim().as_bytes())
}

/// What no page, search or file of ours needs is refused before anything looks at it.
pub(super) async fn refuse_long_addresses(request: Request, next: Next) -> Response {
    let length = request.uri().path_and_query().map_or(0, |address| address.as_str().len());
    if length > LONGEST_ADDRESS {
        let words =
            format!("The address has {length} characters; at most {LONGEST_ADDRESS} are read.\n");
        return (StatusCode::URI_TOO_LONG, words).into_response();
    }
    next.run(request).await
}

const SECURITY_HEADERS: [(HeaderName, &str); 8] = [
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
         base-uri 'none'; frame-ancestors 'none'",
    ),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    ),
    // Kept, but asked about each time: the evidence may have moved.
    (header::CACHE_CONTROL, "no-cache"),
];

pub(super) async fn with_security_headers(mut response: Response) -> Response {
    for (name, value) in SECURITY_HEADERS {
        // What a signed-in page says of its keeping stands.
        response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The kind of a published file, by its name.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "svg" => "image/svg+xml",
        "json" => "application/json",
        "pdf" => "application/pdf",
        "docx" => "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_has_it_is_told_so() {
        let page = Held::new("s-1f", "text/html", b"page".to_vec());
        let mut asked = HeaderMap::new();
        assert_eq!(held(&page, &asked).status(), StatusCode::OK);
        asked.insert(header::IF_NONE_MATCH, HeaderValue::from_static("W/\"other\""));
        assert_eq!(held(&page, &asked).status(), StatusCode::OK);
        asked.append(header::IF_NONE_MATCH, page.tag.clone());
        assert_eq!(held(&page, &asked).status(), StatusCode::NOT_MODIFIED);
        let revised = Held::new("s-20", "text/html", b"page".to_vec());
        assert_ne!(page.tag, revised.tag);
    }
}
