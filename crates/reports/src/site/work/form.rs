//! Forms, what was typed into them, and what is wrong with it.

use serde::Serialize;

use super::{Field, SummaryProblem};

/// What was typed into a form.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Typed(Vec<(String, String)>);

impl Typed {
    /// What was typed, by the names of the fields.
    pub fn new<N: Into<String>, V: Into<String>>(pairs: impl IntoIterator<Item = (N, V)>) -> Self {
        Self(pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect())
    }

    /// What was typed into a field; nothing if it was not sent.
    pub fn get(&self, name: &str) -> &str {
        self.all(name).next().unwrap_or_default()
    }

    /// All that was chosen in a field.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.0.iter().filter(move |(one, _)| one == name).map(|(_, value)| value.as_str())
    }

    /// Everything, in the order in which it was sent.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

/// What is wrong in a field, in words that say what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// The field's name; one that the form lacks puts the message into the summary alone.
    pub field: String,
    /// Such as "Enter a name".
    pub message: String,
}

impl Problem {
    /// What is wrong in a field.
    pub fn new(field: &str, message: impl Into<String>) -> Self {
        Self { field: field.to_owned(), message: message.into() }
    }
}

/// A form.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Form {
    action: String,
    submit: String,
    method: &'static str,
    style: &'static str,
    files: bool,
    legend: Option<String>,
    fields: Vec<Field>,
    hidden: Vec<(String, String)>,
    /// Problems that belong to no field.
    others: Vec<String>,
}

impl Form {
    /// A form that is posted to an address by a button of these words.
    pub fn new(action: impl Into<String>, submit: impl Into<String>) -> Self {
        Self {
            action: action.into(),
            submit: submit.into(),
            method: "post",
            style: "",
            files: false,
            legend: None,
            fields: Vec::new(),
            hidden: Vec::new(),
            others: Vec::new(),
        }
    }

    /// A form that looks for something and changes nothing: it is sent in the address.
    pub fn search(action: impl Into<String>, submit: impl Into<String>) -> Self {
        Self { method: "get", ..Self::new(action, submit) }
    }

    /// With a red button, for what cannot be undone.
    #[must_use]
    pub fn warning(mut self) -> Self {
        self.style = "govuk-button--warning";
        self
    }

    /// With a grey button, for what is not the page's main purpose.
    #[must_use]
    pub fn secondary(mut self) -> Self {
        self.style = "govuk-button--secondary";
        self
    }

    /// With one more field.
    #[must_use]
    pub fn field(mut self, field: Field) -> Self {
        self.files |= field.is_file();
        self.fields.push(field);
        self
    }

    /// With something that is sent back as it is. Whoever reads it must not trust it.
    #[must_use]
    pub fn hidden(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.hidden.push((name.into(), value.into()));
        self
    }

    /// With what was typed in its fields.
    #[must_use]
    pub fn filled(mut self, typed: &Typed) -> Self {
        for field in &mut self.fields {
            field.fill(typed);
        }
        self
    }

    /// With what is wrong.
    #[must_use]
    pub fn with_problems(mut self, problems: &[Problem]) -> Self {
        for field in &mut self.fields {
            field.complain(problems);
        }
        let of_none =
            |problem: &&Problem| self.fields.iter().all(|field| field.name != problem.field);
        self.others = problems.iter().filter(of_none).map(|one| one.message.clone()).collect();
        self
    }

    pub(super) fn summary(&self) -> Vec<SummaryProblem> {
        let others = self.others.iter().map(|text| (text.clone(), "#main-content".to_owned()));
        let of_fields = self
            .fields
            .iter()
            .filter_map(|field| Some((field.problem.clone()?, format!("#{}", field.anchor()))));
        let all = others.chain(of_fields);
        all.map(|(text, href)| SummaryProblem { text, href }).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stays_except_passwords() {
        let typed =
            Typed::new([("name", "A"), ("word", "secret"), ("day-day", "31"), ("day-year", "x")]);
        let form = Form::new("/", "Send")
            .field(Field::text("name", "Name"))
            .field(Field::password("word", "Password"))
            .field(Field::date("day", "Day"))
            .filled(&typed)
            .with_problems(&[Problem::new("day", "Enter a day"), Problem::new("", "Too late")]);
        let json = serde_json::to_value(&form).unwrap();
        assert_eq!(json["fields"][0]["values"][0], "A");
        assert_eq!(json["fields"][1]["values"], serde_json::json!([]));
        assert_eq!(json["fields"][2]["values"], serde_json::json!(["31", "", "x"]));
        let hrefs: Vec<String> = form.summary().into_iter().map(|one| one.href).collect();
        assert_eq!(hrefs, ["#main-content", "#day-day"]);
    }
}
