//! Links by e-mail, to a mail server of the test's own on loopback.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use super::Bench;
use super::bench::PASSWORD;

/// Takes messages and hands them on, until the test ends.
pub(crate) fn mail_server() -> (u16, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (send, receive) = channel();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(20) {
            if let Some(message) = stream.ok().and_then(take_message)
                && send.send(message).is_err()
            {
                return;
            }
        }
    });
    (port, receive)
}

fn take_message(mut stream: TcpStream) -> Option<String> {
    let lines = BufReader::new(stream.try_clone().ok()?).lines();
    let mut message = String::new();
    let mut in_data = false;
    stream.write_all(b"220 invented\r\n").ok()?;
    for line in lines {
        let line = line.ok()?;
        let answer = match (in_data, line.as_str()) {
            (true, ".") => {
                in_data = false;
                "250 taken"
            }
            (true, line) => {
                message.push_str(line);
                message.push('\n');
                continue;
            }
            (false, "DATA") => {
                in_data = true;
                "354 go on"
            }
            (false, "QUIT") => {
                let _said = stream.write_all(b"221 bye\r\n");
                break;
            }
            (false, line) => {
                message.push_str(line);
                message.push('\n');
                "250 yes"
            }
        };
        stream.write_all(format!("{answer}\r\n").as_bytes()).ok()?;
    }
    Some(message)
}

/// The path of the link in a message, whose long lines are broken by `=`.
fn link(message: &str) -> String {
    let whole = message.replace("=\n", "");
    let start = whole.find("/work/invitation/").expect("a link");
    whole[start..].split_whitespace().next().unwrap().to_owned()
}

#[test]
fn links_go_out_by_mail_and_unknown_addresses_hear_the_same() {
    let (port, received) = mail_server();
    let settings = format!(
        "[rules]\nsecond_factor = \"offered\"\n[mail]\nserver = \"127.0.0.1\"\nport = {port}\n\
         tls = \"none\"\nfrom = \"Anytown (invented) <csp@example.org>\"\n"
    );
    let Some(bench) = Bench::start_with(&settings) else { return };
    let next = || received.recv_timeout(Duration::from_secs(30)).expect("a message");
    let mut browser = bench.browser();
    browser.get("/work/sign-in").shows(200, &["/work/forgotten"]);
    browser.get("/work/forgotten").shows(200, &["Forgotten password"]);
    let mut said = Vec::new();
    for email in ["nobody@example.org", "analyst-one@example.org"] {
        let answer = browser.post("/work/forgotten", &[("email", email)]);
        said.push(answer.shows(200, &["If there is an account"]).body);
    }
    assert_eq!(said[0], said[1]);
    let message = next();
    assert!(message.contains("RCPT TO:<analyst-one@example.org>"), "{message}");
    assert!(message.contains("From: ") && message.contains(" <csp@example.org>"), "{message}");
    let path = link(&message);
    assert_eq!(path.len(), "/work/invitation/".len() + 64, "{message}");
    browser.get(&path).shows(200, &["Choose a password", "Invented Analyst"]);
    // Many requests bring few messages.
    for _ in 0..8 {
        browser.get("/work/forgotten");
        browser.post("/work/forgotten", &[("email", "protector-one@example.org")]);
    }
    let mut count = 0;
    while received.recv_timeout(Duration::from_secs(2)).is_ok() {
        count += 1;
    }
    assert_eq!(count, 5, "free_attempts, and then it waits");

    // An invitation goes out too, and the link is then shown to nobody else.
    let mut admin = bench.signed_in("admin-one");
    admin.get("/work/people/add");
    let fields = [
        ("name", "Invented\u{2028}Newcomer"),
        ("id", "newcomer"),
        ("email", "newcomer@example.org"),
        ("organisation", "council"),
    ];
    let sent = admin.post("/work/people/add", &fields);
    let sent = sent.shows(200, &["newcomer@example.org", "was sent"]);
    assert!(!sent.body.contains("/work/invitation/"));
    let message = next();
    assert!(message.contains("RCPT TO:<newcomer@example.org>"), "{message}");
    let mut newcomer = bench.browser();
    newcomer.get(&link(&message)).shows(200, &["Choose a password"]);
    let password = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(newcomer.post(&link(&message), &password).status, 303);
}

/// So that nobody waits in vain.
#[test]
fn a_link_that_could_not_be_sent_is_shown() {
    // A port that nobody listens at.
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let settings = format!(
        "[rules]\nsecond_factor = \"offered\"\n[mail]\nserver = \"127.0.0.1\"\nport = {port}\n\
         tls = \"none\"\nfrom = \"csp@example.org\"\n"
    );
    let Some(bench) = Bench::start_with(&settings) else { return };
    let mut admin = bench.signed_in("admin-one");
    admin.get("/work/people/of/officer-one");
    let shown = admin.post("/work/people/of/officer-one/invite", &[]);
    shown.shows(200, &["could not be sent", "/work/invitation/"]);
}
