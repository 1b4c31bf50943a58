//! A whole country as one partnership, to measure the site's speed on: the size of England and Wales,
//! with invented areas, residents and incidents.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use crate::TwinError;
use crate::bench::{self, BenchFiles};
use crate::draws::Draws;

const RESIDENTS: u64 = 2;

/// Small areas of one middle area, and of one district: 7,135 and 331 in all, as there are about.
const OF_A_MIDDLE_AREA: usize = 5;
const OF_A_DISTRICT: usize = 108;

/// What to generate, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Country {
    /// The partnership's folder; it is made if need be.
    pub out: PathBuf,
    /// Incidents in all.
    pub rows: u64,
    /// The seed; the same request gives the same bytes.
    pub seed: u64,
    /// A CSV with the columns `lsoa21_code` and `lsoa21_name`, for real codes of small areas; otherwise
    /// codes are invented.
    pub lookup: Option<PathBuf>,
}

/// Writes the folder with its files below `data/`, ready for `wardmote ingest`.
///
/// After each street file `progress` is told how many rows are written so far.
pub fn generate(request: &Country, progress: impl FnMut(u64)) -> Result<(), TwinError> {
    let areas = bench::areas(request.lookup.as_ref())?;
    let street = BenchFiles {
        rows: request.rows,
        lookup: request.lookup.clone(),
        ..BenchFiles::new(request.out.join("data/police"), request.seed)
    };
    bench::generate(&street, progress)?;
    let write = |name: &str, text: &str| {
        let path = request.out.join(name);
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        folder.and_then(|()| fs::write(&path, text)).map_err(TwinError::write(&path))
    };
    write("partnership.toml", &partnership(areas.len()))?;
    for (name, text) in FILES {
        write(name, text)?;
    }
    write("data/lookup.csv", &lookup(&areas))?;
    write("data/residents.csv", &residents(&areas, request.seed))?;
    write("data/outlines.geojson", &outlines(&areas))
}

fn middle_area(index: usize) -> String {
    format!("E02{:06}", 1 + index / OF_A_MIDDLE_AREA)
}

fn district(index: usize) -> String {
    format!("E07{:06}", 1 + index / OF_A_DISTRICT)
}

fn partnership(n_areas: usize) -> String {
    let mut codes: Vec<String> = (0..n_areas).map(district).collect();
    codes.dedup();
    let codes: Vec<String> = codes.iter().map(|code| format!("    {code:?},\n")).collect();
    format!(
        "name = \"SYNTHETIC: a country to measure speed on\"\nareas = [\n{}]\n\
         area_vintage = \"lsoa-2021\"\ndistrict_level = \"district-2021\"\n\
         police_force = \"synthetic\"\nsynthetic = true\ndata = \"data\"\n",
        codes.concat()
    )
}

fn lookup(areas: &[(String, String)]) -> String {
    let mut text = "lsoa,lsoa_name,msoa,msoa_name,district,district_name\n".to_owned();
    for (index, (code, name)) in areas.iter().enumerate() {
        let (msoa, district) = (middle_area(index), district(index));
        let n = 1 + index / OF_A_DISTRICT;
        let m = 1 + index / OF_A_MIDDLE_AREA;
        let _infallible = writeln!(
            text,
            "{code},\"{name}\",{msoa},Synthetic middle area {m},{district},Synthetic district {n}"
        );
    }
    text
}

fn residents(areas: &[(String, String)], seed: u64) -> String {
    let mut draws = Draws::new(seed, RESIDENTS);
    let mut text = "lsoa,residents\n".to_owned();
    for (code, _) in areas {
        let _infallible = writeln!(text, "{code},{}", 1_000 + draws.below(1_500));
    }
    text
}

/// Squares of some hundred metres, side by side in rows, the first in the south-west.
fn outlines(areas: &[(String, String)]) -> String {
    const SIDE_DEGREES: f64 = 0.01;
    let n_in_a_row = areas.len().isqrt().max(1);
    let mut text = "{\"type\":\"FeatureCollection\",\"features\":[\n".to_owned();
    for (index, (code, name)) in areas.iter().enumerate() {
        let west = -4.0 + SIDE_DEGREES * (index % n_in_a_row) as f64;
        let south = 51.0 + SIDE_DEGREES * (index / n_in_a_row) as f64;
        let (east, north) = (west + SIDE_DEGREES, south + SIDE_DEGREES);
        let comma = if index == 0 { "" } else { ",\n" };
        let _infallible = write!(
            text,
            "{comma}{{\"type\":\"Feature\",\"properties\":{{\"LSOA21CD\":{code:?},\"LSOA21NM\":{name:?}}},\
             \"geometry\":{{\"type\":\"Polygon\",\"coordinates\":[[[{west:.4},{south:.4}],[{east:.4},{south:.4}],\
             [{east:.4},{north:.4}],[{west:.4},{north:.4}],[{west:.4},{south:.4}]]]}}}}"
        );
    }
    text + "\n]}\n"
}

const FILES: [(&str, &str); 6] = [
    (
        "sources/police-street.toml",
        r#"reader = "police-uk-street"
publisher = "SYNTHETIC: wardmote twin"
licence = "MIT OR Apache-2.0"
disclosure = "open"
time_precision = "month"
place_precision = "snapped"
files = ["police"]
"#,
    ),
    (
        "sources/lookup.toml",
        r#"reader = "area-lookup"
publisher = "SYNTHETIC: wardmote twin"
licence = "MIT OR Apache-2.0"
disclosure = "open"
files = ["lookup.csv"]
from = { level = "lsoa-2021", code = "lsoa", name = "lsoa_name" }
to = [
    { level = "msoa-2021", code = "msoa", name = "msoa_name", fit = "exact" },
    { level = "district-2021", code = "district", name = "district_name", fit = "exact" },
]
"#,
    ),
    (
        "sources/outlines.toml",
        r#"reader = "boundaries"
publisher = "SYNTHETIC: wardmote twin"
licence = "MIT OR Apache-2.0"
disclosure = "open"
files = ["outlines.geojson"]
level = "lsoa-2021"
code = "LSOA21CD"
name = "LSOA21NM"
"#,
    ),
    (
        "sources/residents.toml",
        r#"reader = "population"
publisher = "SYNTHETIC: wardmote twin"
licence = "MIT OR Apache-2.0"
disclosure = "open"
files = ["residents.csv"]
name = "residents"
level = "lsoa-2021"
reference_date = "2021-03-21"
code = "lsoa"
value = "residents"
"#,
    ),
    (
        "measures/recorded-crime.toml",
        r#"id = "recorded-crime"
title = "Recorded crime"
definition = "SYNTHETIC: invented crimes, all categories except anti-social behaviour."
version = 1
unit = "crimes"
numerator = { source = "police-street", exclude = ["anti-social-behaviour"] }
denominator = "residents"
direction = "lower-is-better"
equivalence_margin = 0.05
"#,
    ),
    (
        "measures/anti-social-behaviour.toml",
        r#"id = "anti-social-behaviour"
title = "Anti-social behaviour"
definition = "SYNTHETIC: invented incidents of anti-social behaviour."
version = 1
unit = "incidents"
numerator = { source = "police-street", categories = ["anti-social-behaviour"] }
denominator = "residents"
direction = "ambiguous"
direction_note = "More reports may mean more behaviour, or more trust in reporting it."
equivalence_margin = 0.05
"#,
    ),
];
