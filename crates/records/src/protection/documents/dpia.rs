//! A draft of a data protection impact assessment (UK GDPR, article 35; Data Protection Act 2018,
//! section 64), in the order of the Information Commissioner's template.

use super::{Facts, MEASURES, Text, to_write};
use crate::words::Regime;

/// The draft: what the folder knows, and what people must write.
pub fn dpia(facts: &Facts<'_>) -> String {
    let name = facts.partnership;
    let mut text = Text(format!("# Draft data protection impact assessment: {name}\n\n"));
    if facts.is_synthetic() {
        text.line("**SYNTHETIC.** These organisations and agreements are invented.\n");
    }
    text.line(&format!("A draft as of {}. What stands here was read from the partnership's folder; whatever is marked *to be written* is for people to judge. Nobody has assessed anything yet.", facts.on));
    need(&mut text, facts);
    description(&mut text, facts);
    text.heading(2, "3. Consultation");
    text.line(&to_write(
        "whom you asked, above all those whom the data are about, and what they said; or why not",
    ));
    necessity(&mut text, facts);
    risks(&mut text, facts);
    text.heading(2, "6. Measures");
    text.line("In place in the program that holds the records:\n");
    for measure in MEASURES {
        text.line(&format!("- {measure}"));
    }
    text.line("");
    text.line(&to_write("each controller's own measures, and what they leave of each risk above"));
    text.heading(2, "7. Outcome");
    for what in [
        "the data protection officer's advice, with its date",
        "whether the Information Commissioner must be consulted (article 36; section 65)",
        "who accepts what risk remains, with the date",
        "when this is looked at again",
    ] {
        text.line(&format!("- {}", to_write(what)));
    }
    text.0
}

fn need(text: &mut Text, facts: &Facts<'_>) {
    text.heading(2, "1. Why an assessment is needed");
    let special: Vec<&str> = facts
        .protection
        .datasets
        .iter()
        .filter(|one| one.special_categories.is_some())
        .map(|one| one.title.as_str())
        .collect();
    let law = facts.protection.datasets.iter().filter(|one| one.regime == Regime::Part3);
    if !special.is_empty() {
        text.line(&format!(
            "- Special categories or sensitive processing: {}.",
            special.join("; ")
        ));
    }
    let law: Vec<&str> = law.map(|one| one.title.as_str()).collect();
    if !law.is_empty() {
        text.line(&format!("- Law enforcement (Part 3): {}.", law.join("; ")));
    }
    let parties = facts.agreements.organisations().unwrap_or_default().len();
    text.line(&format!(
        "- Data of {} datasets are shared among {parties} organisations.",
        facts.protection.datasets.len()
    ));
    text.line(&format!(
        "- {}",
        to_write("whether this is likely to bring a high risk to people, and why")
    ));
}

fn description(text: &mut Text, facts: &Facts<'_>) {
    text.heading(2, "2. The processing");
    let rows: Vec<Vec<String>> = facts
        .protection
        .datasets
        .iter()
        .map(|one| {
            vec![
                one.title.clone(),
                facts.name(&one.controller),
                one.subjects.join("; "),
                one.data.join("; "),
                facts.time_limit(one),
            ]
        })
        .collect();
    let headings = ["Dataset", "Controller", "Whom it is about", "What is held", "Kept for"];
    text.table(&headings, &rows);
    text.line("\nShared under these agreements:\n");
    for one in &facts.agreements.agreements {
        let terms = &one.terms;
        text.line(&format!(
            "- **{}**: {}, from {} to {}, to be reviewed by {}. Its legal ground is {}.",
            one.id, terms.purpose_in_words, terms.start, terms.end, terms.review, one.gateway.law
        ));
    }
    text.line("");
    for what in [
        "how many people it is about, how often, and over what area",
        "what these people expect, and whether children or others who need protection are among them",
        "how each dataset is collected, and what the people are told",
    ] {
        text.line(&format!("- {}", to_write(what)));
    }
}

fn necessity(text: &mut Text, facts: &Facts<'_>) {
    text.heading(2, "4. Necessity and proportion");
    let rows: Vec<Vec<String>> = facts
        .protection
        .datasets
        .iter()
        .map(|one| {
            let purposes: Vec<String> =
                one.purposes.iter().map(|purpose| facts.purpose(purpose)).collect();
            let special = one.special_categories.clone().unwrap_or_else(|| "none".to_owned());
            vec![one.title.clone(), purposes.join("; "), one.lawful_basis.clone(), special]
        })
        .collect();
    text.table(&["Dataset", "Purposes", "Lawful basis", "Special condition"], &rows);
    text.line("\nWhat people may ask, and within how long they are answered:\n");
    let rows: Vec<Vec<String>> = facts
        .protection
        .regimes
        .rights
        .iter()
        .map(|right| {
            vec![
                format!("{} ({})", right.id, right.regime),
                right.law.clone(),
                right.answer_within.clone(),
                right.restrictions.clone(),
                right.checked.to_string(),
            ]
        })
        .collect();
    text.table(&["Right", "Law", "Answered within", "Restricted", "Checked"], &rows);
    text.line("");
    for what in [
        "why each purpose cannot be reached with less data, or with data that name nobody",
        "how what is held is kept accurate, and facts apart from opinions",
    ] {
        text.line(&format!("- {}", to_write(what)));
    }
}

/// Risks that follow from what the files say; how likely and how grave they are is for people.
fn risks(text: &mut Text, facts: &Facts<'_>) {
    text.heading(2, "5. Risks");
    let mut risks = vec![
        "Somebody sees a record that they may not".to_owned(),
        "Somebody who may see a record looks at it for another purpose".to_owned(),
        "A person is told apart in published figures".to_owned(),
        "Records that were brought together show more than either was shared for".to_owned(),
    ];
    for dataset in &facts.protection.datasets {
        let rule =
            facts.protection.rule(&dataset.category, &dataset.controller, dataset.regime, facts.on);
        if rule.is_none() {
            risks.push(format!(
                "{} is kept without end, because no rule says for how long",
                dataset.title
            ));
        }
    }
    for one in &facts.agreements.agreements {
        if one.terms.review < facts.on {
            risks.push(format!(
                "{} was to be reviewed by {}, and the date has passed",
                one.id, one.terms.review
            ));
        }
    }
    for crossing in &facts.protection.regimes.crossings {
        risks.push(format!(
            "Data collected for law enforcement are used for {:?}, by {}",
            crossing.purpose, crossing.law
        ));
    }
    let rows: Vec<Vec<String>> = risks
        .into_iter()
        .map(|risk| vec![risk, to_write("how likely"), to_write("how grave"), to_write("answer")])
        .collect();
    text.table(&["Risk", "Likelihood", "Harm", "What answers it"], &rows);
}
