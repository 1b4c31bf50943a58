//! What the law asks an assessment to contain, against what it holds.

use crate::declarations::{Assessment, Statutory};

/// A statutory content that no section answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Missing {
    /// Its key.
    pub key: String,
    /// Its words.
    pub words: String,
}

/// The statutory contents that no section of the full assessment answers; any blocks sign-off.
///
/// A section whose prose is empty answers nothing.
pub fn missing(
    assessment: &Assessment,
    statutory: &Statutory,
    is_written: impl Fn(&str) -> bool,
) -> Vec<Missing> {
    let answered = |key: &str| {
        let sections = assessment.sections.iter();
        sections
            .filter(|section| section.answers.iter().any(|answer| answer == key))
            .any(|section| is_written(&section.file))
    };
    let contents = statutory.contents.iter();
    contents
        .filter(|(key, _)| !answered(key))
        .map(|(key, words)| Missing { key: key.clone(), words: words.clone() })
        .collect()
}

/// Keys that sections claim to answer and the statutory list does not hold.
pub fn unknown_keys(assessment: &Assessment, statutory: &Statutory) -> Vec<String> {
    let claimed = assessment.sections.iter().flat_map(|section| &section.answers);
    claimed.filter(|key| !statutory.contents.contains_key(*key)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_section_answers_nothing() {
        let assessment: Assessment = toml::from_str(
            r#"
            title = "T"
            family = { description = "all", rule = { level = 0.05, fewest_events = 10 } }
            sections = [{ file = "levels", heading = "Levels", answers = ["levels"] }, { file = "why", heading = "Why", answers = ["why", "typo"] }]
            summary = []
            "#,
        )
        .unwrap();
        let statutory: Statutory = toml::from_str(
            "source = \"the Regulations\"\nchecked = \"2026-11-24\"\n[contents]\nlevels = \"levels and patterns\"\nwhy = \"why\"",
        )
        .unwrap();
        assert_eq!(missing(&assessment, &statutory, |_| true), []);
        assert_eq!(missing(&assessment, &statutory, |file| file != "why")[0].key, "why");
        assert_eq!(unknown_keys(&assessment, &statutory), ["typo"]);
    }
}
