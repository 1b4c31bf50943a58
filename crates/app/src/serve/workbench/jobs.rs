//! Long work as jobs, for those whose duty it is: ask for one, see how far it is, read its result.
//!
//! Only measures of open sources are offered, and options are put together here: nothing that is typed
//! becomes a word of a command by itself.

use std::sync::Arc;

use axum::extract::{Path, State};
use wardmote_evidence::local;
use wardmote_records::words::Duty;
use wardmote_reports::site::work::{
    Block, Cell, Field, Form, Listing, Problem, SummaryRow, Typed, WorkPage,
};

use super::account::{links, time_text};
use super::entered::Entered;
use super::posted::Posted;
use super::routes::Needs;
use super::visit::{SignedIn, Visit};
use super::{PageError, Routes, Shown, Workbench};
use crate::jobs::{self, Job, Jobs};

const NEEDS: Needs = Needs::Duty(Duty::RunJobs);
/// The choice that is no method of analysis.
const ASSESSMENT: &str = "assess";
/// The most of a result that is shown on a page, in characters.
const LONGEST_SHOWN: usize = 200_000;

pub(super) fn add(routes: &mut Routes) {
    routes
        .get("jobs", NEEDS, list)
        .get("jobs/ask", NEEDS, ask)
        .post("jobs/ask", NEEDS, start)
        .get("jobs/of/{id}", NEEDS, one)
        .post("jobs/of/{id}/cancel", NEEDS, cancel);
}

async fn list(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    let mut listing =
        Listing::new("Jobs", ["Asked for", "What", "By", "State"], "No job was asked for yet.");
    for job in jobs_of(&bench).list()? {
        listing = listing.row([
            Cell::link(bench.at(&format!("jobs/of/{}", job.id)), time_text(job.asked.at)),
            job.asked.words.join(" ").into(),
            job.asked.by.clone().into(),
            Cell::from(job.state.in_words()),
        ]);
    }
    let page = WorkPage::new("Jobs")
        .paragraph(
            "Long work runs here one after another, also while nobody looks. What was interrupted \
             is started again by itself.",
        )
        .block(links([(bench.at("jobs/ask"), "Ask for a job")]))
        .block(listing);
    bench.show(&visit, &page)
}

async fn ask(State(bench): State<Arc<Workbench>>, visit: Visit) -> Shown {
    bench.show(&visit, &form_page(&bench, &Typed::default(), &[]))
}

fn form_page(bench: &Workbench, typed: &Typed, problems: &[Problem]) -> WorkPage {
    let assessment = (ASSESSMENT.to_owned(), "A new assessment".to_owned());
    let methods = jobs::methods().into_iter().map(|(name, about)| {
        let words = format!("{name}: {about}");
        (name, words)
    });
    let none = (String::new(), "None: it is an assessment".to_owned());
    let measures = measures(bench);
    let form = Form::new(bench.at("jobs/ask"), "Start")
        .field(Field::select("work", "What to do", [assessment].into_iter().chain(methods)))
        .field(Field::select("measure", "Of which measure", [none].into_iter().chain(measures)))
        .field(
            Field::text("area", "In which area")
                .hint("Its code; of the whole district if left empty")
                .width(20),
        )
        .filled(typed)
        .with_problems(problems);
    WorkPage::new("Ask for a job")
        .back(bench.at("jobs"), "Jobs")
        .paragraph("An assessment replaces the one that is published here when it is done.")
        .block(form)
}

/// The measures of open sources, by id and title.
fn measures(bench: &Workbench) -> Vec<(String, String)> {
    let vintage = bench.served.now();
    let shown = local::shown(&vintage.observed).into_iter();
    shown.map(|measure| (measure.id.clone(), measure.title.clone())).collect()
}

async fn start(
    State(bench): State<Arc<Workbench>>,
    visit: Visit,
    who: SignedIn,
    posted: Posted,
) -> Shown {
    let typed = posted.typed();
    let mut entered = Entered::new(typed);
    let (methods, measures) = (jobs::methods(), measures(&bench));
    let works = methods.iter().map(|(name, _)| name.as_str()).chain([ASSESSMENT]);
    let work = entered.choice("work", works, "Choose what to do");
    let mut command = vec!["analyse".to_owned(), work.clone()];
    if work == ASSESSMENT {
        command = vec![ASSESSMENT.to_owned()];
    } else {
        let ids = measures.iter().map(|(id, _)| id.as_str());
        let measure = entered.choice("measure", ids, "Choose a measure");
        command.push(format!("--measure={measure}"));
        let area = entered.optional_text("area", 80);
        if !area.is_empty() {
            command.push(format!("--area={area}"));
        }
    }
    let mut problems = entered.problems();
    if problems.is_empty() {
        match jobs_of(&bench).ask(&command, who.person()) {
            Ok(job) => {
                let store = bench.accounts.store();
                if let Err(error) = store.note_job(who.person(), &job.id, "asked", who.now()).await
                {
                    // What is not in the log is not done.
                    jobs_of(&bench).cancel(&job.id)?;
                    return Err(error.into());
                }
                return Ok(bench.go(&format!("jobs/of/{}", job.id)));
            }
            Err(error) => problems.push(Problem::new("work", crate::console::chain(&error))),
        }
    }
    bench.show(&visit, &form_page(&bench, typed, &problems))
}

async fn one(State(bench): State<Arc<Workbench>>, visit: Visit, Path(id): Path<String>) -> Shown {
    let jobs = jobs_of(&bench);
    let job = found(&jobs, &id)?;
    let here = bench.at(&format!("jobs/of/{id}"));
    let mut page =
        WorkPage::new("A job").back(bench.at("jobs"), "Jobs").block(Block::Summary(summary(&job)));
    if job.state.status.is_over() {
        let result = jobs.result(&id)?.map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        let said = jobs.said(&id)?;
        for (heading, text) in [("Result", result.unwrap_or_default()), ("What it said", said)] {
            if !text.is_empty() {
                let shown = text.chars().take(LONGEST_SHOWN).collect();
                page = page.block(Block::Heading(heading.into())).block(Block::Text(shown));
            }
        }
    } else {
        let cancel = Form::new(format!("{here}/cancel"), "End this job").secondary();
        page = page.block(links([(here, "Look again")])).block(cancel);
    }
    bench.show(&visit, &page)
}

fn summary(job: &Job) -> Vec<SummaryRow> {
    let mut rows = vec![
        SummaryRow::new("State", job.state.in_words()),
        SummaryRow::new("Command", format!("wardmote {}", job.asked.words.join(" "))),
        SummaryRow::new("Asked for", format!("{} by {}", time_text(job.asked.at), job.asked.by)),
    ];
    let times = [("Started", job.state.started), ("Ended", job.state.ended)];
    let known = times.into_iter().filter_map(|(what, at)| Some((what, at?)));
    rows.extend(known.map(|(what, at)| SummaryRow::new(what, time_text(at))));
    rows.extend(job.state.why.as_ref().map(|why| SummaryRow::new("Why", why)));
    rows
}

async fn cancel(
    State(bench): State<Arc<Workbench>>,
    who: SignedIn,
    Path(id): Path<String>,
) -> Shown {
    let jobs = jobs_of(&bench);
    if !found(&jobs, &id)?.state.status.is_over() {
        bench.accounts.store().note_job(who.person(), &id, "cancelled", who.now()).await?;
        jobs.cancel(&id)?;
    }
    Ok(bench.go(&format!("jobs/of/{id}")))
}

fn jobs_of(bench: &Workbench) -> Jobs {
    Jobs::of(bench.served.folder())
}

fn found(jobs: &Jobs, id: &str) -> Result<Job, PageError> {
    // Whatever is wrong with it, there is no such job to show.
    jobs.job(id).map_err(|_| PageError::NotFound)
}
