//! The site's pages: what they say, and the structure that assistive technology relies on.

use wardmote_reports::site::{
    AreaLink, AreaPage, AreaRow, AreaSearch, AreaTable, AskOption, Candour, Choice, ComparePage,
    Compared, DataPage, Doing, DoingAction, DoingPriority, ExplorePage, Explored, Guide, Home,
    ItemLink, LegendRow, LinkedTable, MapChoices, MapData, MapPage, MeasureHere, Origin, Page,
    Part, PartnershipLink, Problem, Scripts, Sentence, Site, SitePages, SourcePage, StreetFound,
    TopicLine, TopicPage, Wrong, methods, published_within,
};

use crate::{assets, sample};

fn site() -> Site {
    Site {
        partnership: "Exampleton <Safe>".into(),
        synthetic: true,
        base: "/exampleton/".into(),
        style_sheet: "/wardmote.css".into(),
        scripts: Scripts {
            charts: "/assets/1f/charts.mjs".into(),
            map: "/assets/1f/map.mjs".into(),
            map_style: "/assets/1f/maplibre-gl.css".into(),
        },
        vintage: Some("s-1f".into()),
        licence_notes: vec!["Contains invented data.".into()],
    }
}

fn pages() -> Vec<Page> {
    let area = AreaLink { code: "X01".into(), name: "North End".into(), kind: "ward".into() };
    let sentence = Sentence {
        text: "Burglary fell by 8%.".into(),
        address: "assessment/figures.html#figure-1".into(),
    };
    let table = sample::publication().tables["kinds"].clone();
    let links = table.rows.iter().map(|_| Some("areas/X01".to_owned())).collect();
    let topic = TopicLine {
        id: "theft".into(),
        title: "Theft".into(),
        sentence: "Theft shows no clear change.".into(),
    };
    let candour = Candour {
        direction: vec!["It shows no clear change.".into()],
        certainty: "By nine tests.".into(),
    };
    let here = MeasureHere {
        id: "recorded-crime".into(),
        title: "Recorded crime".into(),
        definition: "Crimes.".into(),
        sentences: vec!["Recorded crime shows no clear change.".into()],
        published: vec![sentence.clone()],
        parts: vec![Part {
            heading: "When".into(),
            lines: vec!["The expected band rests on one year.".into()],
            charts: vec![sample::series()],
            tables: vec![LinkedTable { table: table.clone(), links }],
        }],
        origin: origin(),
    };
    let guides = methods().iter().copied().map(Page::Guide);
    let statements = ["glossary", "accessibility", "privacy", "about"];
    let statements = statements.map(|name| Page::Guide(Guide::statement(name).unwrap()));
    let pages = vec![
        Page::Home(Home {
            priorities: vec![],
            changes: vec![sentence],
            n_tests: 7,
            assessment: Some("Needs".into()),
            not_known: vec!["March 2024 did not come.".into()],
            topics: vec![topic.clone()],
            postcodes: true,
            has_streets: true,
        }),
        Page::Home(Home::default()),
        Page::Topics(vec![topic]),
        Page::Topic(Box::new(TopicPage {
            id: "theft".into(),
            title: "Theft".into(),
            area: "Exampleton".into(),
            candour: candour.clone(),
            doing: doing(),
            measures: vec![here.clone()],
            not_known: Vec::new(),
        })),
        Page::Compare(Box::new(compared(&area))),
        Page::Explore(Box::new(explored())),
        Page::Source(SourcePage {
            title: "Where police-street comes from".into(),
            lines: vec!["Published by data.police.uk.".into()],
            files: table.clone().into(),
        }),
        Page::Data(DataPage { tables: vec![sample::publication().tables["kinds"].clone()] }),
        Page::Methods,
        searched(vec![area.clone()], None),
        searched(Vec::new(), Some("That is no whole postcode.")),
        Page::Area(Box::new(AreaPage {
            area,
            candour,
            has_plan: true,
            measures: vec![here],
            parts: vec![Part {
                heading: "What makes it up".into(),
                tables: vec![table.into()],
                ..Part::default()
            }],
            not_known: vec!["March 2024.".into()],
        })),
        Page::Map(Box::new(map())),
        Page::Map(Box::default()),
        Page::Partnerships(vec![PartnershipLink {
            name: "Exampleton".into(),
            base: "/exampleton/".into(),
        }]),
        Page::Loading,
        Page::Problem(Problem { title: "Page not found".into(), advice: "Look again.".into() }),
    ];
    pages.into_iter().chain(guides).chain(statements).collect()
}

fn searched(found: Vec<AreaLink>, message: Option<&str>) -> Page {
    let is_found = !found.is_empty();
    let street = || StreetFound { name: "<i>Alder Road".into(), areas: found.clone() };
    Page::Areas(AreaSearch {
        query: "<b>".into(),
        streets: if is_found { vec![street()] } else { Vec::new() },
        n_more: if is_found { 3 } else { 0 },
        message: message.map(str::to_owned),
        postcodes: is_found,
        has_streets: is_found,
        found,
    })
}

fn doing() -> Doing {
    let link = |title: &str| ItemLink {
        reference: "P1".into(),
        title: title.into(),
        address: "plan/priorities/P1".into(),
    };
    let action = DoingAction {
        link: link("Lights <at> night"),
        state: "Under way".into(),
        due: String::new(),
        measures: Vec::new(),
    };
    let priority = DoingPriority {
        link: link("Fewer thefts"),
        measured: "No clear change".into(),
        actions: vec![action],
    };
    Doing { plan: Some(link("A plan")), priorities: vec![priority] }
}

fn map() -> MapPage {
    let choice = Choice { value: "a&b".into(), label: "Theft \"from\"".into(), chosen: true };
    let row = |letter: Option<&str>, fill| LegendRow {
        letter: letter.map(str::to_owned),
        label: "12 to 20".into(),
        fill,
        ink: "#0b0c0c",
        n_areas: 4,
    };
    MapPage {
        has_plan: false,
        lead: vec!["Crime, Exampleton: from 1 to 9.".into()],
        choices: MapChoices {
            measures: vec![choice.clone()],
            from: vec![choice],
            ..MapChoices::default()
        },
        legend: vec![row(Some("A"), Some("#eef4fb")), row(None, None)],
        reading: vec!["Each shade holds some.".into()],
        picture: Some(sample::map()),
        table: AreaTable {
            caption: "Crime by ward".into(),
            columns: vec!["Ward".into(), "Crimes".into()],
            rows: vec![AreaRow {
                code: "E05000001".into(),
                name: "North <End>".into(),
                cells: vec!["12".into()],
            }],
            n_more: 2,
        },
        months: Some(sample::series()),
        data: Some(MapData {
            values: "/exampleton/map/areas.json?measure=x&from=2018-07".into(),
            csv: "/exampleton/map/areas.csv?measure=x".into(),
            tiles: Some("/exampleton/map/tiles/ward-2024/{z}/{x}/{y}".into()),
            last_zoom: 12,
            bounds: "-2 53 -1 54".into(),
            basemap: None,
        }),
        origin: vec!["Measure x.".into()],
        not_known: vec!["March 2024.".into()],
    }
}

fn origin() -> Origin {
    Origin { lines: vec!["Method: two counts.".into()], source: Some("police-street".into()) }
}

fn compared(area: &AreaLink) -> ComparePage {
    ComparePage {
        measures: vec![AskOption { value: "theft".into(), text: "Theft".into(), selected: true }],
        areas: vec!["North".into(), String::new()],
        wrong: vec![Wrong {
            field: "area-1".into(),
            text: "“North” may be 2 areas.".into(),
            candidates: vec![area.clone()],
        }],
        result: Some(Compared {
            sentences: vec!["North End shows no clear difference.".into()],
            certainty: "By nine pairs.".into(),
            chart: Some(sample::series()),
            table: sample::publication().tables["kinds"].clone(),
            origin: origin(),
            title: "Theft compared".into(),
        }),
        ..ComparePage::default()
    }
}

fn explored() -> ExplorePage {
    ExplorePage {
        areas: vec!["X01".into()],
        from: "2023-04".into(),
        to: "<b>".into(),
        result: Some(Explored {
            title: "Theft".into(),
            sentences: vec!["North End: 1.2 times.".into()],
            chart: Some(sample::series()),
            table: sample::publication().tables["kinds"].clone(),
            downloads: vec![("The rows as CSV".into(), "explore/rows.csv?measure=theft".into())],
            cite: vec!["Figure f-0123456789ab.".into()],
            claims: "[theft]\nmeasure = \"theft\"".into(),
            prose: "Theft {{theft}}.".into(),
            origin: origin(),
        }),
        ..ExplorePage::default()
    }
}

#[test]
fn what_the_plan_does_is_named_and_what_is_wrong_is_said_at_its_field() {
    let pages = rendered().unwrap_or_default();
    let of = |title: &str| pages.iter().find(|(one, _)| one == title).map(|(_, html)| html);
    for (title, part) in [
        ("Theft", "href=\"/exampleton/plan/priorities/P1\">Fewer thefts</a>"),
        ("Theft", "Lights &lt;at&gt; night</a>: under way"),
        ("North End", "href=\"/exampleton/plan\">The partnership's plan</a> is for its whole area"),
        (
            "Find an area",
            "&lt;i&gt;Alder Road: <a class=\"govuk-link\" href=\"/exampleton/areas/X01\">",
        ),
        ("Compare areas or periods", "<a href=\"#area-1\">“North” may be 2 areas.</a>"),
        ("Compare areas or periods", "North End (ward): X01"),
        ("Explore", "{{theft}}"),
    ] {
        assert!(of(title).is_none_or(|html| html.contains(part)), "{title} lacks {part}");
    }
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
fn nothing_needs_an_inline_script_or_style_or_another_host() {
    for (title, html) in rendered().unwrap_or_default() {
        for part in [" style=", " onclick", "src=\"http", "<link rel=\"stylesheet\" href=\"http"] {
            assert!(!html.contains(part), "{title} holds {part}");
        }
        // A script is a file of ours, loaded where there is something for it to do.
        let ours = "<script type=\"module\" src=\"/assets/1f/";
        assert_eq!(html.matches("<script").count(), html.matches(ours).count(), "{title}");
        let has_chart = html.contains("<figure class=\"wm-chart");
        assert_eq!(html.contains("/assets/1f/charts.mjs"), has_chart, "{title}");
        assert_eq!(html.contains("/assets/1f/map.mjs"), html.contains("moving-map"), "{title}");
        assert!(
            !html.contains("&lt;h") && !html.contains("<b>"),
            "{title}: markup as text, or text as markup"
        );
    }
}

#[test]
fn charts_of_the_site_say_where_their_months_stand() {
    let pages = rendered().unwrap_or_default();
    let named = |name: &str| pages.iter().find(|(title, _)| title == name).map(|(_, html)| html);
    for html in [named("North End"), named("Map")].into_iter().flatten() {
        assert!(
            html.contains(" data-plot=\"64 ") && html.contains(" data-months=\"2022-04 2022-05")
        );
    }
    // A published drawing carries nothing that only a script of the site would read.
    assert!(!wardmote_reports::chart_svg(&sample::series(), false).contains("data-"));
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
                || ["/wardmote.css", "data:,", "/assets/1f/maplibre-gl.css"].contains(&address);
            // While it is loaded, a page asks for itself again.
            let itself = address.is_empty() && title == "This site is being loaded";
            assert!(known || itself, "{title} links to {address}");
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
