//! An invented partnership of three organisations, with an agreement between them.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::{Date, date};
use wardmote_records::people::Staff;
use wardmote_records::policy::{Agreements, Policies};
use wardmote_records::words::{Marking, Regime};
use wardmote_records::{Asking, Keyring, Location, NewRecord, Records, Store};

pub(crate) const GATEWAYS: &str = r#"
explain_refusals_to = ["data-protection-officer"]
[[gateways]]
id = "power"
kind = "power"
law = "an invented power"
personal = true
checked = "2026-11-24"
[[gateways]]
id = "duty"
kind = "duty"
law = "an invented duty"
personal = false
from = "2024-01-01"
to = "2025-12-31"
checked = "2026-11-24"
"#;

pub(crate) const AGREEMENT: &str = r#"
title = "SYNTHETIC: sharing of landlord's records"
synthetic = true
source = "invented"
checked = "2026-11-24"
purpose = "reduce-anti-social-behaviour"
purpose_in_words = "to reduce anti-social behaviour"
gateway = "power"
start = "2024-01-01"
end = "2026-12-31"
review = "2025-12-31"
[[parties]]
id = "landlord"
name = "Invented Homes"
[[parties]]
id = "council"
name = "Invented Council"
[[parties]]
id = "police"
name = "Invented Police"
[[permits]]
operations = ["collection", "alteration", "consultation", "erasure"]
from = ["landlord"]
to = ["landlord"]
roles = ["officer"]
categories = ["asb-case"]
markings = ["OFFICIAL", "OFFICIAL-SENSITIVE"]
[[permits]]
operations = ["consultation", "disclosure"]
from = ["landlord"]
to = ["council"]
roles = ["analyst"]
categories = ["asb-case"]
markings = ["OFFICIAL", "OFFICIAL-SENSITIVE"]
"#;

const STAFF: &str = r#"
[[organisations]]
id = "landlord"
name = "Invented Homes"
[[organisations]]
id = "council"
name = "Invented Council"
[[organisations]]
id = "police"
name = "Invented Police"
[[people]]
id = "officer-one"
name = "Invented Officer"
organisation = "landlord"
roles = [{ role = "officer", from = "2024-01-01" }]
[[people]]
id = "analyst-one"
name = "Invented Analyst"
organisation = "council"
roles = [{ role = "analyst", from = "2024-01-01", to = "2025-06-30" }]
[[people]]
id = "protector-one"
name = "Invented Protection Officer"
organisation = "council"
roles = [{ role = "data-protection-officer", from = "2024-01-01" }]
"#;

pub(crate) const KEYS: &str =
    "first 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff\n";
pub(crate) const PURPOSE: &str = "reduce-anti-social-behaviour";
pub(crate) const TODAY: Date = date(2025, 3, 18);

pub(crate) fn agreements() -> Agreements {
    let texts = BTreeMap::from([("landlord-2024".to_owned(), AGREEMENT.to_owned())]);
    Agreements::read(GATEWAYS, &texts).unwrap()
}

/// Policies of the same agreement with other permits.
pub(crate) fn policies_with(permits: &str) -> Policies {
    let (head, _) = AGREEMENT.split_once("[[permits]]").unwrap();
    let texts = BTreeMap::from([("landlord-2024".to_owned(), format!("{head}{permits}"))]);
    Policies::new(Agreements::read(GATEWAYS, &texts).unwrap()).unwrap()
}

pub(crate) fn second(second: i64) -> Timestamp {
    Timestamp::from_second(1_742_000_000 + second).unwrap()
}

pub(crate) fn asking(actor: &str) -> Asking<'_> {
    Asking { actor, purpose: PURPOSE, now: second(0), today: TODAY }
}

pub(crate) async fn records(location: &Location) -> Records {
    let store = Store::open(location).await.unwrap();
    let staff: Staff = toml::from_str(STAFF).unwrap();
    store.load_staff(&staff, second(0)).await.unwrap();
    reopened(store)
}

/// Records on a store that has its staff.
pub(crate) fn reopened(store: Store) -> Records {
    Records::new(store, Keyring::parse(KEYS).unwrap(), Policies::new(agreements()).unwrap())
}

pub(crate) fn case(body: &str) -> NewRecord {
    NewRecord {
        kind: "asb-case".to_owned(),
        marking: Marking::OfficialSensitive,
        owner: "landlord".to_owned(),
        subject_area: "E01005743".to_owned(),
        controller: "landlord".to_owned(),
        regime: Regime::UkGdpr,
        personal: true,
        body: body.as_bytes().to_vec(),
    }
}
