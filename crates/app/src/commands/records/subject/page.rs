//! The documents: what is held, to be looked through, and the answer.

use std::fmt::Write as _;

use serde_json::{Value, json};
use wardmote_records::protection::Protection;
use wardmote_records::words::{Capacity, Regime};
use wardmote_records::{Access, Earlier};

use super::redactions::{Redactions, body, name, redacted};

const STYLE: &str = "body { font: 19px/1.4 Arial, sans-serif; max-width: 50em; margin: 2em auto; \
padding: 0 1em; color: #0b0c0c } table { border-collapse: collapse; width: 100% } \
td, th { border-bottom: 1px solid #b1b4b6; padding: 6px 12px 6px 0; text-align: left; \
vertical-align: top } mark { background: #ffdd00 } h2 { margin-top: 2em }";

/// All that is held, with others' data marked.
pub(super) fn review(reference: &str, held: &[Access], protection: &Protection) -> String {
    let mut page = Page::new("What is held of a person: to be looked through");
    page.paragraph(
        "Not to be given to anybody. Data of others are marked; redactions.toml says what the answer \
         gives of them, and that is nothing unless you write it there.",
    );
    page.paragraph(&format!("Searched for: {reference}. Records found: {}.", held.len()));
    page.paragraph(
        "Only records of which this reference was declared, and which you may consult, are here.",
    );
    rights(&mut page, held, protection);
    for access in held {
        of_record(&mut page, access);
        page.heading("What it says");
        let others = access.others.iter().enumerate();
        let marked: Vec<(&str, String)> = others
            .flat_map(|(index, other)| {
                other.fields.iter().map(move |field| (field.as_str(), name(index)))
            })
            .collect();
        page.value(&body(&access.held.body), &marked);
        for earlier in &access.earlier {
            page.heading(&said_before(earlier));
            page.value(&body(&earlier.body), &marked);
        }
        if access.earlier_kept_back > 0 {
            page.paragraph(&format!(
                "{} earlier versions are not here, because you may not consult them as they were marked. \
                 Somebody who may must look through them.",
                access.earlier_kept_back
            ));
        }
        if !access.others.is_empty() {
            page.heading("Others in it");
            let rows = access.others.iter().enumerate().map(|(index, other)| {
                let fields = if other.fields.is_empty() {
                    "cannot be told apart: the whole record is withheld unless you give it"
                        .to_owned()
                } else {
                    other.fields.join(", ")
                };
                let (who, capacity) = (name(index), other.capacity);
                vec![format!("{who}: {}", other.reference), capacity.to_string(), fields]
            });
            page.table(&["Who", "Capacity", "Theirs"], rows.collect());
        }
        if !access.held_by.is_empty() {
            page.paragraph(&format!("Held against erasure by {}.", access.held_by.join(", ")));
        }
    }
    page.end()
}

/// What goes to the person.
pub(super) fn answer(
    accesses: &[Access],
    redactions: &Redactions,
    withheld: usize,
    protection: &Protection,
) -> String {
    let mut page = Page::new("What we hold about you");
    page.paragraph(&format!("This is in {} records.", accesses.len()));
    if withheld > 0 {
        page.paragraph(&format!(
            "{withheld} more are not given. You will be told why, unless the law lets us not say so."
        ));
    }
    rights(&mut page, accesses, protection);
    for access in accesses {
        of_record(&mut page, access);
        page.heading("What it says");
        page.value(&redacted(access, &access.held.body, redactions), &[]);
        for earlier in &access.earlier {
            page.heading(&said_before(earlier));
            page.value(&redacted(access, &earlier.body, redactions), &[]);
        }
    }
    page.end()
}

/// The same for machines. Without redactions it is all that is held.
pub(super) fn json(accesses: &[Access], redactions: Option<&Redactions>) -> anyhow::Result<String> {
    let records = accesses.iter().map(|access| {
        let listed = &access.held.listed;
        let disclosed = access.disclosed_to.iter().map(|(to, at)| json!({ "to": to, "at": at }));
        let given =
            |said: &[u8]| redactions.map_or_else(|| body(said), |by| redacted(access, said, by));
        let earlier = access.earlier.iter().map(
            |one| json!({ "version": one.version, "since": one.since, "body": given(&one.body) }),
        );
        json!({
            "record": listed.id.to_string(),
            "kind": listed.kind,
            "controller": listed.controller,
            "regime": listed.regime,
            "collected": listed.created,
            "changed": listed.changed,
            "capacity": access.theirs.capacity,
            "standing": access.theirs.standing,
            "disclosed": disclosed.collect::<Vec<_>>(),
            "body": given(&access.held.body),
            "earlier": earlier.collect::<Vec<_>>(),
        })
    });
    let all = json!({ "records": records.collect::<Vec<_>>() });
    Ok(serde_json::to_string_pretty(&all)? + "\n")
}

/// The law on access for each regime that is among the records, as the folder says it.
fn rights(page: &mut Page, accesses: &[Access], protection: &Protection) {
    for regime in [Regime::UkGdpr, Regime::Part3] {
        if !accesses.iter().any(|one| one.held.listed.regime == regime) {
            continue;
        }
        let Some(right) = protection.regimes.right("access", regime) else { continue };
        page.paragraph(&format!(
            "Right of access: {}. Answered within {}. It may be restricted: {}.",
            right.law, right.answer_within, right.restrictions
        ));
    }
}

fn of_record(page: &mut Page, access: &Access) {
    let listed = &access.held.listed;
    let _ = write!(page.0, "<h2>{}: record {}</h2>", escaped(&listed.kind), listed.id);
    let regime = match listed.regime {
        Regime::UkGdpr => "UK GDPR",
        Regime::Part3 => "Data Protection Act 2018, Part 3 (law enforcement)",
    };
    let capacity = match access.theirs.capacity {
        Capacity::Subject => "it is about them",
        Capacity::ThirdParty => "it mentions them",
    };
    let given: Vec<String> =
        access.disclosed_to.iter().map(|(to, at)| format!("{to}, {at}")).collect();
    let given = if given.is_empty() { "nobody".to_owned() } else { given.join("; ") };
    let rows = [
        ("Controller", listed.controller.clone()),
        ("Law", regime.to_owned()),
        ("Collected", listed.created.to_string()),
        ("Last changed", listed.changed.to_string()),
        ("The person in it", format!("{capacity} ({})", access.theirs.standing)),
        ("Given to", given),
    ];
    let rows = rows.into_iter().map(|(what, value)| vec![what.to_owned(), value]);
    page.table(&["What", "Value"], rows.collect());
}

fn said_before(earlier: &Earlier) -> String {
    format!("What version {} said, from {} on", earlier.version, earlier.since)
}

struct Page(String);

impl Page {
    fn new(title: &str) -> Self {
        let title = escaped(title);
        Self(format!(
            "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{title}</title>\
             <style>{STYLE}</style></head><body><main><h1>{title}</h1>\n"
        ))
    }

    fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.0, "<p>{}</p>", escaped(text));
    }

    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.0, "<h3>{}</h3>", escaped(text));
    }

    fn table(&mut self, headings: &[&str], rows: Vec<Vec<String>>) {
        self.0.push_str("<table><thead><tr>");
        for heading in headings {
            let _ = write!(self.0, "<th scope=\"col\">{}</th>", escaped(heading));
        }
        self.0.push_str("</tr></thead><tbody>\n");
        for row in rows {
            self.0.push_str("<tr>");
            for cell in row {
                let _ = write!(self.0, "<td>{}</td>", escaped(&cell));
            }
            self.0.push_str("</tr>\n");
        }
        self.0.push_str("</tbody></table>\n");
    }

    /// A value with a row for each of its parts; those of others are marked with whose they are.
    fn value(&mut self, value: &Value, marked: &[(&str, String)]) {
        let mut rows = Vec::new();
        parts(value, "", &mut rows);
        self.0.push_str(
            "<table><thead><tr><th scope=\"col\">Field</th><th scope=\"col\">Value</th></tr></thead><tbody>\n",
        );
        for (pointer, text) in rows {
            let whose = marked.iter().find(|(field, _)| {
                pointer
                    .strip_prefix(field)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            });
            let text = escaped(&text);
            let text = whose.map_or(text.clone(), |(_, whose)| {
                format!("<mark>{text}</mark> ({})", escaped(whose))
            });
            let _ = writeln!(self.0, "<tr><td>{}</td><td>{text}</td></tr>", escaped(&pointer));
        }
        self.0.push_str("</tbody></table>\n");
    }

    fn end(mut self) -> String {
        self.0.push_str("</main></body></html>\n");
        self.0
    }
}

fn parts(value: &Value, pointer: &str, rows: &mut Vec<(String, String)>) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                // Names of a mentioned person's own fields are pointers already.
                let slash = if name.starts_with('/') { "" } else { "/" };
                parts(value, &format!("{pointer}{slash}{name}"), rows);
            }
        }
        Value::Array(values) => {
            for (index, value) in values.iter().enumerate() {
                parts(value, &format!("{pointer}/{index}"), rows);
            }
        }
        Value::String(text) => rows.push((pointer.to_owned(), text.clone())),
        other => rows.push((pointer.to_owned(), other.to_string())),
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
