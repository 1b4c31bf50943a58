//! `wardmote init`: a new partnership's folder, with every file explained.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::Outcome;

/// Make a new partnership's folder, with a declaration of each kind to start from
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Example:\n  wardmote init my-partnership --name \"Anytown Community Safety Partnership\" --district E06000032 --force bedfordshire"
)]
pub(crate) struct Arguments {
    /// The folder to make; it must not be there yet
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Full name of the partnership
    #[arg(long)]
    name: String,
    /// ONS code of its district
    #[arg(long, value_name = "CODE")]
    district: wardmote_domain::area::AreaCode,
    /// Its police force, as data.police.uk writes it in file names
    #[arg(long)]
    force: String,
}

pub(crate) fn run(here: &Path, arguments: &Arguments) -> anyhow::Result<Outcome> {
    let folder = here.join(&arguments.folder);
    anyhow::ensure!(!folder.exists(), "{} is there already; give another folder", folder.display());
    let name = toml_text(&arguments.name);
    let force = toml_text(&arguments.force);
    let files = [
        ("partnership.toml", format!(
            "name = {name}\nareas = [\"{}\"]\narea_vintage = \"lsoa-2021\"\ndistrict_level = \"district-2024\"\npeers = []\n\
             police_force = {force}\n# Where the sources' files lie, from this folder; \"$NAME\" for the folder named by a variable.\ndata = \"data\"\n",
            arguments.district
        )),
        ("sources/police-street.toml", include_str!("../../templates/police-street.toml").replace("FORCE", &arguments.force)),
        ("measures/recorded-crime.toml", include_str!("../../templates/recorded-crime.toml").to_owned()),
        ("measures/anti-social-behaviour.toml", include_str!("../../templates/anti-social-behaviour.toml").to_owned()),
        ("assessment/statutory.toml", include_str!("../../templates/statutory.toml").to_owned()),
        ("assessment/assessment.toml", include_str!("../../templates/assessment.toml").to_owned()),
        ("assessment/levels.md", "Recorded crime {{crime-change}}.\n".to_owned()),
        ("assessment/claims.toml", "[crime-change]\nmeasure = \"recorded-crime\"\ncompare = { period = \"2023/24\", with = \"2022/23\" }\n".to_owned()),
        ("plan/settings.toml", include_str!("../../templates/plan-settings.toml").replace("DISTRICT", arguments.district.as_str())),
        (".gitignore", include_str!("../../templates/gitignore").to_owned()),
    ];
    for (file, text) in files {
        let path = folder.join(file);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent).with_context(|| parent.display().to_string())?;
        }
        std::fs::write(&path, text).with_context(|| path.display().to_string())?;
        println!("{}", path.display());
    }
    println!(
        "\nNext: put the police's files into {}/data, and run `wardmote -C {} ingest`.",
        folder.display(),
        folder.display()
    );
    Ok(Outcome::Done)
}

fn toml_text(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
