//! What is loaded survives whatever happens to a run: a second run, a kill, a full disk.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use wardmote_domain::area::AreaLevel;
use wardmote_domain::category::Categories;
use wardmote_lake::read::Progress;
use wardmote_lake::source::SourceDeclaration;
use wardmote_lake::{CountQuery, Lake, LakeError};

use crate::support::{STREET, load, load_with, month, sources, write_street_file};

const AREA: &str = "E01015700";

fn street() -> Vec<SourceDeclaration> {
    sources(&[("street", STREET)])
}

fn count(lake: &Lake) -> u64 {
    let query = CountQuery {
        source: "street".into(),
        categories: Categories::default(),
        level: AreaLevel::LSOA_2021,
        areas: None,
        first: month("2024-01"),
        last: month("2024-09"),
    };
    lake.counts(&query).unwrap().iter().map(|row| row.n).sum()
}

async fn count_in(lake: &Path) -> u64 {
    count(&Lake::open(lake).await.unwrap())
}

/// Every file of a lake with its bytes, the lock left out.
fn files(lake: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut folders = vec![lake.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if !path.ends_with("ingest.lock") {
                found.push((
                    path.strip_prefix(lake).unwrap().display().to_string(),
                    std::fs::read(&path).unwrap(),
                ));
            }
        }
    }
    found.sort();
    found
}

#[tokio::test]
async fn the_same_file_twice_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_street_file(&data, "2024-01", &[(AREA, "Burglary", 3)]);
    assert_eq!(load(&lake, &data, &street()).await.unwrap().loaded.len(), 1);
    let before = files(&lake);
    // The same content under another name is the same load too.
    std::fs::copy(
        data.join("2024-01/2024-01-bedfordshire-street.csv"),
        data.join("2024-01-copy-street.csv"),
    )
    .unwrap();
    let again = load(&lake, &data, &street()).await.unwrap();
    assert_eq!((again.loaded.len(), again.already), (0, 2));
    assert!(files(&lake) == before, "a run without news wrote something");
    assert_eq!(count_in(&lake).await, 3);
}

#[tokio::test]
async fn a_revised_file_replaces_the_earlier_one_and_can_come_back() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_street_file(&data, "2024-01", &[(AREA, "Burglary", 3)]);
    write_street_file(&data, "2024-02", &[(AREA, "Burglary", 10)]);
    let first = load(&lake, &data, &street()).await.unwrap().snapshot.unwrap();
    for n in [5, 3, 5] {
        write_street_file(&data, "2024-01", &[(AREA, "Burglary", n)]);
        let report = load(&lake, &data, &street()).await.unwrap();
        assert_eq!(report.loaded.len(), 1);
        assert!(report.loaded[0].supersedes.is_some());
        assert!(
            report.notes.iter().any(|(_, note)| note.ends_with(&format!("rows then, {n} now"))),
            "{:?}",
            report.notes
        );
        assert_eq!(count_in(&lake).await, 10 + n as u64);
        let groups_and_rows = Lake::open(&lake).await.unwrap().group_all().unwrap();
        assert_eq!(groups_and_rows, (2, 10 + n as u64), "replaced rows are never counted");
    }
    // The first vintage is still there to be asked.
    let lake_now = Lake::open(&lake).await.unwrap();
    assert_eq!(lake_now.snapshots().unwrap().len(), 2);
    assert_ne!(lake_now.snapshot_id(), first);
    let lake_then = Lake::open_at(&lake, &first).await.unwrap();
    assert_eq!((count(&lake_then), lake_then.snapshot_id()), (13, first));
    assert!(matches!(
        Lake::open_at(&lake, &"s-none".parse().unwrap()).await,
        Err(LakeError::NoSnapshot { .. })
    ));
}

#[tokio::test]
async fn one_run_at_a_time() {
    struct Second<'a>(&'a Path, &'a Path);
    impl Progress for Second<'_> {
        fn total_files(&self, _: usize) {}
        fn file_done(&self, _: &str, _: u64) {
            let (lake, data) = (self.0, self.1);
            let other = std::thread::scope(|scope| {
                let run = || {
                    tokio::runtime::Runtime::new().unwrap().block_on(load(lake, data, &street()))
                };
                scope.spawn(run).join().unwrap()
            });
            let message = other.unwrap_err().to_string();
            assert!(message.contains("ingest.lock is held by another"), "{message}");
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_street_file(&data, "2024-01", &[(AREA, "Burglary", 3)]);
    load_with(&lake, &data, &street(), &Second(&lake, &data)).await.unwrap();
}

#[tokio::test]
async fn a_run_that_died_before_its_loads_is_not_seen_and_is_done_again() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    write_street_file(&data, "2024-01", &[(AREA, "Burglary", 3)]);
    load(&lake, &data, &street()).await.unwrap();
    write_street_file(&data, "2024-02", &[(AREA, "Burglary", 4)]);
    load(&lake, &data, &street()).await.unwrap();
    // As a kill after the commit of incidents and before that of loads leaves it.
    for table in ["loads", "snapshots"] {
        std::fs::remove_file(lake.join(table).join("_delta_log/00000000000000000002.json"))
            .unwrap();
    }
    assert_eq!(count_in(&lake).await, 3);
    let report = load(&lake, &data, &street()).await.unwrap();
    assert_eq!((report.loaded.len(), report.already), (1, 1));
    // Of incidents one in the log, of loads and snapshots one beside it.
    assert_eq!(report.strays_cleared, 3);
    assert_eq!(count_in(&lake).await, 7);
    let lake = Lake::open(&lake).await.unwrap();
    assert_eq!(lake.snapshots().unwrap().last(), Some(&lake.snapshot_id()));
}

const CHILD: &str = "WARDMOTE_TEST_LOADS_INTO";

/// Not a test of its own: what the next one starts and kills.
#[test]
fn child_that_loads() {
    struct Stop;
    impl Progress for Stop {
        fn total_files(&self, _: usize) {}
        fn file_done(&self, name: &str, _: u64) {
            // Stop in the middle of the second run's second file, when the first month is written.
            if std::env::var_os("WARDMOTE_TEST_STOPS").is_some() && name.contains("2024-04") {
                std::thread::sleep(Duration::from_mins(1));
            }
        }
    }
    let Some(folder) = std::env::var_os(CHILD) else { return };
    let folder = Path::new(&folder);
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime
        .block_on(load_with(&folder.join("lake"), &folder.join("data"), &street(), &Stop))
        .unwrap();
}

/// Starts a run in another process and kills it as soon as `now` says so.
fn kill_when(folder: &Path, stops: bool, now: impl Fn(&Path) -> bool) {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "recovery::child_that_loads"])
        .env(CHILD, folder)
        .stdout(Stdio::null());
    if stops {
        command.env("WARDMOTE_TEST_STOPS", "1");
    }
    let mut child = command.spawn().unwrap();
    let started = Instant::now();
    while !now(&folder.join("lake")) && child.try_wait().unwrap().is_none() {
        assert!(started.elapsed() < Duration::from_secs(50), "the run never came that far");
        std::thread::sleep(Duration::from_micros(200));
    }
    // SIGKILL on Unix: no handler runs, nothing is cleaned up.
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn a_killed_run_harms_nothing_and_a_re_run_completes() {
    let folder = tempfile::tempdir().unwrap();
    let (lake, data) = (folder.path().join("lake"), folder.path().join("data"));
    let runtime = tokio::runtime::Runtime::new().unwrap();
    write_street_file(&data, "2024-01", &[(AREA, "Burglary", 3)]);
    runtime.block_on(load(&lake, &data, &street())).unwrap();
    for name in ["2024-02", "2024-03", "2024-04"] {
        write_street_file(&data, name, &[(AREA, "Drugs", 2_000)]);
    }
    let parts = |lake: &Path| std::fs::read_dir(lake.join("incidents")).unwrap().count() - 1;
    kill_when(folder.path(), true, |lake| parts(lake) > 1);
    assert!(parts(&lake) > 1, "the kill came too early to leave anything");
    assert_eq!(runtime.block_on(count_in(&lake)), 3);

    let committed =
        |lake: &Path| lake.join("incidents/_delta_log/00000000000000000002.json").exists();
    kill_when(folder.path(), false, committed);
    let seen = runtime.block_on(count_in(&lake));
    // The kill may come after the run's last commit; half a run is never seen.
    assert!(seen == 3 || seen == 6_003, "{seen}");

    runtime.block_on(load(&lake, &data, &street())).unwrap();
    assert_eq!(runtime.block_on(count_in(&lake)), 6_003);
    let leftovers = files(&lake).into_iter().filter(|(name, _)| name.contains("part-staging"));
    assert_eq!(leftovers.count(), 0);
}

/// A small file system of its own, unmounted when it goes out of scope.
#[cfg(target_os = "linux")]
struct SmallDisk(tempfile::TempDir);

#[cfg(target_os = "linux")]
impl SmallDisk {
    fn mount(size: &str) -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let options = format!("size={size}");
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &options, "tmpfs"])
            .arg(folder.path())
            .status();
        if mounted.is_ok_and(|status| status.success()) {
            return Some(Self(folder));
        }
        assert!(
            std::env::var_os("CI").is_none(),
            "on CI a small tmpfs must be mounted, which needs root"
        );
        eprintln!("skipped: a small tmpfs can be mounted by root only");
        None
    }
}

#[cfg(target_os = "linux")]
impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg(self.0.path()).status());
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_full_disk_is_named_and_leaves_the_lake_as_it_was() {
    let Some(disk) = SmallDisk::mount("512k") else { return };
    let data = tempfile::tempdir().unwrap();
    let lake = disk.0.path().join("lake");
    write_street_file(data.path(), "2024-01", &[(AREA, "Burglary", 3)]);
    load(&lake, data.path(), &street()).await.unwrap();
    let before = files(&lake);
    let large = write_street_file(data.path(), "2024-02", &[(AREA, "Drugs", 20_000)]);
    let message = load(&lake, data.path(), &street()).await.unwrap_err().to_string();
    assert!(message.contains("lake/incidents/part-"), "{message}");
    assert!(message.contains("No space left on device"), "{message}");
    assert!(files(&lake) == before, "something was left behind");
    assert_eq!(count_in(&lake).await, 3);
    // With less to store, the next run is done.
    std::fs::remove_file(large).unwrap();
    write_street_file(data.path(), "2024-02", &[(AREA, "Drugs", 20)]);
    load(&lake, data.path(), &street()).await.unwrap();
    assert_eq!(count_in(&lake).await, 23);
}
