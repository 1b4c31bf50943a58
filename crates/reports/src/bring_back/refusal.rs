//! Why a document, or a part of it, is not brought back.

/// The document does not carry the record of what was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "this document does not carry the record of its export: it was not made by `wardmote assess`, or the program \
     that saved it dropped the record; edit the document of published/ in Word or LibreOffice"
)]
pub struct NotOurs;

/// Why nothing may be written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// A number or sentence of the evidence was changed by hand.
    #[error(
        "{section}: the figure {binding} was typed over, from {was:?} to {now:?}; it stays as the test allows"
    )]
    TypedOver {
        /// The section.
        section: String,
        /// The binding, as in `crime-change.percent`.
        binding: String,
        /// What it printed.
        was: String,
        /// What stands there now.
        now: String,
    },
    /// Words that come from a declaration were changed by hand.
    #[error("{what} was typed over, from {was:?} to {now:?}; change it in {declared}")]
    Declared {
        /// What it is.
        what: String,
        /// What it was.
        was: String,
        /// What stands there now.
        now: String,
        /// Where it is declared.
        declared: &'static str,
    },
    /// A control that the export did not make.
    #[error(
        "{section}: a control with the tag {tag:?} reads {now:?}, and this document was exported with none such"
    )]
    UnknownControl {
        /// The section.
        section: String,
        /// Its tag.
        tag: String,
        /// What stands in it.
        now: String,
    },
    /// The program that saved the document dropped the tags, and words alone do not tell.
    #[error(
        "{section}: a control that reads {now:?} lost its tag (LibreOffice before 7.5 drops them), and those words are not \
         what one figure alone prints; put back what it printed, or edit in Word or a newer LibreOffice"
    )]
    LostTag {
        /// The section.
        section: String,
        /// What stands in it.
        now: String,
    },
    /// The cells of a table of the evidence were edited.
    #[error("{section}: cells of the table {table:?} were edited; they come from the evidence")]
    TableEdited {
        /// The section.
        section: String,
        /// The table.
        table: String,
    },
    /// A table of the evidence whose caption is gone.
    #[error(
        "{section}: a table of the evidence lost its caption, which names it; take out both or neither"
    )]
    NoCaption {
        /// The section.
        section: String,
    },
    /// A section's heading is not in the document.
    #[error(
        "the heading of the section {section} is gone; sections are declared in assessment/assessment.toml, so take one out there"
    )]
    NoSection {
        /// The section.
        section: String,
    },
    /// Sections stand in another order, or twice.
    #[error(
        "the sections stand in another order or twice; their order is declared in assessment/assessment.toml"
    )]
    Order,
    /// A heading of the first level that no section has.
    #[error(
        "{heading:?} is a heading of the first level, which is a section's own; make it Heading 2, or declare a section in assessment/assessment.toml"
    )]
    NewSection {
        /// Its words.
        heading: String,
    },
    /// The assessment has no such section any more.
    #[error("{section}: the assessment does not declare this section any more")]
    SectionGone {
        /// The section.
        section: String,
    },
    /// The source was edited since the export.
    #[error(
        "{section}: both the document and assessment/{section}.md were edited since the export; export again, and edit that"
    )]
    ChangedMeanwhile {
        /// The section.
        section: String,
    },
    /// One file makes two sections of the document.
    #[error("{section}: this file makes two sections of the document, and both were edited")]
    TwiceOneFile {
        /// The section.
        section: String,
    },
    /// Something that prose cannot hold.
    #[error("{section}: {what} cannot be brought into the prose; take it out, or say it in words")]
    NotProse {
        /// The section.
        section: String,
        /// What it is.
        what: &'static str,
    },
    /// A passage that Markdown has no way to write.
    #[error(
        "{section}: what was written near {near:?} cannot be written as Markdown; edit it in assessment/{section}.md"
    )]
    NotMarkdown {
        /// The section.
        section: String,
        /// Its words.
        near: String,
    },
    /// A part whose form paper does not show, such as a quotation in a list or a binding in code.
    #[error(
        "{section}: the part near {near:?} has a form that paper does not show in full; edit it in assessment/{section}.md"
    )]
    Nested {
        /// The section.
        section: String,
        /// Its words.
        near: String,
    },
}
