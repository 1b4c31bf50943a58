//! Passages as Markdown, in the forms that the partnerships' own files use.

mod inline;

use std::fmt::Write as _;

use crate::prose::Side;
use crate::word::{Form, Opening, Passage, Piece};

/// Writes passages as Markdown, without a newline at the end.
///
/// `print` prints bindings: what is written is read back to see that its emphasis holds.
pub(super) fn write(passages: &[Passage], print: &dyn Fn(&str) -> String) -> String {
    let mut writer = Writer { text: String::new(), lists: Vec::new(), closed: Vec::new(), print };
    for passage in passages {
        writer.passage(passage);
    }
    writer.text
}

/// A list that is open.
struct List {
    mark: Mark,
    number: u64,
    /// How far in the words of its items stand.
    indent: usize,
}

/// How a list's items begin. Neighbours differ, or they would be one list.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Mark {
    ordered: bool,
    is_second: bool,
}

struct Writer<'a> {
    text: String,
    lists: Vec<List>,
    /// The mark of the list that ended last at each level, if nothing stands between.
    closed: Vec<Option<Mark>>,
    print: &'a dyn Fn(&str) -> String,
}

impl Writer<'_> {
    fn passage(&mut self, passage: &Passage) {
        if let Passage::Paragraph { form, pieces } = passage {
            match form {
                Form::Item { level, opens } => {
                    return self.item(usize::from(*level), *opens, pieces);
                }
                Form::Continued { level } => {
                    self.lists.truncate(usize::from(*level) + 1);
                    let indent = self.lists.last().map_or(0, |list| list.indent);
                    let words = inline::write(pieces, self.print);
                    self.after_blank_line();
                    return self.lines(&" ".repeat(indent), &" ".repeat(indent), &words);
                }
                _ => {}
            }
        }
        self.lists.clear();
        self.closed.clear();
        match passage {
            Passage::Paragraph { form, pieces } => {
                let words = inline::write(pieces, self.print);
                match form {
                    Form::Heading { level } => {
                        self.after_blank_line();
                        let marks = "#".repeat(usize::from(*level));
                        self.lines(&format!("{marks} "), "", &words);
                    }
                    Form::Quote { goes_on: true } if !self.text.is_empty() => {
                        self.text.push_str("\n>\n");
                        self.lines("> ", "> ", &words);
                    }
                    Form::Quote { .. } => {
                        self.after_blank_line();
                        self.lines("> ", "> ", &words);
                    }
                    Form::Body | Form::Item { .. } | Form::Continued { .. } => {
                        self.after_blank_line();
                        self.lines("", "", &words);
                    }
                }
            }
            Passage::Code { text } => {
                self.after_blank_line();
                let fence = "`".repeat(inline::longest_run(text, '`').max(2) + 1);
                let end = if text.is_empty() { "" } else { "\n" };
                let _ = write!(self.text, "{fence}\n{text}{end}{fence}");
            }
            Passage::Rule => {
                self.after_blank_line();
                self.text.push_str("---");
            }
            Passage::Placed { what } => {
                self.after_blank_line();
                let _ = write!(self.text, "![]({})", inline::target(what));
            }
            Passage::Table { columns, rows } => self.table(columns, rows),
        }
    }

    fn item(&mut self, level: usize, opens: Option<Opening>, pieces: &[Piece]) {
        let follows_list = !self.lists.is_empty();
        let level = level.min(self.lists.len());
        self.close_to(if opens.is_some() { level } else { level + 1 });
        if let Some(Opening { ordered, start }) = opens {
            let before = self.closed.get(level).copied().flatten();
            let is_second = before.is_some_and(|mark| mark.ordered == ordered && !mark.is_second);
            let mark = Mark { ordered, is_second };
            self.lists.push(List { mark, number: start.wrapping_sub(1), indent: 0 });
        }
        let outer = level
            .checked_sub(1)
            .and_then(|outer| self.lists.get(outer))
            .map_or(0, |list| list.indent);
        let Some(list) = self.lists.last_mut() else { return };
        list.number = list.number.wrapping_add(1);
        let marker = match list.mark {
            Mark { ordered: true, is_second } => {
                format!("{}{} ", list.number, if is_second { ')' } else { '.' })
            }
            Mark { ordered: false, is_second: false } => "- ".to_owned(),
            Mark { ordered: false, is_second: true } => "* ".to_owned(),
        };
        list.indent = outer + marker.len();
        let indent = list.indent;
        // A list interrupts a paragraph only where it begins with one.
        let interrupts =
            opens.is_none_or(|opening| opening.start == 1) && (opens.is_none() || level > 0);
        if follows_list && interrupts {
            self.text.push('\n');
        } else {
            self.after_blank_line();
        }
        let words = inline::write(pieces, self.print);
        self.lines(&format!("{}{marker}", " ".repeat(outer)), &" ".repeat(indent), &words);
    }

    fn close_to(&mut self, depth: usize) {
        while self.lists.len() > depth {
            let level = self.lists.len() - 1;
            if let Some(list) = self.lists.pop() {
                self.closed.resize(level + 1, None);
                self.closed[level] = Some(list.mark);
            }
        }
        // Lists deeper than what goes on have been closed by it.
        self.closed.truncate(depth + 1);
    }

    fn table(&mut self, columns: &[Side], rows: &[Vec<Vec<Piece>>]) {
        self.after_blank_line();
        let print = self.print;
        let line = |row: &Vec<Vec<Piece>>| {
            let cells: Vec<String> =
                row.iter().map(|cell| inline::write_cell(cell, print)).collect();
            format!("| {} |", cells.join(" | "))
        };
        let sides: Vec<&str> = columns
            .iter()
            .map(|side| match side {
                Side::Left => "---",
                Side::Middle => ":---:",
                Side::Right => "---:",
            })
            .collect();
        let mut lines: Vec<String> = rows.iter().map(line).collect();
        lines.insert(1.min(lines.len()), format!("| {} |", sides.join(" | ")));
        self.text.push_str(&lines.join("\n"));
    }

    fn after_blank_line(&mut self) {
        if !self.text.is_empty() {
            self.text.push_str("\n\n");
        }
    }

    fn lines(&mut self, first: &str, further: &str, words: &str) {
        for (index, line) in words.split('\n').enumerate() {
            if index > 0 {
                self.text.push('\n');
            }
            self.text.push_str(if index == 0 { first } else { further });
            self.text.push_str(line);
        }
    }
}
