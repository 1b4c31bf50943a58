//! Why an address brought nothing.

use crate::hosts::HostError;
use crate::store::StoreError;

/// Why an address brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum TransferError {
    /// It may not be asked.
    #[error(transparent)]
    Host(#[from] HostError),
    /// The server says that there is nothing.
    #[error(
        "{url} is not there (answer {status}): either it is not published yet, or its address has \
         changed; look at the publisher's page, and put a changed address into fetch.toml"
    )]
    NotThere {
        /// The address.
        url: String,
        /// 404 or 410.
        status: u16,
    },
    /// Any other answer that trying again would not change.
    #[error(
        "{url} was refused (answer {status}); open it in a browser to see what the publisher says"
    )]
    Refused {
        /// The address.
        url: String,
        /// The answer.
        status: u16,
    },
    /// Tried as often as is decent.
    #[error(
        "{url} failed {tries} times in a row, at last because {why}; what came is kept, so run the \
         same command again later"
    )]
    GaveUp {
        /// The address.
        url: String,
        /// Tries in a row without getting anywhere.
        tries: u32,
        /// Why the last one failed.
        why: String,
    },
    /// Longer than anybody would sit and wait.
    #[error(
        "{url} asks to be left alone for {seconds} seconds; run the same command again after that"
    )]
    AskedToWait {
        /// The address.
        url: String,
        /// How long.
        seconds: u64,
    },
    /// One leads to another without end.
    #[error("{url} leads from one address to the next without end; look at the publisher's page")]
    RedirectsWithoutEnd {
        /// The first address.
        url: String,
    },
    /// There is no such host, or no way to it.
    #[error(
        "{url} cannot be found: is this machine online? Behind a proxy, HTTPS_PROXY must name it"
    )]
    Offline {
        /// The address.
        url: String,
    },
    /// The connection cannot be trusted.
    #[error(
        "the server of {url} cannot be trusted ({why}); if your organisation inspects traffic, its \
         certificate must be among those that this machine trusts"
    )]
    Insecure {
        /// The address.
        url: String,
        /// What is wrong.
        why: String,
    },
    /// Something else came than was promised.
    #[error("{url} should have been {promised} and was {found}; nothing was replaced")]
    WrongContent {
        /// The address.
        url: String,
        /// What the declaration promises.
        promised: &'static str,
        /// What came.
        found: String,
    },
    /// More came than was promised.
    #[error("{url} promised {promised} bytes and sent {received}; nothing was replaced")]
    WrongLength {
        /// The address.
        url: String,
        /// What the server promised.
        promised: u64,
        /// What it sent.
        received: u64,
    },
    /// More than this run may receive.
    #[error("{url} would take this run beyond {most} bytes; ask for fewer months, or allow more")]
    TooMuch {
        /// The address.
        url: String,
        /// The bound.
        most: u64,
    },
    /// The disk.
    #[error(transparent)]
    Store(#[from] StoreError),
}
