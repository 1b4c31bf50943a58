//! Street files to measure speed on: as many rows as are asked for, in the shape of data.police.uk.
//!
//! Sizes, text and repetition resemble real files, since an engine's speed depends on them: random
//! Crime IDs, some twelve snap points for each small area, a few areas that hold many rows, and a
//! few rows in a hundred without a place. No trend or season is planted.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::PathBuf;

use wardmote_domain::category::CrimeType;
use wardmote_domain::period::Month;

use crate::TwinError;
use crate::draws::{Draws, Weighted};
use crate::outcomes::Outcomes;
use crate::street_file::{HEADER, LINE_END, NO_LOCATION, cell, push_hex};

const AREAS: u64 = 1;
const ROWS: u64 = 1 << 32;

const N_INVENTED_AREAS: usize = 35_672;
const POINTS_PER_AREA: usize = 12;
const NO_LOCATION_SHARE: f64 = 0.03;
const BUFFER_BYTES: usize = 1 << 20;

const STREETS: [&str; 16] = [
    "Parking Area",
    "Supermarket",
    "Shopping Area",
    "Petrol Station",
    "High Street",
    "Station Road",
    "Church Street",
    "Mill Lane",
    "Victoria Road",
    "Green Lane",
    "Park Avenue",
    "Queen Street",
    "Oak Close",
    "School Lane",
    "New Street",
    "York Crescent",
];

/// What to generate, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BenchFiles {
    /// The folder to write to; it is made if need be.
    pub out: PathBuf,
    /// Rows in all.
    pub rows: u64,
    /// Forces; each has a file for each month, and areas of its own.
    pub forces: u16,
    /// Months, from January 2022.
    pub months: u16,
    /// The seed; the same request gives the same bytes.
    pub seed: u64,
    /// A CSV with the columns `lsoa21_code` and `lsoa21_name`, for real codes; otherwise codes are
    /// invented.
    pub lookup: Option<PathBuf>,
}

impl BenchFiles {
    /// Ten million rows in 252 files (36 months of seven forces), about 2.4 GB.
    pub fn new(out: impl Into<PathBuf>, seed: u64) -> Self {
        Self { out: out.into(), rows: 10_000_000, forces: 7, months: 36, seed, lookup: None }
    }
}

/// Writes `YYYY-MM/YYYY-MM-synthetic-force-N-street.csv` for each month and force, and
/// `README.txt`.
///
/// After each file `progress` is told how many rows are written so far.
pub fn generate(request: &BenchFiles, mut progress: impl FnMut(u64)) -> Result<(), TwinError> {
    let areas = areas(request.lookup.as_ref())?;
    let n_files = u64::from(request.forces) * u64::from(request.months);
    let areas_per_force = areas.len() / usize::from(request.forces.max(1));
    if n_files == 0 || request.rows == 0 || areas_per_force == 0 {
        return Err(TwinError::Layout { areas: areas.len(), forces: request.forces });
    }
    fs::create_dir_all(&request.out).map_err(TwinError::write(&request.out))?;
    let readme = request.out.join("README.txt");
    let notice = "SYNTHETIC: invented rows to measure speed on. No row is a real incident, and no force sent it.\n";
    fs::write(&readme, notice).map_err(TwinError::write(&readme))?;

    let first_month =
        Month::new(2022, 1).unwrap_or_else(|| unreachable!("2022 lies within 1900 to 2200"));
    let mut row_writer = RowWriter::new(request.seed, &areas);
    let (mut file_index, mut written) = (0, 0);
    for month_index in 0..request.months {
        let month = first_month.plus(i32::from(month_index));
        let folder = request.out.join(month.to_string());
        fs::create_dir_all(&folder).map_err(TwinError::write(&folder))?;
        for force in 0..request.forces {
            // The first files take the remainder, so that the rows sum.
            let rows = request.rows / n_files + u64::from(file_index < request.rows % n_files);
            let path = folder.join(format!("{month}-synthetic-force-{}-street.csv", force + 1));
            let file = File::create(&path).map_err(TwinError::write(&path))?;
            let mut file = BufWriter::with_capacity(BUFFER_BYTES, file);
            let start = usize::from(force) * areas_per_force;
            let areas = start..start + areas_per_force;
            row_writer
                .file(&mut file, file_index, month, force + 1, areas, rows)
                .map_err(TwinError::write(&path))?;
            file_index += 1;
            written += rows;
            progress(written);
        }
    }
    Ok(())
}

/// Small areas by code and name: those of the lookup, or invented ones.
pub(crate) fn areas(lookup: Option<&PathBuf>) -> Result<Vec<(String, String)>, TwinError> {
    lookup.map_or_else(|| Ok(invented_areas()), read_areas)
}

fn read_areas(path: &PathBuf) -> Result<Vec<(String, String)>, TwinError> {
    let text = fs::read(path).map_err(TwinError::read(path))?;
    let no_columns = || TwinError::Lookup { path: path.clone() };
    let mut reader = csv::Reader::from_reader(text.as_slice());
    let headers = reader.headers().map_err(|_| no_columns())?;
    let column = |name| headers.iter().position(|header| header == name).ok_or_else(no_columns);
    let (code, name) = (column("lsoa21_code")?, column("lsoa21_name")?);
    let area = |row: csv::Result<csv::StringRecord>| {
        let row = row.map_err(|_| no_columns())?;
        Ok((
            row.get(code).unwrap_or_default().to_owned(),
            row.get(name).unwrap_or_default().to_owned(),
        ))
    };
    let mut areas = reader.records().map(area).collect::<Result<Vec<_>, TwinError>>()?;
    areas.sort();
    areas.dedup();
    Ok(areas)
}

fn invented_areas() -> Vec<(String, String)> {
    let area = |i: usize| {
        let letter = char::from(b'A' + (i % 5) as u8);
        (
            format!("E01{:06}", 1 + i),
            format!("Synthetic {} {:03}{letter}", 1 + i / 120, 1 + i % 120 / 5),
        )
    };
    (0..N_INVENTED_AREAS).map(area).collect()
}

/// Writes rows from text that is put together once.
struct RowWriter {
    seed: u64,
    /// Longitude to LSOA name of every point of every area, in one piece.
    places: String,
    /// Where each point's text ends in `places`.
    ends: Vec<usize>,
    categories: Weighted,
    /// A hundred category and outcome endings for each category.
    endings: Vec<Vec<String>>,
}

impl RowWriter {
    fn new(seed: u64, areas: &[(String, String)]) -> Self {
        let mut draws = Draws::new(seed, AREAS);
        let (mut places, mut ends) = (String::new(), Vec::new());
        for (code, name) in areas {
            let (x, y) = (-5.0 + 6.0 * draws.unit(), 50.5 + 4.5 * draws.unit());
            for _ in 0..POINTS_PER_AREA {
                let (x, y) = (x + 0.01 * draws.unit(), y + 0.006 * draws.unit());
                let street = draws.pick(&STREETS);
                places.extend([
                    &format!("{x:.6},{y:.6},On or near {street},{code},"),
                    cell(name).as_ref(),
                ]);
                ends.push(places.len());
            }
        }
        let outcomes = Outcomes::new();
        let ending = |category: CrimeType, draws: &mut Draws| {
            let outcome =
                if category.is_incident() { "" } else { outcomes.draw(category, 12, draws) };
            format!(",{},{outcome},{LINE_END}", category.name())
        };
        // In the order of the categories' names; anti-social behaviour is a fifth of all.
        let shares = [20.0, 1.0, 4.5, 8.0, 3.0, 2.0, 7.5, 1.0, 8.0, 1.0, 6.5, 1.5, 7.0, 29.0];
        Self {
            seed,
            places,
            ends,
            categories: Weighted::new(shares),
            endings: CrimeType::all()
                .map(|c| (0..100).map(|_| ending(c, &mut draws)).collect())
                .collect(),
        }
    }

    fn file(
        &mut self,
        out: &mut impl Write,
        file_index: u64,
        month: Month,
        force: u16,
        areas: std::ops::Range<usize>,
        rows: u64,
    ) -> std::io::Result<()> {
        let mut draws = Draws::new(self.seed, ROWS + file_index);
        let who = format!("SYNTHETIC Force {force} (bench)");
        let who_and_when = format!(",{month},{who},{who},");
        let no_location = format!(",,{NO_LOCATION},,");
        let mut row = Vec::with_capacity(512);
        write!(out, "{HEADER}{LINE_END}")?;
        for _ in 0..rows {
            row.clear();
            let category = self.categories.draw(&mut draws);
            if category != CrimeType::AntiSocialBehaviour as usize {
                let mut id = [0; 32];
                draws.fill(&mut id);
                push_hex(&mut row, &id);
            }
            row.extend_from_slice(who_and_when.as_bytes());
            if draws.chance(NO_LOCATION_SHARE) {
                row.extend_from_slice(no_location.as_bytes());
            } else {
                row.extend_from_slice(self.place(&areas, &mut draws).as_bytes());
            }
            row.extend_from_slice(draws.pick(&self.endings[category]).as_bytes());
            out.write_all(&row)?;
        }
        out.flush()
    }

    fn place(&self, areas: &std::ops::Range<usize>, draws: &mut Draws) -> &str {
        // The square of a uniform draw crowds a tenth of the areas with a third of the rows.
        let spread = draws.unit();
        let area = areas.start + (spread * spread * areas.len() as f64) as usize;
        let point = area * POINTS_PER_AREA + draws.below(POINTS_PER_AREA);
        let start = point.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.places[start..self.ends[point]]
    }
}
