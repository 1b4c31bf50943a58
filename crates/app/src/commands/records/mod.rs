//! `wardmote records`: the store's keys and staff; and what the commands over it share.

pub(crate) mod admin;
pub(crate) mod audit;
pub(crate) mod backup;
mod documents;
mod erase;
mod folder;
mod nightly;
pub(crate) mod policy;
mod private;
mod protect;
mod subject;

pub(crate) use self::folder::{
    duties as folder_duties, named_roles as folder_roles, policies_if_any as folder_policies,
    protection as folder_protection,
};

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use wardmote_records::people::Staff;
use wardmote_records::{Keyring, Location, Records, Store};

use self::backup::keep_record_keys;
use self::folder::{agreements, policies, protection};
use self::private::make_private_folder;
use crate::Outcome;
use crate::place::now;

/// Keys, staff, agreements and protection of the operational records
///
/// The store is a file of `SQLite`, records/records.db in the partnership's folder, or the one that
/// --records or `WARDMOTE_RECORDS` names: another file, or a database as `postgres://USER@HOST/NAME`.
/// Bodies of records are sealed under the keys in keys/records.keys, or in the file that
/// `WARDMOTE_RECORDS_KEYS` names.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote records key new 2026-11
  wardmote records staff staff.toml
  wardmote records rotate
  wardmote records retention --dry-run
  wardmote records nightly
  wardmote records subject --help")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Add a new key, under which records are sealed from now on
    Key {
        #[command(subcommand)]
        what: KeyWhat,
    },
    /// Seal every record's key under the newest key, so that older ones can go
    Rotate,
    /// Bring organisations, people and their roles up to date with a TOML file
    Staff {
        /// The file
        file: PathBuf,
    },
    /// Note the agreements of the folder in the store, as in force from now on
    Agreements,
    /// Erase the records whose time has ended by protection/retention.toml, and say so in the log
    Retention(protect::RetentionArguments),
    Nightly(nightly::Arguments),
    /// Hold records that must not be erased, such as for a claim
    Hold(protect::HoldArguments),
    /// Note the day of an event on a record, such as closed, from which its time counts
    Event(protect::EventArguments),
    /// Bring two records together, which is a permission of its own
    Link(protect::LinkArguments),
    Subject(subject::Arguments),
    Erase(erase::Arguments),
}

#[derive(Debug, clap::Subcommand)]
enum KeyWhat {
    /// Make a key of this name
    New {
        /// Small letters, digits and hyphens, such as 2026-11
        name: String,
    },
    /// Write the records' own keys, wrapped, into the one file that opens backups, without those of
    /// records that were erased: daily, and before each backup
    Keep {
        /// The file; keys/record-keys.newest if not given
        #[arg(long, value_name = "FILE")]
        record_keys: Option<PathBuf>,
    },
}

/// Where the records lie, as the command line or the environment says.
#[derive(Debug, Clone)]
pub(crate) struct Where {
    pub(crate) folder: PathBuf,
    pub(crate) named: Option<String>,
}

impl Where {
    pub(crate) fn location(&self) -> Location {
        let named = self.named.clone().or_else(|| std::env::var("WARDMOTE_RECORDS").ok());
        let usual = || Location::Sqlite(self.folder.join("records").join("records.db"));
        named.map_or_else(usual, |named| Location::parse(&named))
    }

    /// The store, which must be there.
    pub(crate) async fn open(&self) -> anyhow::Result<Store> {
        let location = self.location();
        if let Location::Sqlite(path) = &location {
            anyhow::ensure!(
                path.exists(),
                "there is no store of records at {location}; `wardmote records staff FILE` makes one"
            );
        }
        self.open_or_make().await
    }

    /// The store, made where there is none.
    pub(crate) async fn open_or_make(&self) -> anyhow::Result<Store> {
        let location = self.location();
        if let Location::Sqlite(path) = &location {
            make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
            private::keep(path, self.is_usual().then_some(&self.folder))?;
        }
        Store::open(&location).await.with_context(|| format!("the records at {location}"))
    }

    /// Whether the store lies where it does if nobody says otherwise.
    fn is_usual(&self) -> bool {
        self.named.is_none() && std::env::var_os("WARDMOTE_RECORDS").is_none()
    }

    /// Whether there is a store; a server of PostgreSQL is taken to be there.
    pub(crate) fn has_store(&self) -> bool {
        match self.location() {
            Location::Sqlite(path) => path.exists(),
            Location::Postgres(_) => true,
        }
    }

    /// Makes a first key where there is none, for sample partnerships.
    pub(crate) fn make_key_if_none(&self) -> anyhow::Result<()> {
        let path = self.keys_path();
        if path.exists() { Ok(()) } else { new_key(&path, "first") }
    }

    pub(crate) fn keys_path(&self) -> PathBuf {
        let named = std::env::var_os("WARDMOTE_RECORDS_KEYS").map(PathBuf::from);
        named.unwrap_or_else(|| self.folder.join("keys").join("records.keys"))
    }

    /// The records, which must be there, by the folder's agreements and words on protection.
    pub(crate) async fn records(&self) -> anyhow::Result<Records> {
        let records = Records::new(self.open().await?, self.keys()?, policies(&self.folder)?);
        self.warn_of_texts_not_noted(records.store()).await?;
        Ok(records.protected_by(protection(&self.folder)?))
    }

    /// Says which agreements decide by a text that the store does not know of.
    pub(crate) async fn warn_of_texts_not_noted(&self, store: &Store) -> anyhow::Result<()> {
        if !self.folder.join("agreements").is_dir() {
            return Ok(());
        }
        let texts = folder::agreement_texts(&self.folder)?;
        for id in store.agreements_not_noted(&texts).await? {
            eprintln!(
                "agreements/{id}.toml: this text decides, but the store has no note of it; if it is what was signed, run `wardmote records agreements`, and if not, find out who changed it"
            );
        }
        Ok(())
    }

    /// Notes the folder's agreements in the store, as in force from now on, and answers how many were
    /// not.
    pub(crate) async fn note_agreements(&self) -> anyhow::Result<usize> {
        let texts = folder::agreement_texts(&self.folder)?;
        let store = self.open_or_make().await?;
        let count = store.note_agreements(&texts, now()).await?;
        store.close().await;
        Ok(count)
    }

    /// The file of the records' own keys, of which only the newest is kept.
    pub(crate) fn record_keys_path(&self, named: Option<&Path>) -> PathBuf {
        let usual = || self.folder.join("keys").join("record-keys.newest");
        named.map_or_else(usual, Path::to_owned)
    }

    pub(crate) fn keys(&self) -> anyhow::Result<Keyring> {
        let path = self.keys_path();
        let text = std::fs::read_to_string(&path).with_context(|| {
            format!("{}; `wardmote records key new NAME` makes one", path.display())
        })?;
        Ok(Keyring::parse(&text)?)
    }
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Key { what: KeyWhat::New { name } } => new_key(&at.keys_path(), name)?,
        What::Key { what: KeyWhat::Keep { record_keys } } => {
            let path = at.record_keys_path(record_keys.as_deref());
            keep_record_keys(&at.open().await?, &path).await?;
        }
        What::Retention(arguments) => return protect::retention(at, arguments).await,
        What::Nightly(arguments) => return nightly::run(at, arguments).await,
        What::Hold(arguments) => return protect::hold(at, arguments).await,
        What::Event(arguments) => return protect::event(at, arguments).await,
        What::Link(arguments) => return protect::link(at, arguments).await,
        What::Subject(arguments) => return subject::run(at, arguments).await,
        What::Erase(arguments) => return erase::run(at, arguments).await,
        What::Rotate => {
            // No permission is asked, and so no agreement.
            let policies = folder::policies_if_any(&at.folder)?;
            let records = Records::new(at.open().await?, at.keys()?, policies);
            let count = records.rotate_keys(now()).await?;
            println!("{count} records are now under the newest key");
        }
        What::Staff { file } => {
            let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
            let staff: Staff = toml::from_str(&text).with_context(|| file.display().to_string())?;
            at.open_or_make().await?.load_staff(&staff, now()).await?;
            let (organisations, people) = (staff.organisations.len(), staff.people.len());
            println!("{organisations} organisations and {people} people");
            warn_of_unnamed_roles(&at.folder, &staff)?;
        }
        What::Agreements => {
            agreements(&at.folder)?;
            let count = at.note_agreements().await?;
            println!("{count} agreements are new or have changed");
        }
    }
    Ok(Outcome::Done)
}

/// A role that nothing names permits nothing, and is most often a slip of the pen.
fn warn_of_unnamed_roles(folder: &Path, staff: &Staff) -> anyhow::Result<()> {
    let policies = folder::policies_if_any(folder)?;
    let named = folder::named_roles(policies.agreements(), &folder::duties(folder)?);
    for person in &staff.people {
        for role in person.roles.iter().filter(|role| !named.contains(&role.role)) {
            eprintln!(
                "{}: no agreement and no duty names the role {:?}, so it permits nothing; they name {}",
                person.id,
                role.role,
                named.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
            );
        }
    }
    Ok(())
}

/// Adds a key at the end of the file; those that are there are never overwritten.
pub(crate) fn new_key(path: &Path, name: &str) -> anyhow::Result<()> {
    let old = if path.exists() { std::fs::read_to_string(path)? } else { String::new() };
    let line = Keyring::new_line(name)?;
    let all =
        format!("{old}{}{line}\n", if old.is_empty() || old.ends_with('\n') { "" } else { "\n" });
    Keyring::parse(&all)?;
    make_private_folder(path.parent().unwrap_or(Path::new(".")))?;
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).with_context(|| path.display().to_string())?;
    let added = all.strip_prefix(&old).unwrap_or(&all);
    std::io::Write::write_all(&mut file, added.as_bytes())?;
    file.sync_all()?;
    eprintln!("{}: key {name} added; back it up apart from the database", path.display());
    Ok(())
}
