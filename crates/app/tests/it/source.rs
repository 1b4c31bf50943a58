//! Looking at a partner's file before it is declared. The table is invented.

use crate::running::wardmote;

const TABLE: &str = "Return for May (invented)\n\
    Reported,Type,LSOA,Officer notes\n\
    01/05/2024,Noise nuisance,E01015700,a\n\
    02/05/2024,Youths,E01015700,b\n\
    03/05/2024,Youths,,c\n\
    04/05/2024,Noise nuisance,E01015701,d\n\
    05/05/2024,Youths,E01015700,e\n";

#[test]
fn a_file_is_proposed_declared_and_loaded() {
    let here = tempfile::tempdir().unwrap();
    let folder = here.path();
    wardmote(folder, &["init", "town", "--name", "T", "--district", "E06000032", "--force", "f"])
        .ended(0);
    let town = folder.join("town");
    let file = town.join("may.csv");
    std::fs::write(&file, TABLE).unwrap();
    let checked = wardmote(&town, &["source", "check", "may.csv"]).ended(0);
    assert!(checked.err.contains("5 rows read = 5 kept + 0 refused"), "{}", checked.err);
    assert!(checked.err.contains("\"Officer notes\" would not be stored"), "{}", checked.err);
    assert!(checked.err.contains("2024-05  E01015700  noise-nuisance"), "{}", checked.err);

    // What it proposes can be declared as it stands, but for what only people know.
    let declared = town.join("sources/landlord.toml");
    std::fs::write(&declared, &checked.out).unwrap();
    let unnamed = wardmote(&town, &["source", "check", "may.csv", "--source", "landlord"]).ended(2);
    assert!(unnamed.err.contains("names its sharing agreement"), "{}", unnamed.err);
    let named = checked.out.replace("agreement = \"\"", "agreement = \"isa-invented\"");
    std::fs::write(&declared, named).unwrap();
    let tried =
        wardmote(&town, &["source", "check", "may.csv", "--source", "landlord", "--rows", "1"])
            .ended(0);
    assert_eq!(tried.out, "");
    let loaded = wardmote(&town, &["ingest", "may.csv", "--source", "landlord"]).ended(0);
    assert!(loaded.out.contains("5 rows read = 5 kept + 0 refused"), "{}", loaded.out);

    std::fs::write(&file, TABLE.replace("Officer notes", "Victim name")).unwrap();
    let refused = wardmote(&town, &["source", "check", "may.csv"]).ended(1);
    assert!(refused.err.contains("named people"), "{}", refused.err);
}
