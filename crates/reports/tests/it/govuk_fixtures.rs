//! Every official fixture of the GOV.UK Design System renders as published.

use std::fs;
use std::path::{Path, PathBuf};

use minijinja::value::{Serde, Value};
use minijinja::{Environment, UndefinedBehavior, context};
use serde::Deserialize;

use crate::assets;

#[derive(Deserialize)]
struct Fixtures {
    component: String,
    fixtures: Vec<Fixture>,
}

#[derive(Deserialize)]
struct Fixture {
    name: String,
    options: serde_json::Value,
    html: String,
}

#[test]
fn all_official_fixtures_render_as_published() {
    let Some(folder) = assets::folder() else { return };
    let environment = wardmote_reports::govuk_environment(&assets::load().unwrap()).unwrap();
    let components = component_folders(&folder);
    let mut n_fixtures = 0;
    for path in &components {
        let text = fs::read_to_string(path.join("fixtures.json")).unwrap();
        let Fixtures { component, fixtures } = serde_json::from_str(&text).unwrap();
        for fixture in fixtures {
            let rendered = render(&environment, &component, &fixture.options);
            assert_eq!(normal(&rendered), normal(&fixture.html), "{component}: {}", fixture.name);
            n_fixtures += 1;
        }
    }
    assert_eq!((components.len(), n_fixtures), (37, 657));
    assert_eq!(environment.undefined_behavior(), UndefinedBehavior::Chainable);
}

/// The folders of the components, as `cargo xtask assets` lays them out or as npm does.
fn component_folders(folder: &Path) -> Vec<PathBuf> {
    let places = ["govuk-frontend/components", "govuk-frontend/dist/govuk/components"];
    let place = places.iter().map(|place| folder.join(place)).find(|place| place.is_dir());
    let mut folders: Vec<PathBuf> = fs::read_dir(place.unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.join("fixtures.json").exists())
        .collect();
    folders.sort();
    folders
}

fn render(environment: &Environment<'_>, component: &str, options: &serde_json::Value) -> String {
    let name: String = component.split('-').map(capitalised).collect();
    let source = format!(
        "{{% from \"govuk_frontend_jinja/components/{component}/macro.html\" import govuk{name} %}}{{{{ govuk{name}(params) }}}}"
    );
    let template = environment.template_from_named_str("fixture.html", &source).unwrap();
    template.render(context! { params => Value::from(Serde(options)) }).unwrap()
}

fn capitalised(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    first.to_uppercase() + rest
}

/// HTML in one form, which a browser would not tell apart: entities, white space and the order of
/// attributes (a JSON object has none).
fn normal(html: &str) -> String {
    let entities =
        [("&#x27;", "'"), ("&#39;", "'"), ("&#x2f;", "/"), ("&quot;", "\""), ("&#34;", "\"")];
    let html =
        entities.iter().fold(html.to_owned(), |html, (entity, text)| html.replace(entity, text));
    let words: Vec<&str> = html.split_whitespace().collect();
    let html = words.join(" ").replace("> ", ">").replace(" <", "<").replace(" >", ">");
    html.split('<')
        .map(|part| part.split_once('>').map_or(part.to_owned(), sorted_tag))
        .collect::<Vec<_>>()
        .join("<")
}

/// A tag with its attributes sorted, and the text after it.
fn sorted_tag((tag, text): (&str, &str)) -> String {
    let mut is_quoted = false;
    let mut parts: Vec<&str> = tag
        .split(|character| {
            is_quoted ^= character == '"';
            character == ' ' && !is_quoted
        })
        .collect();
    if let Some((_, attributes)) = parts.split_first_mut() {
        attributes.sort_unstable();
    }
    format!("{}>{text}", parts.join(" "))
}
