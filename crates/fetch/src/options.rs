//! How politely and how far to go, and whom to tell of it.

use std::time::Duration;

use jiff::Timestamp;

/// How a fetch goes about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The time that the ledger shall give; this package reads no clock but to wait.
    pub fetched_at: Timestamp,
    /// A server that answers for all hosts, with a folder for each.
    pub mirror: Option<String>,
    /// How long to wait between two requests.
    pub pause: Duration,
    /// How long to wait before the second try; each further wait is twice as long.
    pub back_off: Duration,
    /// The longest wait between tries; a server that asks for a longer one is left alone.
    pub longest_wait: Duration,
    /// How often to try in a row without getting anywhere.
    pub tries: u32,
    /// How many bytes a try must have brought to count as getting somewhere.
    pub progress_bytes: u64,
    /// How long a server may be silent.
    pub time_out: Duration,
    /// The most that one run may receive, in bytes.
    pub most_bytes: u64,
    /// The most that one page of a layer may hold, in bytes.
    pub most_page_bytes: u64,
    /// The most that one file of an archive may hold, in bytes.
    pub most_member_bytes: u64,
    /// Whether to keep an archive after the wanted files were taken from it.
    pub keep_archives: bool,
}

impl Options {
    /// What is polite to a public service.
    pub fn new(fetched_at: Timestamp) -> Self {
        Self {
            fetched_at,
            mirror: None,
            pause: Duration::from_secs(1),
            back_off: Duration::from_secs(2),
            longest_wait: Duration::from_mins(2),
            tries: 5,
            progress_bytes: 1 << 20,
            time_out: Duration::from_mins(1),
            most_bytes: 8 << 30,
            most_page_bytes: 256 << 20,
            most_member_bytes: 1 << 30,
            keep_archives: false,
        }
    }
}

/// What this program calls itself.
pub const USER_AGENT: &str =
    concat!("wardmote/", env!("CARGO_PKG_VERSION"), " (+", env!("CARGO_PKG_REPOSITORY"), ")");

/// Whom to tell how it goes.
pub trait Progress {
    /// An address is asked; what it brings is so many bytes long, where that is known.
    fn started(&self, url: &str, bytes: Option<u64>);
    /// So many bytes have come, or were there from an earlier run.
    fn received(&self, bytes: u64);
    /// It waits, because of this.
    fn waiting(&self, wait: Duration, why: &str);
    /// One more file is done.
    fn file_done(&self, name: &str);
}

/// Tells nobody.
#[derive(Debug, Clone, Copy, Default)]
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _url: &str, _bytes: Option<u64>) {}
    fn received(&self, _bytes: u64) {}
    fn waiting(&self, _wait: Duration, _why: &str) {}
    fn file_done(&self, _name: &str) {}
}
