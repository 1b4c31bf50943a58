//! Signing in at a provider: the npm package oidc-provider on loopback, started and ended by the test.

use std::io::{BufRead as _, BufReader, Lines};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::bench::PASSWORD;
use super::{Bench, Browser};

struct Provider {
    node: Child,
    address: String,
    /// It says more while it runs, and would end if nobody could hear it.
    _heard: Lines<BufReader<ChildStdout>>,
}

impl Drop for Provider {
    fn drop(&mut self) {
        let _gone = self.node.kill();
        let _waited = self.node.wait();
    }
}

impl Provider {
    /// `None`, after saying so, where the package is not installed.
    fn start(port: u16, bench: &Bench) -> Option<Self> {
        let assets = std::env::var_os("WARDMOTE_ASSETS").unwrap();
        let modules = Path::new(&assets).join("../downloads/node/node_modules");
        if !modules.join("oidc-provider").is_dir() {
            assert_ne!(
                std::env::var("CI").as_deref(),
                Ok("true"),
                "oidc-provider is not installed"
            );
            eprintln!(
                "skipped: `cargo xtask assets` installs the provider that this test signs in at"
            );
            return None;
        }
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../setup/node/openid.mjs");
        let return_to = format!("http://{}/work/sign-in/openid/return", bench.address);
        let mut command = Command::new("node");
        command.args([script, modules]).args([&port.to_string(), &return_to]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut node = command.spawn().unwrap();
        let mut lines = BufReader::new(node.stdout.take().unwrap()).lines();
        let address =
            lines.find_map(|line| line.unwrap().strip_prefix("http://").map(str::to_owned));
        Some(Self { node, address: address.expect("the provider did not start"), _heard: lines })
    }

    /// What somebody does at the provider's own pages; answers where they send the browser back.
    fn pass(&self, browser: &mut Browser, from: &str, login: &str) -> String {
        let start = format!("http://{}", self.address);
        let mut to = from.strip_prefix(&start).expect("the provider's address").to_owned();
        for _ in 0..12 {
            let mut answer = browser.get(&to);
            if answer.status == 200 {
                let prompt = answer.hidden("prompt").expect("a prompt").to_owned();
                let body = format!("prompt={prompt}&login={login}&password=any");
                let kind = [("Content-Type", "application/x-www-form-urlencoded")];
                answer = browser.send("POST", &to, &kind, &body);
            }
            assert!([302, 303].contains(&answer.status), "{to}: {} {}", answer.head, answer.body);
            let location = answer.location().to_owned();
            match location.strip_prefix(&start) {
                Some(path) => path.clone_into(&mut to),
                None if location.starts_with('/') => to = location,
                None => return location,
            }
        }
        panic!("the provider never sent the browser back");
    }
}

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn only_who_was_invited_signs_in_at_a_provider() {
    let port = free_port();
    let settings = format!(
        "[rules]\nsecond_factor = \"offered\"\n[openid]\nname = \"an invented account\"\n\
         issuer = \"http://127.0.0.1:{port}\"\nclient_id = \"wardmote\"\n\
         client_secret_file = \"keys/openid.secret\"\n"
    );
    let Some(bench) = Bench::start_with(&settings) else { return };
    let here = format!("http://{}", bench.address);
    let local = |address: String| address.strip_prefix(&here).unwrap().to_owned();
    // While the provider does not answer, nobody gets anywhere by it.
    assert_eq!(bench.browser().get("/work/sign-in/openid").status, 500);
    let Some(provider) = Provider::start(port, &bench) else { return };
    let at_provider = || Browser::new(&provider.address);

    let mut stranger = bench.browser();
    stranger.get("/work/sign-in").shows(200, &["Sign in with an invented account"]);
    let leaving = stranger.get("/work/sign-in/openid");
    assert_eq!(leaving.status, 303);
    for part in ["code_challenge_method=S256", "nonce=", "state=", "scope=openid"] {
        assert!(leaving.location().contains(part), "{}", leaving.location());
    }
    assert!(!leaving.location().contains("secret"));
    let back = local(provider.pass(&mut at_provider(), leaving.location(), "stranger"));
    stranger.get(&back).shows(403, &["Nobody has invited you"]);
    assert_eq!(stranger.get("/work/").status, 303);

    // An invitation says who somebody is, once.
    let invited = bench.run(&["admin", "invite", "analyst-one"]).ended(0);
    let path = invited.out.trim()[invited.out.find("/work/").unwrap()..].to_owned();
    let mut analyst = bench.browser();
    analyst.get(&path).shows(200, &["Use an invented account instead"]);
    // A link from elsewhere links nobody to an invitation; a form of this site's does.
    assert_eq!(analyst.get(&format!("{path}/openid")).status, 405);
    let own = format!("http://{}", bench.address);
    for (origin, token) in [("http://evil.example.org", true), (own.as_str(), false)] {
        let mut lured = bench.browser();
        let token =
            lured.get(&path).hidden("form-token").filter(|_| token).unwrap_or("").to_owned();
        let planted = [("form-token", token.as_str())];
        let answer = lured.post_from(&format!("{path}/openid"), Some(origin), &planted);
        assert_eq!((answer.status, answer.header("set-cookie")), (403, None), "{origin}");
    }
    let leaving = analyst.post(&format!("{path}/openid"), &[]);
    let leaving = leaving.shows(200, &["Go on to an invented account"]);
    let (_, address) = leaving.body.split_once("href=\"http://127.0.0.1:").unwrap();
    let address = format!("http://127.0.0.1:{}", address.split('"').next().unwrap());
    let mut theirs = at_provider();
    let address = address.replace("&amp;", "&").replace("&#38;", "&");
    let back = local(provider.pass(&mut theirs, &address, "subject-1"));
    // Who stole the way back, without the cookie, or with another flow's, gets nothing.
    assert_eq!(bench.browser().get(&back).status, 403);
    let mut thief = bench.browser();
    thief.get("/work/sign-in/openid");
    assert_eq!(thief.get(&back).status, 403);
    let arrived = analyst.get(&back);
    assert_eq!((arrived.status, arrived.location()), (303, "/work/"), "{}", arrived.body);
    analyst.get("/work/").shows(200, &["Signed in as Invented Analyst, Invented Council"]);
    // Neither the way back nor the invitation works twice.
    assert_eq!(bench.browser().get(&path).status, 404);
    assert_eq!(analyst.get(&back).status, 403);

    // From now on the provider's word is enough, and leads where they wanted to go.
    let mut again = bench.browser();
    let leaving = again.get("/work/sign-in/openid?to=/work/agreements");
    let back = local(provider.pass(&mut theirs, leaving.location(), "subject-1"));
    let arrived = again.get(&back);
    assert_eq!((arrived.status, arrived.location()), (303, "/work/agreements"));
    // A code that was tampered with, or no code at all, is not taken.
    let mut again = bench.browser();
    let leaving = again.get("/work/sign-in/openid");
    let back = local(provider.pass(&mut theirs, leaving.location(), "subject-1"));
    again.get(&back.replace("code=", "code=x")).shows(403, &["did not vouch for you"]);

    // A form that outlived its session waits for its writer on the way there and back, and for nobody
    // else.
    for (person, is_theirs) in [("analyst-one", true), ("admin-one", false)] {
        let mut writer = bench.signed_in(person);
        writer.get("/work/account");
        let idle =
            format!("UPDATE sessions SET seen = seen - 3600000000 WHERE person = '{person}'");
        bench.alter(&idle);
        let asked = writer.post("/work/agreements/decision", &[("purpose", "typed before")]);
        let kept = asked.shows(401, &["You were signed out"]).hidden("kept").unwrap().to_owned();
        writer
            .post("/work/sign-in/openid", &[("kept", "not ours")])
            .shows(400, &["cannot be read"]);
        writer.get("/work/sign-in");
        let waits = writer.post("/work/sign-in/openid", &[("kept", &kept)]);
        let waits = waits.shows(200, &["Go on to an invented account"]);
        let (_, rest) = waits.body.split_once("/work/sign-in/openid?waiting=").unwrap();
        let leaving = writer.get(&format!("/work/sign-in/openid?waiting={}", &rest[..64]));
        assert!(!leaving.location().contains(&rest[..64]));
        let back = local(provider.pass(&mut theirs, leaving.location(), "subject-1"));
        let arrived = writer.get(&back);
        assert_eq!(arrived.body.contains("typed before"), is_theirs, "{}", arrived.body);
    }

    // Who left is nobody, whatever the provider says.
    bench.run(&["admin", "end", "analyst-one"]).ended(0);
    assert_eq!(analyst.get("/work/").status, 303);
    let mut left = bench.browser();
    let leaving = left.get("/work/sign-in/openid");
    let back = local(provider.pass(&mut theirs, leaving.location(), "subject-1"));
    left.get(&back).shows(403, &["Nobody has invited you"]);
    // Local accounts go on beside it.
    assert_eq!(bench.browser().sign_in("admin-one", PASSWORD).status, 303);
    let log = bench.log();
    assert!(log.contains("analyst-one,,account/analyst-one/identity,"), "{log}");
    assert!(!log.contains("subject-1") && log.contains("nobody,,sign-in/unknown,"), "{log}");
}
