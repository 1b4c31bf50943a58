//! `wardmote bundle key`: the keys that bundles are signed with.

use std::io::{IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, ensure};
use wardmote_bundle::{KeyError, generate};

use crate::Outcome;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make a key pair in the format of minisign, and print the public key to publish
    ///
    /// The secret key is encrypted with a password, unless --no-password says otherwise. A key that is
    /// there is never overwritten.
    #[command(after_help = "Examples:
  wardmote bundle key new
  wardmote bundle key new --out ~/keys/publisher.key
  WARDMOTE_KEY_PASSWORD=... wardmote bundle key new

Publish the public key where readers know you, such as the council's own site; a key that comes with
the bundle proves nothing.")]
    New {
        /// The file of the secret key; keys/publisher.key if not given. The public key goes beside it
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        /// Leave the secret key unprotected: whoever reads the file can sign in your name
        #[arg(long, conflicts_with = "password_file")]
        no_password: bool,
        #[command(flatten)]
        password: PasswordArguments,
    },
}

/// Where a key's password comes from: a file, `WARDMOTE_KEY_PASSWORD`, or whoever sits there.
#[derive(Debug, clap::Args)]
pub(crate) struct PasswordArguments {
    /// A file whose first line is the key's password; without it, `WARDMOTE_KEY_PASSWORD` or a prompt
    #[arg(long, value_name = "FILE")]
    password_file: Option<PathBuf>,
}

const VARIABLE: &str = "WARDMOTE_KEY_PASSWORD";

/// What a password is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Asking {
    /// To make a key: twice, because a slip would lose it.
    ToMake,
    /// To use one.
    ToUse,
}

impl PasswordArguments {
    pub(crate) fn ask(&self, asking: Asking) -> Result<String, KeyError> {
        let cannot = |why: String| KeyError::Password { why };
        if let Some(path) = &self.password_file {
            let text = std::fs::read_to_string(path)
                .map_err(|why| cannot(format!("{}: {why}", path.display())))?;
            return Ok(text.lines().next().unwrap_or_default().to_owned());
        }
        if let Some(password) = std::env::var_os(VARIABLE) {
            return password.into_string().map_err(|_| cannot(format!("{VARIABLE} is no text")));
        }
        if !std::io::stdin().is_terminal() {
            return Err(cannot(format!(
                "nobody is there to type it; give --password-file FILE or set {VARIABLE}"
            )));
        }
        let prompt = |text| rpassword::prompt_password(text).map_err(|why| cannot(why.to_string()));
        let password = prompt("Password of the secret key: ")?;
        if asking == Asking::ToMake && prompt("Once more: ")? != password {
            return Err(cannot("the two are not the same".to_owned()));
        }
        Ok(password)
    }
}

pub(crate) fn run(folder: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let What::New { out, no_password, password } = &arguments.what;
    let path = out.clone().unwrap_or_else(|| folder.join("keys").join("publisher.key"));
    let public_path = path.with_extension("pub");
    for path in [&path, &public_path] {
        ensure!(!path.exists(), "{} is there already; a key is never overwritten", path.display());
    }
    let password = if *no_password { None } else { Some(password.ask(Asking::ToMake)?) };
    ensure!(
        password.as_ref().is_none_or(|password| !password.is_empty()),
        "the password is empty; --no-password leaves the key unprotected"
    );
    let (secret, public) = generate(password)?;
    write_private(&path, &secret).with_context(|| path.display().to_string())?;
    std::fs::write(&public_path, public.to_file())
        .with_context(|| public_path.display().to_string())?;
    eprintln!("secret key   {}", path.display());
    eprintln!("public key   {}", public_path.display());
    if *no_password {
        eprintln!(
            "The secret key has no password: whoever can read the file can sign in your name."
        );
    }
    eprintln!("Keep the secret key out of git and away from the data, and back it up.");
    eprintln!("Publish this where readers know you:");
    println!("{public}");
    Ok(Outcome::Done)
}

/// A new file that only this system's user can read; a folder that is made for it stays out of git.
fn write_private(path: &Path, text: &str) -> std::io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.exists()) {
        std::fs::create_dir_all(folder)?;
        std::fs::write(folder.join(".gitignore"), "*\n")?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}
