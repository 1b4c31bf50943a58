//! The slides of a pack: the same figures and words, one matter a slide.

use wardmote_domain::board::Meeting;
use wardmote_domain::clock::date_in_words;

use super::Making;
use super::papers::{Papers, plain};
use super::sections::capital;
use crate::board::{day, lines, state};
use crate::business::Entry;

/// How many letters of a list a slide has room for at a size that can be read from the back of a room,
/// and how many of its items.
const LETTERS: usize = 620;
const ITEMS: usize = 7;

impl Making<'_> {
    /// Every slide, in the order of the papers.
    pub(super) fn slides(&self, papers: &mut Papers) {
        let agenda = lines(self.meeting, "agenda");
        let agenda = agenda.iter().map(|line| plain(line));
        list(papers, "What this meeting is about", agenda.collect());
        papers.slide(
            "Progress of the plan",
            None,
            Some(
                "- Actions in the plan: {{pack.actions}}\n- Done: {{pack.actions-done}}\n- Under way: \
                 {{pack.actions-under-way}}\n- Not started: {{pack.actions-not-started}}\n- Stopped: \
                 {{pack.actions-stopped}}\n- Open past their day: {{pack.actions-late}}\n"
                    .to_owned(),
            ),
        );
        for one in self.measured() {
            if let Some(claim) = &one.claim {
                let title = format!("{}: {{{{{claim}}}}}.", plain(one.entry.title()));
                papers.slide(&title, one.chart.as_deref(), None);
            }
        }
        for spotlight in &self.spotlights {
            spotlight_slides(papers, &spotlight.title, &spotlight.markdown);
        }
        self.duty_slides(papers);
        self.risk_slides(papers);
        self.group_slide(papers);
        self.to_come_slides(papers);
        let wanted = self.sources.board.decisions_of(self.meeting).into_iter();
        let wanted = wanted.filter(|one| state(one) == "wanted");
        let asked = wanted.map(|one| format!("{}: {}", one.reference(), plain(one.title())));
        list(papers, "Decisions wanted", asked.collect());
    }

    fn duty_slides(&self, papers: &mut Papers) {
        let duties = self.sources.board.all("duties").into_iter();
        let open = duties
            .filter(|duty| state(duty) != "met")
            .map(|duty| format!("{}: {}", plain(duty.title()), state(duty).replace('-', " ")));
        list(papers, "Duties that are not wholly met", open.collect());
    }

    fn risk_slides(&self, papers: &mut Papers) {
        let score = |entry: &Entry| {
            let number = |field: &str| entry.get(field).parse::<u32>().unwrap_or(0);
            number("likelihood") * number("impact")
        };
        let mut open: Vec<&Entry> = self.sources.board.all("risks");
        open.retain(|risk| state(risk) == "open");
        open.sort_by_key(|risk| (std::cmp::Reverse(score(risk)), risk.reference().to_owned()));
        let highest = open.iter().take(ITEMS).map(|risk| plain(risk.title()));
        list(papers, "The highest risks, the highest first", highest.collect());
    }

    fn group_slide(&self, papers: &mut Papers) {
        let states = self.sources.board.groups(self.sources.on);
        if states.is_empty() {
            return;
        }
        let lapsed: Vec<&str> = states
            .iter()
            .filter(|state| matches!(state.meeting, Meeting::Lapsed { .. }))
            .map(|state| state.group.title())
            .collect();
        let title = if lapsed.is_empty() {
            "Every group meets as it said".to_owned()
        } else {
            format!("Not met as often as it said: {}", plain(&lapsed.join("; ")))
        };
        papers.slide(&title, Some("structure"), None);
    }

    fn to_come_slides(&self, papers: &mut Papers) {
        let (board, on) = (self.sources.board, self.sources.on);
        let to_come = board.all("forward-plan").into_iter();
        let said = to_come.filter(|one| state(one) == "to-come").filter_map(|one| {
            let due = day(one, "due").filter(|due| *due >= on)?;
            Some(format!(
                "{}: {}, {} ({})",
                date_in_words(due),
                plain(one.title()),
                plain(&board.title_of(one, "group")),
                capital(one.get("kind")).to_lowercase()
            ))
        });
        list(papers, "What is to come", said.collect());
    }
}

/// A list on as many slides as it takes; none for none.
fn list(papers: &mut Papers, title: &str, lines: Vec<String>) {
    let mut pages: Vec<Vec<String>> = Vec::new();
    let mut letters = 0;
    for line in lines {
        letters += line.chars().count();
        let full = pages.last().is_none_or(|page| page.len() == ITEMS || letters > LETTERS);
        if full {
            letters = line.chars().count();
            pages.push(Vec::new());
        }
        if let Some(page) = pages.last_mut() {
            page.push(line);
        }
    }
    for (index, page) in pages.iter().enumerate() {
        let title = if index == 0 { title.to_owned() } else { format!("{title}, continued") };
        let text: String = page.iter().map(|line| format!("- {line}\n")).collect();
        papers.slide(&title, None, Some(text));
    }
}

/// A spotlight's paragraphs and lists; its charts and tables are in the papers.
fn spotlight_slides(papers: &mut Papers, title: &str, markdown: &str) {
    let blocks = markdown.split("\n\n").map(str::trim);
    let words: Vec<&str> =
        blocks.filter(|block| !block.is_empty() && !block.starts_with("![]")).collect();
    let mut pages: Vec<String> = Vec::new();
    for block in words {
        match pages.last_mut() {
            Some(page) if page.chars().count() + block.chars().count() <= LETTERS => {
                page.push_str("\n\n");
                page.push_str(block);
            }
            _ => pages.push(block.to_owned()),
        }
    }
    for (index, page) in pages.into_iter().enumerate() {
        let more = if index == 0 { "" } else { ", continued" };
        papers.slide(&format!("Spotlight: {title}{more}"), None, Some(page));
    }
}
