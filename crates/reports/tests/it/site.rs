//! The site's pages: what they say, and the structure that assistive technology relies on.

use wardmote_reports::site::{
    AreaLink, AreaPage, AreaSearch, Candour, DataPage, Guide, Home, MeasureHere, Page,
    PartnershipLink, Problem, Sentence, Site, SitePages, methods, published_within,
};

use crate::{assets, sample};

fn site() -> Site {
    Site {
        partnership: "Exampleton <Safe>".into(),
        synthetic: true,
        base: "/exampleton/".into(),
        style_sheet: "/wardmote.css".into(),
        vintage: Some("s-1f".into()),
        licence_notes: vec!["Contains invented data.".into()],
    }
}

fn pages() -> Vec<Page> {
    let area = AreaLink { code: "X01".into(), name: "North End".into(), kind: "ward".into() };
    let here = MeasureHere {
        id: "recorded-crime".into(),
        title: "Recorded crime".into(),
        definition: "Crimes.".into(),
        sentences: vec!["Recorded crime shows no clear change.".into()],
        chart: Some(sample::series()),
        origin: vec!["Method: two counts.".into()],
    };
    let sentence = Sentence {
        text: "Burglary fell by 8%.".into(),
        address: "assessment/figures.html#figure-1".into(),
    };
    let guides = methods().iter().copied().map(Page::Guide);
    let statements = ["glossary", "accessibility", "privacy", "about"];
    let statements = statements.map(|name| Page::Guide(Guide::statement(name).unwrap()));
    let pages = vec![
        Page::Home(Home {
            changes: vec![sentence],
            n_tests: 7,
            assessment: Some("Needs".into()),
            not_known: vec!["March 2024 did not come.".into()],
        }),
        Page::Home(Home::default()),
        Page::Data(DataPage { tables: vec![sample::publication().tables["kinds"].clone()] }),
        Page::Methods,
        Page::Areas(AreaSearch { query: "<b>".into(), found: vec![area.clone()], n_more: 3 }),
        Page::Areas(AreaSearch { query: "nowhere".into(), found: Vec::new(), n_more: 0 }),
        Page::Area(Box::new(AreaPage {
            area,
            candour: Candour {
                direction: vec!["It shows no clear change.".into()],
                certainty: "By nine tests.".into(),
            },
            measures: vec![here],
            categories: Some(sample::publication().tables["kinds"].clone()),
            not_known: vec!["March 2024.".into()],
        })),
        Page::Partnerships(vec![PartnershipLink {
            name: "Exampleton".into(),
            base: "/exampleton/".into(),
        }]),
        Page::Problem(Problem { title: "Page not found".into(), advice: "Look again.".into() }),
    ];
    pages.into_iter().chain(guides).chain(statements).collect()
}

fn rendered() -> Option<Vec<(String, String)>> {
    let pages_of_site = SitePages::new(&assets::load()?).unwrap();
    let render = |page: &Page| pages_of_site.render(&site(), page).unwrap();
    Some(pages().iter().map(|page| (page.title().to_owned(), render(page))).collect())
}

#[test]
fn every_page_has_one_h1_and_skips_no_level() {
    for (title, html) in rendered().unwrap_or_default() {
        let levels: Vec<u32> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html[at + 2..at + 3].parse().ok())
            .collect();
        assert_eq!(levels.iter().filter(|&&level| level == 1).count(), 1, "{title}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{title}: {levels:?}");
        for part in ["<html lang=\"en-GB\"", "govuk-skip-link", "id=\"main-content\"", "SYNTHETIC"]
        {
            assert!(html.contains(part), "{title} lacks {part}");
        }
    }
}

#[test]
fn nothing_needs_a_script_an_inline_style_or_another_host() {
    for (title, html) in rendered().unwrap_or_default() {
        for part in
            ["<script", " style=", " onclick", "src=\"http", "<link rel=\"stylesheet\" href=\"http"]
        {
            assert!(!html.contains(part), "{title} holds {part}");
        }
        assert!(
            !html.contains("&lt;h") && !html.contains("<b>"),
            "{title}: markup as text, or text as markup"
        );
    }
}

#[test]
fn ids_are_there_once_and_every_link_below_the_base_is_known() {
    for (title, html) in rendered().unwrap_or_default() {
        let mut ids: Vec<&str> =
            html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        let n_ids = ids.len();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), n_ids, "{title} holds an id twice");
        for address in html.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            let known = address.starts_with("/exampleton/")
                || address.starts_with("https://")
                || address.starts_with('#')
                || ["/wardmote.css", "data:,"].contains(&address);
            assert!(known, "{title} links to {address}");
        }
    }
}

#[test]
fn a_page_says_what_it_cannot_say() {
    for (title, html) in rendered().unwrap_or_default() {
        if ["Is it getting better or worse?", "North End"].contains(&title.as_str()) {
            for part in ["What is not known", "cannot say"] {
                assert!(html.contains(part), "{title} lacks {part}");
            }
        }
    }
}

#[test]
fn a_published_page_leads_back() {
    let html = published_within(&site(), "<header>x</header><main>y</main>");
    assert!(html.contains("href=\"/exampleton/\"") && html.ends_with("</header><main>y</main>"));
    assert_eq!(published_within(&site(), "<main>y</main>"), "<main>y</main>");
}
