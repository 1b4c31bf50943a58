//! The adversarial walk: what somebody tries who should not get anywhere.

use super::bench::PASSWORD;
use super::browser::encoded;
use super::{Answer, Bench, Browser};

const ADD: &str = "/work/people/organisations";

fn organisation(id: &str) -> [(&str, &str); 2] {
    [("name", "Planted"), ("id", id)]
}

#[test]
fn a_session_cannot_be_planted() {
    let Some(bench) = Bench::start() else { return };
    // An attacker gives the victim's browser an id that they know: one of their own visit's, one
    // of a session of theirs, and one that they made up.
    let mut visit = bench.browser();
    visit.get("/work/sign-in");
    let mut made_up: Browser = bench.browser();
    made_up.cookies.insert("wardmote".to_owned(), "ab".repeat(32));
    for planted in [visit, bench.signed_in("analyst-one"), made_up] {
        let mut victim = planted.clone();
        // Pages of a session have the form that ends it; a visit has none to end.
        victim.get("/work/password-set");
        victim.post("/work/sign-out", &[]);
        victim.cookies.clone_from(&planted.cookies);
        let answer = victim.sign_in("admin-one", PASSWORD);
        assert_eq!(answer.status, 303);
        assert_ne!(victim.cookies, planted.cookies, "the id changes with the sign-in");
        let mut attacker = planted;
        assert_eq!(attacker.get("/work/people").status, 303, "the planted id is worth nothing");
        assert_eq!(victim.get("/work/people").status, 200);
    }
}

#[test]
fn forms_from_elsewhere_change_nothing() {
    let Some(bench) = Bench::start() else { return };
    let mut admin = bench.signed_in("admin-one");
    let mut other = bench.signed_in("admin-one");
    other.get(ADD);
    admin.get(ADD);
    let here = format!("http://{}", bench.address);
    let (token, others) = (admin.token.clone(), other.token.clone());
    assert_ne!(token, others);
    let mut n = 0;
    let mut refused = |origin: Option<&str>, token: Option<&str>| {
        n += 1;
        let id = format!("planted-{n}");
        let mut fields = organisation(&id).to_vec();
        fields.extend(token.map(|token| ("form-token", token)));
        let answer = admin.post_from(ADD, origin, &fields);
        answer.shows(403, &["Nothing was changed"]);
    };
    refused(Some(&here), None);
    refused(Some(&here), Some(""));
    refused(Some(&here), Some("0123456789abcdef"));
    refused(Some(&here), Some(&others));
    refused(None, Some(&token));
    for origin in ["null", "http://evil.example.org", "http://127.0.0.1", "https://127.0.0.1:1"] {
        refused(Some(origin), Some(&token));
    }
    refused(Some(&format!("{here}.example.org")), Some(&token));
    // A name of somebody else's that leads here (DNS rebinding) is another site.
    let body = format!("form-token={token}&name=Planted&id=planted-0");
    let headers = [
        ("Host", "evil.example.org"),
        ("Origin", "http://evil.example.org"),
        ("Content-Type", "application/x-www-form-urlencoded"),
    ];
    assert_eq!(admin.send("POST", ADD, &headers, &body).status, 421);
    let list = admin.get(ADD).body;
    assert!(!list.contains("planted-") && !bench.log().contains("planted-"));
    let fields = [("form-token", token.as_str()), ("name", "Mine"), ("id", "mine")];
    assert_eq!(admin.post_from(ADD, Some(&here), &fields).status, 303);
}

#[test]
fn after_signing_in_nobody_is_sent_to_another_site() {
    let Some(bench) = Bench::start() else { return };
    for to in [
        "https://evil.example.org/",
        "//evil.example.org/",
        "/\\evil.example.org/",
        "/work//evil.example.org/",
        "/work/x/../../evil",
        "/evil",
        "javascript:alert(1)",
        "/work/\r\nSet-Cookie: a=b",
        "/work/sign-out",
        " /work/people",
    ] {
        let mut browser = bench.browser();
        browser.get(&format!("/work/sign-in?to={}", encoded(to)));
        let fields = [("email", "analyst-one@example.org"), ("password", PASSWORD), ("to", to)];
        let answer = browser.post("/work/sign-in", &fields);
        assert_eq!((answer.status, answer.location()), (303, "/work/"), "{to}");
        assert!(!answer.head.contains("a=b"));
    }
}

/// Every way in is tried with what breaks SQL, templates and headers; each comes back as it was typed.
#[test]
fn what_is_typed_stays_text() {
    const TYPED: [&str; 6] = [
        "'; DROP TABLE people; --",
        "\" OR 1=1 --",
        "{{ 7 * 191 }}{% for x in [] %}",
        "<script>alert(1)</script>",
        "${7*191}#{7*191}<%= 7*191 %>",
        "$1 %s %27 \\",
    ];
    let Some(bench) = Bench::start() else { return };
    let mut admin = bench.signed_in("admin-one");
    let mut protector = bench.signed_in("protector-one");
    let is_text = |answer: &Answer, where_: &str| {
        // A password that is wrong again and again has to wait.
        assert!([200, 303, 404, 422, 429].contains(&answer.status), "{where_}: {}", answer.status);
        assert!(!answer.body.contains("1337") && !answer.body.contains("<script"), "{where_}");
    };
    for (index, typed) in TYPED.iter().enumerate() {
        let coded = encoded(typed);
        for path in ["people?q=", "people?page=", "people/of/", "people/organisations?done="] {
            is_text(&admin.get(&format!("/work/{path}{coded}")), path);
        }
        for path in [
            "audit?actor=",
            "audit?subject=",
            "audit?operation=",
            "audit?page=",
            "agreements/in-force/",
        ] {
            is_text(&protector.get(&format!("/work/{path}{coded}")), path);
        }
        for (path, fields) in [
            ("people/add", ["name", "id", "email", "organisation"].as_slice()),
            ("people/organisations", &["name", "id"]),
            ("people/of/officer-one/change", &["name", "organisation", "seen"]),
            ("people/of/officer-one/role", &["role", "from-day", "to-year"]),
            ("account/password", &["old", "password", "again"]),
            ("account/codes", &["code", "sealed-secret"]),
        ] {
            let path = format!("/work/{path}");
            admin.get(&path);
            for field in fields {
                let answer = admin.post(&path, &[(field, typed)]);
                let wrong_form = answer.status == 400 && path.ends_with("codes");
                if !wrong_form {
                    is_text(&answer, &format!("{path} {field}"));
                }
            }
        }
        protector.get("/work/agreements/decision");
        for field in ["person", "operation", "purpose", "record", "owner", "category"] {
            is_text(&protector.post("/work/agreements/decision", &[(field, typed)]), field);
        }
        let mut nobody = bench.browser();
        nobody.get("/work/sign-in");
        for field in ["email", "to", "kept"] {
            is_text(&nobody.post("/work/sign-in", &[(field, typed), ("password", typed)]), field);
        }
        // As a name it is kept and shown as it is.
        let id = format!("odd-{index}");
        let name = *typed;
        admin.get(ADD);
        assert_eq!(admin.post(ADD, &[("name", name), ("id", &id)]).status, 303, "{name}");
        let page = admin.get(ADD).body;
        let escaped = name
            .replace('&', "&amp;")
            .replace('<', "&lt;")
            .replace('>', "&gt;")
            .replace('"', "&quot;")
            .replace('\'', "&#x27;");
        assert!(page.contains(&escaped), "{name} is not shown as {escaped}");
    }
    admin.get("/work/people").shows(200, &["Invented Officer"]);
    // Nothing that was typed into a search is in the log.
    assert!(!bench.log().contains("DROP TABLE"));
}

#[test]
fn what_a_form_does_not_have_does_nothing() {
    let Some(bench) = Bench::start() else { return };
    let mut admin = bench.signed_in("admin-one");
    let path = "/work/people/of/officer-one/change";
    let seen = admin.get(path).hidden("seen").unwrap().to_owned();
    let fields = [
        ("seen", seen.as_str()),
        ("name", "Invented Officer"),
        ("organisation", "landlord"),
        ("id", "admin-one"),
        ("role", "administrator"),
        ("roles", "administrator"),
        ("email", "thief@example.org"),
        ("person", "admin-one"),
        ("password", PASSWORD),
    ];
    assert_eq!(admin.post(path, &fields).status, 303);
    let page = admin.get("/work/people/of/officer-one").body;
    assert!(!page.contains("administrator<") && page.contains("officer-one@example.org"), "{page}");
    // One's own account takes nobody else's id.
    let mut analyst = bench.signed_in("analyst-one");
    analyst.get("/work/account/password");
    let new = "another three words";
    let fields = [("old", PASSWORD), ("password", new), ("again", new), ("person", "admin-one")];
    assert_eq!(analyst.post("/work/account/password", &fields).status, 303);
    bench.signed_in("admin-one");
}

#[test]
fn headers_are_not_split_and_bodies_are_bounded() {
    let Some(bench) = Bench::start() else { return };
    let mut admin = bench.signed_in("admin-one");
    for path in ["people/of/a%0d%0aSet-Cookie:%20a=b", "people?q=a%0d%0aSet-Cookie:%20a=b"] {
        let answer = admin.get(&format!("/work/{path}"));
        assert!(!answer.head.contains("a=b"), "{path}: {}", answer.head);
    }
    let mut nobody = bench.browser();
    let answer = nobody.get("/work/people?q=a%0d%0aSet-Cookie:%20a=b");
    assert_eq!(answer.status, 303);
    assert!(!answer.head.contains("Set-Cookie: a") && answer.head.contains("%250d%250a"));
    admin.get(ADD);
    let long = "a".repeat(300 * 1024);
    let answer = admin.post(ADD, &[("name", &long), ("id", "long")]);
    answer.shows(413, &["Too much was sent"]);
    let name = "b".repeat(101);
    admin.post(ADD, &[("name", &name), ("id", "long")]).shows(422, &["100 characters or fewer"]);
    let many: Vec<(&str, &str)> = std::iter::repeat_n(("x", "y"), 600).collect();
    assert_eq!(admin.post(ADD, &many).status, 413);
    let origin = format!("http://{}", bench.address);
    for (kind, body) in [
        ("multipart/form-data", "no boundary"),
        ("multipart/form-data; boundary=x", "--x\r\nnot a part"),
        ("application/json", "{\"name\":\"x\"}"),
        ("text/plain", "form-token=x"),
    ] {
        let headers = [("Content-Type", kind), ("Origin", origin.as_str())];
        let answer = admin.send("POST", ADD, &headers, body);
        assert!([400, 403].contains(&answer.status), "{kind}: {}", answer.status);
    }
}

/// Whether an account exists shows neither in words nor in waits.
#[test]
fn wrong_attempts_tell_nothing_and_slow_down() {
    let Some(bench) = Bench::start() else { return };
    let mut answers = Vec::new();
    for person in ["analyst-one", "nobody-here"] {
        let mut browser = bench.browser();
        let mut heard = Vec::new();
        for _ in 0..7 {
            let answer = browser.sign_in(person, "not the password");
            heard.push((
                answer.status,
                answer.body.replace(person, "PERSON").replace(&browser.token, "TOKEN"),
            ));
        }
        answers.push(heard);
    }
    assert_eq!(answers[0], answers[1]);
    let statuses: Vec<u16> = answers[0].iter().map(|(status, _)| *status).collect();
    assert_eq!(statuses, [422, 422, 422, 422, 422, 429, 429]);
    // The right password is not looked at either, until the wait is over.
    let mut browser = bench.browser();
    assert_eq!(browser.sign_in("analyst-one", PASSWORD).status, 429);
    bench.alter("UPDATE attempts SET waits_until = 1");
    assert_eq!(browser.sign_in("analyst-one", PASSWORD).status, 303);
}
