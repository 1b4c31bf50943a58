//! One file, from its first byte or from where an earlier try ended.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::client::{Answer, Client};
use crate::content::page;
use crate::declaration::Form;
use crate::part::{Begun, Part, Validators};
use crate::retry::{Failure, broken};
use crate::store::{at, first_bytes, hex};
use crate::transfer_error::TransferError;

/// What asking brought.
#[derive(Debug)]
pub(crate) enum Download {
    /// The server still has the version that is here.
    NotModified,
    /// A whole file, still under its part's name.
    Whole(Whole),
}

/// A file that is complete and is what was promised.
#[derive(Debug)]
pub(crate) struct Whole {
    pub(crate) part: Part,
    pub(crate) bytes: u64,
    pub(crate) sha256: String,
    pub(crate) validators: Validators,
}

/// Fetches a file beside its target; `known` is the version that is there already.
pub(crate) fn download(
    client: &mut Client<'_>,
    url: &str,
    form: Form,
    target: &Path,
    known: Option<&Validators>,
) -> Result<Download, TransferError> {
    let wanted = Wanted { url, form, target, known };
    let download = client.persist(url, |client| wanted.attempt(client));
    if let Err(TransferError::WrongContent { .. } | TransferError::WrongLength { .. }) = &download {
        Part::of(target).discard()?;
    }
    download
}

struct Wanted<'a> {
    url: &'a str,
    form: Form,
    target: &'a Path,
    known: Option<&'a Validators>,
}

impl Wanted<'_> {
    fn attempt(&self, client: &mut Client<'_>) -> Result<Download, Failure> {
        let part = Part::of(self.target);
        let begun = part.begun(self.url);
        let mut headers = vec![("accept-encoding", "identity".to_owned())];
        match &begun {
            Some(begun) => headers.extend(begun.headers()),
            None => headers.extend(self.known.and_then(Validators::unless_same)),
        }
        let answer = client.get(self.url, &headers)?;
        match (answer.status, begun) {
            (304, None) if self.known.is_some() => Ok(Download::NotModified),
            (304, Some(begun)) if begun.is_whole() => {
                let hasher = part.hashed()?;
                self.finish(part, hasher, begun.bytes, begun.validators)
            }
            (206, Some(begun)) => self.go_on(client, part, begun, answer),
            (200, _) => self.start(client, part, answer),
            (status, _) => {
                part.discard()?;
                Err(Failure::passing(format!("the server answered {status} to what was asked")))
            }
        }
    }

    fn start(
        &self,
        client: &mut Client<'_>,
        part: Part,
        answer: Answer,
    ) -> Result<Download, Failure> {
        self.refuse_by_headers(&answer)?;
        let validators = Validators::of(&answer);
        let promised = answer.promised_bytes();
        client.may_come(self.url, promised.unwrap_or_default())?;
        client.progress.started(self.url, promised);
        let file = part.start(self.url, &validators, promised)?;
        let mut coming = Coming { file, hasher: Sha256::new(), bytes: 0, promised };
        coming.receive(client, self.url, &part, answer)?;
        self.finish(part, coming.hasher, coming.bytes, validators)
    }

    fn go_on(
        &self,
        client: &mut Client<'_>,
        part: Part,
        begun: Begun,
        answer: Answer,
    ) -> Result<Download, Failure> {
        self.refuse_by_headers(&answer)?;
        let etag = answer.header("etag");
        let same = etag.is_none() || etag == begun.validators.etag.as_deref();
        let range = answer.header("content-range").and_then(ContentRange::read);
        let promised = match range {
            Some(range) if same && range.continues(&begun, answer.promised_bytes()) => {
                range.of_bytes.or(begun.of_bytes)
            }
            _ => {
                part.discard()?;
                return Err(Failure::passing("the file changed while it came"));
            }
        };
        let left = promised.map(|promised| promised.saturating_sub(begun.bytes));
        client.may_come(self.url, left.unwrap_or_default())?;
        client.progress.started(self.url, promised);
        client.progress.received(begun.bytes);
        let hasher = part.hashed()?;
        let mut coming = Coming { file: part.go_on()?, hasher, bytes: begun.bytes, promised };
        coming.receive(client, self.url, &part, answer)?;
        self.finish(part, coming.hasher, coming.bytes, begun.validators)
    }

    fn finish(
        &self,
        part: Part,
        hasher: Sha256,
        bytes: u64,
        validators: Validators,
    ) -> Result<Download, Failure> {
        if let Some(found) = self.form.refused_by_bytes(&first_bytes(&part.path)?) {
            return Err(self.wrong(found).into());
        }
        Ok(Download::Whole(Whole { part, bytes, sha256: hex(hasher), validators }))
    }

    fn refuse_by_headers(&self, answer: &Answer) -> Result<(), TransferError> {
        if let Some(found) = page(answer.header("content-type")) {
            return Err(self.wrong(found));
        }
        if answer.is_encoded() {
            return Err(self.wrong("compressed once more, which was not asked for".into()));
        }
        Ok(())
    }

    fn wrong(&self, found: String) -> TransferError {
        TransferError::WrongContent { url: self.url.into(), promised: self.form.in_words(), found }
    }
}

/// A file while it comes.
struct Coming {
    file: File,
    hasher: Sha256,
    bytes: u64,
    promised: Option<u64>,
}

impl Coming {
    fn receive(
        &mut self,
        client: &mut Client<'_>,
        url: &str,
        part: &Part,
        answer: Answer,
    ) -> Result<(), Failure> {
        let before = self.bytes;
        let mut reader = answer.into_reader();
        let mut buffer = vec![0; 1 << 16];
        loop {
            let n = match reader.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => n,
                Err(error) => {
                    let brought = self.bytes - before;
                    return Err(broken(url, ureq::Error::from(error), client.options, brought));
                }
            };
            client.count(url, n as u64)?;
            self.file.write_all(&buffer[..n]).map_err(at(&part.path, "written"))?;
            self.hasher.update(&buffer[..n]);
            self.bytes += n as u64;
            client.progress.received(n as u64);
        }
        match self.promised {
            Some(promised) if self.bytes < promised => Err(Failure::Passing {
                why: format!("{} of {promised} bytes came", self.bytes),
                asked: None,
                brought: self.bytes - before,
            }),
            Some(promised) if self.bytes > promised => {
                let url = url.to_owned();
                Err(TransferError::WrongLength { url, promised, received: self.bytes }.into())
            }
            _ => Ok(()),
        }
    }
}

/// The header that says which bytes of how many an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ContentRange {
    first: u64,
    last: u64,
    of_bytes: Option<u64>,
}

impl ContentRange {
    fn read(text: &str) -> Option<Self> {
        let (range, of) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
        let (first, last) = range.split_once('-')?;
        let of_bytes = if of == "*" { None } else { Some(of.parse().ok()?) };
        Some(Self { first: first.parse().ok()?, last: last.parse().ok()?, of_bytes })
    }

    /// Whether it goes on where the part ends, in a file of the same length.
    fn continues(self, begun: &Begun, promised: Option<u64>) -> bool {
        let Some(length) = self.last.checked_sub(self.first).map(|n| n + 1) else { return false };
        self.first == begun.bytes
            && (self.of_bytes.is_none()
                || begun.of_bytes.is_none()
                || self.of_bytes == begun.of_bytes)
            && promised.is_none_or(|promised| promised == length)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read() {
        let range = ContentRange::read("bytes 5-9/10");
        assert_eq!(range, Some(ContentRange { first: 5, last: 9, of_bytes: Some(10) }));
        assert_eq!(ContentRange::read("bytes 5-9/*").unwrap().of_bytes, None);
        for bad in ["", "bytes", "bytes */10", "bytes 5/10", "items 5-9/10", "bytes 5-9/x"] {
            assert_eq!(ContentRange::read(bad), None, "{bad:?}");
        }
    }
}
