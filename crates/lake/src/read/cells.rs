//! The cells of a street file, read from bytes.

use std::borrow::Cow;

use simd_csv::ZeroCopyByteRecord;
use wardmote_domain::period::Month;

/// The cell's content, without its quotation marks.
pub(super) fn cell<'a>(row: &'a ZeroCopyByteRecord<'_>, index: usize) -> Cow<'a, [u8]> {
    match row.get(index) {
        Some(cell) if cell.first() != Some(&b'"') => Cow::Borrowed(cell),
        _ => row.unescape(index).unwrap_or_default(),
    }
}

/// Reads `YYYY-MM`.
pub(super) fn month(cell: &[u8]) -> Option<Month> {
    std::str::from_utf8(cell).ok()?.parse().ok()
}

/// Reads a decimal number such as `-0.472054`; exponents, infinities and words are none.
///
/// Up to fifteen digits the quotient of two whole numbers that a float holds exactly is the nearest
/// float to the decimal, as a full parser would give.
pub(super) fn decimal(cell: &[u8]) -> Option<f64> {
    let (negative, unsigned) = match cell {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] | rest => (false, rest),
    };
    let (mut digits, mut n_digits, mut n_decimals) = (0_u64, 0_usize, None);
    for byte in unsigned {
        match byte {
            b'0'..=b'9' if n_digits < 15 => {
                digits = digits * 10 + u64::from(byte - b'0');
                n_digits += 1;
                n_decimals = n_decimals.map(|n: usize| n + 1);
            }
            b'.' if n_decimals.is_none() => n_decimals = Some(0),
            b'0'..=b'9' => return long_decimal(cell),
            _ => return None,
        }
    }
    if n_digits == 0 {
        return None;
    }
    let size = digits as f64 / POWERS_OF_TEN[n_decimals.unwrap_or(0)];
    Some(if negative { -size } else { size })
}

const POWERS_OF_TEN: [f64; 16] =
    [1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

fn long_decimal(cell: &[u8]) -> Option<f64> {
    let plain = cell.iter().all(|byte| byte.is_ascii_digit() || b"+-.".contains(byte));
    if plain { std::str::from_utf8(cell).ok()?.parse().ok() } else { None }
}

/// An ONS code as a number, for lookups: its letter and its eight digits.
pub(super) fn ons_code_key(cell: &[u8]) -> Option<u32> {
    let (letter, digits) = cell.split_first()?;
    let digits: &[u8; 8] = digits.try_into().ok()?;
    if !letter.is_ascii_uppercase() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    let number = digits.iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
    Some(u32::from(letter - b'A') << 27 | number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_agree_with_the_standard_parser() {
        for text in [
            "-0.472054",
            "52.301536",
            "0",
            "-1",
            "+2.5",
            ".5",
            "5.",
            "0.000001",
            "-0.1234567890123456789",
        ] {
            assert_eq!(decimal(text.as_bytes()), text.parse().ok(), "{text}");
        }
        for wrong in [
            "",
            "-",
            ".",
            "1e3",
            "inf",
            "NaN",
            "1,5",
            "12 ",
            "--1",
            "1.2.3",
            "0x1",
            "1234567890123456x",
        ] {
            assert_eq!(decimal(wrong.as_bytes()), None, "{wrong:?}");
        }
    }

    #[test]
    fn codes_of_nine_characters_have_distinct_keys() {
        assert!(ons_code_key(b"E01005758").is_some());
        assert_ne!(ons_code_key(b"E01005758"), ons_code_key(b"W01005758"));
        for wrong in ["", "E0100575", "e01005758", "E0100575X", "E010057580"] {
            assert_eq!(ons_code_key(wrong.as_bytes()), None, "{wrong:?}");
        }
    }
}
