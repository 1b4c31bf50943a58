//! What each kind of page says.

use serde::Serialize;

use super::ask::{ComparePage, ExplorePage};
use super::board::BoardPage;
use super::measure::{LinkedTable, MeasureHere, Part};
use super::plan::{AlignmentPage, DutiesPage, ItemLink, PlanPage, PriorityPage, ToldPage};
use super::topic::{TopicLine, TopicPage};
use super::{Guide, MapPage};
use crate::table::Table;

/// A page.
#[derive(Debug)]
pub enum Page {
    /// The partnership's first page.
    Home(Home),
    /// What has come and what has not.
    Data(DataPage),
    /// A text: a method, the glossary, a statement.
    Guide(Guide),
    /// The list of methods.
    Methods,
    /// Areas that a search found.
    Areas(AreaSearch),
    /// One area.
    Area(Box<AreaPage>),
    /// A measure over areas.
    Map(Box<MapPage>),
    /// The partnership's plan.
    Plan(Box<PlanPage>),
    /// A priority of it.
    Priority(Box<PriorityPage>),
    /// What the law asks.
    Duties(DutiesPage),
    /// What people told us and what we did.
    Told(ToldPage),
    /// What serves the objectives of other plans.
    Alignment(AlignmentPage),
    /// What there are pages about.
    Topics(Vec<TopicLine>),
    /// One topic.
    Topic(Box<TopicPage>),
    /// Areas or periods against one another.
    Compare(Box<ComparePage>),
    /// A measure as the analyst asks for it.
    Explore(Box<ExplorePage>),
    /// The files of a source.
    Source(SourcePage),
    /// Meetings, decisions, groups.
    Board(Box<BoardPage>),
    /// Which partnerships there are.
    Partnerships(Vec<PartnershipLink>),
    /// That the pages are not there yet.
    Loading,
    /// What went wrong.
    Problem(Problem),
}

/// A link to a partnership's pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PartnershipLink {
    /// Its name.
    pub name: String,
    /// Where its pages lie.
    pub base: String,
}

/// A sentence that a test allowed, with where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sentence {
    /// The sentence.
    pub text: String,
    /// The address of its figure's note, below the site's.
    pub address: String,
}

/// The first page.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Home {
    /// What changed, and passed the assessment's family of tests.
    pub changes: Vec<Sentence>,
    /// How many tests the assessment made.
    pub n_tests: usize,
    /// The assessment's title, if one is published.
    pub assessment: Option<String>,
    /// What is not known, in sentences.
    pub not_known: Vec<String>,
    /// The priorities of the published plan.
    pub priorities: Vec<ItemLink>,
    /// What there are pages about, with what may be said of each.
    pub topics: Vec<TopicLine>,
    /// Whether postcodes can be looked up.
    pub postcodes: bool,
    /// Whether streets can be looked up.
    pub has_streets: bool,
}

/// What has come, what was refused, and under which licences.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DataPage {
    /// The tables, in order.
    pub tables: Vec<Table>,
}

/// The files that a source was loaded from.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct SourcePage {
    /// What it is called.
    pub title: String,
    /// Who publishes it, under which licence, and what else is to be known.
    pub lines: Vec<String>,
    /// The files.
    pub files: LinkedTable,
}

/// A link to an area.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaLink {
    /// Its code.
    pub code: String,
    /// Its name.
    pub name: String,
    /// Its kind, in words.
    pub kind: String,
}

/// Areas that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AreaSearch {
    /// What was asked for.
    pub query: String,
    /// What was found, best first.
    pub found: Vec<AreaLink>,
    /// The streets that were found, each with its small areas.
    pub streets: Vec<StreetFound>,
    /// How many more areas and streets there are.
    pub n_more: usize,
    /// What to say of the search itself, such as that a postcode is not known.
    pub message: Option<String>,
    /// Whether postcodes can be looked up.
    pub postcodes: bool,
    /// Whether streets can be looked up.
    pub has_streets: bool,
}

/// A street that a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct StreetFound {
    /// Its name.
    pub name: String,
    /// The small areas in which it lies.
    pub areas: Vec<AreaLink>,
}

/// What a page says of whether it is getting better, how sure that is, and what is being done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Candour {
    /// The direction, as the tests allow it.
    pub direction: Vec<String>,
    /// How sure it is.
    pub certainty: String,
}

/// One area.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct AreaPage {
    /// The area.
    pub area: AreaLink,
    /// The answer to a newcomer's question.
    pub candour: Candour,
    /// Whether a plan of the partnership is published.
    pub has_plan: bool,
    /// Each measure that may be shown here.
    pub measures: Vec<MeasureHere>,
    /// What makes up the latest year, what it weighs, and what came of it.
    pub parts: Vec<Part>,
    /// What is not known, in sentences.
    pub not_known: Vec<String>,
}

/// What went wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// The heading.
    pub title: String,
    /// What the reader can do.
    pub advice: String,
}

/// What a page holds, as the templates see it.
#[derive(Serialize)]
#[serde(untagged)]
pub(super) enum Content<'a> {
    Home(&'a Home),
    Data(&'a DataPage),
    Guide(&'a Guide),
    Methods { methods: &'static [Guide] },
    Areas(&'a AreaSearch),
    Area(&'a AreaPage),
    Map(&'a MapPage),
    Plan(&'a PlanPage),
    Priority(&'a PriorityPage),
    Duties(&'a DutiesPage),
    Told(&'a ToldPage),
    Alignment(&'a AlignmentPage),
    Topics { topics: &'a [TopicLine] },
    Topic(&'a TopicPage),
    Compare(&'a ComparePage),
    Explore(&'a ExplorePage),
    Source(&'a SourcePage),
    Board(&'a BoardPage),
    Partnerships { partnerships: &'a [PartnershipLink] },
    Loading {},
    Problem(&'a Problem),
}

impl Page {
    pub(super) fn content(&self) -> Content<'_> {
        match self {
            Self::Home(home) => Content::Home(home),
            Self::Data(data) => Content::Data(data),
            Self::Guide(guide) => Content::Guide(guide),
            Self::Methods => Content::Methods { methods: super::methods() },
            Self::Areas(areas) => Content::Areas(areas),
            Self::Area(area) => Content::Area(area),
            Self::Map(map) => Content::Map(map),
            Self::Plan(plan) => Content::Plan(plan),
            Self::Priority(priority) => Content::Priority(priority),
            Self::Duties(duties) => Content::Duties(duties),
            Self::Told(told) => Content::Told(told),
            Self::Alignment(alignment) => Content::Alignment(alignment),
            Self::Topics(topics) => Content::Topics { topics },
            Self::Topic(topic) => Content::Topic(topic),
            Self::Compare(page) => Content::Compare(page),
            Self::Explore(page) => Content::Explore(page),
            Self::Source(source) => Content::Source(source),
            Self::Board(board) => Content::Board(board),
            Self::Partnerships(partnerships) => Content::Partnerships { partnerships },
            Self::Loading => Content::Loading {},
            Self::Problem(problem) => Content::Problem(problem),
        }
    }

    pub(super) fn template(&self) -> &'static str {
        match self {
            Self::Home(_) => "site/home.html",
            Self::Data(_) => "site/data.html",
            Self::Guide(_) => "site/guide.html",
            Self::Methods => "site/methods.html",
            Self::Areas(_) => "site/areas.html",
            Self::Area(_) => "site/area.html",
            Self::Map(_) => "site/map.html",
            Self::Plan(_) => "site/plan.html",
            Self::Priority(_) => "site/priority.html",
            Self::Duties(_) => "site/duties.html",
            Self::Told(_) => "site/told.html",
            Self::Alignment(_) => "site/alignment.html",
            Self::Topics(_) => "site/topics.html",
            Self::Topic(_) => "site/topic.html",
            Self::Compare(_) => "site/compare.html",
            Self::Explore(_) => "site/explore.html",
            Self::Source(_) => "site/source.html",
            Self::Board(board) => board.template(),
            Self::Partnerships(_) => "site/partnerships.html",
            Self::Loading => "site/loading.html",
            Self::Problem(_) => "site/problem.html",
        }
    }

    /// Its title, and its heading.
    pub fn title(&self) -> &str {
        match self {
            Self::Home(_) => "Is it getting better or worse?",
            Self::Data(_) => "What has come, and what has not",
            Self::Guide(guide) => guide.title(),
            Self::Methods => "Methods",
            Self::Areas(_) => "Find an area",
            Self::Area(area) => &area.area.name,
            Self::Map(_) => "Map",
            Self::Plan(plan) => &plan.title,
            Self::Priority(priority) => &priority.link.title,
            Self::Duties(_) => "What the law asks of us",
            Self::Told(_) => "What you told us and what we did",
            Self::Alignment(_) => "How this plan fits others",
            Self::Topics(_) => "Topics",
            Self::Topic(topic) => &topic.title,
            Self::Compare(_) => "Compare areas or periods",
            Self::Explore(_) => "Explore",
            Self::Source(source) => &source.title,
            Self::Board(board) => board.title(),
            Self::Partnerships(_) => "Community safety partnerships",
            Self::Loading => "This site is being loaded",
            Self::Problem(problem) => &problem.title,
        }
    }

    /// The entry of the navigation under which it lies.
    pub(super) fn section(&self) -> &'static str {
        match self {
            Self::Home(_) => "Home",
            Self::Data(_) | Self::Source(_) => "Data",
            Self::Topics(_) | Self::Topic(_) => "Topics",
            Self::Compare(_) => "Compare",
            Self::Explore(_) => "Explore",
            Self::Methods => "Methods",
            Self::Guide(guide) if guide.is_method() => "Methods",
            Self::Areas(_) | Self::Area(_) => "Areas",
            Self::Map(_) => "Map",
            Self::Plan(_)
            | Self::Priority(_)
            | Self::Duties(_)
            | Self::Told(_)
            | Self::Alignment(_) => "Plan",
            Self::Board(_) => "Meetings",
            Self::Guide(_) | Self::Partnerships(_) | Self::Loading | Self::Problem(_) => "",
        }
    }
}
