//! Methods over time.

use wardmote_evidence::analysis::Analysis;
use wardmote_evidence::analysis::time::{
    SeasonOptions, SpikesBy, SpikesOptions, Transform, season, spikes, trend,
};
use wardmote_stats::spikes::EarsMethod;

use super::Analyse;
use super::options::{Columns, Source};
use crate::place::At;

/// Is it drifting, season apart?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse trend --measure burglary --from 2021-05
  wardmote analyse trend --input months.csv --date month --value burglaries")]
pub(super) struct TrendArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
}

impl Analyse for TrendArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "trend", &self.columns).await?;
        Ok(trend(&series)?)
    }
}

/// Trend, season and remainder, and the peak of the year
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse season --measure recorded-crime --robust
  wardmote analyse season --input months.csv --value n --period 12 --seasonal 7 --format json")]
pub(super) struct SeasonArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
    /// Values in a period: 12 for months, 52 for weeks
    #[arg(long, default_value_t = 12)]
    period: usize,
    /// The seasonal window in periods, odd
    #[arg(long, default_value_t = 7)]
    seasonal: usize,
    /// Let single outlying values bend neither trend nor season
    #[arg(long)]
    robust: bool,
    /// Take apart the values, their logarithms or their square roots
    #[arg(long, value_enum, default_value = "none")]
    transform: TransformOption,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum TransformOption {
    None,
    Log,
    Root,
}

impl Analyse for SeasonArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "season", &self.columns).await?;
        let options = SeasonOptions {
            period: self.period,
            seasonal: self.seasonal,
            robust: self.robust,
            transform: match self.transform {
                TransformOption::None => Transform::None,
                TransformOption::Log => Transform::Log,
                TransformOption::Root => Transform::Root,
            },
        };
        Ok(season(&series, options)?)
    }
}

/// Which periods are out of the ordinary, and since when is it over?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse spikes --measure burglary
  wardmote analyse spikes --measure shoplifting --watch-from 2024-01
  wardmote analyse spikes --input weeks.csv --date monday --value calls --period 52
  wardmote analyse spikes --input days.csv --date day --value calls --by ears-c2")]
pub(super) struct SpikesArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
    /// The detector; auto is farrington where a year lies before, and ears-c1 else
    #[arg(long, value_enum, default_value = "auto")]
    by: Detector,
    /// Periods in a year: 12 for months, 52 for weeks
    #[arg(long, default_value_t = 12)]
    period: usize,
    /// The first period watched, such as 2024-01; all that have three years before them if not given,
    /// or one year where there are no three
    #[arg(long, value_name = "PERIOD")]
    watch_from: Option<String>,
    /// The chance of a false alarm for each period; the detector's own if not given
    #[arg(long)]
    alpha: Option<f64>,
    /// Periods within the threshold after which it is over
    #[arg(long, default_value_t = 1)]
    calm: usize,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Detector {
    Auto,
    Farrington,
    EarsC1,
    EarsC2,
    EarsC3,
}

impl Analyse for SpikesArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "spikes", &self.columns).await?;
        let options = SpikesOptions {
            by: match self.by {
                Detector::Auto => SpikesBy::Longest,
                Detector::Farrington => SpikesBy::Farrington,
                Detector::EarsC1 => SpikesBy::Ears(EarsMethod::C1),
                Detector::EarsC2 => SpikesBy::Ears(EarsMethod::C2),
                Detector::EarsC3 => SpikesBy::Ears(EarsMethod::C3),
            },
            period: self.period,
            watch_from: self.watch_from.clone(),
            alpha: self.alpha,
            calm: self.calm,
        };
        Ok(spikes(&series, &options)?)
    }
}
