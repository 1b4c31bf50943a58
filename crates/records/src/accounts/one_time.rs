//! One-time codes that change every half minute (RFC 6238), and codes for when the device is lost.

use std::fmt;

use data_encoding::BASE32_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::Timestamp;
use sha1::Sha1;
use subtle::ConstantTimeEq as _;

use super::{AccountError, Accounts, kept};
use crate::audit::{NewEntry, append};
use crate::store::{SealError, random};

const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;
/// Clocks may differ by one step to either side.
const DRIFT: i64 = 1;
const RECOVERY_CODES: usize = 10;

/// The secret that a device and we share. It is shown once, while it is set up.
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeSecret([u8; 20]);

impl fmt::Debug for OneTimeSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OneTimeSecret")
    }
}

impl OneTimeSecret {
    /// A new one.
    pub fn new() -> Result<Self, SealError> {
        Ok(Self(random()?))
    }

    /// As text to type into a device.
    pub fn text(&self) -> String {
        BASE32_NOPAD.encode(&self.0)
    }

    /// Reads that text.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = BASE32_NOPAD.decode(text.as_bytes()).ok()?;
        Some(Self(bytes.try_into().ok()?))
    }

    /// The address that devices read from a picture.
    pub fn address(&self, issuer: &str, account: &str) -> String {
        let (issuer, account) = (encoded(issuer), encoded(account));
        let secret = self.text();
        format!(
            "otpauth://totp/{issuer}:{account}?secret={secret}&issuer={issuer}&algorithm=SHA1&digits={DIGITS}&period={STEP_SECONDS}"
        )
    }

    /// The code at a time.
    pub fn code(&self, at: Timestamp) -> String {
        self.code_of_step(step(at))
    }

    fn code_of_step(&self, step: i64) -> String {
        format!("{:06}", self.truncated(step) % 10_u32.pow(DIGITS))
    }

    fn truncated(&self, step: i64) -> u32 {
        let mac = Hmac::<Sha1>::new_from_slice(&self.0);
        // INVARIANT: HMAC takes keys of any length.
        let mut mac = mac.unwrap_or_else(|why| unreachable!("{why}"));
        mac.update(&step.to_be_bytes());
        let digest = mac.finalize().into_bytes();
        let at = usize::from(digest[19] & 15);
        let four = [digest[at], digest[at + 1], digest[at + 2], digest[at + 3]];
        u32::from_be_bytes(four) & 0x7fff_ffff
    }

    /// The step whose code this is, later than the one that was used last.
    fn step_of(&self, code: &str, at: Timestamp, last: i64) -> Option<i64> {
        let now = step(at);
        (now - DRIFT..=now + DRIFT)
            .filter(|step| *step > last)
            .find(|step| self.code_of_step(*step).as_bytes().ct_eq(code.as_bytes()).into())
    }
}

fn step(at: Timestamp) -> i64 {
    at.as_second().div_euclid(STEP_SECONDS)
}

fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().fold(String::new(), |so_far, byte| {
        if plain(byte) {
            so_far + &char::from(byte).to_string()
        } else {
            so_far + &format!("%{byte:02X}")
        }
    })
}

/// Codes that each work once in place of a device's. They are shown once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecoveryCodes(pub Vec<String>);

impl Accounts {
    /// Takes a secret as a person's, once they have shown a code of it, and answers their recovery
    /// codes.
    pub async fn set_up_codes(
        &self,
        person: &str,
        secret: &OneTimeSecret,
        code: &str,
        now: Timestamp,
    ) -> Result<RecoveryCodes, AccountError> {
        let step = secret.step_of(&digits(code), now, i64::MIN).ok_or(AccountError::NotProved)?;
        let sealed = self.keys.seal_text(&context(person), &secret.text())?;
        let mut codes = Vec::new();
        for _ in 0..RECOVERY_CODES {
            codes.push(BASE32_NOPAD.encode(&random::<10>()?).to_lowercase());
        }
        let mut on = self.store.database.write().await?;
        let sql = "UPDATE accounts SET one_time = $1, one_time_step = $2 \
                   WHERE person = $3 AND ended IS NULL";
        if on.execute(sql, &[sealed.into(), step.into(), person.into()]).await? == 0 {
            return Err(AccountError::NoAccount { person: person.to_owned() });
        }
        on.execute("DELETE FROM recovery_codes WHERE person = $1", &[person.into()]).await?;
        for code in &codes {
            let sql = "INSERT INTO recovery_codes (person, hash) VALUES ($1, $2)";
            on.execute(sql, &[person.into(), kept("recovery code", code).into()]).await?;
        }
        let entry = NewEntry::by(person, now, format!("account/{person}/codes"));
        append(&mut on, vec![entry]).await?;
        on.commit().await?;
        Ok(RecoveryCodes(codes))
    }

    /// Takes somebody's codes away, who lost device and recovery codes: a password is then enough to
    /// set up new ones.
    pub async fn remove_codes(
        &self,
        by: &str,
        person: &str,
        now: Timestamp,
    ) -> Result<(), AccountError> {
        let mut on = self.store.database.write().await?;
        on.execute("UPDATE accounts SET one_time = NULL WHERE person = $1", &[person.into()])
            .await?;
        on.execute("DELETE FROM recovery_codes WHERE person = $1", &[person.into()]).await?;
        let entry = NewEntry::by(by, now, format!("account/{person}/codes-removed"));
        append(&mut on, vec![entry]).await?;
        Ok(on.commit().await?)
    }

    /// Whether a code, or a recovery code, is this person's; either works once.
    pub(super) async fn use_code(
        &self,
        on: &mut crate::store::Transaction,
        person: &str,
        code: &str,
        now: Timestamp,
    ) -> Result<bool, AccountError> {
        let sql = "SELECT one_time, one_time_step FROM accounts WHERE person = $1";
        let Some(row) = on.fetch_one(sql, &[person.into()]).await? else { return Ok(false) };
        let Some(sealed) = row.text_if_any(0)? else { return Ok(false) };
        let text = self.keys.open_text(&context(person), &sealed)?;
        let broken = || SealError::Broken { record: context(person) };
        let secret = OneTimeSecret::parse(&text).ok_or_else(broken)?;
        let last = row.integer(1)?;
        if let Some(step) = secret.step_of(&digits(code), now, last) {
            // Of two who show the same code at once, one is later.
            let sql = "UPDATE accounts SET one_time_step = $1 \
                       WHERE person = $2 AND one_time_step < $1";
            return Ok(on.execute(sql, &[step.into(), person.into()]).await? == 1);
        }
        let letters: String = code.chars().filter(|letter| letter.is_alphanumeric()).collect();
        let hash = kept("recovery code", &letters.to_lowercase());
        let sql = "DELETE FROM recovery_codes WHERE person = $1 AND hash = $2";
        Ok(on.execute(sql, &[person.into(), hash.into()]).await? == 1)
    }
}

pub(crate) fn context(person: &str) -> String {
    format!("wardmote one-time codes\n{person}")
}

/// Without the space that some write in the middle.
fn digits(code: &str) -> String {
    code.chars().filter(|letter| !letter.is_whitespace()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> OneTimeSecret {
        OneTimeSecret(*b"12345678901234567890")
    }

    /// RFC 6238, appendix B, the rows of SHA-1: there with eight digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        for (second, expected) in [
            (59, 94_287_082),
            (1_111_111_109, 7_081_804),
            (1_111_111_111, 14_050_471),
            (1_234_567_890, 89_005_924),
            (2_000_000_000, 69_279_037),
        ] {
            let at = Timestamp::from_second(second).unwrap();
            assert_eq!(secret().truncated(step(at)) % 100_000_000, expected);
            assert_eq!(secret().code(at), format!("{:06}", expected % 1_000_000));
        }
    }

    #[test]
    fn a_code_holds_for_a_minute_and_a_half_and_once() {
        let at = |second: i64| Timestamp::from_second(1_000_000_020 + second).unwrap();
        let code = secret().code(at(0));
        let step = secret().step_of(&code, at(0), 0).unwrap();
        for (second, holds) in [(-31, false), (-30, true), (59, true), (60, false)] {
            assert_eq!(secret().step_of(&code, at(second), 0).is_some(), holds, "{second}");
        }
        assert_eq!(secret().step_of(&code, at(1), step), None);
    }

    #[test]
    fn a_device_reads_the_address() {
        let address = secret().address("Invented: CSP", "a&b@example.org");
        let expected = "otpauth://totp/Invented%3A%20CSP:a%26b%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Invented%3A%20CSP&algorithm=SHA1&digits=6&period=30";
        assert_eq!(address, expected);
        assert_eq!(OneTimeSecret::parse(&secret().text()), Some(secret()));
        assert_eq!(OneTimeSecret::parse("no secret"), None);
    }
}
