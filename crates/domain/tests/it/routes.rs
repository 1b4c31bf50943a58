//! The deck's route: board 18 March, scrutiny 9 June, cabinet 24 June 2025, counted back.

use wardmote_domain::clock::{ApprovalRoute, RouteError, route_dates};

use crate::support::{calendar, day, shipped};

fn route() -> ApprovalRoute {
    shipped("routes/plan-2025-2028.toml")
}

#[test]
fn paper_deadlines_are_counted_back_from_the_meetings() {
    let (route, calendar) = (route(), calendar());
    route.check().unwrap();
    let dates = route_dates(&route, &calendar);
    let told: Vec<(String, &str, &str)> = dates
        .iter()
        .map(|one| {
            let paper = one.paper.map_or("meets", |paper| paper.title.as_str());
            (one.on.to_string(), one.step.group.as_str(), paper)
        })
        .collect();
    let expected = [
        ("2025-03-04", "board", "Papers to the secretary"),
        ("2025-03-10", "board", "Papers to members"),
        ("2025-03-18", "board", "meets"),
        // The Spring bank holiday, 26 May, is left out.
        ("2025-05-23", "scrutiny", "Report to democratic services"),
        ("2025-05-30", "scrutiny", "Agenda and report published"),
        ("2025-06-09", "scrutiny", "meets"),
        ("2025-06-10", "cabinet", "Report to democratic services"),
        ("2025-06-16", "cabinet", "Agenda and report published"),
        ("2025-06-24", "cabinet", "meets"),
    ];
    let expected: Vec<(String, &str, &str)> =
        expected.iter().map(|(on, group, what)| ((*on).to_owned(), *group, *what)).collect();
    assert_eq!(told, expected);
    // One day is between scrutiny and the report to cabinet: nothing is warned of.
    assert!(dates.iter().all(|one| one.warnings.is_empty()));
}

#[test]
fn papers_that_are_due_before_the_meeting_before_are_warned_of() {
    let mut route = route();
    route.steps[2].on = day("2025-06-20");
    let calendar = calendar();
    let dates = route_dates(&route, &calendar);
    let warned: Vec<_> = dates.iter().filter(|one| !one.warnings.is_empty()).collect();
    assert_eq!(warned.len(), 1);
    assert_eq!(warned[0].on, day("2025-06-06"));
    assert!(warned[0].warnings[0].contains("scrutiny meets on 9 June 2025"));
}

#[test]
fn routes_that_contradict_themselves_are_refused() {
    let mut same = route();
    same.steps[1].id = "board".into();
    assert!(matches!(same.check(), Err(RouteError::SameStep { .. })));
    let mut order = route();
    order.steps.swap(0, 1);
    assert!(matches!(order.check(), Err(RouteError::Order { .. })));
}
