//! `wardmote plan chase`: e-mails that ask for news, one for each owner.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use anyhow::Context as _;
use wardmote_domain::plan::Staleness;

use super::Looked;
use crate::business::ActionView;

/// An e-mail that somebody is to send, or a server that is told the owners' addresses.
pub(crate) struct Chaser {
    pub(crate) subject: String,
    pub(crate) text: String,
}

/// For each owner the actions whose last word is stale or was never said; of those that are done or
/// stopped nobody is asked.
pub(crate) fn chasers<'a>(
    plan: &str,
    actions: impl Iterator<Item = &'a ActionView<'a>>,
) -> Vec<Chaser> {
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
        let mut text =
            format!("To: {}\n\n", if owner.is_empty() { "nobody is named" } else { &owner });
        let _ = writeln!(
            text,
            "The plan \"{plan}\" waits for news of {actions} that you answer for:\n"
        );
        text.push_str(&lines.join("\n"));
        text.push_str(
            "\n\nPlease say how each stands, what was done, and whether its day still holds.\n",
        );
        Chaser { subject: format!("News wanted of {actions}"), text }
    };
    by_owner.into_iter().map(chaser).collect()
}

pub(super) fn run(looked: &Looked, plan: Option<&str>, out: Option<&Path>) -> anyhow::Result<()> {
    let view = looked.plan(plan)?;
    let chasers = chasers(view.plan.title(), view.actions().map(|(_, action)| action));
    let Some(out) = out else {
        for one in &chasers {
            println!("Subject: {}\n{}", one.subject, one.text);
        }
        println!("{} e-mails", chasers.len());
        return Ok(());
    };
    std::fs::create_dir_all(out).with_context(|| out.display().to_string())?;
    for (index, one) in chasers.iter().enumerate() {
        let path = out.join(format!("{:03}.txt", index + 1));
        let text = format!("Subject: {}\n{}", one.subject, one.text);
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
    }
    println!("{} e-mails written to {}", chasers.len(), out.display());
    Ok(())
}
