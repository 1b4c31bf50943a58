//! Surveys, harm, searches and priorities.

use anyhow::Context as _;
use wardmote_evidence::analysis::comparison::{
    Answers, SearchColumns, Searches, SurveyColumns, TwoGroups, disproportionality, harm, survey,
};
use wardmote_evidence::analysis::priorities::prioritise;
use wardmote_evidence::analysis::{Analysis, Panel, PanelColumns};
use wardmote_evidence::declarations::SurveyQuestion;
use wardmote_evidence::observed::Observed;
use wardmote_stats::prioritise::{Matrix, Sensitivity};

use super::Analyse;
use super::options::{FromLake, Source};
use crate::commands::measure::work_under_agreement;
use crate::place::{At, Partnership};

/// Does a weighted share differ from the rest's?
#[derive(Debug, clap::Args)]
#[command(
    mut_arg("measure", |measure| measure.hide(true).required_unless_present("survey").conflicts_with("survey")),
    after_help = "Examples:
  wardmote analyse survey --survey crime-survey --question safe --yes 'Very safe' --yes 'Fairly safe'
  wardmote analyse survey --survey crime-survey --question belongs --yes Yes \\
    --respondents 'Ethnic group: Other' --margin 0.03
  wardmote analyse survey --input answers.csv --value safe --yes yes --weight weight --group district \\
    --this Stockport --margin 0.05

The file has one row for each respondent."
)]
pub(super) struct SurveyArguments {
    #[command(flatten)]
    source: Source,
    /// A survey of the partnership, as sources/ names it: the area is held against the rest of its
    /// respondents
    #[arg(long, value_name = "SOURCE", conflicts_with = "input", requires = "question")]
    survey: Option<String>,
    /// The question, as the source's declaration names it
    #[arg(long, value_name = "QUESTION", requires = "survey")]
    question: Option<String>,
    /// Only these respondents, such as 'Ethnic group: Other'
    #[arg(long, value_name = "GROUP", requires = "survey")]
    respondents: Option<String>,
    /// The wave, where the source holds several
    #[arg(long, value_name = "WAVE", requires = "survey")]
    wave: Option<String>,
    /// The column of answers
    #[arg(long, value_name = "COLUMN", required_unless_present = "survey")]
    value: Option<String>,
    /// The answer that is counted; may be given again for more than one
    #[arg(long, value_name = "ANSWER", default_value = "1")]
    yes: Vec<String>,
    /// The column of weights
    #[arg(long, value_name = "COLUMN")]
    weight: Option<String>,
    /// The column of groups, such as districts
    #[arg(long, value_name = "COLUMN", required_unless_present = "survey")]
    group: Option<String>,
    /// The group that is held against the rest
    #[arg(long, value_name = "GROUP", required_unless_present = "survey")]
    this: Option<String>,
    /// The largest difference of shares that "the same" may hide, such as 0.05
    #[arg(long)]
    margin: Option<f64>,
}

impl SurveyArguments {
    fn of_file(&self) -> anyhow::Result<Answers> {
        let columns = SurveyColumns {
            value: self.value.clone().unwrap_or_default(),
            yes: self.yes.clone(),
            weight: self.weight.clone(),
            group: self.group.clone().unwrap_or_default(),
            this: self.this.clone().unwrap_or_default(),
        };
        Ok(Answers::of_file(&self.source.own_file()?, &columns)?)
    }

    async fn of_lake(&self, at: &At, survey: &str) -> anyhow::Result<Answers> {
        let partnership = Partnership::open_at(at)?;
        let lake = partnership.lake().await?;
        let observed = Observed::gather_survey(&lake, &partnership.folder, survey)?;
        work_under_agreement(&observed, [survey], self.source.agreement.as_deref())?;
        let asked = SurveyQuestion {
            source: survey.to_owned(),
            question: self.question.clone().unwrap_or_default(),
            answers: self.yes.clone(),
            group: self.respondents.clone(),
            wave: self.wave.clone(),
            equivalence_margin: None,
            whole_name: String::new(),
        };
        Ok(Answers::of_lake(&observed, &asked, self.source.area.as_ref())?)
    }
}

impl Analyse for SurveyArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let answers = match &self.survey {
            Some(survey) => self.of_lake(at, survey).await?,
            None => self.of_file()?,
        };
        Ok(survey(&answers, self.margin)?)
    }
}

/// Did the harm change, each kind weighing what it weighs?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse harm --measure harm --change 2023-05
  wardmote analyse harm --input kinds.csv --id kind --date month --value n --weight days --change 2024-01")]
pub(super) struct HarmArguments {
    #[command(flatten)]
    source: Source,
    /// The column that names the kinds
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    id: Option<String>,
    /// The column of counts
    #[arg(long, value_name = "COLUMN")]
    value: Option<String>,
    /// The column of months
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    date: Option<String>,
    /// The column of weights, such as days of sentence
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    weight: Option<String>,
    /// The first month of the later period; as many months before are the earlier
    #[arg(long, value_name = "MONTH")]
    change: String,
}

impl Analyse for HarmArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let panel = if let Some(file) = self.source.file()? {
            let columns = PanelColumns {
                id: self.id.clone().context("name the column of kinds with --id")?,
                value: self.value.clone(),
                date: self.date.clone(),
                population: self.weight.clone(),
                ..PanelColumns::default()
            };
            Panel::of_file("harm", &file, &columns)?
        } else {
            let FromLake { observed, measure, .. } = self.source.observed(at, None).await?;
            let (area, months) = (self.source.area.as_ref(), self.source.months());
            Panel::of_kinds("harm", &observed, &measure, area, months)?
        };
        Ok(harm(&panel, &self.change)?)
    }
}

/// Is one group searched more, and as fruitfully?
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote analyse disproportionality --measure stop-and-search --this Black --reference White
  wardmote analyse disproportionality --input searches.csv --date month --group ethnicity \\
    --searches n --finds found --residents residents --this Black --reference White --not-recorded 120

A measure declares its groups (docs/methods/disproportionality.md). The file has one row for each group
and month.")]
pub(super) struct DisproportionalityArguments {
    #[command(flatten)]
    source: Source,
    #[command(flatten)]
    columns: SearchColumnOptions,
    /// The group in question
    #[arg(long, value_name = "GROUP")]
    this: String,
    /// The group that it is held against
    #[arg(long, value_name = "GROUP")]
    reference: String,
}

/// Columns of searches by group, of a file.
#[derive(Debug, clap::Args)]
struct SearchColumnOptions {
    /// The column of months
    #[arg(long, value_name = "COLUMN", default_value = "month")]
    date: String,
    /// The column of groups
    #[arg(long, value_name = "COLUMN", default_value = "group")]
    group: String,
    /// The column of searches
    #[arg(long, value_name = "COLUMN", default_value = "searches")]
    searches: String,
    /// The column of searches that found something
    #[arg(long, value_name = "COLUMN", default_value = "finds")]
    finds: String,
    /// The column of the groups' residents
    #[arg(long, value_name = "COLUMN", default_value = "residents")]
    residents: String,
    /// Searches in the same months whose group was not recorded
    #[arg(long, value_name = "SEARCHES", default_value_t = 0)]
    not_recorded: u64,
}

impl Analyse for DisproportionalityArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, at: &At) -> anyhow::Result<Analysis> {
        let asked = TwoGroups { this: self.this.clone(), reference: self.reference.clone() };
        let searches = if let Some(file) = self.source.file()? {
            let SearchColumnOptions { date, group, searches, finds, residents, .. } = &self.columns;
            let columns = SearchColumns {
                date: date.clone(),
                group: group.clone(),
                searches: searches.clone(),
                finds: finds.clone(),
                residents: residents.clone(),
            };
            Searches::of_file(&file, &columns, asked, self.columns.not_recorded)?
        } else {
            let FromLake { observed, measure, .. } = self.source.observed(at, None).await?;
            let (area, months) = (self.source.area.as_ref(), self.source.months());
            Searches::of_measure(&observed, &measure, area, months, asked)?
        };
        Ok(disproportionality(&searches)?)
    }
}

/// Which problems come first, and how firm is that?
#[derive(Debug, clap::Args)]
#[command(after_help = "Example:
  wardmote analyse prioritise --input problems.csv --id problem --harm-weights 3,2,1,2,1 --top 3

The file has one row for each problem, with columns physical, psychological, financial, community,
environmental, likelihood, organisational_position and confidence, scored 1 to --highest.")]
pub(super) struct PrioritiseArguments {
    #[command(flatten)]
    source: Source,
    /// The column that names the problems
    #[arg(long, value_name = "COLUMN", required_unless_present = "measure")]
    id: Option<String>,
    /// The highest score of the scale
    #[arg(long, default_value_t = 5)]
    highest: u8,
    /// Weights of physical, psychological, financial, community and environmental harm
    #[arg(long, value_name = "WEIGHTS", value_delimiter = ',', default_value = "1,1,1,1,1")]
    harm_weights: Vec<f64>,
    /// The share of the total that the organisation's position has
    #[arg(long, default_value_t = 0.2)]
    organisational_share: f64,
    /// How many count as the top
    #[arg(long, default_value_t = 3)]
    top: usize,
    /// Each weight is drawn from this share below it to as much above
    #[arg(long, default_value_t = 0.25)]
    weight_range: f64,
    /// The chance that a score moves by one step
    #[arg(long, default_value_t = 0.3)]
    step_probability: f64,
    /// How often all is drawn
    #[arg(long, default_value_t = 5000)]
    draws: usize,
    /// What is drawn from
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

impl Analyse for PrioritiseArguments {
    fn source(&self) -> &Source {
        &self.source
    }

    async fn analyse(&self, _: &At) -> anyhow::Result<Analysis> {
        let harm_weights = <[f64; 5]>::try_from(self.harm_weights.clone())
            .ok()
            .context("--harm-weights takes five: physical, psychological, financial, community, environmental")?;
        let matrix = Matrix {
            highest_score: self.highest,
            harm_weights,
            organisational_share: self.organisational_share,
        };
        let sensitivity = Sensitivity {
            weight_range: self.weight_range,
            step_probability: self.step_probability,
            top: self.top,
            n_draws: self.draws,
            seed: self.seed,
        };
        let id = self.id.as_deref().unwrap_or_default();
        Ok(prioritise(&self.source.own_file()?, id, matrix, sensitivity)?)
    }
}
