//! One's own account: password and one-time codes.

use std::process::Command;

use super::Bench;
use super::bench::PASSWORD;

/// The code of a key now, computed by another hand than ours.
fn code_of(key: &str) -> String {
    let script = "import base64, hashlib, hmac, struct, sys, time\n\
        key = base64.b32decode(sys.argv[1])\n\
        mac = hmac.new(key, struct.pack('>Q', int(time.time()) // 30), hashlib.sha1).digest()\n\
        at = mac[-1] & 15\n\
        print('%06d' % ((struct.unpack('>I', mac[at:at + 4])[0] & 0x7fffffff) % 1000000))";
    let output = Command::new("python3").args(["-c", script, key]).output().unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn between<'a>(text: &'a str, start: &str, end: &str) -> &'a str {
    text.split_once(start).and_then(|(_, rest)| rest.split_once(end)).unwrap().0
}

#[test]
fn codes_are_set_up_asked_for_and_work_once() {
    let Some(bench) = Bench::start_with("[rules]\nsecond_factor = \"required\"\n") else { return };
    let mut browser = bench.browser();
    let answer = browser.sign_in("analyst-one", PASSWORD);
    assert_eq!((answer.status, answer.location()), (303, "/work/account/codes"));
    // Nothing else is open until they are set up.
    for path in ["/work/", "/work/account", "/work/agreements"] {
        let elsewhere = browser.get(path);
        assert_eq!(
            (elsewhere.status, elsewhere.location()),
            (303, "/work/account/codes"),
            "{path}"
        );
    }
    let page = browser.get("/work/account/codes").shows(200, &["<svg", "QR code", "Set up codes"]);
    let key = between(&page.body, "<code>", "</code>").replace(' ', "");
    assert_eq!(key.len(), 32);
    let sealed = page.hidden("sealed-secret").unwrap().to_owned();
    assert!(!sealed.contains(&key));
    let wrong =
        browser.post("/work/account/codes", &[("sealed-secret", &sealed), ("code", "000000")]);
    let wrong = wrong.shows(422, &["not the code of this key"]);
    assert_eq!(between(&wrong.body, "<code>", "</code>").replace(' ', ""), key, "the key stays");
    let first = code_of(&key);
    let fields = [("sealed-secret", sealed.as_str()), ("code", first.as_str())];
    let before = browser.cookies.clone();
    let set = browser.post("/work/account/codes", &fields);
    let set = set.shows(200, &["Keep these recovery codes"]);
    assert_ne!(browser.cookies, before, "another id once more may be done with it");
    let recovery: Vec<String> =
        between(&set.body, "<code>", "</code>").lines().map(str::to_owned).collect();
    assert_eq!(recovery.len(), 10);
    browser.get("/work/account").shows(200, &["Set up; 10 recovery codes left"]);

    let mut again = bench.browser();
    let asked = again.sign_in("analyst-one", PASSWORD);
    asked.shows(200, &["Enter the code that your device shows"]);
    let elsewhere = again.get("/work/account");
    assert_eq!((elsewhere.status, elsewhere.location()), (303, "/work/sign-in/code"));
    assert_eq!(again.get("/work/account/codes").location(), "/work/sign-in/code");
    again.get("/work/sign-in/code").shows(200, &["one-time-code"]);
    // The code that set it up was used.
    again.post("/work/sign-in/code", &[("code", &first)]).shows(422, &["was used before"]);
    let in_by_recovery = again.post("/work/sign-in/code", &[("code", &recovery[0])]);
    assert_eq!((in_by_recovery.status, in_by_recovery.location()), (303, "/work/"));
    again.get("/work/account").shows(200, &["Set up; 9 recovery codes left"]);
    let mut third = bench.browser();
    third.sign_in("analyst-one", PASSWORD);
    third.post("/work/sign-in/code", &[("code", &recovery[0])]).shows(422, &["was used before"]);
    // Neither key nor recovery codes lie open in the store.
    let store = std::fs::read(bench.folder().join("records/records.db")).unwrap();
    let wal = std::fs::read(bench.folder().join("records/records.db-wal")).unwrap_or_default();
    let holds = |text: &str| {
        [&store, &wal]
            .iter()
            .any(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
    };
    assert!(holds("analyst-one@example.org") && !holds(&key));
    assert!(!holds(&recovery[1].replace(' ', "")) && !holds(PASSWORD));
}

#[test]
fn a_password_is_changed_by_who_knows_it() {
    let Some(bench) = Bench::start() else { return };
    let mut browser = bench.signed_in("analyst-one");
    let mut elsewhere = bench.signed_in("analyst-one");
    browser.get("/work/account/password");
    let new = "another three words";
    let change = |old, password, again| [("old", old), ("password", password), ("again", again)];
    for (fields, message) in [
        (change("", "", ""), "Enter your password"),
        (change("not it", new, new), "That is not your password"),
        (change(PASSWORD, new, "other words here"), "Enter the same password in both boxes"),
        (change(PASSWORD, "short", "short"), "at least 12 characters"),
        (change(PASSWORD, "analyst invented 1", "analyst invented 1"), "easy to guess"),
    ] {
        let answer = browser.post("/work/account/password", &fields).shows(422, &[message]);
        assert!(!answer.body.contains(new), "a password is never given back");
    }
    let changed = browser.post("/work/account/password", &change(PASSWORD, new, new));
    assert_eq!((changed.status, changed.location()), (303, "/work/password-set"));
    assert_eq!(elsewhere.get("/work/").status, 303, "all sessions end");
    let mut browser = bench.browser();
    browser.sign_in("analyst-one", PASSWORD).shows(422, &["is not right"]);
    assert_eq!(browser.sign_in("analyst-one", new).status, 303);
}

#[test]
fn codes_are_not_set_up_at_a_screen_that_was_left() {
    let Some(bench) = Bench::start() else { return };
    let mut browser = bench.signed_in("analyst-one");
    let page = browser.get("/work/account/codes").shows(200, &["Your password"]);
    let key = between(&page.body, "<code>", "</code>").replace(' ', "");
    let sealed = page.hidden("sealed-secret").unwrap().to_owned();
    let mut set_up = |password: &str| {
        let code = code_of(&key);
        let fields = [("sealed-secret", sealed.as_str()), ("code", &code), ("old", password)];
        browser.post("/work/account/codes", &fields)
    };
    set_up("").shows(422, &["Enter your password"]);
    set_up("not the password").shows(422, &["That is not your password"]);
    set_up(PASSWORD).shows(200, &["Keep these recovery codes"]);
    // A key that was sealed for one is no key of another's.
    let mut other = bench.signed_in("protector-one");
    other.get("/work/account/codes");
    let code = code_of(&key);
    let fields = [("sealed-secret", sealed.as_str()), ("code", &code), ("old", PASSWORD)];
    assert_eq!(other.post("/work/account/codes", &fields).status, 400);
}
