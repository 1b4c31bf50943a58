//! Comparison of evidence files made by hand; all numbers are invented.

use wardmote_domain::claim::Rule;

use super::*;
use crate::claims::{Answer, Field};
use crate::declarations::Claim;
use crate::folder::PartnershipFolder;
use crate::protection::{DisclosureRules, Ledger};

fn figure(key: &str, value: f64, disclosure: Disclosure, load: &str) -> Figure {
    Figure {
        id: figure_id(key, "s-1"),
        key: key.to_owned(),
        label: key.to_owned(),
        measure: Some(key.split(" |").next().unwrap_or_default().to_owned()),
        definition: "invented".to_owned(),
        area: "E06000032".to_owned(),
        period: "2023/24".to_owned(),
        method: "count".to_owned(),
        parameters: BTreeMap::new(),
        population: None,
        value: Some(value),
        text: value.to_string(),
        interval: None,
        n: value as u64,
        disclosure,
        snapshot: "s-1".to_owned(),
        loads: vec![load.to_owned()],
        query: "invented".to_owned(),
        caution: None,
    }
}

fn measure(id: &str, version: u32) -> Measure {
    let text = format!(
        "id = \"{id}\"\ntitle = \"{id}\"\ndefinition = \"invented\"\nversion = {version}\nunit = \"cases\"\n\
         direction = \"lower-is-better\"\nnumerator = {{ source = \"{id}\" }}\n"
    );
    toml::from_str(&text).unwrap()
}

fn claim(measure: &str) -> Claim {
    toml::from_str(&format!("measure = \"{measure}\"\nvalue = {{ period = \"2023/24\" }}")).unwrap()
}

/// Crimes are open, the landlord's cases controlled; a claim each.
fn evidence() -> EvidenceFile {
    let load = |source: &str| LoadRecord {
        source: source.to_owned(),
        publisher: "p".to_owned(),
        licence: "l".to_owned(),
        file: format!("{source}.csv"),
        sha256: format!("hash of {source}"),
        rows_read: 10,
        rows_kept: 10,
        rows_refused: 0,
        without_place: 0,
    };
    let figures = [
        figure("crime v1 | E06000032 | 2023/24 | count", 100.0, Disclosure::Open, "a"),
        figure("landlord v1 | E06000032 | 2023/24 | count", 40.0, Disclosure::Controlled, "b"),
    ];
    let answer = |figure: &Figure| Answer {
        statement: figure.text.clone(),
        figure: figure.id.clone(),
        verdict: None,
        fields: BTreeMap::from([(
            "number".to_owned(),
            Field { text: figure.text.clone(), figure: figure.id.clone() },
        )]),
    };
    EvidenceFile {
        format: crate::evidence_file::FORMAT,
        partnership: "Anytown".to_owned(),
        synthetic: true,
        snapshot: "s-1".to_owned(),
        published: jiff::civil::date(2025, 3, 18),
        rule: Rule::default(),
        family: "every claim".to_owned(),
        measures: ["crime", "landlord"].map(|id| (id.to_owned(), measure(id, 1))).into(),
        claims: ["crime", "landlord"].map(|id| (format!("{id}-now"), claim(id))).into(),
        loads: [("a", "crime"), ("b", "landlord")].map(|(id, of)| (id.to_owned(), load(of))).into(),
        tests: Vec::new(),
        answers: [("crime-now", &figures[0]), ("landlord-now", &figures[1])]
            .map(|(name, figure)| (name.to_owned(), answer(figure)))
            .into(),
        figures: figures.map(|figure| (figure.id.clone(), figure)).into(),
    }
}

/// What somebody without the landlord's file computes.
fn without_landlord() -> EvidenceFile {
    let mut computed = evidence();
    computed.figures.retain(|_, figure| figure.disclosure == Disclosure::Open);
    computed.answers.remove("landlord-now");
    computed.loads.remove("b");
    computed
}

fn folder() -> PartnershipFolder {
    let partnership = "name = \"Anytown\"\nareas = [\"E06000032\"]\narea_vintage = \"lsoa-2021\"\n\
                       district_level = \"district-2024\"\npolice_force = \"f\"\n";
    PartnershipFolder {
        events: Vec::new(),
        topics: Vec::new(),
        path: std::path::PathBuf::new(),
        assessment_path: std::path::PathBuf::new(),
        partnership: toml::from_str(partnership).unwrap(),
        sources: BTreeMap::new(),
        measures: evidence().measures,
        claims: evidence().claims,
        charts: BTreeMap::new(),
        assessment: None,
        statutory: None,
        statements: Vec::new(),
        slides: None,
        disclosure: DisclosureRules::default(),
        ledger: Ledger::default(),
    }
}

fn withheld() -> Lacking {
    let why = "is controlled".to_owned();
    let absent = Absent { source: "landlord".to_owned(), file: None, why };
    Lacking::new(&evidence(), &folder(), vec![absent])
}

#[test]
fn a_controlled_source_makes_its_figures_not_checkable_and_no_others() {
    let found = compare_as_stranger(&evidence(), &without_landlord(), &withheld());
    let counts = [FigureOutcome::Same, FigureOutcome::Different, FigureOutcome::NotCheckable];
    assert_eq!(counts.map(|outcome| found.count(outcome)), [1, 0, 1]);
    assert!(found.holds(), "{:?}", found.differences);
    let [Difference::NotCheckable { figure, because }] = found.differences.as_slice() else {
        panic!("{:?}", found.differences);
    };
    assert!(figure.starts_with("landlord v1"));
    assert_eq!(because[0].source, "landlord");
    // Its claim cannot be asked, and the other's can.
    assert_eq!(withheld().claims().keys().collect::<Vec<_>>(), ["landlord-now"]);
}

#[test]
fn what_is_carried_over_from_the_publication_never_counts_as_the_same() {
    let found = compare_as_stranger(&evidence(), &evidence(), &withheld());
    assert_eq!(found.count(FigureOutcome::Same), 1);
    assert_eq!(found.count(FigureOutcome::NotCheckable), 1);
}

#[test]
fn being_withheld_excuses_nothing_else() {
    let mut computed = without_landlord();
    for figure in computed.figures.values_mut() {
        figure.value = Some(101.0);
    }
    let found = compare_as_stranger(&evidence(), &computed, &withheld());
    assert_eq!(found.count(FigureOutcome::Different), 1);
    assert!(matches!(
        found.differences.iter().find(|one| matches!(one, Difference::FigureDiffers { .. })),
        Some(Difference::FigureDiffers { field, by: Some(by), .. }) if field == "value" && by.to_string() == "1"
    ));
    assert!(!found.holds());
}

#[test]
fn a_missing_file_excuses_the_figures_that_rest_on_its_source() {
    let absent = Absent {
        source: "crime".to_owned(),
        file: Some("crime.csv".to_owned()),
        why: "is not here".to_owned(),
    };
    let lacking = Lacking::new(&evidence(), &folder(), vec![absent]);
    let found = compare_as_stranger(&evidence(), &evidence(), &lacking);
    assert_eq!(
        found.outcomes["crime v1 | E06000032 | 2023/24 | count"],
        FigureOutcome::NotCheckable
    );
    assert_eq!(found.outcomes["landlord v1 | E06000032 | 2023/24 | count"], FigureOutcome::Same);
    let (here, _) = lacking.without(&folder());
    assert_eq!(here.claims.keys().collect::<Vec<_>>(), ["landlord-now"]);
}

#[test]
fn a_swapped_version_is_named_with_both() {
    let mut computed = evidence();
    computed.measures.insert("crime".to_owned(), measure("crime", 2));
    for found in [
        compare(&evidence(), &computed),
        compare_as_stranger(&evidence(), &computed, &Lacking::default()),
    ] {
        let expected = Difference::DefinitionDiffers {
            measure: "crime".to_owned(),
            published: Some(1),
            computed: Some(2),
            parts: vec!["version".to_owned()],
        };
        assert_eq!(found.differences, [expected]);
    }
}

#[test]
fn a_figure_that_was_left_out_and_one_that_was_invented() {
    let mut published = evidence();
    let invented = figure("crime v1 | E06000032 | 2022/23 | count", 200.0, Disclosure::Open, "a");
    published.figures.insert(invented.id.clone(), invented);
    let key = "crime v1 | E06000032 | 2022/23 | count".to_owned();
    let found = compare_as_stranger(&published, &evidence(), &Lacking::default());
    assert_eq!(found.differences, [Difference::FigureUnknown { figure: key.clone() }]);
    let found = compare_as_stranger(&evidence(), &published, &Lacking::default());
    assert_eq!(found.differences, [Difference::FigureLeftOut { figure: key }]);
}

#[test]
fn somebody_who_could_compute_nothing_says_so_of_each_figure() {
    let found = nothing_checked(&evidence(), &[]);
    assert_eq!((found.same, found.count(FigureOutcome::NotCheckable)), (0, 2));
}
