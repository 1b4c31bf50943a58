//! What a verification can find.

use serde::Serialize;

use super::Absent;

/// One thing that differs, or cannot be checked.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum Difference {
    /// A source file's bytes differ from those that were loaded.
    FileChanged {
        /// Its path.
        file: String,
        /// Its hash at publication.
        published: String,
        /// Its hash today.
        found: String,
    },
    /// A source file is not there.
    FileMissing {
        /// Its path.
        file: String,
    },
    /// A file is the same, and the counts of its rows are not.
    RowsDiffer {
        /// Its path.
        file: String,
        /// Rows read, kept, refused and without a place, as published.
        published: [u64; 4],
        /// As read.
        computed: [u64; 4],
    },
    /// A figure's value differs.
    FigureDiffers {
        /// What the figure is.
        figure: String,
        /// What differs: value, interval, n, text or parameters.
        field: String,
        /// As published.
        published: String,
        /// As computed.
        computed: String,
        /// By how much what was computed lies above what was published, where both are numbers.
        by: Option<f64>,
    },
    /// A published figure is not among those that the declarations give.
    FigureUnknown {
        /// What the figure is.
        figure: String,
    },
    /// The declarations give a figure that was not published.
    FigureLeftOut {
        /// What the figure is.
        figure: String,
    },
    /// A figure's id does not follow from its key and snapshot.
    IdDiffers {
        /// What the figure is.
        figure: String,
        /// The id in the file.
        published: String,
        /// The id that follows.
        computed: String,
    },
    /// A sentence, or a part of one, differs.
    SentenceDiffers {
        /// The claim, or `claim.field`.
        claim: String,
        /// As published.
        published: String,
        /// As computed.
        computed: String,
    },
    /// A test's outcome differs.
    TestDiffers {
        /// The claim.
        claim: String,
        /// As published.
        published: String,
        /// As computed.
        computed: String,
    },
    /// A measure is defined otherwise than at publication.
    DefinitionDiffers {
        /// The measure.
        measure: String,
        /// Its version as published; `None` where it was not published.
        published: Option<u32>,
        /// Its version as declared; `None` where it is not declared.
        computed: Option<u32>,
        /// The parts that differ.
        parts: Vec<String>,
    },
    /// A claim is declared otherwise than at publication.
    ClaimDiffers {
        /// The claim.
        claim: String,
    },
    /// What holds for the whole publication differs.
    HeadDiffers {
        /// Which part: the partnership, the rule for words, the family of tests.
        part: String,
        /// As published.
        published: String,
        /// As computed.
        computed: String,
    },
    /// A figure's evidence is not here.
    NotCheckable {
        /// What the figure is.
        figure: String,
        /// What is lacking; empty where its source is controlled.
        because: Vec<Absent>,
    },
}

/// How a figure came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum FigureOutcome {
    /// The same to the last digit.
    Same,
    /// Otherwise than published.
    Different,
    /// Its evidence is not here.
    NotCheckable,
}
