//! The commands that the README tells a newcomer to type.

/// The commands in code blocks and code spans of a Markdown text: `wardmote coverage` gives
/// `("wardmote", "coverage")`, `cargo xtask demo` gives `("cargo xtask", "demo")`.
pub(crate) fn commands(markdown: &str) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let mut in_block = false;
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if in_block {
            found.extend(command(line));
        } else {
            // In a line, what stands between an odd backtick and the next is code.
            found.extend(line.split('`').skip(1).step_by(2).filter_map(command));
        }
    }
    found.sort();
    found.dedup();
    found
}

fn command(code: &str) -> Option<(&'static str, String)> {
    let code = code.trim().trim_start_matches("$ ");
    let (program, mut words) = ["cargo xtask", "wardmote"].iter().find_map(|program| {
        let rest = code.strip_prefix(program)?;
        rest.starts_with(' ').then(|| (*program, rest.split_whitespace()))
    })?;
    let mut word = words.next()?;
    // The folder of the partnership may stand before the command.
    if word == "-C" {
        word = words.nth(1)?;
    }
    let is_name = word.chars().all(|letter| letter.is_ascii_lowercase() || letter == '-');
    (is_name && !word.starts_with('-')).then(|| (program, word.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_in_blocks_and_spans() {
        let text = "Run `cargo xtask demo`, a `cargo build`, then:\n\n```sh\n\
                    wardmote -C partnerships/luton measure recorded-crime\n\
                    wardmote ingest FILE # wardmote nothing\n```\n\
                    See `wardmote --help` and wardmote prose.\n";
        let expected = [("cargo xtask", "demo"), ("wardmote", "ingest"), ("wardmote", "measure")];
        let expected = expected.map(|(program, name)| (program, name.to_owned()));
        assert_eq!(commands(text), expected);
    }
}
