//! The first pages at a start: kept by an earlier one, answered before the evidence is read again, and
//! never those of other files.

use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::site::{Answer, Server, visit_answered};
use crate::small_country::small_country;

const WITHIN: Duration = Duration::from_mins(2);

/// A file that nobody writes to keeps the server loading for as long as the browser looks.
#[test]
fn a_browser_finds_no_barrier_while_the_site_is_loaded() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 1) else { return };
    let held = Command::new("mkfifo").arg(folder.join("topics.toml")).status().unwrap();
    assert!(held.success());
    let server = begin(&folder);
    let begun = Instant::now();
    while std::net::TcpStream::connect(&server.address).is_err() {
        assert!(begun.elapsed() < WITHIN, "nobody listens");
        std::thread::sleep(Duration::from_millis(20));
    }
    let waiting = server.get("/areas");
    assert_eq!(waiting.status, 503, "{}", waiting.body);
    assert!(waiting.head.contains("retry-after: 2") && !waiting.head.contains("refresh"));
    assert!(waiting.body.contains("This site is being loaded"), "{}", waiting.body);
    let pages = ["/", "/areas/E07000001"];
    visit_answered(&server, &here.path().join("loading"), &pages, "503");
}

/// A server that is asked from its first moment on.
struct Started {
    server: Server,
    /// The first answer that is no page of waiting.
    first: Answer,
    /// Whether the lists of areas were still being read when it came.
    early: bool,
}

fn begin(folder: &Path) -> Server {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let address = format!("127.0.0.1:{port}");
    let mut command = Command::new(env!("CARGO_BIN_EXE_wardmote"));
    command.args(["serve", "--listen", &address]).arg(folder);
    let child = command.stdout(Stdio::null()).stdin(Stdio::null()).spawn().unwrap();
    Server { child, address }
}

fn start(folder: &Path) -> Started {
    let server = begin(folder);
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < WITHIN, "no page came");
        if std::net::TcpStream::connect(&server.address).is_err() {
            std::thread::sleep(Duration::from_millis(5));
            continue;
        }
        let first = server.get("/");
        let early = server.get("/api/v1/areas").status == 503;
        if first.status == 200 {
            return Started { server, first, early };
        }
        assert_eq!(first.status, 503);
    }
}

/// The bytes of the file of kept pages, once it is there and `is_it`.
fn kept(folder: &Path, is_it: impl Fn(&[u8]) -> bool) -> Vec<u8> {
    let begun = Instant::now();
    loop {
        match std::fs::read(folder.join("cache/first-pages")) {
            Ok(bytes) if is_it(&bytes) => return bytes,
            _ => std::thread::sleep(Duration::from_millis(50)),
        }
        assert!(begun.elapsed() < WITHIN, "the first pages were not kept");
    }
}

#[test]
fn first_pages_are_kept_and_never_those_of_other_files() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 36) else { return };
    let cold = start(&folder);
    assert!(!cold.early, "nothing was kept yet");
    let whole = kept(&folder, |_| true);
    let later = cold.server.get("/topics");
    drop(cold.server);

    let warm = start(&folder);
    assert!(warm.early, "the page was kept, and must come before the evidence is read");
    assert_eq!(warm.first.body, cold.first.body);
    assert_eq!(warm.server.get("/topics").body, later.body);
    drop(warm.server);

    a_text_comes_before_anything_is_read(&folder);
    damaged_pages_are_made_anew(&folder, &whole, &cold.first);
    another_declaration_makes_other_pages(&folder, &whole);
    another_load_makes_other_pages(&folder, here.path());
}

/// Without kept pages, what needs no evidence is there while it is read.
fn a_text_comes_before_anything_is_read(folder: &Path) {
    std::fs::remove_file(folder.join("cache/first-pages")).unwrap();
    let server = begin(folder);
    let begun = Instant::now();
    loop {
        assert!(begun.elapsed() < WITHIN, "no text came");
        if std::net::TcpStream::connect(&server.address).is_err() {
            continue;
        }
        let text = server.get("/methods/spikes");
        if text.status == 200 {
            assert!(text.body.contains("Farrington") && text.body.contains("Evidence vintage s-"));
            assert_eq!(server.get("/").status, 503, "and the evidence was still being read");
            break;
        }
    }
    kept(folder, |_| true);
}

fn damaged_pages_are_made_anew(folder: &Path, whole: &[u8], right: &Answer) {
    let file = folder.join("cache/first-pages");
    let last = whole.len() - 1;
    for damage in [
        [&whole[..last], &[whole[last] ^ 1]].concat(),
        whole[..whole.len() / 2].to_vec(),
        b"wardmote first pages 1\n".to_vec(),
        Vec::new(),
    ] {
        std::fs::write(&file, damage).unwrap();
        let started = start(folder);
        assert!(!started.early, "a damaged page was answered");
        assert_eq!(started.first.body, right.body);
        kept(folder, |bytes| bytes == whole);
    }
}

fn another_declaration_makes_other_pages(folder: &Path, whole: &[u8]) {
    let measure = folder.join("measures/recorded-crime.toml");
    let before = std::fs::read_to_string(&measure).unwrap();
    let title = before.lines().find_map(|line| line.strip_prefix("title = ")).unwrap();
    std::fs::write(&measure, before.replace(title, "\"Renamed measure\"")).unwrap();
    let started = start(folder);
    assert!(!started.early && started.first.body.contains("Renamed measure"));
    let of_renamed = kept(folder, |bytes| bytes != whole);
    drop(started.server);
    // Back again: the kept pages are the renamed measure's, and stay unanswered.
    std::fs::write(&measure, before).unwrap();
    let started = start(folder);
    assert!(!started.early && !started.first.body.contains("Renamed measure"));
    kept(folder, |bytes| bytes != of_renamed);
}

fn another_load_makes_other_pages(folder: &Path, here: &Path) {
    let vintage = |page: &Answer| {
        let (_, rest) = page.body.split_once("Evidence vintage ").unwrap();
        rest.split('.').next().unwrap().to_owned()
    };
    let before = start(folder);
    assert!(before.early);
    let months = folder.join("data/police");
    let mut all: Vec<_> =
        std::fs::read_dir(&months).unwrap().map(|one| one.unwrap().path()).collect();
    all.sort();
    let last = all.pop().filter(|path| path.is_dir()).or_else(|| all.pop()).unwrap();
    let aside = here.join("aside");
    std::fs::rename(&last, &aside).unwrap();
    drop(before.server);
    let file = std::fs::read_dir(&aside).unwrap().next().unwrap().unwrap().path();
    let text = std::fs::read_to_string(&file).unwrap();
    let mut lines: Vec<&str> = text.lines().collect();
    lines.pop();
    std::fs::write(&file, lines.join("\n") + "\n").unwrap();
    std::fs::rename(&aside, &last).unwrap();
    crate::running::wardmote(folder, &["ingest"]).ended(0);
    let after = start(folder);
    assert!(!after.early);
    assert_ne!(vintage(&after.first), vintage(&before.first));
}
