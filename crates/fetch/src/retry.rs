//! Which failures may pass, and how long to wait for that.

use std::time::Duration;

use jiff::Timestamp;
use jiff::fmt::rfc2822::DateTimeParser;

use crate::options::Options;
use crate::transfer_error::TransferError;

/// How one try failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// It may pass: the reason, the wait that the server asked for, and what came before.
    Passing { why: String, asked: Option<Duration>, brought: u64 },
    /// Trying again would not change it.
    Final(TransferError),
}

impl Failure {
    pub(crate) fn passing(why: impl Into<String>) -> Self {
        Self::Passing { why: why.into(), asked: None, brought: 0 }
    }
}

impl<E: Into<TransferError>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self::Final(error.into())
    }
}

/// The wait before the next try, twice as long after each.
pub(crate) fn back_off(options: &Options, n_failed: u32) -> Duration {
    let factor = 2_u32.saturating_pow(n_failed.saturating_sub(1));
    options.back_off.saturating_mul(factor).min(options.longest_wait)
}

/// The wait that `Retry-After` asks for: seconds, or a date that the server's own `Date` makes a wait.
pub(crate) fn asked_wait(retry_after: Option<&str>, date: Option<&str>) -> Option<Duration> {
    let asked = retry_after?.trim();
    if let Ok(seconds) = asked.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let wait = moment(asked)?.duration_since(moment(date?)?);
    Some(Duration::try_from(wait).unwrap_or_default())
}

fn moment(text: &str) -> Option<Timestamp> {
    static PARSER: DateTimeParser = DateTimeParser::new();
    PARSER.parse_timestamp(text.trim()).ok()
}

/// What a broken request means.
pub(crate) fn broken(url: &str, error: ureq::Error, options: &Options, brought: u64) -> Failure {
    let url = url.to_owned();
    let why = match error {
        ureq::Error::HostNotFound => return TransferError::Offline { url }.into(),
        ureq::Error::Tls(why) => {
            return TransferError::Insecure { url, why: why.to_owned() }.into();
        }
        ureq::Error::Rustls(why) => {
            return TransferError::Insecure { url, why: why.to_string() }.into();
        }
        // So reports the TLS library what it will not trust.
        ureq::Error::Io(why) if why.kind() == std::io::ErrorKind::InvalidData => {
            return TransferError::Insecure { url, why: why.to_string() }.into();
        }
        ureq::Error::Timeout(_) => {
            format!("the server was silent for {} seconds", options.time_out.as_secs_f32())
        }
        error => format!("the connection broke ({error})"),
    };
    Failure::Passing { why, asked: None, brought }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound() {
        let options = Options::new(Timestamp::UNIX_EPOCH);
        let waits: Vec<u64> = (1..9).map(|n| back_off(&options, n).as_secs()).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 120, 120]);
    }

    #[test]
    fn a_server_may_ask_by_seconds_or_by_date() {
        let date = Some("Tue, 24 Nov 2026 16:00:00 GMT");
        assert_eq!(asked_wait(Some("7"), None), Some(Duration::from_secs(7)));
        let later = Some("Tue, 24 Nov 2026 16:01:30 GMT");
        assert_eq!(asked_wait(later, date), Some(Duration::from_secs(90)));
        // A date that is over asks for nothing; one without `Date` cannot be read without a clock.
        assert_eq!(asked_wait(date, later), Some(Duration::ZERO));
        assert_eq!(asked_wait(later, None), None);
        assert_eq!(asked_wait(Some("soon"), date), None);
        assert_eq!(asked_wait(None, date), None);
    }
}
