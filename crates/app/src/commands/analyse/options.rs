//! Options that methods share, and the data that they name.

use std::path::PathBuf;

use anyhow::{Context as _, ensure};
use wardmote_domain::area::{AreaCode, AreaLevel};
use wardmote_domain::period::Month;
use wardmote_evidence::analysis::own_file::{Coordinates, OwnFile};
use wardmote_evidence::analysis::place::{AreaColumns, Areas, AreasAsked, WeightsRule};
use wardmote_evidence::analysis::{
    Events, EventsAsked, MonthsAsked, Needs, Panel, PanelColumns, Series, SeriesColumns,
};
use wardmote_evidence::observed::Observed;
use wardmote_lake::Lake;
use wardmote_stats::spatial::PermutationSettings;

use crate::commands::measure::work_under_agreement;
use crate::console::Format;
use crate::jobs::step;
use crate::place::{At, Partnership};

/// Where the data are from, and how to print.
#[derive(Debug, clap::Args)]
pub(super) struct Source {
    /// Your own file: .csv with a heading line, or .geojson
    #[arg(long, value_name = "FILE", conflicts_with_all = ["measure", "area", "from", "to", "agreement"])]
    pub(super) input: Option<PathBuf>,
    /// A measure of the partnership, as measures/ names it
    #[arg(long, value_name = "ID", required_unless_present = "input")]
    pub(super) measure: Option<String>,
    /// The area, by its code: the partnership's district if not given
    #[arg(long, value_name = "CODE")]
    pub(super) area: Option<AreaCode>,
    /// The first month: of the longest run that is known if not given
    #[arg(long, value_name = "MONTH")]
    pub(super) from: Option<Month>,
    /// The last month
    #[arg(long, value_name = "MONTH")]
    pub(super) to: Option<Month>,
    /// The sharing agreement that you work under, for a measure of a controlled source; nothing that
    /// is printed so may be published or passed on
    #[arg(long, value_name = "AGREEMENT")]
    pub(super) agreement: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    pub(super) format: Format,
}

impl Source {
    pub(super) fn months(&self) -> MonthsAsked {
        MonthsAsked { from: self.from, to: self.to }
    }

    pub(super) fn file(&self) -> anyhow::Result<Option<OwnFile>> {
        Ok(self.input.as_deref().map(OwnFile::read).transpose()?)
    }

    /// The user's own file, for a method that the lake has no data for.
    pub(super) fn own_file(&self) -> anyhow::Result<OwnFile> {
        self.file()?
            .context("this method has no data in the lake: give your own file with --input FILE")
    }

    /// What the lake holds of the measure, for one who may see it.
    pub(super) async fn observed(
        &self,
        at: &At,
        level: Option<AreaLevel>,
    ) -> anyhow::Result<FromLake> {
        let id = self.measure.as_deref().context("give --measure ID or --input FILE")?;
        self.observed_of(at, id, level).await
    }

    async fn observed_of(
        &self,
        at: &At,
        id: &str,
        level: Option<AreaLevel>,
    ) -> anyhow::Result<FromLake> {
        step(1, 2, "reading what was loaded");
        let partnership = Partnership::open_at(at)?;
        let lake = partnership.lake().await?;
        let level = level.unwrap_or(match &self.area {
            None => partnership.folder.partnership.district_level,
            Some(code) => level_of(&lake, &partnership, code)?,
        });
        let observed = Observed::gather_measure(&lake, &partnership.folder, id, level)?;
        work_under_agreement(
            &observed,
            observed.measure(id)?.sources(),
            self.agreement.as_deref(),
        )?;
        step(2, 2, "computing");
        Ok(FromLake { lake, observed, measure: id.to_owned() })
    }

    /// Single events of the measure, for a method that needs so much of each.
    pub(super) async fn events(
        &self,
        at: &At,
        method: &'static str,
        needs: Needs,
    ) -> anyhow::Result<Events> {
        let id = self.measure.as_deref().context("give --measure ID or --input FILE")?;
        self.events_of(at, method, id, needs).await
    }

    /// Single events of another measure, in the same area and months.
    pub(super) async fn events_of(
        &self,
        at: &At,
        method: &'static str,
        measure: &str,
        needs: Needs,
    ) -> anyhow::Result<Events> {
        let FromLake { lake, observed, measure } = self.observed_of(at, measure, None).await?;
        let area = self.area.as_ref();
        let asked = EventsAsked { measure: &measure, area, months: self.months() };
        Ok(Events::of_measure(method, &lake, &observed, asked, needs)?)
    }

    pub(super) async fn series(
        &self,
        at: &At,
        method: &'static str,
        columns: &Columns,
    ) -> anyhow::Result<Series> {
        if let Some(file) = self.file()? {
            return Ok(Series::of_file(method, &file, &columns.of_series())?);
        }
        columns.are_for_files()?;
        let FromLake { observed, measure, .. } = self.observed(at, None).await?;
        Ok(Series::of_measure(method, &observed, &measure, self.area.as_ref(), self.months())?)
    }
}

/// What was gathered from the lake.
pub(super) struct FromLake {
    pub(super) lake: Lake,
    pub(super) observed: Observed,
    pub(super) measure: String,
}

/// The level of an area, among those of the partnership's districts.
fn level_of(lake: &Lake, partnership: &Partnership, code: &AreaCode) -> anyhow::Result<AreaLevel> {
    let folder = &partnership.folder.partnership;
    let mut levels = vec![folder.district_level, folder.area_vintage];
    levels.extend(partnership.folder.levels_asked());
    for level in levels {
        if lake.areas(level)?.iter().any(|area| area.code == *code) {
            return Ok(level);
        }
    }
    anyhow::bail!("no area {code} is known; `wardmote measure ID --level LEVEL` lists areas")
}

/// Columns of a series.
#[derive(Debug, clap::Args)]
pub(super) struct Columns {
    /// The column of values, one for each period; without it rows are events, counted by month
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The column of dates
    #[arg(long, value_name = "COLUMN")]
    date: Option<String>,
    /// The month of the first row, where no column has dates
    #[arg(long, value_name = "MONTH", conflicts_with = "date")]
    first: Option<Month>,
}

impl Columns {
    fn of_series(&self) -> SeriesColumns {
        SeriesColumns { value: self.value.clone(), date: self.date.clone(), first: self.first }
    }

    fn are_for_files(&self) -> anyhow::Result<()> {
        let given = self.value.is_some() || self.date.is_some() || self.first.is_some();
        ensure!(!given, "--value, --date and --first name what is in a file: give it with --input");
        Ok(())
    }
}

/// Columns of areas, and who neighbours whom.
#[derive(Debug, clap::Args)]
pub(super) struct AreaOptions {
    /// The column of values, one for each area
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    value: Option<String>,
    /// The column that names the areas
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    #[command(flatten)]
    coordinates: CoordinateOptions,
    /// Neighbours: queen, rook, knn:K or distance:METRES; queen for outlines if not given
    #[arg(long, value_name = "RULE")]
    pub(super) weights: Option<WeightsRule>,
    /// The level of the areas, such as lsoa-2021; the smallest of the partnership if not given
    #[arg(long, conflicts_with = "input")]
    level: Option<AreaLevel>,
    /// Rates by residents instead of counts
    #[arg(long, conflicts_with = "input")]
    rates: bool,
}

impl AreaOptions {
    pub(super) async fn areas(
        &self,
        at: &At,
        method: &'static str,
        source: &Source,
    ) -> anyhow::Result<Areas> {
        if let Some(file) = source.file()? {
            let columns = AreaColumns {
                value: self.value.clone().context("name the column of values with --value")?,
                id: self.id.clone(),
                coordinates: self.coordinates.columns(),
                units: self.coordinates.units(),
            };
            return Ok(Areas::of_file(&file, &columns)?);
        }
        let given = self.value.is_some() || self.id.is_some() || self.coordinates.any();
        ensure!(
            !given,
            "--value, --id, --x, --y and --lonlat name what is in a file: give it with --input"
        );
        let level = match self.level {
            Some(level) => level,
            None => Partnership::open_at(at)?.folder.partnership.area_vintage,
        };
        let FromLake { lake, observed, measure } = source.observed(at, Some(level)).await?;
        let asked = AreasAsked {
            measure: &measure,
            area: source.area.as_ref(),
            level,
            months: source.months(),
            rates: self.rates,
        };
        Ok(Areas::of_measure(method, &lake, &observed, asked)?)
    }
}

/// Columns of areas over months.
#[derive(Debug, clap::Args)]
pub(super) struct PanelOptions {
    /// The column that names the areas
    #[arg(long, value_name = "COLUMN")]
    id: Option<String>,
    /// The column of counts; without it rows are events, counted by area and month
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The column of months or days
    #[arg(long, value_name = "COLUMN")]
    pub(super) date: Option<String>,
    /// The column of residents or another denominator, the same in all rows of an area
    #[arg(long, value_name = "COLUMN")]
    population: Option<String>,
    /// The column of surfaces in square metres
    #[arg(long, value_name = "COLUMN")]
    surface: Option<String>,
    #[command(flatten)]
    pub(super) coordinates: CoordinateOptions,
    /// The level of the areas, such as lsoa-2021 or ward-2024
    #[arg(long, conflicts_with = "input")]
    level: Option<AreaLevel>,
    /// The partnership's districts and its peers, instead of the areas in one district
    #[arg(long, conflicts_with = "input")]
    peers: bool,
}

impl PanelOptions {
    pub(super) async fn panel(
        &self,
        at: &At,
        method: &'static str,
        source: &Source,
    ) -> anyhow::Result<Panel> {
        if let Some(file) = source.file()? {
            let columns = PanelColumns {
                id: self.id.clone().context("name the column of areas with --id")?,
                value: self.value.clone(),
                date: self.date.clone(),
                population: self.population.clone(),
                surface: self.surface.clone(),
                coordinates: self.coordinates.columns(),
                lonlat: self.coordinates.lonlat,
            };
            return Ok(Panel::of_file(method, &file, &columns)?);
        }
        let given = [&self.id, &self.value, &self.date, &self.population, &self.surface];
        ensure!(
            given.iter().all(|column| column.is_none()) && !self.coordinates.any(),
            "--id, --value, --date, --population, --surface, --x, --y and --lonlat name what is in a file: give it with --input"
        );
        let partnership = Partnership::open_at(at)?.folder.partnership;
        let usual = if self.peers { partnership.district_level } else { partnership.area_vintage };
        let level = self.level.unwrap_or(usual);
        let FromLake { lake, observed, measure } = source.observed(at, Some(level)).await?;
        let asked = AreasAsked {
            measure: &measure,
            area: source.area.as_ref(),
            level,
            months: source.months(),
            rates: false,
        };
        Ok(Panel::of_measure(method, &lake, &observed, asked, self.peers)?)
    }
}

/// Where rows of a file lie.
#[derive(Debug, clap::Args)]
pub(super) struct CoordinateOptions {
    /// The column of eastings in metres
    #[arg(long, value_name = "COLUMN", requires = "y")]
    x: Option<String>,
    /// The column of northings in metres
    #[arg(long, value_name = "COLUMN", requires = "x")]
    y: Option<String>,
    /// The coordinates are degrees of longitude and latitude: project them to EPSG:27700
    #[arg(long)]
    lonlat: bool,
}

impl CoordinateOptions {
    pub(super) fn columns(&self) -> Option<(String, String)> {
        self.x.clone().zip(self.y.clone())
    }

    pub(super) fn units(&self) -> Coordinates {
        if self.lonlat { Coordinates::LonLat } else { Coordinates::Metres }
    }

    pub(super) fn any(&self) -> bool {
        self.x.is_some() || self.y.is_some() || self.lonlat
    }
}

/// How chance is drawn.
#[derive(Debug, clap::Args)]
pub(super) struct Chance {
    /// Random rearrangements
    #[arg(long, default_value_t = 999)]
    permutations: u32,
    /// What they are drawn from: the same seed gives the same p values everywhere
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Corrected p values up to this are significant
    #[arg(long, default_value_t = 0.05)]
    alpha: f64,
}

impl Chance {
    pub(super) fn settings(&self) -> PermutationSettings {
        let Self { permutations, seed, alpha: level } = *self;
        PermutationSettings { permutations, seed, level }
    }
}
