//! Wiping deleted keys from the file.

use std::path::Path;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::{beside, fault::Stored};
use crate::error::{Error, Result};

/// How long to wait for readers of other processes, which keep old pages in the write-ahead log.
const PATIENCE: Duration = Duration::from_secs(10);

/// Moves the write-ahead log into the file and empties it. With `secure_delete`, deleted bytes are gone from the
/// file afterwards; without this step they stay in the log.
pub(crate) fn wipe(db: &Connection, path: &Path) -> Result<()> {
    let start = Instant::now();
    loop {
        let blocked: i64 = db
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))
            .stored(path)?;
        let left = std::fs::metadata(beside(path, "-wal"))
            .map(|log| log.len())
            .unwrap_or(0);
        if blocked == 0 && left == 0 {
            return Ok(());
        }
        if start.elapsed() > PATIENCE {
            return Err(Error::NotWiped {
                path: path.to_path_buf(),
            });
        }
        std::thread::sleep(Duration::from_millis(20));
    }
}
