//! Why a page is not shown: the only place that chooses a status.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use std::sync::Arc;
use wardmote_records::accounts::AccountError;
use wardmote_records::policy::DecisionError;
use wardmote_records::{RecordsError, SealError, StoreError};
use wardmote_reports::site::work::{Block, TwoVersions, WorkPage};

/// Why a page is not shown.
#[derive(Debug)]
pub(crate) enum PageError {
    /// There is nothing here, or not for whoever asks: the two look the same.
    NotFound,
    /// What was posted does not come from a form of this session's.
    Forged,
    /// The request is for another host than this site.
    OtherHost,
    /// What was sent cannot be read.
    Unreadable,
    /// Too much was sent.
    TooLarge,
    /// Too many attempts; in how many seconds the next one is looked at.
    Wait(i64),
    /// Somebody else changed the same meanwhile.
    Conflict(Vec<TwoVersions>),
    /// Something broke.
    Failed(anyhow::Error),
}

impl PageError {
    fn status(&self) -> StatusCode {
        match self {
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::Forged => StatusCode::FORBIDDEN,
            Self::OtherHost => StatusCode::MISDIRECTED_REQUEST,
            Self::Unreadable => StatusCode::BAD_REQUEST,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Wait(_) => StatusCode::TOO_MANY_REQUESTS,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::Failed(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Its status, and the page that says what the reader can do.
    pub(super) fn page(&self) -> (StatusCode, WorkPage) {
        let page = match self {
            Self::NotFound => WorkPage::new("Page not found")
                .paragraph("If you typed the address, check that it is right.")
                .paragraph(
                    "If somebody sent it to you, your role may not include it. Ask whoever \
                     administers this site.",
                ),
            Self::Forged => WorkPage::new("Nothing was changed").paragraph(
                "What was sent did not come from a page that you have open here. Go back, load \
                 the page again, and send it once more.",
            ),
            Self::OtherHost => WorkPage::new("This is not the address of this site").paragraph(
                "Signed-in pages answer at the address that sign-in.toml names, or on the machine \
                 itself.",
            ),
            Self::Unreadable => WorkPage::new("What was sent cannot be read")
                .paragraph("Go back, and send it again. Nothing was changed."),
            Self::TooLarge => WorkPage::new("Too much was sent")
                .paragraph("Go back, and send less, or a smaller file. Nothing was changed."),
            Self::Wait(seconds) => WorkPage::new("Wait before you try again").paragraph(format!(
                "There were too many wrong attempts. The next one is looked at in {}.",
                in_words(*seconds)
            )),
            Self::Conflict(versions) => {
                let mut page = WorkPage::new("Somebody else changed this meanwhile")
                    .paragraph(
                        "Nothing of yours was saved. Below is what you wrote beside what stands \
                         there now.",
                    )
                    .block(Block::Versions(versions.clone()));
                page = page.paragraph(
                    "Go back to the page, load it again, and put in what should still change.",
                );
                page
            }
            Self::Failed(_) => WorkPage::new("Sorry, there is a problem with this page")
                .paragraph("It has been noted. Try again later."),
        };
        (self.status(), page)
    }
}

fn in_words(seconds: i64) -> String {
    match seconds {
        ..=60 => "a minute".to_owned(),
        _ => format!("{} minutes", seconds.div_euclid(60) + 1),
    }
}

/// The gate finds it in the answer, and puts the page in its place.
impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(Arc::new(self));
        response
    }
}

impl From<anyhow::Error> for PageError {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

impl From<StoreError> for PageError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unknown { .. } => Self::NotFound,
            error => Self::Failed(error.into()),
        }
    }
}

impl From<AccountError> for PageError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Store(error) => error.into(),
            AccountError::NoInvitation | AccountError::NoAccount { .. } => Self::NotFound,
            error => Self::Failed(error.into()),
        }
    }
}

impl From<RecordsError> for PageError {
    fn from(error: RecordsError) -> Self {
        match error {
            RecordsError::NotFound { .. } => Self::NotFound,
            error => Self::Failed(error.into()),
        }
    }
}

impl From<DecisionError> for PageError {
    fn from(error: DecisionError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<SealError> for PageError {
    fn from(error: SealError) -> Self {
        Self::Failed(error.into())
    }
}
