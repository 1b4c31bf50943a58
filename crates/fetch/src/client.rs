//! One request after another: named, spaced out, bounded, and tried again only where that may help.

use std::io::Read as _;
use std::thread;
use std::time::Instant;

use flate2::read::GzDecoder;
use ureq::http::{HeaderMap, Response};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body};

use crate::hosts::{HostPolicy, led_to};
use crate::options::{Options, Progress, USER_AGENT};
use crate::retry::{Failure, asked_wait, back_off, broken};
use crate::transfer_error::TransferError;

const MOST_REDIRECTS: usize = 5;

/// The only thing in Wardmote that opens a connection to another machine.
pub(crate) struct Client<'a> {
    agent: Agent,
    policy: HostPolicy,
    pub(crate) options: &'a Options,
    pub(crate) progress: &'a dyn Progress,
    last_request: Option<Instant>,
    bytes_left: u64,
    pub(crate) n_requests: u64,
}

/// An answer that may be of use: 200, 206, 304 or 416.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    body: Body,
}

impl Answer {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The length that the server promises, of what is left to send.
    pub(crate) fn promised_bytes(&self) -> Option<u64> {
        self.header("content-length")?.trim().parse().ok()
    }

    pub(crate) fn is_encoded(&self) -> bool {
        self.header("content-encoding").is_some_and(|encoding| encoding.trim() != "identity")
    }

    pub(crate) fn into_reader(self) -> ureq::BodyReader<'static> {
        self.body.into_reader()
    }
}

impl<'a> Client<'a> {
    pub(crate) fn new(
        policy: HostPolicy,
        options: &'a Options,
        progress: &'a dyn Progress,
    ) -> Self {
        // The certificates that the machine trusts, because councils inspect traffic with their own.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let mut config = Agent::config_builder()
            .user_agent(USER_AGENT)
            .accept_encoding("")
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .max_idle_connections(1)
            .max_idle_connections_per_host(1)
            .timeout_connect(Some(options.time_out))
            .timeout_recv_response(Some(options.time_out))
            .timeout_per_read(Some(options.time_out))
            .tls_config(tls);
        if policy.is_mirrored() {
            config = config.proxy(None);
        }
        let agent = config.build().new_agent();
        let bytes_left = options.most_bytes;
        Self { agent, policy, options, progress, last_request: None, bytes_left, n_requests: 0 }
    }

    /// Asks until there is an answer, or no sense in asking again.
    pub(crate) fn persist<T>(
        &mut self,
        url: &str,
        mut attempt: impl FnMut(&mut Self) -> Result<T, Failure>,
    ) -> Result<T, TransferError> {
        let mut n_failed = 0;
        loop {
            let (why, asked, brought) = match attempt(self) {
                Ok(value) => return Ok(value),
                Err(Failure::Final(error)) => return Err(error),
                Err(Failure::Passing { why, asked, brought }) => (why, asked, brought),
            };
            if brought >= self.options.progress_bytes {
                n_failed = 0;
            }
            n_failed += 1;
            if let Some(asked) = asked
                && asked > self.options.longest_wait
            {
                return Err(TransferError::AskedToWait {
                    url: url.into(),
                    seconds: asked.as_secs(),
                });
            }
            if n_failed >= self.options.tries {
                return Err(TransferError::GaveUp { url: url.into(), tries: n_failed, why });
            }
            let wait = asked.unwrap_or_else(|| back_off(self.options, n_failed));
            self.progress.waiting(wait, &why);
            thread::sleep(wait);
        }
    }

    /// Asks once, and follows where the answer leads.
    pub(crate) fn get(&mut self, url: &str, headers: &[(&str, String)]) -> Result<Answer, Failure> {
        let mut at = url.to_owned();
        for _ in 0..=MOST_REDIRECTS {
            let response = self.ask(&at, headers)?;
            let status = response.status().as_u16();
            let text = |name: &str| response.headers().get(name).and_then(|v| v.to_str().ok());
            match status {
                200 | 206 | 304 | 416 => {
                    let (parts, body) = response.into_parts();
                    return Ok(Answer { status, headers: parts.headers, body });
                }
                301 | 302 | 303 | 307 | 308 => {
                    let Some(location) = text("location") else {
                        return Err(TransferError::Refused { url: at, status }.into());
                    };
                    at = led_to(&at, location);
                }
                404 | 410 => return Err(TransferError::NotThere { url: at, status }.into()),
                408 | 429 | 500..=599 => {
                    let asked = asked_wait(text("retry-after"), text("date"));
                    let why = format!("the server answered {status}");
                    return Err(Failure::Passing { why, asked, brought: 0 });
                }
                _ => return Err(TransferError::Refused { url: at, status }.into()),
            }
        }
        Err(TransferError::RedirectsWithoutEnd { url: url.into() }.into())
    }

    fn ask(&mut self, url: &str, headers: &[(&str, String)]) -> Result<Response<Body>, Failure> {
        let address = self.policy.allow(url).map_err(TransferError::from)?;
        if let Some(last) = self.last_request {
            thread::sleep(self.options.pause.saturating_sub(last.elapsed()));
        }
        self.n_requests += 1;
        let mut request = self.agent.get(address);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        let answer = request.call();
        self.last_request = Some(Instant::now());
        answer.map_err(|error| broken(url, error, self.options, 0))
    }

    /// Counts what has come against what may.
    pub(crate) fn count(&mut self, url: &str, bytes: u64) -> Result<(), TransferError> {
        self.may_come(url, bytes)?;
        self.bytes_left -= bytes;
        Ok(())
    }

    /// Whether so many more bytes may come.
    pub(crate) fn may_come(&self, url: &str, bytes: u64) -> Result<(), TransferError> {
        if bytes > self.bytes_left {
            return Err(TransferError::TooMuch { url: url.into(), most: self.options.most_bytes });
        }
        Ok(())
    }

    /// Reads a whole answer that fits into memory, unpacked.
    pub(crate) fn read_all(&mut self, url: &str, answer: Answer) -> Result<Vec<u8>, Failure> {
        let most = self.options.most_page_bytes.min(self.bytes_left);
        let too_much = || TransferError::TooMuch { url: url.into(), most };
        let encoding = answer.header("content-encoding").unwrap_or("identity").to_owned();
        let promised = answer.promised_bytes();
        if promised.is_some_and(|bytes| bytes > most) {
            return Err(too_much().into());
        }
        let mut packed = Vec::new();
        let mut reader = answer.into_reader().take(most + 1);
        reader
            .read_to_end(&mut packed)
            .map_err(|error| broken(url, ureq::Error::from(error), self.options, 0))?;
        self.count(url, packed.len() as u64)?;
        self.progress.received(packed.len() as u64);
        if encoding != "gzip" {
            return if packed.len() as u64 > most { Err(too_much().into()) } else { Ok(packed) };
        }
        let mut unpacked = Vec::new();
        let read = GzDecoder::new(packed.as_slice()).take(most + 1).read_to_end(&mut unpacked);
        if unpacked.len() as u64 > most {
            return Err(too_much().into());
        }
        match read {
            Ok(_) => Ok(unpacked),
            Err(_) => Err(Failure::passing("its compressed answer was damaged")),
        }
    }
}
