//! `wardmote serve`: the partnership's site.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use tokio::net::TcpListener;
use wardmote_reports::Assets;
use wardmote_reports::site::SiteFiles;

use crate::Outcome;
use crate::commands::assess::assets_folder;
use crate::commands::records::Where;
use crate::serve;

/// Serve the partnership's site: what is published, what has come, and every area
///
/// Everything on it is public and read-only, except the signed-in pages below work/, which are there
/// where the folder has operational records. It listens on this machine alone unless --listen says
/// otherwise, speaks plain HTTP, and belongs behind the web server that holds the certificate. Ctrl-C
/// ends it. The address is printed when the pages are there; until then each says that it is being loaded.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  wardmote serve\n  wardmote serve partnerships/leeds partnerships/luton --listen 127.0.0.1:9000"
)]
pub(crate) struct Arguments {
    /// Partnerships' folders; with several, each is served under its folder's name
    #[arg(value_name = "FOLDER")]
    folders: Vec<PathBuf>,
    /// Address and port; port 0 takes any that is free
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// Print the signed-in pages with who may ask for each, and end
    #[arg(long)]
    signed_in_pages: bool,
}

/// For whoever reviews access: the same list that the server is made from.
fn list_pages() -> Outcome {
    for entry in serve::workbench::routes().entries() {
        println!("{}\twork/{}\t{}", entry.method, entry.path, entry.needs);
    }
    Outcome::Done
}

/// How long nothing is said of loading.
const SAID_AFTER: Duration = Duration::from_secs(1);

pub(crate) async fn run(at: &Where, arguments: &Arguments) -> anyhow::Result<Outcome> {
    if arguments.signed_in_pages {
        return Ok(list_pages());
    }
    let folders = match arguments.folders.as_slice() {
        [] => vec![at.folder.clone()],
        given => given.to_vec(),
    };
    let listener = TcpListener::bind(arguments.listen)
        .await
        .with_context(|| format!("cannot listen on {}", arguments.listen))?;
    let address = format!("http://{}/", listener.local_addr()?);
    let assets = assets_folder()?;
    let files = SiteFiles::load(&assets)?;
    let assets = Assets::load(&assets)?;
    let first = serve::First::default();
    let meanwhile = serve::loading(&assets, first.clone())?;
    let shown = address.clone();
    let patient = tokio::spawn(async move {
        tokio::time::sleep(SAID_AFTER).await;
        eprintln!("loading; {shown} says so until the pages are there");
    });
    let records = at.named.clone();
    let site =
        async move { serve::site(&folders, records.as_deref(), assets, &files, first).await };
    let is_there = || {
        patient.abort();
        println!("{address}");
    };
    serve::serve(listener, meanwhile, site, is_there).await?;
    Ok(Outcome::Done)
}
