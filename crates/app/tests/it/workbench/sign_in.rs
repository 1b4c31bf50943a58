//! Signing in, being signed out, and what waits meanwhile.

use super::Bench;
use super::bench::PASSWORD;

#[test]
fn somebody_signs_in_works_and_signs_out() {
    let Some(bench) = Bench::start() else { return };
    let mut browser = bench.browser();
    let asked = browser.get("/work/people?q=an");
    assert_eq!(
        (asked.status, asked.location()),
        (303, "/work/sign-in?to=%2Fwork%2Fpeople%3Fq%3Dan")
    );
    let page = browser.get(asked.location());
    assert_eq!(page.hidden("to"), Some("/work/people?q=an"));
    let wrong = browser.sign_in("admin-one", "not the password");
    let wrong = wrong.shows(422, &["Error: Sign in", "There is a problem", "is not right"]);
    // The address stays, the password does not.
    assert!(
        wrong.body.contains("admin-one@example.org") && !wrong.body.contains("not the password")
    );
    let fields =
        [("email", "ADMIN-one@Example.org "), ("password", PASSWORD), ("to", "/work/people?q=an")];
    let signed_in = browser.post("/work/sign-in", &fields);
    assert_eq!((signed_in.status, signed_in.location()), (303, "/work/people?q=an"));
    let cookie = signed_in.header("set-cookie").unwrap();
    assert!(cookie.ends_with("; Path=/; HttpOnly; SameSite=Lax"), "{cookie}");
    let people = browser.get(signed_in.location());
    let people = people.shows(200, &["Signed in as Invented Administrator", "analyst-one"]);
    assert_eq!(people.header("cache-control"), Some("no-store"));
    assert_eq!(people.header("referrer-policy"), Some("same-origin"));
    let out = browser.post("/work/sign-out", &[]);
    assert_eq!((out.status, out.location()), (303, "/work/signed-out"));
    assert_eq!(browser.get("/work/people").status, 303);
    let log = bench.log();
    assert_eq!(log.matches("sign-in/admin-one").count(), 2, "{log}");
    assert!(log.contains("sign-out/admin-one") && !log.contains(PASSWORD), "{log}");
    // Public pages set no cookie, also for those who have one.
    assert_eq!(browser.get("/").header("set-cookie"), None);
}

/// What was typed is neither lost nor sent under another's name.
#[test]
fn a_form_waits_for_its_writer() {
    let Some(bench) = Bench::start() else { return };
    let mut browser = bench.signed_in("admin-one");
    browser.get("/work/people/organisations");
    bench.alter("UPDATE sessions SET seen = seen - 3600000000");
    let fields = [("name", "Invented Fire & Rescue \u{2019}s"), ("id", "fire")];
    let asked = browser.post("/work/people/organisations", &fields);
    let asked = asked.shows(401, &["You were signed out", "Sign in"]);
    let kept = asked.hidden("kept").unwrap().to_owned();
    assert!(!kept.contains("Fire") && !asked.body.contains("Rescue"));
    let mut other = bench.browser();
    other.get("/work/sign-in");
    let sign_in = |email: &'static str| {
        vec![("email", email), ("password", PASSWORD), ("kept", kept.as_str())]
    };
    let theirs = other.post("/work/sign-in", &sign_in("protector-one@example.org"));
    assert_eq!((theirs.status, theirs.location()), (303, "/work/"));
    // A wrong password on the way does not lose it.
    let wrong = [("email", "admin-one@example.org"), ("password", "x"), ("kept", kept.as_str())];
    let wrong = browser.post("/work/sign-in", &wrong);
    assert_eq!(wrong.hidden("kept"), Some(kept.as_str()));
    let back = browser.post("/work/sign-in", &sign_in("admin-one@example.org"));
    let back =
        back.shows(200, &["What you had written is still here", "Invented Fire &amp; Rescue"]);
    assert_eq!(back.hidden("id"), Some("fire"));
    let sent = browser.post("/work/people/organisations", &fields);
    assert_eq!((sent.status, sent.location()), (303, "/work/people/organisations?done=added"));
    let list = browser.get("/work/people/organisations?done=added");
    list.shows(200, &["The organisation is saved.", "Invented Fire &amp; Rescue \u{2019}s"]);
}

/// A form in one window, while its writer signs out, and in again, in another.
#[test]
fn a_form_of_another_window_is_offered_again() {
    let Some(bench) = Bench::start() else { return };
    let mut browser = bench.signed_in("admin-one");
    let page = "/work/people/organisations";
    let begun = browser.get(page).hidden("form-token").unwrap().to_owned();
    let own = format!("http://{}", bench.address);
    let fields = [("form-token", begun.as_str()), ("name", "Invented Fire"), ("id", "fire")];
    // Signed out in the other window: it waits until they have signed in.
    browser.post("/work/sign-out", &[]);
    let asked = browser.post_from(page, Some(&own), &fields);
    let kept = asked.shows(401, &["You were signed out"]).hidden("kept").unwrap().to_owned();
    let sign_in = [("email", "admin-one@example.org"), ("password", PASSWORD), ("kept", &kept)];
    let back = browser.post("/work/sign-in", &sign_in);
    assert_eq!(back.shows(200, &["What you had written is still here"]).hidden("id"), Some("fire"));
    // Signed in again there already: it is offered at once, and nothing was done with it.
    let back = browser.post_from(page, Some(&own), &fields);
    let back = back.shows(200, &["What you had written is still here", "Nothing has been sent"]);
    assert_eq!((back.hidden("id"), back.hidden("name")), (Some("fire"), Some("Invented Fire")));
    assert!(!browser.get(page).body.contains("Invented Fire"));
    // From elsewhere it is not; nor is somebody else's, nor one of a session that holds.
    let lured = browser.post_from(page, Some("http://evil.example.org"), &fields);
    assert_eq!(lured.status, 403);
    let mut other = bench.signed_in("protector-one");
    assert_eq!(other.post_from(page, Some(&own), &fields).status, 403);
    let mut second = bench.signed_in("admin-one");
    let holds = browser.get(page).hidden("form-token").unwrap().to_owned();
    let fields = [("form-token", holds.as_str()), ("name", "Invented Fire"), ("id", "fire")];
    assert_eq!(second.post_from(page, Some(&own), &fields).status, 403);
    let sent = browser.post(page, &[("name", "Invented Fire"), ("id", "fire")]);
    assert_eq!((sent.status, sent.location()), (303, "/work/people/organisations?done=added"));
}

#[test]
fn sessions_end_by_idleness_by_age_and_everywhere() {
    let Some(bench) = Bench::start() else { return };
    let mut one = bench.signed_in("analyst-one");
    let mut two = bench.signed_in("analyst-one");
    let mut another = bench.signed_in("protector-one");
    bench.alter("UPDATE sessions SET ends = 1 WHERE person = 'protector-one'");
    assert_eq!(another.get("/work/").status, 303, "a session that is too old");
    one.get("/work/account").shows(200, &["This one:", "Where you are signed in"]);
    let out = one.post("/work/account/sign-out-everywhere", &[]);
    assert_eq!(out.location(), "/work/signed-out");
    assert_eq!(two.get("/work/").status, 303);
    let mut one = bench.signed_in("analyst-one");
    bench.alter("UPDATE sessions SET seen = seen - 1860000000");
    assert_eq!(one.get("/work/").status, 303, "a session that was idle for 31 minutes");
}
