//! Structure that assistive technology relies on, and no request to anywhere else.

use wardmote_reports::{OutputFile, publication_files};

use crate::{assets, sample};

fn pages() -> Option<Vec<(String, String)>> {
    let files = publication_files(&sample::publication(), &assets::load()?).unwrap();
    let is_page = |file: &OutputFile| file.bytes.starts_with(b"<!DOCTYPE html>");
    let page = |file: OutputFile| (file.path, String::from_utf8(file.bytes).unwrap());
    let pages: Vec<_> = files.into_iter().filter(is_page).map(page).collect();
    assert_eq!(pages.len(), 3);
    Some(pages)
}

#[test]
fn one_h1_and_no_level_skipped() {
    for (path, html) in pages().unwrap_or_default() {
        let levels: Vec<u32> = html
            .match_indices("<h")
            .filter_map(|(at, _)| html[at + 2..at + 3].parse().ok())
            .collect();
        assert_eq!(levels.iter().filter(|&&level| level == 1).count(), 1, "{path}");
        assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "{path}: {levels:?}");
    }
}

#[test]
fn language_skip_link_title_and_draft_are_there() {
    for (path, html) in pages().unwrap_or_default() {
        for part in [
            "<html lang=\"en-GB\"",
            "class=\"govuk-skip-link\"",
            "<main class=\"govuk-main-wrapper\" id=\"main-content\"",
            "DRAFT: cannot be signed off: missing matters the partnership should prioritise.",
            "<strong>SYNTHETIC</strong>",
            "<title>SYNTHETIC: ",
        ] {
            assert!(html.contains(part), "{path} lacks {part}");
        }
        assert!(!html.contains("<script"), "{path}");
    }
}

#[test]
fn every_drawing_has_a_name_and_a_description() {
    for (path, html) in pages().unwrap_or_default() {
        for svg in html.split("<svg").skip(1) {
            let svg = svg.split("</svg>").next().unwrap();
            assert!(
                svg.contains("role=\"img\"")
                    && svg.contains("<title id=")
                    && svg.contains("<desc id="),
                "{path}"
            );
        }
    }
}

#[test]
fn every_table_has_a_caption_and_scopes() {
    let mut n_tables = 0;
    for (path, html) in pages().unwrap_or_default() {
        for table in html.split("<table").skip(1) {
            let table = table.split("</table>").next().unwrap();
            assert!(
                table.contains("<caption")
                    && table.contains("scope=\"col\"")
                    && table.contains("scope=\"row\""),
                "{path}"
            );
            assert!(
                table
                    .split("<th")
                    .skip(1)
                    .all(|cell| cell.starts_with("ead") || cell.contains("scope=")),
                "{path}"
            );
            n_tables += 1;
        }
    }
    assert!(n_tables == 6 || assets::folder().is_none(), "{n_tables}");
}

#[test]
fn ids_are_unique_and_links_within_the_publication_lead_somewhere() {
    let pages = pages().unwrap_or_default();
    for (path, html) in &pages {
        let ids: Vec<&str> = values(html, " id=\"");
        let mut unique = ids.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(ids.len(), unique.len(), "{path}");
        for href in values(html, "href=\"") {
            let Some((file, anchor)) = href.split_once('#') else { continue };
            let target = if file.is_empty() {
                html
            } else {
                &pages.iter().find(|page| page.0 == file).unwrap().1
            };
            assert!(target.contains(&format!("id=\"{anchor}\"")), "{path}: {href}");
        }
    }
}

#[test]
fn nothing_is_requested_from_elsewhere() {
    let Some(assets) = assets::load() else { return };
    assert!(
        !assets.css.contains("url(")
            && !assets.css.contains("@import")
            && !assets.css.contains("GDS Transport")
    );
    for (path, html) in pages().unwrap_or_default() {
        assert!(!html.contains("src=") && !html.contains("url(http"), "{path}");
        for tag in html.split("<link").skip(1) {
            let tag = tag.split('>').next().unwrap();
            assert!(
                tag.contains("href=\"wardmote.css\"") || tag.contains("href=\"data:,\""),
                "{path}: {tag}"
            );
        }
    }
}

fn values<'a>(html: &'a str, attribute: &str) -> Vec<&'a str> {
    html.split(attribute).skip(1).filter_map(|rest| rest.split('"').next()).collect()
}
