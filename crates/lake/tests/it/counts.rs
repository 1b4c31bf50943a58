//! Counts of the lake against published figures and against a plain count of the files.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::OnceLock;

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::{Categories, CrimeType};
use wardmote_lake::coverage::coverage;
use wardmote_lake::source::SourceDeclaration;
use wardmote_lake::{CountQuery, CountRow, Lake};

use crate::support::{code, load, month, plain_count, real_data, sources};

const DECLARATIONS: [(&str, &str); 6] = [
    (
        "police-street",
        r#"
        reader = "police-uk-street"
        publisher = "data.police.uk"
        time_precision = "month"
        place_precision = "snapped"
        files = ["police/bedfordshire"]
        expected = { from = "2021-04", to = "2024-04", every = "month", by = "force", bodies = ["Bedfordshire Police"] }
        "#,
    ),
    (
        "wards",
        r#"
        reader = "area-lookup"
        publisher = "ONS"
        files = ["lookups/lsoa21_ward24_ltla24_bestfit_ew.csv"]
        from = { level = "lsoa-2021", code = "lsoa21_code", name = "lsoa21_name" }
        to = [
            { level = "ward-2024", code = "ward24_code", name = "ward24_name", fit = "best-fit" },
            { level = "district-2024", code = "ltla24_code", name = "ltla24_name", fit = "exact" },
        ]
        "#,
    ),
    (
        "forces",
        r#"
        reader = "area-lookup"
        publisher = "ONS"
        files = ["lookups/lad_csp_pfa_2019_ew.csv"]
        from = { level = "district-2024", code = "lad-code", name = "lad-name" }
        to = [
            { level = "csp-2019", code = "csp-code", name = "csp-name", fit = "exact" },
            { level = "force-2021", code = "PFA21CD", name = "PFA21NM", fit = "exact" },
        ]
        "#,
    ),
    (
        "change",
        r#"
        reader = "lsoa-change"
        publisher = "ONS"
        files = ["lookups/lsoa11_lsoa21_ltla22_ew.csv"]
        columns = { lsoa_2011 = "lsoa11_code", lsoa_2021 = "lsoa21_code" }
        "#,
    ),
    (
        "outlines",
        r#"
        reader = "boundaries"
        publisher = "ONS"
        files = ["boundaries/E060000*_lsoa.geojson"]
        level = "lsoa-2021"
        code = "LSOA21CD"
        name = "LSOA21NM"
        "#,
    ),
    (
        "census",
        r#"
        reader = "population"
        publisher = "ONS"
        files = ["population/census2021_lsoa21_usual_residents_ew.csv"]
        name = "census-2021-residents"
        level = "lsoa-2021"
        reference_date = "2021-03-21"
        code = "lsoa21_code"
        value = "total_residents"
        "#,
    ),
];

/// A loaded lake with all that it was loaded from.
struct Loaded {
    lake: Lake,
    data: PathBuf,
    sources: Vec<SourceDeclaration>,
    _folder: tempfile::TempDir,
}

/// Bedfordshire, loaded once for all tests; `None` where the real data are not at hand.
fn bedfordshire() -> Option<&'static Loaded> {
    static LOADED: OnceLock<Option<Loaded>> = OnceLock::new();
    let make = || {
        let data = real_data()?;
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let sources = sources(&DECLARATIONS);
        let (lake, path) = (folder.path().join("lake"), folder.path().join("lake"));
        let report = runtime.block_on(load(&lake, &data, &sources)).unwrap();
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        let lake = runtime.block_on(Lake::open(&path)).unwrap();
        Some(Loaded { lake, data, sources, _folder: folder })
    };
    LOADED.get_or_init(make).as_ref()
}

fn level(text: &str) -> AreaLevel {
    text.parse().unwrap()
}

fn all(level: AreaLevel) -> CountQuery {
    CountQuery {
        source: "police-street".into(),
        categories: Categories::default(),
        level,
        areas: None,
        first: month("2021-05"),
        last: month("2024-04"),
    }
}

fn luton(year: i16) -> CountQuery {
    CountQuery {
        areas: Some(vec![code("E06000032")]),
        first: month(&format!("{year}-04")),
        last: month(&format!("{}-03", year + 1)),
        ..all(level("district-2024"))
    }
}

fn sum(rows: &[CountRow], wanted: impl Fn(&CountRow) -> bool) -> u64 {
    rows.iter().filter(|row| wanted(row)).map(|row| row.n).sum()
}

#[test]
fn luton_agrees_with_published_figures() {
    let Some(loaded) = bedfordshire() else { return };
    // Plain counts of data.police.uk's files of April 2022 to March 2024, downloaded in 2024.
    for (year, crimes, incidents, shoplifting) in
        [(2022, 18_664, 3_699, 995), (2023, 18_168, 3_562, 1_245)]
    {
        let rows = loaded.lake.counts(&luton(year)).unwrap();
        let of_asb = |row: &CountRow| row.category == CrimeType::AntiSocialBehaviour.into();
        assert_eq!(sum(&rows, |row| !of_asb(row)), crimes, "{year}");
        assert_eq!(sum(&rows, of_asb), incidents, "{year}");
        assert_eq!(
            sum(&rows, |row| row.category == CrimeType::Shoplifting.into()),
            shoplifting,
            "{year}"
        );
    }
}

#[test]
fn every_small_area_agrees_with_a_plain_count() {
    let Some(loaded) = bedfordshire() else { return };
    let counts = loaded.lake.counts(&all(AreaLevel::LSOA_2021)).unwrap();
    let counted: BTreeMap<(String, String, String), u64> = counts
        .into_iter()
        .map(|row| {
            let area = row.area.map(|area| area.to_string()).unwrap_or_default();
            ((area, row.month.to_string(), row.category.name()), row.n)
        })
        .collect();
    let plain = plain_count(&loaded.data.join("police/bedfordshire"));
    assert_eq!(plain.values().sum::<u64>(), 182_113);
    assert!(counted == plain, "{} groups counted, {} in the files", counted.len(), plain.len());
}

#[test]
fn rows_of_other_forces_and_districts_are_kept() {
    let Some(loaded) = bedfordshire() else { return };
    let found = loaded.lake.by_district("police-street", level("district-2024")).unwrap();
    assert_eq!(found.iter().map(|district| district.rows).sum::<u64>(), 182_113);
    let unplaced: u64 = found.iter().filter(|d| d.district.is_none()).map(|d| d.rows).sum();
    assert_eq!(unplaced, 6_381);
    let own = ["E06000032", "E06000055", "E06000056"].map(code);
    let elsewhere =
        found.iter().filter(|d| d.district.as_ref().is_some_and(|code| !own.contains(code)));
    assert_eq!(elsewhere.map(|district| district.rows).sum::<u64>(), 1_089);
    assert_eq!(found[0].name, "Luton");
}

#[test]
fn a_force_has_the_rows_that_fall_within_it_placed_or_not() {
    let Some(loaded) = bedfordshire() else { return };
    let rows = loaded.lake.counts(&all(level("force-2021"))).unwrap();
    let areas: BTreeSet<Option<String>> =
        rows.iter().map(|row| row.area.as_ref().map(ToString::to_string)).collect();
    assert_eq!(areas, BTreeSet::from([Some("E23000026".to_owned())]));
    assert_eq!(sum(&rows, |_| true), 182_113);
}

#[test]
fn levels_are_reached_over_several_lookups() {
    let Some(loaded) = bedfordshire() else { return };
    let partnerships = loaded.lake.counts(&all(level("csp-2019"))).unwrap();
    let districts = loaded.lake.counts(&all(level("district-2024"))).unwrap();
    let lake = &loaded.lake;
    let csp =
        lake.parents(&[code("E06000032")], level("district-2024"), level("csp-2019")).unwrap();
    let luton_csp = Some(csp[0].1.clone());
    assert_eq!(
        sum(&partnerships, |row| row.area == luton_csp),
        sum(&districts, |row| row.area == Some(code("E06000032"))),
    );
    assert_eq!(
        lake.members(&code("E06000032"), level("district-2024"), AreaLevel::LSOA_2021)
            .unwrap()
            .len(),
        125
    );
}

#[test]
fn loads_reconcile_with_what_was_received() {
    let Some(loaded) = bedfordshire() else { return };
    let street: Vec<_> =
        loaded.lake.loads().iter().filter(|load| load.source == "police-street").collect();
    assert_eq!(street.len(), 36);
    assert_eq!(street.iter().map(|load| load.rows_kept).sum::<u64>(), 182_113);
    assert_eq!(street.iter().map(|load| load.without_place).sum::<u64>(), 6_381);
    assert!(
        loaded.lake.loads().iter().all(|load| load.rows_read == load.rows_kept + load.rows_refused)
    );
    let received = loaded.lake.received("police-street").unwrap();
    assert_eq!(received.iter().map(|delivery| delivery.rows).sum::<u64>(), 182_113);
    let declared = loaded.sources.iter().find(|source| source.id == "police-street").unwrap();
    let found = coverage(declared, &received, month("2024-04"));
    assert_eq!((found[0].months.len(), found[0].n_received()), (37, 36));
}

#[test]
fn populations_are_summed_from_their_own_level() {
    let Some(loaded) = bedfordshire() else { return };
    let luton = [code("E06000032")];
    let residents =
        loaded.lake.population("census-2021-residents", level("district-2024"), &luton).unwrap();
    // ONS, Census 2021: 225,300 usual residents to the nearest hundred.
    assert_eq!(residents[0].1.div_ceil(100), 2_253);
    let error = loaded.lake.population("census-2021-residents", AreaLevel::LSOA_2011, &luton);
    assert!(error.is_ok(), "2021 areas lead to 2011 ones: {error:?}");
    assert!(loaded.lake.population("census-2021-residents", level("msoa-2021"), &luton).is_err());
}

#[test]
fn outlines_are_those_of_the_partnership_and_its_peers_in_metres() {
    let Some(loaded) = bedfordshire() else { return };
    let lake = &loaded.lake;
    let of = |district: &str| {
        lake.members(&code(district), level("district-2024"), AreaLevel::LSOA_2021).unwrap()
    };
    let boundaries = lake.boundaries(AreaLevel::LSOA_2021, &of("E06000032")).unwrap();
    assert_eq!(boundaries.len(), 125);
    // Luton lies within ten kilometres of its town hall.
    let points =
        boundaries.iter().flat_map(|boundary| boundary.polygons.iter().flatten().flatten());
    let farthest =
        points.map(|(x, y)| (x - 509_200.0_f64).hypot(y - 221_300.0)).fold(0.0, f64::max);
    assert!(farthest < 10_000.0, "{farthest}");
    assert!(lake.boundaries(AreaLevel::LSOA_2021, &of("E06000056")).unwrap().is_empty());
}

#[test]
fn a_count_leads_back_to_its_rows() {
    let Some(loaded) = bedfordshire() else { return };
    let query = CountQuery {
        categories: Categories { only: vec![CrimeType::Shoplifting.into()], except: Vec::new() },
        last: month("2023-04"),
        first: month("2023-04"),
        ..luton(2023)
    };
    let rows = loaded.lake.counts(&query).unwrap();
    let references = loaded.lake.row_references(&query, 10_000).unwrap();
    assert_eq!(references.len() as u64, sum(&rows, |_| true));
    let load =
        loaded.lake.loads().iter().find(|load| load.load_id == references[0].load_id).unwrap();
    let text = std::fs::read_to_string(loaded.data.join(&load.file_name)).unwrap();
    let line = text.lines().nth(references[0].line as usize - 1).unwrap();
    assert!(line.contains("Shoplifting") && line.contains("2023-04"), "{line}");
}
