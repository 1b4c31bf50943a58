//! The site as its readers meet it: each test starts the server and speaks HTTP to it.

mod browser;
mod hostile;
mod map;
mod others;
mod pages;
mod programs;
mod server;
mod visits;

pub(crate) use self::browser::visit_answered;
pub(crate) use self::others::{luton_is_shown, the_twin_is_shown};
pub(crate) use self::server::{Answer, Server};

use self::browser::a_browser_finds_no_barrier;
use self::hostile::hostile_requests_get_clear_answers;
use self::map::{pages_are_light, the_map_has_its_tiles_and_values};
use self::pages::{pages_say_what_they_know, topics_and_questions_are_answered};
use self::programs::{answers_carry_their_headers, programs_are_answered};
use self::visits::{
    a_new_publication_is_seen, a_pasted_snippet_is_assessed,
    a_postcode_leads_to_its_area_and_stays_out_of_addresses,
};
use crate::running::wardmote;
use crate::samples::sample;

#[test]
fn leeds_is_served_and_nothing_hostile_takes_it_down() {
    let here = tempfile::tempdir().unwrap();
    let Some(leeds) = sample("leeds", here.path()) else { return };
    wardmote(&leeds, &["ingest"]).ended(0);
    wardmote(&leeds, &["assess", "--published", "2025-03-18"]).ended(1);
    let server = Server::start(&[&leeds]);
    pages_say_what_they_know(&server);
    programs_are_answered(&server);
    topics_and_questions_are_answered(&server);
    a_postcode_leads_to_its_area_and_stays_out_of_addresses(&server);
    a_pasted_snippet_is_assessed(&server, &leeds);
    answers_carry_their_headers(&server);
    the_map_has_its_tiles_and_values(&server);
    pages_are_light(&server);
    a_browser_finds_no_barrier(&server, here.path());
    hostile_requests_get_clear_answers(&server);
    a_new_publication_is_seen(&server, &leeds);
}
