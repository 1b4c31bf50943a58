//! `wardmote verify BUNDLE`: a publication checked by somebody who has nothing but the bundle, this
//! program and the official files.
//!
//! Nothing that the bundle says is believed: members are compared with the manifest, the manifest with
//! its signature, the figures with what the official files give, and the pages with what the prose and
//! those figures give. No file is read that the verifier did not point to.

mod again;
mod files;
mod load;
mod pages;
mod recompute;
mod report;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wardmote_bundle::{Bundle, DECLARATIONS, PUBLISHED, PublicKey};

use self::report::Report;
use crate::Outcome;
use crate::console::Format;

/// What the verifier brings.
pub(crate) struct Verifier<'a> {
    /// The folder of official files.
    pub(crate) sources: Option<&'a Path>,
    /// The key that is trusted: its text, or its file.
    pub(crate) key: Option<&'a str>,
    pub(crate) format: Format,
}

/// Whether a file is a bundle, by its name or its first bytes.
pub(crate) fn is_bundle(path: &Path) -> bool {
    let named = path.extension().is_some_and(|end| end.eq_ignore_ascii_case("zip"));
    let begins = || {
        let mut start = [0_u8; 2];
        let read = std::fs::File::open(path)
            .and_then(|mut file| std::io::Read::read_exact(&mut file, &mut start));
        read.is_ok() && start == *b"PK"
    };
    named || begins()
}

pub(crate) async fn verify(path: &Path, verifier: &Verifier<'_>) -> anyhow::Result<Outcome> {
    let named = verifier.key.map(trusted_key).transpose()?;
    let bundle = Bundle::read(path).with_context(|| path.display().to_string())?;
    let mut report = Report::new(path, &bundle, named.as_ref(), verifier.sources.is_some());
    // Of damaged declarations nothing follows; a damaged page still differs from what they give.
    let follows = |member: &str| {
        member.starts_with(DECLARATIONS) || member == format!("{PUBLISHED}evidence.json")
    };
    let damaged = bundle.damaged.iter().find(|damage| follows(damage.member()));
    let computed = match damaged {
        Some(damage) => Err(anyhow::anyhow!(
            "{} is damaged, so nothing can be computed from the bundle",
            damage.member()
        )),
        None => recompute::recompute(&bundle, verifier.sources).await,
    };
    let cannot = match computed {
        Ok(computed) => {
            report.computed(computed);
            None
        }
        Err(why) => {
            report.not_computed = Some(crate::console::chain(&why));
            // A damaged bundle has been judged; another that cannot be computed has not.
            damaged.is_none().then_some(why)
        }
    };
    report.print(verifier.format)?;
    match cannot {
        Some(why) => Err(why.context("the figures could not be computed")),
        None => Ok(if report.holds() { Outcome::Done } else { Outcome::Wrong }),
    }
}

pub(crate) fn trusted_key(text: &str) -> anyhow::Result<PublicKey> {
    let path = PathBuf::from(text);
    if path.is_file() {
        let file = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        return PublicKey::parse(&file).with_context(|| path.display().to_string());
    }
    Ok(PublicKey::parse(text)?)
}
