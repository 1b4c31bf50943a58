//! From `CommonMark` to blocks, with bounded nesting.

use std::ops::Range;

use pulldown_cmark::{Alignment, CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::blocks::{Block, Inline, Side};

/// Quotes and lists deeper than this are laid flat: Typst bounds its call depth, and no reader
/// follows a tenth level.
const DEEPEST: usize = 8;

/// What prose may hold beyond `CommonMark`; the gate reads the same.
const EXTENSIONS: Options = Options::ENABLE_TABLES;

/// Parses prose.
pub(crate) fn parse(markdown: &str) -> Vec<Block> {
    parse_in_parts(markdown).into_iter().flat_map(|(_, blocks)| blocks).collect()
}

/// Parses prose, and says from where to where each outermost part of it reaches.
///
/// A part gives several blocks where a paragraph places charts, and none where it is empty.
pub(crate) fn parse_in_parts(markdown: &str) -> Vec<(Range<usize>, Vec<Block>)> {
    let mut builder = Builder::default();
    let mut parts = Vec::new();
    let mut depth = 0_usize;
    for (event, range) in Parser::new_ext(markdown, EXTENSIONS).into_offset_iter() {
        let (opens, closes) = (matches!(event, Event::Start(_)), matches!(event, Event::End(_)));
        let is_rule = matches!(event, Event::Rule);
        if depth == 0 && (opens || is_rule) {
            parts.push((range, Vec::new()));
        }
        builder.take(event);
        depth = (depth + usize::from(opens)).saturating_sub(usize::from(closes));
        if depth == 0 && (closes || is_rule) {
            builder.close_paragraph();
            if let Some((_, blocks)) = parts.last_mut() {
                blocks.append(&mut builder.done);
            }
        }
    }
    parts
}

/// What a list of inlines will become.
enum Span {
    Paragraph,
    Heading(HeadingLevel),
    Emphasis,
    Strong,
    Link { target: String, title: String },
    Image(String),
}

/// What a list of blocks will become.
enum Container {
    Quote,
    Item,
    List { start: Option<u64>, items: Vec<Vec<Block>> },
}

/// A written table under construction: its head is its first row.
struct WrittenTable {
    columns: Vec<Side>,
    rows: Vec<Vec<Vec<Inline>>>,
}

#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    containers: Vec<(Container, Vec<Block>)>,
    spans: Vec<(Span, Vec<Inline>)>,
    /// Charts and tables named in the current paragraph, which follow it.
    placed: Vec<Block>,
    code: Option<String>,
    table: Option<WrittenTable>,
    /// Levels of the headings that enclose the current place, as written.
    heading_path: Vec<HeadingLevel>,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => match &mut self.code {
                Some(code) => code.push_str(&text),
                None => self.push_text(&text),
            },
            Event::Code(text) => self.push(Inline::Code { text: text.into_string() }),
            Event::Html(text) | Event::InlineHtml(text) => self.push_text(&text),
            Event::SoftBreak => self.push_text(" "),
            Event::HardBreak => self.push(Inline::LineBreak),
            Event::Rule => {
                self.close_paragraph();
                self.push_block(Block::Rule);
            }
            // These need extensions that are not switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.push_text(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Emphasis => self.open_span(Span::Emphasis),
            Tag::Strong => self.open_span(Span::Strong),
            Tag::Link { dest_url, title, .. } => self.open_span(Span::Link {
                target: dest_url.into_string(),
                title: title.into_string(),
            }),
            Tag::Image { dest_url, .. } => self.open_span(Span::Image(dest_url.into_string())),
            Tag::Heading { level, .. } => {
                self.close_paragraph();
                self.spans.push((Span::Heading(level), Vec::new()));
            }
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.close_paragraph();
                self.code = Some(String::new());
            }
            Tag::BlockQuote(_) => self.open_container(Container::Quote),
            Tag::List(start) => self.open_container(Container::List { start, items: Vec::new() }),
            Tag::Item => self.open_container(Container::Item),
            Tag::Table(sides) => {
                self.close_paragraph();
                let columns = sides.into_iter().map(side).collect();
                self.table = Some(WrittenTable { columns, rows: Vec::new() });
            }
            Tag::TableHead | Tag::TableRow => {
                if let Some(table) = &mut self.table {
                    table.rows.push(Vec::new());
                }
            }
            Tag::TableCell => self.spans.push((Span::Paragraph, Vec::new())),
            _ => self.close_paragraph(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Emphasis | TagEnd::Strong | TagEnd::Link | TagEnd::Image => self.close_span(),
            TagEnd::Heading(_) => self.close_heading(),
            TagEnd::CodeBlock => {
                let text = self.code.take().unwrap_or_default();
                self.push_block(Block::Code { text });
            }
            TagEnd::TableCell => self.close_cell(),
            TagEnd::TableHead | TagEnd::TableRow => {}
            TagEnd::Table => self.close_table(),
            TagEnd::BlockQuote(_) | TagEnd::List(_) | TagEnd::Item => {
                self.close_paragraph();
                self.close_container();
            }
            _ => self.close_paragraph(),
        }
    }

    fn push_text(&mut self, text: &str) {
        self.push(Inline::Text { text: text.to_owned() });
    }

    /// Adds an inline; the words of a tight list item open their own paragraph.
    fn push(&mut self, inline: Inline) {
        if self.spans.is_empty() {
            self.spans.push((Span::Paragraph, Vec::new()));
        }
        let Some((_, content)) = self.spans.last_mut() else { return };
        if let (Inline::Text { text }, Some(Inline::Text { text: before })) =
            (&inline, content.last_mut())
        {
            before.push_str(text);
        } else {
            content.push(inline);
        }
    }

    fn push_all(&mut self, content: Vec<Inline>) {
        for inline in content {
            self.push(inline);
        }
    }

    fn open_span(&mut self, span: Span) {
        if self.spans.is_empty() {
            self.spans.push((Span::Paragraph, Vec::new()));
        }
        self.spans.push((span, Vec::new()));
    }

    fn close_span(&mut self) {
        let Some((span, content)) = self.spans.pop() else { return };
        let is_deep = self.spans.len() > DEEPEST;
        match span {
            Span::Emphasis if !is_deep => self.push(Inline::Emphasis { content }),
            Span::Strong if !is_deep => self.push(Inline::Strong { content }),
            Span::Link { target, title } => self.close_link(target, title, content),
            Span::Image(target) => match target.split_once(':') {
                Some(("chart", id)) => {
                    self.placed.push(Block::Chart { id: id.to_owned(), repeated: false });
                }
                Some(("table", id)) => {
                    self.placed.push(Block::Table { id: id.to_owned(), repeated: false });
                }
                // Other pictures are not published; their words are.
                _ => self.push_all(content),
            },
            _ => self.push_all(content),
        }
    }

    /// A link to anything but the web, mail or this page shows its target and leads nowhere.
    fn close_link(&mut self, target: String, title: String, content: Vec<Inline>) {
        let scheme = target.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("figure") => {
                let id = target["figure:".len()..].to_owned();
                let binding = (!title.is_empty()).then_some(title);
                self.push(Inline::Figure { id, binding, content });
            }
            Some("http" | "https" | "mailto") => self.push(Inline::Link { target, content }),
            _ if target.starts_with('#') => self.push(Inline::Link { target, content }),
            _ => {
                self.push_all(content);
                self.push_text(&format!(" ({target})"));
            }
        }
    }

    /// Charts named in a cell follow the table.
    fn close_cell(&mut self) {
        while self.spans.len() > 1 {
            self.close_span();
        }
        let content = self.spans.pop().map(|(_, content)| content).unwrap_or_default();
        if let Some(row) = self.table.as_mut().and_then(|table| table.rows.last_mut()) {
            row.push(content);
        }
    }

    fn close_table(&mut self) {
        if let Some(WrittenTable { columns, mut rows }) = self.table.take()
            && !rows.is_empty()
        {
            let head = rows.remove(0);
            self.push_block(Block::WrittenTable { columns, head, rows });
        }
        self.flush_placed();
    }

    fn close_heading(&mut self) {
        let Some((Span::Heading(written), content)) = self.spans.pop() else { return };
        while self.heading_path.last().is_some_and(|&enclosing| enclosing >= written) {
            self.heading_path.pop();
        }
        self.heading_path.push(written);
        let level = (2 + self.heading_path.len()).min(6);
        if !is_blank(&content) {
            self.push_block(Block::Heading { level, content });
        }
        self.flush_placed();
    }

    fn close_paragraph(&mut self) {
        while self.spans.len() > 1 {
            self.close_span();
        }
        if let Some((_, content)) = self.spans.pop()
            && !is_blank(&content)
        {
            self.push_block(Block::Paragraph { content });
        }
        self.flush_placed();
    }

    fn flush_placed(&mut self) {
        let placed = std::mem::take(&mut self.placed);
        self.push_blocks(placed);
    }

    fn push_block(&mut self, block: Block) {
        match self.containers.last_mut() {
            Some((_, blocks)) => blocks.push(block),
            None => self.done.push(block),
        }
    }

    fn push_blocks(&mut self, blocks: impl IntoIterator<Item = Block>) {
        for block in blocks {
            self.push_block(block);
        }
    }

    fn open_container(&mut self, container: Container) {
        self.close_paragraph();
        self.containers.push((container, Vec::new()));
    }

    fn close_container(&mut self) {
        let Some((container, blocks)) = self.containers.pop() else { return };
        let is_deep = self.containers.len() > DEEPEST;
        match (container, self.containers.last_mut()) {
            (Container::Item, Some((Container::List { items, .. }, _))) => items.push(blocks),
            (Container::Quote, _) if !is_deep => self.push_block(Block::Quote { blocks }),
            (Container::List { start, items }, _) if !is_deep => self.push_block(Block::List {
                ordered: start.is_some(),
                start: start.unwrap_or(1),
                items,
            }),
            (Container::List { items, .. }, _) => {
                self.push_blocks(items.into_iter().flatten());
            }
            (Container::Quote | Container::Item, _) => {
                self.push_blocks(blocks);
            }
        }
    }
}

fn side(alignment: Alignment) -> Side {
    match alignment {
        Alignment::None | Alignment::Left => Side::Left,
        Alignment::Center => Side::Middle,
        Alignment::Right => Side::Right,
    }
}

fn is_blank(content: &[Inline]) -> bool {
    content.iter().all(|inline| match inline {
        Inline::Text { text } => text.trim().is_empty(),
        Inline::LineBreak => true,
        _ => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Inline {
        Inline::Text { text: text.to_owned() }
    }

    #[test]
    fn links_carry_meaning_by_scheme() {
        let blocks =
            parse("Crime [fell by 8%](figure:abc); see [x](javascript:alert(1)).\n\n![](chart:c1)");
        let content = vec![
            text("Crime "),
            Inline::Figure {
                id: "abc".to_owned(),
                binding: None,
                content: vec![text("fell by 8%")],
            },
            text("; see x (javascript:alert(1))."),
        ];
        let chart = Block::Chart { id: "c1".to_owned(), repeated: false };
        assert_eq!(blocks, [Block::Paragraph { content }, chart]);
    }

    #[test]
    fn the_title_of_a_link_to_a_figure_is_its_binding() {
        let blocks = parse("[8%](figure:abc \"crime.percent\")");
        let content = vec![Inline::Figure {
            id: "abc".to_owned(),
            binding: Some("crime.percent".to_owned()),
            content: vec![text("8%")],
        }];
        assert_eq!(blocks, [Block::Paragraph { content }]);
    }

    #[test]
    fn written_tables_are_read() {
        let blocks = parse("| Who | *When* |\n| --- | ---: |\n| a | b |\n| c |\n");
        let emphasis = Inline::Emphasis { content: vec![text("When")] };
        let cell = |words: &str| vec![text(words)];
        let expected = Block::WrittenTable {
            columns: vec![Side::Left, Side::Right],
            head: vec![cell("Who"), vec![emphasis]],
            rows: vec![vec![cell("a"), cell("b")], vec![cell("c"), Vec::new()]],
        };
        assert_eq!(blocks, [expected]);
    }

    #[test]
    fn parts_know_from_where_to_where_they_reach() {
        let source = "One\nline.\n\n![](chart:c)\n\n- a\n- b\n\n---\n";
        let parts = parse_in_parts(source);
        let texts: Vec<&str> =
            parts.iter().map(|(range, _)| source[range.clone()].trim()).collect();
        assert_eq!(texts, ["One\nline.", "![](chart:c)", "- a\n- b", "---"]);
        assert!(parts.iter().all(|(_, blocks)| blocks.len() == 1));
    }

    #[test]
    fn headings_never_skip_a_level() {
        let levels: Vec<usize> = parse("### a\n\n# b\n\n#### c\n\n## d")
            .iter()
            .map(|block| if let Block::Heading { level, .. } = block { *level } else { 0 })
            .collect();
        assert_eq!(levels, [3, 3, 4, 4]);
    }

    #[test]
    fn raw_html_is_text() {
        let content = vec![text("a <b onclick=\"x\">b</b>")];
        assert_eq!(parse("a <b onclick=\"x\">b</b>"), [Block::Paragraph { content }]);
    }

    #[test]
    fn nesting_is_bounded() {
        let blocks = parse(&format!("{}x", "> ".repeat(500)));
        assert!(format!("{blocks:?}").contains("\"x\""));
    }
}
