//! The street file of data.police.uk, as it is written.

use std::borrow::Cow;

/// The first line of every street file.
pub const HEADER: &str = "Crime ID,Month,Reported by,Falls within,Longitude,Latitude,Location,LSOA code,LSOA name,\
                          Crime type,Last outcome category,Context";

/// The line ending of most forces' files.
pub const LINE_END: &str = "\r\n";

/// What a row without a place says instead of a street.
pub const NO_LOCATION: &str = "No Location";

/// A cell, quoted where its text would end it early.
pub(crate) fn cell(text: &str) -> Cow<'_, str> {
    if text.contains([',', '"', '\r', '\n']) {
        Cow::Owned(format!("\"{}\"", text.replace('"', "\"\"")))
    } else {
        Cow::Borrowed(text)
    }
}

/// Appends bytes in hexadecimal.
pub(crate) fn push_hex(out: &mut Vec<u8>, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for &byte in bytes {
        out.push(DIGITS[usize::from(byte >> 4)]);
        out.push(DIGITS[usize::from(byte & 15)]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_comma_is_quoted() {
        assert_eq!(
            cell("Bournemouth, Christchurch and Poole 044E"),
            "\"Bournemouth, Christchurch and Poole 044E\""
        );
        assert_eq!(cell("Stockport 014B"), "Stockport 014B");
    }

    #[test]
    fn hexadecimal_is_lower_case() {
        let mut out = Vec::new();
        push_hex(&mut out, &[0x00, 0xaf, 0x10]);
        assert_eq!(out, b"00af10");
    }
}
