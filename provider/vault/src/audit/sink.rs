//! Where audit rows go besides the vault: a file here; syslog, webhooks and streams in the crate of the stores.

use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use serde::Serialize;

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

    /// Takes a signed checkpoint, which says how many rows there are. Kept there, it proves later what was cut here.
    ///
    /// # Errors
    /// The reason, where it could not be delivered.
    fn deliver_checkpoint(&self, note: &str) -> std::result::Result<(), String>;
}

/// A checkpoint among rows.
#[derive(Serialize)]
struct CheckpointLine<'a> {
    checkpoint: &'a str,
}

/// Rows as JSON lines.
///
/// # Errors
/// The reason, where a row has no JSON form.
pub fn json_lines(records: &[AuditRecord]) -> std::result::Result<Vec<u8>, String> {
    let mut lines = Vec::new();
    for record in records {
        serde_json::to_writer(&mut lines, record).map_err(|error| error.to_string())?;
        lines.push(b'\n');
    }
    Ok(lines)
}

/// A signed checkpoint as a JSON line: `{"checkpoint": "…"}`.
///
/// # Errors
/// The reason, where it has no JSON form.
pub fn checkpoint_line(note: &str) -> std::result::Result<Vec<u8>, String> {
    let mut line = serde_json::to_vec(&CheckpointLine { checkpoint: note })
        .map_err(|error| error.to_string())?;
    line.push(b'\n');
    Ok(line)
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
                source: source.into(),
            })?;
        Ok(Self {
            path: path.to_path_buf(),
            file: Mutex::new(file),
        })
    }

    /// One write for whole lines: with O_APPEND, lines of several processes do not mix.
    fn append(&self, lines: &[u8]) -> std::result::Result<(), String> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        file.write_all(lines).map_err(|error| error.to_string())
    }
}

impl AuditSink for JsonLinesSink {
    fn describe(&self) -> String {
        self.path.display().to_string()
    }

    fn deliver(&self, records: &[AuditRecord]) -> std::result::Result<(), String> {
        self.append(&json_lines(records)?)
    }

    fn deliver_checkpoint(&self, note: &str) -> std::result::Result<(), String> {
        self.append(&checkpoint_line(note)?)
    }
}
