use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use proptest::prelude::*;
use serde_json::json;
use wardmote_domain::period::Period;
use wardmote_twin::TwinError;
use wardmote_twin::stockport::{StockportTwin, Truth, generate};

use crate::boundaries::{Labels, square, write};
use crate::{contents, rows, street_files};

/// A twin of a tenth of the size on invented squares.
fn small(folder: &Path, seed: u64) -> anyhow::Result<StockportTwin> {
    let boundaries = write(folder, 40, Labels::Lsoa2011)?;
    let mut twin = StockportTwin::new(boundaries, seed, folder.join("twin"));
    (twin.crimes_in_first_year, twin.asb_in_first_year) = (2_500, 680);
    Ok(twin)
}

/// Rows by month and kind, counted from the files as an analyst would.
#[derive(Default)]
struct Counted {
    /// Crimes and anti-social behaviour whose LSOA name is Stockport's.
    in_district: BTreeMap<String, [u32; 2]>,
    crime_rows: BTreeMap<String, u32>,
    rows: u32,
    no_location: u32,
    areas: BTreeSet<String>,
    identical_asb_rows: usize,
}

fn count(folder: &Path) -> anyhow::Result<Counted> {
    let mut counted = Counted::default();
    for (path, bytes) in street_files(folder)? {
        let mut asb_rows = BTreeSet::new();
        for row in rows(&path, &bytes)? {
            let is_asb = &row[9] == "Anti-social behaviour";
            let month = row[1].to_owned();
            counted.rows += 1;
            counted.no_location += u32::from(row[7].is_empty());
            *counted.crime_rows.entry(month.clone()).or_default() += u32::from(!is_asb);
            if row[8].starts_with("Stockport ") {
                counted.in_district.entry(month).or_default()[usize::from(is_asb)] += 1;
            }
            if !row[7].is_empty() {
                counted.areas.insert(row[7].to_owned());
            }
            if is_asb && !asb_rows.insert(row.iter().map(str::to_owned).collect::<Vec<_>>()) {
                counted.identical_asb_rows += 1;
            }
        }
    }
    Ok(counted)
}

impl Counted {
    fn total(&self, kind: usize, period: &str) -> anyhow::Result<f64> {
        let months = period.parse::<Period>()?.months();
        Ok(months.map(|month| f64::from(self.in_district[&month.to_string()][kind])).sum())
    }

    fn crime_rows(&self, period: &str) -> anyhow::Result<f64> {
        Ok(period
            .parse::<Period>()?
            .months()
            .map(|month| f64::from(self.crime_rows[&month.to_string()]))
            .sum())
    }
}

fn percent_change(earlier: f64, later: f64) -> f64 {
    100.0 * (later / earlier - 1.0)
}

/// That the files carry what the truth says, by a plain count of them.
fn check(folder: &Path, truth: &Truth) -> anyhow::Result<Counted> {
    let counted = count(folder)?;
    let [crime, asb] = [0, 1];
    let part_years = ("2023-04..2023-11", "2024-04..2024-11");
    for (kind, planted, earlier, later) in [
        (crime, -8.0, "2022/23", "2023/24"),
        (crime, -6.0, part_years.0, part_years.1),
        (asb, -2.0, "2022/23", "2023/24"),
        (asb, -2.0, part_years.0, part_years.1),
    ] {
        let (before, after) = (counted.total(kind, earlier)?, counted.total(kind, later)?);
        // A count is whole, so a change is met to half a row.
        let half_a_row = 50.1 / before;
        assert!((percent_change(before, after) - planted).abs() <= half_a_row, "{before} {after}");
    }

    for (month, realised) in &truth.realised.months {
        assert_eq!(counted.in_district[month], [realised.crime, realised.asb], "{month}");
        assert_eq!(counted.crime_rows[month], realised.crime_rows, "{month}");
        assert_eq!(
            realised.by_category.values().sum::<u32>(),
            realised.crime + realised.asb,
            "{month}"
        );
        let parts = realised.crime + realised.asb + realised.no_location + realised.nearby;
        assert_eq!(parts, realised.rows, "{month}");
    }
    assert_eq!(counted.rows, truth.realised.months.values().map(|month| month.rows).sum::<u32>());

    for year in ["2022/23", "2023/24", part_years.1] {
        let months: Vec<String> =
            year.parse::<Period>()?.months().map(|month| month.to_string()).collect();
        let peak = months.iter().max_by_key(|month| counted.in_district[*month][asb]);
        assert!(
            peak.is_some_and(|month| month.ends_with("-07") || month.ends_with("-08")),
            "{year} {peak:?}"
        );
    }
    let declared: BTreeSet<String> =
        truth.areas.iter().chain(&truth.nearby_areas).cloned().collect();
    assert!(counted.areas.is_subset(&declared), "rows lie in areas that the truth does not name");
    Ok(counted)
}

#[test]
fn the_truth_is_found_by_a_plain_count_of_the_files() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let twin = small(folder.path(), 1)?;
    let truth = generate(&twin)?;
    let counted = check(&twin.out, &truth)?;
    assert_eq!(counted.in_district.len(), 32);
    assert_eq!((truth.areas.len(), truth.nearby_areas.len()), (40, 8));
    assert!(counted.identical_asb_rows > 0);
    let written: Truth = serde_json::from_slice(&std::fs::read(twin.out.join("truth.json"))?)?;
    assert_eq!(written, truth);
    assert!(std::fs::read_to_string(twin.out.join("README.txt"))?.contains("SYNTHETIC"));
    assert!(truth.notice.contains("SYNTHETIC"));
    Ok(())
}

#[test]
fn every_place_lies_in_its_area_and_snap_points_are_few() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let twin = small(folder.path(), 2)?;
    generate(&twin)?;
    let mut points: BTreeMap<String, BTreeSet<(String, String)>> = BTreeMap::new();
    for (path, bytes) in street_files(&twin.out)? {
        for row in rows(&path, &bytes)?.iter().filter(|row| !row[7].is_empty()) {
            let ([x, y], side) = square(row[7][3..].parse()?);
            let (longitude, latitude): (f64, f64) = (row[4].parse()?, row[5].parse()?);
            assert!(
                (x..=x + side).contains(&longitude) && (y..=y + side).contains(&latitude),
                "{row:?}"
            );
            points
                .entry(row[7].to_owned())
                .or_default()
                .insert((row[4].to_owned(), row[5].to_owned()));
        }
    }
    assert!(
        points.values().all(|points| points.len() <= 26),
        "more than 13 points, or 26 in the town centre"
    );
    Ok(())
}

#[test]
fn a_seed_gives_the_same_bytes_and_another_seed_gives_others() -> anyhow::Result<()> {
    let folders = [tempfile::tempdir()?, tempfile::tempdir()?, tempfile::tempdir()?];
    let mut written = Vec::new();
    for (folder, seed) in folders.iter().zip([7, 7, 8]) {
        let mut twin = small(folder.path(), seed)?;
        twin.months = "2023-01..2023-02".parse()?;
        generate(&twin)?;
        written.push(contents(&twin.out)?);
    }
    assert_eq!(written[0].len(), 4);
    assert_eq!(written[0], written[1]);
    let differ = written[0].iter().zip(&written[2]).filter(|(one, other)| one.1 != other.1).count();
    assert_eq!(differ, 4);
    Ok(())
}

#[test]
fn these_bytes_stay_as_they_are_on_every_machine() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let mut twin = small(folder.path(), 1)?;
    twin.months = "2022-04".parse()?;
    generate(&twin)?;
    let file = std::fs::read(twin.out.join("2022-04/2022-04-synthetic-stockport-street.csv"))?;
    // FNV-1a, which is short enough to write here.
    let hash = file.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &b| {
        (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3)
    });
    assert_eq!((file.len(), hash), (69_021, 7_727_541_883_043_494_068));
    Ok(())
}

#[test]
fn a_month_does_not_depend_on_the_others() -> anyhow::Result<()> {
    let (alone, among) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let (mut one, mut three) = (small(alone.path(), 3)?, small(among.path(), 3)?);
    one.months = "2024-06".parse()?;
    three.months = "2024-05..2024-07".parse()?;
    generate(&one)?;
    generate(&three)?;
    let file = "2024-06/2024-06-synthetic-stockport-street.csv";
    assert_eq!(std::fs::read(one.out.join(file))?, std::fs::read(three.out.join(file))?);
    Ok(())
}

#[test]
fn every_way_to_label_areas_is_read() -> anyhow::Result<()> {
    for (labels, vintage) in [
        (Labels::Lsoa2011, Some("lsoa-2011")),
        (Labels::Lsoa2021, Some("lsoa-2021")),
        (Labels::Unsaid, None),
    ] {
        let folder = tempfile::tempdir()?;
        let mut twin = small(folder.path(), 1)?;
        twin.boundaries_geojson = write(folder.path(), 40, labels)?;
        twin.months = "2022-04".parse()?;
        let truth = generate(&twin)?;
        assert_eq!(truth.area_vintage.as_deref(), vintage);
        assert_eq!(truth.areas.len(), 40);
    }
    Ok(())
}

#[test]
fn what_cannot_be_generated_is_refused_with_its_reason() -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let refusal = |change: &dyn Fn(&mut StockportTwin)| -> anyhow::Result<String> {
        let mut twin = small(folder.path(), 1)?;
        change(&mut twin);
        let refused = generate(&twin).err().map(|error: TwinError| error.to_string());
        assert!(!twin.out.exists(), "something was written");
        Ok(refused.unwrap_or_default())
    };
    let file = |name: &str, text: String| -> anyhow::Result<PathBuf> {
        let path = folder.path().join(name);
        std::fs::write(&path, text)?;
        Ok(path)
    };
    let feature = |name: &str, geometry: serde_json::Value| {
        let properties = json!({ "LSOA11CD": "E01005743", "LSOA11NM": name });
        json!({ "features": [{ "properties": properties, "geometry": geometry }] }).to_string()
    };
    let metres = [[392_026, 391_285], [392_126, 391_285], [392_126, 391_385], [392_026, 391_285]];
    let metres = json!({ "type": "Polygon", "coordinates": [metres] });
    let text = file("text.geojson", "name,code\n".to_owned())?;
    let elsewhere = file("elsewhere.geojson", feature("City of London 001A", json!(null)))?;
    let metres = file("metres.geojson", feature("Stockport 009A", metres))?;

    for (path, expected) in [
        (folder.path().join("none.geojson"), "cannot read"),
        (text, "is not a GeoJSON feature collection"),
        (elsewhere, "holds no small area whose name starts with \"Stockport \""),
        (metres, "area E01005743 has no usable outline in degrees"),
    ] {
        let message = refusal(&|twin| twin.boundaries_geojson.clone_from(&path))?;
        assert!(message.contains(expected), "{message}");
    }
    let earlier: Period = "2022-03..2022-05".parse()?;
    let message = refusal(&|twin| twin.months = earlier.clone())?;
    assert!(message.contains("the twin covers April 2022 to November 2024"), "{message}");
    let message = refusal(&|twin| twin.crimes_in_first_year = 5)?;
    assert!(message.contains("no draw of 5 crimes a year"), "{message}");
    Ok(())
}

#[test]
fn stockport_itself_in_full() -> anyhow::Result<()> {
    let Some(data) = std::env::var_os("WARDMOTE_DATA") else {
        eprintln!(
            "skipped: set WARDMOTE_DATA to a folder with boundaries/E08000007_lsoa11.geojson"
        );
        return Ok(());
    };
    let folder = tempfile::tempdir()?;
    // A relative folder is meant from the workspace's root, where a test does not run.
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let boundaries = root.join(data).join("boundaries/E08000007_lsoa11.geojson");
    let twin = StockportTwin::new(boundaries, 1, folder.path().join("twin"));
    let truth = generate(&twin)?;
    let counted = check(&twin.out, &truth)?;
    assert_eq!(truth.areas.len(), 190);
    let whole_years =
        [&"2022/23".parse()?, &"2023/24".parse()?].map(|year| truth.realised.totals(year));
    assert_eq!(whole_years, [(25_000, 6_800), (23_000, 6_664)]);
    let whole_files =
        percent_change(counted.crime_rows("2022/23")?, counted.crime_rows("2023/24")?);
    // Rows without a place are drawn apart, so the whole files meet the change only nearly.
    assert!((whole_files + 8.0).abs() < 0.1, "{whole_files}");
    let without_place = f64::from(counted.no_location) / f64::from(counted.rows);
    assert!((0.029..0.031).contains(&without_place), "{without_place}");
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 6, ..ProptestConfig::default() })]

    #[test]
    fn any_seed_and_size_carries_the_truth(seed: u64, crimes in 1_000_u32..3_000, asb in 1_000_u32..2_000) {
        let generated = || -> anyhow::Result<()> {
            let folder = tempfile::tempdir()?;
            let mut twin = small(folder.path(), seed)?;
            (twin.crimes_in_first_year, twin.asb_in_first_year) = (crimes, asb);
            let truth = generate(&twin)?;
            check(&twin.out, &truth)?;
            Ok(())
        };
        prop_assert!(generated().is_ok(), "{:?}", generated());
    }
}
