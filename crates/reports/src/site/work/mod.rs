//! Signed-in pages: forms, lists and details from structs, so that no page writes HTML of its own.
//!
//! A [`WorkPage`] is a title and [`Block`]s in order. [`Form`] holds [`Field`]s; what was typed
//! ([`Typed`]) and what is wrong with it ([`Problem`]) are put into a form by [`Form::filled`] and
//! [`Form::with_problems`], and the error summary, the messages beside the fields and `Error:` in the
//! title follow from that. [`Listing`] is a table whose cells may be links, with pages; a detail page
//! is a [`Block::Summary`] and a [`Block::History`].
//!
//! Everything is text and escaped by the templates. Forms that are posted carry the token of the
//! [`Frame`] by themselves; a page cannot forget it.
//!
//! # Example
//!
//! ```
//! use wardmote_reports::site::work::{Block, Field, Form, Problem, Typed, WorkPage};
//!
//! let typed = Typed::new([("name", "Invented Homes"), ("kind", "landlord")]);
//! let form = Form::new("/work/organisations/new", "Add")
//!     .field(Field::text("name", "Name").hint("As it signs agreements").width(20))
//!     .field(Field::radios("kind", "Kind", [("council", "Council"), ("landlord", "Landlord")]))
//!     .field(Field::date("from", "First day").hint("For example, 27 3 2026"))
//!     .filled(&typed)
//!     .with_problems(&[Problem::new("from", "Enter the first day")]);
//! let page = WorkPage::new("Add an organisation")
//!     .back("/work/organisations", "Organisations")
//!     .block(Block::Paragraph("One that signs agreements.".into()))
//!     .block(form);
//! assert!(page.has_problems());
//! ```

mod field;
mod form;
mod listing;

use serde::Serialize;

pub use field::{Choice, Field};
pub use form::{Form, Problem, Typed};
pub use listing::{Cell, Listing, Paging};

use super::Site;

/// What stands around a signed-in page.
#[derive(Debug, Clone, Serialize)]
pub struct Frame {
    /// Whose pages these are.
    pub site: Site,
    /// The links of the navigation.
    pub navigation: Vec<NavigationLink>,
    /// Who is signed in, as `Name, Organisation`.
    pub signed_in: Option<String>,
    /// Where the form that signs out is posted to.
    pub sign_out: String,
    /// The token that every posted form carries.
    pub form_token: String,
}

/// An entry of the navigation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct NavigationLink {
    /// Its words.
    pub text: String,
    /// Where it leads.
    pub href: String,
    /// Whether the page lies under it.
    pub active: bool,
}

/// A link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Link {
    /// Where to.
    pub href: String,
    /// Its words.
    pub text: String,
}

impl Link {
    /// A link.
    pub fn new(href: impl Into<String>, text: impl Into<String>) -> Self {
        Self { href: href.into(), text: text.into() }
    }
}

/// A row of a summary list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SummaryRow {
    key: String,
    values: Vec<String>,
    action: Option<Link>,
}

impl SummaryRow {
    /// A row of one value.
    pub fn new(key: impl Into<String>, value: impl Into<String>) -> Self {
        Self { key: key.into(), values: vec![value.into()], action: None }
    }

    /// A row of several values, one below the other.
    pub fn several(key: impl Into<String>, values: Vec<String>) -> Self {
        Self { key: key.into(), values, action: None }
    }

    /// With a link to change it.
    #[must_use]
    pub fn change(mut self, href: impl Into<String>) -> Self {
        self.action = Some(Link::new(href, "Change"));
        self
    }
}

/// Something that was done, in a history.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct HistoryEntry {
    /// When, as readers write it.
    pub when: String,
    /// Who.
    pub who: String,
    /// What.
    pub what: String,
}

/// One part of a record in two versions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TwoVersions {
    /// What it is.
    pub what: String,
    /// What the reader wrote.
    pub yours: String,
    /// What somebody else wrote meanwhile.
    pub theirs: String,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "block", content = "content", rename_all = "kebab-case")]
pub enum Block {
    /// A heading of level 2.
    Heading(String),
    /// A paragraph.
    Paragraph(String),
    /// A list with points.
    List(Vec<String>),
    /// Links below one another.
    Links(Vec<Link>),
    /// A link that looks like a button and leads to a page where something begins.
    Start(Link),
    /// Words that stand out.
    Inset(String),
    /// A warning.
    Warning(String),
    /// Text to copy as it is, such as a code or a link.
    Code(String),
    /// Text whose lines are kept.
    Text(String),
    /// A picture drawn by us, with what it shows in words.
    Picture {
        /// The SVG.
        svg: String,
        /// What it shows.
        alternative: String,
    },
    /// A form.
    Form(Form),
    /// A table.
    Listing(Listing),
    /// What is known of one thing.
    Summary(Vec<SummaryRow>),
    /// What was done with it, the latest first.
    History(Vec<HistoryEntry>),
    /// Two versions of a record that two people changed at once.
    Versions(Vec<TwoVersions>),
}

impl From<Form> for Block {
    fn from(form: Form) -> Self {
        Self::Form(form)
    }
}

impl From<Listing> for Block {
    fn from(listing: Listing) -> Self {
        Self::Listing(listing)
    }
}

/// A signed-in page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct WorkPage {
    /// Its title, and its heading.
    pub title: String,
    /// A smaller line above the heading: to what the page belongs.
    pub caption: Option<String>,
    /// The way back.
    pub back: Option<Link>,
    /// What was just done, in a sentence.
    pub done: Option<String>,
    /// Its parts.
    pub blocks: Vec<Block>,
}

impl WorkPage {
    /// An empty page.
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), caption: None, back: None, done: None, blocks: Vec::new() }
    }

    /// With a smaller line above the heading.
    #[must_use]
    pub fn caption(mut self, caption: impl Into<String>) -> Self {
        self.caption = Some(caption.into());
        self
    }

    /// With the way back.
    #[must_use]
    pub fn back(mut self, href: impl Into<String>, text: impl Into<String>) -> Self {
        self.back = Some(Link::new(href, text));
        self
    }

    /// With what was just done, in a green banner.
    #[must_use]
    pub fn done(mut self, sentence: impl Into<String>) -> Self {
        self.done = Some(sentence.into());
        self
    }

    /// With one more part.
    #[must_use]
    pub fn block(mut self, block: impl Into<Block>) -> Self {
        self.blocks.push(block.into());
        self
    }

    /// With a paragraph.
    #[must_use]
    pub fn paragraph(self, text: impl Into<String>) -> Self {
        self.block(Block::Paragraph(text.into()))
    }

    /// What is wrong in its forms, in order.
    pub(super) fn problems(&self) -> Vec<SummaryProblem> {
        let forms = self.blocks.iter().filter_map(|block| match block {
            Block::Form(form) => Some(form),
            _ => None,
        });
        forms.flat_map(Form::summary).collect()
    }

    /// Whether anything is.
    pub fn has_problems(&self) -> bool {
        !self.problems().is_empty()
    }
}

/// A line of the error summary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct SummaryProblem {
    text: String,
    href: String,
}
