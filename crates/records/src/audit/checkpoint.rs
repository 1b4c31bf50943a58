//! What leaves the database to show later that the log was not cut off or written anew.

use jiff::Timestamp;

use super::entry::timestamp;
use crate::store::{Row, StoreError};

/// Why a file is no checkpoint.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a checkpoint of an audit log: {why}")]
pub struct CheckpointError {
    /// What is wrong with it.
    pub why: String,
}

/// The last entry's number and hash at one time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// The last entry.
    pub sequence: i64,
    /// Its hash.
    pub hash: String,
    /// When; not known of the head of the log itself.
    pub at: Option<Timestamp>,
}

const TITLE: &str = "wardmote audit checkpoint 1";

impl Checkpoint {
    pub(crate) fn head(sequence: i64, hash: String) -> Self {
        Self { sequence, hash, at: None }
    }

    pub(crate) fn read(row: &Row) -> Result<Self, StoreError> {
        let at = Some(timestamp(row.integer(2)?)?);
        Ok(Self { sequence: row.integer(0)?, hash: row.text(1)?, at })
    }

    /// The text that is signed and kept.
    pub fn to_text(&self) -> String {
        let at = self.at.map(|at| at.to_string()).unwrap_or_default();
        format!("{TITLE}\nsequence {}\nhash {}\nat {at}\n", self.sequence, self.hash)
    }

    /// Reads that text. Whether its signature holds is the caller's to check first.
    pub fn parse(text: &str) -> Result<Self, CheckpointError> {
        let wrong = |why: &str| CheckpointError { why: why.to_owned() };
        let mut lines = text.lines();
        if lines.next() != Some(TITLE) {
            return Err(wrong("its first line is another"));
        }
        let mut field = |name: &str| {
            let line = lines.next().and_then(|line| line.strip_prefix(name));
            line.map(str::trim).ok_or_else(|| wrong(&format!("it has no line {name:?}")))
        };
        let sequence = field("sequence")?.parse().map_err(|_| wrong("its number is none"))?;
        let hash = field("hash")?.to_owned();
        let at = field("at")?.parse().map_err(|_| wrong("its time is none"))?;
        Ok(Self { sequence, hash, at: Some(at) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_checkpoint_comes_back_from_its_text() {
        let at = Timestamp::from_second(1_700_000_000).unwrap();
        let checkpoint = Checkpoint { sequence: 7, hash: "ab".to_owned(), at: Some(at) };
        assert_eq!(Checkpoint::parse(&checkpoint.to_text()), Ok(checkpoint));
        assert!(Checkpoint::parse("sequence 7").is_err());
        assert!(Checkpoint::parse(&format!("{TITLE}\nsequence x\nhash a\nat b\n")).is_err());
    }
}
