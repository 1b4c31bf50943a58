//! The public pages of the board: its meetings, what was decided, and who reports to whom.

use serde::Serialize;

use crate::charts::Chart;
use crate::table::Table;

/// A page of the board.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum BoardPage {
    /// All meetings.
    Meetings(MeetingsPage),
    /// One meeting.
    Meeting(MeetingPage),
    /// What was decided.
    Decisions(Table),
    /// Who reports to whom.
    Structure(StructurePage),
    /// Assessments beside the strategic one.
    Assessments(Vec<OtherAssessment>),
    /// Anti-social behaviour case reviews.
    CaseReviews(CaseReviewsPage),
}

/// What is published of anti-social behaviour case reviews.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CaseReviewsPage {
    /// How one applies.
    pub contact: Vec<String>,
    /// Who takes part, and who is consulted.
    pub who: Option<String>,
    /// What whoever is not content can do.
    pub dissatisfied: Option<String>,
    /// When a review must be held, in sentences.
    pub threshold: Vec<String>,
    /// What happens, and by when.
    pub steps: Table,
    /// Where the procedure is written.
    pub source: String,
    /// The counts of each year, the latest first.
    pub years: Vec<Table>,
}

/// An assessment beside the strategic one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OtherAssessment {
    /// Its address below the site's.
    pub address: String,
    /// Its title.
    pub title: String,
    /// When it was published, in words.
    pub published: String,
}

/// All meetings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingsPage {
    /// Those to come, the next first.
    pub coming: Vec<MeetingLine>,
    /// Those that were held or cancelled, the latest first.
    pub past: Vec<MeetingLine>,
    /// Groups with a calendar of their own: name, and address below the site's.
    pub feeds: Vec<(String, String)>,
    /// What comes to which group.
    pub forward_plan: Option<Table>,
}

/// A meeting in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingLine {
    /// Its address below the site's.
    pub address: String,
    /// Its title.
    pub title: String,
    /// Who meets.
    pub group: String,
    /// When, in words.
    pub date: String,
    /// How it stands, in words.
    pub state: String,
}

/// One meeting.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct MeetingPage {
    /// Its title.
    pub title: String,
    /// When, where, whether open to the public: term and words.
    pub facts: Vec<(String, String)>,
    /// The agenda.
    pub agenda: Vec<String>,
    /// The papers.
    pub papers: Vec<String>,
    /// Who came, by body or post.
    pub attended: Vec<String>,
    /// Of an open meeting, which authorities sent nobody senior.
    pub not_represented: Vec<String>,
    /// The minutes, by paragraph.
    pub minutes: Vec<String>,
    /// What was asked and decided.
    pub decisions: Option<Table>,
}

/// Who reports to whom.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StructurePage {
    /// The diagram with its table.
    pub chart: Chart,
    /// What each group is for: name and words.
    pub purposes: Vec<(String, String)>,
}

impl BoardPage {
    pub(super) fn template(&self) -> &'static str {
        match self {
            Self::Meetings(_) => "site/meetings.html",
            Self::Meeting(_) => "site/meeting.html",
            Self::Decisions(_) => "site/decisions.html",
            Self::Structure(_) => "site/structure.html",
            Self::Assessments(_) => "site/assessments.html",
            Self::CaseReviews(_) => "site/case-reviews.html",
        }
    }

    pub(super) fn title(&self) -> &str {
        match self {
            Self::Meetings(_) => "Meetings",
            Self::Meeting(meeting) => &meeting.title,
            Self::Decisions(_) => "What was decided",
            Self::Structure(_) => "How the partnership is set up",
            Self::Assessments(_) => "Assessments of one matter",
            Self::CaseReviews(_) => "Anti-social behaviour case reviews",
        }
    }

    pub(super) fn chart(&self) -> Option<&Chart> {
        match self {
            Self::Structure(structure) => Some(&structure.chart),
            _ => None,
        }
    }
}
