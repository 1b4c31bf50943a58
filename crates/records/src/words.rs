//! The words of protection: markings, regimes, and the operations that the law has logged.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A word that is not one of those known.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{word:?} is no {what}; one of {known}")]
pub struct UnknownWord {
    /// What was looked for.
    pub what: &'static str,
    /// What was found.
    pub word: String,
    /// The words that there are.
    pub known: String,
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident as $what:literal { $($(#[$of:meta])* $variant:ident = $word:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum $name { $($(#[$of])* #[serde(rename = $word)] $variant),+ }

        impl $name {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// The word as it is written in files and in the store.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }

            /// Reads the word.
            pub fn parse(word: &str) -> Result<Self, UnknownWord> {
                let found = Self::ALL.iter().copied().find(|one| one.word() == word);
                found.ok_or_else(|| UnknownWord {
                    what: $what,
                    word: word.to_owned(),
                    known: Self::ALL.iter().map(|one| one.word()).collect::<Vec<_>>().join(", "),
                })
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.word())
            }
        }
    };
}

words! {
    /// A marking of the Government Security Classifications, with its handling caveat.
    Marking as "marking" {
        /// Routine business.
        Official = "OFFICIAL",
        /// To be handled with care: a few need to know.
        OfficialSensitive = "OFFICIAL-SENSITIVE",
    }
}

words! {
    /// Under which law personal data are processed.
    Regime as "regime" {
        /// The UK GDPR: councils, health, landlords.
        UkGdpr = "uk-gdpr",
        /// Data Protection Act 2018, Part 3: competent authorities for law enforcement.
        Part3 = "part-3",
    }
}

words! {
    /// What is done with a record, in the words of the Data Protection Act 2018, section 62; and
    /// what is done to the store itself.
    Operation as "operation" {
        /// A record is made.
        Collection = "collection",
        /// It is changed.
        Alteration = "alteration",
        /// It is read.
        Consultation = "consultation",
        /// It is given to somebody outside.
        Disclosure = "disclosure",
        /// It is brought together with another.
        Combination = "combination",
        /// It is erased.
        Erasure = "erasure",
        /// It is held, so that it is not erased, or no longer held.
        Restriction = "restriction",
        /// People, roles, agreements or keys are changed.
        Administration = "administration",
    }
}

words! {
    /// How an operation that was asked for ended.
    Outcome as "outcome" {
        /// It was done.
        Done = "done",
        /// It was refused, or there was no such record.
        Refused = "refused",
    }
}

words! {
    /// In what capacity somebody is in a record.
    Capacity as "capacity" {
        /// It is about them: what it says is theirs to see.
        Subject = "subject",
        /// It mentions them: what it says of them is withheld from others.
        ThirdParty = "third-party",
    }
}

words! {
    /// What somebody is in the matter. The Data Protection Act 2018, section 38(3), has these kept
    /// apart, as far as possible, in records under its Part 3.
    Standing as "standing" {
        /// Suspected of having committed an offence, or of being about to.
        Suspected = "suspected",
        /// Convicted of an offence.
        Convicted = "convicted",
        /// A victim, or thought to be one.
        Victim = "victim",
        /// A witness, or somebody else who knows of an offence.
        Witness = "witness",
        /// None of these.
        Other = "other",
    }
}

words! {
    /// What somebody may do with the system itself, beside what agreements permit with records.
    Duty as "duty" {
        /// Make accounts, end them, and give roles.
        AdministerPeople = "administer-people",
        /// Ask how a request of somebody else would be decided, and why.
        ExplainDecisions = "explain-decisions",
        /// Search the log of what was done, and export it.
        ReadAudit = "read-audit",
        /// Start analyses and assessments, and read what came of them.
        RunJobs = "run-jobs",
    }
}

/// Whether a text is an id as folders and stores write them: small letters, digits, hyphens.
pub fn is_id(text: &str) -> bool {
    let plain =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    !text.is_empty() && text.len() <= 80 && text.chars().all(plain)
}
