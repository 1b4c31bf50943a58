//! Areas compared, and places held against one another.

use wardmote_evidence::analysis::comparison::{compare, funnel};
use wardmote_evidence::analysis::place::{PlaceKeys, concentration, repeat};
use wardmote_evidence::analysis::works::{Roles, displacement, synthetic_control};
use wardmote_evidence::analysis::{Analysis, Needs};
use wardmote_stats::funnel::Overdispersion;

use super::Analyse;
use super::options::{Chance, PanelOptions, Source};
use crate::place::At;

/// Does an area differ from all others together?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse compare --measure burglary --peers --this E06000032
  wardmote analyse compare --input wards.csv --id ward --date month --value n --population residents \\
    --this Central")]
pub(super) struct CompareArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// The area that is compared
    #[arg(long, value_name = "ID")]
    this: String,
}

impl Analyse for CompareArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "compare", &self.source).await?;
        Ok(compare(&panel, &self.this)?)
    }
}

/// Which areas stand outside the usual spread?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse funnel --measure burglary --level ward-2024
  wardmote analyse funnel --input wards.csv --id ward --value n --population residents")]
pub(super) struct FunnelArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// The rate per 1,000 that areas are held against; that of all together if not given
    #[arg(long, value_name = "RATE")]
    target: Option<f64>,
    /// What is done about areas that all vary more than chance
    #[arg(long, value_enum, default_value = "add")]
    overdispersion: OverdispersionOption,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum OverdispersionOption {
    Ignore,
    Multiply,
    Add,
}

impl Analyse for FunnelArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "funnel", &self.source).await?;
        let asked = match self.overdispersion {
            OverdispersionOption::Ignore => Overdispersion::Ignore,
            OverdispersionOption::Multiply => Overdispersion::Multiply,
            OverdispersionOption::Add => Overdispersion::Add,
        };
        Ok(funnel(&panel, self.target, asked)?)
    }
}

/// How few places bear half of it?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse concentration --measure burglary
  wardmote analyse concentration --input streets.csv --id street --value n --share 0.25,0.5")]
pub(super) struct ConcentrationArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// Shares of the events
    #[arg(long, value_delimiter = ',', default_value = "0.25,0.5,0.8")]
    share: Vec<f64>,
    #[command(flatten)]
    chance: Chance,
}

impl Analyse for ConcentrationArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "concentration", &self.source).await?;
        Ok(concentration(&panel, &self.share, self.chance.settings())?)
    }
}

/// Are the same places hit again more often than chance gives?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse repeat --measure landlord-asb --at-risk 12000 --agreement isa-2025-03
  wardmote analyse repeat --input burglaries.csv --id property --at-risk 75000

It needs to know which place each event was at: a force's own feed, with keys that name nobody.")]
pub(super) struct RepeatArguments {
    #[command(flatten)]
    source: Source,
    /// The column with the key of the place
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    id: Option<String>,
    /// How many places are at risk, those never hit too
    #[arg(long, value_name = "PLACES")]
    at_risk: u64,
    #[command(flatten)]
    chance: Chance,
}

impl Analyse for RepeatArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let places = if let Some(file) = self.source.file()? {
            PlaceKeys::of_file(&file, self.id.as_deref().unwrap_or_default())?
        } else {
            PlaceKeys::of_lake(self.source.events(at, "repeat", Needs::Key).await?)
        };
        Ok(repeat(&places, self.at_risk, self.chance.settings())?)
    }
}

/// Did it work, or did it move?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse displacement --measure burglary --target E01015699 --control E01015708 --change 2023-05
  wardmote analyse displacement --input zones.csv --id zone --date month --value n --target park \\
    --buffer around --control elsewhere --change 2024-01")]
pub(super) struct DisplacementArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// The area where something was done
    #[arg(long, value_name = "ID")]
    target: String,
    /// The area that crime could have moved to
    #[arg(long, value_name = "ID")]
    buffer: Option<String>,
    /// The area that the target is held against
    #[arg(long, value_name = "ID")]
    control: String,
    /// The area that the buffer is held against; the control if not given
    #[arg(long, value_name = "ID", requires = "buffer")]
    buffer_control: Option<String>,
    /// The first month after it began
    #[arg(long, value_name = "MONTH")]
    change: String,
    /// p values up to this are significant
    #[arg(long, default_value_t = 0.05)]
    alpha: f64,
}

impl Analyse for DisplacementArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "displacement", &self.source).await?;
        let roles = Roles {
            target: self.target.clone(),
            buffer: self.buffer.clone(),
            control: self.control.clone(),
            buffer_control: self.buffer_control.clone(),
            change: self.change.clone(),
        };
        Ok(displacement(&panel, &roles, self.alpha)?)
    }
}

/// What would have happened without it?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse synthetic-control --measure burglary --level ward-2024 --this E05014739 \\
    --change 2023-05
  wardmote analyse synthetic-control --input towns.csv --id town --date month --value n --this Luton \\
    --change 2023-05")]
pub(super) struct SyntheticControlArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    panel: PanelOptions,
    /// The area where something was done
    #[arg(long, value_name = "ID")]
    this: String,
    /// The first month after it began
    #[arg(long, value_name = "MONTH")]
    change: String,
    /// p values up to this are significant
    #[arg(long, default_value_t = 0.05)]
    alpha: f64,
}

impl Analyse for SyntheticControlArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = self.panel.panel(at, "synthetic-control", &self.source).await?;
        Ok(synthetic_control(&panel, &self.this, &self.change, self.alpha)?)
    }
}
