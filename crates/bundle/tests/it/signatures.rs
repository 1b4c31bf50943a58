//! Signatures: the right key, another, none, and a manifest that was changed after it was signed.

use std::process::Command;

use proptest::prelude::*;
use wardmote_bundle::{Bundle, KeyError, PublicKey, SecretKey, Signed, generate};

use crate::hostile::{unzipped, zipped};
use crate::scene::{new_key, packed, written};

fn signed(bytes: &[u8], named: Option<&PublicKey>) -> Signed {
    let here = tempfile::tempdir().unwrap();
    Bundle::read(&written(here.path(), bytes)).unwrap().signed(named)
}

#[test]
fn each_state_is_told_apart() {
    let (key, other) = (new_key(), new_key());
    let text = |key: &SecretKey| key.public().to_string();
    let bytes = packed(Some(&key));
    assert_eq!(signed(&bytes, None), Signed::ByUnnamedKey { key: text(&key) });
    assert_eq!(signed(&bytes, Some(key.public())), Signed::ByNamedKey { key: text(&key) });
    let by_another = Signed::ByAnotherKey { named: text(&other), found: Some(text(&key)) };
    assert_eq!(signed(&bytes, Some(other.public())), by_another);

    let mut members = unzipped(&bytes);
    members.retain(|(name, _)| !name.ends_with(".minisig"));
    let stripped = zipped(&members);
    assert_eq!(signed(&stripped, None), Signed::Missing { key: text(&key) });
    assert_eq!(signed(&stripped, Some(other.public())), Signed::Missing { key: text(&other) });
    assert_eq!(signed(&packed(None), Some(key.public())), Signed::Missing { key: text(&key) });

    let mut members = unzipped(&bytes);
    let manifest = members.iter_mut().find(|(name, _)| name == "manifest.json").unwrap();
    manifest.1 =
        String::from_utf8(manifest.1.clone()).unwrap().replace("Anytown", "Othertown").into();
    let tampered = zipped(&members);
    for named in [None, Some(key.public())] {
        let found = signed(&tampered, named);
        assert!(matches!(&found, Signed::Broken { why } if why.contains("not what was signed")));
        assert!(!found.holds());
    }
}

#[test]
fn the_ordinary_tool_agrees() {
    if Command::new("minisign").arg("-v").output().is_err() {
        eprintln!("skipped: the tool minisign is not installed here");
        return;
    }
    let here = tempfile::tempdir().unwrap();
    let key = new_key();
    for (name, bytes) in unzipped(&packed(Some(&key))) {
        if name.starts_with("manifest") {
            std::fs::write(here.path().join(name), bytes).unwrap();
        }
    }
    let verified = |public: &PublicKey| {
        let arguments = ["-V", "-m", "manifest.json", "-P", &public.to_string()];
        let ran = Command::new("minisign").current_dir(here.path()).args(arguments).output();
        ran.unwrap().status.success()
    };
    assert!(verified(key.public()));
    assert!(!verified(new_key().public()));

    // And what the tool signs with a key of ours counts here.
    let (secret, public) = generate(None).unwrap();
    std::fs::write(here.path().join("ours.key"), secret).unwrap();
    std::fs::remove_file(here.path().join("manifest.json.minisig")).unwrap();
    let arguments = ["-S", "-W", "-s", "ours.key", "-m", "manifest.json"];
    let ran = Command::new("minisign").current_dir(here.path()).args(arguments).output().unwrap();
    assert!(ran.status.success(), "{}", String::from_utf8_lossy(&ran.stderr));
    let signature = std::fs::read(here.path().join("manifest.json.minisig")).unwrap();
    let members = unzipped(&packed(Some(&key))).into_iter().map(|(name, bytes)| {
        let is_signature = name.ends_with(".minisig");
        (name, if is_signature { signature.clone() } else { bytes })
    });
    let bytes = zipped(&members.collect::<Vec<_>>());
    assert_eq!(signed(&bytes, Some(&public)), Signed::ByNamedKey { key: public.to_string() });
}

#[test]
fn a_key_with_a_password_needs_it() {
    let (secret, public) = generate(Some("correct".to_owned())).unwrap();
    let read = |password: &str| SecretKey::read(&secret, || Ok(password.to_owned()));
    assert_eq!(read("correct").unwrap().public(), &public);
    assert!(matches!(read("wrong"), Err(KeyError::Secret { .. })));
    let none = SecretKey::read(&secret, || Err(KeyError::Password { why: "no".to_owned() }));
    assert!(matches!(none, Err(KeyError::Password { .. })));
    let no_key = SecretKey::read("hello\nworld\n", || panic!("not asked for no key"));
    assert!(matches!(no_key, Err(KeyError::Secret { .. })));
    let (bare, _) = generate(None).unwrap();
    let mut damaged = bare.clone();
    let at = bare.len() - 60;
    damaged.replace_range(at..=at, if &bare[at..=at] == "A" { "B" } else { "A" });
    let damaged = SecretKey::read(&damaged, || panic!("a damaged key has no password"));
    assert!(matches!(damaged, Err(KeyError::Secret { .. })));
    let shown = format!("{:?}", read("correct").unwrap());
    assert!(shown.contains(&public.to_string()) && shown.len() < 150, "no secret in {shown}");
}

#[test]
fn a_public_key_is_a_line_or_a_file() {
    let key = new_key();
    let line = key.public().to_string();
    assert_eq!(PublicKey::parse(&format!(" {line}\n")).unwrap(), *key.public());
    assert_eq!(PublicKey::parse(&key.public().to_file()).unwrap(), *key.public());
    for other in
        ["", "RW", "a\nb", &line[..55], "RWQ not base64 at all, but as long as a key would be ...."]
    {
        assert!(PublicKey::parse(other).is_err(), "{other:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// A signature of any text is a wrong one, and never ends the program.
    #[test]
    fn any_text_for_a_signature_is_survived(text in any::<String>(), lines in prop::collection::vec("[ -~]{0,120}", 0..6)) {
        let key = new_key();
        let members = unzipped(&packed(Some(&key)));
        for forged in [text, lines.join("\n"), format!("untrusted comment: x\n{}", lines.join("\n"))] {
            let with = members.iter().map(|(name, bytes)| {
                let is_signature = name.ends_with(".minisig");
                (name.clone(), if is_signature { forged.clone().into_bytes() } else { bytes.clone() })
            });
            let bytes = zipped(&with.collect::<Vec<_>>());
            prop_assert!(!signed(&bytes, None).holds());
            prop_assert!(!signed(&bytes, Some(key.public())).holds());
        }
    }
}
