//! `wardmote admin`: the first administrator, and accounts from the machine itself.

use anyhow::Context as _;
use jiff::civil::Date;
use wardmote_records::Store;
use wardmote_records::accounts::Accounts;
use wardmote_records::people::{Organisation, Role};

use super::{Where, new_key};
use crate::Outcome;
use crate::place::{now, today};
use crate::serve::workbench::Settings;

/// Who, in the log, does what a command at the machine does.
const OPERATOR: &str = "operator";

/// Accounts of people who sign in
///
/// What these commands do is logged as done by the operator. Everything else is done on the pages.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote admin create jo-smith --name \"Jo Smith\" --email jo@example.org \\
    --organisation council --organisation-name \"The council\"
  wardmote admin invite jo-smith
  wardmote admin end jo-smith")]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Make the first administrator, with the store and its key where there is none
    Create(CreateArguments),
    /// Make a new link by which a person sets a password
    Invite {
        /// The person's id
        person: String,
        /// Their e-mail address, if they have no account yet
        #[arg(long, value_name = "ADDRESS")]
        email: Option<String>,
    },
    /// The same, for somebody who also lost their one-time codes and recovery codes
    Reset {
        /// The person's id
        person: String,
    },
    /// End somebody's roles, sessions and account at once, and list what they leave behind
    End {
        /// The person's id
        person: String,
        /// The last day of their roles; today if it is not given
        #[arg(long, value_name = "DATE")]
        last_day: Option<Date>,
    },
}

#[derive(Debug, clap::Args)]
struct CreateArguments {
    /// Their id: small letters, digits and hyphens
    person: String,
    /// Their name
    #[arg(long, required_unless_present = "existing")]
    name: Option<String>,
    /// The address that they sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// The id of their organisation
    #[arg(long, value_name = "ID", required_unless_present = "existing")]
    organisation: Option<String>,
    /// Its name, if it is not in the store yet
    #[arg(long, value_name = "NAME")]
    organisation_name: Option<String>,
    /// Ask for the password here, instead of printing a link
    #[arg(long)]
    password: bool,
    /// Make somebody administrator who is in the store already, and give them this address; name and
    /// organisation stay as they are
    #[arg(long, conflicts_with_all = ["name", "organisation", "organisation_name"])]
    existing: bool,
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Create(arguments) => create(at, arguments).await?,
        What::Invite { person, email } => {
            let (accounts, settings) = open(at).await?;
            if let Some(email) = email {
                keeps_address(&accounts, person, email).await?;
                accounts.create(OPERATOR, person, email, now()).await?;
            }
            print_link(&accounts, &settings, person).await?;
        }
        What::Reset { person } => {
            let (accounts, settings) = open(at).await?;
            accounts.remove_codes(OPERATOR, person, now()).await?;
            print_link(&accounts, &settings, person).await?;
        }
        What::End { person, last_day } => {
            let (accounts, _) = open(at).await?;
            let duties = super::folder_duties(&at.folder)?;
            let day = last_day.unwrap_or_else(today);
            let left = accounts.leave(OPERATOR, person, day, &duties, now()).await?;
            println!("{} sessions ended", left.sessions);
            for (role, _) in left.roles {
                println!("role {role} ends on {day}");
            }
            for record in left.records {
                println!("record {record} was made by them");
            }
        }
    }
    Ok(Outcome::Done)
}

async fn open(at: &Where) -> anyhow::Result<(Accounts, Settings)> {
    let settings = Settings::read(&at.folder)?;
    let accounts = settings.accounts(&at.folder, at.open().await?, at.keys()?)?;
    Ok((accounts, settings))
}

async fn create(at: &Where, arguments: &CreateArguments) -> anyhow::Result<()> {
    if !at.keys_path().exists() {
        let month = today().strftime("%Y-%m").to_string();
        new_key(&at.keys_path(), &month)?;
    }
    let store = at.open_or_make().await?;
    let CreateArguments { person, email, password, existing, .. } = arguments;
    let there = store.person(person).await?;
    if let (Some(there), false) = (&there, existing) {
        let (name, organisation) = (&there.name, &there.organisation.name);
        anyhow::bail!(
            "{person:?} is there already: {name}, {organisation}. Nothing was changed. `wardmote admin invite {person}` makes them a new link (with --email {email} if they have no account); if they are to be administrator and sign in with {email}, say `wardmote admin create {person} --email {email} --existing`; if this is somebody else, give another id"
        );
    }
    anyhow::ensure!(
        there.is_some() || !existing,
        "there is no {person} yet; leave out --existing, and give --name and --organisation"
    );
    let (accounts, settings) = open(at).await?;
    let name = there.as_ref().map(|there| &there.name).or(arguments.name.as_ref());
    let name = name.map_or("", String::as_str);
    let password = password.then(|| typed_password(&accounts, name, email)).transpose()?;
    if let (None, Some(organisation)) = (&there, &arguments.organisation) {
        make_organisation(&store, organisation, arguments.organisation_name.as_deref()).await?;
        store.add_person(OPERATOR, person, name, organisation, now()).await?;
    }
    accounts.create(OPERATOR, person, email, now()).await?;
    let role = Role { role: "administrator".to_owned(), from: today(), to: None };
    store.give_role(OPERATOR, person, &role, now()).await?;
    if let Some(password) = password {
        accounts.set_password(person, &password, now()).await?;
        println!("{person} can sign in");
        return Ok(());
    }
    print_link(&accounts, &settings, person).await
}

/// Another address for an account is not given in passing.
async fn keeps_address(accounts: &Accounts, person: &str, email: &str) -> anyhow::Result<()> {
    let there = accounts.account(person).await?.filter(|account| account.ended.is_none());
    let Some(there) = there.filter(|account| !account.email.eq_ignore_ascii_case(email.trim()))
    else {
        return Ok(());
    };
    anyhow::bail!(
        "{person} has an account already, with the address {}. Nothing was changed. Leave out --email to make a new link for it; an administrator gives another address on their page",
        there.email
    )
}

async fn make_organisation(store: &Store, id: &str, name: Option<&str>) -> anyhow::Result<()> {
    if let Some(name) = name {
        let organisation = Organisation { id: id.to_owned(), name: name.to_owned() };
        store.put_organisation(OPERATOR, &organisation, now()).await?;
    } else if !store.organisations().await?.iter().any(|one| one.id == id) {
        anyhow::bail!("there is no organisation {id:?}; name it by --organisation-name");
    }
    Ok(())
}

/// Asked before anything is made, so that a password that is not taken leaves nothing behind.
fn typed_password(accounts: &Accounts, name: &str, email: &str) -> anyhow::Result<String> {
    let typed = rpassword::prompt_password("Password: ").context("no terminal to ask at")?;
    accounts.check_password(&typed, name, email)?;
    let again = rpassword::prompt_password("The same again: ")?;
    anyhow::ensure!(typed == again, "the two are not the same; nothing was set");
    Ok(typed)
}

async fn print_link(accounts: &Accounts, settings: &Settings, person: &str) -> anyhow::Result<()> {
    let secret = accounts.invite(OPERATOR, person, now()).await?;
    println!("{}/work/invitation/{secret}", settings.link_start());
    let hours = settings.rules.invitation_hours;
    if let Some(note) = settings.link_note() {
        eprintln!("{note}");
    }
    eprintln!("It sets the password of {person}, once, within {hours} hours.");
    eprintln!("Where several partnerships are served together, put this one's name before /work.");
    Ok(())
}
