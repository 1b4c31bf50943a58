//! The developer commands: `cargo xtask` lists them.
//!
//! Everything that a fresh machine needs beyond Rust, Node and Python is fetched here through the
//! ordinary clients, pinned by hash. No command touches the network otherwise.

mod assets;
mod bench;
mod checks;
mod demo;
mod journal;
mod packages;
mod processes;
mod python;
mod readme;
mod sample_data;
mod system;
mod workspace;

#[cfg(test)]
mod house;
#[cfg(test)]
mod licences;
#[cfg(test)]
mod security;

use std::process::ExitCode;

use crate::workspace::Workspace;

struct Command {
    name: &'static str,
    arguments: &'static str,
    about: &'static str,
    run: fn(&Workspace, &[String]) -> anyhow::Result<()>,
}

const COMMANDS: &[Command] = &[
    Command {
        name: "demo",
        arguments: "[--profile demo|dev] [--no-serve]",
        about: "load the sample data, assess, serve the site",
        run: demo::run,
    },
    Command {
        name: "test",
        arguments: "[--quick]",
        about: "all checks, as CI runs them; --quick leaves out the demo",
        run: checks::run,
    },
    Command {
        name: "assets",
        arguments: "",
        about: "fetch the page templates of the GOV.UK Design System",
        run: assets::run,
    },
    Command {
        name: "sample-data",
        arguments: "",
        about: "fetch the open data of the sample partnerships",
        run: sample_data::run,
    },
    Command {
        name: "bench",
        arguments: "[serve] [--rows N]",
        about: "generated rows beside DuckDB and Polars; serve: the site",
        run: bench::run,
    },
];

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, arguments)) = words.split_first() else {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    };
    if ["help", "--help", "-h"].contains(&name.as_str()) {
        print!("{}", usage());
        return ExitCode::SUCCESS;
    }
    let Some(command) = COMMANDS.iter().find(|command| command.name == name) else {
        eprintln!("there is no command {name}\n\n{}", usage());
        return ExitCode::from(2);
    };
    match Workspace::find().and_then(|workspace| (command.run)(&workspace, arguments)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\ncargo xtask {name}: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn usage() -> String {
    let lines = COMMANDS.iter().map(|command| {
        let call = format!("{} {}", command.name, command.arguments);
        format!("  cargo xtask {call:<26} {}\n", command.about)
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn usage_has_a_line_for_each_command() {
        assert_eq!(usage().lines().count(), COMMANDS.len());
        assert!(usage().lines().all(|line| line.len() <= 100));
    }
}
