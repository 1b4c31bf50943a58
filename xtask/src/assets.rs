//! What the pages are made with: templates, style sheet and script of the GOV.UK Design System.
//!
//! The GDS Transport font, the crest and the icons stay out: they are for services on GOV.UK.

use std::fs;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};

use crate::packages::{Wheels, copy, remove_folder};
use crate::processes::{command, execute, is_installed};
use crate::workspace::Workspace;

/// Change this with the layout below, so that assets laid out before are laid out anew.
const LAYOUT: &str = "layout 2";

const INSTALL: Duration = Duration::from_mins(10);

const LICENCES: &str = "\
govuk-frontend/: from the npm package govuk-frontend. MIT Licence, (c) Crown copyright (Government
Digital Service).

govuk-frontend-jinja/: from the PyPI package govuk-frontend-jinja. MIT Licence, (c) 2020 HM Land
Registry.

maplibre-gl/: from the npm package maplibre-gl. BSD 3-Clause Licence, (c) MapLibre contributors; its
LICENSE.txt lies beside the files.
";

/// `cargo xtask assets`
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> anyhow::Result<()> {
    ensure!(arguments.is_empty(), "assets takes no arguments");
    prepare(workspace)
}

/// Lays the assets out in the target directory, unless they are there as the lock files say.
pub(crate) fn prepare(workspace: &Workspace) -> anyhow::Result<()> {
    let requirements = workspace.root.join("setup/python/requirements-assets.txt");
    let node = workspace.root.join("setup/node");
    let read = |path: &Path| {
        fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
    };
    let locks = [read(&requirements)?, read(&node.join("package-lock.json"))?, LAYOUT.into()];
    let locks = locks.join("\n");
    let assets = workspace.assets();
    let stamp = assets.join("locks.txt");
    if fs::read_to_string(&stamp).is_ok_and(|before| before == locks) {
        println!("assets are up to date in {}", assets.display());
        return Ok(());
    }
    remove_folder(&assets)?;
    lay_out_templates(workspace, &requirements, &assets)?;
    lay_out_frontend(workspace, &node, &assets)?;
    fs::write(assets.join("LICENCES.txt"), LICENCES)?;
    fs::write(stamp, locks)?;
    println!("assets are laid out in {}", assets.display());
    Ok(())
}

fn lay_out_templates(
    workspace: &Workspace,
    requirements: &Path,
    assets: &Path,
) -> anyhow::Result<()> {
    let wheels = Wheels::fetch(workspace, requirements)?;
    let unpacked = workspace.target.join("unpacked");
    wheels.unpack("govuk-frontend-jinja", &["govuk_frontend_jinja/templates/"], &unpacked)?;
    let templates = unpacked.join("govuk_frontend_jinja/templates");
    copy(&templates, &assets.join("govuk-frontend-jinja/templates"))?;
    remove_folder(&unpacked)
}

fn lay_out_frontend(workspace: &Workspace, node: &Path, assets: &Path) -> anyhow::Result<()> {
    ensure!(is_installed("npm"), "Node with npm is needed; on Debian: apt install nodejs npm");
    // npm writes node_modules beside the lock file, and the source tree stays clean of it.
    let work = workspace.target.join("downloads/node");
    for file in ["package.json", "package-lock.json"] {
        copy(&node.join(file), &work.join(file))?;
    }
    let mut npm = command("npm");
    npm.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
    execute(npm.current_dir(&work), INSTALL)?;
    let published = work.join("node_modules/govuk-frontend/dist/govuk");
    let ours = assets.join("govuk-frontend");
    for file in ["govuk-frontend.min.css", "govuk-frontend.min.js"] {
        copy(&published.join(file), &ours.join(file))?;
    }
    let published_map = work.join("node_modules/maplibre-gl");
    let map = assets.join("maplibre-gl");
    copy(&published_map.join("LICENSE.txt"), &map.join("LICENSE.txt"))?;
    for file in ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"] {
        copy(&published_map.join("dist").join(file), &map.join(file))?;
    }
    // The official examples of each component, against which the templates are tested.
    for component in fs::read_dir(published.join("components"))? {
        let component = component?;
        let fixtures = component.path().join("fixtures.json");
        if fixtures.is_file() {
            let folder = ours.join("components").join(component.file_name());
            copy(&fixtures, &folder.join("fixtures.json"))?;
        }
    }
    Ok(())
}
