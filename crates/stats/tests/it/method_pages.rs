//! The pages of `docs/methods` say in prose what their examples compute. The examples run as doctests,
//! since each page is the documentation of its module; here the prose is held to them.

const PAGES: [(&str, &str); 8] = [
    ("disproportionality", include_str!("../../../../docs/methods/disproportionality.md")),
    ("displacement", include_str!("../../../../docs/methods/displacement.md")),
    ("funnel", include_str!("../../../../docs/methods/funnel.md")),
    ("harm", include_str!("../../../../docs/methods/harm.md")),
    ("prioritise", include_str!("../../../../docs/methods/prioritise.md")),
    ("rank-intervals", include_str!("../../../../docs/methods/rank-intervals.md")),
    ("survey", include_str!("../../../../docs/methods/survey.md")),
    ("synthetic-control", include_str!("../../../../docs/methods/synthetic-control.md")),
];

/// What stands between `open` and `close` in a text, each time.
fn between<'a>(text: &'a str, open: &str, close: &str) -> Vec<&'a str> {
    text.split(open).skip(1).filter_map(|rest| rest.split(close).next()).collect()
}

/// The bold figures of the worked example that its code does not assert.
fn unasserted(page: &str) -> Vec<String> {
    let example = between(page, "## Worked example\n", "\n## ");
    let [prose, code] = example[0].split("```rust").collect::<Vec<_>>()[..] else {
        return vec!["no example".to_owned()];
    };
    let asserted: Vec<&str> = between(code, "assert", ";\n");
    let bold = prose.split("**").skip(1).step_by(2);
    bold.filter(|figure| !asserted.iter().any(|line| line.contains(&format!("\"{figure}\""))))
        .map(ToOwned::to_owned)
        .collect()
}

#[test]
fn every_figure_of_an_example_is_asserted() {
    for (name, page) in PAGES {
        assert_eq!(unasserted(page), Vec::<String>::new(), "{name}");
        assert!(page.matches("**").count() >= 4, "{name} shows no figure");
    }
}

#[test]
fn a_figure_that_was_changed_is_noticed() {
    let page = PAGES.iter().find(|(name, _)| *name == "displacement").unwrap().1;
    let changed = page.replace("z **-1.460**", "z **-1.461**");
    assert_ne!(page, changed);
    assert_eq!(unasserted(&changed), ["-1.461"]);
}

#[test]
fn every_page_says_what_a_reader_needs() {
    let parts = [
        "## What it answers",
        "## How it is computed",
        "## When not to use it",
        "## How far it can be relied on",
        "## Worked example",
        "## Source",
    ];
    for (name, page) in PAGES {
        let at: Vec<Option<usize>> = parts.iter().map(|part| page.find(part)).collect();
        assert!(at.iter().all(Option::is_some), "{name}: {at:?}");
        assert!(at.is_sorted(), "{name}: {at:?}");
    }
}
