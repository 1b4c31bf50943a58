//! `wardmote plan chase`: e-mails that ask for news, one for each owner. They are printed; sending them
//! takes a server in `sign-in.toml` and the owners' addresses in `plan/owners.toml`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use wardmote_domain::plan::Staleness;

use super::Looked;
use crate::Outcome;
use crate::business::ActionView;
use crate::serve::workbench::mail_of;

/// An e-mail to an owner.
struct Chaser {
    owner: String,
    subject: String,
    text: String,
}

impl Chaser {
    fn to(&self) -> &str {
        if self.owner.is_empty() { "nobody is named" } else { &self.owner }
    }

    fn whole(&self) -> String {
        format!("Subject: {}\nTo: {}\n\n{}", self.subject, self.to(), self.text)
    }
}

/// For each owner the actions whose last word is stale or was never said; of those that are done or
/// stopped nobody is asked.
fn chasers<'a>(plan: &str, actions: impl Iterator<Item = &'a ActionView<'a>>) -> Vec<Chaser> {
    let mut by_owner: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for action in actions.filter(|one| !matches!(one.action.get("state"), "done" | "stopped")) {
        let last = match action.staleness {
            Staleness::Fresh => continue,
            Staleness::Stale { days } => {
                format!("last heard of on {}, {days} days ago", action.action.get("progress-on"))
            }
            Staleness::Never => "nothing heard yet".to_owned(),
        };
        let due = action.action.get("due");
        let due = if due.is_empty() { String::new() } else { format!(", due on {due}") };
        let (reference, title) = (action.action.reference(), action.action.title());
        let line = format!("- {reference} {title}{due}; {last}");
        by_owner.entry(action.action.get("owner").to_owned()).or_default().push(line);
    }
    let chaser = |(owner, lines): (String, Vec<String>)| {
        let n = lines.len();
        let actions = if n == 1 { "1 action" } else { &format!("{n} actions") };
        let mut text = String::new();
        let _ = writeln!(
            text,
            "The plan \"{plan}\" waits for news of {actions} that you answer for:\n"
        );
        text.push_str(&lines.join("\n"));
        text.push_str(
            "\n\nPlease say how each stands, what was done, and whether its day still holds.\n",
        );
        Chaser { owner, subject: format!("News wanted of {actions}"), text }
    };
    by_owner.into_iter().map(chaser).collect()
}

pub(super) fn run(looked: &Looked, plan: Option<&str>, out: Option<&Path>) -> anyhow::Result<()> {
    let chasers = of(looked, plan)?;
    let Some(out) = out else {
        for one in &chasers {
            println!("{}", one.whole());
        }
        println!("{}; --send sends them", emails(chasers.len()));
        return Ok(());
    };
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    for (index, one) in chasers.iter().enumerate() {
        let path = out.join(format!("{:03}.txt", index + 1));
        std::fs::write(&path, one.whole()).with_context(|| path.display().to_string())?;
    }
    println!("{} written to {}", emails(chasers.len()), out.display());
    Ok(())
}

fn emails(n: usize) -> String {
    if n == 1 { "1 e-mail".to_owned() } else { format!("{n} e-mails") }
}

fn of(looked: &Looked, plan: Option<&str>) -> anyhow::Result<Vec<Chaser>> {
    let view = looked.plan(plan)?;
    Ok(chasers(view.plan.title(), view.actions().map(|(_, action)| action)))
}

/// Sends each to the address of its owner, in the name of somebody and with an entry in the log, and says
/// of every one what became of it. Those that could not go make the outcome wrong.
pub(super) async fn send(
    looked: &Looked,
    folder: &Path,
    person: Option<&str>,
    plan: Option<&str>,
) -> anyhow::Result<Outcome> {
    let mail = mail_of(folder)?.context(
        "no mail server is named; give one in sign-in.toml, as docs/security/sign-in.md shows",
    )?;
    let path = folder.join("plan").join("owners.toml");
    let addresses: BTreeMap<String, String> = if path.is_file() {
        let text = std::fs::read_to_string(&path).with_context(|| path.display().to_string())?;
        toml::from_str(&text).with_context(|| path.display().to_string())?
    } else {
        BTreeMap::new()
    };
    let (mut sent, mut left) = (0, 0);
    for one in of(looked, plan)? {
        let Some(address) = addresses.get(&one.owner) else {
            left += 1;
            eprintln!("not sent to {}: plan/owners.toml gives no address for it", one.to());
            continue;
        };
        match mail.send(address, &one.subject, one.text.clone()).await {
            Ok(()) => {
                sent += 1;
                let asking = looked.business.asking(person);
                let store = looked.business.records.store();
                store.note_chaser(asking.actor, &one.owner, asking.now).await?;
                println!("sent to {} at {address}", one.to());
            }
            Err(error) => {
                left += 1;
                eprintln!("not sent to {}: {}", one.to(), crate::console::chain(&error));
            }
        }
    }
    println!("{} sent, {left} not", emails(sent));
    Ok(if left == 0 { Outcome::Done } else { Outcome::Wrong })
}
