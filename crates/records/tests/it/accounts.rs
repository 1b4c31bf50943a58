//! Accounts, held against both stores: proofs, waits, sessions, invitations, leavers.

use jiff::{SignedDuration, Timestamp};
use wardmote_records::accounts::{
    AccountError, Accounts, LeakedPasswords, OneTimeSecret, Proof, Rules, SecondFactor,
    SecondProof, SessionId, Stage, WeakPassword,
};
use wardmote_records::audit::Search;
use wardmote_records::people::{Role, Written};
use wardmote_records::policy::Duties;
use wardmote_records::{Keyring, Location, Records};

use crate::postgres::on_both;
use crate::scene::{KEYS, TODAY, asking, case, records, second};

const PASSWORD: &str = "kettle lamp orchard";
const EMAIL: &str = "analyst@example.org";

async fn accounts(location: &Location, second_factor: SecondFactor) -> (Accounts, Records) {
    let records = records(location).await;
    let rules = Rules { second_factor, ..Rules::default() };
    let keys = Keyring::parse(KEYS).unwrap();
    let accounts = Accounts::new(records.store().clone(), keys, rules).unwrap();
    accounts.create("operator", "analyst-one", EMAIL, second(0)).await.unwrap();
    accounts.set_password("analyst-one", PASSWORD, second(0)).await.unwrap();
    (accounts, records)
}

fn right(stage: Stage) -> Proof {
    Proof::Right { person: "analyst-one".to_owned(), stage }
}

/// Work is counted, not timed: a clock would tell of the machine.
#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_name_costs_as_much_as_a_known_one() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Offered).await;
        let mut seen = Vec::new();
        for name in [EMAIL, "nobody@example.org", "no address at all", ""] {
            let mut of_this = Vec::new();
            for attempt in 0..7 {
                let before = accounts.hashes_computed();
                let proof = accounts.try_password(name, "wrong words here", second(attempt)).await;
                of_this.push((proof.unwrap(), accounts.hashes_computed() - before));
            }
            seen.push(of_this);
        }
        assert!(seen.iter().all(|one| *one == seen[0]), "{seen:?}");
        let wait = |until| (Proof::Wait { until: second(until) }, 0);
        let wrong = (Proof::Wrong, 1);
        let expected =
            [wrong.clone(), wrong.clone(), wrong.clone(), wrong.clone(), wrong, wait(34), wait(34)];
        assert_eq!(seen[0], expected);
        // Not even the right one is looked at meanwhile; afterwards it is, and all is forgotten.
        let early = accounts.try_password(EMAIL, PASSWORD, second(33)).await.unwrap();
        assert_eq!(early, Proof::Wait { until: second(34) });
        let late = accounts.try_password(EMAIL, PASSWORD, second(34)).await.unwrap();
        assert_eq!(late, right(Stage::Open));
        let again = accounts.try_password(EMAIL, "wrong words here", second(35)).await.unwrap();
        assert_eq!(again, Proof::Wrong);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn many_attempts_at_once_are_no_more_than_many_in_turn() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Required).await;
        let attempts: Vec<_> = (0..30)
            .map(|_| {
                let accounts = accounts.clone();
                tokio::spawn(async move {
                    accounts.try_password(EMAIL, "wrong words here", second(1)).await.unwrap()
                })
            })
            .collect();
        let before = accounts.hashes_computed();
        let mut wrong = 0;
        for attempt in attempts {
            wrong += usize::from(attempt.await.unwrap() == Proof::Wrong);
        }
        assert_eq!((wrong, accounts.hashes_computed() - before), (5, 5));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_rotate_expire_and_end_together() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Required).await;
        let proof = accounts.try_password(" Analyst@Example.ORG", PASSWORD, second(0)).await;
        assert_eq!(proof.unwrap(), right(Stage::SetUp));
        let begin = async |stage, at| {
            accounts.begin_session("analyst-one", stage, "a\nbrowser", at).await.unwrap()
        };
        let holds = async |id: &SessionId, at: Timestamp| {
            accounts.session(id, at, TODAY).await.unwrap().map(|session| session.stage)
        };
        let one = begin(Stage::Open, second(0)).await;
        let two = begin(Stage::Open, second(0)).await;
        assert_ne!(one, two);
        assert_ne!(one.form_token(), two.form_token());
        assert!(!one.form_token().contains(one.carried()));
        let minutes = |count: i64| second(0) + SignedDuration::from_mins(count);
        // Each request keeps it; half an hour without one ends it; twelve hours end it in any case.
        for step in 1..=24 {
            assert_eq!(holds(&one, minutes(step * 29)).await, Some(Stage::Open), "{step}");
        }
        assert_eq!(holds(&two, minutes(30)).await, None);
        assert_eq!(holds(&one, minutes(720)).await, None);
        assert_eq!(accounts.whose_session_was(&two).await.unwrap().as_deref(), Some("analyst-one"));
        let three = begin(Stage::Open, second(0)).await;
        let four = begin(Stage::Code, second(0)).await;
        let listed = accounts.sessions("analyst-one", Some(&three), second(1)).await.unwrap();
        assert_eq!(listed.iter().filter(|one| one.is_this).count(), 1);
        assert!(listed.iter().all(|one| one.device == "abrowser"));
        assert!(accounts.end_sessions("analyst-one", "analyst-one", second(2)).await.unwrap() >= 2);
        assert_eq!(holds(&three, second(3)).await, None);
        assert_eq!(holds(&four, second(3)).await, None);
        assert_eq!(holds(&SessionId::new().unwrap(), second(3)).await, None);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_is_used_once_even_by_two_at_once() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Offered).await;
        let earlier = accounts.invite("operator", "analyst-one", second(0)).await.unwrap();
        let secret = accounts.invite("operator", "analyst-one", second(1)).await.unwrap();
        assert_eq!(accounts.invited(&earlier, second(2)).await.unwrap(), None);
        let name = accounts.invited(&secret, second(2)).await.unwrap();
        assert_eq!(name.as_deref(), Some("Invented Analyst"));
        let too_late = second(1) + SignedDuration::from_hours(72);
        assert_eq!(accounts.invited(&secret, too_late).await.unwrap(), None);
        let weak = accounts.accept(&secret, "invented analyst", second(3)).await;
        assert!(matches!(weak, Err(AccountError::Weak(_))), "{weak:?}");
        let other = "orchard lamp kettle";
        let both = futures_both(
            accounts.accept(&secret, other, second(4)),
            accounts.link(&secret, "https://login.example.org", "s-1", second(4)),
        );
        let (accepted, linked) = both.await;
        assert!(accepted.is_ok() != linked.is_ok(), "{accepted:?} {linked:?}");
        let lost = accounts.accept(&secret, other, second(5)).await;
        assert!(matches!(lost, Err(AccountError::NoInvitation)), "{lost:?}");
    })
    .await;
}

async fn futures_both<A, B>(
    one: impl Future<Output = A>,
    other: impl Future<Output = B>,
) -> (A, B) {
    tokio::join!(one, other)
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_are_sealed_rotated_and_used_once() {
    on_both(async |at| {
        let (accounts, records) = accounts(&at, SecondFactor::Offered).await;
        let secret = OneTimeSecret::new().unwrap();
        let now = second(100);
        let wrong = accounts.set_up_codes("analyst-one", &secret, "000 000", now).await;
        assert!(matches!(wrong, Err(AccountError::NotProved)), "{wrong:?}");
        let code = secret.code(now);
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        let recovery = accounts.set_up_codes("analyst-one", &secret, &spaced, now).await.unwrap();
        assert_eq!(recovery.0.len(), 10);
        let proof = accounts.try_password(EMAIL, PASSWORD, now).await.unwrap();
        assert_eq!(proof, right(Stage::Code));
        let attempt =
            async |code: &str, at| accounts.try_code("analyst-one", code, at).await.unwrap();
        assert_eq!(attempt(&code, now).await, SecondProof::Wrong, "it was used to set them up");
        let later = second(160);
        assert_eq!(attempt(&secret.code(later), later).await, SecondProof::Right);
        assert_eq!(attempt(&secret.code(later), later).await, SecondProof::Wrong);
        assert_eq!(attempt(&recovery.0[0].to_uppercase(), later).await, SecondProof::Right);
        assert_eq!(attempt(&recovery.0[0], later).await, SecondProof::Wrong);
        // Under a new key the old one can go, and codes still work.
        let line = Keyring::new_line("second").unwrap();
        let policies = records.policies().clone();
        let both = Keyring::parse(&format!("{KEYS}{line}")).unwrap();
        Records::new(records.store().clone(), both, policies).rotate_keys(later).await.unwrap();
        let only_new = Keyring::parse(&line).unwrap();
        let rules = accounts.rules().clone();
        let accounts = Accounts::new(records.store().clone(), only_new, rules).unwrap();
        let later = second(220);
        let proof = accounts.try_code("analyst-one", &secret.code(later), later).await.unwrap();
        assert_eq!(proof, SecondProof::Right);
        // Wrong codes wait as wrong passwords do.
        for _ in 0..5 {
            let wrong = accounts.try_code("analyst-one", "000000", later).await.unwrap();
            assert_eq!(wrong, SecondProof::Wrong);
        }
        let wait = accounts.try_code("analyst-one", "000000", later).await.unwrap();
        assert!(matches!(wait, SecondProof::Wait { .. }));
        assert!(matches!(
            accounts.try_password(EMAIL, PASSWORD, later).await.unwrap(),
            Proof::Wait { .. }
        ));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_password_leaves_codes_as_they_are() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Offered).await;
        let secret = OneTimeSecret::new().unwrap();
        let code = secret.code(second(100));
        accounts.set_up_codes("analyst-one", &secret, &code, second(100)).await.unwrap();
        let invited = accounts.invite("operator", "analyst-one", second(101)).await.unwrap();
        accounts.accept(&invited, "orchard lamp kettle", second(102)).await.unwrap();
        let proof = accounts.try_password(EMAIL, "orchard lamp kettle", second(103)).await.unwrap();
        assert_eq!(proof, right(Stage::Code));
        // Only whoever administers accounts takes them away, and the log says so.
        accounts.remove_codes("admin-one", "analyst-one", second(104)).await.unwrap();
        let proof = accounts.try_password(EMAIL, "orchard lamp kettle", second(105)).await.unwrap();
        assert_eq!(proof, right(Stage::Open));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn somebody_always_stays_who_may_administer_people() {
    on_both(async |at| {
        let (accounts, records) = accounts(&at, SecondFactor::Offered).await;
        let (store, duties) = (records.store(), Duties::usual().unwrap());
        let from = jiff::civil::date(2025, 1, 1);
        let role = |to| Role { role: "administrator".to_owned(), from, to };
        let nobody = accounts.leave("operator", "nobody", TODAY, &duties, second(0)).await;
        assert_eq!(nobody.unwrap_err().to_string(), "there is no person \"nobody\"");
        store.give_role("operator", "analyst-one", &role(None), second(0)).await.unwrap();
        // Another who may, but cannot sign in yet, is not enough.
        store.give_role("operator", "officer-one", &role(None), second(0)).await.unwrap();
        accounts.create("operator", "officer-one", "officer@example.org", second(0)).await.unwrap();
        let long_ago = TODAY.yesterday().unwrap();
        for day in [TODAY, long_ago] {
            let left = accounts.leave("operator", "analyst-one", day, &duties, second(1)).await;
            assert!(matches!(left, Err(AccountError::LastAdministrator { .. })), "{left:?}");
        }
        let ending = role(Some(TODAY));
        let is_last = async |ending: &Role| {
            let given =
                accounts.give_role("operator", "analyst-one", ending, &duties, second(1)).await;
            matches!(given, Err(AccountError::LastAdministrator { .. }))
        };
        assert!(is_last(&ending).await && !is_last(&role(None)).await);
        let analyst = Role { role: "analyst".to_owned(), ..ending.clone() };
        assert!(!is_last(&analyst).await);
        accounts.set_password("officer-one", PASSWORD, second(1)).await.unwrap();
        assert!(!is_last(&ending).await && !is_last(&role(None)).await);
        accounts.leave("operator", "analyst-one", TODAY, &duties, second(2)).await.unwrap();
        let left = accounts.leave("operator", "officer-one", TODAY, &duties, second(3)).await;
        assert!(matches!(left, Err(AccountError::LastAdministrator { .. })), "{left:?}");
        let search = Search { subject: Some("person/analyst-one".to_owned()), ..Search::default() };
        let found = store.search_audit(&search).await.unwrap();
        let subjects: Vec<&str> = found.iter().map(|entry| entry.subject.as_str()).collect();
        let from = "person/analyst-one/role/administrator/from/2025-01-01";
        assert!(subjects.contains(&from), "{subjects:?}");
        let ended = format!("{from}/to/2025-03-18");
        assert!(subjects.contains(&ended.as_str()), "{subjects:?}");
    })
    .await;
}

/// Each of two administrators ends what the other has, at once, again and again: by a role's last day or
/// as a leaver. One of them always stays.
#[tokio::test(flavor = "multi_thread")]
async fn two_who_end_each_other_at_once_leave_one() {
    on_both(async |at| {
        let (accounts, records) = accounts(&at, SecondFactor::Offered).await;
        let duties = Duties::usual().unwrap();
        let both = ["analyst-one", "officer-one"];
        let from = jiff::civil::date(2025, 1, 1);
        let role = |to| Role { role: "administrator".to_owned(), from, to };
        for round in 0..12 {
            accounts.create("operator", both[0], EMAIL, second(round)).await.unwrap();
            accounts.create("operator", both[1], "o@example.org", second(round)).await.unwrap();
            for person in both {
                accounts.set_password(person, PASSWORD, second(round)).await.unwrap();
                records
                    .store()
                    .give_role("operator", person, &role(None), second(round))
                    .await
                    .unwrap();
            }
            let end = |by: &'static str, person: &'static str| {
                let (accounts, duties, ending) =
                    (accounts.clone(), duties.clone(), role(Some(TODAY)));
                tokio::spawn(async move {
                    if round % 2 == 0 {
                        accounts.give_role(by, person, &ending, &duties, second(round)).await
                    } else {
                        accounts.leave(by, person, TODAY, &duties, second(round)).await.map(|_| ())
                    }
                })
            };
            let (one, other) = (end(both[0], both[1]), end(both[1], both[0]));
            let ended = [one.await.unwrap(), other.await.unwrap()];
            let refused = |one: &&Result<(), AccountError>| {
                matches!(one, Err(AccountError::LastAdministrator { .. }))
            };
            assert_eq!(ended.iter().filter(refused).count(), 1, "{round}: {ended:?}");
            assert_eq!(ended.iter().filter(|one| one.is_ok()).count(), 1, "{round}: {ended:?}");
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_address_ends_the_links_that_went_to_the_old_one() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Offered).await;
        let sent = accounts.invite("operator", "analyst-one", second(1)).await.unwrap();
        accounts.create("admin-one", "analyst-one", EMAIL, second(2)).await.unwrap();
        assert!(accounts.invited(&sent, second(2)).await.unwrap().is_some(), "the same address");
        accounts.create("admin-one", "analyst-one", "new@example.org", second(3)).await.unwrap();
        assert_eq!(accounts.invited(&sent, second(3)).await.unwrap(), None);
        let proof = accounts.try_password("new@example.org", PASSWORD, second(4)).await;
        assert_eq!(proof.unwrap(), right(Stage::Open), "the password stays");
        let subject = Some("account/analyst-one/address".to_owned());
        let search = Search { subject, ..Search::default() };
        assert_eq!(accounts.store().search_audit(&search).await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_leaves_keeps_nothing_and_leaves_a_list() {
    on_both(async |at| {
        let (accounts, records) = accounts(&at, SecondFactor::Offered).await;
        accounts.create("operator", "officer-one", "officer@example.org", second(0)).await.unwrap();
        accounts.set_password("officer-one", PASSWORD, second(0)).await.unwrap();
        let made = records.collect(asking("officer-one"), &case("noise")).await.unwrap();
        let gone = records.collect(asking("officer-one"), &case("erased")).await.unwrap();
        records.erase(asking("officer-one"), &gone.id).await.unwrap();
        let id = accounts.begin_session("officer-one", Stage::Open, "x", second(1)).await.unwrap();
        let invited = accounts.invite("operator", "officer-one", second(1)).await.unwrap();
        accounts.link(&invited, "https://login.example.org", "s-1", second(1)).await.unwrap();
        let duties = Duties::usual().unwrap();
        let left =
            accounts.leave("admin-one", "officer-one", TODAY, &duties, second(2)).await.unwrap();
        assert_eq!(left.roles, [("officer".to_owned(), None)]);
        assert_eq!((left.sessions, left.records), (1, vec![made.id]));
        assert_eq!(accounts.session(&id, second(3), TODAY).await.unwrap(), None);
        assert_eq!(accounts.known_as("https://login.example.org", "s-1").await.unwrap(), None);
        let proof = accounts.try_password("officer@example.org", PASSWORD, second(3)).await;
        assert_eq!(proof.unwrap(), Proof::Wrong);
        assert!(accounts.invite("operator", "officer-one", second(3)).await.is_err());
        let tomorrow = TODAY.tomorrow().unwrap();
        let actor = records.store().actor("officer-one", tomorrow).await.unwrap().unwrap();
        assert!(actor.roles.is_empty());
        // Who comes back begins anew.
        accounts.create("operator", "officer-one", "officer@example.org", second(4)).await.unwrap();
        let proof = accounts.try_password("officer@example.org", PASSWORD, second(5)).await;
        assert_eq!(proof.unwrap(), Proof::Wrong);
        let account = accounts.account("officer-one").await.unwrap().unwrap();
        assert!(!account.has_password && account.ended.is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn people_are_found_changed_and_never_overwritten_unseen() {
    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Offered).await;
        let store = accounts.store();
        let found = store.people("PROTECTION", 1, 10, TODAY).await.unwrap();
        assert_eq!((found.total, found.people[0].id.as_str()), (1, "protector-one"));
        assert_eq!(found.people[0].roles, ["data-protection-officer"]);
        for nobody in ["%", "_", "' OR '1'='1", "!"] {
            assert_eq!(store.people(nobody, 1, 10, TODAY).await.unwrap().total, 0, "{nobody}");
        }
        assert_eq!(store.people("", 2, 2, TODAY).await.unwrap().people.len(), 1);
        let seen = store.person("officer-one").await.unwrap().unwrap();
        let change = async |name: &str| {
            store
                .change_person("admin", "officer-one", &seen.state, name, "police", second(1))
                .await
        };
        assert_eq!(change("First").await.unwrap(), Written::Done);
        let Written::Conflict(theirs) = change("Second").await.unwrap() else {
            panic!("no conflict")
        };
        assert_eq!((theirs.name.as_str(), theirs.organisation.id.as_str()), ("First", "police"));
        assert!(!store.add_person("admin", "officer-one", "X", "police", second(2)).await.unwrap());
        assert!(store.add_person("admin", "other", "X", "nowhere", second(2)).await.is_err());
        let taken = accounts.create("admin", "officer-one", EMAIL, second(2)).await;
        assert!(matches!(taken, Err(AccountError::AddressTaken)), "{taken:?}");
        for no_address in ["", "a", "a@b", "a b@c.org", "a@c.org\r\nBcc: x@y.org", "<a@c.org>"] {
            let refused = accounts.create("admin", "officer-one", no_address, second(2)).await;
            assert!(matches!(refused, Err(AccountError::NoAddress { .. })), "{no_address}");
        }
        let log = store.search_audit(&Search::default()).await.unwrap();
        let secret = |text: &str| log.iter().any(|entry| format!("{entry:?}").contains(text));
        assert!(secret("person/officer-one") && !secret(EMAIL) && !secret("First"));
        let page = store.search_audit_page(&Search::default(), 1, 2).await.unwrap();
        assert_eq!(page.entries.len(), 2);
        assert_eq!(page.entries[0].sequence as u64, page.total);
        assert_eq!(store.verify_audit(&[]).await.unwrap().faults, []);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_leaked_password_is_not_taken() {
    use sha1::{Digest as _, Sha1};
    use std::io::Write as _;

    on_both(async |at| {
        let (accounts, _) = accounts(&at, SecondFactor::Offered).await;
        let leaked = "harbour violin teaspoon";
        let digest = data_encoding::HEXUPPER.encode(&Sha1::digest(leaked.as_bytes()));
        let mut file = tempfile::tempfile().unwrap();
        writeln!(file, "{digest}:7").unwrap();
        let accounts = accounts.without(Some(LeakedPasswords::new(file).unwrap()));
        let change = |new| accounts.change_password("analyst-one", PASSWORD, new, second(1));
        let refused = change(leaked).await.unwrap_err();
        assert!(matches!(refused, AccountError::Weak(WeakPassword::Leaked)), "{refused}");
        change("harbour violin teaspoons").await.unwrap();
    })
    .await;
}
