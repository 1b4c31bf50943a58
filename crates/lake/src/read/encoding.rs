//! From a file's bytes to text: encodings that say what they are, and nothing guessed.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_16BE, UTF_16LE};

use super::error::ReadError;

/// A file's text, and what was converted to get it.
#[derive(Debug)]
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) note: Option<&'static str>,
}

/// Reads UTF-8 with or without its mark, and UTF-16 with its mark.
///
/// Other encodings are refused: Windows-1252 would accept almost any bytes, and a place name read
/// wrongly is worse than a file saved again.
pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, ReadError> {
    let decoded = match bytes {
        [0xEF, 0xBB, 0xBF, rest @ ..] => {
            Decoded { text: utf8(rest, 3)?.into(), note: Some("UTF-8 with a byte order mark") }
        }
        [0xFF, 0xFE, rest @ ..] => utf16(rest, UTF_16LE)?,
        [0xFE, 0xFF, rest @ ..] => utf16(rest, UTF_16BE)?,
        [0, _, ..] | [_, 0, ..] => {
            return Err(ReadError::Utf16 { fault: "lacks its byte order mark" });
        }
        _ => Decoded { text: utf8(bytes, 0)?.into(), note: None },
    };
    if decoded.text.trim().is_empty() {
        return Err(ReadError::Empty);
    }
    Ok(decoded)
}

fn utf8(bytes: &[u8], offset: usize) -> Result<&str, ReadError> {
    std::str::from_utf8(bytes).map_err(|error| {
        let good = error.valid_up_to();
        let line = bytes[..good].split(|byte| *byte == b'\n').count() as u64;
        ReadError::NotUtf8 { line, byte_offset: (good + offset) as u64 }
    })
}

fn utf16<'a>(bytes: &'a [u8], encoding: &'static Encoding) -> Result<Decoded<'a>, ReadError> {
    let text = encoding
        .decode_without_bom_handling_and_without_replacement(bytes)
        .ok_or(ReadError::Utf16 { fault: "is damaged" })?;
    Ok(Decoded { text, note: Some("converted from UTF-16") })
}
