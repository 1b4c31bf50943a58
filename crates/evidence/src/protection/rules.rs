//! `disclosure.toml`: the partnership's own rules, with who set them and when.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use wardmote_disclosure::{Method, Rules};

/// The rules of disclosure control, as the partnership folder declares them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DisclosureRules {
    /// Who set them, or where they stand.
    pub source: String,
    /// When somebody last checked them against that.
    pub checked: Option<Date>,
    /// Which counts are protected, and how.
    pub cells: Rules,
    /// Whether the difference between a figure and the one published before it is protected too, as
    /// a count of the rows that came or went.
    pub revisions: bool,
    /// Shares of a controlled survey are shown from so many respondents.
    pub fewest_respondents: u64,
    /// Changes are tested over at least so many months a side: fewer, and the test's own numbers
    /// would say too much of single months.
    pub fewest_months: usize,
}

impl Default for DisclosureRules {
    fn default() -> Self {
        Self {
            source: "the defaults of wardmote".into(),
            checked: None,
            cells: Rules::default(),
            revisions: true,
            fewest_respondents: 30,
            fewest_months: 6,
        }
    }
}

impl DisclosureRules {
    /// In a sentence or two, for the page of methods.
    pub fn in_words(&self) -> String {
        let checked = self.checked.map(|date| format!(", checked {date}")).unwrap_or_default();
        let what = match self.cells.method {
            Method::Withhold => format!(
                "Counts of 1 to {} are withheld, and so are others from which they could be worked out",
                self.cells.small_up_to
            ),
            Method::Round { base } => format!(
                "Every number of these sources is rounded to a multiple of {base}, so that counts of 1 to {} \
                 cannot be told",
                self.cells.small_up_to
            ),
        };
        format!(
            "{what}, over all pages of this publication and what was published before. Rules: {}{checked}.",
            self.source
        )
    }
}
