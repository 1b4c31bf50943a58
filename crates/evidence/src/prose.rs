//! Prose with its bindings printed: each becomes a link to the figure behind it.
//!
//! `Recorded crime {{crime-change}}.` becomes `Recorded crime [fell by ...](figure:f-... "crime-change").`
//! The result is plain Markdown; what draws it need not know about claims, and what brings edited
//! words back finds the binding in the link's title.

use crate::binding;
use crate::claims::Answers;

/// Prints every binding of a text; one that names nothing is left as it stands, for the lint to report.
pub fn print(text: &str, answers: &Answers) -> String {
    print_with(text, |name| {
        let (claim, field) =
            name.split_once('.').map_or((name, None), |(claim, field)| (claim, Some(field)));
        let answer = answers.claims.get(claim)?;
        match field {
            None => Some((answer.statement.clone(), answer.figure.to_string())),
            Some(field) => {
                let field = answer.fields.get(field)?;
                Some((field.text.clone(), field.figure.to_string()))
            }
        }
    })
}

/// Prints the bindings of a text with the words, and the id of the figure, that `printed` gives for a
/// binding such as `crime-change.percent`.
pub fn print_with(text: &str, printed: impl Fn(&str) -> Option<(String, String)>) -> String {
    binding::replace(text, |claim, field| {
        let name = field.map_or_else(|| claim.to_owned(), |field| format!("{claim}.{field}"));
        match printed(&name) {
            Some((text, figure)) => format!("[{}](figure:{figure} \"{name}\")", escape(&text)),
            None => format!("{{{{{name}}}}}"),
        }
    })
}

/// The figures that a text's bindings print.
pub fn figures_cited(text: &str, answers: &Answers) -> Vec<String> {
    let cited = binding::find(text).into_iter().filter_map(|bound| {
        let answer = answers.claims.get(bound.claim)?;
        let figure = match bound.field {
            None => &answer.figure,
            Some(name) => &answer.fields.get(name)?.figure,
        };
        Some(figure.to_string())
    });
    cited.collect()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use crate::claims::{Answer, Field};
    use crate::figure::figure_id;

    use super::*;

    #[test]
    fn bindings_become_links_and_unknown_ones_stay() {
        let id = figure_id("k", "s");
        let field = Field { text: "8.0%".into(), figure: id.clone() };
        let answer = Answer {
            statement: "fell by 8.0% [sic]".into(),
            figure: id.clone(),
            verdict: None,
            fields: BTreeMap::from([("percent".to_owned(), field)]),
        };
        let answers = Answers {
            claims: BTreeMap::from([("crime".to_owned(), answer)]),
            figures: BTreeMap::new(),
            tests: Vec::new(),
        };
        assert_eq!(
            print("Crime {{crime}}, {{crime.percent}}, {{other}}, {{crime.x}}.", &answers),
            format!(
                "Crime [fell by 8.0% \\[sic\\]](figure:{id} \"crime\"), [8.0%](figure:{id} \"crime.percent\"), {{{{other}}}}, {{{{crime.x}}}}."
            )
        );
        assert_eq!(figures_cited("{{crime}} {{other}}", &answers), [id.to_string()]);
    }
}
