//! The record of processing activities: UK GDPR, article 30, and Data Protection Act 2018, section 61.

use super::{Facts, MEASURES, Text, to_write};
use crate::protection::{Controller, Dataset};
use crate::words::Regime;

/// The record of processing, with a section for each controller.
pub fn record_of_processing(facts: &Facts<'_>) -> String {
    let mut text = Text(format!("# Record of processing: {}\n\n", facts.partnership));
    if facts.is_synthetic() {
        text.line("**SYNTHETIC.** These organisations and agreements are invented.\n");
    }
    text.line(&format!(
        "As of {}, from the partnership's datasets, agreements, retention rules and sources. It holds what article 30 of the UK GDPR, and for law enforcement section 61 of the Data Protection Act 2018, ask of each controller.",
        facts.on
    ));
    let mut controllers: Vec<&str> = Vec::new();
    for dataset in &facts.protection.datasets {
        if !controllers.contains(&dataset.controller.as_str()) {
            controllers.push(&dataset.controller);
        }
    }
    for controller in controllers {
        text.heading(2, &capital(&facts.name(controller)));
        let contact = facts.protection.controllers.iter().find(|one| one.id == controller);
        text.line(&contacts(contact));
        let datasets = facts.protection.datasets.iter();
        for dataset in datasets.filter(|one| one.controller == controller) {
            text.heading(3, &dataset.title);
            text.table(&["What is asked", "Answer"], &of_dataset(facts, dataset));
        }
    }
    undeclared(&mut text, facts);
    feeds(&mut text, facts);
    text.heading(2, "Security");
    for measure in MEASURES {
        text.line(&format!("- {measure}"));
    }
    text.line(&format!(
        "- {}",
        to_write(
            "each controller's measures outside this program: premises, training, devices, network"
        )
    ));
    text.0
}

fn contacts(controller: Option<&Controller>) -> String {
    controller.map_or_else(
        || to_write("the controller's contact and that of its data protection officer"),
        |one| {
            format!(
                "Contact: {}. Data protection officer: {}.",
                one.contact, one.protection_officer
            )
        },
    )
}

fn of_dataset(facts: &Facts<'_>, dataset: &Dataset) -> Vec<Vec<String>> {
    let row = |what: &str, answer: String| vec![what.to_owned(), answer];
    let purposes: Vec<String> =
        dataset.purposes.iter().map(|purpose| facts.purpose(purpose)).collect();
    let law = match dataset.regime {
        Regime::UkGdpr => "UK GDPR",
        Regime::Part3 => "Data Protection Act 2018, Part 3",
    };
    let special = dataset.special_categories.clone();
    let mut rows = vec![
        row("Regime", law.to_owned()),
        row("Purposes", purposes.join("; ")),
        row("Lawful basis", dataset.lawful_basis.clone()),
        row("Special categories or sensitive processing", special.unwrap_or("none".to_owned())),
        row("Whom it is about", dataset.subjects.join("; ")),
        row("What is held", dataset.data.join("; ")),
        row("Who receives it", recipients(facts, dataset)),
        row("Other countries", dataset.transfers.clone()),
        row("Kept for", facts.time_limit(dataset)),
        row("Answers checked", dataset.checked.to_string()),
    ];
    if dataset.regime == Regime::Part3 {
        let profiling = to_write("whether there is profiling (section 61(2)(e))");
        rows.insert(rows.len() - 1, row("Profiling", profiling));
    }
    rows
}

fn recipients(facts: &Facts<'_>, dataset: &Dataset) -> String {
    let mut recipients = Vec::new();
    for (agreement, permit) in facts.permits(dataset) {
        for to in permit.to.iter().filter(|to| **to != dataset.controller) {
            recipients.push(format!(
                "{} ({}), under {}",
                facts.name(to),
                permit.roles.join(", "),
                agreement.id
            ));
        }
    }
    recipients.extend(dataset.other_recipients.iter().cloned());
    recipients.sort();
    recipients.dedup();
    if recipients.is_empty() {
        return "nobody outside the controller".to_owned();
    }
    recipients.join("; ")
}

/// Categories that agreements share and no dataset describes.
fn undeclared(text: &mut Text, facts: &Facts<'_>) {
    let mut missing = Vec::new();
    for (_, agreement, permit) in facts.agreements.permits() {
        for category in &permit.categories {
            for owner in &permit.from {
                let is_declared = facts
                    .protection
                    .datasets
                    .iter()
                    .any(|one| one.category == *category && one.controller == *owner);
                if !is_declared {
                    missing.push(format!(
                        "- {category} of {}, in {}",
                        facts.name(owner),
                        agreement.id
                    ));
                }
            }
        }
    }
    missing.sort();
    missing.dedup();
    if missing.is_empty() {
        return;
    }
    text.heading(2, "Shared by agreement, and not described");
    text.line(&to_write("each of these in protection/datasets.toml"));
    text.line("");
    for line in missing {
        text.line(&line);
    }
}

fn feeds(text: &mut Text, facts: &Facts<'_>) {
    text.heading(2, "Feeds into the evidence for assessments");
    text.line("Rows of these files are read without what names people, as `sources/*.toml` declare them.\n");
    let rows: Vec<Vec<String>> = facts
        .feeds
        .iter()
        .map(|feed| {
            let none = || to_write("the agreement");
            vec![
                feed.id.clone(),
                feed.publisher.clone(),
                feed.agreement.clone().unwrap_or_else(none),
                feed.marking.clone().unwrap_or_else(|| "none".to_owned()),
            ]
        })
        .collect();
    text.table(&["Feed", "Sent by", "Agreement", "Marking"], &rows);
}

fn capital(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
