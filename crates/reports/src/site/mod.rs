//! The partnership's site: page structs and the templates that show them.
//!
//! A page knows nothing of HTTP. [`SitePages`] holds the templates, made once; a [`Site`] says whose
//! pages they are, and a [`Page`] what one of them says.

mod ask;
mod board;
mod files;
mod guides;
mod map_page;
mod measure;
mod page;
mod plan;
mod topic;
pub mod work;

pub use ask::{AskOption, ComparePage, Compared, ExplorePage, Explored, Wrong};
pub use board::{
    BoardPage, CaseReviewsPage, MeetingLine, MeetingPage, MeetingsPage, OtherAssessment,
    StructurePage,
};
pub use files::{Scripts, SiteFile, SiteFiles};
pub use guides::{Guide, methods};
pub use map_page::{AreaRow, AreaTable, Basemap, Choice, LegendRow, MapChoices, MapData, MapPage};
pub use measure::{LinkedTable, MeasureHere, Origin, Part};
pub use page::{
    AreaLink, AreaPage, AreaSearch, Candour, DataPage, Home, Page, PartnershipLink, Problem,
    Sentence, SourcePage, StreetFound,
};
pub use plan::{
    AlignmentPage, DutiesPage, DutyGroup, DutyShown, ItemLink, LatestMeasure, PlanLine, PlanPage,
    PlanTheme, PlannedAction, PriorityPage, ToldEvent, ToldPage,
};
pub use topic::{Doing, DoingAction, DoingPriority, TopicLine, TopicPage};

use minijinja::value::Serde;
use minijinja::{Environment, context};
use serde::Serialize;

use crate::assets::Assets;
use crate::charts::{Chart, chart_svg_with_handles};
use crate::pages::{PageError, govuk_environment};

/// Whose pages these are.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Site {
    /// Name of the partnership.
    pub partnership: String,
    /// Whether its data are invented; if so every page says so.
    pub synthetic: bool,
    /// The path below which its pages lie, with `/` at both ends.
    pub base: String,
    /// Where the site's style sheet lies.
    pub style_sheet: String,
    /// Where the scripts lie that pages can do without.
    pub scripts: Scripts,
    /// The vintage of the evidence; `None` for pages that belong to no partnership.
    pub vintage: Option<String>,
    /// Acknowledgements that the licences of the sources ask for.
    pub licence_notes: Vec<String>,
}

/// The templates of the site.
#[derive(Debug)]
pub struct SitePages {
    environment: Environment<'static>,
}

const TEMPLATES: [(&str, &str); 34] = [
    ("site/layout.html", include_str!("../templates/site/layout.html")),
    ("site/home.html", include_str!("../templates/site/home.html")),
    ("site/data.html", include_str!("../templates/site/data.html")),
    ("site/guide.html", include_str!("../templates/site/guide.html")),
    ("site/methods.html", include_str!("../templates/site/methods.html")),
    ("site/search.html", include_str!("../templates/site/search.html")),
    ("site/partnerships.html", include_str!("../templates/site/partnerships.html")),
    ("site/areas.html", include_str!("../templates/site/areas.html")),
    ("site/area.html", include_str!("../templates/site/area.html")),
    ("site/plan-links.html", include_str!("../templates/site/plan-links.html")),
    ("site/plan.html", include_str!("../templates/site/plan.html")),
    ("site/priority.html", include_str!("../templates/site/priority.html")),
    ("site/duties.html", include_str!("../templates/site/duties.html")),
    ("site/told.html", include_str!("../templates/site/told.html")),
    ("site/alignment.html", include_str!("../templates/site/alignment.html")),
    ("site/work.html", include_str!("../templates/site/work.html")),
    ("site/work-form.html", include_str!("../templates/site/work-form.html")),
    ("site/map.html", include_str!("../templates/site/map.html")),
    ("site/parts.html", include_str!("../templates/site/parts.html")),
    ("site/topics.html", include_str!("../templates/site/topics.html")),
    ("site/topic.html", include_str!("../templates/site/topic.html")),
    ("site/ask.html", include_str!("../templates/site/ask.html")),
    ("site/compare.html", include_str!("../templates/site/compare.html")),
    ("site/explore.html", include_str!("../templates/site/explore.html")),
    ("site/source.html", include_str!("../templates/site/source.html")),
    ("site/board-links.html", include_str!("../templates/site/board-links.html")),
    ("site/meetings.html", include_str!("../templates/site/meetings.html")),
    ("site/meeting.html", include_str!("../templates/site/meeting.html")),
    ("site/decisions.html", include_str!("../templates/site/decisions.html")),
    ("site/case-reviews.html", include_str!("../templates/site/case-reviews.html")),
    ("site/assessments.html", include_str!("../templates/site/assessments.html")),
    ("site/structure.html", include_str!("../templates/site/structure.html")),
    ("site/loading.html", include_str!("../templates/site/loading.html")),
    ("site/problem.html", include_str!("../templates/site/problem.html")),
];

/// What stands in the navigation: text, and address below the site's.
const NAVIGATION: [(&str, &str); 11] = [
    ("Home", ""),
    ("Areas", "areas"),
    ("Map", "map"),
    ("Topics", "topics"),
    ("Compare", "compare"),
    ("Explore", "explore"),
    ("Needs assessment", "assessment"),
    ("Plan", "plan"),
    ("Meetings", "meetings"),
    ("Data", "data"),
    ("Methods", "methods"),
];

impl SitePages {
    /// Makes the templates from the prepared assets.
    pub fn new(assets: &Assets) -> Result<Self, PageError> {
        let mut environment = govuk_environment(assets)?;
        for (name, source) in TEMPLATES {
            environment.add_template(name, source)?;
        }
        Ok(Self { environment })
    }

    /// A page as HTML.
    pub fn render(&self, site: &Site, page: &Page) -> Result<String, PageError> {
        let navigation: Vec<_> = NAVIGATION
            .iter()
            .filter(|_| site.vintage.is_some())
            .map(|(text, address)| {
                context! { text => *text, href => format!("{}{address}", site.base), active => page.section() == *text }
            })
            .collect();
        let shown = match page {
            Page::Guide(guide) => context! { blocks => Serde(guide.blocks()) },
            Page::Board(board) => context! { drawings => [drawing(board.chart(), site)] },
            Page::Area(area) => {
                let parts = drawings(&area.parts, site);
                context! { drawings => of_measures(&area.measures, site), parts }
            }
            Page::Map(map) => context! {
                picture => drawing(map.picture.as_ref(), site),
                months => drawing(map.months.as_ref(), site),
            },
            Page::Compare(page) => {
                let chart = page.result.as_ref().and_then(|result| result.chart.as_ref());
                context! { drawing => chart.map(|chart| chart_svg_with_handles(chart, site.synthetic)) }
            }
            Page::Explore(page) => {
                let chart = page.result.as_ref().and_then(|result| result.chart.as_ref());
                context! { drawing => chart.map(|chart| chart_svg_with_handles(chart, site.synthetic)) }
            }
            Page::Topic(topic) => context! { drawings => of_measures(&topic.measures, site) },
            _ => context! {},
        };
        let html = self.environment.get_template(page.template())?.render(context! {
            site => Serde(site),
            navigation,
            title => page.title(),
            page => Serde(page.content()),
            shown,
        })?;
        // As on the assessment's pages: the escaping of `/` hides "2022/23" from search.
        Ok(html.trim_start().replace("&#x2f;", "/"))
    }

    /// A signed-in page as HTML.
    pub fn render_work(
        &self,
        frame: &work::Frame,
        page: &work::WorkPage,
    ) -> Result<String, PageError> {
        let problems = page.problems();
        let title =
            if problems.is_empty() { page.title.clone() } else { format!("Error: {}", page.title) };
        let html = self.environment.get_template("site/work.html")?.render(context! {
            site => Serde(&frame.site),
            navigation => Serde(&frame.navigation),
            frame => Serde(frame),
            problems => Serde(problems),
            title,
            page => Serde(page),
        })?;
        Ok(html.trim_start().replace("&#x2f;", "/"))
    }
}

fn drawing(chart: Option<&Chart>, site: &Site) -> Option<String> {
    chart.map(|chart| chart_svg_with_handles(chart, site.synthetic))
}

/// The page of figures of a published assessment, with what the plan makes of each: links by the anchor
/// of the figure's note.
pub fn figures_with_plan(
    site: &Site,
    html: &str,
    cited_by: &std::collections::BTreeMap<String, Vec<ItemLink>>,
) -> String {
    let mut out = String::with_capacity(html.len());
    let mut rest = html;
    // Each note is a section with its anchor as id, and ends with its list.
    while let Some((before, after)) = rest.split_once("<section class=\"wm-section\" id=\"") {
        out.push_str(before);
        out.push_str("<section class=\"wm-section\" id=\"");
        let anchor = after.split('"').next().unwrap_or_default();
        let links = cited_by.get(anchor).map_or(&[][..], Vec::as_slice);
        rest = after;
        if links.is_empty() {
            continue;
        }
        if let Some((note, behind)) = after.split_once("</section>") {
            out.push_str(note);
            out.push_str("<p class=\"govuk-body\">What is being done about this: ");
            let link = |link: &ItemLink| {
                let escape =
                    |text: &str| minijinja::HtmlEscape(text).to_string().replace("&#x2f;", "/");
                let (base, address) = (&site.base, &link.address);
                let text = escape(&format!("{} {}", link.reference, link.title));
                format!("<a class=\"govuk-link\" href=\"{base}{}\">{text}</a>", escape(address))
            };
            out.push_str(&links.iter().map(link).collect::<Vec<_>>().join(", "));
            out.push_str("</p>\n</section>");
            rest = behind;
        }
    }
    out.push_str(rest);
    out
}

/// The drawings of each part's charts.
fn drawings(parts: &[Part], site: &Site) -> Vec<Vec<String>> {
    let drawn = |chart: &Chart| chart_svg_with_handles(chart, site.synthetic);
    parts.iter().map(|part| part.charts.iter().map(drawn).collect()).collect()
}

fn of_measures(measures: &[MeasureHere], site: &Site) -> Vec<Vec<Vec<String>>> {
    measures.iter().map(|here| drawings(&here.parts, site)).collect()
}

/// A page of a published assessment with the way back to the site; a page of another shape is left
/// as it is.
pub fn published_within(site: &Site, html: &str) -> String {
    let back = format!(
        "<nav class=\"govuk-width-container\" aria-label=\"Site\"><a class=\"govuk-back-link\" href=\"{}\">All pages of this partnership</a></nav>\n</header>",
        site.base
    );
    html.replacen("</header>", &back, 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    #[test]
    fn a_figures_note_leads_to_the_plan_and_nothing_else_is_changed() {
        let site = Site {
            partnership: "Invented".into(),
            synthetic: true,
            base: "/twin/".into(),
            style_sheet: String::new(),
            scripts: Scripts::default(),
            vintage: None,
            licence_notes: Vec::new(),
        };
        let note = |id: &str| {
            format!(
                "<section class=\"wm-section\" id=\"{id}\" aria-labelledby=\"x\"><p>{id}</p>\n</section>\n"
            )
        };
        let html = format!("<main>{}{}</main>", note("figure-1"), note("figure-2"));
        assert_eq!(figures_with_plan(&site, &html, &BTreeMap::new()), html);
        let link = ItemLink {
            reference: "3.2".into(),
            title: "Crime <& more>".into(),
            address: "plan/priorities/3.2".into(),
        };
        let linked = BTreeMap::from([("figure-2".to_owned(), vec![link])]);
        let found = figures_with_plan(&site, &html, &linked);
        let expected = "<a class=\"govuk-link\" href=\"/twin/plan/priorities/3.2\">3.2 Crime &lt;&amp; more&gt;</a></p>\n</section>\n</main>";
        assert!(found.ends_with(expected), "{found}");
        assert!(found.contains(&note("figure-1")));
    }
}
