//! Connections: how many, how long, and how they end.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;

/// Connections at one time; those after them wait to be accepted.
const MOST_CONNECTIONS: usize = 2_048;
/// How long a reader may take to send a request, or to keep a connection without one.
const REQUEST_WITHIN: Duration = Duration::from_secs(10);
/// How long one connection may last, however slowly it reads.
const CONNECTION_WITHIN: Duration = Duration::from_mins(2);
/// How long requests under way may take after the server was told to end.
const END_WITHIN: Duration = Duration::from_secs(10);
/// Largest request head, in bytes.
const LARGEST_HEAD: usize = 32 * 1024;

/// Answers until the process is told to end (Ctrl-C or SIGTERM); what is under way is finished.
pub(crate) async fn serve(listener: TcpListener, router: Router) -> anyhow::Result<()> {
    let service = TowerToHyperService::new(router);
    let places = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    let graceful = GracefulShutdown::new();
    let mut told = std::pin::pin!(told_to_end()?);
    loop {
        let place = Arc::clone(&places).acquire_owned();
        let accepted = tokio::select! {
            accepted = async { (place.await, listener.accept().await) } => accepted,
            () = &mut told => break,
        };
        let (Ok(place), Ok((stream, _))) = accepted else {
            // Out of file descriptors, most likely: those that end give some back.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new())
            .header_read_timeout(REQUEST_WITHIN)
            .max_buf_size(LARGEST_HEAD);
        let connection = http.serve_connection(TokioIo::new(stream), service.clone());
        let connection = graceful.watch(connection);
        tokio::spawn(async move {
            // A reader who went away or was too slow is no event worth a line.
            let _ended = tokio::time::timeout(CONNECTION_WITHIN, connection).await;
            drop(place);
        });
    }
    drop(listener);
    let _finished = tokio::time::timeout(END_WITHIN, graceful.shutdown()).await;
    Ok(())
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
