//! `wardmote bundle`: a publication with its evidence, for somebody who trusts nobody.

mod contents;
pub(crate) mod key;
mod origin;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wardmote_bundle::SecretKey;
use wardmote_evidence::evidence_file::EvidenceFile;

use crate::Outcome;
use crate::commands::assess;
use crate::place::{At, Partnership};

/// Write a publication with its evidence into one file that strangers can verify
///
/// The bundle holds the published files, the declarations and prose that they follow from, and a
/// manifest with the SHA-256 of each, and of each official file with where to get it. It holds no data,
/// no lake and no keys; of a controlled source it says only that it exists. `wardmote verify BUNDLE`
/// checks it on any machine. The published files must be what the declarations and the published
/// vintage give, to the byte.
#[derive(Debug, clap::Args)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  wardmote bundle key new
  wardmote bundle --sign keys/publisher.key
  wardmote bundle --out assessment-2025.wardmote.zip
  wardmote verify assessment-2025.wardmote.zip --sources ~/official-files --key RWQ..."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: Option<What>,
    /// The file to write; DATE.wardmote.zip in the partnership's folder if not given
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sign with this secret key of minisign
    #[arg(long, value_name = "KEYFILE")]
    sign: Option<PathBuf>,
    #[command(flatten)]
    password: key::PasswordArguments,
    /// The folder of the publication; published/ if not given
    #[arg(long, value_name = "DIR")]
    published: Option<PathBuf>,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Keys to sign bundles with
    Key(key::Arguments),
}

pub(crate) async fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    if let Some(What::Key(arguments)) = &arguments.what {
        return key::run(folder, arguments);
    }
    let publication = arguments.published.clone().unwrap_or_else(|| folder.join("published"));
    let evidence = EvidenceFile::read(&publication.join("evidence.json"))
        .context("there is no publication to bundle; run `wardmote assess` first")?;
    let at = At {
        folder: folder.to_owned(),
        as_of: Some(evidence.snapshot.parse().context("evidence.json names no vintage")?),
    };
    let partnership = Partnership::open_at(&at)?;
    let assessed = assess::compute(&partnership, evidence.published)
        .await
        .context("the publication cannot be computed again here")?;
    let lake = partnership.lake().await?;
    let (members, left_out) = contents::gather(&partnership.folder, &assessed, &publication)?;
    let manifest = origin::manifest(&partnership, &lake, &assessed.evidence)?;
    let key = arguments.sign.as_deref().map(|path| sign_with(path, &arguments.password));
    let key: Option<SecretKey> = key.transpose()?;
    let bytes = wardmote_bundle::pack(manifest, &members, key.as_ref())?;
    let out = arguments
        .out
        .clone()
        .unwrap_or_else(|| folder.join(format!("{}.wardmote.zip", evidence.published)));
    std::fs::write(&out, &bytes).with_context(|| out.display().to_string())?;

    for file in left_out {
        eprintln!("left out: {file}, which is no part of the publication");
    }
    println!("{}: {} members, {} bytes", out.display(), members.len(), bytes.len());
    println!("SHA-256 {}", wardmote_bundle::sha256(&bytes));
    match &key {
        Some(key) => println!("signed by {}", key.public()),
        None => {
            println!("not signed; --sign KEYFILE signs it, `wardmote bundle key new` makes a key");
        }
    }
    for (file, finding) in &assessed.findings {
        eprintln!("{file}:{}: {} ({})", finding.line, finding.message, finding.rule.name());
    }
    Ok(if assessed.findings.is_empty() { Outcome::Done } else { Outcome::Wrong })
}

fn sign_with(path: &Path, password: &key::PasswordArguments) -> anyhow::Result<SecretKey> {
    let text = std::fs::read_to_string(path).with_context(|| path.display().to_string())?;
    SecretKey::read(&text, || password.ask(key::Asking::ToUse))
        .with_context(|| path.display().to_string())
}
