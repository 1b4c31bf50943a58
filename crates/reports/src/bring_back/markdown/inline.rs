//! The words of a paragraph as Markdown.
//!
//! Markdown's rules for emphasis depend on the characters around it. So what is written plainly is read
//! back, and where it says something else it is written again with care: other marks, and the letters
//! beside them as character references, which count as punctuation.

use std::fmt::Write as _;

use crate::prose::{Block, parse};
use crate::word::{Piece, Style, Words, pieces, settle_pieces};

/// Writes the words of a paragraph; lines are parted by hard breaks.
pub(super) fn write(words: &[Piece], print: &dyn Fn(&str) -> String) -> String {
    let holds = |text: &str| match parse(&print(text)).as_slice() {
        [Block::Paragraph { content }] => settle_pieces(pieces(content)) == words,
        _ => false,
    };
    let plain = Inline { careful: false, in_cell: false }.write(words);
    if holds(&plain) {
        return plain;
    }
    let careful = Inline { careful: true, in_cell: false }.write(words);
    if holds(&careful) { careful } else { plain }
}

/// Writes the words of a table's cell.
pub(super) fn write_cell(words: &[Piece], print: &dyn Fn(&str) -> String) -> String {
    let holds = |text: &str| match parse(&print(&format!("| {text} |\n| --- |"))).as_slice() {
        [Block::WrittenTable { head, .. }] => {
            head.first().is_some_and(|cell| settle_pieces(pieces(cell)) == words)
        }
        _ => false,
    };
    let plain = Inline { careful: false, in_cell: true }.write(words);
    if holds(&plain) {
        return plain;
    }
    let careful = Inline { careful: true, in_cell: true }.write(words);
    if holds(&careful) { careful } else { plain }
}

/// The target of a link or image, in angle brackets where it needs them.
pub(super) fn target(target: &str) -> String {
    let is_simple = !target.is_empty()
        && target.chars().all(|c| !c.is_whitespace() && !matches!(c, '(' | ')' | '<' | '>' | '\\'));
    if is_simple {
        return target.to_owned();
    }
    format!("<{}>", target.replace('\\', "\\\\").replace('<', "\\<").replace('>', "\\>"))
}

/// The longest run of a character.
pub(super) fn longest_run(text: &str, character: char) -> usize {
    text.split(|other| other != character).map(str::len).max().unwrap_or(0)
}

/// What can be open around words, from the outermost in.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Open {
    Link(String),
    Strong,
    Emphasis,
}

/// A part of the output.
enum Token {
    Opening(&'static str),
    Closing(String),
    Text(char),
    Ready(String),
    Break,
}

struct Inline {
    careful: bool,
    in_cell: bool,
}

impl Inline {
    fn write(&self, words: &[Piece]) -> String {
        let mut tokens = Vec::new();
        let mut open: Vec<Open> = Vec::new();
        for piece in words {
            let wanted = wanted(&piece.style);
            let kept = open.iter().take_while(|one| wanted.contains(one)).count();
            self.close(&mut open, kept, &mut tokens);
            for one in wanted {
                if !open.contains(&one) {
                    tokens.push(Token::Opening(self.mark(&one)));
                    open.push(one);
                }
            }
            match &piece.words {
                Words::Text(text) if piece.style.code => tokens.push(Token::Ready(self.code(text))),
                Words::Text(text) => tokens.extend(text.chars().map(Token::Text)),
                Words::Break => tokens.push(Token::Break),
                Words::Bound { tag, text } => tokens.push(Token::Ready(bound(tag, text))),
            }
        }
        self.close(&mut open, 0, &mut tokens);
        move_white_space_out(&mut tokens);
        self.join(&tokens)
    }

    fn close(&self, open: &mut Vec<Open>, depth: usize, tokens: &mut Vec<Token>) {
        while open.len() > depth {
            if let Some(one) = open.pop() {
                tokens.push(Token::Closing(match &one {
                    Open::Link(to) => format!("]({})", target(to)),
                    Open::Strong | Open::Emphasis => self.mark(&one).to_owned(),
                }));
            }
        }
    }

    fn mark(&self, one: &Open) -> &'static str {
        match one {
            Open::Link(_) => "[",
            Open::Strong => "**",
            Open::Emphasis if self.careful => "_",
            Open::Emphasis => "*",
        }
    }

    fn code(&self, text: &str) -> String {
        let fence = "`".repeat(longest_run(text, '`') + 1);
        // Markdown takes one blank off both ends, so one is put on where that would hurt.
        let blank_at_both = text.starts_with(' ') && text.ends_with(' ');
        let fences = text.starts_with('`') || text.ends_with('`');
        let pad = if blank_at_both || fences { " " } else { "" };
        let text = if self.in_cell { text.replace('|', "\\|") } else { text.to_owned() };
        format!("{fence}{pad}{text}{pad}{fence}")
    }

    fn join(&self, tokens: &[Token]) -> String {
        let mut lines = vec![String::new()];
        for (index, token) in tokens.iter().enumerate() {
            let after_opening_or_before = |at: Option<usize>, is_edge: fn(&Token) -> bool| {
                at.and_then(|at| tokens.get(at)).is_some_and(is_edge)
            };
            let Some(line) = lines.last_mut() else { continue };
            match token {
                Token::Opening(mark) => line.push_str(mark),
                Token::Closing(mark) => line.push_str(mark),
                Token::Ready(text) => line.push_str(text),
                Token::Break => {
                    line.push('\\');
                    lines.push(String::new());
                }
                Token::Text(character) => {
                    let before_opening = after_opening_or_before(Some(index + 1), |token| {
                        matches!(token, Token::Opening(_))
                    });
                    let after_closing = after_opening_or_before(index.checked_sub(1), |token| {
                        matches!(token, Token::Closing(_))
                    });
                    if self.careful
                        && (before_opening || after_closing)
                        && character.is_alphanumeric()
                    {
                        let _ = write!(line, "&#{};", u32::from(*character));
                    } else {
                        self.push(line, *character, index, tokens);
                    }
                }
            }
        }
        let lines: Vec<String> = lines.iter().map(|line| with_a_plain_start(line)).collect();
        lines.join("\n")
    }

    /// Adds a character, with a backslash where Markdown would read it as its own.
    fn push(&self, line: &mut String, character: char, index: usize, tokens: &[Token]) {
        let text_at = |at: Option<usize>| match at.and_then(|at| tokens.get(at)) {
            Some(Token::Text(character)) => Some(*character),
            _ => None,
        };
        let (before, after) = (text_at(index.checked_sub(1)), text_at(Some(index + 1)));
        let is_inside_a_word =
            before.is_some_and(char::is_alphanumeric) && after.is_some_and(char::is_alphanumeric);
        let following = || {
            tokens[index + 1..].iter().map_while(|token| match token {
                Token::Text(character) => Some(*character),
                _ => None,
            })
        };
        let escaped = match character {
            '\\' | '`' | '*' | '[' | ']' => true,
            '_' => self.careful || !is_inside_a_word,
            '<' => after
                .is_some_and(|next| next.is_ascii_alphabetic() || matches!(next, '/' | '!' | '?')),
            '&' => is_reference(following()),
            '|' => self.in_cell,
            '#' => before.is_none_or(|before| before == ' ' || before == '#'),
            // Before a link, or a binding that prints as one, it would make a picture of it.
            '!' => matches!(tokens.get(index + 1), Some(Token::Opening("[") | Token::Ready(_))),
            _ => false,
        };
        if escaped {
            line.push('\\');
        }
        line.push(character);
    }
}

/// Marks must touch words. White space takes its setting from what surrounds it, wherever the marks are.
fn move_white_space_out(tokens: &mut [Token]) {
    let is_white = |token: &Token| match token {
        Token::Text(character) => character.is_whitespace(),
        Token::Break => true,
        _ => false,
    };
    loop {
        let misplaced = (1..tokens.len()).find(|&at| match (&tokens[at - 1], &tokens[at]) {
            (Token::Opening(_), after) => is_white(after),
            (before, Token::Closing(_)) => is_white(before),
            _ => false,
        });
        match misplaced {
            Some(at) => tokens.swap(at - 1, at),
            None => break,
        }
    }
}

fn wanted(style: &Style) -> Vec<Open> {
    let link = style.link.clone().map(Open::Link);
    let strong = style.strong.then_some(Open::Strong);
    let emphasis = style.emphasis.then_some(Open::Emphasis);
    link.into_iter().chain(strong).chain(emphasis).collect()
}

fn bound(tag: &str, text: &str) -> String {
    match tag.strip_prefix("wm-figure:") {
        Some(id) => {
            let words = Inline { careful: false, in_cell: false }.write(&[Piece::text(text)]);
            format!("[{words}](figure:{id})")
        }
        None => format!("{{{{{}}}}}", tag.strip_prefix("wm:").unwrap_or(tag)),
    }
}

/// Whether what follows an ampersand makes it a character reference, such as `amp;` or `#38;`.
fn is_reference(following: impl Iterator<Item = char>) -> bool {
    let mut n_letters = 0;
    for character in following {
        match character {
            ';' => return n_letters > 0,
            '#' if n_letters == 0 => {}
            _ if character.is_ascii_alphanumeric() => n_letters += 1,
            _ => return false,
        }
    }
    false
}

/// A line that begins no heading, list, quotation, rule, fence or table.
fn with_a_plain_start(line: &str) -> String {
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    if digits > 0 && line[digits..].starts_with(['.', ')']) {
        return format!("{}\\{}", &line[..digits], &line[digits..]);
    }
    if line.starts_with(['>', '-', '+', '=', '~', '|']) {
        format!("\\{line}")
    } else {
        line.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn styled(text: &str, marks: &str) -> Piece {
        let style = Style {
            emphasis: marks.contains('e'),
            strong: marks.contains('s'),
            code: marks.contains('c'),
            link: marks.contains('l').then(|| "https://example.org/a_(b)".to_owned()),
        };
        Piece { words: Words::Text(text.to_owned()), style }
    }

    fn check(words: &[Piece], expected: &str) {
        let settled = settle_pieces(words.to_vec());
        let written = write(&settled, &str::to_owned);
        assert_eq!(written, expected);
        let Some(Block::Paragraph { content }) = parse(&written).into_iter().next() else {
            panic!("{written:?} is no paragraph");
        };
        assert_eq!(settle_pieces(pieces(&content)), settled, "{written:?}");
    }

    #[test]
    fn what_markdown_would_take_for_its_own_is_escaped() {
        check(
            &[Piece::text("5 * 3 [sic] crime_change _x_ R&D &amp; a<b <b>")],
            "5 \\* 3 \\[sic\\] crime_change \\_x\\_ R&D \\&amp; a\\<b \\<b>",
        );
        check(&[Piece::text("1. April")], "1\\. April");
        check(&[Piece::text("- not a list")], "\\- not a list");
        check(&[Piece::text("# not a heading")], "\\# not a heading");
        check(
            &[Piece::text("wow!"), styled("there", "l")],
            "wow\\![there](<https://example.org/a_(b)>)",
        );
    }

    #[test]
    fn emphasis_holds_within_words_and_beside_punctuation() {
        check(
            &[styled("one", "e"), Piece::text(" two "), styled("three", "s")],
            "*one* two **three**",
        );
        check(&[styled("a ", "e"), styled("b", "es"), styled(" c", "e")], "*a **b** c*");
        check(
            &[styled("\u{201c}now\u{201d}", "s"), Piece::text("then")],
            "**\u{201c}now\u{201d}**&#116;hen",
        );
        check(&[styled("a", "e"), styled("b", "s")], "*a***b**");
        check(&[styled("a", "es"), styled("b", "e"), styled("c", "s")], "***a****b***c**");
        check(&[styled("``", "c"), styled("x", "sc")], "``` `` ```**`x`**");
    }
}
