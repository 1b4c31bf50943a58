//! A cluster of PostgreSQL of the tests' own: in a temporary folder, on loopback, ended by the last
//! test that holds it.

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use tempfile::TempDir;
use wardmote_records::Location;

pub(crate) struct Cluster {
    programs: PathBuf,
    folder: TempDir,
    port: u16,
    settings: String,
}

static RUNNING: Mutex<Weak<Cluster>> = Mutex::new(Weak::new());
static DATABASES: AtomicU32 = AtomicU32::new(0);

impl Cluster {
    /// The cluster, or `None`, said aloud, where PostgreSQL is not installed. In CI that is a failure.
    pub(crate) fn get() -> Option<Arc<Self>> {
        let mut running = RUNNING.lock().unwrap();
        if let Some(cluster) = running.upgrade() {
            return Some(cluster);
        }
        let cluster = Arc::new(Self::start(programs_or_skip()?, "-c fsync=off"));
        *running = Arc::downgrade(&cluster);
        Some(cluster)
    }

    /// One of a test's own, which keeps its promises when it is killed.
    pub(crate) fn durable() -> Option<Self> {
        Some(Self::start(programs_or_skip()?, ""))
    }

    /// Kills the server (SIGKILL) and starts it again.
    pub(crate) fn kill_and_restart(&self) {
        let pid = std::fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        let pid = pid.lines().next().unwrap().to_owned();
        assert!(Command::new("kill").args(["-9", &pid]).status().unwrap().success());
        // Its children see that it is gone and end; until then a new one does not start.
        for _ in 0..100 {
            std::thread::sleep(std::time::Duration::from_millis(100));
            if self.try_run("pg_ctl", &self.start_words()) {
                return;
            }
        }
        panic!("PostgreSQL does not start again");
    }

    fn start(programs: PathBuf, settings: &str) -> Self {
        let folder = tempfile::Builder::new().prefix("wardmote-postgres").tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        if is_root() {
            // PostgreSQL refuses to run as root; Debian's package brings this user.
            let owned = Command::new("chown").arg("-R").arg("postgres").arg(folder.path()).status();
            assert!(owned.unwrap().success());
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let cluster = Self { programs, folder, port, settings: settings.to_owned() };
        cluster.run(
            "initdb",
            &["--no-sync", "--auth=trust", "--encoding=UTF8", "--locale=C", "--username=tests"],
        );
        cluster.run("pg_ctl", &cluster.start_words());
        cluster
    }

    fn start_words(&self) -> [String; 6] {
        let (sockets, port) = (self.folder.path().display(), self.port);
        let options = format!("-h 127.0.0.1 -p {port} -k {sockets} {}", self.settings);
        let log = self.folder.path().join("log").display().to_string();
        ["-w", "-l", log.as_str(), "-o", options.as_str(), "start"].map(str::to_owned)
    }

    /// A new, empty database.
    pub(crate) fn database(&self) -> Location {
        let name = format!("records_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
        let created = Command::new(self.programs.join("createdb"))
            .args(["-h", "127.0.0.1", "-U", "tests", "-p", &self.port.to_string(), &name])
            .status();
        assert!(created.unwrap().success());
        Location::Postgres(format!("postgres://tests@127.0.0.1:{}/{name}", self.port))
    }

    fn run(&self, program: &str, words: &[impl AsRef<std::ffi::OsStr>]) {
        assert!(self.try_run(program, words), "{program}");
    }

    fn try_run(&self, program: &str, words: &[impl AsRef<std::ffi::OsStr>]) -> bool {
        let path = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(path);
            command
        } else {
            Command::new(path)
        };
        command.current_dir(self.folder.path()).arg("-D").arg(self.folder.path().join("data"));
        command.args(words).stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        command.status().unwrap().success()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-m", "immediate", "-w", "stop"]);
    }
}

/// The programs, or `None`, said aloud, where PostgreSQL is not installed. In CI that is a failure.
fn programs_or_skip() -> Option<PathBuf> {
    let programs = programs();
    if programs.is_none() {
        let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
        assert!(!in_ci, "PostgreSQL is not installed, and CI must test both stores");
        eprintln!("SKIPPED on PostgreSQL: it is not installed (on Debian: apt install postgresql)");
    }
    programs
}

/// Where Debian puts them, the newest version first.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir(Path::new("/usr/lib/postgresql")).ok()?;
    let mut folders: Vec<PathBuf> =
        versions.filter_map(|entry| Some(entry.ok()?.path().join("bin"))).collect();
    folders.sort();
    folders.into_iter().rev().find(|folder| folder.join("initdb").is_file())
}

fn is_root() -> bool {
    let user = Command::new("id").arg("-u").output().unwrap();
    String::from_utf8_lossy(&user.stdout).trim() == "0"
}

/// Runs a check on a new store of each kind.
pub(crate) async fn on_both(check: impl AsyncFn(Location)) {
    let folder = tempfile::tempdir().unwrap();
    check(Location::Sqlite(folder.path().join("records.db"))).await;
    if let Some(cluster) = Cluster::get() {
        check(cluster.database()).await;
    }
}
