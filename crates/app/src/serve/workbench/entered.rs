//! What was typed, field by field: taken when it can be, and a problem with its mend when not.

use jiff::civil::Date;
use wardmote_reports::site::work::{Problem, Typed};

/// A form that is being read. Only fields that are asked for by name are seen: what else was sent
/// does nothing.
pub(crate) struct Entered<'a> {
    typed: &'a Typed,
    problems: Vec<Problem>,
}

impl<'a> Entered<'a> {
    pub(crate) fn new(typed: &'a Typed) -> Self {
        Self { typed, problems: Vec::new() }
    }

    /// A line of text that must be there; `missing` says what to enter.
    pub(crate) fn text(&mut self, field: &str, longest: usize, missing: &str) -> String {
        let text = self.optional_text(field, longest);
        if text.is_empty() && !self.has_problem(field) {
            self.wrong(field, missing);
        }
        text
    }

    /// A line of text that may be empty.
    pub(crate) fn optional_text(&mut self, field: &str, longest: usize) -> String {
        let text = self.typed.get(field).trim().to_owned();
        if text.chars().count() > longest {
            self.wrong(field, &format!("Use {longest} characters or fewer"));
        } else if text.chars().any(char::is_control) {
            self.wrong(field, "Take out line breaks and other characters that do not print");
        }
        text
    }

    /// Text of several lines that must be there.
    #[expect(dead_code, reason = "for the pages over records, which come next")]
    pub(crate) fn long_text(&mut self, field: &str, longest: usize, missing: &str) -> String {
        let text = self.typed.get(field).replace("\r\n", "\n").trim().to_owned();
        let prints = |letter: char| letter == '\n' || letter == '\t' || !letter.is_control();
        if text.is_empty() {
            self.wrong(field, missing);
        } else if text.chars().count() > longest {
            self.wrong(field, &format!("Use {longest} characters or fewer"));
        } else if !text.chars().all(prints) {
            self.wrong(field, "Take out characters that do not print");
        }
        text
    }

    /// A password: as it is, with its spaces.
    pub(crate) fn password(&mut self, field: &str, missing: &str) -> String {
        let text = self.typed.get(field).to_owned();
        if text.is_empty() {
            self.wrong(field, missing);
        }
        text
    }

    /// A day that must be there.
    pub(crate) fn day(&mut self, field: &str, missing: &str) -> Option<Date> {
        let day = self.optional_day(field);
        if day.is_none() && !self.has_problem(field) {
            self.wrong(field, missing);
        }
        day
    }

    /// A day that may be missing.
    pub(crate) fn optional_day(&mut self, field: &str) -> Option<Date> {
        let part = |part: &str| self.typed.get(&format!("{field}-{part}")).trim().to_owned();
        let (day, month, year) = (part("day"), part("month"), part("year"));
        if day.is_empty() && month.is_empty() && year.is_empty() {
            return None;
        }
        let read = || {
            let year = year.parse().ok().filter(|year| (1900..=2200).contains(year))?;
            Date::new(year, month.parse().ok()?, day.parse().ok()?).ok()
        };
        let found = read();
        if found.is_none() {
            self.wrong(field, "Enter a real day, such as 27 3 2026");
        }
        found
    }

    /// One of what there is to choose.
    pub(crate) fn choice<'c>(
        &mut self,
        field: &str,
        choices: impl IntoIterator<Item = &'c str>,
        missing: &str,
    ) -> String {
        let chosen = self.typed.get(field).to_owned();
        if !choices.into_iter().any(|choice| choice == chosen) {
            self.wrong(field, missing);
        }
        chosen
    }

    /// Notes that a field is wrong.
    pub(crate) fn wrong(&mut self, field: &str, message: &str) {
        self.problems.push(Problem::new(field, message));
    }

    fn has_problem(&self, field: &str) -> bool {
        self.problems.iter().any(|problem| problem.field == field)
    }

    /// What is wrong; nothing, if all can be taken.
    pub(crate) fn problems(self) -> Vec<Problem> {
        self.problems
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_field_has_its_problem_and_only_one() {
        let typed = Typed::new([
            ("name", "  A. Invented  "),
            ("line", "a\r\nSet-Cookie: b"),
            ("from-day", "31"),
            ("from-month", "2"),
            ("from-year", "2026"),
            ("kind", "king"),
            ("role", "administrator"),
        ]);
        let mut entered = Entered::new(&typed);
        assert_eq!(entered.text("name", 20, "Enter a name"), "A. Invented");
        entered.text("line", 20, "Enter a line");
        entered.text("none", 20, "Enter something");
        assert_eq!(entered.day("from", "Enter a day"), None);
        assert_eq!(entered.optional_day("to"), None);
        entered.choice("kind", ["council"], "Choose a kind");
        let fields: Vec<String> = entered.problems().into_iter().map(|one| one.field).collect();
        assert_eq!(fields, ["line", "none", "from", "kind"]);
    }
}
