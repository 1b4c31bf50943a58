//! What a form sent, read within bounds before any handler sees it.

use std::sync::Arc;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{FromRequest as _, FromRequestParts, Multipart, RawForm, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use wardmote_reports::site::work::Typed;

use super::PageError;

/// The most fields that a form may have.
const MOST_FIELDS: usize = 500;
/// The field that carries the form's token.
pub(super) const TOKEN: &str = "form-token";

/// What a form sent.
#[derive(Debug, Clone)]
pub(crate) struct Posted(Arc<Sent>);

#[derive(Debug)]
struct Sent {
    typed: Typed,
    files: Vec<UploadedFile>,
}

/// A file that a form sent. Its name is what the browser says, and no path of ours.
#[derive(Debug)]
pub(crate) struct UploadedFile {
    pub(crate) field: String,
    pub(crate) name: String,
    pub(crate) bytes: Bytes,
}

impl Posted {
    /// What was typed.
    pub(crate) fn typed(&self) -> &Typed {
        &self.0.typed
    }

    /// The file of a field, if one was chosen.
    pub(crate) fn file(&self, field: &str) -> Option<&UploadedFile> {
        self.0.files.iter().find(|file| file.field == field)
    }

    /// Reads the body of a request.
    pub(super) async fn read(request: Request, most_bytes: usize) -> Result<Self, PageError> {
        let (parts, body) = request.into_parts();
        let bytes = to_bytes(body, most_bytes).await.map_err(|_| PageError::TooLarge)?;
        let again = |bytes: Bytes| {
            let mut request = Request::new(Body::from(bytes));
            *request.method_mut() = parts.method.clone();
            *request.headers_mut() = parts.headers.clone();
            request
        };
        let sent = if is_multipart(&parts.headers) {
            multipart(again(bytes)).await?
        } else {
            let form = RawForm::from_request(again(bytes), &()).await;
            let RawForm(bytes) = form.map_err(|_| PageError::Unreadable)?;
            let pairs: Vec<(String, String)> =
                serde_urlencoded::from_bytes(&bytes).map_err(|_| PageError::Unreadable)?;
            Sent { typed: Typed::new(pairs), files: Vec::new() }
        };
        if sent.typed.pairs().len() > MOST_FIELDS {
            return Err(PageError::TooLarge);
        }
        Ok(Self(Arc::new(sent)))
    }
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("multipart/form-data"))
}

async fn multipart(request: Request) -> Result<Sent, PageError> {
    let unreadable = |_| PageError::Unreadable;
    // The bytes are here already, and were counted.
    let mut request = request;
    request.extensions_mut();
    let mut parts =
        Multipart::from_request(request, &()).await.map_err(|_| PageError::Unreadable)?;
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    while let Some(part) = parts.next_field().await.map_err(unreadable)? {
        let field = part.name().unwrap_or_default().to_owned();
        if let Some(name) = part.file_name().map(str::to_owned) {
            let bytes = part.bytes().await.map_err(unreadable)?;
            if !(name.is_empty() && bytes.is_empty()) {
                files.push(UploadedFile { field, name, bytes });
            }
        } else {
            pairs.push((field, part.text().await.map_err(unreadable)?));
        }
        if pairs.len() + files.len() > MOST_FIELDS {
            return Err(PageError::TooLarge);
        }
    }
    Ok(Sent { typed: Typed::new(pairs), files })
}

impl<S: Sync> FromRequestParts<S> for Posted {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        parts.extensions.get::<Self>().cloned().ok_or(PageError::Unreadable)
    }
}
