//! Nothing secret goes into a bundle, however it is laid in the way.

use super::town::Town;
use super::unzipped;
use crate::running::wardmote;

#[test]
fn keys_data_lake_and_repository_stay_out() {
    let Some(town) = Town::published() else { return };
    let folder = town.folder();
    for (name, text) in [
        (".git/config", "SECRET-TOKEN"),
        (".env", "SECRET-TOKEN"),
        ("assessment/.draft.md", "SECRET-TOKEN"),
        ("assessment/notes-on-persons.md", "SECRET-TOKEN"),
        ("assessment/old.toml.bak", "SECRET-TOKEN"),
        ("measures/notes.txt", "SECRET-TOKEN"),
        ("published/backup/x.html", "SECRET-TOKEN"),
        ("published/tables/persons.csv", "SECRET-TOKEN"),
        ("fetch.toml", "# SECRET-TOKEN\n"),
    ] {
        let path = folder.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    }
    wardmote(folder, &["bundle", "--sign", "keys/publisher.key"]).ended(0);
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).unwrap();
    let pseudonym_key = read("keys/landlord.key").trim().to_owned();
    let signing_key = read("keys/publisher.key").lines().nth(1).unwrap().to_owned();
    let row = read("data/nuisance/nuisance-2022-23.csv").lines().nth(1).unwrap().to_owned();
    let here = folder.to_str().unwrap();
    let secrets =
        ["HH-SECRET", "SECRET-TOKEN", "landlord.key", &pseudonym_key, &signing_key, &row, here];
    for (name, bytes) in unzipped(&town.bundle()) {
        assert!(
            name.starts_with("manifest.json")
                || name.starts_with("declarations/")
                || name.starts_with("published/"),
            "{name}"
        );
        for part in ["sources/landlord.toml", "lake/", "keys/", "data/", ".git", ".env", "parquet"]
        {
            assert!(!name.contains(part), "{name}");
        }
        for secret in secrets {
            let holds = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!holds, "{name} holds {secret}");
        }
    }
    // Of the landlord's files the manifest says nothing but that there is such a source.
    let members = unzipped(&town.bundle());
    let manifest = members.iter().find(|(name, _)| name == "manifest.json").unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest.1).unwrap();
    assert_eq!(manifest["withheld"]["landlord"], serde_json::json!({ "because": "pseudonyms" }));
    assert!(manifest["sources"].get("landlord").is_none());
    assert!(!manifest.to_string().contains("cases-"));
}

#[test]
#[cfg(unix)]
fn a_link_does_not_bring_a_file_in_from_outside() {
    let Some(town) = Town::published() else { return };
    let folder = town.folder();
    let prose = folder.join("assessment/levels.md");
    let outside = folder.join("outside.md");
    std::fs::rename(&prose, &outside).unwrap();
    std::os::unix::fs::symlink(&outside, &prose).unwrap();
    let refused = wardmote(folder, &["bundle"]).ended(2);
    assert!(refused.err.contains("is no plain file, and is not followed"), "{}", refused.err);
}

#[test]
fn a_signing_key_has_a_password_unless_that_is_refused() {
    let here = tempfile::tempdir().unwrap();
    let new = |words: &[&str]| wardmote(here.path(), &[&["bundle", "key", "new"], words].concat());
    let nobody = new(&[]).ended(2);
    assert!(nobody.err.contains("--password-file"), "{}", nobody.err);
    std::fs::write(here.path().join("password"), "correct horse\n").unwrap();
    let made = new(&["--password-file", "password"]).ended(0);
    assert!(made.out.starts_with("RW") && made.out.trim().len() == 56, "{}", made.out);
    let public = std::fs::read_to_string(here.path().join("keys/publisher.pub")).unwrap();
    assert!(public.contains(made.out.trim()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let permissions = here.path().join("keys/publisher.key").metadata().unwrap().permissions();
        assert_eq!(permissions.mode() & 0o777, 0o600);
    }
    let again = new(&["--no-password"]).ended(2);
    assert!(again.err.contains("never overwritten"), "{}", again.err);
    let bare = new(&["--no-password", "--out", "bare.key"]).ended(0);
    assert!(bare.err.contains("has no password"), "{}", bare.err);
}
