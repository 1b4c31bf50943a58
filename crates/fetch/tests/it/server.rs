//! A small HTTP server on this machine: it notes what it is asked, and answers as it is told.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

const MOST_CONNECTIONS: usize = 500;

/// One request that the server saw.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    /// The path and query; the first folder is the host that a mirror stands for.
    pub(crate) path: String,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) at: Instant,
}

impl Seen {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }

    /// A value of the query, still encoded.
    pub(crate) fn query(&self, name: &str) -> Option<&str> {
        let (_, query) = self.path.split_once('?')?;
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(n, _)| *n == name)
            .map(|p| p.1)
    }
}

/// What the server answers, and how it misbehaves.
#[derive(Debug, Clone, Default)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) body: Vec<u8>,
    /// End the connection after so many bytes of the body.
    pub(crate) cut_after: Option<usize>,
    /// Be silent for so long before the body.
    pub(crate) silence: Duration,
    /// Do not say how long the body is.
    pub(crate) without_length: bool,
}

impl Reply {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, body: body.into(), ..Self::default() }
    }

    pub(crate) fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    pub(crate) fn cut_after(self, n_bytes: usize) -> Self {
        Self { cut_after: Some(n_bytes), ..self }
    }

    /// A file as a careful server gives it: by range, and only if it is another version.
    pub(crate) fn file(seen: &Seen, body: &[u8], etag: &str) -> Self {
        let total = body.len();
        if seen.header("if-none-match") == Some(etag) {
            return Self::new(304, "").with("ETag", etag);
        }
        let begin = seen.header("range").and_then(|range| range.strip_prefix("bytes="));
        let begin = begin.and_then(|range| range.strip_suffix('-')?.parse::<usize>().ok());
        let begin = begin.filter(|_| seen.header("if-range").is_none_or(|known| known == etag));
        match begin {
            Some(begin) if begin >= total => {
                Self::new(416, "").with("Content-Range", format!("bytes */{total}"))
            }
            Some(begin) => Self::new(206, &body[begin..])
                .with("ETag", etag)
                .with("Content-Range", format!("bytes {begin}-{}/{total}", total - 1)),
            None => Self::new(200, body).with("ETag", etag),
        }
    }
}

/// The server. It ends, and its thread with it, when it is dropped.
pub(crate) struct Server {
    address: SocketAddr,
    seen: Arc<Mutex<Vec<Seen>>>,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts; `answer` is told the request and how many came before it.
    pub(crate) fn start(mut answer: impl FnMut(&Seen, usize) -> Reply + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let ends = Arc::new(AtomicBool::new(false));
        let (noted, end) = (Arc::clone(&seen), Arc::clone(&ends));
        let thread = thread::spawn(move || {
            for stream in listener.incoming().take(MOST_CONNECTIONS) {
                if end.load(Ordering::SeqCst) {
                    return;
                }
                let Ok(stream) = stream else { continue };
                stream.set_read_timeout(Some(Duration::from_secs(5))).unwrap();
                let Some(request) = read_request(&stream) else { continue };
                let n_before = noted.lock().unwrap().len();
                let reply = answer(&request, n_before);
                noted.lock().unwrap().push(request);
                // A client that has had enough may hang up.
                let _ = send(stream, &reply);
            }
        });
        Self { address, seen, ends, thread: Some(thread) }
    }

    /// The address to use as a mirror.
    pub(crate) fn mirror(&self) -> String {
        format!("http://{}", self.address)
    }

    /// All requests so far.
    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Wakes the thread, which waits for a connection.
        drop(TcpStream::connect(self.address));
        if let Some(thread) = self.thread.take() {
            let ended = thread.join();
            assert!(ended.is_ok() || thread::panicking(), "the test's server panicked");
        }
    }
}

fn read_request(stream: &TcpStream) -> Option<Seen> {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok);
    let first = lines.next()?;
    let path = first.strip_prefix("GET ")?.strip_suffix(" HTTP/1.1")?.to_owned();
    let mut headers = BTreeMap::new();
    for line in lines {
        let Some((name, value)) = line.split_once(':') else { break };
        headers.insert(name.to_ascii_lowercase(), value.trim().to_owned());
    }
    Some(Seen { path, headers, at: Instant::now() })
}

fn send(mut stream: TcpStream, reply: &Reply) -> std::io::Result<()> {
    let mut head = format!("HTTP/1.1 {} Said\r\nConnection: close\r\n", reply.status);
    if !reply.without_length && reply.status != 304 {
        head.extend(["Content-Length: ", &reply.body.len().to_string(), "\r\n"]);
    }
    for (name, value) in &reply.headers {
        head.extend([*name, ": ", value, "\r\n"]);
    }
    stream.write_all((head + "\r\n").as_bytes())?;
    thread::sleep(reply.silence);
    let end = reply.cut_after.unwrap_or(reply.body.len()).min(reply.body.len());
    stream.write_all(&reply.body[..end])?;
    stream.flush()
}
