//! People, organisations, agreements and the log, as those who run them use them.

use super::Bench;
use super::bench::PASSWORD;

#[test]
fn somebody_is_added_given_a_role_and_leaves() {
    let Some(bench) = Bench::start() else { return };
    let mut admin = bench.signed_in("admin-one");
    admin.get("/work/people/add").shows(200, &["Add a person", "Invented Homes"]);
    let typed = [("name", "Invented Newcomer"), ("id", "Not An Id"), ("email", "nowhere")];
    let wrong = admin.post("/work/people/add", &typed).shows(
        422,
        &[
            "Use small letters",
            "Choose an organisation",
            "value=\"Invented Newcomer\"",
            "#organisation",
        ],
    );
    assert!(wrong.body.contains("Error: Add a person"));
    let fields = [
        ("name", "Invented Newcomer"),
        ("id", "newcomer"),
        ("email", "newcomer@example.org"),
        ("organisation", "landlord"),
    ];
    let added = admin.post("/work/people/add", &fields).shows(200, &["Send them this link"]);
    let (_, link) = added.body.split_once("/work/invitation/").unwrap();
    let path = format!("/work/invitation/{}", &link[..64]);
    let whole = format!("http://{}{path}", bench.address);
    assert!(added.body.contains(&whole), "a link leads where the page was asked: {}", added.body);
    admin.post("/work/people/add", &fields).shows(422, &["Somebody else has this e-mail address"]);
    let mut newcomer = bench.browser();
    newcomer.get(&path).shows(200, &["Choose a password", "Invented Newcomer"]);
    let password = [("password", PASSWORD), ("again", PASSWORD)];
    assert_eq!(newcomer.post(&path, &password).status, 303);
    assert_eq!(newcomer.get(&path).status, 404, "an invitation works once");
    let mut newcomer = bench.signed_in("newcomer");
    assert_eq!(newcomer.get("/work/audit").status, 404);
    admin.get("/work/people/of/newcomer/role").shows(200, &["First day"]);
    let role = |from: &'static str, to: &'static str| {
        vec![
            ("role", "data-protection-officer"),
            ("from-day", "1"),
            ("from-month", "2"),
            ("from-year", from),
            ("to-day", to),
            ("to-month", "1"),
            ("to-year", "2026"),
        ]
    };
    let wrong = admin.post("/work/people/of/newcomer/role", &role("2026", "31"));
    wrong.shows(422, &["The last day must not be before the first", "value=\"2026\""]);
    let slip = [("role", "anaylst"), ("from-day", "1"), ("from-month", "2"), ("from-year", "2026")];
    let wrong = admin.post("/work/people/of/newcomer/role", &slip);
    wrong
        .shows(422, &["No agreement and no duty names the role anaylst", "administrator, analyst"]);
    let wrong = admin.post("/work/people/of/newcomer/role", &role("20x6", ""));
    wrong.shows(422, &["Enter a real day"]);
    let fields = [
        ("role", "data-protection-officer"),
        ("from-day", "1"),
        ("from-month", "2"),
        ("from-year", "2026"),
    ];
    assert_eq!(admin.post("/work/people/of/newcomer/role", &fields).status, 303);
    newcomer.get("/work/audit").shows(200, &["Log of what was done", "person/newcomer"]);
    let person = admin.get("/work/people/of/newcomer").shows(200, &["End data-protection-officer"]);
    let end = "/work/people/of/newcomer/role?role=data-protection-officer&amp;from=2026-02-01";
    assert!(person.body.contains(end), "{}", person.body);
    let asked = admin.get(&end.replace("&amp;", "&"));
    asked.shows(200, &["<option value=\"data-protection-officer\" selected>", "value=\"2026\""]);
    admin.get("/work/people/of/newcomer/leave").shows(200, &["This is done at once"]);
    let left = admin.post("/work/people/of/newcomer/leave", &[]);
    left.shows(
        200,
        &["1 sessions were ended", "data-protection-officer", "None that is still there"],
    );
    assert_eq!(newcomer.get("/work/").status, 303);
    let mut again = bench.browser();
    again.sign_in("newcomer", PASSWORD).shows(422, &["is not right"]);
    let log = bench.log();
    let role = "person/newcomer/role/data-protection-officer/from/2026-02-01";
    assert!(log.contains(&format!(",{role}/to/")), "leaving ends it: {log}");
    for subject in ["person/newcomer", role, "account/newcomer/invited", "account/newcomer/left"] {
        assert!(log.contains(&format!("admin-one,,{subject},")), "{subject}: {log}");
    }
}

#[test]
fn the_second_of_two_editors_is_shown_both() {
    let Some(bench) = Bench::start() else { return };
    let mut one = bench.signed_in("admin-one");
    let mut two = bench.signed_in("admin-one");
    let path = "/work/people/of/officer-one/change";
    let seen = one.get(path).hidden("seen").unwrap().to_owned();
    assert_eq!(two.get(path).hidden("seen"), Some(seen.as_str()));
    let change = |name| [("seen", seen.as_str()), ("name", name), ("organisation", "landlord")];
    assert_eq!(one.post(path, &change("Invented Senior Officer")).status, 303);
    let late = two.post(path, &change("Invented Junior Officer"));
    late.shows(
        409,
        &["Invented Senior Officer", "Invented Junior Officer", "Nothing of yours was saved"],
    );
    one.get("/work/people/of/officer-one").shows(200, &["Invented Senior Officer"]);
}

#[test]
fn agreements_are_read_and_decisions_explained() {
    let Some(bench) = Bench::start() else { return };
    let mut protector = bench.signed_in("protector-one");
    protector.get("/work/agreements").shows(200, &["SYNTHETIC: sharing", "in force"]);
    let page = protector.get("/work/agreements/in-force/landlord-2024");
    page.shows(200, &["Staff of Invented Council who hold the role of analyst may read records"]);
    assert_eq!(protector.get("/work/agreements/in-force/none").status, 404);
    protector.get("/work/agreements/decision").shows(200, &["How would this be decided?"]);
    let ask = |purpose: &'static str| {
        vec![
            ("person", "analyst-one"),
            ("operation", "consultation"),
            ("purpose", purpose),
            ("owner", "landlord"),
            ("category", "asb-case"),
            ("marking", "OFFICIAL"),
            ("personal", "yes"),
        ]
    };
    let path = "/work/agreements/decision";
    let permitted = protector.post(path, &ask("reduce-anti-social-behaviour"));
    permitted.shows(200, &["Permitted", "by landlord-2024/1"]);
    let refused = protector.post(path, &ask("curiosity"));
    refused.shows(200, &["Refused", "the purpose is another"]);
    let nobody = protector.post(path, &[("person", "nobody")]);
    nobody.shows(422, &["There is nobody of this id", "Enter the purpose"]);
}

#[test]
fn the_log_is_searched_and_exported() {
    let Some(bench) = Bench::start() else { return };
    let mut protector = bench.signed_in("protector-one");
    protector.get("/work/audit?actor=analyst-one").shows(200, &["account/analyst-one/password"]);
    protector.get("/work/audit?subject=account").shows(200, &["account/analyst-one/password"]);
    protector
        .get("/work/audit?outcome=refused&recipient=landlord")
        .shows(200, &["Nothing was found."]);
    let wrong = protector.get("/work/audit?operation=nonsense&outcome=well");
    wrong.shows(422, &["Choose what was done from the list", "Choose how it ended from the list"]);
    protector.get("/work/audit/export?operation=nonsense").shows(400, &["cannot be read"]);
    let nothing = protector.get("/work/audit?from-day=1&from-month=1&from-year=2199");
    nothing.shows(200, &["Nothing was found."]);
    protector.get("/work/audit?from-day=40&from-month=1&from-year=2026").shows(422, &["real day"]);
    let csv = protector.get("/work/audit/export?subject=account%2Fadmin-one");
    assert_eq!(csv.header("content-type"), Some("text/csv; charset=utf-8"));
    let lines: Vec<&str> =
        csv.body.lines().filter(|line| line.contains("account/admin-one")).collect();
    assert!(
        !lines.is_empty() && csv.body.contains("entry,at,operation,outcome,actor"),
        "{}",
        csv.body
    );
    // Who asks for a page that is not for them finds nothing, and the log has it.
    bench.signed_in("analyst-one").get("/work/people").shows(404, &[]);
    let log = bench.log();
    assert!(log.contains("administration,refused,analyst-one,,page/people,"), "{log}");
    // One for each page that showed entries: not for what was refused.
    assert_eq!(log.matches("consultation,done,protector-one,,log/search,").count(), 4, "{log}");
    assert!(log.contains("protector-one,,log/export,"), "taking the log away is in the log: {log}");
    let verified = bench.run(&["audit", "verify"]).ended(0);
    assert!(verified.out.contains(" 0 faults"), "{}", verified.out);
}

/// From the list of staff, after leaving, or with another address: each has a way in.
#[test]
fn whoever_is_there_can_be_given_an_account() {
    let Some(bench) = Bench::start() else { return };
    let staff = "[[organisations]]\nid = \"council\"\nname = \"Invented Council\"\n[[people]]\n\
                 id = \"listed\"\nname = \"Invented Listed\"\norganisation = \"council\"\n";
    std::fs::write(bench.folder().join("more.toml"), staff).unwrap();
    bench.run(&["records", "staff", "more.toml"]).ended(0);
    let mut admin = bench.signed_in("admin-one");
    admin.get("/work/people/of/listed").shows(200, &["Let them sign in", "/listed/account"]);
    let path = "/work/people/of/listed/account";
    admin.get(path).shows(200, &["Save and invite"]);
    admin.post(path, &[("email", "nowhere")]).shows(422, &["Enter an e-mail address such as"]);
    let taken = admin.post(path, &[("email", "analyst-one@example.org")]);
    taken.shows(422, &["Somebody else has this e-mail address"]);
    let accept = |page: &str| {
        let (_, link) = page.split_once("/work/invitation/").unwrap();
        let path = format!("/work/invitation/{}", &link[..64]);
        let mut browser = bench.browser();
        browser.get(&path);
        let password = [("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(browser.post(&path, &password).status, 303);
    };
    let invited = admin.post(path, &[("email", "listed@example.org")]);
    accept(&invited.shows(200, &["Send them this link"]).body);
    bench.signed_in("listed");
    // Another address: the password stays, and the old one no longer signs in.
    admin.get(path).shows(200, &["value=\"listed@example.org\"", "Save the address"]);
    let saved = admin.post(path, &[("email", "other@example.org")]);
    assert_eq!(saved.location(), "/work/people/of/listed?done=address");
    admin.get(saved.location()).shows(200, &["The e-mail address is saved", "other@example.org"]);
    bench.browser().sign_in("listed", PASSWORD).shows(422, &["is not right"]);
    assert_eq!(bench.browser().sign_in("other", PASSWORD).status, 303);
    // Who left and comes back begins anew.
    admin.post("/work/people/of/listed/leave", &[]).shows(200, &["Their access has ended"]);
    admin.get("/work/people/of/listed").shows(200, &["because they came back"]);
    admin.get(path).shows(200, &["Let somebody sign in again"]);
    let back = admin.post(path, &[("email", "listed@example.org")]);
    assert_eq!(
        bench.browser().sign_in("listed", PASSWORD).status,
        422,
        "not with the old password"
    );
    accept(&back.shows(200, &["Send them this link"]).body);
    bench.signed_in("listed");
}

#[test]
fn the_last_administrator_stays() {
    let Some(bench) = Bench::start() else { return };
    let mut admin = bench.signed_in("admin-one");
    admin.get("/work/people/of/admin-one/leave").shows(200, &["This is done at once"]);
    let refused = admin.post("/work/people/of/admin-one/leave", &[]);
    refused.shows(422, &["Nobody else who can sign in may administer people", "Error: "]);
    let person = admin.get("/work/people/of/admin-one");
    let (_, end) = person.body.split_once("/role?role=administrator&amp;from=").unwrap();
    let first = &end[..10];
    let (year, month, day) = (&first[..4], &first[5..7], &first[8..]);
    let role = |role: &'static str| {
        let from = [("from-day", day), ("from-month", month), ("from-year", year)];
        let to = [("to-day", day), ("to-month", month), ("to-year", year)];
        [vec![("role", role)], from.to_vec(), to.to_vec()].concat()
    };
    let path = "/work/people/of/admin-one/role";
    admin.post(path, &role("administrator")).shows(422, &["Nobody else who can sign in"]);
    // Somebody else may now, and can sign in.
    let from = role("administrator")[..4].to_vec();
    assert_eq!(admin.post("/work/people/of/analyst-one/role", &from).status, 303);
    assert_eq!(admin.post(path, &role("administrator")).status, 303);
    let left = admin.post("/work/people/of/admin-one/leave", &[]);
    left.shows(200, &["Their access has ended"]);
}
