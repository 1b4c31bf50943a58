//! Connections: how many, how long, and how they end.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// Connections at one time, where the system lets the process have so many files; those after them
/// wait to be accepted.
const MOST_CONNECTIONS: usize = 2_048;
/// Files kept for all else: the lake's, the publication's, the runtime's.
const OTHER_FILES: usize = 256;
/// How long a reader may take to send a request, or to keep a connection without one.
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
/// How long one connection may go on asking; what it has asked for is still sent to its end.
const CONNECTION_WITHIN: Duration = Duration::from_mins(2);
/// How long a reader may take for what is sent to it after that.
const LAST_ANSWER_WITHIN: Duration = Duration::from_mins(1);
/// How long requests under way may take after the server was told to end.
const END_WITHIN: Duration = Duration::from_secs(10);
/// Largest request head, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;

/// Answers until the process is told to end (Ctrl-C or SIGTERM); what is under way is finished.
///
/// Connections are taken from the start. Until `site` is there they are answered by `meanwhile`; then
/// `is_there` is called. If it cannot be made, that is the end.
pub(crate) async fn serve(
    listener: TcpListener,
    meanwhile: Router,
    site: impl Future<Output = anyhow::Result<Router>> + Send + 'static,
    is_there: impl FnOnce(),
) -> anyhow::Result<()> {
    let (show, shown) = watch::channel(meanwhile);
    let (tell, told) = watch::channel(());
    let most = most_connections();
    let places = Arc::new(Semaphore::new(most));
    let mut end = pin!(told_to_end()?);
    let mut site = tokio::spawn(site);
    let mut is_there = Some(is_there);
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let accepted = tokio::select! {
            accepted = async { (place.await, listener.accept().await) } => accepted,
            made = &mut site, if is_there.is_some() => {
                let site = made.context("the site could not be made")??;
                let _before = show.send_replace(site);
                if let Some(tell) = is_there.take() {
                    tell();
                }
                continue;
            }
            () = &mut end => break,
        };
        let (Ok(place), Ok((stream, _))) = accepted else {
            // Out of file descriptors, most likely: those that end give some back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (shown, told) = (shown.clone(), told.clone());
        tokio::spawn(async move {
            converse(stream, shown, told).await;
            drop(place);
        });
    }
    drop(listener);
    tell.send_replace(());
    let all = u32::try_from(most).unwrap_or(u32::MAX);
    let _finished = timeout(END_WITHIN, places.acquire_many(all)).await;
    Ok(())
}

/// Answers one connection until it or its time ends. A reader who goes away or is too slow is no event
/// worth a line.
async fn converse(
    stream: TcpStream,
    shown: watch::Receiver<Router>,
    mut told: watch::Receiver<()>,
) {
    let service = service_fn(move |request: Request<Incoming>| {
        TowerToHyperService::new(shown.borrow().clone()).call(request)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(REQUEST_WITHIN).max_buf_size(LARGEST_HEAD);
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        _ended = connection.as_mut() => return,
        () = tokio::time::sleep(CONNECTION_WITHIN) => {}
        _ = told.changed() => {}
    }
    // What was asked for is still sent; nothing more is read.
    connection.as_mut().graceful_shutdown();
    let _ended = timeout(LAST_ANSWER_WITHIN, connection).await;
}

/// How many connections there may be, after asking the system for as many files as they take: a
/// process often starts with 1,024, and may have more for the asking.
fn most_connections() -> usize {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let wanted = (MOST_CONNECTIONS + OTHER_FILES) as u64;
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let more = maximum.map_or(wanted, |maximum| maximum.min(wanted));
    let mut files = current.unwrap_or(u64::MAX);
    if files < more && setrlimit(Resource::Nofile, Rlimit { current: Some(more), maximum }).is_ok()
    {
        files = more;
    }
    let files = usize::try_from(files).unwrap_or(usize::MAX);
    let most = files.saturating_sub(OTHER_FILES).clamp(1, MOST_CONNECTIONS);
    if most < MOST_CONNECTIONS {
        tracing::warn!("this process may open {files} files, so {most} connections at a time");
    }
    most
}

fn told_to_end() -> anyhow::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for Ctrl-C")?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}
