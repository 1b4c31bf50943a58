//! The two stores behind one set of queries: typed pools of `SQLite` and PostgreSQL, and the few
//! types of value that both take.
//!
//! `sqlx`'s own `Any` driver fails on types that PostgreSQL has and `SQLite` has not. Here a query
//! binds and reads texts, 64-bit integers and bytes only, each by the driver of its store.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::{PgConnectOptions, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{AssertSqlSafe, PgPool, Row as _, SqlSafeStr as _, SqlitePool};
use tokio::sync::{Mutex, OwnedMutexGuard};

use super::StoreError;

/// How long a writer waits for another before it gives up.
const PATIENCE: Duration = Duration::from_secs(30);
const CONNECTIONS: u32 = 8;

/// Where the records lie.
#[derive(Clone, PartialEq, Eq)]
pub enum Location {
    /// A file of `SQLite`.
    Sqlite(PathBuf),
    /// A database of PostgreSQL, as `postgres://user@host/name`.
    Postgres(String),
}

impl Location {
    /// `postgres://...` or `postgresql://...` is a database of PostgreSQL; anything else a file.
    pub fn parse(text: &str) -> Self {
        let is_postgres = ["postgres://", "postgresql://"].iter().any(|is| text.starts_with(is));
        if is_postgres {
            Self::Postgres(text.to_owned())
        } else {
            Self::Sqlite(PathBuf::from(text))
        }
    }
}

/// Without the password that an address may hold.
impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Sqlite(path) => write!(f, "{}", path.display()),
            Self::Postgres(address) => {
                let host = address.rsplit('@').next().unwrap_or_default();
                write!(f, "PostgreSQL at {}", host.trim_start_matches("postgres://"))
            }
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A pool of connections to one of the stores.
#[derive(Debug, Clone)]
pub(crate) struct Database {
    pool: Pool,
    /// How many statements were run.
    statements: Arc<AtomicU64>,
}

#[derive(Debug, Clone)]
enum Pool {
    /// `SQLite` has one writer at a time. Those who would wait for it by asking again and again stand
    /// in line here instead, and come to it in their order.
    Sqlite(SqlitePool, Arc<Mutex<()>>),
    Postgres(PgPool),
}

/// What a query may bind or read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Bytes(Vec<u8>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl From<Vec<u8>> for Value {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(bytes)
    }
}

/// A row that a query answered.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

macro_rules! read {
    ($row:expr, $index:expr) => {
        match $row {
            Row::Sqlite(row) => row.try_get($index),
            Row::Postgres(row) => row.try_get($index),
        }
        .map_err(StoreError::from)
    };
}

impl Row {
    pub(crate) fn text(&self, index: usize) -> Result<String, StoreError> {
        read!(self, index)
    }

    pub(crate) fn text_if_any(&self, index: usize) -> Result<Option<String>, StoreError> {
        read!(self, index)
    }

    pub(crate) fn integer(&self, index: usize) -> Result<i64, StoreError> {
        read!(self, index)
    }

    pub(crate) fn integer_if_any(&self, index: usize) -> Result<Option<i64>, StoreError> {
        read!(self, index)
    }

    pub(crate) fn bytes(&self, index: usize) -> Result<Vec<u8>, StoreError> {
        read!(self, index)
    }
}

/// A transaction on one of the stores; what is not committed is rolled back.
pub(crate) struct Transaction {
    on: On,
    statements: Arc<AtomicU64>,
    /// The place at the head of the line, given up after the transaction.
    _turn: Option<OwnedMutexGuard<()>>,
}

enum On {
    Sqlite(sqlx::Transaction<'static, sqlx::Sqlite>),
    Postgres(sqlx::Transaction<'static, sqlx::Postgres>),
}

/// A query of either store with its values bound. The text is always one of this package's own;
/// what comes from outside is a value.
macro_rules! bound {
    ($sql:expr, $values:expr) => {{
        let mut query = sqlx::query(AssertSqlSafe($sql.to_owned()));
        for value in $values {
            query = match value.clone() {
                Value::Text(text) => query.bind(text),
                Value::Integer(number) => query.bind(number),
                Value::Bytes(bytes) => query.bind(bytes),
            };
        }
        query
    }};
}

impl Transaction {
    /// The column of a kind where no index is to be chosen by it. `SQLite` guesses, and is told so by a
    /// plus; PostgreSQL knows what its tables hold, and would know less of any expression.
    pub(crate) fn kind_without_index(&self) -> &'static str {
        match &self.on {
            On::Sqlite(_) => "+kind",
            On::Postgres(_) => "kind",
        }
    }

    /// How many items it may take to look up before it is better to go through a list in its order.
    /// `SQLite` does both one by one; PostgreSQL joins and sorts sooner than it goes in order.
    pub(crate) fn most_looked_up(&self) -> i64 {
        match &self.on {
            On::Sqlite(_) => 500,
            On::Postgres(_) => 5_000,
        }
    }

    /// Runs a statement and answers how many rows it changed.
    pub(crate) async fn execute(&mut self, sql: &str, values: &[Value]) -> Result<u64, StoreError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        Ok(match &mut self.on {
            On::Sqlite(on) => bound!(sql, values).execute(&mut **on).await?.rows_affected(),
            On::Postgres(on) => bound!(sql, values).execute(&mut **on).await?.rows_affected(),
        })
    }

    pub(crate) async fn fetch(
        &mut self,
        sql: &str,
        values: &[Value],
    ) -> Result<Vec<Row>, StoreError> {
        self.statements.fetch_add(1, Ordering::Relaxed);
        Ok(match &mut self.on {
            On::Sqlite(on) => {
                let rows = bound!(sql, values).fetch_all(&mut **on).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            On::Postgres(on) => {
                let rows = bound!(sql, values).fetch_all(&mut **on).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn fetch_one(
        &mut self,
        sql: &str,
        values: &[Value],
    ) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, values).await?.into_iter().next())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self.on {
            On::Sqlite(transaction) => transaction.commit().await?,
            On::Postgres(transaction) => transaction.commit().await?,
        }
        Ok(())
    }
}

impl Database {
    /// Opens the store, makes it where there is none, and brings its tables up to date.
    pub(crate) async fn open(location: &Location) -> Result<Self, StoreError> {
        let pool = match location {
            Location::Sqlite(path) => Pool::Sqlite(open_sqlite(path).await?, Arc::default()),
            Location::Postgres(address) => {
                let options = PgPoolOptions::new().max_connections(CONNECTIONS);
                // Many people ask short questions: to start workers for one takes longer than they save.
                let to = PgConnectOptions::from_str(address)?
                    .options([("max_parallel_workers_per_gather", "0")]);
                Pool::Postgres(options.acquire_timeout(PATIENCE).connect_with(to).await?)
            }
        };
        let migrator = migrations();
        match &pool {
            Pool::Sqlite(pool, _) => migrator.run(pool).await?,
            Pool::Postgres(pool) => migrator.run(pool).await?,
        }
        Ok(Self { pool, statements: Arc::default() })
    }

    /// Begins a transaction that writes. On `SQLite` it is the only one until it ends: two readers
    /// that both come to write could not both go on.
    pub(crate) async fn write(&self) -> Result<Transaction, StoreError> {
        let (on, turn) = match &self.pool {
            Pool::Sqlite(pool, line) => {
                let turn = line.clone().lock_owned().await;
                (On::Sqlite(pool.begin_with("BEGIN IMMEDIATE").await?), Some(turn))
            }
            Pool::Postgres(pool) => (On::Postgres(pool.begin().await?), None),
        };
        Ok(Transaction { on, statements: self.statements.clone(), _turn: turn })
    }

    /// Begins a transaction that reads one state of the store, whatever others write meanwhile.
    pub(crate) async fn snapshot(&self) -> Result<Transaction, StoreError> {
        let on = match &self.pool {
            Pool::Sqlite(pool, _) => On::Sqlite(pool.begin().await?),
            Pool::Postgres(pool) => {
                let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
                On::Postgres(pool.begin_with(begin).await?)
            }
        };
        Ok(Transaction { on, statements: self.statements.clone(), _turn: None })
    }

    /// Tells PostgreSQL what its tables hold, after much was written at once: until it knows, it looks
    /// for things in ways that take a thousand times as long.
    pub(crate) async fn take_stock(&self) -> Result<(), StoreError> {
        if let Pool::Postgres(pool) = &self.pool {
            sqlx::query("ANALYZE").execute(pool).await?;
        }
        Ok(())
    }

    /// How many statements were run since it was opened.
    pub(crate) fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Waits until every connection is closed.
    pub(crate) async fn close(&self) {
        match &self.pool {
            Pool::Sqlite(pool, _) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
        }
    }
}

async fn open_sqlite(path: &Path) -> Result<SqlitePool, StoreError> {
    let options = SqliteConnectOptions::new()
        .filename(path)
        .create_if_missing(true)
        .foreign_keys(true)
        .busy_timeout(PATIENCE)
        // Readers and the writer do not wait for one another, and what was committed is on the
        // disk even if the power fails.
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        // What was erased is overwritten in the file.
        .pragma("secure_delete", "ON");
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(PATIENCE);
    Ok(pool.connect_with(options).await?)
}

/// Every change of the tables, in order. One that was released is never edited.
pub(crate) const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "ground", include_str!("../../migrations/0001_ground.sql")),
    (2, "accounts", include_str!("../../migrations/0002_accounts.sql")),
    (3, "protection", include_str!("../../migrations/0003_protection.sql")),
    (4, "registers", include_str!("../../migrations/0004_registers.sql")),
    (5, "register indices", include_str!("../../migrations/0005_register_indices.sql")),
    (6, "search", include_str!("../../migrations/0006_search.sql")),
    (7, "agreement notes", include_str!("../../migrations/0007_agreement_notes.sql")),
    (8, "imports", include_str!("../../migrations/0008_imports.sql")),
    (9, "due", include_str!("../../migrations/0009_due.sql")),
];

fn migrations() -> Migrator {
    let migration = |(version, name, text): &(i64, &'static str, &'static str)| {
        Migration::new(*version, (*name).into(), MigrationType::Simple, text.into_sql_str(), false)
    };
    Migrator::with_migrations(MIGRATIONS.iter().map(migration).collect())
}
