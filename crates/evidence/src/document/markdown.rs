//! Markdown: code, link addresses, images and HTML are not prose and are left out.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::{Block, Document, Form, Lines, exceptions};

#[derive(Default)]
struct Reader {
    blocks: Vec<Block>,
    front_matter: String,
    /// The lists that are open, each with its number and the number of its next item.
    open_lists: Vec<(usize, usize)>,
    n_lists: usize,
    n_tables: usize,
    cell: (usize, usize),
    quotes: usize,
    hidden: usize,
    bold: usize,
}

impl Reader {
    fn begin(&mut self, form: Form) {
        self.blocks.push(Block::new(form, self.quotes > 0));
    }

    fn in_list(&self) -> Form {
        match self.open_lists.last() {
            Some((list, next)) => Form::Item {
                list: *list,
                item: next.saturating_sub(1),
                depth: self.open_lists.len(),
            },
            None => Form::Paragraph,
        }
    }

    fn push(&mut self, text: &str, line: usize) {
        if self.blocks.is_empty() {
            self.begin(Form::Paragraph);
        }
        let bold = self.bold > 0;
        if let Some(block) = self.blocks.last_mut() {
            if bold && block.text[block.bold_lead..].trim().is_empty() {
                block.bold_lead = block.text.len() + text.len();
            }
            block.push(text, line);
        }
    }

    fn start(&mut self, tag: &Tag<'_>) {
        match tag {
            Tag::BlockQuote(_) => self.quotes += 1,
            Tag::CodeBlock(_) | Tag::Image { .. } | Tag::HtmlBlock => self.hidden += 1,
            Tag::Strong => self.bold += 1,
            Tag::Heading { level, .. } => self.begin(Form::Heading { level: *level as u8 }),
            Tag::Paragraph => self.begin(self.in_list()),
            Tag::List(_) => {
                self.open_lists.push((self.n_lists, 0));
                self.n_lists += 1;
            }
            Tag::Item => {
                if let Some((_, next)) = self.open_lists.last_mut() {
                    *next += 1;
                }
                self.begin(self.in_list());
            }
            Tag::Table(_) => {
                self.n_tables += 1;
                self.cell = (0, 0);
            }
            Tag::TableRow => self.cell = (self.cell.0 + 1, 0),
            Tag::TableCell => {
                let (row, column) = self.cell;
                self.begin(Form::Cell { table: self.n_tables - 1, row, column });
                self.cell.1 += 1;
            }
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::BlockQuote(_) => self.quotes -= 1,
            TagEnd::CodeBlock | TagEnd::Image | TagEnd::HtmlBlock => self.hidden -= 1,
            TagEnd::Strong => self.bold -= 1,
            TagEnd::List(_) => {
                self.open_lists.pop();
            }
            _ => {}
        }
    }
}

pub(super) fn read(source: &str) -> Document {
    let lines = Lines::of(source);
    let mut reader = Reader::default();
    let options = Options::ENABLE_TABLES | Options::ENABLE_YAML_STYLE_METADATA_BLOCKS;
    let mut in_front_matter = false;
    for (event, range) in Parser::new_ext(source, options).into_offset_iter() {
        match event {
            Event::Start(Tag::MetadataBlock(_)) => in_front_matter = true,
            Event::End(TagEnd::MetadataBlock(_)) => in_front_matter = false,
            Event::Text(text) if in_front_matter => reader.front_matter.push_str(&text),
            Event::Start(tag) => reader.start(&tag),
            Event::End(tag) => reader.end(tag),
            Event::Text(text) if reader.hidden == 0 => {
                reader.push(&text, lines.line(range.start));
            }
            Event::SoftBreak | Event::HardBreak => reader.push(" ", lines.line(range.start)),
            _ => {}
        }
    }
    Document::finish(reader.blocks, &reader.front_matter, exceptions::written_in(source))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outline(source: &str) -> Vec<(Form, String, usize)> {
        let blocks = read(source).blocks;
        blocks.iter().map(|b| (b.form, b.text.clone(), b.line())).collect()
    }

    #[test]
    fn lists_within_lists_and_loose_items() {
        let item = |list, item, depth| Form::Item { list, item, depth };
        assert_eq!(
            outline("- one\n  - inner\n- two\n\n  more of two\n\nafter\n"),
            [
                (item(0, 0, 1), "one".into(), 1),
                (item(1, 0, 2), "inner".into(), 2),
                (item(0, 1, 1), "two".into(), 3),
                (item(0, 1, 1), "more of two".into(), 5),
                (Form::Paragraph, "after".into(), 7),
            ]
        );
    }

    #[test]
    fn tables_and_bold_leads() {
        let cell = |row, column| Form::Cell { table: 0, row, column };
        let source = "| a | b |\n|---|---|\n| 1 | |\n\n**Fair.** It is.\n\n**1) All**\n";
        assert_eq!(
            outline(source)[..3],
            [(cell(0, 0), "a".into(), 1), (cell(0, 1), "b".into(), 1), (cell(1, 0), "1".into(), 3),]
        );
        let blocks = read(source).blocks;
        assert_eq!((blocks[3].bold_lead, blocks[3].is_heading()), (5, false));
        assert!(blocks[4].is_heading());
    }

    #[test]
    fn html_and_front_matter_are_not_prose() {
        let document = read("---\ndate: 2025-03-18\n---\n\nThe 18<sup>th</sup>.<!-- no -->\n");
        assert_eq!(document.blocks.len(), 1);
        assert_eq!(document.blocks[0].text, "The 18th.");
        assert_eq!(document.date, Some(jiff::civil::date(2025, 3, 18)));
    }
}
