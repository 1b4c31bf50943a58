//! `wardmote analyse METHOD`: the crime analyst's methods on the lake or on the user's own file.

mod comparison;
mod months;
mod options;
mod people;
mod place;
mod places;
mod print;
mod time;

use wardmote_evidence::analysis::Analysis;

use crate::Outcome;
use crate::place::At;

/// Analyse a measure, or your own file, with one of the methods
#[derive(Debug, clap::Args)]
#[command(
    subcommand_value_name = "METHOD",
    subcommand_help_heading = "Methods",
    after_help = "Examples:
  wardmote analyse spikes --measure burglary
  wardmote analyse gi-star --input areas.geojson --value burglaries --id code
  wardmote analyse season --input months.csv --value n --date month --format json

A method that the data cannot carry is refused, with what would allow it. docs/methods/ has a page on
each: its formula, its source, when not to use it."
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    method: Method,
}

#[derive(Debug, clap::Subcommand)]
enum Method {
    Trend(time::TrendArguments),
    Season(time::SeasonArguments),
    Spikes(time::SpikesArguments),
    Forecast(months::ForecastArguments),
    Hours(months::HoursArguments),
    Interrupted(months::InterruptedArguments),
    Events(months::EventsArguments),
    Changepoints(months::ChangepointsArguments),
    Moran(place::MoranArguments),
    LocalMoran(place::LocalMoranArguments),
    GiStar(place::GiStarArguments),
    Kde(places::KdeArguments),
    DualKde(places::DualKdeArguments),
    Hotspots(places::HotspotsArguments),
    Concentration(comparison::ConcentrationArguments),
    NearRepeat(place::NearRepeatArguments),
    Repeat(comparison::RepeatArguments),
    Scan(places::ScanArguments),
    SpatialChange(places::SpatialChangeArguments),
    Compare(comparison::CompareArguments),
    Funnel(comparison::FunnelArguments),
    Survey(people::SurveyArguments),
    Harm(people::HarmArguments),
    Disproportionality(people::DisproportionalityArguments),
    Displacement(comparison::DisplacementArguments),
    SyntheticControl(comparison::SyntheticControlArguments),
    Prioritise(people::PrioritiseArguments),
}

/// A method with its arguments.
trait Analyse {
    /// Where the data are from, and how to print.
    fn source(&self) -> &options::Source;
    /// The analysis.
    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis>;
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    match &arguments.method {
        Method::Trend(method) => answer(at, method).await,
        Method::Season(method) => answer(at, method).await,
        Method::Spikes(method) => answer(at, method).await,
        Method::Forecast(method) => answer(at, method).await,
        Method::Hours(method) => answer(at, method).await,
        Method::Interrupted(method) => answer(at, method).await,
        Method::Events(method) => answer(at, method).await,
        Method::Changepoints(method) => answer(at, method).await,
        Method::Moran(method) => answer(at, method).await,
        Method::LocalMoran(method) => answer(at, method).await,
        Method::GiStar(method) => answer(at, method).await,
        Method::Kde(method) => answer(at, method).await,
        Method::DualKde(method) => answer(at, method).await,
        Method::Hotspots(method) => answer(at, method).await,
        Method::Concentration(method) => answer(at, method).await,
        Method::NearRepeat(method) => answer(at, method).await,
        Method::Repeat(method) => answer(at, method).await,
        Method::Scan(method) => answer(at, method).await,
        Method::SpatialChange(method) => answer(at, method).await,
        Method::Compare(method) => answer(at, method).await,
        Method::Funnel(method) => answer(at, method).await,
        Method::Survey(method) => answer(at, method).await,
        Method::Harm(method) => answer(at, method).await,
        Method::Disproportionality(method) => answer(at, method).await,
        Method::Displacement(method) => answer(at, method).await,
        Method::SyntheticControl(method) => answer(at, method).await,
        Method::Prioritise(method) => answer(at, method).await,
    }
}

async fn answer(at: &At, method: &impl Analyse) -> anyhow::Result<Outcome> {
    let analysis = method.analyse(at).await?;
    print::print(method.source().format, &analysis)?;
    Ok(Outcome::Done)
}
