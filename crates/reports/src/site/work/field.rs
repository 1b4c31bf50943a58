//! The fields of forms.

use serde::Serialize;

use super::{Problem, Typed};

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Choice {
    /// What is sent.
    pub value: String,
    /// What is read.
    pub text: String,
    /// More words beside it.
    pub hint: Option<String>,
}

impl<V: Into<String>, T: Into<String>> From<(V, T)> for Choice {
    fn from((value, text): (V, T)) -> Self {
        Self { value: value.into(), text: text.into(), hint: None }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
enum Kind {
    Text { input_type: &'static str, inputmode: Option<&'static str> },
    Password,
    Date,
    Select { choices: Vec<Choice> },
    Radios { choices: Vec<Choice> },
    Checkboxes { choices: Vec<Choice> },
    Textarea { rows: u8 },
    File { accept: String },
}

/// A field of a form: a component of the GOV.UK Design System.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Field {
    pub(super) name: String,
    label: String,
    hint: Option<String>,
    width: Option<u8>,
    autocomplete: Option<&'static str>,
    values: Vec<String>,
    pub(super) problem: Option<String>,
    #[serde(flatten)]
    kind: Kind,
}

impl Field {
    fn of(name: &str, label: &str, kind: Kind) -> Self {
        Self {
            name: name.to_owned(),
            label: label.to_owned(),
            hint: None,
            width: None,
            autocomplete: None,
            values: Vec::new(),
            problem: None,
            kind,
        }
    }

    /// One line of text.
    pub fn text(name: &str, label: &str) -> Self {
        Self::of(name, label, Kind::Text { input_type: "text", inputmode: None })
    }

    /// An e-mail address.
    pub fn email(name: &str, label: &str) -> Self {
        Self::of(name, label, Kind::Text { input_type: "email", inputmode: None })
    }

    /// A number or code of digits.
    pub fn digits(name: &str, label: &str) -> Self {
        Self::of(name, label, Kind::Text { input_type: "text", inputmode: Some("numeric") })
    }

    /// A password, which is never shown again.
    pub fn password(name: &str, label: &str) -> Self {
        Self::of(name, label, Kind::Password)
    }

    /// A day in three boxes, sent as `NAME-day`, `NAME-month` and `NAME-year`.
    pub fn date(name: &str, label: &str) -> Self {
        Self::of(name, label, Kind::Date)
    }

    /// One of many, in a list that opens.
    pub fn select<C: Into<Choice>>(
        name: &str,
        label: &str,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let choices = choices.into_iter().map(Into::into).collect();
        Self::of(name, label, Kind::Select { choices })
    }

    /// One of a few.
    pub fn radios<C: Into<Choice>>(
        name: &str,
        label: &str,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let choices = choices.into_iter().map(Into::into).collect();
        Self::of(name, label, Kind::Radios { choices })
    }

    /// Any of a few.
    pub fn checkboxes<C: Into<Choice>>(
        name: &str,
        label: &str,
        choices: impl IntoIterator<Item = C>,
    ) -> Self {
        let choices = choices.into_iter().map(Into::into).collect();
        Self::of(name, label, Kind::Checkboxes { choices })
    }

    /// Several lines of text.
    pub fn textarea(name: &str, label: &str, rows: u8) -> Self {
        Self::of(name, label, Kind::Textarea { rows })
    }

    /// A file; `accept` is as in HTML, such as `.docx`. The form is then sent as parts.
    pub fn file(name: &str, label: &str, accept: &str) -> Self {
        Self::of(name, label, Kind::File { accept: accept.to_owned() })
    }

    /// With words that help.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// About so many characters wide: 2, 3, 4, 5, 10, 20 or 30.
    #[must_use]
    pub fn width(mut self, characters: u8) -> Self {
        self.width = Some(characters);
        self
    }

    /// What browsers may fill in by themselves, in the words of HTML.
    #[must_use]
    pub fn autocomplete(mut self, what: &'static str) -> Self {
        self.autocomplete = Some(what);
        self
    }

    /// With what stands in it before anybody typed.
    #[must_use]
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.values = vec![value.into()];
        self
    }

    /// With several boxes ticked.
    #[must_use]
    pub fn values(mut self, values: impl IntoIterator<Item = String>) -> Self {
        self.values = values.into_iter().collect();
        self
    }

    /// With a day in its three boxes.
    #[must_use]
    pub fn day(mut self, year: i16, month: i8, day: i8) -> Self {
        self.values = vec![day.to_string(), month.to_string(), year.to_string()];
        self
    }

    pub(super) fn is_file(&self) -> bool {
        matches!(self.kind, Kind::File { .. })
    }

    /// A password and a file are never given back.
    pub(super) fn fill(&mut self, typed: &Typed) {
        self.values = match self.kind {
            Kind::Password | Kind::File { .. } => return,
            Kind::Date => ["day", "month", "year"]
                .map(|part| typed.get(&format!("{}-{part}", self.name)).to_owned())
                .into(),
            Kind::Checkboxes { .. } => typed.all(&self.name).map(str::to_owned).collect(),
            _ => vec![typed.get(&self.name).to_owned()],
        };
    }

    pub(super) fn complain(&mut self, problems: &[Problem]) {
        let of_this = problems.iter().find(|problem| problem.field == self.name);
        self.problem = of_this.map(|problem| problem.message.clone());
    }

    /// The id of what takes the focus from the error summary.
    pub(super) fn anchor(&self) -> String {
        match self.kind {
            Kind::Date => format!("{}-day", self.name),
            _ => self.name.clone(),
        }
    }
}
