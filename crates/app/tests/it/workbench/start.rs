//! What the server says as it starts.

use std::io::{BufRead as _, BufReader, Read as _};
use std::process::{Command, Stdio};

use super::Bench;

/// What a server of this folder writes to standard error until it serves.
fn said(bench: &Bench) -> String {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardmote"));
    command.args(["serve", "--listen", "127.0.0.1:0"]).current_dir(bench.folder());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut server = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.stdout.take().unwrap()).read_line(&mut line).unwrap();
    server.kill().unwrap();
    let mut said = String::new();
    server.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    server.wait().unwrap();
    assert!(line.starts_with("http://127.0.0.1:"), "{line}{said}");
    said
}

/// Also where a text that was in force once is put back.
#[test]
fn a_text_without_a_note_is_said_as_the_server_starts() {
    let Some(mut bench) = Bench::start() else { return };
    bench.stop();
    let named = "agreements/landlord-2024.toml: this text decides, but the store has no note of it";
    let is_said = |bench: &Bench| {
        let said = said(bench);
        assert!(said.matches("no note of it").count() <= 1, "{said}");
        said.contains(named)
    };
    assert!(is_said(&bench));
    bench.run(&["records", "agreements"]).ended(0);
    assert!(!is_said(&bench));
    let path = bench.folder().join("agreements/landlord-2024.toml");
    let before = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, format!("# changed\n{before}")).unwrap();
    assert!(is_said(&bench));
    bench.run(&["records", "agreements"]).ended(0);
    std::fs::write(&path, before).unwrap();
    assert!(is_said(&bench));
    bench.run(&["records", "agreements"]).ended(0);
    assert!(!is_said(&bench));
    assert_eq!(bench.log().matches("agreement/landlord-2024/").count(), 3);
}
