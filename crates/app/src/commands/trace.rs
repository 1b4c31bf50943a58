//! `wardmote trace`: from a sentence or figure back to the rows of the files.

use std::path::PathBuf;

use anyhow::bail;
use wardmote_domain::area::AreaCode;
use wardmote_domain::period::Period;
use wardmote_domain::provenance::Disclosure;
use wardmote_evidence::evidence_file::EvidenceFile;
use wardmote_evidence::figure::Figure;
use wardmote_evidence::numbers::{thousands, two_decimals};
use wardmote_lake::{CountQuery, SnapshotId};

use crate::Outcome;
use crate::commands::moves;
use crate::commands::plan::joint;
use crate::commands::records::Where;
use crate::place::{At, Partnership};

/// Follow a figure or claim to its definition, query, files, hashes and rows
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  wardmote trace crime-change\n  wardmote trace f-0123456789ab --rows 20"
)]
pub(crate) struct Arguments {
    /// A figure id such as f-0123456789ab, the name of a claim, or the reference of a priority, action or
    /// measure of the plan; without one, all figures are listed
    #[arg(value_name = "FIGURE")]
    figure: Option<String>,
    /// The evidence of the publication; published/evidence.json if not given
    #[arg(long, value_name = "FILE")]
    evidence: Option<PathBuf>,
    /// How many of the counted rows to list
    #[arg(long, default_value = "5")]
    rows: usize,
}

pub(crate) async fn run(at: &At, store: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let path = arguments
        .evidence
        .clone()
        .unwrap_or_else(|| at.folder.join("published").join("evidence.json"));
    let evidence = EvidenceFile::read(&path)?;
    let Some(wanted) = &arguments.figure else {
        for figure in evidence.figures.values() {
            println!("{}  {}: {}", figure.id, figure.label, figure.text);
        }
        return Ok(Outcome::Done);
    };
    let id = evidence.answers.get(wanted).map_or(wanted.as_str(), |answer| answer.figure.as_str());
    let Some(figure) = evidence.figures.values().find(|figure| figure.id.as_str() == id) else {
        if joint::print_from_plan(store, wanted).await? {
            return Ok(Outcome::Done);
        }
        bail!(
            "{} holds no figure or claim {wanted:?}, and the plan no item of this reference; run `wardmote trace` without one to list the figures",
            path.display()
        );
    };
    if let Some(answer) = evidence.answers.get(wanted) {
        println!("Claim {wanted}: {}\n", answer.statement);
    }
    print_figure(figure, &evidence);
    joint::print_from_evidence(store, wanted, id).await?;
    print_moves(at, wanted, figure, &evidence).await?;
    if figure.disclosure == Disclosure::Controlled {
        println!("\nThe rows of a controlled source are not listed.");
        return Ok(Outcome::Done);
    }
    print_rows(at, figure, &evidence, arguments.rows).await
}

fn print_figure(figure: &Figure, evidence: &EvidenceFile) {
    println!("Figure      {}", figure.id);
    println!("Value       {}", figure.text);
    if let Some((lower, upper)) = figure.interval {
        println!("95% limits  {} to {}", two_decimals(lower), two_decimals(upper));
    }
    println!("Rests on    {} events or answers", thousands(figure.n));
    println!("What        {}", figure.label);
    println!("Measure     {}", figure.measure.as_deref().unwrap_or("none"));
    println!("Definition  {}", figure.definition);
    println!("Method      {}", figure.method);
    for (name, value) in &figure.parameters {
        println!("            {name} = {value}");
    }
    if let Some(population) = &figure.population {
        println!("Over        {population}");
    }
    println!("Query       {}", figure.query);
    println!("Vintage     {}", figure.snapshot);
    if let Some(caution) = &figure.caution {
        println!("Mind        {caution}");
    }
    if figure.disclosure == Disclosure::Controlled {
        println!("\nFiles       shared under an agreement, and not listed");
        return;
    }
    println!("\nFiles ({})", figure.loads.len());
    for load in figure.loads.iter().filter_map(|id| evidence.loads.get(id)) {
        println!("  {}", load.file);
        println!("    sha256 {}", load.sha256);
        println!(
            "    {} rows read, {} kept, {} refused, {} without a place; {}, {}",
            thousands(load.rows_read),
            thousands(load.rows_kept),
            thousands(load.rows_refused),
            thousands(load.without_place),
            load.publisher,
            load.licence
        );
    }
}

/// Says what the figure and its sentence have become since, where the lake has moved on.
async fn print_moves(
    at: &At,
    wanted: &str,
    figure: &Figure,
    evidence: &EvidenceFile,
) -> anyhow::Result<()> {
    let partnership = Partnership::open_at(at)?;
    let Ok(lake) = partnership.lake().await else { return Ok(()) };
    if lake.snapshot_id().to_string() == evidence.snapshot {
        return Ok(());
    }
    let since = moves::since(&partnership, evidence).await?;
    println!("\nSince then  the evidence has become vintage {}", lake.snapshot_id());
    let of_figure = since.figures.iter().filter(|moved| moved.what == figure.key);
    let of_claim = since.sentences.iter().filter(|moved| moved.what == *wanted);
    let moved: Vec<_> = of_figure.chain(of_claim).collect();
    for one in &moved {
        println!("Now         {}", one.now);
        println!("Because     {}", one.why);
    }
    if moved.is_empty() {
        println!("Now         the same");
    }
    Ok(())
}

async fn print_rows(
    at: &At,
    figure: &Figure,
    evidence: &EvidenceFile,
    limit: usize,
) -> anyhow::Result<Outcome> {
    let measure = figure
        .measure
        .as_ref()
        .and_then(|name| name.split(' ').next())
        .and_then(|id| evidence.measures.get(id));
    let Some(measure) = measure else { return Ok(Outcome::Done) };
    let partnership = Partnership::open_at(at)?;
    // What was published is traced in the vintage that it was computed from, whatever came since.
    let vintage: SnapshotId = figure.snapshot.parse()?;
    let Ok(lake) = partnership.lake_at(&vintage).await else {
        println!(
            "\nVintage {vintage} is not in the lake here; run `wardmote ingest` on its files to list the counted rows."
        );
        return Ok(Outcome::Done);
    };
    let first_period = figure.period.split(" with ").next().unwrap_or_default();
    let (Ok(period), Ok(area)) = (first_period.parse::<Period>(), figure.area.parse::<AreaCode>())
    else {
        return Ok(Outcome::Done);
    };
    let query = CountQuery {
        source: measure.numerator.source.clone(),
        categories: measure.numerator.categories(),
        level: partnership.folder.partnership.district_level,
        areas: Some(vec![area]),
        first: period.first(),
        last: period.last(),
    };
    let rows = lake.row_references(&query, limit)?;
    println!("\nFirst {} of the counted rows", rows.len());
    for row in rows {
        let file = evidence
            .loads
            .get(&row.load_id)
            .map_or(row.load_id.as_str(), |load| load.file.as_str());
        println!("  {file}, line {}: {}, {}", row.line, row.month, row.category.name());
    }
    Ok(Outcome::Done)
}
