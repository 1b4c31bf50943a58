//! Questions to a series of months, and to the hours of the week.

use wardmote_evidence::analysis::time::{
    ChangeAsked, CutAsked, EventTimes, WindowAsked, changepoints, events, forecast, hours,
    interrupted,
};
use wardmote_evidence::analysis::{Analysis, Needs};
use wardmote_stats::hours_of_week::Shares;

use super::Analyse;
use super::options::{Columns, Source};
use crate::place::At;

/// What is to be expected of the months to come?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse forecast --measure recorded-crime --horizon 6
  wardmote analyse forecast --input months.csv --date month --value burglaries")]
pub(super) struct ForecastArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
    /// Months ahead, 1 to 24
    #[arg(long, default_value_t = 12)]
    horizon: usize,
}

impl Analyse for ForecastArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "forecast", &self.columns).await?;
        Ok(forecast(&series, self.horizon)?)
    }
}

/// Did it change when something began?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse interrupted --measure burglary --change 2023-05
  wardmote analyse interrupted --input months.csv --date month --value n --change 2024-01 --slope")]
pub(super) struct InterruptedArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
    /// The first month after it began
    #[arg(long, value_name = "MONTH")]
    change: String,
    /// Let the slope change too
    #[arg(long)]
    slope: bool,
    /// Newey and West's variance with so many lags, instead of the lag-1 factor
    #[arg(long, value_name = "LAGS")]
    newey_west: Option<usize>,
}

impl Analyse for InterruptedArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "interrupted", &self.columns).await?;
        let asked =
            ChangeAsked { at: self.change.clone(), slope: self.slope, newey_west: self.newey_west };
        Ok(interrupted(&series, &asked)?)
    }
}

/// Was a campaign or an incident followed by more?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse events --measure anti-social-behaviour --start 2023-06 --months 3
  wardmote analyse events --input months.csv --date month --value reports --start 2024-03 --months 2 \\
    --more-may-be-success")]
pub(super) struct EventsArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
    /// The first month of the window
    #[arg(long, value_name = "MONTH")]
    start: String,
    /// Its length
    #[arg(long, default_value_t = 1)]
    months: usize,
    /// More reports may be what was wanted, as of a campaign for reporting
    #[arg(long)]
    more_may_be_success: bool,
}

impl Analyse for EventsArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "events", &self.columns).await?;
        let asked = WindowAsked {
            start: self.start.clone(),
            months: self.months,
            more_may_be_success: self.more_may_be_success,
        };
        Ok(events(&series, &asked)?)
    }
}

/// Since when has the level been another?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse changepoints --measure shoplifting --season
  wardmote analyse changepoints --input weeks.csv --value n --dispersion 2.5")]
pub(super) struct ChangepointsArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: Columns,
    /// How much more than chance counts vary; that of a fit of trend and season if not given
    #[arg(long)]
    dispersion: Option<f64>,
    /// What each change must gain in twice the log likelihood; 2 ln n if not given
    #[arg(long)]
    penalty: Option<f64>,
    /// Take the profile of the months out first
    #[arg(long)]
    season: bool,
}

impl Analyse for ChangepointsArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let series = self.source.series(at, "changepoints", &self.columns).await?;
        let Self { dispersion, penalty, season, .. } = *self;
        Ok(changepoints(&series, CutAsked { dispersion, penalty, season })?)
    }
}

/// At which hours of the week does it happen?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse hours --measure stop-and-search
  wardmote analyse hours --input burglaries.csv --start left --end found

It needs the time of each event, or the two times between which it happened: a force's own feed.")]
pub(super) struct HoursArguments {
    #[command(flatten)]
    source: Source,
    /// The column of the earliest time it may have been
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    start: Option<String>,
    /// The column of the latest; the same if not given
    #[arg(long, value_name = "COLUMN")]
    end: Option<String>,
    /// Give the same to every hour touched, instead of by minutes
    #[arg(long)]
    by_hours: bool,
}

impl Analyse for HoursArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let times = if let Some(file) = self.source.file()? {
            let start = self.start.as_deref().unwrap_or_default();
            EventTimes::of_file(&file, start, self.end.as_deref())?
        } else {
            EventTimes::of_lake(self.source.events(at, "hours", Needs::Time).await?)
        };
        let shares = if self.by_hours { Shares::ByHoursTouched } else { Shares::ByMinutes };
        Ok(hours(&times, shares)?)
    }
}
