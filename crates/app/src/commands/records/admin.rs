//! `wardmote admin`: the first administrator, and accounts from the machine itself.

use anyhow::Context as _;
use jiff::civil::Date;
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
    #[arg(long)]
    name: String,
    /// The address that they sign in with
    #[arg(long, value_name = "ADDRESS")]
    email: String,
    /// The id of their organisation
    #[arg(long, value_name = "ID")]
    organisation: String,
    /// Its name, if it is not in the store yet
    #[arg(long, value_name = "NAME")]
    organisation_name: Option<String>,
    /// Ask for the password here, instead of printing a link
    #[arg(long)]
    password: bool,
}

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.what {
        What::Create(arguments) => create(at, arguments).await?,
        What::Invite { person, email } => {
            let (accounts, settings) = open(at).await?;
            if let Some(email) = email {
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
    let CreateArguments { person, name, email, organisation, organisation_name, password } =
        arguments;
    let known = store.organisations().await?;
    let (accounts, settings) = open(at).await?;
    let password = password.then(|| typed_password(&accounts, name, email)).transpose()?;
    if let Some(name) = organisation_name {
        let organisation = Organisation { id: organisation.clone(), name: name.clone() };
        store.put_organisation(OPERATOR, &organisation, now()).await?;
    } else if !known.iter().any(|one| one.id == *organisation) {
        anyhow::bail!("there is no organisation {organisation:?}; name it by --organisation-name");
    }
    store.add_person(OPERATOR, person, name, organisation, now()).await?;
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
