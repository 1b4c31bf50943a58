//! The slides of a pack: the same figures and words, one matter a slide.

use super::Making;
use super::papers::{Papers, continued, plain};
use super::{DeclaredTables, Spotlight};
use crate::board::lines;

/// How many letters of words a slide has room for at a size that can be read from the back of a room.
const LETTERS: usize = 620;

impl Making<'_> {
    /// Every slide, in the order in which a chair goes through them.
    pub(super) fn slides(&mut self, papers: &mut Papers) {
        let agenda = lines(self.meeting, "agenda");
        let agenda: Vec<String> = agenda.iter().map(|line| format!("1. {}", plain(line))).collect();
        if !agenda.is_empty() {
            papers.slide("What this meeting is about", None, Some(agenda.join("\n")));
        }
        self.progress_slides(papers);
        self.next_plan_slides(papers);
        self.measure_slides(papers);
        for spotlight in &self.spotlights {
            spotlight_slides(papers, spotlight, &self.tables);
        }
        self.duty_slides(papers);
        self.risk_slides(papers);
        self.group_slide(papers);
        self.to_come_slides(papers);
        self.wanted_slides(papers);
    }
}

/// A spotlight's paragraphs and lists, and each of its tables; its charts are in the papers.
fn spotlight_slides(papers: &mut Papers, spotlight: &Spotlight, tables: &DeclaredTables) {
    let title = format!("Spotlight: {}", spotlight.title);
    let blocks = spotlight.markdown.split("\n\n").map(str::trim);
    let blocks: Vec<&str> =
        blocks.filter(|block| !block.is_empty() && !block.starts_with("![]")).collect();
    let pages = balanced(&blocks);
    for (index, page) in pages.into_iter().enumerate() {
        papers.slide(&continued(&title, index), None, Some(page));
    }
    let shown = |id: &String| spotlight.markdown.contains(&format!("![](table:{id})"));
    for (_, table) in tables.iter().filter(|(id, _)| shown(id)) {
        papers.table_slides(&plain(&table.caption), table);
    }
}

/// Blocks on as few pages as hold them, and none of these fuller than it must be.
fn balanced(blocks: &[&str]) -> Vec<String> {
    let fewest = pages(blocks, LETTERS).len();
    let even = (1..=LETTERS).find(|letters| pages(blocks, *letters).len() == fewest);
    pages(blocks, even.unwrap_or(LETTERS))
}

fn pages(blocks: &[&str], letters: usize) -> Vec<String> {
    let mut pages: Vec<String> = Vec::new();
    for block in blocks {
        match pages.last_mut() {
            Some(page) if page.chars().count() + block.chars().count() <= letters => {
                page.push_str("\n\n");
                page.push_str(block);
            }
            _ => pages.push((*block).to_owned()),
        }
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_page_is_left_with_little_after_a_full_one() {
        let block = "x".repeat(150);
        let blocks = vec![block.as_str(); 5];
        let found: Vec<usize> = balanced(&blocks).iter().map(String::len).collect();
        assert_eq!(found, [454, 302]);
        assert_eq!(pages(&blocks, LETTERS).iter().map(String::len).max(), Some(606));
        assert_eq!(balanced(&[]), [""; 0]);
    }
}
