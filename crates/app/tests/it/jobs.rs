//! Jobs outlive the process that was asked for them: each test starts a server and takes it down.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::running::wardmote;
use crate::site::Server;
use crate::small_country::small_country;

/// Work that takes seconds: many arrangements of each place and time.
const LONG: &[&str] = &[
    "analyse",
    "scan",
    "--measure",
    "recorded-crime",
    "--permutations",
    "999",
    "--format",
    "json",
];
const SHORT: &[&str] = &["analyse", "trend", "--measure", "recorded-crime", "--format", "json"];

fn jobs(folder: &Path) -> Vec<Value> {
    let listed = wardmote(folder, &["jobs", "list", "--format", "json"]).ended(0).out;
    serde_json::from_str(&listed).unwrap()
}

fn ask_later(folder: &Path, words: &[&str]) -> String {
    let words: Vec<&str> = ["jobs", "run", "--later"].iter().chain(words).copied().collect();
    let said = wardmote(folder, &words).ended(0).out;
    said.split(' ').nth(1).unwrap().to_owned()
}

fn state(folder: &Path, job: &str) -> Value {
    let text = std::fs::read_to_string(folder.join("jobs").join(job).join("state.json")).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[track_caller]
fn wait_for(folder: &Path, job: &str, wanted: impl Fn(&Value) -> bool) -> Value {
    let started = Instant::now();
    loop {
        let now = state(folder, job);
        if wanted(&now) {
            return now;
        }
        assert!(started.elapsed() < Duration::from_mins(3), "still {now}");
        std::thread::sleep(Duration::from_millis(50));
    }
}

fn end_at_once(process: &str) {
    let ended = Command::new("kill").args(["-KILL", process]).status().unwrap();
    assert!(ended.success());
}

#[test]
fn a_job_keeps_its_question_its_result_and_what_it_said() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 36) else { return };
    let words: Vec<&str> = ["jobs", "run"].iter().chain(SHORT).copied().collect();
    let ran = wardmote(&folder, &words).ended(0);
    let alone = wardmote(&folder, SHORT).ended(0).out;
    assert_eq!(ran.out, alone, "a job answers what the command answers");
    let [job] = &jobs(&folder)[..] else { panic!("one job was asked") };
    assert_eq!(job["status"], "finished");
    assert_eq!(job["command"], SHORT.join(" "));
    let shown = wardmote(&folder, &["jobs", "show", job["job"].as_str().unwrap()]).ended(0);
    assert_eq!(shown.out, alone);
    assert!(shown.err.contains("asked") && shown.err.contains("the command line"), "{}", shown.err);

    let failed = ["jobs", "run", "analyse", "trend", "--measure", "no-such-measure"];
    let ran = wardmote(&folder, &failed).ended(1);
    assert!(ran.err.contains("no-such-measure"), "{}", ran.err);
    assert_eq!(jobs(&folder)[0]["status"], "failed");
    let refused = wardmote(&folder, &["jobs", "run", "ingest"]).ended(2);
    assert!(refused.err.contains("`assess ...` or `pack build MEETING`"), "{}", refused.err);
    wardmote(&folder, &["jobs", "show", "../country"]).ended(2);
}

#[test]
fn a_job_survives_the_end_of_its_process_and_of_the_server() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 36) else { return };
    let job = ask_later(&folder, LONG);
    let mut server = Server::start(&[&folder]);
    let running = wait_for(&folder, &job, |state| !state["progress"].is_null());
    assert_eq!(running["status"], "running");
    assert_eq!(running["progress"]["of"], 2);
    // As if the machine stopped: neither has time to say anything.
    server.child.kill().unwrap();
    end_at_once(&running["process"].to_string());
    server.child.wait().unwrap();
    assert_eq!(state(&folder, &job)["status"], "running", "nobody could say that it was over");

    let server = Server::start(&[&folder]);
    let done = wait_for(&folder, &job, |state| state["status"] == "finished");
    assert_eq!(done["attempts"], 2);
    assert_eq!(done["interrupted"].as_array().unwrap().len(), 1);
    assert!(
        jobs(&folder)[0]["status"].as_str().unwrap().contains("interrupted once and started again")
    );
    let shown = wardmote(&folder, &["jobs", "show", &job]).ended(0);
    assert_eq!(
        shown.out,
        wardmote(&folder, LONG).ended(0).out,
        "the same result as without a pause"
    );
    drop(server);
}

#[test]
fn a_job_goes_on_when_only_the_server_ends_and_is_cancelled_when_told() {
    let here = tempfile::tempdir().unwrap();
    let Some(folder) = small_country(here.path(), 36) else { return };
    let (first, second) = (ask_later(&folder, LONG), ask_later(&folder, LONG));
    let mut server = Server::start(&[&folder]);
    wait_for(&folder, &first, |state| state["status"] == "running");
    assert_eq!(state(&folder, &second)["status"], "waiting", "one at a time");
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let done = wait_for(&folder, &first, |state| state["status"] == "finished");
    assert_eq!(
        (done["attempts"].as_u64(), done["interrupted"].as_array().unwrap().len()),
        (Some(1), 0)
    );

    let server = Server::start(&[&folder]);
    wait_for(&folder, &second, |state| state["status"] == "running");
    wardmote(&folder, &["jobs", "cancel", &second]).ended(0);
    wait_for(&folder, &second, |state| state["status"] == "cancelled");
    assert!(!folder.join("jobs").join(&second).join("result").exists());
    wardmote(&folder, &["jobs", "cancel", &second]).ended(2);
    drop(server);
}
