//! A publication with its evidence in one file, and how somebody who trusts nobody opens it.
//!
//! A bundle is a ZIP archive: `manifest.json` first, which names every other member with its SHA-256;
//! the declarations from which the publication can be computed again, below `declarations/`; the
//! publication itself, below `published/`; and, where it is signed, `manifest.json.minisig`, which the
//! ordinary tool checks as well (`minisign -Vm manifest.json -P KEY`). [`pack`] writes one, the same
//! bytes for the same content; [`Bundle::read`] opens one within fixed bounds of memory, whatever it
//! claims of itself.
//!
//! Nothing here knows what is in a member: which files belong to a publication, and whether its
//! figures follow from official files, is decided by those who call.

mod manifest;
mod names;
mod pack;
mod read;
mod signature;

pub use manifest::{
    FORMAT, Manifest, MemberRecord, SourceFile, SourceRecord, WhereToGet, Withheld, WithheldBecause,
};
pub use names::{NameError, check_name};
pub use pack::{PackError, pack};
pub use read::{Bundle, BundleError, Damage};
pub use signature::{KeyError, PublicKey, SecretKey, Signed, generate};

/// Name of the manifest in a bundle.
pub const MANIFEST: &str = "manifest.json";
/// Name of the signature over the manifest, where `minisign -Vm manifest.json` looks for it.
pub const SIGNATURE: &str = "manifest.json.minisig";
/// Folder of the declarations.
pub const DECLARATIONS: &str = "declarations/";
/// Folder of the publication.
pub const PUBLISHED: &str = "published/";

/// SHA-256 in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    use std::fmt::Write as _;

    use sha2::{Digest, Sha256};

    Sha256::digest(bytes).iter().fold(String::with_capacity(64), |mut hex, byte| {
        // Writing to a string cannot fail.
        let _ = write!(hex, "{byte:02x}");
        hex
    })
}
