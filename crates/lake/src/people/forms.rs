//! Cells that name people by their form: numbers that people bear, addresses, titles with names.
//!
//! A bare name in a free text has no form, and is not seen here.

/// Whether a text, with its words, holds something.
type Check = fn(&str, &[&str]) -> bool;

/// What a text gives away, if it names a person.
pub(crate) fn personal_form(text: &str) -> Option<&'static str> {
    if text.contains('@') && is_email(text) {
        return Some("an e-mail address");
    }
    let words: Vec<&str> =
        text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if has_title(&words) {
        return Some("a person's title and name");
    }
    if !text.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let checks: [(Check, &str); 6] = [
        (|_, words| has_nhs_number(words), "an NHS number"),
        (|_, words| has_insurance_number(words), "a National Insurance number"),
        (|text, _| has_phone_number(text), "a telephone number"),
        (|_, words| has_birth_date(words), "a birth date"),
        (has_address, "an address"),
        (|_, words| has_registration(words), "a vehicle's registration"),
    ];
    checks.into_iter().find(|(is_there, _)| is_there(text, &words)).map(|(_, form)| form)
}

fn is_email(cell: &str) -> bool {
    cell.split(|c: char| c.is_whitespace() || ",;<>()".contains(c)).any(|word| {
        let mut parts = word.split('@');
        let (before, after) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default());
        !before.is_empty()
            && parts.next().is_none()
            && after.split_once('.').is_some_and(|(host, end)| !host.is_empty() && end.len() > 1)
    })
}

/// "Mr J Nobody". Not "Dr", which is also a drive, nor "MS", which is also a firm.
fn has_title(words: &[&str]) -> bool {
    words.windows(2).any(|pair| {
        ["Mr", "MR", "Mrs", "MRS", "Ms", "Miss", "MISS", "Mx"].contains(&pair[0])
            && pair[1].starts_with(char::is_uppercase)
            && pair[1].chars().all(char::is_alphabetic)
    })
}

/// Ten digits whose last is the check digit by modulus 11.
pub(super) fn is_nhs_number(digits: &str) -> bool {
    let digits: Option<Vec<u32>> = digits.chars().map(|c| c.to_digit(10)).collect();
    let Some(digits) = digits.filter(|digits| digits.len() == 10) else { return false };
    let sum: u32 = digits.iter().zip((2..=10).rev()).map(|(digit, weight)| digit * weight).sum();
    digits.last() == Some(&((11 - sum % 11) % 11))
}

/// In the form 123 456 7890. One in eleven of all numbers of ten digits passes the check, so without
/// blanks a single one is none; a column of them is seen as a whole.
fn has_nhs_number(words: &[&str]) -> bool {
    words.windows(3).any(|parts| {
        parts.iter().map(|part| part.len()).eq([3, 3, 4]) && is_nhs_number(&parts.concat())
    })
}

/// Two letters, six digits and a letter from A to D, parted or not. QQ begins the numbers that are
/// made up for examples.
fn has_insurance_number(words: &[&str]) -> bool {
    let is_one = |text: &str| {
        let bytes = text.to_ascii_uppercase().into_bytes();
        let [first, second, digits @ .., last] = bytes.as_slice() else { return false };
        let begins = [*first, *second] == *b"QQ"
            || first.is_ascii_uppercase()
                && second.is_ascii_uppercase()
                && !b"DFIQUV".contains(first)
                && !b"DFIOQUV".contains(second);
        begins
            && digits.len() == 6
            && digits.iter().all(u8::is_ascii_digit)
            && (b'A'..=b'D').contains(last)
    };
    joined(words, 5, 9).any(|text| is_one(&text))
}

/// The texts of a given length that up to `most` words in a row make together.
fn joined<'a>(words: &'a [&str], most: usize, length: usize) -> impl Iterator<Item = String> + 'a {
    (0..words.len()).filter_map(move |from| {
        let mut n = 0;
        let to = words[from..].iter().take(most).position(|word| {
            n += word.len();
            n >= length
        })?;
        (n == length).then(|| words[from..=from + to].concat())
    })
}

/// Eleven digits as they are dialled in the United Kingdom, from 01, 02, 03, 07 or 08, or the same
/// after +44. The first group has three digits or more, so that dates are none.
fn has_phone_number(text: &str) -> bool {
    let runs = text.split(|c: char| !(c.is_ascii_digit() || "+ ().-\u{a0}".contains(c)));
    runs.filter(|run| run.len() > 10).any(|run| {
        let groups = groups(run);
        (0..groups.len()).any(|from| {
            let dialled = |n: usize| groups[from..from + n].iter().map(|(digits, _)| *digits);
            let n_left = groups.len() - from;
            match groups[from] {
                (_, Before::Point) => false,
                (first, before) if before == Before::Plus || first.starts_with("0044") => {
                    let all: String = dialled(n_left).collect();
                    let national = all.trim_start_matches('0').strip_prefix("44");
                    let national = national.map(|rest| rest.trim_start_matches('0'));
                    national.is_some_and(|rest| {
                        rest.len() >= 10 && is_dialled(&format!("0{}", &rest[..10]))
                    })
                }
                (first, _) => {
                    first.len() >= 3
                        && (1..=n_left).any(|n| is_dialled(&dialled(n).collect::<String>()))
                }
            }
        })
    })
}

/// What stands before a group of digits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Plus,
    /// A decimal point, so that the group is a fraction.
    Point,
    Other,
}

fn groups(run: &str) -> Vec<(&str, Before)> {
    let mut groups = Vec::new();
    let mut at = 0;
    while let Some(start) = run[at..].find(|c: char| c.is_ascii_digit()).map(|n| at + n) {
        let rest = &run[start..];
        let length = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let before = match &run.as_bytes()[..start] {
            [.., b'+'] => Before::Plus,
            [.., b'0'..=b'9', b'.'] => Before::Point,
            _ => Before::Other,
        };
        groups.push((&rest[..length], before));
        at = start + length;
    }
    groups
}

fn is_dialled(digits: &str) -> bool {
    digits.len() == 11
        && ["01", "02", "03", "07", "08"].iter().any(|start| digits.starts_with(start))
}

/// A date that says itself to be one of birth: "DOB 01/01/1990", "born on 1 May 1990".
fn has_birth_date(words: &[&str]) -> bool {
    let is = |at: usize, word: &str| words.get(at).is_some_and(|w| w.eq_ignore_ascii_case(word));
    (0..words.len()).any(|at| {
        let in_letters = is(at, "d") && is(at + 1, "o") && is(at + 2, "b");
        let in_words = is(at, "date") && is(at + 1, "of") && is(at + 2, "birth");
        let next = if is(at, "dob") || is(at, "born") {
            at + 1
        } else if in_letters || in_words {
            at + 3
        } else {
            return false;
        };
        let next = if is(next, "on") { next + 1 } else { next };
        words.get(next).is_some_and(|word| word.starts_with(|c: char| c.is_ascii_digit()))
    })
}

const STREETS: [&str; 24] = [
    "street", "road", "avenue", "lane", "close", "drive", "crescent", "court", "gardens", "grove",
    "place", "terrace", "way", "walk", "mews", "square", "hill", "row", "view", "rise", "rd",
    "ave", "cres", "gdns",
];

/// Words that stand between a number and a street in a sentence and never in an address.
const OF_SENTENCES: [&str; 16] = [
    "on", "in", "at", "near", "of", "off", "outside", "and", "to", "from", "by", "along", "was",
    "were", "between", "into",
];

/// A house's number and its street, such as "12 Acacia Avenue", or a flat's number.
///
/// In the middle of a text the street's name must begin with capitals: "2 youths near Castle Street"
/// is no address.
fn has_address(text: &str, words: &[&str]) -> bool {
    let is_number = |word: &str| {
        let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        (1..=4).contains(&digits.len())
            && word.len() <= digits.len() + 1
            && digits.bytes().all(|byte| byte.is_ascii_digit())
    };
    let lower: Vec<String> = words.iter().map(|word| word.to_lowercase()).collect();
    let is_flat = lower.windows(2).any(|pair| {
        ["flat", "apartment", "apt"].contains(&pair[0].as_str()) && is_number(&pair[1])
    });
    let begins = text.trim_start().starts_with(|c: char| c.is_ascii_digit());
    is_flat
        || (0..words.len()).filter(|at| is_number(words[*at])).any(|at| {
            let following = words[at + 1..].iter().zip(&lower[at + 1..]);
            for (named, (word, lower)) in following.take(4).enumerate() {
                if named > 0 && STREETS.contains(&lower.as_str()) {
                    return true;
                }
                let is_name = word.chars().all(char::is_alphabetic)
                    && !OF_SENTENCES.contains(&lower.as_str())
                    && (word.starts_with(char::is_uppercase) || (begins && at == 0));
                if !is_name {
                    return false;
                }
            }
            false
        })
}

/// A registration in the form since 2001, in capitals: AB12 CDE.
fn has_registration(words: &[&str]) -> bool {
    let is_one = |text: &str| {
        matches!(
            text.as_bytes(),
            [
                b'A'..=b'Y',
                b'A'..=b'Y',
                b'0'..=b'9',
                b'0'..=b'9',
                b'A'..=b'Z',
                b'A'..=b'Z',
                b'A'..=b'Z'
            ]
        )
    };
    words.iter().any(|word| is_one(word))
        || words.windows(2).any(|pair| pair[0].len() == 4 && is_one(&pair.concat()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Numbers that nobody bears: the NHS's own example, Ofcom's for drama, QQ for insurance.
    #[test]
    fn what_names_people_is_seen() {
        for (text, form) in [
            ("write to a.person@example.org", "an e-mail address"),
            ("943 476 5919", "an NHS number"),
            ("NHS 943-476-5919, seen", "an NHS number"),
            ("QQ123456C", "a National Insurance number"),
            ("ni qq 12 34 56 c", "a National Insurance number"),
            ("07700 900123", "a telephone number"),
            ("07700900123", "a telephone number"),
            ("call +44 7700 900 123 after six", "a telephone number"),
            ("+44 (0)161 496 0000", "a telephone number"),
            ("(0161) 496 0000", "a telephone number"),
            ("020 7946 0000", "a telephone number"),
            ("07700 900123 01614960000", "a telephone number"),
            ("DOB: 01/01/1990", "a birth date"),
            ("born on 1 May 1990", "a birth date"),
            ("d.o.b. 1.1.90", "a birth date"),
            ("12 Acacia Avenue", "an address"),
            ("12a acacia avenue, Nowhere", "an address"),
            ("at 12 Acacia Avenue again", "an address"),
            ("Flat 3", "an address"),
            ("Mr J Nobody", "a person's title and name"),
            ("told Mrs Nobody", "a person's title and name"),
            ("AB12 CDE", "a vehicle's registration"),
        ] {
            assert_eq!(personal_form(text), Some(form), "{text}");
        }
    }

    #[test]
    fn what_names_nobody_is_left() {
        for harmless in [
            "@home",
            "9434765919",
            "943 476 5918",
            "5 @ 3.50",
            "12 345 6789",
            "01/05/2024 12:30:00",
            "2024-05-01T07:00:00",
            "01 05 2024 10",
            "-0.07700900123",
            "397455.5 390123.25",
            "On or near Castle Street",
            "2 youths near Castle Street",
            "A6 Wellington Road North",
            "3 on Castle Street",
            "E01015700",
            "Miss",
            "Dr Nobody Drive",
            "born in Wales",
            "Violence against the person, 2024",
            "AB123456",
            "10090000000",
        ] {
            assert_eq!(personal_form(harmless), None, "{harmless}");
        }
    }
}
