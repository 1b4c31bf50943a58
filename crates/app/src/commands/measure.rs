//! `wardmote measure`: a measure by area and period.

use wardmote_domain::area::AreaLevel;
use wardmote_domain::period::Period;
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::declarations::Form;
use wardmote_evidence::numbers::{one_decimal, thousands};
use wardmote_evidence::observed::Observed;
use wardmote_evidence::tabulate::{Step, periods, tabulate};

use crate::Outcome;
use crate::console::{self, Format};
use crate::place::{At, Partnership};

/// Print a measure by area and period, with 95% limits
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  wardmote measure recorded-crime --by financial-year
  wardmote measure recorded-crime --level ward-2024 --by calendar-year --as rate
  wardmote measure anti-social-behaviour --period 2023/24 --by month --format csv")]
pub(crate) struct Arguments {
    /// The measure, as measures/ names it; without one, the measures are listed
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// The areas: the district itself if not given
    #[arg(long)]
    level: Option<AreaLevel>,
    /// Cut the time by month, quarter, calendar-year, financial-year, rolling-year or whole
    #[arg(long, default_value = "financial-year")]
    by: Step,
    /// Only this period
    #[arg(long)]
    period: Option<Period>,
    /// As count, rate, share, or harm by the measure's declared weights
    #[arg(long = "as", default_value = "count", value_parser = parse_form)]
    form: Form,
    /// The peers' areas too
    #[arg(long)]
    peers: bool,
    /// The sharing agreement that you work under, for a measure of a controlled source; nothing that
    /// is printed so may be published or passed on
    #[arg(long, value_name = "AGREEMENT")]
    agreement: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
}

fn parse_form(text: &str) -> Result<Form, String> {
    match text {
        "count" => Ok(Form::Count),
        "rate" => Ok(Form::Rate),
        "share" => Ok(Form::Share),
        "harm" => Ok(Form::Harm),
        _ => Err("write count, rate, share or harm".into()),
    }
}

pub(crate) async fn run(at: &At, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let partnership = Partnership::open_at(at)?;
    let Some(id) = &arguments.id else {
        let measures = partnership.folder.measures.values();
        let rows: Vec<Vec<String>> =
            measures.map(|m| vec![m.id.clone(), m.to_string(), m.definition.clone()]).collect();
        console::print(arguments.format, &["id", "title", "definition"], &rows)?;
        return Ok(Outcome::Done);
    };
    let lake = partnership.lake().await?;
    let level = arguments.level.unwrap_or(partnership.folder.partnership.district_level);
    let observed = Observed::gather_measure(&lake, &partnership.folder, id, level)?;
    let measure = observed.measure(id)?;
    work_under_agreement(&observed, measure.sources(), arguments.agreement.as_deref())?;
    let run = match &arguments.period {
        Some(period) => Some((period.first(), period.last())),
        None => observed.known_run(&measure.numerator.source)?,
    };
    let cut = run.map(|(first, last)| periods(first, last, arguments.by)).unwrap_or_default();
    if run.is_none() {
        let source = &measure.numerator.source;
        eprintln!("not known: no month of source {source:?} has come from those who should report");
        for reason in observed.declared_gaps(source) {
            eprintln!("{reason}");
        }
        return Ok(Outcome::Wrong);
    }
    if cut.is_empty() {
        eprintln!("no whole period of that kind has been loaded; try --by month");
        return Ok(Outcome::Wrong);
    }
    let mut districts = observed.partnership.areas.clone();
    if arguments.peers {
        districts.extend(observed.partnership.peers.iter().cloned());
    }
    let cells = tabulate(&observed, measure, level, &districts, &cut, arguments.form)?;
    let table = arguments.format == Format::Table;
    let whole = |n: Option<u64>| {
        n.map(|n| if table { thousands(n) } else { n.to_string() }).unwrap_or_default()
    };
    let number = |x: Option<f64>| {
        x.map(|x| if table { one_decimal(x) } else { x.to_string() }).unwrap_or_default()
    };
    let rows: Vec<Vec<String>> = cells
        .iter()
        .map(|cell| {
            vec![
                cell.area.clone(),
                cell.name.clone(),
                cell.period.clone(),
                whole(cell.n),
                whole(cell.base),
                number(cell.value),
                number(cell.lower),
                number(cell.upper),
                cell.note.clone().unwrap_or_default(),
            ]
        })
        .collect();
    let headings = ["area", "name", "period", "n", "base", "value", "lower", "upper", "note"];
    console::print(arguments.format, &headings, &rows)?;
    Ok(Outcome::Done)
}

/// Figures of a controlled source are printed only to one who names its agreement.
pub(crate) fn work_under_agreement(
    observed: &Observed,
    sources: impl IntoIterator<Item = impl AsRef<str>>,
    named: Option<&str>,
) -> anyhow::Result<()> {
    for id in sources {
        let id = id.as_ref();
        let Some(source) = observed.sources.get(id) else { continue };
        if source.disclosure == Disclosure::Open {
            continue;
        }
        let agreement = source.agreement.as_deref().unwrap_or_default();
        anyhow::ensure!(
            named == Some(agreement),
            "source {id:?} is shared under agreement {agreement:?}. Its figures leave only in an assessment, \
             protected together; if you work under that agreement, give --agreement {agreement}"
        );
        let marking = source.marking.as_deref().unwrap_or("OFFICIAL-SENSITIVE");
        eprintln!("{marking}: under agreement {agreement}; not protected, not to be published");
        observed.under_agreement();
    }
    Ok(())
}
