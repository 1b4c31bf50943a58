//! Decisions: Cedar and the conditions that explain it say the same.

use std::collections::BTreeMap;

use wardmote_records::policy::{AgreementError, Agreements, Cases, Policies, in_english};
use wardmote_records::protection::Protection;

use crate::scene::{AGREEMENT, GATEWAYS, agreements};

fn read(agreement: &str) -> Result<Agreements, AgreementError> {
    let texts = BTreeMap::from([("one".to_owned(), agreement.to_owned())]);
    Agreements::read(GATEWAYS, &texts)
}

#[test]
fn an_agreement_that_says_nonsense_is_refused() {
    let check = |from: &str, to: &str, message: &str| {
        let error = read(&AGREEMENT.replace(from, to)).unwrap_err().to_string();
        assert!(error.contains(message), "{error}");
    };
    check("gateway = \"power\"", "gateway = \"none\"", "gateway \"none\" is not in gateways.toml");
    check("to = [\"council\"]", "to = [\"stranger\"]", "permit 2 names \"stranger\"");
    check("end = \"2026-12-31\"", "end = \"2020-12-31\"", "ends or is reviewed before it starts");
    check("roles = [\"analyst\"]", "roles = []", "permit 2 leaves roles empty");
    check("[\"asb-case\"]", "[\"a\\\" || true\"]", "is no id");
    check("OFFICIAL-SENSITIVE", "SECRET", "unknown variant");
    check("synthetic = true", "surprise = 1", "unknown field");
}

/// Each condition that fails is the one that is named.
#[test]
fn the_failed_condition_is_named() {
    let cases = r#"
[actors.officer]
organisation = "landlord"
roles = ["officer"]
[actors.analyst]
organisation = "council"
roles = ["analyst"]
[actors.visitor]
organisation = "council"
roles = ["visitor"]
[actors.constable]
organisation = "police"
roles = ["analyst"]
[resources.case]
owner = "landlord"
category = "asb-case"
marking = "OFFICIAL-SENSITIVE"
personal = true
[resources.other]
owner = "landlord"
category = "marac"
marking = "OFFICIAL"
personal = true
[resources.police]
owner = "police"
category = "asb-case"
marking = "OFFICIAL"
personal = true
"#;
    let rows = [
        ("officer", "alteration", "case", "2025-01-01", "permitted_by", "one/1"),
        ("analyst", "consultation", "case", "2025-01-01", "permitted_by", "one/2"),
        ("analyst", "consultation", "case", "2026-12-31", "permitted_by", "one/2"),
        ("analyst", "consultation", "case", "2027-01-01", "refused_for", "not-ended"),
        ("analyst", "consultation", "case", "2023-12-31", "refused_for", "started"),
        ("analyst", "alteration", "case", "2025-01-01", "refused_for", "operation"),
        ("visitor", "consultation", "case", "2025-01-01", "refused_for", "role"),
        ("constable", "consultation", "case", "2025-01-01", "refused_for", "organisation"),
        ("analyst", "consultation", "other", "2025-01-01", "refused_for", "category"),
        ("analyst", "consultation", "police", "2025-01-01", "refused_for", "owner"),
    ];
    let rows = rows.map(|(actor, operation, resource, on, answer, which)| {
        format!(
            "[[cases]]\nactor = \"{actor}\"\noperation = \"{operation}\"\nresource = \"{resource}\"\n\
             purpose = \"reduce-anti-social-behaviour\"\non = \"{on}\"\n{answer} = \"{which}\"\n"
        )
    });
    let policies = Policies::new(read(AGREEMENT).unwrap()).unwrap();
    let text = format!("{cases}{}", rows.concat());
    assert_eq!(Cases::read(&text).unwrap().ask(&policies, &Protection::default()).unwrap(), []);
    let other = text.replace("permitted_by = \"one/1\"", "permitted_by = \"one/2\"");
    let failures = Cases::read(&other).unwrap().ask(&policies, &Protection::default()).unwrap();
    assert_eq!((failures.len(), failures[0].case), (1, 1));
    assert_eq!(failures[0].found, "permitted by one/1");
    let other = text.replace("purpose = \"reduce-anti-social-behaviour\"", "purpose = \"another\"");
    assert_eq!(
        Cases::read(&other).unwrap().ask(&policies, &Protection::default()).unwrap().len(),
        5
    );
}

/// A duty to share depersonalised data carries no personal data, and not after its law has ended.
#[test]
fn a_duty_carries_no_personal_data() {
    let duty = AGREEMENT.replace("gateway = \"power\"", "gateway = \"duty\"");
    let policies = Policies::new(read(&duty).unwrap()).unwrap();
    let case = |personal: bool, on: &str, answer: &str| {
        let text = format!(
            "[actors.a]\norganisation = \"council\"\nroles = [\"analyst\"]\n[resources.r]\n\
             owner = \"landlord\"\ncategory = \"asb-case\"\nmarking = \"OFFICIAL\"\n\
             personal = {personal}\n[[cases]]\nactor = \"a\"\noperation = \"consultation\"\n\
             resource = \"r\"\npurpose = \"reduce-anti-social-behaviour\"\non = \"{on}\"\n{answer}\n"
        );
        assert_eq!(Cases::read(&text).unwrap().ask(&policies, &Protection::default()).unwrap(), []);
    };
    case(false, "2025-12-31", "permitted_by = \"one/2\"");
    case(true, "2025-12-31", "refused_for = \"depersonalised\"");
    case(false, "2026-01-01", "refused_for = \"gateway\"");
}

#[test]
fn an_agreement_reads_as_sentences() {
    let agreements = agreements();
    let text = in_english(&agreements.agreements[0]);
    for sentence in [
        "It is between Invented Homes, Invented Council and Invented Police.",
        "It holds from 1 January 2024 to 31 December 2026, both days included, and is reviewed by 31 December 2025.",
        "1. Staff of Invented Homes who hold the role of officer may make, change, read and erase \
         records of Invented Homes of the kinds asb-case, marked OFFICIAL or OFFICIAL-SENSITIVE.",
        "Whatever is not said here is refused under this agreement.",
    ] {
        assert!(text.contains(sentence), "{text}");
    }
}
