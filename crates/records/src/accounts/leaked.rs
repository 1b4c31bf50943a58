//! A list of leaked passwords: a file of SHA-1 digests in order, as *Have I Been Pwned* gives them away.

use std::cmp::Ordering;
use std::fs::File;
use std::io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom};
use std::sync::{Arc, Mutex};

use sha1::{Digest as _, Sha1};

/// Hexadecimal digits of a digest.
const DIGITS: usize = 40;
/// No line of such a list is longer: digest, colon, count and the end of the line.
const LONGEST_LINE: u64 = 80;

/// A list of leaked passwords. Looking one up reads some thirty lines, however long the list is.
#[derive(Debug, Clone)]
pub struct LeakedPasswords {
    list: Arc<Mutex<List>>,
}

#[derive(Debug)]
struct List {
    file: BufReader<File>,
    bytes: u64,
}

impl LeakedPasswords {
    /// Takes a file of lines such as `0018A45C4D1DEF81644B54AB7F969B88D65CA4E2:12`, in the order of the
    /// digests. The first, the middle and the last line are looked at.
    pub fn new(file: File) -> io::Result<Self> {
        let bytes = file.metadata()?.len();
        let mut list = List { file: BufReader::new(file), bytes };
        let mut before = String::new();
        for from in [0, bytes / 2, bytes.saturating_sub(LONGEST_LINE)] {
            let Some(line) = list.line_from(from)? else { continue };
            if line.digest < before {
                return Err(no_list("its digests are not in order"));
            }
            before = line.digest;
        }
        if before.is_empty() {
            return Err(no_list("there is no line in it"));
        }
        Ok(Self { list: Arc::new(Mutex::new(list)) })
    }

    /// Whether a password is in the list.
    pub(super) fn has(&self, password: &str) -> io::Result<bool> {
        let sought = crate::store::hex(&Sha1::digest(password.as_bytes())).to_uppercase();
        let mut list = self.list.lock().map_err(|_| io::Error::other("the list is not at hand"))?;
        list.has(&sought)
    }
}

/// A line, and where it begins and ends.
struct Line {
    digest: String,
    start: u64,
    end: u64,
}

impl List {
    fn has(&mut self, sought: &str) -> io::Result<bool> {
        // The line that is sought, if there is one, begins from `low` on and before `high`.
        let (mut low, mut high) = (0, self.bytes);
        while low < high {
            let middle = low.midpoint(high);
            let Some(line) = self.line_from(middle)?.filter(|line| line.start < high) else {
                high = middle;
                continue;
            };
            match line.digest.as_str().cmp(sought) {
                Ordering::Equal => return Ok(true),
                Ordering::Less => low = line.end,
                Ordering::Greater => high = middle,
            }
        }
        Ok(false)
    }

    /// The first line that begins at a byte or after it.
    fn line_from(&mut self, byte: u64) -> io::Result<Option<Line>> {
        let mut start = byte.saturating_sub(1);
        self.file.seek(SeekFrom::Start(start))?;
        if byte > 0 {
            start += self.line()?.len() as u64;
        }
        let line = self.line()?;
        if line.is_empty() {
            return Ok(None);
        }
        let end = start + line.len() as u64;
        let text = String::from_utf8_lossy(&line).trim_end().to_uppercase();
        let (digest, count) = text.split_once(':').unwrap_or((&text, "0"));
        let is_digest = digest.len() == DIGITS && digest.chars().all(|one| one.is_ascii_hexdigit());
        if !is_digest || count.is_empty() || !count.chars().all(|one| one.is_ascii_digit()) {
            return Err(no_list("a line of it is no SHA-1 of 40 hexadecimal digits with a count"));
        }
        Ok(Some(Line { digest: digest.to_owned(), start, end }))
    }

    fn line(&mut self) -> io::Result<Vec<u8>> {
        let mut line = Vec::new();
        self.file.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        Ok(line)
    }
}

fn no_list(why: &str) -> io::Error {
    io::Error::new(
        io::ErrorKind::InvalidData,
        format!("this is no list of leaked passwords: {why}"),
    )
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    fn list(text: &str) -> io::Result<LeakedPasswords> {
        let mut file = tempfile::tempfile()?;
        file.write_all(text.as_bytes())?;
        LeakedPasswords::new(file)
    }

    #[test]
    fn every_password_of_a_list_is_found_and_no_other() {
        for (end, lower) in [("\r\n", false), ("\n", true)] {
            let word = |number: usize| format!("invented password {number}");
            let mut lines: Vec<_> = (0..500)
                .map(|number| crate::store::hex(&Sha1::digest(word(number).as_bytes())))
                .map(|digest| if lower { digest } else { digest.to_uppercase() })
                .enumerate()
                .map(|(count, digest)| format!("{digest}:{}{end}", count * count))
                .collect();
            lines.sort();
            for length in [1, 2, 3, 499, 500] {
                let list = list(&lines[..length].concat()).unwrap();
                let found = (0..600).filter(|&number| list.has(&word(number)).unwrap()).count();
                assert_eq!(found, length);
            }
        }
    }

    #[test]
    fn a_digest_is_that_of_the_public_lists() {
        // The SHA-1 of "abc", from FIPS 180-2.
        let list = list("A9993E364706816ABA3E25717850C26C9CD0D89D:3\n").unwrap();
        assert!(list.has("abc").unwrap() && !list.has("abd").unwrap());
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let digest = |letter: &str| letter.repeat(DIGITS);
        let unordered = format!("{}:1\n{}:1\n", digest("F"), digest("A"));
        for (text, why) in [
            ("", "there is no line in it"),
            ("letmein\n", "a line of it is no SHA-1"),
            (&format!("{}:many\n", digest("A")), "a line of it is no SHA-1"),
            (&unordered, "not in order"),
        ] {
            let refused = list(text).unwrap_err().to_string();
            assert!(refused.contains(why), "{text}: {refused}");
        }
    }
}
