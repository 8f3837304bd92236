//! Where audit rows go besides the vault: a file here; syslog and webhooks in the crate of the stores.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use super::verify::AuditRecord;
use crate::error::{Error, Result};

/// Takes audit rows as they are committed.
///
/// A sink is called after the commit, outside the transaction, so it may use the network. Where it fails, the caller gets
/// [`Error::SinkFailed`] and no value: what is not recorded everywhere is not handed out.
pub trait AuditSink: Send + Sync {
    /// What the sink is, for errors.
    fn describe(&self) -> String;

    /// Takes rows in their order.
    ///
    /// # Errors
    /// The reason, where they could not be delivered.
    fn deliver(&self, records: &[AuditRecord]) -> std::result::Result<(), String>;
}

/// A file of JSON lines, one for each row.
pub struct JsonLinesSink {
    path: PathBuf,
    file: Mutex<File>,
}

impl JsonLinesSink {
    /// Opens the file to append to it, or makes it with mode 0600.
    ///
    /// # Errors
    /// Where it cannot be opened.
    pub fn open(path: &Path) -> Result<Self> {
        let file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .map_err(|source| Error::Io {
                action: "opening",
                path: path.to_path_buf(),
                source,
            })?;
        Ok(Self {
            path: path.to_path_buf(),
            file: Mutex::new(file),
        })
    }
}

impl AuditSink for JsonLinesSink {
    fn describe(&self) -> String {
        self.path.display().to_string()
    }

    fn deliver(&self, records: &[AuditRecord]) -> std::result::Result<(), String> {
        let mut lines = Vec::new();
        for record in records {
            serde_json::to_writer(&mut lines, record).map_err(|error| error.to_string())?;
            lines.push(b'\n');
        }
        // One write for whole lines: with O_APPEND, lines of several processes do not mix.
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(&lines).map_err(|error| error.to_string())
    }
}
