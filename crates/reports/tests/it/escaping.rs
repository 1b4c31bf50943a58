//! Whatever analysts and sources write is shown as text, in pages and in documents.

use proptest::prelude::*;
use wardmote_reports::{Publication, chart_svg, full_html, full_pdf};

use crate::{assets, sample};

const HOSTILE: &str = "<script>alert(1)</script> & \" ' #panic() $x$ *[ `raw` ]* \\ @ref <label> {{ 7 * 7 }} {% raw %}";

/// A publication in which every place for text holds `text`.
fn filled_with(text: &str) -> Publication {
    let mut publication = sample::publication();
    text.clone_into(&mut publication.partnership);
    text.clone_into(&mut publication.title);
    text.clone_into(&mut publication.vintage);
    publication.licence_notes = vec![text.to_owned()];
    publication.sections = vec![sample::section(
        "one",
        &format!("One {text}"),
        Some(text),
        "![](chart:bars)\n\n![](table:kinds)\n\n[x](figure:f00d1)",
    )];
    publication.charts.retain(|id, _| id == "bars");
    for chart in publication.charts.values_mut() {
        text.clone_into(&mut chart.title);
        text.clone_into(&mut chart.finding);
        text.clone_into(&mut chart.table.caption);
    }
    for table in publication.tables.values_mut() {
        text.clone_into(&mut table.rows[0][0]);
        text.clone_into(&mut table.columns[0].heading);
        table.note = Some(text.to_owned());
    }
    for note in publication.figures.values_mut() {
        text.clone_into(&mut note.label);
        text.clone_into(&mut note.sources[0].file);
    }
    publication.summary.clear();
    publication
}

#[test]
fn hostile_text_is_text() {
    let publication = filled_with(HOSTILE);
    full_pdf(&publication).unwrap();
    let svg = chart_svg(&publication.charts["bars"], true);
    assert!(!svg.contains("<script"));
    let Some(assets) = assets::load() else { return };
    let html = full_html(&publication, &assets).unwrap();
    assert!(
        !html.contains("<script")
            && html.contains("&lt;script&gt;")
            && html.contains("{{ 7 * 7 }}")
    );
}

#[test]
fn raw_html_and_foreign_links_in_prose_lead_nowhere() {
    let mut publication = sample::publication();
    publication.sections = vec![sample::section(
        "one",
        "One",
        None,
        "<img src=x onerror=alert(1)>\n\n[a](javascript:alert(1)) ![b](https://example.org/x.png) <b>c</b>",
    )];
    let Some(assets) = assets::load() else { return };
    let html = full_html(&publication, &assets).unwrap();
    assert!(
        !html.contains("<img")
            && !html.contains("href=\"javascript")
            && !html.contains("example.org")
    );
    assert!(html.contains("&lt;img src=x onerror=alert(1)&gt;"));
}

/// The words that a browser would show, without mark-up.
fn visible(html: &str) -> String {
    let main = html
        .split("<section class=\"wm-section\"")
        .nth(1)
        .unwrap()
        .split("</section>")
        .next()
        .unwrap();
    let text: String =
        main.split('<').map(|part| part.split_once('>').map_or(part, |(_, text)| text)).collect();
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#x27;", "'")
        .replace("&amp;", "&")
}

#[test]
fn a_section_without_a_heading_is_refused() {
    let mut publication = filled_with("");
    publication.sections[0].markdown = "## Deeper".to_owned();
    assert!(full_pdf(&publication).is_ok());
    for blank in ["", " ", "\u{200b}"] {
        blank.clone_into(&mut publication.sections[0].heading);
        let error = full_pdf(&publication).unwrap_err().to_string();
        assert!(error.contains("section \"one\" has no heading"), "{error}");
    }
}

proptest! {
    // Each case typesets a document, which takes some tenths of a second without optimisation.
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_can_be_typeset(text in ".{0,60}", markdown in "[ -~\n]{0,80}|.{0,60}") {
        let mut publication = filled_with(&text);
        // Ids that a random link might name do not exist; that is an error of its own.
        publication.sections[0].markdown = markdown.replace("](", "] (").replace("]:", "] :");
        publication.summary.clear();
        full_pdf(&publication).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn words_survive_as_they_are(words in prop::collection::vec("[a-zA-Z<>&\"'{}%$#@/,.;?!]{1,9}", 1..8)) {
        let Some(assets) = assets::load() else { return Ok(()) };
        let text = words.join(" ");
        let mut publication = sample::publication();
        // A code span is text that Markdown itself leaves alone.
        publication.sections = vec![sample::section("one", "One", None, &format!("`{text}`"))];
        let html = full_html(&publication, &assets).unwrap();
        prop_assert!(visible(&html).contains(&text), "{}", visible(&html));
    }
}
