//! Running other programs, each for a bounded time.

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, IsTerminal};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail};

/// A program without the variables by which Cargo describes *this* package.
///
/// Some build scripts watch them, so that passing them on would build those crates again whenever
/// Cargo is called by hand and by us in turn.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
    command
}

/// Runs a program to its end, or ends it when its time is up.
pub(crate) fn execute(command: &mut Command, limit: Duration) -> anyhow::Result<()> {
    println!("$ {}", words(command));
    let child = start(command)?;
    succeeded(command, wait(child, limit), limit)
}

/// Runs a program and returns what it printed; for programs that print little.
pub(crate) fn output_of(command: &mut Command) -> anyhow::Result<String> {
    let output = command.output().with_context(|| format!("cannot run `{}`", words(command)))?;
    if !output.status.success() {
        let said = String::from_utf8_lossy(&output.stderr);
        bail!("`{}` ended with {}: {}", words(command), output.status, said.trim());
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs a program, handing each line that it prints to `each_line` as well as on.
pub(crate) fn execute_reading(
    command: &mut Command,
    limit: Duration,
    mut each_line: impl FnMut(&str),
) -> anyhow::Result<()> {
    println!("$ {}", words(command));
    let mut child = start(command.stdout(Stdio::piped()))?;
    let printed = child.stdout.take().context("the program has no output")?;
    let (send, receive) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(printed).lines().map_while(Result::ok) {
            println!("{line}");
            if send.send(line).is_err() {
                break;
            }
        }
    });
    let ended = wait(child, limit);
    // A process left behind may hold the output open; what it prints then is not waited for.
    while let Ok(line) = receive.recv_timeout(Duration::from_secs(5)) {
        each_line(&line);
    }
    succeeded(command, ended, limit)
}

/// Whether a program of this name can be found.
pub(crate) fn is_installed(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|folder| {
        folder.join(program).is_file()
            || folder.join(format!("{program}{}", std::env::consts::EXE_SUFFIX)).is_file()
    })
}

fn start(command: &mut Command) -> anyhow::Result<Child> {
    // At a terminal the child stays in our process group, so that Ctrl-C reaches it. Elsewhere it
    // leads its own, so that the end of its time is the end of its children too.
    #[cfg(unix)]
    if !std::io::stdin().is_terminal() {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    command.spawn().with_context(|| format!("cannot run `{}`", words(command)))
}

fn wait(mut child: Child, limit: Duration) -> anyhow::Result<Option<ExitStatus>> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if started.elapsed() > limit {
            end(&mut child);
            return Ok(None);
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn end(child: &mut Child) {
    #[cfg(unix)]
    if !std::io::stdin().is_terminal() {
        let group = format!("-{}", child.id());
        let _ = Command::new("kill").args(["-KILL", "--", &group]).status();
    }
    let _ = child.kill();
    let _ = child.wait();
}

fn succeeded(
    command: &Command,
    ended: anyhow::Result<Option<ExitStatus>>,
    limit: Duration,
) -> anyhow::Result<()> {
    match ended? {
        Some(status) if status.success() => Ok(()),
        Some(status) => bail!("`{}` ended with {status}", words(command)),
        None => bail!("`{}` did not end within {}", words(command), in_words(limit)),
    }
}

fn words(command: &Command) -> String {
    let program = std::iter::once(command.get_program());
    let words = program.chain(command.get_args()).map(OsStr::to_string_lossy);
    words.collect::<Vec<_>>().join(" ")
}

/// `8.2 s` or `12 min 3 s`.
pub(crate) fn in_words(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        return format!("{seconds:.1} s");
    }
    let whole = time.as_secs();
    format!("{} min {} s", whole / 60, whole % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_well() {
        assert_eq!(in_words(Duration::from_millis(8_240)), "8.2 s");
        assert_eq!(in_words(Duration::from_secs(723)), "12 min 3 s");
    }

    #[cfg(unix)]
    #[test]
    fn a_program_past_its_time_is_ended() {
        let started = Instant::now();
        let error =
            execute(Command::new("sleep").arg("30"), Duration::from_millis(100)).unwrap_err();
        assert_eq!(error.to_string(), "`sleep 30` did not end within 0.1 s");
        assert!(started.elapsed() < Duration::from_secs(10));
    }

    #[cfg(unix)]
    #[test]
    fn lines_are_read_and_failure_is_told() {
        let mut lines = Vec::new();
        let mut shell = Command::new("sh");
        let result = execute_reading(
            shell.args(["-c", "echo one; echo two; exit 3"]),
            Duration::from_secs(10),
            |line| lines.push(line.to_owned()),
        );
        assert_eq!(lines, ["one", "two"]);
        assert!(result.unwrap_err().to_string().contains("exit status: 3"));
    }
}
