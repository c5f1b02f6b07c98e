//! A ledger in one SQLite file.

mod append;
mod holdings;
mod read;
mod row;
mod schema;
mod verify;

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use async_trait::async_trait;
use seawall_findings::Digest;
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous,
};

use crate::error::{LedgerError, Result};
use crate::{
    Counts, DigestSummary, Entry, Head, HeldPackage, Holder, Kind, Ledger, NewEntry, Page, Verification,
};

/// Largest body, as JSON text.
pub const MAX_BODY: usize = 32 << 20;

/// How long a writer waits for the others.
const BUSY: Duration = Duration::from_secs(30);

/// A ledger in one SQLite file, which several processes may write at once. It runs in write-ahead mode and flushes
/// at every commit; after each append the log is moved into the file as far as nobody else needs it, so that the
/// file alone can be copied when the writer is done.
pub struct Sqlite {
    pool: SqlitePool,
    path: PathBuf,
    /// Appends under way in this process: only the last one of a burst moves the log.
    appending: AtomicUsize,
}

impl Sqlite {
    /// Opens the file, or makes it and its folder.
    pub async fn open(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref().to_owned();
        let shown = path.display().to_string();
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder)
                .map_err(|source| LedgerError::Folder { path: folder.display().to_string(), source })?;
        }
        let options = SqliteConnectOptions::new()
            .filename(&path)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(false)
            .busy_timeout(BUSY);
        let opened = tokio::time::Instant::now();
        let pool = loop {
            let one = SqlitePoolOptions::new()
                .max_connections(4)
                .acquire_timeout(BUSY)
                .connect_with(options.clone());
            match one.await {
                Ok(pool) => break pool,
                // Switching a new file to write-ahead mode does not wait for others that do the same.
                Err(source) if is_busy(&source) && opened.elapsed() < BUSY => {
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(source) => return Err(LedgerError::Open { path: shown, source }),
            }
        };
        schema::prepare(&pool, &shown).await?;
        Ok(Self { pool, path, appending: AtomicUsize::new(0) })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Closes every connection; the last one removes the write-ahead log. Dropping does so too, a little later.
    pub async fn close(self) {
        self.pool.close().await;
    }
}

fn is_busy(error: &sqlx::Error) -> bool {
    // SQLITE_BUSY and SQLITE_LOCKED, with their extended codes in the upper bits.
    let code = error.as_database_error().and_then(|error| error.code()?.parse::<i32>().ok());
    code.is_some_and(|code| matches!(code & 0xff, 5 | 6))
}

fn store(doing: &'static str) -> impl Fn(sqlx::Error) -> LedgerError {
    move |source| LedgerError::Store { doing, source }
}

#[async_trait]
impl Ledger for Sqlite {
    async fn append_from(&self, new: NewEntry, origin: Option<String>) -> Result<Entry> {
        append::append(self, new, origin).await
    }

    async fn trail_page(&self, digest: &Digest, after: u64, limit: u32) -> Result<Vec<Entry>> {
        read::trail(&self.pool, digest, after, limit).await
    }

    async fn latest(&self, digest: &Digest, kind: Kind) -> Result<Option<Entry>> {
        read::latest(&self.pool, digest, kind).await
    }

    async fn entries(&self, after: u64, limit: u32) -> Result<Vec<Entry>> {
        read::entries(&self.pool, after, limit).await
    }

    async fn digests(&self, page: &Page) -> Result<Vec<DigestSummary>> {
        read::digests(&self.pool, page).await
    }

    async fn resolve(&self, text: &str) -> Result<Digest> {
        read::resolve(&self.pool, text).await
    }

    async fn packages(&self, after: u64, limit: u32) -> Result<Vec<HeldPackage>> {
        holdings::packages(&self.pool, after, limit).await
    }

    async fn holders(&self, packages: &[u64]) -> Result<Vec<Holder>> {
        holdings::holders(&self.pool, packages).await
    }

    async fn counts(&self) -> Result<Counts> {
        read::counts(&self.pool).await
    }

    async fn head(&self) -> Result<Head> {
        read::head(&self.pool).await
    }

    async fn verify_against(&self, known: Option<&str>) -> Result<Verification> {
        verify::verify(&self.pool, known).await
    }
}
