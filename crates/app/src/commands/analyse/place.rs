//! Methods over space.

use wardmote_evidence::analysis::place::{
    BandsAsked, DatedEvents, gi_star, local_moran, moran, near_repeat,
};
use wardmote_evidence::analysis::{Analysis, Needs};
use wardmote_stats::spatial::weights::Standardisation;

use super::Analyse;
use super::options::{AreaOptions, Chance, CoordinateOptions, Source};
use crate::place::At;

/// Do like areas lie together?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse moran --measure burglary --rates
  wardmote analyse moran --input areas.geojson --value burglaries --weights queen --permutations 999 --seed 1
  wardmote analyse moran --input areas.csv --value n --x easting --y northing --weights knn:6")]
pub(super) struct MoranArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    areas: AreaOptions,
    #[command(flatten)]
    chance: Chance,
    /// Let each neighbour count 1 instead of sharing 1 among an area's neighbours
    #[arg(long)]
    binary: bool,
}

fn standardisation(binary: bool) -> Standardisation {
    if binary { Standardisation::Binary } else { Standardisation::Row }
}

impl Analyse for MoranArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let areas = self.areas.areas(at, "moran", &self.source).await?;
        let settings = self.chance.settings();
        Ok(moran(&areas, self.areas.weights, standardisation(self.binary), settings)?)
    }
}

/// Which areas are like or unlike their neighbours?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse local-moran --measure burglary --rates
  wardmote analyse local-moran --input areas.geojson --value burglaries --id code --weights rook")]
pub(super) struct LocalMoranArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    areas: AreaOptions,
    #[command(flatten)]
    chance: Chance,
    /// Let each neighbour count 1 instead of sharing 1 among an area's neighbours
    #[arg(long)]
    binary: bool,
}

impl Analyse for LocalMoranArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let areas = self.areas.areas(at, "local-moran", &self.source).await?;
        let settings = self.chance.settings();
        Ok(local_moran(&areas, self.areas.weights, standardisation(self.binary), settings)?)
    }
}

/// Which areas are hot or cold, with their neighbours?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse gi-star --measure burglary --level lsoa-2021 --rates
  wardmote analyse gi-star --input areas.geojson --value burglaries --id code --format csv")]
pub(super) struct GiStarArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    areas: AreaOptions,
    #[command(flatten)]
    chance: Chance,
}

impl Analyse for GiStarArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let areas = self.areas.areas(at, "gi-star", &self.source).await?;
        Ok(gi_star(&areas, self.areas.weights, self.chance.settings())?)
    }
}

/// Is a place at risk after its neighbour was hit?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse near-repeat --measure burglary --agreement isa-2025-03
  wardmote analyse near-repeat --input burglaries.csv --date day --x easting --y northing \\
    --metres 100,200,400 --days 7,14,28

It needs the day and the place of each event: a force's own feed, not the published files.")]
pub(super) struct NearRepeatArguments {
    #[command(flatten)]
    source: Source,
    /// The column of days
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    date: Option<String>,
    #[command(flatten)]
    coordinates: CoordinateOptions,
    /// Upper limits of the bands of distance; 0 first makes a band of the same place
    #[arg(long, value_name = "METRES", value_delimiter = ',', default_value = "100,200,400,800")]
    metres: Vec<f64>,
    /// Upper limits of the bands of time
    #[arg(long, value_name = "DAYS", value_delimiter = ',', default_value = "7,14,28")]
    days: Vec<u32>,
    #[command(flatten)]
    chance: Chance,
}

impl Analyse for NearRepeatArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let events = if let Some(file) = self.source.file()? {
            let columns = self.coordinates.columns();
            let pair = columns.as_ref().map(|(x, y)| (x.as_str(), y.as_str()));
            let date = self.date.as_deref().unwrap_or_default();
            DatedEvents::of_file(&file, date, pair, self.coordinates.units())?
        } else {
            let needs = Needs::PlaceAndDay;
            DatedEvents::of_lake(self.source.events(at, "near-repeat", needs).await?)
        };
        let bands = BandsAsked { metres: self.metres.clone(), days: self.days.clone() };
        Ok(near_repeat(&events, &bands, self.chance.settings())?)
    }
}
