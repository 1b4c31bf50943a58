//! From `CommonMark` to blocks, with bounded nesting.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Parser, Tag, TagEnd};

use super::blocks::{Block, Inline};

/// Quotes and lists deeper than this are laid flat: Typst bounds its call depth, and no reader
/// follows a tenth level.
const DEEPEST: usize = 8;

/// Parses prose.
pub(super) fn parse(markdown: &str) -> Vec<Block> {
    let mut builder = Builder::default();
    for event in Parser::new(markdown) {
        builder.take(event);
    }
    builder.finish()
}

/// What a list of inlines will become.
enum Span {
    Paragraph,
    Heading(HeadingLevel),
    Emphasis,
    Strong,
    Link(String),
    Image(String),
}

/// What a list of blocks will become.
enum Container {
    Quote,
    Item,
    List { start: Option<u64>, items: Vec<Vec<Block>> },
}

#[derive(Default)]
struct Builder {
    done: Vec<Block>,
    containers: Vec<(Container, Vec<Block>)>,
    spans: Vec<(Span, Vec<Inline>)>,
    /// Charts and tables named in the current paragraph, which follow it.
    placed: Vec<Block>,
    code: Option<String>,
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
            Tag::Link { dest_url, .. } => self.open_span(Span::Link(dest_url.into_string())),
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
            Span::Link(target) => self.close_link(target, content),
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
    fn close_link(&mut self, target: String, content: Vec<Inline>) {
        let scheme = target.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("figure") => {
                let id = target["figure:".len()..].to_owned();
                self.push(Inline::Figure { id, content });
            }
            Some("http" | "https" | "mailto") => self.push(Inline::Link { target, content }),
            _ if target.starts_with('#') => self.push(Inline::Link { target, content }),
            _ => {
                self.push_all(content);
                self.push_text(&format!(" ({target})"));
            }
        }
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

    fn finish(mut self) -> Vec<Block> {
        self.close_paragraph();
        while !self.containers.is_empty() {
            self.close_container();
        }
        self.done
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
            Inline::Figure { id: "abc".to_owned(), content: vec![text("fell by 8%")] },
            text("; see x (javascript:alert(1))."),
        ];
        let chart = Block::Chart { id: "c1".to_owned(), repeated: false };
        assert_eq!(blocks, [Block::Paragraph { content }, chart]);
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
