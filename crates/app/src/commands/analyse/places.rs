//! Points, cells and places over time.

use std::path::PathBuf;

use anyhow::Context as _;
use wardmote_evidence::analysis::own_file::OwnFile;
use wardmote_evidence::analysis::place::{
    DensityAsked, DualAsked, HotspotsAsked, Points, cells_by_month, dual_kde, hotspots, kde, scan,
    spatial_change, study_area,
};
use wardmote_evidence::analysis::{Analysis, Needs};
use wardmote_stats::spatial::scan::{Direction, ScanSettings};

use super::Analyse;
use super::options::{Chance, CoordinateOptions, PanelOptions, Source};
use crate::place::At;

/// How a density is drawn.
#[derive(Debug, clap::Args)]
struct DensityOptions {
    #[command(flatten)]
    coordinates: CoordinateOptions,
    /// The side of a cell
    #[arg(long, value_name = "METRES", default_value_t = 100.0)]
    cell: f64,
    /// The reach of the kernel; by a rule for one cluster if not given
    #[arg(long, value_name = "METRES")]
    bandwidth: Option<f64>,
    /// Polygons (.geojson) that the events can lie in: density over their edge is given back
    #[arg(long, value_name = "FILE")]
    study_area: Option<PathBuf>,
    /// Share each event among the four cells about it: faster on very many events, and not exact
    #[arg(long)]
    binned: bool,
}

impl DensityOptions {
    fn asked(&self) -> anyhow::Result<DensityAsked> {
        let units = self.coordinates.units();
        let study_area =
            self.study_area.as_deref().map(|path| study_area(path, units)).transpose()?;
        Ok(DensityAsked {
            cell_size_metres: self.cell,
            bandwidth_metres: self.bandwidth,
            study_area,
            binned: self.binned,
        })
    }

    /// The points of the user's own file, or else of the measure's events.
    async fn points(
        &self,
        at: &At,
        method: &'static str,
        source: &Source,
    ) -> anyhow::Result<Points> {
        match source.file()? {
            Some(file) => points(method, &file, &self.coordinates),
            None => Ok(Points::of_lake(source.events(at, method, Needs::Place).await?)),
        }
    }
}

fn points(
    method: &'static str,
    file: &OwnFile,
    coordinates: &CoordinateOptions,
) -> anyhow::Result<Points> {
    let columns = coordinates.columns();
    let pair = columns.as_ref().map(|(x, y)| (x.as_str(), y.as_str()));
    Ok(Points::of_file(method, file, pair, coordinates.units())?)
}

/// Where is it dense? Kernel density
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse kde --measure collisions --cell 250 --bandwidth 1000
  wardmote analyse kde --input burglaries.csv --x easting --y northing --cell 100 --bandwidth 400

It needs where each event happened: published points were moved to a fixed set of places.")]
pub(super) struct KdeArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    density: DensityOptions,
}

impl Analyse for KdeArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let points = self.density.points(at, "kde", &self.source).await?;
        Ok(kde(&points, &self.density.asked()?)?)
    }
}

/// Where is one kind denser than another?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse dual-kde --measure burglary --against-measure robbery --agreement isa-2025-03
  wardmote analyse dual-kde --input burglaries.csv --against homes.csv --x easting --y northing \\
    --bandwidth 400 --smallest 10")]
pub(super) struct DualKdeArguments {
    #[command(flatten)]
    source: Source,
    /// The second file, with the same columns
    #[arg(long, value_name = "FILE", required_unless_present = "measure")]
    against: Option<PathBuf>,
    /// The second measure, in the same area and months
    #[arg(long, value_name = "ID", conflicts_with_all = ["input", "against"], required_unless_present = "input")]
    against_measure: Option<String>,
    #[command(flatten)]
    density: DensityOptions,
    /// The difference instead of the ratio
    #[arg(long)]
    difference: bool,
    /// No ratio where the second has fewer per square kilometre
    #[arg(long, value_name = "DENSITY", default_value_t = 1.0, conflicts_with = "difference")]
    smallest: f64,
}

impl Analyse for DualKdeArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        const METHOD: &str = "dual-kde";
        let first = self.density.points(at, METHOD, &self.source).await?;
        let second = match (&self.against_measure, &self.against) {
            (Some(measure), _) => {
                Points::of_lake(self.source.events_of(at, METHOD, measure, Needs::Place).await?)
            }
            (None, Some(file)) => points(METHOD, &OwnFile::read(file)?, &self.density.coordinates)?,
            (None, None) => anyhow::bail!("give the second file with --against FILE"),
        };
        let dual =
            if self.difference { DualAsked::Difference } else { DualAsked::Ratio(self.smallest) };
        Ok(dual_kde(&first, &second, &self.density.asked()?, dual)?)
    }
}

/// Which places are hot, and are they emerging or diminishing?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse hotspots --measure burglary --split 2023-05
  wardmote analyse hotspots --input burglaries.csv --date day --x easting --y northing --cell 250 \\
    --split 2024-01 --share-of-area 0.05")]
pub(super) struct HotspotsArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// Count events with coordinates by cells of this side
    #[arg(long, value_name = "METRES", conflicts_with_all = ["id", "measure"])]
    cell: Option<f64>,
    /// The first month of the later period, for PAI and PEI
    #[arg(long, value_name = "MONTH")]
    split: Option<String>,
    /// The share of the surface that may be chosen
    #[arg(long, default_value_t = 0.05)]
    share_of_area: f64,
    /// Corrected p values up to this are significant
    #[arg(long, default_value_t = 0.05)]
    alpha: f64,
}

impl Analyse for HotspotsArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = match self.cell {
            None => self.panel.panel(at, "hotspots", &self.source).await?,
            Some(cell) => {
                let file = self.source.own_file()?;
                let points = points("hotspots", &file, &self.panel.coordinates)?;
                let date = self.panel.date.as_deref().context("name the dates with --date")?;
                cells_by_month("hotspots", &file, &points, date, cell)?
            }
        };
        let asked = HotspotsAsked {
            split: self.split.clone(),
            share_of_area: self.share_of_area,
            level: self.alpha,
        };
        Ok(hotspots(&panel, &asked)?)
    }
}

/// Is there a cluster in space and time?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse scan --measure burglary --longest 3
  wardmote analyse scan --input areas.csv --id area --date month --value n --x easting --y northing \\
    --population residents")]
pub(super) struct ScanArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// Look at any time, instead of what is going on now
    #[arg(long)]
    retrospective: bool,
    /// The longest window in months
    #[arg(long, value_name = "MONTHS", default_value_t = 3)]
    longest: usize,
    /// Circles take in at most this share of the expected events
    #[arg(long, default_value_t = 0.5)]
    largest_share: f64,
    /// Circles are at most this wide
    #[arg(long, value_name = "METRES")]
    largest_radius: Option<f64>,
    #[command(flatten)]
    chance: Chance,
}

impl Analyse for ScanArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "scan", &self.source).await?;
        let settings = ScanSettings {
            direction: if self.retrospective {
                Direction::Retrospective
            } else {
                Direction::Prospective
            },
            largest_share: self.largest_share,
            largest_radius_metres: self.largest_radius,
            longest_periods: self.longest,
            replicates: self.chance.settings(),
        };
        Ok(scan(&panel, settings)?)
    }
}

/// Has the pattern moved between two periods?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse spatial-change --measure burglary --split 2023-05
  wardmote analyse spatial-change --input areas.csv --id area --date month --value n --split 2024-01")]
pub(super) struct SpatialChangeArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// The first month of the later period
    #[arg(long, value_name = "MONTH")]
    split: String,
    #[command(flatten)]
    chance: Chance,
}

impl Analyse for SpatialChangeArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "spatial-change", &self.source).await?;
        Ok(spatial_change(&panel, &self.split, self.chance.settings())?)
    }
}
