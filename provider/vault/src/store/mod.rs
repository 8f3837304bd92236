//! The file: SQLite with the settings that the vault's promises rest on.

mod fault;
mod file;
mod schema;
mod wipe;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use crate::error::{Error, Result};

pub(crate) use fault::{Fault, Stored};
pub(crate) use file::{Draft, create_private};
pub(crate) use wipe::wipe;

/// How long a write waits for another process's transaction, in milliseconds. SQLite's lock is not fair, and a stalled
/// disk was seen to hold it for 15 seconds.
static PATIENCE: AtomicU64 = AtomicU64::new(60_000);

/// Sets how long every vault of this process waits while another process writes; 60 seconds unless set. Afterwards the
/// call fails with [`Error::Busy`].
pub fn set_lock_timeout(timeout: Duration) {
    let milliseconds = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
    PATIENCE.store(milliseconds, Ordering::Relaxed);
}

/// Opens the file of an existing vault after checking it.
pub(crate) fn open(path: &Path) -> Result<Connection> {
    file::check(path)?;
    let db = connect(path)?;
    schema::check(&db, path)?;
    Ok(db)
}

/// Makes a new file, lets `fill` write into it, and gives it its name only when it is complete and on disk.
pub(crate) fn create(path: &Path, fill: impl FnOnce(&Connection) -> Result<()>) -> Result<()> {
    let draft = Draft::create(path)?;
    let mut db = connect(draft.path())?;
    {
        let transaction = db
            .transaction_with_behavior(TransactionBehavior::Immediate)
            .stored(path)?;
        schema::create(&transaction).stored(path)?;
        fill(&transaction)?;
        transaction.commit().stored(path)?;
    }
    wipe(&db, draft.path())?;
    db.close()
        .map_err(|(_, error)| Fault::of(&error).into_error(path))?;
    draft.publish(path)
}

fn connect(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW
        | OpenFlags::SQLITE_OPEN_EXRESCODE;
    // NOFOLLOW refuses symbolic links anywhere in the path, so the path given is resolved first.
    let real = path.canonicalize().map_err(|source| Error::Io {
        action: "opening",
        path: path.to_path_buf(),
        source: source.into(),
    })?;
    let mut db = Connection::open_with_flags(real, flags).stored(path)?;
    configure(&mut db).stored(path)?;
    Ok(db)
}

fn configure(db: &mut Connection) -> rusqlite::Result<()> {
    let mut since: Option<Instant> = None;
    db.busy_handler(Some(move |attempt: i32| {
        if attempt == 0 {
            since = Some(Instant::now());
        }
        let waited = since.map_or(Duration::ZERO, |since| since.elapsed());
        // Short, even steps: SQLite's own handler backs off to 100 ms and lets eager writers starve patient ones.
        std::thread::sleep(Duration::from_millis(if attempt < 20 { 1 } else { 5 }));
        waited < patience()
    }))?;
    db.set_prepared_statement_cache_capacity(64);
    // A hostile file may not bring code along.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_TRIGGER, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_VIEW, false)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    db.pragma_update(None, "cell_size_check", true)?;
    db.pragma_update(None, "mmap_size", 0)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "secure_delete", true)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get::<_, String>(0))?;
    Ok(())
}

/// How long [`Error::Busy`] says the call waited.
pub(crate) fn patience() -> Duration {
    Duration::from_millis(PATIENCE.load(Ordering::Relaxed))
}

/// The path of a file that SQLite keeps beside `path`.
pub(crate) fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}
