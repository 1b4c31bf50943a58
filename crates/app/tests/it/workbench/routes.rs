//! Forced browsing: every signed-in page, asked for by everybody, against a table that is written here.

use std::fmt::Write as _;

use super::{Bench, Browser};

/// Method, address below `work/`, and what each gets: a browser without a session, the analyst, the
/// data protection officer, the administrator. For a POST each sends an empty form of their own
/// session's; 422 is the form with its problems.
const TABLE: &str = "
GET   /                              303 200 200 200
GET   /sign-in                       200 303 303 303
POST  /sign-in                       422 422 422 422
GET   /sign-in/code                  303 303 303 303
POST  /sign-in/code                  401 303 303 303
GET   /sign-in/openid                404 404 404 404
POST  /sign-in/openid                404 404 404 404
GET   /sign-in/openid/return         404 404 404 404
GET   /forgotten                     404 404 404 404
POST  /forgotten                     404 404 404 404
GET   /signed-out                    200 200 200 200
POST  /sign-out                      303 303 303 303
GET   /invitation/{secret}           404 404 404 404
POST  /invitation/{secret}           404 404 404 404
POST  /invitation/{secret}/openid    404 404 404 404
GET   /password-set                  200 200 200 200
GET   /account                       303 200 200 200
POST  /account/sign-out-everywhere   401 303 303 303
GET   /account/password              303 200 200 200
POST  /account/password              401 422 422 422
GET   /account/codes                 303 200 200 200
POST  /account/codes                 401 400 400 400
GET   /people                        303 404 404 200
GET   /people/add                    303 404 404 200
POST  /people/add                    401 404 404 422
GET   /people/organisations          303 404 404 200
POST  /people/organisations          401 404 404 422
GET   /people/of/{id}                303 404 404 200
GET   /people/of/{id}/change         303 404 404 200
POST  /people/of/{id}/change         401 404 404 422
GET   /people/of/{id}/account        303 404 404 200
POST  /people/of/{id}/account        401 404 404 422
GET   /people/of/{id}/role           303 404 404 200
POST  /people/of/{id}/role           401 404 404 422
POST  /people/of/{id}/invite         401 404 404 200
POST  /people/of/{id}/codes          401 404 404 303
GET   /people/of/{id}/leave          303 404 404 200
POST  /people/of/{id}/leave          401 404 404 200
GET   /agreements                    303 200 200 200
GET   /agreements/in-force/{id}      303 200 200 200
GET   /agreements/decision           303 404 200 404
POST  /agreements/decision           401 404 422 404
GET   /reviews                       303 404 404 404
GET   /reviews/{id}                  303 404 404 404
GET   /reviews/{id}/note/{what}      303 404 404 404
POST  /reviews/{id}/note/{what}      401 404 404 404
GET   /meetings                      303 404 404 404
GET   /meetings/{reference}          303 404 404 404
POST  /meetings/{reference}/pack     401 404 404 404
GET   /meetings/{reference}/pack/{*path} 303 404 404 404
GET   /decisions                     303 404 404 404
GET   /audit                         303 404 200 404
GET   /audit/export                  303 404 200 404
GET   /jobs                          303 200 404 404
GET   /jobs/ask                      303 200 404 404
POST  /jobs/ask                      401 422 404 404
GET   /jobs/of/{id}                  303 404 404 404
POST  /jobs/of/{id}/cancel           401 404 404 404
";

const ACTORS: [&str; 4] = ["", "analyst-one", "protector-one", "admin-one"];

/// Pages of the plan, the board and whatever else comes have tables of their own beside their tests;
/// their routes begin with these.
const ELSEWHERE: [&str; 1] = ["/registers"];

/// What stands in place of `{...}`: somebody who is there, and nobody's invitation.
fn address(path: &str) -> String {
    let id = if path.contains("in-force") { "landlord-2024" } else { "officer-one" };
    format!(
        "/work{}",
        path.replace("{id}", id)
            .replace("{secret}", &"0".repeat(64))
            .replace("{reference}", "board-1")
            .replace("{*path}", "index.html")
    )
}

#[test]
fn every_page_answers_everybody_as_the_table_says() {
    let Some(bench) = Bench::start() else { return };
    every_page_is_in_the_table(&bench);
    let mut wrong = String::new();
    for line in TABLE.lines().filter(|line| !line.is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        let (method, path) = (words[0], words[1]);
        for (actor, expected) in ACTORS.iter().zip(&words[2..]) {
            // A new session each time: some of these pages end it.
            let mut browser = match *actor {
                "" => bench.browser(),
                actor => bench.signed_in(actor),
            };
            let answer = ask(&mut browser, method, &address(path));
            if answer.to_string() != *expected {
                let _ = writeln!(wrong, "{method} {path} by {actor:?}: {answer}, not {expected}");
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    // Not one of the refused requests did anything.
    let log = bench.log();
    assert_eq!(log.matches("account/officer-one/left").count(), 1, "{log}");
}

fn ask(browser: &mut Browser, method: &str, path: &str) -> u16 {
    if method == "GET" {
        return browser.get(path).status;
    }
    // A page with a form, for its token.
    browser.get("/work/password-set");
    if browser.token.is_empty() {
        browser.get("/work/sign-in");
    }
    browser.post(path, &[]).status
}

/// A page that is not in the table fails here, before anybody forgets to say who may open it.
fn every_page_is_in_the_table(bench: &Bench) {
    let listed = bench.run(&["serve", "--signed-in-pages"]).ended(0).out;
    let in_table = |method: &str, path: &str| {
        TABLE.lines().any(|line| {
            let mut words = line.split_whitespace();
            words.next() == Some(method) && words.next() == Some(path)
        })
    };
    let mut count = 0;
    for line in listed.lines() {
        let mut words = line.split('\t');
        let (method, path) = (words.next().unwrap(), words.next().unwrap());
        let path = path.strip_prefix("work").unwrap();
        if ELSEWHERE.iter().any(|start: &&str| path.starts_with(start)) {
            continue;
        }
        assert!(in_table(method, path), "{method} {path} is in no table of who may open it");
        count += 1;
    }
    assert_eq!(count, TABLE.lines().filter(|line| !line.is_empty()).count());
}
