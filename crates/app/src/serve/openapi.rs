//! The description of the interface for programs, as `OpenAPI` 3.1.

use serde_json::{Map, Value, json};

use super::asked::MOST_AREAS;

/// A list's path, what it holds, and its columns with their types.
type Described = (&'static str, &'static str, &'static [(&'static str, &'static [&'static str])]);

const TEXT: &[&str] = &["string"];

const MAYBE: &[&str] = &["string", "null"];
const NUMBER: &[&str] = &["number", "null"];
const WHOLE: &[&str] = &["integer", "null"];

const LISTS: [Described; 16] = [
    (
        "measures",
        "Measures of open sources",
        &[
            ("id", TEXT),
            ("title", TEXT),
            ("definition", TEXT),
            ("version", &["integer"]),
            ("unit", TEXT),
            ("source", TEXT),
        ],
    ),
    ("areas", "Areas of the partnership", &[("code", TEXT), ("name", TEXT), ("level", TEXT)]),
    (
        "series/{measure}/{area}",
        "Counts by month; null where the month did not come",
        &[("month", TEXT), ("count", &["integer", "null"])],
    ),
    (
        "claims",
        "Sentences of the published assessment",
        &[("claim", TEXT), ("statement", TEXT), ("verdict", &["string", "null"]), ("figure", TEXT)],
    ),
    (
        "coverage",
        "Months of open sources: received, cut short, missing, or not published",
        &[("source", TEXT), ("body", TEXT), ("month", TEXT), ("state", TEXT)],
    ),
    (
        "plan/priorities",
        "Priorities of the published plans, with what their measures allow to be said",
        &[
            ("plan", MAYBE),
            ("theme", MAYBE),
            ("reference", TEXT),
            ("title", TEXT),
            ("measured", TEXT),
            ("judged", TEXT),
            ("differ", MAYBE),
            ("cites", TEXT),
        ],
    ),
    (
        "plan/actions",
        "Published actions",
        &[
            ("priority", MAYBE),
            ("reference", TEXT),
            ("title", TEXT),
            ("owner", MAYBE),
            ("state", MAYBE),
            ("due", MAYBE),
            ("progress", MAYBE),
            ("progress_on", MAYBE),
            ("measured_by", TEXT),
        ],
    ),
    (
        "plan/measures",
        "Published measures, with what the published assessment says of each",
        &[
            ("reference", TEXT),
            ("title", TEXT),
            ("progress", TEXT),
            ("says", TEXT),
            ("limits", MAYBE),
            ("period", MAYBE),
            ("figures", TEXT),
        ],
    ),
    (
        "plan/duties",
        "Published duties, and how each stands",
        &[
            ("reference", TEXT),
            ("title", TEXT),
            ("kind", MAYBE),
            ("law", MAYBE),
            ("owner", MAYBE),
            ("cycle", MAYBE),
            ("state", MAYBE),
            ("last_done", MAYBE),
            ("due", MAYBE),
            ("next", MAYBE),
            ("evidence", MAYBE),
        ],
    ),
    (
        "topics",
        "What there are pages about, with what may be said of each",
        &[("id", TEXT), ("title", TEXT), ("sentence", TEXT)],
    ),
    (
        "topics/{id}/areas",
        "Where a topic's open measures happen, highest rate first",
        &[
            ("measure", TEXT),
            ("area", TEXT),
            ("name", TEXT),
            ("period", TEXT),
            ("count", &["integer"]),
            ("rate", NUMBER),
            ("lower", NUMBER),
            ("upper", NUMBER),
            ("rank", WHOLE),
            ("best_rank", WHOLE),
            ("last_rank", WHOLE),
        ],
    ),
    (
        "compare",
        "Areas in a period, or two periods of areas, each pair with the words that its test allows",
        &[
            ("sentence", TEXT),
            ("verdict", TEXT),
            ("method", MAYBE),
            ("corrected_for", &["integer"]),
        ],
    ),
    (
        "explore",
        "A measure by area, month or category, with 95% limits; null where it is not known",
        &[
            ("area", TEXT),
            ("name", TEXT),
            ("from", TEXT),
            ("to", TEXT),
            ("category", MAYBE),
            ("n", WHOLE),
            ("base", WHOLE),
            ("value", NUMBER),
            ("lower", NUMBER),
            ("upper", NUMBER),
            ("note", MAYBE),
        ],
    ),
    (
        "meetings",
        "Published meetings",
        &[
            ("reference", TEXT),
            ("title", TEXT),
            ("group", MAYBE),
            ("date", MAYBE),
            ("starts", MAYBE),
            ("ends", MAYBE),
            ("place", MAYBE),
            ("state", MAYBE),
        ],
    ),
    (
        "decisions",
        "Published decisions",
        &[
            ("reference", TEXT),
            ("meeting", MAYBE),
            ("asked", TEXT),
            ("state", MAYBE),
            ("decided", MAYBE),
            ("owner", MAYBE),
            ("due", MAYBE),
        ],
    ),
    (
        "groups",
        "Published groups, as they stand today",
        &[
            ("reference", TEXT),
            ("title", TEXT),
            ("reports_to", MAYBE),
            ("chairs", MAYBE),
            ("meets", MAYBE),
            ("state", TEXT),
        ],
    ),
];

/// What the value of a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// Any words: whether they name something here is no matter of form.
    Words,
    /// The same, as often as [`MOST_AREAS`].
    Areas,
    /// A year and a month.
    Month,
    OneOf(&'static [&'static str]),
}

impl Form {
    fn schema(self) -> Value {
        match self {
            Self::Words => json!({ "type": "string" }),
            Self::Areas => {
                json!({ "type": "array", "items": { "type": "string" }, "maxItems": MOST_AREAS })
            }
            Self::Month => json!({ "type": "string", "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$" }),
            Self::OneOf(words) => json!({ "type": "string", "enum": words }),
        }
    }

    /// What is wrong with the values of a parameter, where they have not its form.
    pub(super) fn refuses(self, values: &[&str]) -> Option<String> {
        let one = match self {
            Self::Areas => {
                let too_many = values.len() > MOST_AREAS;
                return too_many.then(|| format!("may be given {MOST_AREAS} times at most"));
            }
            Self::Words => None,
            Self::Month => values
                .iter()
                .any(|text| !is_month(text))
                .then(|| "is a year and a month with two digits, such as 2023-04".to_owned()),
            Self::OneOf(words) => values
                .iter()
                .any(|text| !words.contains(text))
                .then(|| format!("is one of {}", words.join(", "))),
        };
        one.or_else(|| (values.len() > 1).then(|| "is given more than once".to_owned()))
    }
}

fn is_month(text: &str) -> bool {
    let digits = |part: &str, n: usize| part.len() == n && part.bytes().all(|b| b.is_ascii_digit());
    let month = |part: &str| digits(part, 2) && ("01"..="12").contains(&part);
    text.split_once('-').is_some_and(|(year, rest)| digits(year, 4) && month(rest))
}

/// What the address may ask of a list, each with its form and what it means.
pub(super) fn questions(path: &str) -> &'static [(&'static str, Form, &'static str)] {
    match path {
        "compare" => &[
            ("measure", Form::Words, "Id of a measure; the first if not given"),
            ("area", Form::Areas, "Code or name of an area; two or more, or one with `with`"),
            (
                "period",
                Form::Words,
                "A whole year that is known, such as 2023/24; the latest if not given",
            ),
            ("with", Form::Words, "An earlier period, to compare periods instead of areas"),
        ],
        "explore" => &[
            ("measure", Form::Words, "Id of a measure; the first if not given"),
            ("area", Form::Areas, "Code or name of an area; the district if not given"),
            ("from", Form::Month, "First month"),
            ("to", Form::Month, "Last month, not before the first"),
            (
                "by",
                Form::Words,
                "month, whole, financial-year, category, or a level such as lsoa-2021",
            ),
            (
                "as",
                Form::OneOf(&["count", "rate", "share", "harm"]),
                "How the measure is taken; not every measure can be taken in each way",
            ),
        ],
        _ => &[],
    }
}

/// The document for a partnership at `base`.
pub(super) fn document(base: &str) -> Value {
    let mut paths = Map::new();
    for (path, summary, columns) in LISTS {
        paths.insert(format!("/{path}"), get(path, summary, &list(columns), true));
    }
    let figure =
        json!({ "type": "object", "description": "A figure as it stands in evidence.json" });
    paths.insert(
        "/figures/{id}".into(),
        get("figures/{id}", "A figure of the published assessment", &figure, false),
    );
    json!({
        "openapi": "3.1.0",
        "info": { "title": "Wardmote", "version": "1", "description": "Public and read-only." },
        "servers": [{ "url": format!("{base}api/v1") }],
        "paths": paths,
    })
}

fn get(path: &str, summary: &str, schema: &Value, is_list: bool) -> Value {
    let named = path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'));
    let mut parameters: Vec<Value> = named
        .map(|name| json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string" } }))
        .collect();
    let number = json!({ "type": "integer", "minimum": 1, "maximum": 1_000_000 });
    let mut content = json!({ "application/json": { "schema": schema } });
    if is_list {
        for (name, form, description) in questions(path) {
            parameters.push(json!({
                "name": name, "in": "query", "description": description, "schema": form.schema(),
            }));
        }
        for name in ["page", "per_page"] {
            parameters.push(json!({ "name": name, "in": "query", "schema": number }));
        }
        content["text/csv"] = json!({ "schema": { "type": "string" } });
    }
    let problem = |description: &str| {
        json!({
            "description": description,
            "content": { "application/problem+json": { "schema": { "type": "object" } } },
        })
    };
    json!({ "get": {
        "summary": summary,
        "parameters": parameters,
        "responses": {
            "200": { "description": summary, "content": content },
            "304": { "description": "Not modified since the ETag in If-None-Match" },
            "400": problem("A parameter has not the form that is described here"),
            "404": problem(
                "What is named is not here, or the question has no answer here: the detail says why"
            ),
            "414": { "description": "The address is too long" },
        },
    } })
}

fn list(columns: &[(&str, &[&str])]) -> Value {
    let property = |(name, kinds): &(&str, &[&str])| ((*name).to_owned(), json!({ "type": kinds }));
    let properties: Map<String, Value> = columns.iter().map(property).collect();
    let row = json!({
        "type": "object",
        "properties": properties,
        "required": columns.iter().map(|(name, _)| name).collect::<Vec<_>>(),
    });
    json!({
        "type": "object",
        "required": ["vintage", "page", "pages", "total", "rows"],
        "properties": {
            "vintage": { "type": "string" },
            "page": { "type": "integer" },
            "pages": { "type": "integer" },
            "total": { "type": "integer" },
            "rows": { "type": "array", "items": row },
        },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_have_the_form_that_is_described() {
        let refused = |form: Form, values: &[&str]| form.refuses(values).is_some();
        assert!(!refused(Form::Month, &["2023-04"]));
        for wrong in ["", "2023", "2023-4", "2023-13", "2023-00", "May", " 2023-04", "2023-04-01"] {
            assert!(refused(Form::Month, &[wrong]), "{wrong}");
        }
        assert!(refused(Form::Month, &["2023-04", "2023-05"]));
        assert!(!refused(Form::Areas, &["a"; MOST_AREAS]) && refused(Form::Areas, &["a"; 7]));
        let form = Form::OneOf(&["count", "rate"]);
        assert!(!refused(form, &["rate"]) && refused(form, &["Rate"]) && refused(form, &[""]));
        assert!(!refused(Form::Words, &[""]) && !refused(Form::Words, &[]));
    }
}
