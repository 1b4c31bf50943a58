//! Answers: held bytes with their tag, and the headers that every answer carries.

use std::io::{Read as _, Write as _};

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::header::{self, HeaderName};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use sha2::{Digest, Sha256};

/// The longest path or query that is looked at, in bytes.
const LONGEST_ADDRESS: usize = 2_000;
/// Text shorter than this is not worth packing.
const WORTH_PACKING: usize = 1_024;
/// Longer text is held unpacked too: unpacked for each of many slow readers it would take too much.
const UNPACKED_FOR_A_READER: usize = 256 << 10;

/// Bytes that are answered again and again.
#[derive(Debug)]
pub(super) struct Held {
    content_type: &'static str,
    tag: HeaderValue,
    bytes: Form,
}

/// The forms in which bytes are held. Nearly every reader asks for gzip.
#[derive(Debug)]
enum Form {
    Plain(Bytes),
    Packed(Bytes),
    Both { plain: Bytes, packed: Bytes },
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
        Self { content_type, tag, bytes: Form::Plain(bytes.into()) }
    }

    /// The same for what is kept: text is packed once, instead of for each reader.
    pub(super) fn kept(vintage: &str, content_type: &'static str, bytes: Vec<u8>) -> Self {
        let is_worth = bytes.len() >= WORTH_PACKING && is_text(content_type);
        let packed = if is_worth { packed(&bytes).ok().map(Bytes::from) } else { None };
        let mut kept = Self::new(vintage, content_type, bytes);
        if let (Some(packed), Form::Plain(plain)) = (packed, &kept.bytes) {
            kept.bytes = if plain.len() > UNPACKED_FOR_A_READER {
                Form::Both { plain: plain.clone(), packed }
            } else {
                Form::Packed(packed)
            };
        }
        kept
    }

    /// A page that was packed by an earlier process; `None` if it cannot be one.
    pub(super) fn packed_page(tag: &str, packed: Vec<u8>) -> Option<Self> {
        let content_type = content_type("page.html");
        unpacked(&packed).ok()?;
        Some(Self {
            content_type,
            tag: HeaderValue::try_from(tag).ok()?,
            bytes: Form::Packed(packed.into()),
        })
    }

    /// Its tag, and its bytes where they are held packed.
    pub(super) fn packed(&self) -> Option<(&str, &[u8])> {
        match &self.bytes {
            Form::Packed(packed) | Form::Both { packed, .. } => {
                Some((self.tag.to_str().ok()?, packed))
            }
            Form::Plain(_) => None,
        }
    }

    /// The bytes, unpacked.
    pub(super) fn bytes(&self) -> std::io::Result<Vec<u8>> {
        match &self.bytes {
            Form::Plain(plain) | Form::Both { plain, .. } => Ok(plain.to_vec()),
            Form::Packed(packed) => unpacked(packed),
        }
    }

    /// How much memory it takes, in bytes.
    pub(super) fn size(&self) -> usize {
        let bytes = match &self.bytes {
            Form::Plain(bytes) | Form::Packed(bytes) => bytes.len(),
            Form::Both { plain, packed } => plain.len() + packed.len(),
        };
        bytes + size_of::<Self>()
    }
}

fn is_text(content_type: &str) -> bool {
    content_type.starts_with("text/")
        || matches!(content_type, "application/json" | "image/svg+xml")
}

fn packed(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes)?;
    gzip.finish()
}

/// What is held, or that the reader has it already.
pub(super) fn held(held: &Held, asked: &HeaderMap) -> Response {
    let vary = (header::VARY, HeaderValue::from_static("accept-encoding"));
    let tag = [(header::ETAG, held.tag.clone()), vary];
    if has_it(&held.tag, asked) {
        return (StatusCode::NOT_MODIFIED, tag).into_response();
    }
    let kind = [(header::CONTENT_TYPE, HeaderValue::from_static(held.content_type))];
    let plain = |bytes: Bytes| (tag.clone(), kind.clone(), Body::from(bytes)).into_response();
    match &held.bytes {
        Form::Packed(packed) | Form::Both { packed, .. } if accepts_gzip(asked) => {
            let encoding = [(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"))];
            (tag, kind, encoding, Body::from(packed.clone())).into_response()
        }
        Form::Plain(bytes) | Form::Both { plain: bytes, .. } => plain(bytes.clone()),
        Form::Packed(packed) => match unpacked(packed) {
            Ok(bytes) => plain(bytes.into()),
            Err(error) => {
                tracing::error!("a kept page cannot be unpacked: {error}");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        },
    }
}

fn unpacked(packed: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    GzDecoder::new(packed).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Whether the reader takes gzip; one who says nothing of it is sent the bytes as they are.
fn accepts_gzip(asked: &HeaderMap) -> bool {
    let values = asked.get_all(header::ACCEPT_ENCODING).iter();
    let mut codings = values.filter_map(|value| value.to_str().ok()).flat_map(|v| v.split(','));
    codings.any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, ""));
        let quality = quality.trim().trim_start_matches("q=").trim();
        name.trim().eq_ignore_ascii_case("gzip") && quality.parse::<f32>().unwrap_or(1.0) > 0.0
    })
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
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
         form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
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
    let headers = response.headers_mut();
    for (name, value) in SECURITY_HEADERS {
        // What a signed-in page says of its keeping stands, as does the map's own policy.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}

/// The kind of a published file, by its name.
pub(super) fn content_type(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "mjs" => "text/javascript; charset=utf-8",
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
    #[test]
    fn text_is_kept_packed_and_sent_as_the_reader_takes_it() {
        let text = b"the same words again and again; ".repeat(100);
        let page = Held::kept("s-1f", "text/html", text.clone());
        assert!(page.size() < text.len() / 4);
        assert_eq!(page.tag, Held::new("s-1f", "text/html", text.clone()).tag);
        let asked = |coding: &'static str| {
            let mut asked = HeaderMap::new();
            asked.insert(header::ACCEPT_ENCODING, HeaderValue::from_static(coding));
            held(&page, &asked)
        };
        for takes in ["gzip", "br;q=1.0, gzip;q=0.8", "GZIP"] {
            assert_eq!(asked(takes).headers()[header::CONTENT_ENCODING], "gzip", "{takes}");
        }
        for refuses in ["br", "gzip;q=0", "identity"] {
            let answer = asked(refuses);
            assert!(!answer.headers().contains_key(header::CONTENT_ENCODING), "{refuses}");
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            let sent = runtime.block_on(axum::body::to_bytes(answer.into_body(), 1 << 20));
            assert_eq!(sent.unwrap(), text, "{refuses}");
        }
        assert!(matches!(Held::kept("s-1f", "application/pdf", text).bytes, Form::Plain(_)));
        let long = Held::kept("s-1f", "text/csv", b"1,2\r\n".repeat(100_000));
        assert!(matches!(long.bytes, Form::Both { .. }));
    }
}
