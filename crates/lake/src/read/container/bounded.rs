//! Reading within limits, whatever a file claims about itself.

use std::io::{self, Read};

use crate::read::error::ReadError;

/// The largest street file that is read; the largest real one, the Metropolitan Police's, is below 30.
const LIMIT_MIB: u64 = 512;
/// Street files compress about seven times.
const MOST_EXPANSION: u64 = 100;
/// Below this size a high ratio harms nobody: a small file of commas alone reaches it.
const EXPANSION_FLOOR: u64 = 4 << 20;
const STEP: u64 = 1 << 20;

/// Reads all of `reader`; `compressed` is the size from which it is being expanded.
pub(super) fn read_bounded(
    mut reader: impl Read,
    compressed: Option<u64>,
    buffer: &mut Vec<u8>,
) -> Result<(), ReadError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput | io::ErrorKind::UnexpectedEof
            if compressed.is_some() =>
        {
            ReadError::Damaged { source }
        }
        _ => ReadError::Unreadable { source },
    };
    loop {
        let read = reader.by_ref().take(STEP).read_to_end(buffer).map_err(failed)?;
        let size = buffer.len() as u64;
        if read == 0 {
            return Ok(());
        }
        if compressed.is_some_and(|from| {
            size > EXPANSION_FLOOR && size > from.saturating_mul(MOST_EXPANSION)
        }) {
            return Err(ReadError::Bomb { limit: MOST_EXPANSION });
        }
        check_size(size)?;
    }
}

/// Whether a size, claimed or real, is within the limit.
pub(super) fn check_size(size: u64) -> Result<(), ReadError> {
    if size > LIMIT_MIB << 20 { Err(ReadError::TooLarge { limit_mib: LIMIT_MIB }) } else { Ok(()) }
}
