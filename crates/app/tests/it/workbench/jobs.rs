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
}
