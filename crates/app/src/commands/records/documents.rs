//! `wardmote policy record-of-processing` and `wardmote policy dpia`: documents of data protection
//! from the folder.

use jiff::civil::Date;
use wardmote_domain::provenance::Disclosure;
use wardmote_records::protection::documents::{Facts, Feed, dpia, record_of_processing};

use super::Where;
use super::folder::{agreements, protection};
use crate::Outcome;
use crate::place::{Partnership, today};

#[derive(Debug, clap::Args)]
pub(crate) struct DocumentArguments {
    /// As of which day; today if not given
    #[arg(long, value_name = "DATE")]
    on: Option<Date>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = Form::Markdown)]
    format: Form,
}

/// The form of a document.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Form {
    /// Markdown
    Markdown,
    /// A page of HTML
    Html,
}

/// Which document.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Document {
    /// The record of processing.
    RecordOfProcessing,
    /// The draft of an impact assessment.
    Dpia,
}

pub(crate) fn print(
    at: &Where,
    document: Document,
    arguments: &DocumentArguments,
) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open(&at.folder, None)?;
    let agreements = agreements(&at.folder)?;
    let protection = protection(&at.folder)?;
    let controlled = partnership
        .folder
        .sources
        .iter()
        .filter(|(_, source)| source.disclosure == Disclosure::Controlled);
    let feeds: Vec<Feed> = controlled
        .map(|(id, source)| Feed {
            id: id.clone(),
            publisher: source.publisher.clone(),
            agreement: source.agreement.clone(),
            marking: source.marking.clone(),
        })
        .collect();
    let facts = Facts {
        partnership: &partnership.folder.partnership.name,
        on: arguments.on.unwrap_or_else(today),
        agreements: &agreements,
        protection: &protection,
        feeds: &feeds,
    };
    let text = match document {
        Document::RecordOfProcessing => record_of_processing(&facts),
        Document::Dpia => dpia(&facts),
    };
    match arguments.format {
        Form::Markdown => print!("{text}"),
        Form::Html => print!("{}", html(&text)),
    }
    Ok(Outcome::Done)
}

const STYLE: &str = "body { font: 19px/1.4 Arial, sans-serif; max-width: 60em; margin: 2em auto; \
padding: 0 1em; color: #0b0c0c } table { border-collapse: collapse; width: 100%; margin: 1em 0 } \
td, th { border-bottom: 1px solid #b1b4b6; padding: 6px 12px 6px 0; text-align: left; \
vertical-align: top }";

/// The same as a page that stands alone.
fn html(markdown: &str) -> String {
    let title = markdown.lines().next().unwrap_or_default().trim_start_matches("# ");
    let mut body = String::new();
    let parser = pulldown_cmark::Parser::new_ext(markdown, pulldown_cmark::Options::ENABLE_TABLES);
    pulldown_cmark::html::push_html(&mut body, parser);
    let title = title.replace('&', "&amp;").replace('<', "&lt;");
    format!(
        "<!doctype html>\n<html lang=\"en-GB\"><head><meta charset=\"utf-8\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><main>\n{body}</main></body></html>\n"
    )
}
