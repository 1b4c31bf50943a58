//! Jobs on the signed-in pages: asked for by the analyst, run by the server, read there.

use std::time::{Duration, Instant};

use super::Bench;

#[test]
fn an_analyst_asks_for_a_job_and_reads_its_result() {
    let Some(bench) = Bench::start() else { return };
    let mut analyst = bench.signed_in("analyst-one");
    analyst.get("/work/jobs").shows(200, &["No job was asked for yet", "Ask for a job"]);
    analyst.get("/work/jobs/ask").shows(200, &["A new assessment", "trend: "]);
    for (fields, problem) in [
        (vec![("work", "ingest")], "Choose what to do"),
        (vec![("work", "trend"), ("measure", "no-such")], "Choose a measure"),
        (vec![("work", "trend"), ("measure", "--input=/etc/passwd")], "Choose a measure"),
    ] {
        analyst.get("/work/jobs/ask");
        analyst.post("/work/jobs/ask", &fields).shows(422, &[problem]);
    }
    analyst.get("/work/jobs/ask");
    let asked = analyst.post("/work/jobs/ask", &[("work", "assess")]);
    assert_eq!(asked.status, 303);
    let job = asked.location().to_owned();
    assert!(job.starts_with("/work/jobs/of/"), "{job}");
    let subject = format!("analyst-one,,job/{}/asked,", job.trim_start_matches("/work/jobs/of/"));
    assert!(bench.log().contains(&subject), "{subject}");
    let started = Instant::now();
    loop {
        let page = analyst.get(&job).shows(200, &["wardmote assess", "by analyst-one"]);
        if page.body.contains("What it said") || page.body.contains("Result") {
            break;
        }
        assert!(started.elapsed() < Duration::from_mins(2), "{}", page.body);
        std::thread::sleep(Duration::from_millis(200));
    }
    analyst.get("/work/jobs").shows(200, &["assess", "analyst-one"]);
    // Nobody else is even told that it is there.
    let mut officer = bench.signed_in("protector-one");
    assert_eq!(officer.get(&job).status, 404);
    // One that is over is not cancelled, and nothing says that it was.
    let over = analyst.post(&format!("{job}/cancel"), &[]);
    assert_eq!((over.status, over.location()), (303, job.as_str()));
    assert!(!bench.log().contains("/cancelled"), "{}", bench.log());
}

#[test]
fn a_job_that_is_ended_stands_in_the_log_with_who_ended_it() {
    let Some(bench) = Bench::start() else { return };
    let mut analyst = bench.signed_in("analyst-one");
    let mut officer = bench.signed_in("protector-one");
    analyst.get("/work/jobs/ask");
    let job = analyst.post("/work/jobs/ask", &[("work", "assess")]).location().to_owned();
    let id = job.trim_start_matches("/work/jobs/of/").to_owned();
    let ended = analyst.post(&format!("{job}/cancel"), &[]);
    assert_eq!((ended.status, ended.location()), (303, job.as_str()));
    // Who may not ask for jobs ends none.
    officer.get("/work/");
    assert_eq!(officer.post(&format!("{job}/cancel"), &[]).status, 404);
    let log = bench.log();
    let cancelled = format!("job/{id}/cancelled");
    let by: Vec<&str> = log.lines().filter(|line| line.contains(&cancelled)).collect();
    assert_eq!(by.len(), 1, "{log}");
    assert!(by[0].contains("analyst-one,") && by[0].contains("done"), "{log}");
    let started = Instant::now();
    while !analyst.get(&job).body.contains("cancelled") {
        assert!(started.elapsed() < Duration::from_mins(2), "{}", analyst.get(&job).body);
        std::thread::sleep(Duration::from_millis(200));
    }
}
