//! Compares the published files with those that prose and figures give, and names each sentence that
//! is another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde::Serialize;
use similar::{Algorithm, DiffOp, capture_diff_slices};
use wardmote_evidence::folder::PartnershipFolder;
use wardmote_reports::file_stem;

/// One thing in which a published file is not what was computed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub(super) enum PageFinding {
    /// A sentence, or a cell of a table on a page. Blank where only the other side has one.
    Sentence {
        file: String,
        /// The prose of the section that it stands in.
        prose: Option<String>,
        published: String,
        computed: String,
    },
    /// A line of a table's file. Blank where only the other side has one.
    Line { file: String, published: String, computed: String },
    /// The words are the same, and the page around them is not.
    Markup { file: String, line: usize, published: String, computed: String },
    /// A drawing or document.
    Bytes { file: String },
    /// A file that was not published.
    NotPublished { file: String },
    /// A published file that nothing gives.
    NotComputed { file: String },
}

/// What cannot be compared because its evidence is not here or has changed.
#[derive(Debug, Clone)]
pub(super) struct NotCompared {
    /// Charts that cannot be drawn.
    pub(super) charts: Vec<String>,
    /// Whether every file is here as it was published. Without, tables of files and whole documents
    /// differ anyhow.
    pub(super) whole: bool,
    /// Whether evidence.json has been compared figure by figure, and differs or is not whole.
    pub(super) evidence: bool,
}

/// Tables that list files and their rows, sources, and what was withheld of them.
const TABLES_OF_FILES: [&str; 3] = ["loads", "coverage", "protection"];

impl NotCompared {
    pub(super) fn in_words(&self) -> Vec<String> {
        let mut words: Vec<String> =
            self.charts.iter().map(|id| format!("the chart {id}")).collect();
        if !self.whole {
            words.push("the tables of files and sources".to_owned());
            words.push("the documents (PDF, DOCX, slides), which hold all of these".to_owned());
        }
        words
    }

    fn skips(&self, file: &str) -> bool {
        let of_chart = |id: &String| {
            let stem = file_stem(id);
            file == format!("charts/{stem}.svg") || file == format!("tables/chart-{stem}.csv")
        };
        let of_files = || TABLES_OF_FILES.iter().any(|id| file == format!("tables/{id}.csv"));
        let is_text = is_one_of(file, &["html", "csv", "svg", "css", "json"]);
        self.charts.iter().any(of_chart)
            || file == "evidence.json" && self.evidence
            || !self.whole && (of_files() || !is_text)
    }

    /// The page without the parts that cannot be compared.
    fn cut(&self, html: &str) -> String {
        let mut html = html.to_owned();
        for id in &self.charts {
            let opening = format!("<figure class=\"wm-chart\" id=\"chart-{}\">", file_stem(id));
            html = without(&html, &opening, &opening, "</figure>");
        }
        if !self.whole {
            for id in TABLES_OF_FILES {
                let opening = format!("<div id=\"table-{id}\">");
                html = without(&html, &opening, &format!("href=\"tables/{id}.csv\""), "</div>");
            }
        }
        html
    }
}

fn is_one_of(file: &str, extensions: &[&str]) -> bool {
    let extension = Path::new(file).extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| extensions.contains(&extension))
}

/// The text without what begins with `opening` and goes on, past `past`, to the next `closing`.
fn without(text: &str, opening: &str, past: &str, closing: &str) -> String {
    let Some(start) = text.find(opening) else { return text.to_owned() };
    let end = text[start..].find(past).map(|at| start + at + past.len());
    let end = end.and_then(|from| text[from..].find(closing).map(|at| from + at + closing.len()));
    match end {
        Some(end) => format!("{}{}", &text[..start], &text[end..]),
        None => text.to_owned(),
    }
}

/// The prose file behind each section of a page, by the section's id.
pub(super) fn section_files(folder: &PartnershipFolder) -> BTreeMap<String, String> {
    let sections = folder.assessment.iter().flat_map(|a| a.sections.iter().chain(&a.summary));
    sections
        .map(|section| {
            let id = format!("section-{}", file_stem(&section.file));
            (id, format!("assessment/{}.md", section.file))
        })
        .collect()
}

/// Compares file by file.
pub(super) fn compare(
    published: &BTreeMap<&str, &[u8]>,
    computed: &BTreeMap<String, Vec<u8>>,
    not_compared: &NotCompared,
    sections: &BTreeMap<String, String>,
) -> Vec<PageFinding> {
    let mut found = Vec::new();
    let names: BTreeSet<&str> =
        published.keys().copied().chain(computed.keys().map(String::as_str)).collect();
    for name in names.into_iter().filter(|name| !not_compared.skips(name)) {
        let file = name.to_owned();
        match (published.get(name), computed.get(name)) {
            (Some(_), None) => found.push(PageFinding::NotComputed { file }),
            (None, Some(_)) => found.push(PageFinding::NotPublished { file }),
            (Some(before), Some(now)) if *before != now.as_slice() => {
                found.extend(differing(name, before, now, not_compared, sections));
            }
            _ => {}
        }
    }
    found
}

fn differing(
    name: &str,
    published: &[u8],
    computed: &[u8],
    not_compared: &NotCompared,
    sections: &BTreeMap<String, String>,
) -> Vec<PageFinding> {
    let file = || name.to_owned();
    let (before, now) = (String::from_utf8_lossy(published), String::from_utf8_lossy(computed));
    if is_one_of(name, &["csv", "json"]) {
        let lines: (Vec<&str>, Vec<&str>) = (before.lines().collect(), now.lines().collect());
        let line = |published: Option<&&str>, computed: Option<&&str>| PageFinding::Line {
            file: file(),
            published: published.map(|line| line.trim().to_owned()).unwrap_or_default(),
            computed: computed.map(|line| line.trim().to_owned()).unwrap_or_default(),
        };
        let found = pairs(&lines.0, &lines.1, line);
        return if found.is_empty() { vec![PageFinding::Bytes { file: file() }] } else { found };
    }
    if !is_one_of(name, &["html"]) {
        return vec![PageFinding::Bytes { file: file() }];
    }
    let (before, now) = (not_compared.cut(&before), not_compared.cut(&now));
    if before == now {
        return Vec::new();
    }
    let (said, meant) = (sentences(&before), sentences(&now));
    let prose = |one: &Sentence| one.section.as_ref().and_then(|id| sections.get(id).cloned());
    let found = pairs(&said, &meant, |published, computed| PageFinding::Sentence {
        file: file(),
        prose: computed.and_then(prose).or_else(|| published.and_then(prose)),
        published: published.map(|one| one.text.clone()).unwrap_or_default(),
        computed: computed.map(|one| one.text.clone()).unwrap_or_default(),
    });
    if found.is_empty() { vec![markup(name, &before, &now)] } else { found }
}

/// Each place where two lists differ, side by side.
fn pairs<T: PartialEq + Eq + std::hash::Hash + Ord>(
    published: &[T],
    computed: &[T],
    mut found: impl FnMut(Option<&T>, Option<&T>) -> PageFinding,
) -> Vec<PageFinding> {
    let mut all = Vec::new();
    for op in capture_diff_slices(Algorithm::Myers, published, computed) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (before, now) = (&published[op.old_range()], &computed[op.new_range()]);
        for index in 0..before.len().max(now.len()) {
            all.push(found(before.get(index), now.get(index)));
        }
    }
    all
}

fn markup(name: &str, published: &str, computed: &str) -> PageFinding {
    let differ = |(_, (before, now)): &(usize, (&str, &str))| before != now;
    let lines = published
        .lines()
        .chain(std::iter::repeat(""))
        .zip(computed.lines().chain(std::iter::repeat("")));
    let longest = published.lines().count().max(computed.lines().count());
    let first = lines.take(longest).enumerate().find(differ);
    let (line, (before, now)) = first.unwrap_or((0, ("", "")));
    let short = |line: &str| line.trim().chars().take(LONGEST_MARKUP).collect::<String>();
    PageFinding::Markup {
        file: name.to_owned(),
        line: line + 1,
        published: short(before),
        computed: short(now),
    }
}

const LONGEST_MARKUP: usize = 200;

/// A sentence, heading or cell as it is read on a page.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Sentence {
    text: String,
    section: Option<String>,
}

/// What is read on a page, in order. Words for screen readers alone are left out.
fn sentences(html: &str) -> Vec<Sentence> {
    let mut all = Vec::new();
    let mut section: Option<String> = None;
    let mut text = String::new();
    let mut hidden = false;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        if !hidden {
            text.push_str(&rest[..at]);
        }
        let (tag, after) = split_tag(&rest[at..]);
        rest = after;
        let name = tag.trim_start_matches(['<', '/']).split([' ', '>', '\n', '/']).next();
        match name.unwrap_or_default() {
            "a" | "strong" | "em" | "code" | "b" | "i" => {}
            "span" => hidden = tag.contains("govuk-visually-hidden"),
            other => {
                end_block(&mut text, section.as_ref(), &mut all);
                if other == "section" {
                    section = attribute(tag, "id");
                }
            }
        }
    }
    text.push_str(rest);
    end_block(&mut text, section.as_ref(), &mut all);
    all
}

fn end_block(text: &mut String, section: Option<&String>, all: &mut Vec<Sentence>) {
    let words: Vec<&str> = text.split_whitespace().collect();
    let block = unescaped(&words.join(" "));
    text.clear();
    let mut from = 0;
    let ends: Vec<usize> = block
        .match_indices(['.', '?', '!'])
        .map(|(at, _)| at + 1)
        .filter(|at| {
            let mut next = block[*at..].chars();
            next.next() == Some(' ') && next.next().is_some_and(char::is_uppercase)
        })
        .chain([block.len()])
        .collect();
    for end in ends {
        let text = block[from..end].trim().to_owned();
        from = end;
        if !text.is_empty() {
            all.push(Sentence { text, section: section.cloned() });
        }
    }
}

/// The tag at the beginning of a text, and what follows it; a `>` in quotes does not end it.
fn split_tag(text: &str) -> (&str, &str) {
    if text.starts_with("<!--") {
        let end = text.find("-->").map_or(text.len(), |at| at + 3);
        return text.split_at(end);
    }
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match (quote, c) {
            (None, '>') => return text.split_at(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if c == open => quote = None,
            _ => {}
        }
    }
    (text, "")
}

fn attribute(tag: &str, name: &str) -> Option<String> {
    let (_, after) = tag.split_once(&format!(" {name}=\""))?;
    after.split('"').next().map(str::to_owned)
}

fn unescaped(text: &str) -> String {
    let pairs = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#x27;", "'"), ("&#39;", "'")];
    let text = pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to));
    text.replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<main>\n<section class=\"wm-section\" id=\"section-levels\">\n<h2>Levels</h2>\n\
        <p>Recorded crime <a title=\"a>b\">fell by 8%<span class=\"govuk-visually-hidden\"> (figure 1)</span></a> in \
        Q&amp;A. It fell.</p>\n</section>\n<p>End</p></main>";

    fn compared(published: &str, computed: &str, not_compared: &NotCompared) -> Vec<PageFinding> {
        let published = BTreeMap::from([("full.html", published.as_bytes())]);
        let computed = BTreeMap::from([("full.html".to_owned(), computed.as_bytes().to_vec())]);
        let sections =
            BTreeMap::from([("section-levels".to_owned(), "assessment/levels.md".to_owned())]);
        compare(&published, &computed, not_compared, &sections)
    }

    const ALL: NotCompared = NotCompared { charts: Vec::new(), whole: true, evidence: false };

    #[test]
    fn a_page_is_read_sentence_by_sentence() {
        let read: Vec<String> = sentences(PAGE).into_iter().map(|one| one.text).collect();
        assert_eq!(read, ["Levels", "Recorded crime fell by 8% in Q&A.", "It fell.", "End"]);
    }

    #[test]
    fn an_edited_sentence_is_named_with_its_prose() {
        let edited = PAGE.replace("It fell", "It rose");
        assert_eq!(
            compared(&edited, PAGE, &ALL),
            [PageFinding::Sentence {
                file: "full.html".into(),
                prose: Some("assessment/levels.md".into()),
                published: "It rose.".into(),
                computed: "It fell.".into(),
            }]
        );
        assert_eq!(compared(PAGE, PAGE, &ALL), []);
    }

    #[test]
    fn what_changes_no_word_is_named_too() {
        for edited in [
            PAGE.replace("(figure 1)", "(figure 2)"),
            PAGE.replace("<p>End", "<p onclick=\"x()\">End"),
            format!("{PAGE}<!-- x -->"),
        ] {
            let found = compared(&edited, PAGE, &ALL);
            assert!(matches!(found.as_slice(), [PageFinding::Markup { .. }]), "{found:?}");
        }
    }

    #[test]
    fn a_chart_without_its_evidence_is_cut_and_nothing_else() {
        let page = |chart: &str, after: &str| {
            format!("<figure class=\"wm-chart\" id=\"chart-a\">{chart}</figure><p>{after}</p>")
        };
        let without_a = NotCompared { charts: vec!["a".into()], whole: true, evidence: false };
        assert_eq!(compared(&page("1", "x"), &page("2", "x"), &without_a), []);
        assert_eq!(compared(&page("1", "y"), &page("2", "x"), &without_a).len(), 1);
        assert_eq!(compared(&page("1", "x"), &page("2", "x"), &ALL).len(), 1);
    }
}
