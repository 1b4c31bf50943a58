//! The rules of sign-in, which a partnership may tighten in a file.

use jiff::SignedDuration;
use serde::Deserialize;

/// Why rules cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name} is {value}; it must be from {least} to {most}")]
pub struct RulesError {
    /// Which rule.
    pub name: &'static str,
    /// What it says.
    pub value: u32,
    /// What it may be.
    pub least: u32,
    /// What it may be.
    pub most: u32,
}

/// Whether local accounts need one-time codes beside the password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SecondFactor {
    /// Nobody gets further than the set-up of codes without them.
    Required,
    /// Everybody may set them up.
    Offered,
}

/// The rules.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Rules {
    /// Whether codes are required.
    pub second_factor: SecondFactor,
    /// A session ends when nothing was asked for so long.
    pub idle_minutes: u32,
    /// And after so long in any case.
    pub session_hours: u32,
    /// An invitation can be used so long.
    pub invitation_hours: u32,
    /// So many wrong attempts are answered at once; each later one waits twice as long.
    pub free_attempts: u32,
    /// The first wait.
    pub first_wait_seconds: u32,
    /// The longest.
    pub longest_wait_minutes: u32,
    /// Fewest characters of a password.
    pub shortest_password: u32,
    /// Memory of one Argon2id hash.
    pub argon2_memory_kib: u32,
    /// Its passes over the memory.
    pub argon2_passes: u32,
}

impl Default for Rules {
    /// Argon2id with 19 MiB and two passes is what the OWASP cheat sheet on storing passwords gives
    /// as its least; the times are those of the ASVS at level 2.
    fn default() -> Self {
        Self {
            second_factor: SecondFactor::Required,
            idle_minutes: 30,
            session_hours: 12,
            invitation_hours: 72,
            free_attempts: 5,
            first_wait_seconds: 30,
            longest_wait_minutes: 15,
            shortest_password: 12,
            argon2_memory_kib: 19 * 1024,
            argon2_passes: 2,
        }
    }
}

impl Rules {
    /// Refuses what would be no protection, or would lock everybody out.
    pub fn checked(self) -> Result<Self, RulesError> {
        let bounds = [
            ("idle_minutes", self.idle_minutes, 1, 12 * 60),
            ("session_hours", self.session_hours, 1, 7 * 24),
            ("invitation_hours", self.invitation_hours, 1, 30 * 24),
            ("free_attempts", self.free_attempts, 1, 20),
            ("first_wait_seconds", self.first_wait_seconds, 1, 3_600),
            ("longest_wait_minutes", self.longest_wait_minutes, 1, 24 * 60),
            ("shortest_password", self.shortest_password, 12, 64),
            ("argon2_memory_kib", self.argon2_memory_kib, 19 * 1024, 1024 * 1024),
            ("argon2_passes", self.argon2_passes, 2, 20),
        ];
        for (name, value, least, most) in bounds {
            if !(least..=most).contains(&value) {
                return Err(RulesError { name, value, least, most });
            }
        }
        Ok(self)
    }

    pub(super) fn idle(&self) -> SignedDuration {
        SignedDuration::from_mins(self.idle_minutes.into())
    }

    pub(super) fn longest_session(&self) -> SignedDuration {
        SignedDuration::from_hours(self.session_hours.into())
    }

    pub(super) fn invitation(&self) -> SignedDuration {
        SignedDuration::from_hours(self.invitation_hours.into())
    }

    /// How long after this many failures the next attempt is not looked at.
    pub(super) fn wait_after(&self, failures: i64) -> SignedDuration {
        let over = failures.saturating_sub(i64::from(self.free_attempts));
        if over < 0 {
            return SignedDuration::ZERO;
        }
        let over = u32::try_from(over).unwrap_or(u32::MAX);
        let longest = i64::from(self.longest_wait_minutes) * 60;
        let doubled = i64::from(self.first_wait_seconds).checked_shl(over.min(20));
        SignedDuration::from_secs(doubled.unwrap_or(longest).min(longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_grow_to_a_bound() {
        let rules = Rules::default();
        let waits =
            [0, 4, 5, 6, 7, 40, i64::MAX / 2].map(|count| rules.wait_after(count).as_secs());
        assert_eq!(waits, [0, 0, 30, 60, 120, 900, 900]);
    }

    #[test]
    fn rules_that_protect_nothing_are_refused() {
        assert_eq!(Rules::default().checked(), Ok(Rules::default()));
        let weak = Rules { shortest_password: 6, ..Rules::default() }.checked().unwrap_err();
        assert_eq!(weak.to_string(), "shortest_password is 6; it must be from 12 to 64");
        assert!(Rules { argon2_memory_kib: 64, ..Rules::default() }.checked().is_err());
    }
}
